//! Three lists with the traits that real ones have: names that are places, names that many share, places
//! inside longer values, gaps, and words with two meanings.

use rust_decimal::Decimal;
use sextant_domain::{Attribute, Item, ItemCatalog, ItemId, Money};

fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok()
}

fn attribute((name, value, unit): Cell<'_>) -> Attribute {
    Attribute {
        name: name.to_owned(),
        value: value.to_owned(),
        number: decimal(value),
        unit: unit.to_owned(),
    }
}

/// A column's name, a value and its unit.
type Cell<'a> = (&'a str, &'a str, &'a str);

struct Row<'a> {
    id: &'a str,
    name: &'a str,
    brand: &'a str,
    category: &'a str,
    price: &'a str,
    rating: &'a str,
    description: &'a str,
    attributes: &'a [Cell<'a>],
}

fn catalog(name: &str, currency: &str, price_unit: &str, rows: &[Row<'_>]) -> ItemCatalog {
    let items = rows.iter().zip(2..).map(|(row, line)| Item {
        id: ItemId(row.id.to_owned()),
        name: row.name.to_owned(),
        brand: row.brand.to_owned(),
        category: row.category.to_owned(),
        price: decimal(row.price).and_then(Money::round_half_up),
        rating: decimal(row.rating),
        description: row.description.to_owned(),
        attributes: row
            .attributes
            .iter()
            .filter(|(_, value, _)| !value.is_empty())
            .copied()
            .map(attribute)
            .collect(),
        line,
    });
    ItemCatalog {
        name: name.to_owned(),
        hash: String::new(),
        currency: currency.to_owned(),
        price_unit: price_unit.to_owned(),
        items: items.collect(),
    }
}

pub(super) fn coffee() -> ItemCatalog {
    type Coffee<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, &'a str, [&'a str; 3], &'a str);
    let rows: &[Coffee<'_>] = &[
        (
            "c1",
            "Ethiopia Kayon Mountain",
            "Red Rooster Coffee Roaster",
            "5.14",
            "93",
            "Light",
            ["United States", "Guji Zone", "Oromia Region"],
            "Sweetly tart, with notes of raspberry and dark chocolate; a silky body.",
        ),
        (
            "c2",
            "Kenya Gatugi AB",
            "JBC Coffee Roasters",
            "6.20",
            "95",
            "Medium-Light",
            ["United States", "Nyeri Growing Region", "South-Central Kenya"],
            "Crisp and bright: grapefruit, black currant, and a hint of cedar.",
        ),
        (
            "c3",
            "Kona",
            "Red Rooster Coffee Roaster",
            "18.50",
            "92",
            "Medium",
            ["United States", "Holualoa", "Big Island Of Hawai’i"],
            "Gentle milk chocolate, macadamia and honey. Medium body.",
        ),
        (
            "c4",
            "Kona",
            "Hula Daddy Kona Coffee",
            "29.90",
            "96",
            "Medium-Light",
            ["Hawai'i", "Holualoa", "Big Island Of Hawai’i"],
            "Ripe fruit, cacao and flowers, in a plush mouthfeel.",
        ),
        (
            "c5",
            "House Blend",
            "Equator Coffees & Teas",
            "3.40",
            "88",
            "Medium-Dark",
            ["United States", "", ""],
            "A soft blend with nuts and toast; good with milk.",
        ),
        (
            "c6",
            "Ethiopia",
            "Rusty's Hawaiian",
            "4.75",
            "91",
            "Light",
            ["Hawai'i", "Yirgacheffe Growing Region", "Southern Ethiopia"],
            "Jasmine, bergamot and lemon. Washed.",
        ),
        (
            "c7",
            "Nano Challa",
            "Simon Hsieh's Aroma Roast Coffees",
            "5.60",
            "94",
            "Light",
            ["Taiwan", "Jimma Zone", "Western Ethiopia"],
            "Floral, with peach and black tea. A natural of much depth.",
        ),
        (
            "c8",
            "El Salvador Finca Kilimanjaro",
            "JBC Coffee Roasters",
            "7.35",
            "94",
            "Medium-Light",
            ["United States", "Santa Ana Department", "El Salvador"],
            "Chocolate, cherry and brown sugar.",
        ),
        (
            "c9",
            "Midnight Espresso",
            "Kakalove Cafe",
            "4.10",
            "90",
            "Dark",
            ["Taiwan", "Sumatra", "Colombia"],
            "Deep and smoky with cocoa, molasses and spice.",
        ),
        (
            "c10",
            "Colombia Huila",
            "Origin Coffee Roasters",
            "4.30",
            "92",
            "Medium",
            ["South Africa", "Huila Department", "Colombia"],
            "Caramel, red apple and a bright finish. Of one origin only.",
        ),
    ];
    let reviewed =
        ["Nov-17", "May-21", "Dec-18", "May-22", "Apr-20", "Jun-19", "Mar-21", "Aug-22", "Dec-18", "Jul-20"];
    let rows: Vec<(Coffee<'_>, [Cell<'_>; 5])> = rows
        .iter()
        .zip(reviewed)
        .map(|(row, reviewed)| {
            let [country, first, second] = row.6;
            (
                *row,
                [
                    ("roast", row.5, ""),
                    ("roaster_country", country, ""),
                    ("origin_1", first, ""),
                    ("origin_2", second, ""),
                    ("review_date", reviewed, ""),
                ],
            )
        })
        .collect();
    let rows: Vec<Row<'_>> = rows
        .iter()
        .map(|((id, name, brand, price, rating, _, _, description), attributes)| Row {
            id,
            name,
            brand,
            category: "coffee",
            price,
            rating,
            description,
            attributes,
        })
        .collect();
    catalog("coffee.csv", "USD", "per 100 g", &rows)
}

pub(super) fn furniture() -> ItemCatalog {
    type Piece<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, [&'a str; 3], [&'a str; 4]);
    let rows: &[Piece<'_>] = &[
        (
            "f1",
            "BILLY",
            "Bookcases & shelving units",
            "199",
            "Bookcase with adjustable shelves",
            ["80", "28", "202"],
            ["White", "TRUE", "No old price", "Gillis Lundgren"],
        ),
        (
            "f2",
            "BILLY",
            "Bookcases & shelving units",
            "249.5",
            "Bookcase with glass doors",
            ["80", "30", "202"],
            ["Brown", "TRUE", "SR 295", "Gillis Lundgren"],
        ),
        (
            "f3",
            "KALLAX",
            "Bookcases & shelving units",
            "345",
            "Shelving unit with four inserts",
            ["77", "39", "147"],
            ["White", "TRUE", "No old price", "Tord Björklund"],
        ),
        (
            "f4",
            "EKTORP",
            "Sofas & armchairs",
            "1495",
            "Three-seat sofa with a washable cover",
            ["218", "88", "88"],
            ["Grey", "TRUE", "No old price", "IKEA of Sweden/Lisa Norinder"],
        ),
        (
            "f5",
            "STRANDMON",
            "Sofas & armchairs",
            "995",
            "Wing chair, a comfortable place to read",
            ["82", "96", "101"],
            ["Green", "FALSE", "SR 1,195", "IKEA of Sweden"],
        ),
        (
            "f6",
            "IKEA PS 2012",
            "Tables & desks",
            "595",
            "Drop-leaf table with drawers",
            ["138", "75", "74"],
            ["White", "TRUE", "No old price", "Jon Karlsson"],
        ),
        (
            "f7",
            "MICKE",
            "Tables & desks",
            "349",
            "Desk with cable outlet and a drawer",
            ["73", "50", "75"],
            ["White", "TRUE", "No old price", "Henrik Preutz"],
        ),
        (
            "f8",
            "BEKANT",
            "Tables & desks",
            "1299.5",
            "Desk, sits and stands",
            ["160", "80", "65"],
            ["Black", "TRUE", "No old price", "K Malmvall/E Lilja Löwenhielm"],
        ),
        (
            "f9",
            "HEMNES",
            "Beds",
            "1795",
            "Bed frame of solid pine",
            ["160", "211", "120"],
            ["White", "FALSE", "No old price", "Carina Bengs"],
        ),
        (
            "f10",
            "SOLLERÖN",
            "Outdoor furniture",
            "2650",
            "Modular corner sofa for outdoor use",
            ["223", "144", "82"],
            ["Brown", "TRUE", "No old price", "Nicholai Wiig Hansen"],
        ),
        (
            "f11",
            "NORDLI",
            "Chests of drawers & drawer units",
            "895",
            "Chest of six drawers",
            ["120", "47", "54"],
            ["White", "TRUE", "No old price", "Ola Wihlborg"],
        ),
        (
            "f12",
            "STIG",
            "Bar furniture",
            "69",
            "Bar stool with backrest",
            ["60", "50", "100"],
            ["Black", "TRUE", "No old price", "Henrik Preutz"],
        ),
    ];
    let rows: Vec<(Piece<'_>, [Cell<'_>; 6])> = rows
        .iter()
        .map(|row| {
            let ([width, depth, height], [colour, online, old, _]) = (row.5, row.6);
            let attributes = [
                ("width", width, "cm"),
                ("depth", depth, "cm"),
                ("height", height, "cm"),
                ("colour", colour, ""),
                ("sellable_online", online, ""),
                ("old_price", old, ""),
            ];
            (*row, attributes)
        })
        .collect();
    let rows: Vec<Row<'_>> = rows
        .iter()
        .map(|((id, name, category, price, description, _, facts), attributes)| Row {
            id,
            name,
            brand: facts[3],
            category,
            price,
            rating: "",
            description,
            attributes,
        })
        .collect();
    catalog("furniture.csv", "SAR", "", &rows)
}

pub(super) fn plans() -> ItemCatalog {
    type Plan<'a> = (&'a str, &'a str, &'a str, &'a str, [&'a str; 3], &'a str, &'a str);
    let rows: &[Plan<'_>] = &[
        (
            "p1",
            "Breeze 12",
            "Green Mountain Energy",
            "1420",
            ["12", "150", "100"],
            "Fixed",
            "All power from wind. Bill credit of $50 in summer.",
        ),
        (
            "p2",
            "Simple Saver 24",
            "Reliant Energy",
            "1290",
            ["24", "295", "23"],
            "Fixed",
            "The rate stays as it is for the whole term.",
        ),
        (
            "p3",
            "Freedom",
            "Pulse Power",
            "1510",
            ["1", "0", "23"],
            "Variable",
            "From month to month; leave whenever you like.",
        ),
        (
            "p4",
            "Sunny Nights 12",
            "TXU Energy",
            "1365",
            ["12", "175", "50"],
            "Fixed",
            "Free nights, and solar power by day.",
        ),
        (
            "p5",
            "Index Plus",
            "Octopus Energy",
            "1199",
            ["6", "0", "100"],
            "Indexed",
            "Follows the market each month.",
        ),
        (
            "p6",
            "Pay First",
            "Pulse Power",
            "1610",
            ["3", "0", "10"],
            "Variable",
            "Prepaid, without a credit check.",
        ),
    ];
    let rows: Vec<(Plan<'_>, [Cell<'_>; 5])> = rows
        .iter()
        .map(|row| {
            let [contract, fee, renewable] = row.4;
            let prepaid = if row.0 == "p6" { "Yes" } else { "No" };
            let attributes = [
                ("Contract", contract, "months"),
                ("Exit fee", fee, "$"),
                ("Renewable", renewable, "%"),
                ("Price type", row.5, ""),
                ("Prepaid", prepaid, ""),
            ];
            (*row, attributes)
        })
        .collect();
    let rows: Vec<Row<'_>> = rows
        .iter()
        .map(|((id, name, brand, price, _, _, description), attributes)| Row {
            id,
            name,
            brand,
            category: "",
            price,
            rating: "",
            description,
            attributes,
        })
        .collect();
    catalog("plans.csv", "USD", "per year", &rows)
}
