//! The layer that turns run and stage spans into the run history.
//!
//! A run's record lives in its span's extensions and is filled from the spans' fields alone. It is
//! sealed when the run's outcome is recorded; the metadata, the `[PERF]` lines and the database rows are
//! copies of the sealed record. The layer has to see the spans: a log filter belongs on the layer that
//! prints the log, not on the whole subscriber.

use sextant_domain::StageTiming;
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Span, Subscriber};
use tracing_subscriber::layer::Context;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

use super::record::{RunRecord, StageRecord};
use super::trace::{RUN_TARGET, STAGE_TARGET};
use super::{PerfLines, RunTiming};
use crate::Store;
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
            store.live_runs().run_ended(row.id);
            store.record(HistoryWrite::Run { row: Box::new(row.clone()), stages });
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
            if let Some(store) = &self.store {
                store.live_runs().stage_ended(run_id, position, &timing);
            }
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
                if let (Some(store), Some(summary)) = (&self.store, record.fields.so_far()) {
                    store.live_runs().run_started(summary);
                }
                span.extensions_mut().insert(record);
            }
            Kind::Stage => {
                let mut record = StageRecord::default();
                attributes.record(&mut record);
                if let Some(parent) = span.parent()
                    && let Some(run) = parent.extensions_mut().get_mut::<RunRecord>()
                {
                    record.position = run.add_stage();
                    if let (Some(store), Some(id), None) = (&self.store, run.fields.run_id, &run.sealed) {
                        // Under the lock, so that positions are the order there too.
                        store.live_runs().stage_started(id, record.timing.clone());
                    }
                }
                span.extensions_mut().insert(record);
            }
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        match Kind::of(span.metadata()) {
            Some(Kind::Run) => {
                if let Some(record) = span.extensions_mut().get_mut::<RunRecord>() {
                    let fields = &mut record.fields;
                    let device = fields.device.clone();
                    values.record(fields);
                    if let (Some(store), Some(id)) = (&self.store, fields.run_id)
                        && fields.device != device
                    {
                        store.live_runs().run_moved(id, &fields.device);
                    }
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
