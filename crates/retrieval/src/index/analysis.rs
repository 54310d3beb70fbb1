//! From text to terms: the same for entries and for questions, or nothing would be found.
//!
//! A term is a word in lower case, without accents, and without its English ending. Entries keep their stop
//! words, so that a question of nothing else ("The Who") finds something; a question drops them where other
//! words remain. A change here changes what an index holds: raise [`FORM`] with it.

use std::collections::BTreeSet;

use tantivy::tokenizer::{
    AsciiFoldingFilter, LowerCaser, RawTokenizer, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer,
};

/// Of everything that decides what an index holds. Written into its file's mark.
pub(crate) const FORM: u32 = 1;

/// In bytes; a longer word is data that somebody pasted.
const LONGEST_WORD: usize = 64;

/// Of a question; what comes after them is not looked at.
const MOST_WORDS: usize = 256;

/// Words that carry grammar, and those with which people ask. In order, for binary search.
const STOP_WORDS: [&str; 112] = [
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "aren", "as", "at", "be", "been", "being",
    "but", "by", "can", "could", "couldn", "did", "didn", "do", "does", "doesn", "doing", "don", "for",
    "from", "had", "has", "hasn", "have", "haven", "he", "her", "here", "hers", "him", "his", "how", "i",
    "if", "in", "into", "is", "isn", "it", "its", "just", "let", "may", "me", "might", "must", "my", "no",
    "nor", "not", "of", "on", "or", "our", "ours", "please", "shall", "she", "should", "shouldn", "so",
    "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "to", "too", "us", "very", "was", "wasn", "we", "were", "weren", "what", "when", "where",
    "whether", "which", "while", "who", "whom", "whose", "why", "will", "with", "won", "would", "wouldn",
    "yes", "yet", "you", "your", "yours",
];

/// What stands after an apostrophe and is no word: `it's`, `they'll`.
const CONTRACTIONS: [&str; 7] = ["d", "ll", "m", "re", "s", "t", "ve"];

/// A word of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    /// In lower case and without accents.
    pub(crate) plain: String,
    /// As the index has it.
    pub(crate) term: String,
    /// Whether to look for it: it's no stop word, or the question has nothing else.
    pub(crate) counts: bool,
}

/// How an entry's text becomes terms.
pub(crate) fn entry_analyzer() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .filter(Stemmer::default())
        .build()
}

/// The terms of texts as an index has them, each once.
pub fn terms<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    let mut analyzer = entry_analyzer();
    let mut terms = BTreeSet::new();
    for text in texts {
        let mut tokens = analyzer.token_stream(text);
        while tokens.advance() {
            if !terms.contains(&tokens.token().text) {
                terms.insert(tokens.token().text.clone());
            }
        }
    }
    terms
}

/// A question's words in their order; those that stand twice come twice.
pub(crate) fn words_of(question: &str) -> Vec<Word> {
    let mut plain = TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(LONGEST_WORD))
        .filter(LowerCaser)
        .filter(AsciiFoldingFilter)
        .build();
    let mut stemmer = TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::default()).build();
    let mut tokens = plain.token_stream(question);
    let mut words = Vec::new();
    while words.len() < MOST_WORDS && tokens.advance() {
        let token = tokens.token();
        let before = question.get(..token.offset_from).unwrap_or_default();
        if before.ends_with(['\'', '’']) && CONTRACTIONS.contains(&token.text.as_str()) {
            continue;
        }
        let mut stems = stemmer.token_stream(&token.text);
        let term = if stems.advance() { stems.token().text.clone() } else { token.text.clone() };
        let counts = STOP_WORDS.binary_search(&token.text.as_str()).is_err();
        words.push(Word { plain: token.text.clone(), term, counts });
    }
    if !words.iter().any(|word| word.counts) {
        for word in &mut words {
            word.counts = true;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{STOP_WORDS, entry_analyzer, words_of};

    fn terms(question: &str) -> Vec<String> {
        words_of(question).into_iter().filter(|word| word.counts).map(|word| word.term).collect()
    }

    #[test]
    fn stop_words_are_in_order_and_plain() {
        assert!(STOP_WORDS.is_sorted_by(|one, other| one < other), "they are searched by halves");
        assert!(STOP_WORDS.iter().all(|word| words_of(word)[0].plain == *word));
    }

    #[test]
    fn a_question_is_left_with_its_content() {
        assert_eq!(terms("What's the cheapest of the chairs?"), ["cheapest", "chair"]);
        assert_eq!(terms("Don’t you have a sofa-bed"), ["sofa", "bed"]);
        assert_eq!(terms("POÄNG Sessel, groß"), ["poang", "sessel", "gross"]);
        assert_eq!(terms("vitamin d"), ["vitamin", "d"]);
    }

    #[test]
    fn a_question_of_stop_words_keeps_them() {
        assert_eq!(terms("The Who"), ["the", "who"]);
        assert_eq!(terms(""), [""; 0]);
        assert_eq!(terms(" ?! -- "), [""; 0]);
    }

    #[test]
    fn entries_and_questions_have_the_same_terms() {
        let text =
            "Running the Café's machines, Ångström units at 4.5kg; naïve DATABASES’ keys 北京 İstanbul";
        let mut analyzer = entry_analyzer();
        let mut tokens = analyzer.token_stream(text);
        let mut entry = Vec::new();
        while tokens.advance() {
            entry.push(tokens.token().text.clone());
        }
        entry.retain(|term| term != "s");
        let question: Vec<String> = words_of(text).into_iter().map(|word| word.term).collect();
        assert_eq!(entry, question);
    }
}
