//! What reading questions costs: `cargo run --release -p sextant-retrieval --example reading_speed [ITEMS]`.
//!
//! Prints how long a list's words take to learn and a question to read, medians and worst; asserts nothing.

use std::hint::black_box;
use std::time::{Duration, Instant};

use rust_decimal::Decimal;
use sextant_domain::{Attribute, Item, ItemCatalog, ItemId, Money};
use sextant_retrieval::question::{Context, Lexicon, QuestionRules};

const RULES: &str = include_str!("../../../assets/packs/retail/chat.toml");
const BUILDS: usize = 5;
const READS: usize = 200;
const WORDS_PER_TEXT: usize = 90;
const QUESTIONS: &[&str] = &[
    "light roast under $20, not from Ethiopia",
    "cheapest coffee by Brand 17 rated 90 or higher",
    "how much is Morning Kito 4711?",
    "Which fruity coffees without chocolate notes cost less than 12 dollars and come from Kenya or Peru?",
    "what's the weather in Berlin",
    "thanks a lot!",
    "coffe from Etiopia",
];

fn main() {
    let items = std::env::args().nth(1).and_then(|items| items.parse().ok()).unwrap_or(50_000);
    let rules = QuestionRules::parse(RULES).expect("the pack's rules");
    let catalog = catalog(items);
    let mut builds: Vec<Duration> = (0..BUILDS)
        .map(|_| {
            let start = Instant::now();
            black_box(Lexicon::new(&rules, &catalog));
            start.elapsed()
        })
        .collect();
    print("learn", &format!("{items} records"), &mut builds);
    let lexicon = Lexicon::new(&rules, &catalog);
    let long =
        "I would like to know whether there is a light roast under $20 that isn't from Ethiopia. ".repeat(30);
    for question in QUESTIONS.iter().copied().chain([long.as_str()]) {
        let mut reads: Vec<Duration> = (0..READS)
            .map(|_| {
                let start = Instant::now();
                black_box(lexicon.read(question, &Context::default()));
                start.elapsed()
            })
            .collect();
        print("read", &question.chars().take(60).collect::<String>(), &mut reads);
    }
}

fn print(what: &str, of: &str, samples: &mut [Duration]) {
    samples.sort_unstable();
    let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
    let (median, worst) = (samples[samples.len() / 2], samples[samples.len() - 1]);
    println!("{what:5} {:9.3} ms median {:9.3} ms worst  n={:3}  {of}", ms(median), ms(worst), samples.len());
}

/// Made-up coffees with as many names, makers, places and texts as real ones have.
fn catalog(items: usize) -> ItemCatalog {
    let mut random = fastrand::Rng::with_seed(7);
    let syllables = ["ka", "to", "mi", "re", "su", "lo", "ni", "ga", "pe", "da"];
    let word = |random: &mut fastrand::Rng, syllable_count: usize| -> String {
        (0..syllable_count).map(|_| syllables[random.usize(..syllables.len())]).collect()
    };
    let vocabulary: Vec<String> = (0..6_000).map(|index| word(&mut random, 2 + index % 4)).collect();
    let roasts = ["Light", "Medium-Light", "Medium", "Medium-Dark", "Dark"];
    let countries = ["Ethiopia", "Kenya", "Peru", "Colombia", "Guatemala", "Brazil"];
    let item = |index: usize| {
        let attribute = |name: &str, value: String| Attribute {
            name: name.to_owned(),
            value,
            number: None,
            unit: String::new(),
        };
        let country = countries[index % countries.len()];
        let text: Vec<&str> =
            (0..WORDS_PER_TEXT).map(|_| vocabulary[random.usize(..vocabulary.len())].as_str()).collect();
        let name = format!("Morning {} {index}", vocabulary[index % 5_000]);
        Item {
            id: ItemId(index.to_string()),
            name,
            brand: format!("Brand {} Coffee Roasters", index % 2_000),
            category: "coffee".to_owned(),
            price: Some(Money::from_cents(300 + i64::try_from(index % 4_000).unwrap_or_default())),
            rating: Some(Decimal::from(85 + index % 13)),
            description: text.join(" "),
            attributes: vec![
                attribute("roast", roasts[index % roasts.len()].to_owned()),
                attribute("origin_1", format!("{} Region", vocabulary[index % 900])),
                attribute("origin_2", format!("Southern {country}")),
            ],
            line: 2,
        }
    };
    let items: Vec<Item> = (0..items).map(item).collect();
    ItemCatalog {
        name: "made up".to_owned(),
        hash: String::new(),
        currency: "USD".to_owned(),
        price_unit: "per 100 g".to_owned(),
        items,
    }
}
