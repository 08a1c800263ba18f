//! The labels of header blocks in translation.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a label of a header block names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    From,
    Date,
    To,
    Cc,
    Subject,
    Other,
}

/// Labels, lower case, by language family.
#[rustfmt::skip]
const FROM: &[&str] = &[
    "from", "von", "de", "od", "发件人", "发信人", "寄件者", "寄件人", "da", "van", "差出人", "från", "fra", "lähettäjä", "от",
    "від", "expéditeur", "mittente", "remitente", "nadawca", "absender", "feladó", "kimden",
    "de la", "من", "מאת", "送信者", "送信元", "afzender", "keneltä", "από", "보낸 사람",
];

#[rustfmt::skip]
const DATE: &[&str] = &[
    "sent", "date", "gesendet", "datum", "envoyé", "envoye", "wysłano", "wysłane", "data", "发送时间", "发件时间", "发件日期", "发信时间", "发送日期",
    "日期", "時間", "寄件日期", "传送时间", "enviado", "enviado el", "enviada em", "enviado em", "fecha", "inviato",
    "verzonden", "送信日時", "日時", "日付", "skickat", "envoyé le", "envoyée le", "تم الإرسال", "التاريخ", "נשלח",
    "data e envio", "sendt", "dato", "lähetetty", "отправлено", "дата", "надіслано", "date d'envoi",
    "gesendet am", "odesláno", "elküldve", "tarih", "gönderildi", "data wysłania", "received", "päivämäärä", "trimis",
    "dátum", "보낸 날짜", "sent at", "le", "verschickt", "message du",
];

#[rustfmt::skip]
const TO: &[&str] = &[
    "to", "an", "à", "a", "do", "收件人", "收信人", "para", "aan", "宛先", "إلى", "אל", "adresat", "till", "til",
    "vastaanottaja", "кому", "komu", "destinataire", "destinatario", "kime", "címzett", "către", "pour",
    "收件者", "받는 사람", "προς", "per",
];

#[rustfmt::skip]
const CC: &[&str] = &[
    "cc", "kopie", "copie à", "copie a", "copie", "dw", "抄送", "副本", "ccn", "bcc", "kopia", "kopi", "копия",
    "kopija", "c.c", "con copia", "cc:n", "udw",
];

#[rustfmt::skip]
const SUBJECT: &[&str] = &[
    "subject", "thema", "betreff", "objet", "temat", "主题", "主旨", "主題", "asunto", "oggetto", "assunto", "onderwerp",
    "件名", "الموضوع", "נושא", "ämne", "emne", "aihe", "тема", "předmět", "tárgy", "konu", "betr", "sujet",
    "subiect", "제목", "re", "θέμα",
];

#[rustfmt::skip]
const OTHER: &[&str] = &[
    "reply-to", "antwort an", "répondre à", "risposta", "importance", "wichtigkeit", "priority",
    "attachments", "anlagen", "priorité", "attach", "attachment", "pièces jointes", "załączniki", "附件",
    "responder a", "mailed-by", "sent by", "categories", "sensitivity", "organization", "message-id",
    "antwoord aan", "mailing-list", "sender", "resent-from", "reply to", "odpowiedz do", "newsgroups",
    "x-mailer", "signed by", "allegati",
];

pub(super) const LABELS: [(Label, &[&str]); 6] = [
    (Label::From, FROM),
    (Label::Date, DATE),
    (Label::To, TO),
    (Label::Cc, CC),
    (Label::Subject, SUBJECT),
    (Label::Other, OTHER),
];

/// Labels by name; of two with the same name the earlier one holds.
pub(super) static INDEX: LazyLock<HashMap<&str, Label>> = LazyLock::new(|| {
    let mut index = HashMap::new();
    for (label, names) in LABELS {
        for name in names {
            index.entry(*name).or_insert(label);
        }
    }
    index
});
