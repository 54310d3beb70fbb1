//! The short texts of items as filters compare them, by field: each text once, with the items that have it.
//! They were folded by the domain's rule when they were stored, because the database knows upper and lower
//! case of ASCII only.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{Connection, Transaction};
use sextant_domain::{Field, Item, folded, words};

use super::item_catalog::ListNumber;
use crate::positions::{Positions, packed};

pub(crate) const CREATE: &str = "\
CREATE TABLE item_texts (
    catalog INTEGER NOT NULL REFERENCES item_catalogs (number) ON DELETE CASCADE,
    field TEXT NOT NULL,               -- name, brand, category, or an attribute's folded name behind a colon
    text TEXT NOT NULL,                -- folded; never empty
    positions BLOB NOT NULL,           -- of the items that have it, packed
    PRIMARY KEY (catalog, field, text)
) STRICT, WITHOUT ROWID;
";

pub(crate) fn insert_all(transaction: &Transaction, catalog: i64, items: &[Item]) -> rusqlite::Result<()> {
    let mut insert = transaction
        .prepare_cached("INSERT INTO item_texts (catalog, field, text, positions) VALUES (?1, ?2, ?3, ?4)")?;
    for ((field, text), positions) in positions_by(items, |field, item| {
        field.texts(item).into_iter().map(folded).filter(|text| !text.is_empty()).collect()
    }) {
        insert.execute((catalog, field, text, packed(&positions)))?;
    }
    Ok(())
}

/// The positions of the items that have a value in a field, by field and value.
pub(super) fn positions_by(
    items: &[Item],
    values: impl Fn(&Field, &Item) -> Vec<String>,
) -> BTreeMap<(String, String), Vec<u32>> {
    let mut by_value: BTreeMap<_, Vec<u32>> = BTreeMap::new();
    for (position, item) in (0..).zip(items) {
        for field in fields(item) {
            for value in values(&field, item) {
                by_value.entry((column(&field), value)).or_default().push(position);
            }
        }
    }
    by_value
}

/// Items whose field is this text. [`Field::AnyText`] is no field of this table.
pub(crate) fn equal(
    connection: &Connection,
    list: ListNumber,
    field: &Field,
    text: &str,
    to: &mut Positions,
) -> rusqlite::Result<()> {
    let mut query = connection
        .prepare_cached("SELECT positions FROM item_texts WHERE catalog = ?1 AND field = ?2 AND text = ?3")?;
    let mut rows = query.query((list.number, column(field), folded(text)))?;
    while let Some(row) = rows.next()? {
        to.insert_packed(row.get_ref(0)?.as_blob()?);
    }
    Ok(())
}

/// Items whose field mentions any of these phrases, as [`words`] writes them.
pub(crate) fn mentioning(
    connection: &Connection,
    list: ListNumber,
    field: &Field,
    phrases: &[String],
    to: &mut Positions,
) -> rusqlite::Result<()> {
    let mut query = connection
        .prepare_cached("SELECT text, positions FROM item_texts WHERE catalog = ?1 AND field = ?2")?;
    let mut rows = query.query((list.number, column(field)))?;
    while let Some(row) = rows.next()? {
        if mentions(super::text(row, 0)?, phrases) {
            to.insert_packed(row.get_ref(1)?.as_blob()?);
        }
    }
    Ok(())
}

fn mentions(text: &str, phrases: &[String]) -> bool {
    // Most texts don't have a phrase's words at all, which is quicker to see.
    let may = |phrase: &&String| phrase.split_whitespace().all(|word| text.contains(word));
    let mut candidates = phrases.iter().filter(may).peekable();
    candidates.peek().is_some() && {
        let words = words(text);
        candidates.any(|phrase| words.contains(phrase.as_str()))
    }
}

/// Those that an item has, each once: of attributes with one name only the first can be asked for.
fn fields(item: &Item) -> Vec<Field> {
    let mut fields = vec![Field::Name, Field::Brand, Field::Category, Field::Price, Field::Rating];
    let mut seen = HashSet::new();
    let names = item.attributes.iter().map(|attribute| &attribute.name);
    fields.extend(names.filter(|name| seen.insert(folded(name))).map(|name| Field::Attribute(name.clone())));
    fields
}

/// A field's name in this table and in `item_numbers`; of an attribute, one that no other field can have.
pub(super) fn column(field: &Field) -> String {
    match field {
        Field::Name => "name".into(),
        Field::Brand => "brand".into(),
        Field::Category => "category".into(),
        Field::Price => "price".into(),
        Field::Rating => "rating".into(),
        Field::AnyText | Field::AnyOf(_) => String::new(),
        Field::Attribute(name) => format!(":{}", folded(name)),
    }
}
