//! Writes the JavaScript and TypeScript around the panel's WebAssembly.
//!
//! A program of its own, because xtask is compiled in front of every first command and this library
//! isn't small. `cargo xtask panel` calls it; `cargo install wasm-bindgen-cli` would be the same code
//! at a version that nothing here keeps in step with the `wasm-bindgen` of the panel.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<()> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [input, output] = paths.as_slice() else {
        bail!("call this as `panel-bindings IN.wasm OUT_DIR`");
    };
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // `init()` finds the WebAssembly beside the script, and Vite sees it there and takes it along.
        .omit_default_module_path(false)
        .out_name("panel")
        .generate(output)
        .with_context(|| format!("can't write the bindings of {}", input.display()))
}
