//! What a model that writes placeholders is told about a plan: everything that a rule can decide, in words.
//!
//! The training of the bundled model renders the same template with the same variables.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};
use sextant_domain::{Money, Plan, SavingsBasis};

use super::plan_facts::{Kind, Said, runner_up};
use crate::facts::Facts;
use crate::format;
use crate::placeholders::Placeholders;
use crate::score::{Order, Scored};
use crate::writing::Prompt;

/// Contracts up to this length answer the wish for no long contract.
pub(super) const SHORT_CONTRACT_MONTHS: u32 = 12;

/// From here on, power is much renewable.
const MUCH_PERCENT: Decimal = Decimal::from_parts(50, 0, 0, false, 0);

const PLACES: [&str; 3] = ["first", "second", "third"];
/// Texts beside each other have a voice each.
const VOICES: [&str; 3] = ["plain", "friendly", "brief"];

/// About the plan at `place`, whose facts are `facts`. `home` varies the words from home to home.
pub(super) fn prompt(
    order: &Order<'_>,
    place: usize,
    facts: &Facts,
    wishes: &[String],
    home: &str,
) -> Prompt {
    let scored = &order.scored[place];
    let plan = order.plan(scored);
    let mut placeholders = Placeholders::default();
    for key in [
        "plan",
        "supplier",
        "yearly_cost",
        "rate",
        "contract",
        "renewable",
        "exit_fee",
        "runner_up",
        "runner_up_plus",
        "runner_up_minus",
    ] {
        if let Some(fact) = facts.get(key) {
            placeholders.add(key, fact.text.as_str());
        }
    }
    let savings = order.savings(scored);
    let currency = &order.costed().catalog().currency;
    placeholders.add("saving", format::money(currency, Money::from_cents(savings.cents().abs())));

    let other = runner_up(order, place);
    let saving = match savings.cents() {
        0 => "same",
        1.. => "less",
        _ => "more",
    };
    let values = json!({
        "place": PLACES[place.min(2)],
        "supplier": !plan.supplier.trim().is_empty(),
        "saving": saving,
        "basis": match order.savings_basis {
            SavingsBasis::CurrentPlan => "now",
            SavingsBasis::MedianPlan => "the median plan",
        },
        "rate": true,
        "price": plan.fixed_price.map(|fixed| if fixed { "fixed" } else { "variable" }),
        "contract": match plan.term_months {
            None => "not stated",
            Some(0) => "none",
            Some(_) => "stated",
        },
        "renewable": renewable(plan),
        "exit_fee": exit_fee(plan),
        "wishes": wishes.iter().map(|name| json!({ "name": name, "met": met(name, order, scored) })).collect::<Value>(),
        "runner_up": other.is_some(),
        "plus": other.as_ref().map(|other| difference(&other.plus)),
        "minus": other.as_ref().map(|other| difference(&other.minus)),
        "start": start(place, home),
        "voice": VOICES[place.min(2)],
    });
    let values = if let Value::Object(values) = values { values } else { Map::new() };
    Prompt { file: "prompts/placeholders/narrative.txt", values, placeholders }
}

fn renewable(plan: &Plan) -> &'static str {
    match plan.renewable_percent {
        None => "not stated",
        Some(percent) if percent <= Decimal::ZERO => "none",
        Some(percent) if percent >= Decimal::ONE_HUNDRED => "all",
        Some(percent) if percent >= MUCH_PERCENT => "much",
        Some(_) => "little",
    }
}

fn exit_fee(plan: &Plan) -> &'static str {
    match plan.exit_fee {
        None => "not stated",
        Some(fee) if fee.cents() > 0 => "stated",
        Some(_) => "none",
    }
}

/// How far the plan is what the person wants, by rule.
fn met(wish: &str, order: &Order<'_>, scored: &Scored) -> &'static str {
    let plan = order.plan(scored);
    match wish {
        "low price" => match order.price_level(scored) {
            "cheap" => "met",
            "average" => "partly",
            _ => "not met",
        },
        "green power" => match renewable(plan) {
            "all" => "met",
            "much" => "partly",
            "not stated" => "unclear",
            _ => "not met",
        },
        "no exit fee" => match exit_fee(plan) {
            "none" => "met",
            "stated" => "not met",
            _ => "unclear",
        },
        "no long contract" => match plan.term_months {
            None => "unclear",
            Some(months) if months <= SHORT_CONTRACT_MONTHS => "met",
            Some(_) => "not met",
        },
        "stable price" => match plan.fixed_price {
            Some(true) => "met",
            Some(false) => "not met",
            None => "unclear",
        },
        _ => "unclear",
    }
}

/// With the verb that the phrase follows.
fn difference(said: &Said) -> Value {
    let (kind, verb) = match said.kind {
        Kind::Price => ("price", "is"),
        Kind::Green => ("green", "is"),
        Kind::ExitFee => ("exit fee", "has"),
        Kind::Contract => ("contract", "has"),
        Kind::StablePrice => ("stable price", "has"),
    };
    json!({ "kind": kind, "verb": verb })
}

/// Texts beside each other begin with different things.
fn start(place: usize, home: &str) -> &'static str {
    const STARTS: [&str; 4] = ["plan", "wish", "cost", "saving"];
    STARTS[(place + variant(home, STARTS.len())) % STARTS.len()]
}

/// The same for the same home, and different from home to home.
pub(super) fn variant(home: &str, of: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    home.hash(&mut hasher);
    usize::try_from(hasher.finish() % of as u64).unwrap_or(0)
}
