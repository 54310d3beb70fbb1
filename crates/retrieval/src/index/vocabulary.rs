//! Every term that a list has, to find what a word that none of the entries has was meant to be.
//!
//! A list of its own and not the index's dictionary, because going through that takes ten times as long.

use super::analysis::Word;

/// Fewer letters begin too many words.
const LEAST_PREFIX_LETTERS: usize = 3;
/// In a shorter word, one wrong letter leaves too little.
const LEAST_TYPO_LETTERS: usize = 5;
/// What a question's word is completed to.
const MOST_COMPLETIONS: usize = 5;
/// What a question's word is taken for.
const MOST_CORRECTIONS: usize = 3;

/// The terms in alphabetical order, with how many entries have each.
#[derive(Debug, Default)]
pub(crate) struct Vocabulary {
    /// One after the other.
    text: String,
    /// Where each term ends in the text.
    ends: Vec<u32>,
    entries: Vec<u32>,
    /// Which letters each has: most terms are told apart from a word by this alone.
    letters: Vec<u64>,
}

impl Vocabulary {
    /// Adds a term that comes after all that are there. Beyond 4 GiB, terms are left out, and nobody's word
    /// is taken for them.
    pub(crate) fn push(&mut self, term: &str, entries: u32) {
        if let Ok(end) = u32::try_from(self.text.len() + term.len()) {
            self.text.push_str(term);
            self.ends.push(end);
            self.entries.push(entries);
            self.letters.push(letters_of(term));
        }
    }

    /// What a word may have been meant to be: terms that it begins, and terms that it is one edit away
    /// from, where it is long enough. The most frequent of each; none twice.
    pub(crate) fn meant_by(&self, word: &Word) -> Vec<String> {
        let letters = word.plain.chars().count();
        let mut meant = Vec::new();
        if letters >= LEAST_PREFIX_LETTERS {
            let first = self.first_not_before(&word.term);
            let begun =
                (first..self.ends.len()).take_while(|place| self.term(*place).starts_with(&word.term));
            meant.extend(self.most_frequent(begun.collect(), MOST_COMPLETIONS, &word.term));
        }
        if letters >= LEAST_TYPO_LETTERS {
            let letters = letters_of(&word.term);
            let near = (0..self.ends.len()).filter(|place| {
                at_most_two(self.letters[*place] ^ letters) && one_edit_apart(self.term(*place), &word.term)
            });
            for place in self.most_frequent(near.collect(), MOST_CORRECTIONS, &word.term) {
                if !meant.contains(&place) {
                    meant.push(place);
                }
            }
        }
        meant.into_iter().map(|place| self.term(place).to_owned()).collect()
    }

    fn term(&self, place: usize) -> &str {
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[begin as usize..self.ends[place] as usize]
    }

    fn first_not_before(&self, term: &str) -> usize {
        let (mut from, mut to) = (0, self.ends.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            if self.term(middle) < term { from = middle + 1 } else { to = middle }
        }
        from
    }

    /// Those with the word's first letter before others, because it is seldom the wrong one (Pollock and
    /// Zamora, "Automatic spelling correction in scientific and scholarly text", CACM 27(4), 1984).
    fn most_frequent(&self, mut places: Vec<usize>, most: usize, word: &str) -> Vec<usize> {
        let first_letter = word.chars().next();
        places.sort_by_key(|&place| {
            let same = self.term(place).chars().next() == first_letter;
            (!same, std::cmp::Reverse(self.entries[place]), place)
        });
        places.truncate(most);
        places
    }
}

/// One bit for each letter, some of which share one. An edit takes away one and adds one at the most.
fn letters_of(word: &str) -> u64 {
    word.chars().fold(0, |letters, letter| letters | 1 << (u32::from(letter) % u64::BITS))
}

/// Whether a number has two ones at the most.
fn at_most_two(bits: u64) -> bool {
    let without_first = bits & bits.wrapping_sub(1);
    without_first & without_first.wrapping_sub(1) == 0
}

/// Whether one letter more, less or different, or two neighbours changing places, makes one of the other.
/// Equal words are not one edit apart.
fn one_edit_apart(one: &str, other: &str) -> bool {
    let same = one.bytes().zip(other.bytes()).take_while(|(one, other)| one == other).count();
    // Back to where a letter begins.
    let same =
        (0..=same).rev().find(|&at| one.is_char_boundary(at) && other.is_char_boundary(at)).unwrap_or(0);
    let (one, other) = (&one[same..], &other[same..]);
    let mut one_after = one.chars();
    let mut other_after = other.chars();
    let (one_letter, other_letter) = (one_after.next(), other_after.next());
    let (one_after, other_after) = (one_after.as_str(), other_after.as_str());
    match (one_letter, other_letter) {
        (None, None) => false,
        (None, Some(_)) => other_after.is_empty(),
        (Some(_), None) => one_after.is_empty(),
        (Some(one_letter), Some(other_letter)) => {
            let swapped = || {
                let one_rest = one_after.strip_prefix(other_letter);
                one_rest.is_some() && one_rest == other_after.strip_prefix(one_letter)
            };
            one_after == other_after || one_after == other || one == other_after || swapped()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Vocabulary, at_most_two, letters_of, one_edit_apart};
    use crate::index::analysis::words_of;

    fn meant_by(terms: &[(&str, u32)], word: &str) -> Vec<String> {
        let mut vocabulary = Vocabulary::default();
        for (term, entries) in terms {
            vocabulary.push(term, *entries);
        }
        vocabulary.meant_by(&words_of(word)[0])
    }

    #[test]
    fn a_word_is_completed_and_corrected() {
        let terms =
            [("chain", 20), ("chair", 9), ("mattress", 4), ("refrig", 1), ("refriger", 3), ("äther", 1)];
        assert_eq!(meant_by(&terms, "refri"), ["refriger", "refrig"]);
        assert_eq!(meant_by(&terms, "matress"), ["mattress"]);
        assert_eq!(meant_by(&terms, "chiar"), ["chair"]);
        assert_eq!(meant_by(&terms, "chais"), ["chain", "chair"]);
        assert_eq!(meant_by(&terms, "ma"), [""; 0]);
        assert_eq!(meant_by(&terms, "xylophone"), [""; 0]);
        assert_eq!(meant_by(&[], "chair"), [""; 0]);
    }

    #[test]
    fn a_right_first_letter_goes_before_frequency() {
        assert_eq!(meant_by(&[("hotel", 50), ("motet", 2)], "motel"), ["motet", "hotel"]);
    }

    #[test]
    fn a_short_word_is_not_corrected() {
        assert_eq!(meant_by(&[("sofa", 5)], "sofb"), [""; 0]);
    }

    /// Optimal string alignment by the book, over letters.
    fn distance(one: &str, other: &str) -> usize {
        let one: Vec<char> = one.chars().collect();
        let other: Vec<char> = other.chars().collect();
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for i in 0..=one.len() {
            for j in 0..=other.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let change = table[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
                    let mut least = change.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                        least = least.min(table[i - 2][j - 2] + 1);
                    }
                    least
                };
            }
        }
        table[one.len()][other.len()]
    }

    proptest::proptest! {
        // Few letters, of one to three bytes that share some, so that near words are common.
        #[test]
        fn one_edit_is_what_the_table_says(one in "[abäå€₭]{0,5}", other in "[abäå€₭]{0,5}") {
            let near = distance(&one, &other) == 1;
            proptest::prop_assert_eq!(one_edit_apart(&one, &other), near);
            proptest::prop_assert!(!near || at_most_two(letters_of(&one) ^ letters_of(&other)));
        }
    }
}
