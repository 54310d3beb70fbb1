//! Where the model is too small to judge: a rule reads the terms, and another one weighs them.

use std::time::Instant;

use sextant_store::StageTrace;

use super::clauses::clauses;
use super::{Fit, Judged, Question, SHORT_LIST};
use crate::pack::{Pack, PackError, Tag};
use crate::score::Order;

/// Asks no model.
pub(super) fn judge(
    pack: &Pack,
    order: &Order<'_>,
    question: &Question<'_>,
    mut stage: StageTrace,
) -> Result<Judged, PackError> {
    let reading = Instant::now();
    let fit = order
        .scored
        .iter()
        .take(SHORT_LIST)
        .map(|scored| {
            let tags = tags(pack, &order.plan(scored).terms)?;
            Ok((scored.index, fit(&tags, question.wishes).utility()))
        })
        .collect::<Result<_, PackError>>()?;
    stage.parsed(reading.elapsed());
    Ok(Judged { fit, timing: stage.finish(), mended: Vec::new() })
}

/// What these terms say, in the pack's words.
fn tags<'p>(pack: &'p Pack, terms: &str) -> Result<Vec<&'p Tag>, PackError> {
    let reader = pack.reader()?;
    Ok(clauses(terms)
        .iter()
        .filter_map(|clause| reader.tag(clause))
        .filter_map(|name| pack.tags.iter().find(|tag| tag.name == name))
        .collect())
}

impl Tag {
    /// What terms that carry it mean for who has this wish.
    fn fit(&self, wish: &str) -> Fit {
        let names = |wishes: &[String]| wishes.iter().any(|name| name == wish);
        if names(&self.poor_for) {
            Fit::Poor
        } else if names(&self.good_for) {
            Fit::Good
        } else {
            Fit::Fair
        }
    }
}

/// One wish that the terms go against outweighs another that they serve.
fn fit(tags: &[&Tag], wishes: &[String]) -> Fit {
    let of_wish = |wish: &String| {
        let fits = tags.iter().map(|tag| tag.fit(wish));
        match (fits.clone().min(), fits.max()) {
            (Some(Fit::Poor), _) => Fit::Poor,
            (_, Some(Fit::Good)) => Fit::Good,
            _ => Fit::Fair,
        }
    };
    wishes.iter().map(of_wish).min().unwrap_or(Fit::Fair)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_against_a_wish_outweighs_what_serves_it() {
        let tag = |name: &str, good: &[&str], poor: &[&str]| Tag {
            name: name.into(),
            good_for: good.iter().map(|wish| (*wish).to_owned()).collect(),
            poor_for: poor.iter().map(|wish| (*wish).to_owned()).collect(),
        };
        let leaving = tag("free_exit", &["no exit fee"], &[]);
        let later = tag("changes_later", &[], &["stable price"]);
        let wish = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(fit(&[&leaving], &wish(&["no exit fee"])), Fit::Good);
        assert_eq!(fit(&[&leaving, &later], &wish(&["no exit fee"])), Fit::Good);
        assert_eq!(fit(&[&leaving, &later], &wish(&["no exit fee", "stable price"])), Fit::Poor);
        assert_eq!(fit(&[&leaving], &wish(&["no exit fee", "stable price"])), Fit::Fair);
        assert_eq!(fit(&[], &wish(&["no exit fee"])), Fit::Fair);
    }
}
