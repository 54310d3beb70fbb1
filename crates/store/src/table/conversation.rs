//! Conversations without their messages, which are in `message`, and the index of their titles.

use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};
use sextant_domain::{Conversation, ConversationId, ConversationRow};

use super::{message, micros, rfc3339, unreadable};

/// `number` is for the messages and the index, and for nobody outside. The triggers keep the index in step;
/// `secure-delete` has it forget words at once, not when it next tidies up.
pub(crate) const CREATE: &str = "\
CREATE TABLE conversations (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,           -- ConversationId
    pack TEXT NOT NULL,
    catalog TEXT,                      -- ItemCatalog::hash, which may have been deleted
    title TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL,    -- of the last message
    deleted INTEGER NOT NULL DEFAULT 0 -- goes for good when the database is next opened
) STRICT;
CREATE INDEX conversations_by_time ON conversations (updated_at_us);
CREATE VIRTUAL TABLE conversation_titles USING fts5 (
    title,
    content = 'conversations', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO conversation_titles (conversation_titles, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER conversation_titled AFTER INSERT ON conversations BEGIN
    INSERT INTO conversation_titles (rowid, title) VALUES (new.number, new.title);
END;
CREATE TRIGGER conversation_renamed AFTER UPDATE OF title ON conversations BEGIN
    INSERT INTO conversation_titles (conversation_titles, rowid, title) VALUES ('delete', old.number, old.title);
    INSERT INTO conversation_titles (rowid, title) VALUES (new.number, new.title);
END;
CREATE TRIGGER conversation_purged AFTER DELETE ON conversations BEGIN
    INSERT INTO conversation_titles (conversation_titles, rowid, title) VALUES ('delete', old.number, old.title);
END;
";

const TABLE: &str = "conversations";

/// Of a title, in characters.
const LONGEST_TITLE: usize = 200;

/// A conversation's number, and whether it is deleted.
pub(crate) fn number(connection: &Connection, id: ConversationId) -> rusqlite::Result<Option<(i64, bool)>> {
    connection
        .prepare_cached("SELECT number, deleted FROM conversations WHERE id = ?1")?
        .query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()
}

/// Without its messages; its number.
pub(crate) fn insert(
    transaction: &Transaction,
    conversation: &Conversation,
    created_at: SystemTime,
) -> rusqlite::Result<i64> {
    transaction
        .prepare_cached(
            "INSERT INTO conversations (id, pack, catalog, title, created_at_us, updated_at_us)
             VALUES (:id, :pack, :catalog, :title, :created_at_us, :created_at_us)
             RETURNING number",
        )?
        .query_row(
            named_params! {
                ":id": conversation.id.to_string(),
                ":pack": conversation.pack,
                ":catalog": conversation.catalog,
                ":title": bounded(&conversation.title),
                ":created_at_us": micros(created_at),
            },
            |row| row.get(0),
        )
}

/// A message of this time was added.
pub(crate) fn touch(transaction: &Transaction, number: i64, at: SystemTime) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE conversations SET updated_at_us = max(updated_at_us, ?2) WHERE number = ?1")?
        .execute((number, micros(at)))?;
    Ok(())
}

pub(crate) fn rename(transaction: &Transaction, number: i64, title: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE conversations SET title = ?2 WHERE number = ?1")?
        .execute((number, bounded(title)))?;
    Ok(())
}

/// Hides a conversation, or shows it again; whether there is one.
pub(crate) fn set_deleted(
    transaction: &Transaction,
    id: ConversationId,
    deleted: bool,
) -> rusqlite::Result<bool> {
    let changed = transaction
        .prepare_cached("UPDATE conversations SET deleted = ?2 WHERE id = ?1")?
        .execute((id.to_string(), deleted))?;
    Ok(changed > 0)
}

pub(crate) fn has_deleted(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM conversations WHERE deleted)", [], |row| row.get(0))
}

/// Removes what was deleted, with its messages and their words.
pub(crate) fn purge(transaction: &Transaction) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM conversations WHERE deleted", [])?;
    Ok(())
}

/// With their numbers, the last one that was written in first.
pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<(i64, ConversationRow)>> {
    connection
        .prepare_cached(
            "SELECT number, id, title, updated_at_us,
                    (SELECT count(*) FROM messages WHERE conversation = conversations.number) AS messages
             FROM conversations WHERE NOT deleted ORDER BY updated_at_us DESC, number DESC",
        )?
        .query_map([], |row| {
            let found = ConversationRow {
                id: read_id(row)?,
                title: row.get("title")?,
                updated_at: rfc3339(row.get("updated_at_us")?),
                messages: row.get("messages")?,
                snippet: None,
            };
            Ok((row.get("number")?, found))
        })?
        .collect()
}

pub(crate) fn get(connection: &Connection, id: ConversationId) -> rusqlite::Result<Option<Conversation>> {
    let found = connection
        .prepare_cached(
            "SELECT number, id, title, pack, catalog, created_at_us
             FROM conversations WHERE id = ?1 AND NOT deleted",
        )?
        .query_row([id.to_string()], |row| {
            let conversation = Conversation {
                id: read_id(row)?,
                title: row.get("title")?,
                pack: row.get("pack")?,
                catalog: row.get("catalog")?,
                created_at: rfc3339(row.get("created_at_us")?),
                messages: Vec::new(),
            };
            Ok((row.get("number")?, conversation))
        })
        .optional()?;
    found
        .map(|(number, conversation)| {
            Ok(Conversation { messages: message::list(connection, number)?, ..conversation })
        })
        .transpose()
}

fn read_id(row: &Row) -> rusqlite::Result<ConversationId> {
    let id: String = row.get("id")?;
    ConversationId::parse(&id).ok_or_else(|| unreadable(TABLE, format!("id is {id:?}")))
}

fn bounded(title: &str) -> String {
    title.trim().chars().take(LONGEST_TITLE).collect()
}
