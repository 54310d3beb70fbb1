//! Markdown against what `CommonMark` says a page of it shows.

use scraper::{Html, Node};
use serde::Deserialize;

use super::{check_promises, read_now, read_text, shared_data};

#[test]
fn the_structure_can_still_be_read() {
    let source = "\
# Tea *and* coffee

A [link](https://example.com \"title\"), ![a cup](cup.png), `code`,
**bold**\\
and [^1].

- one
- two
  - deeper
  - [x] done

3. three

   more
4. four

> quoted

| name | price |
|------|------:|
| Tea  | **3** |
| Milk |       |

```rust
fn main() {
    run();
}
```

<div hidden>secret</div>
<p>Seen &amp; read</p>

Text with <b>tags</b><script>alert(1)</script> inside.

[^1]: A note.
";
    let expected = "\
Tea and coffee

A link, a cup, code, bold
and [1].

- one
- two
  - deeper
  - [x] done

3. three
  more
4. four

quoted

name | price
Tea | 3
Milk |

fn main() {
    run();
}

Seen & read

Text with tags inside.

[1] A note.";
    let document = read_text("a.md", source);
    check_promises(&document);
    assert_eq!(document.text, expected);
}

#[derive(Deserialize)]
struct Example {
    markdown: String,
    html: String,
    #[serde(rename = "example")]
    number: u32,
    section: String,
}

/// The words that a page shows, found without our reader.
fn shown_words(html: &str) -> Vec<String> {
    let page = Html::parse_fragment(html);
    let mut text = String::new();
    for node in page.tree.nodes() {
        let is_hidden = node.ancestors().any(|above| {
            above.value().as_element().is_some_and(|element| {
                matches!(element.name(), "script" | "style" | "textarea" | "title" | "noframes" | "iframe")
            })
        });
        if let Node::Text(shown) = node.value()
            && !is_hidden
        {
            text.push_str(shown);
        }
    }
    text.split_whitespace().map(str::to_owned).collect()
}

fn check_examples(file: &str) {
    let Some(path) = shared_data("markdown").map(|folder| folder.join(file)) else { return };
    let examples: Vec<Example> =
        serde_json::from_str(&std::fs::read_to_string(path).expect("it can be read")).expect("it is a list");
    assert!(!examples.is_empty());
    for example in examples {
        // GitHub shows some tags as text; here they are tags.
        if example.section.contains("Disallowed Raw HTML") {
            continue;
        }
        let has_letters = |word: &String| word.chars().any(char::is_alphanumeric);
        let wanted: Vec<String> = shown_words(&example.html).into_iter().filter(has_letters).collect();
        let text = match read_now("a.md", example.markdown.as_bytes()) {
            Ok(document) => {
                check_promises(&document);
                document.text
            }
            Err(_) => String::new(),
        };
        // In order, and whatever else (markers, descriptions of images) stands between.
        let mut found = text.split_whitespace();
        for word in &wanted {
            assert!(
                found.any(|candidate| candidate == word),
                "example {}: {word:?} of {:?} is not in {text:?}",
                example.number,
                example.html
            );
        }
    }
}

#[test]
fn no_example_of_commonmark_loses_a_word() {
    check_examples("commonmark-0.31.2.json");
}

#[test]
fn no_example_of_githubs_markdown_loses_a_word() {
    check_examples("gfm-0.29-extensions.json");
}

#[test]
fn a_tag_that_is_only_spoken_of_hides_nothing() {
    let document = read_text("a.md", "The <style> tag, and <script>var x</script> code.\n\nMore.");
    assert_eq!(document.text, "The tag, and code.\n\nMore.");
}

#[test]
fn metadata_at_the_start_is_kept() {
    let document = read_text("a.md", "---\ntitle: Tea\nauthor: Ann\n---\n\n# Green\n\nText.");
    assert_eq!(document.text, "title: Tea\nauthor: Ann\n\nGreen\n\nText.");
}

#[test]
fn nesting_without_end_is_read() {
    for source in [
        ">".repeat(20_000) + "quoted",
        "- ".repeat(20_000) + "item",
        "*a ".repeat(20_000),
        "[".repeat(20_000) + "a",
    ] {
        check_promises(&read_text("a.md", &source));
    }
}
