//! Bytes to text: byte order marks, UTF-8, UTF-16, and the older encodings that spreadsheets still write.
//!
//! A guess is only taken where it is lossless. A file that is UTF-8 but for some damaged bytes is refused with their
//! place, because every single-byte encoding would accept it and turn its names into gibberish.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};
use sextant_retrieval::document::encoding::{guess, is_damaged_utf8};

use super::{ImportError, Source};

pub(super) struct DecodedText<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) encoding: &'static str,
    /// Neither a mark nor valid UTF-8 said which encoding it is.
    pub(super) guessed: bool,
}

pub(super) fn decode<'a>(bytes: &'a [u8], source: &Source) -> Result<DecodedText<'a>, ImportError> {
    if let Some(kind) = known_binary(bytes) {
        return Err(ImportError::NotText { file: source.name.clone(), kind });
    }
    let (text, encoding, guessed) = match Encoding::for_bom(bytes) {
        Some((encoding, mark_bytes)) => {
            (decode_exactly(&bytes[mark_bytes..], encoding, source)?, encoding, false)
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => (Cow::Borrowed(text), UTF_8, false),
            Err(error) if is_damaged_utf8(bytes) => {
                return Err(bad_byte(bytes, error.valid_up_to(), UTF_8, source));
            }
            Err(error) => {
                let encoding = guess(bytes);
                let text = decode_exactly(bytes, encoding, source)?;
                if !looks_written(&text, encoding) {
                    return Err(bad_byte(bytes, error.valid_up_to(), UTF_8, source));
                }
                (text, encoding, true)
            }
        },
    };
    if let Some(at) = text.bytes().position(is_binary_control) {
        return Err(bad_byte(text.as_bytes(), at, encoding, source));
    }
    Ok(DecodedText { text, encoding: encoding.name(), guessed })
}

fn known_binary(bytes: &[u8]) -> Option<&'static str> {
    let starts = [
        (&b"PK\x03\x04"[..], "an Excel workbook or a ZIP archive"),
        (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
        (b"%PDF-", "a PDF document"),
        (b"\x1f\x8b", "a compressed file"),
        (b"SQLite format 3", "a database"),
        (b"PAR1", "a Parquet file"),
        (b"GGUF", "a model file"),
    ];
    starts.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, kind)| *kind)
}

fn decode_exactly<'a>(
    bytes: &'a [u8],
    encoding: &'static Encoding,
    source: &Source,
) -> Result<Cow<'a, str>, ImportError> {
    if let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        return Ok(text);
    }
    // Slow and only for the message: the longest prefix that decodes ends at the bad byte.
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut valid = String::with_capacity(bytes.len() * 3 + 16);
    let (result, read) = decoder.decode_to_string_without_replacement(bytes, &mut valid, true);
    let at = match result {
        encoding_rs::DecoderResult::Malformed(length, consumed_after) => {
            read.saturating_sub(usize::from(length) + usize::from(consumed_after))
        }
        encoding_rs::DecoderResult::InputEmpty | encoding_rs::DecoderResult::OutputFull => read,
    };
    let byte = bytes.get(at).or(bytes.last()).copied().unwrap_or(0);
    let (line, column) = place_in(&valid);
    Err(ImportError::BadByte {
        file: source.name.clone(),
        line,
        column,
        byte,
        encoding: encoding.name().to_owned(),
    })
}

/// Whether a guessed text can be what somebody wrote. Single-byte encodings accept any bytes, so damage must be told
/// from words: accented letters stand beside letters, and capitals don't follow small letters.
fn looks_written(text: &str, encoding: &'static Encoding) -> bool {
    /// Fewer characters than this are no evidence for another alphabet.
    const FOREIGN_LETTERS_NEEDED: usize = 8;
    let is_latin = matches!(
        encoding.name(),
        "windows-1252" | "windows-1250" | "windows-1254" | "windows-1257" | "ISO-8859-2" | "ISO-8859-15"
    );
    if !is_latin {
        let foreign = text.chars().filter(|character| !character.is_ascii());
        let (letters, others) = foreign.partition::<Vec<char>, _>(|character| character.is_alphabetic());
        return letters.len() >= FOREIGN_LETTERS_NEEDED && letters.len() >= 4 * others.len();
    }
    let mut before = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let after = characters.peek().copied().unwrap_or(' ');
        let plausible = match character {
            _ if character.is_ascii() => true,
            // 0xFF and 0xFE, which damage has more often than names have.
            'ÿ' | 'þ' => before.is_ascii_alphabetic() && after.is_ascii_alphabetic(),
            _ if character.is_alphabetic() => {
                let beside_letter = before.is_alphabetic() || after.is_alphabetic();
                beside_letter && !(character.is_uppercase() && before.is_lowercase())
            }
            // The Encoding Standard maps the unused bytes of windows-1252 to control characters.
            _ => {
                let stray_accent = ('\u{2c0}'..='\u{2ff}').contains(&character);
                !character.is_control() && !stray_accent && !"¤¦¬¯¸¹".contains(character)
            }
        };
        if !plausible {
            return false;
        }
        before = character;
    }
    true
}

/// Characters that no CSV file has; they mean a binary file or UTF-16 without its mark.
fn is_binary_control(byte: u8) -> bool {
    byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c | 0x1a)
}

fn bad_byte(bytes: &[u8], at: usize, encoding: &'static Encoding, source: &Source) -> ImportError {
    let (line, column) = place_in(&String::from_utf8_lossy(&bytes[..at]));
    ImportError::BadByte {
        file: source.name.clone(),
        line,
        column,
        byte: bytes.get(at).copied().unwrap_or(0),
        encoding: encoding.name().to_owned(),
    }
}

/// Line and character of what follows `before`, both from 1.
fn place_in(before: &str) -> (u64, u64) {
    let line = before.bytes().filter(|byte| *byte == b'\n').count() as u64 + 1;
    let last_line = before.rsplit('\n').next().unwrap_or("");
    (line, last_line.chars().count() as u64 + 1)
}
