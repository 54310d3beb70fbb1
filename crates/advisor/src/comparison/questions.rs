//! Questions with known answers, asked of one model: `questions.toml` of the pack.

use std::path::Path;

use serde::Deserialize;
use serde_json::json;
use sextant_domain::StageError;
use sextant_engine::{Form, GenerateRequest, Message, Priority, Role, Sampling};

use crate::pack::{Pack, PackError};
use crate::recommend::Advisor;

const FILE: &str = "questions.toml";
/// How often a question is asked again, with another seed each time.
const REPEATS: u64 = 3;
/// Warm enough that a model that is unsure changes its mind.
const REPEAT_TEMPERATURE: f32 = 0.7;
/// The longest choice and what JSON puts around it.
const ANSWER_TOKENS: u32 = 48;

/// The pack's questions and conversations.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Questions {
    #[serde(rename = "question")]
    single: Vec<Question>,
    #[serde(rename = "conversation")]
    conversations: Vec<Conversation>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    facts: String,
    #[serde(rename = "question")]
    asked: String,
    choices: Vec<String>,
    /// One of `choices`.
    answer: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Conversation {
    /// What the person said, and what was answered.
    said: Vec<(String, String)>,
    #[serde(flatten)]
    last: Question,
}

/// What came of one generation.
#[derive(Debug, Clone, PartialEq)]
pub enum Answered {
    Question {
        right: bool,
    },
    /// A repeat: whole by the schema, and what the model answers when it is sure.
    Again {
        same: bool,
    },
    Conversation {
        right: bool,
    },
    Failed(StageError),
}

impl Questions {
    pub fn of(pack: &Pack) -> Result<Self, PackError> {
        let path = pack.file(FILE);
        let text = std::fs::read_to_string(&path)
            .map_err(|source| PackError::Unreadable { path: path.clone(), source })?;
        Self::parse(&path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, PackError> {
        let invalid = |detail| PackError::Invalid { path: path.to_owned(), detail };
        let questions: Self = toml::from_str(text).map_err(|error| invalid(error.to_string()))?;
        let all = questions.single.iter().chain(questions.conversations.iter().map(|talk| &talk.last));
        for question in all {
            if !question.choices.contains(&question.answer) {
                return Err(invalid(format!("{:?} is no choice of {:?}", question.answer, question.asked)));
            }
        }
        Ok(questions)
    }

    /// How many questions and how many conversations there are.
    #[must_use]
    pub fn len(&self) -> (usize, usize) {
        (self.single.len(), self.conversations.len())
    }

    /// Asks the fast slot's model everything, one after the other.
    pub(super) async fn ask(&self, advisor: &Advisor) -> Result<Vec<Answered>, PackError> {
        let mut answered = Vec::new();
        for question in &self.single {
            let sure = ask_once(advisor, &[], question, Sampling::GREEDY).await?;
            if let Ok(answer) = &sure {
                for seed in 1..=REPEATS {
                    let sampling = Sampling { temperature: REPEAT_TEMPERATURE, seed, ..Sampling::GREEDY };
                    let again = ask_once(advisor, &[], question, sampling).await?;
                    answered.push(match again {
                        Ok(again) => Answered::Again { same: again.is_some() && again == *answer },
                        Err(error) => Answered::Failed(error),
                    });
                }
            }
            answered.push(match sure {
                Ok(answer) => Answered::Question { right: answer.as_deref() == Some(&question.answer) },
                Err(error) => Answered::Failed(error),
            });
        }
        for talk in &self.conversations {
            let answer = ask_once(advisor, &talk.said, &talk.last, Sampling::GREEDY).await?;
            answered.push(match answer {
                Ok(answer) => Answered::Conversation { right: answer.as_deref() == Some(&talk.last.answer) },
                Err(error) => Answered::Failed(error),
            });
        }
        Ok(answered)
    }
}

/// The choice that the model made; `None` where its answer is no whole document.
async fn ask_once(
    advisor: &Advisor,
    said: &[(String, String)],
    question: &Question,
    sampling: Sampling,
) -> Result<Result<Option<String>, StageError>, PackError> {
    let Question { facts, asked, choices, .. } = question;
    let prompt = advisor
        .pack
        .render("prompts/question.txt", &json!({ "facts": facts, "question": asked, "choices": choices }))?;
    let message = |role, content: &str| Message { role, content: content.to_owned() };
    let mut messages = vec![message(Role::System, "grounded_answer")];
    for (person, assistant) in said {
        messages.extend([message(Role::User, person), message(Role::Assistant, assistant)]);
    }
    messages.push(message(Role::User, &prompt));
    let schema = json!({
        "type": "object",
        "properties": { "answer": { "enum": choices } },
        "required": ["answer"],
        "additionalProperties": false,
    });
    let request = GenerateRequest {
        messages,
        max_tokens: ANSWER_TOKENS,
        stop: Vec::new(),
        sampling,
        form: Some(Form::Schema(schema)),
        priority: Priority::Normal,
    };
    let answer = advisor.slots.fast.engine.generate(request).collect().await;
    Ok(answer
        .map(|(text, _)| read(&text))
        .map_err(|error| StageError { code: error.code().into(), message: error.to_string() }))
}

fn read(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Document {
        answer: String,
    }
    serde_json::from_str::<Document>(text).ok().map(|document| document.answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str =
        "[[question]]\nfacts = \"f\"\nquestion = \"q\"\nchoices = [\"a\", \"b\"]\nanswer = \"b\"\n";

    #[test]
    fn an_answer_that_is_no_choice_is_a_fault_of_the_file() {
        let path = Path::new("questions.toml");
        let talk = "[[conversation]]\nsaid = [[\"x\", \"y\"]]\nfacts = \"f\"\nquestion = \"q\"\nchoices = [\"a\"]\nanswer = \"a\"\n";
        let good = Questions::parse(path, &format!("{ONE}{talk}")).expect("both are whole");
        assert_eq!(good.len(), (1, 1));
        let bad =
            Questions::parse(path, &format!("{}{talk}", ONE.replace("answer = \"b\"", "answer = \"c\"")));
        assert!(bad.is_err_and(|error| error.to_string().contains("\"c\" is no choice")));
    }

    #[test]
    fn only_a_whole_document_is_an_answer() {
        assert_eq!(read("{\"answer\": \"Birch\"}").as_deref(), Some("Birch"));
        assert_eq!(read("{\"answer\": \"Bir"), None);
    }
}
