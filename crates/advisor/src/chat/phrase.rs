//! Demands and orders as noun phrases, so that any of them can follow "it has" in an answer.

use rust_decimal::Decimal;
use sextant_domain::{Condition, Field, Sort, Test};

use super::figures::{amount, number};

/// More values than these are told by what the demand is called: `since 2021` is a list of all months from then on.
const MOST_NAMED: usize = 4;

/// `a price under $20`, `the roast Light or Medium`, `no mention of chocolate`.
#[must_use]
pub(super) fn of_condition(condition: &Condition, currency: &str) -> String {
    let Condition { field, test, negated, label } = condition;
    match test {
        Test::OneOf(values) | Test::Mentions(values)
            if values.len() > MOST_NAMED && *field != Field::AnyText && !label.is_empty() =>
        {
            in_short(field, *negated, label.strip_prefix("not ").unwrap_or(label))
        }
        Test::AtMost(bound) | Test::Is(bound) if bound.is_zero() && !negated => {
            format!("no {}", name_of(field))
        }
        Test::AtMost(bound) => measure(field, bounded(*negated, "over", "of at most"), *bound, currency),
        Test::Below(bound) => measure(field, bounded(*negated, "of at least", "under"), *bound, currency),
        Test::AtLeast(bound) => measure(field, bounded(*negated, "under", "of at least"), *bound, currency),
        Test::Above(bound) => measure(field, bounded(*negated, "of at most", "over"), *bound, currency),
        Test::Is(value) => measure(field, bounded(*negated, "other than", "of"), *value, currency),
        Test::OneOf(values) if *negated => {
            format!("{} other than {}", with_article(&name_of(field)), alternatives(values))
        }
        Test::OneOf(values) => format!("the {} {}", name_of(field), alternatives(values)),
        Test::Mentions(words) => match (field, negated) {
            (Field::AnyText, false) => format!("a mention of {}", alternatives(words)),
            (Field::AnyText, true) => format!("no mention of {}", alternatives(words)),
            (_, false) => format!("{} as {}", alternatives(words), name_of(field)),
            (_, true) => format!("{} other than {}", with_article(&name_of(field)), alternatives(words)),
        },
    }
}

/// `Africa as origin`, `an origin other than Africa`, `a review date since 2021`.
fn in_short(field: &Field, negated: bool, called: &str) -> String {
    let name = name_of(field);
    match (called.to_lowercase().strip_prefix(&name.to_lowercase()), negated) {
        (Some(rest), false) => format!("{}{}", with_article(&name), &called[called.len() - rest.len()..]),
        (Some(rest), true) => {
            format!("{} other than{}", with_article(&name), &called[called.len() - rest.len()..])
        }
        (None, false) => format!("{called} as {name}"),
        (None, true) => format!("{} other than {called}", with_article(&name)),
    }
}

/// `the lowest price`, `the highest rating`; `None` where relevance orders.
#[must_use]
pub(super) fn of_sort(sort: &Sort) -> Option<String> {
    let Sort::By { field, descending } = sort else { return None };
    Some(format!("the {} {}", if *descending { "highest" } else { "lowest" }, name_of(field)))
}

/// `a, b and c`.
#[must_use]
pub(super) fn list(parts: &[String]) -> String {
    joined(parts, "and")
}

/// What a field is called within a sentence.
#[must_use]
pub(super) fn name_of(field: &Field) -> String {
    match field {
        Field::Name => "name".into(),
        Field::Brand => "maker".into(),
        Field::Category => "category".into(),
        Field::Price => "price".into(),
        Field::Rating => "rating".into(),
        Field::Attribute(name) => lower_first(name),
        Field::AnyText => "text".into(),
        // `Origin 1` and `Origin 2` are both an origin.
        Field::AnyOf(fields) => fields.iter().find(|field| matches!(field, Field::Attribute(_))).map_or_else(
            || "text".into(),
            |first| name_of(first).trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ').to_owned(),
        ),
    }
}

/// `Exit fee` within a sentence; `TV stand` stays.
#[must_use]
pub(super) fn lower_first(name: &str) -> String {
    let mut chars = name.chars();
    let (Some(first), rest) = (chars.next(), chars.as_str()) else { return String::new() };
    if rest.starts_with(|c: char| c.is_uppercase()) {
        return name.to_owned();
    }
    first.to_lowercase().chain(rest.chars()).collect()
}

fn bounded<'t>(negated: bool, opposite: &'t str, plain: &'t str) -> &'t str {
    if negated { opposite } else { plain }
}

fn measure(field: &Field, relation: &str, bound: Decimal, currency: &str) -> String {
    let value = if *field == Field::Price { amount(currency, bound) } else { number(bound) };
    format!("{} {relation} {value}", with_article(&name_of(field)))
}

fn with_article(noun: &str) -> String {
    let vowel = noun.starts_with(|c: char| "aeiou".contains(c.to_ascii_lowercase()));
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

fn alternatives(values: &[String]) -> String {
    joined(values, "or")
}

fn joined(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} {word} {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: Field, test: Test, negated: bool, expected: &str) {
        let condition = Condition { field, test, negated, label: String::new() };
        assert_eq!(of_condition(&condition, "USD"), expected);
    }

    #[test]
    fn every_demand_can_follow_it_has() {
        let twenty = Decimal::from(20);
        check(Field::Price, Test::Below(twenty), false, "a price under $20");
        check(Field::Price, Test::Below(twenty), true, "a price of at least $20");
        check(Field::Attribute("Exit fee".into()), Test::Is(Decimal::ZERO), false, "no exit fee");
        check(Field::Attribute("Exit fee".into()), Test::AtMost(twenty), false, "an exit fee of at most 20");
        let roasts = vec!["Light".to_owned(), "Medium".to_owned()];
        check(
            Field::Attribute("Roast".into()),
            Test::OneOf(roasts.clone()),
            false,
            "the roast Light or Medium",
        );
        check(
            Field::Attribute("Roast".into()),
            Test::OneOf(roasts),
            true,
            "a roast other than Light or Medium",
        );
        check(Field::AnyText, Test::Mentions(vec!["chocolate".into()]), true, "no mention of chocolate");
        check(
            Field::Attribute("Origin 1".into()),
            Test::Mentions(vec!["Kenya".into()]),
            false,
            "Kenya as origin 1",
        );
    }

    #[test]
    fn many_values_are_told_by_the_name_of_the_demand() {
        let values: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        for (field, negated, label, expected) in [
            ("Origin 1", false, "Africa", "Africa as origin 1"),
            ("Origin 1", true, "not Panama", "an origin 1 other than Panama"),
            ("Review date", false, "review date since 2021", "a review date since 2021"),
            ("Review date", true, "not review date 2018", "a review date other than 2018"),
        ] {
            let condition = Condition {
                field: Field::Attribute(field.into()),
                test: Test::OneOf(values.clone()),
                negated,
                label: label.into(),
            };
            assert_eq!(of_condition(&condition, "USD"), expected);
        }
    }

    #[test]
    fn an_order_is_a_phrase_too() {
        let sort = Sort::By { field: Field::Rating, descending: true };
        assert_eq!(of_sort(&sort).as_deref(), Some("the highest rating"));
        assert_eq!(of_sort(&Sort::Relevance), None);
    }
}
