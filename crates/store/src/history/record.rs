//! What the layer keeps in a span's extensions: the fields of a run and of its stages, as they come in.

use std::fmt;
use std::time::Duration;

use sextant_domain::{RunId, RunSummary, StageError, StageTiming, millis};
use tracing::field::{Field, Visit};

use super::trace::STOPPED;
use super::{RunOutcome, RunTiming};
use crate::parts::in_millis;
use crate::table::{self, RunRow};

#[derive(Default)]
pub(super) struct RunRecord {
    pub(super) fields: RunFields,
    /// By position; `None` while the stage runs.
    stages: Vec<Option<StageTiming>>,
    pub(super) sealed: Option<RunTiming>,
}

impl RunRecord {
    pub(super) fn add_stage(&mut self) -> u32 {
        self.stages.push(None);
        u32::try_from(self.stages.len() - 1).unwrap_or(u32::MAX)
    }

    pub(super) fn finish_stage(&mut self, position: u32, timing: StageTiming) {
        if let Some(place) = self.stages.get_mut(position as usize) {
            *place = Some(timing);
        }
    }

    pub(super) fn finished_stages(&self) -> impl Iterator<Item = (u32, StageTiming)> {
        (0..).zip(&self.stages).filter_map(|(position, stage)| Some((position, stage.clone()?)))
    }

    /// The row to store, once: when the outcome is known.
    pub(super) fn seal(&mut self) -> Option<RunRow> {
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
            cache_age_ms: fields.cache_age_ms,
            quantisation: fields.quantisation.clone(),
            cpu_ms: fields.cpu_ms,
            peak_memory_bytes: fields.peak_memory_bytes,
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
pub(super) struct RunFields {
    pub(super) run_id: Option<RunId>,
    pipeline: String,
    pack: String,
    model: String,
    engine: String,
    pub(super) device: String,
    threads: u32,
    started_at_us: i64,
    total_ms: f64,
    cache_hit: bool,
    cache_age_ms: Option<f64>,
    quantisation: String,
    cpu_ms: Option<f64>,
    peak_memory_bytes: Option<u64>,
    outcome: Option<RunOutcome>,
}

impl RunFields {
    /// As it is while it runs.
    pub(super) fn so_far(&self) -> Option<RunSummary> {
        Some(RunSummary {
            run_id: self.run_id?,
            pipeline: self.pipeline.clone(),
            model: self.model.clone(),
            device: self.device.clone(),
            started_at_ms: in_millis(u64::try_from(self.started_at_us).unwrap_or(0)),
            total_ms: 0.0,
            outcome: "running".into(),
            cache_hit: false,
        })
    }
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
            "sextant.quantisation" => value.clone_into(&mut self.quantisation),
            "sextant.outcome" => self.outcome = RunOutcome::parse(value),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        match field.name() {
            "sextant.total_ms" => self.total_ms = value,
            "sextant.cache_age_ms" => self.cache_age_ms = Some(value),
            "sextant.cpu_ms" => self.cpu_ms = Some(value),
            _ => {}
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "sextant.threads" => self.threads = u32::try_from(value).unwrap_or(u32::MAX),
            "sextant.peak_memory_bytes" => self.peak_memory_bytes = Some(value),
            _ => {}
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
pub(super) struct StageRecord {
    /// Among its run's stages, in the order in which they started.
    pub(super) position: u32,
    pub(super) timing: StageTiming,
    /// The outcome was recorded.
    pub(super) ended: bool,
    /// The timing was handed on, and nothing changes it any more.
    pub(super) sealed: bool,
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
            "sextant.load_ms" => timing.load_ms = value,
            "sextant.queue_ms" => timing.queue_ms = value,
            "sextant.prompt_build_ms" => timing.prompt_build_ms = value,
            "sextant.retrieval_ms" => timing.retrieval_ms = value,
            "sextant.prefill_ms" => timing.prefill_ms = value,
            "sextant.decode_ms" => timing.decode_ms = value,
            "sextant.parse_ms" => timing.parse_ms = value,
            "sextant.check_ms" => timing.check_ms = value,
            // The convention has it in seconds; the microsecond is what was measured.
            "gen_ai.server.time_to_first_token" => {
                timing.first_token_ms = Duration::try_from_secs_f64(value).ok().map(millis);
            }
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
