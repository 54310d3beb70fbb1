//! Opening the file: pragmas, the version guard, and setting a damaged file aside.
//!
//! Nothing is written before the version is known to be ours, not even by the library's own clean-up.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::{StoreError, StoreOptions, schema};

/// Up to this size the whole file is checked when it is opened (77 MB took 0.2 s); in a
/// larger one, damage shows when the damaged page is read.
const CHECKED_BYTES: u64 = 64 << 20;

/// Where the database is.
#[derive(Debug, Clone)]
pub(crate) enum Location {
    File(PathBuf),
    /// Shared by all connections that know the name, gone with the last of them.
    Memory {
        uri: PathBuf,
    },
}

impl Location {
    pub(crate) fn memory() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        Self::Memory { uri: format!("file:/sextant-{number}?vfs=memdb").into() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.file().unwrap_or(Path::new(":memory:"))
    }

    /// `None` for one in memory.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Memory { .. } => None,
        }
    }

    fn open(&self, flags: OpenFlags, lock_timeout: Duration) -> rusqlite::Result<Connection> {
        // Every connection is used by one thread at a time.
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self {
            Self::File(path) => Connection::open_with_flags(path, flags),
            Self::Memory { uri } => Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI),
        }?;
        connection.busy_timeout(lock_timeout)?;
        connection.set_prepared_statement_cache_capacity(32);
        Ok(connection)
    }
}

/// The writer's connection, with the schema in place. A damaged file is renamed, and the notice that
/// says so comes with the connection to the new one.
pub(crate) fn open_writer(
    location: &Location,
    options: &StoreOptions,
) -> Result<(Connection, Vec<String>), StoreError> {
    if let Location::File(path) = location {
        create_folder(path)?;
    }
    match open_when_free(location, options.lock_timeout) {
        Ok(connection) => Ok((connection, Vec::new())),
        Err(StoreError::Damaged { path }) => {
            let aside = set_aside(&path, options.now)
                .map_err(|source| StoreError::NotSetAside { path: path.clone(), source })?;
            let notice = format!(
                "The database {} was damaged. It was kept as {}, and a new, empty one was started: \
                 import your files again.",
                path.display(),
                aside.display()
            );
            Ok((open_when_free(location, options.lock_timeout)?, vec![notice]))
        }
        Err(other) => Err(other),
    }
}

/// A reader sees what was committed when its query began, and never blocks the writer.
pub(crate) fn open_reader(location: &Location, lock_timeout: Duration) -> rusqlite::Result<Connection> {
    let connection = location.open(OpenFlags::SQLITE_OPEN_READ_ONLY, lock_timeout)?;
    // In KiB: a month's roll-ups stay in memory between two looks at the panel.
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    Ok(connection)
}

/// Tries again until `lock_timeout` is over: where two processes make or migrate the file at the same
/// moment, one of them is told at once that it is locked, without any waiting.
fn open_when_free(location: &Location, lock_timeout: Duration) -> Result<Connection, StoreError> {
    let started = Instant::now();
    loop {
        match open_checked(location, lock_timeout) {
            Err(StoreError::Locked { .. }) if started.elapsed() < lock_timeout => {
                thread::sleep(Duration::from_millis(5));
            }
            result => return result,
        }
    }
}

/// For this connection, which is the only one that writes.
pub(crate) fn limit_size(connection: &Connection, bytes: u64) -> rusqlite::Result<()> {
    let page_bytes: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let pages = bytes / page_bytes.unsigned_abs().max(1);
    // SQLite keeps to what the file already has where that is more.
    connection.query_row(&format!("PRAGMA max_page_count = {}", pages.max(1)), [], |_| Ok(()))
}

fn open_checked(location: &Location, lock_timeout: Duration) -> Result<Connection, StoreError> {
    let path = location.path();
    let sqlite = |error| StoreError::from_sqlite(path, error);
    let mut bytes = 0;
    if let Location::File(path) = location {
        bytes = fs::metadata(path).map_or(0, |metadata| metadata.len());
        if let Some(version) = version_in_header(path) {
            schema::refuse_newer(path, version)?;
        }
    }
    let mut connection = location
        .open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE, lock_timeout)
        .map_err(sqlite)?;
    // Closing the last connection would move a newer program's write-ahead log into its file.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(sqlite)?;
    schema::refuse_newer(path, schema::user_version(&connection).map_err(sqlite)?)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(sqlite)?;

    if (1..=CHECKED_BYTES).contains(&bytes) {
        let verdict: String =
            connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(sqlite)?;
        if verdict != "ok" {
            return Err(StoreError::Damaged { path: path.to_path_buf() });
        }
    }
    connection
        .query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))
        .and_then(|()| connection.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"))
        .map_err(sqlite)?;
    schema::migrate(path, &mut connection)?;
    Ok(connection)
}

fn create_folder(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    fs::create_dir_all(folder).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StoreError::NotWritable { path: path.to_path_buf() }
        }
        io::ErrorKind::StorageFull => StoreError::DiskFull { path: path.to_path_buf() },
        _ => StoreError::NotOpened { path: path.to_path_buf(), detail: error.to_string() },
    })
}

/// `user_version` as the file's first page has it, without opening it as a database, which would
/// leave traces beside it. The write-ahead log may know a later one; that is looked at once the file is open.
fn version_in_header(path: &Path) -> Option<i64> {
    let mut header = [0_u8; 64];
    File::open(path).ok()?.read_exact(&mut header).ok()?;
    if !header.starts_with(b"SQLite format 3\0") {
        return None;
    }
    let [.., a, b, c, d] = header;
    Some(i64::from(i32::from_be_bytes([a, b, c, d])))
}

/// Renames the file and what belongs to it beside it; where to.
fn set_aside(path: &Path, now: SystemTime) -> io::Result<PathBuf> {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let aside = (0..=u32::MAX)
        .map(|again| match again {
            0 => with_suffix(path, &format!(".corrupt-{seconds}")),
            _ => with_suffix(path, &format!(".corrupt-{seconds}-{again}")),
        })
        .find(|aside| !aside.exists())
        .expect("some number is free");
    fs::rename(path, &aside)?;
    // A log that stayed would be taken for the new file's.
    for suffix in ["-wal", "-shm"] {
        match fs::rename(with_suffix(path, suffix), with_suffix(&aside, suffix)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_os_string();
    name.push(suffix);
    name.into()
}
