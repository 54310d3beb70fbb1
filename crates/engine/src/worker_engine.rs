//! The engine that runs a model in a process of its own.
//!
//! The process is the executable `sextant-worker`; its death is an error message here,
//! and its end gives all of its memory back. What the process does lives in `worker/`; queueing,
//! states and streams live in `drive`. No function here needs a tokio runtime around it.

pub(crate) mod process;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

use sextant_domain::{EngineState, EngineStatus};
use tokio::sync::watch;

use crate::{
    Engine, EngineError, GenerateRequest, Generation, InstalledModel, ProcessUse,
    backends::{DeviceChoice, LocalEngine},
    digest,
    drive::{Desk, Launcher},
    gguf, prewarm, process_use,
};
use process::WorkerProcess;

/// What `--engine` is for a worker that embeds; its `--model` is a folder.
pub(crate) const EMBEDDING: &str = "embedding";

/// How a worker is started: the executable and all of its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerCommand {
    pub program: PathBuf,
    pub args: Vec<OsString>,
}

impl WorkerCommand {
    /// A worker that loads a model file.
    #[must_use]
    pub fn for_model(
        program: PathBuf,
        engine: LocalEngine,
        file: &Path,
        tokenizer_dir: &Path,
        device: DeviceChoice,
    ) -> Self {
        let args: [&std::ffi::OsStr; 8] = [
            "--engine".as_ref(),
            engine.name().as_ref(),
            "--model".as_ref(),
            file.as_ref(),
            "--tokenizer-dir".as_ref(),
            tokenizer_dir.as_ref(),
            "--device".as_ref(),
            device.name().as_ref(),
        ];
        Self { program, args: args.map(OsString::from).to_vec() }
    }

    /// A worker that embeds texts with the model in a folder.
    #[must_use]
    pub fn for_embedding(program: PathBuf, folder: &Path) -> Self {
        let args: [&std::ffi::OsStr; 4] =
            ["--engine".as_ref(), EMBEDDING.as_ref(), "--model".as_ref(), folder.as_ref()];
        Self { program, args: args.map(OsString::from).to_vec() }
    }

    /// A worker that follows a script instead of a model.
    #[must_use]
    pub fn for_script(program: PathBuf, script: &Path) -> Self {
        let mut engine = OsString::from("scripted:");
        engine.push(script);
        Self { program, args: vec!["--engine".into(), engine] }
    }
}

/// The files that a worker will read, checked before one is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelFiles {
    pub file: PathBuf,
    /// Holds `tokenizer.json` and `tokenizer_config.json`; `None` where the model file is enough.
    pub tokenizer_dir: Option<PathBuf>,
    /// Lower-case hex, where it is known.
    pub sha256: Option<String>,
}

/// Everything that one worker engine is.
#[derive(Debug, Clone)]
pub struct WorkerSetup {
    /// The model's id, as the status shows it.
    pub model: String,
    /// `llamacpp`, `mistralrs` or `scripted`, until the worker says so itself.
    pub engine: String,
    pub command: WorkerCommand,
    /// `None` for a script.
    pub files: Option<ModelFiles>,
    /// What [`Engine::prewarm`] runs.
    pub prewarm: GenerateRequest,
}

/// One model in one worker process. The process is started by the first request or by
/// [`Engine::prewarm`], again after it died, and is gone when this is dropped.
///
/// Dropping waits for the process to be reaped, some milliseconds.
#[derive(Debug)]
pub struct WorkerEngine {
    desk: Desk,
    prewarm: GenerateRequest,
}

impl WorkerEngine {
    #[must_use]
    pub fn new(setup: WorkerSetup) -> Self {
        let idle = EngineStatus {
            model: setup.model,
            engine: setup.engine,
            device: "cpu".into(),
            threads: 0,
            state: EngineState::Idle,
        };
        let launcher = ProcessLauncher { command: setup.command, files: setup.files };
        Self { desk: Desk::open(idle, launcher), prewarm: setup.prewarm }
    }

    /// A model of the library; `program` is the executable `sextant-worker`. [`LocalEngine::usual`] is the
    /// engine to take where nobody has chosen one.
    #[must_use]
    pub fn for_model(
        program: PathBuf,
        model: &InstalledModel,
        engine: LocalEngine,
        device: DeviceChoice,
    ) -> Self {
        Self::new(WorkerSetup {
            model: model.id.clone(),
            engine: engine.name().into(),
            command: WorkerCommand::for_model(program, engine, &model.file, &model.tokenizer_dir, device),
            files: Some(ModelFiles {
                file: model.file.clone(),
                tokenizer_dir: (engine == LocalEngine::MistralRs).then(|| model.tokenizer_dir.clone()),
                sha256: model.sha256.clone(),
            }),
            prewarm: prewarm::usual_request(),
        })
    }

    /// A worker process that follows a script file; for tests of what happens around processes.
    #[must_use]
    pub fn for_script(program: PathBuf, script: &Path) -> Self {
        Self::new(WorkerSetup {
            model: "scripted".into(),
            engine: "scripted".into(),
            command: WorkerCommand::for_script(program, script),
            files: None,
            prewarm: prewarm::usual_request(),
        })
    }

    /// The worker process, while there is one.
    pub fn worker_pid(&self) -> Option<u32> {
        self.desk.process_id()
    }
}

impl Engine for WorkerEngine {
    fn generate(&self, request: GenerateRequest) -> Generation {
        self.desk.generate(request)
    }

    fn prewarm(&self) {
        self.desk.prewarm(&self.prewarm);
    }

    fn status(&self) -> watch::Receiver<EngineStatus> {
        self.desk.status()
    }

    fn process_use(&self) -> Option<ProcessUse> {
        process_use::of(self.worker_pid()?)
    }
}

#[derive(Debug)]
struct ProcessLauncher {
    command: WorkerCommand,
    files: Option<ModelFiles>,
}

impl Launcher for ProcessLauncher {
    type Link = WorkerProcess;

    async fn check(&self) -> Result<(), EngineError> {
        let Some(files) = self.files.clone() else {
            return Ok(());
        };
        // Reading a large file takes seconds; the desk stays attentive meanwhile.
        tokio::task::spawn_blocking(move || check_files(&files)).await.unwrap_or_else(|panic| {
            Err(EngineError::Failed { detail: format!("checking the model file failed: {panic}") })
        })
    }

    fn launch(&self) -> Result<WorkerProcess, EngineError> {
        WorkerProcess::start(&self.command)
    }
}

fn check_files(files: &ModelFiles) -> Result<(), EngineError> {
    gguf::inspect(&files.file)?;
    if let Some(folder) = &files.tokenizer_dir {
        for name in ["tokenizer.json", "tokenizer_config.json"] {
            let path = folder.join(name);
            if !path.is_file() {
                return Err(EngineError::ModelFileMissing { path });
            }
        }
    }
    match &files.sha256 {
        Some(sha256) => digest::verify_once(&files.file, sha256),
        None => Ok(()),
    }
}
