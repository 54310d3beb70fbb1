//! What crosses the pipe between the app and a worker: one JSON document a line, both ways.
//!
//! The protocol says nothing of the library behind the worker, so a second local engine needs no new
//! message. Both ends always come from one build, so there is no version and no compatibility to
//! keep. Whoever adds a message here has to keep one rule: every request has exactly one answer. A
//! `Generate` is answered by `Done`, `Stopped` or `Failed`, an `Embed` by `Embedded` or `Failed`. A
//! worker takes one of the two kinds, by the model that its arguments name.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

use crate::{EngineError, GenerateRequest, Usage};

/// From the app to the worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ToWorker {
    /// Only sent while fewer than the worker's `parallel` are unanswered.
    Generate { id: u64, request: GenerateRequest },
    /// Only sent while none is unanswered.
    Embed { id: u64, texts: Vec<String> },
    /// Unknown and finished ids are ignored, because a stop and an end may cross.
    Stop { id: u64 },
}

/// From the worker to the app.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum FromWorker {
    /// The first message: the model is loaded.
    Ready {
        engine: String,
        /// `cpu`, `metal`, `cuda:0`.
        device: String,
        threads: u32,
        /// How many generations it takes at a time.
        parallel: u32,
        load_ms: f64,
        /// Why the device is not the best one, for the person.
        notice: Option<String>,
    },
    /// The first and last message: the model can't be loaded.
    NotLoaded {
        error: EngineError,
    },
    Started {
        id: u64,
    },
    Text {
        id: u64,
        text: String,
    },
    Done {
        id: u64,
        usage: Usage,
    },
    /// The generation was stopped and nothing of it computes any more.
    Stopped {
        id: u64,
        computed_tokens: u32,
    },
    Failed {
        id: u64,
        error: EngineError,
    },
    /// One vector for each text, in their order.
    Embedded {
        id: u64,
        vectors: Vectors,
    },
}

impl FromWorker {
    /// The message as it goes over the pipe, line end included.
    pub(crate) fn to_line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

/// Vectors in base64: the numbers as decimals would be three times as long and slow to read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Vectors(String);

impl Vectors {
    pub(crate) fn pack<'a>(vectors: impl IntoIterator<Item = &'a [f32]>) -> Self {
        let bytes: Vec<u8> = vectors.into_iter().flatten().flat_map(|value| value.to_le_bytes()).collect();
        Self(STANDARD.encode(bytes))
    }

    /// `None` where they are not `count` vectors of `dimension` finite numbers each.
    pub(crate) fn unpack(&self, count: usize, dimension: usize) -> Option<Vec<Vec<f32>>> {
        let bytes = STANDARD.decode(&self.0).ok()?;
        let (values, rest) = bytes.as_chunks::<4>();
        let values: Vec<f32> = values.iter().map(|&value| f32::from_le_bytes(value)).collect();
        let is_sound = rest.is_empty()
            && values.len() == count * dimension
            && values.iter().all(|value| value.is_finite());
        is_sound.then(|| values.chunks_exact(dimension).map(<[f32]>::to_vec).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_come_out_of_the_pipe_as_they_went_in_and_others_are_refused() {
        let vectors = [[0.25_f32, -1.0e-9, f32::MIN_POSITIVE], [1.0 / 3.0, 0.0, -0.5]];
        let packed = Vectors::pack(vectors.iter().map(|vector| &vector[..]));
        assert_eq!(packed.unpack(2, 3), Some(vectors.map(Vec::from).to_vec()));
        assert_eq!(packed.unpack(3, 3), None);
        assert_eq!(Vectors("AAA".into()).unpack(1, 1), None);
        assert_eq!(Vectors::pack([&[f32::NAN][..]]).unpack(1, 1), None);
    }
}
