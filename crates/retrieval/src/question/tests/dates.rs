//! When records were reviewed, and years that are no dates of records.

use super::{COFFEE, FURNITURE, check};

#[test]
fn a_date_is_demanded_in_the_lists_own_spelling() {
    check(
        &COFFEE,
        &[
            ("coffees reviewed in 2022", "search review_date=May-22/Aug-22"),
            ("reviews from December 2018", "search review_date=Dec-18"),
            (
                "light roasts reviewed since 2021",
                "search review_date=Mar-21/May-21/May-22/Aug-22 roast=Light",
            ),
            ("coffee reviewed before 2019", "search review_date=Nov-17/Dec-18"),
            ("reviewed in 2021 or later", "search review_date=Mar-21/May-21/May-22/Aug-22"),
            ("reviewed between 2019 and 2020", "search review_date=Jun-19/Apr-20/Jul-20"),
            ("coffees not reviewed in 2018", "search !review_date=Dec-18"),
            ("coffee from 2020", "search review_date=Apr-20/Jul-20"),
            // No record has it, and that is the answer.
            ("coffees reviewed in 2009", "search review_date=2009"),
        ],
    );
}

#[test]
fn a_year_elsewhere_is_no_date() {
    check(
        &COFFEE,
        &[
            ("under 2000 and rated over 90", "search price<2000 rating>90"),
            ("we met in Kona in 1974, any Kona?", "details | named c3 c4"),
            ("we honeymooned in 2019 and want a fruity coffee", "search | words honeymooned 2019 fruity"),
        ],
    );
    check(
        &FURNITURE,
        &[("IKEA PS 2012", "details | named f6"), ("beds under 2000", "search price<2000 category=Beds")],
    );
}
