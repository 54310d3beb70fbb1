//! The same turn worked off one step after the other, as assistants are often built: the reference that
//! `bench chat` compares with. Nobody else uses it.

use serde_json::json;
use sextant_domain::{ChatEvent, StageError};
use sextant_engine::{Form, GenerateRequest, Message, Priority, Role, Sampling, Writes};
use sextant_store::{RunTrace, StageTrace};

use super::{Turn, reason, wording};
use crate::pack::PackError;
use crate::slots;
use crate::writing::as_data;

impl Turn {
    pub(super) async fn step_by_step(self, trace: RunTrace) {
        match self.steps(&trace).await {
            Ok((reading, shelved, words, quick_replies)) => {
                self.finish(trace, None, reading, shelved, quick_replies, words).await;
            }
            Err(error) => self.fail(trace, error).await,
        }
    }

    async fn steps(
        &self,
        trace: &RunTrace,
    ) -> Result<(sextant_domain::Reading, super::Shelved, super::Words, Vec<String>), StageError> {
        self.ask(
            trace.stage("decide"),
            "decide",
            self.decision().map_err(|error| reason(&error))?,
            &decision_form(),
        )
        .await?;
        let documents = self.documents().await?;
        let reading = self.read(trace, documents.as_deref());
        let shelved = self.search(trace, &reading, documents).await?;
        self.send_found(&shelved).await;
        let words = self.reply(trace, &reading, &shelved).await.map_err(|error| reason(&error))?;
        let prompt = self.quick_reply_prompt(&words.text).map_err(|error| reason(&error))?;
        let written =
            self.ask(trace.stage("quick_replies"), "quick_replies", prompt, &quick_reply_form()).await?;
        let quick_replies: Vec<String> = serde_json::from_str(&written).unwrap_or_default();
        self.send(ChatEvent::QuickReplies { quick_replies: quick_replies.clone() }).await;
        Ok((reading, shelved, words, quick_replies))
    }

    fn decision(&self) -> Result<String, PackError> {
        let values = json!({ "question": as_data(&self.input.question), "list": as_data(&self.list_name()) });
        self.chat.shelf.wording.templates.render(wording::DECIDE, &values)
    }

    fn quick_reply_prompt(&self, answer: &str) -> Result<String, PackError> {
        let templates = &self.chat.shelf.wording.templates;
        match self.chat.slots.fast.traits.writes {
            Writes::Text => templates.render(
                wording::QUICK_REPLIES,
                &json!({ "question": as_data(&self.input.question), "answer": as_data(answer) }),
            ),
            Writes::Placeholders => templates.render(
                wording::QUICK_REPLIES_BY_PLACEHOLDERS,
                &json!({
                    "topic": "product", "voice": "plain", "named": false, "aspects": ["price", "rating", "cheaper"],
                }),
            ),
        }
    }

    async fn ask(
        &self,
        mut stage: StageTrace,
        system: &str,
        prompt: String,
        form: &serde_json::Value,
    ) -> Result<String, StageError> {
        let request = GenerateRequest {
            messages: vec![
                Message { role: Role::System, content: system.to_owned() },
                Message { role: Role::User, content: prompt },
            ],
            max_tokens: 96,
            stop: Vec::new(),
            sampling: Sampling { seed: self.input.seed, ..Sampling::GREEDY },
            form: Some(Form::Schema(form.clone())),
            priority: Priority::Interactive,
        };
        let slots = &self.chat.slots;
        let answer = slots::generate(
            slots.in_turn(),
            &request,
            slots.stage_limit,
            &mut stage,
            &mut Vec::new(),
            |_| {},
        )
        .await;
        stage.finish();
        answer
    }
}

fn decision_form() -> serde_json::Value {
    json!({
        "type": "object", "properties": { "records": { "type": "boolean" } }, "required": ["records"],
        "additionalProperties": false, "x-guidance": { "whitespace_flexible": false },
    })
}

fn quick_reply_form() -> serde_json::Value {
    json!({
        "type": "array", "items": { "type": "string", "maxLength": 80 }, "minItems": 3, "maxItems": 3,
        "x-guidance": { "whitespace_flexible": false },
    })
}
