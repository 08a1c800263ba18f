//! A zone that answers the question for it.

use jiff::Timestamp;
use jiff::civil::DateTime;

use super::Clock;
use super::zones::{self, Zone};

/// A zone that the sender told, without a time beside it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ZoneAnswer {
    /// As written.
    pub text: String,
    /// Name in the zone database, or the offset as `+01:00`.
    pub zone: String,
}

impl ZoneAnswer {
    pub(super) fn new(zone: Zone, text: &str, clock: &Clock) -> Option<Self> {
        let text = crate::extract::characters::window(text.trim(), 0, 80).to_owned();
        let zone = match zone {
            Zone::Named(name) => name.to_owned(),
            other => {
                let minutes = other.offset_seconds(&clock.sender())? / 60;
                let sign = if minutes < 0 { '-' } else { '+' };
                format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        };
        Some(Self { text, zone })
    }

    /// The instant of a local time (`2026-03-04T14:05`) in the zone.
    #[must_use]
    pub fn instant(&self, local: &str) -> Option<Timestamp> {
        let local: DateTime = local.contains('T').then(|| local.parse().ok())??;
        zones::time_zone(&self.zone)?
            .to_ambiguous_timestamp(local)
            .compatible()
            .ok()
    }
}
