//! Which format a file is, and what is refused.

use super::super::{DocumentError, FILE_LIMIT_BYTES, TEXT_LIMIT_CHARACTERS, is_supported};
use super::{pdf_writer, read_now, read_text};

#[test]
fn endings_say_what_can_be_read() {
    for name in ["a.txt", "b/c.MD", "x.y.html", "t.tsv", "r.pdf", "l.log"] {
        assert!(is_supported(name), "{name}");
    }
    for name in ["a.docx", "README", ".md", "a.", "pdf", "folder.md/file"] {
        assert!(!is_supported(name), "{name}");
    }
}

#[test]
fn the_content_decides_where_the_name_does_not() {
    let pdf = pdf_writer::pdf(&["Some text."]);
    for (name, bytes, format) in [
        ("README", &b"Plain words."[..], "text"),
        ("page", b" <!DOCTYPE html><p>Words.", "html"),
        ("paper", &pdf, "pdf"),
        ("paper.txt", &pdf, "pdf"),
        ("notes.txt", b"A file that starts with %PDF- is a PDF.", "text"),
    ] {
        assert_eq!(read_now(name, bytes).map(|document| document.format).as_deref(), Ok(format), "{name}");
    }
}

#[test]
fn what_cannot_be_read_says_why_and_what_to_do() {
    let unknown = read_now("report.docx", b"PK\x03\x04");
    assert_eq!(unknown, Err(DocumentError::UnknownFormat { extension: "docx".to_owned() }));
    let limit = usize::try_from(FILE_LIMIT_BYTES).expect("it fits");
    let too_large = read_now("a.txt", &vec![b'a'; limit + 1]).expect_err("too large");
    assert_eq!(
        too_large.to_string(),
        "The file has 51 MB, and at most 50 MB can be read. Split it, or import the part that you need."
    );
    assert_eq!(read_now("a.md", b""), Err(DocumentError::Empty));
    assert_eq!(read_now("a.md", b" \n# \n***\n"), Err(DocumentError::Empty));
    assert_eq!(read_now("a.csv", b"PK\x03\x04\x14\x00\x06\x00\x08\x00"), Err(DocumentError::NotText));
}

#[test]
fn too_much_text_is_refused() {
    let words = "word ".repeat(TEXT_LIMIT_CHARACTERS / 5 + 10);
    let too_much = Err(DocumentError::TooMuchText { limit_characters: TEXT_LIMIT_CHARACTERS });
    assert_eq!(read_now("a.txt", words.as_bytes()), too_much);
    assert_eq!(read_now("a.html", words.as_bytes()), too_much);
}

#[test]
fn marks_and_line_ends_are_not_part_of_the_text() {
    let document = read_text("a.txt", "\u{feff}First\r\nline.\r\n\r\n\r\n\r\n\r\nSecond\u{0}part.\r\n");
    assert_eq!(document.text, "First\nline.\n\nSecond part.");
}
