//! Machine-readable reports: multipart/report (RFC 6522) and calendar objects (RFC 5546).

use super::{Facts, Judgement};
use crate::mail::MailKind;

pub(super) fn judge(facts: &Facts<'_>) -> Judgement {
    let has = |media_type: &str| facts.part_types.contains(&media_type);
    let report = facts.content_type == "multipart/report";
    let decided = |kind, code, detail: &str| Some((kind, code, detail.to_owned()));
    if facts.report_type == "feedback-report" || has("message/feedback-report") {
        return decided(
            MailKind::FeedbackReport,
            "feedback_report",
            "message/feedback-report (RFC 5965)",
        );
    }
    if facts.report_type == "disposition-notification" || has("message/disposition-notification") {
        return decided(
            MailKind::Receipt,
            "disposition_notification",
            "message/disposition-notification (RFC 8098)",
        );
    }
    if facts.report_type == "delivery-status" && report
        || has("message/delivery-status")
        || has("message/global-delivery-status")
    {
        return decided(
            MailKind::Bounce,
            "delivery_status",
            "message/delivery-status (RFC 3464)",
        );
    }
    if report && super::delivery::is_daemon(facts) {
        return decided(MailKind::Bounce, "multipart_report", facts.report_type);
    }
    if report {
        return decided(
            MailKind::Notification,
            "multipart_report",
            facts.report_type,
        );
    }
    // Hotmail's complaints are the mail alone, under a subject of their own.
    if facts
        .subject
        .to_lowercase()
        .starts_with("complaint about message from")
        && has("message/rfc822")
    {
        return decided(MailKind::FeedbackReport, "complaint_subject", facts.subject);
    }
    if let Some(subject) = receipt_subject(facts) {
        return decided(MailKind::Receipt, "receipt_text", subject);
    }
    if let Some(method) = &facts.calendar_method {
        return Some((
            MailKind::Calendar,
            "calendar_method",
            format!("METHOD:{method}"),
        ));
    }
    None
}

/// Subjects of the receipts that Outlook and Exchange write, lower case.
#[rustfmt::skip]
const RECEIPT_SUBJECTS: &[&str] = &[
    "read:", "not read:", "gelesen:", "ungelesen:", "lu :", "lu:", "non lu :", "non lu:", "przeczytano:", "przeczytane:",
    "nieprzeczytane:", "已读:", "已读：", "未读:", "未读：", "leído:", "no leído:", "letto:", "non letto:", "lida:", "lido:",
    "gelezen:", "開封済み:", "開封済み：",
];

/// What they say about the mail.
#[rustfmt::skip]
const RECEIPT_WORDS: &[&str] = &[
    "was read", "has been read", "was displayed", "has been displayed", "wurde angezeigt", "deleted without being read", "gelesen", "a été lu", "supprimé sans", "odczytan", "przeczytan", "已读", "阅读",
    "leído", "letto", "lida", "gelezen", "開封",
];

/// A receipt whose machine-readable part was lost on the way: its subject and a short text that asks nothing.
fn receipt_subject<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let subject = facts.subject.trim_start();
    let start: String = subject
        .chars()
        .take(16)
        .flat_map(char::to_lowercase)
        .collect();
    if !RECEIPT_SUBJECTS
        .iter()
        .any(|prefix| start.starts_with(prefix))
        || facts.text.len() > 1_000
        || facts.text.contains(['?', '？'])
    {
        return None;
    }
    let lower = facts.text.to_lowercase();
    RECEIPT_WORDS
        .iter()
        .any(|word| lower.contains(word))
        .then_some(subject)
}
