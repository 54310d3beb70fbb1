//! Eight recommendations that differ in what they ask of a pipeline.

use rust_decimal::Decimal;
use sextant_domain::{HomeUsage, Money, MonthUsage, Preferences};

/// One recommendation to run.
#[derive(Debug, Clone)]
pub struct Scenario {
    pub name: &'static str,
    pub usage: HomeUsage,
    pub preferences: Preferences,
}

/// The sample home's year, bent into the shapes that people's homes have.
#[must_use]
pub fn scenarios(home: &HomeUsage) -> Vec<Scenario> {
    let bent = |factor: &dyn Fn(usize, u8) -> i64| HomeUsage {
        home: home.home.clone(),
        months: home
            .months
            .iter()
            .enumerate()
            .map(|(i, month)| MonthUsage {
                month: month.month,
                kwh: month.kwh * Decimal::new(factor(i, month.month), 2),
            })
            .collect(),
    };
    let plain = |name, usage| Scenario { name, usage, preferences: Preferences::default() };
    vec![
        plain("high usage", bent(&|_, _| 200)),
        plain("low usage", bent(&|_, _| 40)),
        plain("variable usage", bent(&|i, _| if i % 2 == 0 { 145 } else { 55 })),
        plain("seasonal usage", bent(&|_, month| if (6..=9).contains(&month) { 180 } else { 70 })),
        Scenario {
            name: "budget-bound",
            usage: home.clone(),
            preferences: Preferences {
                budget_per_month: Some(Money::from_cents(13_000)),
                ..Preferences::default()
            },
        },
        Scenario {
            name: "renewable-first",
            usage: home.clone(),
            preferences: Preferences { prefer_renewable: true, ..Preferences::default() },
        },
        Scenario {
            name: "short contract",
            usage: home.clone(),
            preferences: Preferences { max_term_months: Some(12), ..Preferences::default() },
        },
        Scenario {
            name: "own words",
            usage: home.clone(),
            preferences: Preferences {
                wish: "no exit fee and a price that stays as it is".into(),
                ..Preferences::default()
            },
        },
    ]
}
