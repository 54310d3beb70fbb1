//! Search by meaning: the entries whose vectors are nearest to a question's.
//!
//! Every vector is looked at, in a form of one byte a number; the best of that are compared again with
//! exact numbers. At the sizes of a catalogue this takes a few milliseconds, needs no building, and takes
//! filters and late vectors as they come, which a graph of neighbours would not. Whoever embeds is elsewhere:
//! vectors come with unit length, and a dot product is the cosine.

mod dot;
mod file;

use super::best::Best;
use super::{Allowed, Hit, IndexError};
use dot::Dot;

/// More would overflow the sum of a row; see [`dot`].
const MOST_DIMENSIONS: usize = 8192;

/// The question's numbers are whole numbers up to this: with one byte of the row they stay well below
/// what 8192 of them can add up to in 32 bits, and they add no error that matters beside the row's.
const QUERY_STEPS: f32 = 2047.0;

const ROW_STEPS: f32 = 127.0;

/// Of the candidates by bytes that are compared exactly, for each hit that is wanted and beyond.
const CANDIDATES_PER_HIT: usize = 4;
const MORE_CANDIDATES: usize = 32;

/// The vectors of a list, of which some may be missing.
#[derive(Clone)]
pub struct VectorIndex {
    dimension: usize,
    entries: u32,
    present: Allowed,
    /// `dimension` numbers for each entry; zeros where its vector is missing.
    exact: Vec<f32>,
    /// The same in steps of the entry's scale, each row filled up with zeros to a whole number of blocks.
    steps: Vec<i8>,
    scales: Vec<f32>,
    dot: Dot,
}

impl VectorIndex {
    /// For a list of so many entries, none of which has a vector yet.
    pub fn empty(dimension: usize, entries: u32) -> Result<Self, IndexError> {
        if !(1..=MOST_DIMENSIONS).contains(&dimension) {
            return Err(IndexError::Dimension { dimension, most: MOST_DIMENSIONS });
        }
        let rows = entries as usize;
        Ok(Self {
            dimension,
            entries,
            present: Allowed::none(entries),
            exact: vec![0.0; rows * dimension],
            steps: vec![0; rows * dot::padded(dimension)],
            scales: vec![0.0; rows],
            dot: Dot::best_here(),
        })
    }

    /// For a list with a vector for each entry, in its order.
    pub fn from_vectors<'a>(
        dimension: usize,
        vectors: impl IntoIterator<Item = &'a [f32], IntoIter: ExactSizeIterator>,
    ) -> Result<Self, IndexError> {
        let vectors = vectors.into_iter();
        let mut index = Self::empty(dimension, u32::try_from(vectors.len()).unwrap_or(u32::MAX))?;
        for (position, vector) in (0..).zip(vectors) {
            index.insert(position, vector)?;
        }
        Ok(index)
    }

    /// The vector of an entry, in place of the one that it may have. It has unit length.
    pub fn insert(&mut self, position: u32, vector: &[f32]) -> Result<(), IndexError> {
        if position >= self.entries {
            return Err(IndexError::NoSuchEntry { position, entries: self.entries });
        }
        if vector.len() != self.dimension {
            return Err(IndexError::WrongLength { position, expected: self.dimension, found: vector.len() });
        }
        let Some(scale) = scale_of(vector, ROW_STEPS) else {
            return Err(IndexError::NotFinite { position });
        };
        let row = position as usize;
        self.exact[row * self.dimension..][..self.dimension].copy_from_slice(vector);
        let steps = &mut self.steps[row * dot::padded(self.dimension)..][..self.dimension];
        for (step, number) in steps.iter_mut().zip(vector) {
            #[expect(clippy::cast_possible_truncation, reason = "the scale keeps it within 127")]
            let rounded = (number / scale).round() as i8;
            *step = rounded;
        }
        self.scales[row] = scale;
        self.present.insert(position);
        Ok(())
    }

    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// How many entries the list has, with a vector or without.
    pub fn entries(&self) -> u32 {
        self.entries
    }

    pub fn contains(&self, position: u32) -> bool {
        self.present.contains(position)
    }

    /// The vector of an entry that has one.
    pub fn vector(&self, position: u32) -> Option<&[f32]> {
        self.contains(position).then(|| self.row(position))
    }

    /// How many entries have a vector.
    pub fn count(&self) -> u32 {
        self.present.count()
    }

    /// Entries whose vectors are still to be computed, in the list's order.
    pub fn missing(&self) -> impl Iterator<Item = u32> {
        (0..self.entries).filter(|position| !self.contains(*position))
    }

    /// The entries whose vectors are nearest to the question's, best first, and at equal scores in the
    /// list's order. Scores are cosines. `None` allows all entries; those without a vector are never found.
    /// Nothing is, for a question of another length or with numbers that are none.
    ///
    /// The candidates are chosen by rounded numbers, so that of nearly equal entries a wrong one may be last.
    pub fn nearest(&self, question: &[f32], allowed: Option<&Allowed>, limit: usize) -> Vec<Hit> {
        let Some(scale) = scale_of(question, QUERY_STEPS).filter(|_| question.len() == self.dimension) else {
            return Vec::new();
        };
        let mut steps = vec![0_i16; dot::padded(self.dimension)];
        for (step, number) in steps.iter_mut().zip(question) {
            #[expect(clippy::cast_possible_truncation, reason = "the scale keeps it within 2047")]
            let rounded = (number / scale).round() as i16;
            *step = rounded;
        }
        let wanted = limit.saturating_mul(CANDIDATES_PER_HIT).saturating_add(MORE_CANDIDATES);
        let mut candidates = Best::of(wanted);
        for position in self.present.positions_also_in(allowed) {
            let row = position as usize;
            let sum = self.dot.of(&steps, &self.steps[row * steps.len()..][..steps.len()]);
            #[expect(clippy::cast_precision_loss, reason = "a candidate's score is rounded anyway")]
            let score = sum as f32 * self.scales[row];
            candidates.push(Hit { position, score });
        }
        let mut best = Best::of(limit);
        for Hit { position, .. } in candidates.into_hits() {
            best.push(Hit { position, score: cosine(question, self.row(position)) });
        }
        best.into_hits()
    }

    fn row(&self, position: u32) -> &[f32] {
        &self.exact[position as usize * self.dimension..][..self.dimension]
    }
}

/// Of two vectors of unit length.
#[must_use]
pub fn cosine(one: &[f32], other: &[f32]) -> f32 {
    dot::exact(one, other)
}

/// What one step stands for, where the largest number is `steps` of them; `None` where a number is none.
fn scale_of(vector: &[f32], steps: f32) -> Option<f32> {
    if !vector.iter().all(|number| number.is_finite()) {
        return None;
    }
    let largest = vector.iter().fold(0.0_f32, |largest, number| largest.max(number.abs()));
    // Below the smallest normal number, dividing by it would overflow.
    Some((largest / steps).max(f32::MIN_POSITIVE))
}

#[cfg(test)]
mod tests;
