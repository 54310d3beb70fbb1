//! A set of entries, one bit each.

/// The entries of a list that may be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowed {
    words: Vec<u64>,
    entries: u32,
}

impl Allowed {
    /// None of a list of so many entries.
    pub fn none(entries: u32) -> Self {
        Self { words: vec![0; (entries as usize).div_ceil(64)], entries }
    }

    /// These of a list of so many entries. Positions outside the list are left out.
    pub fn from_positions(entries: u32, positions: impl IntoIterator<Item = u32>) -> Self {
        let mut allowed = Self::none(entries);
        for position in positions {
            allowed.insert(position);
        }
        allowed
    }

    /// Adds an entry; one outside the list is left out.
    pub fn insert(&mut self, position: u32) {
        if position < self.entries {
            self.words[position as usize / 64] |= 1 << (position % 64);
        }
    }

    /// An entry outside the list is not allowed.
    pub fn contains(&self, position: u32) -> bool {
        position < self.entries && self.words[position as usize / 64] >> (position % 64) & 1 == 1
    }

    pub fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// In ascending order.
    pub fn positions(&self) -> impl Iterator<Item = u32> {
        self.words.iter().zip(0_u32..).flat_map(|(&word, place)| ones(word).map(move |bit| place * 64 + bit))
    }

    /// Those that are in both, where `other` is absent all of these; in ascending order.
    pub(crate) fn positions_also_in(&self, other: Option<&Self>) -> impl Iterator<Item = u32> {
        self.words.iter().zip(0_u32..).flat_map(move |(&word, place)| {
            let also = other.map_or(u64::MAX, |other| other.words.get(place as usize).copied().unwrap_or(0));
            ones(word & also).map(move |bit| place * 64 + bit)
        })
    }

    /// 64 entries a word, from the lowest bit up.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// `None` where there are more or fewer words than such a list needs, or entries outside it.
    pub(crate) fn from_words(entries: u32, words: Vec<u64>) -> Option<Self> {
        let fits = words.len() == (entries as usize).div_ceil(64);
        let outside = match (words.last(), entries % 64) {
            (Some(last), used @ 1..) => last >> used,
            _ => 0,
        };
        (fits && outside == 0).then_some(Self { words, entries })
    }
}

/// The places of a word's ones, from the lowest up.
fn ones(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let bit = word.trailing_zeros();
        word &= word.wrapping_sub(1);
        (bit < u64::BITS).then_some(bit)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Allowed;

    #[test]
    fn a_set_has_what_was_put_in_and_nothing_outside_the_list() {
        let mut random = fastrand::Rng::with_seed(7);
        for entries in [0_u32, 1, 63, 64, 65, 1000] {
            let wanted: BTreeSet<u32> = (0..entries).filter(|_| random.bool()).collect();
            let mut allowed = Allowed::from_positions(entries, wanted.iter().copied());
            for outside in [entries, entries.saturating_add(64), u32::MAX] {
                allowed.insert(outside);
                assert!(!allowed.contains(outside));
            }
            assert!(allowed.positions().eq(wanted.iter().copied()));
            assert_eq!(allowed.count() as usize, wanted.len());
            assert!((0..entries).all(|position| allowed.contains(position) == wanted.contains(&position)));

            let kept = Allowed::from_words(entries, allowed.words().to_vec());
            assert_eq!(kept.as_ref(), Some(&allowed));
            assert!(allowed.positions_also_in(None).eq(wanted.iter().copied()));
            let other = Allowed::from_positions(entries / 2, 0..entries / 2);
            let both = wanted.iter().copied().filter(|position| *position < entries / 2);
            assert!(allowed.positions_also_in(Some(&other)).eq(both));
        }
    }

    #[test]
    fn words_that_name_entries_outside_the_list_are_refused() {
        assert_eq!(Allowed::from_words(3, vec![0b1000]), None);
        assert_eq!(Allowed::from_words(3, vec![]), None);
        assert_eq!(Allowed::from_words(64, vec![0, 0]), None);
        assert!(Allowed::from_words(64, vec![u64::MAX]).is_some());
    }
}
