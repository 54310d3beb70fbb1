//! Every yearly bill against an independent calculation, and the properties that a bill must have.
//!
//! The independent calculation reads the raw CSV text by itself and computes with fractions of whole numbers, by the
//! definition (a straight line between two monthly totals) and not by the slopes that the crate uses.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use rust_decimal::Decimal;
use sextant_advisor::cost::{self, Prepared, days_in_month};
use sextant_advisor::import::{HeaderRules, Source, read_plans, read_usage};
use sextant_domain::{Credit, HomeUsage, Money, MonthUsage, Tariff, Tier};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Data that is not part of the repository; `None` where this machine doesn't have it.
fn shared(path: &str) -> Option<Vec<u8>> {
    let path = repository().join("../shared/data").join(path);
    match std::fs::read(&path) {
        Ok(bytes) => Some(bytes),
        Err(error) => {
            let message = format!("the shared data {} is not here: {error}", path.display());
            assert!(std::env::var_os("CI").is_none(), "{message}");
            eprintln!("skipped, because {message}");
            None
        }
    }
}

fn rules() -> HeaderRules {
    #[derive(serde::Deserialize)]
    struct PackFile {
        headers: HeaderRules,
    }
    let path = repository().join("assets/packs/energy/pack.toml");
    let text = std::fs::read_to_string(path).expect("the pack is part of the repository");
    toml::from_str::<PackFile>(&text).expect("a valid pack").headers
}

/// A fraction of whole numbers that never rounds.
#[derive(Clone, Copy)]
struct Fraction {
    over: i128,
    under: i128,
}

impl Fraction {
    fn parse(text: &str) -> Self {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = format!("{whole}{fraction}").parse().expect("digits");
        Self::new(digits, 10i128.pow(u32::try_from(fraction.len()).expect("short")))
    }

    fn new(over: i128, under: i128) -> Self {
        let common = greatest_common_divisor(over.abs(), under);
        Self { over: over / common, under: under / common }
    }

    fn plus(self, other: Self) -> Self {
        let under = self.under / greatest_common_divisor(self.under, other.under) * other.under;
        Self::new(self.over * (under / self.under) + other.over * (under / other.under), under)
    }

    fn times(self, other: Self) -> Self {
        let left = Self::new(self.over, other.under);
        let right = Self::new(other.over, self.under);
        Self::new(left.over * right.over, left.under * right.under)
    }

    fn minus(self, other: Self) -> Self {
        self.plus(Self { over: -other.over, under: other.under })
    }

    fn whole(number: i128) -> Self {
        Self { over: number, under: 1 }
    }
}

fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// The bill by the definition: between (500, 500·p500), (1000, 1000·p1000) and (2000, 2000·p2000) in cents.
fn month_in_cents(use_kwh: Fraction, prices: [Fraction; 3]) -> Fraction {
    let points = [500i128, 1000, 2000].map(Fraction::whole);
    let totals: Vec<Fraction> = points.iter().zip(prices).map(|(at, price)| at.times(price)).collect();
    let piece = usize::from(use_kwh.over > 1000 * use_kwh.under);
    let (left, right) = (points[piece], points[piece + 1]);
    let share = use_kwh.minus(left).times(Fraction::new(1, right.over - left.over));
    let cents = totals[piece].plus(share.times(totals[piece + 1].minus(totals[piece])));
    if cents.over < 0 { Fraction::whole(0) } else { cents }
}

fn half_up(cents: Fraction) -> i64 {
    i64::try_from((2 * cents.over + cents.under).div_euclid(2 * cents.under)).expect("a bill")
}

fn check_all_bills(plans: &[u8], usage: &[u8], bills: usize) {
    let catalog =
        read_plans(plans, &Source::new("plans.csv"), &BTreeMap::new(), &rules()).expect("plans").value;
    let homes = read_usage(usage, &Source::new("usage.csv")).expect("usage").value;

    let mut plan_rows = csv::Reader::from_reader(plans);
    let headers = plan_rows.headers().expect("headers").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("a column");
    let price_columns = ["price_kwh_500", "price_kwh_1000", "price_kwh_2000"].map(column);
    let id_column = column("plan_id");
    let plan_rows: Vec<csv::StringRecord> = plan_rows.records().map(|row| row.expect("a row")).collect();

    let mut use_of_home: BTreeMap<String, Vec<Fraction>> = BTreeMap::new();
    for row in csv::Reader::from_reader(usage).records() {
        let row = row.expect("a row");
        use_of_home.entry(row[0].to_owned()).or_default().push(Fraction::parse(&row[3]));
    }
    let mut compared = 0;
    for home in &homes {
        let months = &use_of_home[&home.home];
        for (row, plan) in plan_rows.iter().zip(&catalog.plans) {
            assert_eq!(plan.id.0, row[id_column]);
            let prices = price_columns.map(|column| Fraction::parse(&row[column]));
            let cents = months
                .iter()
                .map(|kwh| month_in_cents(*kwh, prices))
                .fold(Fraction::whole(0), Fraction::plus);
            let expected = Money::from_cents(half_up(cents));
            assert_eq!(cost::annual_cost(plan, home), Ok(expected), "plan {} for {}", plan.id, home.home);
            compared += 1;
        }
    }
    assert_eq!(compared, bills);
}

#[test]
fn every_plan_costs_every_shared_home_what_an_independent_calculation_says() {
    let Some(plans) = shared("energy_plans_tx/plans.csv") else {
        return;
    };
    let Some(usage) = shared("usage_homes/citylearn_monthly.csv") else {
        return;
    };
    check_all_bills(&plans, &usage, 676 * 5);
}

#[test]
fn the_sample_costs_what_an_independent_calculation_says() {
    let sample = repository().join("assets/packs/energy/sample");
    let read = |name: &str| std::fs::read(sample.join(name)).expect("a sample file");
    check_all_bills(&read("plans.csv"), &read("usage.csv"), 676 * 5);
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn average(prices: [&str; 3]) -> Tariff {
    let [at_500, at_1000, at_2000] = prices.map(decimal);
    Tariff::AveragePrices { at_500, at_1000, at_2000 }
}

fn rate_card() -> Tariff {
    Tariff::RateCard {
        rate: decimal("0.10"),
        fixed_monthly: decimal("4.95"),
        fixed_daily: decimal("0.30"),
        tiers: vec![Tier { from_kwh: decimal("1000"), rate: decimal("0.08") }],
        credits: vec![
            Credit { from_kwh: decimal("1000"), amount: decimal("35") },
            Credit { from_kwh: decimal("2000"), amount: decimal("15") },
        ],
    }
}

fn check_month(tariff: &Tariff, kwh: &str, days: u32, expected: &str) {
    let cost = Prepared::new(tariff).monthly_cost(decimal(kwh), days);
    assert_eq!(cost, Ok(decimal(expected)), "{kwh} kWh in {days} days");
}

#[test]
fn averages_are_straight_lines_between_the_three_totals() {
    let tariff = average(["0.16", "0.15", "0.14"]);
    check_month(&tariff, "500", 30, "80");
    check_month(&tariff, "750", 30, "115");
    check_month(&tariff, "1000", 30, "150");
    check_month(&tariff, "1500", 30, "215");
    check_month(&tariff, "2000", 30, "280");
    check_month(&tariff, "3000", 30, "410");
    check_month(&tariff, "0", 30, "10");
}

#[test]
fn a_line_that_falls_below_zero_costs_nothing() {
    check_month(&average(["0.05", "0.15", "0.15"]), "100", 31, "0");
    check_month(&average(["0.15", "0.15", "0.01"]), "4000", 31, "0");
}

#[test]
fn a_rate_card_adds_fees_and_tiers_and_takes_off_credits_that_are_reached() {
    let tariff = rate_card();
    check_month(&tariff, "0", 28, "13.35");
    check_month(&tariff, "999.99", 30, "113.949");
    check_month(&tariff, "1000", 30, "78.95");
    check_month(&tariff, "2500.5", 31, "184.29");
}

#[test]
fn credits_never_turn_a_bill_into_an_income() {
    let mut tariff = rate_card();
    if let Tariff::RateCard { credits, .. } = &mut tariff {
        credits.push(Credit { from_kwh: Decimal::ZERO, amount: decimal("1000") });
    }
    check_month(&tariff, "500", 31, "0");
}

fn same_each_month(kwh: Decimal) -> HomeUsage {
    HomeUsage { home: "home".to_owned(), months: (1..=12).map(|month| MonthUsage { month, kwh }).collect() }
}

#[test]
fn a_year_has_365_days_and_is_rounded_once() {
    let mut tariff = rate_card();
    if let Tariff::RateCard { fixed_daily, .. } = &mut tariff {
        *fixed_daily = decimal("0.001");
    }
    // 12 · 4.95 + 0.365 + 1200 · 0.10, where twelve rounded months would make 59.40 + 12 · 0.03 + 120.
    let year = Prepared::new(&tariff).annual_cost(&same_each_month(decimal("100")));
    assert_eq!(year, Ok(Money::from_cents(17_977)));
}

#[test]
fn half_a_cent_of_a_year_rounds_up() {
    let tariff = Tariff::RateCard {
        rate: Decimal::ZERO,
        fixed_monthly: decimal("0.00041666666666666666666667"),
        fixed_daily: Decimal::ZERO,
        tiers: Vec::new(),
        credits: Vec::new(),
    };
    let year = Prepared::new(&tariff).annual_cost(&same_each_month(Decimal::ONE));
    assert_eq!(year, Ok(Money::from_cents(1)));
}

#[test]
fn figures_beyond_28_digits_are_an_error() {
    let tariff = average(["79228162514264337593543950335", "1", "79228162514264337593543950335"]);
    let year = Prepared::new(&tariff).annual_cost(&same_each_month(Decimal::MAX));
    assert_eq!(year, Err(cost::CostError::TooLarge { kwh: Decimal::MAX }));
}

fn price() -> impl Strategy<Value = Decimal> {
    (0i64..60_000_000_000_000_000, 15u32..18).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn kwh() -> impl Strategy<Value = Decimal> {
    (0i64..600_000_000_000, 8u32..9).prop_map(|(digits, scale)| Decimal::new(digits, scale))
}

fn any_average() -> impl Strategy<Value = Tariff> {
    (price(), price(), price()).prop_map(|(at_500, at_1000, at_2000)| Tariff::AveragePrices {
        at_500,
        at_1000,
        at_2000,
    })
}

fn any_rate_card() -> impl Strategy<Value = Tariff> {
    let step = || (0i64..300_000, 0i64..400_000);
    (
        price(),
        0i64..5_000,
        0i64..200,
        prop::collection::vec(step(), 0..4),
        prop::collection::vec(step(), 0..3),
    )
        .prop_map(|(rate, monthly, daily, tiers, credits)| Tariff::RateCard {
            rate,
            fixed_monthly: Decimal::new(monthly, 2),
            fixed_daily: Decimal::new(daily, 2),
            tiers: tiers
                .into_iter()
                .map(|(from, rate)| Tier { from_kwh: Decimal::new(from, 2), rate: Decimal::new(rate, 6) })
                .collect(),
            credits: credits
                .into_iter()
                .map(|(from, amount)| Credit {
                    from_kwh: Decimal::new(from, 2),
                    amount: Decimal::new(amount, 4),
                })
                .collect(),
        })
}

fn month(tariff: &Tariff, kwh: Decimal) -> Decimal {
    Prepared::new(tariff).monthly_cost(kwh, 30).expect("a bill")
}

proptest! {
    #[test]
    fn a_bill_is_never_below_zero(tariff in prop_oneof![any_average(), any_rate_card()], kwh in kwh()) {
        prop_assert!(month(&tariff, kwh) >= Decimal::ZERO);
    }

    #[test]
    fn the_stated_averages_are_met_exactly(tariff in any_average()) {
        let Tariff::AveragePrices { at_500, at_1000, at_2000 } = &tariff else { unreachable!("an average") };
        for (kwh, price) in [(500, at_500), (1000, at_1000), (2000, at_2000)] {
            prop_assert_eq!(month(&tariff, Decimal::from(kwh)), Decimal::from(kwh) * *price);
        }
    }

    #[test]
    fn a_bill_does_not_jump_at_1000(tariff in any_average()) {
        let step = Decimal::new(1, 8);
        let jump = month(&tariff, Decimal::ONE_THOUSAND + step) - month(&tariff, Decimal::ONE_THOUSAND - step);
        // No slope is steeper than the highest price times three.
        prop_assert!(jump.abs() <= step * Decimal::from(400));
    }

    #[test]
    fn each_piece_goes_one_way(tariff in any_average(), mut uses in prop::array::uniform3(0i64..100_000)) {
        uses.sort_unstable();
        for offset in [0i64, 100_000] {
            let [low, middle, high] = uses.map(|kwh| month(&tariff, Decimal::new(kwh + offset, 2)));
            prop_assert!((low <= middle && middle <= high) || (low >= middle && middle >= high));
        }
    }

    #[test]
    fn a_rate_card_costs_what_counting_in_cents_of_a_kwh_says(tariff in any_rate_card(), kwh in 0i64..400_000) {
        let Tariff::RateCard { rate, fixed_monthly, fixed_daily, tiers, credits } = &tariff else {
            unreachable!("a rate card")
        };
        let kwh = Decimal::new(kwh, 2);
        let mut tiers = tiers.clone();
        tiers.sort_by_key(|tier| tier.from_kwh);
        // The dearer or cheaper part of each tier, added to what the flat rate would cost.
        let mut expected = *fixed_monthly + *fixed_daily * Decimal::from(30) + *rate * kwh;
        let mut before = *rate;
        for tier in &tiers {
            let beyond = (kwh - tier.from_kwh).max(Decimal::ZERO);
            expected += (tier.rate - before) * beyond;
            before = tier.rate;
        }
        expected -= credits.iter().filter(|credit| credit.from_kwh <= kwh).map(|credit| credit.amount).sum::<Decimal>();
        prop_assert_eq!(month(&tariff, kwh), expected.max(Decimal::ZERO));
    }
}

#[test]
fn the_months_of_a_year_have_365_days() {
    assert_eq!((1..=12).map(days_in_month).sum::<u32>(), 365);
}
