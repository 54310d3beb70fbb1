//! What a narrative may say about a plan and its runner-up.

use rust_decimal::Decimal;
use sextant_domain::{Money, Plan, SavingsBasis};

use crate::facts::{Facts, Unit};
use crate::format;
use crate::score::{Order, Scored};

/// The facts about the plan at `place` of the order, against the one after it.
pub(super) fn facts(order: &Order<'_>, place: usize, wish: &str) -> Facts {
    let scored = &order.scored[place];
    let plan = order.plan(scored);
    let costed = order.costed();
    let currency = costed.catalog().currency.as_str();
    let savings = order.savings(scored);
    let than = match order.savings_basis {
        SavingsBasis::CurrentPlan => "than now",
        SavingsBasis::MedianPlan => "than the median plan",
    };
    let amount = format::money(currency, Money::from_cents(savings.cents().abs()));
    let mut facts = Facts::default();
    facts.name("plan", "Plan", &plan.name).name("supplier", "Supplier", &plan.supplier).money(
        "yearly_cost",
        "Yearly cost",
        format::money(currency, scored.yearly),
        scored.yearly.to_decimal(),
    );
    if savings.cents() >= 0 {
        facts
            .money("saving", "Saving", format!("{amount} a year less {than}"), savings.to_decimal())
            .permitting(&["less than today", "cheaper"]);
    } else {
        facts
            .money("saving", "Extra cost", format!("{amount} a year more {than}"), savings.to_decimal())
            .permitting(&["more than today", "dearer"]);
    }
    let cents = costed.cents_per_kwh(scored.yearly);
    facts.number("rate", "Rate", format::rate(currency, cents), cents, Unit::Rate).permitting(
        match order.price_level(scored) {
            "cheap" => &["below average"],
            "average" => &["about average"],
            _ => &["above average"],
        },
    );
    match plan.term_months {
        Some(months) if months > 0 => {
            let text = format::contract(plan.term_months);
            facts.number("contract", "Contract", text, Decimal::from(months), Unit::Months);
        }
        months => {
            facts.text("contract", "Contract", format::contract(months));
            if months.is_some() {
                facts.permitting(&["not tied to a contract"]);
            }
        }
    }
    match plan.renewable_percent {
        Some(percent) => {
            facts.number("renewable", "Renewable", format::percent(percent), percent, Unit::Percent);
            if percent >= Decimal::ONE_HUNDRED {
                facts.permitting(&["fully renewable"]);
            }
        }
        None => {
            facts.text("renewable", "Renewable", "not stated");
        }
    }
    match plan.exit_fee {
        Some(fee) if fee.cents() > 0 => {
            facts.money("exit_fee", "Exit fee", format::money(currency, fee), fee.to_decimal());
        }
        Some(_) => {
            facts.text("exit_fee", "Exit fee", "none").permitting(&["no exit fee", "without a fee"]);
        }
        None => {
            facts.text("exit_fee", "Exit fee", "not stated");
        }
    }
    // No line of every prompt says so, but a text may, where it's true.
    match plan.fixed_price {
        Some(true) => facts.permitting(&["stable", "fixed"]),
        Some(false) => facts.permitting(&["variable"]),
        None => &mut facts,
    };
    facts.wish("wish", "Wish", wish);
    if let Some(other) = runner_up(order, place) {
        add_runner_up(&mut facts, other);
    }
    facts
}

/// The next plan in the order, where each of the two has something that the other hasn't.
pub(super) struct RunnerUp<'o> {
    pub(super) name: &'o str,
    /// What it has over the plan.
    pub(super) plus: Said,
    /// What it lacks.
    pub(super) minus: Said,
}

/// The runner-up of the plan at `place`.
pub(super) fn runner_up<'o>(order: &'o Order<'_>, place: usize) -> Option<RunnerUp<'o>> {
    let first = &order.scored[place];
    let name = &order.plan(first).name;
    order.scored[place + 1..]
        .iter()
        .take(10)
        // Lists repeat a plan under one name; a trade-off against itself says nothing.
        .filter(|other| order.plan(other).name != *name)
        .find_map(|other| {
            let (plus, minus) = (advantage(order, other, first)?, disadvantage(order, other, first)?);
            Some(RunnerUp { name: &order.plan(other).name, plus, minus })
        })
}

fn add_runner_up(facts: &mut Facts, RunnerUp { name, plus, minus }: RunnerUp<'_>) {
    facts.name("runner_up", "Runner-up", name);
    for (key, label, said) in
        [("runner_up_plus", "Runner-up plus", plus), ("runner_up_minus", "Runner-up minus", minus)]
    {
        match said.value {
            Some((exact, Unit::Money)) => facts.money(key, label, said.text, exact),
            Some((exact, unit)) => facts.number(key, label, said.text, exact, unit),
            None => facts.text(key, label, said.text),
        };
    }
}

/// What one plan has before the other.
pub(super) struct Said {
    pub(super) kind: Kind,
    pub(super) text: String,
    value: Option<(Decimal, Unit)>,
}

/// What two plans differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Price,
    Green,
    ExitFee,
    Contract,
    StablePrice,
}

/// What `a` has that `b` hasn't.
fn advantage(order: &Order<'_>, a: &Scored, b: &Scored) -> Option<Said> {
    let currency = order.costed().catalog().currency.as_str();
    let (plan_a, plan_b) = (order.plan(a), order.plan(b));
    let cheaper = b.yearly - a.yearly;
    if cheaper.cents() >= 100 {
        let text = format!("{} cheaper a year", format::money(currency, cheaper));
        return Some(Said { kind: Kind::Price, text, value: Some((cheaper.to_decimal(), Unit::Money)) });
    }
    if let (Some(share), Some(other)) = (plan_a.renewable_percent, plan_b.renewable_percent)
        && share > other
    {
        let text = format!("{} renewable", format::percent(share));
        return Some(Said { kind: Kind::Green, text, value: Some((share, Unit::Percent)) });
    }
    if plan_a.exit_fee == Some(Money::default()) && plan_b.exit_fee != Some(Money::default()) {
        return Some(Said { kind: Kind::ExitFee, text: "no exit fee".into(), value: None });
    }
    if shorter(plan_a, plan_b) {
        return Some(contract_said(plan_a));
    }
    (plan_a.fixed_price == Some(true) && plan_b.fixed_price == Some(false)).then(|| Said {
        kind: Kind::StablePrice,
        text: "a fixed price".into(),
        value: None,
    })
}

/// What `b` has that `a` hasn't, told as `a`'s lack.
fn disadvantage(order: &Order<'_>, a: &Scored, b: &Scored) -> Option<Said> {
    let currency = order.costed().catalog().currency.as_str();
    let (plan_a, plan_b) = (order.plan(a), order.plan(b));
    let dearer = a.yearly - b.yearly;
    if dearer.cents() >= 100 {
        let text = format!("{} dearer a year", format::money(currency, dearer));
        return Some(Said { kind: Kind::Price, text, value: Some((dearer.to_decimal(), Unit::Money)) });
    }
    if let (Some(share), Some(other)) = (plan_a.renewable_percent, plan_b.renewable_percent)
        && share < other
    {
        let text = format!("only {} renewable", format::percent(share));
        return Some(Said { kind: Kind::Green, text, value: Some((share, Unit::Percent)) });
    }
    if let (Some(fee), Some(other)) = (plan_a.exit_fee, plan_b.exit_fee)
        && fee > other
    {
        let text = format!("an exit fee of {}", format::money(currency, fee));
        return Some(Said { kind: Kind::ExitFee, text, value: Some((fee.to_decimal(), Unit::Money)) });
    }
    if shorter(plan_b, plan_a) {
        return Some(contract_said(plan_a));
    }
    (plan_a.fixed_price == Some(false) && plan_b.fixed_price == Some(true)).then(|| Said {
        kind: Kind::StablePrice,
        text: "a variable price".into(),
        value: None,
    })
}

fn shorter(a: &Plan, b: &Plan) -> bool {
    matches!((a.term_months, b.term_months), (Some(a), Some(b)) if a < b)
}

fn contract_said(plan: &Plan) -> Said {
    match plan.term_months {
        Some(months) if months > 0 => Said {
            kind: Kind::Contract,
            text: format!("a {months}-month contract"),
            value: Some((Decimal::from(months), Unit::Months)),
        },
        _ => Said { kind: Kind::Contract, text: "no contract".into(), value: None },
    }
}
