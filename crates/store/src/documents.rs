//! Documents and their passages: kept, listed, deleted.
//!
//! The search index is elsewhere and is made from here; [`Store::documents_version`] tells it when it is
//! out of date.

use std::time::SystemTime;

use sextant_domain::{Document, DocumentRow, Passage};

use crate::table::{document, passage};
use crate::{Store, StoreError};

impl Store {
    /// Keeps a document, all or nothing; its id, and whether it replaced an earlier one. A document of the
    /// same name is the same document: it keeps its id, and nothing of the earlier one stays.
    pub fn put_document(&self, document: &Document, now: SystemTime) -> Result<(String, bool), StoreError> {
        let document = document.clone();
        self.write(move |transaction| document::put(transaction, &document, now))
    }

    /// By name.
    pub fn documents(&self) -> Result<Vec<DocumentRow>, StoreError> {
        self.read(document::list)
    }

    pub fn document(&self, id: &str) -> Result<Option<Document>, StoreError> {
        self.read(|connection| document::get(connection, id))
    }

    /// Nothing of the document stays. That it isn't there is no error.
    pub fn delete_document(&self, id: &str) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.write(move |transaction| document::delete(transaction, &id))
    }

    /// The passages of all documents with the documents' ids, always in the same order.
    pub fn passages(&self) -> Result<Vec<(String, Passage)>, StoreError> {
        self.read(passage::all)
    }

    /// A fingerprint of all passages: an index that was made at another one is out of date.
    pub fn documents_version(&self) -> Result<String, StoreError> {
        self.read(document::version)
    }
}
