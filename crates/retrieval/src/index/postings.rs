//! Which entries have a term, by tantivy, and what BM25 gives each of them for it.
//!
//! A list is one segment in which an entry's number is its place in the list. It is held in memory as a
//! whole, from a file whose checksum was right: nothing is mapped, so nobody who changes or replaces the
//! file can hurt a search that is under way. This is the only file that names tantivy's index.

use std::io;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::RamDirectory;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::query::Bm25Weight;
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{
    Directory as _, Index, IndexSettings, InvertedIndexReader, SegmentReader, TantivyDocument, Term,
};

use super::Entry;
use super::analysis::entry_analyzer;
use super::vocabulary::Vocabulary;

const ANALYZER: &str = "entry";
const META_FILE: &str = "meta.json";

/// What a word counts for in a title, beside what it counts for in title and body together. Of 0 to
/// 2, this had the highest nDCG@10 on the mean of three judged collections; with 2, all three were worse
/// than without titles (`text/quality.rs`).
const TITLE_WEIGHT: f32 = 0.3;

/// Of the writer's tables at the beginning; they grow with the list.
const WRITER_BYTES: usize = 3 << 20;

/// The terms of a list's titles, and of titles and bodies together.
pub(crate) struct Postings {
    entries: u32,
    title: FieldPostings,
    all: FieldPostings,
}

struct FieldPostings {
    field: Field,
    weight: f32,
    terms: Arc<InvertedIndexReader>,
    lengths: FieldNormReader,
    /// In terms.
    average_length: f32,
}

/// A file of the index, as it is kept.
pub(crate) type NamedBytes = (String, Vec<u8>);

/// A list's postings, and the files from which they can be read again.
pub(crate) fn build<'a>(
    entries: impl Iterator<Item = Entry<'a>>,
) -> tantivy::Result<(Postings, Vec<NamedBytes>)> {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(ANALYZER)
        .set_index_option(IndexRecordOption::WithFreqs)
        .set_fieldnorms(true);
    let options = TextOptions::default().set_indexing_options(indexing);
    let title = schema.add_text_field("title", options.clone());
    let all = schema.add_text_field("all", options);
    let analyzers = tantivy::tokenizer::TokenizerManager::default();
    analyzers.register(ANALYZER, entry_analyzer());

    let folder = RamDirectory::create();
    let settings = IndexSettings { docstore_compress_dedicated_thread: false, ..IndexSettings::default() };
    let mut writer = Index::builder()
        .schema(schema.build())
        .settings(settings)
        .tokenizers(analyzers)
        .single_segment_index_writer(folder.clone(), WRITER_BYTES)?;
    for entry in entries {
        let mut document = TantivyDocument::new();
        document.add_text(title, entry.title);
        document.add_text(all, entry.title);
        document.add_text(all, entry.body);
        writer.add_document(document)?;
    }
    let index = writer.finalize()?;

    let mut files = vec![(META_FILE.to_owned(), folder.atomic_read(Path::new(META_FILE))?)];
    for path in index.load_metas()?.list_segment_files() {
        // Among them are names of files that this list has no need of.
        if folder.exists(&path)? {
            let bytes = folder.open_read(&path)?.read_bytes()?.to_vec();
            files.push((path.to_string_lossy().into_owned(), bytes));
        }
    }
    files.sort();
    Ok((Postings::of(&index)?, files))
}

/// From what [`build`] gave.
pub(crate) fn read(files: &[NamedBytes]) -> tantivy::Result<Postings> {
    let folder = RamDirectory::create();
    for (name, bytes) in files {
        folder.atomic_write(Path::new(name), bytes)?;
    }
    Postings::of(&Index::open(folder)?)
}

impl Postings {
    fn of(index: &Index) -> tantivy::Result<Self> {
        let segments = index.searchable_segments()?;
        let [segment] = segments.as_slice() else {
            let message = format!("{} segments instead of one", segments.len());
            return Err(tantivy::TantivyError::InternalError(message));
        };
        let segment = SegmentReader::open(segment)?;
        let entries = segment.max_doc();
        let field = |name: &str, weight| {
            let field = index.schema().get_field(name)?;
            let terms = segment.inverted_index(field)?;
            #[expect(clippy::cast_precision_loss, reason = "an average needs no more digits")]
            let average_length = terms.total_num_tokens() as f32 / entries.max(1) as f32;
            let lengths = segment.get_fieldnorms_reader(field)?;
            Ok::<_, tantivy::TantivyError>(FieldPostings { field, weight, terms, lengths, average_length })
        };
        Ok(Self { entries, title: field("title", TITLE_WEIGHT)?, all: field("all", 1.0)? })
    }

    /// How many entries the list has.
    pub(crate) fn entries(&self) -> u32 {
        self.entries
    }

    /// How many entries have the term.
    pub(crate) fn frequency(&self, term: &str) -> io::Result<u32> {
        self.all.frequency(term)
    }

    /// Adds `weight` times the term's BM25 (k1 = 1.2, b = 0.75) to the score of each entry that has it: that
    /// of title and body as one text, and for less that of the title alone. Scoring the two apart, as if they
    /// were independent, loses where many bodies are empty. `scores` has a place for each entry.
    pub(crate) fn add_scores(&self, term: &str, weight: f32, scores: &mut [f32]) -> io::Result<()> {
        self.all.add_scores(term, weight, self.entries, scores)?;
        self.title.add_scores(term, weight, self.entries, scores)
    }

    /// Goes through all terms once.
    pub(crate) fn vocabulary(&self) -> io::Result<Vocabulary> {
        let mut vocabulary = Vocabulary::default();
        let mut terms = self.all.terms.terms().stream()?;
        while let Some((term, info)) = terms.next() {
            if let Ok(term) = std::str::from_utf8(term) {
                vocabulary.push(term, info.doc_freq);
            }
        }
        Ok(vocabulary)
    }
}

impl FieldPostings {
    fn frequency(&self, term: &str) -> io::Result<u32> {
        self.terms.doc_freq(&Term::from_field_text(self.field, term))
    }

    fn add_scores(&self, term: &str, weight: f32, entries: u32, scores: &mut [f32]) -> io::Result<()> {
        let Some(info) = self.terms.get_term_info(&Term::from_field_text(self.field, term))? else {
            return Ok(());
        };
        let bm25 = Bm25Weight::for_one_term_without_explain(
            u64::from(info.doc_freq),
            u64::from(entries),
            self.average_length,
        )
        .boost_by(weight * self.weight);
        let mut blocks = self.terms.read_block_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
        while blocks.block_len() > 0 {
            for (&entry, &frequency) in blocks.docs().iter().zip(blocks.freqs()) {
                scores[entry as usize] += bm25.score(self.lengths.fieldnorm_id(entry), frequency);
            }
            blocks.advance();
        }
        Ok(())
    }
}
