//! Each format against its own rules, with names that need escaping.

use std::collections::BTreeSet;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;
use sextant_domain::{
    CacheSeries, CacheTier, ModelSeries, OutcomePoint, Performance, RunId, StageError, StageSeries,
    StageTiming,
};

use super::*;
use crate::RunOutcome;

fn run() -> RunWithStages {
    let row = RunRow {
        id: RunId::parse("018f3f6e-7d2a-7c11-8000-0000000000ff").expect("an id"),
        pipeline: "recommend".into(),
        pack: "energy".into(),
        model: "na\"no, \\ big\n".into(),
        engine: "llama.cpp".into(),
        device: "cpu".into(),
        threads: 8,
        started_at: UNIX_EPOCH + Duration::from_micros(1_709_164_799_999_999),
        total_ms: 2000.5,
        outcome: RunOutcome::Degraded,
        cache_hit: false,
        cache_age_ms: None,
        quantisation: "q8_0".into(),
        cpu_ms: Some(7.25),
        peak_memory_bytes: Some(1 << 40),
        errors: 1,
    };
    let narrative = StageTiming {
        name: "narrative_2".into(),
        start_ms: 10.0,
        total_ms: 1500.25,
        decode_ms: 900.0,
        first_token_ms: Some(512.5),
        completion_tokens: 40,
        attempts: 2,
        ..StageTiming::default()
    };
    let error =
        StageError { code: "timed_out".into(), message: "It took \"too\" long,\nas it seems.".into() };
    let failed = StageTiming { name: "plan_scoring".into(), error: Some(error), ..StageTiming::default() };
    (row, vec![narrative, failed])
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut bytes = Vec::new();
    write(&mut bytes).expect("memory takes everything");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn otlp_lines_keep_to_the_json_mapping() {
    let runs = [run(), run()];
    let text = written(|to| write_otlp(&runs, to));
    assert_eq!(text.lines().count(), 2);
    let request: Value = serde_json::from_str(text.lines().next().expect("a line")).expect("JSON");
    check_names(&request);
    let spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().expect("spans");
    assert_eq!(spans.len(), 3);
    let mut ids = BTreeSet::new();
    for span in spans {
        let hex = |name: &str, length: usize| {
            let id = span[name].as_str().expect("an id").to_owned();
            assert!(id.len() == length && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')), "{id}");
            assert!(id.bytes().any(|byte| byte != b'0'));
            id
        };
        assert_eq!(hex("traceId", 32), "018f3f6e7d2a7c1180000000000000ff");
        assert!(ids.insert(hex("spanId", 16)), "span ids differ");
        let time = |name: &str| span[name].as_str().expect("text").parse::<u64>().expect("decimal digits");
        assert!(time("startTimeUnixNano") <= time("endTimeUnixNano"));
        assert!(span["kind"].is_u64() && span["status"].is_object());
    }
    assert_eq!(spans[0]["startTimeUnixNano"], "1709164799999999000");
    assert_eq!(spans[0]["endTimeUnixNano"], "1709164802000499000");
    assert!(spans[0].get("parentSpanId").is_none());
    assert!(spans[1..].iter().all(|span| span["parentSpanId"] == spans[0]["spanId"]));
    assert_eq!(attribute(&spans[0], "gen_ai.request.model")["stringValue"], "na\"no, \\ big\n");
    assert_eq!(attribute(&spans[0], "sextant.peak_memory_bytes")["intValue"], "1099511627776");
    assert_eq!(attribute(&spans[1], "gen_ai.usage.output_tokens")["intValue"], "40");
    assert_eq!(attribute(&spans[1], "gen_ai.server.time_to_first_token")["doubleValue"], 0.5125);
    assert_eq!(attribute(&spans[2], "error.type")["stringValue"], "timed_out");
    assert_eq!(spans[2]["status"]["code"], 2);
}

fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let attributes = span["attributes"].as_array().expect("attributes");
    &attributes.iter().find(|attribute| attribute["key"] == key).expect(key)["value"]
}

fn check_names(value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                assert!(name.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name} is not camelCase");
                assert!(name.starts_with(|letter: char| letter.is_ascii_lowercase()), "{name}");
                check_names(value);
            }
        }
        Value::Array(values) => values.iter().for_each(check_names),
        _ => {}
    }
}

#[test]
fn csv_lines_have_all_columns_and_quote_what_they_must() {
    let without_stages = (run().0, vec![]);
    let text = written(|to| {
        write_csv_header(to)?;
        write_csv_runs(&[run(), without_stages], to)
    });
    let records = records(&text);
    assert_eq!(records.len(), 4);
    assert!(records.iter().all(|record| record.len() == records[0].len()), "{records:?}");
    let cell = |record: usize, name: &str| {
        let column = records[0].iter().position(|header| header == name).expect(name);
        records[record][column].as_str()
    };
    assert_eq!(cell(1, "started_at"), "2024-02-28T23:59:59.999999Z");
    assert_eq!(cell(1, "model"), "na\"no, \\ big\n");
    assert_eq!((cell(1, "stage"), cell(1, "pooled_stage")), ("narrative_2", "narrative"));
    assert_eq!((cell(1, "total_ms"), cell(1, "first_token_ms")), ("1500.25", "512.5"));
    assert_eq!((cell(1, "decode_ms"), cell(1, "check_ms")), ("900", "0"));
    assert_eq!(cell(2, "error_message"), "It took \"too\" long,\nas it seems.");
    assert_eq!((cell(3, "stage"), cell(3, "attempts"), cell(3, "outcome")), ("", "", "degraded"));
}

/// RFC 4180, read back.
fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (vec![], vec![], String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.next_if_eq(&'"').is_some() => cell.push('"'),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted && letters.next_if_eq(&'\n').is_some() => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            letter => cell.push(letter),
        }
    }
    assert!(record.is_empty() && cell.is_empty() && !quoted, "the last line is whole");
    records
}

#[test]
fn prometheus_text_keeps_to_the_exposition_format() {
    let outcome = OutcomePoint { done: 3, stopped: 1, fallbacks: 2, ..OutcomePoint::default() };
    let performance = Performance {
        stages: ["narrative", "odd \"stage\"\\\n"]
            .map(|stage| StageSeries {
                stage: stage.into(),
                n: 7,
                p95_ms: 1250.5,
                errors: 1,
                ..Default::default()
            })
            .into(),
        models: vec![ModelSeries { model: "nano".into(), n: 5, prompt_tokens: 12, ..ModelSeries::default() }],
        caches: vec![CacheSeries {
            tier: CacheTier::Answer,
            hits: 4,
            misses: 2,
            evictions: 1,
            points: vec![],
        }],
        outcomes: vec![outcome, outcome],
        ..Performance::default()
    };
    let text = written(|to| write_prometheus(&performance, to));
    check_exposition(&text);
    for line in [
        r#"sextant_stage_duration_seconds{stage="narrative",quantile="0.95"} 1.2505"#,
        r#"sextant_stage_duration_seconds_count{stage="narrative"} 7"#,
        r#"sextant_stage_errors_total{stage="odd \"stage\"\\\n"} 1"#,
        r#"sextant_runs_total{outcome="done"} 6"#,
        r#"sextant_cache_lookups_total{tier="answer",result="hit"} 4"#,
        r#"sextant_tokens_total{model="nano",type="prompt"} 12"#,
        "sextant_stage_fallbacks_total 4",
    ] {
        assert!(text.lines().any(|other| other == line), "{line} is missing in\n{text}");
    }
    check_exposition(&written(|to| write_prometheus(&Performance::default(), to)));
}

/// Every sample belongs to the metric whose HELP and TYPE stand above it, once each, and reads as
/// `name{label="value",…} number`.
fn check_exposition(text: &str) {
    assert!(text.ends_with('\n'));
    let (mut current, mut known, mut samples) = (String::new(), BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            current = help.split(' ').next().expect("a name").to_owned();
            assert!(known.insert(current.clone()), "{current} comes twice");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').expect("a type");
            assert_eq!(name, current);
            assert!(["counter", "gauge", "summary"].contains(&kind), "{kind}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        } else {
            let (series, value) = line.rsplit_once(' ').expect("a value");
            value.parse::<f64>().expect("a number");
            assert!(samples.insert(series.to_owned()), "{series} comes twice");
            let name = series.split('{').next().expect("a name");
            assert!(name == current || name == format!("{current}_count"), "{name} below {current}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            check_labels(&series[name.len()..]);
        }
    }
}

fn check_labels(labels: &str) {
    let Some(labels) = labels.strip_prefix('{').and_then(|labels| labels.strip_suffix('}')) else {
        assert!(labels.is_empty(), "{labels}");
        return;
    };
    let mut rest = labels;
    while !rest.is_empty() {
        let (name, value) = rest.split_once("=\"").expect("name=\"value\"");
        assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
        let mut letters = value.char_indices();
        let end = loop {
            match letters.next().expect("a closing quote") {
                (_, '\\') => assert!(matches!(letters.next(), Some((_, '\\' | '"' | 'n'))), "{value}"),
                (end, '"') => break end,
                _ => {}
            }
        };
        rest = value[end + 1..].trim_start_matches(',');
    }
}
