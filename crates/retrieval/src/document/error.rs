//! What can be wrong with a document, and the sentences that the person reads about it.
//!
//! They don't name the file, because whoever shows them does, and they end with what to do.

use thiserror::Error;

/// Why a document can't be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DocumentError {
    #[error(
        "Files ending in .{extension} can't be read. Save it as PDF, HTML, Markdown, CSV or plain text \
         and import that."
    )]
    UnknownFormat { extension: String },
    #[error("The file has no text. Check that it is the one you meant.")]
    Empty,
    #[error(
        "None of the PDF's {pages} pages has text, so they are probably scanned pictures. Run text \
         recognition (OCR) over it and import the result."
    )]
    PdfWithoutText { pages: usize },
    #[error(
        "The file has {} MB, and at most {} MB can be read. Split it, or import the part that you need.",
        bytes.div_ceil(1_000_000),
        limit_bytes / 1_000_000
    )]
    TooLarge { bytes: u64, limit_bytes: u64 },
    #[error(
        "The file has more than {} million characters of text. Split it, or import the part that you need.",
        limit_characters / 1_000_000
    )]
    TooMuchText { limit_characters: usize },
    #[error("The PDF is protected by a password. Save a copy without one and import that.")]
    EncryptedPdf,
    /// `reason` is the library's, for a report; it may be technical.
    #[error(
        "The PDF is damaged and can't be read ({reason}). Open it in a viewer, print or save it as a new \
         PDF, and import that."
    )]
    DamagedPdf { reason: String },
    #[error(
        "The file isn't text, whatever its name says. Export it as PDF, HTML, Markdown, CSV or plain text \
         and import that."
    )]
    NotText,
    #[error(
        "Reading the file made no headway for {seconds} seconds, so it was given up. It is probably \
         damaged; save it anew from the program that made it, or import a part of it."
    )]
    TooSlow { seconds: u64 },
    /// A mistake of ours or of a library, met by this file.
    #[error(
        "The file couldn't be read because of an error in Sextant. Save it in another format and import \
         that."
    )]
    Crashed,
    #[error("Reading the file was stopped.")]
    Stopped,
}
