//! Figures over a window of the history, for the panel, its table and scripts.
//!
//! Hours that lie wholly in the window are read from their roll-ups, everything else from rows, in one
//! snapshot of the database: the figures are those of all runs that started within the window's two ends,
//! exactly, percentiles too. A stage and a cache hit count where their run started; a cache event where
//! it happened. Windows up to [`FINE_WINDOW_US`] are read from rows alone, so that their points can be
//! closer together than an hour.
//!
//! Filters apply to all figures but three: cache events (a cache has no model), the set-backs of the
//! clock (it is the machine's), and the choices.

mod reader;
mod series;
mod window;

use std::time::SystemTime;

use rusqlite::Connection;
use sextant_domain::{Performance, PerformanceQuery, RunId, RunSummary, StageTiming, Timeline};

use crate::parts::{Group, in_millis};
use crate::table::{micros, run, stage};
use crate::{Store, StoreError, alerts};

pub(crate) use reader::read as read_parts;
use series::Gathered;
pub(crate) use window::Window;

/// In `Performance::recent`.
const RECENT_RUNS: usize = 200;

type RunningRun = (RunSummary, Vec<StageTiming>);

impl Store {
    /// What happened in the window that ends now. A window that is negative or no number is empty; one
    /// that reaches beyond 1970 begins there. Where the rows of the hour in which it begins have been
    /// deleted, it begins with that hour, as `since_ms` tells. Blocks for some tens of milliseconds.
    ///
    /// Each alert that wasn't there in the hour before is also a warning in the log.
    pub fn performance(&self, query: &PerformanceQuery, now: SystemTime) -> Result<Performance, StoreError> {
        // First, so that a run that ends meanwhile is seen twice rather than not at all.
        let live = self.live();
        let mut performance = self.read(|connection| performance(connection, query, now, live))?;
        performance.alerts = self.read(|connection| {
            alerts::of_this_hour(connection, query, micros(now), self.thresholds(), self.baselines())
        })?;
        self.warned().warn_of_new(&performance.alerts, now);
        Ok(performance)
    }
}

fn performance(
    connection: &Connection,
    query: &PerformanceQuery,
    now: SystemTime,
    live: Vec<RunningRun>,
) -> rusqlite::Result<Performance> {
    let window = Window::new(query.window_ms, now)
        .within_what_is_kept(connection)?
        .finer_for_a_young_history(connection)?;
    let mut gathered = Gathered::new(query, window);
    read_parts(connection, window.since_us, window.until_us, !window.is_fine(), &mut gathered)?;
    let timeline = timeline(connection, query, window, &live)?;

    let mut recent: Vec<RunSummary> = Vec::new();
    for (summary, _) in live {
        gathered.offer(group(&summary));
        if passes(query, group(&summary)) {
            recent.push(summary);
        }
    }
    let running = recent.len();
    for stored in run::newest(connection, (window.since_us, window.until_us), query, RECENT_RUNS)? {
        match recent[..running].iter_mut().find(|run| run.run_id == stored.run_id) {
            // It ended in between.
            Some(run) => *run = stored,
            None => recent.push(stored),
        }
    }
    recent.truncate(RECENT_RUNS);

    Ok(Performance {
        since_ms: in_millis(window.since_us.unsigned_abs()),
        until_ms: in_millis(window.until_us.unsigned_abs()),
        bucket_ms: in_millis(window.bucket_us.unsigned_abs()),
        recent,
        timeline,
        ..gathered.finish()
    })
}

fn timeline(
    connection: &Connection,
    query: &PerformanceQuery,
    window: Window,
    live: &[RunningRun],
) -> rusqlite::Result<Option<Timeline>> {
    let stored = |id: RunId| -> rusqlite::Result<Option<Timeline>> {
        let Some((row, number)) = run::get(connection, id)? else {
            return Ok(None);
        };
        Ok(Some(Timeline::new(row.summary(), stage::of_run(connection, number)?)))
    };
    let running = |(run, stages): &RunningRun| Timeline::new(run.clone(), stages.clone());
    if let Some(asked) = query.run {
        if let Some(timeline) = stored(asked)? {
            return Ok(Some(timeline));
        }
        if let Some(run) = live.iter().find(|(run, _)| run.run_id == asked) {
            return Ok(Some(running(run)));
        }
    }
    if let Some(run) = live.iter().find(|(run, _)| passes(query, group(run))) {
        // It may have ended in between.
        return Ok(Some(stored(run.0.run_id)?.unwrap_or_else(|| running(run))));
    }
    let newest = run::newest(connection, (window.since_us, window.until_us), query, RECENT_RUNS)?;
    // One that was answered from a cache has nothing to show.
    let shown = newest.iter().find(|run| !run.cache_hit).or(newest.first());
    shown.map_or(Ok(None), |run| stored(run.run_id))
}

fn group(run: &RunSummary) -> Group<'_> {
    Group { pipeline: &run.pipeline, model: &run.model, device: &run.device }
}

/// Whether the query's filters let it through.
pub(crate) fn passes(query: &PerformanceQuery, group: Group<'_>) -> bool {
    let lets = |filter: &Option<String>, name: &str| filter.as_deref().is_none_or(|asked| asked == name);
    lets(&query.pipeline, group.pipeline)
        && lets(&query.model, group.model)
        && lets(&query.device, group.device)
}

#[cfg(test)]
mod tests;
