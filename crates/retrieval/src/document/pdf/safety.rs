//! Takes out of a PDF what would cost memory without end or overflow the stack, which nobody can catch.
//!
//! Everything here works on the parsed objects, not on how they are written, but for what the library
//! unpacks before it hands anything out (`check_file`). Pictures go too: the library would read their
//! pixels as drawing commands, and there is no text in them.

use std::collections::{HashMap, HashSet};

use pdf_extract::content::Content;
use pdf_extract::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::super::DocumentError;
use super::inflation;

/// What a stream may unpack to. A page's drawing commands take ten to fifty times as much once parsed.
const STREAM_BYTES: usize = 32 << 20;
/// LZW unpacks a byte to a thousand or more at worst, so its streams are bounded as they are written.
const LZW_BYTES: usize = 128 << 10;
/// Of a picture-like prediction, which the library allocates before it has read a row.
const ROW_BYTES: i64 = 1 << 20;
/// Forms in forms; documents have two or three.
const FORM_DEPTH: usize = 20;
/// Forms that a page may draw, counting those in forms.
const FORMS_DRAWN: u64 = 10_000;
/// Nodes between a page and the root of its tree.
const TREE_DEPTH: usize = 300;

/// Looks at the streams that are unpacked before objects can be: the tables of where objects are.
pub(super) fn check_file(bytes: &[u8]) -> Result<(), DocumentError> {
    let too_large = || DocumentError::DamagedPdf { reason: "its table of objects is too large".to_owned() };
    for (name, limit) in [(&b"/Columns"[..], ROW_BYTES), (b"/Colors", ROW_BYTES)] {
        for at in positions(bytes, name) {
            let digits = bytes[at + name.len()..].trim_ascii_start();
            let digits = digits.iter().take_while(|digit| digit.is_ascii_digit());
            let number =
                digits.fold(0i64, |number, digit| number.saturating_mul(10) + i64::from(digit - b'0'));
            if number > limit {
                return Err(too_large());
            }
        }
    }
    for at in positions(bytes, b"/XRef") {
        /// A dictionary that says so is no longer than this.
        const DICTIONARY_BYTES: usize = 4096;
        let rest = &bytes[at..];
        let Some(start) = positions(&rest[..rest.len().min(DICTIONARY_BYTES)], b"stream").next() else {
            continue;
        };
        if inflation::exceeds(rest[start + b"stream".len()..].trim_ascii_start(), STREAM_BYTES) {
            return Err(too_large());
        }
    }
    Ok(())
}

fn positions<'a>(bytes: &'a [u8], wanted: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + bytes.get(from..)?.windows(wanted.len()).position(|window| window == wanted)?;
        from = at + wanted.len();
        Some(at)
    })
}

/// For each object as it is loaded, before streams that hold objects are unpacked.
#[expect(clippy::unnecessary_wraps, reason = "the library's type of filter")]
pub(super) fn tame_while_loading(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    match object {
        // It is changed in place; only objects that aren't streams are taken from what is returned.
        Object::Stream(stream) => {
            tame_stream(stream);
            Some((id, Object::Null))
        }
        object => Some((id, object.clone())),
    }
}

/// For encrypted documents, whose streams can't be looked into while they are loaded.
pub(super) fn tame(document: &mut Document) {
    for object in document.objects.values_mut() {
        if let Object::Stream(stream) = object {
            tame_stream(stream);
        }
    }
}

fn tame_stream(stream: &mut Stream) {
    let is_picture = stream.dict.get(b"Subtype").and_then(Object::as_name).is_ok_and(|name| name == b"Image");
    if is_picture || unpacks_to_too_much(stream) {
        // Not empty, because the library reads empty ones again.
        stream.set_plain_content(b" ".to_vec());
    }
}

fn unpacks_to_too_much(stream: &Stream) -> bool {
    let Ok(filters) = stream.filters() else { return stream.content.len() > STREAM_BYTES };
    let names = [&b"FlateDecode"[..], b"LZWDecode", b"ASCII85Decode"];
    let count = |name: &[u8]| filters.iter().filter(|filter| **filter == name).count();
    let [flate, lzw, _] = names.map(count);
    if flate + lzw > 1 {
        return true;
    }
    let parameters = stream.dict.get(b"DecodeParms").and_then(Object::as_dict).ok();
    let parameter = |name: &[u8], default| {
        parameters.and_then(|all| all.get(name).and_then(Object::as_i64).ok()).unwrap_or(default)
    };
    let bits = parameter(b"BitsPerComponent", 8).saturating_mul(parameter(b"Colors", 1));
    if bits.saturating_mul(parameter(b"Columns", 1)) / 8 > ROW_BYTES || bits > 1 << 20 {
        return true;
    }
    if lzw > 0 {
        return stream.content.len() > LZW_BYTES;
    }
    if flate == 0 {
        return stream.content.len() > STREAM_BYTES;
    }
    if filters.first().is_some_and(|filter| *filter == b"ASCII85Decode") {
        let outer = Stream::new(dictionary! { "Filter" => "ASCII85Decode" }, stream.content.clone());
        return outer.decompressed_content().is_ok_and(|inner| inflation::exceeds(&inner, STREAM_BYTES));
    }
    inflation::exceeds(&stream.content, STREAM_BYTES)
}

/// Gives a page what it inherits and takes its parent away, because the library follows parents by
/// recursion and without an end. `None` where it is no page.
pub(super) fn make_self_contained(document: &mut Document, page: ObjectId) -> Option<()> {
    let inherited = |name: &[u8], is_usable: &dyn Fn(&Object) -> bool| {
        let mut node = document.get_dictionary(page).ok()?;
        for _ in 0..TREE_DEPTH {
            let value = node.get(name).ok();
            if let Some(value) = value.filter(|value| is_usable(value)) {
                return Some(value.clone());
            }
            let parent = node.get(b"Parent").and_then(Object::as_reference).ok()?;
            node = document.get_dictionary(parent).ok()?;
        }
        None
    };
    let resolved = |value: &Object| document.dereference(value).map(|(_, value)| value.clone()).ok();
    let is_box = |value: &Object| {
        let numbers = resolved(value).and_then(|value| value.as_array().cloned().ok()).unwrap_or_default();
        numbers.len() == 4 && numbers.iter().all(|number| number.as_float().is_ok())
    };
    let is_dictionary = |value: &Object| resolved(value).is_some_and(|value| value.as_dict().is_ok());
    let resources = inherited(b"Resources", &is_dictionary).unwrap_or_else(|| Dictionary::new().into());
    let letter = [0, 0, 612, 792].map(Object::from).to_vec();
    let media_box = inherited(b"MediaBox", &is_box).unwrap_or_else(|| letter.into());
    let page = document.get_object_mut(page).and_then(Object::as_dict_mut).ok()?;
    page.set("Resources", resources);
    page.set("MediaBox", media_box);
    page.remove(b"ArtBox");
    page.remove(b"Parent");
    Some(())
}

/// Empties forms that draw themselves, directly or by others, or draw too much. `None` where a page
/// can't be looked through, or has too much even so.
pub(super) fn cut_endless_drawing(document: &mut Document, page: ObjectId) -> Option<()> {
    let resources = document.get_dictionary(page).ok()?.get_deref(b"Resources", document).ok()?;
    let resources = resources.as_dict().ok()?;
    let Some(forms) = dictionary_in(document, resources, b"XObject") else { return Some(()) };
    if !forms.iter().any(|(_, form)| form.as_reference().is_ok_and(|id| is_form(document, id))) {
        return Some(());
    }
    let mut search =
        FormSearch { document, path: Vec::new(), known: HashMap::new(), endless: HashSet::new() };
    let drawn = search.forms_drawn(&document.get_page_content(page).ok()?, resources);
    let endless = search.endless;
    for form in endless {
        if let Ok(form) = document.get_object_mut(form).and_then(Object::as_stream_mut) {
            form.set_plain_content(b" ".to_vec());
        }
    }
    (drawn <= FORMS_DRAWN).then_some(())
}

fn is_form(document: &Document, id: ObjectId) -> bool {
    document.get_object(id).and_then(Object::as_stream).is_ok()
}

fn dictionary_in<'a>(document: &'a Document, parent: &'a Dictionary, name: &[u8]) -> Option<&'a Dictionary> {
    parent.get_deref(name, document).and_then(Object::as_dict).ok()
}

struct FormSearch<'a> {
    document: &'a Document,
    /// The forms that are being looked through, from the outermost.
    path: Vec<ObjectId>,
    /// How many forms each one draws, with the resources that it draws them from.
    known: HashMap<(ObjectId, *const Dictionary), u64>,
    endless: HashSet<ObjectId>,
}

impl<'a> FormSearch<'a> {
    fn forms_drawn(&mut self, content: &[u8], resources: &'a Dictionary) -> u64 {
        // The library panics on the same content, and loses only this page.
        let Ok(content) = Content::decode(content) else { return 0 };
        let Some(forms) = dictionary_in(self.document, resources, b"XObject") else { return 0 };
        let mut drawn = 0u64;
        for operation in content.operations.iter().filter(|operation| operation.operator == "Do") {
            let name = operation.operands.first().and_then(|name| name.as_name().ok());
            let form = name.and_then(|name| forms.get(name).and_then(Object::as_reference).ok());
            drawn = drawn.saturating_add(1 + form.map_or(0, |form| self.forms_in(form, resources)));
        }
        drawn
    }

    fn forms_in(&mut self, form: ObjectId, outer: &'a Dictionary) -> u64 {
        let Ok(stream) = self.document.get_object(form).and_then(Object::as_stream) else { return 0 };
        let resources = dictionary_in(self.document, &stream.dict, b"Resources").unwrap_or(outer);
        let key = (form, std::ptr::from_ref(resources));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        if self.path.contains(&form) || self.path.len() >= FORM_DEPTH {
            self.endless.insert(form);
            return 0;
        }
        self.path.push(form);
        let content = stream.decompressed_content().unwrap_or_else(|_| stream.content.clone());
        let drawn = self.forms_drawn(&content, resources);
        self.path.pop();
        if drawn > FORMS_DRAWN {
            self.endless.insert(form);
        }
        let counted = if drawn > FORMS_DRAWN { 0 } else { drawn };
        self.known.insert(key, counted);
        counted
    }
}
