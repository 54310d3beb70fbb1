//! Work under way: a handle with the events that it sends. Dropping the handle stops the work.

use sextant_domain::{ChatAnswer, ChatEvent, RecommendEvent, Recommendation, RunId, StageError};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Events that may wait for a slow reader; then the run waits too, and no event is lost.
const EVENTS: usize = 4096;

/// A run that sends events `E`. Dropping it stops the work.
#[derive(Debug)]
pub struct Run<E> {
    pub id: RunId,
    pub events: mpsc::Receiver<E>,
    task: JoinHandle<()>,
}

impl<E> Drop for Run<E> {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An event of a run, the last of which has its result.
pub trait RunEvent: Sized {
    type Answer;
    /// What is said where a run ended without a result.
    const STOPPED: &'static str;

    /// The run's result, of an event that has it.
    fn into_result(self) -> Option<Result<Self::Answer, StageError>>;
}

impl<E> Run<E> {
    /// Starts the work that `work` makes of a sender, on the current tokio runtime.
    pub(crate) fn start<F>(id: RunId, work: impl FnOnce(mpsc::Sender<E>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (sender, events) = mpsc::channel(EVENTS);
        Self { id, events, task: tokio::spawn(work(sender)) }
    }
}

impl<E: RunEvent> Run<E> {
    /// Waits for the end and gives the result.
    pub async fn finish(mut self) -> Result<E::Answer, StageError> {
        while let Some(event) = self.events.recv().await {
            if let Some(result) = event.into_result() {
                return result;
            }
        }
        Err(StageError { code: "stopped".into(), message: E::STOPPED.into() })
    }
}

impl RunEvent for RecommendEvent {
    type Answer = Recommendation;
    const STOPPED: &'static str = "The run was stopped.";

    fn into_result(self) -> Option<Result<Recommendation, StageError>> {
        match self {
            Self::Finished { recommendation } => Some(Ok(*recommendation)),
            Self::Failed { error } => Some(Err(error)),
            _ => None,
        }
    }
}

impl RunEvent for ChatEvent {
    type Answer = ChatAnswer;
    const STOPPED: &'static str = "The turn was stopped.";

    fn into_result(self) -> Option<Result<ChatAnswer, StageError>> {
        match self {
            Self::Finished { answer } => Some(Ok(*answer)),
            Self::Failed { error } => Some(Err(error)),
            _ => None,
        }
    }
}
