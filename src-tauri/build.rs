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
        "use_engine",
        "measure_engines",
        "chat_start",
        "conversations",
        "conversation",
        "send_message",
        "answer_again",
        "rename_conversation",
        "delete_conversation",
        "restore_conversation",
        "export_conversation",
        "import_conversation",
        "import_items",
        "delete_items",
        "open_link",
        "import_document",
        "watch_documents",
        "delete_document",
        "document",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
        .expect("tauri.conf.json and the capabilities are valid");
}
