//! What an operator may set about the gate. Everything has a default that is safe.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// When a sender must be authenticated (RFC 8601) to be answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationDemand {
    /// Always: without a trusted server's word nothing leaves.
    #[default]
    Required,
    /// Where a trusted server said something, it must have been good.
    IfPresent,
    /// Never. Only behind a server that refuses unauthenticated mail itself.
    Off,
}

/// The gate's limits. Recorded with each verdict, so that a replay uses the ones of that time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GateSettings {
    /// A mail that was already older than this when it was first read is never answered. Hours.
    pub old_after_hours: u32,
    /// An answer that waited longer than this in the outbox is not sent any more; reminders and
    /// answers that a person approved may wait for `late_after_days`. Hours.
    pub stale_after_hours: u32,
    /// Days after which not even a reminder or an approved answer is sent.
    pub late_after_days: u32,
    /// Whether senders must be authenticated.
    pub authentication: AuthenticationDemand,
    /// The window of the budgets for an address, a domain and a body. Hours.
    pub budget_window_hours: u32,
    /// Automatic mails to one address in the window. A plus-tag does not make another address.
    pub budget_per_address: u32,
    /// Automatic mails to one domain in the window, whatever the addresses.
    pub budget_per_domain: u32,
    /// The same for domains where anybody can have a mailbox.
    pub budget_per_shared_domain: u32,
    /// Automatic mails in answer to one and the same body in the window.
    pub budget_per_body: u32,
    /// Automatic mails of the whole program in an hour.
    pub budget_per_hour: u32,
    /// Domains where anybody can have a mailbox, lower case.
    pub shared_domains: Vec<String>,
    /// Days for which an address that bounced for good gets nothing.
    pub bounce_days: u32,
    /// Requests for information in the life of a case.
    pub requests_max: u32,
    /// Reminders in the life of a case.
    pub reminders_max: u32,
    /// Header fields that say that a mail is spam: name to the beginnings of a value that say so.
    /// They only ever withhold, so a forged one does no harm.
    pub spam_headers: BTreeMap<String, Vec<String>>,
}

impl GateSettings {
    /// The settings with no other shared domain than this one: the list is long, and these settings are copied for each mail.
    pub(super) fn for_domain(&self, domain: &str) -> Self {
        Self {
            old_after_hours: self.old_after_hours,
            stale_after_hours: self.stale_after_hours,
            late_after_days: self.late_after_days,
            authentication: self.authentication,
            budget_window_hours: self.budget_window_hours,
            budget_per_address: self.budget_per_address,
            budget_per_domain: self.budget_per_domain,
            budget_per_shared_domain: self.budget_per_shared_domain,
            budget_per_body: self.budget_per_body,
            budget_per_hour: self.budget_per_hour,
            shared_domains: self
                .shared_domains
                .iter()
                .filter(|shared| shared.eq_ignore_ascii_case(domain))
                .cloned()
                .collect(),
            bounce_days: self.bounce_days,
            requests_max: self.requests_max,
            reminders_max: self.reminders_max,
            spam_headers: self.spam_headers.clone(),
        }
    }
}

/// Mailbox providers where neighbours have nothing to do with each other.
const SHARED_DOMAINS: [&str; 38] = [
    "126.com",
    "139.com",
    "163.com",
    "aliyun.com",
    "aol.com",
    "foxmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "interia.pl",
    "laposte.net",
    "live.com",
    "mail.ru",
    "me.com",
    "o2.pl",
    "onet.pl",
    "op.pl",
    "orange.fr",
    "outlook.com",
    "outlook.fr",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "sina.com",
    "t-online.de",
    "web.de",
    "wp.pl",
    "yahoo.com",
    "yahoo.fr",
    "yeah.net",
];

impl Default for GateSettings {
    fn default() -> Self {
        let spam = [
            ("X-Spam-Flag", vec!["yes", "true"]),
            ("X-Spam-Status", vec!["yes", "spam"]),
            ("X-Spam", vec!["yes", "true"]),
            (
                "X-Rspamd-Action",
                vec!["reject", "add header", "rewrite subject", "quarantine"],
            ),
            ("X-Spamd-Result", vec!["default: true"]),
            (
                "X-MS-Exchange-Organization-SCL",
                vec!["5", "6", "7", "8", "9"],
            ),
            ("X-Gm-Spam", vec!["1"]),
            ("X-Virus-Status", vec!["infected", "yes"]),
        ];
        Self {
            old_after_hours: 24,
            stale_after_hours: 24,
            late_after_days: 21,
            authentication: AuthenticationDemand::Required,
            budget_window_hours: 24,
            budget_per_address: 4,
            budget_per_domain: 20,
            budget_per_shared_domain: 200,
            budget_per_body: 3,
            budget_per_hour: 120,
            shared_domains: SHARED_DOMAINS.map(str::to_owned).to_vec(),
            bounce_days: 60,
            requests_max: 2,
            reminders_max: 2,
            spam_headers: spam
                .into_iter()
                .map(|(name, values)| {
                    (
                        name.to_owned(),
                        values.into_iter().map(str::to_owned).collect(),
                    )
                })
                .collect(),
        }
    }
}
