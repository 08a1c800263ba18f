//! What the store knows that the gate wants to know, read once for a batch. What cannot be read is
//! unknown, and the gate withholds.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::answer::recipient;
use super::pipeline::Analysed;
use super::{Analysis, Engine};
use crate::case::CaseNumber;
use crate::deliver::Counted;
use crate::mail::{MailKind, Message};
use crate::reply::gate::{address_key, domain_key};
use crate::reply::{Composed, Counters};
use crate::store::{OutboxRecord, OutgoingCounts, OutgoingQuery, StoreError};
use crate::triage::OutgoingKind;

/// See the module.
pub(super) struct Known {
    counts: Option<OutgoingCounts>,
    stopped: Option<bool>,
    /// Message-IDs of threads of which a mail is in quarantine, with the reason.
    quarantined: Option<BTreeMap<String, String>>,
    /// Mails of ours that bounces of this batch are about, by Message-ID.
    pub(super) returned: BTreeMap<String, OutboxRecord>,
}

impl Engine {
    /// Reads it for these mails and the cases that they may belong to.
    pub(super) async fn known(
        &self,
        mails: &[Analysed],
        cases: Vec<CaseNumber>,
        now: Timestamp,
    ) -> Result<Known, StoreError> {
        let analyses: Vec<&Analysis> = mails
            .iter()
            .filter_map(|mail| Some(&**mail.result.as_ref().ok()?))
            .collect();
        let returned: Vec<String> = analyses
            .iter()
            .filter_map(|analysis| {
                analysis
                    .message
                    .bounce
                    .as_ref()?
                    .original_message_id
                    .clone()
            })
            .collect();
        let returned = if returned.is_empty() {
            BTreeMap::new()
        } else {
            let records = self.store.outgoing_by_message_id(&returned).await?;
            records
                .into_iter()
                .map(|record| (record.message_id.clone(), record))
                .collect()
        };
        let threads: Vec<String> = analyses
            .iter()
            .filter(|analysis| analysis.message.kind == MailKind::Human)
            .flat_map(|analysis| thread(&analysis.message).cloned())
            .collect();
        Ok(Known {
            counts: readable("the budgets", self.counts(&analyses, cases, now).await),
            stopped: readable("the order to stop", self.store.reply_stop().await)
                .map(|stop| stop.is_some()),
            quarantined: readable(
                "the quarantine",
                self.store.quarantined_threads(&threads).await,
            ),
            returned,
        })
    }

    /// Counters for the budgets of everybody who writes in this batch.
    async fn counts(
        &self,
        analyses: &[&Analysis],
        cases: Vec<CaseNumber>,
        now: Timestamp,
    ) -> Result<OutgoingCounts, StoreError> {
        let before = |hours: i64| {
            now.checked_sub(SignedDuration::from_hours(hours))
                .unwrap_or(now)
        };
        let window = before(i64::from(self.gate.budget_window_hours));
        let mut query = OutgoingQuery {
            left_only: false,
            cases,
            addresses: Vec::new(),
            domains: Vec::new(),
            body_hashes: Vec::new(),
            address_since: window,
            domain_since: window,
            body_since: window,
            global_since: before(1),
            bounce_since: before(24 * i64::from(self.gate.bounce_days)),
        };
        for analysis in analyses {
            if analysis.message.kind == MailKind::Human {
                let recipient = recipient(&analysis.message, &self.gate.shared_domains);
                query.addresses.push(address_key(&recipient));
                query.domains.push(domain_key(&recipient));
                query.body_hashes.push(analysis.body_hash);
            }
        }
        if query.addresses.is_empty() {
            return Ok(OutgoingCounts::default());
        }
        self.store.outgoing(&query).await
    }
}

/// What could be read; what could not is told once and unknown from then on.
fn readable<T>(what: &str, read: Result<T, StoreError>) -> Option<T> {
    read.inspect_err(|error| tracing::error!(%error, "{what} cannot be read: replies are withheld"))
        .ok()
}

/// The Message-IDs of a mail and of those that it answers.
fn thread(message: &Message) -> impl Iterator<Item = &String> {
    message
        .in_reply_to
        .iter()
        .chain(&message.references)
        .chain(&message.message_id)
}

impl Known {
    /// Counters for a reply to this mail.
    pub(super) fn counters(&self, recipient: &str, analysis: &Analysis) -> Counters {
        let stopped = self.stopped;
        let Some(counts) = &self.counts else {
            return Counters {
                stopped,
                ..Counters::default()
            };
        };
        Counted::new(recipient, analysis.body_hash).counters(counts, stopped)
    }

    /// Reminders that the case had.
    pub(super) fn reminders(&self, case: &CaseNumber) -> Option<u32> {
        let count = self.counts.as_ref()?.reminders.get(case).copied();
        Some(u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX))
    }

    /// Why a mail of this mail's thread is in quarantine.
    pub(super) fn quarantined(&self, message: &Message) -> Option<String> {
        match &self.quarantined {
            None => Some("could not be read".to_owned()),
            Some(threads) => thread(message).find_map(|id| threads.get(id)).cloned(),
        }
    }

    /// Remembers a mail of the batch that goes to quarantine.
    pub(super) fn set_aside(&mut self, thread: &[String], code: &str) {
        if let Some(threads) = &mut self.quarantined {
            for id in thread {
                threads.entry(id.clone()).or_insert_with(|| code.to_owned());
            }
        }
    }

    /// Counts a mail that may leave, so that the rest of the batch sees it.
    pub(super) fn count(
        &mut self,
        case: &CaseNumber,
        kind: OutgoingKind,
        composed: &Composed,
        analysis: &Analysis,
    ) {
        let Some(counts) = &mut self.counts else {
            return;
        };
        Counted::new(&composed.recipient, analysis.body_hash).count(counts);
        if kind == OutgoingKind::Reminder {
            *counts.reminders.entry(case.clone()).or_default() += 1;
        }
    }
}
