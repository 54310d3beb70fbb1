//! Whole characters from the bytes of tokens, which may end in the middle of one.

/// Holds back the beginning of a character until the rest has come.
#[derive(Debug, Default)]
pub(super) struct Characters {
    held: Vec<u8>,
}

impl Characters {
    /// The text that is certain now. What can't be Unicode becomes the replacement character.
    pub(super) fn add(&mut self, bytes: &[u8]) -> String {
        self.held.extend_from_slice(bytes);
        let mut text = String::new();
        loop {
            match std::str::from_utf8(&self.held) {
                Ok(rest) => {
                    text.push_str(rest);
                    self.held.clear();
                    return text;
                }
                Err(error) => {
                    let (good, rest) = self.held.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(good));
                    let Some(bad) = error.error_len() else {
                        // A character that is not over yet.
                        self.held = rest.to_vec();
                        return text;
                    };
                    text.push(char::REPLACEMENT_CHARACTER);
                    self.held = rest[bad..].to_vec();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pieces: &[&[u8]], expect: &[&str]) {
        let mut characters = Characters::default();
        let got: Vec<String> = pieces.iter().map(|piece| characters.add(piece)).collect();
        assert_eq!(got, expect, "{pieces:?}");
    }

    #[test]
    fn a_character_comes_when_it_is_whole() {
        check(&[b"a", b"\xc3", b"\xa9b"], &["a", "", "éb"]);
        check(&[b"\xf0\x9f", b"\x8e", b"\x89"], &["", "", "🎉"]);
    }

    #[test]
    fn what_is_no_character_is_replaced_and_holds_up_nothing() {
        check(&[b"a\xffb", b"c"], &["a\u{fffd}b", "c"]);
        check(&[b"\xe2\x82", b"x"], &["", "\u{fffd}x"]);
    }
}
