//! Demands on what records have, alternatives, and what is unwanted.

use super::{COFFEE, FURNITURE, PLANS, check};

const ETHIOPIA: &str = "name+origin_1+origin_2~Ethiopia";

#[test]
fn values_of_the_list_are_demands() {
    check(
        &COFFEE,
        &[
            ("light roast", "search roast=Light"),
            ("Light Roasts please", "search roast=Light"),
            ("a light coffee", "search roast=Light"),
            ("medium-light roast coffee", "search roast=Medium-Light"),
            ("medium light", "search roast=Medium-Light"),
            ("coffee from Ethiopia", &format!("search {ETHIOPIA}")),
            ("Ethiopian coffee", &format!("search {ETHIOPIA}")),
            ("kenyan coffees", "search name+origin_1+origin_2~Kenya"),
            ("coffee by JBC Coffee Roasters", "search brand=JBC Coffee Roasters"),
            ("anything from JBC?", "search brand=JBC Coffee Roasters"),
            ("red rooster coffees", "search brand=Red Rooster Coffee Roaster"),
            ("coffee by Simon Hsieh", "search brand=Simon Hsieh's Aroma Roast Coffees"),
            ("coffee roasted in Taiwan", "search roaster_country=Taiwan"),
            ("light roast from Ethiopia under $5", &format!("search price<5 roast=Light {ETHIOPIA}")),
            ("I would like a dark roast, please.", "search roast=Dark"),
            ("el salvador coffee", "search name+origin_1+origin_2~El Salvador"),
            (
                "coffee from Yirgacheffe in Ethiopia",
                "search name+origin_1+origin_2~Yirgacheffe name+origin_1+origin_2~Ethiopia",
            ),
        ],
    );
    check(
        &FURNITURE,
        &[
            ("white desks", "search category=Tables & desks colour=White | words desks"),
            ("sofas", "search category=Sofas & armchairs | words sofas"),
            ("I need a couch", "search category=Sofas & armchairs | words couch"),
            ("bookcases", "search category=Bookcases & shelving units | words bookcases"),
            ("a shelf in white", "search category=Bookcases & shelving units colour=White | words shelf"),
            ("bed", "search category=Beds"),
            ("chest of drawers", "search category=Chests of drawers & drawer units | words chest drawers"),
            ("furniture designed by Carina Bengs", "search brand=Carina Bengs"),
            ("anything by Lisa Norinder", "search brand~Lisa Norinder"),
            ("something sold online in black", "search sellable_online=TRUE colour=Black"),
            (
                "desks that are on sale",
                "search !old_price=No old price category=Tables & desks | words desks",
            ),
            (
                "what sofas can I buy online?",
                "search sellable_online=TRUE category=Sofas & armchairs | words sofas",
            ),
        ],
    );
    check(
        &PLANS,
        &[
            ("month to month plans", "search Contract<=1"),
            ("fixed price plans", "search Price type~Fixed"),
            ("plans by Reliant", "search brand=Reliant Energy"),
            ("plans from Pulse Power with a variable rate", "search brand=Pulse Power Price type~Variable"),
            ("fully renewable plan", "search Renewable=100"),
            ("green plans", "search Renewable>=50"),
            ("prepaid plan", "search Prepaid=Yes"),
        ],
    );
}

#[test]
fn alternatives_are_one_demand() {
    check(
        &COFFEE,
        &[
            ("coffee from Kenya or Ethiopia", "search name+origin_1+origin_2~Kenya/Ethiopia"),
            ("light or medium-light roast", "search roast=Light/Medium-Light"),
            ("light and medium roasts", "search roast=Light/Medium"),
            ("Kenya, Colombia or Ethiopia", "search name+origin_1+origin_2~Kenya/Colombia/Ethiopia"),
            ("coffee by JBC or Kakalove", "search brand=JBC Coffee Roasters/Kakalove Cafe"),
        ],
    );
    check(
        &FURNITURE,
        &[
            ("white or black desk", "search category=Tables & desks colour=White/Black | words desk"),
            ("beds or sofas", "search category=Beds/Sofas & armchairs | words sofas"),
        ],
    );
}

#[test]
fn negations_turn_a_demand_around_and_end_where_grammar_ends_them() {
    check(
        &COFFEE,
        &[
            ("coffee not from Ethiopia", &format!("search !{ETHIOPIA}")),
            ("coffee that isn't from Ethiopia", &format!("search !{ETHIOPIA}")),
            ("coffee that doesn't come from Ethiopia", &format!("search !{ETHIOPIA}")),
            ("anything but Ethiopia", &format!("search !{ETHIOPIA}")),
            ("coffees except Ethiopian ones", &format!("search !{ETHIOPIA}")),
            ("coffee from anywhere other than Ethiopia", &format!("search !{ETHIOPIA}")),
            ("avoid Ethiopia", &format!("search !{ETHIOPIA}")),
            ("non-Ethiopian coffee", &format!("search !{ETHIOPIA}")),
            ("coffee that isn't dark", "search !roast=Dark"),
            ("no dark roasts", "search !roast=Dark"),
            ("I don't want a dark roast", "search !roast=Dark"),
            ("a light roast, not from Ethiopia", &format!("search roast=Light !{ETHIOPIA}")),
            ("not from Ethiopia, light roast", &format!("search roast=Light !{ETHIOPIA}")),
            ("not from Ethiopia but from Kenya", &format!("search name+origin_1+origin_2~Kenya !{ETHIOPIA}")),
            ("not dark and from Kenya", "search name+origin_1+origin_2~Kenya !roast=Dark"),
            ("not from Ethiopia or Kenya", &format!("search !{ETHIOPIA} !name+origin_1+origin_2~Kenya")),
            (
                "not from Ethiopia, Kenya or Colombia under $5",
                &format!(
                    "search price<5 !{ETHIOPIA} !name+origin_1+origin_2~Kenya \
                     !name+origin_1+origin_2~Colombia"
                ),
            ),
            ("not only from Ethiopia", &format!("search {ETHIOPIA}")),
            ("not a light roast from Kenya", "search name+origin_1+origin_2~Kenya !roast=Light"),
            ("coffee not by JBC", "search !brand=JBC Coffee Roasters"),
            ("dark roast but nothing from Sumatra", "search roast=Dark !name+origin_1+origin_2~Sumatra"),
            ("from Kenya rather than Ethiopia", &format!("search name+origin_1+origin_2~Kenya !{ETHIOPIA}")),
        ],
    );
    check(
        &FURNITURE,
        &[
            ("tables other than IKEA PS", "search category=Tables & desks !name~IKEA PS | words tables"),
            ("a sofa that is not grey", "search category=Sofas & armchairs !colour=Grey | words sofa"),
            (
                "desks that are not sold online",
                "search sellable_online=FALSE category=Tables & desks | words desks",
            ),
            (
                "bookcase, not white",
                "search category=Bookcases & shelving units !colour=White | words bookcase",
            ),
        ],
    );
    check(
        &PLANS,
        &[
            ("no exit fee", "search Exit fee=0"),
            ("plans without an exit fee", "search Exit fee=0"),
            ("plan with an exit fee", "search Exit fee>0"),
            ("plans that don't have an exit fee", "search Exit fee=0"),
            ("not month to month", "search Contract>1"),
            ("not prepaid", "search !Prepaid=Yes"),
            ("not fixed", "search !Price type~Fixed"),
            (
                "fixed price without exit fee by Reliant",
                "search Exit fee=0 brand=Reliant Energy Price type~Fixed",
            ),
        ],
    );
}

#[test]
fn what_a_text_must_not_say_is_a_demand() {
    check(
        &COFFEE,
        &[
            ("coffee without grapefruit notes", "search !text~grapefruit/grapefruits"),
            ("coffee without cherry or cedar notes", "search !text~cherry/cherries !text~cedar/cedars"),
            ("a coffee that isn't smoky", "search !text~smoky/earth/cedar/wood/smoke/tobacco/cedars"),
            ("coffee without milk chocolate", "search !text~milk chocolate/milk chocolates"),
            ("no cherries, light roast", "search roast=Light !text~cherries/cherry"),
            (
                "caffeine-free coffee from Kenya",
                "search name+origin_1+origin_2~Kenya !text~caffeine/caffeines",
            ),
            (
                "without jasmine notes from Kenya",
                "search name+origin_1+origin_2~Kenya !text~jasmine/jasmines",
            ),
        ],
    );
    check(
        &FURNITURE,
        &[("desk without drawers", "search category=Tables & desks !text~drawers/drawer | words desk")],
    );
}

#[test]
fn what_no_text_says_is_demanded_after_with_and_stays_a_wish_elsewhere() {
    check(
        &FURNITURE,
        &[
            ("sofa with wifi", "search category=Sofas & armchairs text~wifi/wifis | words sofa"),
            ("sofas in vegan leather", "search category=Sofas & armchairs | words vegan leather sofas"),
            ("chair with vegan leather", "search text~vegan leather/vegan leathers | words chair"),
            ("desk with drawers", "search category=Tables & desks | words drawers desk"),
            ("desk with my monitor", "search category=Tables & desks | words monitor desk"),
            (
                "bookcase with glass doors",
                "search category=Bookcases & shelving units | words glass doors bookcase",
            ),
        ],
    );
    check(
        &COFFEE,
        &[
            ("coffee for espresso", "search | words espresso"),
            ("I hate smoky coffee", "search !text~smoky/earth/cedar/wood/smoke/tobacco/cedars"),
            ("coffee with bergamot", "search | words bergamot"),
            ("coffee with pineapple notes", "search text~pineapple/pineapples"),
        ],
    );
}

#[test]
fn soft_words_are_searched_by_and_never_demanded() {
    check(
        &COFFEE,
        &[
            ("a fruity coffee", "search | words fruity"),
            ("fruity light roast", "search roast=Light | words fruity"),
            ("something with dark chocolate notes", "search | words dark chocolate"),
            ("medium body", "search | words medium"),
            ("smooth dark roast", "search roast=Dark | words smooth"),
        ],
    );
    check(&FURNITURE, &[("a cosy armchair", "search category=Sofas & armchairs | words cosy armchair")]);
}

#[test]
fn one_slip_of_the_finger_is_mended() {
    check(
        &COFFEE,
        &[
            ("cofee from Etiopia", &format!("search {ETHIOPIA}")),
            ("ligth roast", "search roast=Light"),
            ("coffee from Kenia", "search name+origin_1+origin_2~Kenya"),
            ("coffees by Kakalov", "search brand=Kakalove Cafe"),
        ],
    );
    check(
        &FURNITURE,
        &[
            ("bookcse under 300", "search price<300 category=Bookcases & shelving units | words bookcase"),
            ("withe desk", "search category=Tables & desks | words withe desk"),
            ("STRANDMO", "details | named f5"),
        ],
    );
    check(&PLANS, &[("renewible plans", "search Renewable>=50")]);
}
