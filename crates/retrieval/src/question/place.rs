//! Places: the countries that things come from, and where in a home they are to stand, which demands nothing.

use super::country;
use super::draft::{Draft, Negation};
use super::english;
use super::facet::CATEGORY;
use super::lexicon::{Sense, Value};
use super::token;
use super::value::Said;

/// Rooms that things are for, without being made for them.
const ROOMS: &[&str] = &["nursery", "kitchen", "hallway", "bathroom", "bedroom", "office", "studio"];

impl Draft<'_> {
    /// Countries that the list doesn't have: `Cuban coffee` demands a place that no record comes from.
    pub(super) fn read_countries(&mut self, said: &mut Vec<Said>) {
        for at in 0..self.tokens.len() {
            let token = &self.tokens[at];
            let means_a_value = self
                .span(at)
                .is_some_and(|span| span.senses.iter().any(|sense| matches!(sense, Sense::Value(_))));
            let Some(found) = country::country(&token.text) else { continue };
            let is_read = said.iter().any(|said| said.start <= at && at < said.end);
            if is_read || !self.is_free(at, at + 1) || (means_a_value && token.text == found) {
                continue;
            }
            let Some(facet) = self.place_at(at) else { continue };
            let known = self.lexicon.senses(&token::stem(found)).iter().find_map(|sense| match sense {
                Sense::Value(value) if value.facet == facet => Some(value.clone()),
                _ => None,
            });
            // `Guatemalan roasters`, where all roasters are elsewhere.
            if means_a_value && known.is_none() && self.place_announced(at + 1).is_none() {
                continue;
            }
            let name = country::name(found);
            let inside = self.lexicon.facets[facet].rules.inside;
            let value = known.unwrap_or(Value {
                facet,
                values: vec![name.clone()],
                label: name,
                inside,
                part: false,
            });
            let negated = self.negated(at, facet, said);
            self.take_cue(at, facet);
            said.push(Said { start: at, end: at + 1, value, negated });
        }
        said.sort_by_key(|said| said.start);
    }

    /// Parts of the world: `African coffees`, `not from Central America`, `roasters in Asia`.
    pub(super) fn read_regions(&mut self, said: &mut Vec<Said>) {
        for at in 0..self.tokens.len() {
            let Some((length, countries)) = country::region(|place| self.text(at + place)) else { continue };
            let end = at + length;
            let mut known = said.iter().position(|said| said.start < end && at < said.end);
            // `Central America` is no America.
            let mut negated = None;
            if let Some(part) = known.filter(|&known| said[known].end - said[known].start < length) {
                negated = Some(said.remove(part).negated);
                known = None;
            }
            if known.is_none() && !self.is_free(at, end) {
                continue;
            }
            let facet = match known {
                Some(known) => {
                    Some(said[known].value.facet).filter(|facet| self.lexicon.places.contains(facet))
                }
                None => self.place_at(end - 1).filter(|_| self.text(end) != "style"),
            };
            let Some(facet) = facet else { continue };
            let mut values: Vec<String> = Vec::new();
            for country in countries {
                for sense in self.lexicon.senses(&token::key(country)) {
                    if let Sense::Value(value) = sense
                        && value.facet == facet
                    {
                        values.extend(value.values.iter().cloned());
                    }
                }
            }
            match known {
                Some(known) => said[known].value.values.extend(values),
                None if values.is_empty() => {}
                None => {
                    let words: Vec<String> = (at..end).map(|at| country::name(self.text(at))).collect();
                    let label = words.join(" ");
                    let inside = self.lexicon.facets[facet].rules.inside;
                    let negated = negated.unwrap_or_else(|| self.negated(at, facet, said));
                    self.take_cue(at, facet);
                    let value = Value { facet, values, label, inside, part: false };
                    said.push(Said { start: at, end, value, negated });
                }
            }
        }
        said.sort_by_key(|said| said.start);
    }

    /// The facet that the words after a place are about: `Italian roasters`, `Canadian-roasted`.
    pub(super) fn place_announced(&self, after: usize) -> Option<usize> {
        let next = self.text(after);
        let begins =
            |cue: &str| cue.split_once(' ').is_some_and(|(first, _)| first == next && !next.is_empty());
        let announcing =
            self.lexicon.cues.iter().find(|(cue, facet)| self.lexicon.places.contains(facet) && begins(cue));
        announcing.map(|(_, facet)| *facet)
    }

    /// `outside the United States` negates the place.
    pub(super) fn read_outsides(&mut self) {
        for at in 0..self.tokens.len() {
            if self.text(at) != "outside" {
                continue;
            }
            let mut place = at + 1;
            while matches!(self.text(place), "of" | "the") {
                place += 1;
            }
            let places = &self.lexicon.places;
            let is_place =
                |sense: &Sense| matches!(sense, Sense::Value(value) if places.contains(&value.facet));
            let known = self.span(place).is_some_and(|span| span.senses.iter().any(is_place));
            let named = known
                || country::country(self.text(place)).is_some()
                || country::region(|next| self.text(place + next)).is_some();
            if named && !self.lexicon.places.is_empty() {
                self.negations[at] = Some(Negation { start: at, strong: true });
            }
        }
    }

    /// The facet that a country at `at` is about, where it is about one: not in `Swiss water` and `French roast`.
    fn place_at(&self, at: usize) -> Option<usize> {
        let places = &self.lexicon.places;
        let announced = self.place_announced(at + 1);
        if announced.is_some() {
            return announced;
        }
        let cued = self.cue_before(at).into_iter().find(|facet| places.contains(facet));
        if cued.is_some() {
            return cued;
        }
        let ends = self.tokens.get(at + 1).is_none_or(|next| !next.spells() || english::is_stop(&next.text))
            || self.span(at + 1).is_some_and(|span| span.senses.contains(&Sense::Item));
        let origin = places.iter().find(|facet| self.lexicon.facets[**facet].rules.inside).or(places.first());
        origin.copied().filter(|_| ends)
    }

    /// `chest of drawers, it goes next to my bed`: where a thing stands is no thing that is asked for.
    pub(super) fn drop_places(&mut self, said: &mut Vec<Said>) {
        let wanted = said.iter().filter(|said| !said.negated && said.value.facet == CATEGORY).count();
        if wanted < 2 {
            return;
        }
        let places: Vec<(usize, usize)> = said
            .iter()
            .filter(|said| !said.negated && said.value.facet == CATEGORY)
            .filter_map(|said| self.place_before(said.start).map(|start| (start, said.end)))
            .collect();
        if places.len() == wanted {
            return;
        }
        for (start, end) in places {
            said.retain(|said| said.start < start || said.end > end);
            self.take(start, end);
        }
    }

    /// Where `next to my` begins that ends at `end`.
    fn place_before(&self, end: usize) -> Option<usize> {
        let mut start = end;
        while start > 0
            && matches!(
                self.text(start - 1),
                "my" | "our" | "the" | "a" | "an" | "his" | "her" | "your" | "their" | "this"
            )
        {
            start -= 1;
        }
        let before = start.checked_sub(1)?;
        match (self.text(before), before.checked_sub(1).map_or("", |at| self.text(at))) {
            // `next to my bed`, `we have a toddler`, `I already have a sofa`
            ("to", "next" | "close")
            | ("of", "front")
            | ("have" | "got" | "own", "we" | "i" | "already" | "ive" | "weve") => Some(before - 1),
            (
                "beside" | "under" | "underneath" | "beneath" | "behind" | "above" | "opposite" | "alongside"
                | "near" | "matches" | "matching" | "match",
                _,
            ) => Some(before),
            ("for" | "by" | "to" | "on" | "in" | "at", _)
                if start < end && matches!(self.text(start), "my" | "our") =>
            {
                Some(before)
            }
            ("at", _) if start < end => Some(before),
            ("for" | "in", _) if ROOMS.contains(&self.text(end)) => Some(before),
            _ => None,
        }
    }
}
