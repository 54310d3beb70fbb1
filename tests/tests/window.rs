//! What a person can do in the window, done in the real one. Run it alone with `cargo xtask test window`.
//!
//! Every test opens its own window on the sample household and the bundled model. Times that are
//! printed are measured in the window; only the issue's own limits are asserted, because the machine
//! may be loaded and draws without a graphics card.
#![cfg(target_os = "linux")]

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::key::Key;
use serde_json::{Value, json};
use sextant_tests::window::{Window, check, check_slowly};

/// The texts that a model writes, by their test ids.
const PASSAGES: [&str; 4] = ["summary", "why-1", "why-2", "why-3"];

/// Notes every length that a passage has while it is being written.
const RECORD_PASSAGES: &str = "
    const lengths = (window.recordedLengths = {});
    const look = () => {
        for (const id of ['summary', 'why-1', 'why-2', 'why-3']) {
            const element = document.querySelector(`[data-testid='${id}']`);
            if (element?.dataset.state !== 'live') continue;
            const seen = (lengths[id] ??= []);
            const length = element.textContent.trim().length;
            if (length > 0 && length !== seen.at(-1)) seen.push(length);
        }
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
";

/// Answers with the first passage that is being written, or with nothing.
const UNTIL_WORDS_ARRIVE: &str = "
    const answer = arguments[arguments.length - 1];
    const look = () => {
        const written = document.querySelector('[data-testid=summary][data-state=live], [data-testid^=why-][data-state=live]');
        if (written === null || written.textContent.trim() === '') return;
        observer.disconnect();
        answer(written.dataset.testid);
    };
    const observer = new MutationObserver(look);
    observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
    setTimeout(() => answer(null), 25000);
    look();
";

#[tokio::test]
async fn the_sample_gives_three_plans_whose_reasons_arrive_piece_by_piece() -> Result<()> {
    check_slowly("recommend", async |window| {
        window.js(RECORD_PASSAGES).await?;
        window.click("recommend").await?;
        until_finished(window).await?;

        let lengths = window.js("return window.recordedLengths").await?;
        let pieces = |id: &str| lengths[id].as_array().map_or(0, Vec::len);
        println!("pieces: {}", PASSAGES.map(|id| format!("{id} {}", pieces(id))).join(", "));
        // A page on a busy machine may paint a short text at once, but not all four of them.
        ensure!(
            PASSAGES.iter().any(|id| pieces(id) > 1),
            "no text arrived in more than one piece: {lengths}"
        );

        has_words(window).await?;
        ensure!(window.text("error").await?.is_none(), "a run on the sample has an error");
        window.find("timing-strip").await?;
        for theme in ["light", "dark"] {
            window.js(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
            window.screenshot(&format!("recommend-{theme}")).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_moved_slider_reranks_at_once() -> Result<()> {
    const MOVES: usize = 40;
    const ROUNDS: usize = 6;
    /// Three frames.
    const MOST_MS: f64 = 48.0;
    check("rerank", async |window| {
        until_ranked(window).await?;
        let before = order(window).await?;
        let slider = window.js("return document.querySelector('input[data-testid^=weight-]').dataset.testid").await?;
        let slider = slider.as_str().context("there is no slider")?;

        // A busy moment of the machine passes; a slow window stays slow.
        let mut shown = f64::INFINITY;
        for _ in 0..ROUNDS {
            window.js("performance.clearMeasures('rerank')").await?;
            let range = window.find(slider).await?;
            let rightmost = window.js(&value_of(slider)).await?.as_f64().is_some_and(|value| value > 50.0);
            let key = if rightmost { Key::Left } else { Key::Right };
            for moved in 1..=MOVES {
                range.send_keys(&String::from(char::from(key))).await?;
                let seen = format!("return performance.getEntriesByName('rerank').length >= {moved}");
                window.until("the ranking follows the slider", async || Ok(window.js(&seen).await? == json!(true))).await?;
            }

            let entries = window
                .js("return performance.getEntriesByName('rerank').map(({ duration, detail }) => [duration, detail.answered_ms, detail.dom_ms])")
                .await?;
            let part = |index: usize| -> Vec<f64> {
                let entries = entries.as_array().into_iter().flatten();
                let mut values: Vec<f64> = entries.filter_map(|entry| entry[index].as_f64()).collect();
                values.sort_by(f64::total_cmp);
                values
            };
            for (index, name) in ["slider to frame", "of it the app's answer", "of it the page's update"].iter().enumerate() {
                let values = part(index);
                println!("{name}: n {}, median {:.1} ms, p95 {:.1} ms", values.len(), nearest(&values, 0.5), nearest(&values, 0.95));
            }
            // Without a graphics card the page is drawn by the thread that also takes the app's answer, so the parts
            // can't be told apart; what counts is what a person sees.
            shown = shown.min(nearest(&part(0), 0.5));
            if shown <= MOST_MS {
                break;
            }
        }
        ensure!(shown <= MOST_MS, "a moved slider is followed after {shown:.1} ms");

        let after = order(window).await?;
        ensure!(!after.is_empty() && after.len() == before.len(), "the ranking lost plans: {before:?}, {after:?}");
        let scores = window
            .js("return [...document.querySelectorAll('[data-testid=ranking] [role=meter]')].map((meter) => Number(meter.ariaValueNow ?? meter.getAttribute('aria-valuenow')))")
            .await?;
        let scores: Vec<f64> = scores.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        ensure!(scores.len() == after.len(), "not every plan has a score: {scores:?}");
        ensure!(scores.is_sorted_by(|left, right| left >= right), "the order is not the scores' order: {scores:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_killed_worker_is_reported_and_the_next_run_needs_no_restart() -> Result<()> {
    check_slowly("killed-worker", async |window| {
        let first = begin_writing(window).await?;
        let kept = window.text(&first).await?.unwrap_or_default();
        let workers = window.workers();
        ensure!(!workers.is_empty(), "a model is writing and no worker runs");
        for worker in &workers {
            worker.kill()?;
        }
        window
            .until("the window says that the worker ended", async || {
                Ok(window.text("error").await?.is_some_and(|text| !text.is_empty())
                    || window.state("model-chip").await?.as_deref() == Some("failed"))
            })
            .await?;
        window.screenshot("killed-worker").await?;
        window.until("the run comes to an end", async || is_idle(window).await).await?;
        let text = window.text(&first).await?.unwrap_or_default();
        ensure!(!text.is_empty() && !kept.is_empty(), "what had arrived is gone: {kept:?} became {text:?}");
        ensure!(!order(window).await?.is_empty(), "the exact ranking is gone");

        window.click("recommend").await?;
        until_finished(window).await?;
        has_words(window).await?;
        ensure!(window.text("error").await?.is_none(), "the run after the failure has an error too");
        ensure!(window.app.is_alive(), "the app was restarted");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn stopping_keeps_what_had_arrived() -> Result<()> {
    check_slowly("stop", async |window| {
        let first = begin_writing(window).await?;
        window.click("stop").await?;
        window
            .until("the window says that it stopped", async || Ok(window.text("stopped").await?.is_some()))
            .await?;
        window.screenshot("stopped").await?;
        ensure!(window.text(&first).await?.is_some_and(|text| !text.is_empty()), "what had arrived is gone");
        ensure!(!order(window).await?.is_empty(), "the exact ranking is gone");

        let length = async || Ok::<_, anyhow::Error>(window.text(&first).await?.unwrap_or_default().len());
        let stopped_at = length().await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        ensure!(length().await? == stopped_at, "words still arrive after Stop");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_whole_job_can_be_done_from_the_keyboard() -> Result<()> {
    const MOST_STOPS: usize = 60;
    check("keyboard", async |window| {
        until_ranked(window).await?;
        window.until("the window has the focus", async || Ok(window.js("return document.hasFocus()").await? == json!(true))).await?;
        let mut stops = Vec::new();
        while stops.last().map(String::as_str) != Some("recommend") {
            ensure!(stops.len() < MOST_STOPS, "Tab never reaches Recommend, only {stops:?}");
            window.press(char::from(Key::Tab)).await?;
            let focus = window
                .js("const at = document.activeElement; return [at?.dataset?.testid ?? at?.tagName ?? '', at?.matches(':focus-visible') ?? false]")
                .await?;
            let stop = focus[0].as_str().unwrap_or_default().to_owned();
            ensure!(focus[1] == json!(true), "the focus can't be seen on {stop}");
            stops.push(stop);
        }
        println!("{} stops: {}", stops.len(), stops.join(" "));
        for control in ["home", "catalog", "budget", "wish"] {
            ensure!(stops.iter().any(|stop| stop == control), "Tab doesn't reach `{control}`: {stops:?}");
        }
        window.screenshot("keyboard-focus").await?;
        window.press(char::from(Key::Enter)).await?;
        until_finished(window).await?;
        has_words(window).await
    })
    .await
}

#[tokio::test]
async fn a_file_of_use_can_be_opened_and_a_bad_one_says_where_it_is_wrong() -> Result<()> {
    check("import", async |window| {
        let homes = "return [...document.querySelectorAll('[data-testid=home] option')].map((option) => option.textContent.trim())";
        let before = window.js(homes).await?;

        let bad = window.home().join("bad.csv");
        std::fs::write(&bad, usage_csv("twelve hundred"))?;
        window.find("open-usage").await?.send_keys(&bad.to_string_lossy()).await?;
        window
            .until("the bad file is refused", async || Ok(window.text("usage-import-error").await?.is_some()))
            .await?;
        let message = window.text("usage-import-error").await?.unwrap_or_default();
        println!("refused with: {message}");
        ensure!(message.contains("bad.csv") && message.contains('4'), "neither file nor line is named: {message}");
        ensure!(window.js(homes).await? == before, "a part of the bad file was imported");
        window.screenshot("import-refused").await?;

        let good = window.home().join("Lakeside 7.csv");
        std::fs::write(&good, usage_csv("1206.19"))?;
        window.find("open-usage").await?.send_keys(&good.to_string_lossy()).await?;
        window.until("the home is in the list", async || Ok(window.js(homes).await? != before)).await?;
        window
            .until("the message about the bad file is gone", async || Ok(window.text("usage-import-error").await?.is_none()))
            .await?;
        let opened = window.js(homes).await?;
        // What WebKit hands the page when a file is let go over it. The file manager's side of a drag is
        // not the app's.
        let drop = format!(
            "const data = new DataTransfer();
             data.items.add(new File([{}], 'Hillside 3.csv', {{ type: 'text/csv' }}));
             const target = document.querySelector('[data-testid=ranking]') ?? document.body;
             for (const kind of ['dragenter', 'dragover', 'drop'])
                 target.dispatchEvent(new DragEvent(kind, {{ dataTransfer: data, bubbles: true, cancelable: true }}));",
            json!(usage_csv("1001.5"))
        );
        window.js(&drop).await?;
        window.until("the dropped home is in the list", async || Ok(window.js(homes).await? != opened)).await?;

        window.click("recommend").await?;
        until_finished(window).await?;
        has_words(window).await
    })
    .await
}

/// A year of one home, the third month's figure as given.
fn usage_csv(third: &str) -> String {
    let figures =
        ["980.5", "870", third, "1104", "1310.25", "1620", "1805", "1790.5", "1402", "1015", "905", "960"];
    let rows: Vec<String> = (1..).zip(figures).map(|(month, kwh)| format!("2024-{month:02},{kwh}")).collect();
    format!("month,kwh\n{}\n", rows.join("\n"))
}

async fn until_ranked(window: &Window) -> Result<()> {
    window.until("the exact ranking is there", async || Ok(!order(window).await?.is_empty())).await
}

async fn until_finished(window: &Window) -> Result<()> {
    window
        .until("the run is done", async || {
            let status = window.text("status").await?.unwrap_or_default();
            if status.contains("failed") {
                bail!("{status} {}", window.text("error").await?.unwrap_or_default());
            }
            Ok(status.starts_with("Done") && is_idle(window).await?)
        })
        .await
}

async fn is_idle(window: &Window) -> Result<bool> {
    Ok(window.js("return document.querySelector('[data-testid=recommend]') !== null").await? == json!(true))
}

/// Presses Recommend and comes back while words are arriving; says in which passage.
async fn begin_writing(window: &Window) -> Result<String> {
    window.click("recommend").await?;
    // Waiting inside the page: a question over the driver takes longer than a sentence.
    let passage = window.client.execute_async(UNTIL_WORDS_ARRIVE, Vec::new()).await?;
    passage.as_str().map(str::to_owned).context("no words arrived in 25 s")
}

/// A summary, and three plans, best first, each with its reason.
async fn has_words(window: &Window) -> Result<()> {
    let ids = order(window).await?;
    ensure!(ids.len() >= 3, "only {} plans are listed", ids.len());
    for passage in PASSAGES {
        let text = window.text(passage).await?.unwrap_or_default();
        println!("{passage}: {text}");
        ensure!(text.split_whitespace().count() >= 5, "`{passage}` has no sentence: {text:?}");
        let state = window.state(passage).await?;
        ensure!(state.as_deref() == Some("settled"), "`{passage}` is {state:?} when the run is done");
    }
    Ok(())
}

/// The plans' ids as they stand in the ranking.
async fn order(window: &Window) -> Result<Vec<String>> {
    let ids = window
        .js("return [...document.querySelectorAll(\"[data-testid='ranking'] [data-testid^='item-']\")].map((item) => item.dataset.id)")
        .await?;
    Ok(ids.as_array().into_iter().flatten().filter_map(|id| Some(id.as_str()?.to_owned())).collect())
}

fn value_of(testid: &str) -> String {
    format!("return Number(document.querySelector(\"[data-testid='{testid}']\").value)")
}

/// The nearest-rank percentile of sorted values.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rank is small"
)]
fn nearest(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
}
