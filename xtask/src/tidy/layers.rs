//! Rules about which part may know which: the table of crates in ARCHITECTURE.md, and the outside
//! libraries that exactly one place names.

use super::code::{self, Strings};
use super::writing::lines_with;
use super::{Finding, Source};
use crate::workspace;

/// A crate under `crates/`, and which others it may depend on.
const LAYERS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("engine", &["domain"]),
    ("retrieval", &["domain", "engine", "store"]),
    ("advisor", &["domain", "engine", "retrieval", "store"]),
    ("store", &["domain"]),
    ("panel", &["domain"]),
    ("protocol", &["domain"]),
];

/// A crate's name as its package has it.
const PREFIX: &str = "sextant-";

pub(super) fn only_the_shell_knows_tauri(source: &Source) -> Vec<Finding> {
    if !source.path.starts_with("crates/") {
        return Vec::new();
    }
    naming(source, &["tauri"], "names tauri; only src-tauri knows it, libraries run without a window")
}

pub(super) fn only_the_engine_knows_its_runtime(source: &Source) -> Vec<Finding> {
    // The root manifest states versions for all; xtask's own rules are examples of what they forbid.
    if source.path.starts_with("crates/engine/") || source.path.starts_with("xtask/") {
        return Vec::new();
    }
    let message = "names the model runtime; only crates/engine does, others speak to `Engine`";
    let mut findings =
        naming(source, &["mistralrs", "candle", "llama_cpp", "llama-cpp", "llguidance"], message);
    if source.is_rust() {
        let features = ["\"cuda\"", "\"metal\"", "\"accelerate\""];
        let code = code::without_comments(&source.text, Strings::Keep);
        findings.extend(
            lines_with(&code, |line| {
                line.contains("feature") && features.iter().any(|name| line.contains(name))
            })
            .map(|line| {
                source.finding(line, "asks for a GPU feature; only crates/engine does, it answers what works")
            }),
        );
    }
    findings
}

pub(super) fn only_the_store_knows_sqlite(source: &Source) -> Vec<Finding> {
    if source.path.starts_with("crates/store/") {
        return Vec::new();
    }
    naming(source, &["rusqlite"], "names rusqlite; only crates/store does")
}

pub(super) fn only_the_panel_knows_egui(source: &Source) -> Vec<Finding> {
    if source.path.starts_with("crates/panel/") {
        return Vec::new();
    }
    let message = "names egui; only crates/panel does, it gives others pictures and a canvas";
    naming(source, &["egui", "eframe"], message)
}

pub(super) fn depends_only_on_what_the_design_allows(source: &Source) -> Vec<Finding> {
    let Some(name) = crate_of_manifest(source) else {
        return Vec::new();
    };
    let Some((_, allowed)) = LAYERS.iter().find(|(layer, _)| *layer == name) else {
        return vec![source.finding(
            0,
            format!("`{name}` is in no layer: add it to the table in xtask/src/tidy/layers.rs"),
        )];
    };
    dependencies(&source.text)
        .filter_map(|(line, dependency)| {
            let other = dependency.strip_prefix(PREFIX).or((dependency == "sextant").then_some("sextant"))?;
            (!allowed.contains(&other)).then(|| {
                source.finding(line, format!("`{name}` may not depend on `{other}`, only on {allowed:?}"))
            })
        })
        .collect()
}

pub(super) fn members_state_their_purpose(source: &Source) -> Vec<Finding> {
    if source.path != "Cargo.toml" {
        return Vec::new();
    }
    workspace::members(&source.text)
        .into_iter()
        .filter(|member| member.purpose.is_empty())
        .map(|member| source.finding(member.line, format!("`{}` has no purpose beside it", member.folder)))
        .collect()
}

/// A forgotten crate would be compiled by nobody and checked by no test.
pub(super) fn every_crate_is_a_member(sources: &[Source]) -> Vec<Finding> {
    let Some(root) = sources.iter().find(|source| source.path == "Cargo.toml") else {
        return Vec::new();
    };
    let members = workspace::members(&root.text);
    sources
        .iter()
        .filter_map(|source| {
            let name = crate_of_manifest(source)?;
            let folder = format!("crates/{name}");
            let is_member = members.iter().any(|member| member.folder == folder);
            (!is_member).then(|| source.finding(0, format!("`{folder}` is no member of the workspace")))
        })
        .collect()
}

/// Lines of code, or of a manifest's dependencies, that name one of the libraries.
fn naming(source: &Source, libraries: &[&str], message: &str) -> Vec<Finding> {
    if source.is_rust() {
        let code = code::without_comments(&source.text, Strings::Blank);
        return lines_with(&code, |line| libraries.iter().any(|library| code::names(line, library)))
            .map(|line| source.finding(line, message))
            .collect();
    }
    if source.is_manifest() && source.path != "Cargo.toml" {
        return dependencies(&source.text)
            .filter(|(_, dependency)| libraries.iter().any(|library| dependency.starts_with(library)))
            .map(|(line, _)| source.finding(line, message))
            .collect();
    }
    Vec::new()
}

/// The `x` of `crates/x/Cargo.toml`.
fn crate_of_manifest(source: &Source) -> Option<&str> {
    let name = source.path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
    (!name.contains('/')).then_some(name)
}

/// Line and name of every dependency of a manifest, of any kind and for any target.
fn dependencies(manifest: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_inside = false;
    manifest.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            is_inside = section.ends_with("dependencies");
            let (table, name) = section.rsplit_once('.')?;
            return table.ends_with("dependencies").then_some((index + 1, name));
        }
        let name = line.split(['.', '=', ' ']).next()?;
        (is_inside && !name.is_empty() && !name.starts_with('#')).then_some((index + 1, name))
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use super::*;

    #[test]
    fn a_library_that_names_tauri_is_found() {
        let rule = only_the_shell_knows_tauri;
        assert_eq!(lines(rule, "crates/store/src/lib.rs", "//! No tauri here.\nuse tauri::App;\n"), [2]);
        assert_eq!(
            lines(rule, "crates/store/Cargo.toml", "[dependencies]\nserde = \"1\"\ntauri.workspace = true\n"),
            [3]
        );
        assert_eq!(lines(rule, "src-tauri/src/main.rs", "use tauri::App;\n"), []);
    }

    #[test]
    fn the_model_runtime_is_the_engines_alone() {
        let rule = only_the_engine_knows_its_runtime;
        assert_eq!(
            lines(rule, "crates/advisor/src/a.rs", "let e = \"mistralrs\";\nuse candle_core::Tensor;\n"),
            [2]
        );
        assert_eq!(lines(rule, "src-tauri/src/a.rs", "use llama_cpp_sys_2 as ffi;\n"), [1]);
        assert_eq!(lines(rule, "tests/Cargo.toml", "[dependencies]\nllguidance = \"1\"\n"), [2]);
        assert_eq!(lines(rule, "src-tauri/src/a.rs", "#[cfg(feature = \"cuda\")]\nfn f() {}\n"), [1]);
        assert_eq!(lines(rule, "src-tauri/Cargo.toml", "[features]\ncuda = [\"sextant-engine/cuda\"]\n"), []);
        assert_eq!(
            lines(rule, "crates/store/Cargo.toml", "[dev-dependencies.candle-core]\nversion = \"1\"\n"),
            [1]
        );
        assert_eq!(lines(rule, "crates/engine/src/a.rs", "use mistralrs::Model;\n"), []);
    }

    #[test]
    fn sqlite_is_the_stores_alone() {
        let rule = only_the_store_knows_sqlite;
        assert_eq!(lines(rule, "crates/advisor/src/a.rs", "use rusqlite::Connection;\n"), [1]);
        assert_eq!(lines(rule, "crates/store/src/a.rs", "use rusqlite::Connection;\n"), []);
    }

    #[test]
    fn the_plotting_library_is_the_panels_alone() {
        let rule = only_the_panel_knows_egui;
        assert_eq!(lines(rule, "src-tauri/src/a.rs", "use egui::Ui;\n"), [1]);
        assert_eq!(lines(rule, "tests/Cargo.toml", "[dependencies]\negui_plot = \"1\"\n"), [2]);
        assert_eq!(lines(rule, "crates/panel/src/a.rs", "use egui::Ui;\n"), []);
    }

    #[test]
    fn an_edge_that_the_design_does_not_have_is_found() {
        let rule = depends_only_on_what_the_design_allows;
        let manifest =
            "[dependencies]\nsextant-domain.workspace = true\nsextant-advisor = { workspace = true }\n";
        assert_eq!(lines(rule, "crates/engine/Cargo.toml", manifest), [3]);
        assert_eq!(
            lines(rule, "crates/engine/Cargo.toml", "[dev-dependencies]\nsextant.workspace = true\n"),
            [2]
        );
        assert_eq!(
            lines(rule, "crates/advisor/Cargo.toml", "[dependencies]\nsextant-domain.workspace = true\n"),
            []
        );
        assert_eq!(lines(rule, "crates/novelty/Cargo.toml", ""), [0]);
    }

    #[test]
    fn a_member_without_a_purpose_is_found() {
        let manifest = "[workspace]\nmembers = [\n    \"a\", # does a\n    \"b\",\n]\n";
        assert_eq!(lines(members_state_their_purpose, "Cargo.toml", manifest), [4]);
    }

    #[test]
    fn a_crate_outside_the_workspace_is_found() {
        let source = |path: &str, text: &str| Source { path: path.to_owned(), text: text.to_owned() };
        let root = source("Cargo.toml", "members = [\n    \"crates/a\", # a\n]\n");
        let findings = every_crate_is_a_member(&[
            root,
            source("crates/a/Cargo.toml", ""),
            source("crates/b/Cargo.toml", ""),
        ]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].path, "crates/b/Cargo.toml");
    }
}
