//! That rounded numbers find what exact ones do, and that a kept index is the one that was saved.

use std::fs;

use super::file::FILE;
use super::{Allowed, Dot, Hit, IndexError, VectorIndex, dot, scale_of};
use crate::index::Unusable;
use crate::index::best::Best;

fn normal(random: &mut fastrand::Rng) -> f32 {
    // Of twelve uniform numbers, the sum has a variance of one.
    (0..12).map(|_| random.f32()).sum::<f32>() - 6.0
}

fn unit(mut vector: Vec<f32>) -> Vec<f32> {
    let length = vector.iter().map(|number| number * number).sum::<f32>().sqrt();
    for number in &mut vector {
        *number /= length;
    }
    vector
}

#[expect(clippy::cast_precision_loss, reason = "there are few dimensions")]
fn near(random: &mut fastrand::Rng, centre: &[f32], spread: f32) -> Vec<f32> {
    let each = spread / (centre.len() as f32).sqrt();
    unit(centre.iter().map(|number| number + each * normal(random)).collect())
}

/// Unit vectors, around centres where there are any, and questions of the same kind.
fn vectors(seed: u64, dimension: usize, rows: usize, centres: usize, spread: f32) -> [Vec<Vec<f32>>; 2] {
    let mut random = fastrand::Rng::with_seed(seed);
    let origin = vec![0.0; dimension];
    let centres: Vec<Vec<f32>> = (0..centres).map(|_| near(&mut random, &origin, 1.0)).collect();
    [rows, 20].map(|count| {
        let draw = |_| match random.choice(&centres) {
            Some(centre) => near(&mut random, centre, spread),
            None => near(&mut random, &origin, 1.0),
        };
        (0..count).map(draw).collect()
    })
}

fn index_of(rows: &[Vec<f32>]) -> VectorIndex {
    let dimension = rows.first().map_or(1, Vec::len);
    let rows: Vec<&[f32]> = rows.iter().map(Vec::as_slice).collect();
    VectorIndex::from_vectors(dimension, rows).expect("good vectors")
}

fn exact(rows: &[Vec<f32>], question: &[f32], allowed: Option<&Allowed>, limit: usize) -> Vec<Hit> {
    let mut best = Best::of(limit);
    for (position, row) in (0..).zip(rows) {
        if allowed.is_none_or(|allowed| allowed.contains(position)) {
            best.push(Hit { position, score: dot::exact(question, row) });
        }
    }
    best.into_hits()
}

#[test]
fn the_best_ten_are_those_of_an_exact_scan() {
    // The closer the cluster, the less the rounded numbers can tell its vectors apart.
    let kinds = [("random", 0, 0.0), ("wide", 40, 1.0), ("close", 40, 0.3), ("very close", 40, 0.1)];
    let (mut same, mut cases) = (0_u32, 0_u32);
    for (name, centres, spread) in kinds {
        let (mut same_of_kind, mut cases_of_kind) = (0, 0);
        for (seed, dimension) in [(1, 384), (2, 384), (3, 128), (4, 100)] {
            let [rows, questions] = vectors(seed, dimension, 4000, centres, spread);
            let index = index_of(&rows);
            for question in questions {
                cases_of_kind += 1;
                same_of_kind +=
                    u32::from(index.nearest(&question, None, 10) == exact(&rows, &question, None, 10));
            }
        }
        println!("{name}: the best ten equal in {same_of_kind} of {cases_of_kind}");
        same += same_of_kind;
        cases += cases_of_kind;
    }
    assert!(f64::from(same) >= 0.99 * f64::from(cases), "{same} of {cases}");
}

#[test]
fn a_processor_with_avx2_finds_what_any_other_finds() {
    let [rows, questions] = vectors(5, 384, 2000, 20, 0.5);
    let index = index_of(&rows);
    let mut portable = index_of(&rows);
    portable.dot = Dot::Portable;
    for question in questions {
        assert_eq!(index.nearest(&question, None, 20), portable.nearest(&question, None, 20));
    }
}

#[test]
fn only_what_is_allowed_and_has_a_vector_is_found() {
    let [rows, questions] = vectors(6, 48, 500, 0, 0.0);
    let mut index = VectorIndex::empty(48, 500).expect("a good size");
    assert_eq!(index.nearest(&questions[0], None, 5), []);
    let late = Allowed::from_positions(500, (0..500).filter(|position| position % 3 != 0));
    for position in late.positions() {
        index.insert(position, &rows[position as usize]).expect("a good vector");
    }
    assert_eq!(index.count(), late.count());
    assert!(index.missing().all(|position| position % 3 == 0 && !index.contains(position)));
    for question in &questions {
        assert_eq!(index.nearest(question, None, 10), exact(&rows, question, Some(&late), 10));
        let few = Allowed::from_positions(500, (0..500).filter(|position| position % 100 < 2));
        let both = Allowed::from_positions(500, few.positions().filter(|position| late.contains(*position)));
        assert_eq!(index.nearest(question, Some(&few), 10), exact(&rows, question, Some(&both), 10));
    }
    let shorter = Allowed::from_positions(10, 0..10);
    assert!(index.nearest(&questions[0], Some(&shorter), 99).iter().all(|hit| hit.position < 10));
}

#[test]
fn equal_vectors_stand_in_the_order_of_the_list_and_a_new_vector_replaces_the_old() {
    let mut index = index_of(&vec![vec![0.6, 0.8]; 100]);
    let positions = |index: &VectorIndex, limit| -> Vec<u32> {
        index.nearest(&[0.6, 0.8], None, limit).iter().map(|hit| hit.position).collect()
    };
    assert_eq!(positions(&index, 3), [0, 1, 2]);
    index.insert(0, &[-0.6, -0.8]).expect("a good vector");
    assert_eq!(positions(&index, 3), [1, 2, 3]);
    assert_eq!(positions(&index, usize::MAX).last(), Some(&0));
    assert_eq!(index.count(), 100);
}

#[test]
fn vectors_that_are_none_are_refused() {
    let mut index = VectorIndex::empty(2, 3).expect("a good size");
    assert!(matches!(index.insert(3, &[1.0, 0.0]), Err(IndexError::NoSuchEntry { position: 3, entries: 3 })));
    assert!(matches!(
        index.insert(1, &[1.0]),
        Err(IndexError::WrongLength { position: 1, expected: 2, found: 1 })
    ));
    assert!(matches!(index.insert(1, &[1.0, f32::NAN]), Err(IndexError::NotFinite { position: 1 })));
    assert!(matches!(VectorIndex::empty(0, 3), Err(IndexError::Dimension { .. })));
    assert!(matches!(VectorIndex::empty(9000, 3), Err(IndexError::Dimension { .. })));
    index.insert(0, &[0.0, 0.0]).expect("no direction is a vector too");
    index.insert(1, &[f32::MIN_POSITIVE / 8.0, f32::MAX]).expect("far apart, but numbers");
    for question in [&[1.0][..], &[f32::INFINITY, 0.0], &[1.0, 0.0, 0.0], &[]] {
        assert_eq!(index.nearest(question, None, 5), []);
    }
    assert_eq!(index.nearest(&[0.0, 0.0], None, 5).len(), 2);
    assert_eq!(scale_of(&[0.0], 127.0), Some(f32::MIN_POSITIVE));
}

#[test]
fn vectors_are_kept_for_their_list_and_their_model() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path();
    let load = |fingerprint, model, dimension, entries| {
        VectorIndex::load(folder, fingerprint, model, dimension, entries)
    };
    assert_eq!(load("list", "model", 100, 200).err(), Some(Unusable::Absent));
    let [rows, questions] = vectors(7, 100, 200, 0, 0.0);
    let mut index = VectorIndex::empty(100, 200).expect("a good size");
    for (position, row) in (0..).zip(&rows).filter(|(position, _)| position % 7 != 0) {
        index.insert(position, row).expect("a good vector");
    }
    index.save(folder, "list", "model").expect("a folder that can be written");
    let kept = load("list", "model", 100, 200).expect("the saved vectors");
    assert!(kept.missing().eq(index.missing()));
    for question in &questions {
        assert_eq!(kept.nearest(question, None, 30), index.nearest(question, None, 30));
    }
    for (fingerprint, model, dimension, entries) in [
        ("other", "model", 100, 200),
        ("list", "other", 100, 200),
        ("list", "model", 99, 200),
        ("list", "model", 100, 201),
    ] {
        assert_eq!(load(fingerprint, model, dimension, entries).err(), Some(Unusable::Outdated));
    }
}

#[test]
fn damaged_vectors_are_absent() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let [rows, _] = vectors(8, 10, 70, 0, 0.0);
    index_of(&rows).save(folder.path(), "list", "model").expect("a folder that can be written");
    let file = folder.path().join(FILE);
    let whole = fs::read(&file).expect("the vectors");
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        for damage in [&flipped[..], &whole[..place]] {
            fs::write(&file, damage).expect("a file that can be written");
            assert!(VectorIndex::load(folder.path(), "list", "model", 10, 70).is_err(), "byte {place}");
        }
    }
}
