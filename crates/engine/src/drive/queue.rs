//! Requests that wait for their turn: the most urgent first, the oldest first among equals.
//!
//! A running generation is never here and never interrupted by what is.

use std::{convert::Infallible, time::Instant};

use tokio::sync::{mpsc, oneshot};

use crate::{EngineError, GenerateRequest, GenerationEvent};

/// More waiting requests than a person can make; a caller in a loop is told so.
const CAPACITY: usize = 256;

/// One request and the far end of its stream.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) request: GenerateRequest,
    pub(super) events: mpsc::Sender<GenerationEvent>,
    /// Resolves when nobody wants the text any more.
    pub(super) dropped: oneshot::Receiver<Infallible>,
    pub(super) arrived: Instant,
}

/// In order of arrival.
#[derive(Debug, Default)]
pub(super) struct Queue(Vec<Job>);

impl Queue {
    /// Gives the job back when too many wait already.
    pub(super) fn push(&mut self, job: Job) -> Result<(), (Box<Job>, EngineError)> {
        self.forget_abandoned();
        if self.0.len() >= CAPACITY {
            let detail = format!("{CAPACITY} requests are waiting already; try again later");
            return Err((Box::new(job), EngineError::Failed { detail }));
        }
        self.0.push(job);
        Ok(())
    }

    pub(super) fn pop(&mut self) -> Option<Job> {
        self.forget_abandoned();
        let urgent = self.0.iter().map(|job| job.request.priority).max()?;
        let at = self.0.iter().position(|job| job.request.priority == urgent)?;
        Some(self.0.remove(at))
    }

    pub(super) fn drain(&mut self) -> Vec<Job> {
        std::mem::take(&mut self.0)
    }

    fn forget_abandoned(&mut self) {
        self.0.retain(|job| !job.events.is_closed());
    }
}
