//! Precision and recall per key, accuracy per judgement.

use std::collections::BTreeMap;

use serde::Serialize;

/// Hits and misses of one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Found and in the label.
    pub right: u32,
    /// Found and not in the label.
    pub wrong: u32,
    /// In the label and not found.
    pub missed: u32,
}

impl Counts {
    /// Share of what was found that is right; 1 when nothing was found.
    #[must_use]
    pub fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    /// Share of what is in the label that was found; 1 when there is nothing.
    #[must_use]
    pub fn recall(self) -> f64 {
        ratio(self.right, self.right + self.missed)
    }

    /// Harmonic mean of both.
    #[must_use]
    pub fn f1(self) -> f64 {
        ratio(2 * self.right, 2 * self.right + self.wrong + self.missed)
    }
}

fn ratio(part: u32, whole: u32) -> f64 {
    if whole == 0 {
        1.0
    } else {
        f64::from(part) / f64::from(whole)
    }
}

/// Everything that was compared.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Scores {
    /// Mails compared.
    pub mails: u32,
    /// Keys with values: `operation`, `times`, `flag:urgent_claimed`, `secrets` ...
    pub values: BTreeMap<String, Counts>,
    /// Judgements with one answer: right ones and all.
    pub judgements: BTreeMap<String, (u32, u32)>,
    /// Distractors that were taken for values.
    pub distractors_taken: u32,
    /// Automatic mails that would have been answered.
    pub automatic_answered: u32,
    /// Differences in words.
    pub differences: Vec<String>,
}

impl Scores {
    /// Counts the values of one key.
    pub fn values(&mut self, mail: &str, key: &str, expected: &[String], found: &[String]) {
        let counts = self.values.entry(key.to_owned()).or_default();
        let mut rest: Vec<&String> = found.iter().collect();
        let mut missed = Vec::new();
        for value in expected {
            if let Some(at) = rest.iter().position(|other| *other == value) {
                rest.swap_remove(at);
                counts.right += 1;
            } else {
                missed.push(value);
                counts.missed += 1;
            }
        }
        counts.wrong += u32::try_from(rest.len()).unwrap_or(u32::MAX);
        for value in missed {
            self.differences
                .push(format!("{mail}: {key}: missed {value:?}"));
        }
        for value in rest {
            self.differences
                .push(format!("{mail}: {key}: wrongly {value:?}"));
        }
    }

    /// Counts one judgement.
    pub fn judgement(&mut self, mail: &str, key: &str, expected: &str, found: &str) {
        let (right, all) = self.judgements.entry(key.to_owned()).or_default();
        *all += 1;
        if expected == found {
            *right += 1;
        } else {
            self.differences
                .push(format!("{mail}: {key}: should be {expected}, is {found}"));
        }
    }

    /// The lowest F1 among the fields (not the flags), with its key.
    #[must_use]
    pub fn lowest_field(&self) -> Option<(&str, f64)> {
        self.values
            .iter()
            .filter(|(key, _)| !key.starts_with("flag:"))
            .map(|(key, counts)| (key.as_str(), counts.f1()))
            .min_by(|left, right| left.1.total_cmp(&right.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_repeated_values_once_each() {
        let mut scores = Scores::default();
        let list = |values: &[&str]| {
            values
                .iter()
                .map(|value| (*value).to_owned())
                .collect::<Vec<_>>()
        };
        scores.values("m", "operation", &list(&["a", "b"]), &list(&["b", "c"]));
        let counts = scores.values["operation"];
        assert_eq!(
            counts,
            Counts {
                right: 1,
                wrong: 1,
                missed: 1
            }
        );
        assert!((counts.f1() - 0.5).abs() < 1e-9);
        assert_eq!(scores.differences.len(), 2);
    }
}
