//! Parts that are counted: `3-seat sofa`, `table with 4 chairs`, `chest of 6 drawers`, `sofa for five people`.
//!
//! The number and its noun are one demand on the texts, because `4` and `chairs` apart say little. A number
//! before the thing itself (`show me 3 desks`) says how many are wanted and demands nothing; neither does one
//! that a comparison stands before, or whose noun no text has.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use sextant_domain::{Condition, Field, Test};

use super::draft::Draft;
use super::english;
use super::lexicon::Sense;
use super::quantity::Unit;
use super::token;

/// What stands before the number of a part.
const BEFORE_PARTS: &[&str] =
    &["with", "and", "plus", "of", "has", "having", "including", "has", "have", "incl"];
/// Who sits: `for five people`.
const SITTERS: &[&str] =
    &["people", "person", "persons", "adults", "seaters", "seater", "seats", "seat", "sitter"];

impl Draft<'_> {
    pub(super) fn read_counted_parts(&mut self) {
        for at in 0..self.tokens.len() {
            self.read_counted_part(at);
        }
    }

    fn read_counted_part(&mut self, at: usize) -> Option<()> {
        let count = self.count_at(at)?;
        let mut noun = at + 1;
        if self.tokens.get(noun).is_some_and(|token| token.is_sign('-')) {
            noun += 1;
        }
        let before = at.checked_sub(1).map_or("", |before| self.text(before));
        // `that seats three`
        if matches!(before, "seats" | "seating" | "seat") && self.lexicon.text.mentions("seat") {
            self.demand_part(count, "seat", at - 1, at + 1);
            return Some(());
        }
        let token = self.tokens.get(noun)?;
        if !token.is_word() || !self.is_free(at, noun + 1) {
            return None;
        }
        let sits = SITTERS.contains(&token.text.as_str());
        if sits && self.lexicon.text.mentions("seat") {
            let joined =
                token.joined || !matches!(token.text.as_str(), "people" | "person" | "persons" | "adults");
            if joined || matches!(before, "for" | "seats") {
                let start = if before == "for" { at - 1 } else { at };
                self.demand_part(count, "seat", start, noun + 1);
            }
            return Some(());
        }
        let counts_records = self.span(noun).is_some_and(|span| {
            span.senses.iter().any(|sense| matches!(sense, Sense::Item | Sense::Facet(_) | Sense::Measure(_)))
        });
        let plus = at > 0 && self.tokens[at - 1].is_sign('+');
        if counts_records
            || Unit::read(&token.text).is_some()
            || english::is_stop(&token.text)
            || !(BEFORE_PARTS.contains(&before) || plus)
            || !self.lexicon.text.mentions(&token.stem)
        {
            return None;
        }
        let stem = token.stem.clone();
        let start = if before == "of" { at } else { at - 1 };
        self.demand_part(count, &stem, start, noun + 1);
        Some(())
    }

    /// A small whole number at `at`, in digits or as a word.
    fn count_at(&self, at: usize) -> Option<u32> {
        if self.taken[at] {
            return None;
        }
        let token = &self.tokens[at];
        let count = match token.number() {
            Some(number) if number.fract().is_zero() && number < Decimal::ONE_HUNDRED => number.to_u32()?,
            Some(_) => return None,
            None => english::number_word(&token.text).filter(|count| (1..=20).contains(count))?,
        };
        (count > 0).then_some(count)
    }

    fn demand_part(&mut self, count: u32, noun: &str, start: usize, end: usize) {
        let plural = token::plural(noun).unwrap_or_else(|| noun.to_owned());
        let mut numbers = vec![count.to_string()];
        numbers.extend(english::number_name(count).map(str::to_owned));
        let phrases: Vec<String> = numbers
            .iter()
            .flat_map(|number| [format!("{number} {noun}"), format!("{number} {plural}")])
            .collect();
        let label = if noun == "seat" {
            format!("{count}-seat")
        } else {
            format!("{count} {}", if count == 1 { noun } else { &plural })
        };
        let negated = self.negation_before(start).is_some();
        if negated {
            return;
        }
        let test = Test::Mentions(phrases);
        self.conditions.push(Condition { field: Field::AnyText, test, negated, label });
        self.take(start, end);
    }
}
