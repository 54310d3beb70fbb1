//! Running text that becomes blocks: what Markdown and HTML have in common.
//!
//! Text is gathered until a block ends. List items begin with `- ` or their number, two blanks further in
//! for each level; a table becomes rows of cells with ` | ` between them. Inside of a cell there are no
//! blocks: what would be one is set apart by a blank.

use super::draft::{Draft, Gap, Kind};

/// A list is set in no further than this, however deep it is.
const DEEPEST_INDENT: usize = 8;

#[derive(Default)]
pub(super) struct Flow {
    pub(super) draft: Draft,
    text: String,
    /// The next number of each open list that has numbers.
    lists: Vec<Option<u64>>,
    /// Stands before the next block.
    marker: Option<String>,
    is_below_item: bool,
    table: Option<Table>,
}

#[derive(Default)]
struct Table {
    rows: Vec<String>,
    cells: Vec<String>,
}

impl Flow {
    /// Adds running text; blanks and line breaks in it are one blank.
    pub(super) fn text(&mut self, text: &str) {
        for (index, word) in text.split(char::is_whitespace).enumerate() {
            if index > 0 && !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
    }

    /// Adds text as it stands.
    pub(super) fn verbatim(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// How much of the open block's text there is.
    pub(super) fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Takes back what came after [`Flow::text_bytes`] was asked, in the same block.
    pub(super) fn cut_text(&mut self, bytes: usize) {
        self.text.truncate(bytes);
    }

    pub(super) fn break_line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        self.text.push('\n');
    }

    /// Ends a paragraph, if there is one.
    pub(super) fn end_block(&mut self) {
        self.end(Kind::Paragraph);
    }

    /// Ends code or text whose line breaks count.
    pub(super) fn end_verbatim(&mut self) {
        self.end(Kind::Whole);
    }

    /// Makes the gathered text a heading; in a list or a table it is only text.
    pub(super) fn end_heading(&mut self, level: u8) {
        if self.table.is_some() || !self.lists.is_empty() {
            return self.end_block();
        }
        let text = std::mem::take(&mut self.text);
        self.draft.heading(level, &text);
        self.is_below_item = false;
    }

    /// `first` is the first item's number in a list that has numbers.
    pub(super) fn start_list(&mut self, first: Option<u64>) {
        self.end_block();
        self.lists.push(first);
    }

    pub(super) fn end_list(&mut self) {
        self.end_block();
        self.lists.pop();
        self.marker = None;
        self.is_below_item &= !self.lists.is_empty();
    }

    pub(super) fn start_item(&mut self) {
        self.end_block();
        self.marker = Some(match self.lists.last_mut() {
            Some(Some(number)) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            _ => "- ".to_owned(),
        });
    }

    pub(super) fn start_table(&mut self) {
        self.end_block();
        self.table.get_or_insert_default();
    }

    pub(super) fn end_cell(&mut self) {
        let text = std::mem::take(&mut self.text);
        if let Some(table) = &mut self.table {
            table.cells.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
    }

    pub(super) fn end_row(&mut self) {
        if !self.text.trim().is_empty() {
            self.end_cell();
        }
        if let Some(table) = &mut self.table {
            if table.cells.iter().any(|cell| !cell.is_empty()) {
                table.rows.push(table.cells.join(" | "));
            }
            table.cells.clear();
        }
    }

    pub(super) fn end_table(&mut self) {
        self.end_row();
        if let Some(table) = self.table.take() {
            self.draft.push(Kind::Whole, Gap::Blank, &table.rows.join("\n"));
            self.is_below_item = false;
        }
    }

    pub(super) fn is_in_table(&self) -> bool {
        self.table.is_some()
    }

    fn end(&mut self, kind: Kind) {
        if self.table.is_some() {
            self.text(" ");
            return;
        }
        if self.text.trim().is_empty() {
            self.text.clear();
            return;
        }
        let text = std::mem::take(&mut self.text);
        let text = if kind == Kind::Whole { text.trim_matches('\n') } else { text.trim() };
        if self.lists.is_empty() {
            let marker = self.marker.take().unwrap_or_default();
            self.draft.push(kind, Gap::Blank, &format!("{marker}{text}"));
            self.is_below_item = false;
            return;
        }
        let indent = "  ".repeat((self.lists.len() - 1).min(DEEPEST_INDENT));
        let hanging = format!("\n{indent}  ");
        let marker = self.marker.take().unwrap_or_else(|| "  ".to_owned());
        let gap = if self.is_below_item { Gap::Line } else { Gap::Blank };
        self.draft.push(kind, gap, &format!("{indent}{marker}{}", text.replace('\n', &hanging)));
        self.is_below_item = true;
    }
}
