//! Rust source without its comments, and without its strings: enough of a lexer for rules that ask
//! what the code names, not what its prose mentions. Line numbers stay as they are.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Strings {
    Keep,
    Blank,
}

/// The text with comments (and strings) replaced by blanks.
pub(super) fn without_comments(text: &str, strings: Strings) -> String {
    let characters: Vec<char> = text.chars().collect();
    let mut output = String::with_capacity(text.len());
    let mut at = 0;
    while at < characters.len() {
        let rest = &characters[at..];
        let (length, keep) = match rest {
            ['/', '/', ..] => (line_comment(rest), false),
            ['/', '*', ..] => (block_comment(rest), false),
            ['"', ..] => (string(rest), strings == Strings::Keep),
            ['r', ..] if !follows_a_word(&characters, at) && raw_string(rest).is_some() => {
                (raw_string(rest).unwrap_or(1), strings == Strings::Keep)
            }
            ['\'', ..] => (character(rest), true),
            _ => (1, true),
        };
        for character in &rest[..length.min(rest.len())] {
            output.push(if keep || *character == '\n' { *character } else { ' ' });
        }
        at += length;
    }
    output
}

/// Whether the code has this word. `_` joins words: `candle` is in `candle_core::Tensor`, and
/// `handle` isn't in it.
pub(super) fn names(line: &str, word: &str) -> bool {
    line.match_indices(word)
        .any(|(at, _)| !line[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_'))
}

fn line_comment(rest: &[char]) -> usize {
    rest.iter().position(|character| *character == '\n').unwrap_or(rest.len())
}

fn block_comment(rest: &[char]) -> usize {
    let (mut depth, mut at) = (0_u32, 0);
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn string(rest: &[char]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#` and on.
fn raw_string(rest: &[char]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|character| **character == '#').count();
    let start = hashes + 2;
    if rest.get(start - 1) != Some(&'"') {
        return None;
    }
    let is_end = |at: &usize| {
        rest[*at] == '"'
            && rest[at + 1..].iter().take(hashes).filter(|character| **character == '#').count() == hashes
    };
    Some((start..rest.len()).find(is_end).map_or(rest.len(), |at| at + 1 + hashes))
}

/// A character literal; a lifetime is one character long for this purpose.
fn character(rest: &[char]) -> usize {
    match rest {
        ['\'', '\\', ..] => {
            rest.iter().skip(3).position(|character| *character == '\'').map_or(1, |at| at + 4)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 1,
    }
}

fn follows_a_word(characters: &[char], at: usize) -> bool {
    at > 0 && (characters[at - 1].is_alphanumeric() || characters[at - 1] == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, without_strings: &str) {
        let squeeze = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let blank = without_comments(text, Strings::Blank);
        assert_eq!(squeeze(&blank), without_strings);
        assert_eq!(blank.lines().count(), text.lines().count(), "line numbers stay");
    }

    #[test]
    fn comments_and_strings_are_no_code() {
        check("let a = 1; // tauri", "let a = 1;");
        check("/* a /* b */ tauri */ x", "x");
        check("f(\"tauri \\\" still\", y)", "f( , y)");
        check("f(r#\"tauri \" still\"#, y)", "f( , y)");
        check("let c = '\"'; real", "let c = '\"'; real");
        check("let c = '\\''; fn f<'a>() {}", "let c = '\\''; fn f<'a>() {}");
        check("a\n/* b\nc */\nd", "a d");
    }

    #[test]
    fn strings_stay_where_a_rule_needs_them() {
        let text = without_comments("cfg(feature = \"cuda\") // cuda", Strings::Keep);
        assert_eq!(text.trim_end(), "cfg(feature = \"cuda\")");
    }

    #[test]
    fn a_name_begins_at_a_words_beginning() {
        assert!(names("use candle_core::Tensor;", "candle"));
        assert!(!names("let handle = scandle;", "candle"));
    }
}
