//! Figures as people read them, with their units. The axes, the labels and the hover texts all ask here,
//! so that the same value is never written in two ways.

/// A unit that a value axis counts in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    Milliseconds,
    TokensPerSecond,
    Share,
    Count,
}

impl Unit {
    /// The value with its unit.
    pub(crate) fn written(self, value: f64) -> String {
        match self {
            Self::Milliseconds => milliseconds(value),
            Self::TokensPerSecond => format!("{} tokens/s", decimal(value)),
            Self::Share => format!("{} %", decimal(value * 100.0)),
            Self::Count => decimal(value),
        }
    }

    /// The value as an axis has it. Tokens per second are so long a word that the plot's title says it.
    pub(crate) fn on_axis(self, value: f64) -> String {
        if self == Self::TokensPerSecond { decimal(value) } else { self.written(value) }
    }
}

/// `0.4 ms`, `412 ms`, `1.24 s`, `2 min 5 s`.
pub(crate) fn milliseconds(ms: f64) -> String {
    let seconds = ms / 1_000.0;
    if ms.abs() < 999.5 {
        format!("{} ms", decimal(ms))
    } else if seconds.abs() < 59.995 {
        format!("{} s", trimmed(seconds, 2))
    } else if seconds.abs() < 100_000.0 {
        // In whole seconds before the split, or 119.6 s would be "1 min 60 s".
        let whole = seconds.round();
        let rest = whole % 60.0;
        let minutes = ((whole - rest) / 60.0).round();
        if rest == 0.0 { format!("{minutes} min") } else { format!("{minutes} min {rest} s") }
    } else {
        format!("{seconds:.1e} s")
    }
}

/// Two digits behind the point below ten, one below a hundred, none above.
pub(crate) fn decimal(value: f64) -> String {
    match value.abs() {
        below if below < 9.995 => trimmed(value, 2),
        below if below < 99.95 => trimmed(value, 1),
        below if below < 1e9 => format!("{value:.0}"),
        _ => format!("{value:.1e}"),
    }
}

/// `1 run`, `2 runs`.
pub(crate) fn counted(count: u64, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// At most this many characters, the last of them an ellipsis where some were cut.
pub(crate) fn shortened(text: &str, characters: usize) -> String {
    if text.chars().count() <= characters {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(characters.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// As a float for a plot; beyond 2^53 the last digits are lost, which no screen can show.
#[expect(clippy::cast_precision_loss, reason = "a pixel is coarser than the rounding")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

fn trimmed(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_change_their_unit_with_their_size() {
        let check = |ms, text| assert_eq!(milliseconds(ms), text);
        check(0.0, "0 ms");
        check(0.417, "0.42 ms");
        check(41.26, "41.3 ms");
        check(412.4, "412 ms");
        check(999.6, "1 s");
        check(1_240.0, "1.24 s");
        check(59_999.0, "1 min");
        check(125_000.0, "2 min 5 s");
        check(119_600.0, "2 min");
        check(1e300, "1.0e297 s");
        check(-0.001, "0 ms");
    }

    #[test]
    fn other_units_follow_their_value() {
        assert_eq!(Unit::Share.written(0.756), "75.6 %");
        assert_eq!(Unit::TokensPerSecond.written(412.3), "412 tokens/s");
        assert_eq!(Unit::Count.written(3.0), "3");
        assert_eq!(counted(1, "run", "runs"), "1 run");
        assert_eq!(counted(0, "run", "runs"), "0 runs");
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(shortened("größer", 6), "größer");
        assert_eq!(shortened("größere", 6), "größe…");
    }
}
