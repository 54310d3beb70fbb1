//! Bytes to text, and text to what may stand in a document.
//!
//! Unlike an imported list, where a wrong letter would be a wrong name, a document is read as well as it
//! can be: what isn't valid in its encoding becomes U+FFFD. Only what isn't text at all is refused.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::DocumentError;
use super::encoding::{guess, is_damaged_utf8};

/// Blank lines that may follow one another.
const BLANK_LINES: usize = 2;

/// A text may have a few characters that no text has, and one more in every so many.
const FOREIGN_ALLOWED: usize = 3;
const ONE_FOREIGN_IN: usize = 50;

/// By its byte order mark, as UTF-8 where it is that, or by the best guess.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, DocumentError> {
    decode_as(bytes, None)
}

/// Like [`decode`], but believes what an HTML page says of itself where it has no mark and isn't UTF-8.
pub(super) fn decode_html(bytes: &[u8]) -> Result<Cow<'_, str>, DocumentError> {
    decode_as(bytes, declared_encoding(bytes))
}

fn decode_as<'a>(
    bytes: &'a [u8],
    declared: Option<&'static Encoding>,
) -> Result<Cow<'a, str>, DocumentError> {
    let text = match Encoding::for_bom(bytes) {
        Some((encoding, mark_bytes)) => encoding.decode_without_bom_handling(&bytes[mark_bytes..]).0,
        None => match (unmarked_utf16(bytes), std::str::from_utf8(bytes)) {
            (Some(encoding), _) => encoding.decode_without_bom_handling(bytes).0,
            (None, Ok(text)) => Cow::Borrowed(text),
            (None, Err(_)) if bytes.contains(&0) => return Err(DocumentError::NotText),
            (None, Err(_)) if is_damaged_utf8(bytes) => String::from_utf8_lossy(bytes),
            (None, Err(_)) => declared.unwrap_or_else(|| guess(bytes)).decode_without_bom_handling(bytes).0,
        },
    };
    let is_foreign = |character: &char| {
        character.is_control() && !character.is_ascii_whitespace() || *character == '\u{fffd}'
    };
    if text.chars().filter(is_foreign).count() > FOREIGN_ALLOWED + text.chars().count() / ONE_FOREIGN_IN {
        return Err(DocumentError::NotText);
    }
    Ok(text)
}

/// What some programs write without a mark: of Western text, every other byte is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096)];
    let pairs = sample.len() / 2;
    let zeros = |offset: usize| sample.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let is_most = |zeros: usize| pairs > 1 && zeros * 10 > pairs * 7;
    match (is_most(first), is_most(second)) {
        (false, true) if first == 0 => Some(UTF_16LE),
        (true, false) if second == 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// `<meta charset=…>` and its older form, where the HTML standard looks for them.
fn declared_encoding(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let (_, after) = start.split_once("charset=")?;
    let label = after.trim_start_matches(['"', '\'']).split(['"', '\'', '>', ';', '/', ' ']).next()?;
    // A page that is read as bytes of ASCII here can't be UTF-16, and what isn't UTF-8 isn't it.
    Encoding::for_label(label.as_bytes())
        .filter(|encoding| *encoding != UTF_16LE && *encoding != UTF_16BE && *encoding != UTF_8)
}

/// The one normalisation: line ends are `\n`, control characters but tab and newline are spaces, lines of
/// only blanks are empty, and no more than [`BLANK_LINES`] of them follow one another. Doing it twice
/// changes nothing.
pub(super) fn normalised(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut line_start = 0;
    let mut newlines = 0;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' | '\u{2028}' | '\u{2029}' => {
                if result[line_start..].chars().all(char::is_whitespace) {
                    result.truncate(line_start);
                } else {
                    newlines = 0;
                }
                if newlines <= BLANK_LINES {
                    newlines += 1;
                    result.push('\n');
                }
                line_start = result.len();
            }
            '\t' => result.push('\t'),
            _ if character.is_control() => result.push(' '),
            _ => result.push(character),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_controls_and_blank_lines_are_normalised() {
        for (text, expected) in [
            ("a\r\nb\rc\n", "a\nb\nc\n"),
            ("a\u{0}b\u{1b}[1mc\td", "a b [1mc\td"),
            ("a\n\n\n \n\t\n\nb", "a\n\n\nb"),
            ("\n\n\n\n\n\na", "\n\n\na"),
            ("a\u{85}b\u{2028}c", "a b\nc"),
        ] {
            assert_eq!(normalised(text), expected, "{text:?}");
            assert_eq!(normalised(expected), expected, "{text:?}");
        }
    }

    #[test]
    fn encodings_are_found() {
        let expected = "Crème brûlée: 5 € – déjà goûtée, naïve façade, à côté";
        let utf16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            expected.encode_utf16().flat_map(to_bytes).collect()
        };
        let with_mark = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes].concat();
        for bytes in [
            expected.as_bytes().to_vec(),
            with_mark(b"\xef\xbb\xbf", expected.as_bytes().to_vec()),
            with_mark(b"\xff\xfe", utf16(u16::to_le_bytes)),
            with_mark(b"\xfe\xff", utf16(u16::to_be_bytes)),
            utf16(u16::to_le_bytes),
            utf16(u16::to_be_bytes),
            encoding_rs::WINDOWS_1252.encode(expected).0.into_owned(),
        ] {
            assert_eq!(decode(&bytes).as_deref(), Ok(expected));
        }
    }

    #[test]
    fn a_page_says_its_encoding() {
        let page = "<meta charset=\"windows-1251\"><p>Цена</p>";
        let (bytes, ..) = encoding_rs::WINDOWS_1251.encode(page);
        assert_eq!(decode_html(&bytes).as_deref(), Ok(page));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let noise: Vec<u8> = (0..4000u32).map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
        for bytes in [&noise[..], b"PK\x03\x04\x14\x00\x06\x00\x08\x00", b"\x7fELF\x02\x01\x01\x00\x00\x00"] {
            assert_eq!(decode(bytes), Err(DocumentError::NotText));
        }
    }

    #[test]
    fn a_damaged_byte_costs_only_itself() {
        let bytes =
            [&"Äpfel und Birnen ".repeat(4).into_bytes()[..], b"\xff", "für Öfen".as_bytes()].concat();
        assert!(decode(&bytes).is_ok_and(|text| text.ends_with("\u{fffd}für Öfen")));
    }
}
