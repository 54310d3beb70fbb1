//! What can be wrong with a file, and the sentence that the person reads about it.
//!
//! Every sentence names the file, then the line and the column where there is one, says what is wrong there and what
//! to do. Variants carry data; wording lives only in this file.

use std::fmt;

use thiserror::Error;

use super::Source;

/// One cell of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellPlace {
    pub file: Box<str>,
    /// Counted from 1, with the header.
    pub line: u64,
    /// The column's header.
    pub column: Box<str>,
}

impl CellPlace {
    pub(super) fn new(source: &Source, line: u64, header: &str) -> Self {
        Self { file: source.name.as_str().into(), line, column: header.into() }
    }
}

impl fmt::Display for CellPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}, column {}", self.file, self.line, self.column)
    }
}

/// What belongs into a cell; its text ends the sentence about a wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A price per kWh; the unit is the column's.
    CentsPerKwh,
    UnitsPerKwh,
    /// An amount of money that may be left out.
    Amount,
    Percent,
    Months,
    Kwh,
    /// The position of a row in time.
    Position,
    Year,
    Tiers,
    Credits,
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CentsPerKwh => "put a price in cents per kWh there or leave it empty",
            Self::UnitsPerKwh => "put a price per kWh there or leave it empty",
            Self::Amount => "put an amount of money there or leave it empty",
            Self::Percent => "put a percentage from 0 to 100 there or leave it empty",
            Self::Months => "put a whole number of months there or leave it empty",
            Self::Kwh => "put the kWh used there, zero or more",
            Self::Position => "put the row's number in time there",
            Self::Year => "put a year such as 2025 there",
            Self::Tiers => "write tiers as 0:0.12;1000:0.10, each the kWh from which a price holds",
            Self::Credits => {
                "write credits as 1000:35;2000:15, each the kWh from which an amount is taken off"
            }
        })
    }
}

/// Why a file was not imported. Nothing of it was.
#[derive(Debug, Error)]
pub enum ImportError {
    #[error("{file} does not exist; check the name and the folder")]
    NotFound { file: String },
    #[error("{file} is a folder, not a file; choose the CSV file inside it")]
    IsFolder { file: String },
    #[error("{file} is a device or a pipe, not a file; save its contents as a CSV file first")]
    NotAFile { file: String },
    #[error("{file} may not be read by this user; change its permissions or copy it")]
    PermissionDenied { file: String },
    #[error("{file} has {} MiB, more than the limit of {} MiB; leave out rows or columns that are not needed", mib(*bytes), mib(*limit_bytes))]
    TooLarge { file: String, bytes: u64, limit_bytes: u64 },
    #[error("{file} could not be read ({source}); check the disk and try again")]
    Unreadable { file: String, source: std::io::Error },

    #[error("{file} is empty; it needs a line of column names and a line for each entry")]
    Empty { file: String },
    #[error("{file} has column names on line {line} and nothing below them; add a line for each entry")]
    NoRows { file: String, line: u64 },
    #[error("{file} is {kind}, not a CSV file; open it and save it as CSV (UTF-8)")]
    NotText { file: String, kind: &'static str },
    #[error(
        "{file}, line {line}, column {column}: the byte 0x{byte:02X} is not valid {encoding}; save the file as UTF-8 and import it again"
    )]
    BadByte { file: String, line: u64, column: u64, byte: u8, encoding: String },
    #[error(
        "{file}, line {line}, column {column}: a quotation mark opens there and is never closed; close it, or write it twice if it is part of the text"
    )]
    UnclosedQuote { file: String, line: u64, column: u64 },
    #[error(
        "{file}, line {line}: the line has {found} columns and the header has {expected}; put quotation marks around cells that contain \"{delimiter}\""
    )]
    ColumnCount { file: String, line: u64, found: usize, expected: usize, delimiter: char },
    #[error(
        "{file}, line {line} has one column only, {header:?}; separate columns with a comma, a semicolon, a tab or |"
    )]
    OneColumn { file: String, line: u64, header: String },
    #[error(
        "{file}, line {line} has more than {limit} columns, the limit; leave out those that are not needed"
    )]
    TooManyColumns { file: String, line: u64, limit: usize },

    #[error("{file}, line {line}: no column was recognised for {}; its columns are {}; {}", list(roles, "and"), list(columns, "and"), advice(*hint))]
    MissingColumns { file: String, line: u64, roles: Vec<String>, columns: Vec<String>, hint: ColumnHint },
    #[error("{file} has no column {column:?} for {role}; its columns are {}", list(columns, "and"))]
    NoSuchColumn { file: String, role: String, column: String, columns: Vec<String> },
    #[error("there is no role {role:?}; the roles are {}", list(roles, "and"))]
    UnknownRole { role: String, roles: Vec<String> },
    #[error("{file}, line {line}: {count} columns are called {column:?}; give each its own name")]
    AmbiguousColumn { file: String, line: u64, column: String, count: usize },

    #[error("{place}: {value:?} is not a number; {wanted}")]
    NotANumber { place: CellPlace, value: String, wanted: Wanted },
    #[error("{place}: {value:?} has more digits than can be kept exactly (28); round it")]
    TooManyDigits { place: CellPlace, value: String },
    #[error("{place}: {value:?} is out of range; {wanted}")]
    OutOfRange { place: CellPlace, value: String, wanted: Wanted },
    #[error(
        "{place}: {value:?} uses another decimal mark than line {other_line} of the same column; use one of them throughout"
    )]
    MixedDecimalMarks { place: CellPlace, value: String, other_line: u64 },
    #[error("{place}: {value:?} can't be read; {wanted}")]
    BadSteps { place: CellPlace, value: String, wanted: Wanted },
    #[error(
        "{place}: there is no price, as in most rows of the file; fill it in, or choose the column that has the prices with --map {role}=COLUMN"
    )]
    NoPrice { place: CellPlace, role: String },

    #[error("{place}: there is no figure for home {home}; put the kWh used there, 0 if it was none")]
    NoUsage { place: CellPlace, home: String },
    #[error(
        "{place}: home {home} has {value} kWh, less than zero; give what the home used, without what it fed in"
    )]
    NegativeUsage { place: CellPlace, home: String, value: String },
    #[error("{place}: {value:?} is not a month; write 1 to 12, January, 2025-01 or 01/2025")]
    NotAMonth { place: CellPlace, value: String },
    #[error("{place}: {value:?} is not a date or a time; write 2025-01-31 14:00 or 01/31/2025 14:00")]
    NotATime { place: CellPlace, value: String },
    #[error(
        "{place}: home {home} has {count} months; keep the latest twelve, each calendar month once ({month} is also on line {first_line})"
    )]
    TooManyMonths { place: CellPlace, home: String, count: usize, month: String, first_line: u64 },
    #[error("{place}: home {home} has {month} twice, on lines {first_line} and {}{}; keep each calendar month once", place.line, also_missing(missing))]
    RepeatedMonth { place: CellPlace, home: String, month: String, first_line: u64, missing: Vec<String> },
    #[error("{place}: home {home} has {found} of 12 months; {} missing; add {}", is_or_are(missing), if missing.len() == 1 { "it" } else { "them" })]
    MissingMonths { place: CellPlace, home: String, found: usize, missing: Vec<String> },
    #[error("{place}: home {home} has {found} readings in {month} where {expected} belong; {}", if found < expected { "there is a gap: add those that are missing" } else { "keep one reading for each point in time" })]
    ReadingCount { place: CellPlace, home: String, month: String, found: usize, expected: usize },
    #[error("{place}: home {home} has {value:?} twice; keep one reading for each point in time")]
    RepeatedReading { place: CellPlace, home: String, value: String },
    #[error(
        "{place}: the readings of home {home} are {minutes} minutes apart; give one for each month, day, hour or quarter of an hour"
    )]
    Spacing { place: CellPlace, home: String, minutes: i64 },
    #[error(
        "{place}: home {home} used 0 kWh in the whole year, so there is nothing to compare; check that this column has the use"
    )]
    ZeroYear { place: CellPlace, home: String },
    #[error(
        "{file}, home {home}: {month} adds up to more kWh than can be counted exactly; check the unit of the readings"
    )]
    UsageTooLarge { file: String, home: String, month: String },
}

/// What to do about columns that were not recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnHint {
    /// Roles can be named on the call.
    MapAveragePrices,
    MapName,
    /// Usage files have no mapping: the header has to change.
    RenameUsage,
}

fn advice(hint: ColumnHint) -> &'static str {
    match hint {
        ColumnHint::MapAveragePrices => {
            "name those that have the prices, as --map price_500=COLUMN --map price_1000=COLUMN --map price_2000=COLUMN, \
             or one price per kWh as --map rate=COLUMN"
        }
        ColumnHint::MapName => "name the one that has it, as --map name=COLUMN",
        ColumnHint::RenameUsage => {
            "call the column of months month (or that of times timestamp) and the column of use kwh"
        }
    }
}

fn mib(bytes: u64) -> u64 {
    bytes.div_ceil(1024 * 1024)
}

/// `a, b and c`; long lists are cut after thirty.
fn list(words: &[String], conjunction: &str) -> String {
    const SHOWN: usize = 30;
    if words.len() > SHOWN {
        return format!("{} and {} more", words[..SHOWN].join(", "), words.len() - SHOWN);
    }
    match words {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {conjunction} {last}", most.join(", ")),
    }
}

fn is_or_are(missing: &[String]) -> String {
    let verb = if missing.len() == 1 { "is" } else { "are" };
    format!("{} {verb}", list(missing, "and"))
}

fn also_missing(missing: &[String]) -> String {
    if missing.is_empty() { String::new() } else { format!(", and {} missing", is_or_are(missing)) }
}
