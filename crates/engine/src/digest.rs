//! Whether a model file is the one that was published.
//!
//! Flipped weight bytes load without any error and give wrong text, so a file whose digest is known is
//! read once and remembered by path, size and time of change for as long as the app runs.

use std::{
    collections::HashMap,
    fmt::Write as _,
    fs::File,
    io::Read as _,
    path::{Path, PathBuf},
    sync::{LazyLock, Mutex, PoisonError},
    time::SystemTime,
};

use sha2::{Digest as _, Sha256};

use crate::EngineError;

type Identity = (PathBuf, u64, Option<SystemTime>);

static KNOWN: LazyLock<Mutex<HashMap<Identity, String>>> = LazyLock::new(Mutex::default);

const CHUNK_BYTES: usize = 1 << 20;

/// Compares a file with its published digest (lower-case hex).
pub fn verify_once(path: &Path, expected: &str) -> Result<(), EngineError> {
    let actual = sha256_hex(path)?;
    if actual == expected {
        return Ok(());
    }
    let defect = format!(
        "its content is not what was published (sha256 {}…, published {}…)",
        actual.get(..12).unwrap_or_default(),
        expected.get(..12).unwrap_or_default(),
    );
    Err(EngineError::ModelFileInvalid { path: path.to_owned(), defect })
}

/// A file's SHA-256 in lower-case hex, computed again only when the file has changed.
pub fn sha256_hex(path: &Path) -> Result<String, EngineError> {
    let unreadable = |error: std::io::Error| EngineError::ModelFileInvalid {
        path: path.to_owned(),
        defect: format!("it can't be read: {error}"),
    };
    let mut file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    let identity = (path.to_owned(), metadata.len(), metadata.modified().ok());
    let known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner).get(&identity).cloned();
    if let Some(digest) = known {
        return Ok(digest);
    }
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let length = file.read(&mut chunk).map_err(unreadable)?;
        if length == 0 {
            break;
        }
        hash.update(&chunk[..length]);
    }
    let mut digest = String::with_capacity(64);
    for byte in hash.finalize() {
        write!(digest, "{byte:02x}").expect("writing to a string can't fail");
    }
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner).insert(identity, digest.clone());
    Ok(digest)
}
