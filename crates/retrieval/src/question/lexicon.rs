//! What the words of a question can mean for one list: learnt from the list itself, and from the pack's
//! rules where people say it otherwise.
//!
//! A word may have several senses; which one counts is decided where it is read. Building looks at every
//! record once; reading only looks up. Nothing here depends on a question.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;
use sextant_domain::{Field, Intent, ItemCatalog, ItemId};

use super::english;
use super::facet::{self, BRAND, CATEGORY, Facet, FacetKind};
use super::names::Names;
use super::quantity::Per;
use super::rules::{PhraseRules, QuestionRules};
use super::spelling::Spellings;
use super::text::TextWords;
use super::token;
use super::within;

/// A category that nearly all records share narrows nothing down.
const SHARED_BY_ALL: f64 = 0.98;
/// A value's words are looked at up to this many together.
const MAX_INSIDE_WORDS: usize = 3;
const MAX_PHRASE_WORDS: usize = 10;

/// A place's name that so few records have may be a slip for one that at least [`USUAL`] have.
const RARE: u32 = 2;
const USUAL: u32 = 30;
/// Shorter names have too many neighbours.
const SHORTEST_MENDED: usize = 6;
/// A facet with so many countries says where things come from.
const FEWEST_COUNTRIES: usize = 3;

/// A value, or several that a question can't tell apart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub(super) facet: usize,
    /// As the list writes them.
    pub(super) values: Vec<String>,
    /// As it is shown.
    pub(super) label: String,
    /// Whether it stands inside longer values, so that only a mention finds all of them.
    pub(super) inside: bool,
    /// Whether it is only a part of what the value covers (`desk` of `Tables & desks`): it is searched by
    /// as well.
    pub(super) part: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Sense {
    Facet(usize),
    Value(Value),
    More(usize),
    Less(usize),
    Most(usize),
    Least(usize),
    High(usize),
    Low(usize),
    Measure(usize),
    Ask(usize),
    /// A whole demand, by its place among the pack's phrases.
    Demand(usize),
    /// A taste, by its place among the pack's.
    Soft(usize),
    /// What a record is called: it narrows nothing down.
    Item,
    Document,
}

/// A shorter identifier is a number like any other.
const SHORTEST_ID: usize = 5;

/// What the words of questions mean for one list.
pub struct Lexicon {
    pub(super) facets: Vec<Facet>,
    pub(super) names: Names,
    pub(super) text: TextWords,
    pub(super) demands: Vec<(PhraseRules, usize)>,
    pub(super) soft: Vec<Vec<String>>,
    /// The stems of all words that soft ones stand for.
    tastes: HashSet<String>,
    pub(super) heads: HashSet<String>,
    /// The stems of words that stand for no value.
    pub(super) generic: HashSet<String>,
    pub(super) cues: Vec<(String, usize)>,
    /// Facets that say where something comes from.
    pub(super) places: Vec<usize>,
    /// The regions of countries, of the column that says where things come from.
    pub(super) regions: HashMap<&'static str, Vec<String>>,
    pub(super) vague: Vec<String>,
    pub(super) off_topic: Vec<String>,
    pub(super) currency: String,
    pub(super) per: Option<Per>,
    pub(super) ids: Vec<ItemId>,
    pub(super) positions: HashMap<ItemId, usize>,
    /// By record: what it is called, and who makes it.
    pub(super) titles: Vec<(String, String)>,
    phrases: HashMap<String, Vec<Sense>>,
    longest: usize,
    spellings: Spellings,
    quick_replies: Vec<(String, Vec<Intent>)>,
}

impl Lexicon {
    /// Learns the words of `catalog`, and those of `rules` that mean something for it.
    #[must_use]
    pub fn new(rules: &QuestionRules, catalog: &ItemCatalog) -> Self {
        let facets = facet::facets(rules, catalog);
        let mut phrases = Phrases::default();
        let generic: HashSet<String> = rules.generic.iter().map(|word| token::key(word)).collect();
        for item in &rules.items {
            phrases.add(item, &Sense::Item);
        }
        add_fields(&facets, &mut phrases);
        add_brands(&facets[BRAND], rules, &mut phrases);
        add_categories(&facets[CATEGORY], catalog.items.len(), &generic, &mut phrases);
        for (index, facet) in facets.iter().enumerate().skip(facet::RATING + 1) {
            add_values(index, facet, &generic, &mut phrases);
        }
        facets.iter().enumerate().for_each(|(index, facet)| mend_values(index, facet, &mut phrases));
        let demands = add_demands(rules, &facets, &mut phrases);
        for (index, soft) in rules.soft.iter().enumerate() {
            soft.words.iter().for_each(|word| phrases.add_new(word, &Sense::Soft(index)));
        }
        for word in &rules.documents {
            phrases.add_new(word, &Sense::Document);
        }
        for synonym in &rules.synonyms {
            let senses = phrases.senses.get(&token::key(&synonym.means)).cloned().unwrap_or_default();
            for (word, sense) in
                synonym.words.iter().flat_map(|word| senses.iter().map(move |sense| (word, sense)))
            {
                phrases.add(word, sense);
            }
        }

        let single_words = phrases.senses.keys().filter(|key| !key.contains(' ')).map(String::as_str);
        let mut text = TextWords::watching(catalog.items.len(), single_words);
        let mut names = Names::default();
        for (index, item) in (0..).zip(&catalog.items) {
            names.add(&item.name, index);
            // `plan 11677`: an identifier names its record, a plain count doesn't.
            if item.id.0.len() >= SHORTEST_ID && item.id.0.contains(|c: char| c.is_ascii_digit()) {
                names.add(&item.id.0, index);
            }
            text.add(&item.description);
            let texts = item.attributes.iter().filter(|attribute| attribute.number.is_none());
            // An address has words, but says none.
            for attribute in texts.filter(|attribute| !attribute.value.contains("://")) {
                text.add(&attribute.value);
            }
        }
        for (value, _) in [BRAND, CATEGORY].iter().flat_map(|&index| values(&facets[index])) {
            text.add(value);
        }

        let spellings = spellings(&phrases, &names, &text);
        let has = |name: &str| {
            facets.iter().any(|facet| {
                !matches!(facet.kind, FacetKind::Other) && facet.rules.names.iter().any(|known| known == name)
            })
        };
        let places = places(&facets);
        let origin = places.iter().find(|facet| facets[**facet].rules.inside);
        Self {
            names,
            text,
            regions: origin
                .map(|origin| within::regions(&facets[*origin], &catalog.items, &generic))
                .unwrap_or_default(),
            places,
            demands,
            tastes: rules.soft.iter().flat_map(|soft| &soft.search).map(|word| token::key(word)).collect(),
            soft: rules.soft.iter().map(|soft| soft.search.clone()).collect(),
            generic: generic.clone(),
            heads: rules.heads.iter().map(|word| token::key(word)).collect(),
            cues: facets
                .iter()
                .enumerate()
                .flat_map(|(index, facet)| facet.rules.cues.iter().map(move |cue| (token::fold(cue), index)))
                .collect(),
            vague: folded(english::VAGUE.iter().copied().chain(rules.vague.iter().map(String::as_str))),
            off_topic: folded(
                english::OFF_TOPIC.iter().copied().chain(rules.off_topic.iter().map(String::as_str)),
            ),
            currency: catalog.currency.clone(),
            per: Per::read(&catalog.price_unit),
            ids: catalog.items.iter().map(|item| item.id.clone()).collect(),
            positions: catalog
                .items
                .iter()
                .enumerate()
                .map(|(index, item)| (item.id.clone(), index))
                .collect(),
            titles: catalog.items.iter().map(|item| (item.name.clone(), item.brand.clone())).collect(),
            longest: phrases.longest,
            phrases: phrases.senses,
            spellings,
            quick_replies: rules
                .quick_replies
                .iter()
                .filter(|reply| reply.field.as_deref().is_none_or(has))
                .map(|reply| (reply.text.clone(), reply.after.clone()))
                .collect(),
            facets,
        }
    }

    /// What the person may want to ask after a question with this intent, from the pack and only about
    /// what the list has.
    #[must_use]
    pub fn quick_replies(&self, after: Intent) -> Vec<String> {
        let fits = |(_, intents): &&(String, Vec<Intent>)| intents.contains(&after);
        self.quick_replies.iter().filter(fits).map(|(text, _)| text.clone()).collect()
    }

    pub(super) fn senses(&self, key: &str) -> &[Sense] {
        self.phrases.get(key).map_or(&[], Vec::as_slice)
    }

    /// How many words the longest phrase has.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Whether the pack takes the word for an impression, which is searched by and never demanded.
    #[must_use]
    pub fn is_impression(&self, word: &str) -> bool {
        self.senses(&token::key(word)).iter().any(|sense| matches!(sense, Sense::Soft(_)))
    }

    /// Whether the list or the pack has any use for the word.
    pub(super) fn knows(&self, stem: &str) -> bool {
        self.phrases.contains_key(stem)
            || self.names.has_word(stem)
            || self.text.mentions(stem)
            || self.tastes.contains(stem)
    }

    /// The list's word that was meant by one that nobody knows.
    pub(super) fn mend(&self, text: &str, stem: &str) -> Option<&str> {
        let known = self.knows(stem)
            || english::is_stop(text)
            || english::number_word(text).is_some()
            || english::ORDINARY.contains(&text);
        if known { None } else { self.spellings.mend(stem).or_else(|| self.spellings.mend(text)) }
    }

    /// The word of the texts that was meant by one that nobody knows: two letters swapped, or one left out. Only
    /// these slips, because all words of all texts are many.
    pub(super) fn mend_by_text(&self, typed: &token::Token) -> Option<String> {
        let known = self.knows(&typed.stem)
            || english::is_stop(&typed.text)
            || english::number_word(&typed.text).is_some()
            || english::ORDINARY.contains(&typed.text.as_str());
        if known || typed.capital {
            return None;
        }
        let mut found = None;
        for candidate in super::spelling::slips(&typed.text) {
            if self.text.writes_small(&token::stem(&candidate)) {
                if found.is_some() {
                    return None;
                }
                found = Some(candidate);
            }
        }
        found
    }

    /// Whether a word can only be a name: no text has it in small letters, and it has no other meaning.
    pub(super) fn tells_a_name(&self, text: &str, stem: &str) -> bool {
        stem.chars().count() > 2
            && !stem.chars().all(|char| char.is_ascii_digit())
            && !english::is_stop(text)
            && !english::ORDINARY.contains(&text)
            && english::number_word(text).is_none()
            && !self.text.writes_small(stem)
            && !self.phrases.contains_key(stem)
    }

    pub(super) fn figure(&self, facet: usize, item: usize) -> Option<Decimal> {
        self.facets[facet].figure(item)
    }
}

/// The words that a slip may have been meant for: those that narrow down, and names that are no words.
fn spellings(phrases: &Phrases, names: &Names, text: &TextWords) -> Spellings {
    let mut places = HashSet::new();
    let mut words: Vec<&str> =
        names.words().filter(|word| word.len() > 5 && !text.writes_small(word)).collect();
    for (key, senses) in &phrases.senses {
        let value = senses.iter().find_map(|sense| match sense {
            Sense::Value(value) => Some(value),
            _ => None,
        });
        let narrows = senses.iter().any(|sense| {
            !matches!(
                sense,
                Sense::Soft(_) | Sense::Document | Sense::Ask(_) | Sense::High(_) | Sense::Low(_)
            )
        });
        if value.is_some() || (narrows && !key.contains(' ')) {
            words.extend(key.split(' '));
        }
        if value.is_some_and(|value| value.facet > facet::RATING && !text.writes_small(key)) {
            places.insert(key.clone());
        }
    }
    Spellings::new(words.into_iter(), places)
}

#[derive(Default)]
struct Phrases {
    senses: HashMap<String, Vec<Sense>>,
    longest: usize,
}

impl Phrases {
    fn add(&mut self, phrase: &str, sense: &Sense) {
        self.add_key(token::key(phrase), sense.clone());
    }

    /// Adds it unless the phrase means something already.
    fn add_new(&mut self, phrase: &str, sense: &Sense) {
        let key = token::key(phrase);
        if !self.senses.contains_key(&key) {
            self.add_key(key, sense.clone());
        }
    }

    fn add_key(&mut self, key: String, sense: Sense) {
        let words = key.split(' ').count();
        if key.is_empty() || words > MAX_PHRASE_WORDS {
            return;
        }
        self.longest = self.longest.max(words);
        let senses = self.senses.entry(key).or_default();
        if let Sense::Value(value) = &sense {
            let same = senses.iter_mut().find_map(|known| match known {
                Sense::Value(known) if known.facet == value.facet => Some(known),
                _ => None,
            });
            if let Some(known) = same {
                let new: Vec<String> =
                    value.values.iter().filter(|value| !known.values.contains(value)).cloned().collect();
                known.values.extend(new);
                known.part &= value.part;
                known.inside &= value.inside;
                return;
            }
        }
        if !senses.contains(&sense) {
            senses.push(sense);
        }
    }
}

fn folded<'a>(phrases: impl Iterator<Item = &'a str>) -> Vec<String> {
    let texts =
        |phrase| token::tokenize(phrase).into_iter().map(|token| token.text).collect::<Vec<_>>().join(" ");
    phrases.map(|phrase| format!(" {} ", texts(phrase))).collect()
}

fn values(facet: &Facet) -> &[(String, u32)] {
    match &facet.kind {
        FacetKind::Text { values } => values,
        _ => &[],
    }
}

fn add_fields(facets: &[Facet], phrases: &mut Phrases) {
    for (index, facet) in facets.iter().enumerate() {
        let rules = &facet.rules;
        phrases.add(&facet.name, &Sense::Facet(index));
        let groups = [
            (&rules.words, Sense::Facet(index)),
            (&rules.more, Sense::More(index)),
            (&rules.less, Sense::Less(index)),
            (&rules.most, Sense::Most(index)),
            (&rules.least, Sense::Least(index)),
            (&rules.high, Sense::High(index)),
            (&rules.low, Sense::Low(index)),
            (&rules.measure, Sense::Measure(index)),
            (&rules.ask, Sense::Ask(index)),
        ];
        for (words, sense) in groups {
            for word in words {
                phrases.add(word, &sense);
            }
        }
    }
}

/// Brands, and what is left of them without `Coffee Roasters` or `Ltd`. Where several makers stand in one
/// field (`A/B`), each is a brand of its own.
fn add_brands(facet: &Facet, rules: &QuestionRules, phrases: &mut Phrases) {
    let endings: HashSet<String> = rules.brand_endings.iter().map(|word| token::key(word)).collect();
    let among_others: HashSet<&str> = values(facet)
        .iter()
        .filter(|(brand, _)| brand.contains('/'))
        .flat_map(|(brand, _)| makers(brand))
        .collect();
    for (brand, _) in values(facet) {
        for maker in makers(brand) {
            let inside = among_others.contains(maker);
            let stems = token::stems(maker);
            let kept =
                stems.iter().rposition(|stem| !endings.contains(stem)).map_or(stems.len(), |last| last + 1);
            let value = if inside { maker } else { brand };
            let sense = |label: &str| {
                Sense::Value(Value {
                    facet: BRAND,
                    values: vec![value.to_owned()],
                    label: label.to_owned(),
                    inside,
                    part: false,
                })
            };
            phrases.add_key(stems.join(" "), sense(maker));
            if kept < stems.len() {
                phrases.add_key(stems[..kept].join(" "), sense(maker));
            }
            // `Simon Hsieh` of `Simon Hsieh's Aroma Roast Coffees`.
            if kept > 2 && stems[..2].iter().all(|stem| stem.len() > 3) {
                phrases.add_key(stems[..2].join(" "), sense(maker));
            }
        }
    }
}

/// `A/B` are two.
fn makers(brand: &str) -> impl Iterator<Item = &str> {
    brand.split('/').map(str::trim).filter(|maker| !maker.is_empty())
}

/// Categories and the things that they list: `Bookcases & shelving units` has bookcases, shelving units
/// and shelving.
fn add_categories(facet: &Facet, items: usize, generic: &HashSet<String>, phrases: &mut Phrases) {
    for (category, count) in values(facet) {
        let whole = token::key(category);
        #[expect(clippy::cast_precision_loss, reason = "a share of records needs no more than 52 bits")]
        let shared = f64::from(*count) >= SHARED_BY_ALL * items as f64;
        if shared {
            phrases.add_key(whole, Sense::Item);
            continue;
        }
        let sense = |part: bool, label: &str| {
            Sense::Value(Value {
                facet: CATEGORY,
                values: vec![category.clone()],
                label: label.to_owned(),
                inside: false,
                part,
            })
        };
        for part in category.split(['&', ',', '/']).flat_map(|part| part.split(" and ")) {
            let stems = token::stems(part);
            let key = stems.join(" ");
            let is_whole = key == whole;
            phrases.add_key(key, sense(!is_whole, category));
            if let [first @ .., last] = stems.as_slice()
                && !first.is_empty()
                && generic.contains(last)
            {
                phrases.add_key(first.join(" "), sense(true, category));
            }
        }
        phrases.add_key(whole, sense(false, category));
    }
}

/// The values of an attribute; where words inside them stand for it, those as well.
fn add_values(index: usize, facet: &Facet, generic: &HashSet<String>, phrases: &mut Phrases) {
    let sense = |text: &str, inside: bool| {
        Sense::Value(Value {
            facet: index,
            values: vec![text.to_owned()],
            label: text.to_owned(),
            inside,
            part: false,
        })
    };
    for (value, _) in values(facet) {
        let tokens = token::tokenize(value);
        let words: Vec<&token::Token> = tokens.iter().filter(|token| token.spells()).collect();
        let digits = words.iter().all(|word| word.number().is_some());
        if words.is_empty() || digits || words[0].text == "no" {
            continue;
        }
        phrases.add_key(token::key(value), sense(value, facet.rules.inside));
        if !facet.rules.inside {
            continue;
        }
        for start in 0..words.len() {
            for end in start + 1..=words.len().min(start + MAX_INSIDE_WORDS) {
                let run = &words[start..end];
                let telling = |word: &token::Token| {
                    word.text.chars().count() > 3
                        && !generic.contains(&word.stem)
                        && !english::is_stop(&word.text)
                };
                let last = run[run.len() - 1];
                let written: String = value.chars().skip(run[0].from).take(last.to - run[0].from).collect();
                if telling(run[0]) && telling(last) && !written.starts_with(char::is_lowercase) {
                    let key: Vec<&str> = run.iter().map(|word| word.stem.as_str()).collect();
                    phrases.add_key(key.join(" "), sense(&written, true));
                }
            }
        }
    }
}

/// The list's own slips: what one or two records call `Ethopia` and a hundred `Ethiopia` are one place.
fn mend_values(index: usize, facet: &Facet, phrases: &mut Phrases) {
    if !facet.rules.inside {
        return;
    }
    let mut counts: HashMap<String, u32> = HashMap::new();
    for (value, count) in values(facet) {
        for word in token::stems(value).into_iter().filter(|word| word.len() >= SHORTEST_MENDED) {
            *counts.entry(word).or_default() += count;
        }
    }
    let usual: Vec<&String> =
        counts.iter().filter(|(_, count)| **count >= USUAL).map(|(word, _)| word).collect();
    for (word, _) in counts.iter().filter(|(_, count)| **count <= RARE) {
        let Some(meant) = usual.iter().find(|usual| super::spelling::is_one_slip(word, usual)) else {
            continue;
        };
        let of = |key: &str| {
            phrases.senses.get(key).into_iter().flatten().find_map(|sense| match sense {
                Sense::Value(value) if value.facet == index => Some(value.clone()),
                _ => None,
            })
        };
        if let (Some(slip), Some(meant_value)) = (of(word), of(meant.as_str())) {
            let value = Value { values: [meant_value.values.clone(), slip.values].concat(), ..meant_value };
            for key in [word, *meant] {
                for sense in phrases.senses.get_mut(key.as_str()).into_iter().flatten() {
                    if matches!(sense, Sense::Value(known) if known.facet == index) {
                        *sense = Sense::Value(value.clone());
                    }
                }
            }
        }
    }
}

/// Facets with values of several countries, or with a country for a value and words that announce one.
fn places(facets: &[Facet]) -> Vec<usize> {
    let says_where = |facet: &Facet| {
        let words = values(facet).iter().flat_map(|(value, _)| token::stems(value));
        let found: HashSet<&str> = words.filter_map(|word| super::country::country(&word)).collect();
        let whole =
            || values(facet).iter().any(|(value, _)| super::country::country(&token::key(value)).is_some());
        found.len() >= FEWEST_COUNTRIES || (!facet.rules.cues.is_empty() && whole())
    };
    (facet::RATING + 1..facets.len()).filter(|&index| says_where(&facets[index])).collect()
}

fn add_demands(rules: &QuestionRules, facets: &[Facet], phrases: &mut Phrases) -> Vec<(PhraseRules, usize)> {
    let mut demands = Vec::new();
    for phrase in &rules.phrases {
        let facet = facets.iter().position(|facet| {
            let stated =
                !matches!(facet.kind, FacetKind::Other) || matches!(facet.field, Field::Attribute(_));
            stated && facet.rules.names.contains(&phrase.field)
        });
        if let Some(facet) = facet {
            phrase.words.iter().for_each(|word| phrases.add(word, &Sense::Demand(demands.len())));
            demands.push((phrase.clone(), facet));
        }
    }
    demands
}
