//! tauri-driver, and through it `WebKitWebDriver`, for one window.
//!
//! They are a process group of their own, so that ending the group ends what they started. End it only
//! after the app has exited by itself: see `Window::close`.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use super::display::Display;
use super::processes;

pub(super) struct Driver {
    process: Child,
    port: u16,
    log: PathBuf,
}

impl Driver {
    pub(super) async fn start(display: &Display, home: &Path, engine: Option<&str>) -> Result<Self> {
        let program = processes::find_program("tauri-driver").context("tauri-driver is gone")?;
        let (port, native_port) = (free_port()?, free_port()?);
        let log = home.join("driver.log");
        let output = File::create(&log)?;
        let process = Command::new(program)
            .args(["--port", &port.to_string(), "--native-port", &native_port.to_string()])
            .env("DISPLAY", &display.name)
            .env("DBUS_SESSION_BUS_ADDRESS", &display.bus_address)
            .env("SEXTANT_HOME", home)
            // The accessibility bus is not there, and asking for it takes seconds.
            .env("NO_AT_BRIDGE", "1")
            .env("GDK_BACKEND", "x11")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .envs(engine.map(|engine| ("SEXTANT_ENGINE", engine)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .process_group(0)
            .spawn()
            .context("can't start tauri-driver")?;
        let driver = Self { process, port, log };
        for port in [native_port, port] {
            driver.wait_for(port).await?;
        }
        Ok(driver)
    }

    pub(super) fn pid(&self) -> u32 {
        self.process.id()
    }

    /// Starts the app under the driver.
    pub(super) async fn connect(&self, executable: &Path) -> Result<Client> {
        let capabilities = json!({ "tauri:options": { "application": executable } });
        let capabilities = capabilities.as_object().context("capabilities are an object")?.clone();
        ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", self.port))
            .await
            .with_context(|| format!("the driver could not open the window\n{}", self.log()))
    }

    /// What the driver and the app wrote.
    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    async fn wait_for(&self, port: u16) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            ensure!(Instant::now() < deadline, "the driver does not listen on port {port}\n{}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        processes::kill_group(self.process.id());
        // Reaped, so that it doesn't stay as a zombie for the rest of the test run.
        drop(self.process.wait());
    }
}

/// Free now; the driver can't be asked to pick one itself.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
