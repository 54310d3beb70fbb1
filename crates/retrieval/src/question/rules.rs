//! What a pack says about how people ask: the contents of its `chat.toml`.
//!
//! Only words that belong to a kind of list stand there. What English means everywhere (numbers,
//! comparisons, negations, small talk) is in `english.rs`, so that no two packs can differ about it.

use rust_decimal::Decimal;
use serde::Deserialize;
use sextant_domain::Intent;

use crate::index::SynonymGroups;

/// A pack's rules for reading questions.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuestionRules {
    /// What the list's records are called: `coffee`, `plan`. They narrow nothing down.
    pub items: Vec<String>,
    pub fields: Vec<FieldRules>,
    pub phrases: Vec<PhraseRules>,
    pub synonyms: Vec<SynonymRules>,
    pub soft: Vec<SoftRules>,
    pub quick_replies: Vec<QuickReplyRules>,
    /// Words at the end of a brand that people leave out: `Roasters`, `Ltd`.
    pub brand_endings: Vec<String>,
    /// Words inside a value that don't stand for it: `Region`, `Southern`.
    pub generic: Vec<String>,
    /// Nouns that carry a taste or a look without saying anything: `notes`.
    pub heads: Vec<String>,
    /// Wishes without anything to search for, beside those of every pack.
    pub vague: Vec<String>,
    /// Words of questions that the list doesn't answer, beside those of every pack.
    pub off_topic: Vec<String>,
    /// Words of questions that documents answer.
    pub documents: Vec<String>,
}

/// How people speak of a field. `names` says which: `price`, `rating`, `brand`, `category`, or headers of
/// attributes; the headers that a list has are one field to a question (`origin_1` and `origin_2`).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldRules {
    pub names: Vec<String>,
    pub words: Vec<String>,
    /// `wider`: more of it.
    pub more: Vec<String>,
    pub less: Vec<String>,
    /// `widest`: the order by it, the most first.
    pub most: Vec<String>,
    pub least: Vec<String>,
    /// `expensive`: an order, unless negated.
    pub high: Vec<String>,
    pub low: Vec<String>,
    /// What follows a measure: `80 cm wide`.
    pub measure: Vec<String>,
    /// Words that ask for it of a record: `how much`.
    pub ask: Vec<String>,
    /// Words that stand before one of its values: `by`.
    pub cues: Vec<String>,
    /// What its numbers count where the list doesn't say.
    pub unit: String,
    /// Further units that only it has: `points`.
    pub units: Vec<String>,
    /// Whether the best is the lowest.
    pub lower_is_better: bool,
    /// Whether a word inside one of its values stands for it (`Ethiopia` in `Southern Ethiopia`).
    pub inside: bool,
    /// Whether a record's name tells it as well.
    pub with_name: bool,
    /// How a value is shown: `{} roast`.
    pub chip: Option<String>,
}

/// Words that mean a whole demand: `no exit fee`. Exactly one test is given.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhraseRules {
    pub words: Vec<String>,
    /// One of the names of a field.
    pub field: String,
    #[serde(default)]
    pub is: Option<Decimal>,
    #[serde(default)]
    pub at_most: Option<Decimal>,
    #[serde(default)]
    pub at_least: Option<Decimal>,
    #[serde(default)]
    pub above: Option<Decimal>,
    /// For fields that say yes or no.
    #[serde(default)]
    pub yes: Option<bool>,
    #[serde(default)]
    pub one_of: Vec<String>,
    #[serde(default)]
    pub negated: bool,
    pub label: String,
}

/// Words for something that the list calls otherwise: `couch` is read as `sofa`, where the list has that.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SynonymRules {
    pub words: Vec<String>,
    pub means: String,
}

/// A taste or an impression, which is searched by and never demanded: `fruity`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SoftRules {
    pub words: Vec<String>,
    /// What texts say instead.
    pub search: Vec<String>,
}

/// A question that the person may want to ask next.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuickReplyRules {
    pub text: String,
    pub after: Vec<Intent>,
    /// The field that a list must have for it.
    #[serde(default)]
    pub field: Option<String>,
}

/// A pack's `chat.toml` can't be used.
#[derive(Debug, thiserror::Error)]
pub enum QuestionRulesError {
    #[error("chat.toml can't be read: {0}. Correct the pack and start again.")]
    Malformed(#[from] toml::de::Error),
    #[error(
        "chat.toml: the phrase '{label}' must have exactly one of is, at_most, at_least, above, yes, one_of"
    )]
    NotOneTest { label: String },
}

impl QuestionRules {
    /// Words that texts say for each other, for the index.
    #[must_use]
    pub fn synonym_groups(&self) -> SynonymGroups {
        SynonymGroups::new(self.soft.iter().map(|soft| soft.words.iter().chain(&soft.search).cloned()))
    }

    /// Reads the text of a `chat.toml`.
    pub fn parse(text: &str) -> Result<Self, QuestionRulesError> {
        let rules: Self = toml::from_str(text)?;
        for phrase in &rules.phrases {
            let numbers = [phrase.is, phrase.at_most, phrase.at_least, phrase.above];
            let tests = numbers.iter().flatten().count()
                + usize::from(phrase.yes.is_some())
                + usize::from(!phrase.one_of.is_empty());
            if tests != 1 {
                return Err(QuestionRulesError::NotOneTest { label: phrase.label.clone() });
            }
        }
        Ok(rules)
    }
}
