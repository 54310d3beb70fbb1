//! Imported plan lists and homes come back as they were put in, to the last digit.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rust_decimal::Decimal;
use sextant_domain::{Catalog, Credit, HomeUsage, ItemId, Money, MonthUsage, Plan, PlanFlag, Tariff, Tier};
use sextant_store::Store;

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn plan(id: &str, tariff: Tariff) -> Plan {
    Plan {
        id: ItemId(id.into()),
        name: format!("Plan {id}"),
        supplier: "Näher & Söhne".into(),
        area: Some("ONCOR".into()),
        tariff,
        term_months: Some(12),
        exit_fee: Some(Money::from_cents(17_550)),
        renewable_percent: Some(decimal("33.3")),
        fixed_price: Some(true),
        terms: "A \"special\" term;\nover two lines".into(),
        flags: vec![PlanFlag::TimeOfUse, PlanFlag::ExitFeePerMonth],
        columns: BTreeMap::from([("tdu_area".into(), "ONCOR".into()), (String::new(), "'".into())]),
        line: 7,
    }
}

fn catalog() -> Catalog {
    let bare = Plan {
        area: None,
        term_months: None,
        exit_fee: None,
        renewable_percent: None,
        fixed_price: None,
        terms: String::new(),
        flags: vec![],
        columns: BTreeMap::new(),
        ..plan(
            "b",
            Tariff::RateCard {
                rate: decimal("0.1234567890123456789012345678"),
                fixed_monthly: decimal("9.95"),
                fixed_daily: decimal("-0.0000000000000000000000000001"),
                tiers: vec![Tier { from_kwh: decimal("1000"), rate: decimal("0.10") }],
                credits: vec![Credit { from_kwh: decimal("999.5"), amount: decimal("125.00") }],
            },
        )
    };
    let average = Tariff::AveragePrices {
        at_500: decimal("0.145"),
        at_1000: decimal("0.1340000000000000000001"),
        at_2000: decimal("79228162514264337593543950335"),
    };
    Catalog {
        name: "plans.csv".into(),
        hash: "c0ffee".into(),
        currency: "USD".into(),
        headers: vec!["idKey".into(), "TduCompanyName".into()],
        plans: vec![plan("a", average), bare],
    }
}

fn home(name: &str, kwh: &str) -> HomeUsage {
    let months = (1..=12).map(|month| MonthUsage { month, kwh: decimal(kwh) }).collect();
    HomeUsage { home: name.into(), months }
}

/// Puts a list in, and expects the very same one back.
fn check(catalog: &Catalog) {
    let store = Store::open_in_memory().expect("a store");
    let id = store.put_catalog("energy", catalog, at(0)).expect("kept");
    assert_eq!(id, catalog.hash);
    assert_eq!(store.catalog(&id).expect("readable").as_ref(), Some(catalog));
    let rows = store.catalogs("energy").expect("readable");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].plans as usize, rows[0].imported_at), (catalog.plans.len(), at(0)));
}

#[test]
fn a_plan_list_keeps_every_digit_and_its_order() {
    check(&catalog());
}

#[test]
fn a_list_without_plans_is_kept() {
    check(&Catalog { plans: vec![], ..catalog() });
}

#[test]
fn a_list_of_twenty_thousand_plans_is_kept() {
    let one = catalog().plans.remove(0);
    let plans = (0..20_000).map(|number| Plan { line: number, ..one.clone() }).collect();
    check(&Catalog { plans, ..catalog() });
}

#[test]
fn the_same_list_replaces_itself() {
    let store = Store::open_in_memory().expect("a store");
    store.put_catalog("energy", &catalog(), at(0)).expect("kept");
    let renamed = Catalog { name: "again.csv".into(), ..catalog() };
    store.put_catalog("energy", &renamed, at(1)).expect("kept");
    assert_eq!(store.catalog("c0ffee").expect("readable"), Some(renamed));
    assert_eq!(store.catalogs("energy").expect("readable").len(), 1);
}

#[test]
fn packs_see_their_own_lists_newest_first() {
    let store = Store::open_in_memory().expect("a store");
    for (hash, pack, seconds) in [("1", "energy", 0), ("2", "energy", 5), ("3", "retail", 9)] {
        let list = Catalog { hash: hash.into(), ..catalog() };
        store.put_catalog(pack, &list, at(seconds)).expect("kept");
    }
    let ids: Vec<String> =
        store.catalogs("energy").expect("readable").into_iter().map(|row| row.id).collect();
    assert_eq!(ids, ["2", "1"]);
    assert_eq!(store.catalog("missing").expect("readable"), None);
}

#[test]
fn a_home_imported_again_keeps_its_id_and_takes_the_new_months() {
    let store = Store::open_in_memory().expect("a store");
    let first = store.put_home("homes.csv", &home("A", "812.345678901234567890"), at(0)).expect("kept");
    let second = store.put_home("homes.csv", &home("B", "0"), at(1)).expect("kept");
    let other_file = store.put_home("other.csv", &home("A", "5"), at(2)).expect("kept");
    let again = store.put_home("homes.csv", &home("A", "900.10"), at(3)).expect("kept");
    assert_eq!(again, first);
    let homes = store.homes().expect("readable");
    let ids: Vec<&String> = homes.iter().map(|row| &row.id).collect();
    assert_eq!(ids, [&first, &second, &other_file]);
    assert_eq!(homes[0].usage, home("A", "900.10"));
    assert_eq!(homes[0].imported_at, at(3));
    assert_eq!((homes[1].source.as_str(), &homes[1].usage), ("homes.csv", &home("B", "0")));
}
