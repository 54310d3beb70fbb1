//! What is left out: places of all kinds, names said again, what is too much, and what things have about them.

use super::{COFFEE, FURNITURE, check};

#[test]
fn a_place_outside_is_left_out() {
    check(
        &COFFEE,
        &[
            (
                "coffees roasted outside the United States and Taiwan",
                "search !roaster_country=United States !roaster_country=Taiwan",
            ),
            ("roasters outside of the US", "search !roaster_country=United States"),
            ("roasted anywhere except Taiwan", "search !roaster_country=Taiwan"),
        ],
    );
}

#[test]
fn a_part_of_the_world_stands_for_its_countries() {
    check(
        &COFFEE,
        &[
            ("African coffees", "search name+origin_1+origin_2~Ethiopia/Kenya"),
            ("anything not from Africa", "search !name+origin_1+origin_2~Ethiopia/Kenya"),
            ("coffee from Central America", "search name+origin_1+origin_2~El Salvador"),
            ("roasters in Asia", "search roaster_country=Taiwan"),
        ],
    );
}

#[test]
fn a_people_before_roasters_says_who_roasts() {
    check(
        &COFFEE,
        &[
            ("coffees from Taiwanese roasters", "search roaster_country=Taiwan"),
            ("Colombian roasters", "search roaster_country=Colombia"),
            ("Hawaiian coffee", "search name+origin_1+origin_2~Hawai’i"),
            (
                "roasted in Taiwan, grown in Colombia",
                "search name+origin_1+origin_2~Colombia roaster_country=Taiwan",
            ),
        ],
    );
}

#[test]
fn what_is_too_much_is_left_out() {
    check(
        &COFFEE,
        &[
            (
                "no light roasts, medium-light is too light for me too",
                "search !roast=Light !roast=Medium-Light",
            ),
            ("medium roast is too dark for me", "search !roast=Medium !roast=Dark"),
            ("I am fed up with light roasts", "search !roast=Light"),
            ("no more than $5", "search price<=5"),
        ],
    );
}

#[test]
fn a_name_left_out_once_is_left_out() {
    check(
        &FURNITURE,
        &[
            (
                "bookcases that are not BILLY, I have heard enough about BILLY",
                "search category=Bookcases & shelving units !name~BILLY | words heard bookcases",
            ),
            (
                "a bookcase other than BILLY or KALLAX",
                "search category=Bookcases & shelving units !name~BILLY !name~KALLAX | words bookcase",
            ),
        ],
    );
}

#[test]
fn what_a_thing_must_not_have_is_no_word_to_search_by() {
    check(
        &FURNITURE,
        &[
            (
                "sofas with no grey on them, the room is grey enough",
                "search category=Sofas & armchairs !colour=Grey | words room sofas",
            ),
            ("outdoor furniture, no sofas included", "search category=Outdoor furniture !text~sofas/sofa"),
            ("desk, no drawers included", "search category=Tables & desks !text~drawers/drawer | words desk"),
            ("I have a sofa and need a desk", "search category=Tables & desks | words desk"),
            ("a bed, my flat has no closet space", "search category=Beds | words flat closet space"),
        ],
    );
}
