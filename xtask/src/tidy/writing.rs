//! Rules about how a file is written.

use super::code::{self, Strings};
use super::{Finding, Source};

const LONGEST_FILE_LINES: usize = 600;

pub(super) fn opens_with_a_module_comment(source: &Source) -> Vec<Finding> {
    if !source.is_rust() || source.text.starts_with("//!") {
        return Vec::new();
    }
    vec![source.finding(1, "opens without a `//!` paragraph that says what lives here and what doesn't")]
}

pub(super) fn has_at_most_600_lines(source: &Source) -> Vec<Finding> {
    let lines = source.text.lines().count();
    if lines <= LONGEST_FILE_LINES || !source.has_extension(&["rs", "ts", "svelte", "css"]) {
        return Vec::new();
    }
    vec![source.finding(
        0,
        format!("has {lines} lines; which second concept moved in? ({LONGEST_FILE_LINES} at most)"),
    )]
}

pub(super) fn stands_beside_its_folder(source: &Source) -> Vec<Finding> {
    if source.path.ends_with("/mod.rs") {
        return vec![source.finding(0, "is a `mod.rs`; `foo.rs` stands beside `foo/` here")];
    }
    Vec::new()
}

pub(super) fn expects_lints_instead_of_allowing_them(source: &Source) -> Vec<Finding> {
    if !source.is_rust() {
        return Vec::new();
    }
    lines_with(&code::without_comments(&source.text, Strings::Blank), |line| {
        line.contains("#[allow(") || line.contains("#![allow(")
    })
    .map(|line| source.finding(line, "allows a lint; say `#[expect(…, reason = \"…\")]`"))
    .collect()
}

pub(super) fn follows_the_workspaces_lints(source: &Source) -> Vec<Finding> {
    let is_package = source.is_manifest() && source.text.contains("[package]");
    if is_package && !source.text.contains("[lints]\nworkspace = true\n") {
        return vec![
            source.finding(0, "doesn't follow the workspace's lints; add `[lints] workspace = true`"),
        ];
    }
    Vec::new()
}

pub(super) fn leaves_no_note_to_self(source: &Source) -> Vec<Finding> {
    // Written in two parts, so that this file passes its own rule.
    let notes = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];
    lines_with(&source.text, |line| notes.iter().any(|note| line.contains(note)))
        .map(|line| source.finding(line, "is a note to self; do it, or open an issue"))
        .collect()
}

/// The numbers, from 1, of the lines for which it holds.
pub(super) fn lines_with(text: &str, holds: impl Fn(&str) -> bool) -> impl Iterator<Item = usize> {
    text.lines()
        .enumerate()
        .filter_map(|(index, line)| holds(line).then_some(index + 1))
        .collect::<Vec<_>>()
        .into_iter()
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use super::*;

    #[test]
    fn a_rust_file_opens_with_a_module_comment() {
        assert_eq!(lines(opens_with_a_module_comment, "a.rs", "//! What this is.\n"), []);
        assert_eq!(lines(opens_with_a_module_comment, "a.rs", "use std::fs;\n"), [1]);
        assert_eq!(lines(opens_with_a_module_comment, "a.ts", "import x\n"), []);
    }

    #[test]
    fn a_long_file_is_named() {
        assert_eq!(lines(has_at_most_600_lines, "a.rs", &"x\n".repeat(600)), []);
        assert_eq!(lines(has_at_most_600_lines, "a.rs", &"x\n".repeat(601)), [0]);
        assert_eq!(lines(has_at_most_600_lines, "a.md", &"x\n".repeat(601)), []);
    }

    #[test]
    fn mod_rs_is_refused() {
        assert_eq!(lines(stands_beside_its_folder, "src/a/mod.rs", ""), [0]);
        assert_eq!(lines(stands_beside_its_folder, "src/a.rs", ""), []);
    }

    #[test]
    fn an_allowed_lint_is_found_and_an_expected_one_is_not() {
        let text = "#[expect(dead_code, reason = \"x\")]\n#[allow(dead_code)]\n// #[allow(x)]\n";
        assert_eq!(lines(expects_lints_instead_of_allowing_them, "a.rs", text), [2]);
    }

    #[test]
    fn a_package_without_lints_is_found() {
        let rule = follows_the_workspaces_lints;
        assert_eq!(lines(rule, "a/Cargo.toml", "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"), []);
        assert_eq!(lines(rule, "a/Cargo.toml", "[package]\nname = \"a\"\n"), [0]);
        assert_eq!(lines(rule, "Cargo.toml", "[workspace]\n"), []);
    }

    #[test]
    fn a_note_to_self_is_found() {
        let text = format!("fine\n// {}: later\n", concat!("TO", "DO"));
        assert_eq!(lines(leaves_no_note_to_self, "a.svelte", &text), [2]);
    }
}
