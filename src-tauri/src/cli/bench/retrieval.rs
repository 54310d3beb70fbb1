//! How long records are searched for in a list of 50,000, for questions that were never asked before: reading
//! the question, its embedding, the database's filters, both indexes and their mix. Words alone run beside it.
//!
//! The list is made of the sample's words, in a file that is deleted afterwards. The records' vectors are
//! drawn at random, because embedding so many takes minutes and the time of a search doesn't depend on them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde_json::json;
use sextant_advisor::chat::{Chat, ChatInput, Subject, Way};
use sextant_domain::{Item, ItemCatalog, ItemId, Money};
use sextant_engine::Embedder;
use sextant_retrieval::index::{IndexError, VectorIndex};
use sextant_store::{PerfLines, Store};

use super::super::{runtime, table};
use super::chat::figures;
use super::report::Report;
use crate::app::{self, ModelChoice};
use crate::failure::{Failure, by_code};
use crate::shelf;

const RECORDS: usize = 50_000;
/// Questions of one iteration.
const QUESTIONS: usize = 60;
/// How many of the slowest questions are named.
const SLOWEST: usize = 5;
/// The same list and questions in every run.
const SEED: u64 = 11;
/// What a turn wrote about itself is stored meanwhile.
const PAUSE: Duration = Duration::from_millis(20);
/// Time for the embedding model to be loaded, which no search waits for.
const LOADING: Duration = Duration::from_secs(2);

pub(super) fn measure(choice: &ModelChoice, iterations: u32) -> Result<Report, Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::work("disk", error))?;
    let mut random = fastrand::Rng::with_seed(SEED);
    let store = Store::open(&folder.path().join("bench.db"))?;
    app::record_runs(&store, PerfLines::Off);
    let shelf = Arc::new(shelf::open_with(store, folder.path().join("indexes"))?);
    let chat = Chat { slots: app::slots(choice)?, shelf, now: SystemTime::now };
    eprintln!("retrieval: a list of {RECORDS} records");
    let sample = shelf::sample(&chat.shelf, "retail")?;
    let id = chat.shelf.put("retail", &many(&sample.catalog, &mut random), SystemTime::now())?;
    let subject = chat.shelf.subject(&id)?;
    let empty = || VectorIndex::empty(Embedder::DIMENSION, u32::try_from(RECORDS).unwrap_or(u32::MAX));
    let mut ways = vec![("words alone", Arc::new(empty().map_err(index)?))];
    if chat.shelf.words_only.is_none() {
        let vectors = drawn(empty().map_err(index)?, &mut random).map_err(index)?;
        ways.push(("words and meaning", Arc::new(vectors)));
    }
    let runtime = runtime()?;
    let ask = |question: String, vectors: &Arc<VectorIndex>| {
        // Without vectors nothing is embedded, and words decide alone.
        subject.set_vectors(Arc::clone(vectors));
        std::thread::sleep(PAUSE);
        runtime.block_on(turn(&chat, &subject, question))
    };
    for (_, vectors) in &ways {
        ask("something with a bright taste".into(), vectors)?;
        std::thread::sleep(LOADING);
        ask("something with a dark taste".into(), vectors)?;
    }
    let mut samples: Vec<Vec<(&str, f64)>> = vec![Vec::new(); ways.len()];
    let mut slowest: Vec<(f64, f64, String)> = Vec::new();
    for iteration in 0..iterations {
        eprintln!("retrieval {iteration}/{iterations}");
        for _ in 0..QUESTIONS {
            let (kind, question) = question(&sample.catalog, &mut random);
            for ((_, vectors), samples) in ways.iter().zip(&mut samples) {
                let Some(Times { reading_ms, search_ms }) = ask(question.clone(), vectors)? else { continue };
                samples.push((kind, reading_ms + search_ms));
                slowest.push((reading_ms + search_ms, reading_ms, question.clone()));
            }
            slowest.sort_by(|(a, ..), (b, ..)| b.total_cmp(a));
            slowest.truncate(SLOWEST);
        }
    }
    let mut report = Report::new(json!({}));
    let (mut rows, mut kinds) = (Vec::new(), Vec::new());
    for ((way, _), samples) in ways.iter().zip(samples) {
        for kind in ["all", "words", "words and price", "price and order"] {
            let times: Vec<f64> =
                samples.iter().filter(|(of, _)| kind == "all" || *of == kind).map(|(_, ms)| *ms).collect();
            if times.is_empty() {
                continue;
            }
            let [p50, p95, p99] = figures(times.clone());
            let count = times.len();
            rows.push(vec![
                (*way).to_owned(),
                kind.to_owned(),
                count.to_string(),
                table::ms(p50),
                table::ms(p95),
                table::ms(p99),
            ]);
            kinds.push(json!({
                "way": way, "kind": kind, "n": count, "p50_ms": p50, "p95_ms": p95, "p99_ms": p99,
            }));
            if kind == "all" {
                report = report.sampled(*way, times);
            }
        }
    }
    report.document = json!({ "records": RECORDS, "kinds": kinds });
    report = report.table(&["way", "kind", "n", "p50 ms", "p95 ms", "p99 ms"], rows);
    for (ms, reading_ms, question) in slowest {
        report = report.note(format!("slow: {ms:.1} ms, {reading_ms:.1} of them reading: {question}"));
    }
    Ok(match &chat.shelf.words_only {
        Some(why) => report.note(why.clone()),
        None => report,
    })
}

/// How long the two parts of a turn took that find its records.
struct Times {
    reading_ms: f64,
    search_ms: f64,
}

/// Nothing where nothing was searched.
async fn turn(chat: &Chat, subject: &Arc<Subject>, question: String) -> Result<Option<Times>, Failure> {
    let input = ChatInput {
        question,
        subject: Some(Arc::clone(subject)),
        earlier: Vec::new(),
        seed: 0,
        use_cache: false,
        way: Way::Parallel,
    };
    let answer = chat.answer(input).finish().await.map_err(|error| by_code(&error.code, &error.message))?;
    let ms = |name: &str| answer.stages.iter().find(|stage| stage.name == name).map(|stage| stage.total_ms);
    Ok(ms("search").map(|search_ms| Times { reading_ms: ms("read").unwrap_or_default(), search_ms }))
}

/// A question in the words of one of the records, or, one in five, one that demands and orders alone.
fn question(sample: &ItemCatalog, random: &mut fastrand::Rng) -> (&'static str, String) {
    let item = &sample.items[random.usize(..sample.items.len())];
    let words: Vec<&str> =
        item.description.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3).collect();
    let mut some = || words.get(random.usize(..words.len().max(1))).copied().unwrap_or("plain");
    let words = format!("something {}, {} and {}", some(), some(), some());
    let price = random.u32(8..190);
    match random.u32(..5) {
        0 => ("price and order", format!("the cheapest {} over ${price}", item.category)),
        1 | 2 => ("words and price", format!("{words} under ${price}")),
        _ => ("words", words),
    }
}

/// As many records as are wanted, each of the words and figures of two of the sample's.
fn many(sample: &ItemCatalog, random: &mut fastrand::Rng) -> ItemCatalog {
    let mut items = Vec::with_capacity(RECORDS);
    for number in 1..=RECORDS {
        let mut pick = || &sample.items[random.usize(..sample.items.len())];
        let (item, other) = (pick(), pick());
        items.push(Item {
            id: ItemId(format!("record-{number}")),
            name: format!("{} {} {number}", first_word(&other.name), item.name),
            brand: other.brand.clone(),
            price: Some(Money::from_cents(random.i64(200..20_000))),
            description: format!("{} {}", item.description, other.description),
            line: number as u64 + 1,
            ..item.clone()
        });
    }
    ItemCatalog { name: "Many".into(), hash: format!("many-{SEED}"), items, ..sample.clone() }
}

fn first_word(name: &str) -> &str {
    name.split(' ').next().unwrap_or_default()
}

/// A vector of length 1 for every record.
fn drawn(mut vectors: VectorIndex, random: &mut fastrand::Rng) -> Result<VectorIndex, IndexError> {
    for position in 0..vectors.entries() {
        let mut vector: Vec<f32> = (0..vectors.dimension()).map(|_| random.f32() - 0.5).collect();
        let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
        for number in &mut vector {
            *number /= length;
        }
        vectors.insert(position, &vector)?;
    }
    Ok(vectors)
}

fn index(error: IndexError) -> Failure {
    Failure::work("index", error)
}
