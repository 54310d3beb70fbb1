//! The messages of conversations, and the index of their words. What of a message is still being written
//! is in `message_part`.

use rusqlite::{Connection, Row, Transaction, named_params};
use sextant_domain::{Author, ChatAnswer, ChatMessage, MessageId, MessageState};

use super::{message_part, to_json, unreadable};

/// A message is in the index unless it is being written; the triggers see to that.
pub(crate) const CREATE: &str = "\
CREATE TABLE messages (
    number INTEGER NOT NULL PRIMARY KEY, -- in the order in which they were written
    id TEXT NOT NULL UNIQUE,           -- MessageId
    conversation INTEGER NOT NULL REFERENCES conversations (number) ON DELETE CASCADE,
    parent TEXT,                       -- MessageId, of the same conversation
    author TEXT NOT NULL,              -- person, assistant
    text TEXT NOT NULL,
    state TEXT NOT NULL,               -- writing, done, stopped, failed, interrupted
    at TEXT NOT NULL,                  -- RFC 3339, as it was given
    answer TEXT                        -- JSON of ChatAnswer
) STRICT;
CREATE INDEX messages_by_conversation ON messages (conversation);
CREATE INDEX messages_being_written ON messages (number) WHERE state = 'writing';
CREATE VIRTUAL TABLE message_texts USING fts5 (
    text,
    content = 'messages', content_rowid = 'number', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO message_texts (message_texts, rank) VALUES ('secure-delete', 1);
CREATE TRIGGER message_added AFTER INSERT ON messages WHEN new.state <> 'writing' BEGIN
    INSERT INTO message_texts (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER message_forgotten AFTER UPDATE OF text, state ON messages WHEN old.state <> 'writing' BEGIN
    INSERT INTO message_texts (message_texts, rowid, text) VALUES ('delete', old.number, old.text);
END;
CREATE TRIGGER message_learnt AFTER UPDATE OF text, state ON messages WHEN new.state <> 'writing' BEGIN
    INSERT INTO message_texts (rowid, text) VALUES (new.number, new.text);
END;
CREATE TRIGGER message_deleted AFTER DELETE ON messages WHEN old.state <> 'writing' BEGIN
    INSERT INTO message_texts (message_texts, rowid, text) VALUES ('delete', old.number, old.text);
END;
";

const TABLE: &str = "messages";

/// Keeps a message as it is given, in the place of what was kept of it while it was being written;
/// its number.
pub(crate) fn put(
    transaction: &Transaction,
    conversation: i64,
    message: &ChatMessage,
) -> rusqlite::Result<i64> {
    let number = transaction
        .prepare_cached(
            "INSERT INTO messages (id, conversation, parent, author, text, state, at, answer)
             VALUES (:id, :conversation, :parent, :author, :text, :state, :at, :answer)
             ON CONFLICT (id) DO UPDATE SET
                 text = excluded.text, state = excluded.state, answer = excluded.answer
             RETURNING number",
        )?
        .query_row(
            named_params! {
                ":id": message.id.to_string(),
                ":conversation": conversation,
                ":parent": message.parent.map(|parent| parent.to_string()),
                ":author": author_name(message.author),
                ":text": message.text,
                ":state": state_name(message.state),
                ":at": message.at,
                ":answer": message.answer.as_ref().map(to_json),
            },
            |row| row.get(0),
        )?;
    message_part::delete(transaction, number)?;
    Ok(number)
}

/// Whether a message is one of the conversation's.
pub(crate) fn exists(connection: &Connection, conversation: i64, id: MessageId) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM messages WHERE id = ?1 AND conversation = ?2)")?
        .query_row((id.to_string(), conversation), |row| row.get(0))
}

/// In the order in which they were written; with what is there of one that is being written.
pub(crate) fn list(connection: &Connection, conversation: i64) -> rusqlite::Result<Vec<ChatMessage>> {
    connection
        .prepare_cached(
            "SELECT number, id, parent, author, text, state, at, answer
             FROM messages WHERE conversation = ?1 ORDER BY number",
        )?
        .query_map([conversation], |row| {
            let mut message = read(row)?;
            if message.state == MessageState::Writing {
                message.text.push_str(&message_part::joined(connection, row.get("number")?)?);
            }
            Ok(message)
        })?
        .collect()
}

/// Numbers and ids of all that are being written, by this process or another.
pub(crate) fn being_written(connection: &Connection) -> rusqlite::Result<Vec<(i64, String)>> {
    connection
        .prepare_cached("SELECT number, id FROM messages WHERE state = 'writing' ORDER BY number")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// Nobody writes a message any more: what there is of it is its text.
pub(crate) fn interrupt(transaction: &Transaction, number: i64) -> rusqlite::Result<()> {
    let rest = message_part::joined(transaction, number)?;
    transaction
        .prepare_cached("UPDATE messages SET text = text || ?2, state = 'interrupted' WHERE number = ?1")?
        .execute((number, rest))?;
    message_part::delete(transaction, number)
}

fn read(row: &Row) -> rusqlite::Result<ChatMessage> {
    let id = |text: &str| {
        MessageId::parse(text).ok_or_else(|| unreadable(TABLE, format!("{text:?} is no message's id")))
    };
    let parent: Option<String> = row.get("parent")?;
    let answer: Option<String> = row.get("answer")?;
    Ok(ChatMessage {
        id: id(&row.get::<_, String>("id")?)?,
        parent: parent.map(|parent| id(&parent)).transpose()?,
        author: author_of(&row.get::<_, String>("author")?)?,
        text: row.get("text")?,
        state: state_of(&row.get::<_, String>("state")?)?,
        at: row.get("at")?,
        // An older version may have had another form; the words are there nevertheless.
        answer: answer.and_then(|answer| serde_json::from_str::<ChatAnswer>(&answer).ok()).map(Box::new),
    })
}

fn author_of(name: &str) -> rusqlite::Result<Author> {
    [Author::Person, Author::Assistant]
        .into_iter()
        .find(|known| author_name(*known) == name)
        .ok_or_else(|| unreadable(TABLE, format!("author is {name:?}")))
}

fn author_name(author: Author) -> &'static str {
    match author {
        Author::Person => "person",
        Author::Assistant => "assistant",
    }
}

fn state_of(name: &str) -> rusqlite::Result<MessageState> {
    [
        MessageState::Writing,
        MessageState::Done,
        MessageState::Stopped,
        MessageState::Failed,
        MessageState::Interrupted,
    ]
    .into_iter()
    .find(|known| state_name(*known) == name)
    .ok_or_else(|| unreadable(TABLE, format!("state is {name:?}")))
}

fn state_name(state: MessageState) -> &'static str {
    match state {
        MessageState::Writing => "writing",
        MessageState::Done => "done",
        MessageState::Stopped => "stopped",
        MessageState::Failed => "failed",
        MessageState::Interrupted => "interrupted",
    }
}
