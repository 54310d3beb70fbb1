//! The worker's end of the pipe, and what makes the process a good child.
//!
//! File descriptor 1 is kept privately and then pointed at standard error, because libraries print:
//! one stray line would break the protocol. The order matters, nothing may print before.

use std::{
    fs::File,
    io::{self, BufRead as _, Write as _},
    sync::{Mutex, PoisonError},
};

use tokio::sync::{mpsc, watch};

use super::{StopSignal, Stops};
use crate::pipe::{FromWorker, ToWorker};

/// More than any worker takes at a time: a full channel means a broken app.
const CAPACITY: usize = 16;

#[derive(Debug)]
pub(super) struct PipeEnd {
    output: Mutex<File>,
    requests: mpsc::Receiver<ToWorker>,
    stopped: watch::Receiver<Stops>,
}

impl PipeEnd {
    /// Takes standard input and output for the protocol and starts the thread that reads.
    pub(super) fn take_over() -> io::Result<Self> {
        let output = Mutex::new(private_output()?);
        become_a_child();
        let (to_model, requests) = mpsc::channel(CAPACITY);
        let (ask, stopped) = watch::channel(Stops::default());
        std::thread::Builder::new().name("pipe".into()).spawn(move || read(&to_model, &ask))?;
        Ok(Self { output, requests, stopped })
    }

    /// The next request; never `None` while the app lives.
    pub(super) async fn next(&mut self) -> Option<ToWorker> {
        self.requests.recv().await
    }

    /// The next request, if it has come.
    pub(super) fn try_next(&mut self) -> Option<ToWorker> {
        self.requests.try_recv().ok()
    }

    pub(super) fn stop_signal(&self, id: u64) -> StopSignal {
        StopSignal::new(id, self.stopped.clone())
    }

    /// Writes one message. When the app can't be reached any more, the process ends.
    pub(super) fn send(&self, message: &FromWorker) {
        let line = message.to_line().unwrap_or_else(|error| {
            eprintln!("sextant worker: a message can't be written: {error}");
            end_now(1)
        });
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        if output.write_all(&line).is_err() {
            end_now(0);
        }
    }
}

/// Reads requests until the app closes the pipe, then ends the process whatever it is doing.
fn read(to_model: &mpsc::Sender<ToWorker>, ask: &watch::Sender<Stops>) {
    for line in io::stdin().lock().lines() {
        let message = line.ok().and_then(|line| serde_json::from_str(&line).ok());
        match message {
            Some(ToWorker::Stop { id }) => {
                ask.send_modify(|stops| stops.add(id));
            }
            Some(request @ (ToWorker::Generate { .. } | ToWorker::Embed { .. })) => {
                if to_model.try_send(request).is_err() {
                    eprintln!("sextant worker: more requests than answers");
                    end_now(1);
                }
            }
            None => {
                eprintln!("sextant worker: a request can't be read");
                end_now(1);
            }
        }
    }
    end_now(0);
}

/// Without destructors: a GPU library's may wait for work that will never be wanted.
fn end_now(code: i32) -> ! {
    // SAFETY: `_exit` has no preconditions.
    unsafe { libc::_exit(code) }
}

#[cfg(unix)]
fn private_output() -> io::Result<File> {
    use std::os::fd::FromRawFd as _;
    // SAFETY: descriptors 1 and 2 are this process's own; the new one is owned by the `File` alone.
    unsafe {
        let private = libc::fcntl(libc::STDOUT_FILENO, libc::F_DUPFD_CLOEXEC, 3);
        if private < 0 || libc::dup2(libc::STDERR_FILENO, libc::STDOUT_FILENO) < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(File::from_raw_fd(private))
    }
}

#[cfg(windows)]
fn private_output() -> io::Result<File> {
    use std::os::windows::io::{AsHandle as _, OwnedHandle};
    let private: OwnedHandle = io::stdout().as_handle().try_clone_to_owned()?;
    // The standard handle itself is left alone: nothing that is loaded here prints on Windows.
    Ok(File::from(private))
}

/// Dies with the app, leaves Ctrl+C to it, and is the first to go when memory runs out.
#[cfg(unix)]
fn become_a_child() {
    // SAFETY: both calls take plain numbers and change only this process.
    unsafe {
        libc::signal(libc::SIGINT, libc::SIG_IGN);
        #[cfg(target_os = "linux")]
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
    }
    #[cfg(target_os = "linux")]
    // Best effort: without it the system may choose the app instead.
    let _ = std::fs::write("/proc/self/oom_score_adj", "500");
}

#[cfg(not(unix))]
fn become_a_child() {}
