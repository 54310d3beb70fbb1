//! The store as everyone sees it: one handle for imported data and for the run history.
//!
//! Reads run on the caller's thread, each on its own connection; writes go through the writer's thread.
//! All of them block for as long as the disk takes: async code calls them on a blocking thread,
//! except those that say that they never block, and [`Store::notices`].

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use rusqlite::Connection;
use sextant_domain::{CacheTier, Catalog, HomeUsage, RunId, RunSummary, StageTiming};

use crate::StoreError;
use crate::alerts::{Baselines, Thresholds, Warned};
use crate::being_written;
use crate::connection::{self, Location};
use crate::export::RunWithStages;
use crate::live::Live;
use crate::message_writer::Unkept;
use crate::table::cache_event::CacheEventRow;
use crate::table::{
    CacheCount, CacheEvent, CatalogRow, HomeRow, RunRow, answer, cache_event, catalog, home, run, stage,
};
use crate::upkeep::Keeping;
use crate::writer::{Clock, HistoryWrite, Writer};

/// Connections that wait for the next read; more are opened when more reads overlap.
const IDLE_READERS: usize = 4;

/// What depends on time and place when a store is opened.
#[derive(Debug, Clone)]
pub struct StoreOptions {
    /// The time from which `keep_history` is counted back, and which names a damaged file.
    pub now: SystemTime,
    /// Older runs and cache events are deleted, by whole hours; their figures by the hour stay.
    pub keep_history: Duration,
    /// Older figures by the hour are deleted.
    pub keep_rollups: Duration,
    /// How often finished hours are rolled up and old ones deleted while the store is open.
    pub look_after_every: Duration,
    /// What [`Store::performance`] warns of.
    pub thresholds: Thresholds,
    /// The file doesn't grow beyond this; writes fail as on a full disk.
    pub size_limit_bytes: Option<u64>,
    /// How long to wait for another program's transaction; those of another Sextant take milliseconds.
    pub lock_timeout: Duration,
}

impl Default for StoreOptions {
    /// 30 days of history, a year of figures by the hour, and no limit but the disk's.
    fn default() -> Self {
        Self {
            now: SystemTime::now(),
            keep_history: Duration::from_hours(30 * 24),
            keep_rollups: Duration::from_hours(365 * 24),
            look_after_every: Duration::from_mins(10),
            thresholds: Thresholds::default(),
            size_limit_bytes: None,
            lock_timeout: Duration::from_secs(5),
        }
    }
}

/// A handle on the database; clones share it. The last one to be dropped waits for queued writes.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    location: Location,
    lock_timeout: Duration,
    notices: Vec<String>,
    idle_readers: Mutex<Vec<Connection>>,
    writer: Writer,
    live: Arc<Live>,
    thresholds: Thresholds,
    warned: Warned,
    baselines: Baselines,
    unkept: Arc<Unkept>,
}

impl Store {
    /// Opens the file, or makes it with its folders. A damaged file is kept beside it and a new one
    /// started, which [`Store::notices`] tells; one from a newer Sextant is refused and not touched.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &StoreOptions::default())
    }

    pub fn open_with(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        Self::open_at(Location::File(path.to_path_buf()), options)
    }

    /// An empty store that is gone when its last handle is.
    pub fn open_in_memory() -> Result<Self, StoreError> {
        Self::open_in_memory_with(&StoreOptions::default())
    }

    pub fn open_in_memory_with(options: &StoreOptions) -> Result<Self, StoreError> {
        Self::open_at(Location::memory(), options)
    }

    fn open_at(location: Location, options: &StoreOptions) -> Result<Self, StoreError> {
        let (mut connection, mut notices) = connection::open_writer(&location, options)?;
        if let Some(bytes) = options.size_limit_bytes {
            connection::limit_size(&connection, bytes)
                .map_err(|error| StoreError::from_sqlite(location.path(), error))?;
        }
        if let Err(error) = being_written::settle(&mut connection, location.file()) {
            let reason = StoreError::from_sqlite(location.path(), error);
            notices.push(format!(
                "What was deleted or interrupted the last time could not be put in order: {reason}. \
                 Sextant tries again when it next starts."
            ));
        }
        let keeping = Keeping {
            history: options.keep_history,
            rollups: options.keep_rollups,
            every: options.look_after_every,
        };
        let live = Arc::new(Live::default());
        let path = location.path().to_path_buf();
        let writer =
            Writer::start(connection, path, Clock::showing(options.now), keeping, Arc::clone(&live))?;
        let shared = Shared {
            location,
            lock_timeout: options.lock_timeout,
            notices,
            idle_readers: Mutex::default(),
            writer,
            live,
            thresholds: options.thresholds.clone(),
            warned: Warned::default(),
            baselines: Baselines::default(),
            unkept: Arc::default(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// What the person should know about the database, in sentences; all since it was opened.
    pub fn notices(&self) -> Vec<String> {
        let mut notices = self.shared.notices.clone();
        notices.extend(self.shared.writer.notices());
        notices.extend(self.shared.unkept.notice());
        notices
    }

    /// Where the file is; `:memory:` where there is none.
    pub fn path(&self) -> PathBuf {
        self.shared.location.path().to_path_buf()
    }

    /// Keeps a plan list, all or nothing; its id, which is its hash. The same list replaces itself.
    pub fn put_catalog(&self, pack: &str, catalog: &Catalog, now: SystemTime) -> Result<String, StoreError> {
        let id = catalog.hash.clone();
        let (pack, catalog) = (pack.to_owned(), catalog.clone());
        self.write(move |transaction| catalog::put(transaction, &pack, &catalog, now))?;
        Ok(id)
    }

    /// A pack's plan lists, the last imported one first.
    pub fn catalogs(&self, pack: &str) -> Result<Vec<CatalogRow>, StoreError> {
        self.read(|connection| catalog::list(connection, pack))
    }

    pub fn catalog(&self, id: &str) -> Result<Option<Catalog>, StoreError> {
        self.read(|connection| catalog::get(connection, id))
    }

    /// Keeps a home; its id. The same home of the same source replaces the earlier one under its id.
    pub fn put_home(&self, source: &str, usage: &HomeUsage, now: SystemTime) -> Result<String, StoreError> {
        let (source, usage) = (source.to_owned(), usage.clone());
        self.write(move |transaction| home::put(transaction, &source, &usage, now))
    }

    /// In the order in which they were first imported.
    pub fn homes(&self) -> Result<Vec<HomeRow>, StoreError> {
        self.read(home::list)
    }

    /// Runs that started in the window, newest first.
    pub fn runs(&self, since: Option<SystemTime>) -> Result<Vec<RunRow>, StoreError> {
        self.read(|connection| run::list(connection, since))
    }

    /// One run with its stages in the order in which they started.
    pub fn run(&self, id: RunId) -> Result<Option<(RunRow, Vec<StageTiming>)>, StoreError> {
        self.read(|connection| {
            let Some((row, number)) = run::get(connection, id)? else {
                return Ok(None);
            };
            Ok(Some((row, stage::of_run(connection, number)?)))
        })
    }

    /// Hands on every run that started in the window, the oldest first, with its stages: the whole
    /// history needn't fit into memory. It all is one state of the database; a failure ends it.
    pub fn each_run<E>(
        &self,
        since: Option<SystemTime>,
        mut visit: impl FnMut(&RunWithStages) -> Result<(), E>,
    ) -> Result<Result<(), E>, StoreError> {
        self.read(|connection| {
            for number in run::numbers(connection, since)? {
                let Some(row) = run::by_number(connection, number)? else {
                    continue;
                };
                if let Err(error) = visit(&(row, stage::of_run(connection, number)?)) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })
    }

    /// All stages of the runs that started in the window, oldest first, with the name that their
    /// samples are pooled by (`narrative` for `narrative_2`). Those with an error are among them.
    pub fn stage_samples(&self, since: Option<SystemTime>) -> Result<Vec<(String, StageTiming)>, StoreError> {
        self.read(|connection| stage::samples(connection, since))
    }

    /// What the caches did in the window; tiers without events are left out.
    pub fn cache_counts(&self, since: Option<SystemTime>) -> Result<Vec<CacheCount>, StoreError> {
        self.read(|connection| cache_event::counts(connection, since))
    }

    /// A kept answer and how long it has been kept, if that is at most `time_to_live`. Its use is noted.
    pub fn answer(
        &self,
        tier: CacheTier,
        key: &str,
        time_to_live: Duration,
        now: SystemTime,
    ) -> Result<Option<(String, Duration)>, StoreError> {
        let found = self.read(|connection| answer::get(connection, tier, key, time_to_live, now))?;
        if found.is_some() {
            let key = key.to_owned();
            self.shared.writer.spare(move |transaction| answer::touch(transaction, tier, &key, now));
        }
        Ok(found)
    }

    /// Keeps an answer for `time_to_live`, within its tier's bound; those of the tier that are older go.
    /// Never blocks: when the writer is far behind or the disk is full, the answer is not kept.
    pub fn put_answer(
        &self,
        tier: CacheTier,
        key: &str,
        body: String,
        time_to_live: Duration,
        now: SystemTime,
    ) {
        let key = key.to_owned();
        self.shared.writer.spare(move |transaction| {
            let evicted = answer::put(transaction, tier, &key, &body, time_to_live, now)?;
            let row = CacheEventRow { at: now, run: None, tier, event: CacheEvent::Evicted };
            (0..evicted).try_for_each(|_| cache_event::insert(transaction, &row))
        });
    }

    /// Never blocks. When the writer is far behind, the event is dropped and counted.
    pub fn record_cache_event(
        &self,
        run: Option<RunId>,
        tier: CacheTier,
        event: CacheEvent,
        now: SystemTime,
    ) {
        self.record(HistoryWrite::Cache(CacheEventRow { at: now, run, tier, event }));
    }

    /// Waits until everything that was queued before is committed. It survives the end of the process;
    /// a power cut may take the last moments (`synchronous = NORMAL`).
    pub fn flush(&self) {
        self.shared.writer.flush();
    }

    /// The runs that are under way, the newest first, with their stages in the order in which they
    /// started; those that haven't ended have the time so far. Never blocks.
    pub fn live(&self) -> Vec<(RunSummary, Vec<StageTiming>)> {
        self.shared.live.runs()
    }

    /// A number that grows with every run or stage that starts or ends and with everything of the history
    /// that is stored. Never blocks.
    pub fn version(&self) -> u64 {
        self.shared.live.version()
    }

    /// Waits until [`Store::version`] isn't `seen` any more, at most for `timeout`; the version then.
    pub fn wait_for_change(&self, seen: u64, timeout: Duration) -> u64 {
        self.shared.live.wait(seen, timeout)
    }

    /// `None` for one in memory.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        self.shared.location.file().map(Path::to_path_buf)
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.shared.writer
    }

    pub(crate) fn unkept(&self) -> &Arc<Unkept> {
        &self.shared.unkept
    }

    pub(crate) fn live_runs(&self) -> &Live {
        &self.shared.live
    }

    pub(crate) fn thresholds(&self) -> &Thresholds {
        &self.shared.thresholds
    }

    pub(crate) fn baselines(&self) -> &Baselines {
        &self.shared.baselines
    }

    pub(crate) fn warned(&self) -> &Warned {
        &self.shared.warned
    }

    pub(crate) fn record(&self, write: HistoryWrite) {
        if !self.shared.writer.record(write) {
            // Nobody will tell of its being stored.
            self.shared.live.changed();
        }
    }

    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.shared.writer.write(work)?.map_err(|error| self.error(error))
    }

    /// In one transaction, so that several queries see one state.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let idle = self.lock_readers().pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => connection::open_reader(&self.shared.location, self.shared.lock_timeout)
                .map_err(|error| self.error(error))?,
        };
        let result = reader.transaction().and_then(|snapshot| work(&snapshot));
        let mut idle = self.lock_readers();
        if idle.len() < IDLE_READERS {
            idle.push(reader);
        }
        drop(idle);
        result.map_err(|error| self.error(error))
    }

    fn lock_readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.shared.idle_readers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn error(&self, error: rusqlite::Error) -> StoreError {
        StoreError::from_sqlite(self.shared.location.path(), error)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.shared.location.path()).finish()
    }
}
