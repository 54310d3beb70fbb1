//! The words of items, for what they mention. An index without the texts themselves, which are in `item`.
//!
//! It is given what [`words`] makes of a text, where everything beyond ASCII is a letter and only spaces
//! separate; so the `ascii` tokenizer finds the very words that the domain's rule finds.

use rusqlite::{Connection, Transaction};
use sextant_domain::{Field, Item, words};

use super::item_catalog::ListNumber;
use crate::positions::Positions;

/// A row's number is the list's in the upper and the item's position in the lower half.
pub(crate) const CREATE: &str = "\
CREATE VIRTUAL TABLE item_words USING fts5 (
    name, brand, category, rest,
    content = '', contentless_delete = 1, tokenize = 'ascii'
);
INSERT INTO item_words (item_words, rank) VALUES ('hashsize', 67108864);
";

/// Stands between texts in one column, so that no phrase goes on from one into the next: a letter to the
/// tokenizer, and in no word.
const BETWEEN: &str = "¶";

pub(crate) fn insert_all(transaction: &Transaction, catalog: i64, items: &[Item]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO item_words (rowid, name, brand, category, rest) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for (position, item) in (0..).zip(items) {
        let rest: Vec<String> = [item.description.as_str()]
            .into_iter()
            .chain(item.attributes.iter().map(|attribute| attribute.value.as_str()))
            .map(words)
            .collect();
        insert.execute((
            row_number(catalog, position),
            words(&item.name),
            words(&item.brand),
            words(&item.category),
            rest.join(BETWEEN),
        ))?;
    }
    Ok(())
}

/// Items whose field mentions the phrase, as [`words`] writes it. An attribute is no column here.
pub(crate) fn mentioning(
    connection: &Connection,
    list: ListNumber,
    field: &Field,
    phrase: &str,
    to: &mut Positions,
) -> rusqlite::Result<()> {
    let column = match field {
        Field::Name => "{name} :",
        Field::Brand => "{brand} :",
        Field::Category => "{category} :",
        Field::AnyText => "",
        Field::Attribute(_) | Field::Price | Field::Rating | Field::AnyOf(_) => return Ok(()),
    };
    let mut query = connection.prepare_cached(
        "SELECT rowid & 0xFFFFFFFF FROM item_words WHERE item_words MATCH ?1 AND rowid BETWEEN ?2 AND ?3",
    )?;
    // Words have no quotation marks.
    let phrase = format!("{column} \"{}\"", phrase.trim());
    to.insert_rows(query.query((phrase, row_number(list.number, 0), row_number(list.number, u32::MAX)))?)
}

pub(crate) fn delete(transaction: &Transaction, list: ListNumber) -> rusqlite::Result<()> {
    let mut delete = transaction.prepare_cached("DELETE FROM item_words WHERE rowid = ?1")?;
    (0..list.items).try_for_each(|position| delete.execute([row_number(list.number, position)]).map(|_| ()))
}

fn row_number(catalog: i64, position: u32) -> i64 {
    (catalog << 32) | i64::from(position)
}
