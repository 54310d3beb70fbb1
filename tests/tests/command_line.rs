//! What scripts rely on: names, JSON fields, exit codes, and sentences about bad input.

use std::process::Output;

use serde_json::Value;
use sextant_tests::binary::run as sextant;

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stdout)))
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder can be made")
}

/// The call ends with `code`, and its error says `sentence`.
fn check(args: &[&str], code: i32, sentence: &str) {
    let home = folder();
    let output = sextant(home.path(), args);
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
    assert!(error.contains(sentence), "{args:?}: {error}");
    assert!(!error.contains("panicked"), "{args:?}: {error}");
}

/// As `check`, for a file of its own.
fn check_file(option: &str, content: &[u8], code: i32, sentence: &str) {
    let dir = folder();
    let path = dir.path().join("input.csv");
    std::fs::write(&path, content).expect("a temporary file can be written");
    let path = path.to_str().expect("temporary folders have plain names");
    check(&["recommend", "--figures-only", option, path], code, sentence);
}

#[test]
fn a_recommendation_has_every_documented_field() {
    let home = folder();
    let output = sextant(home.path(), &["recommend", "--json", "--where", "tdu_area=ONCOR", "--top", "5"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document = json(&output);
    for field in [
        "run_id",
        "pack",
        "model",
        "device",
        "started_at",
        "total_ms",
        "cache",
        "stages",
        "errors",
        "usage",
        "summary",
        "items",
        "considered",
        "filtered_out",
    ] {
        assert!(!document[field].is_null(), "{field} is missing");
    }
    for field in ["months", "annual_kwh", "peak_month", "low_month"] {
        assert!(!document["usage"][field].is_null(), "usage.{field} is missing");
    }
    let stages = document["stages"].as_array().expect("stages is a list");
    let names: Vec<&str> = stages.iter().filter_map(|stage| stage["name"].as_str()).collect();
    for name in ["usage_summary", "plan_scoring", "narrative"] {
        assert!(names.contains(&name), "{names:?}");
    }
    for field in [
        "queue_ms",
        "prompt_build_ms",
        "prefill_ms",
        "decode_ms",
        "parse_ms",
        "total_ms",
        "prompt_tokens",
        "cached_tokens",
        "completion_tokens",
        "attempts",
    ] {
        assert!(stages.iter().all(|stage| stage[field].is_number()), "{field} is missing");
    }
    let items = document["items"].as_array().expect("items is a list");
    assert_eq!(items.len(), 5);
    for (i, item) in items.iter().enumerate() {
        for field in
            ["rank", "id", "name", "supplier", "annual_cost", "savings", "score", "criteria", "why", "claims"]
        {
            assert!(!item[field].is_null(), "items[{i}].{field} is missing");
        }
        assert_eq!(
            item["why"].as_str().is_some_and(|why| !why.is_empty()),
            i < 3,
            "narratives are for three"
        );
    }

    let again =
        json(&sextant(home.path(), &["recommend", "--json", "--where", "tdu_area=ONCOR", "--top", "5"]));
    assert_eq!(again["cache"]["hit"], true);
    assert_eq!(again["items"], document["items"]);
    assert_ne!(again["run_id"], document["run_id"]);
    let fresh = json(&sextant(
        home.path(),
        &["recommend", "--json", "--no-cache", "--where", "tdu_area=ONCOR", "--top", "5"],
    ));
    assert_eq!(fresh["cache"]["hit"], false);
    assert_eq!(fresh["items"], document["items"], "the same seed gives the same words");

    let history = json(&sextant(home.path(), &["history", "--format", "json"]));
    assert_eq!(history["runs"].as_array().map(Vec::len), Some(3));
    assert_eq!(history["cache"][0]["hits"], 1);
    let run = json(&sextant(
        home.path(),
        &["history", "--format", "json", "--run", document["run_id"].as_str().expect("an id is text")],
    ));
    assert_eq!(run["stages"], document["stages"], "the history and the answer have one source");
}

#[test]
fn wrong_calls_end_with_two_and_say_what_there_is() {
    check(&["recommend", "--figures-only", "--where", "planet=Mars"], 2, "there is no column planet");
    check(
        &["recommend", "--figures-only", "--current-plan", "none-such"],
        2,
        "there is no plan with the id none-such",
    );
    check(&["recommend", "--pack", "cheese"], 2, "there is no pack called cheese");
    check(&["recommend", "--model", "gpt-17"], 2, "there is no model called gpt-17");
    check(&["recommend", "--home", "nobody"], 2, "there is no home nobody");
    check(&["recommend", "--top", "0"], 2, "0 is not in");
    check(&["no-such-command"], 2, "unrecognized subcommand");
    check(&["history", "--run", "x"], 2, "is no run's id");
}

#[test]
fn no_plan_left_says_which_filter_removed_how_many() {
    check(
        &["recommend", "--figures-only", "--where", "tdu_area=ONCOR", "--budget", "1"],
        3,
        "no plan is left of 676: tdu_area is not ONCOR (551), over the budget of 1.00 a month (125)",
    );
}

#[test]
fn bad_files_end_with_three_and_say_where() {
    check_file("--usage", b"", 3, "input.csv");
    check_file("--catalog", b"", 3, "input.csv");
    check_file("--usage", b"month,kwh\n1,abc\n", 3, "line 2");
    check_file("--usage", b"month,kwh\n1,NaN\n", 3, "line 2");
    check_file("--catalog", b"name;color\na;b\n", 3, "--map");
    check_file(
        "--catalog",
        b"plan_id,plan_name,rep_name,price_kwh_500,price_kwh_1000,price_kwh_2000\n1,A,B,abc,10,10\n",
        3,
        "line 2",
    );
    let dir = folder();
    let path = dir.path().to_str().expect("temporary folders have plain names");
    check(&["recommend", "--figures-only", "--catalog", path], 3, "is a folder, not a file");
    check(&["recommend", "--figures-only", "--usage", "/no/such/file.csv"], 3, "/no/such/file.csv");
}

#[test]
fn a_file_of_200_mb_is_refused_at_once() {
    let dir = folder();
    let path = dir.path().join("huge.csv");
    let file = std::fs::File::create(&path).expect("a temporary file can be made");
    file.set_len(200 << 20).expect("a sparse file takes no room");
    check(&["recommend", "--figures-only", "--catalog", path.to_str().expect("a plain name")], 3, "huge.csv");
}

#[test]
fn negative_and_absurd_prices_are_flagged_and_left_out() {
    let home = folder();
    let path = home.path().join("plans.csv");
    std::fs::write(
        &path,
        "plan_id,plan_name,rep_name,price_kwh_500,price_kwh_1000,price_kwh_2000\n\
         1,Good,S,12,11,10\n2,Negative,S,-12,11,10\n3,Absurd,S,12,1100,10\n1,Good,S,12,11,10\n",
    )
    .expect("a temporary file can be written");
    let path = path.to_str().expect("a plain name");
    let document = json(&sextant(home.path(), &["recommend", "--figures-only", "--json", "--catalog", path]));
    assert_eq!(document["considered"], 1);
    let removed: u64 = document["filtered_out"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|removed| removed["count"].as_u64())
        .sum();
    assert_eq!(removed, 3);
}

#[test]
fn a_database_from_a_newer_version_is_left_alone() {
    let home = folder();
    assert!(sextant(home.path(), &["recommend", "--figures-only"]).status.success());
    let path = home.path().join("sextant.db");
    let mut bytes = std::fs::read(&path).expect("the database is there");
    // The header's user version is a big-endian number at byte 60.
    bytes[60..64].copy_from_slice(&9999_u32.to_be_bytes());
    std::fs::write(&path, &bytes).expect("it can be written");
    let output = sextant(home.path(), &["recommend", "--figures-only"]);
    assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stderr).contains("newer"));
    assert_eq!(std::fs::read(&path).expect("it is still there"), bytes);
}

#[test]
fn without_a_display_the_window_says_what_to_do() {
    check(&[], 1, "sextant recommend");
}

#[test]
fn a_missing_model_is_told_and_figures_still_work() {
    check(&["recommend", "--model", "qwen3-8b"], 3, "qwen3-8b");
    let home = folder();
    assert!(sextant(home.path(), &["recommend", "--figures-only", "--model", "nano"]).status.success());
}

#[test]
fn doctor_finds_the_bundled_model_sound() {
    let home = folder();
    let document = json(&sextant(home.path(), &["doctor", "--json"]));
    assert_eq!(document["ok"], true, "{document}");
}

#[test]
fn errors_are_json_too_where_json_was_asked_for() {
    let home = folder();
    let output = sextant(home.path(), &["recommend", "--json", "--figures-only", "--where", "planet=Mars"]);
    assert_eq!(json(&output)["errors"][0]["code"], "unknown_column");
}

#[test]
fn what_is_set_is_used_until_it_is_taken_back() {
    let home = folder();
    let recommend = ["recommend", "--json", "--no-cache", "--where", "tdu_area=ONCOR", "--top", "1"];
    let engine_of_last_run = || {
        let history = json(&sextant(home.path(), &["history", "--format", "json"]));
        history["runs"][0]["engine"].as_str().expect("a run names its engine").to_owned()
    };
    json(&sextant(home.path(), &["settings", "--engine", "mistralrs", "--json"]));
    json(&sextant(home.path(), &recommend));
    assert_eq!(engine_of_last_run(), "mistralrs");

    let refused = sextant(home.path(), &["settings", "--engine", "abacus"]);
    assert_eq!(refused.status.code(), Some(2));
    let refused = sextant(home.path(), &["settings", "--model", "missing.gguf"]);
    assert_eq!(refused.status.code(), Some(2));
    let set = json(&sextant(home.path(), &["settings", "--json"]));
    let expected = serde_json::json!({
        "engine": "mistralrs", "model": null, "accurate": null, "history_days": null, "limits": {},
    });
    assert_eq!(set, expected, "refusals change nothing");

    json(&sextant(home.path(), &["settings", "--engine", "auto", "--json"]));
    json(&sextant(home.path(), &recommend));
    assert_eq!(engine_of_last_run(), "llamacpp");

    std::fs::write(home.path().join("settings.toml"), "engine = 3").expect("the folder is ours");
    let broken = sextant(home.path(), &recommend);
    assert_eq!(broken.status.code(), Some(3));
    let message = String::from_utf8_lossy(&broken.stderr).into_owned();
    assert!(message.contains("settings.toml") && message.contains("delete the file"), "{message}");
}
