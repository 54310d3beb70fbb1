//! Adding parts up to series: by stage, by model, by cache, and by outcome.

use std::collections::{BTreeMap, BTreeSet};

use sextant_domain::{
    CachePoint, CacheSeries, CacheTier, FilterChoices, LatencyPoint, ModelSeries, OutcomePoint, Performance,
    PerformanceQuery, SpeedPoint, StageSeries,
};

use super::{Window, passes};
use crate::parts::{
    AddParts, CachePart, CacheSums, Group, RunPart, RunSums, StagePart, StageSums, in_millis,
};
use crate::percentile::{SampleSet, percentiles_of_unsorted};
use crate::samples::BadSamples;

/// Everything of a window, by bucket.
#[derive(Debug)]
pub(super) struct Gathered<'a> {
    query: &'a PerformanceQuery,
    window: Window,
    stages: BTreeMap<String, Stage>,
    models: BTreeMap<String, Model>,
    caches: BTreeMap<CacheTier, Vec<CacheSums>>,
    outcomes: Vec<Outcomes>,
    pipelines: BTreeSet<String>,
    all_models: BTreeSet<String>,
    devices: BTreeSet<String>,
    runs: u64,
    clock_set_back: u64,
}

#[derive(Debug)]
struct Stage {
    errors: u64,
    /// Totals, by bucket.
    buckets: Vec<SampleSet>,
}

#[derive(Debug)]
struct Model {
    sums: StageSums,
    buckets: Vec<ModelBucket>,
}

#[derive(Debug, Clone, Default)]
struct ModelBucket {
    completion_tokens: u64,
    decode_us: u64,
    first_token: SampleSet,
}

#[derive(Debug, Clone, Copy, Default)]
struct Outcomes {
    runs: RunSums,
    stage_errors: u64,
    fallbacks: u64,
}

impl AddParts for Gathered<'_> {
    fn add_stage(&mut self, part: &StagePart) -> Result<(), BadSamples> {
        if !passes(self.query, part.group) {
            return Ok(());
        }
        let bucket = self.window.bucket(part.at_us);
        let buckets = self.window.buckets();
        let StageSums { errors, fallbacks, completion_tokens, decode_us, .. } = part.sums;

        let stage = get_or_insert(&mut self.stages, part.stage, || Stage {
            errors: 0,
            buckets: vec![SampleSet::default(); buckets],
        });
        stage.errors += errors;
        stage.buckets[bucket].append(part.good)?;
        stage.buckets[bucket].append(part.bad)?;

        let model = get_or_insert(&mut self.models, part.group.model, || Model {
            sums: StageSums::default(),
            buckets: vec![ModelBucket::default(); buckets],
        });
        model.sums.add(&part.sums);
        let speed = &mut model.buckets[bucket];
        speed.completion_tokens += completion_tokens;
        speed.decode_us += decode_us;
        speed.first_token.append(part.first_token)?;

        self.outcomes[bucket].stage_errors += errors;
        self.outcomes[bucket].fallbacks += fallbacks;
        Ok(())
    }

    fn add_run(&mut self, part: &RunPart) -> Result<(), BadSamples> {
        self.offer(part.group);
        self.clock_set_back += part.sums.clock_set_back;
        if passes(self.query, part.group) {
            self.runs += part.sums.runs();
            self.outcomes[self.window.bucket(part.at_us)].runs.add(&part.sums);
        }
        Ok(())
    }

    fn add_cache(&mut self, part: &CachePart) {
        let buckets = self.window.buckets();
        let cache = self.caches.entry(part.tier).or_insert_with(|| vec![CacheSums::default(); buckets]);
        cache[self.window.bucket(part.at_us)].add(&part.sums);
    }
}

impl<'a> Gathered<'a> {
    pub(super) fn new(query: &'a PerformanceQuery, window: Window) -> Self {
        Self {
            query,
            window,
            stages: BTreeMap::new(),
            models: BTreeMap::new(),
            caches: BTreeMap::new(),
            outcomes: vec![Outcomes::default(); window.buckets()],
            pipelines: BTreeSet::new(),
            all_models: BTreeSet::new(),
            devices: BTreeSet::new(),
            runs: 0,
            clock_set_back: 0,
        }
    }

    /// Makes a run's names choices.
    pub(super) fn offer(&mut self, group: Group<'_>) {
        for (choices, name) in [
            (&mut self.pipelines, group.pipeline),
            (&mut self.all_models, group.model),
            (&mut self.devices, group.device),
        ] {
            if !choices.contains(name) {
                choices.insert(name.to_owned());
            }
        }
    }

    /// The series and the counts; the rest is the caller's.
    pub(super) fn finish(self) -> Performance {
        let window = self.window;
        Performance {
            runs: self.runs,
            stages: self.stages.into_iter().map(|(name, stage)| stage.series(name, window)).collect(),
            models: self
                .models
                .into_iter()
                // Stages without a generation are no model's.
                .filter(|(_, model)| model.has_generated())
                .map(|(name, model)| model.series(name, window))
                .collect(),
            caches: self.caches.into_iter().map(|(tier, sums)| cache_series(tier, &sums, window)).collect(),
            outcomes: self.outcomes.iter().enumerate().filter_map(|(i, o)| o.point(i, window)).collect(),
            choices: FilterChoices {
                pipelines: self.pipelines.into_iter().collect(),
                models: self.all_models.into_iter().collect(),
                devices: self.devices.into_iter().collect(),
            },
            clock_set_back: u32::try_from(self.clock_set_back).unwrap_or(u32::MAX),
            ..Performance::default()
        }
    }
}

impl Stage {
    fn series(self, stage: String, window: Window) -> StageSeries {
        let mut points = Vec::new();
        for (bucket, samples) in self.buckets.iter().enumerate().filter(|(_, samples)| !samples.is_empty()) {
            let [min, p50, p95, max] =
                percentiles_of_unsorted(&[samples], [0.0, 50.0, 95.0, 100.0]).map(in_millis);
            points.push(LatencyPoint {
                at_ms: at_ms(bucket, window),
                n: samples.len() as u64,
                min_ms: min,
                p50_ms: p50,
                p95_ms: p95,
                max_ms: max,
            });
        }
        let all: Vec<&SampleSet> = self.buckets.iter().collect();
        let [p50, p90, p95, p99] = percentiles_of_unsorted(&all, [50.0, 90.0, 95.0, 99.0]).map(in_millis);
        StageSeries {
            stage,
            n: count(&all),
            p50_ms: p50,
            p90_ms: p90,
            p95_ms: p95,
            p99_ms: p99,
            errors: self.errors,
            points,
        }
    }
}

impl Model {
    fn has_generated(&self) -> bool {
        self.sums.prompt_tokens > 0
            || self.sums.completion_tokens > 0
            || self.buckets.iter().any(|bucket| !bucket.first_token.is_empty())
    }

    fn series(self, model: String, window: Window) -> ModelSeries {
        let mut points = Vec::new();
        for (bucket, speed) in self.buckets.iter().enumerate() {
            if speed.first_token.is_empty() && speed.completion_tokens == 0 {
                continue;
            }
            let [p50] = percentiles_of_unsorted(&[&speed.first_token], [50.0]).map(in_millis);
            points.push(SpeedPoint {
                at_ms: at_ms(bucket, window),
                n: speed.first_token.len() as u64,
                first_token_p50_ms: p50,
                decode_tokens_per_s: per_second(speed.completion_tokens, speed.decode_us),
            });
        }
        let all: Vec<&SampleSet> = self.buckets.iter().map(|bucket| &bucket.first_token).collect();
        let [p50, p95] = percentiles_of_unsorted(&all, [50.0, 95.0]).map(in_millis);
        let sums = self.sums;
        ModelSeries {
            model,
            n: count(&all),
            first_token_p50_ms: p50,
            first_token_p95_ms: p95,
            decode_tokens_per_s: per_second(sums.completion_tokens, sums.decode_us),
            prefill_tokens_per_s: per_second(
                sums.prompt_tokens.saturating_sub(sums.cached_tokens),
                sums.prefill_us,
            ),
            prompt_tokens: sums.prompt_tokens,
            cached_tokens: sums.cached_tokens,
            completion_tokens: sums.completion_tokens,
            points,
        }
    }
}

impl Outcomes {
    fn point(&self, bucket: usize, window: Window) -> Option<OutcomePoint> {
        let RunSums { done, degraded, failed, stopped, .. } = self.runs;
        let something = self.runs.runs() + self.stage_errors + self.fallbacks > 0;
        something.then(|| OutcomePoint {
            at_ms: at_ms(bucket, window),
            done,
            degraded,
            failed,
            stopped,
            stage_errors: self.stage_errors,
            fallbacks: self.fallbacks,
        })
    }
}

fn cache_series(tier: CacheTier, buckets: &[CacheSums], window: Window) -> CacheSeries {
    let mut all = CacheSums::default();
    for sums in buckets {
        all.add(sums);
    }
    let some = buckets.iter().enumerate().filter(|(_, sums)| **sums != CacheSums::default());
    let points = some.map(|(bucket, &CacheSums { hits, misses, evictions })| CachePoint {
        at_ms: at_ms(bucket, window),
        hits,
        misses,
        evictions,
    });
    let CacheSums { hits, misses, evictions } = all;
    CacheSeries { tier, hits, misses, evictions, points: points.collect() }
}

fn count(sets: &[&SampleSet]) -> u64 {
    sets.iter().map(|set| set.len() as u64).sum()
}

fn at_ms(bucket: usize, window: Window) -> f64 {
    in_millis(window.bucket_start_us(bucket).unsigned_abs())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
fn per_second(tokens: u64, us: u64) -> f64 {
    if us == 0 { 0.0 } else { tokens as f64 * 1e6 / us as f64 }
}

fn get_or_insert<'m, T>(map: &'m mut BTreeMap<String, T>, name: &str, make: impl FnOnce() -> T) -> &'m mut T {
    // Looking twice is cheaper than making a name for every row.
    if !map.contains_key(name) {
        map.insert(name.to_owned(), make());
    }
    map.get_mut(name).expect("it was inserted just now")
}
