//! CSV and its relatives.

use super::{check_promises, read_now, read_text};

fn check(name: &str, source: &str, expected: &[&str]) {
    let document = read_text(name, source);
    check_promises(&document);
    let rows: Vec<&str> = document.passages.iter().map(|passage| passage.text.as_str()).collect();
    assert_eq!(rows, expected, "{source:?}");
    assert_eq!(document.text, expected.join("\n"));
}

#[test]
fn every_row_is_a_passage() {
    let expected = ["name: Sencha; price: 3.50", "name: Assam; price: 2"];
    check("a.csv", "name,price\nSencha,3.50\nAssam,2\n", &expected);
    check("a.csv", "name;price\r\nSencha;3.50\r\n\r\nAssam;2", &expected);
    check("a.tsv", "name\tprice\nSencha\t3.50\nAssam\t2\n", &expected);
    check("a.csv", "name|price\nSencha|3.50\nAssam|2\n", &expected);
}

#[test]
fn quotes_gaps_and_ragged_rows_are_taken_as_they_are() {
    check(
        "a.csv",
        "name,note,\n\"Tea, green\",\"said \"\"yes\"\"\nand more\",x\n,,\nAssam,,,extra\n",
        &["name: Tea, green; note: said \"yes\" and more; Column 3: x", "name: Assam; Column 4: extra"],
    );
}

#[test]
fn the_delimiter_is_not_one_inside_of_values() {
    check(
        "a.csv",
        "name;note\nTea;a, b, c\nMilk;d, e, f\n",
        &["name: Tea; note: a, b, c", "name: Milk; note: d, e, f"],
    );
}

#[test]
fn a_file_without_a_header_has_columns() {
    check(
        "a.csv",
        "Tea,3.00\nMilk,1.20\n",
        &["Column 1: Tea; Column 2: 3.00", "Column 1: Milk; Column 2: 1.20"],
    );
    check("a.csv", "Region,2023,2024\nNorth,5,6\n", &["Region: North; 2023: 5; 2024: 6"]);
    check("a.csv", "name,price\n", &["name; price"]);
}

#[test]
fn an_open_quotation_mark_does_not_swallow_the_file() {
    let rows: Vec<String> = (0..5000).map(|n| format!("tea {n},{n}")).collect();
    let document = read_text("a.csv", &format!("name,size\n\"open,12\n{}", rows.join("\n")));
    check_promises(&document);
    assert_eq!(document.passages.len(), 5001);
    assert_eq!(document.passages[5000].text, "name: tea 4999; size: 4999");
}

#[test]
fn other_encodings_are_read() {
    let (bytes, ..) = encoding_rs::WINDOWS_1252.encode("produit;prix\ncafé crème;3 €\nthé glacé;2 €\n");
    let document = read_now("a.csv", &bytes).map(|document| document.text);
    assert_eq!(document.as_deref(), Ok("produit: café crème; prix: 3 €\nproduit: thé glacé; prix: 2 €"));
}
