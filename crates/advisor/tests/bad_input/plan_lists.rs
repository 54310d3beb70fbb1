//! Plan lists: columns, cells, flags, and the layouts that people have.

use std::path::Path;

use sextant_advisor::import::{self, Imported};
use sextant_domain::{Catalog, PlanFlag, Tariff};

use super::{check, check_usage, list, plans, plans_mapped};

fn flags_of(rows: &[&str]) -> Vec<Vec<PlanFlag>> {
    plans(&list(rows)).value.plans.into_iter().map(|plan| plan.flags).collect()
}

fn average_of(list: &Imported<Catalog>, index: usize) -> [String; 3] {
    match &list.value.plans[index].tariff {
        Tariff::AveragePrices { at_500, at_1000, at_2000 } => {
            [at_500, at_1000, at_2000].map(ToString::to_string)
        }
        Tariff::RateCard { .. } => panic!("average prices"),
    }
}

// Columns.

#[test]
fn a_missing_column_is_answered_with_the_columns_there_are() {
    check(
        b"plan,price_500,price_1000\nA,12,13\n",
        "plans.csv, line 1: no column was recognised for price_2000; its columns are plan, price_500 and price_1000; \
         name those that have the prices, as --map price_500=COLUMN --map price_1000=COLUMN --map price_2000=COLUMN, \
         or one price per kWh as --map rate=COLUMN",
    );
    check(
        b"colour,rate\nred,12\n",
        "plans.csv, line 1: no column was recognised for name; its columns are colour and rate; \
         name the one that has it, as --map name=COLUMN",
    );
    check_usage(
        b"home,month,litres\nh1,1,5\n",
        "usage.csv, line 1: no column was recognised for kwh; its columns are home, month and litres; \
         call the column of months month (or that of times timestamp) and the column of use kwh",
    );
}

#[test]
fn a_mapping_to_what_is_not_there_is_refused() {
    let error = |mapping: &[(&str, &str)]| {
        plans_mapped(b"a,b\nA,12\n", mapping).expect_err("a wrong mapping").to_string()
    };
    assert_eq!(error(&[("name", "c")]), "plans.csv has no column \"c\" for name; its columns are a and b");
    assert!(
        error(&[("colour", "a")])
            .starts_with("there is no role \"colour\"; the roles are id, name, supplier,")
    );
}

#[test]
fn columns_with_any_names_are_read_by_mapping() {
    let list = plans_mapped(b"was;wieviel\nA;12,5\nB;1.013,25\n", &[("name", "was"), ("rate", "Wieviel")])
        .expect("mapped columns");
    assert_eq!(
        list.recognised,
        [("name", "was"), ("rate", "wieviel")].map(|(a, b)| (a.to_owned(), b.to_owned()))
    );
    let rates: Vec<String> = list
        .value
        .plans
        .iter()
        .map(|plan| match &plan.tariff {
            Tariff::RateCard { rate, .. } => rate.to_string(),
            Tariff::AveragePrices { .. } => panic!("a rate card"),
        })
        .collect();
    assert_eq!(rates, ["0.125", "10.1325"]);
    assert_eq!(list.value.plans[1].flags, [PlanFlag::AbsurdPrice, PlanFlag::ExitFeeUndisclosed]);
}

// Cells.

#[test]
fn text_where_a_price_belongs_is_named_by_cell() {
    let rows = |cell: &str| list(&["1,A,X,12,12,12,12,0", &format!("2,B,X,{cell},12,12,12,0")]);
    for cell in ["abc", "NaN", "inf", "12 or 13", "1.2.3"] {
        check(
            &rows(cell),
            &format!(
                "plans.csv, line 3, column price_kwh_500: {cell:?} is not a number; put a price in cents per kWh there or leave it empty"
            ),
        );
    }
}

#[test]
fn text_in_the_other_number_columns_is_named_too() {
    check(
        &list(&["1,A,X,12,12,12,soon,0"]),
        "plans.csv, line 2, column term_months: \"soon\" is not a number; put a whole number of months there or leave it empty",
    );
    check(
        &list(&["1,A,X,12,12,12,12,high"]),
        "plans.csv, line 2, column early_termination_fee: \"high\" is not a number; put an amount of money there or leave it empty",
    );
    check(
        &list(&["1,A,X,12,12,12,12,-5"]),
        "plans.csv, line 2, column early_termination_fee: \"-5\" is out of range; put an amount of money there or leave it empty",
    );
    check(
        b"name,rate,renewable\nA,12,120%\n",
        "plans.csv, line 2, column renewable: \"120%\" is out of range; put a percentage from 0 to 100 there or leave it empty",
    );
    check(
        b"name,rate,tiers\nA,12,cheap\n",
        "plans.csv, line 2, column tiers: \"cheap\" can't be read; write tiers as 0:0.12;1000:0.10, each the kWh from which a price holds",
    );
}

#[test]
fn two_decimal_marks_in_one_column_are_refused() {
    check(
        b"name;rate\nA;12,5\nB;12.5\n",
        "plans.csv, line 3, column rate: \"12.5\" uses another decimal mark than line 2 of the same column; use one of them throughout",
    );
}

#[test]
fn more_digits_than_can_be_kept_are_refused() {
    check(
        b"name,rate\nA,12.12345678901234567890123456789\n",
        "plans.csv, line 2, column rate: \"12.12345678901234567890123456789\" has more digits than can be kept exactly (28); round it",
    );
}

#[test]
fn a_row_without_a_price_is_left_out_where_most_have_one() {
    let read = plans(&list(&["1,A,X,12,12,12,12,0", "2,B,X,12,,12,12,0", "3,C,X,12,12,12,12,0"]));
    assert_eq!(read.value.plans.len(), 2);
    let note = read.notes.iter().find(|note| note.message == "No price: left out").expect("a note");
    assert_eq!((note.count, note.lines.as_slice()), (1, [3].as_slice()));
    check(
        &list(&["1,A,X,12,12,12,12,0", "2,B,X,,12,12,12,0"]),
        "plans.csv, line 3, column price_kwh_500: there is no price, as in most rows of the file; fill it in, \
         or choose the column that has the prices with --map price_500=COLUMN",
    );
}

// Plans that are imported and flagged.

#[test]
fn prices_that_cannot_be_are_flagged_and_noted() {
    let flags = flags_of(&[
        "1,A,X,12,12,12,12,150",
        "2,B,X,-12,12,12,12,150",
        "3,C,X,1200,12,12,12,150",
        "4,D,X,0.12,0.12,0.12,12,150",
    ]);
    assert_eq!(
        flags,
        [vec![], vec![PlanFlag::NegativePrice], vec![PlanFlag::AbsurdPrice], vec![PlanFlag::AbsurdPrice]]
    );
    let notes = plans(&list(&["1,A,X,12,12,12,12,150", "2,B,X,-12,12,12,12,150"])).notes;
    assert!(notes.iter().any(|note| note.message.contains("below zero") && note.lines == [3]));
}

#[test]
fn a_repeated_plan_is_flagged_and_keeps_an_id_of_its_own() {
    let read = plans(&list(&["1,A,X,12,12,12,12,150", "1,A,X,12,12,12,12,150"]));
    let ids: Vec<&str> = read.value.plans.iter().map(|plan| plan.id.0.as_str()).collect();
    assert_eq!(ids, ["1", "1-row-3"]);
    assert_eq!(read.value.plans[1].flags, [PlanFlag::Duplicate]);

    let read = plans(b"name,rate\nA,12\nB,12\nA,12\n");
    let ids: Vec<&str> = read.value.plans.iter().map(|plan| plan.id.0.as_str()).collect();
    assert_eq!(ids, ["row-2", "row-3", "row-4"]);
    assert_eq!(read.value.plans[2].flags, [PlanFlag::Duplicate, PlanFlag::ExitFeeUndisclosed]);
}

#[test]
fn the_same_id_in_another_area_is_another_plan() {
    let read = plans(b"plan_id,name,area,rate\n1,A,NORTH,12\n1,A,SOUTH,13\n");
    let ids: Vec<&str> = read.value.plans.iter().map(|plan| plan.id.0.as_str()).collect();
    assert_eq!(ids, ["1", "1-SOUTH"]);
    assert!(!read.value.plans[1].flags.contains(&PlanFlag::Duplicate));
}

#[test]
fn exit_fees_are_read_as_lists_write_them() {
    let read = plans(&list(&[
        "1,A,X,12,12,12,12,$150.00",
        "2,A,X,12,12,12,12,",
        "3,A,X,12,12,12,12,20",
        "4,A,X,12,12,12,12,$40 per remaining month",
        "5,A,X,12,12,12,12,0.0",
    ]));
    let fees: Vec<Option<String>> =
        read.value.plans.iter().map(|plan| plan.exit_fee.map(|fee| fee.to_string())).collect();
    let expected = [Some("150.00"), None, Some("20.00"), Some("40.00"), Some("0.00")];
    assert_eq!(fees, expected.map(|fee| fee.map(str::to_owned)));
    let flags: Vec<&[PlanFlag]> = read.value.plans.iter().map(|plan| plan.flags.as_slice()).collect();
    assert_eq!(
        flags,
        [
            &[][..],
            &[PlanFlag::ExitFeeUndisclosed],
            &[PlanFlag::ExitFeePerMonth],
            &[PlanFlag::ExitFeePerMonth],
            &[]
        ]
    );
}

// Lists that are right in their own way.

#[test]
fn the_sample_keeps_every_digit_and_flags_what_its_readme_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/packs/energy/sample/plans.csv");
    let read = plans(&import::read_file(&path).expect("the sample"));
    assert_eq!((read.value.plans.len(), read.encoding.as_str(), read.delimiter), (676, "UTF-8", ','));
    assert_eq!(average_of(&read, 1), ["0.158", "0.154", "0.15299999999999999"]);
    let flagged = |flag| read.value.plans.iter().filter(|plan| plan.flags.contains(&flag)).count();
    assert_eq!(flagged(PlanFlag::ExitFeeUndisclosed), 112);
    assert_eq!(flagged(PlanFlag::TimeOfUse), 64);
    assert_eq!(flagged(PlanFlag::Prepaid), 2);
    assert_eq!(flagged(PlanFlag::Duplicate), 0);
    assert_eq!(
        read.value.plans.iter().filter(|plan| plan.flags.iter().any(|flag| flag.excludes())).count(),
        0
    );
    assert_eq!(read.value.plans[0].columns["tdu_area"], "AEP_CENTRAL");
    assert!(read.recognised.contains(&("exit_fee".to_owned(), "early_termination_fee".to_owned())));
    assert!(read.notes.iter().any(|note| note.message.contains("cents per kWh")));
}

#[test]
fn the_state_export_is_read_with_its_own_headers() {
    let read = plans(
        b"\"[idKey]\",\"[TduCompanyName]\",\"[RepCompany]\",\"[Product]\",\"[kwh500]\",\"[kwh1000]\",\"[kwh2000]\",\"[Fees/Credits]\",\"[PrePaid]\",\"[TimeOfUse]\",\"[Fixed]\",\"[RateType]\",\"[Renewable]\",\"[TermValue]\",\"[CancelFee]\",\"[SpecialTerms]\",\"[Language]\"\r\n\
          \"101\",\"ONCOR\",\"ACME\",\"Saver 12\",\"0.162\",\"0.153\",\"0.149\",\"\",\"False\",\"True\",\"1\",\"Fixed\",\"24\",\"12\",\"150\",\"New, only\",\"English\"\r\n\
          \"102\",\"ONCOR\",\"ACME\",\"Ahorro 12\",\"0.162\",\"0.153\",\"0.149\",\"\",\"False\",\"False\",\"1\",\"Fixed\",\"24\",\"12\",\"150\",\"\",\"Spanish\"\r\n\
          \"END OF FILE\"\r\n",
    );
    assert_eq!(read.value.plans.len(), 2);
    let plan = &read.value.plans[0];
    assert_eq!((plan.id.0.as_str(), plan.name.as_str(), plan.supplier.as_str()), ("101", "Saver 12", "ACME"));
    assert_eq!(
        (plan.area.as_deref(), plan.term_months, plan.fixed_price),
        (Some("ONCOR"), Some(12), Some(true))
    );
    assert_eq!(plan.flags, [PlanFlag::TimeOfUse]);
    assert_eq!(average_of(&read, 0), ["0.162", "0.153", "0.149"]);
    assert_eq!(read.value.plans[1].flags, [PlanFlag::Duplicate]);
}

#[test]
fn quotes_line_breaks_and_units_are_read() {
    let read = plans(
        b"sep=;\r\nPlan;Provider;Price at 500 kWh;Price at 1,000 kWh;Price at 2,000 kWh;Contract term;Renewable %;Description\r\n\
          \"Big \"\"12\"\"\r\nplan\";\"A;B\";14.9 \xc2\xa2;$0.139;13.9\xc2\xa2/kWh;1 year;6%;\"two\r\nlines\"\r\n\
          Small;C;15;14;13;24 months;;\r\n\
          Free;C;15;14;13;month-to-month;100%;\r\n",
    );
    let plan = &read.value.plans[0];
    assert_eq!((plan.name.as_str(), plan.supplier.as_str(), plan.line), ("Big \"12\" plan", "A;B", 3));
    assert_eq!(average_of(&read, 0), ["0.149", "0.139", "0.139"]);
    assert_eq!(plan.terms, "two\r\nlines");
    let terms: Vec<Option<u32>> = read.value.plans.iter().map(|plan| plan.term_months).collect();
    assert_eq!(terms, [Some(12), Some(24), Some(1)]);
    assert_eq!(read.value.plans[1].line, 6);
    assert_eq!(read.value.plans[0].renewable_percent.map(|share| share.to_string()).as_deref(), Some("6"));
}

#[test]
fn a_rate_card_has_tiers_credits_and_fees() {
    let read = plans(b"name|rate|base_charge|daily_charge|tiers|credits\nA|0.12|$9.95|30\xc2\xa2|\"0:0.12;1000:0.10\"|1000:35\n");
    let Tariff::RateCard { rate, fixed_monthly, fixed_daily, tiers, credits } = &read.value.plans[0].tariff
    else {
        panic!("a rate card")
    };
    assert_eq!([rate, fixed_monthly, fixed_daily].map(ToString::to_string), ["0.12", "9.95", "0.30"]);
    assert_eq!(tiers.iter().map(|tier| tier.rate.to_string()).collect::<Vec<_>>(), ["0.12", "0.10"]);
    assert_eq!(credits[0].amount.to_string(), "35");
}

#[test]
fn the_hash_holds_the_bytes_and_the_mapping() {
    let bytes = b"a,b\nA,12\n";
    let hash = |mapping: &[(&str, &str)]| plans_mapped(bytes, mapping).expect("a list").value.hash;
    let one = hash(&[("name", "a"), ("rate", "b")]);
    assert_eq!(one.len(), 64);
    assert_eq!(one, hash(&[("rate", "b"), ("name", "a")]));
    assert_ne!(one, hash(&[("id", "a"), ("rate", "b")]));
}
