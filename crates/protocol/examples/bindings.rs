//! Prints `ui/src/protocol.ts`. `cargo xtask bindings` runs it and writes the file; nothing else is
//! to be printed here.

fn main() {
    print!("{}", sextant_protocol::typescript());
}
