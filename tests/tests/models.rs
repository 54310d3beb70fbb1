//! The Models screen in the real window: a comparison that runs, can be stopped, and whose proposal is used;
//! an engine that is chosen, and both that are measured.
#![cfg(target_os = "linux")]

use std::path::Path;

use anyhow::{Result, ensure};
use sextant_tests::nano;
use sextant_tests::window::{Window, check, check_prepared};

/// The bundled model's weights in the place of another one, which is the one that is used.
fn with_another_model(home: &Path) -> Result<()> {
    let folder = home.join("models/qwen3-0.6b");
    std::fs::create_dir_all(&folder)?;
    let model = nano::at_f16(&folder);
    for name in ["tokenizer.json", "tokenizer_config.json"] {
        std::fs::copy(model.tokenizer_dir.join(name), folder.join(name))?;
    }
    std::fs::rename(model.file, folder.join("Qwen3-0.6B-Q8_0.gguf"))?;
    Ok(std::fs::write(home.join("settings.toml"), "model = \"qwen3-0.6b\"\n")?)
}

const ONE_ROUND: &str = "
    const rounds = document.querySelector('[data-testid=models-rounds]');
    rounds.value = '1';
    rounds.dispatchEvent(new Event('change', { bubbles: true }));
    if (rounds.value !== '1') throw new Error('there is no single round to choose');
";

#[tokio::test]
async fn a_comparison_runs_to_a_proposal_that_is_used() -> Result<()> {
    check_prepared("models", with_another_model, async |window| {
        window.click("nav-models").await?;
        window.find("models-list").await?;
        // One round is enough to decide, also where the machine is busy.
        window.js(ONE_ROUND).await?;
        window.click("models-compare").await?;
        window.find("models-progress").await?;
        window.click("models-stop").await?;
        window
            .until("the comparison has stopped", async || Ok(window.text("models-stopped").await?.is_some()))
            .await?;

        window.click("models-compare").await?;
        window
            .until("there is a decision", async || Ok(window.text("models-decision").await?.is_some()))
            .await?;
        for theme in ["light", "dark"] {
            window.js(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
            window.screenshot(&format!("models-{theme}")).await?;
        }
        let figures = window.text("models-figures").await?.unwrap_or_default();
        println!("{figures}");
        ensure!(figures.contains("nano"), "the measured figures name no model: {figures}");
        ensure!(!has_history(window)?, "a comparison's runs are in the person's history");

        window.click("models-engine-llamacpp").await?;
        let settings = window.home().join("settings.toml");
        let kept = async |line: &str| Ok(std::fs::read_to_string(&settings)?.contains(line));
        window.until("the engine is kept", async || kept("engine = \"llamacpp\"").await).await?;
        window.click("models-use").await?;
        window.until("what is proposed is kept", async || kept("model = \"nano\"").await).await?;
        ensure!(kept("engine = \"llamacpp\"").await?, "with other models the engine was forgotten");
        window
            .until("the model that was proposed takes over", async || {
                Ok(window.text("model-chip").await?.is_some_and(|chip| chip.contains("nano")))
            })
            .await?;
        window.click("nav-recommend").await?;
        window.click("recommend").await?;
        window
            .until("the model that took over answers", async || {
                Ok(window.text("status").await?.is_some_and(|status| status.starts_with("Done")))
            })
            .await
    })
    .await
}

#[tokio::test]
async fn a_chosen_engine_computes_from_now_on_and_after_a_restart() -> Result<()> {
    let prepare = |home: &Path| {
        with_another_model(home)?;
        Ok(std::fs::write(home.join("settings.toml"), "engine = \"mistralrs\"\nmodel = \"qwen3-0.6b\"\n")?)
    };
    check_prepared("engine", prepare, async |window| {
        let settings = || std::fs::read_to_string(window.home().join("settings.toml"));
        let computes = async |engine: &str| {
            let now = format!("{engine} on the processor");
            window
                .until(&format!("the window says {now}"), async || {
                    Ok(window.text("models-engine-now").await?.is_some_and(|text| text.starts_with(&now)))
                })
                .await
        };
        let worker_of = |engine: &str| {
            window.workers().iter().any(|worker| worker.arguments().iter().any(|argument| argument == engine))
        };
        window.click("nav-models").await?;
        computes("mistral.rs").await?;
        ensure!(is_checked(window, "models-engine-mistralrs").await?, "what was kept is not shown as chosen");

        window.click("models-engine-auto").await?;
        computes("llama.cpp").await?;
        ensure!(!settings()?.contains("engine"), "an engine is kept: {}", settings()?);
        ensure!(worker_of("llamacpp") && !worker_of("mistralrs"), "the former engine's worker is there");

        window.click("models-engine-mistralrs").await?;
        computes("mistral.rs").await?;
        ensure!(settings()?.contains("engine = \"mistralrs\""), "the engine is not kept: {}", settings()?);
        ensure!(settings()?.contains("model = \"qwen3-0.6b\""), "the model was not kept: {}", settings()?);
        let chip = window.text("model-chip").await?.unwrap_or_default();
        ensure!(chip.starts_with("qwen3-0.6b"), "with another engine, another model answers: {chip}");
        window.click("nav-recommend").await?;
        window.click("recommend").await?;
        window
            .until("the chosen engine answers", async || {
                Ok(window.text("status").await?.is_some_and(|status| status.starts_with("Done")))
            })
            .await
    })
    .await
}

#[tokio::test]
async fn both_engines_are_measured() -> Result<()> {
    check("engines", async |window| {
        window.click("nav-models").await?;
        window.click("models-engine-measure").await?;
        window
            .until("a round has begun", async || {
                let progress = window.text("models-engine-progress").await?;
                Ok(progress.is_some_and(|text| text.starts_with("llama.cpp, round 1 of 3")))
            })
            .await?;
        window.click("models-engine-stop").await?;
        window
            .until("it has stopped, and its process is gone", async || {
                Ok(window.text("models-engine-stopped").await?.is_some() && window.workers().len() == 1)
            })
            .await?;

        window.click("models-engine-measure").await?;
        window
            .until("both are measured", async || Ok(window.text("models-engine-speeds").await?.is_some()))
            .await?;
        let figures = window
            .js("return [...document.querySelectorAll('[data-testid=models-engine-speeds] tbody tr')]
                .map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.dataset.value)))")
            .await?;
        println!("{}: {figures}", window.text("models-engine-verdict").await?.unwrap_or_default());
        let figures: Vec<Vec<f64>> = serde_json::from_value(figures)?;
        ensure!(figures.len() == 2, "not both engines have a row: {figures:?}");
        for row in &figures {
            ensure!(row.iter().all(|figure| *figure > 0.0), "a figure is missing: {row:?}");
            ensure!(row.last() == Some(&3.0), "not three rounds: {row:?}");
        }
        ensure!(window.workers().len() == 1, "a measured process is there still");
        ensure!(!has_history(window)?, "the measurement is in the person's history");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn an_engine_that_cannot_load_the_model_says_why_and_the_other_is_measured() -> Result<()> {
    let prepare = |home: &Path| {
        with_another_model(home)?;
        // llama.cpp reads the tokenizer from the model's own file.
        Ok(std::fs::remove_file(home.join("models/qwen3-0.6b/tokenizer.json"))?)
    };
    check_prepared("engine-fails", prepare, async |window| {
        window.click("nav-models").await?;
        window.click("models-engine-measure").await?;
        window
            .until("one is measured", async || Ok(window.text("models-engine-speeds").await?.is_some()))
            .await?;
        let errors = window.text("models-engine-errors").await?.unwrap_or_default();
        ensure!(errors.starts_with("mistral.rs could not be measured: the model file"), "{errors}");
        ensure!(errors.contains("tokenizer.json"), "what is missing is not named: {errors}");
        let verdict = window.text("models-engine-verdict").await?.unwrap_or_default();
        ensure!(verdict == "llama.cpp is the one that computes this model here.", "{verdict}");

        window.click("models-engine-mistralrs").await?;
        window
            .until("the window says that the chosen engine failed", async || {
                let now = window.text("models-engine-now").await?;
                Ok(now.is_some_and(|now| now.starts_with("mistral.rs failed: the model file")))
            })
            .await?;
        window.click("models-engine-use").await?;
        window
            .until("the other one computes again", async || {
                let now = window.text("models-engine-now").await?;
                Ok(now.is_some_and(|now| now.starts_with("llama.cpp on the processor")))
            })
            .await
    })
    .await
}

async fn is_checked(window: &Window, testid: &str) -> Result<bool> {
    let script = format!("return document.querySelector(\"[data-testid='{testid}']\").checked");
    Ok(window.js(&script).await? == serde_json::json!(true))
}

fn has_history(window: &Window) -> Result<bool> {
    let history = std::process::Command::new(sextant_tests::binary::sextant())
        .args(["history", "--format", "json"])
        .env("SEXTANT_HOME", window.home())
        .output()?;
    let history: serde_json::Value = serde_json::from_slice(&history.stdout)?;
    Ok(history["runs"] != serde_json::json!([]))
}
