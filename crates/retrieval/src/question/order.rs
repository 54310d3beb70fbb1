//! The order that a question asks for: `cheapest`, `highest rated`, `lowest exit fee`, `sort by width`.
//!
//! A superlative decides; an adjective (`cheap`, `not too expensive`) only where no superlative does.
//! `best` alone is by rating, where the list rates. How many are wanted (`top 3`) isn't an order and is
//! dropped.

use sextant_domain::Sort;

use super::draft::{Draft, phrase_end};
use super::facet::RATING;
use super::lexicon::Sense;
use super::token::Token;

const MOST: &[&str] = &["highest", "most", "biggest", "largest", "greatest", "maximum", "top"];
const LEAST: &[&str] = &["lowest", "least", "smallest", "fewest", "minimum"];
const GOOD: &[&str] = &["best", "finest"];
const BAD: &[&str] = &["worst"];
const HIGH: &[&str] = &["high", "big", "large", "higher", "highly", "well", "good", "top"];
const LOW: &[&str] = &["low", "small", "short", "lower", "little", "less", "cheap", "shorter"];
const SORTS: &[&str] =
    &["sort", "sorted", "order", "ordered", "rank", "ranked", "arrange", "arranged", "sorting", "ranking"];
const RISING: &[&str] =
    &["ascending", "asc", "low to high", "lowest first", "lowest to highest", "increasing"];
const FALLING: &[&str] =
    &["descending", "desc", "high to low", "highest first", "highest to lowest", "decreasing"];

impl Draft<'_> {
    pub(super) fn read_order(&mut self) {
        let found = self
            .order_by_command()
            .or_else(|| self.order_by_superlative())
            .or_else(|| self.order_by_adjective());
        if let Some((facet, descending, start, end)) = found {
            let column = self.lexicon.facets[facet].columns[0].clone();
            self.sort = Some(Sort::By { field: column, descending });
            self.take(start, end);
        }
        if self.sort.is_none() {
            self.order_by_best();
        }
        self.drop_how_many();
    }

    fn order_by_command(&self) -> Option<(usize, bool, usize, usize)> {
        (0..self.tokens.len()).find_map(|start| {
            if !SORTS.contains(&self.text(start)) {
                return None;
            }
            // `sort light roasts by rating`
            let by = (start + 1..start + 7).find(|&at| matches!(self.text(at), "by" | "on"))?;
            let start = if by == start + 1 { start } else { by };
            let (facet, end) = (by + 1..by + 3).find_map(|at| {
                let span = self.span(at)?;
                let facet = span.sense(|sense| match sense {
                    Sense::Facet(facet) | Sense::Measure(facet) => Some(*facet),
                    _ => None,
                })?;
                self.lexicon.facets[facet].is_number().then_some((facet, span.end))
            })?;
            let descending = if self.says(FALLING) {
                true
            } else if self.says(RISING) {
                false
            } else {
                !self.lexicon.facets[facet].rules.lower_is_better
            };
            let after = end + usize::from(self.tokens.get(end).is_some_and(Token::is_break));
            let told =
                RISING.iter().chain(FALLING).filter_map(|words| phrase_end(&self.tokens, after, words)).max();
            Some((facet, descending, start, told.unwrap_or(end)))
        })
    }

    fn order_by_superlative(&self) -> Option<(usize, bool, usize, usize)> {
        (0..self.tokens.len()).find_map(|start| {
            if self.taken[start] {
                return None;
            }
            if let Some(span) = self.span(start).filter(|span| span.start == start) {
                let found = span.sense(|sense| match sense {
                    Sense::Most(facet) => Some((*facet, true)),
                    Sense::Least(facet) => Some((*facet, false)),
                    _ => None,
                });
                if let Some((facet, descending)) = found {
                    return Some((
                        self.meant(start, facet, |sense| matches!(sense, Sense::Most(_) | Sense::Least(_))),
                        descending,
                        start,
                        span.end,
                    ));
                }
            }
            let word = self.text(start);
            let (most, least) = (MOST.contains(&word), LEAST.contains(&word));
            let (good, bad) = (GOOD.contains(&word), BAD.contains(&word));
            if !(most || least || good || bad) {
                return None;
            }
            // `rated highest`
            let before = || {
                let at = start.checked_sub(if self.text(start.wrapping_sub(1)) == "the" { 2 } else { 1 })?;
                let facet = self.number_facet(at)?;
                (!self.taken[at]).then_some((facet, start + 1))
            };
            let (facet, end) = self.facet_near(start + 1).or_else(before)?;
            let lower_is_better = self.lexicon.facets[facet].rules.lower_is_better;
            let descending = most || (good && !lower_is_better) || (bad && lower_is_better);
            Some((facet, descending, start, end))
        })
    }

    fn order_by_adjective(&self) -> Option<(usize, bool, usize, usize)> {
        (0..self.tokens.len()).find_map(|start| {
            if self.taken[start] {
                return None;
            }
            let span = self.span(start).filter(|span| span.start == start);
            let adjective = span.and_then(|span| {
                let found = span.sense(|sense| match sense {
                    Sense::High(facet) => Some((*facet, true)),
                    Sense::Low(facet) => Some((*facet, false)),
                    _ => None,
                });
                found.map(|(facet, descending)| (facet, descending, span.end))
            });
            let near = || {
                let word = self.text(start);
                let (high, low) = (HIGH.contains(&word), LOW.contains(&word));
                let (facet, end) = (high || low).then(|| self.facet_near(start + 1)).flatten()?;
                Some((facet, high, end))
            };
            let (facet, descending, end) = adjective.or_else(near)?;
            let negation = self.negation_before(start);
            let begin = negation.map_or(start, |negation| negation.start);
            Some((facet, descending != negation.is_some(), begin, end))
        })
    }

    /// `best`, `top`: by rating, where there is one.
    fn order_by_best(&mut self) {
        let rates = self.lexicon.facets[RATING].range().is_some();
        let best = (0..self.tokens.len()).find(|&at| {
            let top = self.text(at) == "top" && self.tokens.get(at + 1).is_some();
            (GOOD.contains(&self.text(at)) || BAD.contains(&self.text(at)) || top) && !self.taken[at]
        });
        if let Some(at) = best.filter(|_| rates && !self.says(&["best for me", "best way", "best for us"])) {
            let descending = !BAD.contains(&self.text(at));
            self.sort = Some(Sort::By { field: self.lexicon.facets[RATING].columns[0].clone(), descending });
            self.take(at, at + 1);
        }
    }

    /// `top 3`, `the 5 cheapest`
    fn drop_how_many(&mut self) {
        if self.sort.is_none() {
            return;
        }
        for at in 0..self.tokens.len() {
            let counts =
                self.tokens[at].number().is_some() || super::english::number_word(self.text(at)).is_some();
            let beside_order =
                (at > 0 && self.taken[at - 1]) || self.taken.get(at + 1).is_some_and(|taken| *taken);
            if counts && !self.taken[at] && beside_order {
                self.take(at, at + 1);
            }
        }
    }

    /// The field with numbers whose word stands at `at`, or after a word or two without weight.
    fn facet_near(&self, at: usize) -> Option<(usize, usize)> {
        for at in at..at + 3 {
            let span = self.span(at).filter(|span| self.is_free(span.start, span.end));
            let facet = span.and_then(|span| {
                let facet = span.sense(|sense| match sense {
                    Sense::Facet(facet) | Sense::Measure(facet) => Some(*facet),
                    _ => None,
                })?;
                self.lexicon.facets[facet].is_number().then_some((facet, span.end))
            });
            if facet.is_some() {
                return facet;
            }
            let passes =
                matches!(self.text(at), "of" | "the" | "in" | "possible" | "overall" | "total" | "average")
                    || self.tokens.get(at)?.number().is_some();
            if !passes {
                return None;
            }
        }
        None
    }

    /// Of the fields that an ambiguous superlative fits (`longest`), the one that is named after it.
    fn meant(&self, start: usize, first: usize, superlative: impl Fn(&Sense) -> bool) -> usize {
        let Some(span) = self.span(start) else { return first };
        let named = self.facet_near(span.end).map(|(facet, _)| facet);
        let fits = |facet: usize| {
            span.senses.iter().any(|sense| {
                superlative(sense) && matches!(sense, Sense::Most(own) | Sense::Least(own) if *own == facet)
            })
        };
        named.filter(|facet| fits(*facet)).unwrap_or(first)
    }
}
