//! Texts as vectors, by all-MiniLM-L6-v2 in a worker process.
//!
//! A thread of its own, with a small runtime, drives the worker, as a desk does for generations; so no
//! function here needs a tokio runtime around it. The worker gets a few short texts or one long one at a
//! time (`queue.rs`), which is what lets a question go before the rest of a long import and a dropped
//! future stop its work. Whoever makes the pieces larger makes questions wait.

mod queue;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use tokio::sync::{Notify, oneshot, watch};

use crate::{
    EmbeddingFiles, EngineError, Priority, ProcessUse, WorkerCommand,
    drive::Link as _,
    pipe::{FromWorker, ToWorker},
    process_use,
    worker_engine::process::WorkerProcess,
};
use queue::{Job, Queue};

/// The vectors of some texts and what they took; the two times add up to the time of the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    /// One for each text, in their order: [`Embedder::DIMENSION`] finite numbers, of length 1.
    pub vectors: Vec<Vec<f32>>,
    /// Computing, the way to the worker and back included.
    pub took: Duration,
    /// Waiting for the model to load and for other texts.
    pub queue: Duration,
}

/// The model behind one worker process. The process is started by the first call or by
/// [`Self::prewarm`], again after it died, and is gone when the last clone of this is dropped.
///
/// Dropping the last one waits for the process to be reaped, some milliseconds.
#[derive(Debug, Clone)]
pub struct Embedder(Arc<Owner>);

#[derive(Debug)]
struct Owner {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    arrived: Notify,
    closing: watch::Sender<bool>,
    /// 0 where there is none.
    process_id: AtomicU32,
}

impl Embedder {
    /// Kept with every vector: those of different models can't be compared.
    pub const MODEL_ID: &str = "all-minilm-l6-v2";
    pub const DIMENSION: usize = 384;

    /// `program` is the executable `sextant-worker`.
    #[must_use]
    pub fn new(program: PathBuf, files: EmbeddingFiles) -> Self {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            arrived: Notify::new(),
            closing: watch::Sender::new(false),
            process_id: AtomicU32::new(0),
        });
        let command = WorkerCommand::for_embedding(program, files.folder());
        let drive = Drive { shared: Arc::clone(&shared), command, files, link: None, threads: 1, next_id: 0 };
        let thread = std::thread::Builder::new()
            .name(format!("engine {}", Self::MODEL_ID))
            .spawn(move || run(drive))
            .expect("the system can start one more thread");
        Self(Arc::new(Owner { shared, thread: Some(thread) }))
    }

    /// Embeds texts for comparison by cosine, which is the product of their vectors.
    ///
    /// A text may be empty, long or anything else that is Unicode; it is data, so the names of the
    /// model's control tokens mean nothing in it. Of a long one the first 256 word pieces are read, as
    /// its [card](https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2) says, and nothing
    /// after 16 KiB. A text's vector is the same whatever it's embedded with. The more urgent call goes
    /// first, between texts.
    /// Dropping the future stops the work after the texts that the worker has.
    pub async fn embed(&self, texts: Vec<String>, priority: Priority) -> Result<Embedded, EngineError> {
        if texts.is_empty() {
            return Ok(Embedded { vectors: Vec::new(), took: Duration::ZERO, queue: Duration::ZERO });
        }
        let (reply, answer) = oneshot::channel();
        self.0.shared.queue().push(Job::new(texts, priority, Some(reply)))?;
        self.0.shared.arrived.notify_one();
        answer.await.unwrap_or_else(|_| Err(EngineError::Failed { detail: "the engine was closed".into() }))
    }

    /// Loads the model, unless it is loaded. Returns at once; a failure is told to the next call.
    pub fn prewarm(&self) {
        if self.worker_pid().is_some() {
            return;
        }
        let job = Job::new(vec![WARMING_TEXT.into()], Priority::Background, None);
        // A full queue will load it as well.
        let _ = self.0.shared.queue().push(job);
        self.0.shared.arrived.notify_one();
    }

    /// The worker process, while there is one.
    pub fn worker_pid(&self) -> Option<u32> {
        Some(self.0.shared.process_id.load(Ordering::Acquire)).filter(|&id| id != 0)
    }

    /// What the worker process has cost so far; `None` where there is none or nobody tells.
    pub fn process_use(&self) -> Option<ProcessUse> {
        process_use::of(self.worker_pid()?)
    }
}

/// As long as a usual question; nobody reads its vector.
const WARMING_TEXT: &str = "Which of these would suit a small household best, and why?";

impl Drop for Owner {
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

fn run(mut drive: Drive) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs no more than the process has");
    runtime.block_on(async {
        let shared = Arc::clone(&drive.shared);
        tokio::select! {
            biased;
            () = shared.closed() => {}
            () = drive.serve() => {}
        }
        drive.end_link().await;
    });
    // A file that is still being read must not hold up whoever drops the last handle.
    runtime.shutdown_background();
}

struct Drive {
    shared: Arc<Shared>,
    command: WorkerCommand,
    files: EmbeddingFiles,
    link: Option<WorkerProcess>,
    /// How many texts it computes at the same time.
    threads: usize,
    next_id: u64,
}

impl Drive {
    /// Works until it is dropped.
    async fn serve(&mut self) {
        let shared = Arc::clone(&self.shared);
        loop {
            tokio::select! {
                biased;
                // It owes nothing now, so all that it can tell is its end.
                () = ended(&mut self.link) => {
                    let detail = self.end_link().await;
                    tracing::warn!(detail, "the embedding worker ended while idle");
                }
                mut job = shared.next_job() => match self.advance(&mut job).await {
                    Ok(()) if job.is_done() => job.finish(),
                    Ok(()) => shared.queue().put_back(job),
                    Err(error) => job.fail(error),
                },
            }
        }
    }

    /// Embeds the next of a job's texts, on a worker that is started where there is none.
    async fn advance(&mut self, job: &mut Job) -> Result<(), EngineError> {
        if self.link.is_none()
            && let Err(error) = self.load().await
        {
            self.end_link().await;
            return Err(error);
        }
        let link = self.link.as_mut().expect("it was loaded above");
        let begun = Instant::now();
        let texts = job.next_texts(self.threads);
        let count = texts.len();
        self.next_id += 1;
        link.send(ToWorker::Embed { id: self.next_id, texts });
        match link.next().await {
            Some(FromWorker::Embedded { id, vectors }) if id == self.next_id => {
                let vectors = vectors.unpack(count, Embedder::DIMENSION).ok_or_else(|| {
                    EngineError::Failed { detail: format!("it didn't answer with {count} vectors") }
                })?;
                job.take(vectors, begun.elapsed());
                Ok(())
            }
            Some(FromWorker::Failed { id, error }) if id == self.next_id => Err(error),
            // Another message would be a bug of ours; a new worker gets over it.
            Some(_) | None => Err(EngineError::WorkerDied { detail: self.end_link().await }),
        }
    }

    /// Starts a worker and waits for its model.
    async fn load(&mut self) -> Result<(), EngineError> {
        let files = self.files.clone();
        let checked = tokio::task::spawn_blocking(move || files.verify()).await;
        checked.unwrap_or_else(|panic| {
            Err(EngineError::Failed { detail: format!("checking the model file failed: {panic}") })
        })?;
        let link = self.link.insert(WorkerProcess::start(&self.command)?);
        self.shared.process_id.store(link.process_id().unwrap_or(0), Ordering::Release);
        match link.next().await {
            Some(FromWorker::Ready { engine, device, threads, load_ms, .. }) => {
                tracing::info!(engine, device, threads, load_ms, "embedding model loaded");
                self.threads = threads.max(1) as usize;
                Ok(())
            }
            Some(FromWorker::NotLoaded { error }) => Err(error),
            Some(_) | None => Err(EngineError::WorkerDied { detail: self.end_link().await }),
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
}

/// Never, where there is no link.
async fn ended(link: &mut Option<WorkerProcess>) {
    match link {
        Some(link) => while link.next().await.is_some() {},
        None => std::future::pending().await,
    }
}
