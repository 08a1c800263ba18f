//! What really left, for the last look before a mail leaves: drafts approved together and mails that
//! waited for a server must not exceed a budget that each of them kept when it was composed.

use jiff::{SignedDuration, Timestamp};

use crate::reply::gate::{address_key, domain_key};
use crate::reply::{BounceRecord, Counters, GateFacts};
use crate::store::{OutboxRecord, OutgoingCounts, OutgoingQuery, Store, StoreError};

/// By what a mail is counted.
pub(crate) struct Counted {
    address: String,
    domain: String,
    body: [u8; 32],
}

impl Counted {
    /// A mail to this recipient whose text has this hash.
    pub(crate) fn new(recipient: &str, body: [u8; 32]) -> Self {
        Self {
            address: address_key(recipient),
            domain: domain_key(recipient),
            body,
        }
    }

    fn of(record: &OutboxRecord) -> Self {
        Self::new(&record.recipient, record.body_hash)
    }

    /// What was counted before it, as the gate wants it.
    pub(crate) fn counters(&self, counts: &OutgoingCounts, stopped: Option<bool>) -> Counters {
        let small = |count: Option<&u64>| {
            Some(count.map_or(0, |&count| u32::try_from(count).unwrap_or(u32::MAX)))
        };
        Counters {
            stopped,
            to_address: small(counts.addresses.get(&self.address)),
            to_domain: small(counts.domains.get(&self.domain)),
            same_body: small(counts.body_hashes.get(&self.body)),
            last_hour: small(Some(&counts.global)),
            bounce: counts
                .hard_bounces
                .get(&self.address)
                .map_or(BounceRecord::Never, |at| BounceRecord::At(*at)),
        }
    }

    /// Counts it.
    pub(crate) fn count(self, counts: &mut OutgoingCounts) {
        self.change(counts, |count| *count += 1);
    }

    fn change(self, counts: &mut OutgoingCounts, change: impl Fn(&mut u64)) {
        change(counts.addresses.entry(self.address).or_default());
        change(counts.domains.entry(self.domain).or_default());
        change(counts.body_hashes.entry(self.body).or_default());
        change(&mut counts.global);
    }
}

/// Counts for a page of the outbox. The deliverer is the only one that sends, so it goes on counting
/// by itself until the next page.
pub(super) struct Counts(OutgoingCounts);

impl Counts {
    pub(super) async fn read(
        store: &dyn Store,
        page: &[OutboxRecord],
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        // The longest windows that one of the mails was composed under; they are the same but for a
        // change of the configuration.
        let (hours, days) = page
            .iter()
            .filter_map(|record| serde_json::from_str::<GateFacts>(&record.gate_facts).ok())
            .map(|facts| {
                (
                    facts.settings.budget_window_hours,
                    facts.settings.bounce_days,
                )
            })
            .fold((0, 0), |(hours, days), (more_hours, more_days)| {
                (hours.max(more_hours), days.max(more_days))
            });
        let before = |hours: i64| {
            now.checked_sub(SignedDuration::from_hours(hours))
                .unwrap_or(now)
        };
        let window = before(i64::from(hours));
        let keys: Vec<Counted> = page.iter().map(Counted::of).collect();
        let counts = store
            .outgoing(&OutgoingQuery {
                left_only: true,
                cases: Vec::new(),
                addresses: keys.iter().map(|key| key.address.clone()).collect(),
                domains: keys.iter().map(|key| key.domain.clone()).collect(),
                body_hashes: keys.iter().map(|key| key.body).collect(),
                address_since: window,
                domain_since: window,
                body_since: window,
                global_since: before(1),
                bounce_since: before(24 * i64::from(days)),
            })
            .await?;
        Ok(Self(counts))
    }

    /// As the gate wants them for this mail. Who asks has asked before whether everything is stopped.
    pub(super) fn counters(&self, record: &OutboxRecord) -> Counters {
        Counted::of(record).counters(&self.0, Some(false))
    }

    /// Counts a mail that leaves now.
    pub(super) fn count(&mut self, record: &OutboxRecord) {
        Counted::of(record).count(&mut self.0);
    }

    /// Takes back that a mail leaves now.
    pub(super) fn count_back(&mut self, record: &OutboxRecord) {
        Counted::of(record).change(&mut self.0, |count| *count = count.saturating_sub(1));
    }
}
