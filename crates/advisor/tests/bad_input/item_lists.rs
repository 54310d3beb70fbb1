//! Lists of items: columns, prices, attributes, and the real catalogues with all that is odd in them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sextant_advisor::Pack;
use sextant_advisor::import::{self, ImportError, Imported, Source, read_items};
use sextant_domain::{Attribute, Item, ItemCatalog};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn pack() -> Pack {
    Pack::load(&repository().join("assets/packs/retail")).expect("the retail pack is sound")
}

/// Data that is not part of the repository; `None` where this machine doesn't have it.
fn shared(path: &str) -> Option<Vec<u8>> {
    let path = repository().join("../shared/data").join(path);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let message = format!("the shared data {} is not here: {error}", path.display());
            assert!(std::env::var_os("CI").is_none(), "{message}");
            eprintln!("skipped, because {message}");
            None
        }
    }
}

pub(crate) fn items_mapped(
    bytes: &[u8],
    mapping: &[(&str, &str)],
    currency: &str,
) -> Result<Imported<ItemCatalog>, ImportError> {
    thread_local!(static PACK: Pack = pack());
    let mapping: BTreeMap<String, String> =
        mapping.iter().map(|(role, column)| ((*role).to_owned(), (*column).to_owned())).collect();
    PACK.with(|pack| read_items(bytes, &Source::new("items.csv"), &mapping, &pack.headers, currency))
}

fn items(text: &str) -> Imported<ItemCatalog> {
    items_mapped(text.as_bytes(), &[], "USD").expect("a list of items")
}

/// The list is refused with exactly this sentence.
fn check(text: &str, sentence: &str) {
    let error = items_mapped(text.as_bytes(), &[], "USD").expect_err("a list that is refused");
    assert_eq!(error.to_string(), sentence);
}

fn prices(read: &Imported<ItemCatalog>) -> Vec<String> {
    let price = |item: &Item| item.price.map_or_else(|| "none".to_owned(), |price| price.to_string());
    read.value.items.iter().map(price).collect()
}

fn attribute<'i>(item: &'i Item, name: &str) -> &'i Attribute {
    item.attribute(name).unwrap_or_else(|| panic!("no attribute {name} in {:?}", item.attributes))
}

/// Value, number and unit, as a card shows them.
fn shown(attribute: &Attribute) -> (&str, Option<String>, &str) {
    (&attribute.value, attribute.number.map(|number| number.to_string()), &attribute.unit)
}

fn has_note(read: &Imported<ItemCatalog>, message: &str, lines: &[u64]) {
    let found = read.notes.iter().any(|note| note.message == message && note.lines == lines);
    assert!(found, "{message} on {lines:?} is not among {:?}", read.notes);
}

// Columns.

#[test]
fn a_list_without_names_is_answered_with_what_to_type() {
    check(
        "colour,price\nred,12\n",
        "items.csv, line 1: no column was recognised for name; its columns are colour and price; \
         name the one that has it, as --map name=COLUMN",
    );
    let read = items_mapped(b"colour,price\nred,12\n", &[("name", "Colour")], "EUR").expect("a mapped name");
    assert_eq!((read.value.items[0].name.as_str(), read.value.currency.as_str()), ("red", "EUR"));
}

#[test]
fn a_mapping_to_what_is_not_there_is_refused() {
    let error = |mapping: &[(&str, &str)]| {
        items_mapped(b"name,price\nA,12\n", mapping, "USD").expect_err("a wrong mapping").to_string()
    };
    assert_eq!(
        error(&[("price", "cost")]),
        "items.csv has no column \"cost\" for price; its columns are name and price"
    );
    assert_eq!(
        error(&[("tariff", "price")]),
        "there is no role \"tariff\"; the roles are id, name, brand, category, price, rating and description"
    );
}

#[test]
fn a_row_that_is_cut_short_stops_the_import() {
    check(
        "name,brand,price\nA,X,1\nB,2\n",
        "items.csv, line 3: the line has 2 columns and the header has 3; put quotation marks around cells that contain \",\"",
    );
}

#[test]
fn columns_of_free_text_are_joined_in_the_order_of_the_file() {
    let read = items("name,about,roast,description\nA,\"two\r\n   lines\",Light,end\nB,,Dark,end\n");
    assert_eq!(read.value.items[0].description, "two lines\nend");
    assert_eq!(read.value.items[1].description, "end");
    let columns = [("name", "name"), ("description", "about"), ("description", "description")];
    assert_eq!(read.recognised, columns.map(|(a, b)| (a.to_owned(), b.to_owned())));
    let one = items_mapped(b"name,about,description\nA,x,y\n", &[("description", "description")], "USD");
    assert_eq!(one.expect("a list").value.items[0].description, "y");
}

#[test]
fn an_id_is_made_where_there_is_none_and_made_unique_where_it_repeats() {
    let ids = |read: &Imported<ItemCatalog>| -> Vec<String> {
        read.value.items.iter().map(|item| item.id.0.clone()).collect()
    };
    assert_eq!(ids(&items("name,brand\nA,X\nA,X\n")), ["row-2", "row-3"]);
    let read = items("sku,name\n7,A\n7,A\n,B\n7-row-3,C\n");
    assert_eq!(ids(&read), ["7", "7-row-3", "row-4", "7-row-3-row-5"]);
    has_note(&read, "The id was there before: made unique by its line", &[3, 5]);
}

#[test]
fn what_only_counts_rows_or_is_an_address_is_no_attribute() {
    let read =
        items("X1,,name,link,rank\n0,1,A,https://a.example/1,1\n1,2,B,,2\n2,3,C,http://a.example/3,3\n");
    let names = |item: &Item| item.attributes.iter().map(|it| it.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&read.value.items[0]), ["Rank"]);
    has_note(&read, "Left out, because they say nothing about an item: X1, column 2, link", &[]);
    let read = items("X1,name\n5,A\n3,B\n");
    assert_eq!(names(&read.value.items[0]), ["X1"]);
}

// Prices.

#[test]
fn currencies_are_read_from_the_header_the_cells_or_the_person() {
    let check = |text: &str, persons: &str, currency: &str, expected: &[&str]| {
        let read = items_mapped(text.as_bytes(), &[], persons).expect("a list of items");
        assert_eq!(read.value.currency, currency, "{text}");
        assert_eq!(prices(&read), expected, "{text}");
    };
    check("name,price_eur\nA,12.50\n", "USD", "EUR", &["12.50"]);
    check("name;Preis;price (SAR)\nA;x;1.299,5\n", "USD", "SAR", &["1299.50"]);
    check("name;price\nA;12,50 €\nB;1.299,00 €\n", "USD", "EUR", &["12.50", "1299.00"]);
    check("name,price\nA,SR 995\nB,\"SR 1,295\"\n", "USD", "SAR", &["995.00", "1295.00"]);
    check("name,price\nA,$12.00\n", "CAD", "CAD", &["12.00"]);
    check("name,price_cents\nA,1250\n", "usd", "USD", &["12.50"]);
    check("name;price\nA;265,0\n", "SAR", "SAR", &["265.00"]);
    let read = items_mapped(b"name,price\nA,5\n", &[], "SAR").expect("a list of items");
    has_note(&read, "price has no currency: its prices were taken as SAR", &[]);
}

#[test]
fn a_header_says_what_a_price_is_for() {
    let read = items("product_name,Price / kg (EUR)\nA,12.50\n");
    assert_eq!((read.value.price_unit.as_str(), read.value.currency.as_str()), ("per kg", "EUR"));
    assert_eq!(items("name,price\nA,1\n").value.price_unit, "");
}

#[test]
fn a_price_that_cannot_be_is_left_empty_and_noted() {
    let read = items("name,price\nA,$5\nB,-3\nC,on request\nD,\nE,4 for 10\nF,€7\nG,n/a\nH,$6\n");
    assert_eq!(prices(&read), ["5.00", "none", "none", "none", "none", "none", "none", "6.00"]);
    has_note(&read, "Price below zero: left empty", &[3]);
    has_note(&read, "Price that can't be read: left empty", &[4, 6]);
    has_note(&read, "Price in another currency than USD: left empty", &[7]);
}

#[test]
fn two_decimal_marks_among_prices_are_refused() {
    check(
        "name;price\nA;12,5\nB;12.5\n",
        "items.csv, line 3, column price: \"12.5\" uses another decimal mark than line 2 of the same column; use one of them throughout",
    );
}

// Ratings.

#[test]
fn a_rating_is_read_with_its_scale_and_medals_are_an_attribute() {
    let ratings = |text: &str| -> Vec<Option<String>> {
        items(text).value.items.iter().map(|item| item.rating.map(|rating| rating.to_string())).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        ratings("name,rating\nA,4.5/5\nB,3 out of 5\nC,\nD,new\nE,5 stars\n"),
        [some("4.5"), some("3"), None, None, some("5")]
    );
    let read = items("name,rating\nA,GOLD\nB,SILVER\n");
    assert_eq!(read.value.items[0].rating, None);
    assert_eq!(attribute(&read.value.items[0], "rating").value, "GOLD");
}

// Attributes.

#[test]
fn an_attribute_keeps_its_words_and_has_a_number_where_its_column_has() {
    let read = items(
        "name,weight_g,Height,power,roasterCountry,fresh,width_cm,size_l\n\
         A,250,12 cm,900 W,Peru,TRUE,\"1,5\",S\n\
         B,1000,14 cm,n/a,  Costa   Rica,FALSE,\"2,0\",M\n",
    );
    let [first, second] = &read.value.items[..] else { panic!("two items") };
    assert_eq!(shown(attribute(first, "Weight")), ("250", Some("250".into()), "g"));
    assert_eq!(shown(attribute(first, "Height")), ("12", Some("12".into()), "cm"));
    assert_eq!(shown(attribute(first, "Power")), ("900", Some("900".into()), "W"));
    assert_eq!(second.attribute("Power"), None);
    assert_eq!(shown(attribute(second, "Roaster Country")), ("Costa Rica", None, ""));
    assert_eq!(shown(attribute(first, "Fresh")), ("TRUE", None, ""));
    assert_eq!(shown(attribute(first, "Width")), ("1,5", Some("1.5".into()), "cm"));
    assert_eq!(shown(attribute(first, "Size l")), ("S", None, ""));
}

#[test]
fn a_column_is_of_numbers_where_nineteen_of_twenty_cells_are() {
    let list = |words: usize| {
        let cells = (0..40).map(|row| if row < words { "varies".to_owned() } else { row.to_string() });
        items(&cells.fold("name,steps\n".to_owned(), |text, cell| format!("{text}A,{cell}\n")))
    };
    let numbers = |read: &Imported<ItemCatalog>| {
        read.value.items.iter().filter(|item| attribute(item, "Steps").number.is_some()).count()
    };
    assert_eq!(numbers(&list(2)), 38);
    assert_eq!(numbers(&list(3)), 0);
}

#[test]
fn columns_that_cannot_be_compared_are_text() {
    let read = items("name;weight;length_cm;mixed\nA;250 g;10 in;1,5\nB;1 kg;20 in;1.5\n");
    for name in ["Weight", "Length cm", "Mixed"] {
        assert_eq!(attribute(&read.value.items[0], name).number, None, "{name}");
    }
    assert_eq!(attribute(&read.value.items[1], "Weight").value, "1 kg");
}

#[test]
fn attributes_have_names_of_their_own() {
    let read = items("name,weight_g,weight_oz,origin 1,origin_1\nA,250,8.8,x,y\n");
    let names: Vec<&str> = read.value.items[0].attributes.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Weight", "Weight oz", "Origin 1", "Origin 1 (column 5)"]);
}

// The pack and the real catalogues.

#[test]
fn the_sample_is_read_by_its_pack() {
    let pack = pack();
    assert!(!pack.ranks_tariffs());
    let bytes = import::read_file(&pack.sample_catalog()).expect("the sample");
    let read =
        read_items(&bytes, &Source::new("products.csv"), &BTreeMap::new(), &pack.headers, &pack.currency)
            .expect("the sample is a list");
    assert_eq!((read.value.items.len(), read.value.currency.as_str()), (120, "USD"));
    assert_eq!(read.value.items.iter().filter(|item| item.price.is_none()).count(), 3);
    let kettle = read.value.items.iter().find(|item| item.name == "Swan Electric").expect("a kettle");
    assert_eq!((kettle.brand.as_str(), kettle.category.as_str()), ("Plainware", "Kettles"));
    assert_eq!(shown(attribute(kettle, "Width")), ("29", Some("29".into()), "cm"));
    assert_eq!(kettle.attribute("Roast"), None);
    assert!(read.notes.is_empty(), "{:?}", read.notes);
}

#[test]
fn a_pack_of_tariffs_needs_all_that_ranking_needs() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "id = \"x\"\nname = \"X\"\nversion = 1\ncurrency = \"USD\"\nwish_factor = 3\n[headers]\n";
    std::fs::write(folder.path().join("pack.toml"), text).expect("a file");
    let error = Pack::load(folder.path()).expect_err("half a pack").to_string();
    assert!(error.contains("belong together"), "{error}");
}

#[test]
fn the_coffee_reviews_are_read_with_their_repetitions() {
    let Some(bytes) = shared("catalog_coffee/catalog.csv") else { return };
    let read = items_mapped(&bytes, &[], "EUR").expect("the coffees");
    let list = &read.value;
    assert_eq!(list.items.len(), 1167);
    assert_eq!((list.currency.as_str(), list.price_unit.as_str()), ("USD", "per 100 g"));
    let first = &list.items[0];
    assert_eq!((first.id.0.as_str(), first.brand.as_str()), ("coffee-0006", "Red Rooster Coffee Roaster"));
    assert_eq!(first.price.map(|price| price.to_string()).as_deref(), Some("5.14"));
    assert_eq!(first.rating.map(|rating| rating.to_string()).as_deref(), Some("93"));
    assert_eq!(first.description.lines().count(), 3);
    assert!(
        first.description.starts_with("Delicate, richly") && first.description.ends_with("Ethiopia cup.")
    );
    let names: Vec<&str> = first.attributes.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Roast", "Roaster country", "Origin 1", "Origin 2", "Review date"]);
    assert!(list.items.iter().all(|item| item.price.is_some() && item.rating.is_some()));
    assert_eq!(list.items.iter().filter(|item| item.attribute("Roast").is_none()).count(), 5);
}

#[test]
fn the_furniture_is_read_from_its_semicolons_and_commas() {
    let Some(bytes) = shared("catalog_ikea/ikea.csv") else { return };
    let read = items_mapped(&bytes, &[], "SAR").expect("the furniture");
    let list = &read.value;
    assert_eq!((list.items.len(), read.delimiter, list.currency.as_str()), (3694, ';', "SAR"));
    let first = &list.items[0];
    assert_eq!((first.id.0.as_str(), first.name.as_str()), ("90420332", "FREKVENS"));
    assert_eq!(first.price.map(|price| price.to_string()).as_deref(), Some("265.00"));
    assert_eq!(first.description, "Bar table, in/outdoor, 51x51 cm\nblack");
    assert_eq!((first.brand.as_str(), first.category.as_str()), ("", "Bar furniture"));
    let names: Vec<&str> = first.attributes.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Old price", "Sellable online", "Other colors", "Designer", "Height", "Width"]);
    assert_eq!(shown(attribute(first, "Width")), ("51", Some("51".into()), ""));
    assert_eq!(attribute(first, "Sellable online").value, "TRUE");
    assert!(list.items.iter().all(|item| item.price.is_some()));
    let ids: std::collections::BTreeSet<&str> = list.items.iter().map(|item| item.id.0.as_str()).collect();
    assert_eq!(ids.len(), 3694);
    let repeated = read.notes.iter().find(|note| note.message.starts_with("The id")).expect("a note");
    assert_eq!(repeated.count, 3694 - 2962);
    has_note(&read, "Left out, because they say nothing about an item: X1, link", &[]);
}

#[test]
fn a_list_of_cheeses_without_prices_is_a_list() {
    let Some(bytes) = shared("catalog_cheese_noprice/catalog.csv") else { return };
    let read = items_mapped(&bytes, &[], "GBP").expect("the cheeses");
    let list = &read.value;
    assert_eq!((list.items.len(), list.currency.as_str()), (1741, "GBP"));
    assert!(list.items.iter().all(|item| item.price.is_none() && item.rating.is_none()));
    let first = &list.items[0];
    assert_eq!(
        (first.name.as_str(), first.brand.as_str()),
        ("Picandou L'Original", "Laiteries H. Triballat Website")
    );
    assert_eq!(first.category, "5001 - Soft goats' milk cheese plain - fresh");
    assert_eq!(attribute(first, "Rating").value, "GOLD");
    assert_eq!(first.attribute("County"), None);
}
