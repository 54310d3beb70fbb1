//! The Chat screen of the real window: asking, waiting, and what stands in a thread.
//!
//! A thread has only the messages in sight in the page, so who looks for an earlier one scrolls there.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::window::Window;

/// The name of the list that comes with the retail pack.
pub const PRODUCTS: &str = "Products";

/// Opens the screen on the products.
pub async fn open(window: &Window) -> Result<()> {
    window.click("nav-chat").await?;
    until_open(window).await?;
    pick_list(window, PRODUCTS).await
}

/// Waits until something can be asked.
pub async fn until_open(window: &Window) -> Result<()> {
    window
        .until("the lists are there", async || Ok(window.state("chat").await?.as_deref() == Some("ready")))
        .await?;
    window.find("chat-input").await?;
    Ok(())
}

/// Asks by keyboard.
pub async fn ask(window: &Window, question: &str) -> Result<()> {
    focus(window, "chat-input").await?;
    type_text(window, question).await?;
    window.press(char::from(Key::Enter)).await
}

pub async fn type_text(window: &Window, text: &str) -> Result<()> {
    for key in text.chars() {
        window.press(key).await?;
    }
    Ok(())
}

/// Puts the focus on the last of these elements.
pub async fn focus(window: &Window, testid: &str) -> Result<()> {
    window.find(testid).await?;
    let script = format!(
        "const all = [...document.querySelectorAll(\"[data-testid='{testid}']\")];
         const last = all.at(-1);
         last?.focus();
         return last !== undefined && document.activeElement === last;"
    );
    window.until("the focus is there", async || Ok(window.js(&script).await? == json!(true))).await
}

/// Presses the last of these buttons by keyboard.
pub async fn press_button(window: &Window, testid: &str) -> Result<()> {
    focus(window, testid).await.with_context(|| format!("`{testid}` takes no focus"))?;
    window.press(char::from(Key::Enter)).await
}

/// Waits until the last answer in the page has ended so.
pub async fn until_state(window: &Window, state: &str) -> Result<()> {
    window
        .until(&format!("the answer is {state}"), async || {
            Ok(last_answer(window).await?["state"] == state && window.text("chat-send").await?.is_some())
        })
        .await
}

/// Waits until the words of the last answer are more than so many characters while it is written.
pub async fn until_words(window: &Window, characters: usize) -> Result<String> {
    window
        .until("words arrive", async || {
            let answer = last_answer(window).await?;
            Ok(answer["state"] == "writing" && words_of(&answer).chars().count() > characters)
        })
        .await?;
    Ok(words_of(&last_answer(window).await?))
}

/// State, words, chips, prices, quick replies and place among its branches of the last answer in the page.
pub async fn last_answer(window: &Window) -> Result<Value> {
    window
        .js("
            const last = [...document.querySelectorAll('[data-testid=message-assistant]')].at(-1);
            if (last === undefined) return { state: 'absent' };
            const texts = (id) => [...last.querySelectorAll(`[data-testid='${id}']`)].map((each) => each.textContent.trim());
            return {
                id: last.dataset.id,
                state: last.dataset.state,
                words: texts('chat-text')[0] ?? '',
                chips: texts('condition-chip'),
                prices: texts('card-price'),
                replies: texts('quick-reply'),
                ending: texts('answer-ending')[0] ?? '',
                branch: texts('branch-position')[0] ?? '',
            };
        ")
        .await
}

/// The words of an answer with single spaces.
#[must_use]
pub fn words_of(answer: &Value) -> String {
    let words = answer["words"].as_str().unwrap_or_default();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The texts of all these elements.
pub async fn texts(window: &Window, testid: &str) -> Result<Vec<String>> {
    let script = format!(
        "return [...document.querySelectorAll(\"[data-testid='{testid}']\")].map((each) => each.textContent.trim())"
    );
    let found = window.js(&script).await?;
    Ok(found.as_array().into_iter().flatten().filter_map(|text| Some(text.as_str()?.to_owned())).collect())
}

/// Chooses what is asked about by a part of its name.
pub async fn pick_list(window: &Window, name: &str) -> Result<()> {
    window.find("catalog-picker").await?;
    let script = format!(
        "const picker = document.querySelector('[data-testid=catalog-picker]');
         const option = [...picker.options].find(({{ textContent }}) => textContent.includes('{name}'));
         if (option === undefined) return false;
         picker.value = option.value;
         picker.dispatchEvent(new Event('change', {{ bubbles: true }}));
         return true;"
    );
    window
        .until(&format!("{name} can be chosen"), async || Ok(window.js(&script).await? == json!(true)))
        .await
}

/// A model that says a word every tenth of a second, for as long as a stage may take.
pub fn slow_model(home: &Path) -> Result<()> {
    let script = json!({ "replies": [{ "steps": [{ "do": "words", "count": 150, "wait_ms": 100 }] }] });
    let file = home.join("slow.json");
    std::fs::write(&file, script.to_string())?;
    let file = file.canonicalize()?;
    let path = file.to_str().context("temporary folders have plain names")?;
    ensure!(!path.contains(['"', '\\']), "{path} can't stand in the settings");
    Ok(std::fs::write(home.join("settings.toml"), format!("engine = \"scripted:{path}\"\n"))?)
}

/// Makes the window's data folder be another one, which stays when the window is closed.
pub fn live_in(kept: &Path, home: &Path) -> Result<()> {
    std::fs::remove_dir(home)?;
    Ok(std::os::unix::fs::symlink(kept, home)?)
}
