//! The `[PERF]` lines: one per finished stage and one per finished run, from the layer's record.
//!
//! The numbers are printed as they are stored, so that a line can be compared with a row.

use std::fmt;
use std::io::Write as _;
use std::sync::Arc;

use sextant_domain::{RunId, StageTiming};

use crate::table::RunRow;

/// Where the `[PERF]` lines go.
#[derive(Clone)]
pub enum PerfLines {
    Off,
    Stderr,
    /// One call per line, without its end. It runs on the thread that ends the stage: return soon.
    To(Arc<dyn Fn(&str) + Send + Sync>),
}

impl fmt::Debug for PerfLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Off => "Off",
            Self::Stderr => "Stderr",
            Self::To(_) => "To(…)",
        })
    }
}

impl PerfLines {
    pub(crate) fn stage(&self, run_id: RunId, stage: &StageTiming) {
        self.print(|| {
            let StageTiming {
                name,
                start_ms,
                load_ms,
                queue_ms,
                prompt_build_ms,
                retrieval_ms,
                prefill_ms,
                decode_ms,
                parse_ms,
                check_ms,
                total_ms,
                first_token_ms,
                prompt_tokens,
                cached_tokens,
                completion_tokens,
                attempts,
                error,
            } = stage;
            let first_token = first_token_ms.map_or(String::new(), |ms| format!(" first_token_ms={ms}"));
            let error = error.as_ref().map_or(String::new(), |error| format!(" error={}", error.code));
            format!(
                "[PERF] [{name}] run={run_id} start_ms={start_ms} load_ms={load_ms} \
                 queue_ms={queue_ms} prompt_build_ms={prompt_build_ms} retrieval_ms={retrieval_ms} \
                 prefill_ms={prefill_ms} decode_ms={decode_ms} parse_ms={parse_ms} check_ms={check_ms} \
                 total_ms={total_ms} prompt_tokens={prompt_tokens} cached_tokens={cached_tokens} \
                 completion_tokens={completion_tokens} attempts={attempts}{first_token}{error}"
            )
        });
    }

    pub(crate) fn run(&self, run: &RunRow) {
        self.print(|| {
            let RunRow {
                id,
                pipeline,
                pack,
                model,
                engine,
                device,
                threads,
                total_ms,
                cache_hit,
                errors,
                ..
            } = run;
            let outcome = run.outcome.as_str();
            let optional = [
                (!run.quantisation.is_empty()).then(|| format!(" quantisation={}", run.quantisation)),
                run.cache_age_ms.map(|ms| format!(" cache_age_ms={ms}")),
                run.cpu_ms.map(|ms| format!(" cpu_ms={ms}")),
                run.peak_memory_bytes.map(|bytes| format!(" peak_memory_bytes={bytes}")),
            ];
            let optional: String = optional.into_iter().flatten().collect();
            format!(
                "[PERF] [run] run={id} pipeline={pipeline} pack={pack} model={model} engine={engine} \
                 device={device} threads={threads} total_ms={total_ms} outcome={outcome} \
                 cache_hit={cache_hit} errors={errors}{optional}"
            )
        });
    }

    fn print(&self, line: impl FnOnce() -> String) {
        match self {
            Self::Off => {}
            Self::Stderr => {
                // A closed standard error is no reason to stop; `eprintln!` would panic.
                let mut line = line();
                line.push('\n');
                let _ = std::io::stderr().write_all(line.as_bytes());
            }
            Self::To(sink) => sink(&line()),
        }
    }
}
