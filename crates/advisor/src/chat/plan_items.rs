//! Energy plans as a chat speaks of them: what a year costs one home, and each plan's terms as attributes.

use rust_decimal::Decimal;
use sextant_domain::{Attribute, Catalog, HomeUsage, Item, ItemCatalog, Money, Plan, PlanFlag, Tariff};
use sha2::{Digest as _, Sha256};

use crate::format;
use crate::pack::hex;
use crate::score::Costed;

/// The list's plans with their exact yearly cost for `home`. Plans that no ranking shows are left out.
#[must_use]
pub fn plan_items(catalog: &Catalog, home: &HomeUsage) -> ItemCatalog {
    let costed = Costed::new(catalog, home);
    let items = catalog
        .plans
        .iter()
        .enumerate()
        .filter(|(_, plan)| !plan.flags.iter().any(|flag| flag.excludes()))
        .map(|(place, plan)| item(plan, costed.yearly(place), &catalog.currency))
        .collect();
    let key = format!("{} {}", catalog.hash, serde_json::to_string(home).unwrap_or_default());
    ItemCatalog {
        name: catalog.name.clone(),
        hash: hex(&Sha256::digest(key.as_bytes())),
        currency: catalog.currency.clone(),
        price_unit: "a year".into(),
        items,
    }
}

fn item(plan: &Plan, yearly: Option<Money>, currency: &str) -> Item {
    let mut attributes = Vec::new();
    let mut add = |name: &str, value: String, number: Option<Decimal>, unit: &str| {
        if !value.trim().is_empty() {
            attributes.push(Attribute { name: name.into(), value, number, unit: unit.into() });
        }
    };
    let number = |value: Decimal| (value.normalize().to_string(), Some(value));
    if let Some(months) = plan.term_months {
        let (value, number) = number(Decimal::from(months));
        add("Contract", value, number, "months");
    }
    if let Some(fee) = plan.exit_fee {
        let (value, number) = number(fee.to_decimal());
        add("Exit fee", value, number, format::currency_sign(currency));
    }
    if let Some(percent) = plan.renewable_percent {
        let (value, number) = number(percent);
        add("Renewable", value, number, "%");
    }
    if let Some(is_fixed) = plan.fixed_price {
        add("Price type", if is_fixed { "fixed" } else { "variable" }.into(), None, "");
    }
    if let Some(area) = &plan.area {
        add("Area", area.clone(), None, "");
    }
    match &plan.tariff {
        Tariff::AveragePrices { at_500, at_1000, at_2000 } => {
            for (use_kwh, price) in [("500", at_500), ("1,000", at_1000), ("2,000", at_2000)] {
                let cents = format::round(*price * Decimal::ONE_HUNDRED, 3);
                let (value, number) = number(cents);
                add(&format!("Rate at {use_kwh} kWh"), value, number, "ct/kWh");
            }
        }
        Tariff::RateCard { rate, .. } => {
            let (value, number) = number(format::round(*rate * Decimal::ONE_HUNDRED, 3));
            add("Rate", value, number, "ct/kWh");
        }
    }
    let has = |flag: PlanFlag| if plan.flags.contains(&flag) { "yes" } else { "no" };
    add("Prepaid", has(PlanFlag::Prepaid).into(), None, "");
    add("Time of use", has(PlanFlag::TimeOfUse).into(), None, "");
    Item {
        id: plan.id.clone(),
        name: plan.name.clone(),
        brand: plan.supplier.clone(),
        category: String::new(),
        price: yearly,
        rating: None,
        description: plan.terms.clone(),
        attributes,
        line: plan.line,
    }
}
