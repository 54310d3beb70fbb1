//! The use-cases: reading what a person brings, exact costs, the ranking, and words that can be checked.
//!
//! Figures are made here by arithmetic alone; a model only ever puts them into words or judges what has
//! no figure, and what it writes passes the faithfulness check before anybody sees it.
//! Nothing here knows a window or a command line, and models are known only through `sextant_engine::Engine`.

mod answers;
pub mod chat;
mod check;
pub mod comparison;
pub mod cost;
mod facts;
mod format;
mod gate;
pub mod import;
mod judging;
mod kept_answer;
mod pack;
mod placeholders;
mod recommend;
mod repair;
mod run;
pub mod score;
mod slots;
mod stamp;
mod templates;
pub mod usage;
mod writing;

pub use pack::{Criterion, CriterionKind, HeaderRules, Pack, PackError, Sample, Wish};
pub use placeholders::words_and;
pub use recommend::{Advisor, Input, RecommendError};
pub use run::{Run, RunEvent};
pub use slots::{ModelTraits, STAGE_LIMIT, Slot, Slots};
pub use stamp::rfc3339;
