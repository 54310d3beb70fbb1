//! Questions and how they are read, against three small lists that are made up here: coffees, furniture and
//! energy plans. The packs' own rules are used, since words and rules only mean something together.
//!
//! A reading is compared as one line: `search price<20 roast=Light | up price | named a b | asked price |
//! words fruity`.

mod dates;
mod everyday;
mod exclusions;
mod follow_ups;
mod lists;
mod names_and_orders;
mod numbers;
mod real_lists;
mod safety;
mod scope;
mod values;

use std::path::Path;
use std::sync::LazyLock;

use sextant_domain::{Condition, Field, Intent, ItemCatalog, Reading, Sort, Test};

use super::{Context, Lexicon, QuestionRules};

pub(super) const RETAIL: &str = include_str!("../../../../assets/packs/retail/chat.toml");
pub(super) const ENERGY: &str = include_str!("../../../../assets/packs/energy/chat.toml");

pub(super) fn lexicon(rules: &str, catalog: &ItemCatalog) -> Lexicon {
    Lexicon::new(&QuestionRules::parse(rules).expect("the pack's rules"), catalog)
}

pub(super) static COFFEE: LazyLock<Lexicon> = LazyLock::new(|| lexicon(RETAIL, &lists::coffee()));
pub(super) static FURNITURE: LazyLock<Lexicon> = LazyLock::new(|| lexicon(RETAIL, &lists::furniture()));
pub(super) static PLANS: LazyLock<Lexicon> = LazyLock::new(|| lexicon(ENERGY, &lists::plans()));

/// A file of the data that lies beside the repository; `None` after saying what is missing.
pub(super) fn shared_data(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    let found = std::fs::read_to_string(&path).ok();
    if found.is_none() {
        println!("skipped: {} isn't there", path.display());
    }
    found
}

/// Reads every question by itself and compares.
pub(super) fn check(lexicon: &Lexicon, cases: &[(&str, &str)]) {
    check_in(lexicon, &Context::default(), cases);
}

pub(super) fn check_in(lexicon: &Lexicon, context: &Context, cases: &[(&str, &str)]) {
    let wrong: Vec<String> = cases
        .iter()
        .map(|(question, expected)| (question, expected, line(&lexicon.read(question, context))))
        .filter(|(_, expected, read)| read != *expected)
        .map(|(question, expected, read)| format!("{question}\n  expected {expected}\n  read     {read}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} were read otherwise:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// A reading on one line.
pub(super) fn line(reading: &Reading) -> String {
    let mut parts = vec![match reading.intent {
        Intent::OutOfScope => "out of scope".to_owned(),
        intent => format!("{intent:?}").to_lowercase(),
    }];
    parts.extend(reading.conditions.iter().map(condition));
    let mut groups = vec![parts.join(" ")];
    if let Sort::By { field: by, descending } = &reading.sort {
        groups.push(format!("{} {}", if *descending { "down" } else { "up" }, field(by)));
    }
    let ids: Vec<&str> = reading.named.iter().map(|id| id.0.as_str()).collect();
    let lists =
        [("named", ids.join(" ")), ("asked", reading.asked.join(", ")), ("words", reading.words.clone())];
    let said = lists.into_iter().filter(|(_, list)| !list.is_empty());
    groups.extend(said.map(|(name, list)| format!("{name} {list}")));
    groups.join(" | ")
}

fn condition(condition: &Condition) -> String {
    let test = match &condition.test {
        Test::AtMost(value) => format!("<={value}"),
        Test::Below(value) => format!("<{value}"),
        Test::AtLeast(value) => format!(">={value}"),
        Test::Above(value) => format!(">{value}"),
        Test::Is(value) => format!("={value}"),
        Test::OneOf(values) => format!("={}", values.join("/")),
        Test::Mentions(values) => format!("~{}", values.join("/")),
    };
    format!("{}{}{test}", if condition.negated { "!" } else { "" }, field(&condition.field))
}

fn field(field_read: &Field) -> String {
    match field_read {
        Field::Name => "name".to_owned(),
        Field::Brand => "brand".to_owned(),
        Field::Category => "category".to_owned(),
        Field::Price => "price".to_owned(),
        Field::Rating => "rating".to_owned(),
        Field::Attribute(name) => name.clone(),
        Field::AnyText => "text".to_owned(),
        Field::AnyOf(fields) => fields.iter().map(field).collect::<Vec<_>>().join("+"),
    }
}
