//! Stand-ins for names that a small model can't copy.
//!
//! The bundled model copies the plain words it was trained on far better than `AP GAS & ELECTRIC (TX) LLC`.
//! So its prompts say `Bright Saver`, and what it writes is turned back before anybody checks or sees it.
//! A miscopied stand-in is left over as an unknown name, which the check rejects.

/// Pairs of what the model sees and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Aliases {
    pairs: Vec<(String, String)>,
}

impl Aliases {
    /// From now on the model sees `alias` where the text means `real`.
    pub(crate) fn add(&mut self, alias: &str, real: &str) -> &mut Self {
        self.pairs.push((alias.to_owned(), real.to_owned()));
        self
    }

    /// A fact's text as the model sees it.
    #[must_use]
    pub(crate) fn hide(&self, text: &str) -> String {
        self.pairs.iter().fold(text.to_owned(), |text, (alias, real)| {
            if real.is_empty() { text } else { text.replace(real.as_str(), alias) }
        })
    }

    /// The model's text as it was meant. One pass, so that a real name that holds an alias stays whole.
    #[must_use]
    pub(crate) fn reveal(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            if let Some((alias, real)) = self.pairs.iter().find(|(alias, _)| rest.starts_with(alias.as_str()))
            {
                out.push_str(real);
                rest = &rest[alias.len()..];
            } else {
                let next = rest.chars().next().map_or(rest.len(), char::len_utf8);
                out.push_str(&rest[..next]);
                rest = &rest[next..];
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_whole_even_when_one_holds_another_alias() {
        let mut aliases = Aliases::default();
        aliases.add("Bright Saver", "Green Choice 12").add("Green Choice", "Bright Saver XL");
        assert_eq!(aliases.hide("Green Choice 12"), "Bright Saver");
        assert_eq!(
            aliases.reveal("Bright Saver beats Green Choice."),
            "Green Choice 12 beats Bright Saver XL."
        );
    }
}
