//! What a catalogue of anything but tariffs holds: products, or plans as a chat speaks of them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{ItemId, Money, folded};

/// One further column of an item, in the catalogue's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Attribute {
    /// The column's header, or the pack's word for it.
    pub name: String,
    /// As the list has it; never empty.
    pub value: String,
    /// The value where it is a number, so that it can be compared.
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    #[serde(with = "rust_decimal::serde::float_option")]
    pub number: Option<Decimal>,
    /// What the number counts: `%`, `cm`, `months`; empty where nothing says.
    #[serde(default)]
    pub unit: String,
}

/// One thing that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub id: ItemId,
    pub name: String,
    /// Who makes or sells it; may be empty.
    pub brand: String,
    /// May be empty.
    pub category: String,
    /// `None` where the list doesn't say, or not as a number.
    pub price: Option<Money>,
    /// In the list's own scale.
    #[serde(with = "rust_decimal::serde::float_option")]
    pub rating: Option<Decimal>,
    /// All free text of the row; may be empty.
    pub description: String,
    /// In the order of the columns.
    pub attributes: Vec<Attribute>,
    /// The line of the file that it came from, counted from 1 with the header.
    pub line: u64,
}

impl Item {
    /// The first attribute of this name, which is compared without case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        let name = folded(name);
        self.attributes.iter().find(|attribute| folded(&attribute.name) == name)
    }
}

/// An imported list of items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemCatalog {
    /// The file's name, for the person.
    pub name: String,
    /// sha256 of the file's bytes and of the column mapping, in hexadecimal.
    pub hash: String,
    /// ISO 4217 code.
    pub currency: String,
    /// What a price is for: `per 100 g`; empty where it is for the item.
    pub price_unit: String,
    pub items: Vec<Item>,
}
