//! What a question asks for, read by rules: what it wants, the demands it makes, and the words left to
//! search by. No model is asked, so that a demand is never dreamt up and never forgotten.
//!
//! [`Lexicon`] is what a list's words mean, [`QuestionRules`] what a pack adds, [`Lexicon::read`] reads.
//! A question is data: its first 2,000 characters are read, whatever they are. A demand comes only of words
//! in the question; who adds a rule here keeps that, and adds the words that mustn't set it off to the
//! tests. Whether a record meets a demand is the store's to say, and finding is the index's.

mod bound;
mod counted;
mod country;
mod date;
mod draft;
mod english;
mod facet;
mod follow_up;
mod intent;
mod label;
mod lexicon;
mod marks;
mod name;
mod names;
mod order;
mod orders;
mod place;
mod quantity;
mod rates;
mod rules;
mod spelling;
#[cfg(test)]
mod tests;
mod text;
mod token;
mod value;
mod want;
mod within;

use sextant_domain::{Condition, Field, Intent, ItemId, Reading, Sort, Test};

pub use lexicon::Lexicon;
pub use marks::{Marks, marks};
pub use rules::{
    FieldRules, PhraseRules, QuestionRules, QuestionRulesError, QuickReplyRules, SoftRules, SynonymRules,
};

use draft::{Draft, Named};
use name::FEW;

/// Of a name that many records bear, so many are compared.
pub const COMPARED_PER_NAME: usize = 3;
/// And so many where demands are still to choose among them.
const NARROWED_PER_NAME: usize = 64;

/// What a question may go on from, and what else could answer it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// How the question before was read.
    pub previous: Option<&'a Reading>,
    /// The records that its answer showed, in their order.
    pub shown: &'a [ItemId],
    /// Whether there are documents to look things up in.
    pub documents: bool,
}

impl Lexicon {
    /// Reads a question. Never fails: what isn't understood is out of scope, or words to search by.
    #[must_use]
    pub fn read(&self, question: &str, context: &Context) -> Reading {
        let question = orders::without(question);
        let mut draft = Draft::new(self, orders::corrected(&question));
        if let Some(intent) = draft.small_talk() {
            return plain(intent);
        }
        if draft.asks_who() {
            return plain(if context.documents { Intent::Passage } else { Intent::OutOfScope });
        }
        draft.read_names();
        draft.read_rate_use();
        draft.read_dates();
        draft.read_bounds_by_records(|draft, at| {
            let named = draft.named.iter().find(|named| named.start == at);
            let pointed = || draft.reference_at(at, context);
            named
                .map(|named| (named.items[0], named.end))
                .or_else(|| pointed().map(|(items, end)| (items[0], end)))
        });
        draft.read_bounds();
        draft.read_references(context);
        draft.read_counted_parts();
        draft.read_values();
        draft.narrow_by_brand();
        draft.read_order();
        draft.sort_by_rate();
        draft.read_wants();
        let going_on = context.previous.filter(|previous| previous.intent.needs_records());
        let comparative = draft.named.is_empty() && draft.read_comparatives(context);

        let asked = draft.asked();
        if let Some(reading) = draft.of_named(&asked, going_on, context) {
            return reading;
        }
        if let Some(previous) = going_on
            && let Some(reading) = draft.of_shown(&asked, previous, context)
        {
            return reading;
        }
        let mut intent = draft.decide(context);
        if intent == Intent::Count {
            draft.demand_leftovers();
        }
        if intent == Intent::Search {
            draft.demand_unseen_thing();
        }
        let goes_on = going_on.filter(|_| draft.goes_on(comparative));
        if goes_on.is_some()
            && (!draft.conditions.is_empty() || draft.asks_for_more())
            && intent != Intent::Count
        {
            intent = Intent::Search;
        }
        let words = match intent {
            Intent::Passage => draft.all_words(),
            Intent::Search | Intent::Count => draft.words(),
            _ => String::new(),
        };
        if !intent.needs_records() {
            return Reading { words, ..plain(intent) };
        }
        let reading = Reading {
            intent,
            conditions: std::mem::take(&mut draft.conditions),
            sort: draft.sort.take().unwrap_or(Sort::Relevance),
            words,
            named: Vec::new(),
            asked,
        };
        match goes_on {
            Some(previous) => follow_up::continued(previous, reading, &draft),
            None => reading,
        }
    }
}

impl Draft<'_> {
    /// A maker beside a name that several bear says which: `Kona from Red Rooster`.
    fn narrow_by_brand(&mut self) {
        let brands: Vec<usize> = (0..self.conditions.len())
            .filter(|&index| self.conditions[index].field == Field::Brand && !self.conditions[index].negated)
            .collect();
        let [index] = brands[..] else { return };
        let test = self.conditions[index].test.clone();
        let made_by = |item: usize| {
            let brand = &self.lexicon.titles[item].1;
            match &test {
                Test::OneOf(values) => values.contains(brand),
                Test::Mentions(values) => values.iter().any(|value| brand.contains(value.as_str())),
                _ => false,
            }
        };
        let narrowed: Vec<Vec<usize>> = self
            .named
            .iter()
            .map(|named| named.items.iter().copied().filter(|&item| made_by(item)).collect())
            .collect();
        if narrowed.is_empty() || narrowed.iter().all(Vec::is_empty) {
            return;
        }
        for (named, items) in self.named.iter_mut().zip(narrowed) {
            if !items.is_empty() {
                named.items = items;
            }
        }
        self.conditions.remove(index);
    }

    /// The reading of a question that names records, or points to some.
    fn of_named(
        &mut self,
        asked: &[String],
        previous: Option<&Reading>,
        context: &Context,
    ) -> Option<Reading> {
        if self.named.is_empty() || self.is_lost_among_others(context) {
            return None;
        }
        let unwanted = self.unwanted_names();
        let wanted: Vec<&Named> = self
            .named
            .iter()
            .zip(&unwanted)
            .filter(|(_, unwanted)| !**unwanted)
            .map(|(named, _)| named)
            .collect();
        let few = !wanted.is_empty() && wanted.iter().all(|named| named.items.len() <= FEW);
        let several =
            wanted.len() > 1 || wanted.iter().any(|named| named.text.is_empty() && named.items.len() > 1);
        let superlative = self.text(0) == "which" || self.sort.is_some();
        if several && (self.compares() || superlative || !asked.is_empty() && self.has("or")) {
            // Which of a name's records meet the demands is the list's to say.
            let narrowed = !self.conditions.is_empty();
            let items = wanted.iter().flat_map(|named| {
                let most = match (narrowed, named.text.is_empty()) {
                    (true, _) => NARROWED_PER_NAME,
                    (false, true) => FEW,
                    (false, false) => COMPARED_PER_NAME,
                };
                named.items.iter().take(most)
            });
            let named = follow_up::distinct(items.map(|&item| self.lexicon.ids[item].clone()));
            let sort = self.sort.clone().or_else(|| self.compared_by()).unwrap_or(Sort::Relevance);
            let mut asked = asked.to_vec();
            add_sorted(&mut asked, &sort);
            let conditions = std::mem::take(&mut self.conditions);
            return Some(Reading {
                intent: Intent::Compare,
                conditions,
                sort,
                words: String::new(),
                named,
                asked,
            });
        }
        let counting = self.counts();
        let only_named = self.conditions.is_empty() && self.sort.is_none();
        if few && !unwanted.contains(&true) && !counting && (only_named || self.asks_for_details()) {
            let named = follow_up::distinct(
                wanted.iter().flat_map(|named| &named.items).map(|&item| self.lexicon.ids[item].clone()),
            );
            let mut asked = asked.to_vec();
            for condition in &self.conditions {
                let columns = self.lexicon.facets.iter().filter(|facet| facet.field == condition.field);
                let new: Vec<String> =
                    columns.flat_map(facet::Facet::asked).filter(|column| !asked.contains(column)).collect();
                asked.extend(new);
            }
            // `how much is X` and then `and Y?`
            if asked.is_empty() && self.text(0) == "and" {
                asked.extend(previous.into_iter().flat_map(|previous| previous.asked.clone()));
            }
            let reading = Reading { named, asked, ..plain(Intent::Details) };
            return Some(reading);
        }
        let names: Vec<Condition> = self
            .named
            .iter()
            .zip(&unwanted)
            .map(|(named, &negated)| name_condition(self, named, negated))
            .collect();
        let mut wanted_names: Vec<String> = Vec::new();
        for condition in names {
            match condition {
                Condition { test: Test::Mentions(values), negated: false, .. } => wanted_names.extend(values),
                unwanted if !self.conditions.contains(&unwanted) => self.conditions.push(unwanted),
                _ => {}
            }
        }
        if !wanted_names.is_empty() {
            let label = wanted_names.join(" or ");
            let test = Test::Mentions(wanted_names);
            self.conditions.push(Condition { field: Field::Name, test, negated: false, label });
        }
        let named = if few {
            self.named.iter().flat_map(|named| &named.items).copied().collect()
        } else {
            Vec::new()
        };
        Some(Reading {
            intent: if counting { Intent::Count } else { Intent::Search },
            words: self.words(),
            conditions: std::mem::take(&mut self.conditions),
            sort: self.sort.take().unwrap_or(Sort::Relevance),
            named: follow_up::distinct(named.into_iter().map(|item: usize| self.lexicon.ids[item].clone())),
            asked: asked.to_vec(),
        })
    }

    /// By name, whether it's one to leave out: after a negation, or in a list after one (`other than BESTÅ or LACK`);
    /// and what is left out once isn't wanted where it's said again.
    fn unwanted_names(&self) -> Vec<bool> {
        let mut unwanted: Vec<bool> = Vec::with_capacity(self.named.len());
        for (index, named) in self.named.iter().enumerate() {
            let listed = index.checked_sub(1).is_some_and(|before| {
                let between = self.named[before].end..named.start;
                unwanted[before]
                    && !between.is_empty()
                    && between.clone().all(|at| {
                        matches!(self.text(at), "or" | "nor" | "and")
                            || self.tokens[at].kind == token::Kind::Comma
                    })
            });
            unwanted.push(listed || self.negation_before(named.start).is_some());
        }
        let left_out: Vec<&str> = self
            .named
            .iter()
            .zip(&unwanted)
            .filter(|(_, it)| **it)
            .map(|(named, _)| named.text.as_str())
            .collect();
        let said_again = |named: &Named| !named.text.is_empty() && left_out.contains(&named.text.as_str());
        self.named.iter().zip(&unwanted).map(|(named, unwanted)| *unwanted || said_again(named)).collect()
    }

    /// `what about its price?` without a name: of the record spoken of before, or of the first one shown;
    /// `which is the cheapest?`: of all that were shown.
    fn of_shown(&mut self, asked: &[String], previous: &Reading, context: &Context) -> Option<Reading> {
        let says_item = self.spans.iter().any(|span| span.senses.contains(&lexicon::Sense::Item));
        if context.shown.is_empty() || !self.conditions.is_empty() || says_item || !self.words().is_empty() {
            return None;
        }
        let which = self.text(0) == "which" || self.compares();
        if which && (self.sort.is_some() || !asked.is_empty()) || self.has("compare") {
            let sort = self.sort.clone().or_else(|| self.compared_by()).unwrap_or(Sort::Relevance);
            let mut asked = asked.to_vec();
            add_sorted(&mut asked, &sort);
            let named = follow_up::distinct(context.shown.iter().take(FEW).cloned());
            return Some(Reading { sort, named, asked, ..plain(Intent::Compare) });
        }
        if asked.is_empty() || self.sort.is_some() || self.counts() {
            return None;
        }
        let before = if previous.intent == Intent::Details { &previous.named[..] } else { &[] };
        let named = if before.is_empty() { &context.shown[..1] } else { before };
        Some(Reading { named: named.to_vec(), asked: asked.to_vec(), ..plain(Intent::Details) })
    }

    /// `which is cheaper`: the order that a comparative asks for.
    fn compared_by(&self) -> Option<Sort> {
        (0..self.tokens.len()).find_map(|at| self.comparative_at(at)).map(|(facet, descending, _)| {
            let field = self.lexicon.facets[facet].columns[0].clone();
            Sort::By { field, descending }
        })
    }
}

fn plain(intent: Intent) -> Reading {
    Reading {
        intent,
        conditions: Vec::new(),
        sort: Sort::Relevance,
        words: String::new(),
        named: Vec::new(),
        asked: Vec::new(),
    }
}

fn name_condition(draft: &Draft<'_>, named: &Named, negated: bool) -> Condition {
    let text = if named.text.is_empty() {
        named.items.first().map_or_else(String::new, |&item| draft.lexicon.titles[item].0.clone())
    } else {
        named.text.clone()
    };
    let label = if negated { format!("not {text}") } else { text.clone() };
    Condition { field: Field::Name, test: Test::Mentions(vec![text]), negated, label }
}

/// What is ordered by is asked for.
fn add_sorted(asked: &mut Vec<String>, sort: &Sort) {
    let column = match sort {
        Sort::By { field: Field::Price, .. } => "price",
        Sort::By { field: Field::Rating, .. } => "rating",
        Sort::By { field: Field::Attribute(name), .. } => name,
        _ => return,
    };
    if !asked.iter().any(|known| known == column) {
        asked.push(column.to_owned());
    }
}
