//! Lets a text through word by word while the model still writes it, and nothing of it that the facts
//! don't have.

use crate::check::check;
use crate::facts::Facts;
use crate::placeholders::Placeholders;

/// Words at the end that are held back: a number's unit and the rest of a name may follow.
const HELD_WORDS: usize = 3;

/// A text on its way to the person.
#[derive(Debug)]
pub(crate) struct Gate<'a> {
    facts: &'a Facts,
    checked_words: &'a [String],
    placeholders: &'a Placeholders,
    raw: String,
    shown: String,
    shut: bool,
}

impl<'a> Gate<'a> {
    #[must_use]
    pub(crate) fn new(facts: &'a Facts, checked_words: &'a [String], placeholders: &'a Placeholders) -> Self {
        Self { facts, checked_words, placeholders, raw: String::new(), shown: String::new(), shut: false }
    }

    /// Starts over with a second try at the same text, of which `shown` stands already.
    #[must_use]
    pub(crate) fn again(self) -> Self {
        Self { raw: String::new(), shut: false, ..self }
    }

    /// Takes what the model wrote and gives what may be shown beyond what was shown before.
    pub(crate) fn push(&mut self, delta: &str) -> Option<String> {
        self.raw.push_str(delta);
        // Nothing can come free before a word has ended.
        if self.shut || !delta.contains(char::is_whitespace) {
            return None;
        }
        // Filled in first: a name's last words may not be cut off.
        let filled = self.placeholders.fill(&self.raw);
        let stable = without_last_words(&filled, HELD_WORDS).to_owned();
        if stable.len() <= self.shown.len() {
            return None;
        }
        if !stable.starts_with(&self.shown) || !check(&stable, self.facts, self.checked_words).grounded() {
            self.shut = true;
            return None;
        }
        let fresh = stable.get(self.shown.len()..)?.to_owned();
        self.shown = stable;
        (!fresh.is_empty()).then_some(fresh)
    }

    /// The whole text with real names, and what of it was shown.
    #[must_use]
    pub(crate) fn finish(self) -> (String, String) {
        (self.placeholders.fill(self.raw.trim()), self.shown)
    }
}

/// The text without its last `count` words and what follows them.
fn without_last_words(text: &str, count: usize) -> &str {
    let mut rest = text.trim_end();
    for _ in 0..count {
        match rest.rfind(char::is_whitespace) {
            Some(at) => rest = rest[..at].trim_end(),
            None => return "",
        }
    }
    rest
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::facts::Unit;

    fn facts() -> Facts {
        let mut facts = Facts::default();
        facts.name("plan", "Plan", "Smart Simple 36").number(
            "yearly_cost",
            "Yearly cost",
            "$1,304",
            Decimal::from(1304),
            Unit::Money,
        );
        facts
    }

    fn shown(pieces: &[&str]) -> (Vec<String>, String) {
        let (facts, mut placeholders) = (facts(), Placeholders::default());
        placeholders.add("plan", "Smart Simple 36");
        let mut gate = Gate::new(&facts, &[], &placeholders);
        let shown = pieces.iter().filter_map(|piece| gate.push(piece)).collect();
        (shown, gate.finish().0)
    }

    #[test]
    fn words_come_through_as_they_are_written_and_with_real_names() {
        let (pieces, whole) =
            shown(&["We recommend ", "{pl", "an} because ", "it costs ", "$1,304 ", "a year, all in."]);
        assert_eq!(pieces.concat(), "We recommend Smart Simple 36 because it costs $1,304 a");
        assert!(pieces.len() > 1);
        assert_eq!(whole, "We recommend Smart Simple 36 because it costs $1,304 a year, all in.");
    }

    #[test]
    fn a_placeholder_that_is_not_whole_yet_does_not_stop_the_stream() {
        let (pieces, _) =
            shown(&["{plan", "} ", "fits ", "best, ", "because ", "it ", "costs ", "$1,304 ", "a year."]);
        assert_eq!(pieces.concat(), "Smart Simple 36 fits best, because it costs");
        assert!(pieces.len() > 3, "{pieces:?}");
    }

    #[test]
    fn nothing_after_a_wrong_figure_is_shown() {
        let (pieces, whole) =
            shown(&["It costs ", "$1,305 ", "a year ", "and that ", "is all ", "there is ", "to say."]);
        assert_eq!(pieces.concat(), "It costs");
        assert!(whole.contains("$1,305"));
    }
}
