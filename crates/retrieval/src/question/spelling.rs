//! Words of the list that are one slip of the finger away from what was typed: a letter too many, too few,
//! wrong, or two swapped.
//!
//! A slip is mended only where one word of the list fits, the first letter is right, and nothing else
//! knows the word as it stands; who calls sees to the last. A wrong letter is mended only in longer words and
//! in names of places: between short words of a language there are too many (`scope`, `score`).

use std::collections::{HashMap, HashSet};

/// Shorter words have too many neighbours.
const MIN_LENGTH: usize = 5;
/// From this length on, a wrong letter is mended as well.
const MIN_LENGTH_WRONG: usize = 6;
/// What makes another form of a word, and no slip.
const ENDINGS: &[&str] = &["s", "d", "r", "y", "l"];

#[derive(Default)]
pub(super) struct Spellings {
    by_shape: HashMap<(char, usize), Vec<String>>,
    places: HashSet<String>,
}

impl Spellings {
    /// `places` are those of `words` in which a wrong letter is mended whatever their length.
    pub(super) fn new<'a>(words: impl Iterator<Item = &'a str>, places: HashSet<String>) -> Self {
        let distinct: HashSet<&str> = words.collect();
        let mut by_shape: HashMap<(char, usize), Vec<String>> = HashMap::new();
        for word in distinct {
            let length = word.chars().count();
            if length + 1 >= MIN_LENGTH
                && word.chars().all(char::is_alphabetic)
                && let Some(first) = word.chars().next()
            {
                by_shape.entry((first, length)).or_default().push(word.to_owned());
            }
        }
        Self { by_shape, places }
    }

    /// The only word one slip away from `typed`.
    pub(super) fn mend(&self, typed: &str) -> Option<&str> {
        let letters: Vec<char> = typed.chars().collect();
        if letters.len() < MIN_LENGTH || !letters.iter().all(|letter| letter.is_alphabetic()) {
            return None;
        }
        let near = (letters.len() - 1..=letters.len() + 1)
            .filter_map(|length| self.by_shape.get(&(letters[0], length)))
            .flatten()
            .filter(|word| self.is_slip(typed, &letters, word));
        let mut found = None;
        for word in near {
            if found.is_some() {
                return None;
            }
            found = Some(word.as_str());
        }
        found
    }

    fn is_slip(&self, typed: &str, letters: &[char], word: &str) -> bool {
        let same_letters = || {
            let sorted = |mut letters: Vec<char>| {
                letters.sort_unstable();
                letters
            };
            sorted(letters.to_vec()) == sorted(word.chars().collect())
        };
        let wrong = word.chars().count() == letters.len() && letters.len() < MIN_LENGTH_WRONG;
        one_slip(letters, word)
            && !is_other_form(typed, word)
            && (!wrong || self.places.contains(word) || same_letters())
    }
}

/// What may have been meant where two letters are swapped or one is left out; the first letter is right.
pub(super) fn slips(typed: &str) -> Vec<String> {
    let letters: Vec<char> = typed.chars().collect();
    if letters.len() < MIN_LENGTH_WRONG || !letters.iter().all(char::is_ascii_lowercase) {
        return Vec::new();
    }
    let swapped = (1..letters.len() - 1).map(|at| {
        let mut letters = letters.clone();
        letters.swap(at, at + 1);
        letters.into_iter().collect::<String>()
    });
    let longer = (1..letters.len()).flat_map(|at| {
        let letters = &letters;
        ('a'..='z').map(move |letter| {
            letters[..at]
                .iter()
                .copied()
                .chain([letter])
                .chain(letters[at..].iter().copied())
                .collect::<String>()
        })
    });
    let mut slips: Vec<String> = swapped.chain(longer).filter(|slip| slip != typed).collect();
    slips.sort_unstable();
    slips.dedup();
    slips
}

/// Whether two words are one slip apart and begin alike.
pub(super) fn is_one_slip(typed: &str, word: &str) -> bool {
    let letters: Vec<char> = typed.chars().collect();
    letters.len().abs_diff(word.chars().count()) <= 1
        && letters.first() == word.chars().next().as_ref()
        && typed != word
        && one_slip(&letters, word)
        && !is_other_form(typed, word)
}

fn is_other_form(typed: &str, word: &str) -> bool {
    let (long, short) = if typed.len() > word.len() { (typed, word) } else { (word, typed) };
    long.strip_prefix(short).is_some_and(|rest| ENDINGS.contains(&rest))
}

fn one_slip(typed: &[char], word: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let same = typed.iter().zip(&word).take_while(|(a, b)| a == b).count();
    let (typed, word) = (&typed[same..], &word[same..]);
    match (typed, word) {
        ([_, rest @ ..], word) if rest == word => true,
        (typed, [_, rest @ ..]) if typed == rest => true,
        ([_, typed @ ..], [_, word @ ..]) if typed == word => true,
        ([one, two, typed @ ..], [first, second, word @ ..]) => {
            one == second && two == first && typed == word
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(words: &[&str]) -> HashSet<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn one_slip_is_mended_and_two_are_not() {
        let spellings = Spellings::new(
            ["ethiopia", "kenya", "chair", "sofa", "light", "score"].into_iter(),
            places(&["kenya"]),
        );
        for (typed, word) in [
            ("etiopia", "ethiopia"),
            ("kenia", "kenya"),
            ("chiar", "chair"),
            ("soofa", "sofa"),
            ("ligth", "light"),
        ] {
            assert_eq!(spellings.mend(typed), Some(word));
        }
        for typed in ["etopia", "lite", "xhair", "kenyan tea", "scope", "scored"] {
            assert_eq!(spellings.mend(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_slip_between_two_words_is_left() {
        let spellings = Spellings::new(["boards", "beards"].into_iter(), HashSet::new());
        assert_eq!(spellings.mend("bards"), None);
    }
}
