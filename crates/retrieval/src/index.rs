//! Search: the best entries of a list for the words of a question, and for its meaning.
//!
//! A list is what the caller makes of its records or passages, in its order; everything here speaks of an
//! entry by its place in that list. What may be found at all is the caller's to say ([`Allowed`]), and so
//! are the vectors. Both indexes are caches: whoever deletes their files loses time and nothing else, a
//! file that doesn't fit or is damaged counts as none, and nothing that was read from a file is trusted
//! before its checksum.

mod allowed;
mod analysis;
mod best;
mod error;
mod mix;
mod postings;
mod sealed;
mod synonyms;
mod text;
mod vectors;
mod vocabulary;

pub use allowed::Allowed;
pub use analysis::terms;
pub use error::IndexError;
pub use mix::mix;
pub use sealed::Unusable;
pub use synonyms::SynonymGroups;
pub use text::{Covering, Entry, Opened, TextIndex};
pub use vectors::{VectorIndex, cosine};

/// An entry that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Its place in the list that the index was built from.
    pub position: u32,
    /// Higher is better. Comparable only among the hits of one search.
    pub score: f32,
}
