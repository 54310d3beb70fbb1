//! What must not differ between two wordings of one question, whatever was understood of them: their figures,
//! their negations, the currency they name, and the ends of a scale that they speak of.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::Serialize;

use super::draft::{longest_at, phrase_end};
use super::english;
use super::quantity::spelled;
use super::token::{Kind, Token, tokenize};

/// Of a question. Two with different marks are different questions; two with the same may be the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Marks {
    /// In order of size, those that stand twice twice; `twenty` is 20.
    pub figures: Vec<Decimal>,
    /// How often it says no.
    pub negations: usize,
    /// `$`, `bucks` and `USD` are one.
    pub currencies: BTreeSet<&'static str>,
    /// Whether more of something, less of it, or both.
    pub ends: BTreeSet<End>,
    /// What is compared, ordered or asked for: a price, a rating.
    pub scales: BTreeSet<&'static str>,
}

/// An end of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum End {
    More,
    Less,
}

/// Negations that the rules for demands don't read, because too much else can be meant.
const OTHER_NEGATIONS: &[&str] = &[
    "but", "cant", "cannot", "wont", "wouldnt", "couldnt", "hasnt", "havent", "didnt", "aint", "werent",
    "nobody", "none", "neednt", "unless", "outside",
];

/// Words in which `more` and `less` mean the other end, or none.
const ENDS_OF_PHRASES: &[(&str, Option<End>)] = &[
    ("at most", Some(End::Less)),
    ("at the most", Some(End::Less)),
    ("no more than", Some(End::Less)),
    ("not more than", Some(End::Less)),
    ("at least", Some(End::More)),
    ("at the least", Some(End::More)),
    ("no less than", Some(End::More)),
    ("not less than", Some(End::More)),
    ("or less", Some(End::Less)),
    ("or more", Some(End::More)),
    ("more about", None),
    ("any more", None),
    ("some more", None),
];

const MORE: &[&str] = &[
    "more",
    "most",
    "higher",
    "highest",
    "expensive",
    "dear",
    "dearer",
    "dearest",
    "pricy",
    "pricey",
    "pricier",
    "priciest",
    "costlier",
    "costliest",
    "costly",
    "larger",
    "largest",
    "bigger",
    "biggest",
    "longer",
    "longest",
    "taller",
    "tallest",
    "wider",
    "widest",
    "heavier",
    "heaviest",
    "better",
    "best",
    "top",
    "over",
    "above",
    "exceeding",
    "beyond",
    "maximum",
    "max",
    "descending",
    "greater",
    "greatest",
    "newest",
    "latest",
    "strongest",
    "high",
    "deeper",
    "deepest",
    "finest",
    "premium",
];

const LESS: &[&str] = &[
    "less",
    "least",
    "fewer",
    "fewest",
    "lower",
    "lowest",
    "cheap",
    "cheaper",
    "cheapest",
    "smaller",
    "smallest",
    "shorter",
    "shortest",
    "narrower",
    "narrowest",
    "lighter",
    "lightest",
    "worse",
    "worst",
    "under",
    "below",
    "minimum",
    "min",
    "ascending",
    "oldest",
    "earliest",
    "weakest",
    "low",
    "inexpensive",
    "affordable",
    "budget",
    "shallowest",
    "bottom",
];

const SCALES: &[(&str, &[&str])] = &[
    ("price", &["price", "priced", "prices", "cost", "costs", "costing", "pay", "charge", "charges"]),
    (
        "rating",
        &["rating", "ratings", "rated", "score", "scores", "scored", "stars", "points", "review", "reviews"],
    ),
    ("length", &["length", "long", "depth", "deep"]),
    ("width", &["width", "wide"]),
    ("height", &["height", "tall"]),
    ("weight", &["weight", "weigh", "weighs", "heavy"]),
    ("count", &["many", "count"]),
];

/// The marks of a question's first 2,000 characters.
#[must_use]
pub fn marks(question: &str) -> Marks {
    let tokens = tokenize(question);
    let mut figures = figures(&tokens);
    figures.sort_unstable();
    Marks {
        figures,
        negations: negations(&tokens),
        currencies: tokens.iter().filter_map(currency).collect(),
        ends: ends(&tokens),
        scales: tokens.iter().filter_map(scale).collect(),
    }
}

fn figures(tokens: &[Token]) -> Vec<Decimal> {
    let mut figures = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        if let Kind::Number { value, .. } = token.kind {
            figures.push(value.normalize());
            continue;
        }
        // `one` stands for a thing more often than for a figure, unless a figure goes on after it.
        let Some((value, end)) = spelled(tokens, at - 1) else { continue };
        if end > at || token.text != "one" {
            figures.push(value.into());
        }
        at = end;
    }
    figures
}

fn negations(tokens: &[Token]) -> usize {
    let longest = |at: usize, phrases: &[&'static str]| -> Option<usize> {
        phrases.iter().filter_map(|phrase| phrase_end(tokens, at, phrase)).max()
    };
    let (mut count, mut at) = (0, 0);
    while at < tokens.len() {
        if let Some(end) = longest(at, &english::NO_NEGATIONS) {
            at = end;
            continue;
        }
        let strong = longest(at, &english::STRONG_NEGATIONS).max(longest(at, OTHER_NEGATIONS));
        match strong.max(longest(at, &english::WEAK_NEGATIONS)) {
            Some(end) => {
                count += 1;
                at = end;
            }
            None => at += 1,
        }
    }
    count
}

fn ends(tokens: &[Token]) -> BTreeSet<End> {
    let (mut ends, mut at) = (BTreeSet::new(), 0);
    while let Some(token) = tokens.get(at) {
        if let Some((end, of_phrase)) = longest_at(tokens, at, ENDS_OF_PHRASES) {
            ends.extend(of_phrase);
            at = end;
            continue;
        }
        let text = token.text.as_str();
        if MORE.contains(&text) || token.is_sign('>') || token.is_sign('≥') {
            ends.insert(End::More);
        } else if LESS.contains(&text) || token.is_sign('<') || token.is_sign('≤') {
            ends.insert(End::Less);
        }
        at += 1;
    }
    ends
}

fn scale(token: &Token) -> Option<&'static str> {
    SCALES.iter().find(|(_, words)| words.contains(&token.text.as_str())).map(|(scale, _)| *scale)
}

fn currency(token: &Token) -> Option<&'static str> {
    Some(match token.text.as_str() {
        "$" | "usd" | "dollar" | "dollars" | "buck" | "bucks" => "USD",
        "€" | "eur" | "euro" | "euros" => "EUR",
        "£" | "gbp" | "pound" | "pounds" | "quid" | "sterling" => "GBP",
        "¥" | "jpy" | "yen" => "JPY",
        "₹" | "inr" | "rupee" | "rupees" => "INR",
        "sar" | "sr" | "riyal" | "riyals" | "rial" | "rials" | "﷼" => "SAR",
        "chf" | "franc" | "francs" => "CHF",
        "sek" | "krona" | "kronor" => "SEK",
        "nok" | "dkk" | "kroner" => "NOK or DKK",
        "cny" | "yuan" => "CNY",
        "aed" | "dirham" | "dirhams" => "AED",
        "cad" => "CAD",
        "aud" => "AUD",
        "nzd" => "NZD",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_negations_and_currencies_tell_questions_apart() {
        let same = [
            ("under $20", "cheaper than twenty bucks"),
            ("coffee without milk", "coffee with no milk"),
            ("two hundred and five", "205"),
            ("a sofa for twenty-five hundred", "a sofa for 2500"),
            ("which one is not bitter", "which isn't bitter"),
            ("why not a lamp", "a lamp"),
        ];
        for (one, other) in same {
            assert_eq!(marks(one), marks(other), "{one} and {other}");
        }
        let apart = [
            ("under $20", "under $200"),
            ("under $20", "under €20"),
            ("with arms", "without arms"),
            ("no exit fee", "exit fee"),
            ("two seats", "three seats"),
            ("not from Kenya", "from Kenya"),
            ("anyone but Reliant", "from Reliant"),
            ("which can't I buy online?", "which can I buy online?"),
            ("which costs the most?", "which costs the least?"),
            ("at least 3 seats", "at most 3 seats"),
            ("by rating", "by price"),
            ("how many are there?", "which are there?"),
        ];
        for (one, other) in apart {
            assert_ne!(marks(one), marks(other), "{one} and {other}");
        }
    }
}
