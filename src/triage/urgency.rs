//! Urgency that meets a criterion, as against urgency that is claimed; status of a partner.

use super::condition::{Circumstances, Conditions};
use super::cues::Reading;
use super::signal::CompiledSignal;
use crate::profile::PartnerStatusDefault;

/// The first criterion of the profile that is met, whether or not the word urgent was used.
pub(crate) fn criterion(
    criteria: &[CompiledSignal],
    reading: &Reading,
    circumstances: &Circumstances<'_>,
) -> Option<String> {
    first(criteria, reading, circumstances)
}

/// The first status of the profile that something speaks for, or its default.
pub(crate) fn partner_status(
    statuses: &[CompiledSignal],
    default: Option<&(PartnerStatusDefault, Conditions)>,
    reading: &Reading,
    circumstances: &Circumstances<'_>,
) -> Option<String> {
    first(statuses, reading, circumstances).or_else(|| {
        default
            .filter(|(_, when)| when.none_or_any(circumstances))
            .map(|(default, _)| default.name.clone())
    })
}

fn first(
    signals: &[CompiledSignal],
    reading: &Reading,
    circumstances: &Circumstances<'_>,
) -> Option<String> {
    signals
        .iter()
        .find(|signal| signal.holds(reading, circumstances))
        .map(|signal| signal.name.clone())
}
