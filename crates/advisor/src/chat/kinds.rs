//! What short descriptions call a thing: the last word before `for`, `with` or a comma, which is where English
//! puts the noun that all other words describe. `Cover for corner sofa` is a cover, `3-seat sofa with chaise
//! longue` a sofa. Prose, which describes without naming, is left alone.

use std::collections::{HashMap, HashSet};

use sextant_domain::{Condition, Field, ItemCatalog};

/// A longer description is prose.
const LABEL_WORDS: usize = 12;
/// A word that fewer records are called by is no kind of thing in a list.
pub(super) const FEWEST: usize = 3;

/// What ends the noun phrase.
const ENDS: &[&str] = &["for", "with", "without", "to", "in", "on", "from", "of", "and", "w"];

/// Whether a category is demanded, and not one to be left out.
pub(super) fn is_category(condition: &Condition) -> bool {
    condition.field == Field::Category && !condition.negated
}

/// Positions of the records by what they are called.
#[must_use]
pub(super) fn by_kind(catalog: &ItemCatalog) -> HashMap<String, Vec<u32>> {
    let mut kinds: HashMap<String, Vec<u32>> = HashMap::new();
    let parts = parts(catalog);
    for (position, item) in (0..).zip(&catalog.items) {
        if let Some(kind) = kind_of(&item.description, &parts) {
            kinds.entry(kind).or_default().push(position);
        }
    }
    kinds
}

/// Whether most records have a description that calls them something.
#[must_use]
pub(super) fn are_labels(called: &HashMap<String, Vec<u32>>, items: usize) -> bool {
    called.values().map(Vec::len).sum::<usize>() * 2 > items
}

/// Positions of the records by words of their names, for lists whose descriptions are prose: a word that is mostly
/// said of what is called so is what people mean by it. A `decaf` is called decaf; other texts only speak of it.
#[must_use]
pub(super) fn by_name(catalog: &ItemCatalog) -> HashMap<String, Vec<u32>> {
    let mut called: HashMap<String, (Vec<u32>, usize)> = HashMap::new();
    for (position, item) in (0..).zip(&catalog.items) {
        for word in kinds(&item.name).into_iter().filter(|word| word.chars().all(char::is_alphabetic)) {
            let (positions, _) = called.entry(word).or_default();
            if positions.last() != Some(&position) {
                positions.push(position);
            }
        }
    }
    called.retain(|_, (positions, _)| positions.len() >= FEWEST);
    for (position, item) in (0..).zip(&catalog.items) {
        let words: HashSet<String> = kinds(&item.description).into_iter().collect();
        for word in words {
            if let Some((positions, others)) = called.get_mut(&word)
                && positions.binary_search(&position).is_err()
            {
                *others += 1;
            }
        }
    }
    let mostly = called.into_iter().filter(|(_, (positions, others))| *others <= positions.len());
    mostly.map(|(word, (positions, _))| (word, positions)).collect()
}

/// What is for something else somewhere in the list, as in `Cover for armchair`: at the beginning of `Cover 3-seat
/// sofa` it is the thing, although no `for` says so.
fn parts(catalog: &ItemCatalog) -> HashSet<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for item in &catalog.items {
        let mut words = item.description.split_whitespace();
        if let (Some(first), Some("for")) = (words.next(), words.next()) {
            *counts.entry(singular(first)).or_default() += 1;
        }
    }
    counts.into_iter().filter(|(_, count)| *count >= FEWEST).map(|(part, _)| part).collect()
}

/// The words of a question, each as a kind would be.
#[must_use]
pub(super) fn kinds(words: &str) -> Vec<String> {
    words
        .split(|c: char| !c.is_alphanumeric() && c != '-')
        .filter(|word| !word.is_empty())
        .map(singular)
        .collect()
}

/// The words of a description that is a label, each as a kind would be; empty for prose.
#[must_use]
pub(super) fn label_words(description: &str) -> Vec<String> {
    // Further lines say more of it, such as its colour.
    label(description).map(|_| kinds(&description.replace('-', " "))).unwrap_or_default()
}

/// Whether one of the nouns stands in a label before what the thing has or is for.
pub(super) fn begins_with(description: &str, nouns: &[String]) -> bool {
    let own =
        label(description).unwrap_or_default().split([',', ';', '.', '(', '+']).next().unwrap_or_default();
    own.split_whitespace()
        .take_while(|word| !ENDS.contains(&word.to_lowercase().trim_matches('/')))
        .any(|word| kinds(word).iter().any(|kind| nouns.contains(kind)))
}

/// The first line of a description, unless it is prose.
pub(super) fn label(description: &str) -> Option<&str> {
    let line = description.lines().next()?;
    (line.split_whitespace().count() <= LABEL_WORDS).then_some(line)
}

fn kind_of(description: &str, parts: &HashSet<String>) -> Option<String> {
    let line = label(description)?;
    let label = line.split([',', ';', '.', '(', '+']).next()?;
    if let Some(part) = label.split_whitespace().next().map(singular).filter(|first| parts.contains(first)) {
        return Some(part);
    }
    // `Storage box 2-seat sofa-bed`: what a number tells about the thing comes after its name.
    let names = |(place, word): &(usize, &str)| {
        !ENDS.contains(&word.to_lowercase().trim_matches('/'))
            && (*place == 0 || !word.starts_with(|c: char| c.is_ascii_digit()))
    };
    let words = label.split_whitespace().enumerate().take_while(names).map(|(_, word)| word);
    // `w` of `w drawer`, `sit/stand` and figures are no nouns.
    words.filter(|word| word.chars().all(|c| c.is_alphabetic() || c == '-')).last().map(singular)
}

/// `Sofas` as `sofa`, and `sofa-beds` as `sofa-bed`.
fn singular(word: &str) -> String {
    let lower = word.to_lowercase();
    match lower.strip_suffix('s') {
        Some(rest) if rest.chars().count() >= 3 && !rest.ends_with('s') => {
            rest.strip_suffix("ie").map_or_else(|| rest.to_owned(), |stem| format!("{stem}y"))
        }
        _ => lower,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_called_by_the_last_word_before_what_it_has() {
        let parts = HashSet::from(["cover".to_owned()]);
        let kind = |text: &str| kind_of(text, &parts);
        assert_eq!(kind("3-seat sofa with chaise longue").as_deref(), Some("sofa"));
        assert_eq!(kind("Cover for corner sofa, 4-seat").as_deref(), Some("cover"));
        assert_eq!(kind("Sofa-bed, 140x200 cm").as_deref(), Some("sofa-bed"));
        assert_eq!(kind("Cover 3-seat sofa").as_deref(), Some("cover"));
        assert_eq!(kind("Bar tables").as_deref(), Some("table"));
        assert_eq!(kind("Storage box 2-seat sofa-bed").as_deref(), Some("box"));
        assert_eq!(kind("Batteries").as_deref(), Some("battery"));
        assert_eq!(kind("Chest of 6 drawers").as_deref(), Some("chest"));
        assert_eq!(kind("Table+4 chairs, outdoor").as_deref(), Some("table"));
        assert_eq!(kind("Desk sit/stand, 160x80 cm").as_deref(), Some("desk"));
        assert_eq!(
            kind(
                "Bookcase, 80x28 cm\nblack brown, of a further column with many more words than a label has"
            )
            .as_deref(),
            Some("bookcase")
        );
    }

    #[test]
    fn bed_frames_are_beds_and_covers_for_beds_are_not() {
        let nouns = ["bed".to_owned()];
        assert!(begins_with("Bed frame, 160x200 cm", &nouns) && begins_with("Divan bed", &nouns));
        assert!(!begins_with("Cover for bed", &nouns) && !begins_with("", &nouns));
    }

    #[test]
    fn prose_calls_nothing() {
        let prose = "Delicate, richly and sweetly tart. Dried hibiscus, fine musk, almond and sandalwood in aroma and cup.";
        assert_eq!(kind_of(prose, &HashSet::new()), None);
        assert_eq!(kind_of("", &HashSet::new()), None);
    }
}
