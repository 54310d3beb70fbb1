//! Ends a text before the first of its stop sequences, without ever showing part of one.
//!
//! Every engine passes its raw pieces through here, so stopping means the same everywhere.
//! Token ids that end an answer are not text and are not handled here.

use std::ops::ControlFlow;

/// Holds back the end of the text while it may still turn into a stop sequence.
#[derive(Debug)]
pub(crate) struct StopText {
    stop: Vec<String>,
    /// The text's end that some stop sequence starts with; shorter than the longest of them.
    held: String,
}

impl StopText {
    /// Empty stop sequences are ignored: they would end every text at once.
    pub(crate) fn new(stop: &[String]) -> Self {
        Self {
            stop: stop.iter().filter(|sequence| !sequence.is_empty()).cloned().collect(),
            held: String::new(),
        }
    }

    /// Takes the next piece and passes on what is certain to be text.
    /// `Break` carries the last of the text before a stop sequence.
    pub(crate) fn push(&mut self, piece: &str) -> ControlFlow<String, String> {
        self.held.push_str(piece);
        let first = self.stop.iter().filter_map(|sequence| self.held.find(sequence)).min();
        if let Some(at) = first {
            self.held.truncate(at);
            return ControlFlow::Break(std::mem::take(&mut self.held));
        }
        let keep_from = self.first_possible_stop();
        let rest = self.held.split_off(keep_from);
        ControlFlow::Continue(std::mem::replace(&mut self.held, rest))
    }

    /// What was held back, when the text ended without a stop sequence.
    pub(crate) fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// Where the longest end of the held text starts that is the beginning of a stop sequence.
    fn first_possible_stop(&self) -> usize {
        self.held
            .char_indices()
            .map(|(at, _)| at)
            .find(|&at| self.stop.iter().any(|sequence| sequence.starts_with(&self.held[at..])))
            .unwrap_or(self.held.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stop: &[&str], pieces: &[&str], expect: &[&str]) {
        let stop: Vec<String> = stop.iter().map(ToString::to_string).collect();
        let mut gate = StopText::new(&stop);
        let mut shown = Vec::new();
        let mut stopped = false;
        for piece in pieces {
            match gate.push(piece) {
                ControlFlow::Continue(text) => shown.push(text),
                ControlFlow::Break(text) => {
                    shown.push(text);
                    stopped = true;
                    break;
                }
            }
        }
        if !stopped {
            shown.push(gate.finish());
        }
        shown.retain(|text| !text.is_empty());
        assert_eq!(shown, expect, "{stop:?} in {pieces:?}");
    }

    #[test]
    fn text_without_a_stop_sequence_passes_at_once() {
        check(&["\n\n"], &["one", " two"], &["one", " two"]);
        check(&[], &["é", "ö"], &["é", "ö"]);
        check(&[""], &["a"], &["a"]);
    }

    #[test]
    fn a_sequence_over_several_pieces_is_never_shown_in_part() {
        check(&["END"], &["a E", "N", "D b"], &["a "]);
        check(&["END"], &["a E", "N", "x"], &["a ", "ENx"]);
        check(&["aab"], &["aa", "ab", "c"], &["a"]);
    }

    #[test]
    fn the_earliest_sequence_wins() {
        check(&["yy", "x"], &["axyy"], &["a"]);
    }

    #[test]
    fn a_text_that_ends_while_held_back_is_complete() {
        check(&["END"], &["the E"], &["the ", "E"]);
    }
}
