//! Demands on a date: `reviewed in 2022`, `from December 2018`, `since 2020`, `between 2019 and 2021`.
//!
//! A column of dates is text in the list (`Nov-17`), so a demand on it names every written date that meets it.
//! Dates are compared by month. A year is believed only in a list that has dates, and only after a word that
//! speaks of time: `under 2000` is a price there too.

use sextant_domain::{Condition, Test};

use super::draft::{Draft, longest_at};
use super::english::Bound;
use super::facet::FacetKind;
use super::token::Token;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const FIRST_YEAR: u32 = 1900;
const LAST_YEAR: u32 = 2100;
/// So many months outside the list's dates, a year may still be meant as one of them.
const NEAR: u32 = 60;
/// Years of two digits are of this century.
const CENTURY: u32 = 2000;

/// What stands before a date.
const BEFORE: &[(&str, Bound)] = &[
    ("in", Bound::Is),
    ("from", Bound::Is),
    ("of", Bound::Is),
    ("during", Bound::Is),
    ("dated", Bound::Is),
    ("the year", Bound::Is),
    ("in the year", Bound::Is),
    ("since", Bound::AtLeast),
    ("starting in", Bound::AtLeast),
    ("not before", Bound::AtLeast),
    ("no older than", Bound::AtLeast),
    ("not older than", Bound::AtLeast),
    ("after", Bound::Above),
    ("later than", Bound::Above),
    ("newer than", Bound::Above),
    ("before", Bound::Below),
    ("earlier than", Bound::Below),
    ("older than", Bound::Below),
    ("prior to", Bound::Below),
    ("until", Bound::AtMost),
    ("up to", Bound::AtMost),
    ("not after", Bound::AtMost),
];
/// What stands after one.
const AFTER: &[(&str, Bound)] = &[
    ("or later", Bound::AtLeast),
    ("or newer", Bound::AtLeast),
    ("or after", Bound::AtLeast),
    ("and later", Bound::AtLeast),
    ("and newer", Bound::AtLeast),
    ("onwards", Bound::AtLeast),
    ("onward", Bound::AtLeast),
    ("on", Bound::AtLeast),
    ("or earlier", Bound::AtMost),
    ("or older", Bound::AtMost),
    ("or before", Bound::AtMost),
    ("and earlier", Bound::AtMost),
    ("and before", Bound::AtMost),
];
/// Speak of the date, and demand nothing by themselves.
const DATED: &[&str] =
    &["review", "reviews", "reviewed", "tested", "tasted", "published", "dated", "written", "report", "year"];

/// A span of months, both ends included, counted from the year 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Months {
    pub(super) first: u32,
    pub(super) last: u32,
}

impl Months {
    fn of_year(year: u32) -> Self {
        Self { first: year * 12, last: year * 12 + 11 }
    }

    fn of_month(year: u32, month: u32) -> Self {
        Self { first: year * 12 + month, last: year * 12 + month }
    }
}

/// A date as lists write it: `Nov-17`, `November 2017`, `2017-11-03`, `11/2017`. A year alone is a number.
pub(super) fn written(text: &str) -> Option<Months> {
    let parts: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<u32>().ok();
    let in_calendar = |month: u32| (1..=12).contains(&month).then(|| month - 1);
    let full_year = |part: &str| number(part).filter(|year| part.len() == 4 && is_year(*year));
    match parts.as_slice() {
        [first, year] if month(first).is_some() => {
            let year =
                full_year(year).or_else(|| number(year).filter(|_| year.len() == 2).map(|it| CENTURY + it));
            Some(Months::of_month(year?, month(first)?))
        }
        [year, month] | [year, month, _] if year.len() == 4 => {
            Some(Months::of_month(full_year(year)?, in_calendar(number(month)?)?))
        }
        [month, year] => Some(Months::of_month(full_year(year)?, in_calendar(number(month)?)?)),
        [day, name, year] | [name, day, year] if month(name).is_some() && number(day).is_some() => {
            Some(Months::of_month(full_year(year)?, month(name)?))
        }
        _ => None,
    }
}

fn is_year(year: u32) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&year)
}

/// Counted from 0.
fn month(word: &str) -> Option<u32> {
    let word = word.to_ascii_lowercase();
    let known = |name: &str| word == name || word == name[..3] || (word == "sept" && name == "september");
    MONTHS.iter().zip(0..).find(|(name, _)| known(name)).map(|(_, place)| place)
}

impl Draft<'_> {
    /// Demands on the list's date, where it has one.
    pub(super) fn read_dates(&mut self) {
        let dated = |facet: &super::facet::Facet| matches!(facet.kind, FacetKind::Date { .. });
        let Some(facet) = self.lexicon.facets.iter().position(dated) else { return };
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.date_demand_at(facet, at).unwrap_or(at + 1);
        }
    }

    fn date_demand_at(&mut self, facet: usize, at: usize) -> Option<usize> {
        if self.taken[at] {
            return None;
        }
        let speaks = at > 0 && self.speaks_of_dates(facet, at - 1);
        let (start, mut bound) = longest_at(&self.tokens, at, BEFORE).unwrap_or((at, Bound::Is));
        let between = start == at && self.text(at) == "between";
        let start = if between { at + 1 } else { start };
        // A month names a date by itself, a year only after a word that speaks of time.
        let (mut months, mut end) = self.date_at(start)?;
        let led = start > at && !between;
        let named = end > start + 1;
        let joins = matches!(self.text(end), "and" | "to" | "until")
            || self.tokens.get(end).is_some_and(|it| it.is_sign('-'));
        let range = if (between || led || speaks || named) && joins { self.date_at(end + 1) } else { None };
        let said = speaks || named || range.is_some() || led && self.may_date(facet, months, at);
        if !said {
            return None;
        }
        if let Some((last, range_end)) = range {
            months = Months { first: months.first.min(last.first), last: months.last.max(last.last) };
            end = range_end;
        } else if let Some((after, side)) = longest_at(&self.tokens, end, AFTER) {
            bound = side;
            end = after;
        }
        let text = self.shown(start, end);
        let mut spoken = at;
        while spoken > 0 && DATED.contains(&self.text(spoken - 1)) {
            spoken -= 1;
        }
        let negation = self.negation_before(spoken);
        self.demand_date(facet, months, bound, negation.is_some(), &text);
        self.take(negation.map_or(at, |negation| negation.start), end);
        Some(end)
    }

    /// `2022`, `December 2018`, and where the date ends.
    fn date_at(&self, at: usize) -> Option<(Months, usize)> {
        let year_at = |at: usize| {
            let token = self.tokens.get(at)?;
            token.number()?;
            let year: u32 = token.text.parse().ok()?;
            is_year(year).then_some(year)
        };
        if let Some(month) =
            self.tokens.get(at).filter(|token| token.is_word()).and_then(|token| month(&token.text))
        {
            let of = at
                + 1
                + usize::from(
                    self.text(at + 1) == "of" || self.tokens.get(at + 1).is_some_and(Token::is_break),
                );
            return Some((Months::of_month(year_at(of)?, month), of + 1));
        }
        Some((Months::of_year(year_at(at)?), at + 1))
    }

    /// Whether `in 2022` can be a record's date: where a record or a review is spoken of before it, and not
    /// what somebody did then.
    fn may_date(&self, facet: usize, months: Months, at: usize) -> bool {
        let reviewed = || self.tokens.iter().any(|token| DATED.contains(&token.text.as_str()));
        let FacetKind::Date { values } = &self.lexicon.facets[facet].kind else { return false };
        let near = values.first().zip(values.last()).is_some_and(|((_, first), (_, last))| {
            months.last + NEAR >= first.first && months.first <= last.last + NEAR
        });
        if !near && !reviewed() {
            return false;
        }
        let Some(before) = at.checked_sub(1) else { return true };
        self.tokens[before].is_break() || self.span(before).is_some() || reviewed()
    }

    fn speaks_of_dates(&self, facet: usize, at: usize) -> bool {
        DATED.contains(&self.text(at)) || self.span(at).is_some_and(|span| span.facet() == Some(facet))
    }

    fn shown(&self, start: usize, end: usize) -> String {
        let words: Vec<&str> = self.tokens[start..end].iter().map(|token| token.shown.as_str()).collect();
        words.join(" ")
    }

    fn demand_date(&mut self, index: usize, months: Months, bound: Bound, negated: bool, said: &str) {
        let facet = &self.lexicon.facets[index];
        let FacetKind::Date { values } = &facet.kind else { return };
        let meets = |date: &Months| match bound {
            Bound::Below => date.last < months.first,
            Bound::AtMost => date.last <= months.last,
            Bound::Above => date.first > months.last,
            Bound::AtLeast => date.first >= months.first,
            Bound::Is | Bound::Around => months.first <= date.first && date.last <= months.last,
        };
        let mut wanted: Vec<String> =
            values.iter().filter(|(_, date)| meets(date)).map(|(text, _)| text.clone()).collect();
        if wanted.is_empty() {
            // Nothing has it, and that is the answer.
            wanted.push(said.to_owned());
        }
        let side = match bound {
            Bound::Below => "before ",
            Bound::AtMost => "until ",
            Bound::Above => "after ",
            Bound::AtLeast => "since ",
            Bound::Is | Bound::Around => "",
        };
        let words = AFTER.iter().find_map(|(words, _)| said.strip_suffix(words)).unwrap_or(said).trim();
        let not = if negated { "not " } else { "" };
        let label = format!("{not}{} {side}{words}", facet.name);
        self.conditions.push(Condition {
            field: facet.field.clone(),
            test: Test::OneOf(wanted),
            negated,
            label,
        });
        // `reviewed in` belongs to the date.
        for at in 0..self.tokens.len() {
            if DATED.contains(&self.text(at)) && self.is_free(at, at + 1) {
                self.take(at, at + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_known_as_lists_write_them() {
        let november = Some(Months::of_month(2017, 10));
        for text in ["Nov-17", "November 2017", "2017-11-03", "11/2017", "3 Nov 2017", "Nov 3, 2017"] {
            assert_eq!(written(text), november, "{text}");
        }
        for text in ["2017", "Kona", "17-33", "2017-13-01", "Marble 2017", "12x30", ""] {
            assert_eq!(written(text), None, "{text}");
        }
    }
}
