//! The smallest PDFs that the tests need, and broken ones.

use std::fmt::Write as _;

/// Pages of lines, 12 points high and 15 apart.
pub(crate) fn pdf(pages: &[impl AsRef<str>]) -> Vec<u8> {
    let contents: Vec<String> = pages.iter().map(|page| show(page.as_ref())).collect();
    from_contents(&contents, "")
}

/// The drawing commands for lines of text; an empty line leaves a gap.
pub(crate) fn show(text: &str) -> String {
    let mut content = String::from("BT /F1 12 Tf 72 720 Td 15 TL");
    for line in text.lines() {
        let escaped = line.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
        let _ = write!(content, " ({escaped}) Tj T*");
    }
    content + " ET"
}

/// Pages of drawing commands; `resources` are added to the font F1.
pub(crate) fn from_contents(contents: &[impl AsRef<str>], resources: &str) -> Vec<u8> {
    let kids: Vec<String> = (0..contents.len()).map(|page| format!("{} 0 R", 4 + 2 * page)).collect();
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{}] /Count {} >>", kids.join(" "), kids.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    for (page, content) in contents.iter().enumerate() {
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R \
             /Resources << /Font << /F1 3 0 R >> {resources} >> >>",
            5 + 2 * page
        ));
        objects.push(stream("", content.as_ref()));
    }
    file(&objects, "")
}

pub(crate) fn stream(dictionary: &str, content: &str) -> String {
    format!("<< {dictionary} /Length {} >>\nstream\n{content}\nendstream", content.chars().count())
}

/// Objects, from number 1, with the first as the root. Every character is one byte.
pub(crate) fn file(objects: &[impl AsRef<str>], trailer: &str) -> Vec<u8> {
    let bytes = |text: &str| -> Vec<u8> {
        text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect()
    };
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        let _ = writeln!(table, "{:010} 00000 n ", file.len());
        file.extend(bytes(&format!("{} 0 obj\n{}\nendobj\n", index + 1, object.as_ref())));
    }
    let (size, start) = (objects.len() + 1, file.len());
    let end = format!("trailer\n<< /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n");
    file.extend(bytes(&(table + &end)));
    file
}
