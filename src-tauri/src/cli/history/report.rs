//! `sextant history report`: one HTML file that needs nothing else, to hand to somebody else.
//!
//! The plots are the panel's own, as pictures; the tables are those of `sextant history`.

use std::path::Path;
use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use minijinja::{AutoEscape, Environment};
use serde_json::json;
use sextant_advisor::rfc3339;
use sextant_domain::{CacheSeries, Performance};
use sextant_panel::{Plot, picture};
use sextant_store::Store;
use sysinfo::System;

use super::{FIGURES, MODELS, figures_rows, models_rows, query};
use crate::cli::table;
use crate::failure::Failure;

/// In points; twice as many pixels, so that it is sharp on most screens.
const WIDTH: f32 = 1040.0;
const PIXELS_PER_POINT: f32 = 2.0;

pub(super) fn write(store: &Store, since: Duration, output: Option<&Path>) -> Result<(), Failure> {
    let now = SystemTime::now();
    let performance = store.performance(&query(since), now)?;
    let page = page(&performance, now.checked_sub(since).unwrap_or(SystemTime::UNIX_EPOCH), now)?;
    super::hand_on(output, page.as_bytes())
}

fn page(performance: &Performance, since: SystemTime, until: SystemTime) -> Result<String, Failure> {
    let plots = Plot::ALL
        .into_iter()
        .map(|plot| {
            let size = [WIDTH, plot.height(performance)];
            let png = picture::png(plot, performance, size, false, PIXELS_PER_POINT)
                .map_err(|error| Failure::work("picture", error))?;
            Ok(json!({ "title": plot.title(), "width": size[0], "height": size[1], "png": STANDARD.encode(png) }))
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    let table = |title: &str, header: &[&str], rows: Vec<Vec<String>>| json!({ "title": title, "header": header, "rows": rows });
    let tables = [
        table("Stages", &FIGURES, figures_rows(&performance.stages)),
        table("Models", &MODELS, models_rows(&performance.models)),
        table("Caches", &["cache", "hits", "misses", "evictions"], cache_rows(&performance.caches)),
        table("Latest runs", &["run", "pipeline", "model", "device", "ms", "outcome"], run_rows(performance)),
    ];
    let values = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "since": rfc3339(since),
        "until": rfc3339(until),
        "runs": performance.runs,
        "machine": machine(),
        "alerts": performance.alerts,
        "plots": plots,
        "tables": tables,
    });
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment
        .render_named_str("report.html", include_str!("report.html"), values)
        .map_err(|error| Failure::work("report", error))
}

fn cache_rows(caches: &[CacheSeries]) -> Vec<Vec<String>> {
    caches
        .iter()
        .map(|cache| {
            let tier = serde_json::to_value(cache.tier).ok();
            vec![
                tier.as_ref().and_then(|tier| tier.as_str()).unwrap_or_default().to_owned(),
                cache.hits.to_string(),
                cache.misses.to_string(),
                cache.evictions.to_string(),
            ]
        })
        .collect()
}

fn run_rows(performance: &Performance) -> Vec<Vec<String>> {
    performance
        .recent
        .iter()
        .take(50)
        .map(|run| {
            vec![
                run.run_id.to_string(),
                run.pipeline.clone(),
                run.model.clone(),
                run.device.clone(),
                table::ms(run.total_ms),
                run.outcome.clone(),
            ]
        })
        .collect()
}

/// What figures are worth nothing without.
fn machine() -> Vec<(&'static str, String)> {
    let mut system = System::new();
    system.refresh_memory();
    system.refresh_cpu_all();
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let unknown = || "unknown".to_owned();
    let processor =
        system.cpus().first().map(|cpu| cpu.brand().trim().to_owned()).filter(|brand| !brand.is_empty());
    vec![
        ("Processor", format!("{}, {threads} threads", processor.unwrap_or_else(unknown))),
        ("Memory", format!("{:.0} GiB", gibibytes(system.total_memory()))),
        ("System", System::long_os_version().unwrap_or_else(unknown)),
        ("Sextant", env!("CARGO_PKG_VERSION").to_owned()),
    ]
}

#[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
fn gibibytes(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}
