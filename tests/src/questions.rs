//! What a label of `tests/questions` demands, evaluated against the records that an answer shows.
//!
//! `tests/questions/README.md` says what the labels mean; this file is that text as code, and so is
//! `check.py` beside it. Nothing here knows how the app reads a question.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

/// A row of a list: its cells by column.
pub type Record = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
pub struct Question {
    pub id: String,
    pub catalog: String,
    pub kind: String,
    pub question: String,
    pub expect: Expect,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expect {
    Records(Demands),
    #[serde(rename = "none")]
    Nothing(Demands),
    /// Identifiers of records.
    Named(Vec<String>),
    Talk(bool),
    OutOfScope(bool),
}

#[derive(Debug, Deserialize)]
pub struct Demands {
    pub must: Vec<Demand>,
    #[serde(default)]
    pub about: Vec<Demand>,
    pub best: Option<Best>,
    pub at_least: Option<usize>,
}

#[derive(Debug, Deserialize)]
pub struct Best {
    pub column: String,
    pub order: Order,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    Lowest,
    Highest,
}

#[derive(Debug, Deserialize)]
pub struct Demand {
    column: Option<String>,
    columns: Option<Vec<String>>,
    op: Op,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
enum Op {
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    AtMost,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    AtLeast,
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    Unequal,
    #[serde(rename = "one_of")]
    OneOf,
    #[serde(rename = "contains")]
    Contains,
    #[serde(rename = "contains_none")]
    ContainsNone,
}

/// A list, and the column that identifies its records.
#[derive(Debug)]
pub struct List {
    records: Vec<Record>,
    identifier: String,
}

impl List {
    /// Reads a list.
    ///
    /// # Panics
    /// When it can't be read, because then nothing can be judged.
    #[must_use]
    pub fn read(path: &Path, delimiter: u8, identifier: &str) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
        let headers = reader.headers().expect("a list has a header").clone();
        let records = reader
            .records()
            .map(|row| {
                let row = row.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                headers
                    .iter()
                    .zip(row.iter())
                    .map(|(column, cell)| (column.to_owned(), cell.to_owned()))
                    .collect()
            })
            .collect();
        Self { records, identifier: identifier.to_owned() }
    }

    #[must_use]
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// The row behind a card. The import makes repeated ids unique by the line, so of the rows with the id
    /// it is the one of the card's category, or else the first.
    fn row(&self, card: &Value) -> Option<&Record> {
        let id = bare_id(card);
        let category = card["category"].as_str().unwrap_or_default();
        let mut rows = self.records.iter().filter(|record| cell(record, &self.identifier) == id);
        let first = rows.clone().next();
        rows.find(|record| cell(record, "category") == category).or(first)
    }
}

/// What is wrong with an answer, the `--json` document of `sextant chat`, or nothing.
///
/// # Errors
/// The sentence that says what.
pub fn judge(expect: &Expect, answer: &Value, list: &List) -> Result<(), String> {
    let Some(cards) = answer["items"].as_array() else {
        return Err(format!("there is no answer: {}", answer["errors"]));
    };
    match expect {
        Expect::Talk(_) | Expect::OutOfScope(_) | Expect::Nothing(_) if cards.is_empty() => Ok(()),
        Expect::Talk(_) | Expect::OutOfScope(_) | Expect::Nothing(_) => {
            Err(format!("{} records are shown: {}", cards.len(), shown_ids(cards)))
        }
        Expect::Named(names) => {
            let shown: Vec<&str> = cards.iter().map(bare_id).collect();
            let missing: Vec<&String> = names.iter().filter(|name| !shown.contains(&name.as_str())).collect();
            if missing.is_empty() { Ok(()) } else { Err(format!("{missing:?} not among {shown:?}")) }
        }
        Expect::Records(demands) => judge_records(demands, cards, list),
    }
}

fn judge_records(demands: &Demands, cards: &[Value], list: &List) -> Result<(), String> {
    let rows = rows(cards, list)?;
    let least = demands.at_least.unwrap_or(1);
    if rows.len() < least {
        return Err(format!("{} records are shown, and {least} are wanted", rows.len()));
    }
    let wrong: Vec<&str> = rows
        .iter()
        .filter(|row| !meets_all(row, &demands.must))
        .map(|row| cell(row, &list.identifier))
        .collect();
    if !wrong.is_empty() {
        return Err(format!("shown, and not what must be: {wrong:?}"));
    }
    let about: Vec<bool> = rows.iter().map(|row| meets_all(row, &demands.about)).collect();
    let share = about.iter().filter(|fits| **fits).count();
    if about.first() != Some(&true) || share * 2 <= about.len() {
        return Err(format!("what was asked about is met by {about:?}"));
    }
    match &demands.best {
        Some(best) if !is_best(rows[0], best, &demands.must, list) => Err(format!(
            "the first one, {}, hasn't the {:?} {}",
            cell(rows[0], &list.identifier),
            best.order,
            best.column
        )),
        _ => Ok(()),
    }
}

/// Records that are shown although they break a demand by number or equality: an answer up to $20 with a
/// record of $25 is worse than none.
///
/// # Errors
/// The sentence that says which.
pub fn keeps_its_promise(expect: &Expect, answer: &Value, list: &List) -> Result<(), String> {
    let (Expect::Records(Demands { must, .. }) | Expect::Nothing(Demands { must, .. })) = expect else {
        return Ok(());
    };
    let cards = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
    for row in rows(cards, list)? {
        if let Some(broken) = must.iter().find(|demand| demand.is_exact() && !demand.is_met_by(row)) {
            return Err(format!("{} is shown against {broken:?}", cell(row, &list.identifier)));
        }
    }
    Ok(())
}

impl Demand {
    fn is_exact(&self) -> bool {
        self.value.is_number()
    }

    fn is_met_by(&self, record: &Record) -> bool {
        let columns = self.columns.iter().flatten().chain(&self.column);
        let mut cells = columns.map(|column| cell(record, column));
        match self.op {
            Op::Contains => cells.any(|cell| mentions(cell, &self.texts())),
            Op::ContainsNone => !cells.any(|cell| mentions(cell, &self.texts())),
            Op::OneOf => cells.any(|cell| self.texts().contains(&folded(cell))),
            Op::Equal | Op::Unequal if self.value.is_string() => {
                cells.any(|cell| self.texts().contains(&folded(cell)) == (self.op == Op::Equal))
            }
            _ => cells.any(|cell| self.compares(cell)),
        }
    }

    /// The wanted texts, folded.
    fn texts(&self) -> Vec<String> {
        let alternatives = self.value.as_array().map_or(std::slice::from_ref(&self.value), Vec::as_slice);
        alternatives.iter().filter_map(Value::as_str).map(folded).collect()
    }

    #[expect(clippy::float_cmp, reason = "a cell and a label that say the same figure are the same number")]
    fn compares(&self, cell: &str) -> bool {
        let (Some(found), Some(value)) = (number(cell), self.value.as_f64()) else {
            return false;
        };
        match self.op {
            Op::Less => found < value,
            Op::AtMost => found <= value,
            Op::Greater => found > value,
            Op::AtLeast => found >= value,
            Op::Equal => found == value,
            Op::Unequal => found != value,
            Op::OneOf | Op::Contains | Op::ContainsNone => false,
        }
    }
}

fn meets_all(record: &Record, demands: &[Demand]) -> bool {
    demands.iter().all(|demand| demand.is_met_by(record))
}

/// Whether no other record that meets all of `must` has a better value.
fn is_best(record: &Record, best: &Best, must: &[Demand], list: &List) -> bool {
    let value = |record: &Record| number(cell(record, &best.column));
    let Some(own) = value(record) else { return false };
    list.records.iter().filter(|other| meets_all(other, must)).filter_map(value).all(|other| {
        match best.order {
            Order::Lowest => own <= other,
            Order::Highest => own >= other,
        }
    })
}

fn rows<'l>(cards: &[Value], list: &'l List) -> Result<Vec<&'l Record>, String> {
    cards
        .iter()
        .map(|card| list.row(card).ok_or_else(|| format!("{} is in no row of the list", card["id"])))
        .collect()
}

/// The list's own id: without the line that the import adds to one that is there already.
fn bare_id(card: &Value) -> &str {
    let id = card["id"].as_str().unwrap_or_default();
    id.split_once("-row-").map_or(id, |(id, _)| id)
}

fn shown_ids(cards: &[Value]) -> String {
    cards.iter().map(bare_id).collect::<Vec<_>>().join(", ")
}

fn cell<'r>(record: &'r Record, column: &str) -> &'r str {
    record.get(column).map_or("", String::as_str)
}

/// `None` for an empty cell; a decimal comma is a point.
fn number(cell: &str) -> Option<f64> {
    cell.trim().replace(',', ".").parse().ok()
}

/// Whether a word of the text begins with one of the folded stems.
fn mentions(text: &str, stems: &[String]) -> bool {
    let text = folded(text);
    stems.iter().any(|stem| {
        text.match_indices(stem.as_str())
            .any(|(at, _)| !text[..at].chars().next_back().is_some_and(char::is_alphanumeric))
    })
}

/// Lower case, without accents, with plain apostrophes and single spaces.
fn folded(text: &str) -> String {
    let plain: String =
        text.to_lowercase().chars().filter(|c| !is_combining(*c)).map(without_accent).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// The accented letters of the languages that the lists are written in.
fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì'..='ï' | 'ī' => 'i',
        'ñ' | 'ń' => 'n',
        'ò'..='ö' | 'ō' | 'ő' => 'o',
        'ù'..='ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ś' | 'š' => 's',
        'ź' | 'ž' | 'ż' => 'z',
        '\u{2018}' | '\u{2019}' => '\'',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn demand(demand: Value) -> Demand {
        serde_json::from_value(demand).expect("a demand")
    }

    fn record(cells: &[(&str, &str)]) -> Record {
        cells.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect()
    }

    fn list() -> List {
        let rows = [("1", "Sofa", "265,0"), ("1", "Bed", "90"), ("2", "Bed", "")];
        let rows =
            rows.map(|(id, category, price)| record(&[("id", id), ("category", category), ("price", price)]));
        List { records: rows.into(), identifier: "id".into() }
    }

    #[test]
    fn figures_compare_as_numbers_and_an_empty_cell_meets_none() {
        let met = |op: &str, value: Value, cell: &str| {
            demand(json!({ "column": "price", "op": op, "value": value }))
                .is_met_by(&record(&[("price", cell)]))
        };
        assert!(met("<", json!(300), "265,0") && !met("<", json!(265), "265,0"));
        assert!(
            met("<=", json!(265), "265,0") && met(">=", json!(265), " 265 ") && !met(">", json!(265), "265")
        );
        assert!(met("=", json!(9.5), "9,5") && met("!=", json!(9), "9,5") && !met("!=", json!(9), "9"));
        assert!(!met("<", json!(300), "") && !met("!=", json!(300), "") && !met(">", json!(0), "none"));
    }

    #[test]
    fn texts_compare_without_case_and_accents() {
        let met = |op: &str, value: Value, cell: &str| {
            demand(json!({ "column": "name", "op": op, "value": value }))
                .is_met_by(&record(&[("name", cell)]))
        };
        assert!(met("=", json!("besta"), "BESTÅ") && !met("=", json!("best"), "BESTÅ"));
        assert!(met("!=", json!("light"), "Medium-Light") && !met("!=", json!("light"), "Light"));
        assert!(
            met("one_of", json!(["Dark", "café\u{a0}crème"]), "CAFE  creme")
                && !met("one_of", json!(["a"]), "b")
        );
        assert!(met("=", json!("it's"), "It\u{2019}s"));
    }

    #[test]
    fn a_stem_is_found_where_a_word_begins() {
        let met = |op: &str, columns: &[&str], stem: &str| {
            let row = record(&[("a", "Rich, nut-brown_milk chocolates"), ("b", "none")]);
            demand(json!({ "columns": columns, "op": op, "value": [stem] })).is_met_by(&row)
        };
        assert!(met("contains", &["b", "a"], "chocolat") && met("contains", &["a"], "brown"));
        assert!(met("contains", &["a"], "milk") && !met("contains", &["a"], "ich"));
        assert!(met("contains_none", &["a", "b"], "ut") && !met("contains_none", &["b", "a"], "rich"));
    }

    #[test]
    fn a_card_is_its_row_also_where_an_id_is_there_twice() {
        let price = |card: Value| list().row(&card).map(|row| cell(row, "price").to_owned());
        assert_eq!(price(json!({ "id": "1-row-3", "category": "Bed" })).as_deref(), Some("90"));
        assert_eq!(price(json!({ "id": "1", "category": "Lamp" })).as_deref(), Some("265,0"));
        assert_eq!(price(json!({ "id": "9", "category": "Bed" })), None);
    }

    #[test]
    fn an_answer_is_judged_by_what_it_shows() {
        let list = list();
        let judged = |expect: Value, ids: Value| {
            let expect: Expect = serde_json::from_value(expect).expect("a label");
            judge(&expect, &json!({ "items": ids }), &list)
        };
        let (sofa, bed) = (json!({ "id": "1", "category": "Sofa" }), json!({ "id": "1", "category": "Bed" }));
        let cheap = json!({ "must": [{ "column": "price", "op": "<", "value": 100 }], "about": [] });
        assert!(judged(json!({ "records": cheap }), json!([bed])).is_ok());
        assert!(judged(json!({ "records": cheap }), json!([bed, sofa])).is_err());
        assert!(judged(json!({ "records": cheap }), json!([])).is_err());
        assert!(judged(json!({ "none": cheap }), json!([])).is_ok());
        assert!(judged(json!({ "talk": true }), json!([bed])).is_err());
        assert!(judged(json!({ "named": ["1", "2"] }), json!([bed])).is_err());
        let lowest = json!({ "must": [], "about": [], "best": { "column": "price", "order": "lowest" } });
        assert!(judged(json!({ "records": lowest }), json!([bed])).is_ok());
        assert!(judged(json!({ "records": lowest }), json!([sofa])).is_err());

        let expect: Expect = serde_json::from_value(json!({ "none": cheap })).expect("a label");
        assert!(keeps_its_promise(&expect, &json!({ "items": [sofa] }), &list).is_err());
        assert!(keeps_its_promise(&expect, &json!({ "items": [bed] }), &list).is_ok());
    }
}
