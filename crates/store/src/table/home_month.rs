//! What the imported homes used, month by month.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction, params};
use sextant_domain::MonthUsage;

use super::decimal;

pub(crate) const CREATE: &str = "\
CREATE TABLE home_months (
    home_id INTEGER NOT NULL REFERENCES homes (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- oldest first
    month INTEGER NOT NULL,            -- 1 to 12
    kwh TEXT NOT NULL,                 -- a decimal
    PRIMARY KEY (home_id, position)
) STRICT, WITHOUT ROWID;
";

pub(crate) fn replace(
    transaction: &Transaction,
    home_id: i64,
    months: &[MonthUsage],
) -> rusqlite::Result<()> {
    transaction.prepare_cached("DELETE FROM home_months WHERE home_id = ?1")?.execute([home_id])?;
    let mut insert = transaction
        .prepare_cached("INSERT INTO home_months (home_id, position, month, kwh) VALUES (?1, ?2, ?3, ?4)")?;
    for (position, usage) in (0_i64..).zip(months) {
        insert.execute(params![home_id, position, usage.month, usage.kwh.to_string()])?;
    }
    Ok(())
}

/// By home, each oldest first.
pub(crate) fn all(connection: &Connection) -> rusqlite::Result<HashMap<i64, Vec<MonthUsage>>> {
    let mut homes: HashMap<i64, Vec<MonthUsage>> = HashMap::new();
    let mut query = connection
        .prepare_cached("SELECT home_id, month, kwh FROM home_months ORDER BY home_id, position")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let usage = MonthUsage { month: row.get("month")?, kwh: decimal("home_months", row, "kwh")? };
        homes.entry(row.get("home_id")?).or_default().push(usage);
    }
    Ok(homes)
}
