//! What each test means, value by value.

use super::*;
use crate::{Attribute, ItemId};

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn attribute(name: &str, value: &str) -> Attribute {
    Attribute { name: name.into(), value: value.into(), number: value.parse().ok(), unit: String::new() }
}

fn item() -> Item {
    Item {
        id: ItemId("1".into()),
        name: "Kayon Mountain".into(),
        brand: "Näher & Söhne".into(),
        category: String::new(),
        price: Some(Money::from_cents(2000)),
        rating: None,
        description: "Crisp; sweetly-tart. Dried fruit, İstanbul's best. ΟΔΟΣ".into(),
        attributes: vec![
            attribute("Roast", " Medium-Light "),
            attribute("Größe", "-1.50"),
            attribute("roast", "dark"),
            attribute("Origin", "Guji Zone"),
        ],
        line: 2,
    }
}

fn named(name: &str) -> Field {
    Field::Attribute(name.into())
}

fn one_of(texts: &[&str]) -> Test {
    Test::OneOf(texts.iter().map(|text| (*text).to_owned()).collect())
}

fn mention(phrases: &[&str]) -> Test {
    Test::Mentions(phrases.iter().map(|phrase| (*phrase).to_owned()).collect())
}

/// Each row: what is looked at, the test, whether the item meets it, and whether it meets its negation.
fn check(rows: &[(Field, Test, bool, bool)]) {
    for (field, test, met, negation_met) in rows {
        for (negated, expected) in [(false, met), (true, negation_met)] {
            let condition =
                Condition { field: field.clone(), test: test.clone(), negated, label: String::new() };
            assert_eq!(condition.is_met_by(&item()), *expected, "{condition:?}");
        }
    }
}

#[test]
fn numbers_are_compared_exactly() {
    let twenty = decimal("20");
    let above = decimal("20.0000000000000000000000001");
    let size = || named("größe");
    check(&[
        (Field::Price, Test::AtMost(twenty), true, false),
        (Field::Price, Test::AtMost(decimal("19.99")), false, true),
        (Field::Price, Test::Below(twenty), false, true),
        (Field::Price, Test::Below(above), true, false),
        (Field::Price, Test::AtLeast(twenty), true, false),
        (Field::Price, Test::AtLeast(above), false, true),
        (Field::Price, Test::Above(twenty), false, true),
        (Field::Price, Test::Above(decimal("19.99")), true, false),
        (Field::Price, Test::Is(decimal("20.00")), true, false),
        (Field::Price, Test::Is(above), false, true),
        (size(), Test::Is(decimal("-1.5")), true, false),
        (size(), Test::AtLeast(decimal("-1.4")), false, true),
        (size(), Test::Below(Decimal::ZERO), true, false),
    ]);
}

#[test]
fn a_number_that_is_not_stated_meets_nothing() {
    let any = || Test::AtLeast(decimal("-1000"));
    check(&[
        (Field::Rating, any(), false, false),
        (Field::Rating, Test::Is(Decimal::ZERO), false, false),
        (named("weight"), any(), false, false),
        (named("roast"), any(), false, false),
        (Field::Name, any(), false, false),
        (Field::AnyText, any(), false, false),
    ]);
}

#[test]
fn one_of_is_the_whole_text_without_case() {
    check(&[
        (Field::Name, one_of(&["other", "KAYON mountain "]), true, false),
        (Field::Name, one_of(&["Kayon"]), false, true),
        (Field::Brand, one_of(&["NÄHER & SÖHNE"]), true, false),
        (named("ROAST"), one_of(&["medium-light"]), true, false),
        (named("roast"), one_of(&["dark"]), false, true),
        (named("GRÖßE"), one_of(&["-1.50"]), true, false),
        (Field::AnyText, one_of(&["guji zone"]), true, false),
        (Field::AnyText, one_of(&["dark"]), true, false),
        (Field::AnyText, one_of(&["guji"]), false, true),
    ]);
}

#[test]
fn a_mention_is_whole_words_in_one_text_without_case() {
    let any = || Field::AnyText;
    check(&[
        (any(), mention(&["dried FRUIT"]), true, false),
        (any(), mention(&["citrus", "fruit"]), true, false),
        (any(), mention(&["fruit dried"]), false, true),
        (any(), mention(&["fru"]), false, true),
        (any(), mention(&["fruits"]), false, true),
        (any(), mention(&["sweetly tart"]), true, false),
        (any(), mention(&["  tart -- dried!"]), true, false),
        (any(), mention(&["istanbul"]), true, false),
        (any(), mention(&["οδος"]), true, false),
        (any(), mention(&["οδοσ"]), true, false),
        (any(), mention(&["mountain näher"]), false, true),
        (any(), mention(&["light dark"]), false, true),
        (any(), mention(&["roast"]), false, true),
        (Field::Name, mention(&["mountain"]), true, false),
        (Field::Name, mention(&["guji"]), false, true),
        (named("origin"), mention(&["zone"]), true, false),
        (named("roast"), mention(&["dark"]), false, true),
    ]);
}

#[test]
fn a_text_that_is_not_stated_meets_only_a_negation() {
    check(&[
        (Field::Category, one_of(&[""]), false, true),
        (Field::Category, one_of(&["tea"]), false, true),
        (Field::Category, mention(&["tea"]), false, true),
        (named("process"), one_of(&["washed"]), false, true),
        (named("process"), mention(&["washed"]), false, true),
        (Field::Price, one_of(&["20"]), false, true),
        (Field::AnyText, mention(&["", " .;"]), false, true),
        (Field::AnyText, mention(&[]), false, true),
        (Field::Name, one_of(&[]), false, true),
    ]);
}

#[test]
fn words_stand_between_spaces() {
    for (text, expected) in [
        ("", ""),
        (" -- ", ""),
        ("Tea", " tea "),
        ("4.5 oz (127 g)", " 4 5 oz 127 g "),
        ("naïve ÉTÉ\u{a0}日本", " naïve été 日本 "),
    ] {
        assert_eq!(words(text), expected);
    }
}
