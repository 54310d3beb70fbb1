//! Named records that are compared, narrowed down by what else the question demands: `No Bull 12 vs Digital Choice
//! 12, both in Oncor` names one plan of each, although many bear the names.
//!
//! A name of which no record meets the demands keeps its records: they are what was asked about.

use sextant_domain::{Intent, ItemId, Reading};
use sextant_retrieval::question::COMPARED_PER_NAME;

use super::subject::Subject;

impl Subject {
    /// Leaves of each name the few records that meet the demands best.
    pub(super) fn narrow_named(&self, reading: &mut Reading) {
        if reading.intent != Intent::Compare || reading.conditions.is_empty() || reading.named.is_empty() {
            return;
        }
        let mut by_name: Vec<(&str, Vec<(bool, &ItemId)>)> = Vec::new();
        for id in &reading.named {
            let Some(item) = self.position(id).and_then(|position| self.item(position)) else { continue };
            let fits = reading.conditions.iter().all(|condition| condition.is_met_by(item));
            let place = by_name.iter().position(|(name, _)| *name == item.name).unwrap_or_else(|| {
                by_name.push((&item.name, Vec::new()));
                by_name.len() - 1
            });
            by_name[place].1.push((fits, id));
        }
        let few = by_name.iter().flat_map(|(_, records)| {
            let any = records.iter().any(|(fits, _)| *fits);
            records.iter().filter(move |(fits, _)| *fits || !any).take(COMPARED_PER_NAME)
        });
        reading.named = few.map(|(_, id)| (*id).clone()).collect();
    }
}
