//! The figures of a window in Prometheus' text format, version 0.0.4.
//!
//! Durations are in seconds, as Prometheus has them, and percentiles are exact ones of the window. Its
//! counts grow as counters do only if the window holds the whole history: ask for one long enough.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sextant_domain::{CacheTier, OutcomePoint, Performance};

pub fn write_prometheus(performance: &Performance, to: &mut impl Write) -> io::Result<()> {
    let mut metrics = Metrics { to };
    metrics.begin("sextant_stage_duration_seconds", "summary", "How long stages took.")?;
    for series in &performance.stages {
        let stage = ("stage", series.stage.as_str());
        let quantiles = [
            ("0.5", series.p50_ms),
            ("0.9", series.p90_ms),
            ("0.95", series.p95_ms),
            ("0.99", series.p99_ms),
        ];
        for (quantile, ms) in quantiles {
            metrics.sample("sextant_stage_duration_seconds", &[stage, ("quantile", quantile)], ms / 1e3)?;
        }
        metrics.count("sextant_stage_duration_seconds_count", &[stage], series.n)?;
    }
    metrics.begin("sextant_stage_errors_total", "counter", "Stages that failed.")?;
    for series in &performance.stages {
        metrics.count("sextant_stage_errors_total", &[("stage", &series.stage)], series.errors)?;
    }
    metrics.begin("sextant_stage_fallbacks_total", "counter", "Stages that needed more than one attempt.")?;
    let sum = |count: fn(&OutcomePoint) -> u64| performance.outcomes.iter().map(count).sum();
    metrics.count("sextant_stage_fallbacks_total", &[], sum(|point| point.fallbacks))?;

    metrics.begin("sextant_runs_total", "counter", "Runs, by how they ended.")?;
    let outcomes: BTreeMap<&str, u64> = [
        ("done", sum(|point| point.done)),
        ("degraded", sum(|point| point.degraded)),
        ("failed", sum(|point| point.failed)),
        ("stopped", sum(|point| point.stopped)),
    ]
    .into();
    for (outcome, runs) in outcomes {
        metrics.count("sextant_runs_total", &[("outcome", outcome)], runs)?;
    }

    metrics.begin("sextant_cache_lookups_total", "counter", "Look-ups in a cache, by what came of them.")?;
    for cache in &performance.caches {
        let tier = ("tier", tier_name(cache.tier));
        metrics.count("sextant_cache_lookups_total", &[tier, ("result", "hit")], cache.hits)?;
        metrics.count("sextant_cache_lookups_total", &[tier, ("result", "miss")], cache.misses)?;
    }
    metrics.begin("sextant_cache_evictions_total", "counter", "Entries that a cache has dropped.")?;
    for cache in &performance.caches {
        metrics.count(
            "sextant_cache_evictions_total",
            &[("tier", tier_name(cache.tier))],
            cache.evictions,
        )?;
    }

    metrics.begin("sextant_time_to_first_token_seconds", "summary", "From arrival to the first token.")?;
    for series in &performance.models {
        let model = ("model", series.model.as_str());
        for (quantile, ms) in [("0.5", series.first_token_p50_ms), ("0.95", series.first_token_p95_ms)] {
            let labels = [model, ("quantile", quantile)];
            metrics.sample("sextant_time_to_first_token_seconds", &labels, ms / 1e3)?;
        }
        metrics.count("sextant_time_to_first_token_seconds_count", &[model], series.n)?;
    }
    metrics.begin(
        "sextant_tokens_total",
        "counter",
        "Tokens; those that were cached are among the prompt's.",
    )?;
    for series in &performance.models {
        for (kind, tokens) in [
            ("prompt", series.prompt_tokens),
            ("cached", series.cached_tokens),
            ("completion", series.completion_tokens),
        ] {
            metrics.count("sextant_tokens_total", &[("model", &series.model), ("type", kind)], tokens)?;
        }
    }
    for (name, help, per_second) in [
        ("sextant_decode_tokens_per_second", "Tokens written over the time spent in decode.", 0),
        ("sextant_prefill_tokens_per_second", "Prompt tokens computed over the time spent in prefill.", 1),
    ] {
        metrics.begin(name, "gauge", help)?;
        for series in &performance.models {
            let figures = [series.decode_tokens_per_s, series.prefill_tokens_per_s];
            metrics.sample(name, &[("model", &series.model)], figures[per_second])?;
        }
    }
    Ok(())
}

struct Metrics<'a, W> {
    to: &'a mut W,
}

impl<W: Write> Metrics<'_, W> {
    /// All samples of one metric follow each other.
    fn begin(&mut self, name: &str, kind: &str, help: &str) -> io::Result<()> {
        writeln!(self.to, "# HELP {name} {help}\n# TYPE {name} {kind}")
    }

    fn count(&mut self, name: &str, labels: &[(&str, &str)], count: u64) -> io::Result<()> {
        self.line(name, labels, &count.to_string())
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: f64) -> io::Result<()> {
        self.line(name, labels, &value.to_string())
    }

    fn line(&mut self, name: &str, labels: &[(&str, &str)], value: &str) -> io::Result<()> {
        let labels: Vec<String> =
            labels.iter().map(|(label, value)| format!("{label}=\"{}\"", escaped(value))).collect();
        if labels.is_empty() {
            writeln!(self.to, "{name} {value}")
        } else {
            writeln!(self.to, "{name}{{{}}} {value}", labels.join(","))
        }
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

fn tier_name(tier: CacheTier) -> &'static str {
    crate::table::cache_event::tier_name(tier)
}
