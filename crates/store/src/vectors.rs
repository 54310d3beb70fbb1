//! Vectors of texts, so that a text is embedded once. A cache, in which a miss is never an error's fault.

use std::time::{Duration, SystemTime};

use sextant_domain::CacheTier;

use crate::table::cache_event::{self, CacheEventRow};
use crate::table::{CacheEvent, vector};
use crate::{Store, StoreError};

impl Store {
    /// Keeps vectors that `model` has made of texts, by the sha256 of each text, within the cache's bound.
    /// Never blocks: when the writer is far behind or the disk is full, they are not kept.
    pub fn put_vectors(&self, model: &str, vectors: &[([u8; 32], Vec<f32>)], now: SystemTime) {
        let (model, vectors) = (model.to_owned(), vectors.to_vec());
        self.writer().spare(move |transaction| {
            let evicted = vector::put(transaction, &model, &vectors, now)?;
            evictions(transaction, evicted, now)
        });
    }

    /// For each text the vector that is kept of it and is no older than `time_to_live`. Their use is noted,
    /// and those that are too old go.
    pub fn vectors(
        &self,
        model: &str,
        text_hashes: &[[u8; 32]],
        time_to_live: Duration,
        now: SystemTime,
    ) -> Result<Vec<Option<Vec<f32>>>, StoreError> {
        let mut to_touch = Vec::new();
        let found = self.read(|connection| {
            let look_up = |hash| -> rusqlite::Result<Option<Vec<f32>>> {
                let Some((vector, is_old)) = vector::get(connection, model, hash, time_to_live, now)? else {
                    return Ok(None);
                };
                if is_old {
                    to_touch.push(*hash);
                }
                Ok(Some(vector))
            };
            text_hashes.iter().map(look_up).collect()
        })?;
        if !to_touch.is_empty() {
            let model = model.to_owned();
            self.writer().spare(move |transaction| {
                vector::touch(transaction, &model, &to_touch, now)?;
                let expired = vector::drop_expired(transaction, time_to_live, now)?;
                evictions(transaction, expired, now)
            });
        }
        Ok(found)
    }
}

fn evictions(transaction: &rusqlite::Transaction, count: usize, now: SystemTime) -> rusqlite::Result<()> {
    let event = CacheEvent::Evicted;
    let row = CacheEventRow { at: now, run: None, tier: CacheTier::Embedding, event };
    (0..count).try_for_each(|_| cache_event::insert(transaction, &row))
}
