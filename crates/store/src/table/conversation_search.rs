//! Conversations by words: each word has to stand in the title or in some message, of whichever branch;
//! of the last one, its beginning.

use std::collections::{HashMap, HashSet};

use rusqlite::Connection;
use sextant_domain::ConversationRow;

use super::conversation;

/// Around what was found, in words.
const SNIPPET_WORDS: u32 = 16;

/// The last one that was written in first; all where nothing is searched for.
pub(crate) fn find(connection: &Connection, search: &str) -> rusqlite::Result<Vec<ConversationRow>> {
    let rows = conversation::list(connection)?;
    if search.trim().is_empty() {
        return Ok(rows.into_iter().map(|(_, row)| row).collect());
    }
    let words = expressions(search);
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let mut found: HashSet<i64> = rows.iter().map(|(number, _)| *number).collect();
    for word in &words {
        let with_word = having(connection, word)?;
        found.retain(|number| with_word.contains(number));
    }
    let any = words.join(" OR ");
    let mut best = best_messages(connection, &any, &found)?;
    // One that has them all says more.
    best.extend(best_messages(connection, &words.join(" AND "), &found)?);
    rows.into_iter()
        .filter(|(number, _)| found.contains(number))
        .map(|(number, row)| {
            let snippet = match best.get(&number) {
                Some(message) => message_snippet(connection, &any, *message)?,
                None => title_snippet(connection, &any, number)?,
            };
            Ok(ConversationRow { snippet: Some(snippet), ..row })
        })
        .collect()
}

/// What was typed, word by word, as the index takes it: quoted, so that nothing in it is a command.
fn expressions(search: &str) -> Vec<String> {
    let mut words: Vec<String> = search
        .split(|letter: char| letter.is_whitespace() || letter.is_control())
        // The index has letters and digits only.
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    if let Some(last) = words.last_mut() {
        last.push('*');
    }
    words
}

fn having(connection: &Connection, word: &str) -> rusqlite::Result<HashSet<i64>> {
    connection
        .prepare_cached(
            "SELECT conversation FROM messages
             WHERE number IN (SELECT rowid FROM message_texts WHERE message_texts MATCH ?1)
             UNION
             SELECT rowid FROM conversation_titles WHERE conversation_titles MATCH ?1",
        )?
        .query_map([word], |row| row.get(0))?
        .collect()
}

/// For each of these conversations the message that fits best, where one does.
fn best_messages(
    connection: &Connection,
    any: &str,
    conversations: &HashSet<i64>,
) -> rusqlite::Result<HashMap<i64, i64>> {
    let mut best = HashMap::new();
    if conversations.is_empty() {
        return Ok(best);
    }
    let mut query = connection.prepare_cached(
        "SELECT messages.conversation, messages.number
         FROM message_texts JOIN messages ON messages.number = message_texts.rowid
         WHERE message_texts MATCH ?1 ORDER BY rank",
    )?;
    let mut rows = query.query([any])?;
    while let Some(row) = rows.next()? {
        let conversation = row.get(0)?;
        if conversations.contains(&conversation) {
            let message = row.get(1)?;
            best.entry(conversation).or_insert(message);
        }
    }
    Ok(best)
}

fn message_snippet(connection: &Connection, any: &str, message: i64) -> rusqlite::Result<String> {
    connection
        .prepare_cached(&format!(
            "SELECT snippet(message_texts, 0, '[', ']', '…', {SNIPPET_WORDS}) FROM message_texts
             WHERE message_texts MATCH ?1 AND rowid = ?2"
        ))?
        .query_row((any, message), |row| row.get(0))
}

fn title_snippet(connection: &Connection, any: &str, conversation: i64) -> rusqlite::Result<String> {
    connection
        .prepare_cached(
            "SELECT highlight(conversation_titles, 0, '[', ']') FROM conversation_titles
             WHERE conversation_titles MATCH ?1 AND rowid = ?2",
        )?
        .query_row((any, conversation), |row| row.get(0))
}
