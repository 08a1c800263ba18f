//! Whether the words around a mention say that it works or fails.

use super::characters::{ends_word, is_han, starts_word};

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

/// Phrases that say "it works" whatever else the clause denies.
const SURELY_WORKING: &[&str] = &[
    "works fine",
    "work fine",
    "working fine",
    "works well",
    "work well",
    "no problem",
    "no issue",
    "without problem",
    "without any problem",
    "without issue",
    "without any issue",
    "without error",
    "unaffected",
    "not affected",
    "is fine",
    "are fine",
    "still works",
    "works as expected",
    "works perfectly",
    "all good",
    "ohne problem",
    "problemlos",
    "einwandfrei",
    "fehlerfrei",
    "ohne fehler",
    "nicht betroffen",
    "nicht davon betroffen",
    "in ordnung",
    "sans problème",
    "sans aucun problème",
    "aucun problème",
    "sans erreur",
    "sans souci",
    "aucun souci",
    "pas touché",
    "pas concerné",
    "ne sont pas concernés",
    "n'est pas concerné",
    "est en ordre",
    "w porządku",
    "bez problem",
    "bez zarzutu",
    "bez błęd",
    "nie dotyczy",
    "bez zakłóceń",
    "没问题",
    "没有问题",
    "不受影响",
    "一切正常",
    "都正常",
    "运行正常",
    "返回正常",
    "工作正常",
    "正常返回",
    "正常工作",
];

/// Words that say "it works" unless the clause denies something.
const WORKING: &[&str] = &[
    "works",
    "work",
    "working",
    "worked",
    "succeeds",
    "succeed",
    "succeeded",
    "successful",
    "successfully",
    "normal",
    "normally",
    "ok",
    "okay",
    "accepted",
    "recovered",
    "funktioniert",
    "funktionieren",
    "funktionierte",
    "läuft",
    "laufen",
    "lief",
    "klappt",
    "klappen",
    "geht",
    "erfolgreich",
    "angenommen",
    "akzeptiert",
    "fonctionne",
    "fonctionnent",
    "fonctionnait",
    "marche",
    "marchent",
    "normalement",
    "réussit",
    "répond bien",
    "accepté",
    "acceptée",
    "działa",
    "działają",
    "działał",
    "działało",
    "poprawnie",
    "prawidłowo",
    "przechodzi",
    "przechodzą",
    "正常",
    "成功",
    "能用",
    "可用",
];

/// Words that deny.
const DENYING: &[&str] = &[
    "not",
    "no longer",
    "never",
    "stopped",
    "cannot",
    "can't",
    "doesn't",
    "don't",
    "didn't",
    "isn't",
    "won't",
    "wasn't",
    "unable",
    "nothing",
    "until",
    "used to",
    "nicht",
    "kein",
    "keine",
    "keinen",
    "nie",
    "nichts",
    "bis",
    "früher",
    "ne",
    "n'",
    "pas",
    "plus",
    "jamais",
    "rien",
    "jusqu",
    "nie",
    "przestał",
    "przestało",
    "przestały",
    "do wczoraj",
    "不",
    "无法",
    "没",
    "未",
    "以前",
    "之前",
    "hat gestern noch",
    "before",
];

/// Words that say "it fails".
const FAILING: &[&str] = &[
    "error",
    "errors",
    "fail",
    "fails",
    "failed",
    "failing",
    "failure",
    "denied",
    "refused",
    "rejected",
    "rejects",
    "throttled",
    "throttling",
    "timeout",
    "times out",
    "timed out",
    "broken",
    "unauthorized",
    "forbidden",
    "exception",
    "crash",
    "empty",
    "missing",
    "stuck",
    "fatal",
    "cancelled",
    "affected",
    "fehler",
    "fehlgeschlagen",
    "schlägt",
    "scheitert",
    "abgelehnt",
    "verweigert",
    "gedrosselt",
    "leer",
    "betroffen",
    "bricht",
    "fehlt",
    "erreur",
    "échoue",
    "échouent",
    "échec",
    "refusé",
    "refusée",
    "rejeté",
    "rejetée",
    "vide",
    "bloqué",
    "concerné",
    "concernée",
    "concernés",
    "błąd",
    "błędem",
    "błędu",
    "błędy",
    "odrzuca",
    "odrzucone",
    "odmowa",
    "pusty",
    "pusta",
    "pustą",
    "dotyczy",
    "zawodzi",
    "kończy się",
    "zakończył",
    "报错",
    "失败",
    "错误",
    "拒绝",
    "被拒",
    "为空",
    "超时",
    "受影响",
    "限流",
    "异常",
    "空的",
    "空列表",
];

/// Words at which a new clause with its own judgement begins.
const CONTRASTS: &[&str] = &[
    ", then ",
    ", danach ",
    ", dann ",
    ", anschließend ",
    ", puis ",
    ", ensuite ",
    ", potem ",
    ", następnie ",
    "然后",
    "之后",
    " but ",
    " while ",
    " whereas ",
    " however ",
    " although ",
    " though ",
    " only ",
    ", aber ",
    " aber ",
    " während ",
    " jedoch ",
    " dagegen ",
    " hingegen ",
    " nur ",
    " sondern ",
    " mais ",
    " tandis que ",
    " alors que ",
    " en revanche ",
    " seul ",
    " seule ",
    " ale ",
    " natomiast ",
    " podczas gdy ",
    " tylko ",
    "但",
    "而",
    "不过",
    "只有",
    " sauf ",
    " außer ",
    " except ",
    " oprócz ",
    " poza ",
];

/// The clause that holds the place, and what it says.
pub(crate) fn standing(text: &str, start: usize, end: usize) -> Standing {
    let (from, to) = clause(text, start, end);
    let clause = text[from..to].to_lowercase();
    let judged = judge(&clause);
    if judged != Standing::Failing && says_success(&clause) {
        // "answers 200, but ..." announces the problem; "answers 200." says that all is well.
        let rest = ascii_lower(super::characters::window(text, to, 16));
        let contrast = CONTRASTS.iter().any(|word| {
            rest.trim_start_matches([',', ' ', '，', '；', ';'])
                .starts_with(word.trim_matches([',', ' ']))
        });
        return if contrast {
            Standing::Failing
        } else {
            Standing::Working
        };
    }
    judged
}

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

/// What a clause in lower case says.
pub(crate) fn judge(clause: &str) -> Standing {
    // The Polish "ok. godz. 7" is no OK.
    let without = clause.contains("ok. ").then(|| clause.replace("ok. ", ""));
    let clause = without.as_deref().unwrap_or(clause);
    if holds_any(clause, SURELY_WORKING) {
        // "doesn't work without errors" is rare enough.
        return Standing::Working;
    }
    let failing = holds_any(clause, FAILING) || holds_failing_status(clause);
    if holds_any(clause, WORKING) {
        if holds_any(clause, DENYING) {
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
    for (offset, character) in before.char_indices() {
        if ends_sentence(before, offset, character) {
            from = offset + character.len_utf8();
        }
    }
    let lower = ascii_lower(&before[from..]);
    if let Some(contrast) = CONTRASTS
        .iter()
        .filter_map(|word| {
            lower
                .rfind(word)
                .map(|at| at + usize::from(word.starts_with(' ')))
        })
        .max()
    {
        from += contrast;
    }
    let after = super::characters::window(text, end, 240);
    let mut to = after.len();
    for (offset, character) in after.char_indices() {
        if ends_sentence(after, offset, character) {
            to = offset;
            break;
        }
    }
    let lower = ascii_lower(&after[..to]);
    if let Some(contrast) = CONTRASTS.iter().filter_map(|word| lower.find(word)).min() {
        to = contrast;
    }
    (before_start + from, end + to)
}

fn ascii_lower(text: &str) -> String {
    text.to_ascii_lowercase()
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
    .any(|word| text.ends_with(word) && starts_word(text, text.len() - word.len()))
}

/// True when one of the phrases stands in the text on its own.
pub(crate) fn holds_any(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        let han = phrase.chars().next().is_some_and(is_han);
        text.match_indices(phrase).any(|(at, _)| {
            han || (starts_word(text, at)
                && (phrase.len() > 7
                    || phrase.ends_with('\'')
                    || ends_word(text, at + phrase.len())))
        })
    })
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
}
