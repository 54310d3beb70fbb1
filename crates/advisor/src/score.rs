//! Filters, scores and orders a costed plan list. Exact figures only: no model is asked here.
//!
//! A plan's score is the weighted sum of its utilities, each a monotone function of one exact figure,
//! added in one fixed order. Correctly rounded addition and multiplication are monotone too, so a plan
//! that is at least as good everywhere never scores less; ties are broken by the figures themselves and
//! then by id. So a dominated plan is never ahead of the one that dominates it.

mod flip;
mod utility;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sextant_domain::{
    Catalog, FilteredOut, HomeUsage, Money, Plan, PlanFlag, Preferences, RankedItem, Ranking, SavingsBasis,
};

use crate::cost;
use crate::pack::{Criterion, CriterionKind, Pack};
use utility::Scale;

/// Why nothing can be ranked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RankError {
    #[error("there is no column {column} in {catalog}; its columns are {}", columns.join(", "))]
    UnknownColumn { column: String, catalog: String, columns: Vec<String> },
    #[error("no plan is left of {total}: {}; loosen one of these", reasons(filtered_out))]
    NothingLeft { total: usize, filtered_out: Vec<FilteredOut> },
    #[error(
        "there is no plan with the id {id} in {catalog}; look its id up in the list, or leave the current plan out"
    )]
    UnknownCurrentPlan { id: String, catalog: String },
    #[error("the weight of {criterion} is {weight}; a weight is zero or more")]
    BadWeight { criterion: String, weight: String },
}

fn reasons(filtered_out: &[FilteredOut]) -> String {
    let parts: Vec<String> =
        filtered_out.iter().map(|removed| format!("{} ({})", removed.reason, removed.count)).collect();
    parts.join(", ")
}

/// A plan list with every plan's exact yearly cost for one home.
#[derive(Debug, Clone)]
pub struct Costed<'a> {
    catalog: &'a Catalog,
    /// In the catalogue's order; `None` where the cost does not fit into an amount of money.
    yearly: Vec<Option<Money>>,
    annual_kwh: Decimal,
}

/// A ranked plan with what the next stages need: its place in the catalogue and its figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    pub index: usize,
    pub yearly: Money,
    pub score: f64,
    pub utilities: [f64; CRITERIA],
}

const CRITERIA: usize = 5;

/// The whole order, best first, and what was left out.
#[derive(Debug, Clone)]
pub struct Order<'a> {
    costed: &'a Costed<'a>,
    criteria: Vec<(CriterionKind, f64)>,
    pub scored: Vec<Scored>,
    pub filtered_out: Vec<FilteredOut>,
    pub savings_basis: SavingsBasis,
    baseline: Money,
    current: Option<usize>,
    /// Judged fit with the wish by place in the catalogue, and its share in the score.
    judged: Option<(BTreeMap<usize, f64>, f64)>,
}

impl<'a> Costed<'a> {
    /// Computes every plan's cost; the one expensive step, at about a microsecond a plan.
    #[must_use]
    pub fn new(catalog: &'a Catalog, usage: &HomeUsage) -> Self {
        let yearly = catalog.plans.iter().map(|plan| cost::annual_cost(plan, usage).ok()).collect();
        Self { catalog, yearly, annual_kwh: usage.annual_kwh() }
    }

    #[must_use]
    pub fn catalog(&self) -> &'a Catalog {
        self.catalog
    }

    /// What a year of the plan at this place of the list costs; `None` where that is no amount of money.
    #[must_use]
    pub fn yearly(&self, place: usize) -> Option<Money> {
        self.yearly.get(place).copied().flatten()
    }

    /// The average price per kWh at this home's use, in hundredths of the currency unit.
    #[must_use]
    pub fn cents_per_kwh(&self, yearly: Money) -> Decimal {
        Decimal::from(yearly.cents()).checked_div(self.annual_kwh).unwrap_or_default()
    }
}

/// Filters and orders the list by what the person asks for.
pub fn order<'a>(
    costed: &'a Costed<'a>,
    pack: &Pack,
    preferences: &Preferences,
) -> Result<Order<'a>, RankError> {
    let catalog = costed.catalog;
    let criteria = weights(pack, preferences)?;
    let conditions = conditions(catalog, preferences)?;
    let mut filtered: Vec<FilteredOut> = Vec::new();
    let mut kept: Vec<(usize, Money)> = Vec::with_capacity(catalog.plans.len());
    for (index, plan) in catalog.plans.iter().enumerate() {
        match (reject(plan, costed.yearly[index], &conditions, preferences), costed.yearly[index]) {
            (None, Some(yearly)) => kept.push((index, yearly)),
            (reason, _) => {
                count(&mut filtered, reason.unwrap_or_else(|| "its cost is beyond any amount".into()));
            }
        }
    }
    if kept.is_empty() {
        return Err(RankError::NothingLeft { total: catalog.plans.len(), filtered_out: filtered });
    }
    let (savings_basis, baseline, current) = baseline(costed, &kept, preferences)?;
    let scale = Scale::of(catalog, &kept);
    let mut scored: Vec<Scored> = kept
        .iter()
        .map(|&(index, yearly)| {
            let utilities = scale.utilities(&catalog.plans[index], yearly);
            let score = criteria.iter().map(|(kind, weight)| weight * utilities[*kind as usize]).sum::<f64>();
            Scored { index, yearly, score, utilities }
        })
        .collect();
    scored.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| by_figures(catalog, a, b)));
    Ok(Order {
        costed,
        criteria,
        scored,
        filtered_out: filtered,
        savings_basis,
        baseline,
        current,
        judged: None,
    })
}

impl Order<'_> {
    /// Mixes a judgement of the wish's fit (0 to 1, by place in the catalogue) into the scores of the
    /// plans that were judged; the others count as neither good nor bad. A plan that another one
    /// dominates on the exact figures still never passes it.
    pub fn mix_judgement(&mut self, fit: BTreeMap<usize, f64>, share: f64) {
        let catalog = self.costed.catalog;
        for plan in &mut self.scored {
            let judged = fit.get(&plan.index).copied().unwrap_or(0.5);
            plan.score = (1.0 - share) * plan.score + share * judged;
        }
        // The list is still in exact order, so whoever dominates stands before. Between two plans that
        // were not judged nothing has changed, so one of each pair below is a judged one.
        let is_judged: Vec<bool> = self.scored.iter().map(|plan| fit.contains_key(&plan.index)).collect();
        for place in 0..self.scored.len() {
            let cap = self.scored[..place]
                .iter()
                .zip(&is_judged)
                .filter(|(other, judged)| {
                    (**judged || is_judged[place]) && utility::dominates(catalog, other, &self.scored[place])
                })
                .map(|(other, _)| other.score)
                .fold(f64::INFINITY, f64::min);
            self.scored[place].score = self.scored[place].score.min(cap);
        }
        self.scored.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| by_figures(catalog, a, b)));
        self.judged = Some((fit, share));
    }

    #[must_use]
    pub fn plan(&self, scored: &Scored) -> &Plan {
        &self.costed.catalog.plans[scored.index]
    }

    #[must_use]
    pub fn costed(&self) -> &Costed<'_> {
        self.costed
    }

    /// Against the current plan with what leaving it costs, or against the median.
    #[must_use]
    pub fn savings(&self, scored: &Scored) -> Money {
        if self.current == Some(scored.index) { Money::default() } else { self.baseline - scored.yearly }
    }

    /// `cheap`, `average` or `expensive`: the third of the considered plans that its cost is in.
    #[must_use]
    pub fn price_level(&self, scored: &Scored) -> &'static str {
        let cheaper = self.scored.iter().filter(|other| other.yearly < scored.yearly).count();
        match cheaper * 3 / self.scored.len().max(1) {
            0 => "cheap",
            1 => "average",
            _ => "expensive",
        }
    }

    /// The first `top` plans as scripts and the window see them, without any words yet.
    #[must_use]
    pub fn ranking(&self, top: usize) -> Ranking {
        let share = self.judged.as_ref().map_or(0.0, |(_, share)| *share);
        let mut weights: BTreeMap<String, f64> = self
            .criteria
            .iter()
            .map(|(kind, weight)| (kind.id().to_owned(), weight * (1.0 - share)))
            .collect();
        if share > 0.0 {
            weights.insert(WISH_FIT.to_owned(), share);
        }
        Ranking {
            items: self
                .scored
                .iter()
                .take(top)
                .zip(1..)
                .map(|(scored, rank)| self.item(scored, rank))
                .collect(),
            considered: u32::try_from(self.scored.len()).unwrap_or(u32::MAX),
            filtered_out: self.filtered_out.clone(),
            savings_basis: self.savings_basis,
            flip: flip::smallest(self),
            weights,
        }
    }

    fn item(&self, scored: &Scored, rank: u32) -> RankedItem {
        let plan = self.plan(scored);
        let mut criteria: BTreeMap<String, f64> = self
            .criteria
            .iter()
            .map(|(kind, _)| (kind.id().to_owned(), scored.utilities[*kind as usize]))
            .collect();
        if let Some(fit) = self.judged.as_ref().and_then(|(fit, _)| fit.get(&scored.index)) {
            criteria.insert(WISH_FIT.to_owned(), *fit);
        }
        RankedItem {
            rank,
            id: plan.id.clone(),
            name: plan.name.clone(),
            supplier: plan.supplier.clone(),
            area: plan.area.clone(),
            annual_cost: scored.yearly,
            savings: self.savings(scored),
            score: scored.score,
            criteria,
            term_months: plan.term_months,
            exit_fee: plan.exit_fee,
            renewable_percent: plan.renewable_percent.and_then(|percent| percent.to_f64()),
            flags: plan.flags.clone(),
            why: String::new(),
            grounded_share: None,
            claims: Vec::new(),
        }
    }
}

/// The judged criterion's name in the JSON.
pub const WISH_FIT: &str = "wish_fit";

/// The criteria's shares, which add up to 1.
fn weights(pack: &Pack, preferences: &Preferences) -> Result<Vec<(CriterionKind, f64)>, RankError> {
    if let Some((criterion, weight)) =
        preferences.weights.iter().find(|(_, weight)| !weight.is_finite() || **weight < 0.0)
    {
        return Err(RankError::BadWeight { criterion: criterion.clone(), weight: weight.to_string() });
    }
    let raw: Vec<(CriterionKind, f64)> = pack
        .criteria
        .iter()
        .map(|criterion| {
            let said = preferences.weights.get(criterion.id.id()).copied();
            (criterion.id, said.unwrap_or_else(|| usual_weight(pack, criterion, preferences)))
        })
        .collect();
    let sum: f64 = raw.iter().map(|(_, weight)| weight).sum();
    if sum <= 0.0 {
        // All sliders at zero: nothing is said, so cost decides.
        return Ok(raw
            .into_iter()
            .map(|(kind, _)| (kind, if kind == CriterionKind::Cost { 1.0 } else { 0.0 }))
            .collect());
    }
    Ok(raw.into_iter().map(|(kind, weight)| (kind, weight / sum)).collect())
}

/// The pack's weight, raised where the form or the person's words ask for it.
fn usual_weight(pack: &Pack, criterion: &Criterion, preferences: &Preferences) -> f64 {
    if let Some(preferred) = criterion.preferred_weight.filter(|_| preferences.prefer_renewable) {
        return preferred;
    }
    let wished =
        pack.wishes.iter().any(|wish| wish.criterion == criterion.id && wish.is_meant_by(&preferences.wish));
    if wished { criterion.weight * pack.wish_factor } else { criterion.weight }
}

/// The `--where` conditions with the columns' real headers.
fn conditions<'p>(
    catalog: &Catalog,
    preferences: &'p Preferences,
) -> Result<Vec<(String, &'p [String])>, RankError> {
    preferences
        .conditions
        .iter()
        .map(|(column, values)| {
            catalog
                .headers
                .iter()
                .find(|header| header.eq_ignore_ascii_case(column))
                .map(|header| (header.clone(), values.as_slice()))
                .ok_or_else(|| RankError::UnknownColumn {
                    column: column.clone(),
                    catalog: catalog.name.clone(),
                    columns: catalog.headers.clone(),
                })
        })
        .collect()
}

/// The first reason to leave a plan out.
fn reject(
    plan: &Plan,
    yearly: Option<Money>,
    conditions: &[(String, &[String])],
    preferences: &Preferences,
) -> Option<String> {
    if let Some(flag) = plan.flags.iter().find(|flag| flag.excludes()) {
        return Some(
            match flag {
                PlanFlag::NegativePrice => "a negative price in the list",
                PlanFlag::AbsurdPrice => "an absurd price in the list",
                _ => "a duplicate of another row",
            }
            .into(),
        );
    }
    for (column, values) in conditions {
        let cell = plan.columns.get(column).map_or("", String::as_str);
        if !values.iter().any(|value| value.eq_ignore_ascii_case(cell.trim())) {
            return Some(format!("{column} is not {}", values.join(" or ")));
        }
    }
    if let Some(budget) = preferences.budget_per_month {
        // Twelve times the budget, not a rounded twelfth of the cost.
        if yearly.is_some_and(|yearly| yearly.cents() > budget.cents().saturating_mul(12)) {
            return Some(format!("over the budget of {budget} a month"));
        }
    }
    if let Some(most) = preferences.max_term_months {
        match plan.term_months {
            None => return Some("no stated contract length".into()),
            Some(term) if term > most => return Some(format!("a contract over {most} months")),
            Some(_) => {}
        }
    }
    None
}

fn count(filtered: &mut Vec<FilteredOut>, reason: String) {
    match filtered.iter_mut().find(|removed| removed.reason == reason) {
        Some(removed) => removed.count += 1,
        None => filtered.push(FilteredOut { reason, count: 1 }),
    }
}

/// What savings are measured against.
fn baseline(
    costed: &Costed<'_>,
    kept: &[(usize, Money)],
    preferences: &Preferences,
) -> Result<(SavingsBasis, Money, Option<usize>), RankError> {
    let Some(id) = preferences.current_plan.as_deref().filter(|id| !id.is_empty()) else {
        let mut costs: Vec<Money> = kept.iter().map(|(_, yearly)| *yearly).collect();
        costs.sort_unstable();
        return Ok((SavingsBasis::MedianPlan, costs[(costs.len() - 1) / 2], None));
    };
    let catalog = costed.catalog;
    let unknown = || RankError::UnknownCurrentPlan { id: id.to_owned(), catalog: catalog.name.clone() };
    let index = catalog.plans.iter().position(|plan| plan.id.0 == id).ok_or_else(unknown)?;
    let yearly = costed.yearly[index].ok_or_else(unknown)?;
    let exit_fee =
        preferences.current_exit_fee.or_else(|| utility::exit_fee(&catalog.plans[index])).unwrap_or_default();
    Ok((SavingsBasis::CurrentPlan, yearly - exit_fee, Some(index)))
}

/// The order of two plans with equal scores: by their figures, then by id.
fn by_figures(catalog: &Catalog, a: &Scored, b: &Scored) -> Ordering {
    let (plan_a, plan_b) = (&catalog.plans[a.index], &catalog.plans[b.index]);
    let (figures_a, figures_b) = (utility::figures(plan_a, a.yearly), utility::figures(plan_b, b.yearly));
    figures_a.cmp(&figures_b).then_with(|| plan_a.id.cmp(&plan_b.id)).then_with(|| a.index.cmp(&b.index))
}

#[cfg(test)]
mod tests;
