//! Imported documents. What search finds in them is in `passage`.

use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension as _, Transaction, named_params};
use sextant_domain::{Document, DocumentRow};
use sha2::{Digest as _, Sha256};

use super::{micros, passage, rfc3339};

/// A document's id is its number, which stays with its name and is never given to another.
pub(crate) const CREATE: &str = "\
CREATE TABLE documents (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL,                -- sha256 of the file
    passages_hash TEXT NOT NULL,       -- sha256 of what an index is made of
    format TEXT NOT NULL,
    text TEXT NOT NULL,
    characters INTEGER NOT NULL,
    imported_at_us INTEGER NOT NULL
) STRICT;
";

/// The same name replaces the earlier document under its id; the id, and whether there was one.
pub(crate) fn put(
    transaction: &Transaction,
    document: &Document,
    now: SystemTime,
) -> rusqlite::Result<(String, bool)> {
    let earlier: Option<i64> = transaction
        .prepare_cached("SELECT id FROM documents WHERE name = ?1")?
        .query_row([&document.name], |row| row.get(0))
        .optional()?;
    if let Some(id) = earlier {
        transaction.prepare_cached("DELETE FROM documents WHERE id = ?1")?.execute([id])?;
    }
    let id: i64 = transaction
        .prepare_cached(
            "INSERT INTO documents (id, name, hash, passages_hash, format, text, characters, imported_at_us)
             VALUES (:id, :name, :hash, :passages_hash, :format, :text, :characters, :imported_at_us)
             RETURNING id",
        )?
        .query_row(
            named_params! {
                ":id": earlier,
                ":name": document.name,
                ":hash": document.hash,
                ":passages_hash": passages_hash(document),
                ":format": document.format,
                ":text": document.text,
                ":characters": i64::try_from(document.text.chars().count()).unwrap_or(i64::MAX),
                ":imported_at_us": micros(now),
            },
            |row| row.get(0),
        )?;
    passage::insert_all(transaction, id, &document.passages)?;
    Ok((id.to_string(), earlier.is_some()))
}

/// By name.
pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<DocumentRow>> {
    connection
        .prepare_cached(
            "SELECT id, name, format, characters, imported_at_us,
                    (SELECT count(*) FROM passages WHERE document = documents.id) AS passages
             FROM documents ORDER BY name",
        )?
        .query_map([], |row| {
            Ok(DocumentRow {
                id: row.get::<_, i64>("id")?.to_string(),
                name: row.get("name")?,
                format: row.get("format")?,
                passages: row.get("passages")?,
                characters: super::count(row, 3)?,
                imported_at: rfc3339(row.get("imported_at_us")?),
            })
        })?
        .collect()
}

pub(crate) fn get(connection: &Connection, id: &str) -> rusqlite::Result<Option<Document>> {
    let Ok(number) = id.parse::<i64>() else {
        return Ok(None);
    };
    let found = connection
        .prepare_cached("SELECT name, hash, format, text FROM documents WHERE id = ?1")?
        .query_row([number], |row| {
            Ok(Document {
                name: row.get("name")?,
                hash: row.get("hash")?,
                format: row.get("format")?,
                text: row.get("text")?,
                passages: Vec::new(),
            })
        })
        .optional()?;
    found
        .map(|document| Ok(Document { passages: passage::of_document(connection, number)?, ..document }))
        .transpose()
}

/// With its passages.
pub(crate) fn delete(transaction: &Transaction, id: &str) -> rusqlite::Result<()> {
    if let Ok(number) = id.parse::<i64>() {
        transaction.prepare_cached("DELETE FROM documents WHERE id = ?1")?.execute([number])?;
    }
    Ok(())
}

/// Differs when any document's passages do.
pub(crate) fn version(connection: &Connection) -> rusqlite::Result<String> {
    let mut query = connection.prepare_cached("SELECT id, passages_hash FROM documents ORDER BY id")?;
    let mut rows = query.query([])?;
    let mut hash = Sha256::new();
    while let Some(row) = rows.next()? {
        hash.update(row.get::<_, i64>(0)?.to_le_bytes());
        hash.update(super::text(row, 1)?);
    }
    Ok(hex(hash))
}

/// A better reader may make other passages of the same file.
fn passages_hash(document: &Document) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update(text.len().to_le_bytes());
        hash.update(text);
    };
    add(&document.name);
    for passage in &document.passages {
        add(&passage.heading);
        add(&passage.text);
        add(&format!("{} {}", passage.start, passage.end));
    }
    hex(hash)
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat()
}
