//! The vectors' file: computing them took minutes, so they are kept, but only for the list and the model
//! that they were computed from.

use std::io::{self, Read as _, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::VectorIndex;
use crate::index::sealed::{self, SealedFile, Unusable};
use crate::index::{Allowed, IndexError};

/// The file's name in its folder.
pub(super) const FILE: &str = "vectors.index";

/// Of what the file holds: words of 64 entries that say which have a vector, then those vectors' numbers.
const FORM: u32 = 1;

/// Numbers that are read or written at a time.
const CHUNK: usize = 1 << 14;

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    form: u32,
    fingerprint: String,
    model: String,
    dimension: usize,
    entries: u32,
}

impl VectorIndex {
    /// Keeps the vectors in the folder, in place of those that may be there. `fingerprint` is the list's, as
    /// for [`TextIndex::open`](crate::index::TextIndex::open), and `model` names whatever decides how a text
    /// is embedded.
    pub fn save(&self, folder: &Path, fingerprint: &str, model: &str) -> Result<(), IndexError> {
        let path = folder.join(FILE);
        let mark = mark(fingerprint, model, self.dimension, self.entries);
        sealed::write(&path, &mark, |output| self.write(output))
            .map_err(|source| IndexError::NotWritten { path, source })
    }

    /// The vectors that are kept in the folder, if they are those of this list and model. Some may be
    /// missing: [`VectorIndex::missing`] says which.
    pub fn load(
        folder: &Path,
        fingerprint: &str,
        model: &str,
        dimension: usize,
        entries: u32,
    ) -> Result<Self, Unusable> {
        let (found, mut file) = SealedFile::open::<Mark>(&folder.join(FILE))?;
        if found != mark(fingerprint, model, dimension, entries) {
            return Err(Unusable::Outdated);
        }
        let mut words = vec![0; (entries as usize).div_ceil(64) * 8];
        file.read_exact(&mut words)?;
        let words = words.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect();
        let present = Allowed::from_words(entries, words).ok_or(Unusable::Damaged)?;
        if file.content_left() != u64::from(present.count()) * dimension as u64 * 4 {
            return Err(Unusable::Damaged);
        }

        let mut index = Self::empty(dimension, entries).map_err(|_| Unusable::Outdated)?;
        let mut bytes = vec![0; dimension * 4];
        let mut vector = vec![0.0; dimension];
        for position in present.positions() {
            file.read_exact(&mut bytes)?;
            for (number, bytes) in vector.iter_mut().zip(bytes.as_chunks().0) {
                *number = f32::from_le_bytes(*bytes);
            }
            index.insert(position, &vector).map_err(|_| Unusable::Damaged)?;
        }
        file.finish()?;
        Ok(index)
    }

    fn write(&self, output: &mut dyn Write) -> io::Result<()> {
        for word in self.present.words() {
            output.write_all(&word.to_le_bytes())?;
        }
        let mut bytes = Vec::with_capacity(CHUNK * 4);
        for position in self.present.positions() {
            bytes.extend(self.row(position).iter().flat_map(|number| number.to_le_bytes()));
            if bytes.len() >= CHUNK {
                output.write_all(&bytes)?;
                bytes.clear();
            }
        }
        output.write_all(&bytes)
    }
}

fn mark(fingerprint: &str, model: &str, dimension: usize, entries: u32) -> Mark {
    Mark { form: FORM, fingerprint: fingerprint.to_owned(), model: model.to_owned(), dimension, entries }
}
