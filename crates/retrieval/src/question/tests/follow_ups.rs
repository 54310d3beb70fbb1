//! Questions that go on from the one before.

use sextant_domain::{ItemId, Reading};

use super::{COFFEE, FURNITURE, PLANS, check_in, line};
use crate::question::{Context, Lexicon};

fn ids(ids: &[&str]) -> Vec<ItemId> {
    ids.iter().map(|id| ItemId((*id).to_owned())).collect()
}

fn check_after(lexicon: &Lexicon, before: &str, shown: &[&str], cases: &[(&str, &str)]) {
    let previous: Reading = lexicon.read(before, &Context::default());
    let shown = ids(shown);
    let context = Context { previous: Some(&previous), shown: &shown, documents: false };
    check_in(lexicon, &context, cases);
}

#[test]
fn a_demand_is_added_or_takes_the_place_of_the_one_it_contradicts() {
    check_after(
        &COFFEE,
        "light roast from Ethiopia under $6",
        &["c1", "c6"],
        &[
            ("a cheaper one", "search roast=Light name+origin_1+origin_2~Ethiopia price<5.14"),
            ("something cheaper?", "search roast=Light name+origin_1+origin_2~Ethiopia price<5.14"),
            (
                "and without jasmine notes?",
                "search price<6 roast=Light name+origin_1+origin_2~Ethiopia !text~jasmine/jasmines",
            ),
            ("what about medium roast?", "search price<6 name+origin_1+origin_2~Ethiopia roast=Medium"),
            ("under $10 then", "search roast=Light name+origin_1+origin_2~Ethiopia price<10"),
            ("only from Kenya", "search price<6 roast=Light name+origin_1+origin_2~Kenya"),
            ("and rated above 92", "search price<6 roast=Light name+origin_1+origin_2~Ethiopia rating>92"),
            ("not from Ethiopia", "search price<6 roast=Light !name+origin_1+origin_2~Ethiopia"),
            ("the cheapest one", "search price<6 roast=Light name+origin_1+origin_2~Ethiopia | up price"),
            ("show me more", "search price<6 roast=Light name+origin_1+origin_2~Ethiopia"),
            (
                "how about JBC?",
                "search price<6 roast=Light name+origin_1+origin_2~Ethiopia brand=JBC Coffee Roasters",
            ),
            (
                "with citrus notes",
                "search price<6 roast=Light name+origin_1+origin_2~Ethiopia | words citrus",
            ),
            ("a better rated one", "search price<6 roast=Light name+origin_1+origin_2~Ethiopia rating>93"),
        ],
    );
    check_after(
        &FURNITURE,
        "white desks under 400",
        &["f7"],
        &[
            (
                "what about bookcases?",
                "search price<400 colour=White category=Bookcases & shelving units | words bookcases",
            ),
            ("in black", "search price<400 category=Tables & desks colour=Black | words desks"),
            ("wider ones", "search price<400 category=Tables & desks colour=White width>73 | words desks"),
            ("cheaper than that", "search category=Tables & desks colour=White price<349 | words desks"),
        ],
    );
    check_after(
        &PLANS,
        "how many plans have no exit fee?",
        &["p3"],
        &[("and with at least 50 % renewable?", "count Exit fee=0 Renewable>=50")],
    );
}

#[test]
fn a_question_with_a_thing_of_its_own_starts_anew() {
    check_after(
        &FURNITURE,
        "white desks under 400",
        &["f7"],
        &[
            ("show me sofas", "search category=Sofas & armchairs | words sofas"),
            ("I need a bed under 2000", "search price<2000 category=Beds"),
            ("thanks!", "thanks"),
            ("what's the weather like", "out of scope"),
        ],
    );
}

#[test]
fn what_was_shown_can_be_pointed_to() {
    check_after(
        &COFFEE,
        "light roast",
        &["c1", "c6", "c7"],
        &[
            ("the second one", "details | named c6"),
            ("tell me about the first one", "details | named c1"),
            ("the last one", "details | named c7"),
            ("number 2", "details | named c6"),
            ("how much is it?", "details | named c1 | asked price"),
            ("how much is the third one?", "details | named c7 | asked price"),
            ("who makes it", "details | named c1 | asked brand"),
            ("where is it from?", "details | named c1 | asked origin_1, origin_2"),
            ("what roast is that?", "details | named c1 | asked roast"),
            ("tell me more about it", "details | named c1"),
            ("compare the first and the third", "compare | named c1 c7"),
            ("compare them", "compare | named c1 c6 c7"),
            ("which is the cheapest?", "compare | up price | named c1 c6 c7 | asked price"),
            ("which of them is rated highest?", "compare | down rating | named c1 c6 c7 | asked rating"),
            ("what's the price?", "details | named c1 | asked price"),
            ("how much are they", "details | named c1 c6 c7 | asked price"),
        ],
    );
    check_after(
        &COFFEE,
        "how much is Nano Challa",
        &["c7"],
        &[
            ("and the rating?", "details | named c7 | asked rating"),
            ("and Kayon Mountain?", "details | named c1 | asked price"),
            ("a cheaper one", "search price<5.6"),
        ],
    );
}

#[test]
fn without_a_question_before_nothing_is_pointed_to() {
    for question in ["the second one", "a cheaper one", "how much is it?", "compare them", "more"] {
        let reading = COFFEE.read(question, &Context::default());
        assert!(reading.named.is_empty() && reading.conditions.is_empty(), "{question}: {}", line(&reading));
    }
}
