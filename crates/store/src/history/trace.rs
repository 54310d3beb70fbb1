//! Typed handles around the spans of a run and of its stages.
//!
//! A handle measures with a monotonic clock and writes its figures as span fields when it finishes;
//! what it returns is read back from the layer's record of those fields. A span counts as finished when
//! its `sextant.outcome` is recorded, not when it closes: an instrumented future may hold a clone of it
//! for longer. Don't make `sextant::run` or `sextant::stage` spans elsewhere.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sextant_domain::{RunId, StageError, StageTiming, millis};
use tracing::field::Empty;
use tracing::{Span, dispatcher};

use super::layer::{recorded_run, recorded_stage};

pub(crate) const RUN_TARGET: &str = "sextant::run";
pub(crate) const STAGE_TARGET: &str = "sextant::stage";

/// The error code of a stage whose handle was dropped before it finished.
pub(crate) const STOPPED: &str = "stopped";

/// What is known of a run when it starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunMeta {
    pub run_id: RunId,
    /// `recommend`, `chat`, `council`.
    pub pipeline: &'static str,
    pub pack: String,
    pub model: String,
    pub engine: String,
    pub device: String,
    /// The model's weights as its file has them: `q8_0`; empty where it isn't known.
    pub quantisation: String,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    Done,
    /// Done with less than was asked for: a stage failed.
    Degraded,
    Failed,
    /// By the person, or by whoever dropped it.
    Stopped,
}

impl RunOutcome {
    /// As it is stored and printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Degraded => "degraded",
            Self::Failed => "failed",
            Self::Stopped => STOPPED,
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Done, Self::Degraded, Self::Failed, Self::Stopped]
            .into_iter()
            .find(|outcome| outcome.as_str() == text)
    }
}

/// What one generation cost, as the engine measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Generated {
    /// Waiting for the model to be loaded; not part of `queue`.
    pub load: Duration,
    pub queue: Duration,
    pub prefill: Duration,
    pub decode: Duration,
    pub prompt_tokens: u32,
    pub cached_tokens: u32,
    pub completion_tokens: u32,
}

/// A finished run's times.
#[derive(Debug, Clone, PartialEq)]
pub struct RunTiming {
    /// To the microsecond, as it is stored.
    pub started_at: SystemTime,
    pub total_ms: f64,
    /// In the order in which they started; those that had finished when the run did.
    pub stages: Vec<StageTiming>,
}

/// One run being recorded. Dropping it unfinished records it as stopped.
#[derive(Debug)]
pub struct RunTrace {
    span: Span,
    started: Instant,
    started_at: SystemTime,
    unrecorded: Unrecorded,
    finished: bool,
}

/// The stages of a run that no layer records, so that its caller gets them nevertheless. By start.
type Unrecorded = Arc<Mutex<Vec<Option<StageTiming>>>>;

impl RunTrace {
    /// The clock starts now.
    #[expect(clippy::needless_pass_by_value, reason = "callers make it for this call")]
    pub fn start(meta: RunMeta) -> Self {
        let started = Instant::now();
        let (started_at, started_at_us) = whole_microseconds(SystemTime::now());
        let span = tracing::info_span!(
            target: RUN_TARGET,
            parent: None,
            "run",
            sextant.run_id = meta.run_id.to_string(),
            sextant.pipeline = meta.pipeline,
            sextant.pack = meta.pack,
            gen_ai.request.model = meta.model,
            gen_ai.provider.name = meta.engine,
            sextant.device = meta.device,
            sextant.quantisation = meta.quantisation,
            sextant.threads = Empty,
            sextant.cpu_ms = Empty,
            sextant.peak_memory_bytes = Empty,
            sextant.cache_age_ms = Empty,
            sextant.started_at_us = started_at_us,
            sextant.total_ms = Empty,
            sextant.cache_hit = Empty,
            sextant.outcome = Empty,
        );
        Self { span, started, started_at, unrecorded: Unrecorded::default(), finished: false }
    }

    pub fn span(&self) -> &Span {
        &self.span
    }

    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// The stage's clock starts now. Stages may overlap and may move to other threads.
    pub fn stage(&self, name: &str) -> StageTrace {
        let started = Instant::now();
        let start_ms = millis(started - self.started);
        let make = || {
            tracing::info_span!(
                target: STAGE_TARGET,
                parent: &self.span,
                "stage",
                sextant.stage = name,
                sextant.start_ms = start_ms,
                sextant.load_ms = Empty,
                sextant.queue_ms = Empty,
                sextant.prompt_build_ms = Empty,
                sextant.retrieval_ms = Empty,
                sextant.prefill_ms = Empty,
                sextant.decode_ms = Empty,
                sextant.parse_ms = Empty,
                sextant.check_ms = Empty,
                sextant.total_ms = Empty,
                sextant.attempts = Empty,
                gen_ai.usage.input_tokens = Empty,
                gen_ai.usage.cache_read.input_tokens = Empty,
                gen_ai.usage.output_tokens = Empty,
                gen_ai.server.time_to_first_token = Empty,
                "error.type" = Empty,
                error.message = Empty,
                sextant.outcome = Empty,
            )
        };
        // The stage belongs to the run's subscriber, whatever this thread's default is.
        let span = self
            .span
            .with_subscriber(|(_, subscriber)| dispatcher::with_default(subscriber, make))
            .unwrap_or_else(Span::none);
        let timing = StageTiming { name: name.to_owned(), start_ms, ..StageTiming::default() };
        let mut stages = lock(&self.unrecorded);
        let position = stages.len();
        stages.push(None);
        drop(stages);
        StageTrace {
            span,
            started,
            timing,
            figures: Figures::default(),
            unrecorded: (Arc::clone(&self.unrecorded), position),
            finished: false,
        }
    }

    /// Records where the model really computed, which is certain once it has been loaded.
    pub fn ran_on(&self, device: &str, threads: u32) {
        tracing::record_all!(self.span, sextant.device = device, sextant.threads = threads);
    }

    /// Records what the process that computed needed for this run: time on all its processors together,
    /// and the most that it had in memory.
    pub fn used(&self, cpu: Duration, peak_memory_bytes: u64) {
        tracing::record_all!(
            self.span,
            sextant.cpu_ms = millis(cpu),
            sextant.peak_memory_bytes = peak_memory_bytes,
        );
    }

    /// Records how long ago the answer was computed that this run gives again.
    pub fn answered_from_cache(&self, age: Duration) {
        tracing::record_all!(self.span, sextant.cache_age_ms = millis(age));
    }

    /// Records how the run ended. A stage that is still open is recorded later, when it ends.
    pub fn finish(mut self, outcome: RunOutcome, cache_hit: bool) -> RunTiming {
        let total_ms = self.end(outcome, cache_hit);
        recorded_run(&self.span).unwrap_or_else(|| RunTiming {
            started_at: self.started_at,
            total_ms,
            stages: lock(&self.unrecorded).iter().flatten().cloned().collect(),
        })
    }

    fn end(&mut self, outcome: RunOutcome, cache_hit: bool) -> f64 {
        self.finished = true;
        let total_ms = millis(self.started.elapsed());
        tracing::record_all!(
            self.span,
            sextant.total_ms = total_ms,
            sextant.cache_hit = cache_hit,
            sextant.outcome = outcome.as_str(),
        );
        total_ms
    }
}

impl Drop for RunTrace {
    fn drop(&mut self) {
        if !self.finished {
            self.end(RunOutcome::Stopped, false);
        }
    }
}

/// One stage being recorded. Dropping it unfinished records it with the error code `stopped`.
#[derive(Debug)]
pub struct StageTrace {
    span: Span,
    started: Instant,
    timing: StageTiming,
    figures: Figures,
    unrecorded: (Unrecorded, usize),
    finished: bool,
}

/// Sums over attempts; rounded once, at the end.
#[derive(Debug, Default)]
struct Figures {
    load: Duration,
    queue: Duration,
    prompt_build: Duration,
    retrieval: Duration,
    prefill: Duration,
    decode: Duration,
    parse: Duration,
    check: Duration,
    /// Of the first attempt that wrote a token.
    time_to_first_token: Option<Duration>,
}

impl StageTrace {
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Adds up.
    pub fn prompt_built(&mut self, took: Duration) {
        self.figures.prompt_build += took;
    }

    /// Waiting for the model outside the engine, which tells of its own loading in [`Generated`]. Adds up.
    pub fn loaded(&mut self, took: Duration) {
        self.figures.load += took;
    }

    /// Looking records or passages up. Adds up.
    pub fn retrieved(&mut self, took: Duration) {
        self.figures.retrieval += took;
    }

    /// Reading what the model wrote, without comparing it with the facts. Adds up.
    pub fn parsed(&mut self, took: Duration) {
        self.figures.parse += took;
    }

    /// Comparing what the model wrote with the facts. Adds up.
    pub fn checked(&mut self, took: Duration) {
        self.figures.check += took;
    }

    /// One more attempt; its figures are added to those before.
    pub fn generated(&mut self, attempt: Generated) {
        let figures = &mut self.figures;
        figures.load += attempt.load;
        figures.queue += attempt.queue;
        figures.prefill += attempt.prefill;
        figures.decode += attempt.decode;
        if attempt.completion_tokens > 0 {
            figures.time_to_first_token.get_or_insert(attempt.load + attempt.queue + attempt.prefill);
        }
        let timing = &mut self.timing;
        timing.prompt_tokens = timing.prompt_tokens.saturating_add(attempt.prompt_tokens);
        timing.cached_tokens = timing.cached_tokens.saturating_add(attempt.cached_tokens);
        timing.completion_tokens = timing.completion_tokens.saturating_add(attempt.completion_tokens);
        timing.attempts = timing.attempts.saturating_add(1);
    }

    /// The stage did not do its work. The last error stands.
    pub fn failed(&mut self, error: StageError) {
        self.timing.error = Some(error);
    }

    /// Ends the stage: what the layer recorded, which is also what is printed and stored.
    pub fn finish(mut self) -> StageTiming {
        self.end()
    }

    fn end(&mut self) -> StageTiming {
        self.finished = true;
        let (timing, figures) = (&mut self.timing, &self.figures);
        timing.load_ms = millis(figures.load);
        timing.queue_ms = millis(figures.queue);
        timing.prompt_build_ms = millis(figures.prompt_build);
        timing.retrieval_ms = millis(figures.retrieval);
        timing.prefill_ms = millis(figures.prefill);
        timing.decode_ms = millis(figures.decode);
        timing.parse_ms = millis(figures.parse);
        timing.check_ms = millis(figures.check);
        timing.first_token_ms = figures.time_to_first_token.map(millis);
        timing.total_ms = millis(self.started.elapsed());
        let outcome = match &timing.error {
            None => "done",
            Some(error) if error.code == STOPPED => STOPPED,
            Some(_) => "failed",
        };
        tracing::record_all!(
            self.span,
            sextant.load_ms = timing.load_ms,
            sextant.queue_ms = timing.queue_ms,
            sextant.prompt_build_ms = timing.prompt_build_ms,
            sextant.retrieval_ms = timing.retrieval_ms,
            sextant.prefill_ms = timing.prefill_ms,
            sextant.decode_ms = timing.decode_ms,
            sextant.parse_ms = timing.parse_ms,
            sextant.check_ms = timing.check_ms,
            sextant.total_ms = timing.total_ms,
            sextant.attempts = timing.attempts,
            gen_ai.usage.input_tokens = timing.prompt_tokens,
            gen_ai.usage.cache_read.input_tokens = timing.cached_tokens,
            gen_ai.usage.output_tokens = timing.completion_tokens,
            // In seconds, as the convention has it.
            gen_ai.server.time_to_first_token = figures.time_to_first_token.map(|took| took.as_secs_f64()),
            "error.type" = timing.error.as_ref().map(|error| error.code.as_str()),
            error.message = timing.error.as_ref().map(|error| error.message.as_str()),
            sextant.outcome = outcome,
        );
        recorded_stage(&self.span).unwrap_or_else(|| {
            let (stages, position) = &self.unrecorded;
            if let Some(place) = lock(stages).get_mut(*position) {
                *place = Some(self.timing.clone());
            }
            self.timing.clone()
        })
    }
}

impl Drop for StageTrace {
    fn drop(&mut self) {
        if !self.finished {
            self.timing.error.get_or_insert_with(|| StageError {
                code: STOPPED.into(),
                message: "The run was stopped before this stage was done.".into(),
            });
            self.end();
        }
    }
}

fn lock(stages: &Unrecorded) -> std::sync::MutexGuard<'_, Vec<Option<StageTiming>>> {
    stages.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A time that survives being stored, and its microseconds since 1970.
fn whole_microseconds(time: SystemTime) -> (SystemTime, i64) {
    let since_epoch = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    let micros = u64::try_from(since_epoch.as_micros()).unwrap_or(0);
    (UNIX_EPOCH + Duration::from_micros(micros), i64::try_from(micros).unwrap_or(0))
}
