//! Lists of items come back as they were put in, and a filter finds what the domain's rule accepts.

use std::cmp::Ordering;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use proptest::prelude::*;
use proptest::sample::select;
use rust_decimal::Decimal;
use sextant_domain::{Attribute, Condition, Field, Item, ItemCatalog, ItemId, Money, Sort, Test};
use sextant_store::{Matches, Store, StoreError, StoreOptions};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn attribute(name: &str, value: &str, unit: &str) -> Attribute {
    Attribute { name: name.into(), value: value.into(), number: value.parse().ok(), unit: unit.into() }
}

fn item(id: &str) -> Item {
    Item {
        id: ItemId(id.into()),
        name: format!("Item {id}"),
        brand: "Näher & Söhne".into(),
        category: "Tea".into(),
        price: Some(Money::from_cents(1999)),
        rating: Some(decimal("4.50")),
        description: "A \"special\" one;\nover two lines".into(),
        attributes: vec![
            attribute("Weight", "0.1234567890123456789012345678", "g"),
            attribute("Roast", "Medium-Light", ""),
            attribute("roast", "Dark", ""),
        ],
        line: 7,
    }
}

fn list_of(items: Vec<Item>) -> ItemCatalog {
    ItemCatalog {
        name: "items.csv".into(),
        hash: "c0ffee".into(),
        currency: "USD".into(),
        price_unit: "per 100 g".into(),
        items,
    }
}

fn catalog() -> ItemCatalog {
    let bare = Item {
        brand: String::new(),
        category: String::new(),
        price: None,
        rating: None,
        description: String::new(),
        attributes: vec![],
        ..item("b")
    };
    let low = Item { price: Some(Money::from_cents(-5)), rating: Some(decimal("-0.0")), ..item("c") };
    list_of(vec![item("a"), bare, low])
}

fn condition(field: Field, test: Test) -> Condition {
    Condition { field, test, negated: false, label: String::new() }
}

/// Puts a list in, and expects the very same one back.
fn check(catalog: &ItemCatalog) {
    let store = Store::open_in_memory().expect("a store");
    let id = store.put_items("coffee", catalog, at(0)).expect("kept");
    assert_eq!(id, catalog.hash);
    assert_eq!(store.item_catalog(&id).expect("readable").as_ref(), Some(catalog));
    let rows = store.item_catalogs().expect("readable");
    let [row] = &rows[..] else { panic!("one list: {rows:?}") };
    assert_eq!((row.items as usize, row.imported_at), (catalog.items.len(), at(0)));
    assert_eq!((&row.id, row.pack.as_str(), &row.name), (&catalog.hash, "coffee", &catalog.name));
    assert_eq!((&row.currency, &row.price_unit), (&catalog.currency, &catalog.price_unit));
}

#[test]
fn a_list_keeps_every_digit_and_its_order() {
    check(&catalog());
}

#[test]
fn a_list_without_items_is_kept() {
    check(&list_of(vec![]));
}

#[test]
fn a_list_of_twenty_thousand_items_is_kept() {
    check(&list_of((0..20_000).map(|line| Item { line, ..item("a") }).collect()));
}

#[test]
fn the_same_list_replaces_itself() {
    let store = Store::open_in_memory().expect("a store");
    store.put_items("coffee", &catalog(), at(0)).expect("kept");
    let again = ItemCatalog { name: "again.csv".into(), items: vec![item("z")], ..catalog() };
    store.put_items("tea", &again, at(1)).expect("kept");
    assert_eq!(store.item_catalog("c0ffee").expect("readable"), Some(again));
    assert_eq!(store.item_catalogs().expect("readable").len(), 1);
    let mentions = condition(Field::AnyText, Test::Mentions(vec!["special".into()]));
    let found = store.filter_items("c0ffee", &[mentions], &Sort::Relevance, 9).expect("readable");
    assert_eq!(found, Matches { positions: vec![0], total: 1, missed: vec![0] });
}

#[test]
fn lists_are_shown_newest_first() {
    let store = Store::open_in_memory().expect("a store");
    for (hash, pack, seconds) in [("1", "coffee", 0), ("2", "ikea", 9), ("3", "coffee", 5)] {
        store.put_items(pack, &ItemCatalog { hash: hash.into(), ..catalog() }, at(seconds)).expect("kept");
    }
    let rows = store.item_catalogs().expect("readable");
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["2", "3", "1"]);
    assert_eq!(store.item_catalog("missing").expect("readable"), None);
    let of_missing = store.filter_items("missing", &[], &Sort::Relevance, 9).expect("readable");
    assert_eq!(of_missing, Matches::default());
}

#[test]
fn a_list_that_does_not_fit_is_not_kept_at_all() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("sextant.db");
    let options = StoreOptions { size_limit_bytes: Some(700 << 10), ..StoreOptions::default() };
    let store = Store::open_with(&path, &options).expect("a small file");
    store.put_items("coffee", &catalog(), at(0)).expect("there is room");
    let long = ItemCatalog { items: vec![item("a"); 5000], ..catalog() };
    let error = store.put_items("coffee", &long, at(1)).expect_err("no room");
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    assert_eq!(store.item_catalog("c0ffee").expect("readable"), Some(catalog()), "the earlier one stays");
}

/// Rows of every table but the database's own and the inner ones of an index.
fn rows_by_table(path: &Path) -> Vec<(String, i64)> {
    let connection = rusqlite::Connection::open(path).expect("the file");
    let mut query = connection
        .prepare("SELECT name FROM pragma_table_list WHERE type IN ('table', 'virtual') AND schema = 'main'")
        .expect("tables");
    let names: Vec<String> =
        query.query_map([], |row| row.get(0)).expect("names").map(|name| name.expect("a name")).collect();
    let count = |name: String| {
        let rows = connection
            .query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0))
            .expect("a count");
        (name, rows)
    };
    names.into_iter().filter(|name| !name.starts_with("sqlite_")).map(count).collect()
}

#[test]
fn nothing_of_a_deleted_list_stays() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("sextant.db");
    let store = Store::open(&path).expect("a new file");
    let empty = rows_by_table(&path);
    store.put_items("coffee", &catalog(), at(0)).expect("kept");
    assert_ne!(rows_by_table(&path), empty);
    store.delete_items("c0ffee").expect("deleted");
    store.delete_items("c0ffee").expect("nothing to delete");
    assert_eq!(rows_by_table(&path), empty);
    let other = ItemCatalog { hash: "other".into(), items: vec![item("z")], ..catalog() };
    store.put_items("coffee", &other, at(1)).expect("kept");
    let words = condition(Field::AnyText, Test::Mentions(vec!["item a".into(), "special".into()]));
    let found = store.filter_items("other", &[words], &Sort::Relevance, 9).expect("readable");
    assert_eq!(found.positions, [0], "the words of the deleted list are not taken for the new one's");
}

#[test]
fn a_filter_gives_a_page_and_counts_all() {
    let store = Store::open_in_memory().expect("a store");
    let priced = |cents| Item { price: cents, ..item("a") };
    let prices = [Some(500), None, Some(100), Some(500), Some(900)].map(|cents| cents.map(Money::from_cents));
    store.put_items("coffee", &list_of(prices.map(priced).to_vec()), at(0)).expect("kept");
    let cheap = condition(Field::Price, Test::AtMost(decimal("5")));
    let by_price = |descending| Sort::By { field: Field::Price, descending };
    for (conditions, sort, limit, positions, total) in [
        (vec![], Sort::Relevance, 9, vec![0, 1, 2, 3, 4], 5),
        (vec![], by_price(false), 9, vec![2, 0, 3, 4, 1], 5),
        (vec![], by_price(true), 9, vec![4, 0, 3, 2, 1], 5),
        (vec![], by_price(true), 2, vec![4, 0], 5),
        (vec![], by_price(true), 0, vec![], 5),
        (vec![cheap.clone()], Sort::Relevance, 2, vec![0, 2], 3),
        (vec![cheap], by_price(false), usize::MAX, vec![2, 0, 3], 3),
    ] {
        let found = store.filter_items("c0ffee", &conditions, &sort, limit).expect("readable");
        assert_eq!((found.positions, found.total), (positions, total), "{conditions:?} {sort:?} {limit}");
    }
}

const TEXTS: [&str; 24] = [
    "",
    " ",
    "Tea",
    "tea ",
    " TEA",
    "green tea",
    "tea green",
    "Dried fruit; tea",
    "fruit-dried",
    "fruits",
    "ÉTÉ",
    "été",
    "İstanbul",
    "istanbul",
    "ΟΔΟΣ",
    "οδος",
    "ΟΔΟΣ'Α",
    "日本 茶",
    "straße",
    "a\"b* NEAR(c)",
    "¶",
    "★★★",
    "-1.50",
    "e\u{301}te\u{301}",
];

const NUMBERS: [&str; 14] = [
    "0",
    "-0.0",
    "1",
    "1.00",
    "-1",
    "-10",
    "-9.99",
    "9.99",
    "10",
    "9.990",
    "1.0000000000000000000000000001",
    "12345678901234567",
    "12345678901234568",
    "-79228162514264337593543950335",
];

const NAMES: [&str; 7] = ["Roast", "roast", " ROAST", "Größe", "GRÖßE", "price", "name"];

fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => select(&TEXTS[..]).prop_map(ToOwned::to_owned),
        2 => (select(&TEXTS[..]), select(&TEXTS[..])).prop_map(|(one, other)| format!("{one} {other}")),
        1 => "\\PC{0,8}",
        1 => any::<String>(),
    ]
}

fn numbers() -> impl Strategy<Value = Decimal> {
    select(&NUMBERS[..]).prop_map(decimal)
}

fn attributes() -> impl Strategy<Value = Attribute> {
    (select(&NAMES[..]), texts(), prop::option::of(numbers())).prop_map(|(name, text, number)| Attribute {
        name: name.into(),
        value: number.map_or(text, |number| number.to_string()),
        number,
        unit: String::new(),
    })
}

fn items() -> impl Strategy<Value = Item> {
    let cents = select(vec![-1000_i64, -100, 0, 100, 999, 1000, i64::MAX]);
    (
        (texts(), texts(), texts(), texts()),
        prop::option::of(cents),
        prop::option::of(numbers()),
        prop::collection::vec(attributes(), 0..4),
    )
        .prop_map(|((name, brand, category, description), cents, rating, attributes)| Item {
            id: ItemId(String::new()),
            name,
            brand,
            category,
            price: cents.map(Money::from_cents),
            rating,
            description,
            attributes,
            line: 0,
        })
}

fn fields() -> impl Strategy<Value = Field> {
    prop_oneof![
        Just(Field::Name),
        Just(Field::Brand),
        Just(Field::Category),
        Just(Field::Price),
        Just(Field::Rating),
        Just(Field::AnyText),
        select(&NAMES[..]).prop_map(|name| Field::Attribute(name.into())),
        select(&NAMES[..]).prop_map(|name| Field::Attribute(name.into())),
    ]
}

fn conditions() -> impl Strategy<Value = Condition> {
    let test = prop_oneof![
        numbers().prop_map(Test::AtMost),
        numbers().prop_map(Test::Below),
        numbers().prop_map(Test::AtLeast),
        numbers().prop_map(Test::Above),
        numbers().prop_map(Test::Is),
        prop::collection::vec(texts(), 0..3).prop_map(Test::OneOf),
        prop::collection::vec(texts(), 0..3).prop_map(Test::OneOf),
        prop::collection::vec(texts(), 0..3).prop_map(Test::Mentions),
        prop::collection::vec(texts(), 0..3).prop_map(Test::Mentions),
    ];
    (fields(), test, any::<bool>()).prop_map(|(field, test, negated)| Condition {
        field,
        test,
        negated,
        label: String::new(),
    })
}

fn sorts() -> impl Strategy<Value = Sort> {
    prop_oneof![
        Just(Sort::Relevance),
        (fields(), any::<bool>()).prop_map(|(field, descending)| Sort::By { field, descending }),
    ]
}

/// What a filter is to find, by the domain's rule and a stable sort.
fn expected(items: &[Item], conditions: &[Condition], sort: &Sort, limit: usize) -> Matches {
    let mut met: Vec<(u32, &Item)> = (0..)
        .zip(items)
        .filter(|(_, item)| conditions.iter().all(|condition| condition.is_met_by(item)))
        .collect();
    if let Sort::By { field, descending } = sort {
        met.sort_by(|(_, one), (_, other)| match (field.number(one), field.number(other)) {
            (Some(one), Some(other)) if *descending => other.cmp(&one),
            (Some(one), Some(other)) => one.cmp(&other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
    }
    let total = u32::try_from(met.len()).expect("a short list");
    let positions = met.into_iter().take(limit).map(|(position, _)| position).collect();
    let misses = |item: &Item| conditions.iter().filter(|condition| !condition.is_met_by(item)).count();
    let missed =
        items.iter().filter(|_| !conditions.is_empty()).map(|item| u8::try_from(misses(item)).expect("few"));
    Matches { positions, total, missed: missed.collect() }
}

#[test]
fn a_filter_finds_what_the_domains_rule_accepts() {
    let store = Store::open_in_memory().expect("a store");
    let cases = (
        prop::collection::vec(items(), 0..70),
        prop::collection::vec((prop::collection::vec(conditions(), 0..3), sorts(), 0_usize..80), 60),
    );
    let config = ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |((items, queries) in cases)| {
        store.put_items("coffee", &list_of(items.clone()), at(0)).expect("kept");
        for (conditions, sort, limit) in queries {
            let found = store.filter_items("c0ffee", &conditions, &sort, limit).expect("readable");
            let expected = expected(&items, &conditions, &sort, limit);
            prop_assert_eq!(found, expected, "{:?} {:?} {}", conditions, sort, limit);
        }
    });
}
