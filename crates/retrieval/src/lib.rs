//! Finding what answers a question: what it asks for, search by words and by meaning, and documents
//! cut into passages.
//!
//! Nothing here asks a model for words, and nothing here is the truth: the index is a cache of what the
//! store has, and can be deleted at any time. Vectors come from whoever embeds; this crate only compares
//! them. It knows no database, no window and no engine.

pub mod document;
pub mod index;
pub mod question;
