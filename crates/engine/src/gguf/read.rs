//! Reads little-endian fields, never more than the file holds, and says what is wrong with them.
//!
//! Every length is compared with what is left of the file before it's believed; arrays are skipped in
//! place, so their size costs no memory.

use std::io::{self, BufRead, Read};

/// What is wrong with a model file, as the middle of a sentence: "… can't be used: {defect}; install
/// it again or …".
#[derive(Debug, thiserror::Error)]
pub(super) enum Defect {
    #[error("it can't be read ({0})")]
    Unreadable(io::Error),
    #[error("it is a folder")]
    Directory,
    #[error("it is empty, as after a download that failed")]
    Empty,
    #[error("it is a web page, as when a link to a page is saved instead of the file")]
    WebPage,
    #[error("it is in the format that GGUF replaced in 2023")]
    OldFormat,
    #[error("it is not a GGUF file")]
    NotGguf,
    #[error("it was written for big-endian machines")]
    BigEndian,
    #[error("its GGUF version {0} is unknown; versions 2 and 3 can be read")]
    Version(u32),
    #[error("it is cut off in the middle of its header, as after a download that was interrupted")]
    Cut,
    #[error("it claims {count} {what}, more than a file of its size can hold")]
    Count { what: &'static str, count: u64 },
    #[error("the length of {what} goes beyond the end of the file")]
    Length { what: String },
    #[error("the value of {key} has the unknown type {code}")]
    ValueType { key: String, code: u32 },
    #[error("{0} holds lists within lists, deeper than any model does")]
    Nested(String),
    #[error("a name in its header is empty")]
    EmptyName,
    #[error("{0} is there twice")]
    Twice(String),
    #[error("{0} is missing")]
    Missing(String),
    #[error("{0} has a value of the wrong type")]
    WrongType(String),
    #[error("{key} is {number}, which no model has")]
    OutOfRange { key: String, number: u64 },
    #[error("its alignment {0} is not a power of two")]
    Alignment(u64),
    #[error("its {heads} attention heads can't share {shared_heads} key heads")]
    Heads { heads: u64, shared_heads: u64 },
    #[error("{key} has {own} entries for {tokens} tokens")]
    Vocabulary { key: String, own: u64, tokens: u64 },
    #[error("its architecture {0} can't be run here; llama, mistral, phi, starcoder2 and qwen models can")]
    Architecture(String),
    #[error("it is one part of a model that is split over several files, which can't be run here")]
    Split,
    #[error("it has no weights")]
    NoTensors,
    #[error("the tensor {name} {what}")]
    Tensor { name: String, what: &'static str },
    #[error("the tensor {name} has the type {code}, which can't be run here; choose a Q4_K_M or Q8_0 file")]
    TensorType { name: String, code: u32 },
    #[error("the tensor {name} lies beyond the end of the file, as after an interrupted download")]
    Truncated { name: String },
    #[error("{missing_bytes} bytes are missing at its end, as after an interrupted download")]
    Short { missing_bytes: u64 },
    #[error("its embedding is {actual} wide where its header says {stated}")]
    EmbeddingWidth { stated: u64, actual: u64 },
}

/// One metadata value, as far as anybody asks for it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Any integer type; negative ones become a number that is out of every range.
    Whole(u64),
    Float,
    Bool,
    Text(String),
    Array {
        element: u32,
        length: u64,
    },
}

/// Texts that are kept: names, chat templates. Longer ones are skipped and count as no text.
const LONGEST_KEPT_BYTES: u64 = 1 << 20;
/// Real files have lists, and none has a list of lists.
const DEEPEST_LIST: u32 = 2;

/// A file, how long it is and how far it has been read.
pub(super) struct Reader<R> {
    inner: R,
    file_bytes: u64,
    position: u64,
}

impl<R: BufRead> Reader<R> {
    pub(super) fn new(inner: R, file_bytes: u64) -> Self {
        Self { inner, file_bytes, position: 0 }
    }

    pub(super) fn file_bytes(&self) -> u64 {
        self.file_bytes
    }

    pub(super) fn position(&self) -> u64 {
        self.position
    }

    pub(super) fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Defect> {
        let mut bytes = [0; N];
        self.inner.read_exact(&mut bytes).map_err(cut)?;
        self.position += N as u64;
        Ok(bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Defect> {
        Ok(u32::from_le_bytes(self.bytes()?))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Defect> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }

    /// A count of things that each take at least so many bytes of the file.
    pub(super) fn count(&mut self, what: &'static str, least_bytes: u64) -> Result<u64, Defect> {
        let count = self.u64()?;
        if count > self.left() / least_bytes {
            return Err(Defect::Count { what, count });
        }
        Ok(count)
    }

    /// A text of at most so many bytes. What is not Unicode is replaced.
    pub(super) fn text(&mut self, what: &str, most_bytes: u64) -> Result<String, Defect> {
        let length = self.length(what)?;
        if length > most_bytes {
            return Err(Defect::Length { what: what.to_owned() });
        }
        self.kept(length)
    }

    /// The value of a key, type first.
    pub(super) fn value(&mut self, key: &str) -> Result<Value, Defect> {
        let code = self.u32()?;
        Ok(match code {
            0 => Value::Whole(self.bytes::<1>()?[0].into()),
            1 => whole(i8::from_le_bytes(self.bytes()?).into()),
            2 => Value::Whole(u16::from_le_bytes(self.bytes()?).into()),
            3 => whole(i16::from_le_bytes(self.bytes()?).into()),
            4 => Value::Whole(self.u32()?.into()),
            5 => whole(i32::from_le_bytes(self.bytes()?).into()),
            10 => Value::Whole(self.u64()?),
            11 => whole(i64::from_le_bytes(self.bytes()?)),
            6 => {
                self.bytes::<4>()?;
                Value::Float
            }
            12 => {
                self.bytes::<8>()?;
                Value::Float
            }
            7 => {
                if self.bytes::<1>()?[0] > 1 {
                    return Err(Defect::WrongType(key.to_owned()));
                }
                Value::Bool
            }
            8 => {
                let length = self.length(key)?;
                if length > LONGEST_KEPT_BYTES {
                    self.skip(length)?;
                    Value::Text(String::new())
                } else {
                    Value::Text(self.kept(length)?)
                }
            }
            9 => self.array(key, 1)?,
            _ => {
                return Err(Defect::ValueType { key: key.to_owned(), code });
            }
        })
    }

    fn array(&mut self, key: &str, depth: u32) -> Result<Value, Defect> {
        if depth > DEEPEST_LIST {
            return Err(Defect::Nested(key.to_owned()));
        }
        let element = self.u32()?;
        let length = self.u64()?;
        let least_bytes = match element {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            8 | 10..=12 => 8,
            9 => 12,
            code => {
                return Err(Defect::ValueType { key: key.to_owned(), code });
            }
        };
        if length > self.left() / least_bytes {
            return Err(Defect::Length { what: key.to_owned() });
        }
        match element {
            8 => {
                for _ in 0..length {
                    let length = self.length(key)?;
                    self.skip(length)?;
                }
            }
            9 => {
                for _ in 0..length {
                    self.array(key, depth + 1)?;
                }
            }
            _ => self.skip(length * least_bytes)?,
        }
        Ok(Value::Array { element, length })
    }

    /// A length in bytes that the file can hold.
    fn length(&mut self, what: &str) -> Result<u64, Defect> {
        let length = self.u64()?;
        if length > self.left() {
            return Err(Defect::Length { what: what.to_owned() });
        }
        Ok(length)
    }

    /// The caller has bounded the length.
    fn kept(&mut self, length: u64) -> Result<String, Defect> {
        let mut bytes = Vec::new();
        (&mut self.inner).take(length).read_to_end(&mut bytes).map_err(cut)?;
        if bytes.len() as u64 != length {
            return Err(Defect::Cut);
        }
        self.position += length;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn skip(&mut self, length: u64) -> Result<(), Defect> {
        let skipped = io::copy(&mut (&mut self.inner).take(length), &mut io::sink()).map_err(cut)?;
        self.position += skipped;
        if skipped == length { Ok(()) } else { Err(Defect::Cut) }
    }

    fn left(&self) -> u64 {
        self.file_bytes.saturating_sub(self.position)
    }
}

fn whole(number: i64) -> Value {
    Value::Whole(u64::try_from(number).unwrap_or(u64::MAX))
}

fn cut(error: io::Error) -> Defect {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Defect::Cut,
        _ => Defect::Unreadable(error),
    }
}
