//! The numbers of items as filters compare them and sorts order them, by field: each number once, with the
//! items that have it.
//!
//! A number is stored as a text that sorts as the number does, to its last digit: the database's own
//! numbers have 15 of the 28, so that two prices or two limits could be taken for the same.

use rusqlite::{Connection, Transaction};
use rust_decimal::Decimal;
use sextant_domain::{Field, Item};

use super::item_catalog::ListNumber;
use super::item_text::{column, positions_by};
use crate::positions::{Positions, packed, unpacked};

pub(crate) const CREATE: &str = "\
CREATE TABLE item_numbers (
    catalog INTEGER NOT NULL REFERENCES item_catalogs (number) ON DELETE CASCADE,
    field TEXT NOT NULL,               -- price, rating, or an attribute's folded name behind a colon
    number TEXT NOT NULL,              -- sorts as the number does
    positions BLOB NOT NULL,           -- of the items that have it, packed
    PRIMARY KEY (catalog, field, number)
) STRICT, WITHOUT ROWID;
";

/// How an item's number is to stand to a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    AtMost,
    Below,
    AtLeast,
    Above,
    Equal,
    Unequal,
}

pub(crate) fn insert_all(transaction: &Transaction, catalog: i64, items: &[Item]) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO item_numbers (catalog, field, number, positions) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for ((field, number), positions) in
        positions_by(items, |field, item| field.number(item).map(sortable).into_iter().collect())
    {
        insert.execute((catalog, field, number, packed(&positions)))?;
    }
    Ok(())
}

/// Items whose field has a number that stands so to the bound.
pub(crate) fn meeting(
    connection: &Connection,
    list: ListNumber,
    field: &Field,
    order: Order,
    bound: Decimal,
) -> rusqlite::Result<Positions> {
    let operator = match order {
        Order::AtMost => "<=",
        Order::Below => "<",
        Order::AtLeast => ">=",
        Order::Above => ">",
        Order::Equal => "=",
        Order::Unequal => "<>",
    };
    let mut query = connection.prepare_cached(&format!(
        "SELECT positions FROM item_numbers WHERE catalog = ?1 AND field = ?2 AND number {operator} ?3"
    ))?;
    let mut found = Positions::none(list.items);
    let mut rows = query.query((list.number, column(field), sortable(bound)))?;
    while let Some(row) = rows.next()? {
        found.insert_packed(row.get_ref(0)?.as_blob()?);
    }
    Ok(found)
}

/// Hands on the items that have a number there, in its order and equal ones in that of the list, until
/// `visit` has had enough.
pub(crate) fn each_in_order(
    connection: &Connection,
    list: ListNumber,
    field: &Field,
    descending: bool,
    mut visit: impl FnMut(u32) -> bool,
) -> rusqlite::Result<()> {
    let direction = if descending { "DESC" } else { "ASC" };
    let mut query = connection.prepare_cached(&format!(
        "SELECT positions FROM item_numbers WHERE catalog = ?1 AND field = ?2 ORDER BY number {direction}"
    ))?;
    let mut rows = query.query((list.number, column(field)))?;
    while let Some(row) = rows.next()? {
        if !unpacked(row.get_ref(0)?.as_blob()?).all(&mut visit) {
            break;
        }
    }
    Ok(())
}

/// A sign, a letter for the digits before the point, and all digits without zeros at either end: a longer
/// whole part is more, and then the first digit that differs decides. A negative number has everything
/// turned round, and an end that is more than any digit.
fn sortable(number: Decimal) -> String {
    let digits = number.abs().normalize().to_string();
    let (whole, fraction) = digits.split_once('.').unwrap_or((&digits, ""));
    let whole = whole.trim_start_matches('0');
    // A decimal has at most 29 of them.
    let length = u8::try_from(whole.len()).unwrap_or(29);
    let digits = || whole.bytes().chain(fraction.bytes());
    let text: Vec<u8> = if number.is_sign_negative() && !number.is_zero() {
        let turned = digits().map(|digit| b'9' - (digit - b'0'));
        [b'0', b'z' - length].into_iter().chain(turned).chain([b'~']).collect()
    } else {
        [b'1', b'A' + length].into_iter().chain(digits()).collect()
    };
    text.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Mantissas of every length and both signs, so that near, equal and far numbers all come.
    fn decimals() -> impl Strategy<Value = Decimal> {
        (any::<i128>(), 32_u32..128, 0_u32..=28)
            .prop_map(|(bits, shift, scale)| Decimal::from_i128_with_scale(bits >> shift, scale))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn texts_sort_as_their_numbers_do(one in decimals(), other in decimals()) {
            prop_assert_eq!(sortable(one).cmp(&sortable(other)), one.cmp(&other));
        }
    }

    #[test]
    fn every_step_of_a_long_row_is_seen() {
        let row = [
            "-79228162514264337593543950335",
            "-10",
            "-9.99",
            "-1.1",
            "-1.01",
            "-1",
            "-0.55",
            "-0.5",
            "-0.0000000000000000000000000001",
            "0",
            "0.0000000000000000000000000001",
            "0.09",
            "0.1",
            "1",
            "9.999999999999999999999999999",
            "10",
            "79228162514264337593543950335",
        ];
        let texts: Vec<String> = row.iter().map(|text| sortable(text.parse().expect("a decimal"))).collect();
        assert!(texts.is_sorted_by(|one, next| one < next), "{texts:?}");
    }

    #[test]
    fn zeros_at_the_end_and_the_sign_of_zero_make_no_difference() {
        for (one, other) in [("1.50", "1.5"), ("-0.0", "0"), ("100", "100.000"), ("-20.0", "-20")] {
            let [one, other] = [one, other].map(|text| sortable(text.parse().expect("a decimal")));
            assert_eq!(one, other);
        }
    }
}
