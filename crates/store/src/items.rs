//! Lists of items: kept, listed and filtered.
//!
//! A filter is the meeting of sets, one for each condition, each read from an index in SQL; no condition
//! waits for another's rows, and an opposite is a complement. What a condition means is
//! `sextant_domain::Condition::is_met_by`, and nothing here may find more or less.

use std::time::SystemTime;

use rusqlite::Connection;
use sextant_domain::{Condition, Field, ItemCatalog, Sort, Test, words};

use crate::positions::Positions;
use crate::table::item_catalog::ListNumber;
use crate::table::item_number::Order;
use crate::table::{ItemCatalogRow, item, item_catalog, item_number, item_text, item_word};
use crate::{Store, StoreError};

/// The items of a list that meet demands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Matches {
    /// Where in the list they stand, in the order that was asked for.
    pub positions: Vec<u32>,
    /// How many meet the demands, those beyond the limit too.
    pub total: u32,
    /// Of each item of the list, how many demands it misses; empty where nothing is demanded.
    pub missed: Vec<u8>,
}

impl Store {
    /// Keeps a list of items, all or nothing; its id, which is its hash. The same list replaces itself.
    pub fn put_items(
        &self,
        pack: &str,
        catalog: &ItemCatalog,
        now: SystemTime,
    ) -> Result<String, StoreError> {
        let id = catalog.hash.clone();
        let (pack, catalog) = (pack.to_owned(), catalog.clone());
        self.write(move |transaction| item_catalog::put(transaction, &pack, &catalog, now))?;
        Ok(id)
    }

    /// All packs' lists, the last imported one first.
    pub fn item_catalogs(&self) -> Result<Vec<ItemCatalogRow>, StoreError> {
        self.read(item_catalog::list)
    }

    /// A whole list in its order.
    pub fn item_catalog(&self, id: &str) -> Result<Option<ItemCatalog>, StoreError> {
        self.read(|connection| item_catalog::get(connection, id))
    }

    /// Nothing of the list stays. That it isn't there is no error.
    pub fn delete_items(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write(move |transaction| item_catalog::delete(transaction, &id))
    }

    /// The items of a list that meet all conditions: at most `limit` positions in the order of `sort`, where
    /// equals and items without the number keep the list's order. A list that isn't there has none.
    pub fn filter_items(
        &self,
        id: &str,
        conditions: &[Condition],
        sort: &Sort,
        limit: usize,
    ) -> Result<Matches, StoreError> {
        self.read(|connection| {
            let Some(list) = item_catalog::number(connection, id)? else {
                return Ok(Matches::default());
            };
            let meeting: Vec<Positions> = conditions
                .iter()
                .map(|condition| meeting(connection, list, condition))
                .collect::<rusqlite::Result<_>>()?;
            let mut met = Positions::all(list.items);
            for meeting in &meeting {
                met.intersect(meeting);
            }
            let total = met.count();
            let missed = if meeting.is_empty() { Vec::new() } else { missed(list, &meeting) };
            Ok(Matches { positions: sorted(connection, list, &met, sort, limit)?, total, missed })
        })
    }
}

fn missed(list: ListNumber, meeting: &[Positions]) -> Vec<u8> {
    let most = u8::try_from(meeting.len()).unwrap_or(u8::MAX);
    let mut missed = vec![most; list.items as usize];
    for position in meeting.iter().flat_map(Positions::iter) {
        missed[position as usize] = missed[position as usize].saturating_sub(1);
    }
    missed
}

fn sorted(
    connection: &Connection,
    list: ListNumber,
    met: &Positions,
    sort: &Sort,
    limit: usize,
) -> rusqlite::Result<Vec<u32>> {
    let Sort::By { field, descending } = sort else {
        return Ok(met.iter().take(limit).collect());
    };
    let mut positions = Vec::new();
    let mut with_number = Positions::none(list.items);
    item_number::each_in_order(connection, list, field, *descending, |position| {
        if positions.len() < limit && met.contains(position) {
            positions.push(position);
            with_number.insert(position);
        }
        positions.len() < limit
    })?;
    let without = met.iter().filter(|position| !with_number.contains(*position));
    let room = limit - positions.len();
    positions.extend(without.take(room));
    Ok(positions)
}

/// The items that meet one condition.
fn meeting(connection: &Connection, list: ListNumber, condition: &Condition) -> rusqlite::Result<Positions> {
    let Condition { field, test, negated, .. } = condition;
    let number = |order, bound| item_number::meeting(connection, list, field, order, bound);
    match (test, negated) {
        // An item without a number meets neither a bound nor its opposite; so the opposite is a bound.
        (Test::AtMost(bound), false) | (Test::Above(bound), true) => number(Order::AtMost, *bound),
        (Test::Below(bound), false) | (Test::AtLeast(bound), true) => number(Order::Below, *bound),
        (Test::AtLeast(bound), false) | (Test::Below(bound), true) => number(Order::AtLeast, *bound),
        (Test::Above(bound), false) | (Test::AtMost(bound), true) => number(Order::Above, *bound),
        (Test::Is(bound), false) => number(Order::Equal, *bound),
        (Test::Is(bound), true) => number(Order::Unequal, *bound),
        (Test::OneOf(texts), false) => being(connection, list, field, texts),
        (Test::OneOf(texts), true) => Ok(being(connection, list, field, texts)?.complement()),
        (Test::Mentions(phrases), false) => mentioning(connection, list, field, phrases),
        (Test::Mentions(phrases), true) => Ok(mentioning(connection, list, field, phrases)?.complement()),
    }
}

fn being(
    connection: &Connection,
    list: ListNumber,
    field: &Field,
    texts: &[String],
) -> rusqlite::Result<Positions> {
    let mut found = Positions::none(list.items);
    if let Field::AnyOf(fields) = field {
        for field in fields {
            found.unite(&being(connection, list, field, texts)?);
        }
        return Ok(found);
    }
    if *field != Field::AnyText {
        for text in texts {
            item_text::equal(connection, list, field, text, &mut found)?;
        }
        return Ok(found);
    }
    // Long texts are only in the index of words, which finds all that could be it.
    let mut candidates = Positions::none(list.items);
    for text in texts {
        match words(text) {
            phrase if phrase.is_empty() => candidates = Positions::all(list.items),
            phrase => item_word::mentioning(connection, list, field, &phrase, &mut candidates)?,
        }
    }
    let test = Test::OneOf(texts.to_vec());
    let condition = Condition { field: Field::AnyText, test, negated: false, label: String::new() };
    for position in candidates.iter() {
        if condition.is_met_by(&item::get(connection, list.number, position)?) {
            found.insert(position);
        }
    }
    Ok(found)
}

fn mentioning(
    connection: &Connection,
    list: ListNumber,
    field: &Field,
    phrases: &[String],
) -> rusqlite::Result<Positions> {
    let mut found = Positions::none(list.items);
    if let Field::AnyOf(fields) = field {
        for field in fields {
            found.unite(&mentioning(connection, list, field, phrases)?);
        }
        return Ok(found);
    }
    let phrases: Vec<String> =
        phrases.iter().map(|phrase| words(phrase)).filter(|phrase| !phrase.is_empty()).collect();
    if matches!(field, Field::Attribute(_)) {
        item_text::mentioning(connection, list, field, &phrases, &mut found)?;
    } else {
        for phrase in &phrases {
            item_word::mentioning(connection, list, field, phrase, &mut found)?;
        }
    }
    Ok(found)
}
