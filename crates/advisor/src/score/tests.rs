//! What an order promises, told by example and on random lists.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use rust_decimal::Decimal;
use sextant_domain::{Catalog, HomeUsage, ItemId, Money, MonthUsage, Plan, Preferences, Tariff};

use super::{Costed, RankError, order, utility};
use crate::pack::Pack;

fn pack() -> Pack {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/packs/energy");
    Pack::load(&dir).expect("the energy pack is sound")
}

fn home() -> HomeUsage {
    let months = (1..=12).map(|month| MonthUsage { month, kwh: Decimal::from(1000) }).collect();
    HomeUsage { home: "home".into(), months }
}

/// A plan of `cents` per kWh.
fn plan(id: &str, cents: i64, renewable: u32, term: u32, fee: i64, fixed: bool) -> Plan {
    let price = Decimal::new(cents, 2);
    Plan {
        id: ItemId(id.into()),
        name: format!("Plan {id}"),
        supplier: "Supplier".into(),
        area: Some("NORTH".into()),
        tariff: Tariff::AveragePrices { at_500: price, at_1000: price, at_2000: price },
        term_months: Some(term),
        exit_fee: Some(Money::from_cents(fee * 100)),
        renewable_percent: Some(Decimal::from(renewable)),
        fixed_price: Some(fixed),
        terms: String::new(),
        flags: Vec::new(),
        columns: BTreeMap::from([("area".into(), if fee > 100 { "SOUTH" } else { "NORTH" }.into())]),
        line: 2,
    }
}

fn catalog(plans: Vec<Plan>) -> Catalog {
    Catalog {
        name: "plans.csv".into(),
        hash: "0".into(),
        currency: "USD".into(),
        headers: vec!["area".into()],
        plans,
    }
}

fn check(plans: Vec<Plan>, preferences: &Preferences, ids: &[&str]) {
    let (catalog, pack) = (catalog(plans), pack());
    let costed = Costed::new(&catalog, &home());
    let ranking = order(&costed, &pack, preferences).expect("some plan is left").ranking(100);
    let found: Vec<&str> = ranking.items.iter().map(|item| item.id.0.as_str()).collect();
    assert_eq!(found, ids);
}

#[test]
fn the_cheapest_leads_where_nothing_else_differs() {
    check(
        vec![plan("a", 15, 50, 12, 0, true), plan("b", 12, 50, 12, 0, true), plan("c", 13, 50, 12, 0, true)],
        &Preferences::default(),
        &["b", "c", "a"],
    );
}

#[test]
fn equal_plans_keep_the_order_of_their_ids() {
    check(
        vec![plan("c", 12, 50, 12, 0, true), plan("a", 12, 50, 12, 0, true), plan("b", 12, 50, 12, 0, true)],
        &Preferences::default(),
        &["a", "b", "c"],
    );
}

#[test]
fn preferring_renewable_power_can_change_the_first_place() {
    let plans = || {
        vec![
            plan("cheap", 12, 0, 12, 0, true),
            plan("green", 14, 100, 12, 0, true),
            plan("dear", 20, 0, 12, 0, true),
        ]
    };
    check(plans(), &Preferences::default(), &["cheap", "green", "dear"]);
    check(
        plans(),
        &Preferences { prefer_renewable: true, ..Preferences::default() },
        &["green", "cheap", "dear"],
    );
}

#[test]
fn a_wish_in_words_counts_unless_its_weight_was_set() {
    let plans = || {
        vec![
            plan("cheap", 12, 50, 3, 0, true),
            plan("sure", 13, 50, 12, 0, true),
            plan("dear", 20, 50, 12, 0, true),
        ]
    };
    let wish = || "No SURPRISES on the bill".to_owned();
    check(plans(), &Preferences::default(), &["cheap", "sure", "dear"]);
    check(plans(), &Preferences { wish: wish(), ..Preferences::default() }, &["sure", "cheap", "dear"]);
    let weights = BTreeMap::from([("certainty".to_owned(), 0.0)]);
    check(
        plans(),
        &Preferences { wish: wish(), weights, ..Preferences::default() },
        &["cheap", "sure", "dear"],
    );
}

#[test]
fn with_all_weights_at_zero_cost_decides() {
    let weights = pack().criteria.iter().map(|criterion| (criterion.id.id().to_owned(), 0.0)).collect();
    check(
        vec![plan("green", 13, 100, 1, 0, true), plan("cheap", 12, 0, 36, 99, false)],
        &Preferences { weights, ..Preferences::default() },
        &["cheap", "green"],
    );
}

#[test]
fn each_filter_says_how_many_it_removed() {
    let (catalog, pack) = (
        catalog(vec![
            plan("south", 12, 50, 12, 150, true),
            plan("dear", 30, 50, 12, 0, true),
            plan("long", 12, 50, 36, 0, true),
            plan("kept", 12, 50, 12, 0, true),
        ]),
        pack(),
    );
    let preferences = Preferences {
        conditions: BTreeMap::from([("AREA".into(), vec!["north".into()])]),
        budget_per_month: Some(Money::from_cents(20_000)),
        max_term_months: Some(24),
        ..Preferences::default()
    };
    let costed = Costed::new(&catalog, &home());
    let ranking = order(&costed, &pack, &preferences).expect("one plan is left").ranking(10);
    let removed: Vec<(&str, u32)> =
        ranking.filtered_out.iter().map(|removed| (removed.reason.as_str(), removed.count)).collect();
    assert_eq!(
        removed,
        [
            ("area is not north", 1),
            ("over the budget of 200.00 a month", 1),
            ("a contract over 24 months", 1)
        ]
    );
    assert_eq!(ranking.considered, 1);

    let nothing = Preferences { budget_per_month: Some(Money::from_cents(100)), ..preferences };
    let error = order(&costed, &pack, &nothing).expect_err("nothing is that cheap");
    assert_eq!(
        error.to_string(),
        "no plan is left of 4: area is not north (1), over the budget of 1.00 a month (3); loosen one of these"
    );
}

#[test]
fn an_unknown_column_lists_those_that_there_are() {
    let (catalog, pack) = (catalog(vec![plan("a", 12, 50, 12, 0, true)]), pack());
    let preferences = Preferences {
        conditions: BTreeMap::from([("region".into(), vec!["x".into()])]),
        ..Preferences::default()
    };
    let costed = Costed::new(&catalog, &home());
    let error = order(&costed, &pack, &preferences).expect_err("there is no such column");
    assert!(matches!(error, RankError::UnknownColumn { .. }));
    assert_eq!(error.to_string(), "there is no column region in plans.csv; its columns are area");
}

#[test]
fn savings_count_what_leaving_the_current_plan_costs() {
    let (catalog, pack) =
        (catalog(vec![plan("now", 20, 0, 12, 100, true), plan("new", 12, 0, 12, 0, true)]), pack());
    let preferences = Preferences { current_plan: Some("now".into()), ..Preferences::default() };
    let costed = Costed::new(&catalog, &home());
    let ranking = order(&costed, &pack, &preferences).expect("two plans are left").ranking(10);
    let savings: Vec<(&str, i64)> =
        ranking.items.iter().map(|item| (item.id.0.as_str(), item.savings.cents())).collect();
    assert_eq!(savings, [("new", (2400 - 1440 - 100) * 100), ("now", 0)]);
}

#[test]
fn what_would_flip_the_choice_does_flip_it() {
    let (catalog, pack) = (
        catalog(vec![
            plan("cheap", 12, 0, 12, 0, true),
            plan("green", 14, 100, 12, 0, true),
            plan("dear", 25, 30, 12, 50, false),
        ]),
        pack(),
    );
    let costed = Costed::new(&catalog, &home());
    let ranking = order(&costed, &pack, &Preferences::default()).expect("plans are left").ranking(3);
    let flip = ranking.flip.expect("more weight on renewable power changes the choice");
    let rest: f64 = ranking.weights.iter().filter(|(id, _)| **id != flip.criterion).map(|(_, w)| w).sum();
    let flipped: BTreeMap<String, f64> = ranking
        .weights
        .iter()
        .map(|(id, weight)| {
            let share =
                if *id == flip.criterion { flip.to_weight } else { weight / rest * (1.0 - flip.to_weight) };
            (id.clone(), share)
        })
        .collect();
    let changed = order(&costed, &pack, &Preferences { weights: flipped, ..Preferences::default() })
        .expect("plans are left")
        .ranking(3);
    assert_ne!(changed.items[0].id, ranking.items[0].id);
    assert_eq!(changed.items[0].id, flip.id);
}

fn any_plans() -> impl Strategy<Value = Vec<(i64, u32, u32, i64, bool)>> {
    // Few values each, so that ties and domination are common.
    proptest::collection::vec((10_i64..16, 0_u32..4, 0_u32..4, 0_i64..4, any::<bool>()), 2..40)
}

proptest! {
    #[test]
    fn a_dominated_plan_is_never_ahead(
        plans in any_plans(),
        weights in proptest::collection::vec(0.0_f64..10.0, 5),
        fits in proptest::collection::vec(0.0_f64..=1.0, 5),
        share in 0.0_f64..0.5,
    ) {
        let pack = pack();
        let plans = plans
            .into_iter()
            .enumerate()
            .map(|(i, (cents, green, term, fee, fixed))| {
                plan(&format!("{i:03}"), cents, green * 33, term * 12, fee * 50, fixed)
            })
            .collect();
        let catalog = catalog(plans);
        let weights = pack.criteria.iter().map(|c| c.id.id().to_owned()).zip(weights).collect();
        let costed = Costed::new(&catalog, &home());
        let mut order = order(&costed, &pack, &Preferences { weights, ..Preferences::default() })
            .expect("no filter is set");
        for judged in [false, true] {
            if judged {
                let fit = order.scored.iter().map(|scored| scored.index).zip(fits.clone()).collect();
                order.mix_judgement(fit, share);
            }
            for (place, scored) in order.scored.iter().enumerate() {
                for behind in &order.scored[place + 1..] {
                    prop_assert!(!utility::dominates(&catalog, behind, scored));
                }
            }
        }
    }
}
