//! Three short questions to go on with, by rule: each can be answered from the list, and none was just asked.

use rust_decimal::Decimal;
use sextant_domain::{Attribute, Condition, Field, Intent, ItemCard, ItemCatalog, Reading, Sort};

use super::{figures, phrase, records};

const COUNT: usize = 3;
/// A name of more characters makes a button of several lines.
const LONGEST_NAME: usize = 48;

/// After a turn.
#[must_use]
pub(super) fn after(
    reading: &Reading,
    cards: &[ItemCard],
    nearest: Option<&ItemCard>,
    suggestions: &[String],
) -> Vec<String> {
    let mut replies: Vec<String> = Vec::new();
    let names: Vec<String> = cards.iter().map(|card| records::plain(&card.name)).collect();
    let short: Vec<&String> = names.iter().filter(|name| name.chars().count() <= LONGEST_NAME).collect();
    match reading.intent {
        Intent::Search | Intent::Count => {
            if let (Some(nearest), []) = (nearest, cards) {
                replies.push(format!("Tell me about {}", records::plain(&nearest.name)));
                replies.extend(without_each(&reading.conditions));
            } else {
                if cards.len() > 1 && !sorts_by(reading, &Field::Price) && some_price(cards) {
                    replies.push("Which one is the cheapest?".into());
                }
                if let [first, second, ..] = short[..] {
                    replies.push(format!("Compare {first} and {second}"));
                }
                if cards.len() > 1
                    && !sorts_by(reading, &Field::Rating)
                    && cards.iter().any(|card| card.rating.is_some())
                {
                    replies.push("Which one is rated highest?".into());
                }
                if let Some(first) = short.first() {
                    replies.push(format!("Tell me about {first}"));
                }
            }
        }
        Intent::Details => {
            if some_price(cards) {
                replies.push("Is there a cheaper one?".into());
            }
            if let Some(card) = cards.first() {
                replies.extend(attribute_question(card, &reading.asked));
                if !card.category.trim().is_empty() {
                    replies.push(format!("What else is there in {}?", card.category.trim()));
                }
            }
        }
        Intent::Compare => {
            if some_price(cards) {
                replies.push("Which one is the cheapest?".into());
            }
            if cards.iter().any(|card| card.rating.is_some()) {
                replies.push("Which one is rated highest?".into());
            }
            replies.extend(short.first().map(|first| format!("Tell me about {first}")));
        }
        Intent::Passage
        | Intent::Greeting
        | Intent::Thanks
        | Intent::Goodbye
        | Intent::Assistant
        | Intent::Vague
        | Intent::OutOfScope => {}
    }
    for suggestion in suggestions {
        if replies.len() >= COUNT {
            break;
        }
        if !replies.contains(suggestion) {
            replies.push(suggestion.clone());
        }
    }
    replies.truncate(COUNT);
    replies
}

/// Questions that a list can answer, for an empty conversation.
#[must_use]
pub(super) fn suggestions(catalog: &ItemCatalog) -> Vec<String> {
    let mut questions = Vec::new();
    let value = most_telling_value(catalog);
    if let Some(value) = &value {
        questions.push(
            format!("What is the cheapest with {value}?")
                .replace("cheapest with", if has_prices(catalog) { "cheapest with" } else { "best with" }),
        );
    }
    if let Some(middle) = middle_price(catalog) {
        questions.push(format!("What is there under {}?", figures::amount(&catalog.currency, middle)));
    }
    if catalog.items.iter().any(|item| item.rating.is_some()) {
        questions.push("Which ones are rated highest?".into());
    }
    if let Some(attribute) = first_numeric(catalog) {
        questions.push(format!("Which one has the lowest {}?", phrase::lower_first(&attribute)));
    }
    if let Some(item) = catalog.items.iter().find(|item| item.name.chars().count() <= LONGEST_NAME) {
        questions.push(format!("Tell me about {}", records::plain(&item.name)));
    }
    questions.truncate(COUNT + 1);
    questions
}

fn sorts_by(reading: &Reading, field: &Field) -> bool {
    matches!(&reading.sort, Sort::By { field: by, .. } if by == field)
}

fn some_price(cards: &[ItemCard]) -> bool {
    cards.iter().any(|card| card.price.is_some())
}

fn has_prices(catalog: &ItemCatalog) -> bool {
    catalog.items.iter().any(|item| item.price.is_some())
}

/// The demands with one of them left out, where several were made.
fn without_each(conditions: &[Condition]) -> impl Iterator<Item = String> {
    let several = conditions.len() > 1;
    (0..conditions.len()).rev().filter(move |_| several).map(|left_out| {
        let rest: Vec<String> = conditions
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != left_out)
            .map(|(_, condition)| condition.label.clone())
            .collect();
        format!("And with just {}?", rest.join(", "))
    })
}

fn attribute_question(card: &ItemCard, asked: &[String]) -> Option<String> {
    let unasked =
        |attribute: &&Attribute| !asked.iter().any(|name| attribute.name.eq_ignore_ascii_case(name));
    let attribute = card.attributes.iter().find(unasked)?;
    Some(format!("What is its {}?", phrase::lower_first(&attribute.name)))
}

/// A value that some of the list have and most haven't: `roast Light`.
fn most_telling_value(catalog: &ItemCatalog) -> Option<String> {
    let first = catalog.items.first()?;
    first.attributes.iter().filter(|attribute| attribute.number.is_none()).find_map(|attribute| {
        let alike = catalog.items.iter().filter(|item| {
            item.attribute(&attribute.name).is_some_and(|other| other.value == attribute.value)
        });
        let count = alike.count();
        let telling =
            count > 1 && count * 3 < catalog.items.len() * 2 && attribute.value.chars().count() <= 24;
        telling.then(|| format!("{} {}", phrase::lower_first(&attribute.name), attribute.value))
    })
}

/// A round price that about half of the list is below.
fn middle_price(catalog: &ItemCatalog) -> Option<Decimal> {
    let mut prices: Vec<Decimal> =
        catalog.items.iter().filter_map(|item| Some(item.price?.to_decimal())).collect();
    prices.sort_unstable();
    let middle = *prices.get(prices.len() / 2)?;
    let step =
        [1000, 100, 10, 5, 1].map(Decimal::from).into_iter().find(|step| middle >= *step * Decimal::TWO);
    Some(step.map_or(middle, |step| (middle / step).ceil() * step))
}

fn first_numeric(catalog: &ItemCatalog) -> Option<String> {
    let attributes = &catalog.items.first()?.attributes;
    Some(attributes.iter().find(|attribute| attribute.number.is_some())?.name.clone())
}
