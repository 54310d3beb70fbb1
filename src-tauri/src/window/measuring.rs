//! Work that measures this machine: on a thread of its own, whose runs are nobody's history.

use serde::Serialize;
use sextant_domain::RunId;
use sextant_protocol::{CommandError, ErrorCode};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager as _};
use tracing::subscriber::NoSubscriber;

use super::commands::Answer;
use super::runs::Runs;
use crate::failure::Failure;

/// How work ends that doesn't come to its own end.
pub(super) trait Ends: Serialize + Send + 'static {
    fn stopped() -> Self;
    fn failed(message: String) -> Self;
}

/// Begins the work and returns at once. What it returns is the last event; to stop it, it is dropped.
/// `what` completes the sentence “… can't be started”.
pub(super) fn start<E: Ends>(
    app: AppHandle,
    what: &str,
    events: Channel<E>,
    work: impl AsyncFnOnce(&Channel<E>) -> Result<E, Failure> + Send + 'static,
) -> Answer<RunId> {
    let id = RunId::generate();
    let mut stopped = app.state::<Runs>().begin(id);
    let measuring = std::thread::Builder::new().name("measuring".into()).spawn(move || {
        let measure = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .map_err(|error| Failure::work("runtime", error))?;
            runtime.block_on(async {
                tokio::select! {
                    biased;
                    _ = &mut stopped => Ok(E::stopped()),
                    last = work(&events) => last,
                }
            })
        };
        let last = tracing::subscriber::with_default(NoSubscriber::new(), measure);
        // A window that is gone needs no result.
        let _ = events.send(last.unwrap_or_else(|failure| E::failed(failure.parts().1.into())));
        app.state::<Runs>().end(id);
    });
    measuring.map(|_| id).map_err(|error| CommandError {
        code: ErrorCode::Failed,
        message: format!("{what} can't be started ({error}); try again"),
    })
}
