//! What is said about the records or passages that were found: which of it a rule says, and what a model is asked.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value, json};
use sextant_domain::{Condition, ContextUse, Field, Intent, ItemCard, Reading, Test};
use sextant_engine::Writes;

use super::find::{Found, Nearest};
use super::passages::Evidence;
use super::subject::Subject;
use super::{EarlierTurn, compare, figures, phrase, records, wording};
use crate::facts::Facts;
use crate::pack::PackError;
use crate::placeholders::Placeholders;
use crate::writing::{Prompt, as_data};

/// Of prompt and answer together, for a question that needs little.
const QUICK_TOKENS: u32 = 512;
/// And for one that compares, or demands much.
const COMPLEX_TOKENS: u32 = 1024;
/// Left for the answer.
const ANSWER_TOKENS: u32 = 160;
/// A token of English prose is about four characters; three leave room for names and figures.
const CHARACTERS_PER_TOKEN: usize = 3;
/// A question of more words needs more.
const QUICK_WORDS: usize = 24;

/// Texts beside each other have a voice each.
const VOICES: [&str; 3] = ["plain", "friendly", "brief"];

/// What a reply is made from.
pub(super) struct Material<'a> {
    pub(super) question: &'a str,
    pub(super) reading: &'a Reading,
    /// What is asked about, for the person.
    pub(super) list: &'a str,
    pub(super) subject: Option<&'a Subject>,
    pub(super) found: &'a Found,
    pub(super) cards: &'a [ItemCard],
    pub(super) nearest: Option<&'a ItemCard>,
    pub(super) evidence: &'a Evidence,
    pub(super) earlier: &'a [EarlierTurn],
    pub(super) writes: Writes,
}

/// How the words come to be.
pub(super) enum Reply {
    /// By rule.
    Said { text: String, facts: Facts },
    /// By a model, held to the facts.
    Written(Box<Asked>),
}

/// What a model is asked.
pub(super) struct Asked {
    pub(super) system: String,
    pub(super) prompt: Prompt,
    pub(super) fallback: Vec<String>,
    pub(super) facts: Facts,
    pub(super) max_tokens: u32,
    pub(super) context: ContextUse,
}

impl Material<'_> {
    /// The reply to whatever was found.
    pub(super) fn reply(&self, wording: &wording::Wording) -> Result<Reply, PackError> {
        let by_placeholders = self.writes == Writes::Placeholders;
        let texts = wording.talk.texts(self.reading.intent);
        if !texts.is_empty() {
            return Ok(self.said(self.talk(texts)));
        }
        if self.reading.intent == Intent::Passage || self.subject.is_none() {
            let Some(quote) = &self.evidence.quote else {
                return Ok(self.said(self.talk(&wording.talk.unsaid)));
            };
            let texts = if quote.is_answer { &wording.talk.said } else { &wording.talk.closest };
            let text = self.talk(texts).replace("{source}", &quote.source).replace("{quote}", &quote.text);
            // What isn't surely an answer is left to no model: it would make one of it.
            return if by_placeholders || !quote.is_answer {
                Ok(self.said(text))
            } else {
                self.asked(wording, vec![text])
            };
        }
        match self.reading.intent {
            Intent::Compare if self.cards.len() > 1 => {
                let mut facts = self.facts();
                let text = compare::side_by_side(self.reading, self.cards, &mut facts);
                Ok(Reply::Said { text, facts })
            }
            Intent::Count if self.found.matching > 0 => {
                let total = self.subject.map_or(0, |subject| subject.catalog.items.len());
                let total = u32::try_from(total).unwrap_or(u32::MAX);
                let text = compare::count(
                    self.reading,
                    self.cards,
                    self.found.matching,
                    total,
                    self.list,
                    self.currency(),
                );
                Ok(self.said(text))
            }
            _ if by_placeholders => Ok(self.asked_by_placeholders()),
            _ => {
                let fallback = self.sentences();
                self.asked(wording, fallback)
            }
        }
    }

    fn said(&self, text: String) -> Reply {
        Reply::Said { text, facts: self.facts() }
    }

    /// One of the texts, by the question's words, so that the same question gets the same one.
    fn talk(&self, texts: &[String]) -> String {
        let place = hash_of(self.question) % texts.len().max(1);
        let text = texts.get(place).map_or("", String::as_str);
        text.replace("{list}", self.list).replace("{fields}", &self.fields())
    }

    /// What can be asked for: `price, rating, roast and origin 1`.
    fn fields(&self) -> String {
        let Some(subject) = self.subject else { return "what they say".into() };
        let items = &subject.catalog.items;
        let mut fields: Vec<String> = Vec::new();
        let mut add = |there: bool, name: &str| {
            if there && fields.len() < 5 && !fields.iter().any(|field| field == name) {
                fields.push(name.to_owned());
            }
        };
        add(items.iter().any(|item| item.price.is_some()), "price");
        add(items.iter().any(|item| !item.category.is_empty()), "category");
        add(items.iter().any(|item| item.rating.is_some()), "rating");
        for attribute in items.iter().take(20).flat_map(|item| &item.attributes) {
            add(true, &phrase::lower_first(&attribute.name));
        }
        phrase::list(&fields)
    }

    fn currency(&self) -> &str {
        self.subject.map_or("", |subject| subject.catalog.currency.as_str())
    }

    fn facts(&self) -> Facts {
        let cards: Vec<&ItemCard> = self.cards.iter().chain(self.nearest).collect();
        let total = self.subject.map_or(0, |subject| subject.catalog.items.len());
        let total = u32::try_from(total).unwrap_or(u32::MAX);
        // How many are left when so many are named.
        let left = (1..=5).map(|named| self.found.matching.saturating_sub(named));
        let counts: Vec<u32> = [self.found.matching, total].into_iter().chain(left).collect();
        let mut facts = records::facts(self.reading, &cards, self.list, &counts);
        for citation in &self.evidence.citations {
            let label = format!("[{}] {}", citation.marker, citation.source);
            records::free_text(&mut facts, format!("passage_{}", citation.marker), label, &citation.text);
            facts.name(format!("source_{}", citation.marker), "Document", &citation.source);
            facts.number(
                format!("marker_{}", citation.marker),
                "Citation",
                citation.marker.to_string(),
                citation.marker.into(),
                crate::facts::Unit::Plain,
            );
        }
        records::free_text(&mut facts, "fields".into(), "Can be asked for".into(), &self.fields());
        facts
    }

    /// The demands as what a record has: a price bound apart from the rest.
    fn wanted(&self) -> Wanted {
        let currency = self.currency();
        let prices =
            self.reading.conditions.iter().filter(|condition| condition.field == Field::Price).count();
        let mut limit = None;
        let mut phrases: Vec<String> = Vec::new();
        for condition in &self.reading.conditions {
            match (&condition.test, &condition.field) {
                (Test::Below(bound), Field::Price) if prices == 1 && !condition.negated => {
                    limit = Some(figures::amount(currency, *bound));
                }
                _ => phrases.push(phrase::of_condition(condition, currency)),
            }
        }
        let words = as_data(&self.reading.words);
        if !words.is_empty() {
            phrases.push(format!("a text that fits \"{words}\""));
        }
        let matching = match (phrases.is_empty(), &limit) {
            (true, Some(_)) => None,
            (true, None) => Some(format!("a place in {}", self.list)),
            (false, _) => Some(phrase::list(&phrases)),
        };
        Wanted { matching, limit }
    }

    /// What the first record has over all that fit, where an order was asked for.
    fn first_of_all(&self) -> Option<String> {
        let leads = phrase::of_sort(&self.reading.sort)?;
        let demands = !self.reading.conditions.is_empty() || !self.reading.words.trim().is_empty();
        let wanted = self.wanted();
        Some(match (demands, self.found.matching) {
            (false, matching) => format!("{leads} of {}", figures::number(matching.into())),
            (true, 1) => format!("{leads}: it is the only one with {}", wanted.all()),
            (true, matching) => {
                format!("{leads} of the {} with {}", figures::number(matching.into()), wanted.all())
            }
        })
    }

    /// Names of the next ones and how many are left: `A ($2), B ($3) and 12 others`.
    fn more(&self, shown: usize) -> Option<String> {
        let mut names: Vec<String> = self.cards.iter().skip(shown).take(2).map(records::named).collect();
        let named = u32::try_from(shown + names.len()).unwrap_or(u32::MAX);
        let left = self.found.matching.saturating_sub(named);
        if left > 0 {
            names.push(format!(
                "{} {}",
                figures::number(left.into()),
                if left == 1 { "other" } else { "others" }
            ));
        }
        (!names.is_empty()).then(|| phrase::list(&names))
    }

    fn asked_by_placeholders(&self) -> Reply {
        let mut placeholders = Placeholders::default();
        let mut values = Map::new();
        let mut set = |key: &str, value: Value| {
            values.insert(key.to_owned(), value);
        };
        set("voice", VOICES[hash_of(self.question) % VOICES.len()].into());
        let wanted = self.wanted();
        let mut give = |key: &str, text: Option<String>| {
            let there = text.is_some();
            if let Some(text) = text {
                placeholders.add(key, text);
            }
            Value::from(there)
        };
        match self.cards {
            [] => {
                set("found", "none".into());
                set("match", give("match", wanted.matching));
                set("limit", give("limit", wanted.limit));
                if let (Some(card), Some(nearest)) = (self.nearest, &self.found.nearest) {
                    set("closest", give("closest", Some(records::named(card))));
                    set("closest_has", give("closest_match", self.has(nearest)));
                    set("closest_lacks", give("closest_lacks", self.phrases(&nearest.missed)));
                }
            }
            [card, ..] if self.reading.intent == Intent::Details => {
                set("found", "item".into());
                give("item", Some(records::plain(&card.name)));
                set("priced", give("price", figures::price(card)));
                set("details", give("details", self.details(card)));
                set("unstated", give("unstated", self.unstated(card)));
            }
            [first, ..] => {
                set("found", "fits".into());
                let leads = self.first_of_all();
                let count = if leads.is_some() { 1 } else { self.cards.len().min(3) };
                set("count", count.into());
                give("first", Some(records::named(first)));
                for (key, card) in ["second", "third"]
                    .into_iter()
                    .zip(self.cards.iter().skip(1))
                    .take(count.saturating_sub(1))
                {
                    give(key, Some(records::named(card)));
                }
                if leads.is_some() {
                    set("match", give("match", leads));
                    set("limit", false.into());
                } else {
                    set("match", give("match", wanted.matching));
                    set("limit", give("limit", wanted.limit));
                }
                set("more", give("more", self.more(count)));
            }
        }
        Reply::Written(Box::new(Asked {
            system: "assistant_reply".into(),
            prompt: Prompt { file: wording::REPLY_BY_PLACEHOLDERS, values, placeholders },
            fallback: self.sentences(),
            facts: self.facts(),
            max_tokens: ANSWER_TOKENS,
            context: ContextUse { budget_tokens: QUICK_TOKENS, ..ContextUse::default() },
        }))
    }

    /// The reply by rule, sentence by sentence: what stands where a model's words can't be used.
    fn sentences(&self) -> Vec<String> {
        let wanted = self.wanted();
        match self.cards {
            [] => {
                let mut sentences = vec![format!("None of these fit: nothing here has {}.", wanted.all())];
                if let (Some(card), Some(nearest)) = (self.nearest, &self.found.nearest) {
                    let has = self.has(nearest).map(|has| format!(", which has {has}"));
                    let lacks = self.phrases(&nearest.missed).map(|lacks| {
                        format!("{} lacks {lacks}", if has.is_some() { " but" } else { ", which" })
                    });
                    let (has, lacks) = (has.unwrap_or_default(), lacks.unwrap_or_default());
                    sentences.push(format!("The closest is {}{has}{lacks}.", records::named(card)));
                }
                sentences
            }
            [card, ..] if self.reading.intent == Intent::Details => {
                let name = records::plain(&card.name);
                let mut sentences = vec![match figures::price(card) {
                    Some(price) => format!("{name} costs {price}."),
                    None => format!("{name} is in your list."),
                }];
                sentences.extend(self.details(card).map(|details| format!("What it offers: {details}.")));
                sentences
                    .extend(self.unstated(card).map(|unstated| format!("Nothing is said about {unstated}.")));
                sentences
            }
            [first, ..] => {
                let leads = self.first_of_all();
                let count = if leads.is_some() { 1 } else { self.cards.len().min(3) };
                let names: Vec<String> = self.cards.iter().take(count).map(records::named).collect();
                let mut sentences = vec![match (leads, count) {
                    (Some(leads), _) => format!("{} has {leads}.", records::named(first)),
                    (None, 1) => format!("{} fits: it has {}.", names[0], wanted.all()),
                    (None, 2) => format!("{} both have {}.", phrase::list(&names), wanted.all()),
                    (None, _) => format!("{} all have {}.", phrase::list(&names), wanted.all()),
                }];
                sentences.extend(self.more(count).map(|more| format!("More that fit: {more}.")));
                sentences
            }
        }
    }

    /// What speaks for the nearest record.
    fn has(&self, nearest: &Nearest) -> Option<String> {
        if nearest.by_meaning { Some("the nearest meaning".into()) } else { self.phrases(&nearest.met) }
    }

    fn phrases(&self, places: &[usize]) -> Option<String> {
        let conditions: Vec<&Condition> =
            places.iter().filter_map(|place| self.reading.conditions.get(*place)).collect();
        let phrases: Vec<String> =
            conditions.iter().map(|condition| phrase::of_condition(condition, self.currency())).collect();
        (!phrases.is_empty()).then(|| phrase::list(&phrases))
    }

    /// What was asked of the record, or the most telling of what there is.
    fn details(&self, card: &ItemCard) -> Option<String> {
        let most = if self.reading.asked.is_empty() { 5 } else { self.reading.asked.len().max(2) };
        let asked: Vec<String> = self
            .reading
            .asked
            .iter()
            .filter_map(|name| {
                let value = stated(card, name)?;
                Some(format!("{} {}", phrase::lower_first(name), value))
            })
            .collect();
        let text = if asked.is_empty() { records::details(card, most) } else { phrase::list(&asked) };
        (!text.is_empty()).then_some(text)
    }

    fn unstated(&self, card: &ItemCard) -> Option<String> {
        let missing: Vec<String> = self
            .reading
            .asked
            .iter()
            .filter(|name| stated(card, name).is_none())
            .map(|name| format!("the {}", phrase::lower_first(name)))
            .collect();
        (!missing.is_empty()).then(|| phrase::list(&missing))
    }

    /// For a model that reads records and writes figures itself. What doesn't fit into the budget is left out:
    /// the oldest turns first, then the last records.
    fn asked(&self, wording: &wording::Wording, fallback: Vec<String>) -> Result<Reply, PackError> {
        let complex = self.reading.intent == Intent::Compare
            || self.reading.intent == Intent::Passage
            || self.reading.conditions.len() > 2
            || self.question.split_whitespace().count() > QUICK_WORDS;
        let budget_tokens = if complex { COMPLEX_TOKENS } else { QUICK_TOKENS };
        let system = wording.templates.render(wording::REPLY_SYSTEM, &json!({}))?;
        let mut room = (budget_tokens.saturating_sub(ANSWER_TOKENS) as usize * CHARACTERS_PER_TOKEN)
            .saturating_sub(system.len() + self.question.len() + 120);
        let mut records = Vec::new();
        for card in self.cards {
            let line = records::line(card);
            // One record is always shown: an answer about nothing helps nobody.
            if line.len() > room && !records.is_empty() {
                break;
            }
            room = room.saturating_sub(line.len());
            records.push(line);
        }
        let mut passages = Vec::new();
        for citation in &self.evidence.citations {
            let text = records::beginning(&records::delimited(&citation.text), room.max(400));
            if text.len() > room && !passages.is_empty() {
                break;
            }
            room = room.saturating_sub(text.len());
            passages.push(
                json!({ "marker": citation.marker, "source": as_data(&citation.source), "text": text }),
            );
        }
        let mut turns = Vec::new();
        for turn in self.earlier.iter().rev() {
            let (question, answer) = (as_data(&turn.question), as_data(&turn.answer.answer));
            if question.len() + answer.len() > room {
                break;
            }
            room -= question.len() + answer.len();
            turns.push(json!({ "question": question, "answer": answer }));
        }
        turns.reverse();
        let count = |turns: usize| u32::try_from(turns).unwrap_or(u32::MAX);
        let context = ContextUse {
            budget_tokens,
            used_tokens: 0,
            turns_shown: count(turns.len()),
            turns_dropped: count(self.earlier.len() - turns.len()),
        };
        let matching = (self.found.matching > count(self.cards.len()))
            .then(|| format!("{} records fit in all.", figures::number(self.found.matching.into())));
        let values = json!({
            "list": as_data(self.list),
            "records": records,
            "passages": passages,
            "matching": matching,
            "nearest": self.nearest.map(records::line),
            "earlier": turns,
            "question": as_data(self.question),
        });
        let Value::Object(values) = values else { unreachable!("it was written as an object") };
        Ok(Reply::Written(Box::new(Asked {
            system,
            prompt: Prompt { file: wording::REPLY, values, placeholders: Placeholders::default() },
            fallback,
            facts: self.facts(),
            max_tokens: ANSWER_TOKENS,
            context,
        })))
    }
}

/// What all shown records have.
struct Wanted {
    matching: Option<String>,
    limit: Option<String>,
}

impl Wanted {
    fn all(&self) -> String {
        let limit = self.limit.as_ref().map(|limit| format!("a price under {limit}"));
        let parts: Vec<String> = self.matching.iter().cloned().chain(limit).collect();
        phrase::list(&parts)
    }
}

/// A record's value by the name that a question asks for it by.
fn stated(card: &ItemCard, name: &str) -> Option<String> {
    if let Some(attribute) =
        card.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    {
        return Some(records::plain(&figures::value(attribute)));
    }
    let text = match name.to_ascii_lowercase().as_str() {
        "price" => figures::price(card)?,
        "rating" => figures::number(card.rating?),
        "brand" | "maker" => records::plain(&card.brand),
        "category" => records::plain(&card.category),
        "description" | "text" => records::plain(&card.description),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

#[expect(clippy::cast_possible_truncation, reason = "a hash may lose bits")]
fn hash_of(text: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish() as usize
}
