//! One file per table: the SQL that makes it, its row, and every query on it.
//!
//! Decimals are stored as the text they were imported as and money as whole cents, never as floating
//! point; times as microseconds since 1970. A released migration is never edited: add one to `schema`.

pub(crate) mod answer;
pub(crate) mod cache_event;
pub(crate) mod cache_rollup;
pub(crate) mod catalog;
pub(crate) mod conversation;
pub(crate) mod conversation_search;
pub(crate) mod document;
pub(crate) mod home;
pub(crate) mod home_month;
pub(crate) mod item;
pub(crate) mod item_catalog;
pub(crate) mod item_number;
pub(crate) mod item_text;
pub(crate) mod item_word;
pub(crate) mod message;
pub(crate) mod message_part;
pub(crate) mod passage;
pub(crate) mod plan;
pub(crate) mod rolled_hour;
pub(crate) mod run;
pub(crate) mod run_rollup;
pub(crate) mod stage;
pub(crate) mod stage_rollup;
pub(crate) mod vector;

pub use cache_event::{CacheCount, CacheEvent};
pub use catalog::CatalogRow;
pub use home::HomeRow;
pub use item_catalog::ItemCatalogRow;
pub use run::RunRow;
pub(crate) use stage::pooled_name;

use std::str::FromStr;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use rusqlite::Row;
use rusqlite::types::Type;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;

use crate::parts::Samples;

use crate::samples::BadSamples;

/// Something in a row that this version doesn't understand: another program wrote it.
#[derive(Debug, thiserror::Error)]
#[error("{table}: {detail}")]
pub(crate) struct Unreadable {
    pub(crate) table: &'static str,
    pub(crate) detail: String,
}

pub(crate) fn unreadable(table: &'static str, detail: String) -> rusqlite::Error {
    let cause = Unreadable { table, detail };
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(cause))
}

/// Of a roll-up.
pub(crate) fn bad_samples(table: &'static str, bad: BadSamples) -> rusqlite::Error {
    unreadable(table, bad.to_string())
}

/// Microseconds since 1970; times before count as 1970.
pub(crate) fn micros(time: SystemTime) -> i64 {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX)
}

pub(crate) fn time(micros: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}

/// RFC 3339 in UTC, to the millisecond.
pub(crate) fn rfc3339(micros: i64) -> String {
    let stamp = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
    format!("{stamp:.3}")
}

/// The lower bound of a window; everything where there is none.
pub(crate) fn since_micros(since: Option<SystemTime>) -> i64 {
    since.map_or(i64::MIN, micros)
}

pub(crate) fn decimal(table: &'static str, row: &Row, column: &str) -> rusqlite::Result<Decimal> {
    let text: String = row.get(column)?;
    Decimal::from_str(&text).map_err(|error| unreadable(table, format!("{column} is {text:?}: {error}")))
}

pub(crate) fn json<T: DeserializeOwned>(table: &'static str, row: &Row, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| unreadable(table, format!("{column}: {error}")))
}

/// A column's text where it stands, uncopied.
pub(crate) fn text<'r>(row: &'r Row, column: usize) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(column)?.as_str()?)
}

/// A count, which is stored with its bits as they are.
pub(crate) fn count(row: &Row, column: usize) -> rusqlite::Result<u64> {
    row.get(column).map(i64::cast_unsigned)
}

/// A roll-up's samples where they stand, still packed.
pub(crate) fn packed_samples<'r>(row: &'r Row, column: usize) -> rusqlite::Result<Samples<'r>> {
    Ok(Samples::Packed(row.get_ref(column)?.as_blob()?))
}

/// JSON of data whose keys are text, which can't fail.
pub(crate) fn to_json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data with text keys is always JSON")
}
