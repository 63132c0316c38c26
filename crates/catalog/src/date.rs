//! A day, as written in a manifest.

use std::fmt;

/// A day of the Gregorian calendar, without a time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    /// Four digits.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl Date {
    /// Takes a TOML date, which the reader has checked against the calendar; a time of day is refused.
    pub(crate) fn from_toml(written: toml::value::Datetime) -> Result<Self, NotADay> {
        match (written.date, written.time, written.offset) {
            (Some(date), None, None) => Ok(Self {
                year: date.year,
                month: date.month,
                day: date.day,
            }),
            _ => Err(NotADay),
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A value with a time of day where a day alone is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a day is meant here, as in 2026-11-21, without a time")]
pub(crate) struct NotADay;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_day_is_taken_and_shown_as_written() {
        let date = Date::from_toml("2026-03-07".parse().unwrap()).unwrap();
        assert_eq!((date.year, date.month, date.day), (2026, 3, 7));
        assert_eq!(date.to_string(), "2026-03-07");
    }

    #[test]
    fn a_time_is_refused() {
        assert_eq!(
            Date::from_toml("2026-03-07T10:00:00Z".parse().unwrap()),
            Err(NotADay)
        );
        assert_eq!(Date::from_toml("10:00:00".parse().unwrap()), Err(NotADay));
    }
}
