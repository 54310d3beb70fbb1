//! Imported plan lists. Their plans are in `plan`.

use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension as _, Transaction, named_params};
use sextant_domain::Catalog;

use super::{json, micros, plan, time, to_json};

pub(crate) const CREATE: &str = "\
CREATE TABLE catalogs (
    id TEXT NOT NULL PRIMARY KEY,      -- Catalog::hash
    pack TEXT NOT NULL,
    name TEXT NOT NULL,
    currency TEXT NOT NULL,
    headers TEXT NOT NULL,             -- a JSON array
    imported_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX catalogs_by_pack ON catalogs (pack, imported_at_us);
";

/// A stored plan list without its plans.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogRow {
    /// `Catalog::hash`.
    pub id: String,
    pub name: String,
    /// How many.
    pub plans: u32,
    pub imported_at: SystemTime,
}

/// Importing the same list again replaces it: a newer import may have read it better.
pub(crate) fn put(
    transaction: &Transaction,
    pack: &str,
    catalog: &Catalog,
    now: SystemTime,
) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM catalogs WHERE id = ?1")?.execute([&catalog.hash])?;
    transaction
        .prepare_cached(
            "INSERT INTO catalogs (id, pack, name, currency, headers, imported_at_us)
             VALUES (:id, :pack, :name, :currency, :headers, :imported_at_us)",
        )?
        .execute(named_params! {
            ":id": catalog.hash,
            ":pack": pack,
            ":name": catalog.name,
            ":currency": catalog.currency,
            ":headers": to_json(&catalog.headers),
            ":imported_at_us": micros(now),
        })?;
    plan::insert_all(transaction, &catalog.hash, &catalog.plans)
}

/// The last imported one first.
pub(crate) fn list(connection: &Connection, pack: &str) -> rusqlite::Result<Vec<CatalogRow>> {
    connection
        .prepare_cached(
            "SELECT id, name, imported_at_us,
                    (SELECT count(*) FROM plans WHERE plans.catalog_id = catalogs.id) AS plans
             FROM catalogs WHERE pack = ?1 ORDER BY imported_at_us DESC, id",
        )?
        .query_map([pack], |row| {
            Ok(CatalogRow {
                id: row.get("id")?,
                name: row.get("name")?,
                plans: row.get("plans")?,
                imported_at: time(row.get("imported_at_us")?),
            })
        })?
        .collect()
}

pub(crate) fn get(connection: &Connection, id: &str) -> rusqlite::Result<Option<Catalog>> {
    let catalog = connection
        .prepare_cached("SELECT id, name, currency, headers FROM catalogs WHERE id = ?1")?
        .query_row([id], |row| {
            Ok(Catalog {
                name: row.get("name")?,
                hash: row.get("id")?,
                currency: row.get("currency")?,
                headers: json("catalogs", row, "headers")?,
                plans: Vec::new(),
            })
        })
        .optional()?;
    catalog.map(|catalog| Ok(Catalog { plans: plan::list(connection, id)?, ..catalog })).transpose()
}
