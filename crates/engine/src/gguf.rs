//! What a GGUF file says of itself, and whether that can be true, before anything loads it.
//!
//! The loader believes a header: a wrong length makes it allocate until the process is ended, a wrong
//! count makes it panic. So every length, count and offset is compared with the file's size here, in the
//! app, before a worker is started. Nothing is allocated by a length that hasn't been checked, and
//! weights are never read. The format is described in ggml's `docs/gguf.md`.

mod read;
mod tensor_type;

use std::{collections::HashMap, fs::File, io::BufReader, path::Path};

use crate::EngineError;
use read::{Defect, Reader, Value};
use tensor_type::TensorType;

/// What the library and the person want to know of a model file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GgufSummary {
    pub architecture: String,
    pub name: Option<String>,
    pub parameters: u64,
    pub context_tokens: u32,
    /// The type that most parameters have: `Q4_K`, `F16` …
    pub quantisation: &'static str,
    pub layers: u32,
    pub vocabulary: Option<u64>,
    pub file_bytes: u64,
}

/// The architectures that the local engine can load.
pub const ARCHITECTURES: [&str; 8] =
    ["llama", "mistral3", "phi2", "phi3", "starcoder2", "qwen2", "qwen3", "qwen3moe"];

/// What the local engine assumes where a file doesn't say.
const USUAL_CONTEXT_TOKENS: u32 = 4096;
/// Far above every real model, far below what would make a loader allocate without end.
const MOST_CONTEXT_TOKENS: u64 = 1 << 21;
const MOST_LAYERS: u64 = 1024;
const MOST_WIDTH: u64 = 1 << 18;
const MOST_HEADS: u64 = 1 << 12;
const MOST_EXPERTS: u64 = 1 << 12;
const MOST_DIMENSIONS: u32 = 4;
const LONGEST_NAME_BYTES: u64 = 65_535;

/// The smallest key and value: a length, one letter, a type, one byte.
const LEAST_ENTRY_BYTES: u64 = 8 + 1 + 4 + 1;
/// The smallest tensor entry: a length, one letter, a count, one dimension, a type, an offset.
const LEAST_TENSOR_BYTES: u64 = 8 + 1 + 4 + 8 + 4 + 8;

/// Reads a model file's header and checks everything that a loader would trust.
/// Takes milliseconds: the weights are not read.
pub fn inspect(path: &Path) -> Result<GgufSummary, EngineError> {
    let invalid = |defect: Defect| EngineError::ModelFileInvalid {
        path: path.to_owned(),
        defect: printable(&defect.to_string()),
    };
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(EngineError::ModelFileMissing { path: path.to_owned() });
        }
        Err(error) => return Err(invalid(Defect::Unreadable(error))),
    };
    if metadata.is_dir() {
        return Err(invalid(Defect::Directory));
    }
    let file = File::open(path).map_err(|error| invalid(Defect::Unreadable(error)))?;
    check(Reader::new(BufReader::with_capacity(1 << 16, file), metadata.len())).map_err(invalid)
}

/// Names come from the file, so they may be of any length and hold anything.
fn printable(defect: &str) -> String {
    defect.chars().filter(|letter| !letter.is_control()).take(300).collect()
}

fn check<R: std::io::BufRead>(mut reader: Reader<R>) -> Result<GgufSummary, Defect> {
    let file_bytes = reader.file_bytes();
    magic(&mut reader)?;
    let tensors = reader.count("tensors", LEAST_TENSOR_BYTES)?;
    let entries = reader.count("metadata entries", LEAST_ENTRY_BYTES)?;
    let facts = Facts::read(&mut reader, entries)?;
    let architecture = facts.architecture()?.to_owned();
    let shape = facts.shape(&architecture)?;
    let totals = Tensors::read(&mut reader, tensors, facts.alignment()?)?;
    totals.fit(&reader, &shape)?;
    Ok(GgufSummary {
        name: facts.text("general.name").map(str::to_owned),
        parameters: totals.parameters,
        context_tokens: shape.context_tokens,
        quantisation: totals.main_type(),
        layers: shape.layers,
        vocabulary: facts.array_length("tokenizer.ggml.tokens"),
        architecture,
        file_bytes,
    })
}

fn magic<R: std::io::BufRead>(reader: &mut Reader<R>) -> Result<(), Defect> {
    if reader.file_bytes() == 0 {
        return Err(Defect::Empty);
    }
    match &reader.bytes::<4>()? {
        b"GGUF" => {}
        b"<!DO" | b"<htm" | b"<HTM" | b"<!do" => return Err(Defect::WebPage),
        b"ggml" | b"lmgg" | b"ggjt" | b"tjgg" => return Err(Defect::OldFormat),
        _ => return Err(Defect::NotGguf),
    }
    match reader.u32()? {
        2 | 3 => Ok(()),
        version if version.swap_bytes() <= 3 => Err(Defect::BigEndian),
        version => Err(Defect::Version(version)),
    }
}

/// The metadata, as far as it's needed: numbers and texts are kept, arrays are only measured.
struct Facts(HashMap<String, Value>);

struct Shape {
    layers: u32,
    width: u64,
    context_tokens: u32,
}

impl Facts {
    fn read<R: std::io::BufRead>(reader: &mut Reader<R>, entries: u64) -> Result<Self, Defect> {
        let mut facts = HashMap::new();
        for _ in 0..entries {
            let key = reader.text("a metadata key", LONGEST_NAME_BYTES)?;
            if key.is_empty() {
                return Err(Defect::EmptyName);
            }
            let value = reader.value(&key)?;
            if facts.insert(key.clone(), value).is_some() {
                return Err(Defect::Twice(key));
            }
        }
        Ok(Self(facts))
    }

    fn text(&self, key: &str) -> Option<&str> {
        match self.0.get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    fn array_length(&self, key: &str) -> Option<u64> {
        match self.0.get(key) {
            Some(Value::Array { length, .. }) => Some(*length),
            _ => None,
        }
    }

    fn architecture(&self) -> Result<&str, Defect> {
        let architecture = self
            .text("general.architecture")
            .ok_or_else(|| Defect::Missing("general.architecture".into()))?;
        if !ARCHITECTURES.contains(&architecture) {
            return Err(Defect::Architecture(architecture.to_owned()));
        }
        if self.number("split.count", 1, u64::MAX)?.is_some_and(|count| count > 1) {
            return Err(Defect::Split);
        }
        Ok(architecture)
    }

    /// A whole number within bounds; `None` where the file doesn't say.
    fn number(&self, key: &str, least: u64, most: u64) -> Result<Option<u64>, Defect> {
        match self.0.get(key) {
            None => Ok(None),
            Some(Value::Whole(number)) if (least..=most).contains(number) => Ok(Some(*number)),
            Some(Value::Whole(number)) => Err(Defect::OutOfRange { key: key.to_owned(), number: *number }),
            Some(_) => Err(Defect::WrongType(key.to_owned())),
        }
    }

    fn needed(&self, key: &str, most: u64) -> Result<u64, Defect> {
        self.number(key, 1, most)?.ok_or_else(|| Defect::Missing(key.to_owned()))
    }

    fn alignment(&self) -> Result<u64, Defect> {
        let alignment = self.number("general.alignment", 1, 1 << 20)?.unwrap_or(32);
        if alignment.is_power_of_two() { Ok(alignment) } else { Err(Defect::Alignment(alignment)) }
    }

    /// The numbers that decide how much a loader allocates and by what it divides.
    fn shape(&self, architecture: &str) -> Result<Shape, Defect> {
        let key = |name: &str| format!("{architecture}.{name}");
        let layers = self.needed(&key("block_count"), MOST_LAYERS)?;
        let width = self.needed(&key("embedding_length"), MOST_WIDTH)?;
        let heads = self.needed(&key("attention.head_count"), MOST_HEADS)?;
        let shared_heads = self.needed(&key("attention.head_count_kv"), MOST_HEADS)?;
        if shared_heads > heads || !heads.is_multiple_of(shared_heads) {
            return Err(Defect::Heads { heads, shared_heads });
        }
        self.number(&key("feed_forward_length"), 1, MOST_WIDTH * 8)?;
        self.number(&key("rope.dimension_count"), 1, MOST_WIDTH)?;
        self.number(&key("attention.key_length"), 1, MOST_WIDTH)?;
        self.number(&key("attention.value_length"), 1, MOST_WIDTH)?;
        self.number(&key("expert_count"), 0, MOST_EXPERTS)?;
        self.number(&key("expert_used_count"), 0, MOST_EXPERTS)?;
        let epsilon = if architecture == "starcoder2" {
            key("attention.layer_norm_epsilon")
        } else if architecture == "phi2" {
            // Either name, as the loader looks for one and the converter writes the other.
            let usual = key("attention.layer_norm_epsilon");
            if self.0.contains_key(&usual) { usual } else { key("attention.layer_norm_rms_epsilon") }
        } else {
            key("attention.layer_norm_rms_epsilon")
        };
        match self.0.get(&epsilon) {
            Some(Value::Float) => {}
            Some(_) => return Err(Defect::WrongType(epsilon)),
            None => return Err(Defect::Missing(epsilon)),
        }
        let context = self
            .number(&key("context_length"), 1, MOST_CONTEXT_TOKENS)?
            .unwrap_or_else(|| USUAL_CONTEXT_TOKENS.into());
        self.tokenizer()?;
        let fits = "both bounds fit in 32 bits";
        Ok(Shape {
            layers: u32::try_from(layers).expect(fits),
            width,
            context_tokens: u32::try_from(context).expect(fits),
        })
    }

    /// The arrays of one vocabulary have one length and their own element types.
    fn tokenizer(&self) -> Result<(), Defect> {
        const TEXT: u32 = 8;
        let Some(tokens) = self.0.get("tokenizer.ggml.tokens") else {
            return Ok(());
        };
        let Value::Array { element: TEXT, length } = *tokens else {
            return Err(Defect::WrongType("tokenizer.ggml.tokens".into()));
        };
        for (key, elements) in
            [("tokenizer.ggml.scores", &[6u32][..]), ("tokenizer.ggml.token_type", &[4, 5])]
        {
            match self.0.get(key) {
                Some(&Value::Array { element, .. }) if !elements.contains(&element) => {
                    return Err(Defect::WrongType(key.into()));
                }
                Some(&Value::Array { length: own, .. }) if own != length => {
                    return Err(Defect::Vocabulary { key: key.into(), own, tokens: length });
                }
                None | Some(Value::Array { .. }) => {}
                Some(_) => return Err(Defect::WrongType(key.into())),
            }
        }
        for key in ["bos", "eos", "unknown", "padding"] {
            let key = format!("tokenizer.ggml.{key}_token_id");
            self.number(&key, 0, length.saturating_sub(1))?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Tensors {
    parameters: u64,
    /// By type, how many parameters have it.
    by_type: HashMap<&'static str, u64>,
    /// The end of the last one, counted from where the weights begin.
    end: u64,
    alignment: u64,
    embedding_width: Option<u64>,
}

impl Tensors {
    fn read<R: std::io::BufRead>(
        reader: &mut Reader<R>,
        tensors: u64,
        alignment: u64,
    ) -> Result<Self, Defect> {
        if tensors == 0 {
            return Err(Defect::NoTensors);
        }
        let mut totals = Self { alignment, ..Self::default() };
        let mut names = std::collections::HashSet::new();
        for _ in 0..tensors {
            let name = reader.text("a tensor's name", LONGEST_NAME_BYTES)?;
            totals.add(reader, &name)?;
            if name.is_empty() {
                return Err(Defect::EmptyName);
            }
            if !names.insert(name.clone()) {
                return Err(Defect::Twice(name));
            }
        }
        Ok(totals)
    }

    fn add<R: std::io::BufRead>(&mut self, reader: &mut Reader<R>, name: &str) -> Result<(), Defect> {
        let defect = |what| Defect::Tensor { name: name.to_owned(), what };
        let dimensions = reader.u32()?;
        if dimensions == 0 || dimensions > MOST_DIMENSIONS {
            return Err(defect("has an impossible number of dimensions"));
        }
        let mut elements = 1u64;
        let mut row = 0;
        for dimension in 0..dimensions {
            let length = reader.u64()?;
            if length == 0 {
                return Err(defect("has a dimension of zero"));
            }
            if dimension == 0 {
                row = length;
            }
            elements = elements.checked_mul(length).ok_or_else(|| defect("is larger than any file"))?;
        }
        let code = reader.u32()?;
        let kind =
            TensorType::from_code(code).ok_or_else(|| Defect::TensorType { name: name.to_owned(), code })?;
        if !row.is_multiple_of(kind.block_elements) {
            return Err(defect("doesn't consist of whole blocks of its type"));
        }
        let bytes = (elements / kind.block_elements)
            .checked_mul(kind.block_bytes)
            .ok_or_else(|| defect("is larger than any file"))?;
        let offset = reader.u64()?;
        if !offset.is_multiple_of(self.alignment) {
            return Err(defect("doesn't begin where the file's alignment says"));
        }
        let end = offset.checked_add(bytes).ok_or_else(|| defect("is larger than any file"))?;
        if end > reader.file_bytes() {
            return Err(Defect::Truncated { name: name.to_owned() });
        }
        self.end = self.end.max(end);
        self.parameters =
            self.parameters.checked_add(elements).ok_or_else(|| defect("is larger than any file"))?;
        *self.by_type.entry(kind.name).or_default() += elements;
        if name == "token_embd.weight" {
            self.embedding_width = Some(row);
        }
        Ok(())
    }

    /// Whether the weights, which begin after the header, are all in the file.
    fn fit<R: std::io::BufRead>(&self, reader: &Reader<R>, shape: &Shape) -> Result<(), Defect> {
        let begin = reader
            .position()
            .checked_next_multiple_of(self.alignment)
            .ok_or(Defect::Short { missing_bytes: u64::MAX })?;
        let end = begin.saturating_add(self.end);
        if end > reader.file_bytes() {
            return Err(Defect::Short { missing_bytes: end - reader.file_bytes() });
        }
        match self.embedding_width {
            None => Err(Defect::Missing("token_embd.weight".into())),
            Some(width) if width != shape.width => {
                Err(Defect::EmbeddingWidth { stated: shape.width, actual: width })
            }
            Some(_) => Ok(()),
        }
    }

    fn main_type(&self) -> &'static str {
        let most = self.by_type.iter().max_by_key(|(name, elements)| (**elements, **name));
        most.map_or("", |(name, _)| *name)
    }
}
