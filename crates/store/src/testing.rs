//! Runs at chosen times for the tests of this crate: spans always begin now.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sextant_domain::{Performance, PerformanceQuery, RunId, StageTiming};

use crate::parts::HOUR_US;
use crate::table::rolled_hour::{self, RolledHour};
use crate::writer::HistoryWrite;
use crate::{RunOutcome, RunRow, Store, StoreOptions, rolling};

/// An hour's beginning, some time in 2027.
pub(crate) const HOUR: i64 = 500_000;

/// Microseconds after the beginning of [`HOUR`].
pub(crate) fn at(us: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_micros((HOUR * HOUR_US + us).unsigned_abs())
}

/// That is left alone: nothing is rolled up or deleted but by the test.
pub(crate) fn store() -> Store {
    let options = StoreOptions { now: UNIX_EPOCH, ..StoreOptions::default() };
    Store::open_in_memory_with(&options).expect("a store")
}

pub(crate) fn run(started_at: SystemTime) -> RunRow {
    RunRow {
        id: RunId::generate(),
        pipeline: "recommend".into(),
        pack: "energy".into(),
        model: "nano".into(),
        engine: "scripted".into(),
        device: "cpu".into(),
        threads: 2,
        started_at,
        total_ms: 100.0,
        outcome: RunOutcome::Done,
        cache_hit: false,
        cache_age_ms: None,
        quantisation: String::new(),
        cpu_ms: None,
        peak_memory_bytes: None,
        errors: 0,
    }
}

pub(crate) fn stage(name: &str, total_ms: f64) -> StageTiming {
    StageTiming {
        name: name.into(),
        total_ms,
        attempts: 1,
        first_token_ms: Some(total_ms / 2.0),
        prompt_tokens: 30,
        cached_tokens: 10,
        completion_tokens: 7,
        prefill_ms: 5.0,
        decode_ms: 14.0,
        ..StageTiming::default()
    }
}

pub(crate) fn keep(store: &Store, row: RunRow, stages: Vec<StageTiming>) {
    let stages = (0..).zip(stages).collect();
    store.record(HistoryWrite::Run { row: Box::new(row), stages });
}

pub(crate) fn ask(store: &Store, query: &PerformanceQuery, now: SystemTime) -> Performance {
    store.flush();
    store.performance(query, now).expect("figures")
}

pub(crate) fn hours(hours: f64) -> PerformanceQuery {
    PerformanceQuery { window_ms: hours * 3.6e6, ..PerformanceQuery::default() }
}

/// Rolls up so many hours from an hour's number.
pub(crate) fn roll(store: &Store, from: i64, count: i64) {
    store.flush();
    store
        .write(move |transaction| (from..from + count).try_for_each(|hour| rolling::roll(transaction, hour)))
        .expect("rolled up");
}

/// Deletes the rows of rolled hours, as the upkeep does.
pub(crate) fn delete_rows(store: &Store, from: i64, count: i64) {
    store
        .write(move |transaction| {
            for hour in from..from + count {
                rolled_hour::put(transaction, RolledHour { hour, rows_kept: false })?;
            }
            let (since_us, until_us) = (from * HOUR_US, (from + count) * HOUR_US - 1);
            crate::table::run::delete(transaction, since_us, until_us, u32::MAX)?;
            crate::table::cache_event::delete(transaction, since_us, until_us, u32::MAX)
        })
        .expect("deleted");
}

pub(crate) fn mark(store: &Store, hour: i64) -> Option<bool> {
    store.flush();
    let mark = store.read(|connection| rolled_hour::get(connection, hour)).expect("readable");
    mark.map(|mark| mark.rows_kept)
}

/// Splitmix64 (Steele, Lea and Flood 2014): a seeded source for synthetic series.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bits = u32::try_from((bits ^ (bits >> 31)) >> 32).expect("32 bits");
        (f64::from(bits) + 0.5) / 4_294_967_296.0
    }

    /// With a median of 1 and this coefficient of variation.
    pub(crate) fn log_normal(&mut self, variation: f64) -> f64 {
        let sigma = variation.mul_add(variation, 1.0).ln().sqrt();
        let normal = (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos();
        (sigma * normal).exp()
    }
}
