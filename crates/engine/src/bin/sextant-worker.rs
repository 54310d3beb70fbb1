//! The executable that models run in, started by the app and never by a person.
//!
//! It is not the app itself, because the window's libraries would cost every worker their memory and
//! the time to load them: 45 MB of the 110 that the bundled model took.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: an older CPU would meet an unknown instruction later.
    if let Some(message) = sextant_engine::cpu::unsupported() {
        eprintln!("{message}");
        return ExitCode::FAILURE;
    }
    sextant_engine::worker_main(std::env::args_os().skip(1))
}
