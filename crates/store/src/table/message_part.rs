//! What has arrived of messages that are being written, piece by piece, so that a long answer isn't
//! written again and again. A message that isn't being written has none.

use rusqlite::{Connection, Transaction};

pub(crate) const CREATE: &str = "\
CREATE TABLE message_parts (
    message INTEGER NOT NULL REFERENCES messages (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (message, position)
) STRICT, WITHOUT ROWID;
";

/// Adds a piece to a message, if it is being written.
pub(crate) fn append(transaction: &Transaction, message_id: &str, text: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO message_parts (message, position, text)
             SELECT number,
                    (SELECT coalesce(max(position), 0) + 1 FROM message_parts WHERE message = number),
                    ?2
             FROM messages WHERE id = ?1 AND state = 'writing'",
        )?
        .execute((message_id, text))?;
    Ok(())
}

/// Takes back all that has arrived.
pub(crate) fn take_back(transaction: &Transaction, message_id: &str) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE messages SET text = '' WHERE id = ?1 AND state = 'writing' AND text <> ''")?
        .execute([message_id])?;
    transaction
        .prepare_cached(
            "DELETE FROM message_parts WHERE message = (SELECT number FROM messages WHERE id = ?1)",
        )?
        .execute([message_id])?;
    Ok(())
}

/// All pieces of a message.
pub(crate) fn joined(connection: &Connection, message: i64) -> rusqlite::Result<String> {
    let mut query =
        connection.prepare_cached("SELECT text FROM message_parts WHERE message = ?1 ORDER BY position")?;
    let mut rows = query.query([message])?;
    let mut text = String::new();
    while let Some(row) = rows.next()? {
        text.push_str(super::text(row, 0)?);
    }
    Ok(text)
}

pub(crate) fn delete(transaction: &Transaction, message: i64) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM message_parts WHERE message = ?1")?.execute([message])?;
    Ok(())
}
