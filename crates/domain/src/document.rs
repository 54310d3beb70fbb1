//! Imported documents and their passages.

use serde::{Deserialize, Serialize};

/// A piece of a document that search finds and a citation opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The headings above it, from the outermost; may be empty.
    pub heading: String,
    /// In characters (Unicode scalar values) of the document's text.
    pub start: u64,
    pub end: u64,
    /// The document's text from `start` to `end`, exactly.
    pub text: String,
}

/// A document as it was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The file's name, or its path within the folder that was imported; it identifies the document.
    pub name: String,
    /// sha256 of the file's bytes, in hexadecimal.
    pub hash: String,
    /// `text`, `markdown`, `html`, `csv`, `pdf`.
    pub format: String,
    /// The text that passages and citations point into, without markup.
    pub text: String,
    pub passages: Vec<Passage>,
}

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct DocumentRow {
    pub id: String,
    pub name: String,
    pub format: String,
    pub passages: u32,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub characters: u64,
    /// RFC 3339.
    pub imported_at: String,
}
