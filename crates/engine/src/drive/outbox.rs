//! Between the pipe and a generation's reader: takes at once, delivers when there is room.
//!
//! A reader that is slow gets fewer, longer pieces; it never holds up the pipe, because a stream that
//! nobody drains stalls the model behind it. What gathers here is bounded by the generation itself:
//! `max_tokens` tokens of text, one event before and one after.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use crate::GenerationEvent;

/// The end that the pipe's reader holds. None of its functions wait.
#[derive(Debug)]
pub(super) struct Outbox {
    pending: Arc<Pending>,
    events: mpsc::Sender<GenerationEvent>,
}

#[derive(Debug, Default)]
struct Pending {
    mail: Mutex<Mail>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Mail {
    started: bool,
    text: String,
    end: Option<GenerationEvent>,
}

impl Outbox {
    /// The outbox and the task that delivers from it, which ends after the last event or with the reader.
    pub(super) fn open(
        events: mpsc::Sender<GenerationEvent>,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let pending = Arc::new(Pending::default());
        let delivery = deliver(Arc::clone(&pending), events.clone());
        (Self { pending, events }, delivery)
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.events.is_closed()
    }

    pub(super) fn started(&self) {
        self.pending.change(|mail| mail.started = true);
    }

    pub(super) fn text(&self, text: &str) {
        self.pending.change(|mail| mail.text.push_str(text));
    }

    /// The last event.
    pub(super) fn end(self, event: GenerationEvent) {
        self.pending.change(|mail| mail.end = Some(event));
    }
}

impl Pending {
    fn mail(&self) -> MutexGuard<'_, Mail> {
        self.mail.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Mail)) {
        change(&mut self.mail());
        self.changed.notify_one();
    }

    fn take(&self) -> Option<GenerationEvent> {
        let mut mail = self.mail();
        if std::mem::take(&mut mail.started) {
            return Some(GenerationEvent::Started);
        }
        if !mail.text.is_empty() {
            return Some(GenerationEvent::Text(std::mem::take(&mut mail.text)));
        }
        mail.end.take()
    }
}

async fn deliver(pending: Arc<Pending>, events: mpsc::Sender<GenerationEvent>) {
    // Room first, then the mail: what arrives while there is no room becomes one piece.
    while let Ok(room) = events.reserve().await {
        let event = loop {
            if let Some(event) = pending.take() {
                break event;
            }
            tokio::select! {
                () = pending.changed.notified() => {}
                () = events.closed() => return,
            }
        };
        let last = matches!(event, GenerationEvent::Done(_) | GenerationEvent::Failed(_));
        room.send(event);
        if last {
            return;
        }
    }
}
