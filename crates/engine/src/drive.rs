//! What every engine of ours has in common: the queue, the order, the states, the streams.
//!
//! A [`Desk`] takes requests on any thread; its own thread drives one [`Link`] (a process, a script)
//! through as many generations at a time as the link says that it can. That thread has a small runtime of its own, so a caller needs
//! none, a busy or blocked caller's runtime can't stall the pipe, and dropping the desk joins the
//! thread: when the drop returns, the link has ended.
//! Nothing here knows what is at the other end of a link.

mod outbox;
mod queue;

use std::{
    collections::BTreeMap,
    convert::Infallible,
    future::poll_fn,
    pin::Pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    task::Poll,
    thread::JoinHandle,
    time::{Duration, Instant},
};

use sextant_domain::{EngineState, EngineStatus, StageError};
use tokio::{
    sync::{Notify, oneshot, watch},
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
        let mut drive = Drive {
            shared,
            launcher,
            link: None,
            parallel: 1,
            active: BTreeMap::new(),
            deliveries: JoinSet::new(),
            next_id: 0,
            loaded: None,
        };
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
    /// How many generations the link takes at a time.
    parallel: usize,
    /// By their ids, those that the link has.
    active: BTreeMap<u64, Active>,
    deliveries: JoinSet<()>,
    next_id: u64,
    /// When the model was loaded last: from when to when.
    loaded: Option<(Instant, Instant)>,
}

/// A generation that the link has taken.
struct Active {
    outbox: Outbox,
    dropped: oneshot::Receiver<Infallible>,
    /// How long it waited here for the model to load.
    load: Duration,
    /// How long it waited here for other generations.
    queue: Duration,
    is_stopping: bool,
}

impl<L: Launcher> Drive<L> {
    async fn serve(&mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            let has_room = self.active.is_empty() || self.active.len() < self.parallel;
            tokio::select! {
                biased;
                () = shared.closed() => break,
                message = heard(&mut self.link) => match message {
                    Some(message) => self.take(message),
                    None => {
                        self.bury().await;
                    }
                },
                id = first_dropped(&mut self.active) => self.stop(id),
                job = shared.next_job(), if has_room => self.begin(job).await,
            }
        }
        for (_, active) in std::mem::take(&mut self.active) {
            active.outbox.end(GenerationEvent::Failed(closed()));
        }
    }

    /// Hands a request to the link, which is started first where there is none.
    async fn begin(&mut self, job: Job) {
        while self.deliveries.try_join_next().is_some() {}
        let (outbox, delivery) = Outbox::open(job.events);
        self.deliveries.spawn(delivery);
        if self.link.is_none() {
            let shared = Arc::clone(&self.shared);
            let begun = Instant::now();
            let loaded = tokio::select! {
                biased;
                () = shared.closed() => Err(closed()),
                loaded = self.load() => loaded,
            };
            self.loaded = Some((begun, Instant::now()));
            if let Err(error) = loaded {
                self.end_link().await;
                shared.failed(&error);
                outbox.end(GenerationEvent::Failed(error));
                return;
            }
        }
        if !outbox.is_abandoned() {
            self.next_id += 1;
            let link = self.link.as_mut().expect("it was loaded above");
            link.send(ToWorker::Generate { id: self.next_id, request: job.request });
            let load = self.loading_since(job.arrived);
            let queue = job.arrived.elapsed().saturating_sub(load);
            let active = Active { outbox, dropped: job.dropped, load, queue, is_stopping: false };
            self.active.insert(self.next_id, active);
        }
        self.show_state();
    }

    /// How much of the last load came after `arrived`: a request that arrives meanwhile waits for it too.
    fn loading_since(&self, arrived: Instant) -> Duration {
        self.loaded
            .map_or(Duration::ZERO, |(begun, ended)| ended.saturating_duration_since(begun.max(arrived)))
    }

    /// Nobody wants this one any more.
    fn stop(&mut self, id: u64) {
        if let Some(active) = self.active.get_mut(&id) {
            active.is_stopping = true;
        }
        if let Some(link) = &mut self.link {
            link.send(ToWorker::Stop { id });
        }
        self.show_state();
    }

    /// What the link says; of generations that are over, nothing is wanted.
    fn take(&mut self, message: FromWorker) {
        match message {
            FromWorker::Started { id } => {
                if let Some(active) = self.active.get(&id) {
                    active.outbox.started();
                }
            }
            FromWorker::Text { id, text } => {
                if let Some(active) = self.active.get(&id) {
                    active.outbox.text(&text);
                }
            }
            FromWorker::Done { id, mut usage } => {
                if let Some(active) = self.active.remove(&id) {
                    usage.load += active.load;
                    usage.queue += active.queue;
                    active.outbox.end(GenerationEvent::Done(usage));
                }
            }
            FromWorker::Stopped { id, computed_tokens } => {
                tracing::debug!(computed_tokens, "generation stopped");
                self.active.remove(&id);
            }
            FromWorker::Failed { id, error } => {
                if let Some(active) = self.active.remove(&id) {
                    active.outbox.end(GenerationEvent::Failed(error));
                }
            }
            FromWorker::Ready { .. } | FromWorker::NotLoaded { .. } | FromWorker::Embedded { .. } => {}
        }
        self.show_state();
    }

    fn show_state(&self) {
        self.shared.state(if self.active.is_empty() {
            EngineState::Ready
        } else if self.active.values().all(|active| active.is_stopping) {
            EngineState::Stopping
        } else {
            EngineState::Generating
        });
    }

    /// Starts a link and waits for its model.
    async fn load(&mut self) -> Result<(), EngineError> {
        self.shared.state(EngineState::Loading);
        self.launcher.check().await?;
        let link = self.link.insert(self.launcher.launch()?);
        self.shared.process_id.store(link.process_id().unwrap_or(0), Ordering::Release);
        match link.next().await {
            Some(FromWorker::Ready { engine, device, threads, parallel, load_ms, notice }) => {
                self.parallel = parallel as usize;
                tracing::info!(engine, device, threads, load_ms, "model loaded");
                if let Some(notice) = notice {
                    tracing::warn!("{notice}");
                }
                self.shared.status.send_modify(|status| {
                    status.engine = engine;
                    status.device = device;
                    status.threads = threads;
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

    /// The link ended without being asked to.
    async fn bury(&mut self) {
        let detail = self.end_link().await;
        let error = EngineError::WorkerDied { detail };
        self.shared.failed(&error);
        for (_, active) in std::mem::take(&mut self.active) {
            active.outbox.end(GenerationEvent::Failed(error.clone()));
        }
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

/// The link's next message; `None` when it has ended. Never, where there is no link.
async fn heard<L: Link>(link: &mut Option<L>) -> Option<FromWorker> {
    match link {
        Some(link) => link.next().await,
        None => std::future::pending().await,
    }
}

/// The first generation that nobody wants any more and that hasn't been stopped for it.
async fn first_dropped(active: &mut BTreeMap<u64, Active>) -> u64 {
    poll_fn(|context| {
        for (id, active) in active.iter_mut().filter(|(_, active)| !active.is_stopping) {
            if Pin::new(&mut active.dropped).poll(context).is_ready() {
                return Poll::Ready(*id);
            }
        }
        Poll::Pending
    })
    .await
}

fn closed() -> EngineError {
    EngineError::Failed { detail: "the engine was closed".into() }
}
