//! What people type in passing: parts that are counted, places that things stand at, countries that a list
//! doesn't have, slips, corrections, and words that end in something else than the list's.

use super::{COFFEE, FURNITURE, PLANS, check};

#[test]
fn parts_that_are_counted_are_demanded_with_their_number() {
    check(
        &FURNITURE,
        &[
            (
                "chest of 6 drawers",
                "search text~6 drawer/6 drawers/six drawer/six drawers category=Chests of drawers & drawer units | words chest",
            ),
            (
                "three-seat sofa",
                "search text~3 seat/3 seats/three seat/three seats category=Sofas & armchairs | words sofa",
            ),
            (
                "a sofa that seats three",
                "search text~3 seat/3 seats/three seat/three seats category=Sofas & armchairs | words sofa",
            ),
            ("show me 3 desks", "search category=Tables & desks | words 3 desks"),
            ("desk with at least 2 drawers", "search category=Tables & desks | words 2 drawers desk"),
        ],
    );
}

#[test]
fn where_a_thing_stands_is_no_thing_that_is_asked_for() {
    check(
        &FURNITURE,
        &[
            (
                "bookcase, it goes next to my bed",
                "search category=Bookcases & shelving units | words goes bookcase",
            ),
            ("desk for my bed", "search category=Tables & desks | words desk"),
            ("a bed or a sofa", "search category=Beds/Sofas & armchairs | words sofa"),
        ],
    );
}

#[test]
fn a_category_that_only_says_for_whom_may_be_said_in_any_text() {
    check(
        &FURNITURE,
        &[
            ("outdoor sofa", "search text~outdoor category=Sofas & armchairs | words outdoor sofa"),
            ("outdoor furniture", "search category=Outdoor furniture"),
        ],
    );
}

#[test]
fn a_country_that_no_record_comes_from_is_demanded() {
    check(
        &COFFEE,
        &[
            ("cuban coffee, strong", "search name+origin_1+origin_2~Cuba | words strong"),
            ("coffee from Italian roasters", "search roaster_country=Italy"),
            ("beans roasted in Italy", "search roaster_country=Italy"),
            ("Taiwanese-roasted coffee", "search roaster_country=Taiwan"),
            ("a coffee with Swiss chocolate", "search text~swiss chocolate/swiss chocolates"),
            ("anything but Cuban", "search !name+origin_1+origin_2~Cuba"),
        ],
    );
}

#[test]
fn unwanted_words_are_unwanted_in_all_forms() {
    check(
        &COFFEE,
        &[
            ("coffee that isn't natural processed", "search !text~natural/naturals"),
            ("nothing with cacao", "search !text~cacao/chocolate/cocoa/fudge/cacaos/chocolates/cocoas"),
            ("from anyone but JBC", "search !brand=JBC Coffee Roasters"),
        ],
    );
    check(
        &FURNITURE,
        &[
            (
                "desk without drawers or shelves",
                "search category=Tables & desks !text~drawers/drawer !text~shelves/shelf/shelfs | words desk",
            ),
            (
                "sofa, but not the washable ones",
                "search category=Sofas & armchairs !text~washable/washables | words sofa",
            ),
        ],
    );
}

#[test]
fn a_letter_left_out_or_two_swapped_are_mended_by_the_texts() {
    check(
        &COFFEE,
        &[
            ("something with rapsberry", "search | words raspberry"),
            ("coffee with molases", "search | words molasses"),
            ("coffee with cardamom", "search | words cardamom"),
        ],
    );
}

#[test]
fn who_corrects_himself_means_the_last_thing() {
    check(
        &FURNITURE,
        &[("show me beds... no sorry, sofas", "search category=Sofas & armchairs | words sofas")],
    );
}

#[test]
fn the_subject_of_a_comparison_is_compared() {
    check(
        &COFFEE,
        &[
            (
                "is Nano Challa cheaper than Kenya Gatugi AB?",
                "compare | up price | named c7 c2 | asked price",
            ),
            ("something cheaper than Kenya Gatugi AB", "search price<6.2"),
        ],
    );
}

#[test]
fn ranges_and_bounds_are_read_as_they_are_typed() {
    check(
        &FURNITURE,
        &[
            (
                "bookcases btw 200 and 400 SAR",
                "search price>=200 price<=400 category=Bookcases & shelving units | words bookcases",
            ),
            (
                "bookcase about 80 cm wide",
                "search width>=75.2 width<=84.8 category=Bookcases & shelving units | words bookcase",
            ),
            ("bed and less than 2000", "search price<2000 category=Beds"),
        ],
    );
    check(&PLANS, &[("exit fee max $100 and less than 24 months", "search Exit fee<=100 Contract<24")]);
}

#[test]
fn a_thing_that_no_text_has_is_demanded() {
    check(
        &FURNITURE,
        &[
            ("I look for a carpet, white, of pine", "search colour=White text~carpet/carpets | words pine"),
            ("dishwasher under 2000", "search price<2000 text~dishwasher/dishwashers"),
            (
                "I need a stylish desk under 2000",
                "search price<2000 category=Tables & desks | words stylish desk",
            ),
            ("I need something stylish under 2000", "search price<2000 | words stylish"),
        ],
    );
}

#[test]
fn a_side_may_stand_after_the_field_and_a_guess_after_the_price() {
    check(
        &FURNITURE,
        &[
            ("desk 100 cm wide at least", "search width>=100 category=Tables & desks | words desk"),
            ("a bed for 1800 or so", "search price>=1530 price<=2070 category=Beds"),
            (
                "bookcase 80 cm wide, at least 200 high",
                "search width=80 height>=200 category=Bookcases & shelving units | words bookcase",
            ),
        ],
    );
}

#[test]
fn letters_are_spelt_out_and_people_are_not_counted() {
    check(
        &FURNITURE,
        &[
            ("desk 4 my 2 boys", "search category=Tables & desks | words boys desk"),
            ("4 desks", "search category=Tables & desks | words 4 desks"),
        ],
    );
}

#[test]
fn a_remark_after_a_greeting_is_small_talk() {
    check(
        &COFFEE,
        &[
            ("Good morning! What a lovely rainy day to stay in, isn't it?", "greeting"),
            ("Hi! Hope your week is going well", "greeting"),
            ("Hello, something fruity for today", "search | words fruity"),
            ("is coffee bad for my heart", "out of scope"),
        ],
    );
}
