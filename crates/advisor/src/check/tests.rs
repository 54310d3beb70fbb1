//! What counts as grounded, told by example.

use rust_decimal::Decimal;

use super::check;
use crate::facts::{Facts, Unit, Value};

fn facts() -> Facts {
    let mut facts = Facts::default();
    facts
        .name("plan", "Plan", "Smart Simple 36")
        .name("supplier", "Supplier", "AP GAS & ELECTRIC (TX) LLC")
        .money("yearly_cost", "Yearly cost", "$1,304", Decimal::new(130_437, 2))
        .number("saving", "Saving", "$212 a year less than now", Decimal::new(21_200, 2), Unit::Money)
        .number("rate", "Rate", "13.4 ct/kWh", Decimal::new(134, 1), Unit::Rate)
        .number("contract", "Contract", "36 months", Decimal::from(36), Unit::Months)
        .number("renewable", "Renewable", "24%", Decimal::from(24), Unit::Percent)
        .text("exit_fee", "Exit fee", "none")
        .permitting(&["no exit fee"])
        .push(
            "peak",
            "Peak month",
            "August, 1,206 kWh".into(),
            vec![Value { exact: Decimal::new(120_619, 2), unit: Unit::Energy }],
            vec!["August".into()],
        )
        .push(
            "low",
            "Lowest month",
            "February, 512 kWh".into(),
            vec![Value { exact: Decimal::from(512), unit: Unit::Energy }],
            vec!["February".into()],
        );
    facts
}

/// The claims of `text` that are not in the facts.
fn check_words(text: &str, ungrounded: &[&str]) {
    let words = ["no exit fee", "less than now", "more than now", "rising"].map(String::from);
    let checked = check(text, &facts(), &words);
    let bad: Vec<&str> =
        checked.claims.iter().filter(|claim| !claim.ok).map(|claim| claim.text.as_str()).collect();
    assert_eq!(bad, ungrounded, "{text}: {:#?}", checked.claims);
    assert_eq!(checked.grounded(), ungrounded.is_empty());
}

#[test]
fn figures_may_be_formatted_freely_but_not_changed() {
    check_words("It costs $1,304 a year.", &[]);
    check_words("It costs 1304 dollars a year.", &[]);
    check_words("It costs $1,304.37 a year, about $1.3k.", &[]);
    check_words("It costs $1.30k.", &[]);
    check_words("It costs $1,305 a year.", &["$1,305"]);
    check_words("It costs $1,304.00 a year.", &[]);
    check_words("It costs $1,304.40 a year.", &["$1,304.40"]);
    check_words("It costs $1,304.30 a year.", &["$1,304.30"]);
    check_words("It costs $1.4k.", &["$1.4k"]);
    check_words("The rate is 13.4 ct/kWh, that is $0.134/kWh.", &[]);
    check_words("The rate is 13 ct/kWh.", &["13 ct/kWh"]);
}

#[test]
fn a_number_counts_only_in_its_own_unit() {
    check_words("It is 24% renewable over 36 months.", &[]);
    check_words("It is 36% renewable.", &["36%"]);
    check_words("You save $24.", &["$24"]);
    check_words("A 36-month contract; thirty months would be shorter.", &["thirty months"]);
}

#[test]
fn names_are_found_whole_in_any_case_and_never_recombined() {
    check_words("We recommend Smart Simple 36 from AP GAS & ELECTRIC (TX) LLC.", &[]);
    check_words("We recommend smart simple 36 from Ap Gas & Electric (TX) LLC.", &[]);
    check_words("Smart Simple fits best.", &[]);
    check_words("Smart Gas fits best.", &["Smart Gas"]);
    check_words("We recommend Smart Simple 12.", &["12"]);
    check_words("It comes from Reliant.", &["Reliant"]);
}

#[test]
fn ordinary_sentence_openers_are_no_names() {
    check_words("Because you want low costs, it fits. This one is good. However, read the terms.", &[]);
    check_words("Zorblax is good.", &["Zorblax"]);
}

#[test]
fn a_month_needs_its_own_figure() {
    check_words("August was the peak at 1,206 kWh, and February the lowest at 512 kWh.", &[]);
    check_words("Use peaked at 1,206 kWh in August.", &[]);
    check_words("August was the lowest at 512 kWh.", &["August"]);
    check_words("March was the peak at 1,206 kWh.", &["March"]);
}

#[test]
fn checked_words_need_a_fact_that_permits_them() {
    check_words("There is no exit fee, and it is $212 less than now.", &[]);
    check_words("It is $212 more than now.", &["more than now"]);
    check_words("Use is rising.", &["rising"]);
}

#[test]
fn only_the_sentence_with_the_bad_claim_is_ungrounded() {
    let checked = check("It costs $1,304. It saves $999. It is 24% renewable.", &facts(), &[]);
    let grounded: Vec<bool> = checked.sentences.iter().map(|sentence| sentence.grounded).collect();
    assert_eq!(grounded, [true, false, true]);
    assert!((checked.grounded_share() - 2.0 / 3.0).abs() < 1e-9);
}

#[test]
fn places_count_utf16_units() {
    let checked = check("Für 😀 zahlt man $1,304.", &facts(), &[]);
    let claim = checked.claims.iter().find(|claim| claim.text == "$1,304").expect("the figure is a claim");
    assert_eq!((claim.start, claim.end), (17, 23));
}

#[test]
fn a_wish_is_no_fact_about_the_plan() {
    let mut facts = Facts::default();
    facts.name("plan", "Plan", "Smart Simple 36").text("exit_fee", "Exit fee", "not stated");
    facts.wish("wish", "Wish", "no exit fee, stable price");
    let words = ["no exit fee", "stable", "fixed"].map(String::from);
    let is_grounded = |text: &str| check(text, &facts, &words).grounded();
    assert!(is_grounded("Because you want no exit fee, Smart Simple 36 is our pick."));
    assert!(is_grounded("It fits your wish for a stable price."));
    assert!(!is_grounded("Smart Simple 36 has no exit fee."));
    assert!(!is_grounded("Smart Simple 36 has a stable price."));
    assert!(!is_grounded("You want a fixed price."));
}

#[test]
fn records_of_one_name_are_told_apart_by_the_figure_beside_it() {
    let mut facts = Facts::default();
    for (key, price, cents) in [("first", "$4.26", 426), ("second", "$3.97", 397)] {
        let value = Value { exact: Decimal::new(cents, 2), unit: Unit::Money };
        let text = format!("Tanzania Peaberry ({price})");
        facts.push(key, "Record", text, vec![value], vec!["Tanzania Peaberry".into()]);
    }
    facts.push("asked", "Asked for", "Tanzania as origin".into(), Vec::new(), Vec::new());
    let grounded = |text: &str| check(text, &facts, &[]).grounded();
    assert!(grounded(
        "Tanzania Peaberry ($4.26) and Tanzania Peaberry ($3.97) both have Tanzania as origin."
    ));
    assert!(!grounded("Tanzania Peaberry ($4.62) fits."));
}
