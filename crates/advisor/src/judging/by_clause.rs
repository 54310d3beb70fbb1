//! For a small model: it says of one clause at a time which tag it carries, and the fit is a rule.

use std::collections::{BTreeMap, HashMap};
use std::time::Instant;

use serde::Deserialize;
use serde_json::json;
use sextant_domain::StageError;
use sextant_engine::{Form, GenerateRequest, Message, Role, Sampling};
use sextant_store::StageTrace;

use super::clauses::clauses;
use super::{Fit, Judged, Question, SHORT_LIST};
use crate::pack::{Pack, PackError, Tag};
use crate::score::Order;
use crate::slots::{Slots, generate};
use crate::writing::STAGE_LIMIT;

/// What the model says of a clause.
#[derive(Debug, Deserialize)]
struct Reading {
    tags: Vec<String>,
}

/// Asks of each different clause once, and of none where no tag bears on what the person wishes.
pub(super) async fn judge(
    pack: &Pack,
    slots: &Slots,
    order: &Order<'_>,
    question: &Question<'_>,
    mut stage: StageTrace,
) -> Result<Judged, PackError> {
    let building = Instant::now();
    let matters = pack.tags.iter().any(|tag| question.wishes.iter().any(|wish| tag.fit(wish) != Fit::Fair));
    let plans: Vec<(usize, Vec<String>)> = order
        .scored
        .iter()
        .take(if matters { SHORT_LIST } else { 0 })
        .map(|scored| (scored.index, clauses(&order.plan(scored).terms)))
        .collect();
    let requests = requests(pack, question, plans.iter().flat_map(|(_, clauses)| clauses))?;
    stage.prompt_built(building.elapsed());

    let deadline = Instant::now() + STAGE_LIMIT;
    let mut mended = Vec::new();
    let mut carried: HashMap<&str, Vec<String>> = HashMap::new();
    let mut failure = None;
    for (clause, request) in &requests {
        let limit = deadline.saturating_duration_since(Instant::now());
        let answer = generate(slots.in_turn(), request, limit, &mut stage, &mut mended, |_| {}).await;
        let parsing = Instant::now();
        match answer.and_then(|text| read(&text)) {
            Ok(tags) => {
                carried.insert(clause, tags);
            }
            Err(error) => failure = Some(error),
        }
        stage.parsed(parsing.elapsed());
        if failure.is_some() {
            break;
        }
    }
    let fit = match failure {
        Some(error) => {
            stage.failed(error);
            BTreeMap::new()
        }
        None => plans
            .iter()
            .map(|(index, clauses)| {
                let names = clauses.iter().filter_map(|clause| carried.get(clause.as_str())).flatten();
                let tags: Vec<&Tag> =
                    names.filter_map(|name| pack.tags.iter().find(|tag| tag.name == *name)).collect();
                (*index, fit(&tags, question.wishes).utility())
            })
            .collect(),
    };
    Ok(Judged { fit, timing: stage.finish(), mended })
}

fn requests<'c>(
    pack: &Pack,
    question: &Question<'_>,
    clauses: impl Iterator<Item = &'c String>,
) -> Result<BTreeMap<&'c str, GenerateRequest>, PackError> {
    let names: Vec<&str> = pack.tags.iter().map(|tag| tag.name.as_str()).collect();
    let form = Form::Schema(json!({
        "type": "object",
        "properties": { "tags": { "type": "array", "items": { "enum": names }, "maxItems": 1 } },
        "required": ["tags"],
        "additionalProperties": false,
    }));
    let mut requests = BTreeMap::new();
    for clause in clauses {
        let prompt = pack.render("prompts/placeholders/plan_judgement.txt", &json!({ "clause": clause }))?;
        let request = GenerateRequest {
            messages: vec![
                Message { role: Role::System, content: "plan_judgement".into() },
                Message { role: Role::User, content: prompt },
            ],
            max_tokens: 24,
            stop: Vec::new(),
            sampling: Sampling { seed: question.seed, ..Sampling::GREEDY },
            form: Some(form.clone()),
            priority: question.priority,
        };
        requests.insert(clause.as_str(), request);
    }
    Ok(requests)
}

fn read(text: &str) -> Result<Vec<String>, StageError> {
    let reading: Reading = serde_json::from_str(text).map_err(|error| StageError {
        code: "bad_judgement".into(),
        message: format!("the model's judgement can't be read ({error}); the order is by figures alone"),
    })?;
    Ok(reading.tags)
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
