//! Rules about the web UI: who talks to the app, who knows whom, where colours come from.

use super::writing::lines_with;
use super::{Finding, Source};

const TOKENS: &str = "ui/src/design/tokens.css";

pub(super) fn only_the_host_folder_talks_to_tauri(source: &Source) -> Vec<Finding> {
    if !is_ui_code(source) || source.path.starts_with("ui/src/host/") {
        return Vec::new();
    }
    lines_with(&source.text, |line| imported(line).is_some_and(|module| module.starts_with("@tauri-apps/")))
        .map(|line| {
            source.finding(line, "imports Tauri; only ui/src/host/ does, so that the rest runs in a test")
        })
        .collect()
}

pub(super) fn features_do_not_import_each_other(source: &Source) -> Vec<Finding> {
    let Some(own) = feature_of(&source.path).filter(|_| is_ui_code(source)) else {
        return Vec::new();
    };
    lines_with(&source.text, |line| {
        imported(line)
            .map(|module| resolved(&source.path, module))
            .is_some_and(|module| feature_of(&module).is_some_and(|other| other != own))
    })
    .map(|line| source.finding(line, "imports another feature; what both need belongs in ui/src/shared/"))
    .collect()
}

pub(super) fn colours_are_design_tokens(source: &Source) -> Vec<Finding> {
    if !is_ui_code(source) || source.path == TOKENS {
        return Vec::new();
    }
    lines_with(&source.text, has_raw_colour)
        .map(|line| source.finding(line, format!("sets a raw colour; take a token from {TOKENS}")))
        .collect()
}

fn is_ui_code(source: &Source) -> bool {
    source.path.starts_with("ui/src/") && source.has_extension(&["ts", "js", "svelte", "css"])
}

/// The `x` of `…features/x/…`.
fn feature_of(path: &str) -> Option<&str> {
    let (_, rest) = path.split_once("features/")?;
    rest.split('/').next()
}

/// What a line imports, with any of the forms of `import`, `export … from` and `vi.mock`.
fn imported(line: &str) -> Option<&str> {
    let at = ["from ", "import ", "import(", "mock(", "@import "].iter().find_map(|form| {
        let quoted = |quote: char| line.find(&format!("{form}{quote}"));
        Some(quoted('\'').or_else(|| quoted('"'))? + form.len())
    })?;
    let quote = line[at..].chars().next()?;
    line[at + 1..].split(quote).next()
}

/// A relative module's path from the root; another one as it is.
fn resolved(importer: &str, module: &str) -> String {
    if !module.starts_with('.') {
        return module.to_owned();
    }
    let mut folders: Vec<&str> = importer.split('/').collect();
    folders.pop();
    for part in module.split('/') {
        match part {
            "." => {}
            ".." => {
                folders.pop();
            }
            part => folders.push(part),
        }
    }
    folders.join("/")
}

fn has_raw_colour(line: &str) -> bool {
    let functions = ["rgb(", "rgba(", "hsl(", "hsla(", "hwb(", "lab(", "lch(", "oklab(", "oklch("];
    let is_function = functions.iter().any(|name| {
        line.match_indices(name)
            .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '-'))
    });
    let is_hexadecimal = line.match_indices('#').any(|(at, _)| {
        let digits = line[at + 1..].chars().take_while(char::is_ascii_hexdigit).count();
        let (before, after) = (line[..at].chars().next_back(), line[at + 1 + digits..].chars().next());
        matches!(digits, 3 | 4 | 6 | 8)
            && before.is_some_and(|before| matches!(before, ' ' | ':' | ',' | '(' | '"' | '\'' | '`'))
            && !after.is_some_and(|after| after.is_alphanumeric() || matches!(after, '-' | '_'))
    });
    let is_name =
        ["white", "black", "red", "green", "blue", "gray", "grey", "orange", "yellow"].iter().any(|name| {
            line.contains(&format!("color: {name};")) || line.contains(&format!("background: {name};"))
        });
    is_function || is_hexadecimal || is_name
}

#[cfg(test)]
mod tests {
    use super::super::tests::lines;
    use super::*;

    #[test]
    fn an_import_of_tauri_outside_the_host_folder_is_found() {
        let rule = only_the_host_folder_talks_to_tauri;
        let text = "// @tauri-apps/api is the host's\nimport { invoke } from '@tauri-apps/api/core';\n";
        assert_eq!(lines(rule, "ui/src/app.ts", text), [2]);
        assert_eq!(lines(rule, "ui/src/app.ts", "const api = await import(\"@tauri-apps/api\");\n"), [1]);
        assert_eq!(lines(rule, "ui/src/host/tauri.ts", text), []);
    }

    #[test]
    fn a_feature_that_imports_another_is_found() {
        let rule = features_do_not_import_each_other;
        let path = "ui/src/features/recommend/form/Form.svelte";
        assert_eq!(lines(rule, path, "import { a } from '../../chat/a';\n"), [1]);
        assert_eq!(lines(rule, path, "import { a } from '$lib/features/chat/a';\n"), [1]);
        assert_eq!(
            lines(rule, path, "import { a } from '../state';\nimport b from '../../../shared/b';\n"),
            []
        );
        assert_eq!(lines(rule, "ui/src/App.svelte", "import R from './features/recommend/R.svelte';\n"), []);
    }

    #[test]
    fn a_raw_colour_is_found_and_a_token_is_not() {
        let rule = colours_are_design_tokens;
        let path = "ui/src/shared/Chip.svelte";
        for colour in [
            "color: #fff;",
            "fill=\"#a1b2c3\"",
            "border: 1px solid rgb(1 2 3);",
            "color: white;",
            "oklch(50% 0 0)",
        ] {
            assert_eq!(lines(rule, path, colour), [1], "{colour}");
        }
        for fine in [
            "color: var(--text);",
            "{#each items as item}",
            "#field;",
            "href=\"#main-content\"",
            "color-mix(in srgb, var(--a), var(--b))",
            "this.#abc = 1;",
        ] {
            assert_eq!(lines(rule, path, fine), [], "{fine}");
        }
        assert_eq!(lines(rule, TOKENS, "--text: #111;"), []);
    }
}
