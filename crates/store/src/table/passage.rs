//! The passages of imported documents.

use rusqlite::{Connection, Row, Transaction, named_params};
use sextant_domain::Passage;

use super::count;

pub(crate) const CREATE: &str = "\
CREATE TABLE passages (
    document INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- their order in the document
    start INTEGER NOT NULL,            -- in characters of the document's text
    end INTEGER NOT NULL,
    heading TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (document, position)
) STRICT;
";

pub(crate) fn insert_all(
    transaction: &Transaction,
    document: i64,
    passages: &[Passage],
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO passages (document, position, start, end, heading, text)
         VALUES (:document, :position, :start, :end, :heading, :text)",
    )?;
    for (position, passage) in (0_u32..).zip(passages) {
        insert.execute(named_params! {
            ":document": document,
            ":position": position,
            ":start": passage.start.cast_signed(),
            ":end": passage.end.cast_signed(),
            ":heading": passage.heading,
            ":text": passage.text,
        })?;
    }
    Ok(())
}

/// In their order.
pub(crate) fn of_document(connection: &Connection, document: i64) -> rusqlite::Result<Vec<Passage>> {
    connection
        .prepare_cached(
            "SELECT start, end, heading, text FROM passages WHERE document = ?1 ORDER BY position",
        )?
        .query_map([document], read)?
        .collect()
}

/// Of all documents, with their ids: by id, and each one's in their order.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<Vec<(String, Passage)>> {
    connection
        .prepare_cached(
            "SELECT start, end, heading, text, document FROM passages ORDER BY document, position",
        )?
        .query_map([], |row| Ok((row.get::<_, i64>("document")?.to_string(), read(row)?)))?
        .collect()
}

fn read(row: &Row) -> rusqlite::Result<Passage> {
    Ok(Passage {
        start: count(row, 0)?,
        end: count(row, 1)?,
        heading: row.get("heading")?,
        text: row.get("text")?,
    })
}
