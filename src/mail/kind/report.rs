//! Machine-readable reports: multipart/report (RFC 6522) and calendar objects (RFC 5546).

use super::terms::{Text, speaks_of_self};
use super::{Facts, Judgement};
use crate::mail::MailKind;

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
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
    if facts.report_type == "disposition-notification"
        || has("message/disposition-notification")
            && (report || !super::notification::speaks_personally(&text.body))
    {
        return decided(
            MailKind::Receipt,
            "disposition_notification",
            "message/disposition-notification (RFC 8098)",
        );
    }
    // A person who asks about a bounce attaches what it says (RFC 3464 section 2 has it in a multipart/report).
    let of_a_system = report
        || super::delivery::is_daemon(facts)
        || facts
            .return_path
            .is_some_and(|path| path.address.is_empty());
    if facts.report_type == "delivery-status" && report
        || (has("message/delivery-status") || has("message/global-delivery-status")) && of_a_system
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
    if let Some(subject) = receipt_subject(facts, text) {
        return decided(MailKind::Receipt, "receipt_text", subject);
    }
    if let Some(method) = &facts.calendar_method {
        return Some((
            MailKind::Calendar,
            "calendar_method",
            format!("METHOD:{method}"),
        ));
    }
    if let Some(subject) = calendar_subject(facts, text) {
        return decided(MailKind::Calendar, "calendar_text", subject);
    }
    None
}

/// Subjects of answers to invitations, lower case.
#[rustfmt::skip]
const CALENDAR_SUBJECTS: &[&str] = &[
    "accepted:", "declined:", "tentative:", "tentatively accepted:", "zugesagt:", "abgelehnt:", "mit vorbehalt:", "vorläufig:", "mit vorbehalt zugesagt:", "accepté :", "accepté:", "refusé :", "refusé:", "provisoire :", "provisoire:",
    "zaakceptowano:", "zaakceptowane:", "odrzucono:", "odrzucone:", "wstępnie:", "wstępna akceptacja:", "已接受:", "已接受：", "已拒绝:", "已拒绝：", "已谢绝:", "已谢绝：", "暂定:", "暂定：", "aceptado:", "aceptada:", "rechazado:", "rechazada:",
    "accettato:", "rifiutato:", "aceite:", "aceito:", "recusado:", "geaccepteerd:", "geweigerd:", "承諾:", "辞退:",
];

/// What they say, lower case.
#[rustfmt::skip]
const CALENDAR_WORDS: &[&str] = &[
    "accepted this invitation", "accepted the invitation", "accepted your invitation", "declined this invitation", "declined the invitation", "declined your invitation", "tentatively accepted", "replied \"maybe\"",
    "has accepted this meeting", "has declined this meeting", "accepted your meeting", "declined your meeting", "einladung angenommen", "einladung abgelehnt", "einladung mit vorbehalt", "einladung vorläufig", "einladung zugesagt", "besprechung angenommen", "besprechung abgelehnt",
    "accepté cette invitation", "accepté l'invitation", "accepté votre invitation", "refusé cette invitation", "refusé l'invitation", "refusé votre invitation", "zaakceptował to zaproszenie", "zaakceptowała to zaproszenie", "zaakceptował(a) to zaproszenie", "przyjął zaproszenie", "przyjęła zaproszenie",
    "zaakceptował zaproszenie", "zaakceptowała zaproszenie", "odrzucił zaproszenie", "odrzuciła zaproszenie", "odrzucił to zaproszenie", "odrzuciła to zaproszenie", "接受了此邀请", "接受此邀请", "接受了邀请", "接受了您的邀请", "拒绝了此邀请", "拒绝了邀请", "谢绝了此邀请",
    "ha aceptado esta invitación", "ha rechazado esta invitación", "ha accettato questo invito", "ha accettato l'invito", "ha rifiutato", "aceitou este convite", "recusou este convite", "uitnodiging geaccepteerd", "uitnodiging geweigerd",
];

/// An answer to an invitation whose calendar part was lost on the way: its subject and the sentence of the calendar program,
/// which speaks of the guest by name.
fn calendar_subject<'a>(facts: &Facts<'a>, text: &Text) -> Option<&'a str> {
    CALENDAR_SUBJECTS
        .iter()
        .any(|prefix| text.full_subject.starts_with(prefix))
        .then_some(())?;
    let body = text.whole();
    (body.len() <= 1_000
        && CALENDAR_WORDS.iter().any(|term| body.contains(term))
        && !super::terms::asks(body)
        && !speaks_of_self(body))
    .then_some(facts.subject)
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

/// With which a person goes on.
const BUTS: &[&str] = &[
    " but ",
    " aber ",
    " mais ",
    " ale ",
    " pero ",
    " ma ",
    " mas ",
    " maar ",
    "但",
    "しかし",
];

/// What they call the mail.
#[rustfmt::skip]
const MAIL_WORDS: &[&str] = &[
    "message", "mail", "nachricht", "wiadomoś", "邮件", "mensaje", "correo", "messaggio", "mensagem", "bericht", "メッセージ", "メール",
];

/// A receipt whose machine-readable part was lost on the way: its subject and a short text that asks nothing.
fn receipt_subject<'a>(facts: &Facts<'a>, text: &Text) -> Option<&'a str> {
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
    // A receipt speaks of the mail; who has read something and says more speaks of himself.
    let lower = text.whole();
    (RECEIPT_WORDS.iter().any(|word| lower.contains(word))
        && MAIL_WORDS.iter().any(|word| lower.contains(word))
        && !speaks_of_self(lower)
        && !super::note::wants_more(lower)
        && !BUTS.iter().any(|word| lower.contains(word)))
    .then_some(subject)
}
