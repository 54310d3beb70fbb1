//! The Models screen in the real window: a comparison that runs, can be stopped, and whose proposal is used.
#![cfg(target_os = "linux")]

use std::path::Path;

use anyhow::{Result, ensure};
use sextant_tests::nano;
use sextant_tests::window::check_prepared;

/// The bundled model's weights in the place of another one, which is the one that is used.
fn with_another_model(home: &Path) -> Result<()> {
    let folder = home.join("models/qwen3-0.6b");
    std::fs::create_dir_all(&folder)?;
    std::fs::rename(nano::at_f16(&folder).file, folder.join("Qwen3-0.6B-Q8_0.gguf"))?;
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
        let history = std::process::Command::new(sextant_tests::binary::sextant())
            .args(["history", "--format", "json"])
            .env("SEXTANT_HOME", window.home())
            .output()?;
        let history: serde_json::Value = serde_json::from_slice(&history.stdout)?;
        ensure!(history["runs"] == serde_json::json!([]), "a comparison's runs are in the person's history");

        window.click("models-use").await?;
        let settings = window.home().join("settings.toml");
        window
            .until("what is proposed is kept", async || {
                Ok(std::fs::read_to_string(&settings)?.contains("model = \"nano\""))
            })
            .await?;
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
