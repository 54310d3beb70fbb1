//! The records that a question names.
//!
//! A name is believed where a word of it can be nothing else, where it is written as one, or where the
//! question speaks of single records (`how much is …`). `Espresso Blend` in passing is a wish, and
//! `Ethiopia` a place, although coffees are called so.

use super::draft::{Draft, Named};
use super::english;
use super::lexicon::Sense;
use super::token::{self, Token};

/// So many records are still meant one by one.
pub(super) const FEW: usize = 8;

/// What stands before a name.
const BEFORE_NAMES: &[&str] = &[
    "about", "is", "are", "does", "the", "compare", "and", "or", "vs", "versus", "between", "of", "makes",
    "roasts", "designed", "sells", "with", "called", "named", "than",
];

/// Turns of phrase that speak of single records.
const SPEAKS_OF_ONE: &[&str] = &[
    "how much is",
    "how much are",
    "how much does",
    "how much for",
    "tell me about",
    "tell me more about",
    "details of",
    "details on",
    "details about",
    "details for",
    "who makes",
    "who made",
    "who sells",
    "who roasts",
    "who designed",
    "who supplies",
    "who offers",
    "compare",
    "vs",
    "versus",
    "difference between",
    "differences between",
    "price of",
    "cost of",
    "rating of",
    "what is the",
    "whats the",
    "info on",
    "information on",
    "information about",
    "called",
    "named",
    "about the",
    "does",
    "is the",
    "describe",
    "similar to",
    "same as",
    "better than",
    "cheaper than",
    "where is",
    "how is",
    "how good is",
    "do you have",
    "do you sell",
    "have you got",
];

impl Draft<'_> {
    pub(super) fn read_names(&mut self) {
        let chooses = self.has("or") && self.says(&["which one", "which is", "which has"]);
        let speaks_of_one = chooses || self.says(SPEAKS_OF_ONE);
        let mut at = 0;
        while at < self.tokens.len() {
            let named = if self.tokens[at].spells() { self.name_at(at, speaks_of_one) } else { None };
            let Some(named) = named else {
                at += 1;
                continue;
            };
            at = named.end;
            self.named.push(named);
        }
        let places: Vec<(usize, usize)> = self.named.iter().map(|named| (named.start, named.end)).collect();
        for (start, end) in places {
            self.take(start, end);
        }
    }

    /// `plan 11677`; a number elsewhere may be an amount that is some record's identifier.
    fn is_an_identifier(&self, start: usize, end: usize) -> bool {
        let number = end == start + 1 && self.tokens[start].number().is_some();
        let before = start.checked_sub(1);
        number
            && before.is_some_and(|at| {
                matches!(self.text(at), "#" | "number" | "id" | "no" | "nr" | "vs" | "versus" | "compare")
                    || self.span(at).is_some_and(|span| span.senses.contains(&Sense::Item))
            })
    }

    fn may_be_a_name(&self, start: usize) -> bool {
        start > 0 && BEFORE_NAMES.contains(&self.text(start - 1))
    }

    fn name_at(&self, start: usize, speaks_of_one: bool) -> Option<Named> {
        let lexicon = self.lexicon;
        let stems =
            self.tokens[start..].iter().take_while(|token| token.spells()).map(|token| token.stem.as_str());
        let run = lexicon.names.longest_run(stems)?;
        let end = start + run.length;
        let tokens = &self.tokens[start..end];
        // A longer phrase of the list or the pack counts more than a shorter name.
        if self.span(start).is_some_and(|span| span.start == start && span.end > end) {
            return None;
        }
        let tells = tokens.iter().any(|token| lexicon.tells_a_name(&token.text, &token.stem));
        let written_as_one = tokens.iter().all(|token| token.capital || token.number().is_some());
        let only_values = (start..end).all(|at| {
            self.span(at).is_some_and(|span| {
                span.senses
                    .iter()
                    .any(|sense| matches!(sense, Sense::Value(_) | Sense::Item | Sense::Facet(_)))
            })
        });
        let only_stops = tokens.iter().all(|token| english::is_stop(&token.text));
        let many = run.length > 1;
        let believed = match run.whole {
            _ if only_stops => false,
            Some(_) if self.is_an_identifier(start, end) => true,
            Some(_) if only_values => many && speaks_of_one,
            // Three words in a row that are a whole name are no accident.
            Some(_)
                if run.length > 2 && tokens.iter().any(|token| token.capital || token.number().is_some()) =>
            {
                true
            }
            Some(_) if many => tells || speaks_of_one || written_as_one,
            // `is the Trilogy good`, not `is it good for espresso`
            Some(_) => tells || (speaks_of_one && self.may_be_a_name(start)),
            None if only_values => false,
            None if many => tells || (speaks_of_one && written_as_one),
            None => tells && (written_as_one || speaks_of_one),
        };
        if !believed {
            return None;
        }
        let whole = run.whole.map(|name| vec![name]);
        let items = lexicon.names.bearers(whole.as_ref().unwrap_or(&run.names));
        let text = match &whole {
            Some(_) => lexicon.titles[*items.first()?].0.clone(),
            None => written(&lexicon.titles[*items.first()?].0, tokens)?,
        };
        Some(Named { start, end, items, text })
    }
}

/// The piece of `title` that `said` stands for, as the list writes it.
fn written(title: &str, said: &[Token]) -> Option<String> {
    let tokens: Vec<Token> = token::tokenize(title).into_iter().filter(Token::spells).collect();
    let piece = tokens
        .windows(said.len())
        .find(|window| window.iter().zip(said).all(|(token, said)| token.stem == said.stem))?;
    let (from, to) = (piece.first()?.from, piece.last()?.to);
    Some(title.chars().skip(from).take(to - from).collect())
}
