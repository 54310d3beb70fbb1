//! The layer that turns run and stage spans into the run history.
//!
//! A run's record lives in its span's extensions and is filled from the spans' fields alone. It is
//! sealed when the run's outcome is recorded; the metadata, the `[PERF]` lines and the database rows are
//! copies of the sealed record. The layer has to see the spans: a log filter belongs on the layer that
//! prints the log, not on the whole subscriber.

use std::fmt;

use sextant_domain::{RunId, StageError, StageTiming};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Span, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use super::trace::{RUN_TARGET, STAGE_TARGET, STOPPED};
use super::{PerfLines, RunOutcome, RunTiming};
use crate::Store;
use crate::table::{self, RunRow};
use crate::writer::HistoryWrite;

/// Collects runs and stages; see the module.
#[derive(Debug)]
pub struct HistoryLayer {
    store: Option<Store>,
    print: PerfLines,
}

impl HistoryLayer {
    /// Without a store, runs are measured and printed but not kept.
    pub fn new(store: Option<Store>, print: PerfLines) -> Self {
        Self { store, print }
    }

    /// A run whose outcome was just recorded.
    fn seal_run<S>(&self, span: &tracing_subscriber::registry::SpanRef<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let mut extensions = span.extensions_mut();
        let Some(record) = extensions.get_mut::<RunRecord>() else {
            return;
        };
        let Some(row) = record.seal() else { return };
        if let Some(store) = &self.store {
            // Under the lock, so that a late stage can't be queued ahead of its run.
            let stages = record.finished_stages().collect();
            store.record(HistoryWrite::Run { row: row.clone(), stages });
        }
        drop(extensions);
        self.print.run(&row);
    }

    /// A stage whose outcome was just recorded.
    fn seal_stage<S>(&self, span: &tracing_subscriber::registry::SpanRef<'_, S>)
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let (position, timing) = {
            let mut extensions = span.extensions_mut();
            let Some(record) = extensions.get_mut::<StageRecord>() else {
                return;
            };
            if std::mem::replace(&mut record.sealed, true) {
                return;
            }
            (record.position, record.timing.clone())
        };
        let Some(parent) = span.parent() else { return };
        let mut extensions = parent.extensions_mut();
        let Some(run) = extensions.get_mut::<RunRecord>() else {
            return;
        };
        let Some(run_id) = run.fields.run_id else {
            return;
        };
        if run.sealed.is_some() {
            if let Some(store) = &self.store {
                let stage = timing.clone();
                store.record(HistoryWrite::LateStage { run: run_id, position, stage });
            }
        } else {
            run.finish_stage(position, timing.clone());
        }
        drop(extensions);
        self.print.stage(run_id, &timing);
    }
}

impl<S> Layer<S> for HistoryLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(kind) = Kind::of(attributes.metadata()) else {
            return;
        };
        let Some(span) = context.span(id) else { return };
        match kind {
            Kind::Run => {
                let mut record = RunRecord::default();
                attributes.record(&mut record.fields);
                span.extensions_mut().insert(record);
            }
            Kind::Stage => {
                let position = span
                    .parent()
                    .and_then(|run| Some(run.extensions_mut().get_mut::<RunRecord>()?.add_stage()))
                    .unwrap_or_default();
                let mut record = StageRecord { position, ..StageRecord::default() };
                attributes.record(&mut record);
                span.extensions_mut().insert(record);
            }
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        match Kind::of(span.metadata()) {
            Some(Kind::Run) => {
                if let Some(record) = span.extensions_mut().get_mut::<RunRecord>() {
                    values.record(&mut record.fields);
                }
                self.seal_run(&span);
            }
            Some(Kind::Stage) => {
                let mut ended = false;
                if let Some(record) = span.extensions_mut().get_mut::<StageRecord>() {
                    values.record(record);
                    ended = record.ended;
                }
                if ended {
                    self.seal_stage(&span);
                }
            }
            None => {}
        }
    }
}

/// The sealed record of a run; `None` where no layer sees the span.
pub(crate) fn recorded_run(span: &Span) -> Option<RunTiming> {
    read_back(span, |record: &RunRecord| record.sealed.clone())
}

/// The sealed record of a stage; `None` where no layer sees the span.
pub(crate) fn recorded_stage(span: &Span) -> Option<StageTiming> {
    read_back(span, |record: &StageRecord| record.sealed.then(|| record.timing.clone()))
}

/// `Registry` is the only subscriber with extensions; whatever is stacked on it can be cast down to it.
fn read_back<R: 'static, T>(span: &Span, read: impl FnOnce(&R) -> Option<T>) -> Option<T> {
    span.with_subscriber(|(id, subscriber)| {
        let span = subscriber.downcast_ref::<Registry>()?.span(id)?;
        let extensions = span.extensions();
        read(extensions.get::<R>()?)
    })
    .flatten()
}

#[derive(Clone, Copy)]
enum Kind {
    Run,
    Stage,
}

impl Kind {
    fn of(metadata: &Metadata<'_>) -> Option<Self> {
        match metadata.target() {
            RUN_TARGET => Some(Self::Run),
            STAGE_TARGET => Some(Self::Stage),
            _ => None,
        }
    }
}

#[derive(Default)]
struct RunRecord {
    fields: RunFields,
    /// By position; `None` while the stage runs.
    stages: Vec<Option<StageTiming>>,
    sealed: Option<RunTiming>,
}

impl RunRecord {
    fn add_stage(&mut self) -> u32 {
        self.stages.push(None);
        u32::try_from(self.stages.len() - 1).unwrap_or(u32::MAX)
    }

    fn finish_stage(&mut self, position: u32, timing: StageTiming) {
        if let Some(place) = self.stages.get_mut(position as usize) {
            *place = Some(timing);
        }
    }

    fn finished_stages(&self) -> impl Iterator<Item = (u32, StageTiming)> {
        (0..).zip(&self.stages).filter_map(|(position, stage)| Some((position, stage.clone()?)))
    }

    /// The row to store, once: when the outcome is known.
    fn seal(&mut self) -> Option<RunRow> {
        let (id, outcome) = (self.fields.run_id?, self.fields.outcome?);
        if self.sealed.is_some() {
            return None;
        }
        let fields = &self.fields;
        let started_at = table::time(fields.started_at_us);
        let stages: Vec<StageTiming> = self.finished_stages().map(|(_, stage)| stage).collect();
        let errors = stages.iter().filter(|stage| is_failure(stage)).count();
        let row = RunRow {
            id,
            pipeline: fields.pipeline.clone(),
            pack: fields.pack.clone(),
            model: fields.model.clone(),
            engine: fields.engine.clone(),
            device: fields.device.clone(),
            threads: fields.threads,
            started_at,
            total_ms: fields.total_ms,
            outcome,
            cache_hit: fields.cache_hit,
            errors: u32::try_from(errors).unwrap_or(u32::MAX),
        };
        self.sealed = Some(RunTiming { started_at, total_ms: fields.total_ms, stages });
        Some(row)
    }
}

/// As `runs` counts them.
fn is_failure(stage: &StageTiming) -> bool {
    stage.error.as_ref().is_some_and(|error| error.code != STOPPED)
}

#[derive(Default)]
struct RunFields {
    run_id: Option<RunId>,
    pipeline: String,
    pack: String,
    model: String,
    engine: String,
    device: String,
    threads: u32,
    started_at_us: i64,
    total_ms: f64,
    cache_hit: bool,
    outcome: Option<RunOutcome>,
}

impl Visit for RunFields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "sextant.run_id" => self.run_id = RunId::parse(value),
            "sextant.pipeline" => value.clone_into(&mut self.pipeline),
            "sextant.pack" => value.clone_into(&mut self.pack),
            "gen_ai.request.model" => value.clone_into(&mut self.model),
            "gen_ai.provider.name" => value.clone_into(&mut self.engine),
            "sextant.device" => value.clone_into(&mut self.device),
            "sextant.outcome" => self.outcome = RunOutcome::parse(value),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "sextant.total_ms" {
            self.total_ms = value;
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "sextant.threads" {
            self.threads = u32::try_from(value).unwrap_or(u32::MAX);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        if field.name() == "sextant.started_at_us" {
            self.started_at_us = value;
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        if field.name() == "sextant.cache_hit" {
            self.cache_hit = value;
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[derive(Default)]
struct StageRecord {
    /// Among its run's stages, in the order in which they started.
    position: u32,
    timing: StageTiming,
    /// The outcome was recorded.
    ended: bool,
    /// The timing was handed on, and nothing changes it any more.
    sealed: bool,
}

impl StageRecord {
    fn error(&mut self) -> &mut StageError {
        self.timing.error.get_or_insert_with(|| StageError { code: String::new(), message: String::new() })
    }
}

impl Visit for StageRecord {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "sextant.stage" => value.clone_into(&mut self.timing.name),
            "error.type" => value.clone_into(&mut self.error().code),
            "error.message" => value.clone_into(&mut self.error().message),
            "sextant.outcome" => self.ended = true,
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        let timing = &mut self.timing;
        match field.name() {
            "sextant.start_ms" => timing.start_ms = value,
            "sextant.queue_ms" => timing.queue_ms = value,
            "sextant.prompt_build_ms" => timing.prompt_build_ms = value,
            "sextant.prefill_ms" => timing.prefill_ms = value,
            "sextant.decode_ms" => timing.decode_ms = value,
            "sextant.parse_ms" => timing.parse_ms = value,
            "sextant.total_ms" => timing.total_ms = value,
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let value = u32::try_from(value).unwrap_or(u32::MAX);
        let timing = &mut self.timing;
        match field.name() {
            "sextant.attempts" => timing.attempts = value,
            "gen_ai.usage.input_tokens" => timing.prompt_tokens = value,
            "gen_ai.usage.cache_read.input_tokens" => timing.cached_tokens = value,
            "gen_ai.usage.output_tokens" => timing.completion_tokens = value,
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
