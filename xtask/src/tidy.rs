//! The rules that the architecture stands on, checked on the text of the repository.
//!
//! A rule is a function from one file to its findings, with a failing example in its tests; what
//! needs a compiler is clippy's business, not this one's. Rules about how a file is written are in
//! `writing`, about which part may know which in `layers`, about the web UI in `ui`.

mod code;
mod layers;
mod ui;
mod writing;

use anyhow::{Context, Result};

use crate::fingerprint;
use crate::workspace::Workspace;

/// One file, by its path from the root with `/` between folders.
pub(crate) struct Source {
    path: String,
    text: String,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    /// From 1; 0 where the whole file is meant.
    line: usize,
    message: String,
}

type Rule = fn(&Source) -> Vec<Finding>;

const RULES: &[Rule] = &[
    writing::opens_with_a_module_comment,
    writing::has_at_most_600_lines,
    writing::stands_beside_its_folder,
    writing::expects_lints_instead_of_allowing_them,
    writing::follows_the_workspaces_lints,
    writing::leaves_no_note_to_self,
    layers::only_the_shell_knows_tauri,
    layers::only_the_engine_knows_its_runtime,
    layers::only_the_store_knows_sqlite,
    layers::only_the_panel_knows_egui,
    layers::depends_only_on_what_the_design_allows,
    layers::members_state_their_purpose,
    ui::only_the_host_folder_talks_to_tauri,
    ui::features_do_not_import_each_other,
    ui::colours_are_design_tokens,
];

/// Every finding, by file and line.
pub(crate) fn tidy(workspace: &Workspace) -> Result<Vec<Finding>> {
    let sources = sources(workspace)?;
    let mut findings: Vec<Finding> =
        sources.iter().flat_map(|source| RULES.iter().flat_map(move |rule| rule(source))).collect();
    findings.extend(layers::every_crate_is_a_member(&sources));
    findings.sort();
    Ok(findings)
}

pub(crate) fn report(findings: &[Finding]) {
    for Finding { path, line, message } in findings {
        match line {
            0 => println!("{path}: {message}"),
            _ => println!("{path}:{line}: {message}"),
        }
    }
}

impl Source {
    fn finding(&self, line: usize, message: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, message: message.into() }
    }

    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
    }

    fn is_rust(&self) -> bool {
        self.has_extension(&["rs"])
    }

    fn is_manifest(&self) -> bool {
        self.path.rsplit('/').next() == Some("Cargo.toml")
    }
}

/// What people write; generated and fetched files are left out.
fn sources(workspace: &Workspace) -> Result<Vec<Source>> {
    const KINDS: &[&str] = &["rs", "toml", "ts", "js", "svelte", "css", "html", "md", "sql", "j2"];
    let mut sources = Vec::new();
    for path in fingerprint::files(&workspace.root, &["target", "node_modules", "dist", ".git", "gen"])? {
        let name = path.strip_prefix(&workspace.root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let source = Source { path: name, text: String::new() };
        let is_generated = source.path == "ui/src/protocol.ts" || source.path.starts_with("ui/panel/");
        if source.has_extension(KINDS) && !is_generated {
            let text =
                std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
            sources.push(Source { text, ..source });
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines (from 1) in which a rule finds something.
    pub(super) fn lines(rule: Rule, path: &str, text: &str) -> Vec<usize> {
        let source = Source { path: path.to_owned(), text: text.to_owned() };
        rule(&source).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn this_repository_is_tidy() -> Result<()> {
        let workspace = Workspace::find()?;
        let findings = tidy(&workspace)?;
        assert!(findings.is_empty(), "{findings:#?}");
        Ok(())
    }
}
