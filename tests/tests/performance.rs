//! The Performance screen in the real window, after real runs: its figures are those of the history, it
//! paints, and it follows what happens. Run it alone with `cargo xtask test performance`.
#![cfg(target_os = "linux")]

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::{Value, json};
use sextant_tests::binary;
use sextant_tests::window::{Window, check, check_prepared};

/// A column of the table by its id, and the figure of the history that it shows.
const STAGE_FIGURES: [(&str, &str); 6] = [
    ("n", "n"),
    ("p50", "p50_ms"),
    ("p90", "p90_ms"),
    ("p95", "p95_ms"),
    ("p99", "p99_ms"),
    ("errors", "errors"),
];
const MODEL_FIGURES: [(&str, &str); 6] = [
    ("n", "n"),
    ("first-p50", "first_token_p50_ms"),
    ("first-p95", "first_token_p95_ms"),
    ("decode", "decode_tokens_per_s"),
    ("in", "prompt_tokens"),
    ("out", "completion_tokens"),
];
const CACHE_FIGURES: [(&str, &str); 3] = [("hits", "hits"), ("misses", "misses"), ("evictions", "evictions")];

#[tokio::test]
async fn the_tables_say_what_the_history_says_and_follow_it() -> Result<()> {
    check("performance", async |window| {
        // The same twice: the second one comes from the cache.
        for _ in 0..2 {
            recommend(window).await?;
        }
        window.click("nav-performance").await?;
        until_painted(window).await?;
        equals_history(window).await?;
        for theme in ["light", "dark"] {
            let frames = frames(window).await?;
            window.js(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
            window
                .until("the panel follows the theme", async || Ok(self::frames(window).await? >= frames))
                .await?;
            window.screenshot(&format!("performance-{theme}")).await?;
        }

        let before = runs(window)?;
        let command = Command::new(binary::sextant())
            .args(["recommend", "--figures-only"])
            .env("SEXTANT_HOME", window.home())
            .output()?;
        ensure!(command.status.success(), "{}", String::from_utf8_lossy(&command.stderr));
        ensure!(runs(window)? == before + 1, "a run of another process is in the history");

        window.click("nav-recommend").await?;
        window.click("recommend").await?;
        window.click("nav-performance").await?;
        window
            .until("the run under way, or what became of it, is in the list", async || {
                Ok(window.js(RUNS_IN_THE_LIST).await?.as_u64() >= Some(before + 2))
            })
            .await?;
        window
            .until("the tables are the history's again", async || Ok(equals_history(window).await.is_ok()))
            .await?;
        equals_history(window).await?;
        quiet_when_nothing_happens(window).await
    })
    .await
}

#[tokio::test]
async fn an_empty_history_says_what_to_do() -> Result<()> {
    check("performance-empty", async |window| {
        window.click("nav-performance").await?;
        window
            .until("the empty history is shown", async || {
                let shown = "const empty = document.querySelector('[data-testid=performance-empty]'); \
                             return empty !== null && getComputedStyle(empty).visibility === 'visible'";
                Ok(window.js(shown).await? == json!(true))
            })
            .await?;
        window.screenshot("performance-empty").await?;
        Ok(())
    })
    .await
}

/// A million stages of thirty days; times are printed, the limits are the and the machine's mood
/// is not asserted.
#[tokio::test]
async fn a_million_stages_open_and_filter_quickly() -> Result<()> {
    check_prepared("performance-million", fill, async |window| {
        // A person looks at the first screen for a while; meanwhile the charts are drawn behind it.
        until_painted(window).await?;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let first = window.client.execute_async(REOPEN, Vec::new()).await?;
        println!("opened the first time: {first} ms to the painted panel");
        let cold = window
            .js("const at = (name) => performance.getEntriesByName(name).at(-1).startTime; return at('panel-first-paint') - at('panel-loaded')")
            .await?;
        println!("of a panel that isn't drawn ahead: {cold} ms from its code to the first plot");
        let stages = window.js(&cell("performance-stages", "narrative", "n")).await?;
        println!("stages of one kind in the window of time: {stages}");
        window.screenshot("performance-million").await?;

        for (filter, value) in [("model", "nano"), ("window", ""), ("model", "")] {
            let took = window.client.execute_async(CHOOSE, vec![json!(filter), json!(value)]).await?;
            println!("filter {filter} {value:?}: {took} ms to the new figures");
        }
        window.click("nav-recommend").await?;
        // Again, until the next frame with the figures as they are then.
        let again = window.client.execute_async(REOPEN, Vec::new()).await?;
        println!("opened again: {again} ms to the painted panel");
        // Sixty frames that the pointer asks for, then one that tells.
        window.client.execute_async(POINT, Vec::new()).await?;
        window.client.execute_async(CHOOSE, vec![json!("window"), json!("7d")]).await?;
        window.until("the panel has painted again", async || Ok(frames(window).await? > 60)).await?;
        let panel = window.js("return document.querySelector('[data-testid=performance-canvas]').dataset.frameP95 ?? null").await?;
        println!("panel UI time p95: {panel} ms");
        Ok(())
    })
    .await
}

const RUNS_IN_THE_LIST: &str =
    "return document.querySelectorAll('[data-testid=performance-run] option').length";

/// Opens the screen and answers how long it took until the panel had painted.
const REOPEN: &str = "
    const answer = arguments[arguments.length - 1];
    const canvas = document.querySelector('[data-testid=performance-canvas]');
    const before = canvas.dataset.frames;
    const started = performance.now();
    document.querySelector('[data-testid=nav-performance]').click();
    const look = () => {
        if (canvas.dataset.frames !== before) answer(performance.now() - started);
        else if (performance.now() - started < 10000) requestAnimationFrame(look);
        else answer(null);
    };
    look();
";

/// Moves the pointer over the charts, a step each frame.
const POINT: &str = "
    const answer = arguments[arguments.length - 1];
    const canvas = document.querySelector('[data-testid=performance-canvas]');
    const { left, top } = canvas.getBoundingClientRect();
    let step = 0;
    const move = () => {
        const at = { clientX: left + 60 + step * 6, clientY: top + 150, bubbles: true, pointerType: 'mouse' };
        canvas.dispatchEvent(new PointerEvent('pointermove', at));
        canvas.dispatchEvent(new MouseEvent('mousemove', at));
        if (++step < 90) requestAnimationFrame(move);
        else answer(step);
    };
    requestAnimationFrame(move);
";

/// Picks another value (the last one where none is named) and answers how long the new figures took.
const CHOOSE: &str = "
    const [filter, value, answer] = arguments;
    const select = document.querySelector(`[data-testid=performance-filter-${filter}]`);
    const table = document.querySelector('[data-testid=performance-stages]');
    const started = performance.now();
    const observer = new MutationObserver(() => {
        observer.disconnect();
        answer(performance.now() - started);
    });
    observer.observe(table, { subtree: true, childList: true, characterData: true, attributes: true });
    select.value = value === '' ? select.options[select.options.length - 1].value : value;
    select.dispatchEvent(new Event('change', { bubbles: true }));
    setTimeout(() => answer(null), 20000);
";

fn fill(home: &Path) -> Result<()> {
    let filler = binary::sextant().with_file_name("examples").join("history_size");
    ensure!(filler.is_file(), "{} is missing: cargo build --workspace --all-targets", filler.display());
    let done = Command::new(filler).arg(home.join("sextant.db")).arg("--fill-only").output()?;
    println!("{}", String::from_utf8_lossy(&done.stdout));
    ensure!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

async fn recommend(window: &Window) -> Result<()> {
    window.click("recommend").await?;
    window
        .until("the run is done", async || {
            Ok(window.text("status").await?.is_some_and(|status| status.starts_with("Done")))
        })
        .await
}

async fn until_painted(window: &Window) -> Result<()> {
    window
        .until("the panel has painted", async || {
            if let Some(reason) = window.text("performance-no-charts").await? {
                anyhow::bail!("there is no panel: {reason}");
            }
            Ok(frames(window).await? > 0)
        })
        .await
}

async fn frames(window: &Window) -> Result<u64> {
    let frames = window
        .js("return Number(document.querySelector('[data-testid=performance-canvas]')?.dataset.frames ?? 0)")
        .await?;
    Ok(frames.as_u64().unwrap_or(0))
}

/// Nothing runs, so nothing is painted.
async fn quiet_when_nothing_happens(window: &Window) -> Result<()> {
    let before = frames(window).await?;
    window.press(char::from(Key::Tab)).await?;
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let after = frames(window).await?;
    ensure!(after <= before + 2, "{} frames were painted while nothing happened", after - before);
    Ok(())
}

/// Every figure of the three tables against the command line's.
async fn equals_history(window: &Window) -> Result<()> {
    let history = history(window.home())?;
    let tables = [
        ("performance-stages", "stages", "name", STAGE_FIGURES.as_slice()),
        ("performance-models", "models", "model", MODEL_FIGURES.as_slice()),
        ("performance-caches", "cache", "tier", CACHE_FIGURES.as_slice()),
    ];
    let mut compared = 0;
    for (table, of, key, figures) in tables {
        let rows = history[of].as_array().context("the history is a list")?;
        let shown = window
            .js(&format!("return document.querySelectorAll('[data-testid={table}] tbody tr').length"))
            .await?;
        ensure!(shown == json!(rows.len()), "{table} has {shown} rows, the history {}", rows.len());
        for row in rows {
            let name = row[key].as_str().context("a row has a name")?;
            for (column, figure) in figures {
                let shown = window.js(&cell(table, name, column)).await?;
                ensure!(
                    shown.as_f64() == row[figure].as_f64() && shown.is_number(),
                    "{table}, {name}: {column} is {shown}, and in the history {}",
                    row[figure]
                );
                compared += 1;
            }
        }
    }
    ensure!(compared > 20, "only {compared} figures were compared");
    Ok(())
}

fn cell(table: &str, row: &str, column: &str) -> String {
    format!(
        "const cell = document.querySelector('[data-testid={table}] tr[data-row=\"{row}\"] [data-column=\"{column}\"]');
         return cell === null || cell.dataset.value === undefined ? null : Number(cell.dataset.value);"
    )
}

fn runs(window: &Window) -> Result<u64> {
    Ok(history(window.home())?["runs"].as_array().map_or(0, Vec::len) as u64)
}

/// Of the last day, which is what the screen shows first.
fn history(home: &Path) -> Result<Value> {
    let output = Command::new(binary::sextant())
        .args(["history", "--since", "24h", "--format", "json"])
        .env("SEXTANT_HOME", home)
        .output()?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}
