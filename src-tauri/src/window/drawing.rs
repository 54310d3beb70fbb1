//! How the page is drawn.

use tauri::WebviewWindow;

/// Where there is no graphics card, has the processor draw what changed and nothing else. `WebKit` would have it
/// play the card and put the whole window together for every frame: an empty page with one box that moves
/// takes 30 ms a frame then.
#[cfg(target_os = "linux")]
pub(super) fn suit_the_machine(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::{HardwareAccelerationPolicy, SettingsExt as _, WebViewExt as _};

    if has_graphics_card() {
        return Ok(());
    }
    window.with_webview(|view| {
        if let Some(settings) = view.inner().settings() {
            settings.set_hardware_acceleration_policy(HardwareAccelerationPolicy::Never);
        }
    })
}

#[cfg(not(target_os = "linux"))]
pub(super) fn suit_the_machine(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}

/// Whether the kernel has a device that programs may draw with.
#[cfg(target_os = "linux")]
fn has_graphics_card() -> bool {
    let devices = std::fs::read_dir("/dev/dri").into_iter().flatten().flatten();
    devices.into_iter().any(|device| device.file_name().to_string_lossy().starts_with("renderD"))
}
