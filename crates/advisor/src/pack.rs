//! A pack: one domain as data, read from `assets/packs/<id>/`.
//!
//! What a criterion means in arithmetic is code (`score.rs`); a pack says which criteria there are,
//! what they weigh, and in which words prompts and fallbacks are written. A new weight or a new
//! wording is a change of files only.
//!
//! A pack is about tariffs or about items. One about tariffs has criteria, and with them all that ranking needs:
//! wishes, tags, prompts, fallbacks, a rule that reads terms, a home to open with. One about items has only columns,
//! a currency and a sample; asking it for a prompt is an error.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use sextant_retrieval::question::QuestionRules;
use sha2::{Digest, Sha256};

use crate::judging::Reader;
use crate::templates::Templates;

/// A pack that can't be used, which is a fault of the installation.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("the pack file {path} can't be read ({source}); install the app again")]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the pack file {path} is wrong: {detail}")]
    Invalid { path: PathBuf, detail: String },
}

/// What counts in a choice.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    pub id: CriterionKind,
    pub label: String,
    pub description: String,
    pub weight: f64,
    /// Replaces `weight` when the person prefers renewable power.
    pub preferred_weight: Option<f64>,
}

/// The criteria that `score.rs` knows how to compute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CriterionKind {
    Cost,
    Renewable,
    Flexibility,
    ExitFee,
    Certainty,
}

impl CriterionKind {
    /// As `pack.toml` and the JSON have it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Renewable => "renewable",
            Self::Flexibility => "flexibility",
            Self::ExitFee => "exit_fee",
            Self::Certainty => "certainty",
        }
    }
}

/// A wish that every model knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    pub name: String,
    /// What counts more for who wishes it.
    pub criterion: CriterionKind,
    /// A person's words stand for it where they hold one of these, in lower case.
    pub words: Vec<String>,
}

impl Wish {
    /// Whether these words of a person stand for it.
    #[must_use]
    pub fn is_meant_by(&self, said: &str) -> bool {
        let said = said.to_lowercase();
        self.words.iter().any(|word| said.contains(word.as_str()))
    }
}

/// What a plan's special terms can say that no column does.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tag {
    pub name: String,
    /// The wishes that such terms serve.
    #[serde(default)]
    pub good_for: Vec<String>,
    /// The wishes that they go against.
    #[serde(default)]
    pub poor_for: Vec<String>,
}

/// Headers by role, as the import uses them.
pub type HeaderRules = BTreeMap<String, Vec<String>>;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckedWords {
    words: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PackFile {
    id: String,
    name: String,
    version: u32,
    currency: String,
    sample: Option<Sample>,
    #[serde(default)]
    criteria: Vec<Criterion>,
    wish_factor: Option<f64>,
    #[serde(default)]
    wishes: Vec<Wish>,
    #[serde(default)]
    tags: Vec<Tag>,
    #[serde(default)]
    checked_words: CheckedWords,
    headers: HeaderRules,
}

/// What the window opens with. Empty in a pack about items.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    pub home: String,
    #[serde(rename = "where")]
    pub conditions: BTreeMap<String, Vec<String>>,
    pub current_plan: String,
    pub wish: String,
}

/// A loaded pack.
#[derive(Debug, Clone)]
pub struct Pack {
    pub id: String,
    pub name: String,
    pub version: u32,
    pub currency: String,
    pub sample: Sample,
    /// Empty in a pack about items.
    pub criteria: Vec<Criterion>,
    pub headers: HeaderRules,
    /// By how much a wish raises its criterion's weight.
    pub wish_factor: f64,
    pub wishes: Vec<Wish>,
    pub tags: Vec<Tag>,
    /// Words that a text may use only where the facts do.
    pub checked_words: Vec<String>,
    /// sha256 of the pack's files but the sample, for cache keys and the history.
    pub prompt_version: String,
    pub(crate) templates: Templates,
    /// What the words of a question mean.
    pub question_rules: QuestionRules,
    /// The file of the rule that reads terms, and the rule once it was needed.
    terms: String,
    reader: OnceLock<Reader>,
    dir: PathBuf,
}

const TERMS: &str = "terms.json";
const QUESTIONS: &str = "chat.toml";

/// The templates that every pack about tariffs has. A fallback has one sentence a line.
const TEMPLATES: [&str; 8] = [
    "prompts/usage_summary.txt",
    "prompts/plan_scoring.txt",
    "prompts/narrative.txt",
    "prompts/question.txt",
    "prompts/placeholders/usage_summary.txt",
    "prompts/placeholders/narrative.txt",
    "fallbacks/usage_summary.txt",
    "fallbacks/narrative.txt",
];

impl Pack {
    pub fn load(dir: &Path) -> Result<Self, PackError> {
        let path = dir.join("pack.toml");
        let text = read(&path)?;
        let file: PackFile = toml::from_str(&text)
            .map_err(|error| PackError::Invalid { path: path.clone(), detail: error.to_string() })?;
        for wish in file.tags.iter().flat_map(|tag| tag.good_for.iter().chain(&tag.poor_for)) {
            if !file.wishes.iter().any(|known| known.name == *wish) {
                let detail = format!("a tag is about {wish}, which is no wish");
                return Err(PackError::Invalid { path, detail });
            }
        }
        let ranks_tariffs = !file.criteria.is_empty();
        if [file.sample.is_some(), file.wish_factor.is_some()] != [ranks_tariffs; 2] {
            let detail = "criteria, wish_factor and [sample] belong together: a pack has all of them or none";
            return Err(PackError::Invalid { path, detail: detail.to_owned() });
        }
        let mut hash = Sha256::new();
        hash.update(text.as_bytes());
        let terms = if ranks_tariffs { read(&dir.join(TERMS))? } else { String::new() };
        hash.update(terms.as_bytes());
        let questions = read(&dir.join(QUESTIONS))?;
        hash.update(questions.as_bytes());
        let question_rules = QuestionRules::parse(&questions)
            .map_err(|error| PackError::Invalid { path: dir.join(QUESTIONS), detail: error.to_string() })?;
        let names: &[&'static str] = if ranks_tariffs { &TEMPLATES } else { &[] };
        let templates = Templates::load(dir, names, &mut hash)?;
        Ok(Self {
            id: file.id,
            name: file.name,
            version: file.version,
            currency: file.currency,
            sample: file.sample.unwrap_or_default(),
            criteria: file.criteria,
            headers: file.headers,
            wish_factor: file.wish_factor.unwrap_or(1.0),
            wishes: file.wishes,
            tags: file.tags,
            checked_words: file.checked_words.words,
            prompt_version: hex(&hash.finalize()),
            templates,
            question_rules,
            terms,
            reader: OnceLock::new(),
            dir: dir.to_owned(),
        })
    }

    /// A prompt or fallback with its values filled in, without the last line break.
    pub fn render(&self, template: &str, values: &impl Serialize) -> Result<String, PackError> {
        self.templates.render(template, values)
    }

    /// The rule that reads special terms. The first call takes some milliseconds.
    pub(crate) fn reader(&self) -> Result<&Reader, PackError> {
        if let Some(reader) = self.reader.get() {
            return Ok(reader);
        }
        let invalid = |detail| PackError::Invalid { path: self.dir.join(TERMS), detail };
        let reader = Reader::parse(&self.terms).map_err(invalid)?;
        if let Some(name) = reader.tags().iter().find(|name| self.tags.iter().all(|tag| tag.name != **name)) {
            return Err(invalid(format!("{name} is no tag of the pack")));
        }
        Ok(self.reader.get_or_init(|| reader))
    }

    /// Where one of its files is.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Whether it is about tariffs, which it ranks, and not about items.
    #[must_use]
    pub fn ranks_tariffs(&self) -> bool {
        !self.criteria.is_empty()
    }

    /// The sample list's file: plans or items.
    #[must_use]
    pub fn sample_catalog(&self) -> PathBuf {
        self.dir.join(if self.ranks_tariffs() { "sample/plans.csv" } else { "sample/products.csv" })
    }

    /// The sample usage file, which only a pack about tariffs has.
    #[must_use]
    pub fn sample_usage(&self) -> PathBuf {
        self.dir.join("sample/usage.csv")
    }
}

pub(crate) fn read(path: &Path) -> Result<String, PackError> {
    fs::read_to_string(path).map_err(|source| PackError::Unreadable { path: path.to_owned(), source })
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a string succeeds");
        text
    })
}
