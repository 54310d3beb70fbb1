//! A question cut into words, numbers and signs, and the one spelling under which words are compared:
//! lower case, without accents and apostrophes, in the singular.
//!
//! The list's own words go through the same functions, so both sides always agree. What a word means is
//! not known here. A stem is a key and never shown: `series` becomes `sery` on both sides.

use std::ops::Range;

use rust_decimal::Decimal;

/// How much of a question is read; the rest is ignored.
pub(super) const MAX_CHARS: usize = 2_000;
/// How many tokens of it are read: a sign a token would otherwise cost the most of all.
const MAX_TOKENS: usize = 600;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Word,
    /// `grouped` is the other reading of `1.299`: 1299 where the point groups thousands.
    Number {
        value: Decimal,
        grouped: Option<Decimal>,
    },
    /// A currency sign, `%`, `+`, `~`, `#`, a comparison sign, or `-` between two numbers.
    Sign(char),
    Comma,
    /// The end of a sentence.
    Stop,
}

#[derive(Debug, Clone)]
pub(super) struct Token {
    /// As the person wrote it, in lower case.
    pub(super) shown: String,
    /// Lower case, without accents and apostrophes.
    pub(super) text: String,
    /// `text` in the singular.
    pub(super) stem: String,
    pub(super) kind: Kind,
    /// Whether nothing but a hyphen, a slash or nothing at all stands before it.
    pub(super) joined: bool,
    /// Whether it begins with a capital letter and isn't the first of its sentence.
    pub(super) capital: bool,
    /// Where it stands, in characters.
    pub(super) from: usize,
    pub(super) to: usize,
}

impl Token {
    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub(super) fn is_break(&self) -> bool {
        matches!(self.kind, Kind::Comma | Kind::Stop)
    }

    pub(super) fn number(&self) -> Option<Decimal> {
        match self.kind {
            Kind::Number { value, .. } => Some(value),
            _ => None,
        }
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.kind == Kind::Sign(sign)
    }

    /// Whether phrases are made of it.
    pub(super) fn spells(&self) -> bool {
        matches!(self.kind, Kind::Word | Kind::Number { .. })
    }
}

/// The first [`MAX_CHARS`] characters as tokens.
pub(super) fn tokenize(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().take(MAX_CHARS).map(plain).collect();
    let mut tokens: Vec<Token> = Vec::new();
    let mut joined = false;
    let mut at = 0;
    while at < chars.len() && tokens.len() < MAX_TOKENS {
        let char = chars[at];
        if char.is_ascii_digit() {
            at = read_number(&chars, at, joined, &mut tokens);
            joined = true;
        } else if char.is_alphanumeric() {
            let end = run(&chars, at, |char| char.is_alphanumeric() || char == '\'');
            push_word(&chars, at..end, joined, &mut tokens);
            at = end;
            joined = true;
        } else {
            let next = chars.get(at + 1).copied();
            let kind = sign(char, joined, next, tokens.last());
            if let Some(kind) = kind {
                let shown = char.to_string();
                tokens.push(Token {
                    text: shown.clone(),
                    stem: shown.clone(),
                    shown,
                    kind,
                    joined,
                    capital: false,
                    from: at,
                    to: at + 1,
                });
            }
            joined = match kind {
                None => joined && !char.is_whitespace(),
                Some(kind) => matches!(kind, Kind::Sign(_)),
            };
            at += 1;
        }
    }
    tokens
}

/// The stems of a value of the list.
pub(super) fn stems(text: &str) -> Vec<String> {
    tokenize(text).into_iter().filter(Token::spells).map(|token| token.stem).collect()
}

/// The key under which a phrase is looked up.
pub(super) fn key(text: &str) -> String {
    stems(text).join(" ")
}

/// Lower case, without accents and apostrophes.
pub(super) fn fold(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for char in word.chars().flat_map(char::to_lowercase) {
        match char {
            // The last ones are what a capital with a dot leaves behind in lower case.
            '\'' | '’' | '‘' | 'ʻ' | '\u{300}'..='\u{36f}' => {}
            'a'..='z' | '0'..='9' => folded.push(char),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => folded.push('a'),
            'ç' | 'ć' | 'č' => folded.push('c'),
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => folded.push('i'),
            'ł' => folded.push('l'),
            'ñ' | 'ń' | 'ň' => folded.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => folded.push('o'),
            'š' | 'ś' | 'ş' => folded.push('s'),
            'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => folded.push('u'),
            'ý' | 'ÿ' => folded.push('y'),
            'ž' | 'ź' | 'ż' => folded.push('z'),
            other => folded.push(other),
        }
    }
    folded
}

/// The singular of a folded word. Endings only; `children` stays.
pub(super) fn stem(word: &str) -> String {
    let length = word.len();
    if length > 4 && word.ends_with("ies") {
        return format!("{}y", &word[..length - 3]);
    }
    if length > 4 && word.ends_with("lves") {
        return format!("{}f", &word[..length - 3]);
    }
    if length > 4 && ["sses", "shes", "ches", "xes", "zes"].iter().any(|end| word.ends_with(end)) {
        return word[..length - 2].to_owned();
    }
    if length > 3 && word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end)) {
        return word[..length - 1].to_owned();
    }
    word.to_owned()
}

/// The plural of a word as it is written; `None` where it may be one.
pub(super) fn plural(word: &str) -> Option<String> {
    let before_y = word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u']));
    match before_y {
        Some(stem) => Some(format!("{stem}ies")),
        None if word.ends_with('s') => None,
        None if ["x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end)) => Some(format!("{word}es")),
        None => Some(format!("{word}s")),
    }
}

fn plain(char: char) -> char {
    match char {
        '’' | '‘' | 'ʻ' | '´' | '`' => '\'',
        '–' | '—' | '‐' | '‑' | '−' => '-',
        '\u{a0}' | '\u{202f}' => ' ',
        other => other,
    }
}

fn run(chars: &[char], from: usize, holds: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|&char| !holds(char)).map_or(chars.len(), |length| from + length)
}

fn push_word(chars: &[char], place: Range<usize>, joined: bool, tokens: &mut Vec<Token>) {
    let Range { start: from, end: to } = place;
    let written: String = chars[from..to].iter().collect();
    let text = fold(&written);
    if text.is_empty() {
        return;
    }
    let first = tokens.last().is_none_or(|token| token.kind == Kind::Stop);
    let capital = !first && chars[from].is_uppercase();
    let stem = stem(&text);
    let shown = written.to_lowercase();
    tokens.push(Token { shown, text, stem, kind: Kind::Word, joined, capital, from, to });
}

/// A number with its separators; letters that follow at once are a word of their own (`80cm`), unless
/// they make an ordinal (`2nd`), a thousand (`20k`) or a size (`120x60`).
fn read_number(chars: &[char], from: usize, joined: bool, tokens: &mut Vec<Token>) -> usize {
    let mut end = from;
    while end < chars.len() {
        let separates =
            matches!(chars[end], '.' | ',') && chars.get(end + 1).is_some_and(char::is_ascii_digit);
        if !(chars[end].is_ascii_digit() || separates) {
            break;
        }
        end += 1;
    }
    let letters = run(chars, end, char::is_alphanumeric);
    let suffix: String = chars[end..letters].iter().collect::<String>().to_lowercase();
    let written: String = chars[from..end].iter().collect();
    let word_like =
        matches!(suffix.as_str(), "st" | "nd" | "rd" | "th") || suffix.contains(|c: char| c.is_ascii_digit());
    let read = if word_like { None } else { amount(&written) };
    let Some((value, grouped)) = read else {
        push_word(chars, from..letters, joined, tokens);
        return letters;
    };
    let thousands = suffix == "k";
    let times = |value: Decimal| {
        if thousands { value.checked_mul(Decimal::ONE_THOUSAND) } else { Some(value) }
    };
    let Some(value) = times(value) else {
        push_word(chars, from..letters, joined, tokens);
        return letters;
    };
    let end = if thousands { letters } else { end };
    let shown: String = chars[from..end].iter().collect();
    tokens.push(Token {
        text: shown.clone(),
        stem: shown.clone(),
        shown,
        kind: Kind::Number { value, grouped: grouped.filter(|_| !thousands) },
        joined,
        capital: false,
        from,
        to: end,
    });
    end
}

/// Reads `1,299.50`, `1.299,50`, `1,299`, `12,5` and `1.299`, which is 1.299 or 1299.
fn amount(written: &str) -> Option<(Decimal, Option<Decimal>)> {
    if written.len() > 18 {
        return None;
    }
    let plain = |text: &str| text.parse::<Decimal>().ok();
    let points = written.matches('.').count();
    let commas = written.matches(',').count();
    let grouped_by = |separator: char, text: &str| {
        let mut groups = text.split(separator);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len()))
            && groups.all(|group| group.len() == 3)
    };
    let without = |separator: char| written.replace(separator, "");
    if points > 0 && commas > 0 {
        let (group, decimal) = if written.rfind('.') > written.rfind(',') { (',', '.') } else { ('.', ',') };
        let whole = written.split(decimal).next().unwrap_or_default();
        if written.matches(decimal).count() != 1 || !grouped_by(group, whole) {
            return None;
        }
        return plain(&without(group).replace(',', ".")).map(|value| (value, None));
    }
    if commas > 0 && grouped_by(',', written) {
        return plain(&without(',')).map(|value| (value, None));
    }
    if points > 1 {
        return grouped_by('.', written).then(|| plain(&without('.'))).flatten().map(|value| (value, None));
    }
    if commas > 1 {
        return None;
    }
    let value = plain(&written.replace(',', "."))?;
    let grouped = (points == 1 && grouped_by('.', written)).then(|| plain(&without('.'))).flatten();
    Some((value, grouped))
}

fn sign(char: char, joined: bool, next: Option<char>, last: Option<&Token>) -> Option<Kind> {
    let after_blank = next.is_none_or(char::is_whitespace);
    let after_number = last.is_some_and(|token| token.number().is_some());
    match char {
        '$' | '€' | '£' | '¥' | '₹' | '﷼' | '¢' | '%' | '<' | '>' | '=' | '≤' | '≥' | '~' | '#' => {
            Some(Kind::Sign(char))
        }
        '+' if after_number => Some(Kind::Sign(char)),
        // Between words a hyphen joins; between numbers it is a range; between blanks it is a pause.
        '-' if after_number
            && next.is_some_and(|next| next.is_ascii_digit() || next == '$' || next == ' ') =>
        {
            Some(Kind::Sign(char))
        }
        '-' if !joined && after_blank => Some(Kind::Comma),
        ',' | ':' | '(' | ')' | '"' | '“' | '”' => Some(Kind::Comma),
        '.' if !after_blank => None,
        '.' | '?' | '!' | ';' | '\n' | '…' => Some(Kind::Stop),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_number(written: &str, value: &str, grouped: Option<&str>) {
        let decimal = |text: &str| text.parse::<Decimal>().expect("a decimal");
        let expected = Kind::Number { value: decimal(value), grouped: grouped.map(decimal) };
        assert_eq!(tokenize(written).first().map(|token| token.kind), Some(expected), "{written}");
    }

    #[test]
    fn numbers_are_read_with_the_separators_of_either_side_of_the_atlantic() {
        check_number("1,299.50", "1299.50", None);
        check_number("1.299,50", "1299.50", None);
        check_number("1,299", "1299", None);
        check_number("1.299", "1.299", Some("1299"));
        check_number("12,5", "12.5", None);
        check_number("1.234.567", "1234567", None);
        check_number("20k", "20000", None);
        check_number("80cm", "80", None);
        check_number("20.", "20", None);
    }

    #[test]
    fn sizes_ordinals_and_nonsense_are_words() {
        for written in ["120x60", "2nd", "1,2,3", "1.2,3.4", "99999999999999999999"] {
            assert_eq!(tokenize(written)[0].kind, Kind::Word, "{written}");
        }
    }

    #[test]
    fn words_meet_in_the_singular_without_accents_and_apostrophes() {
        for (written, key_expected) in [
            ("Bookcases & shelving units", "bookcase shelving unit"),
            ("shelves", "shelf"),
            ("BESTÅ", "besta"),
            ("Hawai’i", "hawaii"),
            ("Medium-Light", "medium light"),
            ("NORRÅKER / RÖNNINGE", "norraker ronninge"),
            ("batteries", "battery"),
            ("glass", "glass"),
        ] {
            assert_eq!(key(written), key_expected);
        }
    }

    #[test]
    fn a_capital_at_the_start_of_a_sentence_says_nothing() {
        let tokens = tokenize("Something by Origin. Please");
        let capitals: Vec<bool> = tokens.iter().map(|token| token.capital).collect();
        assert_eq!(capitals, [false, false, true, false, false]);
    }
}
