//! From a reading to the records that answer it: exact demands first, then how well the words fit.
//!
//! The rule that holds whatever an index says: a record is shown as fitting only when it meets every demand.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use rust_decimal::Decimal;
use sextant_domain::{Condition, Field, Intent, Item, Reading, Sort, Test};
use sextant_retrieval::index::{Allowed, Covering, Hit, mix};
use sextant_store::{Matches, Store, StoreError};

use super::kinds::is_category;
use super::records::bound;
use super::subject::Subject;

/// How many records are shown.
const SHOWN: usize = 5;
/// How many the words are asked for, to be mixed and sorted.
const CANDIDATES: usize = 1024;
/// How much meaning counts beside words. Another share may suit a domain better.
const MEANING_WEIGHT: f32 = 0.3;
/// The cosine from which a record counts as a near miss in meaning.
const NEAR_IN_MEANING: f32 = 0.35;
/// Words for rooms say where a thing stands more than what it is.
const ROOMS: &[&str] =
    &["dining", "kitchen", "living", "bedroom", "bathroom", "hallway", "hall", "study", "studio", "lounge"];
/// A thing of another colour is another thing.
const COLOURS: &[&str] = &[
    "pink",
    "red",
    "blue",
    "green",
    "yellow",
    "orange",
    "purple",
    "violet",
    "turquoise",
    "white",
    "black",
    "grey",
    "gray",
    "brown",
    "beige",
    "gold",
    "golden",
    "silver",
    "cream",
    "navy",
];
/// The most records that a named comparison holds.
const COMPARED: usize = 6;

/// What a list has for a reading.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Found {
    /// Positions in the list, the best first; each meets every demand.
    pub(super) positions: Vec<u32>,
    /// How many meet the demands, and the words where these decide.
    pub(super) matching: u32,
    /// Where none does.
    pub(super) nearest: Option<Nearest>,
}

/// The record that comes nearest to what was asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Nearest {
    pub(super) position: u32,
    /// Places in the reading's conditions.
    pub(super) met: Vec<usize>,
    pub(super) missed: Vec<usize>,
    /// It has none of the words, and means the most like them.
    pub(super) by_meaning: bool,
}

/// The part of a look-up that needs no vector, so that it runs while the question is being embedded.
#[derive(Debug)]
pub(super) struct Looked {
    matches: Matches,
    covering: Covering,
}

/// Exact demands and words. Blocks for as long as the database takes.
pub(super) fn look(subject: &Subject, store: &Store, reading: &Reading) -> Result<Looked, StoreError> {
    let size = subject.catalog.items.len();
    // Ordered in memory and in part, once the words have decided among them.
    let matches = store.filter_items(&subject.id, &reading.conditions, &Sort::Relevance, size)?;
    let allowed = (!reading.conditions.is_empty() && matches.total > 0)
        .then(|| Allowed::from_positions(subject.index.entries(), matches.positions.iter().copied()));
    let words = ranking_words(reading);
    let covering = if words.is_empty() {
        Covering::default()
    } else {
        subject.index.search_covering(&words, allowed.as_ref(), CANDIDATES)
    };
    Ok(Looked { matches, covering })
}

/// The words to rank by: those that are left of the question; where none is, what kind of thing it asks for, so
/// that of all that is filed under sofas, what calls itself a sofa comes before its cover.
fn ranking_words(reading: &Reading) -> String {
    let words = reading.words.trim();
    if !words.is_empty() {
        return words.to_owned();
    }
    kinds_asked_for(reading)
}

/// The records for a reading. `query` is the vector of its words, where there is one.
pub(super) fn find(subject: &Subject, reading: &Reading, looked: Looked, query: Option<&[f32]>) -> Found {
    if matches!(reading.intent, Intent::Details | Intent::Compare) {
        let named: Vec<u32> =
            reading.named.iter().filter_map(|id| subject.position(id)).take(COMPARED).collect();
        if !named.is_empty() {
            let matching = u32::try_from(named.len()).unwrap_or(u32::MAX);
            return Found { positions: named, matching, nearest: None };
        }
    }
    let Looked { matches, covering } = looked;
    if matches.total == 0 {
        return Found {
            nearest: nearest(subject, reading, &covering.hits, misses_among(&matches, &HashSet::new())),
            ..Found::default()
        };
    }
    let asked_for_words = !reading.words.trim().is_empty();
    let mut thing = Thing::of(subject, reading, &matches);
    if thing.is_missing {
        // There are such things, and none of them meets the demands: the covers of sofas are no sofas.
        let near = nearest(subject, reading, &covering.hits, misses_among(&matches, &thing.called));
        return Found { nearest: near, ..Found::default() };
    }
    let mut covered = covering.entries;
    let mut hits = covering.hits;
    match told(subject, reading, &matches, &mut thing) {
        Told::Hits(told) => {
            covered = told.entries;
            hits = told.hits;
        }
        Told::Nowhere(hits) => {
            let having: HashSet<u32> = hits.iter().map(|hit| hit.position).collect();
            let near = nearest(subject, reading, &hits, misses_among(&matches, &having));
            return Found { nearest: near, ..Found::default() };
        }
        Told::Nothing => {}
    }
    let mut hits = by_meaning(subject, hits, query);
    let called = &thing.called;
    if !called.is_empty() && !hits.is_empty() {
        // Stable: what is called so comes first, in its order.
        hits.sort_by_key(|hit| !called.contains(&hit.position));
        let so_called = hits.iter().filter(|hit| called.contains(&hit.position)).count();
        if so_called > 0 && (asked_for_words || reading.sort != Sort::Relevance) {
            hits.truncate(so_called);
            covered = covered.min(u32::try_from(so_called).unwrap_or(u32::MAX));
        } else if so_called == 0 && asked_for_words {
            // What has more of the words and isn't the thing: a cushion for an armchair.
            hits.clear();
        }
    }
    let (positions, matching) = if hits.is_empty() {
        // An unknown word beside a known thing leaves the thing.
        let is_unknown = called.is_empty() && (reading.sort == Sort::Relevance || subject.has_labels());
        if asked_for_words && reading.conditions.is_empty() && is_unknown {
            return Found { nearest: nearest_meaning(subject, query), ..Found::default() };
        }
        // Words that no record has say nothing about any of them.
        let mut positions = matches.positions;
        if !called.is_empty() {
            positions.retain(|position| called.contains(position));
        }
        let matching = u32::try_from(positions.len()).unwrap_or(u32::MAX);
        (positions, matching)
    } else if asked_for_words {
        (hits.iter().map(|hit| hit.position).collect(), covered)
    } else {
        let mut positions: Vec<u32> = hits.iter().map(|hit| hit.position).collect();
        if reading.sort == Sort::Relevance || called.is_empty() {
            let there: HashSet<u32> = positions.iter().copied().collect();
            positions.extend(matches.positions.iter().filter(|position| !there.contains(position)));
        }
        (positions, matches.total)
    };
    let figure = |position: u32, field: &Field| subject.item(position).and_then(|item| field.number(item));
    let meets = |position: &u32| meets(subject, *position, &reading.conditions);
    // What has no such figure can't lead by it, and is left out.
    let positions = match &reading.sort {
        Sort::Relevance if hits.is_empty() => {
            first(positions, |position| subject.item(position).map(by_worth), meets)
        }
        Sort::Relevance => positions.into_iter().filter(meets).take(SHOWN).collect(),
        Sort::By { field, descending: true } => {
            first(positions, |position| figure(position, field).map(Reverse), meets)
        }
        Sort::By { field, descending: false } => first(positions, |position| figure(position, field), meets),
    };
    let matching = if positions.is_empty() { 0 } else { matching };
    Found { positions, matching, nearest: None }
}

/// What kind of thing a reading asks for, by what records are called.
struct Thing {
    /// Empty where the list calls nothing so.
    called: HashSet<u32>,
    /// Whether no record that meets the demands is called so.
    is_missing: bool,
    /// Whether a category said so, of which the list may call things otherwise.
    by_category: bool,
    /// The words beside it.
    telling: Vec<String>,
}

impl Thing {
    fn of(subject: &Subject, reading: &Reading, matches: &Matches) -> Self {
        let allowed = Allowed::from_positions(subject.index.entries(), matches.positions.iter().copied());
        let kinds = kinds_asked_for(reading);
        // Beside a category, a thing is what the last word calls it: `glass doors bookshelf` is no door.
        let called_by = if kinds.is_empty() {
            reading.words.as_str()
        } else {
            reading.words.split_whitespace().last().unwrap_or_default()
        };
        let by_words = subject.called(called_by);
        let telling = subject.telling(&reading.words);
        if by_words.iter().any(|position| allowed.contains(*position)) {
            return Self { called: by_words, is_missing: false, by_category: false, telling };
        }
        if kinds.is_empty() {
            let is_missing = !by_words.is_empty() && !reading.conditions.is_empty();
            return Self { called: by_words, is_missing, by_category: false, telling };
        }
        let by_category = subject.called_in_category(&kinds, |position| is_filed(subject, reading, position));
        let fits = by_category.iter().any(|position| allowed.contains(*position));
        let telling = reading.words.split_whitespace().map(str::to_owned).collect();
        Self {
            called: if fits { by_category } else { HashSet::new() },
            is_missing: false,
            by_category: true,
            telling,
        }
    }
}

/// What the words beside the thing say.
enum Told {
    /// The things that have the most of them.
    Hits(Covering),
    /// Records outside the demands have them, and none within.
    Nowhere(Vec<Hit>),
    /// There are none, or no record has any.
    Nothing,
}

/// A word that tells one thing from another must be met before anything is ordered or filled up: of `extendable
/// dining table`, the tables that are extendable. Words for rooms count after the others.
fn told(subject: &Subject, reading: &Reading, matches: &Matches, thing: &mut Thing) -> Told {
    if thing.telling.is_empty() {
        return Told::Nothing;
    }
    let things = matches
        .positions
        .iter()
        .copied()
        .filter(|position| thing.called.is_empty() || thing.called.contains(position));
    let allowed = Allowed::from_positions(subject.index.entries(), things);
    let (rooms, strong): (Vec<&String>, Vec<&String>) =
        thing.telling.iter().partition(|word| ROOMS.contains(&word.to_lowercase().as_str()));
    let joined = |words: &[&String]| words.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(" ");
    for words in [joined(&strong), joined(&rooms)] {
        if words.is_empty() {
            continue;
        }
        let mut covering = subject.index.search_covering(&words, Some(&allowed), CANDIDATES);
        if covering.covered == 0 && thing.by_category {
            // Of beds, those that are called bed frames.
            let nouns = kinds_asked_for(reading);
            let filed = matches.positions.iter().copied();
            let filed = filed.filter(|position| {
                subject.is_labelled(*position, &nouns) || subject.is_called(*position, &words)
            });
            let filed = Allowed::from_positions(subject.index.entries(), filed);
            covering = subject.index.search_covering(&words, Some(&filed), CANDIDATES);
            if covering.covered > 0 {
                thing.called.clear();
            }
        }
        if covering.covered > 0 {
            // What a thing is called by says more than what its text goes on about.
            let labelled: Vec<Hit> = covering
                .hits
                .iter()
                .filter(|hit| subject.is_labelled(hit.position, &words))
                .copied()
                .collect();
            if !labelled.is_empty() && subject.has_labels() {
                covering.entries = u32::try_from(labelled.len()).unwrap_or(u32::MAX);
                covering.hits = labelled;
            }
            let having = Allowed::from_positions(
                subject.index.entries(),
                covering.hits.iter().map(|hit| hit.position),
            );
            covering.hits = subject.index.search(&reading.words, Some(&having), CANDIDATES);
            return Told::Hits(covering);
        }
        let demanded: Vec<&str> =
            words.split(' ').filter(|word| !subject.lexicon.is_impression(word)).collect();
        if subject.has_labels() && !demanded.is_empty() && words == joined(&strong) {
            let elsewhere = subject.index.search_covering(&demanded.join(" "), None, CANDIDATES);
            let is_such = |position: u32| {
                thing.called.contains(&position)
                    || is_filed(subject, reading, position)
                    || demanded.iter().any(|word| COLOURS.contains(&word.to_lowercase().as_str()))
            };
            let such: Vec<Hit> = elsewhere
                .hits
                .into_iter()
                .filter(|hit| is_such(hit.position) && subject.is_labelled(hit.position, &words))
                .collect();
            if !such.is_empty() && (!thing.called.is_empty() || !reading.conditions.is_empty()) {
                return Told::Nowhere(such);
            }
        }
    }
    Told::Nothing
}

/// Whether a record is in a category that is asked for.
fn is_filed(subject: &Subject, reading: &Reading, position: u32) -> bool {
    let Some(item) = subject.item(position) else { return false };
    let mut filed = reading
        .conditions
        .iter()
        .filter(|condition| is_category(condition))
        .map(|condition| condition.is_met_by(item))
        .peekable();
    filed.peek().is_some() && filed.all(|is_met| is_met)
}

/// The names of the categories that a reading demands.
fn kinds_asked_for(reading: &Reading) -> String {
    let kinds = reading.conditions.iter().filter(|condition| is_category(condition));
    let kinds = kinds.filter_map(|condition| match &condition.test {
        Test::OneOf(values) | Test::Mentions(values) => Some(values.join(" ")),
        _ => None,
    });
    kinds.collect::<Vec<_>>().join(" ")
}

/// Whether a record meets every demand.
pub(super) fn meets(subject: &Subject, position: u32, conditions: &[Condition]) -> bool {
    subject.item(position).is_some_and(|item| conditions.iter().all(|condition| condition.is_met_by(item)))
}

/// The same hits, ordered by their meaning as well.
fn by_meaning(subject: &Subject, hits: Vec<Hit>, query: Option<&[f32]>) -> Vec<Hit> {
    let Some(query) = query.filter(|_| hits.len() > 1) else { return hits };
    let among = Allowed::from_positions(subject.index.entries(), hits.iter().map(|hit| hit.position));
    let meaning = subject.meaning.vectors().nearest(query, Some(&among), CANDIDATES);
    if meaning.is_empty() { hits } else { mix(&hits, &meaning, MEANING_WEIGHT, CANDIDATES) }
}

/// The few with the smallest keys that are shown, of equal ones the first; what has no key is left out. Sorting
/// all of a long list for them takes tens of milliseconds.
fn first<K: Ord>(
    positions: Vec<u32>,
    key: impl Fn(u32) -> Option<K>,
    is_shown: impl Fn(&u32) -> bool,
) -> Vec<u32> {
    let keyed =
        (0_u32..).zip(positions).filter_map(|(place, position)| Some((key(position)?, place, position)));
    let mut heap: BinaryHeap<Reverse<(K, u32, u32)>> = keyed.map(Reverse).collect();
    std::iter::from_fn(|| heap.pop())
        .map(|Reverse((.., position))| position)
        .filter(is_shown)
        .take(SHOWN)
        .collect()
}

/// Where no record has any of the words: the one whose text means the most like them, if it comes near.
fn nearest_meaning(subject: &Subject, query: Option<&[f32]>) -> Option<Nearest> {
    let hit = subject.meaning.vectors().nearest(query?, None, 1).into_iter().next()?;
    (hit.score >= NEAR_IN_MEANING).then_some(Nearest {
        position: hit.position,
        met: Vec::new(),
        missed: Vec::new(),
        by_meaning: true,
    })
}

/// What comes first where nothing else says: rated highest, then cheapest.
fn by_worth(item: &Item) -> (Reverse<Option<Decimal>>, bool, Option<sextant_domain::Money>) {
    (Reverse(item.rating), item.price.is_none(), item.price)
}

/// The record that misses the fewest demands, and those by the least. `missed` says how many one misses, and
/// nothing of a record that is out of the question.
fn nearest(
    subject: &Subject,
    reading: &Reading,
    hits: &[Hit],
    missed: impl Fn(u32) -> Option<usize>,
) -> Option<Nearest> {
    if reading.conditions.is_empty() {
        return None;
    }
    let ranks: HashMap<u32, usize> = hits.iter().map(|hit| hit.position).zip(0..).collect();
    let rank = |position: u32| ranks.get(&position).copied().unwrap_or(usize::MAX);
    let mut fewest = usize::MAX;
    let mut near: Vec<u32> = Vec::new();
    for (position, missed) in (0..subject.index.entries()).filter_map(|it| Some((it, missed(it)?))) {
        if missed < fewest {
            fewest = missed;
            near.clear();
        }
        if missed == fewest {
            near.push(position);
        }
    }
    // What isn't a figure is missed by 1 wherever it is missed: only figures need a look.
    let figures: Vec<&Condition> =
        reading.conditions.iter().filter(|condition| bound(condition).is_some()).collect();
    let (position, ..) = near
        .into_iter()
        .filter_map(|position| {
            let item = subject.item(position)?;
            let missed = figures.iter().filter(|condition| !condition.is_met_by(item));
            let less_than_one: f64 = missed.map(|condition| distance(item, condition) - 1.0).sum();
            Some((position, less_than_one, rank(position)))
        })
        .min_by(|(_, a, rank_a), (_, b, rank_b)| a.total_cmp(b).then(rank_a.cmp(rank_b)))?;
    let item = subject.item(position)?;
    let (met, missed): (Vec<usize>, Vec<usize>) =
        (0..reading.conditions.len()).partition(|place| reading.conditions[*place].is_met_by(item));
    // Who meets nothing of it isn't near.
    (!met.is_empty() || missed.iter().any(|place| distance(item, &reading.conditions[*place]) < 1.0))
        .then_some(Nearest { position, met, missed, by_meaning: false })
}

/// How many demands a record of the set misses; an empty set stands for the whole list.
fn misses_among<'a>(matches: &'a Matches, set: &'a HashSet<u32>) -> impl Fn(u32) -> Option<usize> + 'a {
    move |position| {
        let missed = matches.missed.get(position as usize)?;
        (set.is_empty() || set.contains(&position)).then_some(usize::from(*missed))
    }
}

/// By how much a figure misses its bound, as a share of the bound; 1 for what isn't a figure.
fn distance(item: &Item, condition: &Condition) -> f64 {
    let Some((bound, value)) = bound(condition).zip(condition.field.number(item)) else { return 1.0 };
    let scale = bound.abs().max(Decimal::ONE);
    let share = value.checked_sub(bound).and_then(|miss| miss.abs().checked_div(scale));
    // A miss without limit is as bad as a wrong word.
    share.and_then(|share| f64::try_from(share).ok()).unwrap_or(1.0).min(1.0)
}
