//! The faithfulness check: every number and name of a text is found in the facts, or its sentence
//! is not shown.
//!
//! The check is by rule, never by a model: a claim is a number, a name, or one of the pack's checked
//! words, and it is good when one fact has it. What it can't see is a false statement made of true
//! pieces; the pairing rule (a month and the figure beside it belong to one fact) narrows that gap.

mod number;
mod token;

use std::ops::Range;

use sextant_domain::Claim;

use crate::facts::{Fact, Facts, Value};
use number::Number;
use token::{Token, tokens};

/// A sentence with one of these speaks of what the person wants.
const WANTING: &[&str] = &[
    "want",
    "wants",
    "wanted",
    "wish",
    "wishes",
    "wished",
    "prefer",
    "preference",
    "ask",
    "asked",
    "looking",
    "need",
    "value",
];

/// A text with its claims, and which of its sentences may be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Checked {
    pub(crate) claims: Vec<Claim>,
    pub(crate) sentences: Vec<Sentence>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sentence {
    /// In bytes, without the white space around it.
    pub(crate) range: Range<usize>,
    pub(crate) grounded: bool,
}

impl Checked {
    #[must_use]
    pub(crate) fn grounded(&self) -> bool {
        self.sentences.iter().all(|sentence| sentence.grounded)
    }

    /// The share of claims that the facts have; 1 where nothing is claimed.
    #[must_use]
    pub(crate) fn grounded_share(&self) -> f64 {
        let good = self.claims.iter().filter(|claim| claim.ok).count();
        share(good, self.claims.len())
    }
}

/// The numbers that stand in a text, as facts have them.
#[must_use]
pub(crate) fn numbers_in(text: &str) -> Vec<Value> {
    let tokens = tokens(text, 0..text.len());
    (0..tokens.len())
        .filter_map(|i| number::read(text, &tokens, i))
        .filter(|number| number.kind == number::Kind::Number)
        .map(|number| number.value())
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of claims are small")]
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

/// A claim while it is being judged.
struct Found {
    range: Range<usize>,
    fact: Option<usize>,
    number: Option<Number>,
}

/// Checks `text` against `facts`. `checked_words` are words or phrases that the text may use only where
/// a fact has or permits them.
#[must_use]
pub(crate) fn check(text: &str, facts: &Facts, checked_words: &[String]) -> Checked {
    let names = whole_names(text, facts);
    let sentences = sentence_ranges(text, &names);
    let mut found: Vec<Found> = Vec::new();
    for sentence in &sentences {
        check_sentence(text, sentence.clone(), facts, &names, checked_words, &mut found);
    }
    found.sort_by_key(|claim| (claim.range.start, claim.range.end));
    for i in 0..found.len() {
        take_namesake(&mut found, i, facts, &sentences);
    }
    let judged: Vec<(Found, bool)> = {
        let paired: Vec<bool> = (0..found.len())
            .map(|i| found[i].fact.is_some() && pairs_well(&found, i, facts, &sentences))
            .collect();
        found.into_iter().zip(paired).collect()
    };
    let sentences = sentences
        .into_iter()
        .map(|range| Sentence {
            grounded: judged.iter().all(|(claim, ok)| *ok || !contains(&range, &claim.range)),
            range,
        })
        .collect();
    let claims = judged
        .into_iter()
        .map(|(claim, ok)| Claim {
            text: text[claim.range.clone()].to_owned(),
            ok,
            start: utf16_offset(text, claim.range.start),
            end: utf16_offset(text, claim.range.end),
            fact: claim.fact.map(|index| facts.list[index].shown()),
        })
        .collect();
    Checked { claims, sentences }
}

fn check_sentence(
    text: &str,
    sentence: Range<usize>,
    facts: &Facts,
    names: &[(Range<usize>, usize)],
    checked_words: &[String],
    found: &mut Vec<Found>,
) {
    for (range, fact) in names.iter().filter(|(range, _)| contains(&sentence, range)) {
        found.push(Found { range: range.clone(), fact: Some(*fact), number: None });
    }
    let in_a_name =
        |range: &Range<usize>| names.iter().any(|(name, _)| name.start < range.end && range.start < name.end);
    let tokens: Vec<Token> =
        tokens(text, sentence.clone()).into_iter().filter(|token| !in_a_name(&token.range)).collect();
    let mut run: Vec<Range<usize>> = Vec::new();
    for (i, token) in tokens.iter().enumerate() {
        if let Some(number) = number::read(text, &tokens, i) {
            close_run(text, &mut run, facts, found);
            if number.kind == number::Kind::Pronoun {
                continue;
            }
            let fact =
                facts.list.iter().position(|fact| fact.values.iter().any(|value| number.matches(value)));
            found.push(Found { range: number.range.clone(), fact, number: Some(number) });
            continue;
        }
        let word = &text[token.range.clone()];
        let opens_sentence = token.range.start == sentence.start;
        if token::is_name(word) && !(opens_sentence && token::opens_sentences(word)) {
            let follows =
                run.last().is_some_and(|last| text[last.end..token.range.start].chars().all(|c| c == ' '));
            if !follows {
                close_run(text, &mut run, facts, found);
            }
            run.push(token.range.clone());
        } else {
            close_run(text, &mut run, facts, found);
        }
    }
    close_run(text, &mut run, facts, found);
    let is_about_the_person = tokens
        .iter()
        .any(|token| WANTING.iter().any(|word| text[token.range.clone()].eq_ignore_ascii_case(word)));
    for phrase in checked_words {
        for range in occurrences(text, &sentence, phrase) {
            if !in_a_name(&range) {
                let fact = facts
                    .list
                    .iter()
                    .position(|fact| (!fact.is_wish || is_about_the_person) && permits(fact, phrase));
                found.push(Found { range, fact, number: None });
            }
        }
    }
}

/// Ends a run of adjacent capitalised words: together they must stand in one fact.
fn close_run(text: &str, run: &mut Vec<Range<usize>>, facts: &Facts, found: &mut Vec<Found>) {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return };
    let range = first.start..last.end;
    let words: Vec<String> = run.iter().map(|range| text[range.clone()].to_lowercase()).collect();
    run.clear();
    // Part of a record's name can be a word of what was asked for, which has no figure to stand beside.
    let said = |named: bool| {
        facts.list.iter().position(|fact| fact.names.is_empty() != named && has_words(fact, &words))
    };
    found.push(Found { range, fact: said(false).or_else(|| said(true)), number: None });
}

fn has_words(fact: &Fact, words: &[String]) -> bool {
    let shown = fact.shown().to_lowercase();
    let fact_words: Vec<&str> = token::words(&shown).collect();
    fact_words.windows(words.len()).any(|window| window.iter().zip(words).all(|(a, b)| a == b))
}

fn permits(fact: &Fact, phrase: &str) -> bool {
    fact.permits.contains(&phrase) || !occurrences(&fact.shown(), &(0..fact.shown().len()), phrase).is_empty()
}

/// Where whole names of the facts stand in the text, ignoring case; longest first, never overlapping.
fn whole_names(text: &str, facts: &Facts) -> Vec<(Range<usize>, usize)> {
    let mut names: Vec<(&str, usize)> = facts
        .list
        .iter()
        .enumerate()
        .flat_map(|(index, fact)| fact.names.iter().map(move |name| (name.as_str(), index)))
        .filter(|(name, _)| !name.trim().is_empty())
        .collect();
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut found: Vec<(Range<usize>, usize)> = Vec::new();
    for (name, index) in names {
        for range in occurrences(text, &(0..text.len()), name) {
            if !found.iter().any(|(other, _)| other.start < range.end && range.start < other.end) {
                found.push((range, index));
            }
        }
    }
    found.sort_by_key(|(range, _)| range.start);
    found
}

/// Where `phrase` stands as whole words within `within`, ignoring ASCII case.
fn occurrences(text: &str, within: &Range<usize>, phrase: &str) -> Vec<Range<usize>> {
    let (haystack, needle) = (text[within.clone()].as_bytes(), phrase.as_bytes());
    if needle.is_empty() || needle.len() > haystack.len() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut at = 0;
    while at + needle.len() <= haystack.len() {
        let range = within.start + at..within.start + at + needle.len();
        if haystack[at..at + needle.len()].eq_ignore_ascii_case(needle)
            && text.is_char_boundary(range.start)
            && text.is_char_boundary(range.end)
            && at_word_edge(text, range.start)
            && at_word_edge(text, range.end)
        {
            at += needle.len();
            found.push(range);
        } else {
            at += 1;
        }
    }
    found
}

fn at_word_edge(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back();
    let after = text[at..].chars().next();
    !(before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric))
}

/// Two records may be called the same: then the figure beside the name says which is meant.
fn take_namesake(found: &mut [Found], i: usize, facts: &Facts, sentences: &[Range<usize>]) {
    let Some(first) = found[i].fact.filter(|_| !pairs_well(found, i, facts, sentences)) else { return };
    let names = &facts.list[first].names;
    let is_namesake =
        |fact: &Fact| fact.names.iter().any(|name| names.iter().any(|own| own.eq_ignore_ascii_case(name)));
    for other in (first + 1..facts.list.len()).filter(|&other| is_namesake(&facts.list[other])) {
        found[i].fact = Some(other);
        if pairs_well(found, i, facts, sentences) {
            return;
        }
    }
    found[i].fact = Some(first);
}

/// A name whose fact also has a figure needs that figure next to it: `August … at 1,206 kWh`.
fn pairs_well(found: &[Found], i: usize, facts: &Facts, sentences: &[Range<usize>]) -> bool {
    let claim = &found[i];
    let Some(fact) = claim.fact.map(|index| &facts.list[index]) else { return true };
    let Some(value) = fact.values.first().filter(|_| !fact.names.is_empty() && claim.number.is_none()) else {
        return true;
    };
    let Some(sentence) = sentences.iter().find(|range| contains(range, &claim.range)) else { return true };
    let figure = |other: &Found| {
        contains(sentence, &other.range)
            && other.number.as_ref().is_some_and(|number| number.unit == value.unit)
    };
    let before = found[..i].iter().rev().find(|other| figure(other));
    let after = found[i + 1..].iter().find(|other| figure(other));
    let fits = |other: &Found| other.number.as_ref().is_some_and(|number| number.matches(value));
    (before.is_none() && after.is_none()) || before.is_some_and(fits) || after.is_some_and(fits)
}

/// Sentences end at `.`, `!` or `?` before white space and a new beginning, but not inside a name.
fn sentence_ranges(text: &str, names: &[(Range<usize>, usize)]) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for (at, c) in text.char_indices() {
        if !matches!(c, '.' | '!' | '?' | '\n') {
            continue;
        }
        let end = at + c.len_utf8();
        let rest = &text[end..];
        let next = rest.trim_start().chars().next();
        let spaced = rest.chars().next().is_none_or(char::is_whitespace);
        let begins = next.is_none_or(|c| !c.is_lowercase());
        let inside = names.iter().any(|(name, _)| name.start < at && end < name.end);
        if c == '\n' || (spaced && begins && !inside) {
            push_trimmed(text, start..end, &mut ranges);
            start = end;
        }
    }
    push_trimmed(text, start..text.len(), &mut ranges);
    ranges
}

fn push_trimmed(text: &str, range: Range<usize>, ranges: &mut Vec<Range<usize>>) {
    let slice = &text[range.clone()];
    let start = range.start + (slice.len() - slice.trim_start().len());
    let end = range.start + slice.trim_end().len();
    if start < end {
        ranges.push(start..end);
    }
}

fn contains(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

fn utf16_offset(text: &str, at: usize) -> u32 {
    u32::try_from(text[..at].encode_utf16().count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
