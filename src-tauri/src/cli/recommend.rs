//! `sextant recommend`.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use sextant_advisor::import::{self, Source};
use sextant_advisor::{Input, Pack};
use sextant_domain::{
    Catalog, HomeUsage, Money, Preferences, RecommendEvent, RecommendRequest, Recommendation, SavingsBasis,
};
use sextant_store::PerfLines;

use super::{DataArgs, pair, print_json, print_line, runtime};
use crate::app::{self, ModelChoice};
use crate::failure::{Failure, by_code};
use crate::library;

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Args {
    #[command(flatten)]
    data: DataArgs,
    /// Keep plans whose column has this value; repeat a column for more values
    #[arg(long = "where", value_name = "COLUMN=VALUE", value_parser = pair)]
    conditions: Vec<(String, String)>,
    /// Leave out plans whose average month costs more
    #[arg(long, value_name = "PER_MONTH")]
    budget: Option<Decimal>,
    /// Give renewable power more weight
    #[arg(long)]
    prefer_renewable: bool,
    /// Leave out longer contracts
    #[arg(long, value_name = "MONTHS")]
    max_term: Option<u32>,
    /// What you want, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    wish: String,
    /// The plan you have now, by its id in the list; savings are measured against it
    #[arg(long, value_name = "ID")]
    current_plan: Option<String>,
    /// What leaving your current plan costs; the list's exit fee without it
    #[arg(long, value_name = "AMOUNT")]
    current_exit_fee: Option<Decimal>,
    /// A criterion's weight, in any scale
    #[arg(long = "weight", value_name = "CRITERION=WEIGHT", value_parser = pair)]
    weights: Vec<(String, String)>,
    /// How many plans are listed
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    top: u32,
    /// Rank without any model
    #[arg(long)]
    figures_only: bool,
    /// Which model writes; the bundled one without it
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// Which engine runs it
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    /// The same seed gives the same words
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Neither read nor trust a kept answer
    #[arg(long)]
    no_cache: bool,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let pack = app::pack(&args.data.pack)?;
    let preferences = preferences(args, &pack)?;
    let catalog = catalog(&pack, &args.data)?;
    let usage = home(&pack, &args.data)?;
    let store = app::store_with_history(PerfLines::Stderr)?.tell();
    let choice = ModelChoice::of(args.model.clone(), args.engine.clone());
    let advisor = app::advisor(pack, Some(store.clone()), &choice)?;
    let input = Input {
        catalog: Arc::new(catalog),
        usage: Arc::new(usage),
        request: RecommendRequest {
            preferences,
            top: args.top,
            figures_only: args.figures_only,
            seed: args.seed,
            use_cache: !args.no_cache,
        },
    };
    let recommendation = runtime()?.block_on(async {
        let mut run = advisor.recommend(input);
        while let Some(event) = run.events.recv().await {
            match event {
                RecommendEvent::Finished { recommendation } => return Ok(*recommendation),
                RecommendEvent::Failed { error } => return Err(by_code(&error.code, &error.message)),
                _ => {}
            }
        }
        Err(Failure::work("stopped", "the run was stopped"))
    })?;
    app::close(&store);
    if args.json {
        return print_json(&recommendation);
    }
    print(&recommendation);
    Ok(())
}

fn preferences(args: &Args, pack: &Pack) -> Result<Preferences, Failure> {
    let money = |amount: Option<Decimal>, name: &str| {
        amount
            .map(|amount| {
                Money::round_half_up(amount).filter(|_| !amount.is_sign_negative()).ok_or_else(|| {
                    Failure::call("bad_amount", format!("{name} {amount} is not an amount of money"))
                })
            })
            .transpose()
    };
    let mut conditions: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (column, value) in &args.conditions {
        conditions.entry(column.clone()).or_default().push(value.clone());
    }
    let known: Vec<&str> = pack.criteria.iter().map(|criterion| criterion.id.id()).collect();
    let mut weights = BTreeMap::new();
    for (criterion, weight) in &args.weights {
        if !known.contains(&criterion.as_str()) {
            return Err(Failure::call(
                "unknown_criterion",
                format!("there is no criterion {criterion}; there are: {}", known.join(", ")),
            ));
        }
        let weight: f64 = weight.parse().map_err(|_| {
            Failure::call(
                "bad_weight",
                format!("the weight of {criterion} is {weight}, which is not a number"),
            )
        })?;
        weights.insert(criterion.clone(), weight);
    }
    Ok(Preferences {
        budget_per_month: money(args.budget, "--budget")?,
        prefer_renewable: args.prefer_renewable,
        max_term_months: args.max_term,
        wish: args.wish.clone(),
        weights,
        conditions,
        current_plan: args.current_plan.clone(),
        current_exit_fee: money(args.current_exit_fee, "--current-exit-fee")?,
    })
}

/// The plan list that was named, or the sample; what was recognised is said on standard error.
pub(super) fn catalog(pack: &Pack, args: &DataArgs) -> Result<Catalog, Failure> {
    let Some(path) = &args.catalog else { return Ok(library::sample_catalog(pack)?.value) };
    let bytes = import::read_file(path)?;
    let mapping: BTreeMap<String, String> = args.map.iter().cloned().collect();
    let imported = import::read_plans(&bytes, &Source::of_path(path), &mapping, &pack.headers)?;
    let roles: Vec<String> =
        imported.recognised.iter().map(|(role, column)| format!("{role}={column}")).collect();
    eprintln!(
        "{}: {} plans, {}, delimiter {:?}; {}",
        imported.value.name,
        imported.value.plans.len(),
        imported.encoding,
        imported.delimiter,
        roles.join(" ")
    );
    for note in &imported.notes {
        let lines: Vec<String> = note.lines.iter().map(u64::to_string).collect();
        eprintln!("  {} ({}; line {})", note.message, note.count, lines.join(", "));
    }
    Ok(imported.value)
}

/// The home that was named; the only one, or the sample's, where none was.
pub(super) fn home(pack: &Pack, args: &DataArgs) -> Result<HomeUsage, Failure> {
    let homes = match &args.usage {
        None => library::sample_homes(pack)?,
        Some(path) => {
            let imported = import::read_usage(&import::read_file(path)?, &Source::of_path(path))?;
            for note in &imported.notes {
                eprintln!("  {} ({})", note.message, note.count);
            }
            imported.value
        }
    };
    let names: Vec<String> = homes.iter().map(|home| home.home.clone()).collect();
    let wanted = match (&args.home, &args.usage, homes.len()) {
        (Some(id), ..) => id.clone(),
        (None, None, _) => pack.sample.home.clone(),
        (None, Some(_), 1) => names.first().cloned().unwrap_or_default(),
        (None, Some(_), _) => {
            return Err(Failure::call(
                "home_needed",
                format!("the usage file has several homes; name one with --home: {}", names.join(", ")),
            ));
        }
    };
    homes.into_iter().find(|home| home.home == wanted).ok_or_else(|| {
        Failure::call("unknown_home", format!("there is no home {wanted}; there are: {}", names.join(", ")))
    })
}

fn print(recommendation: &Recommendation) {
    let ranking = &recommendation.ranking;
    if !recommendation.summary.is_empty() {
        print_line(&recommendation.summary);
        print_line("");
    }
    let basis = match ranking.savings_basis {
        SavingsBasis::CurrentPlan => "against your plan now",
        SavingsBasis::MedianPlan => "against the median plan",
    };
    let currency = &recommendation.currency;
    for item in &ranking.items {
        print_line(&format!(
            "{:>3}  {} · {}   {} {currency}/year   saves {} {basis}   score {:.3}   id {}",
            item.rank, item.name, item.supplier, item.annual_cost, item.savings, item.score, item.id
        ));
        if !item.why.is_empty() {
            print_line(&format!("     {}", item.why));
        }
    }
    print_line("");
    if let Some(flip) = &ranking.flip {
        print_line(&flip.text);
    }
    let filtered: Vec<String> =
        ranking.filtered_out.iter().map(|removed| format!("{} {}", removed.count, removed.reason)).collect();
    let filtered =
        if filtered.is_empty() { String::new() } else { format!("; left out: {}", filtered.join(", ")) };
    print_line(&format!("{} plans considered{filtered}", ranking.considered));
    let cached = if recommendation.cache.hit { ", from the cache" } else { "" };
    print_line(&format!(
        "{} on {}, {:.0} ms{cached}",
        recommendation.model, recommendation.device, recommendation.total_ms
    ));
    for error in &recommendation.errors {
        print_line(&format!("note: {}", error.message));
    }
}
