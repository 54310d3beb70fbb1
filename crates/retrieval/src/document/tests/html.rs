//! What a page shows, and nothing else of it.

use serde::Deserialize;

use super::{check_promises, read_now, read_text, shared_data};

fn check(source: &str, expected: &str) {
    let document = read_text("a.html", source);
    check_promises(&document);
    assert_eq!(document.text, expected, "{source}");
}

#[test]
fn blocks_break_lines_and_running_text_does_not() {
    check(
        "<title>Shop</title><h1>Tea &amp; <em>more</em></h1>\
         <p>One<b>two</b>\n three<br>four</p><div>five</div>six",
        "Shop\n\nTea & more\n\nOnetwo three\nfour\n\nfive\n\nsix",
    );
    check("<title> Tea </title><h1>Tea</h1><p>Green", "Tea\n\nGreen");
    check("<ul><li>a<li>b<ol start=4><li>c</ol></ul><p>d", "- a\n- b\n  4. c\n\nd");
    check("<p>a</p><pre>  x\n    y\n</pre>", "a\n\n  x\n    y");
    check("Caf&eacute; &lt;b&gt; &#x1F375; &nbsp;x", "Café <b> 🍵 x");
}

#[test]
fn tables_are_rows_and_layouts_are_not() {
    check(
        "<table><caption>Prices</caption><tr><th>Name<th>Price<tr><td><p>Tea</p><td>3<br>USD</table>",
        "Prices\nName | Price\nTea | 3 USD",
    );
    check("<table><tr><td><p>Left</p><td><table><tr><td>a<td>b</table></table>", "Left\n\na | b");
}

#[test]
fn what_a_page_hides_is_left_out() {
    check(
        "<head><style>p{}</style><script>var a</script></head><p>Seen</p><p hidden>no</p>\
         <p style='color:red; DISPLAY : none !important'>no</p><template>no</template><!-- no -->\
         <noscript>no</noscript><textarea>no</textarea><dialog>no</dialog><svg><title>no</title></svg>\
         <img alt='no' src='http://example.invalid/x.png'><iframe srcdoc='no'>no</iframe><p title=no>too",
        "Seen\n\ntoo",
    );
}

#[test]
fn navigation_is_left_out_where_content_is_marked() {
    check("<nav>Menu</nav><main><p>Text</p></main><footer>Imprint</footer>", "Text");
    check("<nav>Menu</nav><p>Text</p><footer>Imprint</footer>", "Menu\n\nText\n\nImprint");
}

#[test]
fn headings_and_the_title_make_paths() {
    let document = read_text("a.html", "<title>Shop</title><h1>Tea</h1><h2>Green</h2><p>Steamed.");
    assert_eq!(document.passages[0].heading, "Shop › Tea › Green");
}

#[test]
fn a_page_nested_without_end_is_read_or_refused() {
    for source in
        ["<div>".repeat(3000) + "deep", "<b>".repeat(3000) + "deep", "<table><tr><td>".repeat(500) + "deep"]
    {
        check_promises(&read_text("a.html", &source));
    }
}

#[derive(Deserialize)]
struct Payload {
    payload: String,
}

/// No payload may bring what stands in a script, a style or an attribute into the text. What is
/// said twice, as attribute and as text, can't be told apart, so payloads get marked attributes.
#[test]
fn attacks_bring_no_code_into_the_text() {
    let Some(path) = shared_data("xss_dompurify/payloads.jsonl") else { return };
    let payloads = std::fs::read_to_string(path).expect("it can be read");
    let mut read = 0;
    for line in payloads.lines().filter(|line| !line.trim().is_empty()) {
        let Payload { payload } = serde_json::from_str(line).expect("it has a payload");
        let marked = format!(
            "<p data-secret=\"attributetext\">Before</p>{payload}\
             <script>scripttext()</script><style>styletext</style><p onclick=\"attributetext()\">After</p>"
        );
        let page = scraper::Html::parse_document(&marked);
        let document = read_now("a.html", marked.as_bytes()).expect("it has text");
        check_promises(&document);
        // Every word is one of a text that stands in neither a script nor a style.
        let shown: String = page
            .tree
            .nodes()
            .filter(|node| {
                !node.ancestors().any(|above| {
                    above.value().as_element().is_some_and(|element| {
                        matches!(element.name(), "script" | "style" | "template" | "iframe" | "noscript")
                    })
                })
            })
            .filter_map(|node| node.value().as_text().map(|text| format!("{} ", &**text)))
            .collect();
        let squeezed: String = shown.split_whitespace().collect();
        for word in document.text.split_whitespace().filter(|word| !matches!(*word, "-" | "|")) {
            assert!(squeezed.contains(word), "{word:?} of {payload:?} isn't shown");
        }
        assert!(document.text.starts_with("Before"), "{payload:?}");
        read += 1;
    }
    assert!(read > 100);
}
