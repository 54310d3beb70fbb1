//! Demands on what records have: a roast, a place, a maker, a category, yes or no; wanted or not.
//!
//! Values of one field are alternatives, because a record has one of them (`light and medium roasts`).
//! A negation reaches over a list (`not from Kenya, Ethiopia or Peru`) and over `or`, over `and` only
//! within a field, and ends at a comma, a `but`, and any other word with a weight.

use sextant_domain::{Condition, Field, Test};

use super::draft::Draft;
use super::english::{self, Bound};
use super::facet::{BRAND, CATEGORY, FacetKind, RATING};
use super::label;
use super::lexicon::{Sense, Value};
use super::token::{self, Kind};

/// What a record has, or has in it: a category's word after one of these is a part (`desk with shelves`).
const HAVING: &[&str] = &["with", "without", "having", "including", "featuring", "plus", "no"];
/// Between the two.
const HOW_MANY: &[&str] =
    &["a", "an", "any", "the", "at", "least", "most", "more", "than", "some", "many", "of"];
/// So many words back, a negation still reaches over `or`.
const MOST_LISTED: usize = 3;
/// Stand for all places but those that follow.
const ANYWHERE: &[&str] = &["anywhere", "everywhere", "somewhere", "elsewhere"];
/// What makes a maker's name of an ordinary word.
const WEIGHTLESS_BEFORE_NAMES: &[&str] = &["the", "a", "an"];

/// A value that the question says.
pub(super) struct Said {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) value: Value,
    pub(super) negated: bool,
}

/// Fewer records with a value say little of what the list means by the word.
const MANY: u32 = 4;

impl Draft<'_> {
    pub(super) fn read_values(&mut self) {
        let mut said: Vec<Said> = Vec::new();
        for index in 0..self.spans.len() {
            let (start, end) = (self.spans[index].start, self.spans[index].end);
            if !self.is_free(start, end) || self.read_demand(index) || self.read_flag(index) {
                continue;
            }
            let before = said.last().map(|said: &Said| (said.end, said.value.facet));
            let Some(value) = self.value_of_span(index, before) else { continue };
            // `nothing white, the room is white enough`
            let is_enough = self.text(end) == "enough";
            if is_enough && said.iter().any(|said| said.negated && said.value.values == value.values) {
                self.take(start, end);
                continue;
            }
            let negated = self.negated(start, value.facet, &said) || self.is_too_much(end);
            self.take_cue(start, value.facet);
            said.push(Said { start, end, value, negated });
        }
        self.read_countries(&mut said);
        self.read_regions(&mut said);
        self.drop_places(&mut said);
        self.read_absence();
        self.add_wanted(&said);
        self.add_unwanted(&said);
        for said in &said {
            self.take(said.start, said.end);
            // What is only a part of a category is searched by as well.
            if (said.value.part || self.is_otherwise_called(said)) && !said.negated {
                let words = self.tokens[said.start..said.end]
                    .iter()
                    .filter(|token| !english::is_stop(&token.text))
                    .map(|token| token.shown.clone());
                self.expanded.extend(words);
            }
        }
    }

    /// `stool`, which the pack takes for a chair, where the list's texts have stools.
    fn is_otherwise_called(&self, said: &Said) -> bool {
        let own: Vec<String> = said.value.values.iter().flat_map(|value| token::stems(value)).collect();
        said.value.facet == CATEGORY
            && self.tokens[said.start..said.end]
                .iter()
                .all(|token| !own.contains(&token.stem) && self.lexicon.text.mentions(&token.stem))
    }

    /// The value that a span stands for here, if it stands for one.
    /// `before` is where the value before it ends, and its field.
    fn value_of_span(&self, index: usize, before: Option<(usize, usize)>) -> Option<Value> {
        let span = &self.spans[index];
        let mut values: Vec<&Value> = span
            .senses
            .iter()
            .filter_map(|sense| match sense {
                Sense::Value(value) => Some(value),
                _ => None,
            })
            .filter(|value| self.stands_for(value, span.start, span.end))
            .collect();
        let cue = self.cue_before(span.start);
        let beside = self.facet_beside(span.start, span.end);
        // `from Taiwanese roasters`: the word after it says more than the one before.
        if let Some(announced) = self.place_announced(span.end) {
            values.retain(|value| value.facet == announced || !self.lexicon.places.contains(&value.facet));
        }
        // Without a hint, what a record is counts more than who makes it, what many are more than what few are
        // (Kenya is where coffees grow, although one is roasted there), and then the pack's order.
        let hints = |value: &Value| {
            // `roasted in the United States or Taiwan`
            let goes_on = before.is_some_and(|(end, facet)| {
                facet == value.facet && end <= span.start && self.are_alternatives(end, span.start)
            });
            match () {
                () if cue.contains(&value.facet) => 0,
                () if goes_on || beside == Some(value.facet) => 1,
                () => 2,
            }
        };
        values.sort_by_cached_key(|value| {
            let few = self.bearers(value) < MANY;
            let inside = value.inside && !self.lexicon.places.contains(&value.facet);
            (hints(value), value.facet == BRAND, few, inside, value.facet)
        });
        let value = (*values.first()?).clone();
        // Whose words mean something else as well needs a hint.
        let other = span.senses.iter().any(|sense| matches!(sense, Sense::Facet(_) | Sense::Soft(_)));
        let hinted = hints(&value) < 2;
        (!other || hinted || value.facet == CATEGORY).then_some(value)
    }

    fn stands_for(&self, value: &Value, start: usize, end: usize) -> bool {
        let first = &self.tokens[start];
        let single = end == start + 1;
        let cued = self.cue_before(start).contains(&value.facet);
        match value.facet {
            // `no closet space` speaks of the home.
            CATEGORY => !self.is_a_part(start) && self.text(end) != "space",
            BRAND => {
                let words = &self.tokens[start..end];
                let ordinary = words.iter().all(|word| {
                    let means_else = |sense: &Sense| !matches!(sense, Sense::Value(_));
                    self.lexicon.text.writes_small(&word.stem)
                        || self.lexicon.senses(&word.stem).iter().any(means_else)
                        || english::is_stop(&word.text)
                        || english::ORDINARY.contains(&word.text.as_str())
                });
                // In small letters, ordinary words and single ones need a hint that a maker is meant: `jbc
                // coffees`, not `hidden gems`.
                let is_item =
                    |at: usize| self.span(at).is_some_and(|span| span.senses.contains(&Sense::Item));
                let beside_item = is_item(end) || (start > 0 && is_item(start - 1));
                let alone = self.tokens.iter().filter(|token| token.is_word()).count() <= 2;
                let from = start > 0 && self.text(start - 1) == "from";
                let hinted = words.iter().any(|word| word.capital) || cued;
                hinted || !ordinary && (!single || from || alone || beside_item)
            }
            facet => {
                // `dark chocolate` and `medium body` are no roasts, although `dark` and `medium` are.
                let next = self.tokens.get(end);
                let described = next.is_some_and(|next| self.lexicon.heads.contains(&next.stem));
                let beside = self.facet_beside(start, end) == Some(facet);
                let goes_on = single
                    && next.is_some_and(|next| {
                        next.is_word()
                            && !english::is_stop(&next.text)
                            && (!value.inside || self.lexicon.text.writes_small(&first.stem))
                            && self.lexicon.text.follows(&first.stem, &next.stem)
                            && self.span(end).is_none_or(|span| {
                                !span.senses.iter().any(|sense| {
                                    matches!(sense, Sense::Item | Sense::Value(_) | Sense::Facet(_))
                                })
                            })
                    });
                !(goes_on || described && !value.inside) || beside || cued
            }
        }
    }

    /// `desk with at least 3 drawers`: no chest of drawers.
    fn is_a_part(&self, start: usize) -> bool {
        let mut at = start;
        while at > 0 {
            at -= 1;
            if HAVING.contains(&self.text(at)) {
                // `no sofas` are no sofas, `sofa with no drawers` has none.
                return self.text(at) != "no" || at > 0 && HAVING.contains(&self.text(at - 1));
            }
            // `no storage or drawers`
            if matches!(self.text(at), "or" | "nor") {
                let from = at.saturating_sub(MOST_LISTED);
                return (from..at)
                    .any(|before| self.negations[before].is_some_and(|negation| negation.strong));
            }
            if !(HOW_MANY.contains(&self.text(at)) || self.tokens[at].number().is_some()) {
                return false;
            }
        }
        false
    }

    /// The fields whose values a word before `start` announces: `by` a maker.
    pub(super) fn cue_before(&self, start: usize) -> Vec<usize> {
        let mut end = start;
        while end > 0 && WEIGHTLESS_BEFORE_NAMES.contains(&self.text(end - 1)) {
            end -= 1;
        }
        if end > 1 && self.text(end - 1) == "of" && self.text(end - 2) == "outside" {
            end -= 1;
        }
        // `roasted anywhere except Taiwan`
        end = (end.saturating_sub(3)..end)
            .rfind(|&at| ANYWHERE.contains(&self.text(at)))
            .map_or(end, |at| at + 1);
        // Whether in or outside, the word before says of what.
        let placed = |text| if text == "outside" || ANYWHERE.contains(&text) { "in" } else { text };
        let before: Vec<&str> =
            self.tokens[end.saturating_sub(3)..end].iter().map(|token| placed(token.text.as_str())).collect();
        let before = format!(" {}", before.join(" "));
        self.lexicon
            .cues
            .iter()
            .filter(|(cue, _)| before.strip_suffix(cue.as_str()).is_some_and(|rest| rest.ends_with(' ')))
            .map(|(_, facet)| *facet)
            .collect()
    }

    /// `roasted in` belongs to the place, and asks for no roast.
    pub(super) fn take_cue(&mut self, start: usize, facet: usize) {
        let longest = self.lexicon.cues.iter().filter(|(_, cued)| *cued == facet).filter_map(|(cue, _)| {
            let words = cue.split(' ').count();
            let from = start.checked_sub(words)?;
            let end = super::draft::phrase_end(&self.tokens, from, cue)?;
            (end == start && words > 1).then_some(from)
        });
        if let Some(from) = longest.min() {
            self.take(from, start);
        }
    }

    /// The field whose own word stands beside a value: `light roast`, `roast: light`.
    fn facet_beside(&self, start: usize, end: usize) -> Option<usize> {
        let mut after = end;
        // `light or medium roast`
        while self.tokens.get(after).is_some() && after < end + 4 {
            if let Some(facet) = self.span(after).and_then(super::draft::Span::facet) {
                return Some(facet);
            }
            let listed = matches!(self.text(after), "or" | "and" | "to")
                || self.tokens[after].kind == Kind::Comma
                || self
                    .span(after)
                    .is_some_and(|span| span.senses.iter().any(|sense| matches!(sense, Sense::Value(_))));
            if !listed {
                break;
            }
            after += 1;
        }
        let mut before = start;
        while before > 0 && matches!(self.text(before - 1), "is" | "a" | "of" | "the" | "be" | ":") {
            before -= 1;
        }
        before.checked_sub(1).and_then(|at| self.span(at)).and_then(super::draft::Span::facet)
    }

    /// Whether what begins at `start` is unwanted. Takes the negation's words.
    pub(super) fn negated(&mut self, start: usize, facet: usize, said: &[Said]) -> bool {
        let mut at = start;
        // `too dark for me`
        if at > 0 && self.text(at - 1) == "too" && facet > RATING {
            self.negation_before(at).inspect(|negation| self.take(negation.start, start));
            return true;
        }
        while at > 0 {
            at -= 1;
            if let Some(negation) = self.negations[at] {
                if !self.taken[at] || said.iter().any(|said| said.negated) {
                    self.take(negation.start, at + 1);
                    return true;
                }
                return false;
            }
            let before = said
                .iter()
                .rfind(|said| said.end == at || (said.end < at && self.only_weightless(said.end, at)));
            match self.text(at) {
                "or" | "nor" => return before.is_some_and(|before| before.negated),
                "and" => {
                    let fresh = self.only_fresh_start(at + 1, start);
                    return before
                        .is_some_and(|before| before.negated && before.value.facet == facet && !fresh);
                }
                _ if self.tokens[at].kind == Kind::Comma => {
                    return before.is_some_and(|before| {
                        before.negated && before.value.facet == facet && self.list_goes_on(start)
                    });
                }
                _ if self.taken[at] || !self.may_stand_between(at) => {
                    // `no Kenya Ethiopia`: no connective, but one list.
                    return said
                        .last()
                        .is_some_and(|last| last.end == start && last.negated && last.value.facet == facet);
                }
                _ => {}
            }
        }
        false
    }

    /// `a medium roast is too dark for me` wants none.
    fn is_too_much(&self, end: usize) -> bool {
        let mut at = end;
        while self.tokens.get(at).is_some_and(|token| {
            self.lexicon.heads.contains(&token.stem)
                || self
                    .span(at)
                    .is_some_and(|span| span.facet().is_some() || span.senses.contains(&Sense::Item))
        }) {
            at += 1;
        }
        let says =
            matches!(self.text(at), "is" | "are" | "was" | "were" | "tastes" | "taste" | "feels" | "feel");
        let degree =
            usize::from(matches!(self.text(at + 1), "just" | "way" | "far" | "always" | "often" | "usually"));
        says && self.text(at + 1 + degree) == "too"
    }

    fn only_weightless(&self, from: usize, to: usize) -> bool {
        (from..to).all(|at| self.may_stand_between(at) || self.lexicon.heads.contains(&self.tokens[at].stem))
    }

    /// `and from Kenya`: a preposition begins anew.
    fn only_fresh_start(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| matches!(self.text(at), "is" | "are" | "with" | "has" | "should"))
    }

    /// Whether a list with `or` or `and` goes on after a comma: `Kenya, Peru or Ethiopia`.
    fn list_goes_on(&self, start: usize) -> bool {
        let mut at = start;
        while at < self.tokens.len() && self.tokens[at].kind != Kind::Stop {
            if matches!(self.text(at), "or" | "nor" | "and") {
                return true;
            }
            let listed =
                self.tokens[at].kind == Kind::Comma || self.span(at).is_some() || self.may_stand_between(at);
            if !listed {
                return false;
            }
            at += 1;
        }
        false
    }

    /// Wanted values: those of one field are alternatives. Only places side by side (`Yirgacheffe Ethiopia`)
    /// narrow each other down.
    fn add_wanted(&mut self, said: &[Said]) {
        let mut facets: Vec<usize> =
            said.iter().filter(|said| !said.negated).map(|said| said.value.facet).collect();
        facets.sort_unstable();
        facets.dedup();
        for facet in facets {
            let mine: Vec<&Said> =
                said.iter().filter(|said| !said.negated && said.value.facet == facet).collect();
            // `tables and chairs from the café range`
            let ranges: Vec<&Said> = mine.iter().copied().filter(|said| self.is_a_range(said.end)).collect();
            let mine = match (ranges.is_empty(), facet) {
                (false, _) => ranges,
                (true, CATEGORY) => self.without_modifiers(mine),
                (true, _) => mine,
            };
            let inside = mine.iter().all(|said| said.value.inside);
            let mut groups: Vec<Vec<&Said>> = Vec::new();
            for said in mine {
                // Of what stands inside longer values, a record can have several: `naturals from Costa Rica`.
                let narrows = |last: &&Said| inside && !self.are_alternatives(last.end, said.start);
                match groups.last_mut() {
                    Some(group) if !group.last().is_some_and(narrows) => group.push(said),
                    _ => groups.push(vec![said]),
                }
            }
            for group in groups {
                let condition = self.condition(facet, &group, false);
                self.conditions.push(condition);
            }
        }
    }

    /// `outdoor chairs`, `stool for the kids`: of a category that only says for whom or where (`Outdoor
    /// furniture`), a record of another category may say it as well. So beside a thing it is looked for in all
    /// texts.
    fn without_modifiers<'s>(&mut self, said: Vec<&'s Said>) -> Vec<&'s Said> {
        let modifies = |said: &&Said| {
            said.value.values.iter().all(|category| {
                let stems = token::stems(category);
                stems.len() == 2
                    && self.lexicon.generic.contains(&stems[1])
                    && !(said.start..said.end).any(|at| self.tokens[at].stem == stems[1])
            })
        };
        let (modifiers, things): (Vec<&Said>, Vec<&Said>) = said.iter().copied().partition(modifies);
        if modifiers.is_empty() || things.is_empty() {
            return said;
        }
        for modifier in modifiers {
            let mut words: Vec<String> = Vec::new();
            for category in &modifier.value.values {
                let first = category.split_whitespace().next().unwrap_or_default().to_lowercase();
                words.extend(first.split(['\'', '’']).next().map(str::to_owned));
                words.push(first);
            }
            words.dedup();
            let label = words[0].clone();
            let test = Test::Mentions(words);
            self.conditions.push(Condition { field: Field::AnyText, test, negated: false, label });
        }
        things
    }

    fn is_a_range(&self, end: usize) -> bool {
        matches!(
            self.text(end),
            "range" | "section" | "collection" | "department" | "category" | "series" | "line"
        )
    }

    /// Whether what stands between two values makes them alternatives.
    fn are_alternatives(&self, from: usize, to: usize) -> bool {
        self.tokens.get(from..to).unwrap_or_default().iter().any(|token| {
            matches!(token.text.as_str(), "or" | "and" | "vs" | "versus") || token.kind == Kind::Comma
        })
    }

    /// How many records have a value.
    fn bearers(&self, value: &Value) -> u32 {
        let FacetKind::Text { values } = &self.lexicon.facets[value.facet].kind else { return 0 };
        let has = |text: &str| {
            value.values.iter().any(|wanted| {
                if value.inside {
                    text.to_lowercase().contains(&wanted.to_lowercase())
                } else {
                    text == wanted
                }
            })
        };
        values.iter().filter(|(text, _)| has(text)).map(|(_, count)| count).sum()
    }

    fn add_unwanted(&mut self, said: &[Said]) {
        for unwanted in said.iter().filter(|said| said.negated) {
            let wanted_too = said.iter().any(|other| {
                !other.negated
                    && other.value.facet == unwanted.value.facet
                    && other.value.values == unwanted.value.values
            });
            if wanted_too {
                // `a sofa, but not a sofa bed`, both of which are filed under sofas.
                self.add_mention(unwanted.start, unwanted.end, true);
                continue;
            }
            if unwanted.value.facet == CATEGORY && self.is_a_thing_with(unwanted, said) {
                self.add_mention(unwanted.start, unwanted.end, true);
                continue;
            }
            let condition = self.condition(unwanted.value.facet, &[unwanted], true);
            if !self.conditions.contains(&condition) {
                self.conditions.push(condition);
            }
        }
    }

    /// `outdoor table, no chairs`, `chairs, not for children`: what is unwanted may be a part of the thing, or say for
    /// whom it is, whatever it's filed under. Then no text may mention it, unless the thing's own category does.
    fn is_a_thing_with(&self, unwanted: &Said, said: &[Said]) -> bool {
        let stems = || self.tokens[unwanted.start..unwanted.end].iter().map(|token| &token.stem);
        let mut wanted = said.iter().filter(|said| !said.negated && said.value.facet == CATEGORY).peekable();
        wanted.peek().is_some()
            && wanted.flat_map(|said| &said.value.values).all(|category| {
                let own = token::stems(category);
                !stems().any(|stem| own.contains(stem))
            })
    }

    fn condition(&self, facet: usize, said: &[&Said], negated: bool) -> Condition {
        let mut values: Vec<String> = Vec::new();
        let mut labels: Vec<&str> = Vec::new();
        for said in said {
            for value in &said.value.values {
                if !values.contains(value) {
                    values.push(value.clone());
                }
            }
            if !labels.contains(&said.value.label.as_str()) {
                labels.push(&said.value.label);
            }
        }
        let inside = said.iter().any(|said| said.value.inside);
        if negated && inside {
            values.extend(self.lexicon.regions_of(facet, &values));
        }
        let facet = &self.lexicon.facets[facet];
        let label = label::value(facet, &labels, negated);
        let test = if inside { Test::Mentions(values) } else { Test::OneOf(values) };
        Condition { field: facet.field.clone(), test, negated, label }
    }

    /// A turn of phrase that the pack gives a meaning.
    fn read_demand(&mut self, index: usize) -> bool {
        let span = &self.spans[index];
        let (start, end) = (span.start, span.end);
        let demand = span.sense(|sense| match sense {
            Sense::Demand(demand) => Some(*demand),
            _ => None,
        });
        let Some((phrase, facet)) = demand.map(|demand| self.lexicon.demands[demand].clone()) else {
            return false;
        };
        let negation = self.negation_before(start);
        let negated = phrase.negated != negation.is_some();
        let field = self.lexicon.facets[facet].field.clone();
        let label = if negation.is_some() { format!("not {}", phrase.label) } else { phrase.label.clone() };
        let number = |bound: Bound| if negation.is_some() { bound.inverted() } else { bound };
        let bound = [
            (Bound::Is, phrase.is),
            (Bound::AtMost, phrase.at_most),
            (Bound::AtLeast, phrase.at_least),
            (Bound::Above, phrase.above),
        ]
        .into_iter()
        .find_map(|(bound, value)| value.map(|value| (bound, value)));
        let (test, negated) = match bound {
            Some((Bound::Is, value)) if negation.is_some() && value.is_zero() => (Test::Above(value), false),
            Some((bound, value)) => (test_of(number(bound), value), negated && bound == Bound::Is),
            None => match (phrase.yes, &self.lexicon.facets[facet].kind) {
                (Some(wanted), FacetKind::Flag { yes, no }) => {
                    let values = if wanted { yes } else { no };
                    (Test::OneOf(values.clone()), negated)
                }
                _ => (Test::OneOf(phrase.one_of.clone()), negated),
            },
        };
        self.conditions.push(Condition { field, test, negated, label });
        self.take(negation.map_or(start, |negation| negation.start), end);
        true
    }

    /// A column that says yes or no, named: `prepaid`.
    fn read_flag(&mut self, index: usize) -> bool {
        let (start, end) = (self.spans[index].start, self.spans[index].end);
        let Some(facet) = self.spans[index].facet() else { return false };
        let FacetKind::Flag { yes, .. } = &self.lexicon.facets[facet].kind else { return false };
        if yes.is_empty() || self.asks_for_details() {
            return false;
        }
        let values = yes.clone();
        let negation = self.negation_before(start);
        let negated = negation.is_some();
        let facet = &self.lexicon.facets[facet];
        let label = label::value(facet, &[&facet.name], negated);
        let field = facet.field.clone();
        self.conditions.push(Condition { field, test: Test::OneOf(values), negated, label });
        self.take(negation.map_or(start, |negation| negation.start), end);
        true
    }

    /// `no exit fee`, `with an exit fee`: a number's presence.
    fn read_absence(&mut self) {
        for index in 0..self.spans.len() {
            let (start, end) = (self.spans[index].start, self.spans[index].end);
            let number = self.spans[index].facet().filter(|facet| {
                *facet > RATING && self.lexicon.facets[*facet].is_number() && self.is_free(start, end)
            });
            let Some(facet) = number else { continue };
            let mut before = start;
            while before > 0 && matches!(self.text(before - 1), "a" | "an" | "any" | "the" | "have" | "has") {
                before -= 1;
            }
            let Some(before) = before.checked_sub(1) else { continue };
            if let Some(negation) = self.negations[before] {
                self.demand(facet, Bound::Is, 0.into());
                self.take(negation.start, end);
            } else if matches!(self.text(before), "zero") {
                self.demand(facet, Bound::Is, 0.into());
                self.take(before, end);
            } else if matches!(self.text(before), "with" | "having") {
                self.demand(facet, Bound::Above, 0.into());
                self.take(before, end);
            }
        }
    }
}

fn test_of(bound: Bound, value: rust_decimal::Decimal) -> Test {
    match bound {
        Bound::Below => Test::Below(value),
        Bound::AtMost => Test::AtMost(value),
        Bound::Above => Test::Above(value),
        Bound::AtLeast => Test::AtLeast(value),
        Bound::Around | Bound::Is => Test::Is(value),
    }
}
