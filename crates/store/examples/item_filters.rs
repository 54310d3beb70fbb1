//! What filters take: `cargo run -p sextant-store --example item_filters`.
//!
//! Makes lists of 1,167, 3,694 and 50,000 items with eight attributes and long texts, and prints how long it
//! takes to keep and to read each, its size, and for twenty usual filters the median and the 95th percentile
//! of a hundred. The target is 10 milliseconds at 50,000. Asserts nothing.

use std::fs;
use std::hint::black_box;
use std::time::{Instant, SystemTime};

use rust_decimal::Decimal;
use sextant_domain::{Attribute, Condition, Field, Item, ItemCatalog, ItemId, Money, Sort, Test};
use sextant_store::{Store, percentile_nearest_rank};

const SAMPLES: usize = 100;

const ROASTS: [&str; 5] = ["Light", "Medium-Light", "Medium", "Medium-Dark", "Dark"];
const COUNTRIES: [&str; 8] =
    ["Ethiopia", "Kenya", "Colombia", "Brazil", "Guatemala", "Sumatra", "Panama", "Costa Rica"];
/// The most frequent words; further ones have numbers.
const WORDS: [&str; 24] = [
    "crisp",
    "sweetly",
    "tart",
    "dried",
    "hibiscus",
    "musk",
    "almond",
    "sandalwood",
    "raspberry",
    "aroma",
    "cup",
    "structure",
    "acidity",
    "buoyant",
    "satiny",
    "smooth",
    "mouthfeel",
    "finish",
    "floral",
    "cocoa",
    "cedar",
    "honey",
    "citrus",
    "zest",
];

fn main() {
    for items in [1_167, 3_694, 50_000] {
        measure(items);
    }
}

fn measure(count: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("items.db");
    let store = Store::open(&path).expect("a store");
    let mut random = Random(7);
    let items = (0..count).map(|number| item(number, &mut random)).collect();
    let catalog = ItemCatalog {
        name: "items.csv".into(),
        hash: "list".into(),
        currency: "USD".into(),
        price_unit: String::new(),
        items,
    };
    let put = took(|| store.put_items("coffee", &catalog, SystemTime::UNIX_EPOCH).map(drop).expect("kept"));
    let read = took(|| drop(black_box(store.item_catalog("list").expect("readable"))));
    drop(store);
    let megabytes = fs::metadata(&path).map_or(0, |file| file.len()) / 1_000_000;
    println!("{count} items: kept in {put:.0} ms, read in {read:.0} ms, {megabytes} MB");

    let store = Store::open(&path).expect("a store");
    for (name, conditions, sort) in queries() {
        let mut found = 0;
        let started_cpu = cpu_ms();
        let mut samples: Vec<f64> = (0..SAMPLES)
            .map(|_| {
                took(|| {
                    let matches = store.filter_items("list", &conditions, &sort, 50).expect("readable");
                    found = black_box(matches).total;
                })
            })
            .collect();
        let cpu = (cpu_ms() - started_cpu) / 100.0;
        samples.sort_by(f64::total_cmp);
        let at = |percent| percentile_nearest_rank(&samples, percent).unwrap_or(f64::NAN);
        let (p50, p95) = (at(50.0), at(95.0));
        println!("  {name:36} p50 {p50:6.2} p95 {p95:6.2}  processor {cpu:6.2}  {found:6} items");
    }
    let again = took(|| store.put_items("coffee", &catalog, SystemTime::UNIX_EPOCH).map(drop).expect("kept"));
    let deleted = took(|| store.delete_items("list").expect("deleted"));
    println!("  kept again in {again:.0} ms, deleted in {deleted:.0} ms");
}

fn queries() -> Vec<(&'static str, Vec<Condition>, Sort)> {
    let is = |field: &Field, test: Test| Condition {
        field: field.clone(),
        test,
        negated: false,
        label: String::new(),
    };
    let not = |condition: Condition| Condition { negated: true, ..condition };
    let number = |text: &str| text.parse::<Decimal>().expect("a decimal");
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let attribute = |name: &str| Field::Attribute(name.into());
    let (roast, country, weight) = (attribute("roast"), attribute("country"), attribute("weight"));
    let cheap = is(&Field::Price, Test::Below(number("20")));
    let dear = is(&Field::Price, Test::AtLeast(number("5")));
    let good = is(&Field::Rating, Test::AtLeast(number("95")));
    let light = is(&roast, Test::OneOf(words(&["light", "medium-light"])));
    let ethiopian = is(&country, Test::OneOf(words(&["Ethiopia"])));
    let honey = is(&Field::AnyText, Test::Mentions(words(&["honey"])));
    let phrase = is(&Field::AnyText, Test::Mentions(words(&["dried hibiscus", "cocoa cedar"])));
    let by_price = || Sort::By { field: Field::Price, descending: false };
    let best = || Sort::By { field: Field::Rating, descending: true };
    vec![
        ("everything", vec![], Sort::Relevance),
        ("everything, cheapest first", vec![], by_price()),
        ("price below 20", vec![cheap.clone()], Sort::Relevance),
        ("price below 20, best first", vec![cheap.clone()], best()),
        ("price between 5 and 20", vec![cheap.clone(), dear.clone()], Sort::Relevance),
        ("rating at least 95", vec![good.clone()], Sort::Relevance),
        ("rating at least 95, cheapest first", vec![good.clone()], by_price()),
        ("light roast", vec![light.clone()], Sort::Relevance),
        ("Ethiopian", vec![ethiopian.clone()], Sort::Relevance),
        ("not Ethiopian", vec![not(ethiopian.clone())], Sort::Relevance),
        ("Ethiopian, light, below 20", vec![ethiopian.clone(), light.clone(), cheap.clone()], by_price()),
        (
            "the same, not floral, well rated",
            vec![
                ethiopian.clone(),
                light.clone(),
                cheap.clone(),
                not(is(&Field::AnyText, Test::Mentions(words(&["floral"])))),
                good.clone(),
            ],
            best(),
        ),
        ("brand", vec![is(&Field::Brand, Test::OneOf(words(&["roaster 17"])))], by_price()),
        ("name mentions", vec![is(&Field::Name, Test::Mentions(words(&["kenya"])))], Sort::Relevance),
        ("a rare word", vec![is(&Field::AnyText, Test::Mentions(words(&["item77"])))], Sort::Relevance),
        ("a common word", vec![honey.clone()], Sort::Relevance),
        ("no common word", vec![not(honey)], Sort::Relevance),
        ("a phrase or another", vec![phrase], Sort::Relevance),
        ("an attribute mentions", vec![is(&attribute("region"), Test::Mentions(words(&["zone 4"])))], best()),
        ("weight is exactly", vec![is(&weight, Test::Is(number("250")))], by_price()),
        ("not light", vec![not(light)], by_price()),
    ]
}

fn item(number: u32, random: &mut Random) -> Item {
    let country = random.of(&COUNTRIES);
    let text: Vec<String> = (0..90).map(|_| random.word()).collect();
    let short = |name: &str, value: String| Attribute {
        name: name.into(),
        number: value.parse().ok(),
        value,
        unit: String::new(),
    };
    let weight = [100, 250, 340, 500][random.below(4)];
    Item {
        id: ItemId(number.to_string()),
        name: format!("{country} item{number}"),
        brand: format!("Roaster {}", random.below(200)),
        category: "coffee".into(),
        price: (random.below(20) > 0)
            .then(|| Money::from_cents(i64::try_from(random.below(6000)).unwrap_or(0))),
        rating: (random.below(10) > 0).then(|| Decimal::from(80 + random.below(19))),
        description: text.join(" "),
        attributes: vec![
            short("Roast", random.of(&ROASTS).to_owned()),
            short("Country", country.to_owned()),
            short("Region", format!("Zone {} of {country}", random.below(60))),
            short("Weight", weight.to_string()),
            short("Altitude", (1000 + random.below(1200)).to_string()),
            short("Year", (2010 + random.below(15)).to_string()),
            short("Process", ["Washed", "Natural", "Honey"][random.below(3)].to_owned()),
            short("Variety", format!("Variety {}", random.below(5000))),
        ],
        line: u64::from(number) + 2,
    }
}

/// In milliseconds.
fn took(work: impl FnOnce()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_secs_f64() * 1e3
}

/// Of this thread, which others on the machine don't lengthen; zero where the system doesn't tell.
fn cpu_ms() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|number| number.parse::<f64>().ok());
    nanos.unwrap_or_default() / 1e6
}

/// Splitmix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((bits ^ (bits >> 31)) >> 33).unwrap_or(0) % bound
    }

    /// A few words are in most texts, and most of five thousand are in few.
    fn word(&mut self) -> String {
        let rank = (0..3).map(|_| self.below(5000)).min().unwrap_or(0);
        WORDS.get(rank / 8).map_or_else(|| format!("word{rank}"), |word| (*word).to_owned())
    }

    fn of<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}
