//! What can go wrong with the database, as far as a caller would act differently.

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use sextant_domain::ConversationId;

/// Each variant's text says what happened and what to do next.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(
        "the database {} was written by a newer Sextant (version {found}; this one knows {known}); \
         update Sextant, or set SEXTANT_HOME to another folder. Nothing in it was changed",
        path.display()
    )]
    NewerVersion { path: PathBuf, found: i64, known: i64 },
    #[error(
        "the database {} is locked by another program; close it and try again", path.display()
    )]
    Locked { path: PathBuf },
    #[error(
        "there is no room left for the database {}; free some space on its disk and try again",
        path.display()
    )]
    DiskFull { path: PathBuf },
    #[error(
        "the database {} may not be written; check its permissions and its folder's, \
         or set SEXTANT_HOME to another folder",
        path.display()
    )]
    NotWritable { path: PathBuf },
    #[error("the database {} can't be opened ({detail}); check that its folder can be used", path.display())]
    NotOpened { path: PathBuf, detail: String },
    #[error(
        "the database {} is damaged; close Sextant, move the file away and start again", path.display()
    )]
    Damaged { path: PathBuf },
    #[error("the database {} could not be moved aside", path.display())]
    NotSetAside { path: PathBuf, source: io::Error },
    #[error("a stored row of {table} can't be read: {detail}; import the file again")]
    UnreadableRow { table: &'static str, detail: String },
    #[error("the conversation isn't there any more; begin a new one")]
    NoSuchConversation { id: ConversationId },
    #[error("the conversation can't be kept, because {detail}; nothing of it was. Export it again")]
    BrokenConversation { detail: String },
    #[error("the database's writer has ended; start Sextant again")]
    WriterEnded,
    #[error("the database {} failed: {source}", path.display())]
    Sqlite { path: PathBuf, source: rusqlite::Error },
}

impl StoreError {
    /// Sorts the database's codes by what a person can do about them.
    pub(crate) fn from_sqlite(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_path_buf();
        match source.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked { path },
            Some(ErrorCode::DiskFull) => Self::DiskFull { path },
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::NotWritable { path },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged { path },
            Some(ErrorCode::CannotOpen) => Self::NotOpened { path, detail: source.to_string() },
            _ => match source {
                rusqlite::Error::FromSqlConversionFailure(_, _, cause) => {
                    // Tables wrap what they can't understand; see `table::unreadable`.
                    match cause.downcast::<crate::table::Unreadable>() {
                        Ok(row) => Self::UnreadableRow { table: row.table, detail: row.detail },
                        Err(cause) => {
                            Self::UnreadableRow { table: "the database", detail: cause.to_string() }
                        }
                    }
                }
                source => Self::Sqlite { path, source },
            },
        }
    }
}
