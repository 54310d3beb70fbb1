//! Whether search by words is as good as BM25 is: on collections with judged questions, against a BM25 that
//! is written down here by its formula, over the same terms.
//!
//! The collections lie beside the repository; where they don't, the test says so and passes, except under CI.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Entry, TextIndex};
use crate::index::analysis::{entry_analyzer, words_of};

const COLLECTIONS: [&str; 4] =
    ["ir_cranfield_general", "ir_cysticfibrosis_healthcare", "ir_cacm_general", "ir_tatqa_finance"];

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "_id")]
    id: String,
    #[serde(default)]
    title: String,
    text: String,
}

struct Collection {
    documents: Vec<Document>,
    /// A question and the gains of its documents, by their ids.
    questions: Vec<(String, HashMap<String, f64>)>,
}

fn find(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(name);
    if path.exists() {
        return Some(path);
    }
    let missing = format!("the shared data {name} is not at {}", path.display());
    assert!(std::env::var_os("CI").is_none(), "{missing}, and CI needs it");
    println!("skipped: {missing}");
    None
}

fn read(folder: &Path) -> Collection {
    let file = |name| fs::read_to_string(folder.join(name)).expect("a file of the collection");
    let documents = |name| -> Vec<Document> {
        file(name).lines().map(|line| serde_json::from_str(line).expect("a document a line")).collect()
    };
    let mut gains: HashMap<String, HashMap<String, f64>> = HashMap::new();
    for line in file("qrels.tsv").lines().skip(1) {
        let fields: Vec<&str> = line.split('\t').collect();
        let gain: f64 = fields[2].parse().expect("a judgement");
        if gain > 0.0 {
            gains.entry(fields[0].to_owned()).or_default().insert(fields[1].to_owned(), gain);
        }
    }
    let questions = documents("queries.jsonl").into_iter();
    let questions =
        questions.filter_map(|question| Some((question.text, gains.remove(&question.id)?))).collect();
    Collection { documents: documents("corpus.jsonl"), questions }
}

impl Collection {
    /// The mean nDCG of the first ten, with linear gains (Järvelin and Kekäläinen, "Cumulated gain-based
    /// evaluation of IR techniques", 2002).
    #[expect(clippy::cast_precision_loss, reason = "there are few questions")]
    fn ndcg_at_10(&self, mut rank: impl FnMut(&str) -> Vec<u32>) -> f64 {
        let discounted = |gains: &mut dyn Iterator<Item = f64>| -> f64 {
            gains.take(10).zip(2_u32..).map(|(gain, place)| gain / f64::from(place).log2()).sum()
        };
        let mut sum = 0.0;
        for (question, gains) in &self.questions {
            let mut ideal: Vec<f64> = gains.values().copied().collect();
            ideal.sort_by(|one, other| other.total_cmp(one));
            let ranked = rank(question);
            let mut found = ranked
                .iter()
                .map(|&position| gains.get(&self.documents[position as usize].id).copied().unwrap_or(0.0));
            sum += discounted(&mut found) / discounted(&mut ideal.into_iter());
        }
        sum / self.questions.len() as f64
    }
}

/// BM25 over title and text as one, k1 = 1.2 and b = 0.75.
struct Reference {
    /// For each term, how often each document has it.
    frequencies: HashMap<String, BTreeMap<u32, f64>>,
    lengths: Vec<f64>,
}

impl Reference {
    fn new(documents: &[Document]) -> Self {
        let mut analyzer = entry_analyzer();
        let mut frequencies: HashMap<String, BTreeMap<u32, f64>> = HashMap::new();
        let mut lengths = Vec::new();
        for (position, document) in (0..).zip(documents) {
            let text = format!("{} {}", document.title, document.text);
            let mut tokens = analyzer.token_stream(&text);
            let mut length = 0.0;
            while tokens.advance() {
                length += 1.0;
                let term = frequencies.entry(tokens.token().text.clone()).or_default();
                *term.entry(position).or_default() += 1.0;
            }
            lengths.push(length);
        }
        Self { frequencies, lengths }
    }

    #[expect(clippy::cast_precision_loss, reason = "there are few documents")]
    fn best(&self, question: &str, limit: usize) -> Vec<u32> {
        let documents = self.lengths.len() as f64;
        let average = self.lengths.iter().sum::<f64>() / documents;
        let mut scores: BTreeMap<u32, f64> = BTreeMap::new();
        for word in words_of(question).iter().filter(|word| word.counts) {
            let Some(frequencies) = self.frequencies.get(&word.term) else {
                continue;
            };
            let n = frequencies.len() as f64;
            let idf = (1.0 + (documents - n + 0.5) / (n + 0.5)).ln();
            for (&position, frequency) in frequencies {
                let length = self.lengths[position as usize] / average;
                let score = idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length));
                *scores.entry(position).or_default() += score;
            }
        }
        let mut ranked: Vec<(u32, f64)> = scores.into_iter().collect();
        // Stable: at ties, by position.
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        ranked.into_iter().map(|(position, _)| position).take(limit).collect()
    }
}

#[test]
fn search_by_words_is_as_good_as_a_plain_bm25() {
    for name in COLLECTIONS {
        let Some(folder) = find(name) else {
            continue;
        };
        let collection = read(&folder);
        let ids: HashSet<&str> = collection.documents.iter().map(|document| document.id.as_str()).collect();
        assert!(ids.len() > 1000 && collection.questions.len() > 40, "{name} is not whole");

        let list = collection.documents.iter();
        let list = list.map(|document| Entry { title: &document.title, body: &document.text });
        let index = TextIndex::in_memory(list).expect("an index");
        let found = collection
            .ndcg_at_10(|question| index.search(question, None, 10).iter().map(|hit| hit.position).collect());
        let reference = Reference::new(&collection.documents);
        let plain = collection.ndcg_at_10(|question| reference.best(question, 10));
        println!("{name}: nDCG@10 {found:.4}, plain BM25 {plain:.4}");
        assert!(found >= plain - 0.01, "{name}: {found} against {plain}");
    }
}
