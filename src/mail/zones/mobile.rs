//! What devices and mail programs put below a mail: `Sent from my iPhone` and kin.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::line::Line;

/// The lines that devices put: each alone, for the sender may go on below it. A link right below belongs to its line.
pub(super) fn find(lines: &[Line<'_>], content: &[bool]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let link = || {
            found.last().is_some_and(|above| above + 1 == index)
                && line.text.starts_with('<')
                && line.text.contains("http")
        };
        let another = || found.last().is_some_and(|above| above + 1 == index) && is_kin(line.text);
        if line.depth == 0
            && !line.is_blank()
            && !content[index]
            && (is_mobile(line.text) || link() || another())
        {
            found.push(index);
        }
    }
    found
}

/// Whether a line right below a device's line is another one, of a device that nobody knows.
fn is_kin(text: &str) -> bool {
    let text = text.trim_start_matches(['<', '(', '[', '*', '_', ' ']);
    let start: String = text.chars().take(9).flat_map(char::to_lowercase).collect();
    ["sent from", "sent by", "sent via", "from my "]
        .iter()
        .any(|words| start.starts_with(words))
        && text.split_whitespace().count() <= 8
        && !text.contains(": ")
        && !text.ends_with(['?', '.'])
}

#[rustfmt::skip]
const MOBILE_STARTS: &[&str] = &[
    "sent from my", "sent from mail for", "sent from outlook", "sent from yahoo", "sent from typeapp",
    "sent from windows mail", "sent from a mobile", "sent from an", "sent from proton", "sent from samsung",
    "sent from blue", "sent via", "sent with", "sent by my", "get outlook for", "sent on the go",
    "sent on the move", "sent from the", "von meinem", "gesendet von", "gesendet mit",
    "diese nachricht wurde von meinem", "envoyé de mon", "envoyé depuis", "envoyé à partir de", "envoyé avec",
    "télécharger outlook", "wysłano z", "wysłane z", "wysłane przez", "wysłano przez", "wiadomość wysłana z", "diese mail wurde von meinem", "diese e-mail wurde von meinem", "provenance : courrier", "envoyé via", "enviado por", "enviado via", "enviado con", "verstuurd met", "verzonden met", "verstuurd via", "verzonden via", "このメールはiphone", "发自我的", "来自我的", "来自 iphone", "来自iphone", "发自手机", "来自手机", "發自我的", "從我的", "发送自", "enviado desde", "enviado do",
    "enviado de mi", "inviato da", "inviato dal", "inviato con", "invio dal", "messaggio inviato da", "enviado a partir", "verzonden vanaf", "verstuurd vanaf",
    "iphoneから送信", "sendt fra", "skickat från", "az iphone-omról", "verzonden vanuit", "sent using",
    "أُرسلت من", "أرسلت من", "נשלח מה",
];

#[rustfmt::skip]
const MOBILE_MORE: &[&str] = &[
    "отправлено с", "sent from spark", "sent from mailspring", "von unterwegs gesendet", "lähetetty", "outlook für", "outlook pour", "pobierz program outlook", "获取 outlook",
    "obter o outlook", "obtener outlook", "ottieni outlook", "outlook voor", "holen sie sich outlook", "téléchargez outlook", "scarica outlook",
    "descargar outlook", "baixe o outlook", "baixar o outlook", "pobierz aplikację outlook", "outlook downloaden",
    "hämta outlook", "hent outlook", "下载适用于", "获取适用于", "下載", "outlook for ios を", "outlook for android を", "trimis de pe", "odesláno z",
    "sent from iphone", "sent from blackberry", "私のiphoneから", "从 windows", "從 windows", "从windows", "nie zawracaj", "надіслано з", "στάλθηκε από",
];

/// What such a line may name.
#[rustfmt::skip]
const MOBILE_THINGS: &[&str] = &[
    "iphone", "ipad", "ipod", "android", "blackberry", "samsung", "galaxy", "huawei", "xiaomi", "redmi",
    "oneplus", "nokia", "sony", "xperia", "htc", "motorola", "moto", "lg", "windows", "outlook", "yahoo",
    "phone", "mobile", "smartphone", "tablet", "handy", "telefon", "téléphone", "telefoon", "móvil",
    "celular", "cellulare", "mobil", "wiko", "pixel", "nexus", "gmail", "typeapp", "bluemail", "proton",
    "k-9", "spark", "ios", "device", "app", "gerät", "appareil", "urządzenia", "dispositivo", "handheld",
    "wireless", "onet", "interia", "o2", "libero", "gmx", "web.de", "t-online", "orange", "laposte", "sfr", "treo", "palm", "手机", "airmail", "mac", "thunderbird", "boxer", "ipada", "ipadzie", "iphonea", "unterwegs", "mailspring",
];

/// Mail itself, which letters are sent by as well: such a line names it where it tells what it was sent from, not by what way.
const MAIL: &[&str] = &["mail", "courrier", "posta", "correo", "poczta", "poczty"];

/// Beginnings that tell the way.
#[rustfmt::skip]
const WAYS: &[&str] = &[
    "sent via", "sent with", "sent using", "gesendet mit", "envoyé avec", "envoyé via", "wysłane przez", "wysłano przez", "enviado por", "enviado via", "enviado con", "verstuurd met", "verzonden met",
    "verstuurd via", "verzonden via", "inviato con",
];

/// Verbs and persons of a sentence, which such a line is not.
#[rustfmt::skip]
const TELLING: &[&str] = &[
    "is", "are", "was", "were", "they", "it", "we", "ist", "sind", "war", "waren", "kommt", "kommen", "wird", "werden", "wir", "es",
    "est", "sont", "était", "nous", "elles", "jest", "są", "był", "były",
];

/// The first two letters of such lines: most lines are dismissed by theirs.
static MOBILE_LETTERS: LazyLock<HashSet<String>> = LazyLock::new(|| {
    MOBILE_STARTS
        .iter()
        .chain(MOBILE_MORE)
        .map(|start| first_letters(start))
        .collect()
});

fn first_letters(text: &str) -> String {
    text.chars().take(2).flat_map(char::to_lowercase).collect()
}

/// `从我的小米手机发送`, `发自网易邮箱大师`: who sent it closes or opens the line, and no sentence is made of it.
fn is_chinese(text: &str) -> bool {
    let opens = text.starts_with("发自") || text.starts_with("發自");
    let closes = text.starts_with(['从', '從']) && text.ends_with(['送', '出']);
    if !opens && !closes || text.len() > 90 || text.contains(['，', '。', '？', '！']) {
        return false;
    }
    let lower = text.to_lowercase();
    [
        "邮箱",
        "手机",
        "邮件",
        "客户端",
        "大师",
        "手機",
        "郵件",
        "信箱",
        "平板",
        "mail",
        "outlook",
        "phone",
        "pad",
        "android",
    ]
    .iter()
    .any(|thing| lower.contains(thing))
        && (opens
            || ["发送", "发出", "發送", "寄出"]
                .iter()
                .any(|verb| lower.ends_with(verb)))
}

pub(super) fn is_mobile(text: &str) -> bool {
    if text.len() > 160 || text.is_empty() {
        return false;
    }
    let text = text.trim_start_matches(['*', '_', '-', '[', '(', ' ', '"']);
    if is_chinese(text) {
        return true;
    }
    let last = (text.ends_with("から送信") || text.ends_with("から送信されました"))
        || text.ends_with("gesendet");
    if !last && !MOBILE_LETTERS.contains(&first_letters(text)) {
        return false;
    }
    let lower = text.to_lowercase();
    let lower = lower.as_str();
    if !MOBILE_STARTS
        .iter()
        .chain(MOBILE_MORE)
        .any(|start| lower.starts_with(start))
    {
        // `Mit freundlichen Grüßen` and others put the device last: `Meinem iPhone gesendet`.
        return lower.ends_with("から送信")
            || lower.ends_with("から送信されました")
            || lower.ends_with("iphone gesendet");
    }
    let own_thing = lower.starts_with("sent from my ")
        || ["发自我的", "来自我的", "發自我的", "從我的"]
            .iter()
            .any(|own| lower.contains(own));
    let words = lower.split_whitespace().count();
    let way = WAYS.iter().any(|way| lower.starts_with(way));
    let mail = MAIL.iter().filter(|_| !way);
    let named = MOBILE_THINGS.iter().chain(mail).any(|thing| {
        lower
            .split(|character: char| !character.is_alphanumeric() && character != '-')
            .any(|word| word == *thing || thing.len() > 4 && word.starts_with(thing))
            || thing.len() > 5 && lower.contains(thing)
    });
    let link = lower.contains("http");
    // `Sent from my shop account: 12 parcels` says what was sent.
    let told = lower
        .split_once([':', '：'])
        .is_some_and(|(before, value)| {
            !link && !before.ends_with(' ') && value.bytes().any(|byte| byte.is_ascii_digit())
        });
    if told {
        return false;
    }
    let polite = ["excuse", "sorry", "brevity"]
        .iter()
        .any(|word| lower.contains(word));
    // "Sent from my iPhone the photos are upside down. Why?"
    let asks = lower.ends_with(['?', '？']) && !link;
    let tells =
        words > 6 && !polite && lower.split_whitespace().any(|word| TELLING.contains(&word));
    if asks || tells {
        return false;
    }
    // `Sent via the Samsung Galaxy S21, an AT&T 5G smartphone`
    let described = lower.split_once(", ").is_some_and(|(_, rest)| {
        (rest.starts_with("an ") || rest.starts_with("a "))
            && rest.split_whitespace().count() <= 5
            && !rest.contains(" uses ")
            && !rest.contains(" on ")
            && !rest.contains(" of ")
            && ["smartphone", "phone", "tablet", "device", "handset"]
                .iter()
                .any(|thing| rest.trim_end_matches('.').ends_with(thing))
    });
    let sentence = lower.contains(", ") && words > 7 && !described;
    if sentence && !polite {
        return false;
    }
    (named && words <= 16)
        || link
        || own_thing && words <= 9
        || lower.starts_with("sent from a ") && words <= 9
}
