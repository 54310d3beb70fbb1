//! Conversations come back as they were written, are found by their words, and outlive what ends a process.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use sextant_domain::{
    Author, CacheOutcome, CacheTier, ChatAnswer, ChatMessage, ContextUse, Conversation, ConversationId,
    Intent, MessageId, MessageState, Reading, RunId, Sort,
};
use sextant_store::{Store, StoreError, StoreOptions};
use tempfile::TempDir;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("sextant.db");
    (folder, path)
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn message(parent: Option<MessageId>, author: Author, text: &str) -> ChatMessage {
    ChatMessage {
        id: MessageId::generate(),
        parent,
        author,
        text: text.into(),
        state: MessageState::Done,
        at: "2023-11-14T22:13:20.000Z".into(),
        answer: None,
    }
}

fn question(text: &str) -> ChatMessage {
    message(None, Author::Person, text)
}

fn reply(to: &ChatMessage, text: &str) -> ChatMessage {
    message(Some(to.id), Author::Assistant, text)
}

fn answer(text: &str) -> ChatAnswer {
    ChatAnswer {
        run_id: RunId::generate(),
        pack: "coffee".into(),
        model: "nano".into(),
        device: "cpu".into(),
        started_at: "2023-11-14T22:13:20.000Z".into(),
        total_ms: 812.5,
        first_token_ms: Some(101.25),
        cache: CacheOutcome { tier: CacheTier::Answer, hit: false },
        kept_for: None,
        stages: vec![],
        errors: vec![],
        question: "Which?".into(),
        answer: text.into(),
        claims: vec![],
        grounded_share: Some(1.0),
        items: vec![],
        matching: 3,
        nearest: None,
        citations: vec![],
        quick_replies: vec!["Cheaper".into()],
        domain: "coffee".into(),
        reading: Reading {
            intent: Intent::Search,
            conditions: vec![],
            sort: Sort::Relevance,
            words: "which".into(),
            named: vec![],
            asked: vec![],
        },
        context: ContextUse::default(),
        notes: vec![],
    }
}

fn begin(store: &Store, title: &str) -> ConversationId {
    store.begin_conversation("coffee", None, title, at(0)).expect("begun")
}

/// A conversation with these messages, each following the one before.
fn conversation_of(store: &Store, title: &str, texts: &[&str]) -> ConversationId {
    let id = begin(store, title);
    let mut parent = None;
    for text in texts {
        let next = message(parent, Author::Person, text);
        parent = Some(next.id);
        store.add_message(id, &next).expect("kept");
    }
    id
}

fn whole(store: &Store, id: ConversationId) -> Conversation {
    store.conversation(id).expect("readable").expect("there")
}

fn titles(store: &Store, search: &str) -> Vec<String> {
    store.conversations(search).expect("readable").into_iter().map(|row| row.title).collect()
}

#[test]
fn a_conversation_comes_back_as_it_was_written_with_its_branches() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let id = store.begin_conversation("coffee", Some("c0ffee"), " Light roasts\n", at(5)).expect("begun");
    let first = question("A light roast \"under\" $20?\n日本");
    let answered = ChatMessage { answer: Some(Box::new(answer("*Two*."))), ..reply(&first, "*Two*.") };
    let again = ChatMessage { state: MessageState::Stopped, ..reply(&first, "Tw") };
    let edited = message(first.parent, Author::Person, "A dark roast?");
    let messages = vec![first, answered, again, edited];
    for message in &messages {
        store.add_message(id, message).expect("kept");
    }
    drop(store);
    let store = Store::open(&path).expect("opened again");
    let expected = Conversation {
        id,
        title: "Light roasts".into(),
        pack: "coffee".into(),
        catalog: Some("c0ffee".into()),
        created_at: "2023-11-14T22:13:25.000Z".into(),
        messages,
    };
    assert_eq!(whole(&store, id), expected);
    assert_eq!(store.conversation(ConversationId::generate()).expect("readable"), None);
}

#[test]
fn the_conversation_that_was_last_written_in_is_the_first() {
    let store = Store::open_in_memory().expect("a store");
    let older = begin(&store, "older");
    let newer = begin(&store, "newer");
    assert_eq!(titles(&store, ""), ["newer", "older"]);
    let late = ChatMessage { at: "2023-11-15T00:00:00+01:00".into(), ..question("Hello") };
    store.add_message(older, &late).expect("kept");
    let early = ChatMessage { at: "2023-11-14T22:30:00Z".into(), ..question("Hello") };
    store.add_message(newer, &early).expect("kept");
    let unknown = ChatMessage { at: "yesterday".into(), ..question("Hello") };
    store.add_message(older, &unknown).expect("kept");
    let rows = store.conversations(" ").expect("readable");
    let [first, second] = &rows[..] else { panic!("two: {rows:?}") };
    assert_eq!((first.id, first.messages, first.updated_at.as_str()), (older, 2, "2023-11-14T23:00:00.000Z"));
    assert_eq!(
        (second.id, second.messages, second.updated_at.as_str()),
        (newer, 1, "2023-11-14T22:30:00.000Z")
    );
    assert_eq!(first.snippet, None);
}

#[test]
fn titles_are_renamed_and_bounded() {
    let store = Store::open_in_memory().expect("a store");
    let id = begin(&store, &"ä".repeat(500));
    assert_eq!(whole(&store, id).title, "ä".repeat(200));
    store.rename_conversation(id, &format!(" Tea{}", "x".repeat(300))).expect("renamed");
    assert_eq!(whole(&store, id).title, format!("Tea{}", "x".repeat(197)));
    assert_eq!(titles(&store, "ää"), [] as [&str; 0], "the old title is not found any more");
    assert_eq!(titles(&store, "teax").len(), 1);
}

#[test]
fn a_search_needs_every_word_somewhere_in_the_conversation() {
    let store = Store::open_in_memory().expect("a store");
    conversation_of(&store, "Café in Zürich", &["Ein Kaffee, bitte.", "Dried fruit and honey"]);
    conversation_of(&store, "Sofas", &["A red sofa-bed under $300", "NEAR the window AND warm"]);
    for (search, found) in [
        ("cafe", &["Café in Zürich"][..]),
        ("ZÜRICH", &["Café in Zürich"]),
        ("zuri", &["Café in Zürich"]),
        ("zuri cafe", &[]),
        ("cafe zuri", &["Café in Zürich"]),
        ("zurich honey", &["Café in Zürich"]),
        ("kaffee hon", &["Café in Zürich"]),
        ("fru honey", &[]),
        ("honey sofa", &[]),
        ("sofa-bed", &["Sofas"]),
        ("\"sofa-bed\" red", &["Sofas"]),
        ("bed-sofa", &[]),
        ("near", &["Sofas"]),
        ("NEAR(window", &[]),
        ("AND", &["Sofas", "Café in Zürich"]),
        ("$300 ☕ *", &["Sofas"]),
        ("☕", &[]),
        ("*", &[]),
        ("q\0red", &[]),
        ("red\0sofa", &["Sofas"]),
        ("", &["Sofas", "Café in Zürich"]),
    ] {
        assert_eq!(titles(&store, search), found, "{search:?}");
    }
}

#[test]
fn a_snippet_shows_the_words_around_what_was_found() {
    let store = Store::open_in_memory().expect("a store");
    let filler = "one two three four five six seven eight nine ten ".repeat(3);
    let long = format!("{filler} Dried hibiscus and honey {filler}");
    conversation_of(&store, "Coffee", &["hibiscus elsewhere", &long]);
    let snippet =
        |search| store.conversations(search).expect("readable").remove(0).snippet.expect("a snippet");
    let of_both = snippet("hibiscus hon");
    assert!(of_both.contains("Dried [hibiscus] and [honey] one"), "{of_both}");
    assert!(of_both.starts_with('…') && of_both.ends_with('…'), "{of_both}");
    assert_eq!(snippet("coff"), "[Coffee]");
}

#[test]
fn no_search_is_an_error() {
    let store = Store::open_in_memory().expect("a store");
    let texts = [
        "\"",
        "\"\"",
        "a\"",
        "'",
        "(",
        "a OR",
        "NOT a",
        "a*b",
        "{text}: a",
        "^a",
        "-a",
        "a\u{301}",
        "क\u{93f}",
        "\u{93f}",
    ];
    conversation_of(&store, "Odd", &texts);
    for text in texts {
        store.conversations(text).expect("no error");
    }
    proptest!(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }, |(search in any::<String>())| {
        store.conversations(&search).expect("no error");
    });
}

#[test]
fn a_deleted_conversation_is_gone_from_everywhere_and_can_be_restored() {
    let store = Store::open_in_memory().expect("a store");
    let id = conversation_of(&store, "Sofas", &["red"]);
    store.delete_conversation(id).expect("deleted");
    store.delete_conversation(ConversationId::generate()).expect("nothing to delete");
    assert!(
        titles(&store, "").is_empty()
            && titles(&store, "sofas").is_empty()
            && titles(&store, "red").is_empty()
    );
    assert_eq!(store.conversation(id).expect("readable"), None);
    let gone = [store.add_message(id, &question("more")), store.rename_conversation(id, "more")];
    for result in gone {
        assert!(matches!(result, Err(StoreError::NoSuchConversation { .. })), "{result:?}");
    }
    store.restore_conversation(id).expect("restored");
    assert_eq!(titles(&store, "red"), ["Sofas"]);
}

/// Rows of all tables of conversations, and the words that their indexes know.
fn rows_and_words(path: &Path) -> (i64, i64) {
    let connection = rusqlite::Connection::open(path).expect("the file");
    let count = |table: &str| -> i64 {
        connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a count")
    };
    let rows = ["conversations", "messages", "message_parts"].map(count).iter().sum();
    connection
        .execute_batch(
            "CREATE VIRTUAL TABLE temp.titles USING fts5vocab (main, conversation_titles, row);
             CREATE VIRTUAL TABLE temp.texts USING fts5vocab (main, message_texts, row);",
        )
        .expect("the words");
    (rows, count("titles") + count("texts"))
}

/// Whether a word is in any live row of an index, whatever it says of it.
fn index_holds(path: &Path, word: &str) -> bool {
    let connection = rusqlite::Connection::open(path).expect("the file");
    connection
        .query_row(
            "SELECT count(*) FROM (SELECT block FROM message_texts_data UNION ALL
                                   SELECT block FROM conversation_titles_data)
             WHERE instr(block, CAST(?1 AS BLOB)) > 0",
            [word],
            |row| row.get::<_, i64>(0),
        )
        .expect("a count")
        > 0
}

#[test]
fn what_was_deleted_is_gone_for_good_when_the_database_is_next_opened() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let id = conversation_of(&store, "Xylophones", &["zanzibar", "quokka"]);
    let mut writer = store.write_message(id, &question("unfinished"));
    writer.push("words");
    drop(writer);
    store.delete_conversation(id).expect("deleted");
    store.flush();
    assert_eq!(rows_and_words(&path), (5, 3));
    assert!(index_holds(&path, "zanzibar") && index_holds(&path, "xylophones"));
    drop(store);
    let store = Store::open(&path).expect("opened again");
    assert_eq!(rows_and_words(&path), (0, 0));
    assert!(!index_holds(&path, "zanzibar") && !index_holds(&path, "xylophones"));
    let error = store.restore_conversation(id).expect_err("gone");
    assert!(matches!(error, StoreError::NoSuchConversation { .. }), "{error:?}");
    assert!(store.notices().is_empty(), "{:?}", store.notices());
}

#[test]
fn a_message_must_follow_one_of_its_conversation() {
    let store = Store::open_in_memory().expect("a store");
    let (id, other) = (begin(&store, "one"), begin(&store, "other"));
    let elsewhere = question("elsewhere");
    store.add_message(other, &elsewhere).expect("kept");
    let error = store.add_message(id, &reply(&elsewhere, "here")).expect_err("another's");
    assert!(error.to_string().contains(&elsewhere.id.to_string()), "{error}");
    assert!(whole(&store, id).messages.is_empty());
}

#[test]
fn a_message_is_there_while_it_is_being_written_and_found_when_it_is_done() {
    let store = Store::open_in_memory().expect("a store");
    let id = begin(&store, "Coffee");
    let asked = question("Which?");
    store.add_message(id, &asked).expect("kept");
    let begun = reply(&asked, "");
    let mut writer = store.write_message(id, &begun);
    let text_and_state = || {
        store.flush();
        let last = whole(&store, id).messages.pop().expect("a message");
        assert_eq!((last.id, last.parent), (begun.id, begun.parent));
        (last.text, last.state)
    };
    assert_eq!(text_and_state(), (String::new(), MessageState::Writing));
    writer.push("The Kayon ");
    writer.push("Mountain");
    assert_eq!(text_and_state(), ("The Kayon Mountain".into(), MessageState::Writing));
    writer.push(" is\n");
    assert_eq!(text_and_state(), ("The Kayon Mountain is\n".into(), MessageState::Writing));
    writer.replace("Two");
    writer.push(" of them");
    assert_eq!(text_and_state(), ("Two of them".into(), MessageState::Writing));
    writer.replace("");
    assert_eq!(text_and_state(), (String::new(), MessageState::Writing));
    writer.push("lost");
    assert!(titles(&store, "them").is_empty(), "not before it is done");
    let answer = answer("Two of *them*");
    writer.finish(MessageState::Done, "Two of *them*", Some(&answer));
    assert_eq!(text_and_state(), ("Two of *them*".into(), MessageState::Done));
    assert_eq!(whole(&store, id).messages[1].answer.as_deref(), Some(&answer));
    assert_eq!(titles(&store, "them"), ["Coffee"]);
    assert!(store.notices().is_empty());
}

#[test]
fn what_arrives_is_stored_without_anybody_asking_for_it() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let id = begin(&store, "Coffee");
    let mut writer = store.write_message(id, &question(""));
    writer.push("all of it");
    let other = Store::open(&path).expect("a second handle");
    let arrived = || whole(&other, id).messages.first().is_some_and(|message| message.text == "all of it");
    // The bound only keeps a broken one from hanging.
    let tries = (0..2000).find(|_| {
        std::thread::sleep(Duration::from_millis(10));
        arrived()
    });
    assert!(tries.is_some(), "it is still not there");
}

#[test]
fn a_message_that_nobody_finished_is_interrupted_at_the_next_opening() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let id = begin(&store, "Coffee");
    let mut writer = store.write_message(id, &question("It "));
    writer.push("begins ");
    store.flush();
    writer.push("well");
    drop(writer);
    store.flush();
    assert_eq!(whole(&store, id).messages[0].state, MessageState::Writing);
    drop(store);
    let store = Store::open(&path).expect("opened again");
    let messages = whole(&store, id).messages;
    assert_eq!((messages[0].text.as_str(), messages[0].state), ("It begins well", MessageState::Interrupted));
    assert_eq!(titles(&store, "begins"), ["Coffee"]);
    drop(store);
    let left: Vec<_> = std::fs::read_dir(path.parent().expect("a folder")).expect("readable").collect();
    assert_eq!(left.len(), 1, "{left:?}");
}

#[test]
fn a_message_that_is_being_written_is_not_interrupted_by_another_opening() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let id = begin(&store, "Coffee");
    let mut writer = store.write_message(id, &question(""));
    writer.push("so far");
    store.flush();
    let other = Store::open(&path).expect("a second handle");
    let seen = whole(&other, id).messages.remove(0);
    assert_eq!((seen.text.as_str(), seen.state), ("so far", MessageState::Writing));
    writer.finish(MessageState::Stopped, "so far", None);
    store.flush();
    assert_eq!(whole(&other, id).messages[0].state, MessageState::Stopped);
}

const CHILD_PATH: &str = "SEXTANT_TEST_STORE";

#[test]
#[ignore = "the child of `a_killed_process_loses_at_most_the_last_second_of_an_answer`"]
fn child_that_is_killed_in_the_middle_of_an_answer() {
    let Some(path) = std::env::var_os(CHILD_PATH) else {
        return;
    };
    let store = Store::open(Path::new(&path)).expect("a new file");
    let id = begin(&store, "Coffee");
    let asked = question("Which?");
    store.add_message(id, &asked).expect("kept");
    let mut writer = store.write_message(id, &reply(&asked, ""));
    for number in 0..100 {
        writer.push(&format!("early{number} "));
    }
    std::thread::sleep(Duration::from_secs(1));
    writer.push("late");
    println!("\nchild has written");
    std::thread::sleep(Duration::from_mins(5));
}

#[test]
fn a_killed_process_loses_at_most_the_last_second_of_an_answer() {
    let (_folder, path) = folder();
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "child_that_is_killed_in_the_middle_of_an_answer", "--ignored", "--nocapture"])
        .env(CHILD_PATH, &path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let written = lines.map_while(Result::ok).any(|line| line == "child has written");
    assert!(written, "the child ended by itself");

    // Another process that opens the database leaves the answer alone.
    let store = Store::open(&path).expect("the same file");
    let id = store.conversations("").expect("readable")[0].id;
    assert_eq!(whole(&store, id).messages[1].state, MessageState::Writing);
    drop(store);

    child.kill().expect("killed");
    child.wait().expect("gone");
    let store = Store::open(&path).expect("recovered");
    assert!(store.notices().is_empty());
    let messages = whole(&store, id).messages;
    assert_eq!((messages[0].text.as_str(), messages[0].state), ("Which?", MessageState::Done));
    assert_eq!(messages[1].state, MessageState::Interrupted);
    let early = (0..100).map(|number| format!("early{number} ")).collect::<Vec<_>>().concat();
    let text = &messages[1].text;
    assert!(*text == early || *text == format!("{early}late"), "{text}");
    assert_eq!(titles(&store, "early99"), ["Coffee"]);
}

#[test]
fn an_answer_that_finds_no_room_is_announced_and_the_rest_stays() {
    let (_folder, path) = folder();
    let options = StoreOptions { size_limit_bytes: Some(400 << 10), ..StoreOptions::default() };
    let store = Store::open_with(&path, &options).expect("a small file");
    let id = conversation_of(&store, "Coffee", &["Which?"]);
    let long = "a long answer ".repeat(100_000);
    let mut writer = store.write_message(id, &question(""));
    writer.push("It begins. ");
    store.flush();
    writer.push(&long);
    store.flush();
    writer.push("It ends.");
    writer.finish(MessageState::Done, &long, None);
    store.flush();
    let notices = store.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].starts_with("An answer could not be kept: there is no room left"), "{notices:?}");
    let kept: Vec<String> = whole(&store, id).messages.into_iter().map(|message| message.text).collect();
    assert_eq!(kept, ["Which?", "It begins. "], "without a gap");
    let error = store.add_message(id, &question(&long)).expect_err("no room");
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    store.add_message(id, &question("a short one")).expect("there is room");
}

#[test]
fn an_answer_of_another_form_is_left_out() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let id = begin(&store, "Coffee");
    let answered = ChatMessage { answer: Some(Box::new(answer("Two."))), ..question("Two.") };
    store.add_message(id, &answered).expect("kept");
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection.execute("UPDATE messages SET answer = '{\"words\": 1}'", []).expect("changed");
    assert_eq!(whole(&store, id).messages, [ChatMessage { answer: None, ..answered }]);
}

fn imported(messages: Vec<ChatMessage>) -> Conversation {
    Conversation {
        id: ConversationId::generate(),
        title: "From elsewhere".into(),
        pack: "coffee".into(),
        catalog: Some("c0ffee".into()),
        created_at: "2023-01-02T03:04:05.678Z".into(),
        messages,
    }
}

#[test]
fn an_imported_conversation_gets_ids_of_its_own() {
    let store = Store::open_in_memory().expect("a store");
    let first = question("Which?");
    let second = ChatMessage { answer: Some(Box::new(answer("Two."))), ..reply(&first, "Two.") };
    let third = ChatMessage { state: MessageState::Writing, ..reply(&first, "Thr") };
    let original = imported(vec![second, first, third]);
    let ids = [0, 1].map(|seconds| store.import_conversation(&original, at(seconds)).expect("imported"));
    assert_ne!(ids[0], ids[1]);
    let kept = whole(&store, ids[0]);
    assert_eq!((&kept.title, &kept.created_at), (&original.title, &original.created_at));
    let [second, first, third] = &kept.messages[..] else { panic!("three: {kept:?}") };
    assert_eq!((second.parent, first.parent, third.parent), (Some(first.id), None, Some(first.id)));
    assert_eq!(third.state, MessageState::Interrupted);
    let unchanged =
        |message: &ChatMessage| (message.text.clone(), message.at.clone(), message.answer.clone());
    assert!(kept.messages.iter().map(unchanged).eq(original.messages.iter().map(unchanged)));
    let known: Vec<MessageId> = original.messages.iter().map(|message| message.id).collect();
    assert!(kept.messages.iter().all(|message| !known.contains(&message.id)));

    let undated = Conversation { created_at: "once".into(), ..imported(vec![]) };
    let id = store.import_conversation(&undated, at(7)).expect("imported");
    assert_eq!(whole(&store, id).created_at, "2023-11-14T22:13:27.000Z");
}

#[test]
fn a_conversation_that_is_no_tree_is_refused() {
    let store = Store::open_in_memory().expect("a store");
    let (one, other) = (question("one"), question("other"));
    let follows = |message: &ChatMessage, parent: &ChatMessage| ChatMessage {
        parent: Some(parent.id),
        ..message.clone()
    };
    for (messages, complaint) in [
        (vec![follows(&one, &other)], "which it doesn't have"),
        (vec![follows(&one, &one)], "follows itself"),
        (vec![follows(&one, &other), question("between"), follows(&other, &one)], "follows itself"),
        (vec![one.clone(), other.clone(), one.clone()], "twice"),
    ] {
        let error = store.import_conversation(&imported(messages), at(0)).expect_err("no tree");
        let text = error.to_string();
        assert!(text.contains(complaint) && text.contains(&one.id.to_string()), "{text}");
        assert!(store.conversations("").expect("readable").is_empty());
    }
}
