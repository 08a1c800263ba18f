//! Reports: multipart/report (RFC 6522), calendar objects (RFC 5546), and receipts that are a text.

use super::terms::{Table, Terms, Text, first_of, first_start, speaks_of_self};
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
    if let Some(subject) = receipt_subject(facts)
        .or_else(|| receipt_text(facts, text))
        .or_else(|| notes_receipt(facts))
    {
        return decided(MailKind::Receipt, "receipt_text", subject);
    }
    if is_dmarc_report(facts, text) {
        return decided(MailKind::FeedbackReport, "dmarc_report", facts.subject);
    }
    if let Some(subject) = recall(facts, text) {
        return decided(MailKind::Notification, "recall_text", subject);
    }
    if let Some(method) = &facts.calendar_method {
        return Some((
            MailKind::Calendar,
            "calendar_method",
            format!("METHOD:{method}"),
        ));
    }
    if let Some(subject) = super::invitation::subject(facts, text) {
        return decided(MailKind::Calendar, "calendar_text", subject);
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

/// Labels of the subject of the mail that a receipt is about, lower case.
#[rustfmt::skip]
const TITLE_LABELS: &[&str] = &[
    "subject", "your document", "betreff", "ihr dokument", "objet", "sujet", "votre document", "temat", "twój dokument", "主题", "主旨", "asunto", "su documento", "oggetto", "assunto", "onderwerp", "件名",
];

/// A text folded, without the lines that repeat the subject of another mail: that may be about any trouble.
fn without_titles(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .filter(|line| {
            line.split_once([':', '：']).is_none_or(|(label, _)| {
                !TITLE_LABELS.contains(&label.trim().to_lowercase().as_str())
            })
        })
        .collect();
    super::terms::fold(&lines.join("\n"), text.len())
}

/// How the two lines of a receipt of Notes begin, lower case: the title of the mail, and who got it.
const NOTES_RECEIPT: [&[&str]; 2] = [
    &[
        "your document:",
        "ihr dokument:",
        "votre document",
        "twój dokument:",
        "su documento:",
        "il documento:",
    ],
    &[
        "was received by:",
        "wurde empfangen von:",
        "a été reçu par",
        "został odebrany przez",
        "ha sido recibido por",
        "è stato ricevuto da",
    ],
];

/// A receipt of Notes: a title, who received it, and when.
fn notes_receipt<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    if facts.text.len() > 600 {
        return None;
    }
    let lines: Vec<String> = facts
        .text
        .lines()
        .map(|line| line.trim().to_lowercase())
        .filter(|line| !line.is_empty())
        .collect();
    let begun = NOTES_RECEIPT
        .iter()
        .zip(&lines)
        .all(|(begins, line)| first_start(line, begins).is_some());
    (begun && (2..=3).contains(&lines.len())).then_some(facts.subject)
}

/// Subjects under which Outlook asks for a mail back, lower case.
#[rustfmt::skip]
const RECALL_SUBJECTS: &[&str] = &["recall:", "rückruf:", "zurückrufen:", "rappel :", "rappel:", "wycofanie:", "wycofaj:", "odwołaj:", "撤回:", "撤回：", "recuperar:", "retirar:", "richiama:", "recordar:", "intrekken:"];

/// What it says then; a name stands before, the subject in quotation marks behind.
#[rustfmt::skip]
const RECALLS: &[&str] = &[
    "would like to recall the message", "möchte die nachricht", "würde gerne die nachricht", "souhaite rappeler le message", "voudrait rappeler le message", "chce wycofać wiadomość", "chciałby wycofać wiadomość", "希望撤回邮件", "希望撤回此邮件", "想要撤回邮件", "desea recuperar el mensaje", "desidera richiamare il messaggio", "gostaria de recuperar a mensagem", "wil het bericht",
];

/// A mail program that asks for a mail back: one sentence, which names the subject.
fn recall<'a>(facts: &Facts<'a>, text: &Text) -> Option<&'a str> {
    let prefix = first_start(&text.full_subject, RECALL_SUBJECTS)?;
    let title = text.full_subject[prefix.len()..].trim();
    let body = text.whole();
    let named = body.find(title).is_some_and(|at| {
        body[..at]
            .trim_end()
            .ends_with(['"', '“', '„', '«', '”', '\''])
    });
    (!title.is_empty()
        && named
        && facts.text.trim().lines().count() == 1
        && first_of(body, RECALLS).is_some())
    .then_some(facts.subject)
}

/// An aggregate report of DMARC (RFC 7489 section 7.2.1.1): its subject, and a file instead of words.
fn is_dmarc_report(facts: &Facts<'_>, text: &Text) -> bool {
    text.full_subject.starts_with("report domain:")
        && facts.part_types.iter().any(|part| {
            part.contains("zip") || part.ends_with("xml") || *part == "application/octet-stream"
        })
        && !super::terms::asks(&text.body)
}

/// With which a person goes on.
pub(super) const BUTS: &[&str] = &[
    " but ",
    " aber ",
    " mais ",
    " ale ",
    " pero ",
    ", ma ",
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
    // A receipt speaks of the mail; who has read something and says more speaks of himself.
    let lower = &without_titles(facts.text);
    (RECEIPT_WORDS.iter().any(|word| lower.contains(word))
        && MAIL_WORDS.iter().any(|word| lower.contains(word))
        && !speaks_of_self(lower)
        && !super::note::wants_more(lower)
        && !BUTS.iter().any(|word| lower.contains(word)))
    .then_some(subject)
}

/// Subjects under which mail programs send receipts that they write as a text, lower case.
#[rustfmt::skip]
const RECEIPT_TITLES: &[&str] = &[
    "return receipt", "read receipt", "delivery receipt", "empfangsbestätigung (", "lesebestätigung", "accusé de réception (", "accusé de lecture", "confirmation de lecture", "potwierdzenie odbioru (", "potwierdzenie przeczytania",
    "potwierdzenie wyświetlenia", "回执", "已读回执", "阅读回执", "acuse de recibo (", "confirmación de lectura", "ricevuta di ritorno", "conferma di lettura", "confirmação de leitura", "recibo de leitura", "leesbevestiging", "ontvangstbevestiging (", "開封確認",
];

/// With which such a text names itself.
#[rustfmt::skip]
pub(super) static RECEIPTS: Terms = Terms::new(Table::Receipt, &[
    "this is a return receipt for", "this is a receipt for the mail", "this is a receipt for the message", "this is a receipt for the email", "this is a read receipt for", "dies ist eine empfangsbestätigung für", "dies ist eine lesebestätigung für", "dies ist eine eingangsbestätigung für die nachricht, die sie",
    "ceci est un accusé de réception pour", "ceci est un accusé de réception du", "ceci est un accusé de lecture", "ceci est une confirmation de lecture", "to jest potwierdzenie odbioru wiadomości", "to jest potwierdzenie przeczytania", "to jest potwierdzenie otrzymania wiadomości", "to jest potwierdzenie wyświetlenia",
    "的邮件的回执", "邮件的已读回执", "这是一封回执", "este es un acuse de recibo", "questa è una ricevuta di ritorno", "questa è una conferma di lettura", "este é um recibo de leitura", "esta é uma confirmação de leitura", "dit is een leesbevestiging", "dit is een ontvangstbevestiging voor", "これは開封確認",
]);

/// What it says of itself: no more than that something was shown.
#[rustfmt::skip]
pub(super) static RECEIPT_NOTES: Terms = Terms::new(Table::ReceiptNote, &[
    "receipt only acknowledges that", "receipt only confirms that", "receipt verifies only that", "no guarantee that the recipient", "no guarantee that the message", "not guarantee that the recipient", "bestätigt nur, dass die nachricht", "bestätigt lediglich, dass die nachricht", "bestätigt nur, dass die e-mail",
    "keine garantie, dass der empfänger", "keine garantie, dass die nachricht", "nicht garantiert werden, dass der empfänger", "atteste seulement que le message", "confirme seulement que le message", "indique seulement que le message", "signifie seulement que le message", "aucune garantie que le destinataire", "ne garantit pas que le destinataire",
    "potwierdza tylko, że wiadomość", "potwierdza jedynie, że wiadomość", "oznacza jedynie, że wiadomość", "nie ma gwarancji, że odbiorca", "nie gwarantuje, że odbiorca", "nie ma pewności, że odbiorca", "回执仅表明", "回执只表明", "回执仅确认", "回执只确认", "不能保证收件人", "不保证收件人", "无法保证收件人",
    "sólo confirma que el mensaje", "solo confirma que el mensaje", "conferma solo che il messaggio", "indica solo che il messaggio", "apenas confirma que a mensagem", "bevestigt alleen dat het bericht", "geen garantie dat de ontvanger",
]);

/// A receipt that a mail program wrote as a text: it names itself, says how little it says, or stands below such a subject;
/// two of these, and nothing that a person adds.
fn receipt_text<'a>(facts: &Facts<'a>, text: &Text) -> Option<&'a str> {
    let titled = RECEIPT_TITLES
        .iter()
        .any(|title| text.full_subject.starts_with(title));
    let whole = text.whole();
    let named = RECEIPTS.first_in(whole);
    let noted = RECEIPT_NOTES.first_in(whole);
    let signs = usize::from(titled) + usize::from(named.is_some()) + usize::from(noted.is_some());
    if signs < 2 || facts.text.len() > 1_000 || text.answers_or_forwards() {
        return None;
    }
    let body = &without_titles(facts.text);
    let cited = named
        .into_iter()
        .chain(noted)
        .any(|term| super::auto_reply::is_cited(body, term));
    (!cited
        && !super::terms::asks(body)
        && !speaks_of_self(body)
        && !super::terms::complains(body)
        && !super::note::wants_more(body)
        && !BUTS.iter().any(|word| body.contains(word)))
    .then_some(facts.subject)
}
