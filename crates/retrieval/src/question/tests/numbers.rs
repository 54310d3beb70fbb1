//! Demands on prices, ratings and other figures.

use super::{COFFEE, FURNITURE, PLANS, check};
use crate::question::Context;

#[test]
fn a_price_has_an_upper_end() {
    check(
        &COFFEE,
        &[
            ("coffee under $20", "search price<20"),
            ("coffees below 20 dollars", "search price<20"),
            ("something less than 20", "search price<20"),
            ("at most 20 please", "search price<=20"),
            ("coffee up to $4.50", "search price<=4.5"),
            ("no more than 6 bucks", "search price<=6"),
            ("coffee for not more than $6", "search price<=6"),
            ("max 20", "search price<=20"),
            ("coffee, 20 or less", "search price<=20"),
            ("20 dollars max for a coffee", "search price<=20"),
            ("cheaper than 5", "search price<5"),
            ("I don't want to pay more than 6 dollars for my coffee", "search price<=6"),
            ("nothing over $20 please", "search price<=20"),
            ("coffee not over ten dollars", "search price<=10"),
            ("my budget is $5", "search price<=5"),
            ("coffee within a budget of 7 dollars", "search price<=7"),
            ("< $8", "search price<8"),
            ("a coffee for $5", "search price<=5"),
            ("twenty dollars or less", "search price<=20"),
            ("COFFEE UNDER FIVE DOLLARS!!!", "search price<5"),
            ("coffee that costs less than 50 cents", "search price<0.5"),
            ("coffee under $50 per kilo", "search price<5"),
            ("coffee under $5 per 100g", "search price<5"),
        ],
    );
}

#[test]
fn a_price_has_a_lower_end_or_both() {
    check(
        &COFFEE,
        &[
            ("coffees over $10", "search price>10"),
            ("at least 5 dollars", "search price>=5"),
            ("not less than $5", "search price>=5"),
            ("coffee between 10 and 20", "search price>=10 price<=20"),
            ("10-20 $", "search price>=10 price<=20"),
            ("$4 - $6 coffees", "search price>=4 price<=6"),
            ("from 4 to 6 dollars", "search price>=4 price<=6"),
            ("coffee around 15", "search price>=12.75 price<=17.25"),
            ("about $6 a bag", "search price>=5.1 price<=6.9 | words bag"),
            ("coffee over $4 but under $6", "search price>4 price<6"),
        ],
    );
}

#[test]
fn amounts_are_read_in_the_lists_currency_and_either_spelling() {
    check(
        &FURNITURE,
        &[
            ("SAR 500 or less", "search price<=500"),
            ("sofas under 500 riyals", "search price<500 category=Sofas & armchairs | words sofas"),
            ("desk under 1,299.50", "search price<1299.5 category=Tables & desks | words desk"),
            ("desk under 1.299,50", "search price<1299.5 category=Tables & desks | words desk"),
            ("desk under 1.299", "search price<1299 category=Tables & desks | words desk"),
            ("beds below 2k", "search price<2000 category=Beds"),
            ("beds up to $20k", "search price<=20000 category=Beds"),
            ("two thousand riyals at most", "search price<=2000"),
            ("beds under 20 bucks", "search price<20 category=Beds"),
        ],
    );
}

#[test]
fn ratings_are_told_from_prices() {
    check(
        &COFFEE,
        &[
            ("rated 95 or higher", "search rating>=95"),
            ("95+ points", "search rating>=95"),
            ("coffee with 95+ points", "search rating>=95"),
            ("coffees above 4 stars", "search rating>4"),
            ("a rating of at least 93", "search rating>=93"),
            ("rating above 90 and price under 5", "search rating>90 price<5"),
            ("scored between 92 and 94", "search rating>=92 rating<=94"),
            ("94 or better", "search rating>=94"),
            ("not less than 90 points", "search rating>=90"),
            ("coffee under 6 rated over 93", "search price<6 rating>93"),
            ("coffees rated 95", "search rating=95"),
        ],
    );
}

#[test]
fn figures_with_units_find_their_field() {
    check(
        &FURNITURE,
        &[
            (
                "bookcase wider than 80 cm",
                "search width>80 category=Bookcases & shelving units | words bookcase",
            ),
            ("no taller than 1.2 m", "search height<=120"),
            ("a desk at least 120 cm wide", "search width>=120 category=Tables & desks | words desk"),
            (
                "desk with a width between 70 and 90 cm",
                "search width>=70 width<=90 category=Tables & desks | words desk",
            ),
            ("desk with at least 3 drawers", "search category=Tables & desks | words 3 drawers desk"),
            ("height under 100 cm", "search height<100"),
            ("beds not wider than 160cm", "search width<=160 category=Beds"),
            (
                "shelf less than 30 cm deep",
                "search depth<30 category=Bookcases & shelving units | words shelf",
            ),
            ("a bookcase 80 cm wide", "search width=80 category=Bookcases & shelving units | words bookcase"),
            (
                "table for 6 people",
                "search text~6 seat/6 seats/six seat/six seats category=Tables & desks | words table",
            ),
        ],
    );
    check(
        &PLANS,
        &[
            ("at least 50 % renewable", "search Renewable>=50"),
            ("plans with at least 50 percent green energy", "search Renewable>=50"),
            ("contract of at most 12 months", "search Contract<=12"),
            ("contracts shorter than two years", "search Contract<24"),
            ("a plan for a year or less", "search Contract<=12"),
            ("12 month plans", "search Contract=12"),
            ("12-month contract under $1,400 a year", "search Contract=12 price<1400"),
            ("exit fee under $200", "search Exit fee<200"),
            ("plans with an exit fee of at most 150 dollars", "search Exit fee<=150"),
            ("100% renewable plans", "search Renewable=100"),
            ("more than half", "out of scope"),
            ("renewable over 30 and contract no longer than 1 year", "search Renewable>30 Contract<=12"),
            ("plans longer than a year", "search Contract>12"),
            ("plan with no exit fee over $100", "search Exit fee<=100"),
            ("twelve months or less", "search Contract<=12"),
        ],
    );
}

#[test]
fn labels_are_what_a_person_would_read_on_a_chip() {
    let labels = |lexicon: &crate::question::Lexicon, question: &str| {
        let reading = lexicon.read(question, &Context::default());
        reading.conditions.into_iter().map(|condition| condition.label).collect::<Vec<_>>()
    };
    let cases: [(&crate::question::Lexicon, &str, &[&str]); 12] = [
        (&COFFEE, "coffee under $20", &["under $20"]),
        (&COFFEE, "coffee up to 4.5", &["at most $4.50"]),
        (&COFFEE, "rated 95 or higher", &["rated at least 95"]),
        (&COFFEE, "light roast not from Ethiopia", &["Light roast", "not Ethiopia"]),
        (&COFFEE, "coffee without chocolate notes", &["no chocolate"]),
        (&COFFEE, "coffee with wifi", &["with wifi"]),
        (&FURNITURE, "beds under 1299.5", &["Beds", "under SAR 1,299.50"]),
        (&FURNITURE, "wider than 80 cm", &["over 80 cm wide"]),
        (&PLANS, "at least 50 % renewable", &["at least 50 % renewable"]),
        (&PLANS, "contract of at most 12 months", &["contract at most 12 months"]),
        (&PLANS, "no exit fee", &["no exit fee"]),
        (&PLANS, "exit fee over 100", &["exit fee over $100"]),
    ];
    for (lexicon, question, expected) in cases {
        let mut read = labels(lexicon, question);
        let mut expected: Vec<String> = expected.iter().map(|label| (*label).to_owned()).collect();
        read.sort();
        expected.sort();
        assert_eq!(read, expected, "{question}");
    }
}
