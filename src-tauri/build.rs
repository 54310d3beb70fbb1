//! Declares the window's commands, so that a capability has to name each of them.

fn main() {
    let commands = tauri_build::AppManifest::new().commands(&[
        "start",
        "watch_engine",
        "import_usage",
        "import_catalog",
        "recommend",
        "rerank",
        "stop",
        "performance",
        "watch_performance",
        "models",
        "compare_models",
        "decide_models",
        "use_models",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
        .expect("tauri.conf.json and the capabilities are valid");
}
