//! Records as a chat shows and states them: cards, lines for a prompt, and the facts that texts are held to.

use rust_decimal::Decimal;
use sextant_domain::{Attribute, Condition, Field, Item, ItemCard, ItemCatalog, Reading, Test};

use super::{figures, phrase};
use crate::check::numbers_in;
use crate::facts::{Facts, Unit, Value};
use crate::writing::as_data;

/// How much of a record's text a card shows, in characters.
const CARD_TEXT: usize = 240;
/// How much of it a model is shown.
const PROMPT_TEXT: usize = 320;
/// How many attributes a model is shown of a record.
const PROMPT_ATTRIBUTES: usize = 12;

/// The record as a card; what the question is about comes first among its attributes.
#[must_use]
pub(super) fn card(catalog: &ItemCatalog, item: &Item, reading: &Reading) -> ItemCard {
    let is_asked = |attribute: &Attribute| {
        let named = |name: &str| attribute.name.eq_ignore_ascii_case(name);
        reading.asked.iter().any(|name| named(name))
            || reading
                .conditions
                .iter()
                .any(|condition| matches!(&condition.field, Field::Attribute(name) if named(name)))
    };
    let (asked, others): (Vec<&Attribute>, Vec<&Attribute>) =
        item.attributes.iter().partition(|attribute| is_asked(attribute));
    ItemCard {
        id: item.id.clone(),
        name: item.name.clone(),
        brand: item.brand.clone(),
        category: item.category.clone(),
        price: item.price,
        currency: catalog.currency.clone(),
        price_unit: catalog.price_unit.clone(),
        rating: item.rating,
        attributes: asked.into_iter().chain(others).cloned().collect(),
        description: beginning(&item.description, CARD_TEXT),
        misses: Vec::new(),
    }
}

/// `Kayon Mountain ($5.14 per 100 g)`: how an answer names a record.
#[must_use]
pub(super) fn named(card: &ItemCard) -> String {
    let name = plain(&card.name);
    match figures::price(card) {
        Some(price) => format!("{name} ({price})"),
        None => name,
    }
}

/// A name as it can stand in an answer, which is Markdown: on one line, and without what makes a link or code.
#[must_use]
pub(super) fn plain(name: &str) -> String {
    as_data(name).replace("](", "] (").replace('`', "'")
}

/// What a record offers, in one phrase: `rating 93, roast Light, origin 1 Guji Zone`.
#[must_use]
pub(super) fn details(card: &ItemCard, most: usize) -> String {
    let rating = card.rating.map(|rating| format!("rating {}", figures::number(rating)));
    let brand = (!card.brand.trim().is_empty()).then(|| format!("made by {}", plain(&card.brand)));
    let attributes = card.attributes.iter().map(|attribute| {
        format!("{} {}", phrase::lower_first(&attribute.name), plain(&figures::value(attribute)))
    });
    let parts: Vec<String> = rating.into_iter().chain(brand).chain(attributes).take(most).collect();
    parts.join(", ")
}

/// The record on one line, for a model that reads records itself.
#[must_use]
pub(super) fn line(card: &ItemCard) -> String {
    let mut parts = vec![format!("Name: {}", card.name)];
    let mut add = |label: &str, text: &str| {
        if !text.trim().is_empty() {
            parts.push(format!("{label}: {text}"));
        }
    };
    add("Maker", &card.brand);
    add("Category", &card.category);
    add("Price", &figures::price(card).unwrap_or_default());
    add("Rating", &card.rating.map(figures::number).unwrap_or_default());
    for attribute in card.attributes.iter().take(PROMPT_ATTRIBUTES) {
        add(&attribute.name, &figures::value(attribute));
    }
    add("Text", &beginning(&card.description, PROMPT_TEXT));
    delimited(&parts.join("; "))
}

/// Data for between `<<<` and `>>>`.
#[must_use]
pub(super) fn delimited(text: &str) -> String {
    as_data(text).replace("<<<", "< < <").replace(">>>", "> > >")
}

/// What a text about these records may say.
#[must_use]
pub(super) fn facts(reading: &Reading, cards: &[&ItemCard], list: &str, counts: &[u32]) -> Facts {
    let mut facts = Facts::default();
    for (number, card) in cards.iter().enumerate() {
        let price = figures::price(card);
        let stated = match &price {
            Some(price) => format!("{} ({price})", plain(&card.name)),
            None => plain(&card.name),
        };
        let values = card.price.map(|price| Value { exact: price.to_decimal(), unit: Unit::Money });
        facts.push(
            format!("item_{number}"),
            format!("Record {}", number + 1),
            stated,
            values.into_iter().collect(),
            vec![plain(&card.name)],
        );
        let label = |what: &str| format!("{what} of {}", plain(&card.name));
        if !card.brand.trim().is_empty() {
            facts.name(format!("brand_{number}"), label("Maker"), &plain(&card.brand));
        }
        for (what, text) in [("Category", &card.category), ("Text", &card.description)] {
            free_text(&mut facts, format!("{}_{number}", what.to_lowercase()), label(what), &as_data(text));
        }
        if let Some(rating) = card.rating {
            let text = figures::number(rating);
            facts.number(format!("rating_{number}"), label("Rating"), text, rating, Unit::Plain);
        }
        for (place, attribute) in card.attributes.iter().enumerate() {
            let text = plain(&figures::value(attribute));
            let key = format!("attribute_{number}_{place}");
            free_text(&mut facts, key, label(&attribute.name), &text);
            // `Exit fee 0` is how a list says that there is none.
            if attribute.number.is_some_and(|number| number.is_zero())
                && attribute.name.eq_ignore_ascii_case("exit fee")
            {
                facts.permitting(&["no exit fee", "without a fee"]);
            }
        }
    }
    for (place, condition) in reading.conditions.iter().enumerate() {
        let currency = cards.first().map_or("", |card| card.currency.as_str());
        let text = phrase::of_condition(condition, currency);
        let mut values = numbers_in(&text);
        values.extend(bound(condition).map(|exact| Value { exact, unit: Unit::Plain }));
        facts.push(format!("asked_{place}"), "Asked for", text, values, Vec::new());
    }
    if let Some(sort) = phrase::of_sort(&reading.sort) {
        facts.text("order", "Asked for", sort);
    }
    free_text(&mut facts, "words".into(), "Asked for".into(), &as_data(&reading.words));
    facts.name("list", "List", list);
    // What a price is for has a number of its own: `per 100 g`.
    let unit = cards.first().map(|card| card.price_unit.clone()).unwrap_or_default();
    free_text(&mut facts, "price_unit".into(), "Price".into(), &unit);
    for (place, count) in counts.iter().enumerate() {
        let text = figures::number(Decimal::from(*count));
        facts.number(format!("count_{place}"), "Count", text, Decimal::from(*count), Unit::Plain);
    }
    facts
}

/// A text whose words and numbers may be repeated.
pub(super) fn free_text(facts: &mut Facts, key: String, label: String, text: &str) {
    if !text.trim().is_empty() {
        let values = numbers_in(text);
        facts.push(key, label, text.to_owned(), values, Vec::new());
    }
}

/// The figure that a demand is about; nothing where it is about words.
pub(super) fn bound(condition: &Condition) -> Option<Decimal> {
    match &condition.test {
        Test::AtMost(bound)
        | Test::Below(bound)
        | Test::AtLeast(bound)
        | Test::Above(bound)
        | Test::Is(bound) => Some(*bound),
        Test::OneOf(_) | Test::Mentions(_) => None,
    }
}

/// The first characters, up to the end of a word.
#[must_use]
pub(super) fn beginning(text: &str, most: usize) -> String {
    let text = text.trim();
    let Some((end, _)) = text.char_indices().nth(most) else { return text.to_owned() };
    let cut = text[..end].rfind(char::is_whitespace).filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", text[..cut].trim_end_matches([',', ';', ' ']))
}
