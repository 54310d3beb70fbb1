//! Countries and their adjectives. A list that says where things come from is asked for countries that it
//! doesn't have: then the honest answer is that none fits, and no other word is meant. A part of the world stands
//! for all of its countries.

use std::collections::HashMap;
use std::sync::LazyLock;

/// By the country: what its people and things are called.
const COUNTRIES: &str = "
    afghanistan afghan, albania albanian, algeria algerian, angola angolan, argentina argentinian argentine,
    armenia armenian, australia australian, austria austrian, bangladesh bangladeshi, belgium belgian,
    bolivia bolivian, brazil brazilian, bulgaria bulgarian, burma burmese, burundi burundian, cambodia cambodian,
    cameroon cameroonian, canada canadian, chile chilean, china chinese, colombia colombian, congo congolese,
    croatia croatian, cuba cuban, cyprus cypriot, czechia czech, denmark danish, ecuador ecuadorian, egypt egyptian,
    england english, estonia estonian, ethiopia ethiopian, finland finnish, france french, gabon gabonese,
    germany german, ghana ghanaian, greece greek, guatemala guatemalan, guinea guinean, haiti haitian,
    honduras honduran, hungary hungarian, iceland icelandic, india indian, indonesia indonesian, iran iranian,
    iraq iraqi, ireland irish, israel israeli, italy italian, jamaica jamaican, japan japanese, jordan jordanian,
    kenya kenyan, korea korean, laos laotian, latvia latvian, lebanon lebanese, liberia liberian,
    lithuania lithuanian, madagascar malagasy, malawi malawian, malaysia malaysian, mali malian, mexico mexican,
    mongolia mongolian, morocco moroccan, mozambique mozambican, myanmar burmese, namibia namibian, nepal nepalese,
    netherlands dutch, nicaragua nicaraguan, nigeria nigerian, norway norwegian, pakistan pakistani,
    panama panamanian, paraguay paraguayan, peru peruvian, philippines philippine, poland polish,
    portugal portuguese, romania romanian, russia russian, rwanda rwandan, scotland scottish, senegal senegalese,
    serbia serbian, singapore singaporean, slovakia slovak, slovenia slovenian, somalia somali, spain spanish,
    sudan sudanese, sweden swedish, switzerland swiss, syria syrian, taiwan taiwanese, tanzania tanzanian,
    thailand thai, togo togolese, tunisia tunisian, turkiye turkish, uganda ugandan, ukraine ukrainian,
    uruguay uruguayan, venezuela venezuelan, vietnam vietnamese, wales welsh, yemen yemeni, zambia zambian,
    zimbabwe zimbabwean";

static BY_WORD: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| {
    let mut countries = HashMap::new();
    for names in COUNTRIES.split(',') {
        let mut words = names.split_whitespace();
        let Some(country) = words.next() else { continue };
        countries.entry(country).or_insert(country);
        for word in words {
            countries.entry(word).or_insert(country);
        }
    }
    countries
});

const AFRICA: &[&str] = &[
    "burundi",
    "cameroon",
    "congo",
    "ethiopia",
    "ivory coast",
    "kenya",
    "madagascar",
    "malawi",
    "rwanda",
    "tanzania",
    "uganda",
    "zambia",
    "zimbabwe",
    "nigeria",
    "ghana",
    "togo",
    "morocco",
    "egypt",
    "south africa",
    "angola",
    "mozambique",
    "sierra leone",
];
const EAST_AFRICA: &[&str] =
    &["burundi", "ethiopia", "kenya", "malawi", "rwanda", "tanzania", "uganda", "zambia", "zimbabwe"];
const CENTRAL_AMERICA: &[&str] =
    &["costa rica", "el salvador", "guatemala", "honduras", "nicaragua", "panama", "belize", "mexico"];
const SOUTH_AMERICA: &[&str] = &[
    "argentina",
    "bolivia",
    "brazil",
    "chile",
    "colombia",
    "ecuador",
    "paraguay",
    "peru",
    "uruguay",
    "venezuela",
];
const NORTH_AMERICA: &[&str] = &["united states", "canada", "mexico", "hawai'i"];
const CARIBBEAN: &[&str] = &["cuba", "dominican republic", "haiti", "jamaica", "puerto rico"];
const ASIA: &[&str] = &[
    "cambodia",
    "china",
    "east timor",
    "hong kong",
    "india",
    "indonesia",
    "japan",
    "java",
    "korea",
    "laos",
    "malaysia",
    "myanmar",
    "nepal",
    "papua new guinea",
    "philippines",
    "singapore",
    "south korea",
    "sri lanka",
    "sulawesi",
    "sumatra",
    "taiwan",
    "thailand",
    "timor",
    "vietnam",
    "yemen",
];
const EUROPE: &[&str] = &[
    "austria",
    "belgium",
    "croatia",
    "czechia",
    "czech republic",
    "denmark",
    "england",
    "estonia",
    "finland",
    "france",
    "germany",
    "greece",
    "hungary",
    "iceland",
    "ireland",
    "italy",
    "latvia",
    "lithuania",
    "netherlands",
    "norway",
    "poland",
    "portugal",
    "romania",
    "scotland",
    "serbia",
    "slovakia",
    "slovenia",
    "spain",
    "sweden",
    "switzerland",
    "ukraine",
    "united kingdom",
    "uk",
    "wales",
];
const OCEANIA: &[&str] = &["australia", "new zealand", "papua new guinea"];
const MIDDLE_EAST: &[&str] =
    &["yemen", "saudi arabia", "jordan", "lebanon", "oman", "iran", "iraq", "israel"];

/// Parts of the world as people call them, the longer ones first.
const REGIONS: &[(&str, &[&[&str]])] = &[
    ("east africa", &[EAST_AFRICA]),
    ("east african", &[EAST_AFRICA]),
    ("central america", &[CENTRAL_AMERICA]),
    ("central american", &[CENTRAL_AMERICA]),
    ("south america", &[SOUTH_AMERICA]),
    ("south american", &[SOUTH_AMERICA]),
    ("latin america", &[CENTRAL_AMERICA, SOUTH_AMERICA, CARIBBEAN]),
    ("latin american", &[CENTRAL_AMERICA, SOUTH_AMERICA, CARIBBEAN]),
    ("north america", &[NORTH_AMERICA]),
    ("north american", &[NORTH_AMERICA]),
    ("southeast asia", &[ASIA]),
    ("south east asia", &[ASIA]),
    ("middle east", &[MIDDLE_EAST]),
    ("africa", &[AFRICA]),
    ("african", &[AFRICA]),
    ("asia", &[ASIA]),
    ("asian", &[ASIA]),
    ("europe", &[EUROPE]),
    ("european", &[EUROPE]),
    ("oceania", &[OCEANIA]),
    ("caribbean", &[CARIBBEAN]),
];

/// The part of the world that folded words name: how many words, and its countries.
pub(super) fn region<'w>(
    word: impl Fn(usize) -> &'w str,
) -> Option<(usize, impl Iterator<Item = &'static str>)> {
    let named = |name: &str| name.split(' ').enumerate().all(|(place, part)| word(place) == part);
    let (name, groups) = REGIONS.iter().find(|(name, _)| named(name))?;
    Some((name.split(' ').count(), groups.iter().copied().flatten().copied()))
}

/// The country that a folded word names or belongs to.
pub(super) fn country(word: &str) -> Option<&'static str> {
    BY_WORD.get(word).copied()
}

/// With a capital letter.
pub(super) fn name(country: &str) -> String {
    let mut letters = country.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_known_by_its_name_and_its_adjective() {
        assert_eq!(country("cuba"), Some("cuba"));
        assert_eq!(country("italian"), Some("italy"));
        assert_eq!(country("coban"), None);
        assert_eq!(name("italy"), "Italy");
    }

    #[test]
    fn a_part_of_the_world_has_its_countries() {
        let read = |words: &'static str| {
            let words: Vec<&str> = words.split(' ').collect();
            region(|place| words.get(place).copied().unwrap_or_default())
                .map(|(length, countries)| (length, countries.collect::<Vec<_>>()))
        };
        let (length, countries) = read("south american coffee").expect("a part of the world");
        assert_eq!(length, 2);
        assert!(countries.contains(&"peru") && !countries.contains(&"kenya"));
        assert!(read("african").is_some_and(|(_, countries)| countries.contains(&"kenya")));
        assert!(read("america").is_none() && read("south korea").is_none());
    }
}
