//! Markdown: text without markup, in which the structure can still be read.
//!
//! Links are their text, images their description, tables rows of cells. HTML inside of it is read by
//! `html`, so that what a page wouldn't show isn't shown here either. `CommonMark` with the tables, task
//! lists, footnotes and struck text of GitHub; a block of metadata at the start is kept as it stands.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::draft::Draft;
use super::flow::Flow;
use super::{DocumentError, Watch, html};

/// Events between two looks at whether the reading is stopped.
const EVENTS_BETWEEN_LOOKS: usize = 512;

/// Open tags that are waited for in one block.
const HIDING_LIMIT: usize = 64;

pub(super) fn read(text: &str, watch: &mut Watch) -> Result<Draft, DocumentError> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut reader = Reader::default();
    let events = Parser::new_ext(text, options).into_offset_iter();
    for (index, (event, range)) in events.enumerate() {
        if index.is_multiple_of(EVENTS_BETWEEN_LOOKS) {
            watch.at(range.end, text.len())?;
        }
        if reader.flow.draft.is_full() {
            break;
        }
        reader.take(event);
    }
    reader.flow.end_block();
    Ok(reader.flow.draft)
}

#[derive(Default)]
struct Reader {
    flow: Flow,
    is_verbatim: bool,
    /// A block of HTML, gathered until it ends.
    html: Option<String>,
    /// Open elements that hide running text, and where that began. Without an end tag in the same block
    /// one hides nothing, because text that only speaks of `<style>` is more than what a page loses by it.
    hiding: Vec<(String, usize)>,
}

impl Reader {
    fn take(&mut self, event: Event) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_verbatim => self.flow.verbatim(&text),
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) | Event::DisplayMath(text) => {
                self.flow.text(&text);
            }
            Event::Html(text) => self.html.get_or_insert_default().push_str(&text),
            Event::InlineHtml(tag) => self.inline_html(&tag),
            Event::FootnoteReference(label) => self.flow.text(&format!("[{label}]")),
            Event::SoftBreak => self.flow.text(" "),
            Event::HardBreak => self.flow.break_line(),
            Event::Rule => self.flow.end_block(),
            Event::TaskListMarker(is_done) => self.flow.text(if is_done { "[x] " } else { "[ ] " }),
        }
    }

    fn start(&mut self, tag: &Tag) {
        match tag {
            Tag::List(first) => self.flow.start_list(*first),
            Tag::Item => self.flow.start_item(),
            Tag::Table(_) => self.flow.start_table(),
            Tag::CodeBlock(_) | Tag::MetadataBlock(_) => {
                self.flow.end_block();
                self.is_verbatim = true;
            }
            Tag::FootnoteDefinition(label) => {
                self.flow.end_block();
                self.flow.text(&format!("[{label}] "));
            }
            Tag::HtmlBlock => {
                self.flow.end_block();
                self.html = Some(String::new());
            }
            Tag::Heading { .. } | Tag::BlockQuote(_) => self.flow.end_block(),
            // A footnote's first paragraph stands beside its label, and an item's beside its marker.
            _ => return,
        }
        self.hiding.clear();
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.flow.end_heading(level as u8),
            TagEnd::CodeBlock | TagEnd::MetadataBlock(_) => {
                self.is_verbatim = false;
                self.flow.end_verbatim();
            }
            TagEnd::HtmlBlock => {
                if let Some(source) = self.html.take() {
                    html::read_fragment(&source, &mut self.flow);
                }
            }
            TagEnd::List(_) => self.flow.end_list(),
            TagEnd::TableCell => self.flow.end_cell(),
            TagEnd::TableHead | TagEnd::TableRow => self.flow.end_row(),
            TagEnd::Table => self.flow.end_table(),
            TagEnd::Paragraph | TagEnd::BlockQuote(_) | TagEnd::Item | TagEnd::FootnoteDefinition => {
                self.flow.end_block();
            }
            _ => return,
        }
        self.hiding.clear();
    }

    /// A single tag among running text: only what it hides or breaks counts.
    fn inline_html(&mut self, tag: &str) {
        let name: String = tag
            .trim_start_matches(['<', '/'])
            .chars()
            .take_while(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        let is_end = tag.starts_with("</");
        if name == "br" {
            self.flow.break_line();
        } else if is_end {
            if let Some(open) = self.hiding.iter().rposition(|(hiding, _)| *hiding == name) {
                self.flow.cut_text(self.hiding[open].1);
                self.hiding.truncate(open);
            }
        } else if html::is_never_shown(&name) && self.hiding.len() < HIDING_LIMIT {
            self.hiding.push((name, self.flow.text_bytes()));
        }
    }
}
