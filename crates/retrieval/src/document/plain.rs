//! Plain text: paragraphs between blank lines, and nothing else that would have to be guessed.

use super::draft::{Draft, Gap, Kind};
use super::text::normalised;
use super::{DocumentError, Watch};

pub(super) fn read(text: &str, watch: &mut Watch) -> Result<Draft, DocumentError> {
    let text = normalised(text);
    let mut draft = Draft::default();
    let mut done = 0;
    for paragraph in text.split("\n\n") {
        watch.at(done, text.len())?;
        draft.push(Kind::Paragraph, Gap::Blank, paragraph);
        done += paragraph.len() + 2;
    }
    Ok(draft)
}
