//! What takes longer or fails more often than it should, from the samples of the last hour.
//!
//! "This hour" is the sixty minutes up to now. Thresholds look at all stages, those that failed included;
//! a regression compares only stages that did their work, and only on the same model and device, with the
//! seven days before. Nothing here reads the clock.

mod rank_sum;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rusqlite::Connection;
use sextant_domain::{Alert, AlertKind, PerformanceQuery};

use crate::parts::{AddParts, CachePart, Group, HOUR_US, RunPart, StagePart, in_millis};
use crate::percentile::{SampleSet, percentiles_of_unsorted};
use crate::performance::{passes, read_parts};
use crate::samples::BadSamples;
use rank_sum::probability_of_ranks_this_high;

/// Whole runs, among the stages.
const TOTAL: &str = "total";

/// What is too slow and what fails too often.
#[derive(Debug, Clone, PartialEq)]
pub struct Thresholds {
    /// For the 95th percentile of an hour, by the stage's name without its number.
    pub stages: BTreeMap<String, Duration>,
    /// For every other stage.
    pub other_stages: Duration,
    /// For whole runs that computed an answer.
    pub total: Duration,
    /// Of an hour's stages of one name, those that may fail.
    pub error_share: f64,
    /// No alarm by threshold or share with fewer samples in the hour.
    pub least_samples: usize,
    pub regression: RegressionRule,
}

/// When an hour counts as slower than the days before.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RegressionRule {
    /// No alarm where so high ranks are more probable than this with nothing changed. Tests are made for
    /// every stage, model and hour, so this is far below the customary 5 %.
    pub significance: f64,
    /// No alarm where the medians' ratio is smaller: with many samples, trifles are significant too.
    pub least_ratio: f64,
    /// No alarm where the medians differ by less.
    pub least_difference: Duration,
    /// No alarm with fewer samples in the hour, or in the days before.
    pub least_samples: usize,
    /// How far back from the hour's beginning the comparison goes.
    pub baseline: Duration,
}

impl Default for Thresholds {
    /// A council's answers and rankings within 5 s each and its synthesis within 7 s, a recommendation's
    /// stages within 7 s, every run within 20 s, and one stage of a hundred failing.
    fn default() -> Self {
        let council = [("answer", 5), ("ranking", 5), ("synthesis", 7)];
        Self {
            stages: council.map(|(stage, limit)| (stage.to_owned(), Duration::from_secs(limit))).into(),
            other_stages: Duration::from_secs(7),
            total: Duration::from_secs(20),
            error_share: 0.01,
            least_samples: 5,
            regression: RegressionRule {
                significance: 1e-4,
                least_ratio: 1.15,
                least_difference: Duration::from_millis(5),
                least_samples: 20,
                baseline: Duration::from_hours(7 * 24),
            },
        }
    }
}

/// The alerts of the hour up to `until_us`, for what the query's filters let through. By stage and model.
pub(crate) fn of_this_hour(
    connection: &Connection,
    query: &PerformanceQuery,
    until_us: i64,
    thresholds: &Thresholds,
    baselines: &Baselines,
) -> rusqlite::Result<Vec<Alert>> {
    let rule = &thresholds.regression;
    let hour_us = until_us.saturating_sub(HOUR_US).max(0);
    let mut hour = Hour { query, groups: BTreeMap::new() };
    read_parts(connection, hour_us, until_us, false, &mut hour)?;
    hour.groups.retain(|_, samples| samples.n() > 0);

    let comparable = hour.groups.values().any(|samples| samples.good.len() >= rule.least_samples);
    let baseline = if comparable { Some(baselines.before(connection, hour_us, rule)?) } else { None };

    let mut alerts = Vec::new();
    for (key, samples) in hour.groups {
        alerts.extend(above_threshold(&key, &samples, thresholds));
        alerts.extend(failing(&key, &samples, thresholds));
        if let Some(before) = baseline.as_ref().and_then(|baseline| baseline.groups.get(&key)) {
            alerts.extend(regression(&key, &samples.good, before, rule));
        }
    }
    Ok(alerts)
}

/// Stage, model, device.
type Key = [String; 3];

#[derive(Debug, Default)]
struct HourSamples {
    errors: u64,
    good: SampleSet,
    bad: SampleSet,
}

impl HourSamples {
    fn n(&self) -> usize {
        self.good.len() + self.bad.len()
    }
}

struct Hour<'a> {
    query: &'a PerformanceQuery,
    groups: BTreeMap<Key, HourSamples>,
}

impl AddParts for Hour<'_> {
    fn add_stage(&mut self, part: &StagePart) -> Result<(), BadSamples> {
        if !passes(self.query, part.group) {
            return Ok(());
        }
        let samples = self.groups.entry(key(part.stage, part.group)).or_default();
        samples.errors += part.sums.errors;
        samples.good.append(part.good)?;
        samples.bad.append(part.bad)
    }

    fn add_run(&mut self, part: &RunPart) -> Result<(), BadSamples> {
        if !passes(self.query, part.group) {
            return Ok(());
        }
        // A kept answer takes no time, and a stopped run as long as the person's patience.
        let samples = self.groups.entry(key(TOTAL, part.group)).or_default();
        samples.good.append(part.good)
    }

    fn add_cache(&mut self, _: &CachePart) {}
}

/// What hours are compared with. Kept while the hour lasts, as reading a week takes longer than all the rest.
#[derive(Debug, Default)]
pub(crate) struct Baselines {
    last: Mutex<Option<Arc<Baseline>>>,
}

/// The good samples of all groups over some whole hours.
#[derive(Debug, Default)]
struct Baseline {
    until_hour: i64,
    groups: BTreeMap<Key, Before>,
}

/// In no order: putting them in order takes longer than reading them, and is rarely needed.
#[derive(Debug, Default)]
struct Before {
    samples: SampleSet,
    median_us: u64,
}

impl Baselines {
    /// Up to the last whole hour before `until_us`. What comes in late for it isn't seen before the next.
    fn before(
        &self,
        connection: &Connection,
        until_us: i64,
        rule: &RegressionRule,
    ) -> rusqlite::Result<Arc<Baseline>> {
        let until_hour = until_us.div_euclid(HOUR_US);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(baseline) = last.as_ref().filter(|baseline| baseline.until_hour == until_hour) {
            return Ok(Arc::clone(baseline));
        }
        let hours = i64::try_from(rule.baseline.as_secs() / 3600).unwrap_or(i64::MAX);
        let mut baseline = Baseline { until_hour, ..Baseline::default() };
        let from_hour = until_hour.saturating_sub(hours).max(0);
        read_parts(connection, from_hour * HOUR_US, until_hour * HOUR_US - 1, true, &mut baseline)?;
        for before in baseline.groups.values_mut() {
            [before.median_us] = percentiles_of_unsorted(&[&before.samples], [50.0]);
        }
        let baseline = Arc::new(baseline);
        *last = Some(Arc::clone(&baseline));
        Ok(baseline)
    }
}

impl AddParts for Baseline {
    fn add_stage(&mut self, part: &StagePart) -> Result<(), BadSamples> {
        let before = self.groups.entry(key(part.stage, part.group)).or_default();
        before.samples.append(part.good)
    }

    fn add_run(&mut self, part: &RunPart) -> Result<(), BadSamples> {
        let before = self.groups.entry(key(TOTAL, part.group)).or_default();
        before.samples.append(part.good)
    }

    fn add_cache(&mut self, _: &CachePart) {}
}

fn key(stage: &str, group: Group<'_>) -> Key {
    [stage, group.model, group.device].map(str::to_owned)
}

fn above_threshold(key: &Key, samples: &HourSamples, thresholds: &Thresholds) -> Option<Alert> {
    let [stage, model, _] = key;
    let limit = match stage.as_str() {
        TOTAL => thresholds.total,
        stage => thresholds.stages.get(stage).copied().unwrap_or(thresholds.other_stages),
    };
    let n = samples.n();
    let [p95_us] = percentiles_of_unsorted(&[&samples.good, &samples.bad], [95.0]);
    if n < thresholds.least_samples || Duration::from_micros(p95_us) <= limit {
        return None;
    }
    let (p95_ms, limit_ms) = (in_millis(p95_us), limit.as_secs_f64() * 1e3);
    Some(Alert {
        kind: AlertKind::Threshold { p95_ms, limit_ms },
        stage: stage.clone(),
        model: model.clone(),
        n: n as u64,
        message: format!(
            "{} takes {} ms at the 95th percentile this hour (n {}); the limit is {} ms",
            subject(key),
            figure(p95_ms),
            grouped(n),
            figure(limit_ms)
        ),
        advice: "Choose a smaller model or a faster device. A slow run's timeline shows whether it waited \
                 (queue, load) or computed (prefill, decode)."
            .into(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn failing(key: &Key, samples: &HourSamples, thresholds: &Thresholds) -> Option<Alert> {
    let [stage, model, _] = key;
    let n = samples.n();
    let share = samples.errors as f64 / n as f64;
    let limit = thresholds.error_share;
    (n >= thresholds.least_samples && share > limit).then(|| Alert {
        kind: AlertKind::Errors { share, limit },
        stage: stage.clone(),
        model: model.clone(),
        n: n as u64,
        message: format!(
            "{} failed {} of {} times this hour ({:.1} %); the limit is {:.1} %",
            subject(key),
            grouped(usize::try_from(samples.errors).unwrap_or(usize::MAX)),
            grouped(n),
            share * 100.0,
            limit * 100.0
        ),
        advice: "Look at the reasons in the newest runs' timelines. Where a worker died, another device or \
                 a smaller model helps."
            .into(),
    })
}

/// Whether the hour is slower than what was before.
fn regression(key: &Key, hour: &SampleSet, before: &Before, rule: &RegressionRule) -> Option<Alert> {
    let (n, baseline_n) = (hour.len(), before.samples.len());
    if n < rule.least_samples || baseline_n < rule.least_samples {
        return None;
    }
    let [median_us] = percentiles_of_unsorted(&[hour], [50.0]);
    let (median_ms, baseline_median_ms) = (in_millis(median_us), in_millis(before.median_us));
    let slower = Duration::from_micros(median_us.saturating_sub(before.median_us));
    // First, as it is quicker to see, and mostly says no.
    if median_ms < baseline_median_ms * rule.least_ratio || slower < rule.least_difference {
        return None;
    }
    let [hour, before] = [hour, &before.samples].map(|set| {
        let mut samples = set.samples().to_vec();
        samples.sort_unstable();
        samples
    });
    let p_value = probability_of_ranks_this_high(&hour, &before);
    if p_value > rule.significance {
        return None;
    }
    let [stage, model, _] = key;
    Some(Alert {
        kind: AlertKind::Regression { median_ms, baseline_median_ms, baseline_n: baseline_n as u64, p_value },
        stage: stage.clone(),
        model: model.clone(),
        n: n as u64,
        message: format!(
            "{} takes {} ms at the median this hour (n {}), {} ms over the last {} days (n {})",
            subject(key),
            figure(median_ms),
            grouped(n),
            figure(baseline_median_ms),
            rule.baseline.as_secs() / 86_400,
            grouped(baseline_n)
        ),
        advice: "Compare a run of this hour with an older one: the phase that has grown says why. More \
                 queue is other work on this machine, more load is memory running short, more prefill is \
                 longer prompts, more decode is a slower processor or longer answers."
            .into(),
    })
}

fn subject([stage, model, _]: &Key) -> String {
    match stage.as_str() {
        TOTAL => format!("A whole run on {model}"),
        stage => format!("{stage} on {model}"),
    }
}

/// Milliseconds, as precisely as anybody wants to know.
fn figure(ms: f64) -> String {
    if ms < 100.0 {
        return format!("{ms:.1}");
    }
    grouped(usize::try_from(Duration::from_secs_f64(ms / 1e3 + 0.0005).as_millis()).unwrap_or(usize::MAX))
}

/// With commas between thousands.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Which alerts the log has heard of.
#[derive(Debug, Default)]
pub(crate) struct Warned {
    /// When each was last there.
    seen: Mutex<HashMap<String, SystemTime>>,
}

impl Warned {
    /// One warning for each that wasn't there within the hour before.
    pub(crate) fn warn_of_new(&self, alerts: &[Alert], now: SystemTime) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // One that a set-back clock has put into the future counts as now's.
        seen.retain(|_, at| now.duration_since(*at).unwrap_or_default() < Duration::from_hours(1));
        for alert in alerts {
            let kind = match alert.kind {
                AlertKind::Threshold { .. } => "threshold",
                AlertKind::Regression { .. } => "regression",
                AlertKind::Errors { .. } => "errors",
            };
            if seen.insert(format!("{kind} {} {}", alert.stage, alert.model), now).is_none() {
                tracing::warn!(kind, stage = alert.stage, model = alert.model, "{}", alert.message);
            }
        }
    }
}

#[cfg(test)]
mod tests;
