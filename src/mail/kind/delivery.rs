//! Bounces that are no multipart/report: by their sender, subject and text.

use super::terms::{Searched, Table, Terms, Text, first_of};
use super::{Facts, Judgement};
use crate::lower_case::LowerCase;
use crate::mail::MailKind;

/// Local parts and names of mail systems.
#[rustfmt::skip]
const DAEMONS: &[&str] = &[
    "mailer-daemon", "mailerdaemon", "mailer_daemon", "postmaster", "post_master", "post-master",
    "mail-daemon", "maildaemon", "mdaemon", "mail delivery subsystem", "mail delivery system", "maildelivery",
    "mail-delivery", "smtpd", "bounce", "bounces", "bouncer", "double-bounce",
];

pub(super) fn is_daemon(facts: &Facts<'_>) -> bool {
    let local = facts.local_part();
    let name = facts
        .from
        .first()
        .map_or(String::new(), |from| from.name.lower_case());
    DAEMONS.iter().any(|daemon| {
        local == *daemon
            || local.starts_with(daemon)
                && local[daemon.len()..].starts_with(|character: char| !character.is_alphanumeric())
            || name.starts_with(daemon)
    })
}

/// Subjects of mail systems, in many languages.
#[rustfmt::skip]
pub(super) static SUBJECTS: Terms = Terms::new(Table::BounceSubject, &[
    "undelivered mail", "undeliverable", "delivery status notification", "delivery failure",
    "delivery failed", "delivery has failed", "mail delivery failed", "mail delivery failure",
    "returned mail", "failure notice", "mail system error", "message delivery failure",
    "delivery notification", "non-delivery", "nondeliverable mail", "undelivered message",
    "message undeliverable", "could not be delivered", "couldn't be delivered", "mail failure",
    "mail delivery problem", "delivery problem", "delivery error", "delivery report",
    "warning: could not send", "warning: message", "returned to sender", "unable to deliver",
    "unable to send", "permanent delivery failure", "message not delivered", "mail not delivered",
    "message status - undeliverable", "user unknown", "unknown user", "rejected mail", "mail rejected",
    "message rejected", "rejected message", "email returned", "mail returned", "bounced mail", "mail bounced",
    "sendmail:", "delayed mail", "delivery delayed", "delivery delay", "warning - delayed",
    "mail delivery warning", "mail could not be", "mail error", "failed mail", "failed delivery",
    "failed to deliver", "delivery unsuccessful", "nicht zustellbar", "unzustellbar",
    "zustellung fehlgeschlagen", "nachricht nicht zugestellt", "fehler bei der zustellung", "rückläufer",
    "échec de la remise", "non remis", "échec de la distribution", "non distribué", "message non délivré",
    "nie można dostarczyć", "niedostarczaln", "niedostarczon", "no se puede entregar", "non recapitabile", "无法传递", "未传递", "недоставлен", "kan ikke leveres", "går inte att leverera", "zwrot poczty", "退信", "无法投递", "系统退信", "未送达",
    "no se pudo entregar", "配信不能", "配信エラー",
    "mensaje no entregado", "mancato recapito", "messaggio non consegnato", "non consegnabile",
    "falha na entrega", "não entregue", "onbestelbaar", "ne peut être remis", "投递失败", "投递状态", "mailbox full",
    "quota exceeded", "delivery has been delayed", "postmaster notify",
]);

/// Sentences of mail systems.
#[rustfmt::skip]
pub(super) static BODIES: Terms = Terms::new(Table::Bounce, &[
    "could not be delivered", "couldn't be delivered", "cannot be delivered", "can not be delivered",
    "was not delivered", "has not been delivered", "not be delivered to", "were not delivered",
    "unable to deliver", "undeliverable", "delivery to the following", "delivery has failed",
    "delivery failed", "failed to deliver", "the following address", "following recipient",
    "following addresses had", "permanent fatal errors", "permanent error", "fatal error",
    "transient non-fatal", "user unknown", "unknown user", "no such user", "no such recipient",
    "no such address", "unknown recipient", "unknown address", "mailbox unavailable", "mailbox not found",
    "mailbox full", "mailbox is full", "mailbox quota", "over quota", "quota exceeded", "exceeded storage",
    "does not exist", "doesn't exist", "doesn't have a", "recipient rejected", "recipient unknown",
    "recipient address rejected", "invalid recipient", "address unknown", "unrouteable", "unroutable",
    "unreachable", "host unknown", "host not found", "no route to host", "connection refused",
    "connection timed out", "relaying denied", "relay access denied", "remote host said",
    "remote server returned", "remote mail system", "diagnostic-code", "reporting-mta", "final-recipient",
    "action: failed", "smtp error", "550 ", "554 ", "552 ", "553 ", "5.1.1", "5.2.2", "5.7.1",
    "returned message", "message is returned", "original message follows", "returned unopened",
    "transcript of session", "this is the qmail-send program", "i'm afraid i wasn't able", "i've given up",
    "giving up on", "could not deliver", "couldn't deliver", "not able to deliver", "mail system at host",
    "mail delivery software", "message header", "konnte nicht zugestellt", "nicht zugestellt werden",
    "unbekannter empfänger", "empfänger unbekannt", "n'a pas pu être", "n'a pu être remis", "boîte pleine",
    "nie mogła zostać dostarczona", "nie została dostarczona", "dostarczenie do następujących", "nie powiodło się", "nie udało się dostarczyć", "无法送达", "无法投递", "退回", "no pudo ser entregado",
    "配信できません", "account has been disabled",
]);

/// A folded text without the sentences of mail systems, which say "I" and "we" too.
fn beside_sentences(text: &str) -> Searched {
    let others: Vec<&str> = text
        .split_inclusive(". ")
        .filter(|sentence| first_of(sentence, BODIES.list()).is_none())
        .collect();
    Searched::new(others.concat())
}

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    let decided = |code, detail: String| Some((MailKind::Bounce, code, detail));
    for name in [
        "X-Failed-Recipients",
        "X-Mailer-Daemon-Recipients",
        "X-Amavis-Alert-Bounce",
    ] {
        if let Some(value) = facts.header(name) {
            return decided("failed_recipients_header", format!("{name}: {value}"));
        }
    }
    let subject = SUBJECTS.first_in(&text.subject);
    let body = BODIES.count_in(text.whole());
    let daemon = is_daemon(facts);
    let null_path = facts.return_path.is_some_and(|path| {
        path.address.is_empty()
            || path
                .address
                .split_once('@')
                .is_some_and(|(local, _)| DAEMONS.contains(&local))
    });
    let forwarded = text.answers_or_forwards();
    let person_forwards = forwarded && !daemon && !null_path;
    if daemon && (subject.is_some() || body >= 1) && !forwarded {
        return decided(
            "mailer_daemon",
            format!(
                "From: {}",
                facts.from.first().map_or("", |from| from.address.as_str())
            ),
        );
    }
    if daemon && (null_path || subject.is_some() || body >= 2) {
        return decided(
            "mailer_daemon",
            format!(
                "From: {}",
                facts.from.first().map_or("", |from| from.address.as_str())
            ),
        );
    }
    if null_path && (subject.is_some() || body >= 1) {
        return decided("null_return_path", "Return-Path: <>".to_owned());
    }
    if person_forwards {
        return None;
    }
    if let Some(subject) = subject {
        let parts = facts
            .part_types
            .iter()
            .any(|part| part.starts_with("message/") || *part == "text/rfc822-headers");
        // A system names the address that failed.
        let names_address = text.whole().contains('@');
        if (parts && body >= 1 || body >= 3 && names_address)
            && (parts || !super::person::pastes_bounce(facts))
            && !super::auto_reply::speaks_of_own_mail(&text.body)
            && !super::notification::speaks_personally(&beside_sentences(&text.body))
            && !BODIES
                .first_in(text.whole())
                .is_some_and(|term| super::auto_reply::is_cited(text.whole(), term))
        {
            return decided("bounce_text", format!("Subject: {subject}"));
        }
    }
    // Gateways that write as somebody else: the text alone, when it is made of nothing but such sentences.
    if body >= 4 && facts.from.is_empty() {
        return decided("bounce_text", "no author".to_owned());
    }
    None
}
