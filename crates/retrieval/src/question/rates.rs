//! Prices per kilowatt-hour, which lists of plans state at several uses: `Rate at 1,000 kWh`, in hundredths of
//! the currency. `under 12 cents` and `at 2,000 kWh` speak of them and not of what a year costs.

use rust_decimal::Decimal;
use sextant_domain::{Field, Sort};

use super::draft::Draft;
use super::facet::PRICE;
use super::quantity::{Quantity, Unit};
use super::token::Token;

/// Of attributes that are such a price.
const UNIT: &str = "ct/kWh";
/// At which lists compare where nobody says.
const USUAL_USE: &str = "1000";

impl Draft<'_> {
    /// Takes `at 2,000 kWh` where the list has a rate at that use.
    pub(super) fn read_rate_use(&mut self) {
        for at in 0..self.tokens.len().saturating_sub(1) {
            let Some(kwh) = self.tokens[at].number() else { continue };
            let digits = kwh.normalize().to_string();
            // `less than 13 cents at 1000`
            let bare = at > 0 && self.text(at - 1) == "at" && self.states_rate_at(&digits);
            if self.text(at + 1) != "kwh" && !(bare && Unit::read(self.text(at + 1)).is_none()) {
                continue;
            }
            if let Some(facet) = self.rate_at(&digits) {
                self.rate = Some(facet);
                let mut end = if self.text(at + 1) == "kwh" { at + 2 } else { at + 1 };
                if matches!(self.text(end), "a" | "per" | "each" | "every") && self.text(end + 1) == "month" {
                    end += 2;
                } else if self.tokens.get(end).is_some_and(|next| next.joined && next.text == "month") {
                    end += 1;
                }
                self.take(at, end);
            }
        }
        self.read_bare_rate_use();
    }

    /// `13 cents at 1000` at the end of a question.
    fn read_bare_rate_use(&mut self) {
        let Some(at) =
            self.tokens.iter().rposition(Token::spells).filter(|&at| at > 0 && self.rate.is_none())
        else {
            return;
        };
        let Some(kwh) = self.tokens[at].number().filter(|_| self.text(at - 1) == "at") else { return };
        let digits = kwh.normalize().to_string();
        if self.states_rate_at(&digits) {
            self.rate = self.rate_at(&digits);
            self.take(at, at + 1);
        }
    }

    fn states_rate_at(&self, digits: &str) -> bool {
        let facets = &self.lexicon.facets;
        facets.iter().any(|facet| {
            facet.unit == UNIT
                && matches!(&facet.field, Field::Attribute(name)
                    if name.chars().filter(char::is_ascii_digit).eq(digits.chars()))
        })
    }

    /// The rate that a quantity is about: money per kWh, or hundredths of the currency where plans are asked for.
    pub(super) fn rate_of(&self, number: &Quantity) -> Option<usize> {
        if !number.unit.is_some_and(super::quantity::Unit::is_money) {
            return None;
        }
        // A hundred dollars are no price of a kilowatt-hour.
        if !number.small && number.value >= Decimal::ONE {
            return None;
        }
        let small = number.small || self.rate.is_some() || self.has("per kwh") || self.has("kwh");
        small.then(|| self.rate.or_else(|| self.rate_at(USUAL_USE)))?
    }

    /// `cheapest at 2,000 kWh` orders by that rate.
    pub(super) fn sort_by_rate(&mut self) {
        if let (Some(facet), Some(Sort::By { field, .. })) = (self.rate, self.sort.as_mut())
            && *field == Field::Price
        {
            *field = self.lexicon.facets[facet].field.clone();
        }
    }

    fn rate_at(&self, digits: &str) -> Option<usize> {
        let facets = &self.lexicon.facets;
        let rates = || (PRICE + 1..facets.len()).filter(|&facet| facets[facet].unit == UNIT);
        let at_use = rates().find(|&facet| match &facets[facet].field {
            Field::Attribute(name) => {
                let figures: String = name.chars().filter(char::is_ascii_digit).collect();
                figures == digits
            }
            _ => false,
        });
        at_use.or_else(|| rates().next().filter(|_| digits == USUAL_USE))
    }
}

/// An amount of money as a rate.
pub(super) fn in_hundredths(amount: Decimal) -> Decimal {
    amount * Decimal::ONE_HUNDRED
}

pub(super) fn is_rate(unit: &str) -> bool {
    unit == UNIT
}
