//! Questions that go on from the one before: `a cheaper one`, `and without milk notes?`, `the second one`,
//! `how much is it?`.
//!
//! A question goes on where it says so, or where it is only a piece (a demand without a thing). Then it
//! changes what it speaks of and keeps the rest. A question with a thing of its own (`sofas under 500`)
//! starts anew. Without a question before, nothing here applies.

use sextant_domain::{Condition, Field, Intent, ItemId, Reading, Sort, Test};

use super::Context;
use super::draft::{Draft, Named, phrase_end};
use super::english::{self, Bound};
use super::facet::{CATEGORY, RATING};
use super::lexicon::Sense;

/// What is counted where records were shown: `the second one`.
const ONES: &[&str] = &["one", "option", "result", "item", "product", "plan", "coffee", "choice", "of"];
const WISHES_BEGIN: &[&str] = &[
    "show",
    "find",
    "i",
    "im",
    "id",
    "looking",
    "search",
    "give",
    "recommend",
    "suggest",
    "which",
    "list",
    "need",
    "want",
    "get",
    "do",
    "is",
    "are",
    "what",
    "whats",
    "how",
    "who",
];
const PIECES_BEGIN: &[&str] = &[
    "without", "with", "from", "under", "below", "over", "above", "not", "no", "by", "in", "at", "less",
    "more", "up", "max", "between", "around", "except", "for", "than", "cheaper", "any",
];

impl Draft<'_> {
    /// Records that `it` or `the second one` stand for become named, where nothing is named.
    pub(super) fn read_references(&mut self, context: &Context) {
        if !self.named.is_empty() || context.shown.is_empty() {
            return;
        }
        let mut at = 0;
        while at < self.tokens.len() {
            match self.reference_at(at, context).filter(|(_, end)| self.is_free(at, *end)) {
                Some((items, end)) => {
                    self.take(at, end);
                    self.named.push(Named { start: at, end, items, text: String::new() });
                    at = end;
                }
                None => at += 1,
            }
        }
    }

    /// The records that the words at `at` point to, and where those end.
    pub(super) fn reference_at(&self, at: usize, context: &Context) -> Option<(Vec<usize>, usize)> {
        let shown: Vec<usize> =
            context.shown.iter().filter_map(|id| self.lexicon.positions.get(id).copied()).collect();
        let first = *shown.first()?;
        let start = if self.text(at) == "the" { at + 1 } else { at };
        if let Some(place) = english::ordinal(self.text(start)) {
            let counted = start > at || ONES.contains(&self.text(start + 1)) || self.tokens.len() == 1;
            let listed = matches!(self.text(at.wrapping_sub(1)), "and" | "or" | "with");
            let item = if place == usize::MAX { shown.last() } else { shown.get(place) };
            if (counted || listed)
                && let Some(&item) = item
            {
                let end =
                    start + 1 + usize::from(matches!(self.text(start + 1), "one" | "option" | "result"));
                return Some((vec![item], end));
            }
        }
        if matches!(self.text(at), "number" | "#" | "option" | "no" | "nr")
            && let Some(place) = self.tokens.get(at + 1).and_then(super::token::Token::number)
        {
            let item =
                shown.iter().enumerate().find(|(index, _)| place == rust_decimal::Decimal::from(index + 1));
            return item.map(|(_, &item)| (vec![item], at + 2));
        }
        let all = english::ALL_OF_THEM.iter().filter_map(|words| phrase_end(&self.tokens, at, words)).max();
        if let Some(end) = all {
            // `those under $5` are others of the kind, not these.
            let of_a_kind =
                self.tokens.get(end).is_some_and(|token| token.is_word() && !english::is_stop(&token.text))
                    || matches!(
                        self.text(end),
                        "from" | "under" | "with" | "without" | "over" | "below" | "above" | "by" | "that"
                    );
            return (!of_a_kind).then_some((shown, end));
        }
        let end =
            english::ONE_OF_THEM.iter().filter_map(|words| phrase_end(&self.tokens, at, words)).max()?;
        let wishes = matches!(
            self.text(end),
            "should" | "must" | "needs" | "has" | "can" | "be" | "possible" | "possibly"
        ) || matches!(self.text(at.wrapping_sub(1)), "make" | "want" | "find" | "take" | "buy");
        let conjunction = matches!(self.text(at), "that" | "this")
            && end == at + 1
            && self.tokens.get(end).is_some_and(|token| !token.is_break());
        if wishes || conjunction {
            return None;
        }
        let before = context
            .previous
            .filter(|previous| previous.named.len() == 1 && previous.intent == Intent::Details);
        let one = before.and_then(|previous| self.lexicon.positions.get(&previous.named[0]).copied());
        Some((vec![one.unwrap_or(first)], end))
    }

    /// `a cheaper one`: more or less of something than the first that was shown. Without anything shown it
    /// is an order.
    pub(super) fn read_comparatives(&mut self, context: &Context) -> bool {
        let one_of_these = self.text(0) == "which" || self.says(&["which one", "which is", "which of"]);
        if one_of_these {
            return false;
        }
        let mut found = false;
        for at in 0..self.tokens.len() {
            let Some((facet, more, end)) = self.comparative_at(at) else { continue };
            if !self.is_free(at, end) || self.text(end) == "than" {
                continue;
            }
            let reference = context.shown.first().and_then(|id| self.lexicon.positions.get(id).copied());
            let figure = reference.and_then(|item| self.lexicon.figure(facet, item));
            if let Some(figure) = figure {
                self.demand(facet, if more { Bound::Above } else { Bound::Below }, figure);
                found = true;
            } else {
                let field = self.lexicon.facets[facet].columns[0].clone();
                self.sort = self.sort.take().or(Some(Sort::By { field, descending: more }));
            }
            self.take(at, end);
        }
        found
    }

    pub(super) fn comparative_at(&self, at: usize) -> Option<(usize, bool, usize)> {
        let span = self.span(at).filter(|span| span.start == at);
        if let Some(span) = span {
            let carried = span.sense(|sense| match sense {
                Sense::More(facet) => Some((*facet, true)),
                Sense::Less(facet) => Some((*facet, false)),
                _ => None,
            });
            if let Some((facet, more)) = carried {
                return Some((facet, more, span.end));
            }
        }
        let more = match self.text(at) {
            "more" | "higher" | "better" | "greater" => true,
            "less" | "lower" | "fewer" => false,
            _ => return None,
        };
        let named = self.span(at + 1).and_then(|span| {
            let facet = span.facet().filter(|facet| self.lexicon.facets[*facet].is_number())?;
            Some((facet, more, span.end))
        });
        let rated = self.text(at) == "better" && self.lexicon.facets[RATING].range().is_some();
        named.or(rated.then_some((RATING, true, at + 1)))
    }

    /// Whether the question goes on from the one before.
    pub(super) fn goes_on(&self, comparative: bool) -> bool {
        let begins =
            |phrases: &[&str]| phrases.iter().any(|phrase| phrase_end(&self.tokens, 0, phrase).is_some());
        let words = self.tokens.iter().filter(|token| token.spells()).count();
        if comparative || self.asks_for_more() || begins(&english::GOES_ON) {
            return true;
        }
        let has_thing = self.spans.iter().any(|span| {
            span.senses.iter().any(|sense| match sense {
                Sense::Item => true,
                Sense::Value(value) => value.facet == CATEGORY && self.taken[span.start],
                _ => false,
            })
        });
        if has_thing || !self.named.is_empty() {
            return false;
        }
        let ends = self
            .tokens
            .iter()
            .rev()
            .find(|token| token.spells())
            .is_some_and(|token| english::GOES_ON_AT_THE_END.contains(&token.text.as_str()));
        let wish = WISHES_BEGIN.contains(&self.text(0));
        let piece = begins(PIECES_BEGIN) || self.words().is_empty();
        (ends && words > 1) || (!wish && piece && words <= 8)
    }

    pub(super) fn asks_for_more(&self) -> bool {
        let texts = self.padded.trim().trim_end_matches(['?', '.', '!']).trim();
        english::MORE_OF_THEM.contains(&texts)
    }
}

/// The reading before with what `new` changes.
pub(super) fn continued(previous: &Reading, new: Reading, draft: &Draft<'_>) -> Reading {
    let replaces = ["what about", "how about", "make it", "instead"].iter().any(|phrase| draft.has(phrase));
    let mut conditions: Vec<Condition> = previous
        .conditions
        .iter()
        .filter(|old| !new.conditions.iter().any(|new| replaced(old, new)))
        .cloned()
        .collect();
    conditions.extend(new.conditions);
    let words = match (previous.words.is_empty(), new.words.is_empty()) {
        (_, true) => previous.words.clone(),
        (true, false) => new.words,
        (false, false) if replaces => new.words,
        (false, false) => format!("{} {}", previous.words, new.words),
    };
    let intent = if previous.intent == Intent::Count && !draft.asks_for_more() {
        Intent::Count
    } else {
        Intent::Search
    };
    let sort = if new.sort == Sort::Relevance { previous.sort.clone() } else { new.sort };
    Reading { intent, conditions, sort, words, named: Vec::new(), asked: new.asked }
}

/// Whether a new demand takes an old one's place.
fn replaced(old: &Condition, new: &Condition) -> bool {
    if old.field != new.field || old.field == Field::AnyText {
        return old == new;
    }
    let side = |test: &Test| match test {
        Test::AtMost(_) | Test::Below(_) => (true, false),
        Test::AtLeast(_) | Test::Above(_) => (false, true),
        Test::Is(_) => (true, true),
        Test::OneOf(_) | Test::Mentions(_) => (false, false),
    };
    match (side(&old.test), side(&new.test)) {
        ((false, false), (false, false)) => !(old.negated && new.negated) || old == new,
        (old, new) => (old.0 && new.0) || (old.1 && new.1),
    }
}

/// Those of `ids` that a reading may name, without repeats.
pub(super) fn distinct(ids: impl Iterator<Item = ItemId>) -> Vec<ItemId> {
    let mut named: Vec<ItemId> = Vec::new();
    for id in ids {
        if !named.contains(&id) {
            named.push(id);
        }
    }
    named
}
