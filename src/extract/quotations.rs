//! Verbatim words in quotation marks.

use super::Extractor;
use super::characters::{
    ends_with_word, find_either, holds_beginning, is_joined, line_end, window, window_before,
};
use super::gather::{Candidate, Gathered};
use super::messages::{inside_message, is_message};
use super::passage::Passage;
use super::status_words::answers;
use crate::profile::Reader;

/// Pairs of quotation marks.
const QUOTES: [(char, &str); 6] = [
    ('"', "\""),
    ('“', "”\""),
    ('„', "“”\""),
    ('«', "»"),
    ('「', "」"),
    ('‘', "’"),
];

/// The first stretch in quotation marks that reads like a message.
pub(super) fn quoted_words(text: &str) -> Option<std::ops::Range<usize>> {
    text.match_indices(is_opening)
        .find_map(|(at, _)| quotation_at(text, at))
}

fn is_opening(character: char) -> bool {
    QUOTES.iter().any(|(open, _)| *open == character)
}

/// The words in the quotation marks that open here, when they read like a message.
fn quotation_at(text: &str, at: usize) -> Option<std::ops::Range<usize>> {
    let open = text[at..].chars().next()?;
    let (_, closing) = QUOTES.iter().find(|(known, _)| *known == open)?;
    let inside = text[..at]
        .chars()
        .next_back()
        .is_some_and(|left| left.is_alphanumeric() || matches!(left, '{' | '[' | ',' | '\\'));
    if inside {
        return None;
    }
    let start = at + open.len_utf8();
    let length = text[start..].find(|close: char| closing.contains(close))?;
    let inner = text[start..start + length].trim();
    let start = start + text[start..start + length].find(inner).unwrap_or(0);
    let reads = inner
        .trim_start_matches(['\'', '‘', '’'])
        .starts_with(char::is_alphabetic)
        && !inner.contains(['{', '\n', '='])
        && is_message(inner);
    reads.then(|| start..start + inner.len())
}

/// Words before a quotation that make it the message.
const MESSAGE_CUES: &[&str] = &[
    "error",
    "message",
    "says",
    "saying",
    "returns",
    "returned",
    "answers",
    "answered",
    "fails with",
    "fail with",
    "failing with",
    "ends with",
    "end with",
    "reads",
    "stating",
    "endet mit",
    "scheitert mit",
    "échoue avec",
    "échouent avec",
    "indique",
    "kończy się",
    "brzmi",
    "treści",
    "refuse",
    "failed with",
    "rejected",
    "fehler",
    "meldung",
    "meldet",
    "lautet",
    "antwort",
    "abgelehnt",
    "erreur",
    "renvoie",
    "affiche",
    "répond",
    "refus",
    "błąd",
    "błędem",
    "komunikat",
    "zwraca",
    "zwracał",
    "odrzuca",
    "提示",
    "报",
    "错误",
    "返回",
    "信息",
    "消息",
    "exception",
    "warning",
    "feed history",
    "historie",
    "historique",
    "historii",
    "历史",
];

/// Words right before a quotation, or right behind it, that make it the message whatever else the sentence says.
#[rustfmt::skip]
const BESIDE: &[&str] = &[
    "error", "message", "fails with", "failed with", "dies with", "rejected with", "rejected as", "rejected because", "refused with", "breaks with", "crashes with", "ends in", "comes back with", "came back with",
    "shows", "showing", "displays", "displayed", "steht", "steht nur", "steht da", "zeigt", "zeigt nur", "on voit", "on lit", "pokazuje", "wyświetla", "widnieje", "widać", "写着",
    "returns", "returned", "says", "saying", "answers", "answered", "reads", "stating", "liefert", "meldet", "lautet", "antwortet mit", "renvoie", "affiche", "indique", "répond", "zwraca", "brzmi", "返回", "消息", "信息",
    "ends with", "ended with", "end with", "endet mit", "endete mit", "enden mit", "se termine par", "se terminent par", "se solde par",
    "fehler", "meldung", "fehlermeldung", "scheitert mit", "schlägt fehl mit", "bricht ab mit", "abgelehnt mit",
    "erreur", "rejeté", "rejetée", "rejetés", "refusé", "refusée", "échoue avec", "échoue sur", "plante avec", "plante sur", "motif",
    "błąd", "błędem", "komunikat", "komunikatem", "odrzucone z", "odrzucany z", "odrzucane z", "odrzucona z", "kończy się",
    "报错", "报", "提示", "错误", "失败", "说是", "说", "显示",
];
#[rustfmt::skip]
const BEHIND: &[&str] = &[
    "abgelehnt", "zurückgewiesen", "abgewiesen", "verweigert", "quittiert", "beantwortet", "abgebrochen", "zurückgegeben", "is returned", "was returned", "comes back", "is what we get", "is the error",
    "est renvoyé", "nous est renvoyé", "s'affiche", "en réponse", "odrzuc", "w odpowiedzi", "的错误", "错误", "的报错", "报错", "的提示",
];

/// Bytes behind a quotation that are looked at.
const BEHIND_BYTES: usize = 40;

/// What says other things than messages of errors: pages and guidelines, which people quote to ask about them.
#[rustfmt::skip]
const GUIDANCE: &[&str] = &[
    "your page", "the page", "contact page", "guideline", "your guide", "the guide", "documentation", "the docs", "your docs", "handbook", "runbook",
    "your form", "policy", "ihre seite", "ihrer seite", "richtlinie", "dokumentation", "doku ", "anleitung", "hilfeseite", "formular",
    "votre page", "vos consignes", "directives", "le guide", "votre guide", "formulaire", "stronie", "strona", "wytyczn", "dokumentacj", "instrukcj", "formularz",
    "页面", "文档", "指南", "说明书", "表单",
];

/// What pages and forms that fail do, beside the verbs of answering: beginnings or ends of the last word before a quotation.
#[rustfmt::skip]
const FAILS: &[&str] = &[
    "error", "fail", "gives", "gave", "crash", "denie", "refuse", "fehler", "abgelehnt", "bricht",
    "erreur", "échoue", "refus", "błąd", "odrzuc", "提示", "报", "报错", "返回", "错误", "弹出", "失败",
];
/// Words between such a verb and the quotation.
const LINKS: [&str; 7] = ["with", "saying", "mit", "ab", "avec", "z", "ze"];

/// A page that returned, showed or reported something right before a quotation did not give guidance.
fn returned(before: &str) -> bool {
    let before = before.trim_end_matches(|character: char| !character.is_alphabetic());
    let mut words = before
        .rsplit(|character: char| !character.is_alphabetic())
        .filter(|word| !word.is_empty() && !LINKS.contains(word));
    words.next().is_some_and(|last| {
        answers(last)
            || FAILS
                .iter()
                .any(|word| last.starts_with(word) || last.ends_with(word))
    }) || before.ends_with("zeigt nur")
}

/// Verbatim words in quotation marks beside a status, a code or a word for a message.
pub(super) fn read_quotations(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let mut place = 0;
    let rest = |from: usize| find_either(&text[from..], b'"', is_opening);
    while let Some(at) = rest(place).map(|at| place + at) {
        let open = text[at..].chars().next().map_or(1, char::len_utf8);
        place = at + open;
        // A mark behind a word or its full stop closes.
        let closes = text[at..].starts_with('"')
            && super::characters::before(text, at)
                .is_some_and(|left| left.is_alphanumeric() || ".!?".contains(left));
        if closes {
            continue;
        }
        if gathered.full(field) {
            return;
        }
        let line = line_end(text, at);
        let near = window(&text[..line], at, 400);
        let Some(inner) = quotation_at(near, 0).or_else(|| short_message(text, at, near)) else {
            continue;
        };
        let range = at + inner.start..at + inner.end;
        place = range.end;
        // A key, a value of structured text or a list member is no quotation.
        let after = text[range.end..].trim_start_matches(['"', '”', '“', '»', '」', ' ']);
        let behind = after.strip_prefix([':', ',', '}', ']', '：']);
        if behind.is_some_and(|behind| {
            behind
                .trim_start()
                .starts_with(['"', '\'', '{', '[', '}', ']'])
        }) {
            continue;
        }
        let left = window_before(text, at, 90);
        let left = left.rsplit("\n\n\n").next().unwrap_or(left);
        let sentence = left
            .rsplit(['!', '?', '。'])
            .next()
            .unwrap_or(left)
            .to_lowercase();
        let sentence = sentence.rsplit(". ").next().unwrap_or("");
        if sentence.trim_end().ends_with(['{', '[', ',']) && sentence.contains('"') {
            continue;
        }
        let status = sentence
            .split(|character: char| !character.is_ascii_alphanumeric())
            .any(|word| {
                word.len() == 3
                    && word.starts_with(['4', '5'])
                    && word.bytes().all(|byte| byte.is_ascii_digit())
            });
        let code = extractor.tokens.find(left).iter().any(|token| {
            token
                .members
                .iter()
                .any(|member| extractor.fields[usize::from(member.field)].read == Reader::ErrorCode)
        });
        let last = left.trim_end_matches([' ', ',', ':', '-', '–', '(']);
        let last = last
            .rsplit(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
            .next()
            .unwrap_or("");
        let code = code || super::codes::is_capitals(last);
        let beside = is_beside(
            without_name(left, sentence),
            window(&text[..line], range.end, BEHIND_BYTES),
        ) || is_told_of_failure(sentence);
        let guidance = GUIDANCE.iter().any(|word| sentence.contains(word)) && !returned(sentence);
        if guidance && !status && !code {
            continue;
        }
        // A message begins with a capital letter; what people call by a name need not.
        let capital = !text[range.clone()].starts_with(char::is_lowercase);
        let cued = capital && MESSAGE_CUES.iter().any(|cue| sentence.contains(cue));
        if !(status || code || beside || cued) || inside_message(gathered, passage, range.start) {
            continue;
        }
        let value = text[range.clone()].to_owned();
        gathered.add(Candidate::new(passage, field, range, value, "quoted", 0.85).shared());
    }
}

/// The sentence without the name of the thing that a message is about: "The history says: MenuItemOffer: ". `written` is the
/// sentence's text as it stands.
fn without_name<'t>(written: &str, sentence: &'t str) -> &'t str {
    let colon = [' ', ':', '：'];
    let name = written.trim_end_matches(colon);
    let name = &name[name.rfind([' ', '\n']).map_or(0, |blank| blank + 1)..];
    let head = sentence.trim_end_matches(colon);
    if is_joined(name) && head.len() > name.len() && head.ends_with(&name.to_lowercase()) {
        &head[..head.len() - name.len()]
    } else {
        sentence
    }
}

/// True where the words right before or behind a quotation say that it is what came back.
fn is_beside(before: &str, behind: &str) -> bool {
    let signs = [
        ' ', '\n', '\r', ':', '：', ',', '，', '"', '“', '„', '«', '\u{a0}',
    ];
    let before = before.trim_end_matches(signs);
    let behind = behind
        .trim_start_matches(['"', '”', '“', '»', '」', '\u{a0}', ' '])
        .to_lowercase();
    BESIDE.iter().any(|word| ends_with_word(before, word))
        || BEHIND.iter().any(|word| behind.starts_with(word))
}

/// A colon before the quotation, in a sentence that tells of a failure: "lehnte das Update ab: ...".
fn is_told_of_failure(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\n', '\r', '\u{a0}']);
    before.ends_with([':', '：']) && REFUSING.iter().any(|word| holds_beginning(before, word))
}

/// Verbs of refusing, which a message explains.
#[rustfmt::skip]
const REFUSING: [&str; 16] = [
    "reject", "denie", "decline", "lehnt", "weist", "wies ", "verweiger", "abgelehnt", "zurückgewiesen",
    "refus", "rejet", "odrzuc", "odmawia", "odmówi", "拒绝", "驳回",
];

/// Two words are a message where the words beside them say so: 报错 "Duplicate @id".
fn short_message(text: &str, at: usize, near: &str) -> Option<std::ops::Range<usize>> {
    let open = near.chars().next()?;
    let (_, closing) = QUOTES.iter().find(|(known, _)| *known == open)?;
    let start = open.len_utf8();
    let length = near[start..].find(|close: char| closing.contains(close))?;
    let inner = near[start..start + length].trim();
    let start = start + near[start..].find(inner)?;
    let lower = inner.to_lowercase();
    let reads = inner.split(' ').count() == 2
        && (says_error(text, at) || !STATES.iter().any(|word| lower.contains(word)))
        && inner.len() >= 10
        && inner.starts_with(|first: char| first.is_ascii_uppercase());
    (reads && is_beside(&window_before(text, at, 40).to_lowercase(), ""))
        .then(|| start..start + inner.len())
}

/// True behind a word for an error or a message.
fn says_error(text: &str, at: usize) -> bool {
    let left = window_before(text, at, 40).to_lowercase();
    let left = left.trim_end_matches([' ', ':', '：', '\u{a0}']);
    [
        "error",
        "message",
        "fehler",
        "meldung",
        "erreur",
        "błąd",
        "komunikat",
        "报错",
        "错误",
        "提示",
    ]
    .iter()
    .any(|word| left.ends_with(word))
}

/// Words of states through which things pass, which are no errors.
const STATES: [&str; 10] = [
    "review",
    "progress",
    "pending",
    "approv",
    "draft",
    "waiting",
    "submitted",
    "processing",
    "queue",
    "bearbeitung",
];
