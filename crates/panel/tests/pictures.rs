//! Every plot as a picture, compared byte for byte with the committed one.
//!
//! `SEXTANT_UPDATE_SNAPSHOTS=1 cargo test -p sextant-panel` writes them anew: look at each before
//! committing it. On a difference the new picture is left in the temporary folder, and its path is named.

use std::path::PathBuf;

use sextant_domain::{Performance, RunId, RunSummary, StageTiming, Timeline};
use sextant_panel::{Plot, picture, sample};

const SIZE: [f32; 2] = [620.0, 360.0];

fn check(name: &str, picture: &[u8]) {
    let expected =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots").join(format!("{name}.png"));
    if std::env::var_os("SEXTANT_UPDATE_SNAPSHOTS").is_some_and(|value| value == "1") {
        std::fs::write(&expected, picture).expect("the folder of snapshots can be written");
        return;
    }
    if std::fs::read(&expected).is_ok_and(|committed| committed == picture) {
        return;
    }
    let found = std::env::temp_dir().join(format!("sextant-panel-{name}.png"));
    std::fs::write(&found, picture).expect("the temporary folder can be written");
    panic!(
        "{name}: the picture differs from {}. The new one is {}; if it's right, run the test again with \
         SEXTANT_UPDATE_SNAPSHOTS=1 and commit it",
        expected.display(),
        found.display()
    );
}

fn png(plot: Plot, data: &Performance, dark: bool) -> Vec<u8> {
    picture::png(plot, data, SIZE, dark, 1.0).expect("the size is sane")
}

fn check_plot(plot: Plot) {
    let data = sample::performance(48);
    for (dark, theme) in [(false, "light"), (true, "dark")] {
        check(&format!("{}-{theme}", plot.name()), &png(plot, &data, dark));
    }
}

#[test]
fn latency() {
    check_plot(Plot::Latency);
}

#[test]
fn percentiles() {
    check_plot(Plot::Percentiles);
}

#[test]
fn timeline() {
    check_plot(Plot::Timeline);
}

#[test]
fn caches() {
    check_plot(Plot::Caches);
}

#[test]
fn speed() {
    check_plot(Plot::Speed);
}

#[test]
fn outcomes() {
    check_plot(Plot::Outcomes);
}

#[test]
fn the_whole_panel_in_two_columns_and_in_one() {
    let data = sample::performance(48);
    let wide = picture::panel_png(&data, [1_200.0, 1_224.0], false, 1.0).expect("the size is sane");
    check("panel-wide-light", &wide);
    let narrow = picture::panel_png(&data, [560.0, 2_190.0], true, 1.0).expect("the size is sane");
    check("panel-narrow-dark", &narrow);
}

#[test]
fn an_empty_window_says_what_to_do() {
    let empty = Performance { until_ms: 3_600_000.0, ..Performance::default() };
    let picture = picture::panel_png(&empty, [1_200.0, 480.0], false, 1.0).expect("the size is sane");
    check("empty-light", &picture);
}

/// A thousand points a series and the peaks of a hundred are still there.
#[test]
fn more_points_than_pixels() {
    check("latency-dense", &png(Plot::Latency, &sample::performance(4_000), false));
}

#[test]
fn the_same_data_gives_the_same_bytes() {
    let data = sample::performance(200);
    for plot in Plot::ALL {
        assert_eq!(png(plot, &data, true), png(plot, &data, true), "{}", plot.name());
    }
}

#[test]
fn no_figure_is_too_odd_to_be_drawn() {
    let odd =
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, f64::MIN_POSITIVE, -1.0, 0.0, 1e14];
    for value in odd {
        let mut data = sample::performance(20);
        for (index, stage) in data.stages.iter_mut().enumerate() {
            stage.p99_ms = value;
            stage.points[index].max_ms = value;
            stage.points[8 - index].at_ms = value;
            stage.points[4].p50_ms = value;
        }
        data.models[0].points[0].decode_tokens_per_s = value;
        data.models[1].first_token_p50_ms = value;
        data.caches[0].points[0].hits = u64::MAX;
        data.caches[0].points[0].misses = u64::MAX;
        data.outcomes[0].failed = u64::MAX;
        data.outcomes[0].at_ms = value;
        let timeline = data.timeline.as_mut().expect("the sample has a run");
        timeline.run.total_ms = value;
        timeline.stages[0].start_ms = value;
        timeline.stages[1].total_ms = value;
        timeline.stages[2].decode_ms = value;
        timeline.gaps[0].ms = value;
        for window in
            [(0.0, 4.0 * 3_600_000.0), (value, value), (data.since_ms, value), (value, data.until_ms)]
        {
            let odd = Performance { since_ms: data.since_ms + window.0, until_ms: window.1, ..data.clone() };
            drawn(&odd);
            drawn(&Performance { since_ms: window.0, until_ms: window.1, bucket_ms: value, ..data.clone() });
        }
    }
}

#[test]
fn a_window_of_no_length_and_a_run_of_no_length_are_drawn() {
    let mut data = sample::performance(1);
    data.until_ms = data.since_ms;
    data.bucket_ms = 0.0;
    let run = RunSummary {
        run_id: RunId::generate(),
        pipeline: "x".repeat(300),
        model: String::new(),
        device: "cpu".to_owned(),
        started_at_ms: 0.0,
        total_ms: 0.0,
        outcome: "done".to_owned(),
        cache_hit: true,
    };
    data.timeline = Some(Timeline::new(run.clone(), Vec::new()));
    drawn(&data);
    let stage = StageTiming { name: "one".to_owned(), ..StageTiming::default() };
    data.timeline = Some(Timeline::new(run, vec![stage; 200]));
    drawn(&data);
}

#[test]
fn a_picture_of_no_size_is_refused() {
    let data = Performance::default();
    for (size, scale) in [([0.0, 10.0], 1.0), ([f32::NAN, 10.0], 1.0), (SIZE, 0.0), ([1e9, 10.0], 1.0)] {
        assert!(picture::png(Plot::Latency, &data, size, false, scale).is_err(), "{size:?}");
    }
    assert!(picture::png(Plot::Latency, &data, [20.0, 20.0], false, 1.0).is_ok(), "tiny, and drawn");
}

fn drawn(data: &Performance) {
    let picture = picture::panel_png(data, [1_000.0, 300.0], false, 0.5).expect("the size is sane");
    assert!(picture.starts_with(b"\x89PNG"));
}
