//! Rolling an hour up: one row per group from all that was stored of it, percentiles' samples included.
//!
//! Only whole, finished hours are rolled, by the start of their runs. What comes in later for such an hour
//! takes its roll-ups away, so that it is rolled again; where the rows have been deleted, it is added to
//! them. So at any moment the figures of an hour are either its roll-ups or its rows, never both.

use std::collections::HashMap;

use rusqlite::{Connection, Transaction};
use sextant_domain::{CacheTier, StageTiming};

use crate::parts::{
    AddParts, CachePart, CacheSums, Group, HOUR_US, RunPart, RunSums, Samples, StagePart, StageSums,
    add_unstored,
};
use crate::samples::{self, BadSamples};
use crate::table::cache_event::CacheEventRow;
use crate::table::rolled_hour::RolledHour;
use crate::table::{
    RunRow, bad_samples, cache_event, cache_rollup, micros, rolled_hour, run, run_rollup, stage, stage_rollup,
};

/// Rolls the hour up from its rows, again where it was before.
pub(crate) fn roll(transaction: &Transaction, hour: i64) -> rusqlite::Result<()> {
    rolled_hour::delete(transaction, hour)?;
    let mut figures = HourFigures::default();
    read_rows(transaction, hour * HOUR_US, (hour + 1) * HOUR_US - 1, &mut figures)?;
    figures.write(transaction, hour)?;
    rolled_hour::put(transaction, RolledHour { hour, rows_kept: true })
}

/// What is stored between the two times, both included.
pub(crate) fn read_rows(
    connection: &Connection,
    since_us: i64,
    until_us: i64,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    run::read_parts(connection, since_us, until_us, to)?;
    stage::read_parts(connection, since_us, until_us, to)?;
    cache_event::read_parts(connection, since_us, until_us, to)
}

/// The hours from the first to the last, both included, must be marked.
pub(crate) fn read_rollups(
    connection: &Connection,
    first: i64,
    last: i64,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    run_rollup::read(connection, first, last, to)?;
    stage_rollup::read(connection, first, last, to)?;
    cache_rollup::read(connection, first, last, to)
}

/// Keeps a finished run, as rows or within the roll-ups of an hour whose rows are gone.
pub(crate) fn insert_run(
    transaction: &Transaction,
    row: &RunRow,
    stages: &[(u32, StageTiming)],
) -> rusqlite::Result<()> {
    let clock_set_back = run::clock_was_set_back(transaction, row)?;
    let hour = micros(row.started_at).div_euclid(HOUR_US);
    if !make_room(transaction, hour)? {
        let mut figures = HourFigures::default();
        read_rollups(transaction, hour, hour, &mut figures)?;
        add_unstored(row, stages, clock_set_back, hour * HOUR_US, &mut figures)
            .map_err(|bad| bad_samples("runs", bad))?;
        rolled_hour::delete(transaction, hour)?;
        figures.write(transaction, hour)?;
        return rolled_hour::put(transaction, RolledHour { hour, rows_kept: false });
    }
    let Some(number) = run::insert(transaction, row, clock_set_back)? else {
        return Ok(());
    };
    stages.iter().try_for_each(|(position, timing)| stage::insert(transaction, number, *position, timing))
}

/// Keeps a stage that outlived its run; not if the run itself isn't there (it was dropped, or is within
/// the roll-ups of an hour whose rows are gone).
pub(crate) fn insert_late_stage(
    transaction: &Transaction,
    run: sextant_domain::RunId,
    position: u32,
    timing: &StageTiming,
) -> rusqlite::Result<()> {
    let Some((number, started_at_us)) = run::number(transaction, run)? else {
        return Ok(());
    };
    make_room(transaction, started_at_us.div_euclid(HOUR_US))?;
    stage::insert(transaction, number, position, timing)
}

pub(crate) fn insert_cache_event(transaction: &Transaction, row: &CacheEventRow) -> rusqlite::Result<()> {
    let hour = micros(row.at).div_euclid(HOUR_US);
    if make_room(transaction, hour)? {
        cache_event::insert(transaction, row)
    } else {
        cache_rollup::add(transaction, hour, &row.part(hour * HOUR_US))
    }
}

/// Whether a row of this hour can be inserted; an hour that had been rolled from its rows isn't any more.
fn make_room(transaction: &Transaction, hour: i64) -> rusqlite::Result<bool> {
    match rolled_hour::get(transaction, hour)? {
        None => Ok(true),
        Some(RolledHour { rows_kept: true, .. }) => {
            rolled_hour::delete(transaction, hour)?;
            Ok(true)
        }
        Some(RolledHour { rows_kept: false, .. }) => Ok(false),
    }
}

/// All of one hour, by group.
#[derive(Debug, Default)]
struct HourFigures {
    names: Names,
    stages: HashMap<[u32; 4], StageFigures>,
    runs: HashMap<[u32; 3], RunFigures>,
    caches: HashMap<CacheTier, CacheSums>,
}

#[derive(Debug, Default)]
struct StageFigures {
    sums: StageSums,
    good: Vec<u64>,
    bad: Vec<u64>,
    first_token: Vec<u64>,
}

#[derive(Debug, Default)]
struct RunFigures {
    sums: RunSums,
    good: Vec<u64>,
    other: Vec<u64>,
}

impl AddParts for HourFigures {
    fn add_stage(&mut self, part: &StagePart) -> Result<(), BadSamples> {
        let [pipeline, model, device] = self.names.group(part.group);
        let key = [pipeline, model, device, self.names.number(part.stage)];
        let figures = self.stages.entry(key).or_default();
        figures.sums.add(&part.sums);
        part.good.append_to(&mut figures.good)?;
        part.bad.append_to(&mut figures.bad)?;
        part.first_token.append_to(&mut figures.first_token)
    }

    fn add_run(&mut self, part: &RunPart) -> Result<(), BadSamples> {
        let figures = self.runs.entry(self.names.group(part.group)).or_default();
        figures.sums.add(&part.sums);
        part.good.append_to(&mut figures.good)?;
        part.other.append_to(&mut figures.other)
    }

    fn add_cache(&mut self, part: &CachePart) {
        self.caches.entry(part.tier).or_default().add(&part.sums);
    }
}

impl HourFigures {
    /// The hour has no roll-ups yet.
    fn write(mut self, transaction: &Transaction, hour: i64) -> rusqlite::Result<()> {
        let names = &self.names;
        for (position, (key, figures)) in self.stages.iter_mut().enumerate() {
            let [pipeline, model, device, stage] = key.map(|number| names.name(number));
            let (good, bad) = (samples::encode(&mut figures.good), samples::encode(&mut figures.bad));
            let first_token = samples::encode(&mut figures.first_token);
            let part = StagePart {
                at_us: hour * HOUR_US,
                group: Group { pipeline, model, device },
                stage,
                sums: figures.sums,
                good: Samples::Packed(&good),
                bad: Samples::Packed(&bad),
                first_token: Samples::Packed(&first_token),
            };
            let n = figures.good.len() + figures.bad.len();
            stage_rollup::insert(transaction, hour, position, n, &part)?;
        }
        for (key, figures) in &mut self.runs {
            let [pipeline, model, device] = key.map(|number| names.name(number));
            let (good, other) = (samples::encode(&mut figures.good), samples::encode(&mut figures.other));
            let group = Group { pipeline, model, device };
            run_rollup::insert(transaction, hour, group, &figures.sums, &good, &other)?;
        }
        self.caches.iter().try_for_each(|(&tier, &sums)| {
            cache_rollup::add(transaction, hour, &CachePart { at_us: hour * HOUR_US, tier, sums })
        })
    }
}

/// Names by number, so that a key takes no allocation per row.
#[derive(Debug, Default)]
struct Names {
    numbers: HashMap<String, u32>,
    names: Vec<String>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.numbers.get(name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn group(&mut self, group: Group<'_>) -> [u32; 3] {
        [group.pipeline, group.model, group.device].map(|name| self.number(name))
    }

    fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }
}
