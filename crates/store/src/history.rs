//! The run history's one source: `tracing` spans, read by one layer.
//!
//! [`RunTrace`] and [`StageTrace`] put typed handles around spans; [`HistoryLayer`] collects what the
//! spans' fields say, prints the `[PERF]` lines and hands the finished run to the store. The handles
//! read their results back from the layer's record, so what a caller gets, what is printed and what is
//! stored are one set of figures. Nothing else may write runs or stages.

mod layer;
mod perf;
mod record;
mod trace;

pub use layer::HistoryLayer;
pub use perf::PerfLines;
pub(crate) use trace::STOPPED;
pub use trace::{Generated, RunMeta, RunOutcome, RunTiming, RunTrace, StageTrace};
