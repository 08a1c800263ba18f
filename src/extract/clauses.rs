//! Whether the words around a mention say that it works or fails.

use std::ops::Range;

use super::characters::ends_with_word;
use super::phrases::{Said, begins_with_contrast, first_contrast, last_contrast, said};
use crate::lower_case::LowerCase;

/// What a clause says about the things that it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    /// "works", "läuft problemlos", 正常.
    Working,
    /// Neither.
    Neutral,
    /// "fails", "403", 报错.
    Failing,
}

/// The clause that holds the place, and what it says.
pub(crate) fn standing(text: &str, start: usize, end: usize) -> Standing {
    let (from, to) = clause(text, start, end);
    let clause = text[from..to].lower_case();
    let judged = judge(&clause);
    if judged != Standing::Failing && says_success(&clause) {
        // "answers 200, but ..." announces the problem; "answers 200." says that all is well.
        return if begins_with_contrast(super::characters::window(text, to, 16)) {
            Standing::Failing
        } else {
            Standing::Working
        };
    }
    judged
}

/// The part of the clause between the commas around a place.
pub(crate) fn part(text: &str, start: usize, end: usize) -> Range<usize> {
    let (from, to) = clause(text, start, end);
    let left = text[from..start]
        .rfind(", ")
        .map_or(from, |comma| from + comma + 2);
    let right = text[end..to].find(", ").map_or(to, |comma| end + comma);
    left..right
}

/// The same, by the part between commas where that part says it: "getOrders works, createFeed fails".
pub(crate) fn standing_between_commas(text: &str, start: usize, end: usize) -> Standing {
    let whole = clause(text, start, end);
    let part = part(text, start, end);
    if part == (whole.0..whole.1) {
        return standing(text, start, end);
    }
    let part = text[part].lower_case();
    let judged = judge(&part);
    if judged != Standing::Neutral {
        return judged;
    }
    match standing(text, start, end) {
        // "Only Italy, in Spain all is well."
        Standing::Working
            if ONLY
                .iter()
                .any(|word| super::characters::holds_word(&part, word)) =>
        {
            Standing::Failing
        }
        whole => whole,
    }
}

/// Words that single a place out.
#[rustfmt::skip]
const ONLY: [&str; 16] = [
    "only", "just", "solely", "nur", "ausschließlich", "lediglich", "uniquement", "seulement", "exclusivement", "tylko", "wyłącznie", "jedynie", "只有", "只在", "只是", "仅",
];

/// What the words around a mention say of the operation. "getOrders works for DE but not ES" says that it
/// fails, where it matters.
pub(crate) fn standing_of_operation(text: &str, start: usize, end: usize) -> Standing {
    if is_compared(text, start, end)
        || is_unrelated(text, start, end)
        || is_corrected(text, end)
        || is_step(text, start, end)
    {
        return Standing::Working;
    }
    let judged = standing_between_commas(text, start, end);
    if judged != Standing::Working {
        return judged;
    }
    // "Does getOrders work?" says nothing.
    let (_, to) = clause(text, start, end);
    if text[to..].starts_with(['?', '？']) {
        return Standing::Neutral;
    }
    let sentence = super::characters::window(text, end, 160);
    let sentence = sentence.split(['\n', '。', ';']).next().unwrap_or("");
    let sentence = sentence.split(". ").next().unwrap_or("");
    // Another operation behind the contrast is another matter: a place or a preposition must follow.
    let fails_elsewhere = CONTRASTED.iter().any(|phrase| {
        let mut places = sentence.match_indices(phrase);
        places.any(|(at, _)| {
            // "Notifications" and "außerdem" divide nothing.
            let whole = phrase.starts_with(super::characters::is_han)
                || super::characters::stands_alone(sentence, at, at + phrase.len());
            if !whole {
                return false;
            }
            let rest = sentence[at + phrase.len()..].trim_start();
            let word = rest.split_whitespace().next().unwrap_or("");
            let code = word.trim_end_matches([',', ':', '.', ')']);
            let place =
                (2..=3).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_uppercase());
            place || PREPOSITIONS.contains(&word) || rest.starts_with(super::characters::is_han)
        })
    });
    if fails_elsewhere || fails_behind(text, start, end) {
        Standing::Neutral
    } else {
        judged
    }
}

/// What an operation gives, as the subject of what follows.
#[rustfmt::skip]
const GIVEN: &[&str] = &[
    "result", "results", "response", "answer", "list", "report", "document", "query", "body", "payload", "it", "nothing",
    "ergebnis", "antwort", "liste", "bericht", "dokument", "abfrage", "es", "résultat", "résultats", "réponse", "rapport", "requête", "elle", "il",
    "wynik", "wyniki", "odpowiedź", "lista", "raport", "dokument", "zapytanie",
];
const GIVEN_HAN: [&str; 7] = ["结果", "响应", "返回", "列表", "报告", "文档", "数据"];

/// "createQuery accepted my query but the result is empty": what it gave fails, and no other name stands there.
fn fails_behind(text: &str, start: usize, end: usize) -> bool {
    let (_, to) = clause(text, start, end);
    let rest = super::characters::window(text, to, 160);
    if !begins_with_contrast(rest) {
        return false;
    }
    let begin = rest
        .find(|character: char| character.is_alphanumeric())
        .unwrap_or(rest.len());
    // Behind the contrast, which would end the clause.
    let behind = rest.ceil_char_boundary((begin + 6).min(rest.len()));
    let (_, next) = clause(rest, begin, behind);
    let next = &rest[..next];
    let words = || next.split(|character: char| !character.is_alphanumeric() && character != '_');
    let names_another = words().any(super::characters::has_hump);
    let lower = next.lower_case();
    let given = words().any(|word| GIVEN.contains(&&*word.lower_case()))
        || GIVEN_HAN.iter().any(|word| next.contains(word));
    given && !names_another && judge(&lower) == Standing::Failing
}

/// "listOrderItems? No, getOrderItems": the sender takes it back for another name.
fn is_corrected(text: &str, end: usize) -> bool {
    let right = super::characters::window(text, end, 60);
    let signs = [
        ' ', '"', '`', '?', '？', '-', '–', '—', ',', '，', '.', '…', ':', '：',
    ];
    let behind = right.trim_start_matches(signs);
    if behind.len() == right.len() {
        return false;
    }
    let lower = behind.lower_case();
    // "getOrders, notifyBuyer" names another one, and takes nothing back.
    let whole = |word: &&&str| {
        lower.starts_with(**word) && super::characters::ends_word(&lower, word.len())
    };
    let Some(word) = TAKEN_BACK.iter().find(whole) else {
        return false;
    };
    let Some(rest) = behind.get(word.len()..) else {
        return false;
    };
    let rest = rest.trim_start_matches(signs);
    let name = rest
        .split(|character: char| !character.is_ascii_alphanumeric())
        .next()
        .unwrap_or("");
    super::characters::has_hump(name)
}

#[rustfmt::skip]
const TAKEN_BACK: [&str; 16] = [
    "no", "sorry", "i mean", "rather", "pardon", "nein", "ach nein", "ich meine", "falsch", "non", "je veux dire", "przepraszam", "znaczy", "nie", "不对", "应该是",
];

/// "I checked it with getOrder", "用 sendTestNotification 试过", "somebody deleted it (deleteDestination)": what was tried or
/// done with it is no failure of its own.
fn is_step(text: &str, start: usize, end: usize) -> bool {
    let removes = ["delete", "cancel"]
        .iter()
        .any(|verb| text[start..].starts_with(verb));
    let near = super::characters::window_before(text, start, 24).lower_case();
    let near = near.trim_end_matches([' ', '"', '\'', '`', '“', '„', '«', '*', '(', '（']);
    let with = WITH.iter().any(|word| ends_with_word(near, word));
    if !removes && !with {
        return false;
    }
    let part = text[part(text, start, end)].lower_case();
    let told = said(&part);
    // Who cancels something says that it is over, and no more.
    let rest = part.replace("cancelled", "").replace("canceled", "");
    if told.any(Said::DENYING) || judge(&rest) == Standing::Failing {
        return false;
    }
    let holds = |words: &[&str]| {
        words
            .iter()
            .any(|word| super::characters::holds_beginning(&part, word))
    };
    removes && holds(&REMOVED) || with && holds(&DONE)
}

#[rustfmt::skip]
const WITH: [&str; 15] = [
    "with", "using", "via", "through", "mit", "über", "per", "avec", "par", "za pomocą", "przez", "poprzez", "用", "通过", "使用",
];
#[rustfmt::skip]
const DONE: [&str; 30] = [
    "cancelled it", "canceled it", "checked", "verified", "tested", "looked it up", "re-fetched", "fetched again", "queried again",
    "storniert", "abgebrochen", "geprüft", "überprüft", "getestet", "neu abgefragt", "neu abgerufen", "nachgesehen",
    "annulé", "vérifié", "testé", "interrogé", "anulowa", "sprawdzi", "przetestowa", "试过", "测试过", "查过", "取消了", "验证过", "查了",
];
#[rustfmt::skip]
const REMOVED: [&str; 14] = [
    "deleted", "removed", "gelöscht", "entfernt", "supprimé", "effacé", "usuną", "usunię", "skasowa", "删除了", "删掉", "误删", "已删除", "取消了",
];

/// "Unlike getOrders, ...": it is named because it does otherwise.
fn is_compared(text: &str, start: usize, end: usize) -> bool {
    let left = super::characters::window_before(text, start, 40).lower_case();
    let left = left.trim_end_matches([' ', '"', '\'', '`', '“', '„', '«', '*']);
    let compared = COMPARED.iter().any(|phrase| ends_with_word(left, phrase));
    let right = super::characters::window(text, end, 12);
    let right = right.trim_start_matches([' ', '"', '\'', '`', '”', '“', '»', '*']);
    compared && !right.starts_with("一样")
        || left.ends_with(['与', '跟', '和']) && right.starts_with("不同")
}

/// What is said before the one that does otherwise.
#[rustfmt::skip]
const COMPARED: [&str; 19] = [
    "unlike", "contrary to", "in contrast to", "as opposed to", "compared to", "anders als", "anders als bei", "im gegensatz zu", "im unterschied zu",
    "contrairement à", "à la différence de", "à l'inverse de", "à l’inverse de", "w przeciwieństwie do", "inaczej niż", "w odróżnieniu od", "不像", "不同于", "相比于",
];

/// "Unrelated to confirmShipment": it is named because it is not what the mail is about. Who goes on with what it answers
/// ("..., which returns 400") tells of it all the same.
fn is_unrelated(text: &str, start: usize, end: usize) -> bool {
    let signs = [' ', '"', '\'', '`', '“', '„', '«', '*', '”', '»', '\u{a0}'];
    let left = super::characters::window_before(text, start, 40).to_lowercase();
    let left = left.trim_end_matches(signs);
    let right = super::characters::window(text, end, 40).to_lowercase();
    let right = right.trim_start_matches(signs);
    let embraced = || {
        ends_with_word(left, "nichts mit") && right.starts_with("zu tun")
            || ends_with_word(left, "mit")
                && NOTHING_TO_DO.iter().any(|word| right.starts_with(word))
            || left.ends_with(['与', '跟', '和', '同'])
                && UNRELATED_HAN.iter().any(|word| right.starts_with(word))
    };
    // "Not about getOrders only" is about more than it.
    let only = [
        "only",
        "alone",
        "just",
        "allein",
        "nur",
        "uniquement",
        "seulement",
        "tylko",
        "samo",
        "version",
    ];
    (UNRELATED.iter().any(|phrase| ends_with_word(left, phrase)) || embraced())
        && !only.iter().any(|word| right.starts_with(word))
        && !is_answered(text, start, end)
}

/// What is said before a thing that the mail is not about.
#[rustfmt::skip]
const UNRELATED: [&str; 30] = [
    "unrelated to", "not related to", "nothing to do with", "not about", "not concerning", "from the one with",
    "ohne bezug zu", "ohne bezug auf", "nicht um", "ohne zusammenhang mit", "in keinem zusammenhang mit",
    "sans rapport avec", "sans aucun rapport avec", "rien à voir avec", "sans lien avec", "sans aucun lien avec", "ne s'agit pas de", "ne s’agit pas de",
    "ne concerne pas", "pas lié à",
    "ma związku z", "ma to związku z", "ma żadnego związku z", "bez związku z", "nic wspólnego z", "niezwiązana z", "niezwiązany z", "niezwiązane z",
    "niezależne od", "nie chodzi o",
];
const NOTHING_TO_DO: [&str; 5] = [
    "nichts zu tun",
    "hat das nichts zu tun",
    "hat es nichts zu tun",
    "hat dies nichts zu tun",
    "nicht zusammenhäng",
];
const UNRELATED_HAN: [&str; 9] = [
    "无关",
    "没有关系",
    "没关系",
    "不相关",
    "没有关联",
    "无关联",
    "毫无关系",
    "并无关系",
    "不是一回事",
];

/// What divides where an operation works from where it does not.
const CONTRASTED: [&str; 14] = [
    "but not",
    "aber nicht",
    "mais pas",
    "ale nie",
    "但不",
    "except",
    "außer",
    "sauf",
    "oprócz",
    "z wyjątkiem",
    "only not",
    "nur nicht",
    "not",
    "除了",
];

/// Words before a place.
const PREPOSITIONS: [&str; 16] = [
    "for", "in", "on", "the", "für", "bei", "auf", "im", "pour", "en", "sur", "au", "dla", "w",
    "na", "we",
];

/// A status of 200 in the clause.
fn says_success(clause: &str) -> bool {
    clause.match_indices("200").any(|(at, _)| {
        let left = clause[..at].chars().next_back();
        let right = clause[at + 3..].chars().next();
        !left.is_some_and(|left| {
            left.is_ascii_alphanumeric() || matches!(left, '.' | '-' | '/' | ',')
        }) && !right
            .is_some_and(|right| right.is_ascii_alphanumeric() || matches!(right, '-' | '/'))
            && !clause[at + 3..]
                .trim_start()
                .starts_with(|next: char| next.is_alphabetic() && next != 'o')
    })
}

/// "getOrders, which returns 404": a status of a failure stands behind the mention, and no other name between.
pub(crate) fn is_answered(text: &str, start: usize, end: usize) -> bool {
    let (_, to) = clause(text, start, end);
    let rest = &text[end..to];
    let words = rest.split(|character: char| !character.is_ascii_alphanumeric());
    let before_next: usize = words
        .take_while(|word| !super::characters::has_hump(word))
        .map(|word| word.len() + 1)
        .sum();
    holds_failing_status(&rest[..rest.floor_char_boundary(before_next.min(rest.len()))])
}

/// What a clause in lower case says.
pub(crate) fn judge(clause: &str) -> Standing {
    // The Polish "ok. godz. 7" is no OK.
    let without = clause.contains("ok. ").then(|| clause.replace("ok. ", ""));
    let clause = without.as_deref().unwrap_or(clause);
    // "es geht um Polen" tells what it is about.
    let without = clause
        .contains("geht um ")
        .then(|| clause.replace("geht um ", ""));
    let clause = without.as_deref().unwrap_or(clause);
    let said = said(clause);
    // "It would be great if createFeed accepted two files."
    let wished = said.any(Said::WISHED);
    // "doesn't work without errors" is rare enough.
    let not_properly = || {
        ["能正常", "法正常", "有正常"].iter().any(|words| {
            clause
                .match_indices(words)
                .any(|(at, _)| clause[..at].ends_with(['不', '无', '没', '未']))
        })
    };
    if said.any(Said::SURELY_WORKING) && !wished && !not_properly() {
        return Standing::Working;
    }
    let failing = said.any(Said::FAILING) || holds_failing_status(clause);
    if said.any(Said::WORKING) && !wished {
        if said.any(Said::DENYING) {
            return Standing::Failing;
        }
        if !failing {
            return Standing::Working;
        }
    }
    if failing {
        Standing::Failing
    } else {
        Standing::Neutral
    }
}

/// From the last sentence end or contrast before the place to the next one behind it.
pub(crate) fn clause(text: &str, start: usize, end: usize) -> (usize, usize) {
    let before = super::characters::window_before(text, start, 240);
    let before_start = start - before.len();
    let mut from = 0;
    for (offset, character) in possible_ends(before) {
        if ends_sentence(before, offset, character) {
            from = offset + character.len_utf8();
        }
    }
    if let Some(contrast) = last_contrast(&before[from..]) {
        from += contrast;
    }
    let after = super::characters::window(text, end, 240);
    let mut to = after.len();
    for (offset, character) in possible_ends(after) {
        if ends_sentence(after, offset, character) {
            to = offset;
            break;
        }
    }
    if let Some(contrast) = first_contrast(&after[..to]) {
        to = contrast;
    }
    (before_start + from, end + to)
}

/// The characters of a text that may end a sentence: few of all.
fn possible_ends(text: &str) -> impl Iterator<Item = (usize, char)> {
    // The last two are first bytes of Chinese signs.
    let may_end =
        |byte: &u8| matches!(byte, b'\n' | b',' | b'.' | b'!' | b'?' | b';' | 0xe3 | 0xef);
    let places = text.bytes().enumerate();
    places
        .filter(move |(_, byte)| may_end(byte))
        .filter_map(|(offset, _)| Some((offset, text[offset..].chars().next()?)))
}

fn ends_sentence(text: &str, offset: usize, character: char) -> bool {
    match character {
        '\n' => {
            // A wrapped line goes on in lower case.
            let rest = text[offset + 1..].trim_start_matches([' ', '\t', '\r']);
            !rest
                .chars()
                .next()
                .is_some_and(|next| next.is_lowercase() || next == '(')
                || text[..offset].ends_with([':', '\n'])
        }
        '。' | '！' | '？' | '；' | '，' => true,
        // Half-width, as many write them between Chinese words.
        ',' => {
            text[..offset].ends_with(super::characters::is_han)
                || text[offset + 1..].starts_with(super::characters::is_han)
        }
        '.' if is_abbreviation(&text[..offset]) => false,
        '.' | '!' | '?' | ';' => text[offset + 1..].starts_with([' ', '\n', '\r']),
        _ => false,
    }
}

/// "ok. godz. 7", "ca. 14 Uhr", "Nr. 5": the full stop ends no sentence.
fn is_abbreviation(text: &str) -> bool {
    [
        "ok", "godz", "ca", "nr", "Nr", "No", "approx", "z.B", "z. B", "np", "p. ex", "e.g", "i.e",
        "bzw", "ggf", "tel", "env", "min", "resp",
    ]
    .iter()
    .any(|word| ends_with_word(text, word))
}

/// True for a status of 400 to 599 in the clause.
fn holds_failing_status(clause: &str) -> bool {
    let bytes = clause.as_bytes();
    memchr::memchr2_iter(b'4', b'5', bytes).any(|at| {
        bytes.len() >= at + 3
            && bytes[at + 1] <= b'3'
            && bytes[at + 1..at + 3].iter().all(u8::is_ascii_digit)
            && (at == 0
                || !(bytes[at - 1].is_ascii_alphanumeric() || b".-/,:".contains(&bytes[at - 1])))
            && bytes
                .get(at + 3)
                .is_none_or(|next| !next.is_ascii_alphanumeric() && !b"-/".contains(next))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_between_commas_are_judged_alone() {
        for (text, name, expected) in [
            (
                "getOrders works fine, createFeed fails",
                "createFeed",
                Standing::Failing,
            ),
            (
                "getOrders works fine, createFeed fails",
                "getOrders",
                Standing::Working,
            ),
            (
                "createFeed schlägt fehl, getFeed funktioniert",
                "getFeed",
                Standing::Working,
            ),
            (
                "createFeed échoue, getFeed fonctionne",
                "createFeed",
                Standing::Failing,
            ),
            (
                "createFeed zwraca błąd, getFeed działa",
                "getFeed",
                Standing::Working,
            ),
            (
                "createFeed 报错，getFeed 正常",
                "getFeed",
                Standing::Working,
            ),
        ] {
            let start = text.find(name).unwrap();
            let judged = standing_between_commas(text, start, start + name.len());
            assert_eq!(judged, expected, "{text}: {name}");
        }
    }

    #[test]
    fn a_word_that_holds_only_singled_a_place_out() {
        for (text, expected) in [
            ("only Italy, in Spain all works", Standing::Failing),
            ("commonly Italy, in Spain all works", Standing::Working),
            ("adjust Italy, in Spain all works", Standing::Working),
        ] {
            let start = text.find("Italy").unwrap();
            let judged = standing_between_commas(text, start, start + "Italy".len());
            assert_eq!(judged, expected, "{text}");
        }
    }

    #[test]
    fn clauses_are_judged() {
        for (text, name, expected) in [
            (
                "getOrders works fine, but getOrder returns 403.",
                "getOrders",
                Standing::Working,
            ),
            (
                "getOrders works fine, but getOrder returns 403.",
                "getOrder ",
                Standing::Failing,
            ),
            ("getOrders no longer works.", "getOrders", Standing::Failing),
            (
                "Seit gestern geht getOrders nicht mehr.",
                "getOrders",
                Standing::Failing,
            ),
            (
                "getMarketplaceParticipations läuft mit demselben Token problemlos.",
                "getMarketplaceParticipations",
                Standing::Working,
            ),
            (
                "getOrders 正常，但是 getOrder 报错",
                "getOrders",
                Standing::Working,
            ),
            (
                "getOrders 正常，但是 getOrder 报错",
                "getOrder ",
                Standing::Failing,
            ),
            (
                "Nous appelons getOrders toutes les heures.",
                "getOrders",
                Standing::Neutral,
            ),
            ("getFeed nie działa od rana", "getFeed", Standing::Failing),
        ] {
            let start = text.find(name).unwrap();
            assert_eq!(
                standing(text, start, start + name.len()),
                expected,
                "{text}: {name}"
            );
        }
    }

    #[test]
    fn a_contrast_was_missed_behind_a_word_that_holds_it() {
        for (text, expected) in [
            (
                "getOrders works from another account, not in ES",
                Standing::Neutral,
            ),
            (
                "getOrders works fine, which we cannot in theory",
                Standing::Working,
            ),
        ] {
            let end = "getOrders".len();
            assert_eq!(standing_of_operation(text, 0, end), expected, "{text}");
        }
    }
}
