//! Where passages are cut.

use super::super::passages::{LARGE, size};
use super::{check_promises, read_text};

fn sentences(from: usize, to: usize) -> String {
    let sentences: Vec<String> =
        (from..to).map(|n| format!("Sentence number {n} has exactly eight plain words.")).collect();
    sentences.join(" ")
}

#[test]
fn paragraphs_are_put_together_up_to_a_good_size() {
    let paragraphs: Vec<String> = (0..20).map(|n| sentences(n * 4, n * 4 + 4)).collect();
    let document = read_text("a.txt", &paragraphs.join("\n\n"));
    check_promises(&document);
    let sizes: Vec<usize> = document.passages.iter().map(|passage| size(&passage.text)).collect();
    assert!(sizes.iter().all(|size| (60..=LARGE).contains(size)), "{sizes:?}");
    assert!(document.passages.iter().all(|passage| passage.text.ends_with('.')));
    assert!(document.passages.iter().all(|passage| passage.text.contains("\n\n")));
}

#[test]
fn a_long_paragraph_is_cut_between_sentences() {
    let document = read_text("a.txt", &sentences(0, 100));
    check_promises(&document);
    assert!(document.passages.len() >= 4);
    for passage in &document.passages {
        assert!(passage.text.starts_with("Sentence") && passage.text.ends_with("words."), "{passage:?}");
        assert!(size(&passage.text) <= LARGE);
    }
}

#[test]
fn a_sentence_without_end_is_cut_between_words_and_a_word_without_end_at_the_bound() {
    let words: Vec<String> = (0..2000).map(|n| format!("word{n}")).collect();
    let document = read_text("a.txt", &words.join(" "));
    check_promises(&document);
    let found: Vec<&str> = document.passages.iter().flat_map(|passage| passage.text.split(' ')).collect();
    assert_eq!(found, words);

    for unbroken in
        ["x".repeat(100_000), "汉".repeat(20_000), "e\u{301}".repeat(20_000), "\u{301}".repeat(9_000)]
    {
        let document = read_text("a.txt", &format!("a{unbroken}"));
        check_promises(&document);
        assert!(document.passages.iter().all(|passage| size(&passage.text) <= LARGE + 61));
        let together: String = document.passages.iter().map(|passage| passage.text.as_str()).collect();
        assert_eq!(together, document.text);
    }
}

#[test]
fn headings_part_passages_and_make_their_path() {
    let document = read_text(
        "a.md",
        "Before.\n\n# Tea\n\nAbout tea.\n\n## Green\n\nSteamed.\n\n\
         ### Sencha\n\nFrom Japan.\n\n## Black\n\n# Coffee\n\nRoasted.",
    );
    check_promises(&document);
    let found: Vec<(&str, &str)> =
        document.passages.iter().map(|passage| (passage.heading.as_str(), passage.text.as_str())).collect();
    assert_eq!(
        found,
        [
            ("", "Before."),
            ("Tea", "About tea."),
            ("Tea › Green", "Steamed."),
            ("Tea › Green › Sencha", "From Japan."),
            ("Tea › Black", "Black"),
            ("Coffee", "Roasted."),
        ]
    );
}

#[test]
fn a_table_stays_whole_up_to_a_bound() {
    let table = |rows: usize| {
        let rows: Vec<String> = (0..rows).map(|n| format!("| tea {n} | {n} dollars |")).collect();
        format!("Prices follow.\n\n| name | price |\n|---|---|\n{}\n\nThat was it.", rows.join("\n"))
    };
    let document = read_text("a.md", &table(60));
    check_promises(&document);
    assert!(
        document
            .passages
            .iter()
            .any(|passage| passage.text.contains("tea 0 |") && passage.text.contains("tea 59 | 59 dollars"))
    );
    let document = read_text("a.md", &table(500));
    check_promises(&document);
    for passage in &document.passages {
        assert!(size(&passage.text) <= LARGE, "{passage:?}");
        assert!(passage.text.ends_with("dollars") || passage.text.ends_with("it."), "{passage:?}");
    }
}

#[test]
fn a_large_heading_is_a_paragraph() {
    let document = read_text("a.md", &format!("# {}\n\nText.", sentences(0, 20)));
    check_promises(&document);
    assert!(document.passages.iter().all(|passage| passage.heading.is_empty()));
}
