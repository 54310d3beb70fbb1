//! The executable `sextant`: the window and the command line.
//!
//! Only composition happens here: which parts there are, where their files lie, and how errors become
//! exit codes. A rule about plans, texts or models belongs into a library.

mod app;
mod cli;
mod comparison;
mod engine_speed;
mod failure;
mod files;
mod library;
mod settings;
mod shelf;
mod window;

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: an older CPU would meet an unknown instruction later.
    if let Some(message) = sextant_engine::cpu::unsupported() {
        eprintln!("{message}");
        return ExitCode::FAILURE;
    }
    cli::main()
}
