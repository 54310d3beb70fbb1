//! Everything that Sextant keeps: imported lists, homes and documents, conversations, caches, and the history
//! of runs.
//!
//! One database file, one writer thread, any number of readers; `table/` holds one file per table with
//! its migration, its row and its queries. The history is filled by one `tracing` layer and by nothing
//! else: whoever wants a figure in it records it on a span (through [`RunTrace`] and [`StageTrace`]).
//! This is the only crate that names rusqlite. It computes nothing about plans; what a model wrote is
//! kept only in conversations and as a cached answer, never in the history.

mod alerts;
mod being_written;
mod connection;
mod conversations;
mod documents;
mod error;
pub mod export;
mod history;
mod items;
mod live;
mod message_writer;
mod parts;
mod percentile;
mod performance;
mod positions;
mod rolling;
mod samples;
mod schema;
mod store;
mod table;
#[cfg(test)]
mod testing;
mod upkeep;
mod vectors;
mod writer;

pub use alerts::{RegressionRule, Thresholds};
pub use error::StoreError;
pub use history::{Generated, HistoryLayer, PerfLines, RunMeta, RunOutcome, RunTiming, RunTrace, StageTrace};
pub use items::Matches;
pub use message_writer::MessageWriter;
pub use percentile::{median_nearest_rank, percentile_nearest_rank};
pub use store::{Store, StoreOptions};
pub use table::{CacheCount, CacheEvent, CatalogRow, HomeRow, ItemCatalogRow, RunRow};
