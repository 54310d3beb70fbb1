//! Calls that wait for vectors, and which of their texts the worker gets next.
//!
//! A call is here whenever none of its texts is at the worker, so that a more urgent one can go first.

use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::Embedded;
use crate::{EngineError, Priority};

/// More waiting calls than a person can make; a caller in a loop is told so.
const CAPACITY: usize = 256;

/// Texts that the worker gets at once for each of its threads, a few short ones or a single long one: a
/// question waits for as long as these take.
const TEXTS_AT_ONCE: usize = 4;
const BYTES_AT_ONCE: usize = 512;

/// What of a text goes over the pipe. Two hundred and fifty-six word pieces are about 1,200 bytes.
const TEXT_BYTES: usize = 16 * 1024;

type Reply = oneshot::Sender<Result<Embedded, EngineError>>;

/// One call and how far it has got.
#[derive(Debug)]
pub(super) struct Job {
    /// Those that went to the worker are empty.
    texts: Vec<String>,
    priority: Priority,
    /// `None` where nobody wants the vectors.
    reply: Option<Reply>,
    arrived: Instant,
    vectors: Vec<Vec<f32>>,
    took: Duration,
}

impl Job {
    pub(super) fn new(texts: Vec<String>, priority: Priority, reply: Option<Reply>) -> Self {
        let vectors = Vec::with_capacity(texts.len());
        Self { texts, priority, reply, arrived: Instant::now(), vectors, took: Duration::ZERO }
    }

    /// What the worker shall embed next; at least one text while the job isn't done.
    pub(super) fn next_texts(&mut self, threads: usize) -> Vec<String> {
        let mut bytes = 0;
        let mut next = Vec::new();
        for text in self.texts.iter_mut().skip(self.vectors.len()).take(TEXTS_AT_ONCE * threads) {
            let mut text = std::mem::take(text);
            text.truncate(text.floor_char_boundary(TEXT_BYTES));
            bytes += text.len();
            next.push(text);
            if bytes >= BYTES_AT_ONCE * threads {
                break;
            }
        }
        next
    }

    /// The vectors of the texts that were next.
    pub(super) fn take(&mut self, vectors: Vec<Vec<f32>>, took: Duration) {
        self.vectors.extend(vectors);
        self.took += took;
    }

    pub(super) fn is_done(&self) -> bool {
        self.vectors.len() == self.texts.len()
    }

    pub(super) fn finish(self) {
        let Self { vectors, took, arrived, reply, .. } = self;
        if let Some(reply) = reply {
            let queue = arrived.elapsed().saturating_sub(took);
            // Whoever is gone needs no answer.
            let _ = reply.send(Ok(Embedded { vectors, took, queue }));
        }
    }

    pub(super) fn fail(self, error: EngineError) {
        if let Some(reply) = self.reply {
            let _ = reply.send(Err(error));
        } else {
            tracing::warn!(%error, "warming the embedding model up failed");
        }
    }

    fn is_abandoned(&self) -> bool {
        self.reply.as_ref().is_some_and(oneshot::Sender::is_closed)
    }
}

/// In order of arrival.
#[derive(Debug, Default)]
pub(super) struct Queue(Vec<Job>);

impl Queue {
    /// Refuses when too many wait already.
    pub(super) fn push(&mut self, job: Job) -> Result<(), EngineError> {
        self.forget_abandoned();
        if self.0.len() >= CAPACITY {
            let detail = format!("{CAPACITY} requests are waiting already; try again later");
            return Err(EngineError::Failed { detail });
        }
        self.0.push(job);
        Ok(())
    }

    /// The most urgent, the oldest among equals.
    pub(super) fn pop(&mut self) -> Option<Job> {
        self.forget_abandoned();
        let urgent = self.0.iter().map(|job| job.priority).max()?;
        let at = self.0.iter().position(|job| job.priority == urgent)?;
        Some(self.0.remove(at))
    }

    /// One that was popped and isn't done.
    pub(super) fn put_back(&mut self, job: Job) {
        let at = self.0.partition_point(|other| other.arrived <= job.arrived);
        self.0.insert(at, job);
    }

    fn forget_abandoned(&mut self) {
        self.0.retain(|job| !job.is_abandoned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(texts: &[&str], priority: Priority) -> Job {
        Job::new(texts.iter().map(|&text| text.to_owned()).collect(), priority, None)
    }

    /// The texts in the order in which a worker gets them; `arrives` comes while it has the first.
    fn order(queue: &mut Queue, threads: usize, mut arrives: Option<Job>) -> Vec<Vec<String>> {
        let mut order = Vec::new();
        while let Some(mut job) = queue.pop() {
            let texts = job.next_texts(threads);
            if let Some(job) = arrives.take() {
                queue.push(job).expect("there is room");
            }
            job.take(vec![Vec::new(); texts.len()], Duration::ZERO);
            order.push(texts);
            if !job.is_done() {
                queue.put_back(job);
            }
        }
        order
    }

    #[test]
    fn a_question_goes_before_the_rest_of_an_import_and_the_rest_goes_on() {
        let long = "x".repeat(BYTES_AT_ONCE);
        let mut queue = Queue::default();
        queue.push(job(&[&long, "b", "c", &long, "d"], Priority::Background)).expect("there is room");
        queue.push(job(&["later"], Priority::Background)).expect("there is room");
        let order = order(&mut queue, 1, Some(job(&["question"], Priority::Interactive)));
        assert_eq!(order, [vec![&*long], vec!["question"], vec!["b", "c", &long], vec!["d"], vec!["later"]]);
    }

    #[test]
    fn short_texts_go_together_and_a_long_one_is_cut_between_characters() {
        let mut queue = Queue::default();
        let endless = "日".repeat(TEXT_BYTES);
        let mut texts = vec![""; 9];
        texts.push(&endless);
        queue.push(job(&texts, Priority::Normal)).expect("there is room");
        let order = order(&mut queue, 2, None);
        assert_eq!(order.iter().map(Vec::len).collect::<Vec<_>>(), [8, 2]);
        assert_eq!(order[1][1].len(), TEXT_BYTES - TEXT_BYTES % "日".len());
    }

    #[test]
    fn a_call_that_was_dropped_is_forgotten_and_a_full_queue_refuses() {
        let mut queue = Queue::default();
        let mut waiting = Vec::new();
        for _ in 0..CAPACITY {
            let (reply, answer) = oneshot::channel();
            queue.push(Job::new(vec!["a".into()], Priority::Normal, Some(reply))).expect("there is room");
            waiting.push(answer);
        }
        assert!(queue.push(job(&["b"], Priority::Interactive)).is_err());
        waiting.clear();
        queue.push(job(&["b"], Priority::Background)).expect("the others are gone");
        assert_eq!(order(&mut queue, 1, None), [["b"]]);
    }
}
