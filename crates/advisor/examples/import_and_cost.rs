//! Times reading a plan list and costing all of it for one home, and reading a list of items, on the packs' samples
//! and on lists of 50,000.
//!
//! `cargo run -p sextant-advisor --example import_and_cost`. Prints medians and ranges in milliseconds; asserts nothing,
//! because a busy machine must not fail a build.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use sextant_advisor::cost::{self, Prepared};
use sextant_advisor::import::{HeaderRules, Source, read_file, read_items, read_plans, read_usage};

const ROUNDS: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    #[derive(serde::Deserialize)]
    struct PackFile {
        headers: HeaderRules,
    }
    let packs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/packs");
    let (pack, retail) = (packs.join("energy"), packs.join("retail"));
    let rules_of = |pack: &Path| -> Result<HeaderRules, Box<dyn std::error::Error>> {
        Ok(toml::from_str::<PackFile>(&std::fs::read_to_string(pack.join("pack.toml"))?)?.headers)
    };
    let (rules, item_rules) = (rules_of(&pack)?, rules_of(&retail)?);
    let plans = read_file(&pack.join("sample/plans.csv"))?;
    let usage = read_file(&pack.join("sample/usage.csv"))?;
    let source = Source::new("plans.csv");
    let none = BTreeMap::new();
    let catalog = read_plans(&plans, &source, &none, &rules)?.value;
    let homes = read_usage(&usage, &Source::new("usage.csv"))?.value;
    let home = homes.first().ok_or("the sample has homes")?;
    let prepared: Vec<Prepared> = catalog.plans.iter().map(|plan| Prepared::new(&plan.tariff)).collect();
    let many = repeated(&plans, 50_000);
    let products = read_file(&retail.join("sample/products.csv"))?;
    let many_products = repeated(&products, 50_000);
    let items = Source::new("products.csv");

    measure("import 676 plans", ROUNDS, || read_plans(&plans, &source, &none, &rules).is_ok());
    measure("import 50,000 plans", 5, || read_plans(&many, &source, &none, &rules).is_ok());
    measure("import 120 items", ROUNDS, || read_items(&products, &items, &none, &item_rules, "USD").is_ok());
    measure("import 50,000 items", 5, || {
        read_items(&many_products, &items, &none, &item_rules, "USD").is_ok()
    });
    measure("import 5 homes by month", ROUNDS, || read_usage(&usage, &Source::new("usage.csv")).is_ok());
    measure("cost 676 plans, prepared", ROUNDS, || {
        prepared.iter().all(|plan| plan.annual_cost(home).is_ok())
    });
    measure("cost 676 plans, from scratch", ROUNDS, || {
        catalog.plans.iter().all(|plan| cost::annual_cost(plan, home).is_ok())
    });
    Ok(())
}

/// The list's rows again and again, each with an id of its own.
fn repeated(plans: &[u8], rows: usize) -> Vec<u8> {
    let text = String::from_utf8_lossy(plans);
    let mut lines = text.lines();
    let header = lines.next().unwrap_or_default().to_owned();
    let lines: Vec<&str> = lines.collect();
    let rows = (0..rows).map(|row| format!("{row}{}", lines[row % lines.len()]));
    std::iter::once(header).chain(rows).collect::<Vec<_>>().join("\n").into_bytes()
}

fn measure(what: &str, rounds: usize, mut work: impl FnMut() -> bool) {
    // The first rounds warm caches and are not counted.
    for _ in 0..2 {
        black_box(work());
    }
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let start = Instant::now();
            assert!(black_box(work()), "{what} failed");
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    println!(
        "{what}: median {:.3} ms, {:.3} to {:.3} ms, n = {rounds}",
        ms(times[rounds / 2]),
        ms(times[0]),
        ms(times[rounds - 1])
    );
}
