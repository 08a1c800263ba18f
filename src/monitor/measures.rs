//! Numbers of this process, and their text for Prometheus (text exposition format 0.0.4).

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::reply::VerdictKind;
use crate::store::{Commit, MailId, OutboxState};

/// Upper bounds of the buckets of times. Seconds.
const STAGE_BUCKETS: [f64; 9] = [0.001, 0.005, 0.02, 0.1, 0.5, 2.0, 10.0, 60.0, 300.0];
/// Upper bounds of the buckets of the time from reception to case. Seconds.
const LAG_BUCKETS: [f64; 9] = [
    0.15, 0.5, 1.0, 5.0, 30.0, 300.0, 3_600.0, 21_600.0, 86_400.0,
];

/// A stage whose time is measured, a batch at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Raw bytes to the disk.
    Archive,
    /// Parse to assess.
    Analyse,
    /// Assign to commit.
    Judge,
    /// The index follows.
    Index,
    /// One look at the outbox that moved something.
    Deliver,
}

impl Stage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Archive => "archive",
            Self::Analyse => "analyse",
            Self::Judge => "judge",
            Self::Index => "index",
            Self::Deliver => "deliver",
        }
    }
}

/// How often a value was at most so large.
#[derive(Debug)]
struct Histogram {
    bounds: &'static [f64],
    counts: Vec<u64>,
    sum: f64,
    count: u64,
}

impl Histogram {
    fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            counts: vec![0; bounds.len()],
            sum: 0.0,
            count: 0,
        }
    }

    fn observe(&mut self, value: f64) {
        for (bound, count) in self.bounds.iter().zip(&mut self.counts) {
            if value <= *bound {
                *count += 1;
            }
        }
        self.sum += value;
        self.count += 1;
    }

    fn write(&self, out: &mut String, name: &str, labels: &str) {
        let comma = if labels.is_empty() { "" } else { "," };
        for (bound, count) in self.bounds.iter().zip(&self.counts) {
            let _ = writeln!(
                out,
                "{name}_bucket{{{labels}{comma}le=\"{bound}\"}} {count}"
            );
        }
        let _ = writeln!(
            out,
            "{name}_bucket{{{labels}{comma}le=\"+Inf\"}} {}",
            self.count
        );
        let braces = if labels.is_empty() {
            String::new()
        } else {
            format!("{{{labels}}}")
        };
        let _ = writeln!(out, "{name}_sum{braces} {}", self.sum);
        let _ = writeln!(out, "{name}_count{braces} {}", self.count);
    }
}

#[derive(Debug, Default)]
struct Numbers {
    mails: BTreeMap<(&'static str, &'static str), u64>,
    quarantined: BTreeMap<String, u64>,
    withheld: BTreeMap<String, u64>,
    delivered: BTreeMap<&'static str, u64>,
    stages: BTreeMap<Stage, Histogram>,
    lag: Option<Histogram>,
    accounts: BTreeMap<(String, String), &'static str>,
    indexed: u64,
}

/// What was counted since the process began.
#[derive(Debug, Default)]
pub struct Measures(Mutex<Numbers>);

/// The numbers of this process.
#[must_use]
pub fn measures() -> &'static Measures {
    static MEASURES: LazyLock<Measures> = LazyLock::new(Measures::default);
    &MEASURES
}

impl Measures {
    fn change(&self, change: impl FnOnce(&mut Numbers)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// A stage took so long for a batch.
    pub fn stage(&self, stage: Stage, took: Duration) {
        super::beat();
        self.change(|numbers| {
            numbers
                .stages
                .entry(stage)
                .or_insert_with(|| Histogram::new(&STAGE_BUCKETS))
                .observe(took.as_secs_f64());
        });
    }

    /// A batch was written: mails by kind and verdict, replies withheld by rule.
    pub fn committed(&self, commit: &Commit) {
        self.change(|numbers| {
            for outcome in &commit.outcomes {
                let verdict = outcome
                    .verdict
                    .as_ref()
                    .map_or("none", |verdict| verdict.kind.as_str());
                let key = (outcome.kind.as_str(), verdict);
                *numbers.mails.entry(key).or_default() += 1;
                if let Some(verdict) = &outcome.verdict
                    && verdict.kind == VerdictKind::Withhold
                {
                    *numbers.withheld.entry(verdict.rule.clone()).or_default() += 1;
                }
            }
            for entry in &commit.quarantined {
                *numbers.quarantined.entry(entry.code.clone()).or_default() += 1;
            }
            // Most of what is withheld is not composed and has no row in the outbox; what has one was counted with
            // its mail.
            let counted = |mail: MailId| {
                commit.outcomes.iter().any(|outcome| {
                    let verdict = outcome.verdict.as_ref();
                    outcome.mail == mail
                        && verdict.is_some_and(|verdict| verdict.kind == VerdictKind::Withhold)
                })
            };
            for outgoing in &commit.outbox {
                if outgoing.state == OutboxState::Withheld && !outgoing.mail.is_some_and(counted) {
                    let rule = outgoing.verdict.rule.clone();
                    *numbers.withheld.entry(rule).or_default() += 1;
                }
            }
        });
    }

    /// A mail that was received then is a case now.
    pub fn lag(&self, received_at: Timestamp, now: Timestamp) {
        let seconds = now.duration_since(received_at).as_secs_f64().max(0.0);
        self.change(|numbers| {
            numbers
                .lag
                .get_or_insert_with(|| Histogram::new(&LAG_BUCKETS))
                .observe(seconds);
        });
    }

    /// So many mails were held back at the last moment, by a rule of the gate.
    pub fn withheld(&self, rule: &str, count: u64) {
        self.change(|numbers| *numbers.withheld.entry(rule.to_owned()).or_default() += count);
    }

    /// So many mails came to this end in a round of the deliverer.
    pub fn delivered(&self, end: &'static str, count: u64) {
        if count > 0 {
            self.change(|numbers| *numbers.delivered.entry(end).or_default() += count);
        }
    }

    /// How a folder of an account stands.
    pub fn account(&self, account: &str, folder: &str, state: &'static str) {
        self.change(|numbers| {
            numbers
                .accounts
                .insert((account.to_owned(), folder.to_owned()), state);
        });
    }

    /// The index has taken over everything up to this place in the sequence.
    pub fn indexed(&self, sequence: u64) {
        super::beat();
        self.change(|numbers| numbers.indexed = sequence);
    }

    /// See [`Measures::indexed`].
    #[must_use]
    pub fn indexed_up_to(&self) -> u64 {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .indexed
    }

    /// All of it as text.
    #[must_use]
    pub fn text(&self) -> String {
        let numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        header(
            &mut out,
            "precedent_mails_total",
            "counter",
            "Mails processed, by kind and the gate's verdict on answering them.",
        );
        for ((kind, verdict), count) in &numbers.mails {
            let _ = writeln!(
                out,
                "precedent_mails_total{{kind=\"{kind}\",verdict=\"{verdict}\"}} {count}"
            );
        }
        by_name(
            &mut out,
            "precedent_quarantined_total",
            "code",
            "Mails put into quarantine, by reason.",
            &numbers.quarantined,
        );
        by_name(
            &mut out,
            "precedent_replies_withheld_total",
            "rule",
            "Automatic mails that the gate held back, by rule.",
            &numbers.withheld,
        );
        by_name(
            &mut out,
            "precedent_deliveries_total",
            "end",
            "Outgoing mails by what became of them.",
            &numbers.delivered,
        );
        header(
            &mut out,
            "precedent_stage_seconds",
            "histogram",
            "Time of a stage for a batch.",
        );
        for (stage, histogram) in &numbers.stages {
            histogram.write(
                &mut out,
                "precedent_stage_seconds",
                &format!("stage=\"{}\"", stage.as_str()),
            );
        }
        header(
            &mut out,
            "precedent_intake_lag_seconds",
            "histogram",
            "Time from the reception of a mail to its case.",
        );
        if let Some(lag) = &numbers.lag {
            lag.write(&mut out, "precedent_intake_lag_seconds", "");
        }
        header(
            &mut out,
            "precedent_account_state",
            "gauge",
            "1 for the state in which a folder of an account is.",
        );
        for ((account, folder), state) in &numbers.accounts {
            let _ = writeln!(
                out,
                "precedent_account_state{{account=\"{}\",folder=\"{}\",state=\"{state}\"}} 1",
                escaped(account),
                escaped(folder)
            );
        }
        out
    }
}

/// Type and help of a number.
pub(super) fn header(out: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn by_name<K: AsRef<str>>(
    out: &mut String,
    name: &str,
    label: &str,
    help: &str,
    counts: &BTreeMap<K, u64>,
) {
    header(out, name, "counter", help);
    for (value, count) in counts {
        let _ = writeln!(
            out,
            "{name}{{{label}=\"{}\"}} {count}",
            escaped(value.as_ref())
        );
    }
}

/// A value of a label.
pub(super) fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_add_up_and_labels_are_escaped() {
        let measures = Measures::default();
        measures.stage(Stage::Archive, Duration::from_millis(3));
        measures.stage(Stage::Archive, Duration::from_secs(1_000));
        measures.withheld("mode", 1);
        measures.account("a\"b", "INBOX", "idle");
        let text = measures.text();
        for line in [
            "precedent_stage_seconds_bucket{stage=\"archive\",le=\"0.001\"} 0",
            "precedent_stage_seconds_bucket{stage=\"archive\",le=\"0.005\"} 1",
            "precedent_stage_seconds_bucket{stage=\"archive\",le=\"+Inf\"} 2",
            "precedent_stage_seconds_count{stage=\"archive\"} 2",
            "precedent_replies_withheld_total{rule=\"mode\"} 1",
            "precedent_account_state{account=\"a\\\"b\",folder=\"INBOX\",state=\"idle\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
