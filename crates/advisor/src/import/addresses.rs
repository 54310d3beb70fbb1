//! What an address says about its item: `…/p/stig-bar-stool-with-backrest-black-80155205/` is the only place where
//! some lists say that the stool is black.
//!
//! Only the last part of the path is read, only where most addresses of the column have a word of their item's
//! name in it, and of it only words that the row says nowhere else. The address itself stays out.

use std::collections::HashSet;

use super::table::Table;

/// Shorter words are grammar or codes.
const SHORTEST: usize = 3;

/// Whether most addresses of a column are made of words about their item.
pub(super) fn say_words(table: &Table<'_>, index: usize, name: usize) -> bool {
    let filled = || table.rows.iter().filter(|row| !row.cell(index).is_empty());
    let speaking = filled().filter(|row| {
        let own: HashSet<String> = words(row.cell(name)).collect();
        slug(row.cell(index)).is_some_and(|slug| words(slug).any(|word| own.contains(&word)))
    });
    speaking.count() * 2 > filled().count()
}

/// The words that the address has and `said` has not, in their order.
pub(super) fn further_words(address: &str, said: &str) -> Option<String> {
    let spelled_out = said.to_lowercase().replace(['ö', 'ø'], "oe").replace('ä', "ae").replace('ü', "ue");
    let mut known: HashSet<String> = words(said).chain(words(&spelled_out)).collect();
    let further: Vec<String> = words(slug(address)?)
        .filter(|word| word.chars().count() >= SHORTEST && word.chars().all(char::is_alphabetic))
        .filter(|word| known.insert(word.clone()))
        .collect();
    (!further.is_empty()).then(|| further.join(" "))
}

/// The last part of the path, where it is several words.
fn slug(address: &str) -> Option<&str> {
    let path = address.split(['?', '#']).next()?.split_once("://")?.1;
    let last = path.trim_end_matches('/').split('/').skip(1).last()?;
    last.contains(['-', '_']).then_some(last)
}

/// Addresses are written without accents.
fn words(text: &str) -> impl Iterator<Item = String> {
    let plain: String = text.to_lowercase().chars().map(without_accent).collect();
    let words: Vec<String> = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    words.into_iter()
}

fn without_accent(letter: char) -> char {
    match letter {
        'à'..='å' => 'a',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_the_words_that_nothing_else_says() {
        let further = |address: &str| further_words(address, "STIG Bar stool with backrest, 74 cm");
        let address =
            "https://shop.example/en/p/stig-bar-stool-with-backrest-black-silver-80155205/?from=list";
        assert_eq!(further(address).as_deref(), Some("black silver"));
        assert_eq!(further("https://shop.example/p/80155205"), None);
        assert_eq!(further("https://shop.example/"), None);
        assert_eq!(further("https://shop.example/stig-bar-stool"), None);
        assert_eq!(further(""), None);
    }

    #[test]
    fn accents_are_written_otherwise_in_addresses() {
        let further = further_words("https://a.example/p/soederhamn-sofa-red", "SÖDERHAMN sofa");
        assert_eq!(further.as_deref(), Some("red"));
        assert_eq!(further_words("https://a.example/p/hemnas-sofa", "HEMNÄS sofa"), None);
    }
}
