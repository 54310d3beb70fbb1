//! Content hashes of files and folders, so that a step is repeated when its input changed and not
//! when only a date did. Where a mark is kept, it lies beside what it vouches for: deleting the
//! result deletes the mark.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

/// Lower-case hexadecimal SHA-256.
pub(crate) fn of_file(path: &Path) -> Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path).with_context(|| format!("can't read {}", path.display()))?;
    std::io::copy(&mut file, &mut hasher).with_context(|| format!("can't read {}", path.display()))?;
    Ok(hex(&hasher.finalize()))
}

/// Of the text itself.
pub(crate) fn of_text(text: &str) -> String {
    hex(&Sha256::digest(text))
}

/// Of the names and contents of everything under `root`, except the folders (of any depth) in `without`.
pub(crate) fn of_folder(root: &Path, without: &[&str]) -> Result<String> {
    let mut hasher = Sha256::new();
    for path in files(root, without)? {
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        hasher.update(format!("{name}\n{}\n", of_file(&path)?));
    }
    Ok(hex(&hasher.finalize()))
}

/// Every file under `root`, sorted, except those in folders named in `without`; links are not followed.
pub(crate) fn files(root: &Path, without: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(&folder).with_context(|| format!("can't list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_file() {
                found.push(entry.path());
            } else if kind.is_dir() && !without.iter().any(|name| entry.file_name() == *name) {
                folders.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_the_published_hash() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("abc");
        std::fs::write(&path, "abc")?;
        assert_eq!(of_file(&path)?, of_text("abc"));
        assert_eq!(of_file(&path)?, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        Ok(())
    }

    #[test]
    fn a_folders_hash_follows_names_and_contents_but_not_what_is_left_out() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let root = folder.path();
        std::fs::create_dir(root.join("dist"))?;
        std::fs::write(root.join("a"), "1")?;
        let first = of_folder(root, &["dist"])?;
        std::fs::write(root.join("dist/out"), "x")?;
        assert_eq!(of_folder(root, &["dist"])?, first);
        std::fs::write(root.join("a"), "2")?;
        assert_ne!(of_folder(root, &["dist"])?, first);
        std::fs::write(root.join("a"), "1")?;
        std::fs::rename(root.join("a"), root.join("b"))?;
        assert_ne!(of_folder(root, &["dist"])?, first);
        Ok(())
    }
}
