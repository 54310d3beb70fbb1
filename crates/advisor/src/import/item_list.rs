//! A table of anything to an `ItemCatalog`: which columns have a role, and each row to an `Item`.
//!
//! Prices are read in `item_price`, further columns in `attribute_column`. Every row is an item, repetitions included:
//! a list may have two reviews of one coffee. Nothing of a row is lost but what says nothing about the item, a count
//! of the rows or an address; of an address, the words that only it says are kept (`addresses`).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use rust_decimal::Decimal;
use sextant_domain::{Item, ItemCatalog, ItemId};

use super::addresses;
use super::attribute_column::{AttributeColumn, counts_rows, has_addresses};
use super::error::ColumnHint;
use super::headers::{self, Roles, plain_name};
use super::item_price::{ItemPrices, PriceCell, price_column};
use super::number::{NumberParts, is_absent};
use super::number_column::NumberColumn;
use super::table::{Row, Table, one_line};
use super::{HeaderRules, ITEM_ROLES, ImportError, Imported, Note, Source, Wanted, text};

const RATING_WORDS: &[&str] = &["%", "stars", "star", "points", "point", "pts", "★"];

pub(super) fn read(
    bytes: &[u8],
    source: &Source,
    mapping: &BTreeMap<String, String>,
    rules: &HeaderRules,
    currency: &str,
) -> Result<Imported<ItemCatalog>, ImportError> {
    let decoded = text::decode(bytes, source)?;
    let table = Table::parse(&decoded.text, source)?;
    let mut notes = Vec::new();
    if decoded.guessed {
        let message = format!("Not UTF-8: read as {}; check names with accents", decoded.encoding);
        notes.push(Note::about_file(message));
    }
    let mut roles = headers::resolve(rules, &ITEM_ROLES, mapping, &table.headers, source)?;
    let taken = roles.taken();
    if roles.column("price").is_none()
        && let Some(index) = price_column(&table.headers, |index| !taken.contains(&index), rules)
    {
        roles.give("price", index);
    }
    let Some(name) = roles.column("name") else {
        return Err(ImportError::MissingColumns {
            file: source.name.clone(),
            line: table.header_line,
            roles: vec!["name".to_owned()],
            columns: table.headers,
            hint: ColumnHint::MapName,
        });
    };
    let currency = currency.trim().to_uppercase();
    let descriptions = descriptions(&table, &roles, mapping, rules);
    let columns = ItemColumns::decide(&table, name, descriptions, &mut roles, &currency, source, &mut notes)?;
    let mut reading = Reading::default();
    let items = table.rows.iter().map(|row| columns.item(row, &mut reading)).collect();
    notes.extend(reading.notes(&columns));
    if let Some(line) = table.trailer_line {
        notes.extend(Note::about_lines("The closing line is no item", &[line]));
    }
    // The same file in another currency is another list.
    let mut priced = mapping.clone();
    priced.insert("currency".into(), currency.clone());
    Ok(Imported {
        recognised: columns.recognised(&roles, &table),
        notes,
        encoding: decoded.encoding.to_owned(),
        delimiter: table.delimiter,
        value: ItemCatalog {
            name: source.name.clone(),
            hash: super::hash(bytes, &priced),
            currency: columns.prices.as_ref().map_or(currency, |prices| prices.currency.clone()),
            price_unit: columns.prices.map_or_else(String::new, |prices| prices.price_unit),
            items,
        },
    })
}

/// The columns that an item is made of, each with its way of being read.
struct ItemColumns {
    id: Option<usize>,
    name: usize,
    brand: Option<usize>,
    category: Option<usize>,
    prices: Option<ItemPrices>,
    rating: Option<NumberColumn>,
    descriptions: Vec<usize>,
    /// Columns of addresses that say something about their item.
    addresses: Vec<usize>,
    attributes: Vec<AttributeColumn>,
}

impl ItemColumns {
    /// Takes the role of a rating back from a column that has no numbers: medals can't be compared.
    fn decide(
        table: &Table<'_>,
        name: usize,
        descriptions: Vec<usize>,
        roles: &mut Roles,
        currency: &str,
        source: &Source,
        notes: &mut Vec<Note>,
    ) -> Result<Self, ImportError> {
        let mut rating = None;
        if let Some(index) = roles.column("rating") {
            if has_ratings(table, index) {
                rating =
                    Some(NumberColumn::decide(table, index, Wanted::Amount, RATING_WORDS, source, notes)?);
            } else {
                roles.forget("rating");
            }
        }
        let prices = roles
            .column("price")
            .map(|index| ItemPrices::decide(table, index, currency, source, notes))
            .transpose()?;
        let mut taken = roles.taken();
        taken.extend(&descriptions);
        let mut left_out = Vec::new();
        let mut addresses = Vec::new();
        let mut names = BTreeSet::new();
        let mut attributes = Vec::new();
        for index in (0..table.headers.len()).filter(|index| !taken.contains(index)) {
            if counts_rows(table, index) || has_addresses(table, index) {
                left_out.push(table.headers[index].as_str());
                if addresses::say_words(table, index, name) {
                    addresses.push(index);
                }
            } else {
                attributes.push(AttributeColumn::decide(table, index, &mut names, source, notes));
            }
        }
        if !left_out.is_empty() {
            let message =
                format!("Left out, because they say nothing about an item: {}", left_out.join(", "));
            notes.push(Note::about_file(message));
        }
        Ok(Self {
            id: roles.column("id"),
            name,
            brand: roles.column("brand"),
            category: roles.column("category"),
            prices,
            rating,
            descriptions,
            addresses,
            attributes,
        })
    }

    fn item(&self, row: &Row<'_>, reading: &mut Reading) -> Item {
        let own_id = self.id.map_or("", |index| row.cell(index));
        let mut id = if own_id.is_empty() { format!("row-{}", row.line) } else { one_line(own_id) };
        if !reading.ids.insert(id.clone()) {
            reading.repeated_id.push(row.line);
            id = format!("{id}-row-{}", row.line);
            // A list can have that id too, on purpose.
            while !reading.ids.insert(id.clone()) {
                id.push('+');
            }
        }
        let mut name = one_line(row.cell(self.name));
        if name.is_empty() {
            reading.without_name.push(row.line);
            name.clone_from(&id);
        }
        let text = |column: Option<usize>| column.map_or_else(String::new, |index| one_line(row.cell(index)));
        let price = self.prices.as_ref().map_or(PriceCell::Absent, |prices| prices.read(row));
        let mut description = String::new();
        for cell in self.descriptions.iter().map(|index| row.cell(*index)).filter(|cell| !cell.is_empty()) {
            if !description.is_empty() {
                description.push('\n');
            }
            description.push_str(&one_line(cell));
        }
        let said = format!("{name} {description}");
        for words in
            self.addresses.iter().filter_map(|index| addresses::further_words(row.cell(*index), &said))
        {
            if !description.is_empty() {
                description.push('\n');
            }
            description.push_str(&words);
        }
        Item {
            id: ItemId(id),
            name,
            brand: text(self.brand),
            category: text(self.category),
            price: match price {
                PriceCell::Price(price) => Some(price),
                PriceCell::Absent => None,
                PriceCell::Unreadable => missed(&mut reading.unreadable_price, row),
                PriceCell::BelowZero => missed(&mut reading.price_below_zero, row),
                PriceCell::OtherCurrency => missed(&mut reading.other_currency, row),
            },
            rating: self.rating(row, reading),
            description,
            attributes: self.attributes.iter().filter_map(|column| column.read(row)).collect(),
            line: row.line,
        }
    }

    fn rating(&self, row: &Row<'_>, reading: &mut Reading) -> Option<Decimal> {
        let column = self.rating.as_ref()?;
        let cell = row.cell(column.index);
        column
            .read(without_scale(cell), row.line)
            .unwrap_or_else(|_| missed(&mut reading.unreadable_rating, row))
    }

    /// `(role, header)`, the description once for each of its columns.
    fn recognised(&self, roles: &Roles, table: &Table<'_>) -> Vec<(String, String)> {
        let mut found = roles.recognised(&ITEM_ROLES, &table.headers);
        found.retain(|(role, _)| role != "description");
        let descriptions = self.descriptions.iter().map(|index| table.headers[*index].clone());
        found.extend(descriptions.map(|header| ("description".to_owned(), header)));
        found
    }
}

/// What was noticed row by row.
#[derive(Default)]
struct Reading {
    ids: HashSet<String>,
    repeated_id: Vec<u64>,
    without_name: Vec<u64>,
    unreadable_price: Vec<u64>,
    price_below_zero: Vec<u64>,
    other_currency: Vec<u64>,
    unreadable_rating: Vec<u64>,
}

impl Reading {
    fn notes(&self, columns: &ItemColumns) -> Vec<Note> {
        let currency = columns.prices.as_ref().map_or("", |prices| prices.currency.as_str());
        let other_currency = format!("Price in another currency than {currency}: left empty");
        [
            ("No name: its id stands for it", &self.without_name),
            ("The id was there before: made unique by its line", &self.repeated_id),
            ("Price that can't be read: left empty", &self.unreadable_price),
            ("Price below zero: left empty", &self.price_below_zero),
            (other_currency.as_str(), &self.other_currency),
            ("Rating that can't be read: left empty", &self.unreadable_rating),
        ]
        .into_iter()
        .filter_map(|(message, lines)| Note::about_lines(message, lines))
        .collect()
    }
}

fn missed<T>(lines: &mut Vec<u64>, row: &Row<'_>) -> Option<T> {
    lines.push(row.line);
    None
}

/// The columns of free text in the order of the file; only the one that the person names, if they name one.
fn descriptions(
    table: &Table<'_>,
    roles: &Roles,
    mapping: &BTreeMap<String, String>,
    rules: &HeaderRules,
) -> Vec<usize> {
    let first = roles.column("description");
    if mapping.contains_key("description") {
        return first.into_iter().collect();
    }
    let usual: BTreeSet<String> =
        rules.get("description").into_iter().flatten().map(|name| plain_name(name)).collect();
    let taken = roles.taken();
    let free = |index: &usize| !taken.contains(index) && usual.contains(&plain_name(&table.headers[*index]));
    (0..table.headers.len()).filter(|index| first == Some(*index) || free(index)).collect()
}

/// Whether at least half of the filled cells are numbers.
fn has_ratings(table: &Table<'_>, index: usize) -> bool {
    let filled = table.rows.iter().map(|row| row.cell(index)).filter(|cell| !is_absent(cell));
    let (numbers, others): (Vec<&str>, Vec<&str>) = filled.partition(|cell| {
        NumberParts::split(without_scale(cell)).is_some_and(|parts| parts.has_only_units(RATING_WORDS))
    });
    !numbers.is_empty() && numbers.len() >= others.len()
}

/// `4.5` from `4.5/5` and `4.5 out of 5`.
fn without_scale(cell: &str) -> &str {
    let end = cell.find('/').or_else(|| cell.find(" out of ")).or_else(|| cell.find(" of "));
    cell[..end.unwrap_or(cell.len())].trim_end()
}
