//! For a model that follows instructions: one prompt with the whole short list, one answer by a schema.

use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::json;
use sextant_domain::StageError;
use sextant_engine::{Form, GenerateRequest, Message, Role, Sampling};
use sextant_store::StageTrace;

use super::{Fit, Judged, Question, SHORT_LIST};
use crate::format;
use crate::pack::{Pack, PackError};
use crate::score::{Order, Scored};
use crate::slots::{Slots, generate};
use crate::writing::as_data;

/// Characters of a plan's terms that the prompt holds.
const TERMS_CHARS: usize = 90;

const TAGS: [&str; 11] = [
    "cheap",
    "expensive",
    "green",
    "part_green",
    "flexible",
    "long_term",
    "exit_fee",
    "fixed_price",
    "variable_price",
    "bonus",
    "catch",
];

#[derive(Debug, Serialize)]
struct PromptPlan {
    name: String,
    supplier: String,
    rate: String,
    price_level: &'static str,
    renewable: String,
    contract: String,
    exit_fee: String,
    terms: String,
}

#[derive(Debug, Deserialize)]
struct Judgement {
    plans: Vec<PlanJudgement>,
}

#[derive(Debug, Deserialize)]
struct PlanJudgement {
    id: String,
    fit: Fit,
}

pub(super) async fn judge(
    pack: &Pack,
    slots: &Slots,
    order: &Order<'_>,
    question: &Question<'_>,
    mut stage: StageTrace,
) -> Result<Judged, PackError> {
    let building = Instant::now();
    let short_list: Vec<&Scored> = order.scored.iter().take(SHORT_LIST).collect();
    let plans: Vec<PromptPlan> = short_list.iter().map(|scored| prompt_plan(order, scored)).collect();
    let prompt =
        pack.render("prompts/plan_scoring.txt", &json!({ "wish": as_data(question.wish), "plans": plans }))?;
    let request = GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: "plan_judgement".into() },
            Message { role: Role::User, content: prompt },
        ],
        max_tokens: 64 * u32::try_from(short_list.len()).unwrap_or(1),
        stop: Vec::new(),
        sampling: Sampling { seed: question.seed, ..Sampling::GREEDY },
        form: Some(Form::Schema(schema(short_list.len()))),
        priority: question.priority,
    };
    stage.prompt_built(building.elapsed());
    let mut mended = Vec::new();
    let answer =
        generate(slots.in_turn(), &request, slots.stage_limit, &mut stage, &mut mended, |_| {}).await;
    let parsing = Instant::now();
    let fit = match answer.and_then(|text| read(&text, &short_list)) {
        Ok(fit) => fit,
        Err(error) => {
            stage.failed(error);
            BTreeMap::new()
        }
    };
    stage.parsed(parsing.elapsed());
    Ok(Judged { fit, timing: stage.finish(), mended })
}

fn prompt_plan(order: &Order<'_>, scored: &Scored) -> PromptPlan {
    let plan = order.plan(scored);
    let costed = order.costed();
    let currency = &costed.catalog().currency;
    let price = match plan.fixed_price {
        Some(true) => "fixed price",
        Some(false) => "variable price",
        None => "",
    };
    let terms: String = as_data(&plan.terms).chars().take(TERMS_CHARS).collect();
    let terms: Vec<&str> = [price, terms.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    PromptPlan {
        name: as_data(&plan.name),
        supplier: as_data(&plan.supplier),
        rate: format::rate(currency, costed.cents_per_kwh(scored.yearly)),
        price_level: order.price_level(scored),
        renewable: plan.renewable_percent.map_or_else(|| "not stated".into(), format::percent),
        contract: format::contract(plan.term_months),
        exit_fee: plan.exit_fee.map_or_else(
            || "not stated".into(),
            |fee| if fee.cents() == 0 { "none".into() } else { format::money(currency, fee) },
        ),
        terms: if terms.is_empty() { "none".into() } else { terms.join("; ") },
    }
}

/// One object for each plan, in the prompt's order; tags first, so that the fit can follow from them.
fn schema(plans: usize) -> serde_json::Value {
    let plan = |number: usize| {
        json!({
            "type": "object",
            "properties": {
                "id": { "const": format!("p{number}") },
                "tags": { "type": "array", "items": { "enum": TAGS }, "maxItems": 6 },
                "fit": { "enum": ["good", "fair", "poor"] },
            },
            "required": ["id", "tags", "fit"],
            "additionalProperties": false,
        })
    };
    json!({
        "type": "object",
        "properties": {
            "plans": {
                "type": "array",
                "prefixItems": (1..=plans).map(plan).collect::<Vec<_>>(),
                "items": false,
                "minItems": plans,
                "maxItems": plans,
            },
        },
        "required": ["plans"],
        "additionalProperties": false,
    })
}

fn read(text: &str, short_list: &[&Scored]) -> Result<BTreeMap<usize, f64>, StageError> {
    let judgement: Judgement = serde_json::from_str(text).map_err(|error| StageError {
        code: "bad_judgement".into(),
        message: format!("the model's judgement can't be read ({error}); the order is by figures alone"),
    })?;
    Ok(judgement
        .plans
        .iter()
        .filter_map(|plan| {
            let place: usize = plan.id.strip_prefix('p')?.parse().ok()?;
            let scored = short_list.get(place.checked_sub(1)?)?;
            Some((scored.index, plan.fit.utility()))
        })
        .collect())
}
