//! Where sentences begin and end.
//!
//! Rules and no statistics: a mark ends a sentence where a blank follows and what comes next can begin
//! one, unless the mark belongs to an abbreviation, an initial or a number. Where it is unclear, two
//! sentences stay together, which costs less than one that is cut.

use std::ops::Range;

/// Never the last word of a sentence.
const TITLES: [&str; 24] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "sr", "jr", "gen", "col", "capt", "lt", "sgt", "hon", "rev", "vs",
    "approx", "cf", "al", "bzw", "ca", "ggf", "vgl", "mme",
];

/// No last word where a number follows: `No. 5`, `Jan. 12`.
const BEFORE_NUMBERS: [&str; 25] = [
    "no", "nos", "nr", "fig", "figs", "eq", "vol", "pp", "p", "ch", "sec", "art", "ed", "jan", "feb", "mar",
    "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
];

/// The sentences of a text as byte ranges, in order, without the blanks between them. A blank line and the
/// start of a list item also end one. Everything but blanks is in exactly one.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let mut end = at + character.len_utf8();
        let is_end = match character {
            '\n' => ends_at_line(&text[end..]),
            '。' | '！' | '？' => true,
            '.' | '!' | '?' | '…' => {
                let mut marks = 1;
                while let Some((_, next)) =
                    characters.next_if(|(_, next)| is_mark(*next) || is_closing(*next))
                {
                    end += next.len_utf8();
                    marks += usize::from(is_mark(next));
                }
                let before = (character == '.' && marks == 1).then(|| &text[start..at]);
                ends_at_mark(before, &text[end..])
            }
            _ => false,
        };
        if is_end {
            push_trimmed(&mut found, text, start..end);
            start = end;
        }
    }
    push_trimmed(&mut found, text, start..text.len());
    found
}

fn is_mark(character: char) -> bool {
    matches!(character, '.' | '!' | '?' | '…')
}

fn is_closing(character: char) -> bool {
    matches!(character, '"' | '\'' | '’' | '”' | '»' | ')' | ']' | '*' | '_')
}

/// `before` is the sentence up to its single full stop.
fn ends_at_mark(before: Option<&str>, after: &str) -> bool {
    if after.is_empty() {
        return true;
    }
    if !after.starts_with(char::is_whitespace) {
        return false;
    }
    let next = after.trim_start().chars().next().unwrap_or(' ');
    if next.is_lowercase() {
        return false;
    }
    let Some(before) = before else { return true };
    let is_edge =
        |character: char| character.is_whitespace() || matches!(character, '(' | '[' | '"' | '“' | '„');
    let word = before.rsplit(is_edge).next().unwrap_or(before);
    let lower = word.to_lowercase();
    let mut letters = word.chars();
    let is_initial = letters.next().is_some_and(char::is_uppercase) && letters.next().is_none();
    // `U.S.`, `e.g.`, `z.B.`
    let is_dotted = word.contains('.') && word.split('.').all(|part| part.chars().count() == 1);
    // `1. First`, at the start of a list item.
    let is_list_number = word.chars().all(|digit| digit.is_ascii_digit()) && before.trim_start() == word;
    let is_title = TITLES.contains(&lower.as_str());
    let is_before_number = next.is_ascii_digit() && BEFORE_NUMBERS.contains(&lower.as_str());
    !(is_initial && word != "I" || is_dotted || is_list_number || is_title || is_before_number)
}

/// Whether a sentence can't go on in the line that starts here.
fn ends_at_line(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t']);
    if line.is_empty() || line.starts_with('\n') || line.starts_with("\r\n") {
        return true;
    }
    let after_number = line.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let is_numbered =
        after_number.len() < line.len() && (after_number.starts_with(". ") || after_number.starts_with(") "));
    is_numbered || ["- ", "* ", "• ", "+ "].iter().any(|marker| line.starts_with(marker))
}

fn push_trimmed(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let sentence = &text[range.clone()];
    let trimmed = sentence.trim();
    if !trimmed.is_empty() {
        let start = range.start + (sentence.len() - sentence.trim_start().len());
        found.push(start..start + trimmed.len());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sentences;

    fn check(text: &str, expected: &[&str]) {
        let found: Vec<&str> = sentences(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn sentences_end_at_marks() {
        check("It rains. Does it? Yes! Fine…", &["It rains.", "Does it?", "Yes!", "Fine…"]);
        check("He said “Stop.” Then he left.", &["He said “Stop.”", "Then he left."]);
        check("What?! No... Yes.", &["What?!", "No...", "Yes."]);
        check("“Stop!” he said.", &["“Stop!” he said."]);
        check("这是一句。这是第二句！", &["这是一句。", "这是第二句！"]);
    }

    #[test]
    fn decimals_abbreviations_and_initials_end_none() {
        check("It costs 3.50 USD. Good.", &["It costs 3.50 USD.", "Good."]);
        check("Dr. Smith met J. R. Jones. They spoke.", &["Dr. Smith met J. R. Jones.", "They spoke."]);
        check("Fruit, e.g. Apples, in the U.S. Army.", &["Fruit, e.g. Apples, in the U.S. Army."]);
        check(
            "See Fig. 3 and No. 5. The answer is no. It is.",
            &["See Fig. 3 and No. 5.", "The answer is no.", "It is."],
        );
        check("Visit example.com today. Or v1.2.3.", &["Visit example.com today.", "Or v1.2.3."]);
    }

    #[test]
    fn lists_and_blank_lines_end_sentences() {
        check("Buy:\n- tea\n- milk\n1. One\n2. Two", &["Buy:", "- tea", "- milk", "1. One", "2. Two"]);
        check("A heading\n\nText goes\non here.", &["A heading", "Text goes\non here."]);
    }

    proptest! {
        #[test]
        fn every_character_but_blanks_is_in_exactly_one(text in "[a-zA-Z0-9 .!?\n\"'()。…-]{0,200}|.{0,80}") {
            let mut end = 0;
            for range in sentences(&text) {
                prop_assert!(text[end..range.start].trim().is_empty());
                prop_assert!(range.start >= end && !text[range.clone()].trim().is_empty());
                end = range.end;
            }
            prop_assert!(text[end..].trim().is_empty());
        }
    }
}
