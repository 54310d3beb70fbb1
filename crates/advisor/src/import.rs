//! Reads plan lists, lists of items and electricity use from CSV files that people have: any delimiter, decimal mark
//! and encoding.
//!
//! Bytes go in, domain values come out, all of them or one [`ImportError`]; nothing here stores, ranks or asks a model.
//! A file goes through four steps, one module each: bytes to text (`text`), text to a table (`delimiter`, `table`),
//! headers to roles (`headers`), rows to values (`plan_list`, `item_list`, `usage_file`).
//! The rule a newcomer would break: an amount is never an `f64`. Cells become exact `Decimal`s as they were written.

mod addresses;
mod attribute_column;
mod calendar;
mod delimiter;
mod error;
mod file;
mod headers;
mod interval_usage;
mod item_list;
mod item_price;
mod monthly_usage;
mod note;
mod number;
mod number_column;
mod plan_flags;
mod plan_list;
mod plan_price;
mod table;
mod text;
mod usage_file;

use std::collections::BTreeMap;
use std::path::Path;

use sextant_domain::{Catalog, HomeUsage, ItemCatalog};
use sha2::{Digest, Sha256};

pub use error::{CellPlace, ColumnHint, ImportError, Wanted};
pub use file::{FILE_LIMIT_BYTES, read_file};
pub use headers::{HeaderRules, ITEM_ROLES, PLAN_ROLES};
pub use note::Note;

/// Where bytes came from, for messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file's name as the person knows it.
    pub name: String,
}

impl Source {
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into() }
    }

    /// The last part of a path, which is what people call the file.
    pub fn of_path(path: &Path) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self::new(name.to_string_lossy())
    }
}

/// A value read from a file, with what the person should be told about the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported<T> {
    pub value: T,
    /// Which column was taken for which role: `(role, column)`.
    pub recognised: Vec<(String, String)>,
    pub notes: Vec<Note>,
    /// As the Encoding Standard names it: `UTF-8`, `windows-1252` …
    pub encoding: String,
    pub delimiter: char,
}

/// Reads a plan list. `mapping` (role to column) wins over what `headers` recognises.
///
/// Flagged plans are kept, with their flags; a row without a price is left out with a note
/// where most rows have one, and an error otherwise.
pub fn read_plans(
    bytes: &[u8],
    source: &Source,
    mapping: &BTreeMap<String, String>,
    headers: &HeaderRules,
) -> Result<Imported<Catalog>, ImportError> {
    plan_list::read(bytes, source, mapping, headers)
}

/// Reads a list of anything that is no tariff. `mapping` (role to column) wins over what `headers` recognises.
///
/// `currency` (ISO 4217) is that of the prices where the file doesn't say. Every row is an item: where a price can't
/// be read it is left out with a note, and what has no role is an attribute.
pub fn read_items(
    bytes: &[u8],
    source: &Source,
    mapping: &BTreeMap<String, String>,
    headers: &HeaderRules,
    currency: &str,
) -> Result<Imported<ItemCatalog>, ImportError> {
    item_list::read(bytes, source, mapping, headers, currency)
}

/// Reads the use of one or several homes, by month or by any interval of up to a day.
/// Each home has twelve months in the order of time, or the file is refused.
pub fn read_usage(bytes: &[u8], source: &Source) -> Result<Imported<Vec<HomeUsage>>, ImportError> {
    usage_file::read(bytes, source)
}

/// What identifies a list: its bytes and which columns were taken for what.
fn hash(bytes: &[u8], mapping: &BTreeMap<String, String>) -> String {
    let mut digest = Sha256::new();
    digest.update(bytes);
    for (role, column) in mapping {
        // Zero bytes keep `a=bc` and `ab=c` apart.
        digest.update([0]);
        digest.update(role);
        digest.update([0]);
        digest.update(column);
    }
    digest.finalize().iter().fold(String::with_capacity(64), |hex, byte| hex + &format!("{byte:02x}"))
}
