//! The pieces that every figure over a window is put together from: single rows and whole hours.
//!
//! A row and a roll-up say the same things (sums, and samples in microseconds), so whoever adds them up
//! doesn't see which it was given. Durations are whole microseconds here: that is what was measured, and
//! it makes sums and ties exact.

use sextant_domain::{CacheTier, StageTiming};

use crate::history::{RunOutcome, STOPPED};
use crate::samples::{self, BadSamples};
use crate::table::{RunRow, pooled_name};

pub(crate) const HOUR_US: i64 = 3_600_000_000;

/// What filters ask for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Group<'a> {
    pub(crate) pipeline: &'a str,
    pub(crate) model: &'a str,
    pub(crate) device: &'a str,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Samples<'a> {
    None,
    One(u64),
    /// As [`samples`] has them.
    Packed(&'a [u8]),
}

impl Samples<'_> {
    pub(crate) fn append_to(&self, samples: &mut Vec<u64>) -> Result<(), BadSamples> {
        match self {
            Self::None => Ok(()),
            Self::One(sample) => {
                samples.push(*sample);
                Ok(())
            }
            Self::Packed(bytes) => samples::decode(bytes, samples),
        }
    }
}

/// One stage, or all of one name and group in one hour.
#[derive(Debug)]
pub(crate) struct StagePart<'a> {
    /// The start of its run, or of the hour.
    pub(crate) at_us: i64,
    pub(crate) group: Group<'a>,
    /// Without its number.
    pub(crate) stage: &'a str,
    pub(crate) sums: StageSums,
    /// Totals of the stages that did their work.
    pub(crate) good: Samples<'a>,
    /// Totals of those that failed or were stopped.
    pub(crate) bad: Samples<'a>,
    pub(crate) first_token: Samples<'a>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct StageSums {
    /// Those that were stopped don't count.
    pub(crate) errors: u64,
    /// Those with more than one attempt.
    pub(crate) fallbacks: u64,
    pub(crate) prompt_tokens: u64,
    pub(crate) cached_tokens: u64,
    pub(crate) completion_tokens: u64,
    pub(crate) prefill_us: u64,
    pub(crate) decode_us: u64,
}

impl StageSums {
    pub(crate) fn add(&mut self, other: &Self) {
        self.errors += other.errors;
        self.fallbacks += other.fallbacks;
        self.prompt_tokens += other.prompt_tokens;
        self.cached_tokens += other.cached_tokens;
        self.completion_tokens += other.completion_tokens;
        self.prefill_us += other.prefill_us;
        self.decode_us += other.decode_us;
    }
}

/// One run, or all of one group in one hour.
#[derive(Debug)]
pub(crate) struct RunPart<'a> {
    pub(crate) at_us: i64,
    pub(crate) group: Group<'a>,
    pub(crate) sums: RunSums,
    /// Totals of the runs that computed an answer.
    pub(crate) good: Samples<'a>,
    /// Totals of those that failed, were stopped or gave a kept answer.
    pub(crate) other: Samples<'a>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RunSums {
    pub(crate) done: u64,
    pub(crate) degraded: u64,
    pub(crate) failed: u64,
    pub(crate) stopped: u64,
    pub(crate) clock_set_back: u64,
}

impl RunSums {
    pub(crate) fn of(outcome: RunOutcome, clock_set_back: bool) -> Self {
        let mut sums = Self { clock_set_back: clock_set_back.into(), ..Self::default() };
        *match outcome {
            RunOutcome::Done => &mut sums.done,
            RunOutcome::Degraded => &mut sums.degraded,
            RunOutcome::Failed => &mut sums.failed,
            RunOutcome::Stopped => &mut sums.stopped,
        } = 1;
        sums
    }

    pub(crate) fn add(&mut self, other: &Self) {
        self.done += other.done;
        self.degraded += other.degraded;
        self.failed += other.failed;
        self.stopped += other.stopped;
        self.clock_set_back += other.clock_set_back;
    }

    pub(crate) fn runs(&self) -> u64 {
        self.done + self.degraded + self.failed + self.stopped
    }
}

/// One event, or all of one tier in one hour.
#[derive(Debug)]
pub(crate) struct CachePart {
    pub(crate) at_us: i64,
    pub(crate) tier: CacheTier,
    pub(crate) sums: CacheSums,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CacheSums {
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    pub(crate) evictions: u64,
}

impl CacheSums {
    pub(crate) fn add(&mut self, other: &Self) {
        self.hits += other.hits;
        self.misses += other.misses;
        self.evictions += other.evictions;
    }
}

/// Who adds parts up. They come in no particular order.
pub(crate) trait AddParts {
    fn add_stage(&mut self, part: &StagePart) -> Result<(), BadSamples>;
    fn add_run(&mut self, part: &RunPart) -> Result<(), BadSamples>;
    fn add_cache(&mut self, part: &CachePart);
}

/// A run and its stages that are not in the file yet.
pub(crate) fn add_unstored(
    row: &RunRow,
    stages: &[(u32, StageTiming)],
    clock_set_back: bool,
    at_us: i64,
    to: &mut impl AddParts,
) -> Result<(), BadSamples> {
    let group = Group { pipeline: &row.pipeline, model: &row.model, device: &row.device };
    let sums = RunSums::of(row.outcome, clock_set_back);
    let (good, other) = run_samples(row.outcome, row.cache_hit, row.total_ms);
    to.add_run(&RunPart { at_us, group, sums, good, other })?;
    stages.iter().try_for_each(|(_, stage)| to.add_stage(&stage_part(at_us, group, stage)))
}

fn stage_part<'a>(at_us: i64, group: Group<'a>, stage: &'a StageTiming) -> StagePart<'a> {
    let (errors, good, bad) =
        stage_samples(stage.error.as_ref().map(|error| error.code.as_str()), stage.total_ms);
    StagePart {
        at_us,
        group,
        stage: pooled_name(&stage.name),
        sums: StageSums {
            errors,
            fallbacks: (stage.attempts > 1).into(),
            prompt_tokens: stage.prompt_tokens.into(),
            cached_tokens: stage.cached_tokens.into(),
            completion_tokens: stage.completion_tokens.into(),
            prefill_us: whole_micros(stage.prefill_ms),
            decode_us: whole_micros(stage.decode_ms),
        },
        good,
        bad,
        first_token: stage.first_token_ms.map_or(Samples::None, |ms| Samples::One(whole_micros(ms))),
    }
}

/// How many errors the stage is, its total if it is good, and its total if it isn't.
pub(crate) fn stage_samples(error: Option<&str>, total_ms: f64) -> (u64, Samples<'static>, Samples<'static>) {
    let total = Samples::One(whole_micros(total_ms));
    match error {
        None => (0, total, Samples::None),
        Some(code) => ((code != STOPPED).into(), Samples::None, total),
    }
}

/// The run's total if it computed an answer, and if it didn't.
pub(crate) fn run_samples(
    outcome: RunOutcome,
    cache_hit: bool,
    total_ms: f64,
) -> (Samples<'static>, Samples<'static>) {
    let total = Samples::One(whole_micros(total_ms));
    match outcome {
        RunOutcome::Done | RunOutcome::Degraded if !cache_hit => (total, Samples::None),
        _ => (Samples::None, total),
    }
}

/// Exact for what `sextant_domain::millis` gave; zero for what is no duration.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a negative or absent number is zero"
)]
pub(crate) fn whole_micros(ms: f64) -> u64 {
    (ms * 1e3).round() as u64
}

/// The figure that [`whole_micros`] was given.
#[expect(clippy::cast_precision_loss, reason = "2^53 microseconds are 285 years")]
pub(crate) fn in_millis(us: u64) -> f64 {
    us as f64 / 1e3
}
