//! The whole way from spans to the formats of other tools.

use std::io;

use sextant_domain::{PerformanceQuery, RunId};
use sextant_store::export::{write_csv_header, write_csv_runs, write_otlp, write_prometheus};
use sextant_store::{HistoryLayer, PerfLines, RunMeta, RunOutcome, RunTrace, Store};
use tracing_subscriber::layer::SubscriberExt as _;

#[test]
fn recorded_runs_are_exported_oldest_first() {
    let store = Store::open_in_memory().expect("a store");
    let layer = HistoryLayer::new(Some(store.clone()), PerfLines::Off);
    let ids: Vec<RunId> =
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            (0..3).map(|_| record_run()).collect()
        });
    store.flush();
    let (mut csv, mut otlp) = (Vec::new(), Vec::new());
    write_csv_header(&mut csv).expect("memory takes everything");
    store
        .each_run(None, |run| {
            write_csv_runs([run], &mut csv)?;
            write_otlp([run], &mut otlp)
        })
        .expect("readable")
        .expect("memory takes everything");
    let csv = String::from_utf8(csv).expect("text");
    let named: Vec<&str> = csv.lines().skip(1).map(|line| line.split(',').next().expect("an id")).collect();
    let expected: Vec<String> = ids.iter().flat_map(|id| [id.to_string(), id.to_string()]).collect();
    assert_eq!(named, expected);
    let otlp = String::from_utf8(otlp).expect("text");
    for (line, id) in otlp.lines().zip(&ids) {
        assert!(line.contains(&id.to_string().replace('-', "")), "{line}");
    }
    assert_eq!(otlp.lines().count(), 3);

    let query = PerformanceQuery { window_ms: f64::INFINITY, ..PerformanceQuery::default() };
    let performance = store.performance(&query, std::time::SystemTime::now()).expect("figures");
    let mut metrics = Vec::new();
    write_prometheus(&performance, &mut metrics).expect("memory takes everything");
    let metrics = String::from_utf8(metrics).expect("text");
    assert!(metrics.contains("sextant_runs_total{outcome=\"done\"} 3\n"), "{metrics}");
    assert!(metrics.contains("sextant_stage_duration_seconds_count{stage=\"narrative\"} 3\n"), "{metrics}");
}

#[test]
fn an_export_ends_where_its_target_does() {
    let store = Store::open_in_memory().expect("a store");
    let layer = HistoryLayer::new(Some(store.clone()), PerfLines::Off);
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        record_run();
        record_run();
    });
    store.flush();
    let mut visited = 0;
    let result = store.each_run(None, |_| {
        visited += 1;
        Err(io::Error::from(io::ErrorKind::BrokenPipe))
    });
    assert_eq!(visited, 1);
    assert_eq!(result.expect("readable").expect_err("closed").kind(), io::ErrorKind::BrokenPipe);
}

fn record_run() -> RunId {
    let run_id = RunId::generate();
    let run = RunTrace::start(RunMeta {
        run_id,
        pipeline: "recommend",
        pack: "energy".into(),
        model: "nano".into(),
        engine: "scripted".into(),
        device: "cpu".into(),
        quantisation: "q8_0".into(),
    });
    run.stage("usage_summary").finish();
    run.stage("narrative").finish();
    run.finish(RunOutcome::Done, false);
    run_id
}
