//! The real data beside the repository, which is too large to be in it.
//!
//! Where it is absent, a test says so and passes, because a clone alone can't have it; under CI its
//! absence is an error, or nobody would notice that these tests never run.

use std::path::PathBuf;

/// `<repository>/../shared/data/<name>`, or `None` after saying what is missing.
///
/// # Panics
/// Under CI, when it's missing.
#[must_use]
pub fn find(name: &str) -> Option<PathBuf> {
    let path = super::binary::repository().join("../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    let missing = format!("the shared data {name} is not at {}", path.display());
    assert!(std::env::var_os("CI").is_none(), "{missing}, and CI needs it");
    println!("skipped: {missing}");
    None
}
