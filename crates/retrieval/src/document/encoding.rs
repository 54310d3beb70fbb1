//! Which encoding bytes are in, where neither a mark nor valid UTF-8 says so. Whoever asks decides what a guess is
//! good for: a document is read as well as it can be, a list not at all before a name is wrong.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::Encoding;

/// The best guess among the encodings that aren't UTF-8.
#[must_use]
pub fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether more characters are valid multi-byte UTF-8 than are not: damage, and no other encoding.
#[must_use]
pub fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut invalid) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        valid += chunk.valid().chars().filter(|character| !character.is_ascii()).count();
        invalid += usize::from(!chunk.invalid().is_empty());
    }
    valid > invalid
}
