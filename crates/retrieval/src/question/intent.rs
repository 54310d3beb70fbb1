//! What a question wants, decided from what the readers have understood of it.
//!
//! The rule for what is out of scope: small talk and open tasks (`write`, `translate`, `solve`) are known by
//! how a sentence begins; of the rest, a question belongs to the list where it has a word of the list or of
//! the pack, and where what was understood isn't lost among what wasn't: at least a quarter of the
//! words with a weight, a third in long questions. Without any such word, a short wish is still
//! searched for where most of its words stand in the list's texts. A number alone makes no scope.

use sextant_domain::{Intent, Test};

use super::Context;
use super::draft::{Draft, Span, phrase_end};
use super::english;
use super::facet::CATEGORY;
use super::lexicon::Sense;

/// Beyond this many words with a weight, a third of them must be understood.
const LONG: usize = 14;
/// A wish without a word of the list's own may have so many words.
const SHORT_WISH: usize = 6;
/// Where only numbers and fields were understood, so many words that no text has may stand beside them, and
/// twice as many others.
const BESIDE_NUMBERS: usize = 3;

const COUNTS: &[&str] = &["how many", "number of", "count of", "count the", "count all", "what number of"];
const COMPARES: &[&str] = &[
    "compare",
    "comparison",
    "comparing",
    "vs",
    "versus",
    "difference between",
    "differences between",
    "differ",
    "differ from",
    "side by side",
    "better than",
    "next to",
    "or",
];
const ALL: &[&str] = &["all", "list", "every", "everything", "full list", "whole list"];
const ASKS_OF_ONE: &[&str] = &[
    "is",
    "are",
    "does",
    "do",
    "did",
    "what",
    "whats",
    "who",
    "whos",
    "where",
    "how",
    "can",
    "could",
    "tell",
    "describe",
    "explain",
    "when",
    "has",
    "why",
    "which",
    "and",
    "details",
    "info",
    "information",
];
/// Begin a question that asks about the world rather than for records.
const ASKS: &[&str] = &[
    "how", "why", "what", "whats", "who", "whos", "when", "where", "which", "is", "are", "was", "were",
    "does", "did", "can", "could", "would", "should", "will", "has", "have", "if", "but", "in", "given",
    "let", "lets", "once", "one",
];
const ASKS_FOR_RECORDS: &[&str] = &[
    "do you have",
    "do you sell",
    "do you carry",
    "have you got",
    "is there any",
    "is there a",
    "are there any",
    "are there",
    "is there anything",
    "is there something",
    "can you find",
    "can you show",
    "could you find",
    "could you show",
    "can i get",
    "can you recommend",
    "could you recommend",
    "what do you have",
    "anything",
    "something",
    "which of",
    "which ones",
    "would like",
    "somewhere to",
    "i need",
    "we need",
    "looking for",
];
/// Whom a number may count.
const PEOPLE: &[&str] = &[
    "boy",
    "boys",
    "girl",
    "girls",
    "kid",
    "kids",
    "child",
    "children",
    "son",
    "sons",
    "daughter",
    "daughters",
    "people",
    "persons",
    "adults",
    "guests",
    "friends",
    "cats",
    "dogs",
    "toddlers",
    "teenagers",
    "teens",
    "babies",
    "twins",
];
/// Of what people remark on when they greet.
const REMARKS: &[&str] = &[
    "what a",
    "isnt it",
    "day",
    "morning",
    "evening",
    "weekend",
    "week",
    "weather",
    "today",
    "hope",
    "your",
    "youre",
    "you have",
    "you are",
    "here",
    "nice to",
    "its raining",
    "its cold",
    "its hot",
];
/// Turn a remark into small talk.
const TAGS: &[&str] = &["isnt it", "day", "morning", "evening", "weather", "weekend"];
const BEFORE_TASKS: &[&str] = &[
    "please", "can", "could", "would", "will", "you", "now", "then", "hi", "hello", "hey", "also", "so",
    "just", "and", "kindly", "i", "want", "need", "to", "let", "us", "id", "like", "ok", "okay", "help",
    "me", "but", "do", "instead", "with", "the", "first", "example", "the", "please",
];
/// Tasks that documents can serve.
const DOCUMENT_TASKS: &[&str] = &[
    "summarize",
    "summarise",
    "explain",
    "describe",
    "extract",
    "discuss",
    "analyze",
    "analyse",
    "identify",
    "provide",
];

/// How much of a question was understood.
struct Grasp {
    content: usize,
    understood: usize,
    /// Of the rest, words that stand in some text of the list.
    known: usize,
    /// Whether a word of the list, or one for its records, was said.
    domain: bool,
    /// Whether a word for something that records differ in was said: `price`.
    field: bool,
    soft: bool,
}

impl Grasp {
    fn leftover(&self) -> usize {
        self.content - self.understood
    }

    fn unknown(&self) -> usize {
        self.leftover() - self.known
    }

    /// Whether what was understood is too little of it. A word that the texts have is a sign, if a weaker one.
    fn is_lost(&self) -> bool {
        self.understood * 4 + self.known < self.content
            || (self.content > LONG && self.understood * 3 < self.content)
    }
}

impl Draft<'_> {
    /// Greetings, thanks, goodbyes, and questions about who answers; `None` where more is said.
    pub(super) fn small_talk(&self) -> Option<Intent> {
        let mut found: Option<Intent> = None;
        let mut at = 0;
        let mut only_talk = !self.tokens.is_empty();
        while at < self.tokens.len() && only_talk {
            let ends = |phrases: &[&str]| {
                phrases.iter().filter_map(|phrase| phrase_end(&self.tokens, at, phrase)).max()
            };
            let kinds = [
                (ends(&english::GREETINGS), Intent::Greeting),
                (ends(&english::THANKS), Intent::Thanks),
                (ends(&english::GOODBYES), Intent::Goodbye),
            ];
            if let Some((Some(end), kind)) =
                kinds.into_iter().max_by_key(|(end, _)| *end).filter(|(end, _)| end.is_some())
            {
                at = end;
                found = Some(match (found, kind) {
                    // Who thanks and leaves, leaves; who greets and thanks, thanks.
                    (Some(Intent::Goodbye), _) | (_, Intent::Goodbye) => Intent::Goodbye,
                    (Some(Intent::Thanks), _) | (_, Intent::Thanks) => Intent::Thanks,
                    _ => kind,
                });
            } else {
                let token = &self.tokens[at];
                only_talk = !token.spells() || english::TALK_PADDING.contains(&token.text.as_str());
                at += 1;
            }
        }
        if only_talk && found.is_some() {
            return found;
        }
        let about =
            english::ASSISTANT.iter().filter(|phrase| self.has(phrase)).max_by_key(|phrase| phrase.len())?;
        let beside = (0..self.tokens.len()).filter(|&at| {
            !about.split(' ').any(|word| word == self.text(at))
                && self.tokens[at].spells()
                && !english::is_stop(self.text(at))
        });
        let beside: Vec<usize> = beside.collect();
        let alone = beside.len() <= 2
            && !beside.iter().any(|&at| self.span(at).is_some() || self.tokens[at].number().is_some());
        alone.then_some(Intent::Assistant)
    }

    /// Whether a sentence begins with an open task; `Some(true)` where it can be nothing else.
    fn task(&self, documents: bool) -> Option<bool> {
        let mut mild = None;
        for start in 0..self.tokens.len() {
            let begins = start == 0 || self.tokens[start - 1].kind == super::token::Kind::Stop;
            if !begins {
                continue;
            }
            let mut at = start;
            loop {
                let task = english::TASKS
                    .iter()
                    .filter(|task| phrase_end(&self.tokens, at, task).is_some())
                    .max_by_key(|task| task.len());
                if let Some(task) = task {
                    let serves = documents && DOCUMENT_TASKS.contains(task);
                    if !english::MILD_TASKS.contains(task) && !serves {
                        return Some(true);
                    }
                    mild = Some(false);
                }
                let passes = BEFORE_TASKS.contains(&self.text(at))
                    || self.tokens.get(at).is_some_and(|token| token.kind == super::token::Kind::Comma);
                if !passes || at > start + 8 {
                    break;
                }
                at += 1;
            }
        }
        mild
    }

    /// Who somebody is, no record says; who makes or sells something is a field.
    pub(super) fn asks_who(&self) -> bool {
        let field = self.span(3).is_some_and(|span| span.facet().is_some());
        !field
            && ["who is the", "who was the", "who are the"]
                .iter()
                .any(|words| phrase_end(&self.tokens, 0, words).is_some())
    }

    /// Whether the question is about single records: `is X sellable online`.
    pub(super) fn asks_for_details(&self) -> bool {
        !self.named.is_empty()
            && self.named.iter().all(|named| named.items.len() <= super::name::FEW)
            && ASKS_OF_ONE.contains(&self.text(0))
    }

    pub(super) fn counts(&self) -> bool {
        self.says(COUNTS)
    }

    pub(super) fn compares(&self) -> bool {
        self.says(COMPARES)
            // `is A cheaper than B`
            || (0..self.tokens.len()).any(|at| {
                self.comparative_at(at).is_some_and(|(_, _, end)| self.text(end) == "than")
            })
    }

    /// Fields that are asked for by their own word, or by words that ask for them.
    pub(super) fn asked(&self) -> Vec<String> {
        let mut asked: Vec<String> = Vec::new();
        let asks = |span: &Span<'_>| span.senses.iter().any(|sense| matches!(sense, Sense::Ask(_)));
        if !ASKS_OF_ONE.contains(&self.text(0)) && self.named.is_empty() && !self.spans.iter().any(asks) {
            return asked;
        }
        for span in &self.spans {
            let free = self.is_free(span.start, span.end);
            // `where is it from` asks although `it` is taken.
            for sense in span.senses.iter().filter(|sense| free || matches!(sense, Sense::Ask(_))) {
                let facet = match sense {
                    Sense::Facet(facet)
                    | Sense::Ask(facet)
                    | Sense::More(facet)
                    | Sense::Less(facet)
                    | Sense::Most(facet)
                    | Sense::Least(facet)
                    | Sense::Measure(facet) => *facet,
                    _ => continue,
                };
                // What is demanded needn't be asked.
                let field = &self.lexicon.facets[facet].field;
                if self.conditions.iter().any(|condition| condition.field == *field) {
                    continue;
                }
                let new: Vec<String> =
                    self.lexicon.facets[facet].asked().filter(|column| !asked.contains(column)).collect();
                asked.extend(new);
            }
        }
        asked
    }

    /// Whether a name that was found is a word like others in a text about something else, as `field` is in one
    /// about physics, or in the material of an open task.
    pub(super) fn is_lost_among_others(&self, context: &Context) -> bool {
        let grasp = self.grasp();
        let is_task = || self.task(context.documents) == Some(true);
        grasp.is_lost() || grasp.understood * 2 < grasp.content && is_task()
    }

    /// The intent of a question that isn't small talk and names nothing.
    pub(super) fn decide(&self, context: &Context) -> Intent {
        let elsewhere = if context.documents { Intent::Passage } else { Intent::OutOfScope };
        let task = self.task(context.documents);
        if task == Some(true) {
            return Intent::OutOfScope;
        }
        let grasp = self.grasp();
        if self.asks_for_a_record_of_the_world() {
            return elsewhere;
        }
        let document_word = self.spans.iter().any(|span| span.senses.contains(&Sense::Document));
        if context.documents && document_word {
            return Intent::Passage;
        }
        let demands = !self.conditions.is_empty() || self.sort.is_some();
        if !demands && self.remarks() {
            return Intent::Greeting;
        }
        if document_word && !grasp.domain && !demands {
            return Intent::OutOfScope;
        }
        let off_topic = self.lexicon.off_topic.iter().any(|phrase| self.padded.contains(phrase.as_str()));
        let half = grasp.understood * 2;
        let mostly_else = half < grasp.content || (half == grasp.content && self.asks_about_the_world());
        if off_topic && (!grasp.domain || mostly_else) {
            return Intent::OutOfScope;
        }
        if task == Some(false) && grasp.understood * 2 < grasp.content {
            return elsewhere;
        }
        if grasp.domain || grasp.field || demands {
            let lost = grasp.is_lost()
                || (!grasp.domain && grasp.unknown() > BESIDE_NUMBERS)
                || (!grasp.domain && grasp.leftover() > 2 * BESIDE_NUMBERS)
                || (!grasp.domain && !grasp.field && self.asks_about_the_world() && grasp.leftover() > 0);
            if lost && !self.demands_figures() {
                return elsewhere;
            }
            if self.counts() {
                return Intent::Count;
            }
            let vague = self.lexicon.vague.iter().any(|phrase| self.padded.contains(phrase.as_str()));
            let nothing_said = !demands && !grasp.soft && self.expanded.is_empty();
            if nothing_said && (grasp.leftover() == 0 || (vague && grasp.leftover() <= 2)) {
                return if self.says(ALL) { Intent::Search } else { Intent::Vague };
            }
            if nothing_said && (self.explains() || grasp.leftover() > 0 && self.asks_whether()) {
                return elsewhere;
            }
            return Intent::Search;
        }
        let vague = self.lexicon.vague.iter().any(|phrase| self.padded.contains(phrase.as_str()));
        if (vague && grasp.leftover() <= 3) || grasp.content == 0 {
            return if self.tokens.is_empty() || vague || self.tokens.len() > 1 {
                Intent::Vague
            } else {
                elsewhere
            };
        }
        let longest = if self.says(ASKS_FOR_RECORDS) { LONG } else { SHORT_WISH };
        let wish =
            grasp.content <= longest && grasp.known * 3 >= grasp.content * 2 && !self.asks_about_the_world();
        if wish { Intent::Search } else { elsewhere }
    }

    /// `what's the tallest mountain in Peru`: a superlative that orders nothing here, of a thing that no list has.
    fn asks_for_a_record_of_the_world(&self) -> bool {
        let superlative = |at: &usize| {
            let text = self.text(*at);
            text.len() > 5 && text.ends_with("est") && !self.taken[*at] && self.span(*at).is_none()
        };
        self.asks_about_the_world()
            && (1..self.tokens.len().min(4))
                .find(superlative)
                .and_then(|at| self.tokens.get(at + 1).filter(|_| self.span(at + 1).is_none()))
                .is_some_and(|thing| thing.is_word() && !english::is_stop(&thing.text))
    }

    /// Whether figures of two fields are demanded: who says a price and a rating asks for records, whatever the story.
    fn demands_figures(&self) -> bool {
        let mut figures = self
            .conditions
            .iter()
            .filter(|condition| !matches!(condition.test, Test::OneOf(_) | Test::Mentions(_)))
            .map(|condition| &condition.field);
        let first = figures.next();
        figures.any(|field| Some(field) != first)
    }

    /// `how does a renewable plan work`: a word of the list, but no wish for records.
    fn explains(&self) -> bool {
        matches!(self.text(0), "how" | "why" | "when" | "who")
            || self.says(&[
                "what does",
                "what is a",
                "what is an",
                "what are the",
                "whats a",
                "meaning of",
                "explain",
                "how do",
                "how does",
            ])
    }

    /// `is coffee bad for my heart`: yes or no, and of no record.
    fn asks_whether(&self) -> bool {
        matches!(self.text(0), "is" | "are" | "does" | "will" | "was" | "should")
            && !self.says(ASKS_FOR_RECORDS)
    }

    /// `good morning, what a lovely day`: a greeting, and something said about the day or the person.
    fn remarks(&self) -> bool {
        let ends = |phrases: &[&str]| phrases.iter().filter_map(|it| phrase_end(&self.tokens, 0, it)).max();
        let greeting = ends(&english::GREETINGS);
        let exclaims = ends(&["what a", "how"]).is_some() && self.says(TAGS);
        let speaks_of_records = (greeting.unwrap_or(0)..self.tokens.len()).any(|at| {
            self.taken[at]
                || self.span(at).is_some_and(|span| {
                    let tells = |sense: &Sense| {
                        matches!(sense, Sense::Item | Sense::Soft(_) | Sense::Demand(_) | Sense::Facet(_))
                    };
                    span.senses.iter().any(tells)
                })
        });
        (greeting.is_some() || exclaims)
            && !speaks_of_records
            && self.says(REMARKS)
            && !self.says(ASKS_FOR_RECORDS)
    }

    fn asks_about_the_world(&self) -> bool {
        ASKS.contains(&self.text(0)) && !self.says(ASKS_FOR_RECORDS)
    }

    fn grasp(&self) -> Grasp {
        let mut grasp =
            Grasp { content: 0, understood: 0, known: 0, domain: false, field: false, soft: false };
        for at in 0..self.tokens.len() {
            let span = self.span(at);
            let said = span.is_some_and(|span| {
                span.senses.iter().any(|sense| match sense {
                    Sense::Document => false,
                    // A value that found no place here was a word like any other.
                    Sense::Value(_) => self.taken[at],
                    _ => true,
                })
            });
            let head = self.lexicon.heads.contains(&self.tokens[at].stem);
            let field_only = span.is_some_and(|span| {
                span.senses.iter().all(|sense| {
                    !matches!(sense, Sense::Value(_) | Sense::Item | Sense::Soft(_) | Sense::Demand(_))
                })
            });
            grasp.domain |= said && !field_only;
            grasp.field |= said || (head && self.tokens[at].is_word());
            grasp.soft |=
                span.is_some_and(|span| span.senses.iter().any(|sense| matches!(sense, Sense::Soft(_))));
            if !(self.is_content(at) || said) || !self.tokens[at].spells() {
                continue;
            }
            grasp.content += 1;
            if said || self.taken[at] || head {
                grasp.understood += 1;
            } else if self.lexicon.knows(&self.tokens[at].stem) {
                grasp.known += 1;
            }
        }
        grasp.domain |= !self.named.is_empty();
        grasp
    }

    /// The words to search by: what has a weight and became nothing else. What soft words
    /// stand for is the index's to look for, by the pack's groups.
    pub(super) fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        let mut add = |word: &str| {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        };
        for at in 0..self.tokens.len() {
            let token = &self.tokens[at];
            // `3-seat` says how many in the word itself.
            let of_word = token.number().is_some()
                && self.tokens.get(at + 1).is_some_and(|next| next.joined && next.is_word());
            if of_word && !self.taken[at] {
                add(&token.shown);
            }
            // `my 2 boys` are no two of anything in the list.
            let counts_people = token.number().is_some() && PEOPLE.contains(&self.text(at + 1));
            let is_unwanted = self.unwanted.contains(&token.stem) || counts_people;
            if !token.spells() || self.taken[at] || english::is_stop(&token.text) || is_unwanted {
                continue;
            }
            let span = self.span(at);
            let spoken_for = span.is_some_and(|span| {
                span.senses
                    .iter()
                    .all(|sense| !matches!(sense, Sense::Value(_) | Sense::Soft(_) | Sense::Document))
            });
            // `coffee table` is no table for coffee among other things, but one word.
            let compound = spoken_for && self.begins_a_compound(at);
            if (!spoken_for || compound) && !self.lexicon.heads.contains(&token.stem) {
                add(&token.shown);
            }
        }
        // `a desk that goes up and down`: a turn of phrase with words that aren't searched by is searched by what it
        // stands for.
        for span in &self.spans {
            let loses = (span.start..span.end).any(|at| english::is_stop(self.text(at)));
            let soft = span.sense(|sense| match sense {
                Sense::Soft(soft) => Some(*soft),
                _ => None,
            });
            if let Some(soft) = soft.filter(|_| loses && self.is_free(span.start, span.end)) {
                self.lexicon.soft[soft].iter().for_each(|word| add(word));
            }
        }
        self.expanded.iter().for_each(|word| add(word));
        words.join(" ")
    }

    /// Whether a record's name stands before a category that the texts have it before.
    fn begins_a_compound(&self, at: usize) -> bool {
        let category = self.span(at + 1).is_some_and(|span| {
            span.senses.iter().any(|sense| matches!(sense, Sense::Value(value) if value.facet == CATEGORY))
        });
        category && self.lexicon.text.follows(&self.tokens[at].stem, &self.tokens[at + 1].stem)
    }

    /// All words with a weight, for a search in documents.
    pub(super) fn all_words(&self) -> String {
        let words = self.tokens.iter().filter(|token| token.spells() && !english::is_stop(&token.text));
        words.map(|token| token.shown.as_str()).collect::<Vec<_>>().join(" ")
    }
}
