//! One line per stage, with its run's columns repeated (RFC 4180; a run without stages has one line).

use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};
use jiff::Timestamp;
use sextant_domain::StageTiming;

use super::RunWithStages;
use crate::RunRow;
use crate::table::{micros, pooled_name};

const HEADER: &str = "run_id,started_at,pipeline,pack,model,quantisation,engine,device,threads,run_total_ms,\
outcome,cache_hit,cache_age_ms,cpu_ms,peak_memory_bytes,stage,pooled_stage,start_ms,load_ms,queue_ms,\
prompt_build_ms,retrieval_ms,prefill_ms,decode_ms,parse_ms,check_ms,total_ms,first_token_ms,prompt_tokens,\
cached_tokens,completion_tokens,attempts,error_code,error_message";

/// How many columns are the stage's.
const STAGE_COLUMNS: usize = 19;

/// The names of the columns, once, ahead of [`write_csv_runs`].
pub fn write_csv_header(to: &mut impl Write) -> io::Result<()> {
    write!(to, "{HEADER}\r\n")
}

/// Cells that are not known are empty.
pub fn write_csv_runs<'a>(
    runs: impl IntoIterator<Item = &'a RunWithStages>,
    to: &mut impl Write,
) -> io::Result<()> {
    let mut lines_to = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(to);
    for (run, stages) in runs {
        let of_run = run_cells(run);
        let lines: Vec<Vec<String>> = match &stages[..] {
            [] => vec![vec![String::new(); STAGE_COLUMNS]],
            stages => stages.iter().map(stage_cells).collect(),
        };
        for of_stage in lines {
            lines_to.write_record(of_run.iter().chain(&of_stage))?;
        }
    }
    lines_to.flush()
}

fn run_cells(run: &RunRow) -> Vec<String> {
    vec![
        run.id.to_string(),
        Timestamp::from_microsecond(micros(run.started_at))
            .map(|started_at| format!("{started_at:.6}"))
            .unwrap_or_default(),
        run.pipeline.clone(),
        run.pack.clone(),
        run.model.clone(),
        run.quantisation.clone(),
        run.engine.clone(),
        run.device.clone(),
        run.threads.to_string(),
        run.total_ms.to_string(),
        run.outcome.as_str().into(),
        run.cache_hit.to_string(),
        known(run.cache_age_ms),
        known(run.cpu_ms),
        known(run.peak_memory_bytes),
    ]
}

fn stage_cells(stage: &StageTiming) -> Vec<String> {
    let mut cells = vec![stage.name.clone(), pooled_name(&stage.name).into(), stage.start_ms.to_string()];
    cells.extend(stage.phases().map(|(_, ms)| ms.to_string()));
    cells.extend([stage.total_ms.to_string(), known(stage.first_token_ms)]);
    let counts = [stage.prompt_tokens, stage.cached_tokens, stage.completion_tokens, stage.attempts];
    cells.extend(counts.map(|count| count.to_string()));
    let error = stage.error.as_ref();
    cells.push(error.map(|error| error.code.clone()).unwrap_or_default());
    cells.push(error.map(|error| error.message.clone()).unwrap_or_default());
    cells
}

fn known(figure: Option<impl ToString>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}
