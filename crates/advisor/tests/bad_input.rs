//! Files that are wrong, each with the sentence that its owner reads, and files that look odd and are right.
//!
//! Here: what any file can suffer, and arbitrary bytes. Plan lists, lists of items and usage files have a module each.

#[path = "bad_input/item_lists.rs"]
mod item_lists;
#[path = "bad_input/plan_lists.rs"]
mod plan_lists;
#[path = "bad_input/usage_files.rs"]
mod usage_files;

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use sextant_advisor::import::{self, HeaderRules, ImportError, Imported, Source, read_plans, read_usage};
use sextant_domain::{Catalog, HomeUsage};

fn rules() -> HeaderRules {
    #[derive(serde::Deserialize)]
    struct PackFile {
        headers: HeaderRules,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/packs/energy/pack.toml");
    let text = std::fs::read_to_string(path).expect("the pack is part of the repository");
    toml::from_str::<PackFile>(&text).expect("a valid pack").headers
}

fn plans_mapped(bytes: &[u8], mapping: &[(&str, &str)]) -> Result<Imported<Catalog>, ImportError> {
    let mapping: BTreeMap<String, String> =
        mapping.iter().map(|(role, column)| ((*role).to_owned(), (*column).to_owned())).collect();
    read_plans(bytes, &Source::new("plans.csv"), &mapping, &rules())
}

fn plans(bytes: &[u8]) -> Imported<Catalog> {
    plans_mapped(bytes, &[]).expect("a list of plans")
}

fn usage(bytes: &[u8]) -> Imported<Vec<HomeUsage>> {
    read_usage(bytes, &Source::new("usage.csv")).expect("a year of use")
}

/// The plan list is refused with exactly this sentence.
fn check(bytes: &[u8], sentence: &str) {
    let error = plans_mapped(bytes, &[]).expect_err("a list that is refused");
    assert_eq!(error.to_string(), sentence);
}

/// The usage file is refused with exactly this sentence.
fn check_usage(bytes: &[u8], sentence: &str) {
    let error = read_usage(bytes, &Source::new("usage.csv")).expect_err("a file that is refused");
    assert_eq!(error.to_string(), sentence);
}

const HEADER: &str = "plan_id,plan_name,rep_name,price_kwh_500,price_kwh_1000,price_kwh_2000,term_months,early_termination_fee\n";

fn list(rows: &[&str]) -> Vec<u8> {
    format!("{HEADER}{}\n", rows.join("\n")).into_bytes()
}

// Files that are no tables.

#[test]
fn an_empty_file_is_said_to_be_empty() {
    check(b"", "plans.csv is empty; it needs a line of column names and a line for each entry");
    check(b"\r\n \n", "plans.csv is empty; it needs a line of column names and a line for each entry");
    check_usage(
        b"\xef\xbb\xbf",
        "usage.csv is empty; it needs a line of column names and a line for each entry",
    );
}

#[test]
fn a_header_alone_has_no_entries() {
    check(
        HEADER.as_bytes(),
        "plans.csv has column names on line 1 and nothing below them; add a line for each entry",
    );
}

#[test]
fn a_delimiter_that_is_none_leaves_one_column() {
    check(
        b"plan_id^plan_name^rate\n1^A^0.1\n",
        "plans.csv, line 1 has one column only, \"plan_id^plan_name^rate\"; separate columns with a comma, a semicolon, a tab or |",
    );
}

#[test]
fn a_row_with_a_stray_comma_is_named() {
    check(
        &list(&["1,A,X,12,12,12,12,0", "2,B, Inc,X,12,12,12,12,0"]),
        "plans.csv, line 3: the line has 9 columns and the header has 8; put quotation marks around cells that contain \",\"",
    );
}

#[test]
fn an_open_quotation_mark_is_named_where_it_opens() {
    check(
        &list(&["1,A,X,12,12,12,12,0", "2,\"B,X,12,12,12,12,0", "3,C,X,12,12,12,12,0"]),
        "plans.csv, line 3, column 3: a quotation mark opens there and is never closed; close it, or write it twice if it is part of the text",
    );
}

#[test]
fn other_kinds_of_file_are_named() {
    check(
        b"PK\x03\x04rest",
        "plans.csv is an Excel workbook or a ZIP archive, not a CSV file; open it and save it as CSV (UTF-8)",
    );
    check_usage(
        b"%PDF-1.7",
        "usage.csv is a PDF document, not a CSV file; open it and save it as CSV (UTF-8)",
    );
}

#[test]
fn more_columns_than_any_list_has_are_refused() {
    check(
        ",".repeat(5000).replace(',', "a,").as_bytes(),
        "plans.csv, line 1 has more than 1024 columns, the limit; leave out those that are not needed",
    );
}

// Bytes.

#[test]
fn damaged_utf8_is_named_by_line_and_column() {
    let mut bytes = list(&["1,Plan für Häuser,X,12,12,12,12,0", "2,Über,X,12,12,12,12,0"]);
    let at = bytes.windows(2).rposition(|pair| pair == "Ü".as_bytes()).expect("the letter");
    bytes[at + 1] = b'b';
    check(
        &bytes,
        "plans.csv, line 3, column 3: the byte 0xC3 is not valid UTF-8; save the file as UTF-8 and import it again",
    );
}

#[test]
fn bytes_that_no_encoding_has_are_refused() {
    check(
        b"plan_id,plan_name\n1,A\x00B\n",
        "plans.csv, line 2, column 4: the byte 0x00 is not valid UTF-8; save the file as UTF-8 and import it again",
    );
    for damage in [&b"A\x81\x8d\x8f\x90B"[..], b"A\xff\xfe", b"a\xc3\x28", b"4\xfa4", b"A\xff"] {
        let bytes = [&b"plan_id,plan_name\n1,"[..], damage, b",12\n"].concat();
        let sentence = format!(
            "plans.csv, line 2, column 4: the byte 0x{:02X} is not valid UTF-8; save the file as UTF-8 and import it again",
            damage[1]
        );
        let error = plans_mapped(&bytes, &[]).expect_err("damage").to_string();
        assert_eq!(error, sentence, "{damage:x?}");
    }
}

#[test]
fn an_older_encoding_is_read_and_named() {
    let (bytes, ..) = encoding_rs::WINDOWS_1252
        .encode("plan_id;plan_name;rate\n1;Größe für Häuser im Süden – “Öko”;0,25 €\n2;Señor Niño;0,30 €\n");
    let list = plans(&bytes);
    assert_eq!((list.encoding.as_str(), list.delimiter), ("windows-1252", ';'));
    assert_eq!(list.value.plans[0].name, "Größe für Häuser im Süden – “Öko”");
    assert_eq!(list.value.currency, "EUR");
    assert!(list.notes.iter().any(|note| note.message.contains("windows-1252")));
}

#[test]
fn utf16_is_read_by_its_mark() {
    let text = "home\tmonth\tkwh\n".to_owned()
        + &(1..=12).map(|month| format!("Büro\t{month}\t100\n")).collect::<Vec<_>>().concat();
    for (mark, name, bytes) in [
        ([0xff, 0xfe], "UTF-16LE", text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
        ([0xfe, 0xff], "UTF-16BE", text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>()),
    ] {
        let read = usage(&[&mark[..], &bytes].concat());
        assert_eq!((read.encoding.as_str(), read.delimiter), (name, '\t'));
        assert_eq!(read.value[0].home, "Büro");
    }
}

// Files on disk.

#[test]
fn what_is_no_file_is_refused_before_reading() {
    let folder = tempfile::tempdir().expect("a folder");
    let message = |path: &Path| import::read_file(path).expect_err("no file").to_string();
    let name = folder.path().file_name().expect("a name").to_string_lossy().into_owned();
    assert_eq!(
        message(folder.path()),
        format!("{name} is a folder, not a file; choose the CSV file inside it")
    );

    let missing = folder.path().join("missing.csv");
    assert_eq!(
        message(&missing),
        format!("{} does not exist; check the name and the folder", missing.display())
    );

    let huge = folder.path().join("huge.csv");
    // Sparse: nothing is written and nothing may be read.
    std::fs::File::create(&huge).and_then(|file| file.set_len(200_000_000)).expect("a sparse file");
    assert_eq!(
        message(&huge),
        "huge.csv has 191 MiB, more than the limit of 64 MiB; leave out rows or columns that are not needed"
    );
}

// Anything.

fn almost_csv() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("plan_id".to_owned()),
        Just("name;price_eur_per_kg;rating;weight_g\n".to_owned()),
        Just("name,rate,tiers,credits,exit_fee,term\n".to_owned()),
        Just("home,month,kwh\n".to_owned()),
        Just("timestamp,kwh\n".to_owned()),
        Just("price_500;price_1000;price_2000;name\n".to_owned()),
        "[-0-9.,;:/TZ\"'\u{a0}€$%e \n\r\t|]{0,12}",
        "\\PC{0,6}",
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..300), almost_csv()]) {
        let _ = plans_mapped(&bytes, &[]);
        let _ = item_lists::items_mapped(&bytes, &[], "USD");
        let _ = read_usage(&bytes, &Source::new("usage.csv"));
    }

    #[test]
    fn cells_are_what_the_csv_crate_reads(rows in prop::collection::vec(prop::collection::vec("[a-z\",\n ]{0,5}x", 3), 1..6)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["name", "rate", "terms"]).expect("memory");
        for row in &rows {
            writer.write_record([row[0].as_str(), "0.1", row[2].as_str()]).expect("memory");
        }
        let bytes = writer.into_inner().expect("memory");
        let read = plans(&bytes);
        for (plan, row) in read.value.plans.iter().zip(&rows) {
            prop_assert_eq!(&plan.columns["name"], row[0].trim());
            prop_assert_eq!(&plan.terms, row[2].trim());
        }
        prop_assert_eq!(read.value.plans.len(), rows.len());
    }
}
