//! A question while it is being read: its words, what each can mean, and what has been understood so far.
//!
//! A token that has become part of a demand, an order or a name is taken, so that nothing is understood
//! twice. The readers (`name.rs`, `bound.rs`, `value.rs`, `order.rs`, `want.rs`) run one after the other over
//! the same draft.

use sextant_domain::{Condition, Sort};

use super::country;
use super::english;
use super::facet::RATING;
use super::lexicon::{Lexicon, Sense};
use super::token::{self, Token};

/// Where a place or a people's name may end: `Ethiopian`, `Taiwanese`, `Brazilian`.
const PEOPLE_ENDINGS: &[(&str, &str)] = &[
    ("n", ""),
    ("an", ""),
    ("ian", ""),
    ("nian", ""),
    ("ese", ""),
    ("an", "o"),
    ("ian", "y"),
    ("ian", "a"),
    ("i", ""),
    ("ish", "en"),
];

/// Tokens that mean something together.
pub(super) struct Span<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) senses: &'a [Sense],
}

impl Span<'_> {
    /// The first thing that `pick` finds among its senses.
    pub(super) fn sense<T>(&self, pick: impl Fn(&Sense) -> Option<T>) -> Option<T> {
        self.senses.iter().find_map(pick)
    }

    pub(super) fn facet(&self) -> Option<usize> {
        self.sense(|sense| match sense {
            Sense::Facet(facet) => Some(*facet),
            _ => None,
        })
    }
}

/// Records that a question names.
pub(super) struct Named {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) items: Vec<usize>,
    /// The name, or the part of it that was said.
    pub(super) text: String,
}

/// A negation, and what it ends at.
#[derive(Clone, Copy)]
pub(super) struct Negation {
    pub(super) start: usize,
    /// Whether it demands absence even of what no text mentions: `without`, not `not`.
    pub(super) strong: bool,
}

pub(super) struct Draft<'a> {
    pub(super) lexicon: &'a Lexicon,
    pub(super) tokens: Vec<Token>,
    /// The texts of all tokens with a blank around each, to look for turns of phrase in.
    pub(super) padded: String,
    pub(super) spans: Vec<Span<'a>>,
    /// By token: its span.
    span_at: Vec<Option<usize>>,
    /// By token: the negation whose last word it is.
    pub(super) negations: Vec<Option<Negation>>,
    pub(super) taken: Vec<bool>,
    pub(super) conditions: Vec<Condition>,
    pub(super) sort: Option<Sort>,
    /// The rate at the use that was said.
    pub(super) rate: Option<usize>,
    pub(super) named: Vec<Named>,
    /// Words that became only a part of a category, and are searched by as well.
    pub(super) expanded: Vec<String>,
    /// The stems of single words that no record may mention.
    pub(super) unwanted: Vec<String>,
}

impl<'a> Draft<'a> {
    pub(super) fn new(lexicon: &'a Lexicon, question: &str) -> Self {
        let mut tokens = token::tokenize(question);
        spell_out(&mut tokens);
        for token in tokens.iter_mut().filter(|token| token.is_word()) {
            if ends_like_a_people(lexicon, &token.stem) || country::country(&token.text).is_some() {
                continue;
            }
            let mended = lexicon.mend(&token.text, &token.stem).map(str::to_owned);
            if let Some(word) = mended.or_else(|| lexicon.mend_by_text(token)) {
                token.stem = token::stem(&word);
                token.text.clone_from(&word);
                token.shown = word;
            }
        }
        let texts: Vec<&str> = tokens.iter().map(|token| token.text.as_str()).collect();
        let padded = format!(" {} ", texts.join(" "));
        let spans = spans(lexicon, &tokens);
        let mut span_at = vec![None; tokens.len()];
        for (index, span) in spans.iter().enumerate() {
            span_at[span.start..span.end].fill(Some(index));
        }
        let negations = negations(&tokens);
        let taken = vec![false; tokens.len()];
        let mut draft = Self {
            lexicon,
            tokens,
            padded,
            spans,
            span_at,
            negations,
            taken,
            conditions: Vec::new(),
            sort: None,
            rate: None,
            named: Vec::new(),
            expanded: Vec::new(),
            unwanted: Vec::new(),
        };
        draft.read_outsides();
        draft
    }

    pub(super) fn span(&self, at: usize) -> Option<&Span<'a>> {
        self.span_at.get(at).copied().flatten().map(|index| &self.spans[index])
    }

    pub(super) fn take(&mut self, start: usize, end: usize) {
        self.taken[start..end].fill(true);
    }

    pub(super) fn is_free(&self, start: usize, end: usize) -> bool {
        !self.taken[start..end].iter().any(|taken| *taken)
    }

    pub(super) fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| token.text.as_str())
    }

    /// Whether the question has one of these turns of phrase.
    pub(super) fn says(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.has(phrase))
    }

    pub(super) fn has(&self, phrase: &str) -> bool {
        self.padded.match_indices(phrase).any(|(place, _)| {
            self.padded[..place].ends_with(' ') && self.padded[place + phrase.len()..].starts_with(' ')
        })
    }

    /// Whether a token says what is looked for, be it understood or not.
    pub(super) fn is_content(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.spells() && (self.taken[at] || !english::is_stop(&token.text))
    }

    /// The negation that what begins at `start` stands under, and where that begins. Only words without
    /// weight may stand between.
    pub(super) fn negation_before(&self, start: usize) -> Option<Negation> {
        let mut at = start;
        while at > 0 {
            at -= 1;
            if let Some(negation) = self.negations[at] {
                return Some(negation);
            }
            if self.taken[at] || !self.may_stand_between(at) {
                return None;
            }
        }
        None
    }

    /// Whether a token may stand between a negation and what it negates.
    pub(super) fn may_stand_between(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let names_records =
            self.span(at).is_some_and(|span| span.facet().is_some() || span.senses.contains(&Sense::Item));
        token.is_word() && (english::is_filler(&token.text) || names_records)
    }
}

/// The end of `phrase` where it stands at `at`.
pub(super) fn phrase_end(tokens: &[Token], at: usize, phrase: &str) -> Option<usize> {
    // Hundreds of phrases are tried at every word; nearly all differ in the first letter.
    if tokens.get(at)?.text.as_bytes().first() != phrase.as_bytes().first() {
        return None;
    }
    let mut end = at;
    for word in phrase.split(' ') {
        if tokens.get(end)?.text != word {
            return None;
        }
        end += 1;
    }
    Some(end)
}

/// The longest of `phrases` at `at`, with what it stands for.
pub(super) fn longest_at<T: Copy>(tokens: &[Token], at: usize, phrases: &[(&str, T)]) -> Option<(usize, T)> {
    phrases
        .iter()
        .filter_map(|(phrase, meaning)| phrase_end(tokens, at, phrase).map(|end| (end, *meaning)))
        .max_by_key(|(end, _)| *end)
}

/// `bunk bed 4 my boys`
fn spell_out(tokens: &mut [Token]) {
    for at in 1..tokens.len() {
        let word = match tokens[at - 1].text.as_str() {
            "4" => "for",
            "2" => "to",
            _ => continue,
        };
        if matches!(tokens[at].text.as_str(), "my" | "me" | "our" | "us") {
            let token = &mut tokens[at - 1];
            token.kind = token::Kind::Word;
            for spelling in [&mut token.shown, &mut token.text, &mut token.stem] {
                word.clone_into(spelling);
            }
        }
    }
}

fn spans<'a>(lexicon: &'a Lexicon, tokens: &[Token]) -> Vec<Span<'a>> {
    let mut spans = Vec::new();
    let mut start = 0;
    while start < tokens.len() {
        let run = tokens[start..].iter().take(lexicon.longest()).take_while(|token| token.spells()).count();
        let found = (1..=run).rev().find_map(|length| {
            let stems: Vec<&str> =
                tokens[start..start + length].iter().map(|token| token.stem.as_str()).collect();
            let senses = senses(lexicon, &stems);
            let said = !senses.is_empty() && !is_a_wish(lexicon, &tokens[start..start + length]);
            said.then_some(Span { start, end: start + length, senses })
        });
        start = found.as_ref().map_or(start + 1, |span| span.end);
        spans.extend(found);
    }
    spans
}

/// `coffee please`, which is a maker's name only with its capitals: a word for the records and one without weight.
fn is_a_wish(lexicon: &Lexicon, tokens: &[Token]) -> bool {
    let [first, rest @ ..] = tokens else { return false };
    !rest.is_empty()
        && lexicon.senses(&first.stem).contains(&Sense::Item)
        && rest.iter().all(|token| !token.capital && english::is_stop(&token.text))
}

fn senses<'a>(lexicon: &'a Lexicon, stems: &[&str]) -> &'a [Sense] {
    let key = stems.join(" ");
    let found = lexicon.senses(&key);
    if !found.is_empty() {
        return found;
    }
    people(lexicon, &key)
}

/// The senses of the place that an adjective is made of.
fn people<'a>(lexicon: &'a Lexicon, key: &str) -> &'a [Sense] {
    PEOPLE_ENDINGS
        .iter()
        .filter_map(|(ending, instead)| key.strip_suffix(ending).map(|place| format!("{place}{instead}")))
        .filter(|place| place.len() > 3)
        .map(|place| lexicon.senses(&place))
        .find(|senses| {
            let is_place = |sense: &Sense| match sense {
                Sense::Value(value) if value.facet > RATING => {
                    let big = value.label.starts_with(char::is_uppercase);
                    big && !lexicon.text.writes_small(&token::key(&value.label))
                }
                _ => false,
            };
            senses.iter().any(is_place)
        })
        .unwrap_or(&[])
}

fn ends_like_a_people(lexicon: &Lexicon, stem: &str) -> bool {
    lexicon.senses(stem).is_empty() && !people(lexicon, stem).is_empty()
}

fn is_compared(after_more: Option<&Token>) -> bool {
    after_more.is_some_and(|token| matches!(token.text.as_str(), "than" | "expensive"))
}

fn negations(tokens: &[Token]) -> Vec<Option<Negation>> {
    let mut found = vec![None; tokens.len()];
    let ends = |at: usize, phrases: &[&str]| {
        phrases.iter().filter_map(|phrase| phrase_end(tokens, at, phrase)).max()
    };
    let mut at = 0;
    while at < tokens.len() {
        if let Some(end) = ends(at, &english::NO_NEGATIONS) {
            at = end;
            continue;
        }
        let strong =
            ends(at, &english::STRONG_NEGATIONS)
                // `no more than $20`
                .map(|end| {
                    if tokens[end - 1].text == "more" && is_compared(tokens.get(end)) { end - 1 } else { end }
                });
        let weak = ends(at, &english::WEAK_NEGATIONS);
        // `no, cheaper ones` answers and doesn't negate.
        let answers = tokens[at].text == "no" && tokens.get(at + 1).is_some_and(Token::is_break);
        match strong.max(weak) {
            Some(end) if !answers => {
                found[end - 1] = Some(Negation { start: at, strong: strong == Some(end) });
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}
