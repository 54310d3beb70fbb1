//! What vectors of texts are, and what a worker that makes them does and suffers.
//!
//! The model isn't in the repository: `cargo xtask setup` fetches it, and `SEXTANT_MODELS` names the
//! folder of models that it is in. Where it is absent, a test says so and passes; under CI that is an
//! error.
#![cfg(target_os = "linux")]

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sextant_engine::{Embedded, Embedder, EmbeddingFiles, EngineError, Priority};
use sextant_tests::binary;

fn files() -> Option<EmbeddingFiles> {
    let folder = std::env::var_os("SEXTANT_MODELS").map(PathBuf::from);
    let found = EmbeddingFiles::find(folder.clone());
    if found.is_none() {
        let place = folder.map_or_else(
            || "SEXTANT_MODELS is not set (`cargo xtask test` sets it)".to_owned(),
            |folder| format!("there is no minilm in {} (`cargo xtask setup` fetches it)", folder.display()),
        );
        let missing = format!("the embedding model is missing: {place}");
        assert!(std::env::var_os("CI").is_none(), "{missing}, and CI needs it");
        println!("skipped: {missing}");
    }
    found
}

fn embedder(files: &EmbeddingFiles) -> Embedder {
    Embedder::new(binary::worker(), files.clone())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime needs no more than the process has").block_on(future)
}

fn vectors(embedder: &Embedder, texts: &[&str]) -> Vec<Vec<f32>> {
    let texts = texts.iter().map(|&text| text.to_owned()).collect();
    block_on(embedder.embed(texts, Priority::Normal)).expect("the worker answers").vectors
}

/// Their cosine, where both have length 1.
fn product(one: &[f32], other: &[f32]) -> f64 {
    one.iter().zip(other).map(|(&one, &other)| f64::from(one) * f64::from(other)).sum()
}

fn cosine(one: &[f32], other: &[f32]) -> f64 {
    product(one, other) / (product(one, one) * product(other, other)).sqrt()
}

fn distance(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f32::max)
}

fn passages(count: usize) -> Vec<String> {
    let passage = |index| {
        format!(
            "Plan {index} has a fixed rate for {} months. It ends by itself, and a fee is due only to those \
             who leave before. Half of its energy is from wind and water, and the supplier says so each year.",
            index % 36,
        )
    };
    (0..count).map(passage).collect()
}

fn exists(process_id: u32) -> bool {
    Path::new(&format!("/proc/{process_id}")).exists()
}

fn kill(process_id: u32) {
    // SAFETY: it is a child of ours that has not been reaped.
    unsafe { libc::kill(process_id.cast_signed(), libc::SIGKILL) };
}

/// Each with the first of its components, from an independent computation in 64 bits: a word piece
/// tokenizer and a BERT written in numpy, on the same file.
const KNOWN: [(&str, [f32; 12]); 6] = [
    (
        "Which plan is the cheapest for a small flat?",
        [0.089, 0.0931, 0.0191, 0.0442, 0.0089, -0.0413, -0.1112, 0.1247, -0.0517, 0.0674, -0.066, -0.0025],
    ),
    (
        "Reset the password of an account that is locked.",
        [
            -0.0399, -0.0224, -0.0599, -0.0289, -0.0208, 0.1032, 0.0354, -0.0814, 0.0588, 0.0258, 0.0163,
            0.0293,
        ],
    ),
    (
        "A hard goat's cheese from the north, matured for nine months.",
        [0.0393, -0.0079, 0.023, 0.084, -0.0156, 0.001, -0.0696, 0.0258, -0.0678, 0.0206, 0.0488, -0.0722],
    ),
    (
        "Überprüfen Sie die Rechnung; 1,120 kWh im August.",
        [-0.024, 0.1005, 0.0232, 0.0199, -0.0968, -0.0172, 0.024, 0.0586, 0.0241, -0.0229, 0.0224, -0.1016],
    ),
    (
        "東京の天気は? 🌤 naïve café",
        [0.1012, 0.0895, 0.0855, 0.0037, -0.0426, 0.032, 0.0844, -0.032, -0.0553, -0.0443, 0.0819, -0.1203],
    ),
    // Two hundred times, so that it is cut.
    (
        "fixed rate energy ",
        [
            0.0043, -0.0021, -0.0038, 0.0537, -0.0138, -0.0192, -0.0439, -0.0174, -0.0558, -0.0171, 0.0305,
            -0.0448,
        ],
    ),
];

#[test]
fn vectors_are_those_of_the_published_model() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    let cut = KNOWN[5].0.repeat(200);
    let texts: Vec<&str> = KNOWN[..5].iter().map(|known| known.0).chain([cut.as_str()]).collect();
    for ((text, expected), vector) in KNOWN.iter().zip(vectors(&embedder, &texts)) {
        let first = &vector[..expected.len()];
        let cosine = cosine(first, expected);
        println!("{cosine:.7} {text}");
        assert!(cosine >= 0.9999, "{text}: {first:?}");
        assert!(distance(first, expected) < 1e-4, "{text}: {first:?}");
    }
}

#[test]
fn only_the_first_256_word_pieces_count() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    let with_words = |count: usize, last: &str| format!("{}{last}", "rate ".repeat(count));
    // Two of the 256 are the model's control tokens.
    let texts = [with_words(254, ""), with_words(254, "cheese"), with_words(253, "cheese")];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let vectors = vectors(&embedder, &texts);
    assert!(distance(&vectors[0], &vectors[1]) < 1e-5, "what stands after them was read");
    assert!(distance(&vectors[0], &vectors[2]) > 1e-3, "the last of them was not read");
}

#[test]
fn any_text_has_a_finite_vector_of_length_one() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    // Every 61st character of Unicode, in texts of about a thousand.
    let characters: Vec<char> = (0..=0x0010_FFFF).step_by(61).filter_map(char::from_u32).collect();
    let mut texts: Vec<String> = characters.chunks(1000).map(|some| some.iter().collect()).collect();
    texts.extend(
        ["", " \n\t", "\0", "[CLS][SEP][PAD][MASK][UNK]", "<|im_end|></s>", "\u{202e}\u{feff}\u{301}"]
            .map(Into::into),
    );
    texts.extend([
        " ".repeat(1_000_000),
        "a".repeat(1_000_000),
        "word ".repeat(200_000),
        "{\"kind\":\n}".into(),
    ]);
    let count = texts.len();
    let embedded = block_on(embedder.embed(texts, Priority::Normal)).expect("no text is an error");
    assert_eq!(embedded.vectors.len(), count);
    for vector in &embedded.vectors {
        assert_eq!(vector.len(), Embedder::DIMENSION);
        assert!(vector.iter().all(|value| value.is_finite()), "{vector:?}");
        assert!((product(vector, vector) - 1.0).abs() < 1e-5, "{vector:?}");
    }
}

#[test]
fn the_names_of_control_tokens_are_plain_words() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    // Punctuation stands alone in both, so they are the same words.
    let vectors = vectors(&embedder, &["Ignore it. [SEP] [MASK] plan", "Ignore it. [ sep ] [ mask ] plan"]);
    assert!(
        distance(&vectors[0], &vectors[1]) < 1e-5,
        "they are {} apart",
        distance(&vectors[0], &vectors[1])
    );
}

#[test]
fn a_text_has_the_same_vector_whatever_stands_beside_it() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    let long = passages(1).remove(0);
    let mut texts: Vec<&str> = KNOWN.iter().map(|known| known.0).collect();
    texts.extend(["", &long]);
    let alone: Vec<_> = texts.iter().map(|&text| vectors(&embedder, &[text]).remove(0)).collect();
    for rotation in 0..texts.len() {
        let mut rotated: Vec<(&str, &Vec<f32>)> = texts.iter().copied().zip(&alone).collect();
        rotated.rotate_left(rotation);
        let together = vectors(&embedder, &rotated.iter().map(|(text, _)| *text).collect::<Vec<_>>());
        for ((text, alone), together) in rotated.iter().zip(&together) {
            let distance = distance(alone, together);
            assert!(distance < 1e-5, "{text:?} moved by {distance:e} beside others");
        }
    }
}

#[test]
fn a_question_goes_before_the_rest_of_an_import() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    vectors(&embedder, &["is it loaded?"]);
    block_on(async {
        let import = embedder.embed(passages(300), Priority::Background);
        let question = async {
            // The import has begun.
            tokio::time::sleep(Duration::from_millis(100)).await;
            embedder.embed(vec!["Which plan has no fee?".into()], Priority::Interactive).await
        };
        tokio::pin!(import, question);
        tokio::select! {
            biased;
            question = &mut question => {
                let Embedded { queue, took, .. } = question.expect("it is answered");
                println!("the question waited for {queue:?} and took {took:?}");
            }
            _ = &mut import => panic!("the import of 300 passages was first"),
        }
        let imported = import.await.expect("it goes on");
        assert_eq!(imported.vectors.len(), 300);
    });
}

#[test]
fn a_worker_that_is_killed_is_an_error_and_the_next_call_works() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    let before = vectors(&embedder, &["the same text"]);
    let process_id = embedder.worker_pid().expect("it runs");
    let killed = block_on(async {
        let import = embedder.embed(passages(300), Priority::Background);
        let killing = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            kill(process_id);
        };
        tokio::join!(import, killing).0
    });
    let error = killed.expect_err("its worker died");
    println!("{error}");
    assert!(matches!(error, EngineError::WorkerDied { .. }), "{error:?}");
    assert!(!exists(process_id), "it was not reaped");
    assert_eq!(vectors(&embedder, &["the same text"]), before);

    let process_id = embedder.worker_pid().expect("it runs again");
    kill(process_id);
    let gone = || embedder.worker_pid().is_none().then_some(());
    wait_for(gone);
    assert!(!exists(process_id), "it was not reaped when it died idle");
    assert_eq!(vectors(&embedder, &["the same text"]), before);
}

#[test]
fn dropping_a_call_ends_its_work_and_an_idle_worker_uses_nothing() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    vectors(&embedder, &["is it loaded?"]);
    block_on(async {
        let import = embedder.embed(passages(2000), Priority::Background);
        let dropped = tokio::time::timeout(Duration::from_millis(200), import).await;
        assert!(dropped.is_err(), "2000 passages in a fifth of a second");
        let used = || embedder.process_use().expect("the worker lives").cpu;
        tokio::time::sleep(Duration::from_millis(600)).await;
        let before = used();
        tokio::time::sleep(Duration::from_secs(1)).await;
        let idle = used().saturating_sub(before);
        println!("idle: {idle:?} of a second");
        assert!(idle < Duration::from_millis(10), "it goes on: {idle:?}");
    });
}

#[test]
fn a_worker_comes_with_the_first_need_and_goes_with_the_last_handle() {
    let Some(files) = files() else { return };
    let embedder = embedder(&files);
    assert_eq!(embedder.worker_pid(), None, "nobody needs it");
    let nothing = block_on(embedder.embed(Vec::new(), Priority::Normal)).expect("there is nothing to do");
    assert!(nothing.vectors.is_empty());
    assert_eq!(embedder.worker_pid(), None, "nobody needs it");
    let other = embedder.clone();
    other.prewarm();
    let process_id = wait_for(|| embedder.worker_pid());
    drop(other);
    assert_eq!(vectors(&embedder, &["a", "b"]).len(), 2);
    assert_eq!(embedder.worker_pid(), Some(process_id), "it was warm");
    drop(embedder);
    assert!(!exists(process_id), "it's gone and reaped when the drop returns");
}

#[test]
fn files_that_are_not_the_published_ones_are_named_before_anything_starts() {
    let Some(files) = files() else { return };
    let check = |spoil: &dyn Fn(&Path), words: &[&str]| {
        let models = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = models.path().join("minilm");
        std::fs::create_dir(&folder).expect("it's ours");
        for file in ["model.safetensors", "tokenizer.json"] {
            std::fs::copy(files.folder().join(file), folder.join(file)).expect("it can be copied");
        }
        let copies = EmbeddingFiles::find([models.path().to_owned()]).expect("they are there");
        spoil(&folder);
        let embedder = embedder(&copies);
        let error = block_on(embedder.embed(vec!["a".into()], Priority::Normal)).expect_err("it's refused");
        println!("{error}");
        for word in words {
            assert!(error.to_string().contains(word), "{error}");
        }
        assert_eq!(embedder.worker_pid(), None);
    };
    let truncate = |folder: &Path| {
        let file = std::fs::File::options().write(true).open(folder.join("model.safetensors"));
        file.and_then(|file| file.set_len(40_000_000)).expect("it's ours");
    };
    check(&truncate, &["model.safetensors", "not what was published", "install it again"]);
    let swap = |folder: &Path| {
        std::fs::write(folder.join("tokenizer.json"), "{}").expect("it's ours");
    };
    check(&swap, &["tokenizer.json", "not what was published"]);
    let remove = |folder: &Path| std::fs::remove_file(folder.join("tokenizer.json")).expect("it's ours");
    check(&remove, &["tokenizer.json", "is missing"]);
}

#[test]
fn a_worker_that_cannot_start_says_which_program() {
    let Some(files) = files() else { return };
    let embedder = Embedder::new(PathBuf::from("/nowhere/sextant-worker"), files);
    let error = block_on(embedder.embed(vec!["a".into()], Priority::Normal)).expect_err("there is none");
    assert!(matches!(error, EngineError::WorkerNotStarted { .. }), "{error:?}");
    assert!(error.to_string().contains("/nowhere/sextant-worker"), "{error}");
}

fn wait_for<T>(mut what: impl FnMut() -> Option<T>) -> T {
    for _ in 0..3000 {
        if let Some(found) = what() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("it didn't happen within half a minute");
}
