//! What is quoted as an answer and what only as the closest passage, on sentences of our own and on real
//! annual reports.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

use serde::Deserialize;
use sextant_retrieval::document;

use super::sentence::Asked;
use super::{Close, is_close, order};

const TERMS: &str = "The notice period of the storage contract is four weeks to the end of a month.\n\n\
    The storage contract started in 2021 and renews itself every year.\n\n\
    Payments of the storage contract are due as follows:\n\n\
    Boxes are insured for 1,200 crowns each, and pallets for 9,000.";

/// The passages of a text that speak of what is asked, the best first, by words alone.
fn close(text: &str, question: &str) -> Vec<(Close, String)> {
    let Ok(document) = document::read("terms.txt", text.as_bytes(), &|| false, &mut |_, _| {}) else {
        return Vec::new();
    };
    let asked = Asked::of(question).expect("a question of the tests asks for something");
    let mut close: Vec<Close> = (0..)
        .zip(&document.passages)
        .filter_map(|(position, passage)| is_close(&asked, position, &passage.heading, &passage.text, None))
        .collect();
    order(&mut close);
    let quoted = |close: &Close| {
        document.passages[close.position as usize].text[close.sentence.range.clone()].to_owned()
    };
    close.into_iter().map(|close| (close.clone(), quoted(&close))).collect()
}

#[track_caller]
fn check(question: &str, answer: Option<&str>, closest: Option<&str>) {
    let found = close(TERMS, question);
    let first = found.first().map(|(close, sentence)| (close.is_answer(), sentence.as_str()));
    println!("{question}: {found:?}");
    match (answer, closest) {
        (Some(answer), _) => assert_eq!(first, Some((true, answer))),
        (None, Some(closest)) => assert_eq!(first, Some((false, closest))),
        (None, None) => assert_eq!(first, None),
    }
}

const NOTICE: &str = "The notice period of the storage contract is four weeks to the end of a month.";
const START: &str = "The storage contract started in 2021 and renews itself every year.";
const BOXES: &str = "Boxes are insured for 1,200 crowns each, and pallets for 9,000.";

#[test]
fn a_sentence_that_says_what_is_asked_is_the_answer() {
    check("What is the notice period of the storage contract?", Some(NOTICE), None);
    check("When did the storage contract start?", Some(START), None);
    check("For how much are boxes insured?", Some(BOXES), None);
}

#[test]
fn a_sentence_about_the_same_is_only_the_closest() {
    check("What is the notice period of the insurance contract?", None, Some(NOTICE));
    check("Who signed the storage contract in 2019?", None, Some(NOTICE));
    check("Who drives the fork lift on Sundays?", None, None);
}

#[test]
fn another_number_is_another_thing() {
    check("Did the storage contract start in 2021?", Some(START), None);
    let found = close(TERMS, "Did the storage contract start in 2020?");
    assert!(found.iter().all(|(close, _)| !close.is_answer()), "{found:?}");
}

#[test]
fn what_only_announces_is_no_answer() {
    let found = close(TERMS, "When are payments of the storage contract due?");
    assert!(found.iter().all(|(close, _)| !close.is_answer()), "{found:?}");
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "_id")]
    id: String,
    text: String,
    context: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    answer_from: String,
    #[serde(default)]
    answer_type: String,
}

/// Of all questions, each asked of its own report, of another one and of its own without what answers.
#[derive(Default)]
struct Counts {
    questions: u32,
    answered: u32,
    answered_rightly: u32,
    shown: u32,
    refused_by_another: u32,
    refused_without: u32,
}

impl Counts {
    fn percent(&self, count: u32) -> f64 {
        f64::from(count) * 100.0 / f64::from(self.questions)
    }
}

/// The bounds were chosen on every other report; `models/nano/README.md` has the figures.
#[test]
fn real_reports_are_refused_where_they_do_not_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/ir_tatqa_finance");
    let Ok(corpus) = std::fs::read_to_string(folder.join("corpus.jsonl")) else {
        let missing = format!("the shared data {} is not here", folder.display());
        assert!(std::env::var_os("CI").is_none(), "{missing}, and CI needs it");
        println!("skipped: {missing}");
        return;
    };
    let read = |text: &str| -> Vec<Line> {
        text.lines().map(|line| serde_json::from_str(line).expect("a record a line")).collect()
    };
    let mut reports: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    for line in read(&corpus).into_iter().filter(|line| line.kind != "table") {
        reports.entry(line.context.clone()).or_default().push(line);
    }
    let file = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a file of the collection");
    let mut relevant: HashMap<String, HashSet<String>> = HashMap::new();
    for line in file("qrels.tsv").lines().skip(1) {
        let mut fields = line.split('\t').map(str::to_owned);
        let (Some(question), Some(document)) = (fields.next(), fields.next()) else { continue };
        relevant.entry(question).or_default().insert(document);
    }
    let places: Vec<&String> = reports.keys().collect();
    let whole = |lines: &[Line], without: &HashSet<String>| -> String {
        let texts: Vec<&str> =
            lines.iter().filter(|line| !without.contains(&line.id)).map(|line| line.text.as_str()).collect();
        texts.join("\n\n")
    };
    let (mut halves, nothing) = ([Counts::default(), Counts::default()], HashSet::new());
    for question in read(&file("queries.jsonl")) {
        if question.answer_from != "text" || !["span", "multi-span"].contains(&question.answer_type.as_str())
        {
            continue;
        }
        let (Some(own), Ok(place)) =
            (reports.get(&question.context), places.binary_search(&&question.context))
        else {
            continue;
        };
        let Some(answers) = relevant.get(&question.id) else { continue };
        let asked = |text: &str| close(text, &question.text).into_iter().next();
        let is_refused = |text: &str| asked(text).is_none_or(|(close, _)| !close.is_answer());
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let counts = &mut halves[place % 2];
        counts.questions += 1;
        if let Some((close, sentence)) = asked(&whole(own, &nothing)) {
            let is_right = own.iter().any(|line| {
                answers.contains(&line.id) && squeezed(&line.text).contains(&squeezed(&sentence))
            });
            counts.answered += u32::from(close.is_answer());
            counts.answered_rightly += u32::from(close.is_answer() && is_right);
            counts.shown += u32::from(is_right);
        }
        let other = &reports[places[(place + 38) % places.len()]];
        counts.refused_by_another += u32::from(is_refused(&whole(other, &nothing)));
        counts.refused_without += u32::from(is_refused(&whole(own, answers)));
    }
    for counts in &halves {
        println!(
            "{} questions: answered {:.1} %, from a right paragraph {:.1} %; a right one quoted {:.1} %; \
             refused: another report {:.1} %, the answer taken out {:.1} %",
            counts.questions,
            counts.percent(counts.answered),
            counts.percent(counts.answered_rightly),
            counts.percent(counts.shown),
            counts.percent(counts.refused_by_another),
            counts.percent(counts.refused_without),
        );
        assert!(counts.questions > 150);
        assert!(counts.percent(counts.refused_by_another) >= 95.0);
        assert!(counts.percent(counts.refused_without) >= 95.0);
        assert!(counts.percent(counts.answered_rightly) >= 60.0);
        assert!(counts.percent(counts.shown) >= 85.0);
    }
}
