//! A made-up window of history, the same at every call: for the tests' pictures, the benchmark and a
//! look at the panel without a history. Its figures are shaped like real ones and mean nothing.

use sextant_domain::{
    CachePoint, CacheSeries, CacheTier, LatencyPoint, ModelSeries, OutcomePoint, Performance, RunId,
    RunSummary, SpeedPoint, StageError, StageSeries, StageTiming, Timeline,
};

/// 2026-11-21 09:00:00 UTC.
const SINCE_MS: f64 = 1_795_251_600_000.0;
const HOUR_MS: f64 = 3_600_000.0;

/// Four hours in `buckets` points a series: five stages, two models, a run with overlapping stages, gaps
/// and an error.
#[must_use]
pub fn performance(buckets: u32) -> Performance {
    let buckets = buckets.max(1);
    let width_ms = 4.0 * HOUR_MS;
    let bucket_ms = width_ms / f64::from(buckets);
    let at = |index: u32| SINCE_MS + bucket_ms * f64::from(index);
    // Nobody asks at every minute: some buckets have no samples.
    let busy = move |index: u32| buckets < 8 || noise(index, 91) > 0.12;
    let indices = || (0..buckets).filter(move |index| busy(*index));

    let stage = |(salt, (name, typical_ms)): (u32, (&str, f64))| {
        let points: Vec<LatencyPoint> =
            indices().map(|index| latency(at(index), typical_ms, index, salt)).collect();
        let n = points.iter().map(|point| point.n).sum();
        StageSeries {
            stage: name.to_owned(),
            n,
            p50_ms: typical_ms,
            p90_ms: typical_ms * 1.7,
            p95_ms: typical_ms * 2.1,
            p99_ms: typical_ms * 3.4,
            errors: u64::from(salt == 1) * 3,
            points,
        }
    };
    let model = |(salt, (name, first_token_ms, rate)): (u32, (&str, f64, f64))| ModelSeries {
        model: name.to_owned(),
        n: u64::from(buckets) * 4,
        first_token_p50_ms: first_token_ms,
        first_token_p95_ms: first_token_ms * 2.0,
        decode_tokens_per_s: rate,
        points: indices()
            .map(|index| SpeedPoint {
                at_ms: at(index),
                n: 4,
                first_token_p50_ms: first_token_ms * (0.8 + 0.5 * noise(index, salt)),
                decode_tokens_per_s: rate * (0.85 + 0.3 * noise(index, salt + 7)),
            })
            .collect(),
        ..ModelSeries::default()
    };
    let caches: Vec<CachePoint> = indices()
        .map(|index| CachePoint {
            at_ms: at(index),
            hits: whole(9.0 * noise(index, 41) * (0.3 + f64::from(index) / f64::from(buckets))),
            misses: whole(6.0 * noise(index, 42)),
            evictions: u64::from(noise(index, 43) > 0.9),
        })
        .collect();
    let sum = |of: fn(&CachePoint) -> u64| caches.iter().map(of).sum();

    Performance {
        since_ms: SINCE_MS,
        until_ms: SINCE_MS + width_ms,
        bucket_ms,
        runs: 1_284,
        stages: (0..)
            .zip([
                ("embedding", 38.0),
                ("narrative", 640.0),
                ("plan_scoring", 310.0),
                ("retrieval", 95.0),
                ("usage_summary", 420.0),
            ])
            .map(stage)
            .collect(),
        models: (11..).zip([("nano", 96.0, 410.0), ("qwen3-0.6b-q4_k_m", 480.0, 46.0)]).map(model).collect(),
        caches: vec![CacheSeries {
            tier: CacheTier::Answer,
            hits: sum(|point| point.hits),
            misses: sum(|point| point.misses),
            evictions: sum(|point| point.evictions),
            points: caches,
        }],
        outcomes: indices().map(|index| outcome(at(index), index)).collect(),
        timeline: Some(timeline()),
        clock_set_back: 1,
        ..Performance::default()
    }
}

/// A run whose narratives overlap, with a stretch before them in which nobody worked.
fn timeline() -> Timeline {
    let stage = |name: &str, start_ms: f64, queue_ms: f64, prefill_ms: f64, decode_ms: f64| StageTiming {
        name: name.to_owned(),
        start_ms,
        queue_ms,
        prompt_build_ms: 6.0,
        prefill_ms,
        decode_ms,
        parse_ms: 4.0,
        check_ms: 9.0,
        total_ms: queue_ms + prefill_ms + decode_ms + 6.0 + 4.0 + 9.0 + 14.0,
        first_token_ms: Some(prefill_ms),
        prompt_tokens: 412,
        cached_tokens: 300,
        completion_tokens: 88,
        attempts: 1,
        ..StageTiming::default()
    };
    let mut scoring = stage("plan_scoring", 40.0, 12.0, 120.0, 190.0);
    scoring.load_ms = 210.0;
    scoring.total_ms += scoring.load_ms;
    let mut second = stage("narrative_2", 690.0, 160.0, 70.0, 520.0);
    second.attempts = 2;
    let mut third = stage("narrative_3", 700.0, 330.0, 82.0, 610.0);
    third.error = Some(StageError {
        code: "timed_out".to_owned(),
        message: "The model didn't finish within 40 s; the pack's own text stands instead.".to_owned(),
    });
    let looked_up = StageTiming {
        name: "retrieval".to_owned(),
        start_ms: 18.0,
        retrieval_ms: 17.0,
        total_ms: 20.0,
        ..StageTiming::default()
    };
    let run = RunSummary {
        run_id: RunId::parse("01980000-0000-7000-8000-000000000001").unwrap_or_else(RunId::generate),
        pipeline: "recommend".to_owned(),
        model: "qwen3-0.6b-q4_k_m".to_owned(),
        device: "cpu".to_owned(),
        started_at_ms: SINCE_MS + 3.4 * HOUR_MS,
        total_ms: 1_790.0,
        outcome: "degraded".to_owned(),
        cache_hit: false,
    };
    let stages = vec![
        looked_up,
        scoring,
        stage("usage_summary", 44.0, 118.0, 60.0, 300.0),
        stage("narrative", 680.0, 10.0, 64.0, 410.0),
        second,
        third,
    ];
    Timeline::new(run, stages)
}

fn latency(at_ms: f64, typical_ms: f64, index: u32, salt: u32) -> LatencyPoint {
    let p50_ms = typical_ms * (0.85 + 0.35 * noise(index, salt));
    let p95_ms = p50_ms * (1.25 + 0.6 * noise(index, salt + 50));
    // One call in a while takes several times as long: the peak that must not vanish.
    let peak = if noise(index, salt + 100) > 0.975 { 2.6 } else { 1.15 };
    LatencyPoint { at_ms, n: 12, min_ms: p50_ms * 0.6, p50_ms, p95_ms, max_ms: p95_ms * peak }
}

fn outcome(at_ms: f64, index: u32) -> OutcomePoint {
    let rare = |salt, above: f64| u64::from(noise(index, salt) > above);
    OutcomePoint {
        at_ms,
        done: 12,
        degraded: rare(61, 0.8),
        failed: rare(62, 0.93),
        stopped: rare(63, 0.85),
        stage_errors: rare(64, 0.85) * 2,
        fallbacks: rare(65, 0.7),
    }
}

/// From 0 to 1, by the finaliser of splitmix64 (Steele, Lea and Flood, 2014).
fn noise(index: u32, salt: u32) -> f64 {
    let mut bits = (u64::from(salt) << 32 | u64::from(index)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let [high, ..] = bits.to_be_bytes().map(f64::from);
    let [_, low, ..] = bits.to_be_bytes().map(f64::from);
    (high * 256.0 + low) / 65_535.0
}

fn whole(value: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast clamps what is beyond"
    )]
    let whole = value.round() as u64;
    whole
}
