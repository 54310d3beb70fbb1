//! The runs that are under way, so that a button can stop one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sextant_domain::RunId;
use tokio::sync::oneshot;

/// By run. A run's sender is dropped to stop it.
#[derive(Debug, Default)]
pub(super) struct Runs {
    stops: Mutex<HashMap<RunId, oneshot::Sender<()>>>,
}

impl Runs {
    /// Resolves with an error when the run is stopped.
    pub(super) fn begin(&self, run: RunId) -> oneshot::Receiver<()> {
        let (stop, stopped) = oneshot::channel();
        self.stops.lock().unwrap_or_else(PoisonError::into_inner).insert(run, stop);
        stopped
    }

    /// Stops a run, or forgets one that has ended. An unknown one has ended already.
    pub(super) fn end(&self, run: RunId) {
        self.stops.lock().unwrap_or_else(PoisonError::into_inner).remove(&run);
    }
}
