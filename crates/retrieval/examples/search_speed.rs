//! How fast search is: `cargo run --release -p sextant-retrieval --example search_speed [ENTRIES]`.
//!
//! Prints percentiles, sizes and memory; asserts nothing. The list is made up from a seed: words drawn from
//! a Zipf distribution with the exponent of English, vectors around centres.

#![expect(clippy::cast_precision_loss, reason = "figures for people")]

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use sextant_retrieval::index::{Allowed, Entry, TextIndex, VectorIndex, mix};

const WORDS: usize = 40_000;
const WORDS_PER_TITLE: usize = 6;
const WORDS_PER_BODY: usize = 34;
const QUESTIONS: usize = 400;
const DIMENSION: usize = 384;
const CENTRES: usize = 500;
const LIMIT: usize = 50;

fn main() {
    let entries: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(50_000);
    let mut random = fastrand::Rng::with_seed(42);
    let vocabulary = Vocabulary::new(&mut random);
    let texts: Vec<(String, String)> = (0..entries)
        .map(|_| {
            let body_words = random.usize(WORDS_PER_BODY / 2..WORDS_PER_BODY * 3 / 2);
            (vocabulary.text(&mut random, WORDS_PER_TITLE), vocabulary.text(&mut random, body_words))
        })
        .collect();
    let list = || texts.iter().map(|(title, body)| Entry { title, body });
    // Of all frequencies: half of a question's words are drawn like the texts', half from all words alike.
    let questions: Vec<String> =
        (0..QUESTIONS).map(|number| vocabulary.question(&mut random, number % 6 + 1)).collect();
    let mistyped: Vec<String> = questions.iter().map(|question| mistype(&mut random, question)).collect();
    let pasted: Vec<String> = (0..20).map(|_| vocabulary.text(&mut random, 300)).collect();

    let folder = tempfile::tempdir().expect("a temporary folder");
    let before = memory_mb();
    let (text, build) = timed(|| TextIndex::open(folder.path(), "list", list()).expect("an index").0);
    drop(text);
    let opening: Vec<Duration> = (0..5)
        .map(|_| timed(|| TextIndex::open(folder.path(), "list", list()).expect("an index")).1)
        .collect();
    let built_memory = memory_mb();
    let text = TextIndex::open(folder.path(), "list", list()).expect("an index").0;
    println!("{entries} entries, {QUESTIONS} questions of 1 to 6 words, the best {LIMIT}");
    println!("text: built in {build:.0?}, opened in {:.1?}", middle(opening));
    println!(
        "text: {:.1} MB on disk; memory {before:.0} MB before, {built_memory:.0} MB after",
        size_mb(folder.path())
    );

    let sets = [1.0, 0.1, 0.001].map(|share| {
        let some = (0..entries).filter(|_| random.f64() < share);
        (share, Allowed::from_positions(entries, some))
    });
    for (share, allowed) in &sets {
        let search = |question: &String| text.search(question, Some(allowed), LIMIT).len();
        report(&format!("text, {:5.1} % allowed", share * 100.0), &questions, search);
    }
    report("text, no set", &questions, |question| text.search(question, None, LIMIT).len());
    report("text, mistyped", &mistyped, |question| text.search(question, None, LIMIT).len());
    report("text, 300 words pasted", &pasted, |question| text.search(question, None, LIMIT).len());

    let before = memory_mb();
    let centres: Vec<Vec<f32>> = (0..CENTRES).map(|_| near(&mut random, &[0.0; DIMENSION], 1.0)).collect();
    let draw = |random: &mut fastrand::Rng| {
        let centre = &centres[random.usize(..CENTRES)];
        near(random, centre, 0.7)
    };
    let mut vectors = VectorIndex::empty(DIMENSION, entries).expect("a good size");
    for position in 0..entries {
        vectors.insert(position, &draw(&mut random)).expect("a good vector");
    }
    let meanings: Vec<Vec<f32>> = (0..QUESTIONS).map(|_| draw(&mut random)).collect();
    let ((), save) = timed(|| vectors.save(folder.path(), "list", "made up").expect("a folder"));
    drop(vectors);
    let load =
        || VectorIndex::load(folder.path(), "list", "made up", DIMENSION, entries).expect("the vectors");
    let loading: Vec<Duration> = (0..5).map(|_| timed(load).1).collect();
    let vectors = load();
    println!("vectors of {DIMENSION}: saved in {save:.0?}, loaded in {:.0?}", middle(loading));
    println!(
        "both: {:.1} MB on disk; memory {before:.0} MB before, {:.0} MB after",
        size_mb(folder.path()),
        memory_mb()
    );
    for (share, allowed) in &sets {
        let search = |meaning: &Vec<f32>| vectors.nearest(meaning, Some(allowed), LIMIT).len();
        report(&format!("vectors, {:5.1} % allowed", share * 100.0), &meanings, search);
    }
    report("vectors, no set", &meanings, |meaning| vectors.nearest(meaning, None, LIMIT).len());

    let both: Vec<(&String, &Vec<f32>)> = questions.iter().zip(&meanings).collect();
    report("text, vectors and mixing", &both, |(question, meaning)| {
        let by_words = text.search(question, None, LIMIT);
        mix(&by_words, &vectors.nearest(meaning, None, LIMIT), 0.8, LIMIT).len()
    });
}

/// Words by their rank.
struct Vocabulary {
    words: Vec<String>,
    /// Up to each word, the sum of weights.
    sums: Vec<f64>,
}

impl Vocabulary {
    fn new(random: &mut fastrand::Rng) -> Self {
        let mut words = std::collections::BTreeSet::new();
        while words.len() < WORDS {
            let letters = random.usize(3..11);
            let letter = |place: usize| {
                let letters: &[u8] = if place.is_multiple_of(2) { b"bcdfghklmnprstvw" } else { b"aeiou" };
                char::from(letters[random.usize(..letters.len())])
            };
            words.insert((0..letters).map(letter).collect::<String>());
        }
        let mut words: Vec<String> = words.into_iter().collect();
        random.shuffle(&mut words);
        let mut sum = 0.0;
        let sums = (1..=WORDS).map(|rank| {
            sum += 1.0 / rank as f64;
            sum
        });
        Self { sums: sums.collect(), words }
    }

    fn word(&self, random: &mut fastrand::Rng) -> &str {
        let at = random.f64() * self.sums[WORDS - 1];
        &self.words[self.sums.partition_point(|sum| *sum < at).min(WORDS - 1)]
    }

    fn text(&self, random: &mut fastrand::Rng, words: usize) -> String {
        (0..words).map(|_| self.word(random)).collect::<Vec<_>>().join(" ")
    }

    fn question(&self, random: &mut fastrand::Rng, words: usize) -> String {
        let any = |random: &mut fastrand::Rng| {
            if random.bool() { self.word(random) } else { &self.words[random.usize(..WORDS)] }
        };
        (0..words).map(|_| any(random)).collect::<Vec<_>>().join(" ")
    }
}

/// A letter of each word is another.
fn mistype(random: &mut fastrand::Rng, question: &str) -> String {
    let mistyped = question.split(' ').map(|word| {
        let wrong = random.usize(..word.len());
        let letters = word.chars().enumerate();
        letters.map(|(place, letter)| if place == wrong { 'x' } else { letter }).collect::<String>()
    });
    mistyped.collect::<Vec<_>>().join(" ")
}

fn near(random: &mut fastrand::Rng, centre: &[f32], spread: f32) -> Vec<f32> {
    let each = spread / (centre.len() as f32).sqrt();
    let mut vector: Vec<f32> = centre
        .iter()
        .map(|number| number + each * ((0..12).map(|_| random.f32()).sum::<f32>() - 6.0))
        .collect();
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    for number in &mut vector {
        *number /= length;
    }
    vector
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let started = Instant::now();
    let result = work();
    (result, started.elapsed())
}

fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Each question twice, and the second time counts, as in a conversation that has begun.
fn report<Question>(name: &str, questions: &[Question], search: impl Fn(&Question) -> usize) {
    let mut hits = 0;
    for question in questions {
        black_box(search(question));
    }
    let mut times: Vec<Duration> = questions
        .iter()
        .map(|question| {
            let (found, time) = timed(|| search(question));
            hits += found;
            time
        })
        .collect();
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent).div_ceil(100).max(1) - 1].as_secs_f64() * 1e3;
    let (p50, p95, p99) = (at(50), at(95), at(99));
    let hits = hits as f64 / questions.len() as f64;
    println!("{name:26} p50 {p50:6.3} ms  p95 {p95:6.3} ms  p99 {p99:6.3} ms  {hits:5.1} hits");
}

fn size_mb(folder: &Path) -> f64 {
    let files = std::fs::read_dir(folder).expect("the folder").flatten();
    files.map(|file| file.metadata().map_or(0, |metadata| metadata.len())).sum::<u64>() as f64 / 1e6
}

/// Resident memory where the system says so, and otherwise no number.
fn memory_mb() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib * 1.024e-3)
}
