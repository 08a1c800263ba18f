//! Legal boilerplate at the end of a mail.

use std::sync::LazyLock;

use super::line::Line;
use crate::lexicon::Lexicon;
use crate::lower_case::LowerCase;

/// Strong phrases, lower case: one in the last paragraphs makes a disclaimer.
#[rustfmt::skip]
const STRONG: &[&str] = &[
    "intended recipient", "intended solely for", "intended only for", "confidentiality notice",
    "privileged and confidential", "legally privileged", "this e-mail and any attachments",
    "this email and any attachments", "this message and any attachments", "may contain confidential",
    "is confidential and", "contains confidential", "please consider the environment",
    "think before you print", "disclaimer:", "diese e-mail enthält vertrauliche",
    "diese e-mail kann vertrauliche", "vertrauliche und/oder rechtlich", "nicht der richtige adressat",
    "vertraulichkeitshinweis", "ce message et toutes les pièces jointes", "ce message est confidentiel",
    "ce courriel peut contenir", "ce courriel et ses", "ce courriel et toutes", "ce courriel par erreur", "ce courriel est confidentiel", "ce courriel est destiné", "ce courriel contient des informations", "avis de confidentialité", "exclusivement à l'intention", "niniejsza wiadomość",
    "treść tej wiadomości", "wiadomość ta może zawierać", "本邮件及其附件", "本邮件含有", "este mensaje y sus archivos",
    "este mensaje es confidencial", "questo messaggio e i", "questo messaggio e gli", "questo messaggio e negli", "questo messaggio è riservato", "questo messaggio è destinato", "questo messaggio e' ", "questo messaggio per errore", "questo messaggio può contenere", "questo messaggio contiene informazioni", "esta mensagem e seus", "esta mensagem e os", "esta mensagem e quaisquer", "esta mensagem é confidencial", "esta mensagem é destinada", "esta mensagem por engano", "esta mensagem contém informa",
];

#[rustfmt::skip]
const MORE: &[&str] = &[
    "le informazioni contenute in quest", "esta mensagem pode conter", "dit e-mailbericht", "deze e-mail en", "本メールには",
    "このメールには", "este correo electrónico y sus", "este correo electrónico y cualquier", "este correo electrónico por error", "este correo electrónico puede contener", "este correo electrónico es confidencial", "este correo electrónico contiene información", "este correo electrónico está dirigido", "dit bericht is", "de informatie in dit", "le informazioni contenute",
    "本電子メール", "当メールには", "本メールおよび", "このメールは機密", "este email y sus", "este email e seus", "este email por engano", "este email pode conter", "este email puede contener", "este email es confidencial", "este email contém informa", "este email contiene información", "ce message et ses pièces jointes", "ce mail peut contenir", "ce mail et ses", "ce mail et toutes", "ce mail par erreur", "ce mail est confidentiel", "ce mail est destiné", "ce mail contient des informations", "cet e-mail peut contenir", "cet e-mail et ses", "cet e-mail et toutes", "cet e-mail par erreur", "cet e-mail est confidentiel", "cet e-mail est destiné", "cet e-mail contient des informations", "this communication is", "this communication may", "this communication and", "this communication, ", "bu e-posta", "any unauthorized", "ta wiadomość i jej", "ta wiadomość i wszelkie", "ta wiadomość i załącz", "ta wiadomość oraz", "wiadomość i jej załączniki", "ta wiadomość jest poufna", "les informations contenues dans ce", "unauthorised use", "received this e-mail in error", "received this email in error",
];

/// How disclaimers begin that say what they are, and what companies say of themselves there, by language.
#[rustfmt::skip]
const NOTICES: &[&str] = &[
    // en
    "email and any files transmitted", "e-mail and any files transmitted", "content of this email is confidential", "content of this e-mail is confidential",
    "contents of this e-mail", "this e-mail is confidential", "this email is confidential", "communication may contain privileged",
    "accepts no liability", "accept no liability", "privileged/confidential information", "confidential information may be contained",
    "intended for the recipient", "not the addressee indicated", "check this email and any attachments", "check this e-mail and any attachments",
    // de
    "inhalt dieser nachricht", "inhalt dieser e-mail", "inhalt dieser mail", "nachricht ist vertraulich", "e-mail ist vertraulich", "nachricht ist ausschließlich",
    "e-mail ist ausschließlich", "vorgesehene empfänger", "beabsichtigte empfänger", "bezeichneten adressaten", "nur für den adressaten", "irrtümlich erhalten",
    // fr
    "contenue dans ce courriel", "contenue dans ce message", "contenues dans cet e-mail", "susceptibles d'altération", "susceptibles d’altération", "destiné exclusivement", "n'êtes pas le destinataire", "n’êtes pas le destinataire",
    // pl
    "informacja zawarta w tej", "informacje zawarte w tej", "treść niniejszej wiadomości", "wiadomość jest przeznaczona wyłącznie", "administratorem państwa danych", "administratorem pani/pana danych", "klauzula informacyjna", "klauzula poufności",
    // zh
    "本邮件内容", "此电子邮件及其", "此邮件及其", "本邮件及附件", "本郵件及其", "本郵件及附件", "此郵件", "本电子邮件", "本信件",
    // es
    "este mensaje va dirigido", "este mensaje se dirige", "reglamento general de protección de datos", "aviso de confidencialidad", "cláusula de confidencialidad", "este mensaje, y en su caso",
    // it
    "informativa privacy", "avviso di riservatezza", "questa comunicazione è", "presente comunicazione", "presente messaggio", "questa e-mail è riservata", "questa email è riservata",
    // pt
    "aviso de confidencialidade", "mensagem é destinada", "mensagem destina-se", "esta mensagem, incluindo",
    // nl
    "dit e-mailbericht", "deze e-mail is uitsluitend", "dit bericht is uitsluitend", "informatie in deze e-mail", "inhoud van dit bericht", "inhoud van deze e-mail",
    // ja
    "この電子メール", "このメールおよび", "本メールは", "このメッセージには", "機密情報を含む",
];

/// Requests to spare paper: one line of its own.
#[rustfmt::skip]
const PAPER: &[&str] = &[
    "environment before printing", "before you print", "before printing this", "umwelt zuliebe", "denken sie an die umwelt", "an die umwelt, bevor", "bevor sie diese mail ausdrucken", "bevor sie diese e-mail ausdrucken", "avant d'imprimer", "avant d’imprimer",
    "zanim wydrukujesz", "przed wydrukowaniem", "打印此邮件前", "打印前请", "打印本邮件", "列印此郵件", "antes de imprimir", "prima di stampare", "voordat u deze e-mail", "voordat je deze e-mail", "印刷する前に",
];

/// What companies must say of themselves, lower case: entries of registers and numbers of taxes.
#[rustfmt::skip]
const REGISTERS: &[&str] = &[
    "registered in england", "registered in scotland", "registered office", "registered number", "company number", "company no", "registration number", "registered company", "vat", "amtsgericht",
    "handelsregister", "registergericht", "hrb", "hra", "ust-id", "ustid", "geschäftsführer", "geschäftsführung", "geschäftsführerin", "vorstand", "aufsichtsrat", "sitz der gesellschaft", "stammkapital", "steuernummer", "rcs", "siret", "siren", "capital social",
    "au capital de", "tva", "krs", "nip", "regon", "kapitał zakładowy", "sąd rejonowy", "统一社会信用代码", "注册地址", "法定代表人", "税号", "registro mercantil", "cif", "nif", "partita iva", "p.iva", "p. iva", "codice fiscale", "capitale sociale",
    "registro imprese", "rea", "nipc", "cnpj", "conservatória", "kvk", "btw", "法人番号", "登記", "資本金", "代表取締役",
];

/// Who asks or tells something is no register.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "please", "bitte", "proszę", "prosimy", "merci de", "veuillez", "por favor", "per favore", "graag", "请", "ください", "we", "our", "wir", "unser", "unsere", "nous", "notre",
    "nasz", "my", "mein", "meine", "error", "fehler", "erreur", "błąd",
];

/// Supporting phrases: two with a strong one in a paragraph that is long enough.
#[rustfmt::skip]
const SUPPORT: &[&str] = &[
    "delete", "recipient", "confidential", "privileged", "notify the sender", "copying", "dissemination",
    "distribution", "prohibited", "viruses", "liability", "löschen", "absender", "vertraulich",
    "confidentiel", "destinataire", "poufn", "adresat", "nadawc", "保密", "收件人", "立即通知", "删除本邮件", "错收",
    "误收", "environment", "destinatario", "por error", "confidencial", "elimin", "riservat", "per errore", "destinatário",
    "por engano", "confidenciais", "vertrouwelijk", "geadresseerde", "abusievelijk", "機密", "誤って", "削除",
    "sender of this", "do not copy", "may not copy", "disclosing", "disclosure", "solely", "no liability", "views or opinions", "virus", "addressee", "empfänger", "adressat", "irrtümlich", "weitergabe", "vervielfältigung", "kenntnisnahme", "löschung", "ausschließlich", "supprimer", "altéré", "falsifié", "responsabilité", "uniquement", "danych osobowych", "rodo", "przetwarz", "wyłącznie", "zastrzeżone", "商业秘密", "未经授权", "转发", "删除", "機密", "刪除", "仅供", "指定收件人", "機密資訊", "寄件人", "exclusiv", "datos", "finalidad", "tratados", "esclusiv", "gdpr", "cancell", "apague", "não autorizado", "uitsluitend", "verwijder", "ontvang", "bestemd", "送信者", "宛先", "par erreur", "détruire", "l'expéditeur", "sans autorisation", "usunięci", "przeznaczon", "omyłkowo",
];

/// Longest paragraph that is read.
const PARAGRAPH_BYTES: usize = 20_000;

/// The first line of a disclaimer that ends `lines`.
pub(super) fn find(lines: &[Line<'_>]) -> Option<usize> {
    let end = lines.iter().rposition(|line| !line.is_blank())? + 1;
    let start = end.saturating_sub(45);
    // Paragraphs from the end upwards, as long as they read like a disclaimer.
    let mut first = None;
    let mut bottom = end;
    for _ in 0..6 {
        let Some(last) = lines[start..bottom]
            .iter()
            .rposition(|line| !line.is_blank())
            .map(|position| start + position)
        else {
            break;
        };
        let mut top = last;
        while top > start && !lines[top - 1].is_blank() && !is_rule(&lines[top - 1]) {
            top -= 1;
        }
        if lines[last].end - lines[top].start > PARAGRAPH_BYTES {
            break;
        }
        let paragraph = lines[top..=last]
            .iter()
            .map(|line| line.text.lower_case())
            .collect::<Vec<_>>()
            .join(" ");
        if reads_like_one(&paragraph) {
            first = Some(top);
        } else if is_register(&paragraph) {
            // The name and the contacts above the entries are a signature's.
            first = (top..=last).find(|index| {
                REGISTERS
                    .iter()
                    .any(|term| stands(&lines[*index].text.to_lowercase(), term))
            });
        } else if !is_rule(&lines[last]) && paragraph.len() > 120 {
            break;
        }
        bottom = top;
    }
    let mut first = first?;
    // A paragraph may hold the last words and, without a blank line, the disclaimer.
    if let Some(inside) = (first..end).find(|index| begins_one(lines[*index].text)) {
        first = inside;
    }
    while first > 0
        && (is_rule(&lines[first - 1])
            || lines[first - 1].is_blank() && first > 1 && is_rule(&lines[first - 2]))
    {
        first -= 1;
    }
    Some(first)
}

fn is_rule(line: &Line<'_>) -> bool {
    line.is_rule_of(&['_', '-', '=', '*', '~', '#'], 5)
}

/// [`STRONG`] and [`MORE`].
static PHRASES: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::new(&[STRONG, MORE, NOTICES].concat()));

fn reads_like_one(paragraph: &str) -> bool {
    let support = || {
        SUPPORT
            .iter()
            .filter(|phrase| paragraph.contains(**phrase))
            .count()
    };
    paragraph.len() > 40
        && PHRASES.stand_in(paragraph)
        && !is_personal(paragraph)
        && (support() >= 2
            || paragraph.contains("consider the environment")
            || paragraph.contains("think before you print"))
        || spares_paper(paragraph)
}

/// Whether a term stands in a paragraph as a word of its own; a number may follow at once.
fn stands(paragraph: &str, term: &str) -> bool {
    let letter = |character: char| character.is_ascii_alphanumeric();
    paragraph.match_indices(term).any(|(at, _)| {
        let before = paragraph[..at].chars().next_back();
        let after = paragraph[at + term.len()..].chars().next();
        !before.is_some_and(letter)
            && !after.is_some_and(|after| letter(after) && !after.is_ascii_digit())
    })
}

/// Whether somebody speaks of himself, which no disclaimer does.
fn is_personal(paragraph: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "my", "me", "ich", "mein", "meine", "meinen", "meiner", "mir", "mich", "mon", "moi", "j", "mnie", "mój", "moje", "moją", "mi", "io", "mio", "mia",
        "recebi", "meu", "minha", "ik", "mijn", "yo",
    ];
    paragraph
        .split(|character: char| !character.is_alphanumeric())
        .any(|word| WORDS.contains(&word))
        || paragraph
            .match_indices('我')
            .any(|(at, own)| !paragraph[at + own.len()..].starts_with(['们', '司', '方', '公']))
        || [
            "私の",
            "私は",
            "je vous",
            "i have",
            "i am",
            "i received",
            "i got",
            "i want",
            "i need",
            "i can",
            "je ne",
            "je suis",
            "otrzymałem",
            "otrzymałam",
            "proszę mi",
        ]
        .iter()
        .any(|words| stands(paragraph, words))
}

/// Whether a short paragraph asks not to be printed.
fn spares_paper(paragraph: &str) -> bool {
    paragraph.len() < 260
        && !paragraph.ends_with('?')
        && PAPER.iter().any(|phrase| paragraph.contains(phrase))
        && !paragraph.contains(|character: char| character.is_ascii_digit())
        && [
            "umwelt",
            "environment",
            "environnement",
            "środowisk",
            "保护环境",
            "爱护环境",
            "考虑环境",
            "環境",
            "環保",
            "环保",
            "ambient",
            "milieu",
        ]
        .iter()
        .any(|word| paragraph.contains(word))
}

/// Entries of registers and numbers of taxes, three of them, or two and the form of a company, and nobody who asks.
fn is_register(paragraph: &str) -> bool {
    if paragraph.len() > 700 || paragraph.contains(['?', '？', '!']) {
        return false;
    }
    // Somebody speaks of them.
    let spoken = [
        "wrong",
        "reject",
        "missing",
        "incorrect",
        "new ",
        "old ",
        "falsch",
        "fehl",
        "neue",
        "alte",
        "ist ",
        "faux",
        "fausse",
        "manqu",
        "erron",
        "nouve",
        "ancien",
        "błęd",
        "brak",
        "now",
        "star",
        "错误",
        "缺",
        "不对",
    ];
    if spoken.iter().any(|word| paragraph.contains(word)) {
        return false;
    }
    let entries = REGISTERS
        .iter()
        .filter(|term| stands(paragraph, term))
        .take(3)
        .count();
    let company = || {
        [
            "gmbh",
            "ltd",
            "limited",
            "inc",
            "llc",
            "ag",
            "kg",
            "sp. z o.o",
            "s.a",
            "sas",
            "sarl",
            "s.l",
            "s.r.l",
            "srl",
            "s.p.a",
            "b.v",
            "bv",
            "lda",
            "plc",
        ]
        .iter()
        .any(|form| stands(paragraph, form))
            || paragraph.contains("公司")
            || paragraph.contains("株式会社")
    };
    (entries >= 3 || entries == 2 && company())
        && !ASKING.iter().any(|word| stands(paragraph, word))
}

/// What scanners for viruses put below a mail: it was checked, by whom, perhaps an address of the web. `below` are the
/// filled lines behind it.
pub(super) fn is_scanner_notice(text: &str, below: usize) -> bool {
    const CHECKED: [&str; 16] = [
        "checked for viruses",
        "scanned for viruses",
        "scanned for spam",
        "virus-free",
        "auf viren geprüft",
        "auf viren überprüft",
        "virenfrei",
        "sprawdzona pod kątem",
        "sprawdzone pod kątem",
        "wolna od wirusów",
        "nie zawiera wirusów",
        "absence de virus",
        "vérifié par le logiciel antivirus",
        "sans virus",
        "libre de virus",
        "privo di virus",
    ];
    const BEGINS: [&str; 13] = [
        "this e",
        "this message",
        "virus-free",
        "diese ",
        "virenfrei",
        "l'absence",
        "l’absence",
        "cet e",
        "ce courri",
        "sans virus",
        "ta wiadomość",
        "libre de virus",
        "este ",
    ];
    if below > 2 || text.len() > 160 || text.ends_with('?') {
        return false;
    }
    let lower = text.lower_case();
    BEGINS.iter().any(|begin| lower.starts_with(begin))
        && CHECKED.iter().any(|checked| lower.contains(checked))
        && lower.split_whitespace().count() <= 16
        && !lower.contains(',')
}

/// A line that begins a disclaimer in the middle of a paragraph.
fn begins_one(text: &str) -> bool {
    let lower = text.lower_case();
    let lower = lower.trim_start_matches(|character: char| !character.is_alphanumeric());
    [
        "this e-mail",
        "this email",
        "this message",
        "the information",
        "confidentiality",
        "disclaimer",
        "diese e-mail",
        "diese nachricht",
        "der inhalt dieser",
        "wichtiger hinweis",
        "ce message",
        "avertissement",
        "aviso legal",
        "aviso:",
        "声明：",
        "保密提示",
        "保密声明",
        "niniejsza",
        "este mensaje",
        "este correo",
        "questo messaggio",
        "本邮件",
        "important notice",
        "notice:",
        "privileged",
        "esta mensagem",
        "dit bericht",
        "please consider",
        "think before",
    ]
    .iter()
    .any(|start| lower.starts_with(start))
}
