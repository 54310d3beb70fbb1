//! Malformed model files: the header's check refuses them without panicking or allocating by their
//! word, and what it lets through can at worst end a worker, never the app.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    fs::{File, OpenOptions},
    io::{Seek as _, SeekFrom, Write as _},
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use sextant_engine::{
    DeviceChoice, Engine as _, EngineError, GenerateRequest, InstalledModel, LocalEngine, Message, Priority,
    Role, Sampling, WorkerEngine, gguf,
};
use sextant_tests::{binary, nano, shared_data};

/// Remembers the largest single allocation of this process.
struct Watched;

static LARGEST: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

const MUTATIONS: u64 = 1000;
/// Of those that pass the check, so many are really loaded, by each library.
const LOADS: usize = 24;
const LARGEST_ALLOCATION: usize = 32 << 20;

#[test]
fn mutated_headers_never_end_the_app() {
    let model = nano::installed();
    let good = std::fs::read(&model.file).expect("nano can be read");
    let header_end = header_end(&good);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut copy = Copy::new(folder.path().join("mutated.gguf"), good);
    let mut passed = Vec::new();
    for seed in 0..MUTATIONS {
        let mutation = Mutation::from_seed(seed, header_end, copy.good.len());
        copy.apply(&mutation);
        match gguf::inspect(&copy.path) {
            Ok(_) => passed.push(mutation.clone()),
            Err(EngineError::ModelFileInvalid { defect, .. }) => {
                assert!(!defect.is_empty() && defect.len() < 1300, "{mutation:?}: {defect}");
            }
            Err(other) => panic!("{mutation:?}: {other:?}"),
        }
        copy.undo(&mutation);
    }
    // The copy itself and the test's own buffers are of the file's size, which is the bound here.
    let largest = LARGEST.load(Ordering::Relaxed);
    assert!(largest < LARGEST_ALLOCATION, "{largest} bytes were allocated at once");
    assert!(gguf::inspect(&copy.path).is_ok(), "every mutation was undone");
    println!("{} of {MUTATIONS} mutations were refused", MUTATIONS - passed.len() as u64);

    let every = passed.len().div_ceil(LOADS).max(1);
    for library in LocalEngine::ALL {
        let (mut answered, mut refused, mut died) = (0, 0, 0);
        for mutation in passed.iter().step_by(every) {
            copy.apply(mutation);
            let model = InstalledModel { file: copy.path.clone(), sha256: None, ..model.clone() };
            match load(&model, library) {
                Ok(()) => answered += 1,
                Err(EngineError::WorkerDied { detail }) => {
                    println!("{mutation:?}: the worker died: {detail}");
                    died += 1;
                }
                Err(error) => {
                    println!("{mutation:?}: {error}");
                    refused += 1;
                }
            }
            copy.undo(mutation);
        }
        let name = library.name();
        println!("loaded by {name}: {answered} answered, {refused} were refused, {died} ended the worker");
        assert!(answered + refused + died > 0, "some mutations pass, as changed letters do");
    }
}

#[test]
fn known_defects_are_refused_with_a_reason() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let path = folder.path().join("small.gguf");
    let check = |what: &str, header: &Header, expect: Option<&str>| {
        std::fs::write(&path, header.bytes()).expect("a temporary file can be written");
        match (gguf::inspect(&path), expect) {
            (Ok(_), None) => {}
            (Err(EngineError::ModelFileInvalid { defect, .. }), Some(words)) => {
                assert!(defect.contains(words), "{what}: {defect}");
            }
            (other, _) => panic!("{what}: {other:?}"),
        }
    };
    let changed = |change: &dyn Fn(&mut Header)| {
        let mut header = Header::sound();
        change(&mut header);
        header
    };
    check("a sound header", &Header::sound(), None);
    let cases: [Case<'_>; 19] = [
        ("dimension 0", &|h| h.dimensions = vec![0, 4], "dimension of zero"),
        ("no dimension", &|h| h.dimensions = vec![], "number of dimensions"),
        ("8 dimensions", &|h| h.dimensions = vec![1; 8], "number of dimensions"),
        ("a product that wraps", &|h| h.dimensions = vec![1 << 33, 1 << 33], "larger than any"),
        ("an unknown tensor type", &|h| h.tensor_type = 99, "type 99"),
        ("half a block", &|h| h.tensor_type = 12, "whole blocks"),
        ("an offset outside the file", &|h| h.offset = 1 << 40, "beyond the end"),
        ("an offset near 2^64", &|h| h.offset = u64::MAX - 31, "larger than any file"),
        ("a crooked offset", &|h| h.offset = 7, "alignment"),
        ("2^60 entries", &|h| h.entries = Some(1 << 60), "more than a file of its size"),
        ("2^60 tensors", &|h| h.tensors = Some(1 << 60), "more than a file of its size"),
        ("no tensors", &|h| h.tensors = Some(0), "no weights"),
        ("an empty key", &|h| h.add("", 4, &1u32.to_le_bytes()), "is empty"),
        ("an alignment of 0", &|h| h.add("general.alignment", 4, &[0; 4]), "alignment is 0"),
        ("an alignment of 48", &|h| h.add("general.alignment", 4, &[48, 0, 0, 0]), "power of two"),
        ("a text near 2^64 long", &|h| h.add("x", 8, &(u64::MAX - 3).to_le_bytes()), "end of the"),
        ("an unknown value type", &|h| h.add("x", 77, &[0; 8]), "unknown type 77"),
        (
            "a list of 2^60 unknowns",
            &|h| {
                h.add("x", 9, &[&77u32.to_le_bytes()[..], &(1u64 << 60).to_le_bytes()].concat());
            },
            "unknown type 77",
        ),
        (
            "token types that are bytes",
            &|h| {
                let tokens = [&8u32.to_le_bytes()[..], &1u64.to_le_bytes(), &[0; 8]].concat();
                h.add("tokenizer.ggml.tokens", 9, &tokens);
                let types = [&0u32.to_le_bytes()[..], &1u64.to_le_bytes(), &[0]].concat();
                h.add("tokenizer.ggml.token_type", 9, &types);
            },
            "wrong type",
        ),
    ];
    for (what, change, words) in cases {
        check(what, &changed(change), Some(words));
    }
    let without = |key: &str| changed(&|h| h.facts.retain(|(name, ..)| name != key));
    for key in ["general.architecture", "llama.block_count", "llama.embedding_length"] {
        check(key, &without(key), Some("is missing"));
    }
    let architecture = changed(&|h| h.facts[0].2 = text("mamba"));
    check("another architecture", &architecture, Some("mamba can't be run here"));
    let no_layers = changed(&|h| h.facts[1].2 = vec![0; 4]);
    check("no layers", &no_layers, Some("which no model has"));
    let nested = changed(&|h| {
        let mut deep = Vec::new();
        for _ in 0..50 {
            deep.extend(9u32.to_le_bytes());
            deep.extend(1u64.to_le_bytes());
        }
        h.add("x", 9, &deep);
    });
    check("lists in lists in lists", &nested, Some("deeper than any model"));
}

#[test]
fn reported_files_are_refused() {
    let Some(cases) = shared_data::find("model_file_defects/cases.jsonl") else {
        return;
    };
    let cases = std::fs::read_to_string(cases).expect("it can be read");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut checked = 0;
    for line in cases.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("each line is a document");
        let Some(hex) = case["hex"].as_str() else {
            continue;
        };
        let pairs = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap_or("zz"));
        let bytes: Result<Vec<u8>, _> = pairs.map(|pair| u8::from_str_radix(pair, 16)).collect();
        let path = folder.path().join("case.gguf");
        std::fs::write(&path, bytes.expect("it's hex")).expect("it can be written");
        let error = gguf::inspect(&path).expect_err("it's malformed");
        println!("{}: {error}", case["id"]);
        checked += 1;
    }
    assert!(checked > 0, "the data has at least one case with its bytes");
}

fn load(model: &InstalledModel, library: LocalEngine) -> Result<(), EngineError> {
    let engine = WorkerEngine::for_model(binary::worker(), model, library, DeviceChoice::Cpu);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime needs no more than the process has");
    let request = GenerateRequest {
        messages: vec![Message { role: Role::User, content: "kWh".into() }],
        max_tokens: 2,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: None,
        priority: Priority::Normal,
    };
    runtime.block_on(async {
        let answer = tokio::time::timeout(Duration::from_mins(1), engine.generate(request).collect());
        answer.await.expect("it answers or fails, and doesn't hang").map(drop)
    })
}

/// What is wrong, how it comes about, words of the reason.
type Case<'a> = (&'a str, &'a dyn Fn(&mut Header), &'a str);

/// One change of some bytes, or an earlier end.
#[derive(Debug, Clone)]
enum Mutation {
    Flip { at: usize, mask: u8 },
    Patch { at: usize, bytes: Vec<u8> },
    Truncate { to: usize },
}

impl Mutation {
    /// A quarter single bits, then lengths, type codes, random spans, ends.
    fn from_seed(seed: u64, header_end: usize, file_end: usize) -> Self {
        let mut random = Random(seed);
        // The first kilobytes hold what is interesting; the rest is mostly the vocabulary.
        let span = if random.below(3) == 0 { header_end } else { 1100 };
        let at = random.below(span);
        let patch = |bytes: &[u8]| Self::Patch { at, bytes: bytes.to_vec() };
        let numbers = [0, 1, 2, 9, 255, 65_536, 1 << 31, 1 << 32, 1 << 40, 1 << 60, u64::MAX, u64::MAX - 7];
        match random.below(8) {
            0 | 1 => Self::Flip { at, mask: 1 << random.below(8) },
            2 => patch(&numbers[random.below(numbers.len())].to_le_bytes()),
            3 => patch(&random.next().to_le_bytes()),
            4 => patch(&[u8::try_from(random.below(14)).unwrap_or(0), 0, 0, 0]),
            5 => {
                let length = 1 + random.below(64);
                Self::Patch { at, bytes: (0..length).map(|_| random.next().to_le_bytes()[0]).collect() }
            }
            // The two counts right after the version.
            6 => Self::Patch {
                at: 8 + 8 * random.below(2),
                bytes: (random.next() >> random.below(64)).to_le_bytes().to_vec(),
            },
            _ if random.below(2) == 0 => Self::Truncate { to: random.below(header_end) },
            _ => Self::Truncate { to: random.below(file_end) },
        }
    }
}

/// splitmix64, so that every run sees the same mutations.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap_or(0)
    }
}

/// A copy of a sound file that is changed in place and put right again.
struct Copy {
    path: PathBuf,
    file: File,
    good: Vec<u8>,
}

impl Copy {
    fn new(path: PathBuf, good: Vec<u8>) -> Self {
        std::fs::write(&path, &good).expect("a temporary file can be written");
        let file = OpenOptions::new().write(true).open(&path).expect("it was just written");
        Self { path, file, good }
    }

    fn apply(&mut self, mutation: &Mutation) {
        match mutation {
            Mutation::Flip { at, mask } => self.write(*at, &[self.good[*at] ^ mask]),
            Mutation::Patch { at, bytes } => self.write(*at, bytes),
            Mutation::Truncate { to } => {
                self.file.set_len(*to as u64).expect("a file can be cut");
            }
        }
    }

    fn undo(&mut self, mutation: &Mutation) {
        let (from, to) = match mutation {
            Mutation::Flip { at, .. } => (*at, at + 1),
            Mutation::Patch { at, bytes } => (*at, at + bytes.len()),
            Mutation::Truncate { to } => (*to, self.good.len()),
        };
        let good = self.good[from..to].to_vec();
        self.write(from, &good);
    }

    fn write(&mut self, at: usize, bytes: &[u8]) {
        self.file.seek(SeekFrom::Start(at as u64)).expect("a file can be positioned");
        self.file.write_all(bytes).expect("a temporary file can be written");
    }
}

/// Where nano's header ends: after the name of its last tensor and what follows it.
fn header_end(good: &[u8]) -> usize {
    let last = b"output_norm.weight";
    let window = &good[..200_000];
    window.windows(last.len()).rposition(|window| window == last).expect("every Llama has it") + 40
}

/// The smallest header that passes, and every part of it that a defect changes.
struct Header {
    facts: Vec<(String, u32, Vec<u8>)>,
    entries: Option<u64>,
    tensors: Option<u64>,
    dimensions: Vec<u64>,
    tensor_type: u32,
    offset: u64,
}

fn text(text: &str) -> Vec<u8> {
    [&(text.len() as u64).to_le_bytes()[..], text.as_bytes()].concat()
}

impl Header {
    fn sound() -> Self {
        let mut header = Self {
            facts: Vec::new(),
            entries: None,
            tensors: None,
            dimensions: vec![64, 4],
            tensor_type: 1,
            offset: 0,
        };
        header.add("general.architecture", 8, &text("llama"));
        for (key, number) in [
            ("block_count", 1u32),
            ("embedding_length", 64),
            ("attention.head_count", 4),
            ("attention.head_count_kv", 2),
            ("context_length", 128),
            ("rope.dimension_count", 16),
        ] {
            header.add(&format!("llama.{key}"), 4, &number.to_le_bytes());
        }
        let epsilon = "llama.attention.layer_norm_rms_epsilon";
        header.add(epsilon, 6, &1e-5f32.to_le_bytes());
        header
    }

    fn add(&mut self, key: &str, kind: u32, value: &[u8]) {
        self.facts.push((key.to_owned(), kind, value.to_vec()));
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"GGUF\x03\0\0\0".to_vec();
        bytes.extend(self.tensors.unwrap_or(1).to_le_bytes());
        bytes.extend(self.entries.unwrap_or(self.facts.len() as u64).to_le_bytes());
        for (key, kind, value) in &self.facts {
            bytes.extend(text(key));
            bytes.extend(kind.to_le_bytes());
            bytes.extend(value);
        }
        bytes.extend(text("token_embd.weight"));
        bytes.extend(u32::try_from(self.dimensions.len()).unwrap_or(0).to_le_bytes());
        bytes.extend(self.dimensions.iter().flat_map(|dimension| dimension.to_le_bytes()));
        bytes.extend(self.tensor_type.to_le_bytes());
        bytes.extend(self.offset.to_le_bytes());
        bytes.resize(bytes.len().next_multiple_of(32) + 64 * 4 * 2, 0);
        bytes
    }
}
