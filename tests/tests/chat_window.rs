//! The Chat screen in the real window. Run it alone with `cargo xtask test chat_window`.
//!
//! Where an answer has to be caught while it is written, a script stands in for the model and says a word
//! every tenth of a second; everything else is the bundled model's.
#![cfg(target_os = "linux")]

use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::{Value, json};
use sextant_domain::{Author, ChatMessage, Conversation, ConversationId, MessageId, MessageState};
use sextant_tests::chat_window::{
    PRODUCTS, ask, focus, last_answer, live_in, open, pick_list, press_button, slow_model, texts, type_text,
    until_open, until_state, until_words, words_of,
};
use sextant_tests::window::{Window, check, check_prepared};

#[tokio::test]
async fn a_question_is_asked_by_keyboard_and_answered_with_records_that_fit() -> Result<()> {
    const MOST_STOPS: usize = 20;
    check("chat", async |window| {
        window.js("document.querySelector('[data-testid=nav-recommend]').focus()").await?;
        let focused = "return document.activeElement?.dataset?.testid ?? ''";
        let mut stops = 0;
        while window.js(focused).await? != json!("nav-chat") {
            ensure!(stops < MOST_STOPS, "Tab never reaches Chat");
            window.press(char::from(Key::Tab)).await?;
            stops += 1;
        }
        window.press(char::from(Key::Enter)).await?;
        until_open(window).await?;
        pick_list(window, PRODUCTS).await?;
        ask(window, "light roast under $20").await?;
        until_state(window, "done").await?;

        let answer = last_answer(window).await?;
        println!("{answer}");
        let list = |name: &str| -> Vec<String> {
            let texts = answer[name].as_array().into_iter().flatten();
            texts.filter_map(|text| Some(text.as_str()?.to_owned())).collect()
        };
        ensure!(list("chips").iter().any(|chip| chip.contains("$20")), "the limit isn't shown: {answer}");
        ensure!(list("chips").iter().any(|chip| chip.contains("Light")), "the roast isn't shown: {answer}");
        let prices: Vec<f64> = list("prices").iter().filter_map(|price| figure(price)).collect();
        ensure!(!prices.is_empty() && prices.len() == list("prices").len(), "no cards with prices: {answer}");
        ensure!(prices.iter().all(|price| *price < 20.0), "a card is over the limit: {prices:?}");
        ensure!(words_of(&answer).split(' ').count() >= 5, "there is no sentence: {answer}");
        ensure!(!list("replies").is_empty(), "nothing to ask next: {answer}");
        ensure!(window.text("answer-errors").await?.is_none(), "the answer has an error");
        for theme in ["light", "dark"] {
            window.js(&format!("document.documentElement.dataset.theme = '{theme}'")).await?;
            window.screenshot(&format!("chat-{theme}")).await?;
        }

        focus(window, "quick-reply").await?;
        window.press(char::from(Key::Enter)).await?;
        window
            .until("the quick reply is answered", async || {
                let next = last_answer(window).await?;
                Ok(next["id"] != answer["id"] && next["state"] == "done")
            })
            .await?;
        println!("{}", last_answer(window).await?);
        window.client.set_window_size(560, 860).await?;
        window
            .until("the window is narrow", async || {
                Ok(window.js("return window.innerWidth <= 800").await? == json!(true))
            })
            .await?;
        window.screenshot("chat-narrow").await?;
        Ok(())
    })
    .await
}

/// The first figure of a text like `$18.50per 100 g`.
fn figure(text: &str) -> Option<f64> {
    let from_digit = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let digits: String = from_digit
        .chars()
        .take_while(|c| c.is_ascii_digit() || ",.".contains(*c))
        .filter(|c| *c != ',')
        .collect();
    digits.parse().ok()
}

#[tokio::test]
async fn what_had_arrived_is_kept_when_the_answer_is_stopped_and_when_the_app_is_killed() -> Result<()> {
    let kept = tempfile::tempdir()?;
    slow_model(kept.path())?;
    let (stopped, interrupted) = (Cell::new(None), Cell::new(None));
    let first = check_prepared(
        "chat-killed",
        |home| live_in(kept.path(), home),
        async |window| {
            open(window).await?;
            ask(window, "light roast under $20").await?;
            until_words(window, 20).await?;
            press_button(window, "chat-stop").await?;
            until_state(window, "stopped").await?;
            let answer = last_answer(window).await?;
            ensure!(words_of(&answer).len() > 20, "what had arrived is gone: {answer}");
            tokio::time::sleep(Duration::from_millis(500)).await;
            ensure!(last_answer(window).await?["words"] == answer["words"], "words still arrive after Stop");

            ask(window, "dark roast under $30").await?;
            window
                .until("the next answer has begun", async || {
                    let next = last_answer(window).await?;
                    Ok(next["id"] != answer["id"] && next["state"] == "writing")
                })
                .await?;
            let shown = until_words(window, 20).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
            ensure!(
                last_answer(window).await?["state"] == "writing",
                "the answer ended before the app was killed"
            );
            window.app.kill()?;
            stopped.set(Some(words_of(&answer)));
            interrupted.set(Some(shown));
            Ok(())
        },
    )
    .await;
    let (Some(stopped), Some(interrupted)) = (stopped.take(), interrupted.take()) else {
        // Skipped where the programs are missing, which is no error.
        return first;
    };
    // The driver may complain that its window is gone: that is what the test did.
    if let Err(error) = first {
        println!("closing the killed window: {error:#}");
    }

    check_prepared(
        "chat-restarted",
        |home| live_in(kept.path(), home),
        async |window| {
            open(window).await?;
            until_rows(window, 1, "light roast").await?;
            press_button(window, "conversation-row").await?;
            window
                .until("the last answer is there", async || {
                    Ok(last_answer(window).await?["state"] == "interrupted")
                })
                .await?;
            let answer = last_answer(window).await?;
            ensure!(
                words_of(&answer).starts_with(&interrupted),
                "a second before the end {interrupted:?} was shown, and kept is {answer}"
            );
            ensure!(answer["ending"] != "", "nobody says that it was interrupted: {answer}");
            window.screenshot("chat-interrupted").await?;

            press_button(window, "answer-again").await?;
            until_words(window, 10).await?;
            press_button(window, "chat-stop").await?;
            until_state(window, "stopped").await?;
            let again = last_answer(window).await?;
            ensure!(again["branch"] == "2 / 2", "the new answer is no branch: {again}");

            window
                .until("the stopped answer is still what it was", async || {
                    window.js("document.querySelector('[data-testid=chat-thread]').scrollTop = 0").await?;
                    Ok(texts(window, "chat-text").await?.iter().any(|text| {
                        text.split_whitespace().collect::<Vec<_>>().join(" ").starts_with(&stopped)
                    }))
                })
                .await
        },
    )
    .await
}

#[tokio::test]
async fn conversations_branch_and_are_found_renamed_deleted_and_brought_back() -> Result<()> {
    check("chat-conversations", async |window| {
        open(window).await?;
        ask(window, "light roast under $20").await?;
        until_state(window, "done").await?;
        let first = last_answer(window).await?;
        press_button(window, "answer-again").await?;
        let is_other = async |before: &Value| {
            let next = last_answer(window).await?;
            Ok::<_, anyhow::Error>(next["id"] != before["id"] && next["state"] == "done")
        };
        window.until("there is another answer", async || is_other(&first).await).await?;
        let second = last_answer(window).await?;
        ensure!(second["branch"] == "2 / 2", "the second answer is no branch: {second}");

        press_button(window, "edit-message").await?;
        focus(window, "edit-input").await?;
        type_text(window, "0").await?;
        window.press(char::from(Key::Enter)).await?;
        window.until("the changed question is answered", async || is_other(&second).await).await?;
        let asked = texts(window, "message-person").await?;
        ensure!(asked.iter().any(|text| text.contains("under $200") && text.contains("2 / 2")), "{asked:?}");
        let words = words_of(&last_answer(window).await?);
        ensure!(words.contains("$200"), "the changed question isn't what is answered: {words}");

        focus(window, "conversation-row").await?;
        window.press(char::from(Key::F2)).await?;
        window.find("rename-input").await?;
        let focused = "return document.activeElement?.dataset?.testid ?? ''";
        window
            .until("the name can be typed", async || Ok(window.js(focused).await? == json!("rename-input")))
            .await?;
        type_text(window, "Morning cups").await?;
        window.press(char::from(Key::Enter)).await?;
        until_rows(window, 1, "Morning cups").await?;

        // A word that only an answer has.
        focus(window, "conversation-search").await?;
        type_text(window, "zeppelin").await?;
        window
            .until("nothing is found", async || Ok(window.text("no-conversations").await?.is_some()))
            .await?;
        window.js("document.activeElement.select()").await?;
        type_text(window, "Sunroom").await?;
        until_rows(window, 1, "Sunroom").await?;
        window.js("document.activeElement.select()").await?;
        window.press(char::from(Key::Delete)).await?;
        until_rows(window, 1, "Morning cups").await?;

        focus(window, "conversation-row").await?;
        window.press(char::from(Key::Delete)).await?;
        window.find("undo-delete").await?;
        until_rows(window, 0, "").await?;
        press_button(window, "undo-delete").await?;
        until_rows(window, 1, "Morning cups").await
    })
    .await
}

async fn until_rows(window: &Window, count: usize, text: &str) -> Result<()> {
    window
        .until(&format!("{count} conversations are listed, all with {text:?}"), async || {
            let rows = texts(window, "conversation-row").await?;
            Ok(rows.len() == count && rows.iter().all(|row| row.contains(text)))
        })
        .await
}

#[tokio::test]
async fn an_imported_document_is_quoted_and_opens_at_the_passage() -> Result<()> {
    const SENTENCE: &str = "A lathe can be returned within forty days of delivery.";
    check("chat-document", async |window| {
        let filler =
            "Every tool goes back to its place in the evening, and every floor is swept.\n\n".repeat(200);
        let text = format!("# Workshop handbook\n\n{filler}## Returns\n\n{SENTENCE}\n\n## Care\n\n{filler}");
        let file = window.home().join("handbook.md");
        std::fs::write(&file, text)?;
        open(window).await?;
        window.find("import-document").await?.send_keys(&file.to_string_lossy()).await?;
        window
            .until("the document is in the list", async || {
                Ok(texts(window, "document-row").await?.iter().any(|row| row.contains("handbook.md")))
            })
            .await?;
        pick_list(window, "Documents only").await?;
        ask(window, "Within how many days can a lathe be returned?").await?;
        until_state(window, "done").await?;
        let answer = last_answer(window).await?;
        ensure!(words_of(&answer).contains(SENTENCE), "the sentence isn't quoted: {answer}");

        press_button(window, "citation").await?;
        window
            .until("the passage is marked", async || {
                Ok(texts(window, "passage-cited").await?.join(" ").contains(SENTENCE))
            })
            .await?;
        let in_sight = "
            const mark = document.querySelector('[data-testid=passage-cited]').getBoundingClientRect();
            const panel = document.querySelector('[data-testid=passage-panel]').getBoundingClientRect();
            return mark.height > 0 && mark.top < panel.bottom && mark.bottom > panel.top;
        ";
        window
            .until("the passage is in sight", async || Ok(window.js(in_sight).await? == json!(true)))
            .await?;
        window.screenshot("chat-passage").await?;
        window.press(char::from(Key::Escape)).await?;
        window
            .until("the passage is closed", async || Ok(window.text("passage-panel").await?.is_none()))
            .await
    })
    .await
}

const MESSAGES: usize = 1000;

/// A file as the app exports it.
fn long_conversation(path: &Path) -> Result<()> {
    let table =
        "| Lamp | Price | Watt |\n| --- | ---: | ---: |\n| Harbour | $48 | 7 |\n| Meadow | $32 | 5 |\n";
    let list =
        "1. **Harbour** has a brass foot\n   - dims in steps\n2. *Meadow* has none\n3. `Ridge` is sold out\n";
    let mut messages: Vec<ChatMessage> = Vec::new();
    for number in 0..MESSAGES {
        let is_question = number % 2 == 0;
        messages.push(ChatMessage {
            id: MessageId::generate(),
            parent: messages.last().map(|message| message.id),
            author: if is_question { Author::Person } else { Author::Assistant },
            text: if is_question {
                format!("Question {number}: which lamp is right for a small desk?")
            } else {
                format!("### Answer {number}\n\nTwo of them fit, and here is why.\n\n{table}\n{list}")
            },
            state: MessageState::Done,
            at: "2026-01-02T03:04:05.000Z".into(),
            answer: None,
        });
    }
    let conversation = Conversation {
        id: ConversationId::generate(),
        title: "A thousand messages".into(),
        pack: "retail".into(),
        catalog: None,
        created_at: "2026-01-02T03:04:05.000Z".into(),
        messages,
    };
    let file = json!({ "sextant_conversation": 1, "conversation": conversation });
    Ok(std::fs::write(path, serde_json::to_vec(&file)?)?)
}

/// Notes the time between frames, and what the browser calls long tasks where it knows them.
const MEASURE: &str = "
    const measured = (window.measured = { gaps: [], tasks: [], knowsTasks: false });
    const own = (window.measuring = {});
    let last = null;
    const tick = (now) => {
        if (last !== null) measured.gaps.push(now - last);
        last = now;
        if (window.measuring === own) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    if (PerformanceObserver.supportedEntryTypes.includes('longtask')) {
        measured.knowsTasks = true;
        window.taskObserver?.disconnect();
        window.taskObserver = new PerformanceObserver((list) => {
            for (const { duration } of list.getEntries()) measured.tasks.push(duration);
        });
        window.taskObserver.observe({ entryTypes: ['longtask'] });
    }
";

/// From the first message on, as far as a wheel turns in each frame.
const SCROLL: &str = "
    const answer = arguments[arguments.length - 1];
    const thread = document.querySelector('[data-testid=chat-thread]');
    const frames = 100;
    let frame = 0;
    thread.scrollTop = 0;
    const move = () => {
        thread.scrollTop += 120;
        if (++frame <= frames) requestAnimationFrame(move);
        else answer(thread.scrollHeight);
    };
    requestAnimationFrame(move);
";

#[tokio::test]
async fn a_conversation_of_a_thousand_messages_stays_smooth() -> Result<()> {
    check_prepared("chat-thousand", slow_model, async |window| {
        open(window).await?;
        let file = window.home().join("thousand.json");
        long_conversation(&file)?;
        window.find("import-conversation").await?.send_keys(&file.to_string_lossy()).await?;
        window
            .until("the conversation is open", async || {
                let opened = texts(window, "chat-text").await?;
                Ok(opened.iter().any(|text| text.contains("Answer 999")))
            })
            .await?;
        window.screenshot("chat-thousand").await?;
        let mounted = "return document.querySelectorAll('[data-testid^=message-]').length";
        println!("messages in the page: {} of {MESSAGES}", window.js(mounted).await?);
        // It is about no list; one that is there can be asked.
        pick_list(window, PRODUCTS).await?;

        let mut idle = idle_frames(window).await?;
        focus(window, "chat-input").await?;
        let question = "light roast under $20 for the slow hours of an early morning.";
        ensure!(question.len() >= 60, "the question has {} characters", question.len());
        let typing = measured(window, "typing", async || type_text(window, question).await).await?;
        idle.extend(idle_frames(window).await?);
        let scrolling = measured(window, "scrolling", async || {
            let height = window.client.execute_async(SCROLL, Vec::new()).await?;
            println!("the thread is {height} px high");
            Ok(())
        })
        .await?;
        idle.extend(idle_frames(window).await?);
        focus(window, "chat-input").await?;
        window.press(char::from(Key::Enter)).await?;
        until_words(window, 0).await?;
        let streaming = measured(window, "an answer that arrives", async || {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok(())
        })
        .await?;
        ensure!(last_answer(window).await?["state"] == "writing", "the answer ended while it was measured");
        press_button(window, "chat-stop").await?;
        until_state(window, "stopped").await?;
        idle.extend(idle_frames(window).await?);
        if let Some(reason) = too_busy()? {
            println!("not judged: {reason}");
            return Ok(());
        }
        for (activity, gaps) in [("typing", typing), ("scrolling", scrolling), ("streaming", streaming)] {
            ensure_smooth(activity, &gaps, &idle)?;
        }
        Ok(())
    })
    .await
}

/// How even the frames are where nothing happens. Measured around every activity, so that what else the machine
/// does meanwhile is seen here too.
async fn idle_frames(window: &Window) -> Result<Vec<f64>> {
    measured(window, "nothing", async || {
        tokio::time::sleep(Duration::from_secs(2)).await;
        Ok(())
    })
    .await
}

/// No frame should take longer, except as often as in a window where nothing happens.
const LONGEST_FRAME_MS: f64 = 50.0;
/// Of a hundred frames, those that may all the same: a machine that others share holds one up now and then.
const LATE_OF_A_HUNDRED: usize = 5;

/// Why frames say nothing about the window: a processor that others wait for too paints it late. Nothing happens
/// in an idle window, so its frames don't show that.
#[expect(clippy::cast_precision_loss, reason = "a machine has few cores")]
fn too_busy() -> Result<Option<String>> {
    const MOST_WAITING_PER_CORE: f64 = 2.0;
    let cores = std::thread::available_parallelism()?.get();
    let loads = std::fs::read_to_string("/proc/loadavg")?;
    let load: f64 =
        loads.split(' ').next().context("/proc/loadavg begins with the last minute's")?.parse()?;
    let most = MOST_WAITING_PER_CORE * cores as f64;
    Ok((load > most).then(|| format!("the load of this machine is {load} on {cores} cores")))
}

fn ensure_smooth(activity: &str, gaps: &[f64], idle: &[f64]) -> Result<()> {
    let late = |gaps: &[f64]| gaps.iter().filter(|gap| **gap > LONGEST_FRAME_MS).count();
    let held_up = gaps.len() * LATE_OF_A_HUNDRED / 100;
    let allowed = (late(idle) * gaps.len()).div_ceil(idle.len().max(1)) + held_up;
    ensure!(
        late(gaps) <= allowed,
        "{activity}: {} of {} frames took more than {LONGEST_FRAME_MS} ms, and where nothing happens {} of {} did",
        late(gaps),
        gaps.len(),
        late(idle),
        idle.len()
    );
    Ok(())
}

/// Prints how even the frames were meanwhile, and gives the times between them.
async fn measured(
    window: &Window,
    activity: &str,
    act: impl AsyncFnOnce() -> Result<()>,
) -> Result<Vec<f64>> {
    window.js(MEASURE).await?;
    act().await?;
    let measured = window.js("window.measuring = null; return window.measured").await?;
    let sorted = |name: &str| -> Vec<f64> {
        let mut values: Vec<f64> =
            measured[name].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let gaps = sorted("gaps");
    let longest = gaps.last().copied().with_context(|| format!("{activity}: no frame was measured"))?;
    println!(
        "{activity}: {} frames, between them p50 {:.1} ms, p95 {:.1} ms, max {longest:.1} ms",
        gaps.len(),
        nearest(&gaps, 0.5),
        nearest(&gaps, 0.95)
    );
    if measured["knowsTasks"] == json!(true) {
        let tasks = sorted("tasks");
        println!(
            "{activity}: {} long tasks, the longest {:.1} ms",
            tasks.len(),
            tasks.last().unwrap_or(&0.0)
        );
    } else {
        println!("{activity}: this browser has no long tasks to tell; compare with the frames of nothing");
    }
    Ok(gaps)
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
