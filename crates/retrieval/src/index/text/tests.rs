//! What words find, and that a folder in whatever state costs at most the time to build again.

use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{Entry, FILE, Opened, TextIndex, Unusable};
use crate::index::{Allowed, Hit, SynonymGroups};

const FURNITURE: [(&str, &str); 7] = [
    ("Sofa, grey", "A three-seat couch with washable covers"),
    ("Coffee table", "Oak veneer, for the living room"),
    ("Bookcase", "Holds books and a lamp"),
    ("Table lamp", "Warm light for reading in bed"),
    ("Bed frame", "With storage under the mattress"),
    ("Poäng armchair", "Layer-glued bent birch; the cover can be washed"),
    ("The Who poster", "A print for the wall, with lampshades"),
];

fn entries<'a>(texts: &'a [(&str, &str)]) -> impl Iterator<Item = Entry<'a>> {
    texts.iter().map(|&(title, body)| Entry { title, body })
}

fn furniture() -> TextIndex {
    TextIndex::in_memory(entries(&FURNITURE)).expect("a small list")
}

fn positions(hits: &[Hit]) -> Vec<u32> {
    hits.iter().map(|hit| hit.position).collect()
}

/// All that a question finds, best first.
fn check(index: &TextIndex, question: &str, wanted: &[u32]) {
    assert_eq!(positions(&index.search(question, None, 10)), wanted, "{question}");
}

#[test]
fn words_are_found_in_titles_and_bodies_whatever_their_form() {
    let index = furniture();
    check(&index, "books", &[2]);
    check(&index, "BIRCH", &[5]);
    check(&index, "poang", &[5]);
    check(&index, "washing", &[5]);
    check(&index, "a bed with storage", &[4, 3]);
    check(&index, "is there anything grey?", &[0]);
    assert_eq!(index.search("table", None, 1).len(), 1);
    assert_eq!(index.search("table", None, 0), []);
}

#[test]
fn stop_words_find_something_only_where_nothing_else_is_asked() {
    let index = furniture();
    assert_eq!(positions(&index.search("the who", None, 1)), [6]);
    check(&index, "the xylophone", &[]);
    check(&index, "", &[]);
    check(&index, "?!", &[]);
}

#[test]
fn a_word_that_no_entry_has_is_completed_or_corrected() {
    let index = furniture();
    check(&index, "matress", &[4]);
    check(&index, "armchiar", &[5]);
    check(&index, "bookc", &[2]);
    check(&index, "lampsh", &[6]);
    // One that some entry has is taken at its word, though another is begun by it.
    check(&index, "lamps", &[3, 2]);
}

#[test]
fn synonyms_find_the_others_of_their_group_after_the_word_itself() {
    let groups = [vec!["couch", "sofa", "settee"], vec!["bookshelf", "bookcase"], vec!["light", "lamp"]];
    let index = furniture().with_synonyms(SynonymGroups::new(groups));
    check(&index, "settee", &[0]);
    check(&index, "bookshelf", &[2]);
    // Its body says "light" and its title "lamp"; the bookcase has only the synonym.
    check(&index, "light", &[3, 2]);
    check(&furniture(), "light", &[3]);
}

#[test]
fn equal_entries_stand_in_the_order_of_the_list() {
    let same = [("Oak table", "Solid oak, for six people"); 300];
    let index = TextIndex::in_memory(entries(&same)).expect("a small list");
    let hits = index.search("a solid oak table for people", None, 50);
    assert_eq!(positions(&hits), (0..50).collect::<Vec<_>>());
    assert!(hits.iter().all(|hit| hit.score.to_bits() == hits[0].score.to_bits()));
}

#[test]
fn scores_are_bm25_by_hand() {
    let index = TextIndex::in_memory(entries(&[("", "red red chair"), ("", "chair"), ("", "green lamp")]))
        .expect("a small list");
    let hits = index.search("red chairs", None, 10);
    // idf = ln(1 + (N - n + 0.5) / (n + 0.5)); f · (k1 + 1) / (f + k1 · (1 - b + b · length / average)).
    let bm25 = |n: f32, frequency: f32, length: f32| {
        let idf = (1.0 + (3.0 - n + 0.5) / (n + 0.5)).ln();
        idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / 2.0))
    };
    let wanted = [(0, bm25(1.0, 2.0, 3.0) + bm25(2.0, 1.0, 3.0)), (1, bm25(2.0, 1.0, 1.0))];
    assert_eq!(hits.len(), wanted.len());
    for (hit, (position, score)) in hits.iter().zip(wanted) {
        assert_eq!(hit.position, position);
        assert!((hit.score - score).abs() < 1e-5, "{hit:?} is not {score}");
    }
}

#[test]
fn threads_may_share_an_index() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&furniture());
}

#[test]
fn an_empty_list_and_an_empty_entry_are_searched_like_others() {
    let empty = TextIndex::in_memory(entries(&[])).expect("an empty list");
    assert_eq!(empty.entries(), 0);
    check(&empty, "chair", &[]);
    let blank = TextIndex::in_memory(entries(&[("", ""), ("chair", "")])).expect("a small list");
    assert_eq!(blank.entries(), 2);
    check(&blank, "chair", &[1]);
}

#[test]
fn a_question_of_thousands_of_words_is_answered() {
    let question: String =
        (0..5000).flat_map(|word| ["word".to_owned(), word.to_string(), " table ".to_owned()]).collect();
    assert_eq!(furniture().search(&question, None, 10).len(), 2);
}

proptest! {
    #[test]
    fn any_input_is_safe(words in ".{0,60}", title in ".{0,20}", body in ".{0,60}") {
        let index = TextIndex::in_memory([Entry { title: &title, body: &body }]).expect("a small list");
        for question in [words.as_str(), &title, &body, "+a -b \"c\" d:e f^2 (g OR h)~ [i TO j] *"] {
            prop_assert!(index.search(question, None, 3).len() <= 1);
        }
    }

    #[test]
    fn what_is_allowed_takes_away_hits_and_changes_nothing_else(
        texts in prop::collection::vec("[a-e]{1,2}( [a-e]{1,2}){0,6}", 1..150),
        question in "[a-e]{1,2}( [a-e]{1,2}){0,4}",
        share in 0.0_f64..1.0,
        seed in any::<u64>(),
    ) {
        let list = texts.iter().map(|text| Entry { title: "", body: text });
        let index = TextIndex::in_memory(list).expect("a small list");
        let mut random = fastrand::Rng::with_seed(seed);
        let some = (0..index.entries()).filter(|_| random.f64() < share);
        let allowed = Allowed::from_positions(index.entries(), some);
        let all = index.search(&question, None, usize::MAX);
        let wanted: Vec<Hit> = all.into_iter().filter(|hit| allowed.contains(hit.position)).take(10).collect();
        prop_assert_eq!(index.search(&question, Some(&allowed), 10), wanted);
    }
}

fn open(folder: &Path, fingerprint: &str) -> (TextIndex, Opened) {
    TextIndex::open(folder, fingerprint, entries(&FURNITURE)).expect("a small list")
}

fn built_because(opened: &Opened) -> Option<Unusable> {
    match opened {
        Opened::Kept => None,
        Opened::Built { because, unsaved } => {
            assert!(unsaved.is_none(), "{unsaved:?}");
            Some(*because)
        }
    }
}

#[test]
fn an_index_is_kept_until_its_list_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().join("not/yet/there");
    let (built, opened) = open(&folder, "one");
    assert_eq!(built_because(&opened), Some(Unusable::Absent));

    let never = std::iter::from_fn(|| -> Option<Entry<'_>> { panic!("a kept index needs no entries") });
    let (kept, opened) = TextIndex::open(&folder, "one", never).expect("a kept index");
    assert_eq!(built_because(&opened), None);
    assert_eq!(kept.entries(), built.entries());
    for question in ["table lamp", "matress", "the who"] {
        assert_eq!(kept.search(question, None, 10), built.search(question, None, 10));
    }

    let (_, opened) = open(&folder, "two");
    assert_eq!(built_because(&opened), Some(Unusable::Outdated));
    assert_eq!(built_because(&open(&folder, "two").1), None);
    assert_eq!(fs::read_dir(&folder).expect("the folder").count(), 1, "nothing is left beside it");
}

#[test]
fn a_damaged_file_is_built_again_and_the_search_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join(FILE);
    open(folder.path(), "list");
    let whole = fs::read(&file).expect("the index");
    let mut random = fastrand::Rng::with_seed(1);
    let mut damages: Vec<Vec<u8>> = vec![vec![], vec![0; whole.len()], whole[1..].to_vec()];
    damages.extend([whole.as_slice(), &whole].map(|half| half.repeat(2)));
    for _ in 0..100 {
        damages.push(whole[..random.usize(..whole.len())].to_vec());
        let mut flipped = whole.clone();
        flipped[random.usize(..whole.len())] ^= 1 << random.u8(..8);
        damages.push(flipped);
    }
    for damage in damages {
        fs::write(&file, &damage).expect("a file that can be written");
        let (index, opened) = open(folder.path(), "list");
        assert!(built_because(&opened).is_some(), "{} bytes of {}", damage.len(), whole.len());
        check(&index, "mattress", &[4]);
        assert_eq!(fs::read(&file).expect("the index").len(), whole.len());
    }
}

#[test]
fn where_nothing_can_be_kept_the_search_still_answers() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("a file, not a folder");
    fs::write(&file, "").expect("a file that can be written");
    let (index, opened) = open(&file, "list");
    check(&index, "mattress", &[4]);
    let Opened::Built { unsaved: Some(error), .. } = opened else {
        panic!("{opened:?}");
    };
    assert!(error.to_string().contains("a file, not a folder"), "{error}");
}

#[test]
fn a_folder_where_the_file_should_be_does_not_stop_the_search() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir_all(folder.path().join(FILE).join("inside")).expect("a folder");
    let (index, opened) = open(folder.path(), "list");
    check(&index, "mattress", &[4]);
    assert!(matches!(opened, Opened::Built { because: Unusable::Damaged, unsaved: Some(_) }), "{opened:?}");
}

#[test]
fn many_may_open_one_folder_at_once() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for round in 0..5 {
        let fingerprint = format!("round {round}");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| check(&open(folder.path(), &fingerprint).0, "mattress", &[4]));
            }
        });
        assert_eq!(built_because(&open(folder.path(), &fingerprint).1), None);
    }
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1, "nothing is left beside it");
}
