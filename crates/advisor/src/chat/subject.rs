//! What a chat is about: one list with all that makes it searchable.
//!
//! It is a cache of the store, made when it is first asked for, and made anew when the store has something else.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use sextant_domain::{Condition, Field, Item, ItemCatalog, ItemId, Reading, Test};
use sextant_retrieval::index::{Entry, IndexError, TextIndex, VectorIndex, terms};
use sextant_retrieval::question::Lexicon;
use sextant_store::StoreError;

use super::kinds::is_category;
use super::meaning::Meaning;
use super::{kinds, quick_replies};
use crate::pack::Pack;

/// Words that say how much or how many, for whom and wherefore, and nothing of what.
const WEIGHING: &[&str] = &[
    "strong",
    "really",
    "truly",
    "indeed",
    "nice",
    "good",
    "great",
    "well",
    "fancy",
    "lovely",
    "ideas",
    "stuff",
    "things",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "some",
    "few",
    "couple",
    "goes",
    "go",
    "fit",
    "fits",
    "next",
    "used",
    "using",
    "times",
    "month",
    "months",
    "year",
    "home",
    "house",
    "flat",
    "apartment",
    "room",
    "guest",
    "guests",
    "wife",
    "husband",
    "mum",
    "mom",
    "dad",
    "boy",
    "boys",
    "girl",
    "girls",
    "son",
    "daughter",
    "friend",
    "friends",
    "boss",
    "family",
    "mother",
    "father",
    "drink",
    "drinking",
    "drinks",
    "usually",
    "morning",
    "mornings",
    "evening",
    "evenings",
    "love",
    "loves",
    "loved",
    "like",
    "enjoy",
    "kind",
    "sort",
    "colour",
    "color",
    "coloured",
    "colored",
    "big",
    "it'll",
    "comes",
    "somewhere",
    "behind",
    "beside",
    "under",
    "treat",
    "once",
    "ideally",
    "seater",
    "sorry",
    "place",
];

/// A list that can be asked about.
pub struct Subject {
    /// As the store knows it.
    pub id: String,
    pub pack: Arc<Pack>,
    pub catalog: ItemCatalog,
    /// Questions that it can answer.
    pub suggestions: Vec<String>,
    pub(super) lexicon: Lexicon,
    pub(super) index: TextIndex,
    pub(super) meaning: Meaning,
    /// The terms of what records, their makers and their properties are called.
    pub(super) name_terms: BTreeSet<String>,
    by_id: HashMap<ItemId, u32>,
    /// Records by what they are called: `sofa` for `Corner sofa with cover`.
    called: HashMap<String, Vec<u32>>,
    has_labels: bool,
    /// By position: the words of its label, each as a kind would be; empty for prose.
    labels: Vec<Vec<String>>,
    categories: Categories,
}

/// Which records are filed together, so that what holds for a category is looked at once.
struct Categories {
    /// A record of each.
    one_of_each: Vec<u32>,
    /// By position.
    of: Vec<usize>,
}

impl Categories {
    fn of_all(items: &[Item]) -> Self {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut one_of_each = Vec::new();
        let of = (0..)
            .zip(items)
            .map(|(position, item)| {
                *places.entry(&item.category).or_insert_with(|| {
                    one_of_each.push(position);
                    one_of_each.len() - 1
                })
            })
            .collect();
        Self { one_of_each, of }
    }

    /// The place of a record's category among all.
    fn of(&self, position: u32) -> usize {
        self.of[position as usize]
    }

    /// A record of each category.
    fn each(&self) -> impl Iterator<Item = u32> {
        self.one_of_each.iter().copied()
    }
}

/// Why a list can't be asked about.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    #[error("this list is not there any more; choose another one")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Subject {
    /// Learns the list's words and opens its index under `indexes`, or builds it there.
    pub(super) fn open(
        id: &str,
        pack: Arc<Pack>,
        catalog: ItemCatalog,
        indexes: &Path,
    ) -> Result<Self, SubjectError> {
        let lexicon = Lexicon::new(&pack.question_rules, &catalog);
        let texts: Vec<(String, String)> =
            catalog.items.iter().map(|item| (title(item), body(item))).collect();
        let entries = texts.iter().map(|(title, body)| Entry { title, body });
        let place = indexes.join(id);
        let (index, _) = TextIndex::open(&place, &fingerprint(id), entries)?;
        let index = index.with_synonyms(pack.question_rules.synonym_groups());
        let meaning = Meaning::open(place, fingerprint(id), index.entries())?;
        let mut called = kinds::by_kind(&catalog);
        let has_labels = kinds::are_labels(&called, catalog.items.len());
        if !has_labels {
            called = kinds::by_name(&catalog);
        }
        let by_id = (0..).zip(&catalog.items).map(|(place, item)| (item.id.clone(), place)).collect();
        Ok(Self {
            id: id.to_owned(),
            pack,
            suggestions: quick_replies::suggestions(&catalog),
            lexicon,
            index,
            meaning,
            by_id,
            name_terms: terms(catalog.items.iter().flat_map(names)),
            called,
            has_labels,
            categories: Categories::of_all(&catalog.items),
            labels: catalog.items.iter().map(|item| kinds::label_words(&item.description)).collect(),
            catalog,
        })
    }

    pub(super) fn item(&self, position: u32) -> Option<&Item> {
        self.catalog.items.get(position as usize)
    }

    pub(super) fn position(&self, id: &ItemId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The records that are called by one of these words; empty where none of the words is what records are called.
    pub(super) fn called(&self, words: &str) -> HashSet<u32> {
        let single = kinds::kinds(words);
        // `sofa bed` is a kind of its own beside `sofa` and `bed`.
        let pairs: Vec<String> = single.windows(2).map(|pair| pair.join("-")).collect();
        let of_pairs: HashSet<u32> =
            pairs.iter().filter_map(|pair| self.kind(pair)).flatten().copied().collect();
        if !of_pairs.is_empty() {
            return of_pairs;
        }
        let head = self.head(&single).and_then(|at| self.kind(&single[at]));
        head.into_iter().flatten().copied().collect()
    }

    /// Of several words that things are called by, the one that the others only describe: the last one, as in
    /// `washable cover sofa`, unless an earlier thing has the last one as its part: a chest has drawers.
    fn head(&self, words: &[String]) -> Option<usize> {
        let is_head = |at: &usize| {
            self.kind(&words[*at]).is_some()
                && !words.get(at + 1).is_some_and(|next| self.describes(&words[*at], next))
                && (words.len() == 1 || !self.lexicon.is_impression(&words[*at]))
        };
        let heads: Vec<usize> = (0..words.len()).filter(is_head).collect();
        let (last, earlier) = heads.split_last()?;
        let has_last = |at: &&usize| {
            self.kind(&words[**at]).into_iter().flatten().filter_map(|position| self.item(*position)).any(
                |item| {
                    let label = kinds::label(&item.description).unwrap_or_default();
                    let own = label.split(" for ").next().unwrap_or_default();
                    kinds::kinds(own).contains(&words[*last])
                },
            )
        };
        Some(*earlier.iter().find(has_last).unwrap_or(last))
    }

    /// The records that are called so, unless they are too few for a kind of thing.
    fn kind(&self, kind: &str) -> Option<&Vec<u32>> {
        self.called.get(kind).filter(|records| records.len() >= kinds::FEWEST)
    }

    fn label(&self, position: u32) -> &[String] {
        self.labels.get(position as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether a word before the name of a kind only describes it, as `door` in `glass-door cabinet`.
    fn describes(&self, word: &str, kind: &str) -> bool {
        let together = [word.to_owned(), kind.to_owned()];
        self.kind(kind).is_some_and(|records| {
            records.iter().any(|position| self.label(*position).windows(2).any(|pair| pair == together))
        })
    }

    /// Whether the list's descriptions call things by what they are, and aren't prose.
    pub(super) fn has_labels(&self) -> bool {
        self.has_labels
    }

    /// The words that no record is called by: they tell the things that are called so apart.
    pub(super) fn telling(&self, words: &str) -> Vec<String> {
        let singles: Vec<&str> = words.split_whitespace().collect();
        let kinds: Vec<String> =
            singles.iter().map(|word| kinds::kinds(word).into_iter().next().unwrap_or_default()).collect();
        let pair = kinds.windows(2).position(|pair| self.kind(&pair.join("-")).is_some());
        let head = pair.map(|first| first..first + 2).or_else(|| self.head(&kinds).map(|at| at..at + 1));
        (0..singles.len())
            .filter(|at| !head.as_ref().is_some_and(|head| head.contains(at)))
            .map(|at| singles[at].to_owned())
            .collect()
    }

    /// Whether the record is called by one of the words, however few are.
    pub(super) fn is_called(&self, position: u32, words: &str) -> bool {
        let is_called = |kind: &String| {
            self.called.get(kind).is_some_and(|records| records.binary_search(&position).is_ok())
        };
        kinds::kinds(words).iter().any(is_called)
    }

    /// The records that are called by the nouns of a category, or by what most of its records add to one: of beds,
    /// the bed frames too, but of chairs no chair pads.
    pub(super) fn called_in_category(&self, nouns: &str, is_filed: impl Fn(u32) -> bool) -> HashSet<u32> {
        let nouns = kinds::kinds(nouns);
        let mut called: HashSet<u32> =
            nouns.iter().filter_map(|noun| self.kind(noun)).flatten().copied().collect();
        let filed: Vec<bool> = self.categories.each().map(is_filed).collect();
        let is_filed = |position: &u32| filed[self.categories.of(*position)];
        let own = called.iter().filter(|position| is_filed(position)).count();
        if own == 0 {
            return called;
        }
        // What most of them are called by is known before any label is read.
        for records in self.called.values().filter(|records| records.len() >= own) {
            let further: Vec<u32> = records
                .iter()
                .copied()
                .filter(|position| is_filed(position) && !called.contains(position))
                .filter(|position| !self.label(*position).is_empty())
                .collect();
            if further.len() < own {
                continue;
            }
            let begins = |position: &u32| {
                self.item(*position).is_some_and(|item| kinds::begins_with(&item.description, &nouns))
            };
            let further: Vec<u32> = further.into_iter().filter(begins).collect();
            if further.len() >= own {
                called.extend(further);
            }
        }
        called
    }

    /// Whether the record's name or label has one of the words.
    pub(super) fn is_labelled(&self, position: u32, words: &str) -> bool {
        let label = self.label(position);
        let name = || self.item(position).map(|item| kinds::kinds(&item.name)).unwrap_or_default();
        !label.is_empty()
            && kinds::kinds(&words.replace('-', " "))
                .iter()
                .any(|word| label.contains(word) || name().contains(word))
    }

    /// `rocking chair`, where a category is called chairs and things are called rocking-chair: the things are
    /// meant, wherever they are filed.
    fn pair_with_category(&self, reading: &mut Reading) {
        let is_kind = |kind: &str| self.kind(kind).is_some();
        let nouns: Vec<String> = reading
            .conditions
            .iter()
            .filter(|condition| is_category(condition))
            .filter_map(|condition| match &condition.test {
                Test::OneOf(categories) => {
                    Some(categories.iter().flat_map(|category| kinds::kinds(category)))
                }
                _ => None,
            })
            .flatten()
            .collect();
        let pair = reading.words.split_whitespace().find_map(|word| {
            let first = kinds::kinds(word).into_iter().next()?;
            let noun = nouns.iter().find(|noun| is_kind(&format!("{first}-{noun}")))?;
            Some((word.to_owned(), format!("{word} {noun}")))
        });
        if let Some((word, both)) = pair {
            let words: Vec<&str> = reading
                .words
                .split_whitespace()
                .map(|known| if known == word { both.as_str() } else { known })
                .collect();
            reading.words = words.join(" ");
            reading.conditions.retain(|condition| !is_category(condition));
        }
    }

    /// `desk for two people`: seats are counted only of things that have them.
    fn seated(&self, reading: &mut Reading) {
        if !reading.conditions.iter().any(|condition| condition.label.ends_with("-seat")) {
            return;
        }
        let called = self.called(&reading.words);
        if called.is_empty() {
            return;
        }
        if !called.iter().any(|position| self.label(*position).iter().any(|word| word == "seat")) {
            reading.conditions.retain(|condition| !condition.label.ends_with("-seat"));
        }
    }

    /// `recliner`, which the pack takes for an armchair: where the list itself calls things so, and files none of
    /// them under armchairs, those are meant.
    fn misfiled(&self, reading: &mut Reading) {
        let words = kinds::kinds(&reading.words);
        let [only] = words.as_slice() else { return };
        let Some(records) = self.kind(only) else { return };
        let items = || records.iter().filter_map(|position| self.item(*position));
        let filed =
            |item: &Item| reading.conditions.iter().filter(|it| is_category(it)).all(|it| it.is_met_by(item));
        if !items().any(filed) {
            reading.conditions.retain(|condition| !is_category(condition));
        }
    }

    /// `children's wardrobe`: where fewer are filed under wardrobes than are called so, those that are called so.
    fn filed_elsewhere(&self, reading: &mut Reading) {
        let says_more = reading.conditions.iter().any(|it| it.field == Field::AnyText && !it.negated);
        let Some(Condition { test: Test::OneOf(categories), .. }) =
            reading.conditions.iter().find(|condition| is_category(condition)).filter(|_| says_more)
        else {
            return;
        };
        // What is cheap to look at comes first: of a text, every word is compared.
        let (texts, others): (Vec<&Condition>, Vec<&Condition>) = reading
            .conditions
            .iter()
            .filter(|condition| !is_category(condition))
            .partition(|condition| condition.field == Field::AnyText);
        let fits = |item: &&Item| others.iter().chain(&texts).all(|condition| condition.is_met_by(item));
        let is_filed = |item: &&Item| {
            reading.conditions.iter().filter(|it| is_category(it)).all(|condition| condition.is_met_by(item))
        };
        let filed = self.catalog.items.iter().filter(is_filed).filter(fits).count();
        let nouns = categories.iter().flat_map(|category| kinds::kinds(category));
        let noun = nouns.clone().find(|noun| {
            let records = self.kind(noun).into_iter().flatten().filter_map(|position| self.item(*position));
            records.filter(fits).take(filed + 1).count() > filed
        });
        // `chair for the baby`, where such chairs are called highchairs.
        let compound = || {
            let kinds = self.called.iter().filter(|_| filed == 0);
            let compounds = kinds.filter(|(kind, _)| nouns.clone().any(|noun| kind.ends_with(&noun)));
            let counted = compounds.map(|(kind, records)| {
                let items = records.iter().filter_map(|position| self.item(*position));
                (items.filter(fits).count(), std::cmp::Reverse(kind))
            });
            counted.max().filter(|(fitting, _)| *fitting >= kinds::FEWEST).map(|(_, kind)| kind.0.clone())
        };
        if let Some(noun) = noun.or_else(compound) {
            reading.conditions.retain(|condition| !is_category(condition));
            reading.words = [reading.words.as_str(), &noun].join(" ").trim_start().into();
        }
    }

    /// `63 cm high`, where that is how the list's descriptions name the size of such things and the column
    /// measures something else.
    fn measured(&self, reading: &mut Reading) {
        if !reading.conditions.iter().any(|condition| matches!(condition.test, Test::Is(_))) {
            return;
        }
        let called = self.called(&reading.words);
        for condition in &mut reading.conditions {
            let (Test::Is(figure), Field::Attribute(_), false) =
                (&condition.test, &condition.field, condition.negated)
            else {
                continue;
            };
            if !condition.label.contains(" cm") {
                continue;
            }
            let size = format!("{} cm", figure.normalize());
            let mention = Condition {
                field: Field::AnyText,
                test: Test::Mentions(vec![size.clone()]),
                negated: false,
                label: size,
            };
            let those = || called.iter().filter_map(|position| self.item(*position));
            let stated = those().filter(|item| condition.is_met_by(item)).count();
            let mentioned = those().filter(|item| mention.is_met_by(item)).count();
            if mentioned > stated {
                *condition = mention;
            }
        }
    }

    /// A reading in the list's own terms: what a question calls a thing by goes before the category that the
    /// word is a part of, because there are armchairs outside `Sofas & armchairs`; and words that only weigh or
    /// count are no words to search by where others remain.
    pub(super) fn refined(&self, mut reading: Reading) -> Reading {
        let telling: Vec<&str> = reading
            .words
            .split_whitespace()
            .filter(|word| !WEIGHING.contains(&word.to_lowercase().as_str()))
            .collect();
        if !telling.is_empty() || !reading.conditions.is_empty() {
            reading.words = telling.join(" ");
        }
        self.narrow_named(&mut reading);
        self.pair_with_category(&mut reading);
        self.measured(&mut reading);
        self.seated(&mut reading);
        self.misfiled(&mut reading);
        self.filed_elsewhere(&mut reading);
        if !self.called(&reading.words).is_empty() {
            let is_called = |kind: &String| self.kind(kind).is_some();
            let kinds: Vec<String> = kinds::kinds(&reading.words).into_iter().filter(is_called).collect();
            let names_a_kind =
                |category: &str| kinds::kinds(category).iter().any(|word| kinds.contains(word));
            reading.conditions.retain_mut(|condition| match (&condition.field, &mut condition.test) {
                (Field::Category, Test::OneOf(categories)) if !condition.negated => {
                    categories.retain(|category| !names_a_kind(category));
                    !categories.is_empty()
                }
                _ => true,
            });
        }
        reading
    }

    /// Takes vectors that were computed elsewhere, one of 384 numbers for each record that has one.
    pub fn set_vectors(&self, vectors: Arc<VectorIndex>) {
        self.meaning.set(vectors);
    }

    /// What stands for a record where meaning is compared.
    pub(super) fn text_for_vector(&self, position: u32) -> Option<String> {
        let item = self.item(position)?;
        Some(super::records::beginning(&format!("{}. {}", title(item), body(item)), 600))
    }
}

/// Changed when what is indexed of a record changes.
const FORM: u32 = 1;

fn fingerprint(id: &str) -> String {
    format!("{FORM} {id}")
}

/// The category is left out: a demand reads it exactly, and as text `Sofas & armchairs` would make every cushion
/// a sofa.
fn title(item: &Item) -> String {
    [&item.name, &item.brand].map(|part| part.trim()).join(" ")
}

/// What a record, its maker and its properties are called.
fn names(item: &Item) -> impl Iterator<Item = &str> {
    let values = item.attributes.iter().filter(|attribute| attribute.number.is_none());
    [item.name.as_str(), item.brand.as_str(), item.category.as_str()]
        .into_iter()
        .chain(values.map(|attribute| attribute.value.as_str()))
}

fn body(item: &Item) -> String {
    let mut text = item.description.clone();
    for attribute in &item.attributes {
        text.push('\n');
        text.push_str(&attribute.name);
        text.push(' ');
        text.push_str(&attribute.value);
    }
    text
}
