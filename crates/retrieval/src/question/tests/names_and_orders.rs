//! Records by name, what is asked of them, comparisons, counts, and the order of what is found.

use super::{COFFEE, FURNITURE, PLANS, check};

#[test]
fn a_named_record_is_looked_up() {
    check(
        &COFFEE,
        &[
            ("how much is Kayon Mountain?", "details | named c1 | asked price"),
            ("How much does the Ethiopia Kayon Mountain cost?", "details | named c1 | asked price"),
            ("what roast is Nano Challa", "details | named c7 | asked roast"),
            ("who makes Nano Challa?", "details | named c7 | asked brand"),
            ("who roasts the Midnight Espresso", "details | named c9 | asked brand"),
            ("tell me about Kenya Gatugi AB", "details | named c2"),
            ("Kona from Red Rooster", "details | named c3"),
            ("how much is the Kona by Hula Daddy", "details | named c4 | asked price"),
            ("tell me about House Blend", "details | named c5"),
            ("is Nano Challa a light roast?", "details | named c7 | asked roast"),
            ("what is the rating of Colombia Huila?", "details | named c10 | asked rating"),
            ("where does Nano Challa come from", "details | named c7 | asked origin_1, origin_2"),
            ("nano challa", "details | named c7"),
        ],
    );
    check(
        &FURNITURE,
        &[
            ("how wide is the KALLAX?", "details | named f3 | asked width"),
            ("is Strandmon sellable online?", "details | named f5 | asked sellable_online"),
            ("who designed BEKANT", "details | named f8 | asked brand"),
            ("how much is BILLY", "details | named f1 f2 | asked price"),
            (
                "white billy bookcase under 300",
                "search price<300 category=Bookcases & shelving units colour=White name~BILLY | named f1 f2 \
                 | words bookcase",
            ),
            ("how tall is solleron", "details | named f10 | asked height"),
        ],
    );
    check(
        &PLANS,
        &[
            ("does Sunny Nights 12 have an exit fee?", "details | named p4 | asked Exit fee"),
            ("how long is the contract of Simple Saver 24", "details | named p2 | asked Contract"),
            ("how green is Breeze 12?", "details | named p1 | asked Renewable"),
            ("who sells Index Plus", "details | named p5 | asked brand"),
        ],
    );
}

#[test]
fn a_name_that_is_an_ordinary_word_needs_its_place() {
    check(
        &COFFEE,
        &[
            ("coffee from Ethiopia", "search name+origin_1+origin_2~Ethiopia"),
            ("coffee of one origin", "vague"),
            ("coffee by Origin", "search brand=Origin Coffee Roasters"),
        ],
    );
}

#[test]
fn records_are_compared() {
    check(
        &COFFEE,
        &[
            ("compare Nano Challa and Kayon Mountain", "compare | named c7 c1"),
            ("Nano Challa vs Midnight Espresso", "compare | named c7 c9"),
            (
                "which is cheaper, Nano Challa or Kayon Mountain?",
                "compare | up price | named c7 c1 | asked price",
            ),
            ("what is the difference between Kenya Gatugi AB and Colombia Huila", "compare | named c2 c10"),
            ("cheaper than Kayon Mountain", "search price<5.14"),
        ],
    );
    check(
        &FURNITURE,
        &[
            ("compare BILLY with KALLAX", "compare | named f1 f2 f3"),
            ("which is wider, MICKE or BEKANT", "compare | down width | named f7 f8 | asked width"),
            ("desks wider than MICKE", "search width>73 category=Tables & desks | words desks"),
        ],
    );
    check(
        &PLANS,
        &[(
            "Breeze 12 or Sunny Nights 12: which has the lower exit fee?",
            "compare | up Exit fee | named p1 p4 | asked Exit fee",
        )],
    );
}

#[test]
fn records_are_counted() {
    check(
        &COFFEE,
        &[
            ("how many light roasts under $5 are there?", "count price<5 roast=Light"),
            ("how many coffees from Kenya do you have", "count name+origin_1+origin_2~Kenya"),
            ("how many coffees are there?", "count"),
            ("number of coffees rated above 93", "count rating>93"),
            (
                "how many Ethiopian naturals are there",
                "count name+origin_1+origin_2~Ethiopia text~naturals/natural",
            ),
        ],
    );
    check(&PLANS, &[("how many plans have no exit fee?", "count Exit fee=0")]);
}

#[test]
fn superlatives_are_an_order() {
    check(
        &COFFEE,
        &[
            ("cheapest coffee", "search | up price"),
            ("the most expensive light roast", "search roast=Light | down price"),
            ("best rated coffee from Ethiopia", "search name+origin_1+origin_2~Ethiopia | down rating"),
            ("what is the best coffee?", "search | down rating"),
            ("top 3 light roasts", "search roast=Light | down rating"),
            ("highest rated coffee under $5", "search price<5 | down rating"),
            ("coffee with the lowest price", "search | up price"),
            ("light roasts sorted by price", "search roast=Light | up price"),
            ("sort light roasts by rating", "search roast=Light | down rating"),
            ("light roasts sorted by price, high to low", "search roast=Light | down price"),
            ("cheap dark roast", "search roast=Dark | up price"),
            ("not too expensive coffee from Kenya", "search name+origin_1+origin_2~Kenya | up price"),
            ("least expensive coffee", "search | up price"),
            ("worst rated coffee", "search | up rating"),
            ("the 5 cheapest coffees", "search | up price"),
            ("highly rated coffees", "search | down rating"),
        ],
    );
    check(
        &FURNITURE,
        &[
            ("widest desk", "search category=Tables & desks | down width | words desk"),
            ("cheapest white desk", "search category=Tables & desks colour=White | up price | words desk"),
            (
                "the narrowest bookcase",
                "search category=Bookcases & shelving units | up width | words bookcase",
            ),
            ("tallest bookcase", "search category=Bookcases & shelving units | down height | words bookcase"),
            ("best sofa", "search category=Sofas & armchairs | words sofa"),
        ],
    );
    check(
        &PLANS,
        &[
            ("greenest plan", "search | down Renewable"),
            ("lowest exit fee", "search | up Exit fee"),
            ("plan with the shortest contract", "search | up Contract"),
            ("cheapest plan without exit fee", "search Exit fee=0 | up price"),
            ("cheapest green plan", "search Renewable>=50 | up price"),
            ("plan with a low exit fee", "search | up Exit fee"),
            ("longest contract", "search | down Contract"),
        ],
    );
}
