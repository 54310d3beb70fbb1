//! What every engine of ours has in common: the queue, the order, the states, the streams.
//!
//! A [`Desk`] takes requests on any thread; its own thread drives one [`Link`] (a process, a script)
//! through one generation at a time. That thread has a small runtime of its own, so a caller needs
//! none, a busy or blocked caller's runtime can't stall the pipe, and dropping the desk joins the
//! thread: when the drop returns, the link has ended.
//! Nothing here knows what is at the other end of a link.

mod outbox;
mod queue;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use sextant_domain::{EngineState, EngineStatus, StageError};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};

use crate::{
    EngineError, GenerateRequest, Generation, GenerationEvent,
    pipe::{FromWorker, ToWorker},
};
use outbox::Outbox;
use queue::{Job, Queue};

/// Events that wait for a reader. When it is full, text gathers in the outbox and arrives as one piece.
const GENERATION_CAPACITY: usize = 64;

/// How long a dropped desk waits for readers to take their last events.
const FAREWELL: Duration = Duration::from_millis(50);

/// Starts links. One desk has at most one link at a time.
pub(crate) trait Launcher: Send + 'static {
    type Link: Link;

    /// Finds out what is wrong before anything is started.
    fn check(&self) -> impl Future<Output = Result<(), EngineError>> + Send;

    /// Must not wait: what takes long happens before the link's `Ready`.
    fn launch(&self) -> Result<Self::Link, EngineError>;
}

/// A running worker, real or scripted.
pub(crate) trait Link: Send {
    /// The process, where there is one.
    fn process_id(&self) -> Option<u32>;

    /// Never waits. A message that a dying worker doesn't get is no error: `next` tells of the end.
    fn send(&mut self, message: ToWorker);

    /// The next message; `None` when the worker has ended. Cancelling loses nothing.
    fn next(&mut self) -> impl Future<Output = Option<FromWorker>> + Send;

    /// Ends it, waits until it is gone, and says what it ended of.
    fn end(self) -> impl Future<Output = String> + Send;
}

/// Where requests arrive. Dropping it ends the link and every generation.
#[derive(Debug)]
pub(crate) struct Desk {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Notify,
    closing: watch::Sender<bool>,
    status: watch::Sender<EngineStatus>,
    /// 0 where there is none.
    process_id: AtomicU32,
    /// Held, not read: its few events fit into the channel.
    warming: Mutex<Option<Generation>>,
}

impl Desk {
    /// `idle` is the status to begin with.
    pub(crate) fn open<L: Launcher>(idle: EngineStatus, launcher: L) -> Self {
        let name = format!("engine {}", idle.model);
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            arrived: Notify::new(),
            closing: watch::Sender::new(false),
            status: watch::Sender::new(idle),
            process_id: AtomicU32::new(0),
            warming: Mutex::default(),
        });
        let thread = std::thread::Builder::new()
            .name(name)
            .spawn({
                let shared = Arc::clone(&shared);
                move || run(shared, launcher)
            })
            .expect("the system can start one more thread");
        Self { shared, thread: Some(thread) }
    }

    pub(crate) fn generate(&self, request: GenerateRequest) -> Generation {
        let (generation, events, dropped) = Generation::channel(GENERATION_CAPACITY);
        let job = Job { request, events, dropped, arrived: Instant::now() };
        let refused = self.shared.queue().push(job);
        match refused {
            Ok(()) => self.shared.arrived.notify_one(),
            Err((job, error)) => {
                // The channel is empty, so its first event always fits.
                let _ = job.events.try_send(GenerationEvent::Failed(error));
            }
        }
        generation
    }

    /// Runs `request` for its side effects, unless the link is warm or getting warm.
    pub(crate) fn prewarm(&self, request: &GenerateRequest) {
        let cold =
            matches!(self.shared.status.borrow().state, EngineState::Idle | EngineState::Failed { .. });
        if !cold {
            return;
        }
        let generation = self.generate(request.clone());
        // It stops with the desk or when it's done; a failure is in the status.
        self.shared.warming.lock().unwrap_or_else(PoisonError::into_inner).replace(generation);
    }

    pub(crate) fn status(&self) -> watch::Receiver<EngineStatus> {
        self.shared.status.subscribe()
    }

    pub(crate) fn process_id(&self) -> Option<u32> {
        Some(self.shared.process_id.load(Ordering::Acquire)).filter(|&id| id != 0)
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        self.shared.closing.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic there was printed there; there is nobody left to tell.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn queue(&self) -> std::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self, state: EngineState) {
        self.status.send_if_modified(|status| {
            let changed = status.state != state;
            status.state = state;
            changed
        });
    }

    fn failed(&self, error: &EngineError) {
        self.state(EngineState::Failed {
            error: StageError { code: error.code().into(), message: error.to_string() },
        });
    }

    async fn closed(&self) {
        let mut closing = self.closing.subscribe();
        // The sender lives in `self`, so this only returns when it's true.
        let _ = closing.wait_for(|closing| *closing).await;
    }

    async fn next_job(&self) -> Job {
        loop {
            let job = self.queue().pop();
            match job {
                Some(job) => return job,
                None => self.arrived.notified().await,
            }
        }
    }
}

fn run<L: Launcher>(shared: Arc<Shared>, launcher: L) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs no more than the process has");
    runtime.block_on(async {
        let mut drive = Drive { shared, launcher, link: None, deliveries: JoinSet::new(), next_id: 0 };
        drive.serve().await;
        drive.say_goodbye().await;
    });
    // A check that is still reading a large file must not hold up whoever drops the engine.
    runtime.shutdown_background();
}

struct Drive<L: Launcher> {
    shared: Arc<Shared>,
    launcher: L,
    link: Option<L::Link>,
    deliveries: JoinSet<()>,
    next_id: u64,
}

/// How a generation left the link.
enum Left {
    Free,
    Dead,
    Closing,
}

impl<L: Launcher> Drive<L> {
    async fn serve(&mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            let job = tokio::select! {
                biased;
                () = shared.closed() => return,
                () = ended(&mut self.link) => {
                    self.bury().await;
                    continue;
                }
                job = shared.next_job() => job,
            };
            while self.deliveries.try_join_next().is_some() {}
            let (outbox, delivery) = Outbox::open(job.events);
            self.deliveries.spawn(delivery);
            if self.link.is_none() {
                let loaded = tokio::select! {
                    biased;
                    () = shared.closed() => Err(closed()),
                    loaded = self.load() => loaded,
                };
                if let Err(error) = loaded {
                    self.end_link().await;
                    shared.failed(&error);
                    outbox.end(GenerationEvent::Failed(error));
                    continue;
                }
                shared.state(EngineState::Ready);
            }
            if outbox.is_abandoned() {
                continue;
            }
            match self.generate(job.request, job.arrived, job.dropped, outbox).await {
                Left::Free => shared.state(EngineState::Ready),
                Left::Dead => {}
                Left::Closing => return,
            }
        }
    }

    /// Starts a link and waits for its model.
    async fn load(&mut self) -> Result<(), EngineError> {
        self.shared.state(EngineState::Loading);
        self.launcher.check().await?;
        let link = self.link.insert(self.launcher.launch()?);
        self.shared.process_id.store(link.process_id().unwrap_or(0), Ordering::Release);
        match link.next().await {
            Some(FromWorker::Ready { engine, device, threads, load_ms, notice }) => {
                tracing::info!(engine, device, threads, load_ms, "model loaded");
                if let Some(notice) = notice {
                    tracing::warn!("{notice}");
                }
                self.shared.status.send_modify(|status| {
                    status.engine = engine;
                    status.device = device;
                });
                Ok(())
            }
            Some(FromWorker::NotLoaded { error }) => Err(error),
            Some(_) | None => {
                let detail = self.end_link().await;
                Err(EngineError::WorkerDied { detail })
            }
        }
    }

    async fn generate(
        &mut self,
        request: GenerateRequest,
        arrived: Instant,
        mut dropped: tokio::sync::oneshot::Receiver<std::convert::Infallible>,
        outbox: Outbox,
    ) -> Left {
        let shared = Arc::clone(&self.shared);
        let link = self.link.as_mut().expect("the caller has loaded a link");
        self.next_id += 1;
        let current = self.next_id;
        let queue = arrived.elapsed();
        shared.state(EngineState::Generating);
        link.send(ToWorker::Generate { id: current, request });
        let mut stopping = false;
        loop {
            let message = tokio::select! {
                biased;
                () = shared.closed() => {
                    outbox.end(GenerationEvent::Failed(closed()));
                    return Left::Closing;
                }
                _ = &mut dropped, if !stopping => {
                    stopping = true;
                    shared.state(EngineState::Stopping);
                    link.send(ToWorker::Stop { id: current });
                    continue;
                }
                message = link.next() => message,
            };
            match message {
                Some(FromWorker::Started { id }) if id == current => outbox.started(),
                Some(FromWorker::Text { id, text }) if id == current => outbox.text(&text),
                Some(FromWorker::Done { id, mut usage }) if id == current => {
                    usage.queue = queue;
                    outbox.end(GenerationEvent::Done(usage));
                    return Left::Free;
                }
                Some(FromWorker::Stopped { id, computed_tokens }) if id == current => {
                    tracing::debug!(computed_tokens, "generation stopped");
                    return Left::Free;
                }
                Some(FromWorker::Failed { id, error }) if id == current => {
                    outbox.end(GenerationEvent::Failed(error));
                    return Left::Free;
                }
                // Of a generation that is over.
                Some(_) => {}
                None => {
                    let error = self.bury().await;
                    outbox.end(GenerationEvent::Failed(error));
                    return Left::Dead;
                }
            }
        }
    }

    /// The link ended without being asked to.
    async fn bury(&mut self) -> EngineError {
        let detail = self.end_link().await;
        let error = EngineError::WorkerDied { detail };
        self.shared.failed(&error);
        error
    }

    async fn end_link(&mut self) -> String {
        let detail = match self.link.take() {
            Some(link) => link.end().await,
            None => String::new(),
        };
        self.shared.process_id.store(0, Ordering::Release);
        detail
    }

    async fn say_goodbye(&mut self) {
        self.end_link().await;
        self.shared.state(EngineState::Idle);
        for job in self.shared.queue().drain() {
            let _ = job.events.try_send(GenerationEvent::Failed(closed()));
        }
        let all = async { while self.deliveries.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(FAREWELL, all).await;
    }
}

/// Resolves when an idle link's worker ends; what it says while idle belongs to nothing.
async fn ended<L: Link>(link: &mut Option<L>) {
    match link {
        Some(link) => while link.next().await.is_some() {},
        None => std::future::pending().await,
    }
}

fn closed() -> EngineError {
    EngineError::Failed { detail: "the engine was closed".into() }
}
