//! HTML: the text that a page shows, without running or loading anything.
//!
//! What a browser would hide is left out: scripts, styles, templates, hidden elements, comments, and every
//! attribute. Where a page marks its content (`main`, `article`), navigation, footers and asides are left
//! out too. The walk is a loop over the tree and no recursion, because pages can be nested as deep as they
//! are long.

use std::collections::HashSet;

use scraper::node::Element;
use scraper::{Html, Node, Selector};

use super::draft::Draft;
use super::flow::Flow;
use super::{DocumentError, Watch};

/// Elements whose content isn't shown as text, or is a control's and not the page's.
const NEVER_SHOWN: &[&str] = &[
    "annotation",
    "annotation-xml",
    "applet",
    "audio",
    "canvas",
    "datalist",
    "desc",
    "embed",
    "frameset",
    "head",
    "iframe",
    "metadata",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "option",
    "rp",
    "script",
    "select",
    "style",
    "template",
    "textarea",
    "title",
    "video",
];

/// Around a page's content.
const AROUND: &[&str] = &["aside", "footer", "nav"];

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "listing",
    "main",
    "menu",
    "nav",
    "p",
    "plaintext",
    "pre",
    "search",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "text",
    "tfoot",
    "th",
    "thead",
    "tr",
    "xmp",
];

/// Nodes between two looks at whether the reading is stopped.
const NODES_BETWEEN_LOOKS: usize = 512;

pub(super) fn read(source: &str, watch: &mut Watch) -> Result<Draft, DocumentError> {
    watch.at(0, 1)?;
    let page = Html::parse_document(source);
    let mut flow = Flow::default();
    // A page that repeats its title as its first heading has it once.
    if let Some(title) = first_text(&page, "head > title")
        && first_text(&page, "h1").as_ref() != Some(&title)
    {
        flow.draft.heading(0, &title);
    }
    walk(&page, &mut flow, watch)?;
    Ok(flow.draft)
}

/// The text of a piece of HTML, as blocks of `flow`.
pub(super) fn read_fragment(source: &str, flow: &mut Flow) {
    let (never, mut nobody) = (|| false, |_, _| {});
    walk(&Html::parse_fragment(source), flow, &mut Watch::new(&never, &mut nobody))
        .expect("it is only ended by being stopped");
}

pub(super) fn is_never_shown(name: &str) -> bool {
    NEVER_SHOWN.contains(&name)
}

fn first_text(page: &Html, selector: &str) -> Option<String> {
    let selector = Selector::parse(selector).expect("a selector of ours");
    let text: String = page.select(&selector).next()?.text().collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}

/// Visits every node that is shown, going down, across and up again without recursion.
fn walk(page: &Html, flow: &mut Flow, watch: &mut Watch) -> Result<(), DocumentError> {
    let elements = || page.tree.values().filter_map(Node::as_element);
    let has_content = elements().any(|element| matches!(element.name(), "main" | "article"));
    let is_hidden = |element: &Element| {
        is_never_shown(element.name())
            || has_content && AROUND.contains(&element.name())
            || hides_itself(element)
    };
    // A table that has tables inside is a page's layout and no table.
    let mut layouts = HashSet::new();
    for node in page.tree.nodes() {
        if node.value().as_element().is_some_and(|element| element.name() == "table") {
            let is_table = |element: &Element| element.name() == "table";
            let outer = node.ancestors().find(|above| above.value().as_element().is_some_and(is_table));
            layouts.extend(outer.map(|table| table.id()));
        }
    }
    let total = page.tree.values().len();
    let mut done = 0usize;
    let mut verbatim_depth = 0usize;
    let mut node = page.tree.root();
    loop {
        if done.is_multiple_of(NODES_BETWEEN_LOOKS) {
            watch.at(done, total)?;
        }
        if flow.draft.is_full() {
            return Ok(());
        }
        done += 1;
        let mut is_shown = true;
        match node.value() {
            Node::Text(text) if verbatim_depth > 0 && !flow.is_in_table() => flow.verbatim(text),
            Node::Text(text) => flow.text(text),
            Node::Element(element) if is_hidden(element) => is_shown = false,
            Node::Element(element) => {
                verbatim_depth += usize::from(is_verbatim(element.name()));
                open(element, flow, layouts.contains(&node.id()));
            }
            _ => {}
        }
        if is_shown && let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        // Up to the first that has something after it. What was never opened is not closed.
        let mut was_opened = is_shown;
        loop {
            if was_opened && let Node::Element(element) = node.value() {
                close(element, flow, layouts.contains(&node.id()));
                verbatim_depth -= usize::from(is_verbatim(element.name()));
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            let Some(parent) = node.parent() else {
                flow.end_block();
                return Ok(());
            };
            (node, was_opened) = (parent, true);
        }
    }
}

fn hides_itself(element: &Element) -> bool {
    let style = || element.attr("style").unwrap_or_default().to_ascii_lowercase();
    let hides = |declaration: &str| {
        let (property, value) = declaration.split_once(':').unwrap_or_default();
        let value = value.trim().trim_end_matches("!important").trim_end();
        matches!((property.trim(), value), ("display", "none") | ("visibility", "hidden" | "collapse"))
    };
    element.attr("hidden").is_some()
        || element.name() == "dialog" && element.attr("open").is_none()
        || element.attr("style").is_some() && style().split(';').any(hides)
}

fn is_verbatim(name: &str) -> bool {
    matches!(name, "pre" | "listing" | "xmp" | "plaintext")
}

fn heading_level(name: &str) -> Option<u8> {
    let level = name.strip_prefix('h')?.parse().ok()?;
    (1..=6).contains(&level).then_some(level)
}

fn open(element: &Element, flow: &mut Flow, is_layout: bool) {
    match element.name() {
        "br" => flow.break_line(),
        "ul" | "menu" | "dir" => flow.start_list(None),
        "ol" => {
            let first = element.attr("start").and_then(|start| start.trim().parse().ok());
            flow.start_list(Some(first.unwrap_or(1)));
        }
        "li" => flow.start_item(),
        "table" if !is_layout => flow.start_table(),
        "td" | "th" | "tr" if flow.is_in_table() => {}
        name if BLOCKS.contains(&name) || heading_level(name).is_some() => flow.end_block(),
        _ => {}
    }
}

fn close(element: &Element, flow: &mut Flow, is_layout: bool) {
    match element.name() {
        "ul" | "menu" | "dir" | "ol" => flow.end_list(),
        "table" if !is_layout => flow.end_table(),
        "td" | "th" if flow.is_in_table() => flow.end_cell(),
        "caption" | "tr" if flow.is_in_table() => flow.end_row(),
        name if is_verbatim(name) => flow.end_verbatim(),
        name => match heading_level(name) {
            Some(level) => flow.end_heading(level),
            None if BLOCKS.contains(&name) || name == "li" => flow.end_block(),
            None => {}
        },
    }
}
