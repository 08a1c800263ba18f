//! What a sender only supposes: "if it were a 500, we would have called".

use super::characters::{is_han, stands_alone, window, window_before};

/// True where a number stands in a supposition that the same sentence answers: `If it were a 500, we would call`. Who says
/// what happens if something is done ("if we call it, we get a 403"), or asks politely ("if you could look at the 403"),
/// supposes nothing.
pub(super) fn is_supposed(text: &str, start: usize, end: usize) -> bool {
    let before = window_before(text, start, REACH);
    let before = before.rsplit(ENDS).next().unwrap_or("");
    // Most sentences have none of these.
    if !before.bytes().any(|byte| byte >= 0xe0) && !holds_any(&before.to_lowercase(), &BEGINNINGS) {
        return false;
    }
    let before = before.rsplit(". ").next().unwrap_or("").to_lowercase();
    let behind = window(text, end, REACH);
    let behind = behind.split(ENDS).next().unwrap_or("");
    let behind = behind.split(". ").next().unwrap_or("").to_lowercase();
    let (other, inner) = match before.rfind(COMMAS) {
        Some(comma) => before.split_at(comma),
        None => ("", before.as_str()),
    };
    let (rest, outer) = match behind.find(COMMAS) {
        Some(comma) => behind.split_at(comma),
        None => (behind.as_str(), ""),
    };
    LANGUAGES.iter().any(|words| {
        let Some((at, begin)) = words.begin.iter().find_map(|begin| {
            inner
                .match_indices(begin)
                .find(|(at, _)| is_word(inner, *at, begin))
        }) else {
            return false;
        };
        let supposed = &inner[at + begin.len()..];
        let mood = words.unreal.is_empty()
            || words.unreal.contains(&begin)
            || holds_any(supposed, words.unreal)
            || words.verb_behind && holds_any(rest, words.unreal);
        let answer = || {
            [other, &inner[..at], rest, outer]
                .iter()
                .any(|part| holds_any(part, words.answer))
        };
        mood && !holds_any(supposed, words.others)
            && !(words.verb_behind && holds_any(rest, words.others))
            && answer()
    })
}

/// Bytes of a sentence on each side.
const REACH: usize = 160;
const ENDS: [char; 6] = ['\n', '!', '?', '。', '！', '？'];
const COMMAS: [char; 3] = [',', ';', '，'];

/// How one language supposes.
struct Words {
    /// Begin the supposition.
    begin: &'static [&'static str],
    /// Verbs of what is not so, before the number; none: the beginning tells it.
    unreal: &'static [&'static str],
    /// Such a verb may stand behind the number.
    verb_behind: bool,
    /// Whoever else is spoken of is asked for something, or the reason is asked for.
    others: &'static [&'static str],
    /// What would be then.
    answer: &'static [&'static str],
}

/// Beginnings of the languages with blanks, to look for first.
const BEGINNINGS: [&str; 19] = [
    "if",
    "had",
    "were",
    "wenn",
    "falls",
    "wäre",
    "käme",
    "hätte",
    "gäbe",
    "würde",
    "lieferte",
    "si",
    "s'il",
    "s’il",
    "s'ils",
    "gdyby",
    "gdybyśmy",
    "gdybym",
    "s’ils",
];

#[rustfmt::skip]
const LANGUAGES: [Words; 5] = [
    Words {
        begin: &["if"],
        unreal: &["were", "was", "had", "got", "saw", "returned", "answered", "received"],
        verb_behind: false,
        others: &["you", "someone", "somebody", "why", "look", "looked", "role", "not"],
        answer: &["would have", "would use", "would call", "would say", "would report", "would choose", "would be urgent", "would be an emergency", "would count", "would mark", "would pick"],
    },
    Words {
        begin: &["wenn", "falls"],
        unreal: &["wäre", "käme", "hätte", "hätten", "gäbe", "würde", "würden", "lieferte", "bekämen", "sähen", "wären", "kämen"],
        verb_behind: true,
        others: &["sie", "ihr", "jemand", "warum", "rolle", "nicht", "kein", "keinen"],
        answer: &["hätten wir", "hätte ich", "würden wir", "würde ich", "wir hätten", "ich hätte", "wir würden", "ich würde", "wäre es dringend", "wäre das dringend", "wäre es ein notfall"],
    },
    Words {
        begin: &["si", "s'il", "s’il", "s'ils", "s’ils"],
        unreal: &["c'était", "c’était", "était", "étaient", "avait", "avaient", "renvoyait", "renvoyaient", "répondait", "recevaient", "recevions", "affichait", "retournait", "voyaient", "obtenaient", "y avait eu"],
        verb_behind: false,
        others: &["vous", "quelqu'un", "pourquoi", "rôle", "pas"],
        answer: &["aurais", "aurions", "serait urgent", "serait une urgence", "passerions", "utiliserions", "appellerions", "choisirions", "signalerions", "utiliserais", "appellerais", "choisirais", "l'aurais", "l’aurais", "j'aurais", "j’aurais"],
    },
    Words {
        begin: &["gdyby", "gdybyśmy", "gdybym"],
        unreal: &[],
        verb_behind: false,
        others: &["dało", "ktoś", "państwo", "mogli", "mógł", "mogła", "roli", "dlaczego", "nie"],
        answer: &["zgłosiłbym", "zgłosiłabym", "zgłosilibyśmy", "zadzwoniłbym", "zadzwoniłabym", "zadzwonilibyśmy", "dzwonilibyśmy", "wybrałbym", "wybrałabym", "wybralibyśmy", "byłoby pilne", "byłoby to pilne", "byłaby to awaria", "oznaczyłbym", "oznaczyłabym", "oznaczylibyśmy", "użylibyśmy", "użyłbym"],
    },
    Words {
        begin: &["如果", "要是", "假如", "若是", "倘若"],
        unreal: &[],
        verb_behind: false,
        others: &["您", "你", "为什么", "原因"],
        answer: &["会选", "早就", "会直接", "会打电话", "会标", "会报紧急", "就选紧急"],
    },
];

fn holds_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        text.match_indices(word)
            .any(|(at, _)| is_word(text, at, word))
    })
}

/// Words of Chinese need no boundary.
fn is_word(text: &str, at: usize, word: &str) -> bool {
    word.starts_with(is_han) || stands_alone(text, at, at + word.len())
}
