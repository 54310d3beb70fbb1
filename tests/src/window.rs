//! The real window of the real executable, driven as a person would: through the keyboard, the mouse
//! and what is on the screen.
//!
//! [`check`] is the way in: it opens one window on a display of its own with a data folder of its own,
//! runs the test, takes a picture when it fails, and ends every process it started. Elements are found
//! by their `data-testid` alone. Nothing here knows what the app computes, and nothing here calls the
//! app's commands: what can't be reached from the screen isn't tested here.

mod display;
mod driver;
mod processes;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use self::display::Display;
use self::driver::Driver;
pub use self::processes::Process;

/// Two windows at once would measure each other.
static ONE_WINDOW: Semaphore = Semaphore::const_new(1);

const POLL: Duration = Duration::from_millis(20);

/// Long enough for a loaded machine that draws without a graphics card.
const PATIENCE: Duration = Duration::from_mins(1);

/// No test's steps add up to this, however slow the machine.
const LONGEST: Duration = Duration::from_mins(8);

/// Runs a test in a window that is open and ready. `name` names its pictures.
pub async fn check(name: &str, test: impl AsyncFnOnce(&Window) -> Result<()>) -> Result<()> {
    check_with(name, None, |_| Ok(()), test).await
}

/// As `check`, in a data folder that `prepare` has filled.
pub async fn check_prepared(
    name: &str,
    prepare: impl FnOnce(&Path) -> Result<()>,
    test: impl AsyncFnOnce(&Window) -> Result<()>,
) -> Result<()> {
    check_with(name, None, prepare, test).await
}

/// As `check`, with the slower of the two libraries: the other one has written a text before a page
/// that is drawn without a graphics card has shown half of it.
pub async fn check_slowly(name: &str, test: impl AsyncFnOnce(&Window) -> Result<()>) -> Result<()> {
    check_with(name, Some("mistralrs"), |_| Ok(()), test).await
}

async fn check_with(
    name: &str,
    engine: Option<&str>,
    prepare: impl FnOnce(&Path) -> Result<()>,
    test: impl AsyncFnOnce(&Window) -> Result<()>,
) -> Result<()> {
    let missing = missing_programs();
    if !missing.is_empty() {
        let sentence = format!(
            "the window tests need {}; `cargo xtask setup --tests` installs them",
            missing.join(", ")
        );
        ensure!(std::env::var_os("CI").is_none(), "{sentence}");
        println!("skipped: {sentence}");
        return Ok(());
    }
    let _only = ONE_WINDOW.acquire().await.context("the semaphore is never closed")?;
    let window = Window::open(engine, prepare).await?;
    let result = within(LONGEST, "the test", test(&window)).await;
    if let Err(error) = &result {
        println!("failed, and the window is closed now: {error:#}");
        // The test's own error says more than a picture that couldn't be taken.
        if let Err(error) = window.screenshot(&format!("failed-{name}")).await {
            println!("no picture of the failure: {error:#}");
        }
        println!("{}", window.driver.log());
    }
    let closed = within(PATIENCE, "closing the window", window.close()).await;
    result.and(closed)
}

/// The driver may never answer; a test that waits for it for ever says nothing.
async fn within<T>(time: Duration, what: &str, work: impl Future<Output = Result<T>>) -> Result<T> {
    let done = tokio::time::timeout(time, work).await;
    done.unwrap_or_else(|_| bail!("{what} didn't end within {} s", time.as_secs()))
}

/// An open window. Its processes are ended with it, also when a test panics.
pub struct Window {
    pub client: Client,
    /// The window's own process.
    pub app: Process,
    // In the order in which they are dropped: the driver, with the app, before the display.
    driver: Driver,
    _display: Display,
    home: tempfile::TempDir,
}

impl Window {
    async fn open(engine: Option<&str>, prepare: impl FnOnce(&Path) -> Result<()>) -> Result<Self> {
        let executable = executable()?;
        let home = tempfile::tempdir()?;
        prepare(home.path())?;
        let display = Display::start()?;
        let driver = Driver::start(&display, home.path(), engine).await?;
        let client = driver.connect(&executable).await?;
        let app = processes::descendants(driver.pid())
            .into_iter()
            .find(|process| process.runs(&executable) && process.arguments().len() == 1)
            .context("the driver opened a window whose process can't be found")?;
        let window = Self { client, app, driver, _display: display, home };
        window
            .until("the app says that it is ready", async || {
                Ok(window.js("return performance.getEntriesByName('app-ready').length > 0").await?
                    == json!(true))
            })
            .await?;
        Ok(window)
    }

    /// Closes the window and waits for its processes: a driver that ends first leaves the app behind.
    async fn close(self) -> Result<()> {
        let mut processes = processes::descendants(self.app.pid);
        processes.push(self.app.clone());
        self.client.clone().close().await.context("the session did not close")?;
        let deadline = Instant::now() + PATIENCE;
        while let Some(process) = processes.iter().find(|process| process.is_alive()) {
            ensure!(
                Instant::now() < deadline,
                "the window was closed and process {} ({}) is still there",
                process.pid,
                process.arguments().join(" ")
            );
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// The app's data folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The processes in which models run.
    pub fn workers(&self) -> Vec<Process> {
        processes::descendants(self.app.pid)
            .into_iter()
            .filter(|process| {
                process.arguments().first().is_some_and(|name| name.ends_with("sextant-worker"))
            })
            .collect()
    }

    /// The element, as soon as it is there.
    pub async fn find(&self, testid: &str) -> Result<Element> {
        let selector = format!("[data-testid='{testid}']");
        self.client
            .wait()
            .at_most(PATIENCE)
            .every(POLL)
            .for_element(Locator::Css(&selector))
            .await
            .with_context(|| format!("there is no `{testid}` in the window"))
    }

    pub async fn click(&self, testid: &str) -> Result<()> {
        self.find(testid).await?.click().await.with_context(|| format!("`{testid}` can't be clicked"))
    }

    /// Presses and releases a key wherever the focus is.
    pub async fn press(&self, key: char) -> Result<()> {
        let keys = KeyActions::new("keyboard".to_owned())
            .then(KeyAction::Down { value: key })
            .then(KeyAction::Up { value: key });
        Ok(self.client.perform_actions(keys).await?)
    }

    /// Text of an element, or nothing where it isn't there.
    pub async fn text(&self, testid: &str) -> Result<Option<String>> {
        let text = self.attribute_of(testid, "textContent").await?;
        Ok(text.map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")))
    }

    /// `data-state` of an element, or nothing where it isn't there.
    pub async fn state(&self, testid: &str) -> Result<Option<String>> {
        self.attribute_of(testid, "dataset.state").await
    }

    /// What the script returns.
    pub async fn js(&self, script: &str) -> Result<Value> {
        self.client.execute(script, Vec::new()).await.with_context(|| format!("in the window: {script}"))
    }

    /// Waits until it holds; `what` completes the sentence “waited in vain until …”.
    pub async fn until(&self, what: &str, holds: impl AsyncFn() -> Result<bool>) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while !holds().await? {
            if Instant::now() >= deadline {
                bail!("waited {} s in vain until {what}", PATIENCE.as_secs());
            }
            tokio::time::sleep(POLL).await;
        }
        Ok(())
    }

    /// Saves a picture of the window beside the build outputs and says where.
    pub async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        let folder = executable()?.parent().and_then(Path::parent).map(|target| target.join("screenshots"));
        let folder = folder.context("the executable is not in a target folder")?;
        std::fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
        let path = folder.join(format!("{name}.png"));
        let taken = async { Ok(self.client.screenshot().await?) };
        std::fs::write(&path, within(PATIENCE, "the picture", taken).await?)
            .with_context(|| format!("can't write {}", path.display()))?;
        println!("picture: {}", path.display());
        Ok(path)
    }

    async fn attribute_of(&self, testid: &str, path: &str) -> Result<Option<String>> {
        let script = format!("return document.querySelector(\"[data-testid='{testid}']\")?.{path} ?? null");
        Ok(self.js(&script).await?.as_str().map(str::to_owned))
    }
}

fn executable() -> Result<PathBuf> {
    let path = crate::binary::sextant();
    path.canonicalize().with_context(|| format!("can't follow {}", path.display()))
}

fn missing_programs() -> Vec<&'static str> {
    if !cfg!(target_os = "linux") {
        return vec!["Linux (its web view can be driven without a screen)"];
    }
    ["Xvfb", "dbus-daemon", "WebKitWebDriver", "tauri-driver"]
        .into_iter()
        .filter(|name| processes::find_program(name).is_none())
        .collect()
}
