//! PDF: the text of every page, with the page's number as its heading.
//!
//! pdf-extract draws the page and tells where each character stands; lines and paragraphs are made from
//! that in `page`. It was written for well-formed files and panics on others: seen here are text before any
//! font, a font or a form that isn't among the page's resources, a show operator without its text, and a
//! matrix of fewer than six numbers. So each page is read on its own, a page that can't be read is left
//! out, and only where none can be is the file called damaged. It writes nothing to stdout (its prints are
//! in an empty macro, those of the parsers below it in tests); a caught panic leaves a line on stderr.
//! What can't be caught, recursion without end and memory, is taken out of the file before (`safety`).

mod inflation;
mod page;
mod safety;

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pdf_extract::{Document, Error, LoadOptions, Object, ObjectId, dictionary, output_doc_page};

use super::draft::{Draft, Gap, Kind};
use super::{DocumentError, Watch};
use page::PageText;

/// Where as many pages as this can't be read and none could, the rest won't be either.
const HOPELESS_PAGES: usize = 50;

pub(super) fn read(bytes: &[u8], watch: &mut Watch) -> Result<Draft, DocumentError> {
    watch.at(0, 1)?;
    safety::check_file(bytes)?;
    let mut document = match catch_unwind(AssertUnwindSafe(|| load(bytes))) {
        Ok(loaded) => loaded?,
        Err(_) => return Err(damaged("its structure is broken")),
    };
    // A page that stands in the tree twice is one page; a tree that contains itself has an end.
    let mut seen = HashSet::new();
    let pages: Vec<ObjectId> = document.page_iter().filter(|page| seen.insert(*page)).collect();
    if pages.is_empty() {
        return Err(damaged("it has no pages"));
    }
    let mut draft = Draft::default();
    let (mut read, mut unread) = (0, 0);
    for (index, page) in pages.iter().enumerate() {
        watch.at(index, pages.len())?;
        let text = catch_unwind(AssertUnwindSafe(|| read_page(&mut document, *page, watch)));
        if let Ok(Some(paragraphs)) = text {
            read += 1;
            draft.section(0, format!("Page {}", index + 1));
            for paragraph in paragraphs {
                draft.push(Kind::Paragraph, Gap::Blank, &paragraph);
            }
        } else {
            unread += 1;
        }
        if draft.is_full() || read == 0 && unread >= HOPELESS_PAGES {
            break;
        }
    }
    watch.at(pages.len(), pages.len())?;
    if read == 0 {
        return Err(damaged("none of its pages can be read"));
    }
    if unread > 0 {
        tracing::warn!(unread, pages = pages.len(), "pages of a PDF couldn't be read and are left out");
    }
    if draft.is_empty() {
        return Err(DocumentError::PdfWithoutText { pages: pages.len() });
    }
    Ok(draft)
}

fn damaged(reason: &str) -> DocumentError {
    DocumentError::DamagedPdf { reason: reason.to_owned() }
}

fn load(bytes: &[u8]) -> Result<Document, DocumentError> {
    let options = LoadOptions::with_filter(safety::tame_while_loading);
    let mut document = Document::load_mem_with_options(bytes, options).map_err(refusal)?;
    if document.is_encrypted() {
        // Many are protected against changes only, and open with an empty password.
        document.decrypt("").map_err(refusal)?;
    }
    safety::tame(&mut document);
    Ok(document)
}

fn refusal(error: Error) -> DocumentError {
    match error {
        Error::InvalidPassword | Error::UnsupportedSecurityHandler(_) | Error::Decryption(_) => {
            DocumentError::EncryptedPdf
        }
        error => DocumentError::DamagedPdf { reason: error.to_string() },
    }
}

/// The page's paragraphs, or `None` where it can't be read; panics where pdf-extract does.
fn read_page(document: &mut Document, page: ObjectId, watch: &Watch) -> Option<Vec<String>> {
    safety::make_self_contained(document, page)?;
    safety::cut_endless_drawing(document, page)?;
    // It walks the whole tree for every page that it is asked for, so it gets a tree of one page.
    let tree = document.add_object(dictionary! {
        "Type" => "Pages",
        "Kids" => vec![Object::Reference(page)],
        "Count" => 1,
    });
    document.catalog_mut().ok()?.set("Pages", tree);
    let mut text = PageText::new(watch);
    let drawn = output_doc_page(document, &mut text, 1);
    document.objects.remove(&tree);
    drawn.ok()?;
    Some(text.paragraphs())
}
