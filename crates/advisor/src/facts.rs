//! The facts that a prompt states and that the text is checked against: one list serves both, so that
//! a text can't be held to figures that the model never saw.

use std::borrow::Cow;

use rust_decimal::Decimal;

use crate::format::round;

/// What a number counts. A number in a text matches only facts of its own unit; one without a unit
/// matches any.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Money,
    Percent,
    Energy,
    /// Money per kWh, in hundredths of the currency unit.
    Rate,
    Months,
    Plain,
}

/// A number behind a fact, exact.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) exact: Decimal,
    pub(crate) unit: Unit,
}

/// One line of the facts block.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fact {
    /// The template's name for it: `yearly_cost`.
    pub(crate) key: Cow<'static, str>,
    /// What the person sees: `Yearly cost`.
    pub(crate) label: Cow<'static, str>,
    /// As the prompt states it: `$1,304`.
    pub(crate) text: String,
    pub(crate) values: Vec<Value>,
    /// Names in it: a plan, a supplier, a month.
    pub(crate) names: Vec<String>,
    /// Checked words that it permits beside those of its own text: `no exit fee` where the fee is none.
    pub(crate) permits: Vec<&'static str>,
    /// What the person wants, and so no statement about anything: see [`Facts::wish`].
    pub(crate) is_wish: bool,
}

/// The facts of one text, in the prompt's order.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Facts {
    pub(crate) list: Vec<Fact>,
}

impl Facts {
    pub(crate) fn text(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
    ) -> &mut Self {
        self.push(key, label, text.into(), Vec::new(), Vec::new())
    }

    pub(crate) fn name(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        name: &str,
    ) -> &mut Self {
        self.push(key, label, name.to_owned(), Vec::new(), vec![name.to_owned()])
    }

    pub(crate) fn number(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
        exact: Decimal,
        unit: Unit,
    ) -> &mut Self {
        self.push(key, label, text.into(), vec![Value { exact, unit }], Vec::new())
    }

    /// An amount that the prompt states in whole units: a text may use it as stated or exactly.
    pub(crate) fn money(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
        exact: Decimal,
    ) -> &mut Self {
        let stated = round(exact, 0);
        let values = [exact, stated].map(|exact| Value { exact, unit: Unit::Money });
        self.push(key, label, text.into(), values.to_vec(), Vec::new())
    }

    pub(crate) fn push(
        &mut self,
        key: impl Into<Cow<'static, str>>,
        label: impl Into<Cow<'static, str>>,
        text: String,
        values: Vec<Value>,
        names: Vec<String>,
    ) -> &mut Self {
        let (key, label) = (key.into(), label.into());
        self.list.push(Fact { key, label, text, values, names, permits: Vec::new(), is_wish: false });
        self
    }

    /// What the person wants. Its checked words are permitted only where a sentence speaks of wanting: a
    /// wish for no exit fee doesn't make a plan have none.
    pub(crate) fn wish(&mut self, key: &'static str, label: &'static str, text: &str) -> &mut Self {
        self.text(key, label, text);
        if let Some(fact) = self.list.last_mut() {
            fact.is_wish = true;
        }
        self
    }

    /// Lets the last fact permit these checked words too.
    pub(crate) fn permitting(&mut self, words: &[&'static str]) -> &mut Self {
        if let Some(fact) = self.list.last_mut() {
            fact.permits.extend_from_slice(words);
        }
        self
    }

    #[must_use]
    pub(crate) fn get(&self, key: &str) -> Option<&Fact> {
        self.list.iter().find(|fact| fact.key == key)
    }

    /// What templates fill in: each fact's text by its key, and its label as `<key>_label`.
    #[must_use]
    pub(crate) fn values(&self) -> serde_json::Map<String, serde_json::Value> {
        self.list
            .iter()
            .flat_map(|fact| {
                [
                    (fact.key.to_string(), serde_json::Value::from(fact.text.as_str())),
                    (format!("{}_label", fact.key), serde_json::Value::from(fact.label.as_ref())),
                ]
            })
            .collect()
    }
}

impl Fact {
    /// `Yearly cost: $1,304`.
    #[must_use]
    pub(crate) fn shown(&self) -> String {
        format!("{}: {}", self.label, self.text)
    }
}
