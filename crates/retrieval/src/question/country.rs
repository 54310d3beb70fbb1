//! Countries and their adjectives. A list that says where things come from is asked for countries that it
//! doesn't have: then the honest answer is that none fits, and no other word is meant.

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
}
