//! What a list can be asked about: a facet is one thing that records differ in, such as the price, the
//! maker, or all columns that say where something comes from.
//!
//! Facets are found in the list; the pack's rules only give them words. A column that neither counts
//! nor repeats its values (a link, a text) is a facet that can be asked for but not demanded.

use std::collections::HashMap;

use rust_decimal::Decimal;
use sextant_domain::{Field, Item, ItemCatalog};

use super::date::{self, Months};
use super::quantity::Unit;
use super::rules::{FieldRules, QuestionRules};
use super::token;

/// Beyond this many different values a column is no choice.
const MAX_VALUES: usize = 4_000;
/// Up to this many, it is one however few records there are.
const FEW_VALUES: usize = 48;
const MAX_VALUE_CHARS: usize = 60;
const TRUE_WORDS: &[&str] = &["true", "yes", "y", "t", "1"];
const FALSE_WORDS: &[&str] = &["false", "no", "n", "f", "0"];

#[derive(Debug)]
pub(super) enum FacetKind {
    /// By the record's position; `None` where the list doesn't say.
    Number { figures: Vec<Option<Decimal>>, lowest: Decimal, highest: Decimal },
    /// The values as written, with how many records have each.
    Text { values: Vec<(String, u32)> },
    /// Yes or no: how the list writes either.
    Flag { yes: Vec<String>, no: Vec<String> },
    /// The dates as written, with the months that each stands for.
    Date { values: Vec<(String, Months)> },
    /// Free text, links, or nothing at all.
    Other,
}

#[derive(Debug)]
pub(super) struct Facet {
    /// As labels have it: `exit fee`.
    pub(super) name: String,
    /// The columns, the most telling first.
    pub(super) columns: Vec<Field>,
    /// What a condition looks at.
    pub(super) field: Field,
    pub(super) kind: FacetKind,
    /// As the list or the pack has it: `months`.
    pub(super) unit: String,
    pub(super) rules: FieldRules,
}

impl Facet {
    pub(super) fn is_number(&self) -> bool {
        matches!(self.kind, FacetKind::Number { .. }) || matches!(self.field, Field::Price | Field::Rating)
    }

    pub(super) fn is_price(&self) -> bool {
        self.field == Field::Price
    }

    pub(super) fn counts_in(&self) -> Option<Unit> {
        Unit::read(&self.unit)
    }

    /// Whether its numbers are money beside the price: an exit fee.
    pub(super) fn is_money(&self) -> bool {
        self.is_price() || self.counts_in().is_some_and(Unit::is_money)
    }

    pub(super) fn range(&self) -> Option<(Decimal, Decimal)> {
        match self.kind {
            FacetKind::Number { lowest, highest, .. } => Some((lowest, highest)),
            _ => None,
        }
    }

    pub(super) fn figure(&self, item: usize) -> Option<Decimal> {
        match &self.kind {
            FacetKind::Number { figures, .. } => figures.get(item).copied().flatten(),
            _ => None,
        }
    }

    /// Its columns by the names that `Reading::asked` uses.
    pub(super) fn asked(&self) -> impl Iterator<Item = String> + '_ {
        self.columns.iter().filter(|column| **column != Field::Name).map(|column| match column {
            Field::Attribute(name) => name.clone(),
            Field::Brand => "brand".to_owned(),
            Field::Category => "category".to_owned(),
            Field::Price => "price".to_owned(),
            Field::Rating => "rating".to_owned(),
            Field::Name | Field::AnyText | Field::AnyOf(_) => "name".to_owned(),
        })
    }
}

/// All facets of a list. Brand, category, price and rating always come first, in this order.
pub(super) fn facets(rules: &QuestionRules, catalog: &ItemCatalog) -> Vec<Facet> {
    let items = &catalog.items;
    let of = |name: &str| {
        rules
            .fields
            .iter()
            .find(|field| field.names.iter().any(|known| known == name))
            .cloned()
            .unwrap_or_default()
    };
    let mut facets = vec![
        text_facet("brand", Field::Brand, of("brand"), items.iter().map(|item| item.brand.as_str())),
        text_facet(
            "category",
            Field::Category,
            of("category"),
            items.iter().map(|item| item.category.as_str()),
        ),
        Facet {
            unit: String::new(),
            ..number_facet(
                "price",
                Field::Price,
                of("price"),
                items.iter().map(|item| item.price.map(sextant_domain::Money::to_decimal)).collect(),
            )
        },
        number_facet("rating", Field::Rating, of("rating"), items.iter().map(|item| item.rating).collect()),
    ];
    let mut columns = columns(items);
    for field in &rules.fields {
        let names: Vec<String> = field.names.iter().map(|name| token::key(name)).collect();
        let (mut mine, others): (Vec<Column>, Vec<Column>) =
            columns.into_iter().partition(|column| names.contains(&token::key(column.name)));
        columns = others;
        mine.sort_by_key(|column| names.iter().position(|name| *name == token::key(column.name)));
        if let Some(facet) = attribute_facet(&mine, items, field.clone()) {
            facets.push(facet);
        }
    }
    for column in columns {
        facets.extend(attribute_facet(&[column], items, FieldRules::default()));
    }
    facets
}

pub(super) const BRAND: usize = 0;
pub(super) const CATEGORY: usize = 1;
pub(super) const PRICE: usize = 2;
pub(super) const RATING: usize = 3;

/// A column as it is found in the list.
struct Column<'a> {
    name: &'a str,
    stated: usize,
    numbers: usize,
    unit: &'a str,
    /// Empty once there are too many.
    values: HashMap<&'a str, u32>,
    too_many: bool,
}

fn columns(items: &[Item]) -> Vec<Column<'_>> {
    let mut columns: Vec<Column<'_>> = Vec::new();
    for item in items {
        for (place, attribute) in item.attributes.iter().enumerate() {
            // Rows mostly have their columns in the same places.
            let found = columns.get(place).filter(|column| column.name == attribute.name).map(|_| place);
            let found = found.or_else(|| columns.iter().position(|column| column.name == attribute.name));
            let index = found.unwrap_or_else(|| {
                columns.push(Column {
                    name: &attribute.name,
                    stated: 0,
                    numbers: 0,
                    unit: "",
                    values: HashMap::new(),
                    too_many: false,
                });
                columns.len() - 1
            });
            let column = &mut columns[index];
            column.stated += 1;
            if attribute.number.is_some() {
                column.numbers += 1;
                column.unit = if column.unit.is_empty() { &attribute.unit } else { column.unit };
            } else if !column.too_many {
                *column.values.entry(attribute.value.as_str()).or_default() += 1;
                column.too_many = column.values.len() > MAX_VALUES;
            }
        }
    }
    columns
}

fn attribute_facet(columns: &[Column<'_>], items: &[Item], rules: FieldRules) -> Option<Facet> {
    let first = columns.first()?;
    let name = token::tokenize(first.name).into_iter().map(|token| token.shown).collect::<Vec<_>>().join(" ");
    let field = |column: &Column<'_>| Field::Attribute(column.name.to_owned());
    // A few numbers among words are words; a few words among numbers are gaps.
    if first.numbers * 10 >= first.stated * 6 {
        let unit = if first.unit.is_empty() { rules.unit.clone() } else { first.unit.to_owned() };
        let figures = items
            .iter()
            .map(|item| item.attribute(first.name).and_then(|attribute| attribute.number))
            .collect();
        return Some(Facet { unit, ..number_facet(&name, field(first), rules, figures) });
    }
    let mut fields: Vec<Field> = columns.iter().map(field).collect();
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for column in columns {
        let few = column.values.len() <= FEW_VALUES || column.values.len() * 2 <= column.stated;
        if column.too_many || !few {
            continue;
        }
        for (value, count) in &column.values {
            *counts.entry(value).or_default() += count;
        }
    }
    let kind = kind_of_values(counts);
    if rules.with_name {
        fields.insert(0, Field::Name);
    }
    let tested = if fields.len() == 1 { fields[0].clone() } else { Field::AnyOf(fields.clone()) };
    let name = if columns.len() > 1 { name.trim_end_matches(" 1").to_owned() } else { name };
    Some(Facet { name, columns: fields, field: tested, kind, unit: String::new(), rules })
}

fn kind_of_values(counts: HashMap<&str, u32>) -> FacetKind {
    if counts.is_empty() {
        return FacetKind::Other;
    }
    let is = |words: &[&str], value: &str| words.contains(&value.to_lowercase().as_str());
    if counts.keys().all(|value| is(TRUE_WORDS, value) || is(FALSE_WORDS, value)) {
        let (yes, no) =
            counts.keys().map(|value| (*value).to_owned()).partition(|value| is(TRUE_WORDS, value));
        return FacetKind::Flag { yes, no };
    }
    let mut dates: Vec<(String, Months)> =
        counts.keys().map_while(|value| Some(((*value).to_owned(), date::written(value)?))).collect();
    if dates.len() == counts.len() {
        dates.sort_by(|a, b| a.1.first.cmp(&b.1.first).then_with(|| a.0.cmp(&b.0)));
        return FacetKind::Date { values: dates };
    }
    let with_digits =
        counts.keys().filter(|value| value.contains(|char: char| char.is_ascii_digit())).count();
    if with_digits * 2 > counts.len() {
        return FacetKind::Other;
    }
    let mut values: Vec<(String, u32)> = counts
        .into_iter()
        .filter(|(value, _)| value.chars().count() <= MAX_VALUE_CHARS && !value.contains("://"))
        .map(|(value, count)| (value.to_owned(), count))
        .collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    FacetKind::Text { values }
}

fn text_facet<'a>(
    name: &str,
    field: Field,
    rules: FieldRules,
    values: impl Iterator<Item = &'a str>,
) -> Facet {
    let mut counts: HashMap<&str, u32> = HashMap::new();
    for value in values.filter(|value| !value.is_empty() && value.len() <= 4 * MAX_VALUE_CHARS) {
        *counts.entry(value).or_default() += 1;
    }
    let mut values: Vec<(String, u32)> = counts
        .into_iter()
        .filter(|(value, _)| value.chars().count() <= MAX_VALUE_CHARS)
        .map(|(value, count)| (value.to_owned(), count))
        .collect();
    values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let kind = if values.is_empty() { FacetKind::Other } else { FacetKind::Text { values } };
    Facet { name: name.to_owned(), columns: vec![field.clone()], field, kind, unit: String::new(), rules }
}

fn number_facet(name: &str, field: Field, rules: FieldRules, figures: Vec<Option<Decimal>>) -> Facet {
    let stated = || figures.iter().flatten().copied();
    let kind = match (stated().min(), stated().max()) {
        (Some(lowest), Some(highest)) => FacetKind::Number { lowest, highest, figures },
        _ => FacetKind::Other,
    };
    let unit = rules.unit.clone();
    Facet { name: name.to_owned(), columns: vec![field.clone()], field, kind, unit, rules }
}
