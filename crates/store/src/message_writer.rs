//! A message on its way into the database while it is being written.
//!
//! What arrives is gathered and stored four times a second, piece by piece, by the writer's thread; whoever
//! writes never waits for the disk. A process that is killed loses what arrived in the last quarter of a
//! second, and [`crate::Store::conversation`] shows what has been stored at any time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction};
use sextant_domain::{ChatAnswer, ChatMessage, ConversationId, MessageState};

use crate::being_written::Mark;
use crate::table::message_part;
use crate::writer::in_transaction;
use crate::{Store, StoreError, conversations};

/// Between two pieces.
const INTERVAL: Duration = Duration::from_millis(250);

/// The near end of a message that is being written. Dropped without being finished, it leaves the message
/// as it is, and the next opening of the database finds it interrupted.
#[must_use]
#[derive(Debug)]
pub struct MessageWriter {
    store: Store,
    conversation: ConversationId,
    message: ChatMessage,
    progress: Arc<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    pending: Mutex<Pending>,
    mark: Mutex<Option<Mark>>,
}

/// What has arrived and isn't stored yet.
#[derive(Debug, Default)]
struct Pending {
    /// Whether `text` takes the place of what is stored.
    replaces: bool,
    text: String,
    /// Whether the writer's thread will look at it.
    awaited: bool,
}

/// Answers that couldn't be kept, for the person.
#[derive(Debug, Default)]
pub(crate) struct Unkept(Mutex<Option<(u32, String)>>);

impl MessageWriter {
    pub(crate) fn begin(store: &Store, conversation: ConversationId, message: &ChatMessage) -> Self {
        let message = ChatMessage { state: MessageState::Writing, ..message.clone() };
        let progress = Arc::new(Progress::default());
        let (begun, far_progress, database) = (message.clone(), Arc::clone(&progress), store.file());
        // Where it fails, finishing makes up for it.
        store.writer().spare(move |transaction| {
            let mark = database.and_then(|database| Mark::set(&database, begun.id));
            *lock(&far_progress.mark) = mark;
            conversations::put_message(transaction, conversation, &begun)
        });
        Self { store: store.clone(), conversation, message, progress }
    }

    /// Adds to the text. Never blocks.
    pub fn push(&mut self, delta: &str) {
        let mut pending = lock(&self.progress.pending);
        pending.text.push_str(delta);
        self.await_storing(&mut pending);
    }

    /// Begins anew with this text. Never blocks.
    pub fn replace(&mut self, text: &str) {
        let mut pending = lock(&self.progress.pending);
        pending.replaces = true;
        text.clone_into(&mut pending.text);
        self.await_storing(&mut pending);
    }

    /// Keeps the whole message, with all of its text. Never blocks: where it can't be kept, because the disk
    /// is full, [`Store::notices`] says so.
    pub fn finish(self, state: MessageState, text: &str, answer: Option<&ChatAnswer>) {
        let Self { store, conversation, message, progress } = self;
        let answer = answer.map(|answer| Box::new(answer.clone()));
        let message = ChatMessage { state, text: text.to_owned(), answer, ..message };
        let (unkept, path) = (Arc::clone(store.unkept()), store.path());
        let queued = store.writer().try_write(move |connection| {
            let put =
                |transaction: &Transaction| conversations::put_message(transaction, conversation, &message);
            match in_transaction(connection, put) {
                Ok(()) => {
                    *lock(&progress.pending) = Pending::default();
                    *lock(&progress.mark) = None;
                }
                Err(error) => unkept.add(&StoreError::from_sqlite(&path, error).to_string()),
            }
        });
        if !queued {
            store.unkept().add("too many writes were waiting");
        }
    }

    fn await_storing(&self, pending: &mut Pending) {
        if !pending.awaited {
            let (progress, id) = (Arc::clone(&self.progress), self.message.id.to_string());
            let due = Instant::now() + INTERVAL;
            // Where the queue is full, the next piece tries again.
            pending.awaited =
                self.store.writer().try_write_at(due, move |connection| progress.store(connection, &id));
        }
    }
}

impl Progress {
    /// What has arrived since the last time; on the writer's thread.
    fn store(&self, connection: &mut Connection, id: &str) {
        let Pending { replaces, text, .. } = std::mem::take(&mut *lock(&self.pending));
        if text.is_empty() && !replaces {
            return;
        }
        let stored = in_transaction(connection, |transaction| {
            if replaces {
                message_part::take_back(transaction, id)?;
            }
            message_part::append(transaction, id, &text)
        });
        if stored.is_err() {
            // It goes with the next piece, so that no gap is left.
            let mut pending = lock(&self.pending);
            if !pending.replaces {
                pending.text.insert_str(0, &text);
                pending.replaces = replaces;
            }
        }
    }
}

impl Unkept {
    fn add(&self, reason: &str) {
        let mut unkept = lock(&self.0);
        let (count, _) = unkept.get_or_insert_with(|| (0, reason.to_owned()));
        *count += 1;
    }

    pub(crate) fn notice(&self) -> Option<String> {
        let unkept = lock(&self.0);
        let (count, reason) = unkept.as_ref()?;
        let answers = if *count == 1 { "An answer".into() } else { format!("{count} answers") };
        Some(format!(
            "{answers} could not be kept: {reason}. What is on the screen stays there until you leave it."
        ))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
