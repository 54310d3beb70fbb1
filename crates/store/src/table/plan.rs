//! The plans of the imported lists, exact to the last digit.

use rusqlite::{Connection, Row, Transaction, named_params};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sextant_domain::{Credit, ItemId, Money, Plan, Tariff, Tier};

use super::{decimal, json, to_json, unreadable};

pub(crate) const CREATE: &str = "\
CREATE TABLE plans (
    catalog_id TEXT NOT NULL REFERENCES catalogs (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- the order of the list
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    supplier TEXT NOT NULL,
    area TEXT,
    tariff TEXT NOT NULL,              -- JSON, its decimals as text
    term_months INTEGER,
    exit_fee_cents INTEGER,
    renewable_percent TEXT,            -- a decimal
    fixed_price INTEGER,
    terms TEXT NOT NULL,
    flags TEXT NOT NULL,               -- a JSON array
    columns TEXT NOT NULL,             -- a JSON object: every column of the row by its header
    line INTEGER NOT NULL,
    PRIMARY KEY (catalog_id, position)
) STRICT;
";

const TABLE: &str = "plans";

pub(crate) fn insert_all(
    transaction: &Transaction,
    catalog_id: &str,
    plans: &[Plan],
) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO plans (catalog_id, position, id, name, supplier, area, tariff, term_months,
                            exit_fee_cents, renewable_percent, fixed_price, terms, flags, columns, line)
         VALUES (:catalog_id, :position, :id, :name, :supplier, :area, :tariff, :term_months,
                 :exit_fee_cents, :renewable_percent, :fixed_price, :terms, :flags, :columns, :line)",
    )?;
    for (position, plan) in (0_i64..).zip(plans) {
        insert.execute(named_params! {
            ":catalog_id": catalog_id,
            ":position": position,
            ":id": plan.id.0,
            ":name": plan.name,
            ":supplier": plan.supplier,
            ":area": plan.area,
            ":tariff": to_json(&StoredTariff::from(&plan.tariff)),
            ":term_months": plan.term_months,
            ":exit_fee_cents": plan.exit_fee.map(Money::cents),
            ":renewable_percent": plan.renewable_percent.map(|percent| percent.to_string()),
            ":fixed_price": plan.fixed_price,
            ":terms": plan.terms,
            ":flags": to_json(&plan.flags),
            ":columns": to_json(&plan.columns),
            ":line": i64::try_from(plan.line).unwrap_or(i64::MAX),
        })?;
    }
    Ok(())
}

/// In the order of the list.
pub(crate) fn list(connection: &Connection, catalog_id: &str) -> rusqlite::Result<Vec<Plan>> {
    connection
        .prepare_cached(
            "SELECT id, name, supplier, area, tariff, term_months, exit_fee_cents, renewable_percent,
                    fixed_price, terms, flags, columns, line
             FROM plans WHERE catalog_id = ?1 ORDER BY position",
        )?
        .query_map([catalog_id], read)?
        .collect()
}

fn read(row: &Row) -> rusqlite::Result<Plan> {
    let renewable: Option<String> = row.get("renewable_percent")?;
    let line: i64 = row.get("line")?;
    Ok(Plan {
        id: ItemId(row.get("id")?),
        name: row.get("name")?,
        supplier: row.get("supplier")?,
        area: row.get("area")?,
        tariff: json::<StoredTariff>(TABLE, row, "tariff")?
            .read()
            .map_err(|error| unreadable(TABLE, format!("tariff: {error}")))?,
        term_months: row.get("term_months")?,
        exit_fee: row.get::<_, Option<i64>>("exit_fee_cents")?.map(Money::from_cents),
        renewable_percent: renewable.map(|_| decimal(TABLE, row, "renewable_percent")).transpose()?,
        fixed_price: row.get("fixed_price")?,
        terms: row.get("terms")?,
        flags: json(TABLE, row, "flags")?,
        columns: json(TABLE, row, "columns")?,
        line: u64::try_from(line).unwrap_or(0),
    })
}

/// A tariff as its column holds it. The domain's own JSON passes decimals through floating point,
/// which keeps 15 digits; what was imported is kept to the last one here.
#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum StoredTariff {
    AveragePrices {
        at_500: String,
        at_1000: String,
        at_2000: String,
    },
    RateCard {
        rate: String,
        fixed_monthly: String,
        fixed_daily: String,
        /// From how many kWh, and the rate.
        tiers: Vec<(String, String)>,
        /// From how many kWh, and the amount.
        credits: Vec<(String, String)>,
    },
}

impl From<&Tariff> for StoredTariff {
    fn from(tariff: &Tariff) -> Self {
        match tariff {
            Tariff::AveragePrices { at_500, at_1000, at_2000 } => Self::AveragePrices {
                at_500: at_500.to_string(),
                at_1000: at_1000.to_string(),
                at_2000: at_2000.to_string(),
            },
            Tariff::RateCard { rate, fixed_monthly, fixed_daily, tiers, credits } => Self::RateCard {
                rate: rate.to_string(),
                fixed_monthly: fixed_monthly.to_string(),
                fixed_daily: fixed_daily.to_string(),
                tiers: tiers.iter().map(|tier| (tier.from_kwh.to_string(), tier.rate.to_string())).collect(),
                credits: credits
                    .iter()
                    .map(|credit| (credit.from_kwh.to_string(), credit.amount.to_string()))
                    .collect(),
            },
        }
    }
}

impl StoredTariff {
    fn read(&self) -> Result<Tariff, rust_decimal::Error> {
        let pair = |(from, to): &(String, String)| Ok((from.parse()?, to.parse()?));
        Ok(match self {
            Self::AveragePrices { at_500, at_1000, at_2000 } => Tariff::AveragePrices {
                at_500: at_500.parse()?,
                at_1000: at_1000.parse()?,
                at_2000: at_2000.parse()?,
            },
            Self::RateCard { rate, fixed_monthly, fixed_daily, tiers, credits } => Tariff::RateCard {
                rate: rate.parse()?,
                fixed_monthly: fixed_monthly.parse()?,
                fixed_daily: fixed_daily.parse()?,
                tiers: tiers
                    .iter()
                    .map(|stored| pair(stored).map(|(from_kwh, rate)| Tier { from_kwh, rate }))
                    .collect::<Result<_, rust_decimal::Error>>()?,
                credits: credits
                    .iter()
                    .map(|stored| {
                        let (from_kwh, amount): (Decimal, Decimal) = pair(stored)?;
                        Ok(Credit { from_kwh, amount })
                    })
                    .collect::<Result<_, rust_decimal::Error>>()?,
            },
        })
    }
}
