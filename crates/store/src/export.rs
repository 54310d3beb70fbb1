//! The history in the formats of other tools. Pure: runs in, text out. [`crate::Store::each_run`] gives the
//! runs one after the other, and [`crate::Store::performance`] what Prometheus is told.
//!
//! Attributes are named as OpenTelemetry's conventions for generative AI have them, where they have one,
//! and `sextant.…` otherwise, as on the spans that the history comes from.

mod csv;
mod otlp;
mod prometheus;

pub use csv::{write_csv_header, write_csv_runs};
pub use otlp::write_otlp;
pub use prometheus::write_prometheus;

use sextant_domain::StageTiming;

use crate::RunRow;

/// A run and its stages in the order in which they started.
pub type RunWithStages = (RunRow, Vec<StageTiming>);

#[cfg(test)]
mod tests;
