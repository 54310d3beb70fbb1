//! Places within countries, learnt from the list: where a region stands beside one country again and again and
//! hardly ever beside another, a record that names the region alone comes from there too. Who leaves a country out
//! leaves its regions out.

use std::collections::{HashMap, HashSet};

use sextant_domain::{Field, Item};

use super::country::country;
use super::facet::Facet;
use super::lexicon::Lexicon;
use super::token;

/// A region must stand beside its country so often.
const FEWEST: usize = 2;
/// And so many times as often as beside all others.
const TIMES_AS_OFTEN: usize = 8;

impl Lexicon {
    /// The regions of the countries among a column's values, to be left out with them. For what is wanted they would
    /// be too bold: lists slip, and name a region of one country beside another.
    pub(super) fn regions_of(&self, facet: usize, values: &[String]) -> Vec<String> {
        let regions = |value: &String| self.regions.get(country(&token::key(value))?);
        let mut found: Vec<String> = values
            .iter()
            .filter(|_| self.places.contains(&facet))
            .filter_map(regions)
            .flatten()
            .cloned()
            .collect();
        found.retain(|region| !values.contains(region));
        found
    }
}

/// The regions of each country, as the list writes them, without words like `Growing Region` at the end.
pub(super) fn regions(
    facet: &Facet,
    items: &[Item],
    generic: &HashSet<String>,
) -> HashMap<&'static str, Vec<String>> {
    let mut beside: HashMap<String, HashMap<&'static str, usize>> = HashMap::new();
    for item in items {
        let texts = || facet.columns.iter().flat_map(|column| column.texts(item));
        let countries: HashSet<&'static str> = texts().flat_map(countries_in).collect();
        let cells = facet.columns.iter().filter(|column| **column != Field::Name);
        for region in cells.flat_map(|column| column.texts(item)).filter_map(|cell| region(cell, generic)) {
            let counts = beside.entry(region).or_default();
            for country in &countries {
                *counts.entry(*country).or_default() += 1;
            }
        }
    }
    let mut regions: HashMap<&'static str, Vec<String>> = HashMap::new();
    for (region, counts) in beside {
        let all: usize = counts.values().sum();
        let Some((country, count)) = counts.into_iter().max_by_key(|(country, count)| (*count, *country))
        else {
            continue;
        };
        if count >= FEWEST && count >= (all - count) * TIMES_AS_OFTEN {
            regions.entry(country).or_default().push(region);
        }
    }
    for names in regions.values_mut() {
        names.sort_unstable();
    }
    regions
}

fn countries_in(text: &str) -> impl Iterator<Item = &'static str> {
    token::tokenize(text).into_iter().filter_map(|token| country(&token.text))
}

/// A cell without the words that no place is told by; nothing where it names a country or nothing is left.
fn region(cell: &str, generic: &HashSet<String>) -> Option<String> {
    if countries_in(cell).next().is_some() {
        return None;
    }
    let mut words: Vec<&str> = cell.split_whitespace().collect();
    while words.last().is_some_and(|word| generic.contains(&token::stem(&word.to_lowercase()))) {
        words.pop();
    }
    let region = words.join(" ");
    let tells = region.chars().filter(|c| c.is_alphabetic()).count() > 3;
    (tells && !words.iter().all(|word| generic.contains(&token::stem(&word.to_lowercase()))))
        .then_some(region)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_told_by_its_own_words() {
        let generic = HashSet::from(["growing", "region", "province"].map(str::to_owned));
        let read = |cell: &str| region(cell, &generic);
        assert_eq!(read("Boquete Growing Region").as_deref(), Some("Boquete"));
        assert_eq!(read("Western Panama"), None);
        assert_eq!(read("Growing Region"), None);
    }
}
