//! Places: the countries that things come from, and where in a home they are to stand, which demands nothing.

use super::country;
use super::draft::Draft;
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
            if means_a_value && known.is_none() {
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

    /// The facet that a country at `at` is about, where it is about one: not in `Swiss water` and `French roast`.
    fn place_at(&self, at: usize) -> Option<usize> {
        let places = &self.lexicon.places;
        // `Italian roasters`, `Canadian-roasted`
        let next = self.text(at + 1);
        let begun = self.lexicon.cues.iter().find(|(cue, facet)| {
            places.contains(facet) && cue.split(' ').next() == Some(next) && cue.contains(' ')
        });
        if let Some((_, facet)) = begun {
            return Some(*facet);
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
            ("to", "next" | "close") | ("of", "front") => Some(before - 1),
            (
                "beside" | "under" | "underneath" | "beneath" | "behind" | "above" | "opposite" | "alongside"
                | "near" | "matches" | "matching" | "match",
                _,
            ) => Some(before),
            ("for" | "by" | "to" | "on" | "in", _)
                if start < end && matches!(self.text(start), "my" | "our") =>
            {
                Some(before)
            }
            ("for" | "in", _) if ROOMS.contains(&self.text(end)) => Some(before),
            _ => None,
        }
    }
}
