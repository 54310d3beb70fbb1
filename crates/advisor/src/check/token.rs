//! Words with their places, and which of them are names.

use std::ops::Range;

/// A word or a number as it stands in the text, without punctuation around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) range: Range<usize>,
}

/// Words that begin an English sentence without naming anything.
const SENTENCE_OPENERS: &[&str] = &[
    "a",
    "about",
    "above",
    "according",
    "additionally",
    "after",
    "all",
    "also",
    "although",
    "among",
    "an",
    "and",
    "annual",
    "another",
    "as",
    "ask",
    "at",
    "average",
    "based",
    "because",
    "before",
    "being",
    "below",
    "both",
    "but",
    "by",
    "cheapest",
    "choose",
    "choosing",
    "closest",
    "compared",
    "consider",
    "considering",
    "consumption",
    "contract",
    "cost",
    "costs",
    "demand",
    "despite",
    "details",
    "due",
    "during",
    "each",
    "early",
    "electricity",
    "energy",
    "even",
    "every",
    "exit",
    "finally",
    "for",
    "from",
    "further",
    "furthermore",
    "given",
    "going",
    "here",
    "highest",
    "home",
    "house",
    "household",
    "however",
    "if",
    "in",
    "instead",
    "is",
    "it",
    "its",
    "leaving",
    "low",
    "lowest",
    "monthly",
    "more",
    "moreover",
    "most",
    "no",
    "none",
    "note",
    "nothing",
    "of",
    "on",
    "one",
    "only",
    "our",
    "over",
    "overall",
    "paying",
    "peak",
    "plan",
    "please",
    "plus",
    "power",
    "price",
    "prices",
    "rate",
    "renewable",
    "runner-up",
    "saving",
    "savings",
    "season",
    "since",
    "so",
    "some",
    "supplier",
    "switching",
    "take",
    "that",
    "the",
    "their",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "though",
    "to",
    "today",
    "total",
    "trade-off",
    "trend",
    "under",
    "unlike",
    "usage",
    "use",
    "using",
    "we",
    "what",
    "when",
    "where",
    "while",
    "with",
    "without",
    "year",
    "yearly",
    "yes",
    "yet",
    "you",
    "your",
];

/// The text's tokens within `within`, in order.
pub(super) fn tokens(text: &str, within: Range<usize>) -> Vec<Token> {
    let mut found = Vec::new();
    let mut start: Option<usize> = None;
    let slice = &text[within.clone()];
    for (offset, c) in slice.char_indices() {
        let at = within.start + offset;
        if belongs(text, at, c) {
            start.get_or_insert(at);
        } else if let Some(from) = start.take() {
            found.push(Token { range: from..at });
        }
    }
    if let Some(from) = start {
        found.push(Token { range: from..within.end });
    }
    found
}

/// The words of a fact, cut as `tokens` cuts.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    tokens(text, 0..text.len()).into_iter().map(move |token| &text[token.range])
}

/// Letters and digits belong to a word; `'`, `-`, `&`, `.`, `,` only between two of them.
fn belongs(text: &str, at: usize, c: char) -> bool {
    if c.is_alphanumeric() {
        return true;
    }
    let before = text[..at].chars().next_back();
    let after = text[at + c.len_utf8()..].chars().next();
    let (Some(before), Some(after)) = (before, after) else { return false };
    match c {
        '\'' | '’' | '&' => before.is_alphanumeric() && after.is_alphanumeric(),
        // `12-month` is a number and a word.
        '-' => before.is_alphabetic() && after.is_alphanumeric(),
        '.' | ',' => before.is_ascii_digit() && after.is_ascii_digit(),
        _ => false,
    }
}

/// Whether a word names something: it starts with a capital, mixes letters with digits,
/// or is written in a script without case.
pub(super) fn is_name(word: &str) -> bool {
    let Some(first) = word.chars().next() else { return false };
    first.is_uppercase()
        || (first.is_alphabetic() && !first.is_lowercase())
        || (word.chars().any(|c| c.is_ascii_digit()) && word.chars().any(char::is_alphabetic))
}

/// Whether the word is an ordinary beginning of a sentence.
pub(super) fn opens_sentences(word: &str) -> bool {
    let lower = word.to_lowercase();
    SENTENCE_OPENERS.contains(&lower.as_str())
}
