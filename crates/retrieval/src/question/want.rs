//! Demands that no column answers: what a text has to say, or must not say.
//!
//! The rule: what shall be absent (`without chocolate notes`, `nothing fruity`) is always a demand, because
//! a search can't leave out. What shall be there is a demand only after `with` and its like, and only where
//! a word of it stands in no text of the list (`with wifi`): then the honest answer is that nothing
//! has it. All else that is wanted stays a wish, which the search ranks by.

use sextant_domain::{Condition, Field, Test};

use super::draft::{Draft, phrase_end};
use super::english;
use super::facet::{CATEGORY, FacetKind};
use super::lexicon::Sense;
use super::token::{self, Kind};

const WITH: &[&str] = &[
    "with",
    "from",
    "having",
    "featuring",
    "including",
    "that has",
    "that have",
    "which has",
    "which have",
    "made of",
    "made out of",
];
/// Ends a noun phrase.
const ENDS: &[&str] = &[
    "from", "in", "for", "under", "by", "with", "without", "that", "which", "at", "on", "to", "than", "if",
    "because", "when", "so", "please", "but", "and", "or", "nor", "over", "above", "below", "between",
    "around", "is", "are", "has", "have", "where", "who", "would", "can", "could", "should", "then",
    "thanks", "pls", "plz", "i", "you", "we", "it", "only", "too", "instead", "of",
];
/// Weighs what follows, and isn't looked for itself.
const DEGREES: &[&str] = &[
    "any",
    "a",
    "an",
    "the",
    "much",
    "too",
    "very",
    "so",
    "strong",
    "added",
    "some",
    "overly",
    "hint",
    "hints",
    "of",
    "taste",
    "trace",
    "traces",
    "lots",
    "more",
    "like",
    "really",
    "that",
    "be",
    "want",
    "is",
    "are",
    "something",
    "anything",
    "ones",
    "one",
    "those",
    "kind",
    "sort",
    "taste",
    "tastes",
    "tasting",
    "have",
    "has",
    "to",
    "in",
    "which",
    "contain",
    "contains",
    "containing",
    "includes",
    "include",
    "for",
];
/// Whom or what people are with, which no record has.
const COMPANY: &[&str] = &[
    "my",
    "our",
    "your",
    "me",
    "you",
    "us",
    "kid",
    "child",
    "children",
    "friend",
    "family",
    "guest",
    "people",
    "dog",
    "cat",
    "pet",
    "help",
    "budget",
    "care",
    "ease",
    "confidence",
    "love",
    "regard",
    "respect",
    "this",
    "that",
    "these",
    "those",
    "it",
    "them",
    "him",
    "her",
    "homework",
    "breakfast",
    "dinner",
    "lunch",
    "dessert",
    "cake",
    "good",
    "best",
    "great",
    "nice",
];
const MAX_WORDS: usize = 3;
/// What stands before a thing that is asked for.
const WISHES: &[&str] = &[
    "look for",
    "looking for",
    "search for",
    "searching for",
    "need",
    "want",
    "do you have",
    "do you sell",
    "do u have",
    "have you got",
    "got any",
    "id like",
    "would like",
    "show me",
    "find me",
    "buy",
    "searching",
    "after",
];
const ADJECTIVE_ENDINGS: &[&str] =
    &["ish", "y", "ful", "able", "ible", "ous", "ive", "ed", "ing", "less", "ic", "al", "est"];
/// End a noun phrase and add nothing to it: `natural processed`, `folding ones`.
const WEIGHTLESS_ENDS: &[&str] = &[
    "one",
    "ones",
    "stuff",
    "thing",
    "things",
    "bits",
    "ish",
    "included",
    "attached",
    "processed",
    "process",
    "flavored",
    "flavoured",
    "tasting",
    "style",
    "styled",
    "type",
    "types",
    "kind",
    "colored",
    "coloured",
    "color",
    "colour",
    "whatsoever",
    "at",
    "all",
    "either",
    "anymore",
    "underneath",
    "inside",
];
/// What a word may end in instead: `chocolaty` of `chocolate`, `flowers` of `flowery`.
const FORMS: &[&str] = &["", "s", "es", "y", "ey", "ish", "ed"];

impl Draft<'_> {
    pub(super) fn read_wants(&mut self) {
        let mut at = 0;
        while at < self.tokens.len() {
            at = self.unwanted_at(at).or_else(|| self.unseen_at(at)).unwrap_or(at + 1);
        }
        self.read_free_of();
    }

    /// `without chocolate or fruit notes`
    fn unwanted_at(&mut self, at: usize) -> Option<usize> {
        let negation = self.negations[at]?;
        if self.taken[at] {
            return None;
        }
        let mut next = at + 1;
        let mut found = None;
        loop {
            let (start, end) = self.phrase_at(next)?;
            // `my flat has no closet space`
            if self.text(end - 1) == "space" || !self.is_unwanted(start, end, negation.strong) {
                return found;
            }
            self.add_mention(start, end, true);
            self.take(if found.is_some() { next } else { negation.start }, end);
            let mut after = end;
            while self.tokens.get(after).is_some_and(|token| {
                !self.taken[after]
                    && (self.lexicon.heads.contains(&token.stem)
                        || WEIGHTLESS_ENDS.contains(&token.text.as_str()))
            }) {
                self.take(after, after + 1);
                after += 1;
            }
            found = Some(after);
            let comma = self.tokens.get(after).is_some_and(|token| token.kind == Kind::Comma);
            let listed =
                matches!(self.text(after), "or" | "nor" | "and") || (comma && self.lists_on(after + 1));
            if !listed {
                return found;
            }
            next = after + 1;
            if self.phrase_at(next).is_none() {
                return found;
            }
        }
    }

    fn is_unwanted(&self, start: usize, end: usize, strong: bool) -> bool {
        let words = &self.tokens[start..end];
        strong
            || words.iter().all(|word| {
                self.lexicon.text.mentions(&word.stem)
                    || self.lexicon.senses(&word.stem).iter().any(|sense| matches!(sense, Sense::Soft(_)))
            })
    }

    /// After a comma, one word and `or`: `without nuts, milk or fruit`.
    fn lists_on(&self, start: usize) -> bool {
        self.phrase_at(start).is_some_and(|(_, end)| {
            matches!(self.text(end), "or" | "nor")
                || self.tokens.get(end).is_some_and(|token| token.kind == Kind::Comma)
                    && self.lists_on(end + 1)
        })
    }

    /// `with wifi`, where no text has wifi.
    fn unseen_at(&mut self, at: usize) -> Option<usize> {
        let after = WITH.iter().filter_map(|with| phrase_end(&self.tokens, at, with)).max()?;
        if !self.is_free(at, after) {
            return None;
        }
        // `from linen` says where a stain is; `from TXU` who sells.
        if self.text(at) == "from" && !self.tokens.get(after).is_some_and(|token| token.capital) {
            return None;
        }
        let (start, end) = self.phrase_at(after)?;
        let company = self.tokens[after..end]
            .iter()
            .any(|word| COMPANY.contains(&word.text.as_str()) || COMPANY.contains(&word.stem.as_str()));
        let unseen = self.tokens[start..end]
            .iter()
            .any(|word| word.is_word() && !self.lexicon.knows(&word.stem) && !self.lexicon.knows(&word.text));
        if company || !unseen {
            return None;
        }
        self.add_mention(start, end, false);
        self.take(at, end);
        Some(end)
    }

    /// `caffeine-free`
    fn read_free_of(&mut self) {
        for at in 1..self.tokens.len() {
            let before = &self.tokens[at - 1];
            if self.text(at) == "free"
                && self.tokens[at].joined
                && before.is_word()
                && self.is_free(at - 1, at + 1)
            {
                self.add_mention(at - 1, at, true);
                self.take(at - 1, at + 1);
            }
        }
    }

    /// The noun phrase that begins at `from`, without what only weighs it: `milk chocolate` of `any milk
    /// chocolate notes`.
    fn phrase_at(&self, from: usize) -> Option<(usize, usize)> {
        let mut start = from;
        while self.tokens.get(start).is_some() && DEGREES.contains(&self.text(start)) && !self.taken[start] {
            start += 1;
        }
        let mut end = start;
        while let Some(token) = self.tokens.get(end) {
            let ends = !token.spells()
                || self.taken[end]
                || ENDS.contains(&token.text.as_str())
                || self.negations[end].is_some()
                || self.speaks_of_a_field(end)
                || (end > start && token.number().is_some());
            if ends {
                break;
            }
            end += 1;
        }
        let end = end.min(start + MAX_WORDS);
        let mut last = end;
        let is_item = |at: usize| self.span(at).is_some_and(|span| span.senses.contains(&Sense::Item));
        while last > start
            && (self.lexicon.heads.contains(&self.tokens[last - 1].stem)
                || is_item(last - 1)
                || (last > start + 1 && WEIGHTLESS_ENDS.contains(&self.text(last - 1))))
        {
            last -= 1;
        }
        // `no coffee`, `not good`: nothing that a text would say.
        let weightless = (start..last).all(|at| {
            english::is_stop(self.text(at))
                || self.tokens[at].number().is_some()
                || self.span(at).is_some_and(|span| span.senses.contains(&Sense::Item))
        });
        (!weightless).then_some((start, last))
    }

    fn speaks_of_a_field(&self, at: usize) -> bool {
        matches!(self.text(at), "lower" | "higher" | "better" | "lowest" | "highest" | "most" | "least")
            || self.span(at).is_some_and(|span| {
                span.senses.iter().any(|sense| {
                    matches!(
                        sense,
                        Sense::Facet(_) | Sense::More(_) | Sense::Less(_) | Sense::Most(_) | Sense::Least(_)
                    )
                })
            })
    }

    pub(super) fn add_mention(&mut self, start: usize, end: usize, negated: bool) {
        let shown: Vec<&str> = self.tokens[start..end].iter().map(|token| token.shown.as_str()).collect();
        if negated && shown.len() == 1 {
            self.unwanted.push(self.tokens[start].stem.clone());
        }
        let phrase = shown.join(" ");
        let mut words: Vec<String> = Vec::new();
        let mut add = |word: String| {
            if !word.is_empty() && !words.contains(&word) {
                words.push(word);
            }
        };
        add(phrase.clone());
        let stems: Vec<&str> = self.tokens[start..end].iter().map(|token| token.stem.as_str()).collect();
        let soft = self.lexicon.senses(&stems.join(" ")).iter().find_map(|sense| match sense {
            Sense::Soft(soft) => Some(*soft),
            _ => None,
        });
        // A text may have it in the singular or in the plural; a taste, in other words.
        let last = &self.tokens[end - 1];
        let other = if last.stem == last.text { token::plural(&last.shown) } else { Some(last.stem.clone()) };
        match (soft, other) {
            (Some(soft), _) => self.lexicon.soft[soft].iter().for_each(|word| add(word.clone())),
            (None, Some(other)) => {
                let before = &shown[..shown.len() - 1];
                add([before, &[other.as_str()]].concat().join(" "));
            }
            (None, None) => {}
        }
        // What must be absent is absent in every form that the texts have.
        if negated && end == start + 1 {
            let wanted = words.clone();
            let forms = wanted.iter().filter(|word| !word.contains(' ')).flat_map(|word| self.forms_of(word));
            for form in forms {
                if !words.contains(&form) {
                    words.push(form);
                }
            }
        }
        let label = if negated { format!("no {phrase}") } else { format!("with {phrase}") };
        let condition = Condition { field: Field::AnyText, test: Test::Mentions(words), negated, label };
        if !self.conditions.contains(&condition) {
            self.conditions.push(condition);
        }
    }

    /// Other forms of a word that some text has.
    fn forms_of(&self, word: &str) -> Vec<String> {
        let letters = word.chars().count();
        let base = word.strip_suffix('y').or_else(|| word.strip_suffix('e')).filter(|_| letters > 4);
        let bases = [Some(word), base, word.strip_suffix("ey").filter(|_| letters > 5)];
        bases
            .into_iter()
            .flatten()
            .flat_map(|base| FORMS.iter().map(move |ending| format!("{base}{ending}")))
            .filter(|form| form != word && form.chars().count() > 3 && !form.ends_with("ys"))
            .filter(|form| self.lexicon.text.mentions(&token::stem(&token::fold(form))))
            .collect()
    }

    /// `I look for a carpet`, where no text has carpets: the thing itself is demanded, because no other word of the
    /// question can stand for it. Only what is asked for first is the thing, and only a plain noun.
    pub(super) fn demand_unseen_thing(&mut self) {
        let is_thing = |condition: &Condition| condition.field == Field::Category && !condition.negated;
        let has_kinds = matches!(self.lexicon.facets[CATEGORY].kind, FacetKind::Text { .. });
        if !has_kinds || !self.expanded.is_empty() || self.conditions.iter().any(is_thing) {
            return;
        }
        let begins = WISHES
            .iter()
            .filter_map(|wish| (0..self.tokens.len()).find_map(|at| phrase_end(&self.tokens, at, wish)))
            .min()
            .unwrap_or(0);
        let mut start = begins;
        while matches!(self.text(start), "a" | "an" | "any" | "some" | "the" | "new" | "me" | "for" | "your")
        {
            start += 1;
        }
        let mut end = start;
        while self.tokens.get(end).is_some_and(|token| {
            token.is_word()
                && !self.taken[end]
                && !ENDS.contains(&token.text.as_str())
                && !english::is_stop(&token.text)
        }) {
            end += 1;
        }
        // Nothing but the thing may have been understood, so that an adjective isn't taken for it.
        let Some(last) = (end > start && end - start < MAX_WORDS).then(|| end - 1) else { return };
        let ends = self
            .tokens
            .get(end)
            .is_none_or(|next| !next.spells() || self.taken[end] || ENDS.contains(&next.text.as_str()));
        let understood = (start..end).any(|at| self.span(at).is_some());
        let wished = begins > 0 || !self.conditions.is_empty();
        if ends && wished && !understood && self.is_an_unseen_noun(last) {
            self.add_mention(last, end, false);
            self.take(last, end);
        }
    }

    fn is_an_unseen_noun(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.text.chars().count() > 3
            && token.text.chars().all(char::is_alphabetic)
            && !ADJECTIVE_ENDINGS.iter().any(|ending| token.text.ends_with(ending))
            && !self.lexicon.knows(&token.stem)
            && !self.lexicon.knows(&token.text)
            && !COMPANY.contains(&token.text.as_str())
            && !COMPANY.contains(&token.stem.as_str())
    }

    /// What is counted must meet every word: a count can't rank.
    pub(super) fn demand_leftovers(&mut self) {
        for at in 0..self.tokens.len() {
            let free = self.tokens[at].is_word() && !self.taken[at] && self.is_content(at);
            let weightless = self.span(at).is_some_and(|span| {
                span.senses.iter().any(|sense| {
                    matches!(sense, Sense::Item | Sense::Facet(_) | Sense::Ask(_) | Sense::Document)
                })
            });
            if free && !weightless && !self.lexicon.heads.contains(&self.tokens[at].stem) {
                self.add_mention(at, at + 1, false);
                self.take(at, at + 1);
            }
        }
    }
}
