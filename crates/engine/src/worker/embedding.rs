//! The worker that embeds: from texts to word pieces to vectors, and its life on the pipe.
//!
//! Texts are data. The tokenizer reads the names of its own control tokens in them as plain words, and
//! what its file says of length and padding is replaced, because it is not what the model's card says.

use std::{path::Path, process::ExitCode, time::Instant};

use rayon::{ThreadPool, ThreadPoolBuilder, prelude::*};
use tokenizers::{Tokenizer, TruncationParams};

use super::{
    Loaded,
    minilm::{MiniLm, VOCABULARY},
    pipe_end::PipeEnd,
    threads,
};
use crate::{
    EngineError,
    embedding_files::{TOKENIZER, WEIGHTS},
    pipe::{FromWorker, ToWorker, Vectors},
};

/// An import in the background leaves the other processors to those who work.
const MOST_THREADS: u32 = 4;

/// What the model reads of a text, its first and last control token included: its card
/// (<https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2>) says that text longer than 256 word
/// pieces is cut by default.
const WORD_PIECES: usize = 256;

/// Answers until the app closes the pipe.
pub(super) async fn work(mut pipe: PipeEnd, folder: &Path) -> ExitCode {
    let started = Instant::now();
    let model = match EmbeddingModel::load(folder) {
        Ok(model) => model,
        Err(error) => {
            pipe.send(&FromWorker::NotLoaded { error });
            return ExitCode::FAILURE;
        }
    };
    let loaded = Loaded {
        engine: "candle",
        device: "cpu".into(),
        threads: model.threads(),
        parallel: 1,
        notice: None,
    };
    pipe.send(&loaded.message(started.elapsed()));
    while let Some(message) = pipe.next().await {
        let ToWorker::Embed { id, texts } = message else {
            continue;
        };
        pipe.send(&match model.embed(&texts) {
            Ok(vectors) => {
                FromWorker::Embedded { id, vectors: Vectors::pack(vectors.iter().map(Vec::as_slice)) }
            }
            Err(detail) => FromWorker::Failed { id, error: EngineError::Failed { detail } },
        });
    }
    ExitCode::SUCCESS
}

struct EmbeddingModel {
    tokenizer: Tokenizer,
    network: MiniLm,
    pool: ThreadPool,
}

impl EmbeddingModel {
    fn load(folder: &Path) -> Result<Self, EngineError> {
        let path = folder.join(WEIGHTS);
        let network = MiniLm::load(&path)
            .map_err(|error| EngineError::ModelFileInvalid { path, defect: one_line(&error) })?;
        let path = folder.join(TOKENIZER);
        let tokenizer = tokenizer(&path).map_err(|error| EngineError::ModelFileInvalid {
            path: path.clone(),
            defect: one_line(&error),
        })?;
        if tokenizer.get_vocab_size(true) > VOCABULARY {
            let defect = format!("it has more than the model's {VOCABULARY} words");
            return Err(EngineError::ModelFileInvalid { path, defect });
        }
        let threads = threads().min(MOST_THREADS) as usize;
        let pool = ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = pool.map_err(|error| EngineError::Failed { detail: one_line(&error) })?;
        Ok(Self { tokenizer, network, pool })
    }

    fn threads(&self) -> u32 {
        u32::try_from(self.pool.current_num_threads()).unwrap_or(MOST_THREADS)
    }

    /// The vectors of the texts, in their order. The threads share texts, and of a single one its products.
    fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, String> {
        self.pool.install(|| texts.par_iter().map(|text| self.embed_one(text)).collect())
    }

    fn embed_one(&self, text: &str) -> Result<Vec<f32>, String> {
        let encoded = self.tokenizer.encode_fast(text, true).map_err(|error| one_line(&error))?;
        Ok(self.network.embed(encoded.get_ids()))
    }
}

fn tokenizer(path: &Path) -> tokenizers::Result<Tokenizer> {
    let mut tokenizer = Tokenizer::from_file(path)?;
    tokenizer
        .with_padding(None)
        .with_truncation(Some(TruncationParams { max_length: WORD_PIECES, ..Default::default() }))?;
    tokenizer.set_encode_special_tokens(true);
    Ok(tokenizer)
}

/// A library's message may carry a backtrace.
fn one_line(error: &impl ToString) -> String {
    error.to_string().lines().next().unwrap_or_default().trim().to_owned()
}
