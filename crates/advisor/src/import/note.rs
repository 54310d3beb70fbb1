//! Remarks about an import that succeeded: what was flagged, left out or decided, and on which lines.

/// How many lines a note names.
const LINES_SHOWN: usize = 5;

/// One remark, with how often it applies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// One sentence for the person.
    pub message: String,
    /// How many rows it is about; 0 where it is about the file.
    pub count: usize,
    /// The first five of their lines.
    pub lines: Vec<u64>,
}

impl Note {
    /// A remark about the file as a whole.
    pub(super) fn about_file(message: impl Into<String>) -> Self {
        Self { message: message.into(), count: 0, lines: Vec::new() }
    }

    /// A remark about the rows on `lines`; `None` where there are none.
    pub(super) fn about_lines(message: impl Into<String>, lines: &[u64]) -> Option<Self> {
        (!lines.is_empty()).then(|| Self {
            message: message.into(),
            count: lines.len(),
            lines: lines.iter().copied().take(LINES_SHOWN).collect(),
        })
    }
}
