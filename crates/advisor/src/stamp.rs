//! Wall-clock stamps as text.

use std::time::SystemTime;

/// RFC 3339 in UTC, to the millisecond.
#[must_use]
pub fn rfc3339(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time)
        .map_or_else(|_| "1970-01-01T00:00:00.000Z".into(), |stamp| format!("{stamp:.3}"))
}
