//! Which column plays which role: what the person said with `--map`, else what the header says.
//!
//! Case, blanks and punctuation don't count, so `[TermValue]`, `Term value` and `term_value` are one name.
//! The synonyms of the roles of plans and items are the pack's (`[headers]` in `pack.toml`), not the code's.

use std::collections::{BTreeMap, BTreeSet};

use super::{ImportError, Source};

/// The roles that a plan list's columns can have.
pub const PLAN_ROLES: [&str; 21] = [
    "id",
    "name",
    "supplier",
    "area",
    "term_months",
    "exit_fee",
    "renewable_percent",
    "price_500",
    "price_1000",
    "price_2000",
    "rate",
    "fixed_monthly",
    "fixed_daily",
    "tiers",
    "credits",
    "terms",
    "rate_type",
    "fixed_price",
    "prepaid",
    "time_of_use",
    "language",
];

/// The roles that the columns of a list of items can have. Several columns may be its description.
pub const ITEM_ROLES: [&str; 7] = ["id", "name", "brand", "category", "price", "rating", "description"];

/// Words that say a unit, which a header may or may not have: `Price 500 kWh (cents)`.
const UNIT_WORDS: [&str; 12] =
    ["cents", "cent", "ct", "usd", "us", "eur", "gbp", "dollars", "dollar", "euro", "percent", "pct"];

/// Usual headers by role, the most telling first.
pub type HeaderRules = BTreeMap<String, Vec<String>>;

/// The columns that were found, by role.
#[derive(Debug, Default)]
pub(super) struct Roles {
    columns: BTreeMap<&'static str, usize>,
}

impl Roles {
    pub(super) fn column(&self, role: &str) -> Option<usize> {
        self.columns.get(role).copied()
    }

    /// The columns that have a role.
    pub(super) fn taken(&self) -> BTreeSet<usize> {
        self.columns.values().copied().collect()
    }

    pub(super) fn give(&mut self, role: &'static str, column: usize) {
        self.columns.insert(role, column);
    }

    pub(super) fn forget(&mut self, role: &str) {
        self.columns.remove(role);
    }

    /// `(role, header)` in the order of `roles`.
    pub(super) fn recognised(&self, roles: &[&'static str], headers: &[String]) -> Vec<(String, String)> {
        roles
            .iter()
            .filter_map(|role| Some(((*role).to_owned(), headers.get(self.column(role)?)?.clone())))
            .collect()
    }
}

/// Every role that `mapping` names gets that column; the others get the first header that matches, each once.
pub(super) fn resolve(
    rules: &HeaderRules,
    roles: &[&'static str],
    mapping: &BTreeMap<String, String>,
    headers: &[String],
    source: &Source,
) -> Result<Roles, ImportError> {
    let mut found = Roles::default();
    let mut taken = BTreeSet::new();
    for (role, column) in mapping {
        let known =
            roles.iter().find(|known| **known == role.trim()).ok_or_else(|| ImportError::UnknownRole {
                role: role.clone(),
                roles: roles.iter().map(|role| (*role).to_owned()).collect(),
            })?;
        let index = find_column(column, headers).ok_or_else(|| ImportError::NoSuchColumn {
            file: source.name.clone(),
            role: role.clone(),
            column: column.clone(),
            columns: headers.to_vec(),
        })?;
        found.columns.insert(known, index);
        taken.insert(index);
    }
    let plain: Vec<String> = headers.iter().map(|header| plain_name(header)).collect();
    let bare: Vec<String> = headers.iter().map(|header| name_without_units(header)).collect();
    for role in roles {
        if found.column(role).is_some() {
            continue;
        }
        let own_name = (*role).to_owned();
        let synonyms = rules.get(*role).into_iter().flatten();
        let column = std::iter::once(&own_name).chain(synonyms).find_map(|synonym| {
            let synonym = plain_name(synonym);
            let free = |names: &[String]| {
                (0..names.len()).find(|index| names[*index] == synonym && !taken.contains(index))
            };
            free(&plain).or_else(|| free(&bare))
        });
        if let Some(column) = column {
            found.columns.insert(role, column);
            taken.insert(column);
        }
    }
    Ok(found)
}

/// Rules that are part of the program.
pub(super) fn rules_of_table(table: &[(&str, &[&str])]) -> HeaderRules {
    let names = |synonyms: &[&str]| synonyms.iter().map(|name| (*name).to_owned()).collect();
    table.iter().map(|(role, synonyms)| ((*role).to_owned(), names(synonyms))).collect()
}

/// The column that a person means: by its exact header, else by its plain name where only one has it.
fn find_column(wanted: &str, headers: &[String]) -> Option<usize> {
    let wanted = wanted.trim();
    if let Some(index) = headers.iter().position(|header| header == wanted) {
        return Some(index);
    }
    let plain = plain_name(wanted);
    let mut matching = (0..headers.len()).filter(|index| plain_name(&headers[*index]) == plain);
    matching.next().filter(|_| !plain.is_empty() && matching.next().is_none())
}

pub(super) fn plain_name(header: &str) -> String {
    header.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn name_without_units(header: &str) -> String {
    words(header).into_iter().filter(|word| !UNIT_WORDS.contains(&word.as_str())).collect()
}

/// The words of a header in lower case.
pub(super) fn words(header: &str) -> Vec<String> {
    header
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}
