//! `sextant history export`: for OpenTelemetry collectors, spreadsheets and Prometheus.

use std::path::Path;
use std::time::{Duration, SystemTime};

use sextant_store::Store;
use sextant_store::export::{write_csv_header, write_csv_runs, write_otlp, write_prometheus};

use super::{hand_on, query};
use crate::failure::Failure;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ExportFormat {
    /// One OTLP trace request a line, one run a request
    Otlp,
    /// One line for each stage
    Csv,
    /// Counters and quantiles in the text format
    Prometheus,
}

pub(super) fn write(
    store: &Store,
    format: ExportFormat,
    since: Duration,
    output: Option<&Path>,
) -> Result<(), Failure> {
    let now = SystemTime::now();
    let mut bytes = Vec::new();
    let written = match format {
        ExportFormat::Otlp => {
            store.each_run(now.checked_sub(since), |run| write_otlp(std::iter::once(run), &mut bytes))?
        }
        ExportFormat::Csv => write_csv_header(&mut bytes).and(
            store.each_run(now.checked_sub(since), |run| write_csv_runs(std::iter::once(run), &mut bytes))?,
        ),
        ExportFormat::Prometheus => write_prometheus(&store.performance(&query(since), now)?, &mut bytes),
    };
    written.map_err(|error| Failure::work("export", error))?;
    hand_on(output, &bytes)
}
