//! Notifications and monitoring alerts.

use super::terms::{Text, count, first_of};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Local parts nobody reads.
const NO_REPLY: &[&str] = &[
    "noreply",
    "no-reply",
    "no_reply",
    "no.reply",
    "donotreply",
    "do-not-reply",
    "do_not_reply",
    "donotrespond",
    "nicht-antworten",
    "nichtantworten",
    "keine-antwort",
    "keineantwort",
    "nepasrepondre",
    "ne-pas-repondre",
    "ne_pas_repondre",
    "nie-odpowiadaj",
    "nieodpowiadaj",
    "no-responder",
    "noresponder",
    "non-rispondere",
    "nao-responda",
    "niet-beantwoorden",
    "nobody",
    "unattended",
    "notreply",
    "noreplies",
    "automailer",
    "autoresponder",
    "mailer",
    "robot",
    "listserv",
    "majordomo",
    "do.not.reply",
    "auto-confirm",
];

/// Local parts of machines and departments; not enough alone.
const ROLES: &[&str] = &[
    "notification",
    "notifications",
    "notify",
    "alert",
    "alerts",
    "monitor",
    "monitoring",
    "nagios",
    "icinga",
    "zabbix",
    "cron",
    "root",
    "daemon",
    "jenkins",
    "jira",
    "gitlab",
    "github",
    "builds",
    "build",
    "ci",
    "system",
    "news",
    "newsletter",
    "info",
    "marketing",
    "offers",
    "deals",
    "billing",
    "invoice",
    "orders",
    "order",
    "service",
    "support",
    "help",
    "helpdesk",
    "webmaster",
    "admin",
    "administrator",
    "updates",
    "update",
    "events",
    "promo",
    "sales",
    "announce",
];

fn local_matches(local: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        local == *word
            || local.starts_with(word) && local[word.len()..].starts_with(['-', '_', '.', '+', '='])
            || local.ends_with(word)
                && local[..local.len() - word.len()].ends_with(['-', '_', '.', '+'])
    })
}

/// An address that no person answers from.
pub(super) fn is_no_reply(facts: &Facts<'_>) -> bool {
    let local = facts.local_part();
    local_matches(local, &NO_REPLY)
        || NO_REPLY
            .iter()
            .take(20)
            .any(|word| word.len() > 6 && local.contains(word))
}

/// An address of a machine or a department.
pub(super) fn is_role_address(facts: &Facts<'_>) -> bool {
    is_no_reply(facts) || local_matches(facts.local_part(), &ROLES)
}

/// Subjects of monitoring and build systems.
const ALERTS: &[&str] = &[
    "problem:",
    "recovery:",
    "** problem",
    "** recovery",
    "[firing",
    "[resolved",
    "alarm:",
    "alert:",
    "[alert]",
    "alarm \"",
    "critical:",
    "warning:",
    "[critical]",
    "[warning]",
    "is down",
    "is up",
    "down alert",
    "up alert",
    "host down",
    "service alert",
    "build failed",
    "build failure",
    "failed in jenkins",
    "fixed in jenkins",
    "pipeline",
    "cron <",
    "logwatch for",
    "ok:",
    "disk space",
    "backup report",
    "backup failed",
    "backup completed",
    "job failed",
    "monitor is",
    "incident #",
    "threshold",
    "scheduled maintenance",
    "outage report",
];

/// Sentences of services about an account, an order, a page.
const SERVICE: &[&str] = &[
    "you are receiving this notification",
    "you're receiving this notification",
    "you are receiving this because",
    "you're receiving this because",
    "you are receiving this email because",
    "you received this notification",
    "to change your notification",
    "notification settings",
    "notification preferences",
    "turn off notifications",
    "to view this",
    "to visit your",
    "log in to your account",
    "sign in to your account",
    "your account has been",
    "your order has been",
    "your password",
    "verify your email",
    "confirm your email",
    "has commented on",
    "commented on",
    "assigned to you",
    "mentioned you",
    "new comment",
    "to respond, reply to this email",
    "view it on github",
    "reply to this email directly",
    "your receipt",
    "invoice is attached",
    "order confirmation",
    "has shipped",
    "tracking number",
    "thank you for your order",
    "thank you for your purchase",
    "thank you for registering",
    "thank you for subscribing",
    "welcome to",
    "your registration",
    "daily digest",
    "weekly digest",
    "weekly report",
    "daily report",
    "scheduled report",
    "status report",
];

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    let decided = |code, detail: String| Some((MailKind::Notification, code, detail));
    if is_no_reply(facts) {
        return decided(
            "no_reply_address",
            facts
                .from
                .first()
                .map_or(String::new(), |from| from.address.clone()),
        );
    }
    for name in [
        "X-GitHub-Reason",
        "X-GitLab-Project",
        "X-JIRA-FingerPrint",
        "X-Jenkins-Job",
        "X-PagerDuty",
        "X-Notification-Type",
        "X-Discourse-Topic-Id",
        "X-Discourse-Post-Id",
        "X-Redmine-Host",
        "X-Bugzilla-Type",
        "X-Nagios-Notification",
        "X-Bugzilla-Reason",
        "X-Trac-Project",
    ] {
        if let Some(value) = facts.header(name) {
            return decided("service_header", format!("{name}: {value}"));
        }
    }
    if text.answers_or_forwards() {
        return None;
    }
    let role = is_role_address(facts);
    if let Some(term) = super::terms::first_start(&text.subject, &ALERTS)
        .or_else(|| first_of(&text.subject, &ALERTS).filter(|_| role))
    {
        let shaped = role
            || text.whole.contains("state:")
            || text.whole.contains("status:")
            || text.whole.contains("severity")
            || text.whole.contains("notification type");
        if shaped {
            return decided("alert_text", format!("Subject: {term}"));
        }
    }
    let service = count(&text.whole, &SERVICE) + count(&text.end, &SERVICE);
    if role && service >= 1 || service >= 3 {
        let term = first_of(&text.whole, &SERVICE)
            .or_else(|| first_of(&text.end, &SERVICE))
            .unwrap_or_default();
        return decided("service_text", term.to_owned());
    }
    if matches!(
        facts.local_part(),
        "root"
            | "daemon"
            | "cron"
            | "cron-daemon"
            | "nagios"
            | "zabbix"
            | "jenkins"
            | "www-data"
            | "apache"
    ) {
        return decided("system_account", facts.local_part().to_owned());
    }
    None
}
