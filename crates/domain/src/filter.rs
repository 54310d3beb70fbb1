//! What a question demands of the records that answer it. Every condition is exact: an item meets it or
//! doesn't, and a value that the list doesn't state meets none, save a negated one on text.
//!
//! [`Condition::is_met_by`] is the meaning of a condition. Whoever finds items in another way, through a
//! database or an index, has to find those that it accepts and no others.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Item, Money};

/// What of an item is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "name", rename_all = "snake_case")]
pub enum Field {
    Name,
    Brand,
    Category,
    Price,
    Rating,
    /// By its name.
    Attribute(String),
    /// Name, brand, category, description and all attributes together.
    AnyText,
    /// Any one of these texts: where a list says the same thing in several columns. Negated: none of them.
    /// Together they state no number.
    AnyOf(Vec<Field>),
}

/// What it has to be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Test {
    /// At most this.
    AtMost(#[cfg_attr(feature = "typescript", ts(type = "number"))] Decimal),
    /// Less than this.
    Below(#[cfg_attr(feature = "typescript", ts(type = "number"))] Decimal),
    AtLeast(#[cfg_attr(feature = "typescript", ts(type = "number"))] Decimal),
    Above(#[cfg_attr(feature = "typescript", ts(type = "number"))] Decimal),
    /// Exactly this number.
    Is(#[cfg_attr(feature = "typescript", ts(type = "number"))] Decimal),
    /// This text, ignoring case; any one of them.
    OneOf(Vec<String>),
    /// These words stand in it as whole words, one after the other, ignoring case; any one of them.
    Mentions(Vec<String>),
}

/// One demand.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Condition {
    pub field: Field,
    pub test: Test,
    /// The opposite: `not from Ethiopia`. A value that isn't stated meets it only for text
    /// (`no fruit notes`): who doesn't say that a coffee is fruity may be shown.
    pub negated: bool,
    /// As the person sees it: `under $20`, `not Ethiopia`.
    pub label: String,
}

/// The order that a question asks for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Sort {
    /// How well the text fits.
    Relevance,
    /// By a number, items without it last.
    By { field: Field, descending: bool },
}

impl Condition {
    /// Whether an item may be shown to somebody who demands this.
    #[must_use]
    pub fn is_met_by(&self, item: &Item) -> bool {
        let of_number = |meets: fn(&Decimal, &Decimal) -> bool, bound: &Decimal| {
            self.field.number(item).is_some_and(|number| meets(&number, bound) != self.negated)
        };
        let of_any_text = |meets: fn(&str, &str) -> bool, wanted: &[String]| {
            let texts = self.field.texts(item);
            texts.iter().any(|text| wanted.iter().any(|wanted| meets(text, wanted))) != self.negated
        };
        match &self.test {
            Test::AtMost(bound) => of_number(Decimal::le, bound),
            Test::Below(bound) => of_number(Decimal::lt, bound),
            Test::AtLeast(bound) => of_number(Decimal::ge, bound),
            Test::Above(bound) => of_number(Decimal::gt, bound),
            Test::Is(number) => of_number(Decimal::eq, number),
            Test::OneOf(texts) => of_any_text(is_same, texts),
            Test::Mentions(phrases) => of_any_text(mentions, phrases),
        }
    }
}

impl Field {
    /// `None` where the item doesn't state it, or not as a number.
    #[must_use]
    pub fn number(&self, item: &Item) -> Option<Decimal> {
        match self {
            Self::Price => item.price.map(Money::to_decimal),
            Self::Rating => item.rating,
            Self::Attribute(name) => item.attribute(name)?.number,
            Self::Name | Self::Brand | Self::Category | Self::AnyText | Self::AnyOf(_) => None,
        }
    }

    /// All texts that are looked at, each by itself: a phrase doesn't go on from one into the next.
    /// A price and a rating are none.
    #[must_use]
    pub fn texts<'item>(&self, item: &'item Item) -> Vec<&'item str> {
        match self {
            Self::Name => vec![&item.name],
            Self::Brand => vec![&item.brand],
            Self::Category => vec![&item.category],
            Self::Price | Self::Rating => Vec::new(),
            Self::Attribute(name) => {
                item.attribute(name).map(|found| found.value.as_str()).into_iter().collect()
            }
            Self::AnyText => {
                let values = item.attributes.iter().map(|attribute| attribute.value.as_str());
                [&*item.name, &item.brand, &item.category, &item.description]
                    .into_iter()
                    .chain(values)
                    .collect()
            }
            Self::AnyOf(fields) => fields.iter().flat_map(|field| field.texts(item)).collect(),
        }
    }
}

/// A text as texts are compared: without case and without space around it.
#[must_use]
pub fn folded(text: &str) -> String {
    text.trim().chars().map(lower_case).collect()
}

/// A text's words, folded, each with one space before it and one behind the last, so that one text
/// mentions a phrase if this of the text contains this of the phrase. Empty where there are none.
#[must_use]
pub fn words(text: &str) -> String {
    let folded = folded(text);
    let mut words: String = folded
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .flat_map(|word| [" ", word])
        .collect();
    if !words.is_empty() {
        words.push(' ');
    }
    words
}

/// Without a look at the letters around it, so that a word is the same wherever it stands.
fn lower_case(letter: char) -> char {
    match letter {
        // The only one whose lower case is two characters.
        '\u{130}' => 'i',
        // A sigma at a word's end.
        'ς' => 'σ',
        _ => letter.to_lowercase().next().unwrap_or(letter),
    }
}

/// An empty text is not stated.
fn is_same(text: &str, wanted: &str) -> bool {
    let wanted = folded(wanted);
    !wanted.is_empty() && folded(text) == wanted
}

fn mentions(text: &str, phrase: &str) -> bool {
    let phrase = words(phrase);
    !phrase.is_empty() && words(text).contains(&phrase)
}

#[cfg(test)]
mod tests;
