//! Files that are there whole or not at all.

use std::io::{self, Write as _};
use std::path::Path;

/// Writes beside the place first: who is stopped in between leaves what was there before. The folder has to
/// exist.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}
