//! Placeholders for names and figures that a small model would have to copy.
//!
//! Such a model's prompt says `{yearly_cost}` where a larger one's says `$1,304`, and it writes
//! `{yearly_cost}`, which the app fills in with its own formatting, in any currency and script, before
//! anybody checks or sees the text. A grammar lets it write plain words and the placeholders that its
//! prompt has, and nothing else: no digits, no other braces. What can't be copied can't be copied wrongly.

use sextant_engine::Form;

/// Placeholders and what they stand for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Placeholders {
    /// `{plan}`, and the plan's name.
    pairs: Vec<(String, String)>,
}

impl Placeholders {
    pub(crate) fn add(&mut self, key: &str, text: impl Into<String>) -> &mut Self {
        self.pairs.push((format!("{{{key}}}"), text.into()));
        self
    }

    /// The model's text with everything filled in. One pass, so what was filled in stays as it is.
    #[must_use]
    pub(crate) fn fill(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some((key, real)) = self.pairs.iter().find(|(key, _)| rest.starts_with(key.as_str())) {
                out.push_str(real);
                rest = &rest[key.len()..];
            } else {
                out.push('{');
                rest = &rest[1..];
            }
        }
        out.push_str(rest);
        out
    }

    /// What the model may write: words, and the placeholders of this prompt. `None` where there are none,
    /// and the model writes names and figures itself.
    #[must_use]
    pub(crate) fn form(&self, prompt: &str) -> Option<Form> {
        let keys = self.pairs.iter().map(|(key, _)| key.as_str()).filter(|key| prompt.contains(key));
        words_and(keys)
    }
}

/// Plain words and these placeholders, in any order; `None` without any.
pub fn words_and<'k>(placeholders: impl Iterator<Item = &'k str>) -> Option<Form> {
    let keys: Vec<String> = placeholders.map(|key| format!("\"{key}\"")).collect();
    (!keys.is_empty()).then(|| {
        Form::Grammar(format!(
            "start: (WORDS | placeholder)+\nWORDS: /[A-Za-z ,.;:'()?!\\n-]+/\nplaceholder: {}\n",
            keys.join(" | ")
        ))
    })
}

/// Lines whose placeholders stand apart in the text.
const REWORDED: [&str; 3] = ["Peak", "Use", "Item"];
/// What a thing may be said to cost, by the placeholder's name.
const PRICED: [&str; 4] = ["price", "cost", "saving", "fee"];

/// Whether a text, not filled in yet, says what each line of its prompt says, and as often.
///
/// A small model that goes wrong leaves a line out or tells it twice. `models/nano/train/judge.py` has the
/// same rule, and the model card how well it tells.
#[must_use]
pub(crate) fn says_each(prompt: &str, text: &str) -> bool {
    // The first line is the style.
    let lines: Vec<(&str, &str)> = prompt.lines().skip(1).filter_map(|line| line.split_once(": ")).collect();
    let asked = lines.iter().map(|(_, text)| text.to_lowercase()).collect::<Vec<_>>().join("\n");
    let said = text.to_lowercase();
    let parts =
        lines.iter().filter(|(label, _)| !REWORDED.contains(label)).flat_map(|(_, text)| text.split("; "));
    let mut parts = parts.map(str::to_lowercase);
    parts.all(|part| {
        let times = said.matches(&part).count();
        times > 0 && times <= asked.matches(&part).count()
    }) && keys(&asked) == keys(&said)
        && costs_are_prices(&said)
}

/// Whether what something is said to cost is an amount: `costs {details}` is no sentence.
fn costs_are_prices(said: &str) -> bool {
    ["cost {", "costs {"].iter().flat_map(|verb| said.split(verb).skip(1)).all(|rest| {
        let key = rest.split('}').next().unwrap_or_default();
        PRICED.iter().any(|word| key.contains(word))
    })
}

/// Every placeholder as often as it occurs, sorted.
fn keys(text: &str) -> Vec<&str> {
    let mut keys: Vec<&str> =
        text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
    keys.sort_unstable();
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_stays_as_it_is() {
        let mut placeholders = Placeholders::default();
        placeholders.add("plan", "Power {supplier}").add("supplier", "AP GAS & ELECTRIC (TX) LLC");
        assert_eq!(
            placeholders.fill("{plan} from {supplier}, not {other}."),
            "Power {supplier} from AP GAS & ELECTRIC (TX) LLC, not {other}."
        );
        assert_eq!(placeholders.fill("a { b"), "a { b");
    }

    #[test]
    fn a_line_left_out_or_told_twice_is_noticed() {
        let prompt = "Style: plain\nFits: {first}\nHas: {match}\nMore: {more}";
        assert!(says_each(prompt, "{first} fits: it has {match}. More that fit: {more}."));
        assert!(!says_each(prompt, "{first} fits: it has {match}."));
        assert!(!says_each(prompt, "{first} fits: it has {match}. More that fit: {more}. More: {more}."));
        assert!(!says_each("Style: season, plain\nSeason: highest in spring", "Use is stable."));
    }

    #[test]
    fn only_an_amount_is_what_something_costs() {
        let prompt = "Style: brief\nItem: {item} at {price}\nDetails: {details}";
        assert!(says_each(prompt, "{item} costs {price}: {details}."));
        assert!(!says_each(prompt, "{item} at {price} costs {details}."));
    }

    #[test]
    fn only_what_the_prompt_has_may_be_written() {
        let mut placeholders = Placeholders::default();
        placeholders.add("plan", "Smart Simple 36").add("rate", "13.4 ct/kWh");
        let Some(Form::Grammar(grammar)) = placeholders.form("Plan: {plan}") else { panic!("there is one") };
        assert!(grammar.contains("\"{plan}\"") && !grammar.contains("rate"), "{grammar}");
        assert_eq!(Placeholders::default().form("Plan: Smart Simple 36"), None);
    }
}
