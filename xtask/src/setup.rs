//! Everything that a build or a test needs and that is not in the repository: what is missing is
//! named, with its reason, and installed; what is there is left alone.
//!
//! One file per kind of thing. Each first looks whether there is anything to do, and a look costs
//! milliseconds, because every `cargo xtask run` begins here.

mod embedding_model;
mod npm_packages;
mod system_packages;
mod tauri_driver;

use anyhow::Result;

use crate::cache::Cache;
use crate::workspace::Workspace;

/// What the set-up is for; tests need more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Run,
    Test,
}

/// Whether someone has already said yes to every question.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    Ask,
    Given,
}

pub(crate) fn set_up(workspace: &Workspace, cache: &Cache, purpose: Purpose, consent: Consent) -> Result<()> {
    system_packages::install(purpose, consent, embedding_model::is_missing(cache))?;
    npm_packages::install(workspace)?;
    if purpose == Purpose::Test {
        tauri_driver::install(workspace, cache)?;
    }
    embedding_model::install(cache);
    Ok(())
}
