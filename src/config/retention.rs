//! How long things are kept.

use serde::Deserialize;

use crate::engine::Retention;

/// `[retention]`. What is not named is kept for ever.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSettings {
    /// Days after which the bytes of a mail are removed that no open case needs.
    #[serde(default)]
    pub mail_days: Option<u32>,
    /// Days after the last event of a resolved or closed case after which its people and texts are erased.
    #[serde(default)]
    pub case_days: Option<u32>,
}

impl RetentionSettings {
    /// What it asks for; `None` when nothing.
    #[must_use]
    pub fn wanted(&self) -> Option<Retention> {
        (self.mail_days.is_some() || self.case_days.is_some()).then_some(Retention {
            mail_days: self.mail_days,
            case_days: self.case_days,
        })
    }

    /// What is wrong: the text at its place, what, and what to do.
    pub(super) fn problems(&self) -> Vec<(String, String, String)> {
        [("mail_days", self.mail_days), ("case_days", self.case_days)]
            .into_iter()
            .filter(|(_, days)| *days == Some(0))
            .map(|(key, _)| {
                (
                    key.to_owned(),
                    format!("{key} must be at least 1"),
                    "leave the key out to keep things for ever".to_owned(),
                )
            })
            .collect()
    }
}
