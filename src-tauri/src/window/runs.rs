//! The runs that are under way: their events on the way to the page, and the button that stops one.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use sextant_advisor::Run;
use sextant_domain::RunId;
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _};
use tokio::sync::oneshot;

use super::FRAME;

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

/// Hands a run's events on over the channel, in batches, until it ends or is stopped, which is told by
/// `stopped_event`. Returns at once.
pub(super) fn hand_on<E: Serialize + Send + 'static>(
    app: AppHandle,
    mut run: Run<E>,
    stopped_event: E,
    events: Channel<Vec<E>>,
) -> RunId {
    let id = run.id;
    let mut stopped = app.state::<Runs>().begin(id);
    tokio::spawn(async move {
        let mut batch = Vec::new();
        loop {
            tokio::select! {
                biased;
                _ = &mut stopped => {
                    drop(run);
                    let _ = events.send(vec![stopped_event]);
                    break;
                }
                received = run.events.recv_many(&mut batch, 4096) => {
                    if received == 0 || events.send(std::mem::take(&mut batch)).is_err() {
                        break;
                    }
                }
            }
            // What arrives meanwhile goes out together.
            tokio::time::sleep(FRAME).await;
        }
        app.state::<Runs>().end(id);
    });
    id
}
