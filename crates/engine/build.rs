//! Has a worker find the libraries beside it, where llama.cpp is one.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_CPU_VARIANTS").is_some() {
        let beside = if cfg!(target_os = "macos") { "@executable_path" } else { "$ORIGIN" };
        println!("cargo:rustc-link-arg-bin=sextant-worker=-Wl,-rpath,{beside}");
    }
}
