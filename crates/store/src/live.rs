//! The runs that are under way, and how to hear that anything has changed.
//!
//! Filled by the layer from the spans that also fill the history. A run leaves when its outcome is
//! recorded; it is in the history a moment later. Nothing here waits for the disk.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sextant_domain::{RunId, RunSummary, StageTiming, millis};

#[derive(Debug, Default)]
pub(crate) struct Live {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Counts changes, of runs under way and of what is stored.
    version: u64,
    /// How many threads wait; waking nobody is a system call too, and spans pay for it.
    waiting: usize,
    /// By age: ids sort by the time they were made.
    runs: BTreeMap<RunId, LiveRun>,
}

#[derive(Debug)]
struct LiveRun {
    /// Without its total.
    summary: RunSummary,
    started: Instant,
    /// By position.
    stages: Vec<LiveStage>,
}

#[derive(Debug)]
struct LiveStage {
    timing: StageTiming,
    /// `None` once it has ended.
    started: Option<Instant>,
}

impl Live {
    pub(crate) fn run_started(&self, summary: RunSummary) {
        let run = LiveRun { summary, started: Instant::now(), stages: Vec::new() };
        self.change(|runs| {
            runs.insert(run.summary.run_id, run);
        });
    }

    /// Where it really computes is known only once the model is loaded.
    pub(crate) fn run_moved(&self, id: RunId, device: &str) {
        self.change(|runs| {
            if let Some(run) = runs.get_mut(&id) {
                device.clone_into(&mut run.summary.device);
            }
        });
    }

    pub(crate) fn run_ended(&self, id: RunId) {
        // Who waits is woken when it is stored: until then it would be nowhere to be seen.
        self.lock().runs.remove(&id);
    }

    pub(crate) fn stage_started(&self, run: RunId, timing: StageTiming) {
        let stage = LiveStage { timing, started: Some(Instant::now()) };
        self.change(|runs| {
            if let Some(run) = runs.get_mut(&run) {
                run.stages.push(stage);
            }
        });
    }

    pub(crate) fn stage_ended(&self, run: RunId, position: u32, timing: &StageTiming) {
        self.change(|runs| {
            if let Some(stage) = runs.get_mut(&run).and_then(|run| run.stages.get_mut(position as usize)) {
                *stage = LiveStage { timing: timing.clone(), started: None };
            }
        });
    }

    /// Something was stored.
    pub(crate) fn changed(&self) {
        self.change(|_| {});
    }

    /// The newest first, each with its time so far.
    pub(crate) fn runs(&self) -> Vec<(RunSummary, Vec<StageTiming>)> {
        let now = Instant::now();
        let so_far = |started: Instant| millis(now.saturating_duration_since(started));
        let state = self.lock();
        let runs = state.runs.values().rev();
        runs.map(|run| {
            let stages = run.stages.iter().map(|stage| StageTiming {
                total_ms: stage.started.map_or(stage.timing.total_ms, so_far),
                ..stage.timing.clone()
            });
            (RunSummary { total_ms: so_far(run.started), ..run.summary.clone() }, stages.collect())
        })
        .collect()
    }

    pub(crate) fn version(&self) -> u64 {
        self.lock().version
    }

    /// Waits for a version other than `seen`, at most for `timeout`; the version then.
    pub(crate) fn wait(&self, seen: u64, timeout: Duration) -> u64 {
        let mut state = self.lock();
        state.waiting += 1;
        let waited = self.changed.wait_timeout_while(state, timeout, |state| state.version == seen);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state.version
    }

    fn change(&self, work: impl FnOnce(&mut BTreeMap<RunId, LiveRun>)) {
        let mut state = self.lock();
        work(&mut state.runs);
        state.version += 1;
        let somebody_waits = state.waiting > 0;
        drop(state);
        if somebody_waits {
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
