//! One worker process: its pipes, its last words, its end.
//!
//! Three tasks serve it on the desk's runtime: one writes, one reads, one keeps the last lines of
//! standard error for the error message. The process is killed and reaped by [`Link::end`], and at the
//! latest when the value is dropped; the worker also ends by itself when its standard input closes and,
//! on Linux, when the desk's thread ends.

use std::{collections::VecDeque, process::ExitStatus, process::Stdio, time::Duration};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStderr, ChildStdin, ChildStdout, Command},
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};

use super::WorkerCommand;
use crate::{
    EngineError,
    drive::Link,
    pipe::{FromWorker, ToWorker},
};

/// One request and its stop at most; a third message would mean that nobody reads, and the worker is
/// then ended.
const TO_WORKER_CAPACITY: usize = 8;
/// The desk takes messages at once; this only evens out a burst.
const FROM_WORKER_CAPACITY: usize = 256;
/// How long a worker whose pipe closed may take to end by itself, so that its own reason is told.
const OWN_END: Duration = Duration::from_millis(500);
const LAST_LINES: usize = 12;
const LINE_CHARS: usize = 300;

#[derive(Debug)]
pub(crate) struct WorkerProcess {
    child: Child,
    to_worker: Option<mpsc::Sender<ToWorker>>,
    from_worker: mpsc::Receiver<FromWorker>,
    last_words: Option<JoinHandle<VecDeque<String>>>,
    closed_by_itself: bool,
}

impl WorkerProcess {
    /// Must be called on the desk's runtime.
    pub(crate) fn start(command: &WorkerCommand) -> Result<Self, EngineError> {
        let mut child = Command::new(&command.program)
            .args(&command.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| EngineError::WorkerNotStarted {
                detail: format!("{}: {error}", command.program.display()),
            })?;
        let stdin = child.stdin.take().expect("the pipe was asked for");
        let stdout = child.stdout.take().expect("the pipe was asked for");
        let stderr = child.stderr.take().expect("the pipe was asked for");
        let (to_worker, outgoing) = mpsc::channel(TO_WORKER_CAPACITY);
        let (incoming, from_worker) = mpsc::channel(FROM_WORKER_CAPACITY);
        tokio::spawn(write(stdin, outgoing));
        tokio::spawn(read(stdout, incoming));
        let last_words = Some(tokio::spawn(listen(stderr)));
        Ok(Self { child, to_worker: Some(to_worker), from_worker, last_words, closed_by_itself: false })
    }
}

impl Link for WorkerProcess {
    fn process_id(&self) -> Option<u32> {
        self.child.id()
    }

    fn send(&mut self, message: ToWorker) {
        if let Some(to_worker) = &self.to_worker
            && matches!(to_worker.try_send(message), Err(mpsc::error::TrySendError::Full(_)))
        {
            // Killing makes `next` tell the end.
            let _ = self.child.start_kill();
        }
    }

    async fn next(&mut self) -> Option<FromWorker> {
        let message = self.from_worker.recv().await;
        self.closed_by_itself = message.is_none();
        message
    }

    async fn end(mut self) -> String {
        if self.closed_by_itself {
            // Its input stays open meanwhile: closing it would end the worker with no reason at all.
            let _ = timeout(OWN_END, self.child.wait()).await;
        }
        self.to_worker = None;
        // An error means that it has ended already.
        let _ = self.child.start_kill();
        let status = self.child.wait().await;
        let lines = match self.last_words.take() {
            Some(task) => timeout(OWN_END, task).await.ok().and_then(Result::ok).unwrap_or_default(),
            None => VecDeque::new(),
        };
        describe(status, &lines)
    }
}

async fn write(mut stdin: ChildStdin, mut outgoing: mpsc::Receiver<ToWorker>) {
    while let Some(message) = outgoing.recv().await {
        let mut line = serde_json::to_vec(&message).expect("requests are plain data with text keys");
        line.push(b'\n');
        if stdin.write_all(&line).await.is_err() {
            return;
        }
    }
}

async fn read(stdout: ChildStdout, incoming: mpsc::Sender<FromWorker>) {
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        match serde_json::from_str(&line) {
            Ok(message) => {
                if incoming.send(message).await.is_err() {
                    return;
                }
            }
            // Both ends come from one build: a line that can't be read means that it is broken.
            Err(error) => {
                tracing::error!(%error, "a worker wrote what is no message");
                return;
            }
        }
    }
}

async fn listen(stderr: ChildStderr) -> VecDeque<String> {
    let mut last = VecDeque::new();
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        tracing::debug!(target: "sextant_engine::worker", "{line}");
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(line.chars().take(LINE_CHARS).collect());
    }
    last
}

fn describe(status: std::io::Result<ExitStatus>, lines: &VecDeque<String>) -> String {
    let end = match status {
        Ok(status) => describe_status(status),
        Err(error) => format!("its end is unknown: {error}"),
    };
    let words: Vec<&str> = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty()).collect();
    if words.is_empty() { end } else { format!("{end}: {}", words.join(" ")) }
}

#[cfg(unix)]
fn describe_status(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt as _;
    match (status.code(), status.signal()) {
        (_, Some(libc::SIGKILL)) => "it was killed, as the system does when memory runs out".to_owned(),
        (_, Some(signal)) => format!("it was ended by signal {signal}"),
        (Some(code), None) => format!("it ended with code {code}"),
        (None, None) => "it ended".to_owned(),
    }
}

#[cfg(not(unix))]
fn describe_status(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("it ended with code {code}"),
        None => "it ended".to_owned(),
    }
}
