//! A working byte-level vocabulary of any size: every byte, pairs of letters, then fours of letters.

use std::collections::HashSet;
use std::fmt::Write as _;

use super::gguf::Header;

const CONTROL: [&str; 3] = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"];
const TEMPLATE: &str = "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}\
    <|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";

pub(super) struct Vocabulary {
    /// Control tokens last.
    tokens: Vec<String>,
    merges: Vec<(String, String)>,
}

impl Vocabulary {
    pub(super) fn of(size: usize) -> Self {
        let letters = letters();
        let mut tokens: Vec<String> = (0..=u8::MAX).map(|byte| shown(byte).to_string()).collect();
        let mut known: HashSet<String> = tokens.iter().cloned().collect();
        let mut merges = Vec::new();
        let room = size.saturating_sub(tokens.len() + CONTROL.len());
        let mut pairs: Vec<String> = Vec::new();
        // Wider and wider squares of the alphabet, so that a small vocabulary has the common pairs.
        'pairs: for width in 0..letters.len() {
            for other in 0..=width {
                for (first, second) in [(width, other), (other, width)] {
                    if merges.len() == room || pairs.len() == PAIRS {
                        break 'pairs;
                    }
                    let (first, second) = (letters[first].to_string(), letters[second].to_string());
                    let pair = format!("{first}{second}");
                    if known.insert(pair.clone()) {
                        merges.push((first, second));
                        tokens.push(pair.clone());
                        pairs.push(pair);
                    }
                }
            }
        }
        'fours: for width in 0..pairs.len() {
            for other in 0..=width {
                for (first, second) in [(width, other), (other, width)] {
                    if merges.len() == room {
                        break 'fours;
                    }
                    let four = format!("{}{}", pairs[first], pairs[second]);
                    if known.insert(four.clone()) {
                        merges.push((pairs[first].clone(), pairs[second].clone()));
                        tokens.push(four);
                    }
                }
            }
        }
        tokens.extend(CONTROL.map(String::from));
        Self { tokens, merges }
    }

    pub(super) fn describe(&self, header: &mut Header, splits: &str) {
        const NORMAL: i32 = 1;
        const IS_CONTROL: i32 = 3;
        let plain = self.tokens.len() - CONTROL.len();
        let kinds: Vec<i32> =
            (0..self.tokens.len()).map(|token| if token < plain { NORMAL } else { IS_CONTROL }).collect();
        let merges: Vec<String> =
            self.merges.iter().map(|(first, second)| format!("{first} {second}")).collect();
        header.text("tokenizer.ggml.model", "gpt2");
        header.text("tokenizer.ggml.pre", splits);
        header.texts("tokenizer.ggml.tokens", self.tokens.iter().map(String::as_str));
        header.numbers("tokenizer.ggml.token_type", &kinds);
        header.texts("tokenizer.ggml.merges", merges.iter().map(String::as_str));
        let last = u32::try_from(self.tokens.len() - 1).unwrap_or_default();
        header.u32("tokenizer.ggml.eos_token_id", last);
        header.u32("tokenizer.ggml.padding_token_id", last - 2);
        header.bool("tokenizer.ggml.add_bos_token", false);
        header.text("tokenizer.chat_template", TEMPLATE);
    }

    /// The same vocabulary as Hugging Face's library reads it.
    pub(super) fn tokenizer_json(&self) -> String {
        let plain = self.tokens.len() - CONTROL.len();
        let listed = |parts: Vec<String>| parts.join(",\n");
        let added = CONTROL.iter().zip(plain..).map(|(name, id)| {
            format!(
                "{{\"id\":{id},\"content\":{},\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\
                 \"normalized\":false,\"special\":true}}",
                quoted(name)
            )
        });
        let words = self.tokens[..plain]
            .iter()
            .zip(0..)
            .map(|(token, id): (_, usize)| format!("{}:{id}", quoted(token)));
        let merges =
            self.merges.iter().map(|(first, second)| format!("[{},{}]", quoted(first), quoted(second)));
        format!(
            "{{\"version\":\"1.0\",\"truncation\":null,\"padding\":null,\"added_tokens\":[{}],\
             \"normalizer\":null,\"pre_tokenizer\":{{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\
             \"trim_offsets\":false,\"use_regex\":true}},\"post_processor\":null,\
             \"decoder\":{{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":false,\
             \"use_regex\":true}},\"model\":{{\"type\":\"BPE\",\"dropout\":null,\"unk_token\":null,\
             \"continuing_subword_prefix\":null,\"end_of_word_suffix\":null,\"fuse_unk\":false,\
             \"byte_fallback\":false,\"ignore_merges\":false,\"vocab\":{{{}}},\"merges\":[{}]}}}}",
            listed(added.collect()),
            listed(words.collect()),
            listed(merges.collect())
        )
    }

    pub(super) fn configuration() -> String {
        format!(
            "{{\"chat_template\":{},\"eos_token\":{},\"tokenizer_class\":\"PreTrainedTokenizerFast\"}}\n",
            quoted(TEMPLATE),
            quoted(CONTROL[2])
        )
    }
}

/// Enough for every pair that English has.
const PAIRS: usize = 4096;

/// The alphabet, the blank and the rest of printable ASCII, common ones first.
fn letters() -> Vec<char> {
    let mut letters: Vec<char> = " etaoinshrdlucmfwygpbvkxqjz".chars().collect();
    letters.extend(('!'..='~').filter(|letter| !letters.contains(letter)).collect::<Vec<_>>());
    letters.into_iter().map(|letter| if letter == ' ' { shown(b' ') } else { letter }).collect()
}

/// The letter that stands for a byte, as GPT-2's vocabulary has it: printable ones stand for
/// themselves, the others for letters from U+0100 on.
fn shown(byte: u8) -> char {
    let stands_for_itself = |byte: u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..=0xff);
    if stands_for_itself(byte) {
        return char::from(byte);
    }
    let before = (0..byte).filter(|other| !stands_for_itself(*other)).count();
    u32::try_from(before).ok().and_then(|before| char::from_u32(0x100 + before)).unwrap_or('?')
}

/// As a JSON string.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                quoted.push('\\');
                quoted.push(letter);
            }
            '\n' => quoted.push_str("\\n"),
            control if control.is_control() => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(control));
            }
            letter => quoted.push(letter),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vocabulary_has_its_size_and_no_token_twice() {
        for size in [2560, 128_256, 151_936] {
            let vocabulary = Vocabulary::of(size);
            assert_eq!(vocabulary.tokens.len(), size);
            assert_eq!(vocabulary.tokens.iter().collect::<HashSet<_>>().len(), size);
        }
    }

    #[test]
    fn bytes_are_shown_as_in_gpt_2() {
        assert_eq!(
            [shown(b' '), shown(b'\n'), shown(b'A'), shown(0xad)],
            ['\u{120}', '\u{10a}', 'A', '\u{143}']
        );
    }
}
