//! What this build can compute on, what of it works here, and why the rest doesn't.
//!
//! Callers need no `cfg`: every backend is always listed, compiled in or not.

use crate::worker;

/// One way to compute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// `cpu`, `accelerate`, `vulkan`, `cuda`, `metal`.
    pub name: &'static str,
    pub compiled_in: bool,
    pub works: bool,
    /// Why it doesn't work, as a sentence for the person.
    pub reason: Option<String>,
}

/// What a worker is asked to compute on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceChoice {
    /// A GPU that was compiled in and works, else the CPU.
    #[default]
    Auto,
    Cpu,
}

impl DeviceChoice {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Cpu => "cpu",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "cpu" => Some(Self::Cpu),
            _ => None,
        }
    }
}

/// Which library a worker computes with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LocalEngine {
    /// The fastest on a processor, and on GPUs through Vulkan.
    LlamaCpp,
    /// The one for Metal and CUDA.
    MistralRs,
}

impl LocalEngine {
    pub const ALL: [Self; 2] = [Self::LlamaCpp, Self::MistralRs];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::LlamaCpp => "llamacpp",
            Self::MistralRs => "mistralrs",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// The faster one for a device on this machine: measured, the processor is llama.cpp's by a factor
    /// of two to ten.
    #[must_use]
    pub fn usual(device: DeviceChoice) -> Self {
        let suits_mistral = |backend: &Backend| matches!(backend.name, "cuda" | "metal") && backend.works;
        match device {
            DeviceChoice::Auto if backends().iter().any(suits_mistral) => Self::MistralRs,
            DeviceChoice::Auto | DeviceChoice::Cpu => Self::LlamaCpp,
        }
    }
}

/// Every backend that Sextant knows, in order of preference from last to first. Takes milliseconds.
#[must_use]
pub fn backends() -> Vec<Backend> {
    let accelerate = cfg!(feature = "accelerate");
    vec![
        Backend { name: "cpu", compiled_in: true, works: true, reason: None },
        Backend {
            name: "accelerate",
            compiled_in: accelerate,
            works: accelerate,
            reason: (!accelerate).then(|| not_compiled_in("accelerate")),
        },
        gpu("vulkan", worker::VULKAN),
        gpu("cuda", worker::CUDA),
        gpu("metal", worker::METAL),
    ]
}

fn gpu(name: &'static str, compiled_in: bool) -> Backend {
    let reason = if compiled_in { worker::probe(name).err() } else { Some(not_compiled_in(name)) };
    Backend { name, compiled_in, works: reason.is_none(), reason }
}

fn not_compiled_in(name: &str) -> String {
    let apple = matches!(name, "metal" | "accelerate");
    if apple && !cfg!(target_os = "macos") {
        "it exists on Apple machines only".to_owned()
    } else {
        format!("this build doesn't have it; build with `--features {name}`")
    }
}
