//! Reading a file's bytes, within a limit that is checked before anything is read.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use super::{ImportError, Source};

/// Larger files are refused by their size alone: 64 MiB.
pub const FILE_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// The whole file. A folder, a pipe or a file over [`FILE_LIMIT_BYTES`] is refused without being read.
pub fn read_file(path: &Path) -> Result<Vec<u8>, ImportError> {
    let file = Source::of_path(path).name;
    let explain = |source: std::io::Error| match source.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => {
            ImportError::NotFound { file: path.display().to_string() }
        }
        ErrorKind::PermissionDenied => ImportError::PermissionDenied { file: file.clone() },
        ErrorKind::IsADirectory => ImportError::IsFolder { file: file.clone() },
        _ => ImportError::Unreadable { file: file.clone(), source },
    };
    // Before opening: opening a pipe that nobody writes to would wait for ever.
    let metadata = std::fs::metadata(path).map_err(explain)?;
    if metadata.is_dir() {
        return Err(ImportError::IsFolder { file });
    }
    if !metadata.is_file() {
        return Err(ImportError::NotAFile { file });
    }
    let too_large =
        |bytes| ImportError::TooLarge { file: file.clone(), bytes, limit_bytes: FILE_LIMIT_BYTES };
    if metadata.len() > FILE_LIMIT_BYTES {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    // One byte more than allowed, because the file may grow while it is read.
    File::open(path)
        .and_then(|opened| opened.take(FILE_LIMIT_BYTES + 1).read_to_end(&mut bytes))
        .map_err(explain)?;
    if bytes.len() as u64 > FILE_LIMIT_BYTES {
        return Err(too_large(bytes.len() as u64));
    }
    Ok(bytes)
}
