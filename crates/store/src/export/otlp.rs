//! OpenTelemetry traces as JSON lines: one `ExportTraceServiceRequest` a line, one run a request.
//!
//! As the protocol's JSON mapping has it: names in camelCase, trace and span ids in hex, 64-bit numbers as
//! decimal strings, enumerations as numbers. A run's trace id is its own id, so that the same run exported
//! twice is the same trace.

use std::io::{self, Write};

use serde_json::{Value, json};
use sextant_domain::{RunId, StageTiming};

use super::RunWithStages;
use crate::RunRow;
use crate::history::{RunOutcome, STOPPED};
use crate::parts::whole_micros;
use crate::table::{micros, pooled_name};

const KIND_INTERNAL: u8 = 1;
const KIND_CLIENT: u8 = 3;
const STATUS_OK: u8 = 1;
const STATUS_ERROR: u8 = 2;

/// One line per run, oldest or newest first, as they come.
pub fn write_otlp<'a>(
    runs: impl IntoIterator<Item = &'a RunWithStages>,
    to: &mut impl Write,
) -> io::Result<()> {
    for (run, stages) in runs {
        serde_json::to_writer(&mut *to, &request(run, stages))?;
        to.write_all(b"\n")?;
    }
    Ok(())
}

fn request(run: &RunRow, stages: &[StageTiming]) -> Value {
    let mut spans = vec![run_span(run)];
    spans.extend((1..).zip(stages).map(|(number, stage)| stage_span(run, number, stage)));
    let resource = [text("service.name", "sextant")];
    let scope = json!({ "name": "sextant-store", "version": env!("CARGO_PKG_VERSION") });
    json!({ "resourceSpans": [{
        "resource": { "attributes": resource },
        "scopeSpans": [{ "scope": scope, "spans": spans }],
    }] })
}

fn run_span(run: &RunRow) -> Value {
    let mut attributes = vec![
        text("sextant.run_id", &run.id.to_string()),
        text("sextant.pipeline", &run.pipeline),
        text("sextant.pack", &run.pack),
        text("gen_ai.operation.name", "invoke_workflow"),
        text("gen_ai.workflow.name", &run.pipeline),
        text("gen_ai.request.model", &run.model),
        text("gen_ai.provider.name", &run.engine),
        text("sextant.device", &run.device),
        text("sextant.quantisation", &run.quantisation),
        integer("sextant.threads", run.threads.into()),
        text("sextant.outcome", run.outcome.as_str()),
        json!({ "key": "sextant.cache_hit", "value": { "boolValue": run.cache_hit } }),
    ];
    attributes.extend(run.cache_age_ms.map(|ms| double("sextant.cache_age_ms", ms)));
    attributes.extend(run.cpu_ms.map(|ms| double("sextant.cpu_ms", ms)));
    attributes.extend(run.peak_memory_bytes.map(|bytes| integer("sextant.peak_memory_bytes", bytes)));
    let status = match run.outcome {
        RunOutcome::Done | RunOutcome::Degraded => json!({ "code": STATUS_OK }),
        RunOutcome::Failed => json!({ "code": STATUS_ERROR, "message": "the run failed" }),
        RunOutcome::Stopped => json!({}),
    };
    let start_us = micros(run.started_at).unsigned_abs();
    json!({
        "traceId": trace_id(run.id),
        "spanId": span_id(run.id, 0),
        "name": run.pipeline,
        "kind": KIND_INTERNAL,
        "startTimeUnixNano": nanos(start_us),
        "endTimeUnixNano": nanos(start_us + whole_micros(run.total_ms)),
        "attributes": attributes,
        "status": status,
    })
}

fn stage_span(run: &RunRow, number: u64, stage: &StageTiming) -> Value {
    let generates = stage.completion_tokens > 0 || stage.first_token_ms.is_some();
    let mut attributes = vec![
        text("sextant.stage", &stage.name),
        text("sextant.pooled_stage", pooled_name(&stage.name)),
        text("gen_ai.request.model", &run.model),
        text("gen_ai.provider.name", &run.engine),
        integer("gen_ai.usage.input_tokens", stage.prompt_tokens.into()),
        integer("gen_ai.usage.cache_read.input_tokens", stage.cached_tokens.into()),
        integer("gen_ai.usage.output_tokens", stage.completion_tokens.into()),
        integer("sextant.attempts", stage.attempts.into()),
    ];
    if generates {
        attributes.push(text("gen_ai.operation.name", "chat"));
    }
    attributes.extend(stage.phases().map(|(phase, ms)| double(&format!("sextant.{phase}_ms"), ms)));
    // In seconds, as the convention has it.
    attributes.extend(stage.first_token_ms.map(|ms| double("gen_ai.server.time_to_first_token", ms / 1e3)));
    let status = match &stage.error {
        None => json!({ "code": STATUS_OK }),
        Some(error) => {
            attributes.push(text("error.type", &error.code));
            attributes.push(text("error.message", &error.message));
            if error.code == STOPPED {
                json!({})
            } else {
                json!({ "code": STATUS_ERROR, "message": error.message })
            }
        }
    };
    let start_us = micros(run.started_at).unsigned_abs() + whole_micros(stage.start_ms);
    json!({
        "traceId": trace_id(run.id),
        "spanId": span_id(run.id, number),
        "parentSpanId": span_id(run.id, 0),
        "name": stage.name,
        "kind": if generates { KIND_CLIENT } else { KIND_INTERNAL },
        "startTimeUnixNano": nanos(start_us),
        "endTimeUnixNano": nanos(start_us + whole_micros(stage.total_ms)),
        "attributes": attributes,
        "status": status,
    })
}

fn text(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn integer(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

fn double(key: &str, value: f64) -> Value {
    json!({ "key": key, "value": { "doubleValue": value } })
}

fn nanos(us: u64) -> String {
    format!("{us}000")
}

/// The run's id without its dashes: 16 bytes, as the protocol wants them, and never all zero.
fn trace_id(run: RunId) -> String {
    run.to_string().chars().filter(char::is_ascii_hexdigit).collect()
}

/// 8 bytes: the id's random half, a different one for each of its spans. The run's own is number 0.
fn span_id(run: RunId, number: u64) -> String {
    let trace = trace_id(run);
    let half = trace.get(16..).and_then(|half| u64::from_str_radix(half, 16).ok()).unwrap_or_default();
    // All zero is no id. Adding keeps those of one run apart.
    format!("{:016x}", half.wrapping_add(number).max(1))
}
