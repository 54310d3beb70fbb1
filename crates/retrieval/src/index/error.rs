//! What can go wrong with an index, as far as a caller would act differently.

use std::io;
use std::path::PathBuf;

/// Each variant's text says what happened and what to do next. A damaged or missing file is none of these:
/// it is built anew.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    #[error(
        "the search index {} can't be kept ({source}); check its folder's permissions and free space. \
         Search works, and the index is built again at the next start",
        path.display()
    )]
    NotWritten { path: PathBuf, source: io::Error },
    #[error("the search index can't be built: {source}; free some memory and try again")]
    NotBuilt { source: tantivy::TantivyError },
    #[error(
        "vectors of {dimension} numbers can't be searched; from 1 to {most} can. Use another embedding model"
    )]
    Dimension { dimension: usize, most: usize },
    #[error("the vector of entry {position} has {found} numbers instead of {expected}; embed the list again")]
    WrongLength { position: u32, expected: usize, found: usize },
    #[error("the vector of entry {position} has a number that is none; embed the entry again")]
    NotFinite { position: u32 },
    #[error("a vector came for entry {position} of a list of {entries}; embed the list again")]
    NoSuchEntry { position: u32, entries: u32 },
}
