//! The Models screen in the real window: a comparison that runs, can be stopped, and whose proposal is used.
#![cfg(target_os = "linux")]

use anyhow::{Result, ensure};
use sextant_tests::window::check;

#[tokio::test]
async fn a_comparison_runs_to_a_proposal_that_is_used() -> Result<()> {
    check("models", async |window| {
        window.click("nav-models").await?;
        window.find("models-list").await?;
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
        window
            .until("it is said what is used", async || Ok(window.text("models-used").await?.is_some()))
            .await?;
        let settings = std::fs::read_to_string(window.home().join("settings.toml"))?;
        ensure!(settings.contains("model = \"nano\""), "{settings}");
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
