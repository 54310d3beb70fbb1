//! Reading in a thread of its own, so that a bad document is an error message and neither a crash nor a
//! hang.
//!
//! The parsers are others' and meet input that nobody checked. A panic is caught. One that makes no headway
//! is given up; a thread can't be killed, so it goes on until it next looks whether it is wanted, which is
//! at its next page or piece. A stack that overflows can't be caught by anybody, which is why the thread
//! has a large one and why `pdf` takes endless recursion out of files before it reads them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::draft::Draft;
use super::{DocumentError, Watch};

/// How long a unit (a page, a file's structure) may take.
const LIMIT: Duration = Duration::from_secs(30);
/// How often the waiting side looks whether it is stopped.
const POLL: Duration = Duration::from_millis(50);
/// Reserved, not used: it becomes memory only as far as it is touched.
const STACK_BYTES: usize = 256 << 20;

enum Message {
    Progress(u64, u64),
    Done(Result<Draft, DocumentError>),
}

/// Runs `work` and passes on what it tells.
pub(super) fn run(
    watch: &mut Watch,
    work: impl FnOnce(&mut Watch) -> Result<Draft, DocumentError> + Send + 'static,
) -> Result<Draft, DocumentError> {
    run_within(LIMIT, watch, work)
}

fn run_within(
    limit: Duration,
    watch: &mut Watch,
    work: impl FnOnce(&mut Watch) -> Result<Draft, DocumentError> + Send + 'static,
) -> Result<Draft, DocumentError> {
    let unwanted = Unwanted::default();
    let is_unwanted = Arc::clone(&unwanted.0);
    // Progress is left out where the channel is full; the result waits for its place.
    let (sender, receiver) = sync_channel(16);
    let thread = thread::Builder::new().name("document".to_owned()).stack_size(STACK_BYTES);
    let spawned = thread.spawn(move || {
        let is_stopped = || is_unwanted.load(Ordering::Relaxed);
        let mut progress = |done, total| drop(sender.try_send(Message::Progress(done, total)));
        let mut watch = Watch::new(&is_stopped, &mut progress);
        let result =
            catch_unwind(AssertUnwindSafe(|| work(&mut watch))).unwrap_or(Err(DocumentError::Crashed));
        // Nobody listens any more where it was given up.
        drop(sender.send(Message::Done(result)));
    });
    if spawned.is_err() {
        return Err(DocumentError::Crashed);
    }
    let mut headway = Instant::now();
    loop {
        match receiver.recv_timeout(POLL) {
            Ok(Message::Progress(done, total)) => {
                headway = Instant::now();
                watch.tell(done, total)?;
            }
            Ok(Message::Done(result)) => return result,
            Err(RecvTimeoutError::Disconnected) => return Err(DocumentError::Crashed),
            Err(RecvTimeoutError::Timeout) if watch.is_stopped() => return Err(DocumentError::Stopped),
            Err(RecvTimeoutError::Timeout) if headway.elapsed() > limit => {
                return Err(DocumentError::TooSlow { seconds: limit.as_secs() });
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// Tells the thread, when it is dropped, that nobody waits for it.
#[derive(Default)]
struct Unwanted(Arc<AtomicBool>);

impl Drop for Unwanted {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        limit: Duration,
        is_stopped: &dyn Fn() -> bool,
        work: impl FnOnce(&mut Watch) -> Result<Draft, DocumentError> + Send + 'static,
    ) -> Result<(), DocumentError> {
        let mut progress = |_, _| {};
        run_within(limit, &mut Watch::new(is_stopped, &mut progress), work).map(drop)
    }

    #[test]
    fn a_panic_is_an_error() {
        assert_eq!(check(LIMIT, &|| false, |_| panic!("on purpose")), Err(DocumentError::Crashed));
    }

    #[test]
    fn what_makes_no_headway_is_given_up_and_told_to_end() {
        let (ended, has_ended) = sync_channel(1);
        let outcome = check(Duration::ZERO, &|| false, move |watch| {
            while !watch.is_stopped() {
                thread::yield_now();
            }
            ended.send(()).expect("the test waits");
            Err(DocumentError::Stopped)
        });
        assert_eq!(outcome, Err(DocumentError::TooSlow { seconds: 0 }));
        has_ended.recv().expect("the thread ends when it is given up");
    }

    #[test]
    fn stopping_reaches_the_thread() {
        let outcome = check(LIMIT, &|| true, |watch| {
            loop {
                watch.at(0, 1)?;
            }
        });
        assert_eq!(outcome, Err(DocumentError::Stopped));
    }
}
