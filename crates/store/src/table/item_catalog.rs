//! Imported lists of items. What stands in them is in `item`; what filters compare is in `item_text`,
//! `item_number` and `item_word`, which could all be made again from it.

use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension as _, Transaction, named_params};
use sextant_domain::ItemCatalog;

use super::{item, item_number, item_text, item_word, micros, time};

/// `number` is for the tables that refer to a list in every row.
pub(crate) const CREATE: &str = "\
CREATE TABLE item_catalogs (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,           -- ItemCatalog::hash
    pack TEXT NOT NULL,
    name TEXT NOT NULL,
    items INTEGER NOT NULL,            -- how many
    currency TEXT NOT NULL,
    price_unit TEXT NOT NULL,
    imported_at_us INTEGER NOT NULL
) STRICT;
";

/// A stored list without its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemCatalogRow {
    /// `ItemCatalog::hash`.
    pub id: String,
    pub pack: String,
    pub name: String,
    /// How many.
    pub items: u32,
    /// ISO 4217 code.
    pub currency: String,
    /// What a price is for: `per 100 g`; empty where it is for the item.
    pub price_unit: String,
    pub imported_at: SystemTime,
}

/// A list as its other tables know it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListNumber {
    pub(crate) number: i64,
    pub(crate) items: u32,
}

/// Importing the same list again replaces it: a newer import may have read it better.
pub(crate) fn put(
    transaction: &Transaction,
    pack: &str,
    catalog: &ItemCatalog,
    now: SystemTime,
) -> rusqlite::Result<()> {
    delete(transaction, &catalog.hash)?;
    let items = u32::try_from(catalog.items.len()).unwrap_or(u32::MAX);
    let number: i64 = transaction
        .prepare_cached(
            "INSERT INTO item_catalogs (id, pack, name, items, currency, price_unit, imported_at_us)
             VALUES (:id, :pack, :name, :items, :currency, :price_unit, :imported_at_us)
             RETURNING number",
        )?
        .query_row(
            named_params! {
                ":id": catalog.hash,
                ":pack": pack,
                ":name": catalog.name,
                ":items": items,
                ":currency": catalog.currency,
                ":price_unit": catalog.price_unit,
                ":imported_at_us": micros(now),
            },
            |row| row.get(0),
        )?;
    item::insert_all(transaction, number, &catalog.items)?;
    item_text::insert_all(transaction, number, &catalog.items)?;
    item_number::insert_all(transaction, number, &catalog.items)?;
    item_word::insert_all(transaction, number, &catalog.items)
}

/// The last imported one first.
pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<ItemCatalogRow>> {
    connection
        .prepare_cached(
            "SELECT id, pack, name, items, currency, price_unit, imported_at_us
             FROM item_catalogs ORDER BY imported_at_us DESC, id",
        )?
        .query_map([], |row| {
            Ok(ItemCatalogRow {
                id: row.get("id")?,
                pack: row.get("pack")?,
                name: row.get("name")?,
                items: row.get("items")?,
                currency: row.get("currency")?,
                price_unit: row.get("price_unit")?,
                imported_at: time(row.get("imported_at_us")?),
            })
        })?
        .collect()
}

pub(crate) fn get(connection: &Connection, id: &str) -> rusqlite::Result<Option<ItemCatalog>> {
    let found = connection
        .prepare_cached("SELECT number, id, name, currency, price_unit FROM item_catalogs WHERE id = ?1")?
        .query_row([id], |row| {
            let catalog = ItemCatalog {
                name: row.get("name")?,
                hash: row.get("id")?,
                currency: row.get("currency")?,
                price_unit: row.get("price_unit")?,
                items: Vec::new(),
            };
            Ok((row.get("number")?, catalog))
        })
        .optional()?;
    found
        .map(|(number, catalog)| Ok(ItemCatalog { items: item::list(connection, number)?, ..catalog }))
        .transpose()
}

pub(crate) fn number(connection: &Connection, id: &str) -> rusqlite::Result<Option<ListNumber>> {
    connection
        .prepare_cached("SELECT number, items FROM item_catalogs WHERE id = ?1")?
        .query_row([id], |row| Ok(ListNumber { number: row.get(0)?, items: row.get(1)? }))
        .optional()
}

/// With all that was made from it.
pub(crate) fn delete(transaction: &Transaction, id: &str) -> rusqlite::Result<()> {
    if let Some(list) = number(transaction, id)? {
        item_word::delete(transaction, list)?;
        transaction.prepare_cached("DELETE FROM item_catalogs WHERE number = ?1")?.execute([list.number])?;
    }
    Ok(())
}
