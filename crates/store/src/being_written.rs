//! Which process writes a message: the one that holds a lock on a file beside the database.
//!
//! The system takes the lock away with the process, however it ends, so a lock that is free means that
//! nobody writes any more. The file is made and looked at only within a transaction that writes, so that
//! no process sees it before it is locked.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Transaction};
use sextant_domain::MessageId;

use crate::table::{conversation, message};
use crate::writer::in_transaction;

/// That this process writes a message, for as long as it isn't dropped.
#[derive(Debug)]
pub(crate) struct Mark {
    path: PathBuf,
    file: File,
}

impl Mark {
    /// `None` where the file system has no locks or no room: then the next process to open the database
    /// takes the message for interrupted, until it is finished.
    pub(crate) fn set(database: &Path, message: MessageId) -> Option<Self> {
        let path = mark_path(database, &message.to_string());
        let file = File::create(&path).ok()?;
        let mark = Self { path, file };
        mark.file.try_lock().ok()?;
        Some(mark)
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        // One that stays is removed when the database is next opened after a crash.
        let _ = fs::remove_file(&self.path);
    }
}

/// Does what the end of the last process left to do: messages that nobody writes any more are interrupted,
/// and what was deleted goes for good. `database` is `None` for one in memory, which no process has left.
pub(crate) fn settle(connection: &mut Connection, database: Option<&Path>) -> rusqlite::Result<()> {
    let Some(database) = database else { return Ok(()) };
    if message::being_written(connection)?.is_empty() && !conversation::has_deleted(connection)? {
        return Ok(());
    }
    in_transaction(connection, |transaction| {
        interrupt_abandoned(transaction, database)?;
        conversation::purge(transaction)
    })
}

fn interrupt_abandoned(transaction: &Transaction, database: &Path) -> rusqlite::Result<()> {
    for (number, id) in message::being_written(transaction)? {
        if !is_held(&mark_path(database, &id)) {
            message::interrupt(transaction, number)?;
        }
    }
    for mark in marks(database) {
        if !is_held(&mark) {
            // It is only litter.
            let _ = fs::remove_file(mark);
        }
    }
    Ok(())
}

fn is_held(mark: &Path) -> bool {
    File::open(mark).is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// All that are beside the database.
fn marks(database: &Path) -> Vec<PathBuf> {
    let start = mark_path(database, "");
    let (Some(folder), Some(start)) = (start.parent(), start.file_name()) else {
        return Vec::new();
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter(|entry| entry.file_name().as_encoded_bytes().starts_with(start.as_encoded_bytes()))
        .map(|entry| entry.path())
        .collect()
}

fn mark_path(database: &Path, message: &str) -> PathBuf {
    let mut name = OsString::from(database);
    name.push("-writing-");
    name.push(message);
    name.into()
}
