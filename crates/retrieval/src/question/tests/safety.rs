//! Questions are data: whatever stands in them, reading ends, and invents nothing.

use proptest::prelude::*;
use sextant_domain::{Condition, Field, ItemId, Test};

use super::{COFFEE, FURNITURE, PLANS};
use crate::question::Context;

/// Pieces that questions are made of, so that random ones reach deep into the rules.
const PIECES: &[&str] = &[
    "coffee",
    "under",
    "$",
    "20",
    "not",
    "no",
    "without",
    "or",
    "and",
    ",",
    "light",
    "Ethiopia",
    "the second one",
    "than",
    "cheaper",
    "between",
    "10-",
    "%",
    "1.2.3",
    "9999999999999999999999",
    "best",
    "rated",
    "Kona",
    "from",
    "it",
    "them",
    "compare",
    "how many",
    "per",
    "a",
    "year",
    "k",
    "+",
    "é",
    "中文",
    "🦀",
    "\u{0}",
    "\u{202e}",
    "-",
    "more",
    "less",
    "exit fee",
    "month to month",
    "wider",
    "cm",
    "?",
    ".",
    "\n",
    "number",
    "#",
    "1",
    "79228162514264337593543950335",
    "free",
    "-free",
    "million",
    "hundred",
    "thousand",
];

fn some_pieces() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(0..PIECES.len(), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn no_question_panics(question in any::<String>(), pieces in some_pieces()) {
        let made = pieces.iter().map(|&piece| PIECES[piece]).collect::<Vec<_>>().join(" ");
        let shown = [ItemId("c1".to_owned()), ItemId("c7".to_owned()), ItemId("nowhere".to_owned())];
        for lexicon in [&COFFEE, &FURNITURE, &PLANS] {
            for question in [&question, &made] {
                let previous = lexicon.read(question, &Context::default());
                let context = Context { previous: Some(&previous), shown: &shown, documents: true };
                let reading = lexicon.read(question, &context);
                prop_assert!(reading.conditions.iter().all(|condition| !condition.label.is_empty()));
            }
        }
    }
}

#[test]
fn only_the_first_two_thousand_characters_are_read() {
    let question = format!("light roast {}from Ethiopia", " ".repeat(2_000));
    let reading = COFFEE.read(&question, &Context::default());
    assert_eq!(reading.conditions.len(), 1);
    let long = COFFEE.read(&"under $5 not dark ".repeat(100_000), &Context::default());
    assert!(!long.conditions.is_empty());
}

/// The turns of MT-Bench are about anything but coffee. Whatever they are read as, no price and no value may
/// be demanded that they don't have the words for.
#[test]
fn questions_about_anything_else_invent_no_demand() {
    let Some(text) = super::shared_data("chat_mtbench/questions.jsonl") else { return };
    let mut read_as = std::collections::BTreeMap::<String, usize>::new();
    let mut invented = Vec::new();
    let turns: Vec<String> = text
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .flat_map(|question| question["turns"].as_array().cloned().unwrap_or_default())
        .filter_map(|turn| turn.as_str().map(str::to_owned))
        .collect();
    assert_eq!(turns.len(), 160);
    for turn in &turns {
        let reading = COFFEE.read(turn, &Context::default());
        *read_as.entry(format!("{:?}", reading.intent)).or_default() += 1;
        if reading.intent.needs_records() {
            println!("{}: {}", super::line(&reading), turn.chars().take(100).collect::<String>());
        }
        let said = turn.to_lowercase();
        invented.extend(
            reading
                .conditions
                .iter()
                .filter(|condition| !is_said(condition, &said))
                .map(|condition| (turn, condition.clone())),
        );
    }
    println!("MT-Bench against the coffees: {read_as:?}");
    assert!(invented.is_empty(), "{invented:#?}");
    let records: usize = read_as
        .iter()
        .filter(|(intent, _)| ["Search", "Count", "Compare", "Details"].contains(&intent.as_str()))
        .map(|(_, n)| n)
        .sum();
    assert!(records <= 8, "{records} of 160 were taken for questions about coffee");
}

fn is_said(condition: &Condition, question: &str) -> bool {
    match &condition.test {
        Test::OneOf(values) | Test::Mentions(values) => {
            values.iter().any(|value| question.contains(&value.to_lowercase()))
        }
        _ if condition.field == Field::Price => {
            ["$", "price", "cost", "under", "less than", "at least", "more than"]
                .iter()
                .any(|word| question.contains(word))
        }
        _ => true,
    }
}
