//! Lines that introduce a quote: `On Monday, Jane wrote:` in every language, wrapped or not.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::clock::has_clock;
use super::header_block::has_year;
use super::line::{Line, next_filled};
use super::narrated;
use crate::lexicon::Lexicon;
use crate::lower_case::LowerCase;
use crate::mail::text::is_wide_letter;

/// Words for writing, lower case, as they stand in attributions.
#[rustfmt::skip]
const VERBS: &[&str] = &[
    "wrote", "writes", "has written", // en
    "schrieb", "schrieben", "hat geschrieben", "geschrieben", "schreibt", "geschrieben am", // de
    "a écrit", "a ecrit", "écrit", "ecrit", // fr
    "napisał", "napisała", "napisał(a)", "napisal", "napisal(a)", "napisała/ał", "pisze", "napisano",
    "wiadomość napisana", // pl
    "写道", "寫道", "写", "来信", "撰写", // zh
    "escribió", "escribio", "ha escrito", "escribe", // es
    "ha scritto", "scrive", "scrisse", "scritto", // it
    "escreveu", "escreve", // pt
    "schreef", "geschreven", "heeft geschreven", // nl
    "のメール", "書きました", "は書きました", "さんは書きました", "wrote (ja)", // ja
    "skrev", "skrev følgende", // sv da no
    "kirjoitti", // fi
    "написал", "написала", "написал(а)", "пишет", "пишет:", // ru
    "написав", "написала(в)", "пише", // uk
    "a scris", "napsal", "napsal(a)", "írta", "ezt írta", "yazdı", "şunu yazdı", // ro cs hu tr
];

/// More verbs, of languages seen less often.
#[rustfmt::skip]
const MORE_VERBS: &[&str] = &[
    "έγραψε", "كتب", "כתב", "va escriure", "napísal", "je napisao", "pisal(a)", "dijo",
];

/// How attributions begin, lower case.
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "on ", "am ", "le ", "el ", "il ", "em ", "op ", "den ", "w dniu", "dnia ", "no dia ", "a ", "na ",
    "dne ", "vào ", "pada ", "---", "em", "在", "于", "på ", "på", "il giorno", "le\u{a0}", "la ", "lu ", "kl",
    "at ", "from ", "wiadomość napisana", "dana ", "στις ", "trong ", "2.", "op\u{a0}", "w dn.", "у ", "в ", "da ", "за ", "el día",
];

/// Most lines an attribution is wrapped over.
const LINES_MAX: usize = 6;
/// Longest attribution in bytes.
const BYTES_MAX: usize = 600;

fn has_verb(lower: &str) -> bool {
    VERBS.iter().chain(MORE_VERBS).any(|verb| {
        lower.match_indices(verb).any(|(position, _)| {
            // A word of its own in scripts that separate words.
            let before = lower[..position].chars().next_back();
            let after = lower[position + verb.len()..].chars().next();
            let ascii_word =
                |character: char| character.is_alphabetic() && !is_wide_letter(character);
            let joined_before =
                verb.chars().next().is_some_and(ascii_word) && before.is_some_and(ascii_word);
            let joined_after =
                verb.chars().next_back().is_some_and(ascii_word) && after.is_some_and(ascii_word);
            !joined_before && !joined_after
        })
    })
}

/// Whether the text ends as an attribution does: with a verb or a colon.
fn ends_like_one(lower: &str) -> bool {
    let end = lower.trim_end_matches(|character: char| {
        character.is_whitespace() || matches!(character, '*' | '_' | '>' | '-')
    });
    if end.ends_with(':') || end.ends_with('：') || lower.ends_with('>') && lower.contains('@') {
        return true;
    }
    // Few words end in the two bytes that a verb ends in.
    let may_be_verb = matches!(end.as_bytes(), [.., before, last]
        if VERB_ENDS.contains(&[*before, *last]));
    may_be_verb
        && VERBS
            .iter()
            .chain(MORE_VERBS)
            .any(|verb| end.ends_with(verb))
}

/// Whether a line ends in a verb and a colon: `Jane wrote:`.
pub(super) fn ends_with_verb(text: &str) -> bool {
    text.len() < 200 && ends_with_colon(text) && has_verb(&text.to_lowercase())
}

/// Whether a text begins as an attribution does.
pub(super) fn opens(text: &str) -> bool {
    opens_like_one(&text.to_lowercase())
}

/// Whether a word, in lower case, is a day or a month.
pub(super) fn is_day_or_month(lower: &str) -> bool {
    DATE_WORDS.contains(lower)
}

/// The last two bytes of each verb.
static VERB_ENDS: LazyLock<HashSet<[u8; 2]>> = LazyLock::new(|| {
    let verbs = VERBS.iter().chain(MORE_VERBS);
    verbs
        .filter_map(|verb| verb.as_bytes().last_chunk().copied())
        .collect()
});

static OPENING_WORDS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(OPENINGS));

fn has_mail_address(text: &str) -> bool {
    text.match_indices('@').any(|(position, _)| {
        text[..position]
            .chars()
            .next_back()
            .is_some_and(|character| character.is_alphanumeric() || "._-+\"".contains(character))
            && text[position + 1..].starts_with(|character: char| character.is_alphanumeric())
    })
}

fn has_short_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(3).any(|window| {
        window[0].is_ascii_digit()
            && matches!(window[1], b'/' | b'.' | b'-')
            && window[2].is_ascii_digit()
    }) && bytes.iter().filter(|byte| byte.is_ascii_digit()).count() >= 4
}

fn has_date(lower: &str) -> bool {
    let digit = lower.bytes().any(|byte| byte.is_ascii_digit());
    digit
        && (has_year(lower)
            || has_short_date(lower)
            || (has_clock(lower) || lower.bytes().filter(u8::is_ascii_digit).count() >= 2)
                && names_day_or_month(lower))
}

/// Whether a day or a month is named: a word of three letters or more (shorter ones are words of their own as well),
/// or the Chinese and Japanese month.
fn names_day_or_month(lower: &str) -> bool {
    lower.contains('月')
        || lower
            .split(|character: char| !character.is_alphabetic())
            .any(|word| word.len() >= 3 && DATE_WORDS.contains(word))
}

fn opens_like_one(lower: &str) -> bool {
    let lower = lower.trim_start_matches(['*', '_', '"', ' ']);
    let mut opens = lower.starts_with(|character: char| character.is_ascii_digit());
    OPENING_WORDS.prefixes(lower.as_bytes(), |_, _| opens = true);
    if opens {
        return true;
    }
    let word = lower
        .split(|character: char| !character.is_alphabetic())
        .next()
        .unwrap_or_default();
    DATE_WORDS.contains(word)
}

static DATE_WORDS: LazyLock<HashSet<&str>> =
    LazyLock::new(|| DAYS_AND_MONTHS.iter().copied().collect());

/// Whether the line holds a whole attribution whose verb stands in the middle and that no colon ends, as some mail
/// programs put it above a header block: `Am 4.3.2024 um 9:05 schrieb Jane Doe`.
pub(super) fn is_open_ended(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if text.len() > 200 || digits < 5 || !has_clock(text) {
        return false;
    }
    let lower = text.lower_case();
    opens_like_one(&lower) && has_date(&lower) && has_verb(&lower)
}

/// Words for days and months, short and long.
#[rustfmt::skip]
const DAYS_AND_MONTHS: &[&str] = &[
    // en
    "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "monday", "tuesday", "wednesday",
    "thursday", "friday", "saturday", "sunday", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept",
    "oct", "nov", "dec", "january", "february", "march", "april", "june", "july", "august", "september", "october",
    "november", "december", "yesterday", "today",
    // de
    "mo", "di", "mi", "do", "fr", "sa", "so", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
    "sonnabend", "sonntag", "januar", "februar", "märz", "mär", "mrz", "mai", "juni", "juli", "okt", "oktober", "dez",
    "dezember", "gestern",
    // fr
    "lun", "mer", "jeu", "ven", "sam", "dim", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    "janv", "janvier", "févr", "février", "mars", "avr", "avril", "juin", "juil", "juillet", "août", "septembre",
    "octobre", "novembre", "déc", "décembre",
    // pl
    "pon", "pn", "wt", "śr", "czw", "pt", "sob", "niedz", "nd", "poniedziałek", "wtorek", "środa", "czwartek", "piątek",
    "sobota", "niedziela", "sty", "lut", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru",
    // es it pt
    "mié", "mie", "jue", "vie", "sáb", "sab", "dom", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado",
    "domingo", "ene", "abr", "ago", "dic", "gio", "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato",
    "domenica", "gen", "mag", "giu", "lug", "set", "ott", "seg", "ter", "qua", "qui", "sex", "segunda", "terça",
    "quarta", "quinta", "sexta", "fev", "out",
    // nl da sv no fi
    "ma", "wo", "vr", "za", "zo", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag",
    "mrt", "man", "mån", "tir", "tis", "ons", "tor", "tors", "fre", "lør", "lör", "søn", "sön", "mandag", "tirsdag",
    "onsdag", "torsdag", "fredag", "lørdag", "søndag", "måndag", "tisdag", "lördag", "söndag", "ti", "ke", "to", "pe",
    "la", "su", "maanantai", "tiistai", "keskiviikko", "torstai", "perjantai", "lauantai", "sunnuntai",
    // ru uk
    "понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье", "пн", "вт", "ср", "чт", "пт",
    "сб", "вс", "нд", "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
    "ноября", "декабря",
];

/// An attribution found: the lines it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Attribution {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The attribution that begins at line `first`.
pub(super) fn at(lines: &[Line<'_>], first: usize) -> Option<Attribution> {
    let start = &lines[first];
    if is_arrowed(start.text) || is_dashed(start.text) {
        return Some(Attribution { first, last: first });
    }
    if start.is_blank() || start.depth > 0 || start.text.len() > BYTES_MAX {
        return None;
    }
    if is_log_line(lines, first) {
        return None;
    }
    let first_lower = start.text.lower_case();
    // Most lines are dismissed here.
    let opens = opens_like_one(&first_lower);
    if !opens && !ends_like_one(&first_lower) && !has_mail_address(start.text) {
        return None;
    }
    let mut joined = String::new();
    let mut blanks = 0;
    for (index, line) in lines.iter().enumerate().skip(first).take(LINES_MAX + 2) {
        if line.is_blank() {
            blanks += 1;
            // A blank line is only part of one that a mail program tore apart around an address.
            if blanks > 1
                || !opens
                || !lines.get(index + 1).is_some_and(|next| {
                    next.text.starts_with('<') || next.text.starts_with("mailto:")
                })
            {
                return None;
            }
            continue;
        }
        // `> wrote:` is the torn end of an address, not a quote.
        let torn_end = line.depth > 0
            && index > first
            && joined.contains('<')
            && (!joined.ends_with('>') || line.words() <= 3 && has_verb(&line.text.lower_case()));
        if line.depth > 0 && !torn_end || is_comment(lines, index) {
            return None;
        }
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&line.text.lower_case());
        if joined.len() > BYTES_MAX || index - first > LINES_MAX {
            return None;
        }
        if !ends_like_one(&joined) {
            continue;
        }
        if is_attribution(&joined, opens, lines, index) {
            // A line of text above that happens to begin like one is none.
            if (first + 1..=index).any(|later| {
                let lower = lines[later].text.lower_case();
                opens_like_one(&lower)
                    && (has_year(&lower) || has_short_date(&lower))
                    && at(lines, later).is_some_and(|found| found.last == index)
            }) {
                return None;
            }
            return Some(Attribution { first, last: index });
        }
        // A sentence that ends in a colon may still go on being one, but not past its own end.
        if joined.ends_with(':') && index > first {
            return None;
        }
    }
    None
}

/// `-----Jane Doe/HQ wrote: -----` and `Jane Doe---03/04/2024 09:05:11 AM---Hello all,`, as Lotus Notes writes them.
fn is_dashed(text: &str) -> bool {
    if text.len() > 300 || !text.contains("---") {
        return false;
    }
    if text.starts_with("---") {
        let inner = text.trim_matches(['-', ' ']).lower_case();
        return text.ends_with("---")
            && inner.ends_with(':')
            && has_verb(&inner)
            && inner.split_whitespace().count() <= 10;
    }
    let mut pieces = text.splitn(3, "---");
    let (Some(name), Some(date), Some(_)) = (pieces.next(), pieces.next(), pieces.next()) else {
        return false;
    };
    let date = date.lower_case();
    !name.trim().is_empty()
        && name.split_whitespace().count() <= 6
        && date.len() <= 40
        && has_clock(&date)
        && has_short_date(&date)
}

/// `2024-03-04 09:05:13 ERROR ...`: a time and a level, or a line right above that begins with a time as well.
fn is_log_line(lines: &[Line<'_>], index: usize) -> bool {
    let timed = |text: &str| {
        let start = text.trim_start_matches(['[', '(']).as_bytes();
        start.len() > 10
            && start[..4].iter().all(u8::is_ascii_digit)
            && matches!(start[4], b'-' | b'/')
            && start[5..7].iter().all(u8::is_ascii_digit)
    };
    let text = lines[index].text;
    timed(text)
        && (index > 0 && timed(lines[index - 1].text)
            || [
                "ERROR", "WARN", "WARNING", "INFO", "DEBUG", "FATAL", "TRACE",
            ]
            .iter()
            .any(|level| {
                text.split(|character: char| !character.is_ascii_alphabetic())
                    .any(|word| word == *level)
            }))
}

/// Whether the line stands in a comment or a text of a program: behind a comment's sign, or indented below its opening.
fn is_comment(lines: &[Line<'_>], index: usize) -> bool {
    let line = &lines[index];
    let quoted_below = next_filled(lines, index + 1).is_some_and(|next| lines[next].depth > 0);
    if quoted_below {
        return false;
    }
    let sign = ["#", "//", "/*", ";", "<!--", "REM "]
        .iter()
        .any(|sign| line.text.starts_with(sign));
    let behind = [" // ", " # ", " /* "]
        .iter()
        .any(|sign| line.text.contains(sign));
    let indented = line.raw.starts_with([' ', '\t']);
    let opened = index > 0
        && ["\"\"\"", "'''", "/*", "/**", "<!--"]
            .iter()
            .any(|opening| lines[index - 1].text.ends_with(opening));
    let listed = line.text.starts_with("* ") || line.text.starts_with("-- ");
    sign || behind || indented && (opened || listed)
}

/// Words by which somebody speaks to the reader of the reader's own people.
#[rustfmt::skip]
const POSSESSIVES: &[&str] = &[
    "your", "ihr", "ihre", "euer", "eure", "dein", "deine", "votre", "vos", "twój", "twoja", "wasz", "wasza",
    "vostro", "vostra", "uw", "jullie", "ваш", "ваша", "vosso", "vossa", "nuestro", "notre", "unser", "unsere", "our", "my",
    "wir", "ich", "we", "nous", "je", "państwa", "pański", "pańska", "waszego", "naszego",
];

/// The same where words are not parted.
const WIDE_POSSESSIVES: &[&str] = &[
    "贵公司",
    "贵司",
    "贵方",
    "您",
    "你们",
    "我们",
    "我司",
    "御社",
    "貴社",
    "弊社",
];

/// Beginnings of attributions with the words for yours and to me in their language, which mean something else in others.
#[rustfmt::skip]
const POSSESSIVES_BEHIND: &[(&str, &[&str])] = &[
    ("el ", &["su", "sus", "tu", "me", "nos", "mi"]), ("il ", &["suo", "sua", "tuo", "mi", "ci", "mio"]), ("em ", &["seu", "sua", "me", "nos", "meu"]), ("no dia ", &["seu", "sua", "me", "nos"]),
    ("w dniu ", &["mi", "nam", "pana", "pani", "twój"]), ("dnia ", &["mi", "nam", "pana", "pani"]), ("op ", &["je", "me", "mij", "mijn", "ons"]), ("le ", &["m'a", "mon", "ma"]), ("am ", &["mein", "meine", "mir", "uns"]), ("on ", &["me", "us"]),
];

/// Whether an attribution names a machine as the one who wrote.
pub(super) fn is_of_machine(lines: &[Line<'_>], found: Attribution) -> bool {
    narrated::is_of_machine(&joined(lines, found))
}

fn joined(lines: &[Line<'_>], found: Attribution) -> String {
    lines[found.first..=found.last]
        .iter()
        .map(|line| line.text)
        .collect::<Vec<_>>()
        .join(" ")
}

/// Whether the lines of an attribution name neither address nor time of day and no whole date, or name whoever wrote as
/// the reader's: without marked lines below, somebody tells of it.
pub(super) fn is_told(lines: &[Line<'_>], found: Attribution) -> bool {
    let joined = joined(lines, found).lower_case();
    if is_dashed(lines[found.first].text)
        || has_mail_address(&joined)
        || has_clock(&joined)
        || !has_verb(&joined)
    {
        return false;
    }
    let words = || joined.split(|character: char| !character.is_alphabetic() && character != '\'');
    let speaks = words().any(|word| POSSESSIVES.contains(&word))
        || WIDE_POSSESSIVES.iter().any(|word| joined.contains(word))
        || POSSESSIVES_BEHIND.iter().any(|(opening, own)| {
            joined.starts_with(opening) && words().any(|word| own.contains(&word))
        });
    // A sentence that goes on right below.
    let goes_on = lines
        .get(found.last + 1)
        .is_some_and(|below| below.words() >= 3 && below.text.starts_with(char::is_lowercase));
    speaks || goes_on || !(has_year(&joined) || has_short_date(&joined))
}

/// How Horde and others name the author alone.
#[rustfmt::skip]
const QUOTING: &[&str] = &[
    "quoting ", "zitat von ", "citando a ", "citando ", "citat ", "citeren van ", "cytowanie ", "quote from ",
];

/// `>>> Jane Doe <jane@example.org> 2/16/01 10:41:43 am >>>`, as GroupWise writes it.
pub(super) fn is_arrowed(text: &str) -> bool {
    text.starts_with(">>> ") && text.ends_with(">>>") && text.len() > 16 && has_clock(text)
}

fn is_attribution(joined: &str, opens: bool, lines: &[Line<'_>], last: usize) -> bool {
    let quoted_below = next_filled(lines, last + 1).is_some_and(|next| lines[next].depth > 0);
    let date = has_date(joined);
    let address = has_mail_address(joined);
    let sentence_inside = joined.contains(". ") && joined.split_whitespace().count() > 40;
    if sentence_inside {
        return false;
    }
    if QUOTING.iter().any(|start| joined.starts_with(start))
        && ends_with_colon(joined)
        && (address || quoted_below)
    {
        return true;
    }
    if has_verb(joined) {
        if opens && (date || address) {
            return true;
        }
        // `Jane Doe schrieb am 4. März 2024 um 09:05:` names who and when, and nothing else.
        let complete = date && has_clock(joined) && ends_with_colon(joined);
        if complete && joined.split_whitespace().count() <= 14 {
            return true;
        }
        if (address || date && quoted_below) && joined.split_whitespace().count() <= 20 {
            return true;
        }
        return quoted_below && joined.split_whitespace().count() <= 12;
    }
    // `2017-02-05 13:29 GMT+02:00 Name <name@example.org>:` has no verb.
    let colon = ends_with_colon(joined);
    let angle = date && address && joined.contains('<') && joined.split_whitespace().count() <= 18;
    // `4. März 2024, 09:05 von jane@example.org:`
    let last_word = joined.trim_end_matches([':', '：', ' ']).rsplit(' ').next();
    if colon
        && date
        && opens
        && has_clock(joined)
        && last_word.is_some_and(has_mail_address)
        && joined.split_whitespace().count() <= 8
    {
        return true;
    }
    if colon {
        return angle && (opens || has_year(joined) && has_clock(joined));
    }
    // Without a colon only above lines that are marked.
    let bars = next_filled(lines, last + 1).is_some_and(|next| is_bar(&lines[next]));
    angle && opens && joined.ends_with('>') && (quoted_below || bars)
}

fn ends_with_colon(text: &str) -> bool {
    text.trim_end_matches(['*', '_']).ends_with([':', '：'])
}

/// `| quoted`, as some clients convert block quotes.
fn is_bar(line: &Line<'_>) -> bool {
    line.text == "|" || line.text.starts_with("| ") && !line.text.ends_with('|')
}

#[cfg(test)]
mod tests {
    use super::super::line;
    use super::*;

    fn found(text: &str) -> Option<(usize, usize)> {
        at(&line::split(text), 0).map(|found| (found.first, found.last))
    }

    #[test]
    fn languages() {
        for text in [
            "On Mon, Mar 4, 2024 at 9:05 AM Jane Doe <jane@example.org> wrote:",
            "Am 04.03.2024 um 09:05 schrieb Jane Doe:",
            "Am Mo., 4. März 2024 um 09:05 Uhr schrieb Jane <jane@example.org>:",
            "Le lun. 4 mars 2024 à 09:05, Jane <jane@example.org> a écrit :",
            "W dniu 4.03.2024 o 09:05, Jane pisze:",
            "pon., 4 mar 2024 o 09:05 Jane <jane@example.org> napisał(a):",
            "Jane <jane@example.org> 于2024年3月4日周一 09:05写道：",
            "在 2024-03-04 09:05:00，\"Jane\" <jane@example.org> 写道：",
            "El lun, 4 mar 2024 a las 9:05, Jane (<jane@example.org>) escribió:",
            "Il giorno lun 4 mar 2024 alle ore 09:05 Jane <jane@example.org> ha scritto:",
            "Em seg., 4 de mar. de 2024 às 09:05, Jane <jane@example.org> escreveu:",
            "Op ma 4 mrt 2024 om 09:05 schreef Jane <jane@example.org>:",
            "2024年3月4日(月) 9:05 Jane <jane@example.org>:",
            "2024-03-04 09:05 GMT+01:00 Jane <jane@example.org>:",
        ] {
            assert_eq!(found(text), Some((0, 0)), "{text}");
        }
    }

    #[test]
    fn wrapped_and_torn() {
        assert_eq!(
            found("On Mon, Mar 4, 2024 at 9:05 AM Jane Doe <\njane@example.org> wrote:"),
            Some((0, 1))
        );
        assert_eq!(
            found(
                "On Mon, 4 Mar 2024 at 09:05 Jane Doe\n\n<\nmailto:jane@example.org\n> wrote:\n\nold"
            ),
            Some((0, 4))
        );
    }

    #[test]
    fn sentences_are_none() {
        for text in [
            "On this day\n\nI wrote something\n\nwhich was interesting.",
            "On 4 March we saw the following error:",
            "The response of getOrders at 09:05 UTC was:",
            "He wrote: it does not work.",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
