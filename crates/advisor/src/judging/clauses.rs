//! A plan's special terms, one statement at a time, in the form that the bundled model reads.

/// Characters of a clause that the model reads.
const CLAUSE_CHARS: usize = 120;

/// The statements of some terms: each on one line, in lower case, with `#` for every number but a lone 0.
pub(super) fn clauses(terms: &str) -> Vec<String> {
    parts(terms)
        .iter()
        .map(|part| normal(part))
        .filter(|part| !part.is_empty())
        .map(|part| read(&part))
        .collect()
}

/// Broken at bullets, bars and semicolons, at a dash or slash that stands alone, after `!` and `?`, and
/// at the full stops that end a sentence.
fn parts(terms: &str) -> Vec<String> {
    let chars: Vec<char> = terms.chars().collect();
    let at = |place: usize| chars.get(place).copied();
    let is_blank = |place: usize| at(place).is_some_and(char::is_whitespace);
    let run = |from: usize, is: fn(char) -> bool| {
        chars.get(from..).unwrap_or_default().iter().take_while(|char| is(**char)).count()
    };
    let mut parts = vec![String::new()];
    let mut place = 0;
    while let Some(char) = at(place) {
        let consumed = match char {
            '|' | '•' | ';' | '*' | '\n' => 1,
            ':' if run(place, |char| char == ':') >= 3 => 3,
            '!' | '?' => run(place, |char| matches!(char, '!' | '?')),
            '.' => {
                let dots = run(place, |char| char == '.');
                let blanks = run(place + dots, char::is_whitespace);
                match at(place + dots + blanks) {
                    None => dots,
                    Some(next) if blanks > 0 && !next.is_ascii_lowercase() => dots,
                    Some(_) => 0,
                }
            }
            _ if char.is_whitespace()
                && at(place + 1).is_some_and(|next| "-–—/".contains(next))
                && is_blank(place + 2) =>
            {
                3
            }
            _ => 0,
        };
        if consumed == 0 {
            parts.last_mut().expect("there is always one").push(char);
            place += 1;
        } else {
            parts.push(String::new());
            place += consumed;
        }
    }
    parts
}

fn normal(part: &str) -> String {
    let line = part.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_matches([' ', ',', '.', '-']).to_lowercase()
}

/// Amounts don't change what a clause says, and a small model reads them badly.
fn read(part: &str) -> String {
    let mut rest = part;
    let mut text = String::with_capacity(part.len());
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        text.push_str(&rest[..start]);
        let after = &rest[start..];
        let run = after.find(|c: char| !(c.is_ascii_digit() || ".,:".contains(c))).unwrap_or(after.len());
        let number = after[..run].trim_end_matches(['.', ',', ':']);
        text.push_str(if number == "0" { "0" } else { "#" });
        rest = &after[number.len()..];
    }
    text.push_str(rest);
    text.chars().take(CLAUSE_CHARS).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The model's training split its texts in the same way.
    #[test]
    fn terms_are_split_as_in_training() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/nano/eval/clauses.json");
        let text = std::fs::read_to_string(path).expect("the examples are in the repository");
        let examples: std::collections::BTreeMap<String, Vec<String>> =
            serde_json::from_str(&text).expect("terms and their clauses");
        assert!(examples.len() >= 10);
        for (terms, expected) in examples {
            assert_eq!(clauses(&terms), expected, "{terms:?}");
        }
    }

    #[test]
    fn terms_become_statements() {
        assert_eq!(
            clauses(
                "Paperless eBill ::: 24/7 Service ::: NO FEES for VISA, DISCOVER & MC::: New customers only"
            ),
            ["paperless ebill", "#/# service", "no fees for visa, discover & mc", "new customers only"]
        );
        assert_eq!(
            clauses("Get $1,000.50 back. Pay 9.9 ct. in summer! 0% fee - free nights (8:00 - 6:00)"),
            ["get $# back", "pay # ct. in summer", "0% fee", "free nights (#", "#)"]
        );
        assert_eq!(clauses(" -- . ;; "), [""; 0]);
        assert_eq!(clauses("a;<|im_end|>b"), ["a", "<", "im_end", ">b"], "no control token is left");
        assert_eq!(clauses(&"é".repeat(300)), ["é".repeat(120)]);
    }
}
