//! Temporary.
fn main() -> std::process::ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|first| first == "worker") {
        return sextant_engine::worker_main(args);
    }
    std::process::ExitCode::SUCCESS
}
