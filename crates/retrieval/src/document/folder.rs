//! Which files of a folder can be read as documents.
//!
//! Links are never followed: one that leads out of the folder names what the person didn't choose, and one
//! that stays inside names a file that is found anyway.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::is_supported;

/// A folder of more documents is read only so far.
const FILE_LIMIT: usize = 10_000;
/// Folders in folders; deeper ones are left out.
const DEPTH_LIMIT: usize = 32;

/// A document in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderFile {
    /// The path within the folder, with `/` between its parts; it is the document's name.
    pub name: String,
    pub path: PathBuf,
}

/// What a folder has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folder {
    /// By name.
    pub files: Vec<FolderFile>,
    /// Files and folders whose name starts with a dot.
    pub hidden: usize,
    /// Files of a kind that can't be read.
    pub unsupported: usize,
    pub links: usize,
    /// Folders and entries that the system wouldn't show, or that are nested too deep.
    pub unreadable: usize,
    /// There are more documents than are listed.
    pub is_cut: bool,
}

impl IntoIterator for Folder {
    type Item = FolderFile;
    type IntoIter = std::vec::IntoIter<FolderFile>;

    fn into_iter(self) -> Self::IntoIter {
        self.files.into_iter()
    }
}

/// The documents in `dir` and the folders below it, by name, with counts of what was passed over.
/// Fails only where `dir` itself can't be listed.
pub fn read_folder(dir: &Path) -> io::Result<Folder> {
    let mut folder = Folder::default();
    let mut waiting = vec![(dir.to_path_buf(), String::new(), 0)];
    let mut is_first = true;
    while let Some((path, prefix, depth)) = waiting.pop() {
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(error) if is_first => return Err(error),
            Err(_) => {
                folder.unreadable += 1;
                continue;
            }
        };
        is_first = false;
        let mut below = Vec::new();
        for entry in entries {
            let Some((entry, kind)) =
                entry.ok().and_then(|entry| entry.file_type().ok().map(|kind| (entry, kind)))
            else {
                folder.unreadable += 1;
                continue;
            };
            let file_name = entry.file_name().to_string_lossy().into_owned();
            let name = format!("{prefix}{file_name}");
            if file_name.starts_with('.') {
                folder.hidden += 1;
            } else if kind.is_symlink() {
                folder.links += 1;
            } else if kind.is_dir() && depth < DEPTH_LIMIT {
                below.push((entry.path(), format!("{name}/"), depth + 1));
            } else if kind.is_dir() {
                folder.unreadable += 1;
            } else if kind.is_file() && is_supported(&file_name) {
                folder.files.push(FolderFile { name, path: entry.path() });
            } else {
                folder.unsupported += 1;
            }
        }
        if folder.files.len() > FILE_LIMIT {
            folder.is_cut = true;
            break;
        }
        // The system lists in any order; which folders are reached before the bound must not depend on it.
        below.sort();
        waiting.extend(below.into_iter().rev());
    }
    folder.files.sort_by(|one, other| one.name.cmp(&other.name));
    folder.files.truncate(FILE_LIMIT);
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_listed_by_name_and_the_rest_is_counted() -> io::Result<()> {
        let outside = tempfile::tempdir()?;
        fs::write(outside.path().join("secret.txt"), "secret")?;
        let dir = tempfile::tempdir()?;
        for name in ["b.md", "a.txt", "sub/c.PDF", "sub/.git/d.txt", ".e.txt", "f.exe", "sub/deep/g.csv"] {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().expect("it is in the folder"))?;
            fs::write(path, "text")?;
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(outside.path(), dir.path().join("out"))?;
            std::os::unix::fs::symlink(outside.path().join("secret.txt"), dir.path().join("out.txt"))?;
            std::os::unix::fs::symlink(dir.path(), dir.path().join("sub/around"))?;
        }
        let folder = read_folder(dir.path())?;
        let names: Vec<&str> = folder.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(names, ["a.txt", "b.md", "sub/c.PDF", "sub/deep/g.csv"]);
        assert_eq!((folder.hidden, folder.unsupported, folder.unreadable), (2, 1, 0));
        assert_eq!(folder.links, if cfg!(unix) { 3 } else { 0 });
        assert!(folder.files.iter().all(|file| file.path.is_file()));
        Ok(())
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        assert!(read_folder(Path::new("/nowhere/at/all")).is_err());
    }
}
