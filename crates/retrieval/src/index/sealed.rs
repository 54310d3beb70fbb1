//! Files that are whole or nothing: a mark that says what a file holds, the content, and a checksum of both.
//!
//! A file is written beside its place and renamed into it, so that no reader meets a half-written one and
//! two processes may write the same file at once: the last one stays. Nothing is flushed to the disk, since
//! a file that a crash has cut short fails its checksum and is made again. Content is handed out before the
//! checksum has been compared, so a reader must not use it before [`SealedFile::finish`].

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

const MAGIC: &[u8; 8] = b"sxindex1";
const CHECKSUM_BYTES: usize = 32;
/// A longer mark is damage.
const MOST_MARK_BYTES: u32 = 1 << 20;
/// How the names of unfinished files end.
const PART: &str = ".part";

/// Why there was nothing to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// There is no such file.
    Absent,
    /// It was made from other content, or by another version.
    Outdated,
    /// It can't be read, or isn't what was written.
    Damaged,
}

impl From<io::Error> for Unusable {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::NotFound { Self::Absent } else { Self::Damaged }
    }
}

/// A file's content, after its mark.
pub(crate) struct SealedFile {
    file: BufReader<File>,
    checksum: Sha256,
    content_left: u64,
}

impl SealedFile {
    /// The mark and what comes after it. A mark that can't be understood is another version's.
    pub(crate) fn open<Mark: DeserializeOwned>(path: &Path) -> Result<(Mark, Self), Unusable> {
        let file = File::open(path)?;
        let bytes = file.metadata()?.len();
        let mut sealed = Self {
            file: BufReader::with_capacity(1 << 16, file),
            checksum: Sha256::new(),
            content_left: bytes,
        };
        let mut magic = [0; 8];
        sealed.read_exact(&mut magic)?;
        if &magic != MAGIC {
            return Err(Unusable::Outdated);
        }
        let mut mark_bytes = [0; 4];
        sealed.read_exact(&mut mark_bytes)?;
        let mark_bytes = u32::from_le_bytes(mark_bytes);
        if mark_bytes > MOST_MARK_BYTES {
            return Err(Unusable::Damaged);
        }
        let mut mark = vec![0; mark_bytes as usize];
        sealed.read_exact(&mut mark)?;
        let mark = serde_json::from_slice(&mark).map_err(|_| Unusable::Outdated)?;
        sealed.content_left =
            sealed.content_left.checked_sub(CHECKSUM_BYTES as u64).ok_or(Unusable::Damaged)?;
        Ok((mark, sealed))
    }

    /// How many bytes of the content have not been read.
    pub(crate) fn content_left(&self) -> u64 {
        self.content_left
    }

    /// That all of the content was read, and is what was written.
    pub(crate) fn finish(mut self) -> Result<(), Unusable> {
        let mut written = [0; CHECKSUM_BYTES];
        self.file.read_exact(&mut written)?;
        let whole = self.content_left == 0 && self.checksum.finalize()[..] == written;
        whole.then_some(()).ok_or(Unusable::Damaged)
    }
}

impl Read for SealedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = buffer.len().min(usize::try_from(self.content_left).unwrap_or(usize::MAX));
        let read = self.file.read(&mut buffer[..most])?;
        self.checksum.update(&buffer[..read]);
        self.content_left -= read as u64;
        Ok(read)
    }
}

/// Writes a file in place of the one that may be there, and its folder where there is none.
pub(crate) fn write(
    path: &Path,
    mark: &impl Serialize,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    remove_abandoned_parts(path);
    let part = part_of(path);
    let written = write_part(&part, mark, content).and_then(|()| fs::rename(&part, path));
    if written.is_err() {
        // Nobody else would, before the next one is written.
        let _ = fs::remove_file(&part);
    }
    written
}

fn write_part(
    part: &Path,
    mark: &impl Serialize,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).open(part)?;
    // Says that somebody is at it; where files can't be locked, unfinished ones stay.
    let _ = file.try_lock();
    let mut output = Checksumming { file: BufWriter::with_capacity(1 << 16, file), checksum: Sha256::new() };
    let mark = serde_json::to_vec(mark)?;
    let mark_bytes = u32::try_from(mark.len()).ok().filter(|bytes| *bytes <= MOST_MARK_BYTES);
    let mark_bytes = mark_bytes.ok_or(ErrorKind::InvalidInput)?;
    output.write_all(MAGIC)?;
    output.write_all(&mark_bytes.to_le_bytes())?;
    output.write_all(&mark)?;
    content(&mut output)?;
    let Checksumming { mut file, checksum } = output;
    file.write_all(&checksum.finalize())?;
    file.flush()
}

/// A name beside `path` that no other write has, in this process or another.
fn part_of(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}-{}{PART}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
    name.into()
}

/// Removes what writes of this file left that did not end: unfinished files which nobody has locked.
fn remove_abandoned_parts(path: &Path) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return;
    };
    let Ok(files) = fs::read_dir(folder) else {
        return;
    };
    let begin = format!("{}.", name.to_string_lossy());
    for file in files.flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let unlocked = || File::open(file.path()).is_ok_and(|part| part.try_lock().is_ok());
        if name.starts_with(&begin) && name.ends_with(PART) && unlocked() {
            let _ = fs::remove_file(file.path());
        }
    }
}

struct Checksumming {
    file: BufWriter<File>,
    checksum: Sha256,
}

impl Write for Checksumming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.checksum.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::{self, Read as _};
    use std::path::Path;

    use super::{SealedFile, Unusable, write};

    fn read(path: &Path) -> Result<(String, Vec<u8>), Unusable> {
        let (mark, mut file) = SealedFile::open::<String>(path)?;
        let mut content = Vec::new();
        file.read_to_end(&mut content)?;
        file.finish().map(|()| (mark, content))
    }

    #[test]
    fn what_was_written_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("new/folder/file");
        assert_eq!(read(&path), Err(Unusable::Absent));
        for content in [vec![], vec![1, 2, 3], vec![7; 200_000]] {
            write(&path, &"mark", |file| file.write_all(&content)).expect("a file that can be written");
            assert_eq!(read(&path), Ok(("mark".to_owned(), content)));
        }
    }

    #[test]
    fn any_changed_or_missing_byte_is_noticed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        write(&path, &"mark", |file| file.write_all(b"some content")).expect("a file that can be written");
        let whole = fs::read(&path).expect("the file");
        for place in 0..whole.len() {
            let mut changed = whole.clone();
            changed[place] ^= 1 << (place % 8);
            fs::write(&path, &changed).expect("a changed file");
            assert!(read(&path).is_err(), "byte {place} was changed");
            fs::write(&path, &whole[..place]).expect("a shorter file");
            assert!(read(&path).is_err(), "cut at byte {place}");
        }
        fs::write(&path, [&whole[..], b"x"].concat()).expect("a longer file");
        assert_eq!(read(&path), Err(Unusable::Damaged));
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        write(&path, &"mark", |file| file.write_all(b"old")).expect("a file that can be written");
        let failed = write(&path, &"mark", |file| {
            file.write_all(b"new")?;
            Err(io::Error::other("no room"))
        });
        assert!(failed.is_err());
        assert_eq!(read(&path), Ok(("mark".to_owned(), b"old".to_vec())));
        assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
    }

    #[test]
    fn an_abandoned_write_is_cleared_away_and_one_under_way_is_not() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("file");
        let abandoned = folder.path().join("file.1-1.part");
        fs::write(&abandoned, b"half").expect("a file that can be written");
        write(&path, &"outer", |file| {
            // Its own unfinished file is locked, so this one leaves it.
            write(&path, &"inner", |file| file.write_all(b"inner"))?;
            file.write_all(b"outer")
        })
        .expect("two writes at once");
        assert!(!abandoned.exists());
        assert_eq!(read(&path), Ok(("outer".to_owned(), b"outer".to_vec())));
    }
}
