//! The clock of this machine against those of the servers: budgets, ages and the schedule of retries are counted by it.

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};

use super::{Finding, Level, SKEW_MINUTES};
use crate::commands::context::Context;
use crate::deliver::smtp::Session;

/// What a server said of the time, if it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The time now, as Exim, Sendmail and Exchange say it in their greeting.
    Now(Timestamp),
    /// A mail was received then: it cannot be earlier now.
    NotBefore(Timestamp),
}

/// What the difference means; `None` when there is none that matters.
pub(super) fn skew(server: &str, told: Told, now: Timestamp) -> Option<Finding> {
    let (ahead, at) = match told {
        Told::Now(at) => (now.duration_since(at), at),
        Told::NotBefore(at) => (now.duration_since(at).min(SignedDuration::ZERO), at),
    };
    if ahead.abs() <= SignedDuration::from_mins(SKEW_MINUTES) {
        return None;
    }
    let minutes = ahead.abs().as_mins();
    let direction = if ahead.is_negative() {
        "behind"
    } else {
        "ahead of"
    };
    Some(
        Finding::new(
            "clock",
            Level::Failure,
            format!("the clock is {minutes} minutes {direction} that of {server} (there {at:.0}, here {now:.0})"),
        )
        .hint("set the clock, by NTP for instance: budgets and ages are counted by it"),
    )
}

/// The date and time in a greeting (RFC 5322 section 3.3), where there is one.
pub(super) fn time_in(greeting: &str) -> Option<Timestamp> {
    let days = [
        "Mon, ", "Tue, ", "Wed, ", "Thu, ", "Fri, ", "Sat, ", "Sun, ",
    ];
    let start = days.iter().filter_map(|day| greeting.find(day)).min()?;
    let words: Vec<&str> = greeting[start..].split_ascii_whitespace().take(6).collect();
    DateTimeParser::new().parse_timestamp(words.join(" ")).ok()
}

/// Connects to the server that takes mails: whether it would, and what its clock says.
pub(super) async fn outgoing_server(context: &Context, now: Timestamp) -> Vec<Finding> {
    let Some(smtp) = &context.settings.deliver.smtp else {
        return Vec::new();
    };
    match Session::open(&smtp.into()).await {
        Ok(session) => {
            let told = time_in(session.greeting());
            session.quit().await;
            let mut findings = vec![Finding::new(
                format!("server {}", smtp.host),
                Level::Healthy,
                "would take mails",
            )];
            findings.extend(told.and_then(|at| skew(&smtp.host, Told::Now(at), now)));
            findings
        }
        Err(failure) => vec![
            Finding::new(
                format!("server {}", smtp.host),
                Level::Failure,
                failure.to_string(),
            )
            .hint("see [deliver.smtp] in the configuration: host, port, tls, user, password"),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn greetings_tell_the_time() {
        for greeting in [
            "220 mx.example.com ESMTP Exim 4.96 Sun, 22 Nov 2026 05:18:26 +0200",
            "220 mail.example.com Microsoft ESMTP MAIL Service ready at Sun, 22 Nov 2026 03:18:26 +0000",
        ] {
            assert_eq!(
                time_in(greeting),
                Some(at("2026-11-22T03:18:26Z")),
                "{greeting}"
            );
        }
        assert_eq!(time_in("220 mx.example.com ESMTP Postfix"), None);
        assert_eq!(time_in("220 Sun, is shining"), None);
    }

    #[test]
    fn a_difference_counts_from_five_minutes_on() {
        let now = at("2026-11-22T03:00:00Z");
        let said = |told| skew("mx", told, now).map(|finding| finding.text);
        assert_eq!(said(Told::Now(at("2026-11-22T03:04:00Z"))), None);
        let behind = said(Told::Now(at("2026-11-22T04:00:00Z"))).unwrap();
        assert!(behind.contains("60 minutes behind"), "{behind}");
        let ahead = said(Told::Now(at("2026-11-22T02:00:00Z"))).unwrap();
        assert!(ahead.contains("60 minutes ahead of"), "{ahead}");
        // The latest mail may be old.
        assert_eq!(said(Told::NotBefore(at("2026-11-21T03:00:00Z"))), None);
        assert!(said(Told::NotBefore(at("2026-11-22T04:00:00Z"))).is_some());
    }
}
