//! A set of items of one list by their positions: one bit each.

use rusqlite::Rows;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Positions {
    /// Bits beyond the list's end are never set.
    words: Vec<u64>,
    items: u32,
}

impl Positions {
    pub(crate) fn none(items: u32) -> Self {
        Self { words: vec![0; items.div_ceil(u64::BITS) as usize], items }
    }

    pub(crate) fn all(items: u32) -> Self {
        Self::none(items).complement()
    }

    /// A position beyond the list's end is left out.
    pub(crate) fn insert(&mut self, position: u32) {
        if position < self.items
            && let Some(word) = self.words.get_mut((position / u64::BITS) as usize)
        {
            *word |= 1 << (position % u64::BITS);
        }
    }

    /// As [`packed`] wrote them.
    pub(crate) fn insert_packed(&mut self, packed: &[u8]) {
        unpacked(packed).for_each(|position| self.insert(position));
    }

    /// The first column's, one in each row.
    pub(crate) fn insert_rows(&mut self, mut rows: Rows) -> rusqlite::Result<()> {
        while let Some(row) = rows.next()? {
            self.insert(row.get(0)?);
        }
        Ok(())
    }

    pub(crate) fn contains(&self, position: u32) -> bool {
        let word = self.words.get((position / u64::BITS) as usize);
        word.is_some_and(|word| word & (1 << (position % u64::BITS)) != 0)
    }

    pub(crate) fn intersect(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    pub(crate) fn unite(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    pub(crate) fn complement(mut self) -> Self {
        for word in &mut self.words {
            *word = !*word;
        }
        let beyond = self.items % u64::BITS;
        if let Some(last) = self.words.last_mut().filter(|_| beyond > 0) {
            *last &= (1 << beyond) - 1;
        }
        self
    }

    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// In the order of the list.
    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> {
        (0..).step_by(u64::BITS as usize).zip(&self.words).flat_map(|(first, &word)| {
            let after = |word: &u64| Some(word & (word - 1)).filter(|rest| *rest != 0);
            let rests = std::iter::successors(Some(word).filter(|word| *word != 0), after);
            rests.map(move |rest| first + rest.trailing_zeros())
        })
    }
}

/// Positions as a column holds them: four bytes each, the lowest first.
pub(crate) fn packed(positions: &[u32]) -> Vec<u8> {
    positions.iter().flat_map(|position| position.to_le_bytes()).collect()
}

pub(crate) fn unpacked(packed: &[u8]) -> impl Iterator<Item = u32> {
    let (positions, _) = packed.as_chunks();
    positions.iter().copied().map(u32::from_le_bytes)
}
