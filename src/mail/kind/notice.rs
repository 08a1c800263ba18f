//! Notices of services in a few lines: invoices, codes, payments, voicemail, scans, certificates, quarantined mail, mentions,
//! surveys. Each is known by its address, its subject and a sentence of its text, and nobody speaks of himself in it.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::terms::{Text, first_of};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// Longest notice. Bytes.
const BYTES_MAX: usize = 1_500;

/// What subjects and texts of one kind of notice say, in small letters.
struct Notice {
    subjects: &'static [&'static str],
    texts: &'static [&'static str],
    /// Two of the texts are said: for kinds about which people write as well.
    twice: bool,
    /// Such a text may ask.
    asks: bool,
}

#[rustfmt::skip]
const NOTICES: &[Notice] = &[
    // An invoice that can be had.
    Notice {
        subjects: &["your invoice", "new invoice", "invoice available", "your bill", "your statement", "ihre rechnung", "neue rechnung", "rechnung verfügbar", "votre facture", "nouvelle facture", "twoja faktura", "nowa faktura", "e-faktura", "您的账单", "您的发票", "电子发票", "电子账单", "su factura", "la tua fattura", "sua fatura", "uw factuur"],
        texts: &["your invoice is", "invoice is now available", "invoice is available", "is available in your account", "will be charged", "will be debited", "finden sie ihre rechnung", "anbei ihre rechnung", "erhalten sie ihre rechnung", "rechnung steht für sie", "rechnung steht zum", "rechnung steht in", "wird abgebucht", "von ihrem konto abgebucht", "in ihrem kundenkonto", "est disponible dans votre", "sera prélevé", "espace client", "jest dostępna", "do pobrania", "zostanie pobran", "查看账单", "下载发票", "已开具", "está disponible en", "è disponibile", "está disponível", "staat klaar"],
        twice: false,
        asks: false,
    },
    // A code to log in with.
    Notice {
        subjects: &["verification code", "security code", "login code", "one-time code", "one-time password", "bestätigungscode", "sicherheitscode", "anmeldecode", "einmalcode", "code de vérification", "code de sécurité", "code de connexion", "kod weryfikacyjny", "kod bezpieczeństwa", "kod logowania", "验证码", "código de verificación", "codice di verifica", "código de verificação", "verificatiecode"],
        texts: &["code is", "expires in", "do not share", "lautet", "läuft ab", "gültig bis", "minuten gültig", "geben sie diesen code", "expire dans", "ne partagez", "est valable", "to kod", "wygasa", "ważny przez", "nie udostępniaj", "验证码是", "验证码为", "分钟内有效", "请勿泄露", "请勿告知", "caduca en", "scade", "expira em", "verloopt"],
        twice: false,
        asks: false,
    },
    // A payment that came or left.
    Notice {
        subjects: &["you've got money", "you sent a payment", "payment received", "receipt for your payment", "zahlung erhalten", "zahlungseingang", "sie haben eine zahlung", "paiement reçu", "vous avez reçu un paiement", "otrzymano płatność", "otrzymałeś płatność", "收款通知", "付款成功", "到账通知"],
        texts: &["transaction id", "transaction date", "sent you $", "sent you €", "transaktionscode", "transaktionsnummer", "numéro de transaction", "identifiant de transaction", "numer transakcji", "交易号", "交易单号", "订单金额"],
        twice: false,
        asks: false,
    },
    // A message on an answering machine, a fax, a scan.
    Notice {
        subjects: &["new voicemail", "voicemail from", "voice message from", "missed call from", "fax from", "new fax", "scan from", "scanned from", "scanned document", "message from kmbt", "neue voicemail", "sprachnachricht von", "neues fax", "fax von", "scan von", "gescanntes dokument", "nouveau message vocal", "message vocal de", "nouveau fax", "fax de", "document numérisé", "numérisation de", "nowa wiadomość głosowa", "faks od", "skan z", "新语音留言", "传真来自", "扫描文件"],
        texts: &["voicemail message", "voice message", "duration:", "pages:", "was sent from \"", "scan date", "scanned using", "device name", "sprachnachricht", "dauer:", "seiten:", "gescannt", "message vocal", "durée", "pages :", "numérisé", "wiadomość głosow", "czas trwania", "stron:", "zeskanowan", "时长", "页数", "扫描日期"],
        twice: false,
        asks: false,
    },
    // A certificate or a domain that runs out.
    Notice {
        subjects: &["certificate expiration", "certificate expires", "certificate will expire", "ssl certificate", "domain expires", "domain renewal", "zertifikat läuft", "zertifikat abl", "domain läuft", "certificat expire", "expiration du certificat", "expiration de votre domaine", "certyfikat wygasa", "wygasa certyfikat", "wygaśnięcie certyfikatu", "domena wygasa", "证书即将过期", "证书到期", "域名到期", "域名续费"],
        texts: &["will expire in", "will expire on", "expires in", "expires on", "läuft in", "läuft am", "endet am", "expire dans", "expire le", "expirera", "wygaśnie", "wygasa za", "wygasa dnia", "将于", "即将到期", "天后到期"],
        twice: false,
        asks: false,
    },
    // Mail that a filter holds.
    Notice {
        subjects: &["quarantine report", "quarantine notification", "quarantine digest", "quarantined messages", "quarantine summary", "spam digest", "spam report", "quarantäne", "spam-bericht", "spambericht", "quarantaine", "rapport de spam", "raport kwarantanny", "kwarantann", "隔离报告", "隔离通知", "垃圾邮件报告", "隔离邮件"],
        texts: &["messages in quarantine", "in quarantine", "quarantined", "release |", "will be deleted after", "nachrichten in quarantäne", "in der quarantäne", "freigeben", "en quarantaine", "libérer", "w kwarantannie", "zwolnij", "被隔离", "隔离区", "释放"],
        twice: false,
        asks: false,
    },
    // Somebody named the address in a chat or a document.
    Notice {
        subjects: &["mentioned you", "new message from", "new messages in", "shared a document with you", "invited you to", "unread messages", "hat sie erwähnt", "hat dich erwähnt", "hat ein dokument mit ihnen geteilt", "ungelesene nachrichten", "vous a mentionné", "a partagé un document", "wspomniał", "oznaczył", "udostępnił", "提到了你", "@了你", "与您共享"],
        texts: &["view in slack", "open in teams", "reply in teams", "you have a new mention", "you have new messages", "view message", "open in docs", "reply in", "in slack ansehen", "in teams öffnen", "nachricht anzeigen", "voir dans slack", "ouvrir dans teams", "voir le message", "otwórz w", "zobacz wiadomość", "在钉钉", "在企业微信", "查看消息"],
        twice: false,
        asks: true,
    },
    // How satisfied one was.
    Notice {
        subjects: &["how would you rate", "how did we do", "rate your experience", "rate our support", "your feedback", "satisfaction survey", "customer satisfaction", "wie zufrieden", "bewerten sie", "ihre meinung", "zufriedenheitsumfrage", "votre avis", "enquête de satisfaction", "évaluez", "notez", "jak oceniasz", "oceń", "ankieta satysfakcji", "twoja opinia", "满意度调查", "请评价", "服务评价"],
        texts: &["i'm satisfied", "i'm unsatisfied", "good, i'm", "bad, i'm", "please take a moment", "take our survey", "short survey", "one simple question", "rate your", "how satisfied", "kurze umfrage", "an unserer umfrage", "nehmen sie sich", "zufrieden", "unzufrieden", "répondre à ce questionnaire", "quelques questions", "quelques minutes", "satisfait", "insatisfait", "krótkiej ankiety", "wypełnij ankietę", "zajmie", "zadowolon", "非常满意", "不满意", "点击评价", "参与调查"],
        twice: true,
        asks: true,
    },
];

/// Local parts from which such notices come, beside those of machines and departments.
#[rustfmt::skip]
const LOCAL_PARTS: &[&str] = &[
    "rechnung", "rechnungen", "rechnungsstelle", "facture", "factures", "facturation", "faktura", "faktury", "invoicing", "statements", "login", "verify", "verification", "code", "codes", "scan", "scans", "copier", "mfp", "pbx", "voicemail", "voicemails", "quarantine", "filter", "spam", "certs", "certificates", "certificate", "expiry", "ssl", "chat", "feedback", "kunden", "payments", "payment", "zahlung", "paiement", "platnosci",
];

/// Words with which people speak of a fault, or of what is theirs.
#[rustfmt::skip]
const OF_PEOPLE: &[&str] = &[
    " not ", "n't ", " cannot ", " never ", " nicht ", " kein", " ungültig", " pas ", "n'", " nie ", " brak", "无法", "没有", "不能", "收不到", "空白", " our ", " unser", " notre ", " nos ", " nasz", "我们", "我方", "error", "fehler", "erreur", "błąd", "错误",
];

/// All subjects with the place of their notice.
static SUBJECTS: LazyLock<(AhoCorasick, Vec<usize>)> = LazyLock::new(|| {
    let places = NOTICES
        .iter()
        .enumerate()
        .flat_map(|(place, notice)| notice.subjects.iter().map(move |_| place))
        .collect();
    let subjects = NOTICES.iter().flat_map(|notice| notice.subjects);
    let automaton = AhoCorasick::new(subjects).expect("the subjects are a small fixed table");
    (automaton, places)
});

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    if text.body.len() > BYTES_MAX || text.answers_or_forwards() || facts.has_header("In-Reply-To")
    {
        return None;
    }
    let found = SUBJECTS.0.find(text.subject.as_bytes())?;
    let subject = &text.subject[found.start()..found.end()];
    let notice = &NOTICES[SUBJECTS.1[found.pattern().as_usize()]];
    let by_service =
        super::notification::is_role_address(facts) || LOCAL_PARTS.contains(&facts.local_part());
    let said: Vec<&str> = notice
        .texts
        .iter()
        .copied()
        .filter(|term| stands(&text.body, term))
        .collect();
    if !by_service || said.len() < if notice.twice { 2 } else { 1 } {
        return None;
    }
    // "I'm satisfied" is a button.
    let rest = said
        .iter()
        .fold(text.body.to_string(), |rest, term| rest.replace(term, " "));
    // "Please do not share it" is said by services.
    let rest = [
        "do not share",
        "do not reply",
        "ne partagez pas",
        "nicht weiter",
    ]
    .iter()
    .fold(rest, |rest, term| rest.replace(term, " "));
    (!super::terms::speaks_of_self(&rest)
        && !super::terms::complains(&rest)
        && first_of(&rest, super::report::BUTS).is_none()
        && (notice.asks || first_of(&rest, OF_PEOPLE).is_none())
        // A survey asks for something, and so may who names somebody.
        && (notice.asks || !super::terms::asks(&rest) && !super::note::requests(facts.own_words))
        && !super::person::is_signed_within(facts.own_words, &facts.author()))
    .then(|| {
        (
            MailKind::Notification,
            "notice_text",
            format!("Subject: {subject}"),
        )
    })
}

/// Whether a term stands in a text, and not at the end of another word: `zufrieden` within `unzufrieden`.
fn stands(text: &str, term: &str) -> bool {
    text.match_indices(term)
        .any(|(at, _)| super::said::is_wide(term) || !text[..at].ends_with(char::is_alphabetic))
}
