//! Rules over time and the state of the case.

use jiff::{SignedDuration, Timestamp};

use super::{GateFacts, Objection};
use crate::case::CaseStatus;
use crate::limits::DATE_AHEAD_HOURS_MAX;
use crate::triage::OutgoingKind;

pub(super) fn imported(facts: &GateFacts) -> Objection {
    facts
        .occasion
        .imported
        .then(|| "old stock: imported, or in its mailbox before that was first read".to_owned())
}

pub(super) fn quarantined(facts: &GateFacts) -> Objection {
    facts
        .case
        .quarantined
        .as_ref()
        .map(|reason| format!("quarantine: {reason}"))
}

/// Older than the limit by the older of Date and arrival, at the time when the mail was first read;
/// or waiting for too long since then.
pub(super) fn old(facts: &GateFacts) -> Objection {
    let occasion = &facts.occasion;
    let settings = &facts.settings;
    let written = |name: &str, time: Timestamp| format!("{name}: {time}");
    let times = [
        ("Date", facts.mail.date),
        ("received", occasion.received_at),
    ];
    let mut known = times
        .into_iter()
        .filter_map(|(name, time)| Some((name, time?)));
    let Some(first) = known.next() else {
        return Some("neither Date nor time of arrival is known".to_owned());
    };
    let (name, oldest) = known.fold(
        first,
        |oldest, next| if next.1 < oldest.1 { next } else { oldest },
    );
    // Whichever is earlier of reading and sending: the clock may have been moved.
    let reading = occasion.read_at.min(occasion.now);
    let age = reading.duration_since(oldest);
    if age > SignedDuration::from_hours(i64::from(settings.old_after_hours)) {
        return Some(written(name, oldest));
    }
    let patient = occasion.approved || occasion.kind == OutgoingKind::Reminder;
    let limit_hours = if patient {
        24 * settings.late_after_days
    } else {
        settings.stale_after_hours
    };
    let waited = occasion.now.duration_since(occasion.read_at);
    (waited > SignedDuration::from_hours(i64::from(limit_hours)))
        .then(|| format!("waited since {}", occasion.read_at))
}

/// Written at a time that has not come when the mail was first read, whatever the time of arrival.
pub(super) fn ahead(facts: &GateFacts) -> Objection {
    let occasion = &facts.occasion;
    let reading = occasion.read_at.min(occasion.now);
    let date = facts.mail.date?;
    (date.duration_since(reading) > SignedDuration::from_hours(DATE_AHEAD_HOURS_MAX))
        .then(|| format!("Date: {date}, which lies ahead of {reading}"))
}

/// Whether the kind of mail asks for something.
fn asks(facts: &GateFacts) -> bool {
    matches!(
        facts.occasion.kind,
        OutgoingKind::RequestForInformation | OutgoingKind::Reminder
    )
}

pub(super) fn not_waiting(facts: &GateFacts) -> Objection {
    let status = facts.case.status;
    let over = match status {
        CaseStatus::Incomplete | CaseStatus::Waiting => false,
        CaseStatus::Complete | CaseStatus::Resolved | CaseStatus::Closed => asks(facts),
    };
    if over {
        return Some(format!("the case is {}", status.as_str()));
    }
    (asks(facts) && facts.case.ask.is_empty()).then(|| "nothing to ask for".to_owned())
}

pub(super) fn asked_enough(facts: &GateFacts) -> Objection {
    let settings = &facts.settings;
    let (count, limit, what) = match facts.occasion.kind {
        OutgoingKind::RequestForInformation => {
            (facts.case.requests, settings.requests_max, "requests")
        }
        OutgoingKind::Reminder => (facts.case.reminders, settings.reminders_max, "reminders"),
        _ => return None,
    };
    match count {
        None => Some(format!("the number of {what} could not be read")),
        Some(count) if count >= limit => Some(format!("{count} of {limit} {what}")),
        Some(_) => None,
    }
}

/// A request repeats nothing; a reminder does so by nature.
pub(super) fn asked_before(facts: &GateFacts) -> Objection {
    if facts.occasion.kind != OutgoingKind::RequestForInformation {
        return None;
    }
    let case = &facts.case;
    case.ask
        .iter()
        .find(|name| case.asked.contains(name))
        .cloned()
}
