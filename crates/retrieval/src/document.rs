//! Reading documents into the text that citations point into, and into passages.
//!
//! Bytes go in, a [`Document`] comes out, or one [`DocumentError`] with a sentence for the person. Nothing
//! here stores, searches or interprets what it reads: a document is data, also where it is written as if
//! it were an instruction, and control tokens of models stay in the text as they are, because citations
//! are exact; they are escaped where prompts are made. Nothing is loaded that a document refers to.
//!
//! The rule that a newcomer would break: the text is normalised once, as it is written into a [`Draft`],
//! and from then on it is *the* text. A passage is a stretch of it and never a text of its own.

mod apart;
mod draft;
pub mod encoding;
mod error;
mod flow;
mod folder;
mod html;
mod markdown;
mod passages;
mod pdf;
mod plain;
mod records;
mod sentences;
#[cfg(test)]
mod tests;
mod text;
mod watch;

use sextant_domain::Document;
use sha2::{Digest as _, Sha256};

pub use error::DocumentError;
pub use folder::{Folder, FolderFile, read_folder};
pub use sentences::sentences;

use draft::Draft;
use watch::Watch;

/// A file of more bytes is refused; whoever reads files looks at their size first.
pub const FILE_LIMIT_BYTES: u64 = 50_000_000;

/// A document with more text is refused.
pub const TEXT_LIMIT_CHARACTERS: usize = 10_000_000;

/// What can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text,
    Markdown,
    Html,
    Csv,
    Pdf,
}

/// Whether a file of this name can be read, by its ending alone; for choosing files of a folder.
pub fn is_supported(name: &str) -> bool {
    Format::of_name(name).is_some()
}

/// Reads one document. The format is that of the name's ending; a PDF is known by its first bytes,
/// whatever it is called, and so is what has no ending.
///
/// `is_stopped` is asked between pages, rows and pieces of text, and ends the reading with
/// [`DocumentError::Stopped`]. `progress` gets what is done and how much there is, in units of the format.
/// The same bytes always give the same document.
pub fn read(
    name: &str,
    bytes: &[u8],
    is_stopped: &dyn Fn() -> bool,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Document, DocumentError> {
    let size = bytes.len() as u64;
    if size > FILE_LIMIT_BYTES {
        return Err(DocumentError::TooLarge { bytes: size, limit_bytes: FILE_LIMIT_BYTES });
    }
    let format = Format::of(name, bytes)?;
    let bytes_apart = bytes.to_vec();
    let mut watch = Watch::new(is_stopped, progress);
    let draft = apart::run(&mut watch, move |watch| draft(format, &bytes_apart, watch))?;
    let (text, passages) = draft.finish()?;
    if !text.chars().any(char::is_alphanumeric) {
        return Err(DocumentError::Empty);
    }
    Ok(Document {
        name: name.to_owned(),
        hash: format!("{:x}", Sha256::digest(bytes)),
        format: format.name().to_owned(),
        text,
        passages,
    })
}

fn draft(format: Format, bytes: &[u8], watch: &mut Watch) -> Result<Draft, DocumentError> {
    match format {
        Format::Text => plain::read(&text::decode(bytes)?, watch),
        Format::Markdown => markdown::read(&text::decode(bytes)?, watch),
        Format::Html => html::read(&text::decode_html(bytes)?, watch),
        Format::Csv => records::read(&text::decode(bytes)?, watch),
        Format::Pdf => pdf::read(bytes, watch),
    }
}

impl Format {
    fn of(name: &str, bytes: &[u8]) -> Result<Self, DocumentError> {
        /// Where viewers look for the mark, because some files have other bytes before it.
        const PDF_MARK_WITHIN: usize = 1024;
        let start = &bytes[..bytes.len().min(PDF_MARK_WITHIN)];
        // A text may speak of the mark, but doesn't start with it.
        let is_named_pdf = Self::of_name(name) == Some(Self::Pdf);
        if start.starts_with(b"%PDF-") || is_named_pdf && start.windows(5).any(|bytes| bytes == b"%PDF-") {
            return Ok(Self::Pdf);
        }
        if bytes.is_empty() {
            return Err(DocumentError::Empty);
        }
        if let Some(format) = Self::of_name(name) {
            return Ok(format);
        }
        if let Some(extension) = extension(name) {
            return Err(DocumentError::UnknownFormat { extension });
        }
        let beginning = String::from_utf8_lossy(start).trim_start().to_lowercase();
        let is_html = beginning.starts_with("<!doctype html") || beginning.starts_with("<html");
        Ok(if is_html { Self::Html } else { Self::Text })
    }

    fn of_name(name: &str) -> Option<Self> {
        match extension(name)?.as_str() {
            "txt" | "text" | "log" => Some(Self::Text),
            "md" | "markdown" => Some(Self::Markdown),
            "html" | "htm" | "xhtml" => Some(Self::Html),
            "csv" | "tsv" => Some(Self::Csv),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Csv => "csv",
            Self::Pdf => "pdf",
        }
    }
}

/// In small letters; a hidden file's name (`.profile`) is no ending.
fn extension(name: &str) -> Option<String> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let (stem, extension) = file.rsplit_once('.')?;
    let is_ending = !stem.is_empty() && !extension.is_empty() && !extension.contains(char::is_whitespace);
    is_ending.then(|| extension.to_lowercase())
}
