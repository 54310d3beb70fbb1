//! How long documents take to read: `cargo run --release -p sextant-retrieval --example document_speed`.
//!
//! Ten megabytes of Markdown, seven of CSV, a page of two megabytes of HTML and a PDF of two hundred pages,
//! all made here, and any files that are named. Prints the median and the maximum of five; asserts nothing.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

use sextant_retrieval::document::{Folder, read, read_folder};

#[path = "../src/document/tests/pdf_writer.rs"]
mod pdf_writer;

const RUNS: usize = 5;

fn main() {
    let named: Vec<String> = std::env::args().skip(1).collect();
    if named.is_empty() {
        measure("10 MB of Markdown.md", markdown(10_000_000).as_bytes());
        // With its header in every row, this is nearly the ten million characters that a document may have.
        measure("7 MB of CSV.csv", csv(7_000_000).as_bytes());
        measure("2 MB of HTML.html", html(2_000_000).as_bytes());
        let pages: Vec<String> = (0..200).map(page_text).collect();
        measure("200 pages of PDF.pdf", &pdf_writer::pdf(&pages));
    }
    for path in named {
        let path = Path::new(&path);
        let folder = if path.is_dir() { read_folder(path) } else { Ok(Folder::default()) };
        let files = folder.map(|folder| folder.files.into_iter().map(|file| file.path).collect::<Vec<_>>());
        for path in files.unwrap_or_default().into_iter().chain(path.is_file().then(|| path.to_path_buf())) {
            match std::fs::read(&path) {
                Ok(bytes) => measure(&path.to_string_lossy(), &bytes),
                Err(error) => println!("{}: {error}", path.display()),
            }
        }
    }
}

fn measure(name: &str, bytes: &[u8]) {
    let mut times_ms = Vec::new();
    let mut outcome = String::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        let result = read(name, bytes, &|| false, &mut |_, _| {});
        times_ms.push(started.elapsed().as_secs_f64() * 1000.0);
        outcome = match result {
            Ok(document) => {
                let mut words: Vec<usize> =
                    document.passages.iter().map(|passage| passage.text.split_whitespace().count()).collect();
                words.sort_unstable();
                let (characters, passages) = (document.text.chars().count(), words.len());
                format!(
                    "{characters} characters, {passages} passages of {} words (median; {} at most)",
                    words.get(passages / 2).unwrap_or(&0),
                    words.last().unwrap_or(&0)
                )
            }
            Err(error) => error.to_string(),
        };
    }
    times_ms.sort_by(f64::total_cmp);
    println!("{name}: {:.0} ms (max {:.0}): {outcome}", times_ms[RUNS / 2], times_ms[RUNS - 1]);
}

fn sentence(number: usize) -> String {
    let plants = ["Sencha", "Assam", "Darjeeling", "Oolong", "Rooibos"];
    let plant = plants[number % plants.len()];
    format!(
        "{plant} number {number} is picked by hand, e.g. in spring, and costs {}.50 USD a tin. ",
        number % 90
    )
}

fn markdown(bytes: usize) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < bytes {
        let _ = write!(text, "## Chapter {number} with *words*\n\n");
        for _ in 0..12 {
            number += 1;
            let link = format!("See [its page](https://example.com/{number}) and `code`.");
            let _ = write!(text, "{}{link}\n{}\n\n", sentence(number), sentence(number + 1));
        }
        let _ = write!(text, "- one\n- two **bold**\n\n| name | price |\n|---|---|\n| tea | {number} |\n\n");
    }
    text
}

fn csv(bytes: usize) -> String {
    let mut text = String::from("name,region,price,note\n");
    let mut number = 0;
    while text.len() < bytes {
        number += 1;
        let _ =
            writeln!(text, "Tea {number},\"Kyoto, Japan\",{}.5,\"{}\"", number % 90, sentence(number).trim());
    }
    text
}

fn html(bytes: usize) -> String {
    let mut text = String::from("<!doctype html><title>Teas</title><nav>Menu</nav><main>");
    let mut number = 0;
    while text.len() < bytes {
        number += 1;
        let _ = write!(
            text,
            "<h2>Tea {number}</h2><p class=\"text\">{}<a href=\"/{number}\">More</a> <b>{}</b></p>\
             <script>x()</script>\
             <table><tr><td>price<td>{number}</table>",
            sentence(number),
            sentence(number + 1)
        );
    }
    text
}

fn page_text(page: usize) -> String {
    (0..40).fold(String::new(), |text, line| text + sentence(page * 40 + line).trim() + "\n")
}
