//! Words that mean the same to whoever searches, from a small table that the caller has.

use std::collections::HashMap;

use super::analysis::{Word, words_of};

/// Groups of words or phrases, of which one in a question also finds the others.
#[derive(Debug, Clone, Default)]
pub struct SynonymGroups {
    /// Each phrase as its words.
    groups: Vec<Vec<Vec<Word>>>,
    /// By its first term, where a phrase stands: group and place within it.
    begins: HashMap<String, Vec<(usize, usize)>>,
}

/// A word that a question has only by another's meaning.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Synonym {
    pub(crate) term: String,
    /// The words of the question that it stands for, by their places.
    pub(crate) of: std::ops::Range<usize>,
    /// Of the phrase that has it, this word's part: 1 where it is the only one.
    pub(crate) share: f32,
}

impl SynonymGroups {
    /// Phrases without any word are left out. Case, accents and English endings don't count.
    pub fn new<Group, Phrase>(groups: impl IntoIterator<Item = Group>) -> Self
    where
        Group: IntoIterator<Item = Phrase>,
        Phrase: AsRef<str>,
    {
        let phrases = |group: Group| -> Vec<Vec<Word>> {
            let phrases = group.into_iter().map(|phrase| words_of(phrase.as_ref()));
            phrases.filter(|phrase| !phrase.is_empty()).collect()
        };
        let groups: Vec<Vec<Vec<Word>>> = groups.into_iter().map(phrases).collect();
        let mut begins: HashMap<String, Vec<(usize, usize)>> = HashMap::new();
        for (group, phrases) in groups.iter().enumerate() {
            for (place, phrase) in phrases.iter().enumerate() {
                begins.entry(phrase[0].term.clone()).or_default().push((group, place));
            }
        }
        Self { groups, begins }
    }

    /// What else a question's words may be called, in the table's order.
    pub(crate) fn of(&self, words: &[Word]) -> Vec<Synonym> {
        let mut synonyms = Vec::new();
        for (first, word) in words.iter().enumerate() {
            for &(group, place) in self.begins.get(&word.term).into_iter().flatten() {
                let phrases = &self.groups[group];
                let phrase = &phrases[place];
                let matches = words[first..].len() >= phrase.len()
                    && phrase.iter().zip(&words[first..]).all(|(one, other)| one.term == other.term);
                if !matches {
                    continue;
                }
                for other in phrases.iter().filter(|other| *other != phrase) {
                    let counting = other.iter().filter(|word| word.counts).count();
                    let share = 1.0 / f32::from(u16::try_from(counting).unwrap_or(u16::MAX));
                    let of = first..first + phrase.len();
                    synonyms.extend(other.iter().filter(|word| word.counts).map(|word| Synonym {
                        term: word.term.clone(),
                        of: of.clone(),
                        share,
                    }));
                }
            }
        }
        synonyms
    }
}

#[cfg(test)]
mod tests {
    use super::SynonymGroups;
    use crate::index::analysis::words_of;

    fn of(groups: &[&[&str]], question: &str) -> Vec<(String, std::ops::Range<usize>, f32)> {
        let groups = SynonymGroups::new(groups.iter().map(|group| group.iter()));
        let synonyms = groups.of(&words_of(question)).into_iter();
        synonyms.map(|synonym| (synonym.term, synonym.of, synonym.share)).collect()
    }

    #[test]
    fn a_word_finds_the_others_of_its_group() {
        let groups: &[&[&str]] = &[&["sofa", "Couch", "settee"], &["", "?"], &["lamp", "light"]];
        assert_eq!(of(groups, "red couches"), [("sofa".into(), 1..2, 1.0), ("sette".into(), 1..2, 1.0)]);
        assert_eq!(of(groups, "table"), []);
        assert_eq!(of(&[], "couch"), []);
    }

    #[test]
    fn a_phrase_matches_only_as_a_whole_and_its_words_share_its_weight() {
        let groups: &[&[&str]] = &[&["chest of drawers", "dresser"], &["tv", "television set"]];
        assert_eq!(of(groups, "a chest of drawers"), [("dresser".into(), 1..4, 1.0)]);
        assert_eq!(of(groups, "chest of gold"), []);
        assert_eq!(of(groups, "chest"), []);
        assert_eq!(of(groups, "dresser"), [("chest".into(), 0..1, 0.5), ("drawer".into(), 0..1, 0.5)]);
        assert_eq!(of(groups, "tv"), [("televis".into(), 0..1, 0.5), ("set".into(), 0..1, 0.5)]);
    }
}
