//! What the person wants, in the few words that every model knows.

use sextant_domain::Preferences;
use sextant_engine::Writes;

use super::plan_prompt::SHORT_CONTRACT_MONTHS;
use crate::pack::Pack;
use crate::slots::ModelTraits;

/// The pack's wishes that the form and the person's own words stand for; a low price where nothing is said.
pub(super) fn canonical(pack: &Pack, preferences: &Preferences) -> Vec<String> {
    let mut wishes: Vec<String> = pack
        .wishes
        .iter()
        .filter(|wish| wish.is_meant_by(&preferences.wish))
        .map(|wish| wish.name.clone())
        .collect();
    let mut add = |name: &str| {
        if pack.wishes.iter().any(|wish| wish.name == name) && !wishes.iter().any(|known| known == name) {
            wishes.push(name.to_owned());
        }
    };
    if preferences.prefer_renewable {
        add("green power");
    }
    if preferences.max_term_months.is_some_and(|months| months <= SHORT_CONTRACT_MONTHS) {
        add("no long contract");
    }
    if wishes.is_empty() {
        wishes.push("low price".into());
    }
    // The bundled model was trained on one or two.
    wishes.truncate(2);
    wishes
}

/// What the prompt says: the canonical wishes, and the person's own words for a model that reads them.
pub(super) fn for_prompt(wishes: &[String], preferences: &Preferences, model: &ModelTraits) -> String {
    let canonical = wishes.join(", ");
    if model.writes == Writes::Placeholders || preferences.wish.trim().is_empty() {
        canonical
    } else {
        format!("{canonical}; in their words: {}", preferences.wish.trim())
    }
}
