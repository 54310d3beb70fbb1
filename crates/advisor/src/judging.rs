//! The stage that judges what no figure says: how a plan's terms fit the person's wish.

mod by_rule;
mod clauses;
mod reader;
mod whole;

use std::collections::BTreeMap;

use sextant_domain::{StageError, StageTiming};
use sextant_engine::{Priority, Writes};
use sextant_store::StageTrace;

use crate::pack::{Pack, PackError};
use crate::score::Order;
use crate::slots::Slots;

pub(crate) use reader::Reader;

/// How many plans are judged: those that get a narrative.
const SHORT_LIST: usize = 3;

/// What is asked about the short list.
pub(crate) struct Question<'a> {
    /// The names of the pack's wishes that the person has.
    pub(crate) wishes: &'a [String],
    /// The same for a prompt.
    pub(crate) wish: &'a str,
    pub(crate) seed: u64,
    pub(crate) priority: Priority,
}

/// The judgement of the first plans of the order, by their place in the catalogue.
pub(crate) struct Judged {
    pub(crate) fit: BTreeMap<usize, f64>,
    pub(crate) timing: StageTiming,
    pub(crate) mended: Vec<StageError>,
}

/// How well a plan's terms go with a wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fit {
    Poor,
    Fair,
    Good,
}

impl Fit {
    /// From 0 to 1, as scores are.
    fn utility(self) -> f64 {
        match self {
            Self::Poor => 0.0,
            Self::Fair => 0.5,
            Self::Good => 1.0,
        }
    }
}

/// Without a judgement the order stays as the figures have it, with the reason in the timing.
pub(crate) async fn judge(
    pack: &Pack,
    slots: &Slots,
    order: &Order<'_>,
    question: &Question<'_>,
    stage: StageTrace,
) -> Result<Judged, PackError> {
    match slots.fast.traits.writes {
        Writes::Placeholders => by_rule::judge(pack, order, question, stage),
        Writes::Text => whole::judge(pack, slots, order, question, stage).await,
    }
}
