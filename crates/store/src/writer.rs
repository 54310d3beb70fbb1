//! The one thread that writes.
//!
//! Writes arrive over one bounded channel and are done in their order, the history's in batches. What a
//! person imports waits for its turn and gets an answer; the history is dropped and counted instead of
//! making a run wait. A history write that fails ends the history until the next start, nothing else.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};
use sextant_domain::{RunId, StageTiming};

use crate::StoreError;
use crate::live::Live;
use crate::rolling;
use crate::table::RunRow;
use crate::table::cache_event::CacheEventRow;
use crate::upkeep::{Keeping, Upkeep};

/// When the channel is full, history is dropped and counted, and a person's write waits. At the measured
/// rate of the writer this is some tens of milliseconds of work.
const QUEUED_WRITES: usize = 4096;

/// Of history writes in one transaction.
const BATCH: usize = 512;

#[derive(Debug)]
pub(crate) enum HistoryWrite {
    /// A run and those of its stages that had finished when it did, with their positions.
    Run {
        row: Box<RunRow>,
        stages: Vec<(u32, StageTiming)>,
    },
    /// A stage that outlived its run.
    LateStage {
        run: RunId,
        position: u32,
        stage: StageTiming,
    },
    Cache(CacheEventRow),
}

type PersonWrite = Box<dyn FnOnce(&mut Connection) + Send>;

enum Write {
    History(HistoryWrite),
    Person(PersonWrite),
    /// Not before this time; but before a flush, or the end.
    Later(Instant, PersonWrite),
    Flush(SyncSender<()>),
}

/// The machine's clock, as far off as the one that the store was opened with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    ahead: Duration,
    behind: Duration,
}

impl Clock {
    pub(crate) fn showing(now: SystemTime) -> Self {
        let machine = SystemTime::now();
        Self {
            ahead: now.duration_since(machine).unwrap_or_default(),
            behind: machine.duration_since(now).unwrap_or_default(),
        }
    }

    pub(crate) fn now(self) -> SystemTime {
        let machine = SystemTime::now();
        machine.checked_add(self.ahead).and_then(|time| time.checked_sub(self.behind)).unwrap_or(machine)
    }
}

/// The writer's near end. Dropping it does what is queued and ends the thread.
pub(crate) struct Writer {
    /// `None` only while dropping.
    queue: Option<SyncSender<Write>>,
    thread: Option<JoinHandle<()>>,
    history: Arc<HistoryState>,
}

#[derive(Default)]
struct HistoryState {
    dropped: AtomicU64,
    /// Why nothing more is kept.
    stopped: Mutex<Option<String>>,
}

impl Writer {
    /// Waits for writes, and looks after the history whenever there are none.
    pub(crate) fn start(
        connection: Connection,
        path: PathBuf,
        clock: Clock,
        keeping: Keeping,
        live: Arc<Live>,
    ) -> Result<Self, StoreError> {
        let (queue, writes) = sync_channel(QUEUED_WRITES);
        let history = Arc::new(HistoryState::default());
        let thread = Thread {
            connection,
            path: path.clone(),
            history: Arc::clone(&history),
            clock,
            keeping,
            upkeep: Upkeep::Looking,
            live,
            later: Vec::new(),
        };
        let thread = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || thread.run(&writes))
            .map_err(|error| StoreError::NotOpened { path, detail: error.to_string() })?;
        Ok(Self { queue: Some(queue), thread: Some(thread), history })
    }

    /// Whether it is queued; otherwise it is dropped and counted. Never blocks.
    pub(crate) fn record(&self, write: HistoryWrite) -> bool {
        if !self.history.is_stopped() {
            match self.queue().try_send(Write::History(write)) {
                Ok(()) => return true,
                Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
            }
        }
        self.history.count_dropped(1);
        false
    }

    /// Runs `work` in a transaction of its own, and waits for it. Nothing of it stays when it fails.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Transaction) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<rusqlite::Result<T>, StoreError> {
        let (reply, answer) = sync_channel(1);
        let write = Write::Person(Box::new(move |connection| {
            // Nobody listens any more: the write stands nevertheless.
            let _ = reply.send(in_transaction(connection, work));
        }));
        self.queue().send(write).map_err(|_| StoreError::WriterEnded)?;
        answer.recv().map_err(|_| StoreError::WriterEnded)
    }

    /// Runs `work` in a transaction of its own some time, if there is room in the queue. Nobody waits for
    /// it, and nothing is lost when it fails: it is for caches.
    pub(crate) fn spare(&self, work: impl FnOnce(&Transaction) -> rusqlite::Result<()> + Send + 'static) {
        self.try_write(move |connection| {
            let _ = in_transaction(connection, work);
        });
    }

    /// Whether there is room in the queue for `work`, which sees to its transaction and to what goes wrong.
    /// Never blocks. It must not hold a [`crate::Store`]: the thread can't wait for its own end.
    pub(crate) fn try_write(&self, work: impl FnOnce(&mut Connection) + Send + 'static) -> bool {
        self.queue().try_send(Write::Person(Box::new(work))).is_ok()
    }

    /// The same, but not before `due`, unless somebody flushes or the store is closed.
    pub(crate) fn try_write_at(
        &self,
        due: Instant,
        work: impl FnOnce(&mut Connection) + Send + 'static,
    ) -> bool {
        self.queue().try_send(Write::Later(due, Box::new(work))).is_ok()
    }

    /// Waits until everything queued before is committed.
    pub(crate) fn flush(&self) {
        let (reply, done) = sync_channel(1);
        if self.queue().send(Write::Flush(reply)).is_ok() {
            // A writer that has ended has nothing left to write.
            let _ = done.recv();
        }
    }

    pub(crate) fn notices(&self) -> Vec<String> {
        let mut notices = Vec::new();
        if let Some(reason) = &*self.history.lock_stopped() {
            notices.push(format!(
                "The run history has stopped: {reason}. Everything else goes on; \
                 the history starts again when Sextant does."
            ));
        }
        let dropped = self.history.dropped.load(Ordering::Relaxed);
        if dropped > 0 {
            notices.push(format!(
                "{dropped} entries are missing from the run history, because they could not be written in time."
            ));
        }
        notices
    }

    fn queue(&self) -> &SyncSender<Write> {
        self.queue.as_ref().expect("the queue is there until the writer is dropped")
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A panic in there has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

impl HistoryState {
    fn is_stopped(&self) -> bool {
        self.lock_stopped().is_some()
    }

    fn count_dropped(&self, writes: usize) {
        self.dropped.fetch_add(writes as u64, Ordering::Relaxed);
    }

    fn lock_stopped(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The far end.
struct Thread {
    connection: Connection,
    path: PathBuf,
    history: Arc<HistoryState>,
    clock: Clock,
    keeping: Keeping,
    upkeep: Upkeep,
    live: Arc<Live>,
    /// Writes whose time hasn't come.
    later: Vec<(Instant, PersonWrite)>,
}

impl Thread {
    fn run(mut self, writes: &Receiver<Write>) {
        loop {
            match writes.recv_timeout(self.upkeep_idle().min(self.later_idle())) {
                Ok(first) => self.take(first, writes),
                // Only while nobody waits.
                Err(RecvTimeoutError::Timeout) if self.upkeep_idle().is_zero() => self.look_after_history(),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return self.do_later(None),
            }
            self.do_later(Some(Instant::now()));
        }
    }

    fn upkeep_idle(&self) -> Duration {
        if self.history.is_stopped() { Duration::MAX } else { self.upkeep.idle() }
    }

    fn later_idle(&self) -> Duration {
        let next = self.later.iter().map(|(due, _)| *due).min();
        next.map_or(Duration::MAX, |due| due.saturating_duration_since(Instant::now()))
    }

    /// Those that are due at this time; all where there is none.
    fn do_later(&mut self, now: Option<Instant>) {
        let is_due = |(due, _): &mut (Instant, PersonWrite)| now.is_none_or(|now| *due <= now);
        for (_, write) in self.later.extract_if(.., is_due) {
            write(&mut self.connection);
        }
    }

    fn look_after_history(&mut self) {
        let stepped = self.upkeep.step(&mut self.connection, &self.keeping, self.clock.now());
        if let Err(error) = stepped {
            self.upkeep = Upkeep::wait(&self.keeping);
            let busy = matches!(
                error.sqlite_error_code(),
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked)
            );
            // Another Sextant is at it, or this one will be next time.
            if !busy {
                self.stop_history(error);
            }
        }
    }

    /// Does one write and all that have queued up behind it.
    fn take(&mut self, first: Write, writes: &Receiver<Write>) {
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(write) = next {
            match write {
                Write::History(write) => batch.push(write),
                Write::Person(write) => {
                    self.commit(&mut batch);
                    write(&mut self.connection);
                }
                Write::Later(due, write) => self.later.push((due, write)),
                Write::Flush(reply) => {
                    self.commit(&mut batch);
                    self.do_later(None);
                    // Who asked may have gone.
                    let _ = reply.send(());
                }
            }
            if batch.len() >= BATCH {
                self.commit(&mut batch);
                self.do_later(Some(Instant::now()));
            }
            next = writes.try_recv().ok();
        }
        self.commit(&mut batch);
    }

    fn commit(&mut self, batch: &mut Vec<HistoryWrite>) {
        if batch.is_empty() {
            return;
        }
        let count = batch.len();
        if self.history.is_stopped() {
            batch.clear();
            self.history.count_dropped(count);
            self.live.changed();
            return;
        }
        let result = in_transaction(&mut self.connection, |transaction| {
            batch.drain(..).try_for_each(|write| insert(transaction, &write))
        });
        batch.clear();
        if let Err(error) = result {
            self.history.count_dropped(count);
            self.stop_history(error);
        }
        self.live.changed();
    }

    fn stop_history(&self, error: rusqlite::Error) {
        let reason = StoreError::from_sqlite(&self.path, error).to_string();
        self.history.lock_stopped().get_or_insert(reason);
    }
}

fn insert(transaction: &Transaction, write: &HistoryWrite) -> rusqlite::Result<()> {
    match write {
        HistoryWrite::Run { row, stages } => rolling::insert_run(transaction, row, stages),
        HistoryWrite::LateStage { run, position, stage } => {
            rolling::insert_late_stage(transaction, *run, *position, stage)
        }
        HistoryWrite::Cache(row) => rolling::insert_cache_event(transaction, row),
    }
}

/// Takes the write lock at the start: one taken later could not wait for another process.
pub(crate) fn in_transaction<T>(
    connection: &mut Connection,
    work: impl FnOnce(&Transaction) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let value = work(&transaction)?;
    transaction.commit()?;
    Ok(value)
}
