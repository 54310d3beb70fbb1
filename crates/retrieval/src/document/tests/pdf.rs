//! PDFs: good ones, and every way in which they are bad.

use proptest::prelude::*;

use super::super::DocumentError;
use super::pdf_writer::{file, from_contents, pdf, show, stream};
use super::{check_promises, read_now};

fn is_damaged(outcome: &Result<sextant_domain::Document, DocumentError>) -> bool {
    matches!(outcome, Err(DocumentError::DamagedPdf { .. }))
}

#[test]
fn lines_become_paragraphs_and_pages_become_headings() -> Result<(), DocumentError> {
    let page = "A heading\n\n\
        This line goes to the right edge of the page and its sen-\n\
        tence goes on in the next one, which is as long as it is\n\
        and ends here.\n\n\
        Item: Tea\nPrice: 3 USD";
    let document = read_now("a.pdf", &pdf(&[page, "", "Third page, with (parentheses)."]))?;
    check_promises(&document);
    assert_eq!(
        document.text,
        "A heading\n\n\
         This line goes to the right edge of the page and its sentence goes on in the next one, which is as \
         long as it is and ends here.\n\n\
         Item: Tea\nPrice: 3 USD\n\n\
         Third page, with (parentheses)."
    );
    let headings: Vec<&str> = document.passages.iter().map(|passage| passage.heading.as_str()).collect();
    assert_eq!(headings, ["Page 1", "Page 3"]);
    Ok(())
}

#[test]
fn rows_of_tables_stay_apart_and_columns_are_read_one_by_one() -> Result<(), DocumentError> {
    let at = |x: i32, y: i32, text: &str| format!("BT /F1 12 Tf {x} {y} Td ({text}) Tj ET ");
    let table =
        at(72, 700, "Green tea") + &at(500, 700, "3.00") + &at(72, 685, "Milk") + &at(500, 685, "1.20");
    let left = "This column has lines that are long enough and go";
    let column = |x| {
        at(x, 600, left)
            + &at(x, 585, "on below where no word had its place; in the end")
            + &at(x, 570, "they stop.")
    };
    let document = read_now("a.pdf", &from_contents(&[table + &column(72) + &column(340)], ""))?;
    let joined = format!("{left} on below where no word had its place; in the end they stop.");
    assert_eq!(document.text, format!("Green tea 3.00\nMilk 1.20\n\n{joined}\n\n{joined}"));
    Ok(())
}

#[test]
fn a_scan_says_that_it_has_no_text() {
    let outcome = read_now("a.pdf", &from_contents(&["q 1 0 0 1 0 0 cm Q", ""], ""));
    assert_eq!(outcome, Err(DocumentError::PdfWithoutText { pages: 2 }));
}

#[test]
fn a_protected_pdf_says_so() {
    let secret = "<28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A>";
    let encrypt = format!("<< /Filter /Standard /V 1 /R 2 /Length 40 /O {secret} /U {secret} /P -4 >>");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>".to_owned(),
        encrypt,
    ];
    let id = "/Encrypt 4 0 R /ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>]";
    assert_eq!(read_now("a.pdf", &file(&objects, id)), Err(DocumentError::EncryptedPdf));
    let other = objects[3].replace("/Standard", "/Other");
    let objects = [&objects[0], &objects[1], &objects[2], &other];
    assert_eq!(read_now("a.pdf", &file(&objects, id)), Err(DocumentError::EncryptedPdf));
}

#[test]
fn a_cut_file_is_damaged() {
    let whole = pdf(&["One page.", "Another page."]);
    for length in (0..whole.len() - 30).step_by(7) {
        let outcome = read_now("a.pdf", &whole[..length]);
        assert!(is_damaged(&outcome) || outcome == Err(DocumentError::Empty), "{length}: {outcome:?}");
    }
}

#[test]
fn a_page_that_cannot_be_read_costs_only_itself() -> Result<(), DocumentError> {
    let good = show("Good page.");
    for bad in
        ["BT (no font) Tj ET", "BT /F9 12 Tf (x) Tj ET", "Tj", "1 0 cm", "BT /F1 12 Tf (open Tj", "/X Do"]
    {
        let document = read_now("a.pdf", &from_contents(&[good.as_str(), bad, good.as_str()], ""))?;
        check_promises(&document);
        assert_eq!(document.text, "Good page.\n\nGood page.", "{bad}");
        assert_eq!(document.passages[1].heading, "Page 3");
    }
    let outcome = read_now("a.pdf", &from_contents(&["Tj"; 300], ""));
    assert!(is_damaged(&outcome), "{outcome:?}");
    Ok(())
}

#[test]
fn a_tree_that_contains_itself_has_an_end() -> Result<(), DocumentError> {
    // Ten thousand nodes, of which each has the page, the next node, and the first one again.
    let mut objects = vec![
        "<< /Type /Catalog /Pages 4 0 R >>".to_owned(),
        stream("", &show("Looped page.")),
        "<< /Type /Page /Parent 4 0 R /MediaBox [0 0 612 792] /Contents 2 0 R \
         /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
            .to_owned(),
    ];
    for node in 4..10_004 {
        let next = if node == 10_003 { 4 } else { node + 1 };
        objects
            .push(format!("<< /Type /Pages /Parent {next} 0 R /Kids [3 0 R {next} 0 R 4 0 R] /Count 1 >>"));
    }
    let document = read_now("a.pdf", &file(&objects, ""))?;
    assert_eq!(document.text, "Looped page.");
    // Nothing to inherit, and parents in a circle.
    objects[2] = "<< /Type /Page /Parent 4 0 R /Contents 2 0 R >>".to_owned();
    let outcome = read_now("a.pdf", &file(&objects, ""));
    assert!(is_damaged(&outcome), "{outcome:?}");
    Ok(())
}

#[test]
fn a_stream_that_unpacks_to_too_much_is_left_out() -> Result<(), DocumentError> {
    let unpacked = show("Hidden in spaces.") + &" ".repeat(40 << 20);
    let mut packed = pdf_extract::Stream::new(pdf_extract::Dictionary::new(), unpacked.into_bytes());
    packed.compress().expect("it fits into memory");
    assert!(packed.content.len() < 100_000);
    let content: String = packed.content.iter().map(|byte| char::from(*byte)).collect();
    let good = show("Good page.");
    let bomb = stream("/Filter /FlateDecode", &content);
    let mut objects: Vec<String> = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [5 0 R 6 0 R] /Count 2 >>".to_owned(),
        stream("", &good),
        bomb,
    ];
    let font = "/Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";
    objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents 3 0 R {font} >>"));
    objects.push(format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R {font} >>"));
    let document = read_now("a.pdf", &file(&objects, ""))?;
    assert_eq!(document.text, "Good page.");
    Ok(())
}

fn with_forms(page: &str, forms: &[(&str, &str)]) -> Vec<u8> {
    let first = 5;
    let names: Vec<String> =
        forms.iter().enumerate().map(|(index, (name, _))| format!("/{name} {} 0 R", first + index)).collect();
    let resources = format!(
        "<< /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << {} >> >>",
        names.join(" ")
    );
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources {resources} >>"
        ),
        stream("", page),
    ];
    objects.extend(
        forms.iter().map(|(_, content)| stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", content)),
    );
    file(&objects, "")
}

#[test]
fn text_in_forms_is_read() -> Result<(), DocumentError> {
    let (inner, outer) = (show("Inside a form."), "q /A Do Q");
    let document = read_now("a.pdf", &with_forms("/B Do", &[("A", &inner), ("B", outer)]))?;
    assert_eq!(document.text, "Inside a form.");
    Ok(())
}

#[test]
fn forms_that_draw_themselves_do_not_overflow_the_stack() -> Result<(), DocumentError> {
    let page = show("On the page.") + " /A Do";
    let document =
        read_now("a.pdf", &with_forms(&page, &[("A", "/B Do"), ("B", "q /A#20 Do /A Do /B Do Q")]))?;
    assert_eq!(document.text, "On the page.");
    Ok(())
}

#[test]
fn forms_that_double_at_every_step_are_cut() -> Result<(), DocumentError> {
    let names: Vec<String> = (0..18).map(|n| format!("F{n}x")).collect();
    let contents: Vec<String> = (0..18)
        .map(|n| if n == 17 { "q Q".to_owned() } else { format!("/F{0}x Do ", n + 1).repeat(8) })
        .collect();
    let forms: Vec<(&str, &str)> =
        names.iter().zip(&contents).map(|(name, content)| (&**name, &**content)).collect();
    let document = read_now("a.pdf", &with_forms(&(show("On the page.") + " /F0x Do"), &forms))?;
    assert_eq!(document.text, "On the page.");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn a_pdf_with_broken_bytes_is_a_document_or_an_error(
        breaks in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let page = show("Some words on a page.\nAnd a line (more).") + " /A Do";
        let mut bytes = with_forms(&page, &[("A", &show("Form."))]);
        for (index, byte) in breaks {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(document) = read_now("a.pdf", &bytes) {
            check_promises(&document);
        }
    }

    #[test]
    fn what_a_page_says_is_in_its_text(
        lines in prop::collection::vec("[a-zA-Z0-9][a-zA-Z0-9,.]{0,9}( [a-zA-Z0-9,.]{1,10}){0,8}", 1..20),
    ) {
        let document = read_now("a.pdf", &pdf(&[lines.join("\n")])).expect("it has text");
        check_promises(&document);
        let wanted: Vec<&str> = lines.iter().flat_map(|line| line.split(' ')).collect();
        let found: Vec<&str> = document.text.split_whitespace().collect();
        prop_assert_eq!(found, wanted);
    }
}
