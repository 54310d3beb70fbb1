//! `sextant chat`: one answer, a batch of them, or a session in the terminal.

use std::collections::BTreeMap;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sextant_advisor::chat::{Chat, ChatInput, ChatRun, Question, Subject, Way};
use sextant_domain::{ChatAnswer, ChatEvent, ConversationId, MessageId};
use sextant_retrieval::document;
use sextant_store::PerfLines;

use super::{DataArgs, pair, print_json, print_line, recommend, runtime};
use crate::app::{self, ModelChoice};
use crate::failure::{Failure, by_code};
use crate::shelf;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The domain: `retail` or `energy`
    #[arg(long)]
    pack: Option<String>,
    /// The list to ask about as CSV; the pack's sample without it
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// Which column has which role, where the header doesn't say
    #[arg(long = "map", value_name = "ROLE=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
    /// The currency of the list's prices, where it doesn't say
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// With `--pack energy`: whose use the yearly costs are for; the pack's sample without it
    #[arg(long, value_name = "FILE")]
    usage: Option<PathBuf>,
    /// Which home of the usage file
    #[arg(long, value_name = "ID")]
    home: Option<String>,
    /// Import the documents of this folder, and ask them
    #[arg(long, value_name = "DIR")]
    docs: Option<PathBuf>,
    /// Which model writes; the bundled one without it
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// Which engine runs it
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    /// The same seed gives the same words
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// First give every record and passage its vector, so that search is by meaning too; a session does so
    /// meanwhile
    #[arg(long)]
    learn: bool,
    /// Neither read nor trust a kept answer
    #[arg(long)]
    no_cache: bool,
    /// A file with one question a line; prints one JSON document a line
    #[arg(long, value_name = "FILE", conflicts_with = "question")]
    batch: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
    /// The question; without one, a session begins
    question: Option<String>,
}

impl Args {
    pub(super) fn is_batch(&self) -> bool {
        self.batch.is_some()
    }
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let store = app::store_with_history(PerfLines::Stderr)?.tell();
    let choice = ModelChoice::of(args.model.clone(), args.engine.clone());
    let chat = shelf::chat(store.clone(), &choice)?;
    if let Some(dir) = &args.docs {
        import_documents(&chat, dir)?;
    }
    let subject = subject(&chat, args)?;
    let runtime = runtime()?;
    if args.learn {
        runtime.block_on(learn(&chat, subject.as_ref()));
    }
    let done = match (&args.batch, &args.question) {
        (Some(file), _) => batch(&chat, &runtime, args, subject.as_ref(), file),
        (None, Some(question)) => runtime.block_on(one(&chat, args, subject, question)),
        (None, None) => session(&chat, &runtime, args, subject.as_ref()),
    };
    app::close(&store);
    done
}

async fn learn(chat: &Chat, subject: Option<&Arc<Subject>>) {
    if let Some(subject) = subject {
        chat.shelf.learn(subject).await;
    }
    chat.shelf.learn_documents().await;
}

/// What is asked about: a list of the person's own, the pack's sample, or only their documents.
fn subject(chat: &Chat, args: &Args) -> Result<Option<Arc<Subject>>, Failure> {
    let pack = args.pack.as_deref().unwrap_or("retail");
    let Some(path) = &args.catalog else {
        if args.docs.is_some() && args.pack.is_none() {
            return Ok(None);
        }
        return Ok(Some(shelf::sample(&chat.shelf, pack)?));
    };
    let mapping: BTreeMap<String, String> = args.map.iter().cloned().collect();
    let home = |pack: &sextant_advisor::Pack| {
        let data = DataArgs {
            pack: pack.id.clone(),
            usage: args.usage.clone(),
            home: args.home.clone(),
            catalog: None,
            map: Vec::new(),
        };
        recommend::home(pack, &data)
    };
    let (subject, about) =
        shelf::own_list(&chat.shelf, pack, path, &mapping, args.currency.as_deref(), home)?;
    let roles: Vec<String> =
        about.recognised.iter().map(|(role, column)| format!("{role}={column}")).collect();
    eprintln!("{}: {} records; {}", subject.catalog.name, subject.catalog.items.len(), roles.join(" "));
    for note in &about.notes {
        eprintln!("  {} ({})", note.message, note.count);
    }
    Ok(Some(subject))
}

/// Imports what can be read of the folder; what can't is said and passed over.
fn import_documents(chat: &Chat, dir: &Path) -> Result<(), Failure> {
    let folder = document::read_folder(dir).map_err(|error| {
        Failure::input("bad_input", format!("the folder {} can't be read: {error}", dir.display()))
    })?;
    let mut imported = 0;
    for file in folder {
        let read = std::fs::read(&file.path).map_err(|error| error.to_string()).and_then(|bytes| {
            document::read(&file.name, &bytes, &|| false, &mut |_, _| {}).map_err(|error| error.to_string())
        });
        match read {
            Ok(document) => {
                chat.shelf.store.put_document(&document, SystemTime::now())?;
                imported += 1;
            }
            Err(message) => eprintln!("{}: {message}", file.name),
        }
    }
    eprintln!("{imported} documents from {}", dir.display());
    Ok(())
}

fn input(args: &Args, subject: Option<Arc<Subject>>, question: &str) -> ChatInput {
    ChatInput {
        question: question.to_owned(),
        subject,
        earlier: Vec::new(),
        seed: args.seed,
        use_cache: !args.no_cache,
        way: Way::Parallel,
    }
}

async fn one(chat: &Chat, args: &Args, subject: Option<Arc<Subject>>, question: &str) -> Result<(), Failure> {
    let run = chat.answer(input(args, subject, question));
    if args.json {
        let answer = run.finish().await.map_err(|error| by_code(&error.code, &error.message))?;
        return print_json(&answer);
    }
    let answer = stream(run).await?;
    print_rest(&answer);
    Ok(())
}

/// One document a line, in the order of the questions; a question that fails has its error as a document.
fn batch(
    chat: &Chat,
    runtime: &tokio::runtime::Runtime,
    args: &Args,
    subject: Option<&Arc<Subject>>,
    file: &Path,
) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        Failure::input("bad_input", format!("the questions in {} can't be read: {error}", file.display()))
    })?;
    let mut failed = 0;
    for question in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let run =
            runtime.block_on(async { chat.answer(input(args, subject.cloned(), question)).finish().await });
        let line = match run {
            Ok(answer) => serde_json::to_string(&answer),
            Err(error) => {
                failed += 1;
                serde_json::to_string(&serde_json::json!({ "question": question, "errors": [error] }))
            }
        };
        print_line(&line.map_err(|error| Failure::work("json", error))?);
        // The next question finds what was kept of this one.
        chat.shelf.store.flush();
    }
    if failed > 0 {
        return Err(Failure::result("failed", format!("{failed} of the questions could not be answered")));
    }
    Ok(())
}

/// Questions from the terminal until it ends. The conversation is kept, as the window's are.
fn session(
    chat: &Chat,
    runtime: &tokio::runtime::Runtime,
    args: &Args,
    subject: Option<&Arc<Subject>>,
) -> Result<(), Failure> {
    let is_terminal = std::io::stdin().is_terminal();
    let mut last: Option<(ConversationId, MessageId)> = None;
    {
        let (chat, subject) = (chat.clone(), subject.cloned());
        runtime.spawn(async move { learn(&chat, subject.as_ref()).await });
    }
    if is_terminal && let Some(subject) = subject {
        print_line(&format!("{}: {}", subject.catalog.name, subject.suggestions.join("  ")));
    }
    loop {
        if is_terminal {
            print!("> ");
            let _ = std::io::stdout().flush();
        }
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        if read.map_err(|error| Failure::input("bad_input", error))? == 0 {
            return Ok(());
        }
        if line.trim().is_empty() {
            continue;
        }
        let begun = {
            let _inside = runtime.enter();
            chat.send(Question {
                conversation: last.map(|(conversation, _)| conversation),
                parent: last.map(|(_, answer)| answer),
                text: line,
                subject: subject.cloned(),
                use_cache: !args.no_cache,
                seed: args.seed,
            })
        };
        let begun = match begun {
            Ok(begun) => begun,
            Err(error) => {
                eprintln!("{error}");
                continue;
            }
        };
        last = Some((begun.conversation, begun.answer.id));
        if args.json {
            // One document for each answer, and nothing else.
            match runtime.block_on(begun.run.finish()) {
                Ok(answer) => print_json(&answer)?,
                Err(error) => eprintln!("{}", error.message),
            }
        } else {
            match runtime.block_on(stream(begun.run)) {
                Ok(answer) => print_rest(&answer),
                Err(failure) => eprintln!("{}", failure.parts().1),
            }
        }
        // The next question's context is what was stored of this one.
        chat.shelf.store.flush();
    }
}

/// Prints the words as they come where somebody looks on, and at once where nobody does.
async fn stream(mut run: ChatRun) -> Result<ChatAnswer, Failure> {
    let live = std::io::stdout().is_terminal();
    let mut shown = String::new();
    while let Some(event) = run.events.recv().await {
        match event {
            ChatEvent::Delta { text } if live => {
                print!("{text}");
                let _ = std::io::stdout().flush();
                shown.push_str(&text);
            }
            ChatEvent::Finished { answer } => {
                if !live || shown != answer.answer {
                    if live {
                        print_line("");
                    }
                    print_line(&answer.answer);
                } else {
                    print_line("");
                }
                return Ok(*answer);
            }
            ChatEvent::Failed { error } => return Err(by_code(&error.code, &error.message)),
            _ => {}
        }
    }
    Err(Failure::work("stopped", "the turn was stopped"))
}

fn print_rest(answer: &ChatAnswer) {
    for citation in &answer.citations {
        print_line(&format!(
            "[{}] {}, characters {} to {}",
            citation.marker, citation.source, citation.start, citation.end
        ));
    }
    for item in &answer.items {
        let price = item
            .price
            .map_or_else(String::new, |price| format!("   {price} {} {}", item.currency, item.price_unit));
        print_line(&format!("  · {} · {}{price}   id {}", item.name, item.brand, item.id));
    }
    if !answer.quick_replies.is_empty() {
        print_line(&format!("  → {}", answer.quick_replies.join("   → ")));
    }
    let first = answer.first_token_ms.map_or_else(String::new, |ms| format!(", first word after {ms:.0} ms"));
    let kept = if answer.cache.hit { ", a kept answer" } else { "" };
    print_line(&format!("{} on {}, {:.0} ms{first}{kept}", answer.model, answer.device, answer.total_ms));
    for note in answer.notes.iter().chain(answer.errors.iter().map(|error| &error.message)) {
        print_line(&format!("note: {note}"));
    }
}
