//! What a chat says and how it asks models, for every pack: `assets/prompts`.

use std::path::Path;

use serde::Deserialize;
use sextant_domain::Intent;
use sha2::{Digest as _, Sha256};

use crate::pack::{PackError, hex, read};
use crate::templates::Templates;

pub(super) const REPLY: &str = "reply.txt";
pub(super) const REPLY_SYSTEM: &str = "reply_system.txt";
pub(super) const QUICK_REPLIES: &str = "quick_replies.txt";
pub(super) const DECIDE: &str = "decide.txt";
pub(super) const REPLY_BY_PLACEHOLDERS: &str = "placeholders/assistant_reply.txt";
pub(super) const QUICK_REPLIES_BY_PLACEHOLDERS: &str = "placeholders/quick_replies.txt";

const TEMPLATES: [&str; 6] =
    [REPLY, REPLY_SYSTEM, QUICK_REPLIES, DECIDE, REPLY_BY_PLACEHOLDERS, QUICK_REPLIES_BY_PLACEHOLDERS];

/// Prompts and fixed texts of the chat.
#[derive(Debug, Clone)]
pub struct Wording {
    pub(super) templates: Templates,
    pub(super) talk: Talk,
    /// sha256 of all files, for cache keys.
    pub(super) version: String,
}

/// Texts where no record is looked up.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Talk {
    greeting: Vec<String>,
    thanks: Vec<String>,
    goodbye: Vec<String>,
    assistant: Vec<String>,
    vague: Vec<String>,
    out_of_scope: Vec<String>,
    /// Where a document answers, where one only comes close, and where none does: `{quote}` is what stands in
    /// `{source}`.
    pub(super) said: Vec<String>,
    pub(super) closest: Vec<String>,
    pub(super) unsaid: Vec<String>,
}

impl Wording {
    /// Reads the folder.
    pub fn load(dir: &Path) -> Result<Self, PackError> {
        let mut hash = Sha256::new();
        let templates = Templates::load(dir, &TEMPLATES, &mut hash)?;
        let path = dir.join("talk.toml");
        let text = read(&path)?;
        hash.update(text.as_bytes());
        let talk =
            toml::from_str(&text).map_err(|error| PackError::Invalid { path, detail: error.to_string() })?;
        Ok(Self { templates, talk, version: hex(&hash.finalize()) })
    }
}

impl Talk {
    /// The texts for an intent that needs no record; empty for one that does.
    pub(super) fn texts(&self, intent: Intent) -> &[String] {
        match intent {
            Intent::Greeting => &self.greeting,
            Intent::Thanks => &self.thanks,
            Intent::Goodbye => &self.goodbye,
            Intent::Assistant => &self.assistant,
            Intent::Vague => &self.vague,
            Intent::OutOfScope => &self.out_of_scope,
            Intent::Search | Intent::Compare | Intent::Details | Intent::Count | Intent::Passage => &[],
        }
    }
}
