//! The worker's arguments. Only the app writes them, so a mistake here is a bug of ours.

use std::{ffi::OsString, path::PathBuf};

use crate::{
    backends::{DeviceChoice, LocalEngine},
    worker_engine::EMBEDDING,
};

/// What the worker is told to be.
#[derive(Debug)]
pub(super) struct Arguments {
    pub(super) engine: EngineChoice,
}

#[derive(Debug)]
pub(super) enum EngineChoice {
    Llama(ModelChoice),
    Mistral(ModelChoice),
    Scripted(PathBuf),
    /// The folder with the model that embeds.
    Embedding(PathBuf),
}

#[derive(Debug)]
pub(super) struct ModelChoice {
    pub(super) file: PathBuf,
    pub(super) tokenizer_dir: PathBuf,
    pub(super) device: DeviceChoice,
}

impl Arguments {
    pub(super) fn parse(args: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let (mut engine, mut file, mut tokenizer_dir, mut device) = (None, None, None, None);
        let mut args = args;
        while let Some(name) = args.next() {
            let slot = match name.to_str() {
                Some("--engine") => &mut engine,
                Some("--model") => &mut file,
                Some("--tokenizer-dir") => &mut tokenizer_dir,
                Some("--device") => &mut device,
                _ => return Err(format!("unknown argument {}", name.display())),
            };
            let value = args.next().ok_or(format!("{} needs a value", name.display()))?;
            *slot = Some(value);
        }
        let engine = engine.ok_or("--engine is missing")?;
        if let Some(script) = after(&engine, "scripted:") {
            return Ok(Self { engine: EngineChoice::Scripted(script) });
        }
        if engine == EMBEDDING {
            let folder = file.ok_or("--model is missing")?.into();
            return Ok(Self { engine: EngineChoice::Embedding(folder) });
        }
        let engine: fn(ModelChoice) -> EngineChoice = match engine.to_str().and_then(LocalEngine::from_name) {
            Some(LocalEngine::LlamaCpp) => EngineChoice::Llama,
            Some(LocalEngine::MistralRs) => EngineChoice::Mistral,
            None => return Err(format!("there is no engine {}", engine.display())),
        };
        let device = match device {
            Some(name) => name
                .to_str()
                .and_then(DeviceChoice::from_name)
                .ok_or(format!("there is no device {}", name.display()))?,
            None => DeviceChoice::Auto,
        };
        Ok(Self {
            engine: engine(ModelChoice {
                file: file.ok_or("--model is missing")?.into(),
                tokenizer_dir: tokenizer_dir.ok_or("--tokenizer-dir is missing")?.into(),
                device,
            }),
        })
    }
}

/// The path after a prefix, whatever characters it's made of.
fn after(value: &OsString, prefix: &str) -> Option<PathBuf> {
    let rest = value.as_encoded_bytes().strip_prefix(prefix.as_bytes())?;
    // SAFETY: the bytes come from an `OsStr` and were split right after a valid UTF-8 string.
    Some(unsafe { std::ffi::OsStr::from_encoded_bytes_unchecked(rest) }.into())
}
