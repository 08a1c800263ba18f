//! Texts that are nothing but an announcement: somebody is away, or a message has arrived. Judged by their shape: every
//! sentence is of a kind that such announcements are made of, and none says anything else.

use super::terms::{first_of, fold};

/// What a text announces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Note {
    /// What it is about.
    pub(super) about: About,
    /// The words that say so.
    pub(super) term: &'static str,
    /// They are Chinese or Japanese, where a whole notice is two short clauses.
    pub(super) wide: bool,
    /// How many kinds of further sentences it holds: thanks, when somebody is back, whom to ask, what happens next.
    pub(super) parts: usize,
}

/// The two announcements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Somebody is away, or an office is closed.
    Absence,
    /// A message has arrived and will be looked at.
    Arrival,
}

/// Longest announcement in bytes, and most sentences of it.
const BYTES_MAX: usize = 1_200;
const SENTENCES_MAX: usize = 14;
/// What is announced is said by the third sentence: behind a greeting and thanks.
const SAID_WITHIN: usize = 3;

/// Reads a text as an announcement.
pub(super) fn of(text: &str) -> Option<Note> {
    if text.len() > BYTES_MAX || text.contains(['?', '？']) || names_code(text) {
        return None;
    }
    let sentences = sentences(text);
    if sentences.is_empty() || sentences.len() > SENTENCES_MAX {
        return None;
    }
    // Most texts are dismissed here.
    let (about, term) = sentences
        .iter()
        .take(SAID_WITHIN)
        .find_map(|sentence| announcement(sentence))?;
    let mut parts = [false; PARTS.len()];
    for sentence in &sentences {
        if wants_more(sentence) {
            return None;
        }
        let mut known = announcement(sentence).is_some();
        for (part, terms) in parts.iter_mut().zip(PARTS) {
            if first_of(sentence, terms).is_some() {
                *part = true;
                known = true;
            }
        }
        if !known && !is_courtesy(sentence) && !is_contact(sentence) {
            return None;
        }
    }
    Some(Note {
        about,
        term,
        wide: is_wide(term),
        parts: parts.iter().filter(|part| **part).count(),
    })
}

/// Whether a folded text speaks of trouble, or asks or promises something.
pub(super) fn wants_more(text: &str) -> bool {
    first_of(text, TROUBLE).is_some()
}

fn announcement(sentence: &str) -> Option<(About, &'static str)> {
    if let Some(term) = first_of(sentence, AWAY)
        && (first_of(sentence, FIRST_PERSON).is_some() || !term.is_ascii() && is_wide(term))
    {
        return Some((About::Absence, term));
    }
    if let Some(term) = first_of(sentence, CLOSED) {
        return Some((About::Absence, term));
    }
    first_of(sentence, ARRIVED).map(|term| (About::Arrival, term))
}

fn is_wide(text: &str) -> bool {
    text.chars().any(|character| (character as u32) >= 0x2e80)
}

/// The sentences, folded. A blank line ends one, a full stop behind a digit (`10.03.`) does not.
fn sentences(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut before = ' ';
    let mut rest = text.char_indices().peekable();
    while let Some((at, character)) = rest.next() {
        let next = rest.peek().map_or(' ', |(_, next)| *next);
        let ends = match character {
            '。' | '！' | '!' | '；' => true,
            '.' => next.is_whitespace() && (!before.is_ascii_digit() || next == '\n'),
            '\n' => text[at + 1..]
                .lines()
                .next()
                .is_some_and(|line| line.trim().is_empty()),
            _ => false,
        };
        if ends {
            found.push(&text[start..at]);
            start = at + character.len_utf8();
        }
        before = character;
    }
    found.push(&text[start..]);
    found
        .into_iter()
        .map(|sentence| fold(sentence.trim(), BYTES_MAX))
        .filter(|sentence| sentence.chars().any(char::is_alphanumeric))
        .collect()
}

/// Whether a word is written as in programs: `getOrders`, `HTTP_403`, `a.b()`.
fn names_code(text: &str) -> bool {
    text.split_whitespace()
        .filter(|word| !word.contains(['@', '/']))
        .any(|word| {
            let mut letters = word.chars();
            let mut before = letters.next().unwrap_or(' ');
            let humped = letters.any(|letter| {
                let hump = before.is_lowercase() && letter.is_uppercase();
                before = letter;
                hump
            });
            humped || word.contains(['_', '{', '=', '<'])
        })
}

/// A greeting, a sign-off, a name: a few words without a digit.
fn is_courtesy(sentence: &str) -> bool {
    let wide = sentence
        .chars()
        .filter(|character| (*character as u32) >= 0x2e80)
        .count();
    wide <= 8
        && sentence.split_whitespace().count() <= 6
        && !sentence.contains(|character: char| character.is_ascii_digit())
}

/// An address or a telephone number with a few words around it.
fn is_contact(sentence: &str) -> bool {
    let digits = sentence.bytes().filter(u8::is_ascii_digit).count();
    sentence.split_whitespace().count() <= 12 && (sentence.contains('@') || digits >= 7)
}

/// What somebody writes who wants something else as well.
#[rustfmt::skip]
const TROUBLE: &[&str] = &[
    "will test", "will try", "will check", "to test", "teste ", "testen", "probiere", "prüfe ", "je testerai", "j'essaierai", "je vérifierai",
    "przetestuję", "sprawdzę", "spróbuję", "测试", "probaré", "proverò", "testarei",
    "error", "fail", "does not work", "doesn't work", "not working", "attached", "still ", "could you", "can you",
    "please check", "please send", "please look", "i will send", "i'll send", "request id", "before then", "before that", "by then", "answer before", "reply before",
    "please answer", "please reply", "reply by", "bitte antworten", "um antwort bis", "bitte um", "proszę o odpowiedź", "proszę odpowiedzieć",
    "order", "bestell", "commande", "zamówieni", "订单", "pedido", "ordine", "encomenda", "注文",
    "auto reply says", "automatic reply says", "your out of office", "your auto",
    "fehler", "funktioniert nicht", "weiterhin", "anbei", "bitte prüfen", "bitte senden", "bitte schicken", "können sie",
    "könnten sie", "melden sie sich vorher", "davor",
    "erreur", "ne fonctionne", "toujours", "ci-joint", "pouvez-vous", "pourriez-vous", "merci de vérifier", "merci de répondre", "merci de m'envoyer",
    "błąd", "błęd", "nie działa", "nadal", "w załączeniu", "proszę sprawdzić", "proszę przesłać", "czy mog",
    "错误", "失败", "报错", "仍然", "仍未", "附件", "请检查", "请帮", "请发", "请在", "怎么", "能否", "是否", "无法使用",
    "no funciona", "adjunto", "por favor revise", "podría", "puede usted", "errore", "non funziona", "in allegato", "potrebbe",
    "erro ", "não funciona", "em anexo", "poderia", "fout", "werkt niet", "bijgevoegd", "kunt u mij", "kunt u het", "kunt u dit", "エラー", "添付", "動きません",
];

/// How a person speaks of himself; present and future.
#[rustfmt::skip]
const FIRST_PERSON: &[&str] = &[
    "i am ", "i'm ", "i will be ", "i'll be ", "i have ", "ich bin ", "bin ich ", "ich habe ", "befinde ich mich", "ich befinde", "je suis ", "je serai ",
    "jestem ", "przebywam ", "będę ", "nie ma mnie", "estoy ", "estaré ", "me encuentro", "sono ", "sarò ", "mi trovo", "estou ", "estarei ",
    "encontro-me", "ik ben ", "ben ik ", "我",
];

/// Where he is when he does not answer.
#[rustfmt::skip]
const AWAY: &[&str] = &[
    "out of the office", "out of office", "out of my office", "away from the office", "away from my desk", "not in the office", "on vacation", "on holiday",
    "on annual leave", "on leave", "on parental leave", "on maternity leave", "on paternity leave", "on sick leave",
    "on a business trip", "travelling", "traveling", "currently away",
    "im urlaub", "in urlaub", "nicht im büro", "nicht im haus", "außer haus", "ausser haus", "abwesend", "in elternzeit", "auf dienstreise",
    "nicht an meinem arbeitsplatz", "nicht erreichbar", "krankgeschrieben",
    "absent", "en congé", "en vacances", "en déplacement", "pas au bureau", "hors du bureau", "en arrêt maladie",
    "na urlopie", "poza biurem", "nieobecn", "nie ma mnie w biurze", "w delegacji", "na zwolnieniu", "w podróży służbowej",
    "休假", "放假", "请假", "年假", "不在办公室", "出差", "外出中", "正在外出", "産休", "产假",
    "fuera de la oficina", "de vacaciones", "ausente", "de baja", "de viaje",
    "fuori ufficio", "fuori sede", "in ferie", "assente", "in vacanza", "fora do escritório", "de férias", "em férias", "em viagem",
    "afwezig", "op vakantie", "met vakantie", "met verlof", "niet op kantoor",
    "不在にして", "不在と", "休暇をいただ", "休暇中", "出張中", "出張して", "休業",
];

/// Offices that are closed.
#[rustfmt::skip]
const CLOSED: &[&str] = &[
    "office is closed", "offices are closed", "office will be closed", "büro ist geschlossen", "büro bleibt geschlossen", "betriebsferien",
    "bureaux sont fermés", "bureau est fermé", "bureaux seront fermés", "biuro jest nieczynne", "biuro jest zamknięte", "biuro będzie nieczynne", "公司放假", "办公室关闭",
    "oficina está cerrada", "oficinas están cerradas", "ufficio è chiuso", "uffici sono chiusi", "escritório está fechado", "kantoor is gesloten",
];

/// A message has arrived.
#[rustfmt::skip]
const ARRIVED: &[&str] = &[
    "we have received your", "we've received your", "we received your", "your message has been received", "your email has been received", "your e-mail has been received",
    "your request has been received", "your enquiry has been received", "your inquiry has been received", "has been received and", "a ticket has been", "ticket number is", "case number is", "your reference number",
    "wir haben ihre", "ihre nachricht ist bei uns eingegangen", "ihre anfrage ist bei uns", "ihre e-mail ist bei uns", "ihre anfrage wurde", "ihr anliegen wurde",
    "eingang ihrer", "ticketnummer lautet", "vorgangsnummer lautet", "unter der ticketnummer", "unter der vorgangsnummer",
    "nous avons bien reçu", "nous avons reçu", "votre message a bien été", "votre demande a bien été", "votre demande a été", "accusons réception", "numéro de dossier", "numéro de ticket",
    "otrzymaliśmy", "twoja wiadomość została", "twoje zgłoszenie zostało", "państwa zgłoszenie zostało", "państwa wiadomość została", "zgłoszenie zostało zarejestrowane", "numer zgłoszenia",
    "您的邮件已收到", "您的来信已收到", "您的来信我们已", "您的邮件我们已", "已收到您的", "我们收到了您的", "您的工单", "您的问题已提交", "您的请求已", "工单号",
    "hemos recibido su", "hemos recibido tu", "su mensaje ha sido recibido", "su solicitud ha sido", "número de caso",
    "abbiamo ricevuto", "la sua richiesta è stata", "il suo messaggio è stato", "recebemos a sua", "recebemos o seu", "recebemos sua", "recebemos seu", "sua solicitação foi",
    "wij hebben uw", "we hebben uw", "uw bericht is ontvangen", "uw aanvraag is",
    "受け付けました", "受付けました", "受付いたしました", "受け付けいたしました", "受信しました", "受付番号",
];

/// The other sentences: thanks, when somebody is back, whom to ask meanwhile, what is or is not read, what comes next,
/// the number it was filed under.
const PARTS: [&[&str]; 6] = [THANKS, RETURN, DELEGATE, ACCESS, NEXT, NUMBER];

#[rustfmt::skip]
const THANKS: &[&str] = &[
    "thank you for your", "thanks for your", "thank you for contacting", "thank you for getting in touch", "thank you for writing", "vielen dank für ihre", "danke für ihre", "vielen dank für deine", "danke für deine", "besten dank für ihre",
    "merci pour votre", "merci de votre message", "nous vous remercions", "je vous remercie", "dziękuję za", "dziękujemy za", "感谢您的", "谢谢您的", "感谢来信", "感谢您联系",
    "gracias por su", "gracias por tu", "gracias por contactar", "grazie per", "obrigado pel", "obrigada pel", "obrigado por", "agradecemos", "bedankt voor", "dank voor uw", "ありがとうございます", "お世話になっております",
];

#[rustfmt::skip]
const RETURN: &[&str] = &[
    "until", "till ", "return", "i will be back", "i'll be back", "back on", "back in the office", "bis zum", "bis einschließlich", " bis ", "zurück", "ab dem", "wieder im büro", "wieder erreichbar", "wieder da",
    "jusqu'au", "jusqu'à", "de retour", "à mon retour", "mon retour", " do ", "wracam", "wrócę", "powrocie", "powrót", "będę z powrotem",
    "直到", "回来", "返回", "恢复办公", "至", "到", "hasta", "regreso", "volveré", "vuelta", "fino al", "rientro", "rientrerò", "sarò di ritorno", "até ", "regresso", "retorno", "voltarei",
    "tot en met", " tot ", "terug", "まで", "戻り",
];

#[rustfmt::skip]
const DELEGATE: &[&str] = &[
    "urgent", "please contact", "contact my", "my colleague", "in my absence", "during my absence", "immediate assistance", "in dringenden", "dringend", "wenden sie sich",
    "kontaktieren sie", "vertret", "kollege", "kollegin", "cas d'urgence", "urgence", "urgente", "veuillez contacter", "contactez", "mon collègue", "ma collègue", "mon absence", "pilnych", "pilne",
    "proszę o kontakt", "proszę kontaktować", "zastępuje", "zastępstw", "紧急", "急事", "请联系", "请与", "请致电", "contacte", "contactar", "mi compañer", "colleg", "contattare", "rivolgersi", "contatar", "contato com", "colega",
    "dringende", "neem contact", "contact op met", "緊急", "お急ぎ", "ご連絡ください", "までご連絡",
];

#[rustfmt::skip]
const ACCESS: &[&str] = &[
    "limited access", "no access", "not be checking", "not checking", "will not be read", "not be forwarded", "not forwarded", "keinen zugriff", "eingeschränkt", "nicht weitergeleitet", "nicht gelesen",
    "pas accès", "accès limité", "ne sera pas transmis", "bez dostępu", "nie mam dostępu", "ograniczony dostęp", "无法查看", "无法及时", "不能及时", "无法立即", "sin acceso", "no tengo acceso", "acceso limitado",
    "non ho accesso", "accesso limitato", "sem acesso", "acesso limitado", "geen toegang", "beperkt toegang", "確認できません", "返信できません",
];

#[rustfmt::skip]
const NUMBER: &[&str] = &[
    "ticket number", "case number", "reference number", "ticketnummer", "vorgangsnummer", "aktenzeichen", "numéro de dossier", "numéro de ticket", "sous le numéro", "sous la référence",
    "numer zgłoszenia", "pod numerem", "工单号", "工单编号", "单号", "número de caso", "número de ticket", "con el número", "numero di ticket", "número do chamado", "zaaknummer", "受付番号",
];

#[rustfmt::skip]
const NEXT: &[&str] = &[
    "i will reply", "i will respond", "i will answer", "i'll reply", "i'll respond", "i'll get back", "i will get back", "respond to your", "reply to your", "as soon as possible", "will get back to you", "will be in touch", "will reply", "will respond", "be answered", "business hours", "working days", "business days", "within 24", "within 48",
    "werde ich ihre", "antworte ich", "ich antworte", "ich melde mich", "melden uns", "so schnell wie möglich", "schnellstmöglich", "werden uns", "wird bearbeitet", "baldmöglichst",
    "je vous répondrai", "je répondrai", "répondrai", "dans les plus brefs délais", "dès que possible", "sera traité", "reviendrons vers", "vous répondrons", "nous vous répond",
    "odpowiem", "odpowiemy", "odpiszę", "skontaktujemy się", "tak szybko, jak", "jak najszybciej", "niezwłocznie", "zostanie rozpatrzon",
    "尽快", "及时回复", "会回复", "将回复", "回复您", "处理", "工作日", "responderé", "responderemos", "lo antes posible", "a la mayor brevedad", "risponderò", "risponderemo", "il prima possibile", "al più presto",
    "responderei", "responderemos", "assim que possível", "o mais breve", "zo spoedig mogelijk", "zo snel mogelijk", "beantwoord", "ご返信いたします", "ご連絡いたします", "返信いたします", "回答いたします", "対応いたします",
    "do not reply", "please do not respond", "antworten sie nicht", "ne pas répondre", "nie odpowiadać", "请勿回复", "no responda", "non rispondere", "não responda", "niet te beantwoorden", "返信しないで",
    "automatic", "automated", "automatisch", "automatique", "automatyczn", "自动", "自動", "automátic", "automatic",
];
