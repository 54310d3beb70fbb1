//! Benchmarks, the comparison of models, and the history in other formats, by the real executable.

use std::path::Path;

use serde_json::{Value, json};
use sextant_tests::binary::run as sextant;
use sextant_tests::nano;

/// What it printed; it has to have succeeded.
fn printed(home: &Path, args: &[&str]) -> String {
    let output = sextant(home, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn document(home: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&printed(home, args)).expect("one JSON document")
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

#[test]
fn a_benchmark_is_compared_with_an_earlier_one_and_a_loss_fails() {
    let home = folder();
    let now = document(home.path(), &["bench", "pipeline", "--iterations", "4", "--json"]);
    assert_eq!(now["pipeline"]["scenarios"].as_array().map(Vec::len), Some(8));
    let samples = now["pipeline"]["samples"].as_object().expect("raw samples by name");
    assert_eq!(samples["narrative"].as_array().map(Vec::len), Some(32), "{samples:?}");

    // A machine that was ten times as fast.
    let mut faster = now.clone();
    for samples in faster["pipeline"]["samples"].as_object_mut().expect("an object").values_mut() {
        for ms in samples.as_array_mut().expect("a list") {
            *ms = json!(ms.as_f64().expect("a time") / 10.0);
        }
    }
    let before = home.path().join("before.json");
    let compare = |baseline: &Value, loss: &str| {
        std::fs::write(&before, baseline.to_string()).expect("it can be written");
        let before = before.to_str().expect("a plain name");
        sextant(
            home.path(),
            &["bench", "pipeline", "--iterations", "4", "--compare", before, "--max-loss", loss, "--json"],
        )
    };
    let lost = compare(&faster, "1.25");
    assert_eq!(lost.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&lost.stderr).contains("slower than before"), "{lost:?}");
    let rows: Value = serde_json::from_slice(&lost.stdout).expect("one JSON document");
    let narrative = rows["comparison"]["rows"]
        .as_array()
        .and_then(|rows| rows.iter().find(|row| row["name"] == "pipeline: narrative"))
        .expect("narratives are compared");
    assert!(narrative["low"].as_f64() <= narrative["ratio"].as_f64(), "{narrative}");
    assert!(narrative["ratio"].as_f64() <= narrative["high"].as_f64(), "{narrative}");

    let same = compare(&now, "1000");
    assert!(same.status.success(), "{}", String::from_utf8_lossy(&same.stderr));

    let no_samples = compare(&json!({ "pipeline": {} }), "1.25");
    assert_eq!(no_samples.status.code(), Some(3));
}

#[test]
fn a_benchmark_is_printed_for_documents_and_spreadsheets() {
    let home = folder();
    let markdown = printed(home.path(), &["bench", "cache", "--iterations", "1", "--format", "markdown"]);
    assert!(markdown.contains("| look-up | n |") && markdown.contains("| --- | ---: |"), "{markdown}");
    let csv = printed(home.path(), &["bench", "cache", "--iterations", "1", "--format", "csv"]);
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("suite,what,repetition,ms"));
    assert!(lines.filter(|line| line.starts_with("cache,hit,")).count() >= 5, "{csv}");
}

#[test]
fn two_quantisations_are_compared_and_the_proposal_is_used() {
    let home = folder();
    let f16 = nano::at_f16(home.path()).file;
    let f16 = f16.to_str().expect("a plain name");
    let args = ["models", "compare", "nano", f16, "--iterations", "1", "--apply", "--json"];
    let document = document(home.path(), &args);
    let models = document["models"].as_array().expect("a list");
    assert_eq!(models.len(), 2);
    for model in models {
        assert_eq!(model["run_ms"].as_array().map(Vec::len), Some(8), "{model}");
        assert_eq!(model["right"]["n"], 20, "{model}");
        assert_eq!(model["consistent"]["n"], 60, "{model}");
        assert_eq!(model["in_context"]["n"], 5, "{model}");
        assert!(model["decode_tokens_per_s"].as_f64().is_some_and(|speed| speed > 0.0), "{model}");
        assert!(model["bottleneck"].as_str().is_some_and(|name| name.contains(", ")), "{model}");
        assert!(model["grounded_share"].as_f64().is_some_and(|share| share > 0.8), "{model}");
        assert_eq!(model["errors"], json!([]));
    }
    assert_eq!([&models[0]["quantisation"], &models[1]["quantisation"]], ["Q8_0", "F16"]);
    let decision = &document["decision"];
    assert_eq!(decision["baseline"], "nano");
    assert_eq!(decision["rows"].as_array().map(Vec::len), Some(2));
    let settings: Value = serde_json::from_str(&printed(home.path(), &["settings", "--json"])).expect("JSON");
    assert_eq!(settings["model"], decision["fast"]);
    assert_eq!(settings["accurate"], decision["accurate"]);
}

#[test]
fn weights_that_are_none_are_refused() {
    let home = folder();
    let output = sextant(home.path(), &["models", "compare", "--weights", "beauty=3"]);
    assert_eq!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_history_can_be_handed_on() {
    let home = folder();
    printed(home.path(), &["recommend", "--where", "tdu_area=ONCOR"]);
    let report = home.path().join("report.html");
    let report = report.to_str().expect("a plain name");
    printed(home.path(), &["history", "report", "--since", "1h", "--output", report]);
    let page = std::fs::read_to_string(report).expect("it was written");
    assert_eq!(page.matches("src=\"data:image/png;base64,").count(), 6, "one picture for each plot");
    assert!(!page.contains("http://") && !page.contains("https://"), "nothing comes from elsewhere");
    for words in ["narrative", "Processor", "Memory", "nano", "p95 ms"] {
        assert!(page.contains(words), "{words} is missing");
    }

    let otlp = printed(home.path(), &["history", "export", "otlp"]);
    assert_eq!(otlp.lines().count(), 1);
    let request: Value = serde_json::from_str(&otlp).expect("a line is a document");
    let spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().expect("spans");
    assert_eq!(spans.len(), 6, "the run and its five stages");
    let csv = printed(home.path(), &["history", "export", "csv"]);
    assert_eq!(csv.lines().count(), 6, "a header and five stages");
    let metrics = printed(home.path(), &["history", "export", "prometheus"]);
    assert!(metrics.contains("sextant_runs_total{outcome=\"done\"} 1"), "{metrics}");
}

#[test]
fn a_limit_of_the_person_gives_an_alert() {
    let home = folder();
    printed(home.path(), &["settings", "--limit", "narrative=0.001", "--history-days", "7"]);
    for seed in ["1", "2"] {
        printed(home.path(), &["recommend", "--seed", seed, "--no-cache"]);
    }
    let history = document(home.path(), &["history", "--format", "json"]);
    let alerts = history["alerts"].as_array().expect("a list");
    assert!(
        alerts.iter().any(|alert| alert["stage"] == "narrative" && alert["kind"]["kind"] == "threshold"),
        "{alerts:?}"
    );
    assert!(alerts.iter().all(|alert| alert["advice"].as_str().is_some_and(|advice| !advice.is_empty())));
    printed(home.path(), &["settings", "--limit", "narrative=auto"]);
    let history = document(home.path(), &["history", "--format", "json"]);
    assert_eq!(history["alerts"], json!([]));
    for wrong in [["--limit", "narrative=soon"], ["--history-days", "0"]] {
        let output = sextant(home.path(), &["settings", wrong[0], wrong[1]]);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
    }
}
