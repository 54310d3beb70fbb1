//! The items of the imported lists, exact to the last digit.

use rusqlite::{Connection, Row, Transaction, named_params};
use serde::{Deserialize, Serialize};
use sextant_domain::{Attribute, Item, ItemId, Money};

use super::{decimal, json, to_json, unreadable};

pub(crate) const CREATE: &str = "\
CREATE TABLE items (
    catalog INTEGER NOT NULL REFERENCES item_catalogs (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- the order of the list
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    brand TEXT NOT NULL,
    category TEXT NOT NULL,
    price_cents INTEGER,
    rating TEXT,                       -- a decimal
    description TEXT NOT NULL,
    attributes TEXT NOT NULL,          -- a JSON array, its decimals as text
    line INTEGER NOT NULL,
    PRIMARY KEY (catalog, position)
) STRICT;
";

const TABLE: &str = "items";

const COLUMNS: &str = "id, name, brand, category, price_cents, rating, description, attributes, line";

pub(crate) fn insert_all(transaction: &Transaction, catalog: i64, items: &[Item]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO items (catalog, position, id, name, brand, category, price_cents, rating, description,
                            attributes, line)
         VALUES (:catalog, :position, :id, :name, :brand, :category, :price_cents, :rating, :description,
                 :attributes, :line)",
    )?;
    for (position, item) in (0_u32..).zip(items) {
        let attributes: Vec<StoredAttribute> = item.attributes.iter().map(StoredAttribute::from).collect();
        insert.execute(named_params! {
            ":catalog": catalog,
            ":position": position,
            ":id": item.id.0,
            ":name": item.name,
            ":brand": item.brand,
            ":category": item.category,
            ":price_cents": item.price.map(Money::cents),
            ":rating": item.rating.map(|rating| rating.to_string()),
            ":description": item.description,
            ":attributes": to_json(&attributes),
            ":line": i64::try_from(item.line).unwrap_or(i64::MAX),
        })?;
    }
    Ok(())
}

/// In the order of the list.
pub(crate) fn list(connection: &Connection, catalog: i64) -> rusqlite::Result<Vec<Item>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM items WHERE catalog = ?1 ORDER BY position"))?
        .query_map([catalog], read)?
        .collect()
}

pub(crate) fn get(connection: &Connection, catalog: i64, position: u32) -> rusqlite::Result<Item> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM items WHERE catalog = ?1 AND position = ?2"))?
        .query_row((catalog, position), read)
}

fn read(row: &Row) -> rusqlite::Result<Item> {
    let rating: Option<String> = row.get("rating")?;
    let line: i64 = row.get("line")?;
    let attributes: Vec<StoredAttribute> = json(TABLE, row, "attributes")?;
    Ok(Item {
        id: ItemId(row.get("id")?),
        name: row.get("name")?,
        brand: row.get("brand")?,
        category: row.get("category")?,
        price: row.get::<_, Option<i64>>("price_cents")?.map(Money::from_cents),
        rating: rating.map(|_| decimal(TABLE, row, "rating")).transpose()?,
        description: row.get("description")?,
        attributes: attributes
            .into_iter()
            .map(StoredAttribute::read)
            .collect::<Result<_, _>>()
            .map_err(|error| unreadable(TABLE, format!("attributes: {error}")))?,
        line: u64::try_from(line).unwrap_or(0),
    })
}

/// An attribute as its column holds it. The domain's own JSON passes decimals through floating point.
#[derive(Serialize, Deserialize)]
struct StoredAttribute {
    name: String,
    value: String,
    number: Option<String>,
    unit: String,
}

impl From<&Attribute> for StoredAttribute {
    fn from(attribute: &Attribute) -> Self {
        Self {
            name: attribute.name.clone(),
            value: attribute.value.clone(),
            number: attribute.number.map(|number| number.to_string()),
            unit: attribute.unit.clone(),
        }
    }
}

impl StoredAttribute {
    fn read(self) -> Result<Attribute, rust_decimal::Error> {
        let number = self.number.map(|number| number.parse()).transpose()?;
        Ok(Attribute { name: self.name, value: self.value, number, unit: self.unit })
    }
}
