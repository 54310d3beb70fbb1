//! Demands on numbers: a comparison, a quantity, and the field that is meant.
//!
//! The field is, in this order: the one that the comparison carries (`wider than`), the one that is named
//! beside the number (`exit fee below`, `50 % renewable`), the only one that counts in the unit, and for a
//! bare number after a comparison the price. A number that counts something else (`at least 3 drawers`)
//! makes no demand and stays for the search.

use rust_decimal::Decimal;
use sextant_domain::{Condition, Test};

use super::draft::{Draft, longest_at, phrase_end};
use super::english::{self, Bound};
use super::facet::{CATEGORY, PRICE, RATING};
use super::label;
use super::lexicon::Sense;
use super::quantity::{Dimension, Quantity, quantity};

/// `around $15` reaches this share to either side.
const AROUND_PRICE: Decimal = Decimal::from_parts(15, 0, 0, false, 2);
/// `about 80 cm` is meant more narrowly.
const AROUND_MEASURE: Decimal = Decimal::from_parts(6, 0, 0, false, 2);
/// Between a field's word and its number may stand so many words.
const MAX_BETWEEN: usize = 5;
/// Between a comparison and its number.
const BETWEEN: &[&str] = &[
    "a", "an", "the", "of", "about", "around", "roughly", "my", "is", "total", "some", "s", "at", "to", "be",
    "in", "for",
];

/// What a number turned out to be about.
struct Resolved {
    facet: usize,
    /// The tokens of the field's word, if one was said.
    said: Option<(usize, usize)>,
}

impl Draft<'_> {
    pub(super) fn read_bounds(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            let end = if self.taken[at] { None } else { self.range_at(at).or_else(|| self.bound_at(at)) };
            at = end.unwrap_or(at + 1);
        }
    }

    /// `between 10 and 20`, `from 10 to 20`, `$10-20`.
    fn range_at(&mut self, at: usize) -> Option<usize> {
        let led = matches!(self.text(at), "between" | "from" | "btw" | "betw" | "btwn");
        let start = if led { at + 1 } else { at };
        let mut low = quantity(&self.tokens, start, led)?;
        let joined = self.tokens.get(low.end)?;
        let joins = joined.is_sign('-')
            || joined.text == "to"
            || (led && matches!(joined.text.as_str(), "and" | "until"));
        if !joins {
            return None;
        }
        let mut high = quantity(&self.tokens, low.end + 1, true)?;
        if low.unit.is_none() {
            low = low.with_unit_of(&high);
        } else if high.unit.is_none() {
            high = high.with_unit_of(&low);
        }
        low.per = low.per.or(high.per);
        high.per = high.per.or(low.per);
        let resolved = self.resolve(at, &high, None, Some(Bound::AtLeast))?;
        let ends = [self.value_of(resolved.facet, &low)?, self.value_of(resolved.facet, &high)?];
        let lowest = ends[0].min(ends[1]);
        let highest = ends[0].max(ends[1]);
        self.demand(resolved.facet, Bound::AtLeast, lowest);
        self.demand(resolved.facet, Bound::AtMost, highest);
        Some(self.settle(at, high.end, &resolved))
    }

    fn bound_at(&mut self, at: usize) -> Option<usize> {
        if let Some((end, facet, bound)) = self.comparison_at(at) {
            let (number, named) = self.number_after(end)?;
            let counts_else = number.unit.is_some_and(|unit| !unit.is_money());
            if self.is_a_purse(at, end) && (counts_else || self.begins_a_range(&number)) {
                return None;
            }
            let facet = facet.or(named);
            let (number_end, bound) = match self.postfix_at(number.end) {
                // `at most 20 max`
                Some((postfix_end, postfix)) if postfix == bound => (postfix_end, bound),
                _ => (number.end, bound),
            };
            let resolved = self.resolve(at, &number, facet, Some(bound))?;
            let value = self.value_of(resolved.facet, &number)?;
            let start = resolved.said.map_or(at, |(start, _)| start.min(at));
            // `no exit fee` may be a phrase of its own.
            let inside = || (start..at).find_map(|at| self.negations[at]);
            let negation = self.negation_before(start).or_else(inside);
            let bound = if negation.is_some() { bound.inverted() } else { bound };
            self.demand(resolved.facet, bound, value);
            let start = negation.map_or(at, |negation| negation.start);
            return Some(self.settle(start, number_end.max(number.end), &resolved));
        }
        // `a year or less`
        let compared = |number: &Quantity| number.unit.is_some() && self.postfix_at(number.end).is_some();
        let number = quantity(&self.tokens, at, false)
            .or_else(|| quantity(&self.tokens, at, true).filter(compared))?;
        let postfix = self.postfix_at(number.end);
        // `50+ %`, `95+ points`
        let (number, end) = match postfix {
            Some((end, _)) if number.unit.is_none() => {
                let unit = self.tokens.get(end).and_then(|token| super::quantity::Unit::read(&token.text));
                (Quantity { unit, ..number }, if unit.is_some() { end + 1 } else { end })
            }
            Some((end, _)) => (number, end),
            None => (number, number.end),
        };
        let number = Quantity { end, ..number };
        let resolved = self.resolve(at, &number, None, postfix.map(|(_, bound)| bound))?;
        let value = self.value_of(resolved.facet, &number)?;
        // `160 cm wide at least`
        let after_field =
            resolved.said.filter(|(start, _)| *start >= end).and_then(|(_, end)| self.postfix_at(end));
        let (postfix, end) = match after_field.filter(|_| postfix.is_none()) {
            Some((end, bound)) => (Some((end, bound)), end),
            None => (postfix, end),
        };
        let bound = match postfix {
            Some((_, bound)) => bound,
            None if resolved.facet != PRICE => Bound::Is,
            None if at > 0 && self.text(at - 1) == "for" => Bound::AtMost,
            None => Bound::Around,
        };
        // `without a fee of $300 or more`
        let field_before = resolved.said.filter(|(start, _)| *start < at).map(|(start, _)| start);
        let negation = match bound {
            Bound::Is => self.negation_before(at),
            _ => field_before.and_then(|start| self.negation_before(start)),
        };
        let inverted = negation.is_some() && bound != Bound::Is;
        self.demand(resolved.facet, if inverted { bound.inverted() } else { bound }, value);
        if negation.is_some()
            && !inverted
            && let Some(condition) = self.conditions.last_mut()
        {
            // `no 36 month contract`
            condition.negated = true;
            condition.label = format!("not {}", condition.label.replacen("exactly ", "", 1));
        }
        let start = negation.map_or(at, |negation| negation.start);
        Some(self.settle(start, end, &resolved))
    }

    /// What stands after a number; `and less than` begins another demand, and so does the `max` of `36 months max
    /// 16 cents`.
    fn postfix_at(&self, at: usize) -> Option<(usize, Bound)> {
        longest_at(&self.tokens, at, &english::POSTFIXES).filter(|(end, _)| {
            let leads = !self.tokens[at].is_sign('+') && quantity(&self.tokens, *end, false).is_some();
            !leads && self.text(*end) != "than"
        })
    }

    /// Whether what somebody has to spend stands at `at`: it bounds money and nothing else, and may be a range.
    fn is_a_purse(&self, at: usize, end: usize) -> bool {
        english::PURSES.iter().any(|words| phrase_end(&self.tokens, at, words) == Some(end))
    }

    fn begins_a_range(&self, number: &Quantity) -> bool {
        let joins = self.tokens.get(number.end).is_some_and(|token| token.is_sign('-') || token.text == "to");
        joins && quantity(&self.tokens, number.end + 1, true).is_some()
    }

    /// A comparison at `at`: where it ends, the field that it carries, and the side.
    fn comparison_at(&self, at: usize) -> Option<(usize, Option<usize>, Bound)> {
        let inverting = matches!(self.text(at), "no" | "not");
        let carried = |at: usize| {
            let span = self.span(at).filter(|span| span.start == at)?;
            let (facet, bound) = span.sense(|sense| match sense {
                Sense::More(facet) => Some((*facet, Bound::Above)),
                Sense::Less(facet) => Some((*facet, Bound::Below)),
                _ => None,
            })?;
            (self.text(span.end) == "than").then_some((span.end + 1, Some(facet), bound))
        };
        if inverting && let Some((end, facet, bound)) = carried(at + 1) {
            return Some((end, facet, bound.inverted()));
        }
        // `shorter than` fits a height and a contract; the unit decides between them.
        if let Some((end, _, bound)) = carried(at) {
            return Some((end, self.carried_facet(at, end), bound));
        }
        longest_at(&self.tokens, at, &english::COMPARATORS).map(|(end, bound)| (end, None, bound))
    }

    /// Of the fields that a comparative fits, the one that counts in the unit that follows.
    fn carried_facet(&self, at: usize, end: usize) -> Option<usize> {
        let span = self.span(at)?;
        let facets: Vec<usize> = span
            .senses
            .iter()
            .filter_map(|sense| match sense {
                Sense::More(facet) | Sense::Less(facet) => Some(*facet),
                _ => None,
            })
            .collect();
        let unit = self.number_after(end).and_then(|(number, _)| number.unit);
        let fitting = facets.iter().find(|&&facet| {
            unit.is_some_and(|unit| {
                self.lexicon.facets[facet].counts_in().is_some_and(|own| own.dimension == unit.dimension)
            })
        });
        fitting.or(facets.first()).copied()
    }

    /// The number after a comparison, and the field that is named on the way (`under a price of 20`).
    fn number_after(&self, end: usize) -> Option<(Quantity, Option<usize>)> {
        let mut facet = None;
        let mut at = end;
        for _ in 0..=MAX_BETWEEN {
            if let Some(number) = quantity(&self.tokens, at, true) {
                return Some((number, facet));
            }
            match self.span(at).and_then(|span| span.facet().map(|facet| (facet, span.end))) {
                Some((named, next)) => {
                    facet = Some(named);
                    at = next;
                }
                None if BETWEEN.contains(&self.text(at)) => at += 1,
                None => return None,
            }
        }
        None
    }

    /// What a number is about. `bound` is `None` for a number that nothing compares.
    fn resolve(
        &self,
        start: usize,
        number: &Quantity,
        carried: Option<usize>,
        bound: Option<Bound>,
    ) -> Option<Resolved> {
        if let Some(facet) = self.rate_of(number) {
            return Some(Resolved { facet, said: None });
        }
        let fits = |facet: usize| self.value_of(facet, number).is_some();
        if let Some(facet) = carried.filter(|facet| fits(*facet)) {
            return Some(Resolved { facet, said: None });
        }
        let before = self.facet_before(start).filter(|(facet, _)| fits(*facet));
        let after = self.facet_after(number.end).filter(|(facet, _)| fits(*facet));
        // A number that nothing compares and that counts nothing needs its field at its side.
        let bare = bound.is_none() && number.unit.is_none();
        let ranked = start > 0 && matches!(self.text(start - 1), "top" | "best" | "first" | "last");
        let after = after.filter(|(facet, (from, _))| {
            !bare || (*from == number.end && !ranked && self.in_range(*facet, number.value))
        });
        if let Some((facet, said)) = before.or(after) {
            return Some(Resolved { facet, said: Some(said) });
        }
        if bare {
            return None;
        }
        self.unsaid(number, bound).map(|facet| Resolved { facet, said: None })
    }

    /// The field of a number beside which none is named.
    fn unsaid(&self, number: &Quantity, bound: Option<Bound>) -> Option<usize> {
        let facets = &self.lexicon.facets;
        let Some(unit) = number.unit else {
            if self.counts_something(number.end) {
                return None;
            }
            // `95 or higher` among ratings from 84 to 98 and prices up to 30.
            let rates = matches!(bound, Some(Bound::AtLeast | Bound::Above))
                && number.value >= Decimal::TEN
                && self.in_range(RATING, number.value)
                && facets[PRICE].range().is_none_or(|(_, highest)| number.value > highest / Decimal::TWO);
            return Some(if rates { RATING } else { PRICE });
        };
        if unit.is_money() {
            return Some(PRICE);
        }
        if unit.dimension == Dimension::Points {
            return (facets[RATING].range().is_some() && !self.counts_something(number.end))
                .then_some(RATING);
        }
        let mut counting = (0..facets.len())
            .filter(|&facet| facets[facet].counts_in().is_some_and(|own| own.dimension == unit.dimension));
        let only = counting.next();
        only.filter(|_| counting.next().is_none())
    }

    /// Whether the word after a bare number says what it counts, and the list has no such field.
    fn counts_something(&self, end: usize) -> bool {
        let Some(token) = self.tokens.get(end) else { return false };
        token.is_word()
            && !english::is_stop(&token.text)
            && self.span(end).is_none_or(|span| {
                !span.senses.iter().any(|sense| match sense {
                    Sense::Item | Sense::Facet(_) => true,
                    // `3 drawers` are counted, whatever the category.
                    Sense::Value(value) => value.facet != CATEGORY,
                    _ => false,
                })
            })
    }

    fn facet_before(&self, start: usize) -> Option<(usize, (usize, usize))> {
        let mut at = start;
        for _ in 0..MAX_BETWEEN {
            at = at.checked_sub(1)?;
            if let Some(span) = self.span(at)
                && let Some(facet) = self.number_facet(at)
            {
                return self.is_free(span.start, span.end).then_some((facet, (span.start, span.end)));
            }
            let passes =
                english::is_filler(self.text(at)) || matches!(self.text(at), "not" | "isnt" | "no" | "s");
            if self.taken[at] || !passes {
                return None;
            }
        }
        None
    }

    fn facet_after(&self, end: usize) -> Option<(usize, (usize, usize))> {
        let mut at = end;
        while matches!(self.text(at), "of" | "in" | "a" | "the" | "for" | "long") && at < end + 3 {
            if self.number_facet(at).is_some() {
                break;
            }
            at += 1;
        }
        let facet = self.number_facet(at)?;
        let span = self.span(at)?;
        // `under 20 rated over 90`: the word belongs to the number after it.
        let compares = self.comparison_at(span.end).and_then(|(end, ..)| self.number_after(end));
        let belongs_on = compares.is_some() || quantity(&self.tokens, span.end, false).is_some();
        (!belongs_on && self.is_free(span.start, span.end)).then_some((facet, (span.start, span.end)))
    }

    /// The field with numbers that the word at `at` names.
    pub(super) fn number_facet(&self, at: usize) -> Option<usize> {
        let span = self.span(at)?;
        let names = |sense: &Sense| match sense {
            Sense::Facet(facet) | Sense::Measure(facet) => {
                Some(*facet).filter(|facet| self.lexicon.facets[*facet].is_number())
            }
            // The number beside it says more than the phrase: `100 % renewable plans`.
            Sense::Demand(demand) => {
                let facet = self.lexicon.demands[*demand].1;
                Some(facet).filter(|facet| self.lexicon.facets[*facet].is_number())
            }
            _ => None,
        };
        span.sense(names)
    }

    fn in_range(&self, facet: usize, value: Decimal) -> bool {
        self.lexicon.facets[facet]
            .range()
            .is_some_and(|(lowest, highest)| lowest <= value && value <= highest)
    }

    /// A quantity in a field's own unit; `None` where it can't be that field's.
    fn value_of(&self, index: usize, number: &Quantity) -> Option<Decimal> {
        let facet = &self.lexicon.facets[index];
        if !facet.is_number() {
            return None;
        }
        let value = match number.unit {
            None => match number.grouped {
                // `1.299` is 1299 where no figure is as low and some are as high.
                Some(grouped) if !self.in_range(index, number.value) && self.in_range(index, grouped) => {
                    grouped
                }
                _ => number.value,
            },
            Some(unit) if unit.is_money() && super::rates::is_rate(&facet.unit) => {
                super::rates::in_hundredths(number.value)
            }
            Some(unit) if unit.is_money() => {
                if !facet.is_money() {
                    return None;
                }
                match number.grouped {
                    Some(grouped) if !self.in_range(index, number.value) && self.in_range(index, grouped) => {
                        grouped
                    }
                    _ => number.value,
                }
            }
            Some(unit) if unit.dimension == Dimension::Points => {
                return (index == RATING).then_some(number.value);
            }
            Some(unit) => match facet.counts_in() {
                Some(own) => unit.convert(number.value, own)?,
                None if index == PRICE || index == RATING || !facet.unit.is_empty() => return None,
                None => number.value,
            },
        };
        match (number.per, self.lexicon.per) {
            (Some(asked), Some(own)) if index == PRICE => asked.convert(value, own).or(Some(value)),
            _ => Some(value),
        }
    }

    /// Adds a demand on a number.
    pub(super) fn demand(&mut self, facet: usize, bound: Bound, value: Decimal) {
        let value = value.normalize();
        let label = |bound, value| label::bound(self.lexicon, facet, bound, value);
        let share = if facet == PRICE { AROUND_PRICE } else { AROUND_MEASURE };
        let tests: Vec<(Test, String)> = match bound {
            Bound::Below => vec![(Test::Below(value), label(bound, value))],
            Bound::AtMost => vec![(Test::AtMost(value), label(bound, value))],
            Bound::Above => vec![(Test::Above(value), label(bound, value))],
            Bound::AtLeast => vec![(Test::AtLeast(value), label(bound, value))],
            Bound::Is => vec![(Test::Is(value), label(bound, value))],
            Bound::Around => {
                let reach = value.checked_mul(share).unwrap_or_default();
                let ends = [value.saturating_sub(reach), value.saturating_add(reach)];
                let [low, high] = ends.map(|end| end.round_dp(2).normalize());
                vec![
                    (Test::AtLeast(low), label(Bound::AtLeast, low)),
                    (Test::AtMost(high), label(Bound::AtMost, high)),
                ]
            }
        };
        let field = self.lexicon.facets[facet].field.clone();
        for (test, label) in tests {
            self.conditions.push(Condition { field: field.clone(), test, negated: false, label });
        }
    }

    fn settle(&mut self, start: usize, end: usize, resolved: &Resolved) -> usize {
        self.take(start, end);
        if let Some((start, end)) = resolved.said {
            self.take(start, end);
        }
        end
    }

    /// `cheaper than Kayon Mountain`, `wider than the second one`: a demand made of a record's own figure.
    pub(super) fn read_bounds_by_records(
        &mut self,
        item_at: impl Fn(&Self, usize) -> Option<(usize, usize)>,
    ) {
        for at in 0..self.tokens.len() {
            if self.taken[at] && self.named.is_empty() {
                continue;
            }
            let Some((end, Some(facet), bound)) = self.comparison_at(at) else { continue };
            // `is A cheaper than B` compares the two.
            if !self.is_free(at, end) || self.named.iter().any(|named| named.end <= at) {
                continue;
            }
            let Some((item, after)) = item_at(self, end) else { continue };
            let Some(figure) = self.lexicon.figure(facet, item) else { continue };
            self.demand(facet, bound, figure);
            self.take(at, after);
            self.named.retain(|named| named.start < at || named.end > after);
        }
    }
}
