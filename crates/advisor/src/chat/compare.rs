//! Records side by side and counts, in words made by rule: differences are arithmetic, so no model takes part.

use rust_decimal::Decimal;
use sextant_domain::{Field, ItemCard, Reading, Sort};

use super::{figures, phrase, records};
use crate::facts::{Facts, Unit};

/// Rows of the table beside price and rating.
const ROWS: usize = 6;

/// A table of the records, after a sentence for each figure that tells the first two apart.
pub(super) fn side_by_side(reading: &Reading, cards: &[ItemCard], facts: &mut Facts) -> String {
    let mut sentences = Vec::new();
    sentences.extend(leader(reading, cards));
    if let [first, second] = cards {
        sentences.extend(cheaper(first, second, facts));
        sentences.extend(rated_higher(first, second, facts));
    }
    let table = table(cards);
    if sentences.is_empty() { table } else { format!("{}\n\n{table}", sentences.join(" ")) }
}

/// How many records meet the demands.
pub(super) fn count(
    reading: &Reading,
    cards: &[ItemCard],
    matching: u32,
    total: u32,
    list: &str,
    currency: &str,
) -> String {
    let wanted: Vec<String> =
        reading.conditions.iter().map(|condition| phrase::of_condition(condition, currency)).collect();
    let have = match (wanted.is_empty(), reading.words.trim()) {
        (true, "") => format!("{} in {list}.", plural(matching)),
        (true, words) => format!("{} of {} in {list} fit \"{words}\".", number(matching), number(total)),
        (false, "") => {
            format!("{} of {} in {list} have {}.", number(matching), number(total), phrase::list(&wanted))
        }
        (false, words) => format!(
            "{} of {} in {list} have {} and fit \"{words}\".",
            number(matching),
            number(total),
            phrase::list(&wanted)
        ),
    };
    let names: Vec<String> = cards.iter().take(3).map(records::named).collect();
    if names.is_empty() { have } else { format!("{have} Among them: {}.", phrase::list(&names)) }
}

fn number(count: u32) -> String {
    figures::number(Decimal::from(count))
}

fn plural(count: u32) -> String {
    if count == 1 { "There is 1 record".into() } else { format!("There are {} records", number(count)) }
}

/// Who leads by the figure that was asked for.
fn leader(reading: &Reading, cards: &[ItemCard]) -> Option<String> {
    let Sort::By { field, descending } = &reading.sort else { return None };
    let figure = |card: &ItemCard| match field {
        Field::Price => card.price.map(sextant_domain::Money::to_decimal),
        Field::Rating => card.rating,
        Field::Attribute(name) => {
            card.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))?.number
        }
        Field::Name | Field::Brand | Field::Category | Field::AnyText | Field::AnyOf(_) => None,
    };
    let known = cards.iter().filter(|card| figure(card).is_some());
    let best = if *descending {
        known.max_by_key(|card| figure(card))
    } else {
        known.min_by_key(|card| figure(card))
    }?;
    let alike = cards.iter().filter(|card| figure(card) == figure(best)).count();
    // A tie has no leader.
    (alike == 1).then(|| {
        format!("{} has {}.", records::named(best), phrase::of_sort(&reading.sort).unwrap_or_default())
    })
}

fn cheaper(first: &ItemCard, second: &ItemCard, facts: &mut Facts) -> Option<String> {
    let (a, b) = (first.price?.to_decimal(), second.price?.to_decimal());
    let difference = figures::amount(&first.currency, (a - b).abs());
    let unit = if first.price_unit.is_empty() { String::new() } else { format!(" {}", first.price_unit) };
    facts.number("price_difference", "Difference in price", difference.as_str(), (a - b).abs(), Unit::Money);
    let (low, high) = if a < b { (first, second) } else { (second, first) };
    Some(if a == b {
        "Both cost the same.".to_owned()
    } else {
        format!(
            "{} costs {difference}{unit} less than {}.",
            records::plain(&low.name),
            records::plain(&high.name)
        )
    })
}

fn rated_higher(first: &ItemCard, second: &ItemCard, facts: &mut Facts) -> Option<String> {
    let (a, b) = (first.rating?, second.rating?);
    let difference = figures::number((a - b).abs());
    facts.number(
        "rating_difference",
        "Difference in rating",
        difference.as_str(),
        (a - b).abs(),
        Unit::Plain,
    );
    let (high, low) = if a > b { (first, second) } else { (second, first) };
    Some(if a == b {
        "Both are rated the same.".to_owned()
    } else {
        format!(
            "{} is rated {difference} higher than {}.",
            records::plain(&high.name),
            records::plain(&low.name)
        )
    })
}

fn table(cards: &[ItemCard]) -> String {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    let mut row = |label: &str, cells: Vec<Option<String>>| {
        if cells.iter().any(Option::is_some) {
            rows.push((
                label.to_owned(),
                cells.into_iter().map(|cell| cell.unwrap_or_else(|| "–".into())).collect(),
            ));
        }
    };
    row("Price", cards.iter().map(figures::price).collect());
    row("Rating", cards.iter().map(|card| card.rating.map(figures::number)).collect());
    row("Maker", cards.iter().map(|card| stated(&card.brand)).collect());
    row("Category", cards.iter().map(|card| stated(&card.category)).collect());
    // The first card's order has what was asked about in front.
    let names = cards.iter().flat_map(|card| &card.attributes).map(|attribute| attribute.name.as_str());
    let mut shown: Vec<&str> = Vec::new();
    for name in names {
        if shown.len() < ROWS && !shown.contains(&name) {
            shown.push(name);
        }
    }
    for name in shown {
        let cell = |card: &ItemCard| {
            let attribute = card.attributes.iter().find(|attribute| attribute.name == name)?;
            Some(figures::value(attribute))
        };
        row(name, cards.iter().map(cell).collect());
    }
    let line = |label: &str, cells: &mut dyn Iterator<Item = String>| {
        let cells: Vec<String> = cells.map(|text| cell(&text)).collect();
        format!("| {} | {} |", cell(label), cells.join(" | "))
    };
    let mut lines = vec![line("", &mut cards.iter().map(|card| records::plain(&card.name)))];
    lines.push(format!("|{}", " --- |".repeat(cards.len() + 1)));
    lines.extend(rows.iter().map(|(label, cells)| line(label, &mut cells.iter().cloned())));
    lines.join("\n")
}

fn stated(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A bar would begin another cell.
fn cell(text: &str) -> String {
    records::plain(text).replace('|', "/")
}
