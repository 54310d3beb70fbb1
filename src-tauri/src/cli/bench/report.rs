//! What a suite has measured, printed for people, for documents, for spreadsheets and for scripts.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::table;

/// How a benchmark is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Print {
    Table,
    Json,
    Markdown,
    /// Every raw sample, one a line.
    Csv,
}

/// One suite's result.
#[derive(Default)]
pub(super) struct Report {
    /// For scripts; the samples are added to it.
    pub(super) document: Value,
    parts: Vec<Part>,
    /// Milliseconds of every repetition, by what was measured.
    pub(super) samples: Samples,
}

/// Raw samples by name.
pub(super) type Samples = BTreeMap<String, Vec<f64>>;

enum Part {
    Table { header: Vec<String>, rows: Vec<Vec<String>> },
    Note(String),
}

impl Report {
    pub(super) fn new(document: Value) -> Self {
        Self { document, ..Self::default() }
    }

    pub(super) fn table(mut self, header: &[&str], rows: Vec<Vec<String>>) -> Self {
        let header = header.iter().map(|&name| name.to_owned()).collect();
        self.parts.push(Part::Table { header, rows });
        self
    }

    pub(super) fn note(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Note(text.into()));
        self
    }

    pub(super) fn sampled(mut self, name: impl Into<String>, samples: Vec<f64>) -> Self {
        self.samples.insert(name.into(), samples);
        self
    }

    /// With everything that was measured, so that a later run can be compared with it.
    pub(super) fn document(&self) -> Value {
        let mut document = self.document.clone();
        document["samples"] = json!(self.samples);
        document
    }

    pub(super) fn text(&self) -> String {
        self.join(table::render)
    }

    pub(super) fn markdown(&self) -> String {
        self.join(table::markdown)
    }

    fn join(&self, table: impl Fn(&[&str], &[Vec<String>]) -> String) -> String {
        let parts: Vec<String> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Table { header, rows } => {
                    let header: Vec<&str> = header.iter().map(String::as_str).collect();
                    table(&header, rows)
                }
                Part::Note(text) => text.clone(),
            })
            .collect();
        parts.join("\n\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_of_markdown_keeps_its_columns() {
        let report = Report::new(json!({}))
            .table(&["stage", "p50 ms"], vec![vec!["a|b".into(), "1.0".into()]])
            .note("n 5");
        assert_eq!(report.markdown(), "| stage | p50 ms |\n| --- | ---: |\n| a\\|b | 1.0 |\n\nn 5");
    }

    #[test]
    fn samples_are_part_of_the_document() {
        let report = Report::new(json!({ "n": 2 })).sampled("total", vec![1.5, 2.0]);
        assert_eq!(report.document(), json!({ "n": 2, "samples": { "total": [1.5, 2.0] } }));
    }
}
