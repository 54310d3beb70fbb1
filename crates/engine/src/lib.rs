//! Models as processes: loading, streaming, stopping, constrained output, texts as vectors.
//!
//! Whoever generates text talks to the [`Engine`] trait and can't tell its implementations apart;
//! one contract suite (`tests/tests/engine_contract.rs`) holds them to the same behaviour.
//! This is the only crate that names mistralrs, candle, llama.cpp or a GPU feature, and even here only
//! `worker/` does: everything else sees the worker's pipe.
//! Whoever needs vectors asks an [`Embedder`].
//! There is no stop flag anywhere: dropping a [`Generation`] stops its work.

mod backends;
mod catalog;
pub mod cpu;
pub mod digest;
mod drive;
mod embedder;
mod embedding_files;
mod error;
mod generation;
pub mod gguf;
mod pipe;
mod prewarm;
mod process_use;
mod script;
mod scripted_engine;
mod stop_text;
mod worker;
mod worker_engine;

pub use backends::{Backend, DeviceChoice, LocalEngine, backends};
pub use catalog::{InstalledModel, KnownModel, Models, Source, Writes};
pub use embedder::{Embedded, Embedder};
pub use embedding_files::EmbeddingFiles;
pub use error::EngineError;
pub use generation::{
    Finish, Form, GenerateRequest, Generation, GenerationEvent, Message, Priority, Role, Sampling, Usage,
};
pub use process_use::ProcessUse;
pub use script::{Reply, Script, Step};
pub use scripted_engine::ScriptedEngine;
pub use sextant_domain::{EngineState, EngineStatus};
pub use worker::worker_main;
pub use worker_engine::{ModelFiles, WorkerCommand, WorkerEngine, WorkerSetup};

use tokio::sync::watch;

/// Something that turns messages into text: a worker process, a remote endpoint, a script.
pub trait Engine: Send + Sync {
    /// Queues a generation and returns at once. A worker that is not running is started first.
    /// Errors arrive as the generation's last event.
    fn generate(&self, request: GenerateRequest) -> Generation;

    /// Loads the model and runs a first short generation, so that the next one is quick.
    /// Returns at once; [`Engine::status`] tells how it goes.
    fn prewarm(&self);

    /// The state now and every change of it.
    fn status(&self) -> watch::Receiver<EngineStatus>;

    /// What the worker process has cost so far; `None` where there is none or nobody tells.
    fn process_use(&self) -> Option<ProcessUse> {
        None
    }
}
