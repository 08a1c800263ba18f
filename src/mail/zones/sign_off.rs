//! Sign-offs: "Kind regards" and the name below it, in the languages of `PHRASES`.

use super::line::{Line, previous_filled};
use super::signature::{has_contact, has_telephone};

/// A sign-off found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignOff {
    /// First line.
    pub(super) first: usize,
    /// First line of contacts below the name.
    pub(super) contact: Option<usize>,
    /// Stable reason code.
    pub(super) reason: &'static str,
}

/// Phrases, lower case without punctuation. Matched as a whole line, or at its beginning before a name.
const PHRASES: &[&str] = &[
    // en
    "regards",
    "best regards",
    "kind regards",
    "warm regards",
    "warmest regards",
    "with regards",
    "with best regards",
    "with kind regards",
    "rgds",
    "brgds",
    "br",
    "best",
    "best wishes",
    "all the best",
    "cheers",
    "thanks",
    "thanks again",
    "many thanks",
    "thank you",
    "thank you very much",
    "thanks a lot",
    "thanks in advance",
    "thank you in advance",
    "thanks and regards",
    "thanks & regards",
    "thanks so much",
    "thank you so much",
    "thx",
    "tia",
    "thanx",
    "sincerely",
    "yours sincerely",
    "sincerely yours",
    "yours truly",
    "yours faithfully",
    "yours",
    "respectfully",
    "cordially",
    "take care",
    "love",
    "have a nice day",
    "have a great day",
    "have a good day",
    "have a great weekend",
    "have a good weekend",
    "many thanks in advance",
    "warmly",
    "kindest regards",
    "best regards and thanks",
    "regards and thanks",
    "talk to you soon",
    "thank you and best regards",
    "thank you & regards",
    "good luck",
    "later",
    "ciao",
    "thank you for your help",
    "thanks for your help",
    "thanks for all your help",
    "thank you for your assistance",
    "thanks much",
    "much appreciated",
    "thank you for your time",
    "thanks for the help",
    "see you",
    "thank you again",
    "thks",
    "kind rgds",
    "best rgds",
    "greetings",
    "ta",
    // de
    "mit freundlichen grüßen",
    "mit freundlichem gruß",
    "mit freundlichen gruessen",
    "freundliche grüße",
    "viele grüße",
    "liebe grüße",
    "beste grüße",
    "schöne grüße",
    "herzliche grüße",
    "mit besten grüßen",
    "grüße",
    "gruß",
    "gruss",
    "vg",
    "mfg",
    "lg",
    "danke",
    "vielen dank",
    "danke und gruß",
    "besten dank",
    "vielen dank im voraus",
    "danke im voraus",
    "hochachtungsvoll",
    "viele gruesse",
    "mit freundlichen grüssen",
    "freundliche grüsse",
    "beste grüsse",
    // fr
    "cordialement",
    "bien cordialement",
    "très cordialement",
    "bien à vous",
    "salutations",
    "meilleures salutations",
    "sincères salutations",
    "merci",
    "merci d'avance",
    "merci beaucoup",
    "cdlt",
    "cdt",
    "bonne journée",
    "bonne réception",
    "respectueusement",
    "amicalement",
    "merci par avance",
    // pl
    "pozdrawiam",
    "pozdrawiamy",
    "z poważaniem",
    "serdecznie pozdrawiam",
    "pozdrowienia",
    "z wyrazami szacunku",
    "dziękuję",
    "dziękuję i pozdrawiam",
    "pzdr",
    // zh ja
    "此致",
    "敬礼",
    "祝好",
    "谢谢",
    "此致敬礼",
    "顺颂商祺",
    "谢谢您",
    "感谢",
    "祝商祺",
    "よろしくお願いします",
    "以上、よろしくお願いいたします",
    "よろしくお願いいたします",
    "よろしくお願い致します",
    // es it pt nl sv da
    "saludos",
    "un saludo",
    "saludos cordiales",
    "atentamente",
    "gracias",
    "cordiali saluti",
    "distinti saluti",
    "saluti",
    "grazie",
    "atenciosamente",
    "obrigado",
    "obrigada",
    "cumprimentos",
    "met vriendelijke groet",
    "med venlig hilsen",
    "mvh",
    "med vänliga hälsningar",
];

const MORE_PHRASES: &[&str] = &[
    "met vriendelijke groeten",
    "vriendelijke groet",
    "groeten",
    "groet",
    "bedankt",
    "alvast bedankt",
    "hartelijke groet",
    "mit freundlichen grüßen / best regards",
    "venlig hilsen",
    "med vennlig hilsen",
    "vennlig hilsen",
    "hälsningar",
    "vänliga hälsningar",
    "terveisin",
    "ystävällisin terveisin",
    "abraços",
    "att",
    "un cordial saludo",
    "muchas gracias",
    "gracias de antemano",
    "cordialmente",
    "grazie mille",
    "un cordiale saluto",
    "muito obrigado",
    "с уважением",
    "hilsen",
];

/// Phrases that are also openings of sentences; they need the name or the end right below.
fn is_phrase(lower: &str) -> bool {
    PHRASES.contains(&lower) || MORE_PHRASES.contains(&lower)
}

/// The phrase at the beginning of the line, and what follows it on the line.
fn phrase_and_rest(text: &str) -> Option<(String, String)> {
    if text.len() > 90 {
        return None;
    }
    let text = text.trim_matches(|character: char| matches!(character, '*' | '_' | ' '));
    let lower = text.to_lowercase();
    let whole = lower.trim_matches(|character: char| {
        !character.is_alphanumeric() && character != '&' && character != ')'
    });
    if is_phrase(whole) {
        return Some((whole.to_owned(), String::new()));
    }
    // `Thanks, Jane`, `Best regards - Jane Doe`, `Cheers Jane`.
    let mut best: Option<(&str, usize)> = None;
    for phrase in PHRASES.iter().chain(MORE_PHRASES) {
        if lower.starts_with(phrase) && best.is_none_or(|(_, length)| phrase.len() > length) {
            best = Some((phrase, phrase.len()));
        }
    }
    let (phrase, length) = best?;
    let rest = text.get(length..)?;
    if !rest.starts_with(|character: char| {
        matches!(
            character,
            ',' | ' ' | '.' | '!' | '-' | '–' | ';' | '，' | '！'
        )
    }) {
        return None;
    }
    let rest = rest.trim_matches(|character: char| {
        matches!(
            character,
            ',' | ' ' | '.' | '!' | '-' | '–' | ';' | '，' | '！'
        )
    });
    Some((phrase.to_owned(), rest.to_owned()))
}

/// A person's name: a few capitalised words, initials, or Chinese or Japanese characters.
pub(super) fn is_name(text: &str) -> bool {
    let text = text.trim_matches(|character: char| {
        matches!(
            character,
            '*' | '_' | ' ' | '-' | '–' | '—' | '/' | '~' | ',' | '.' | '\t' | '(' | ')'
        )
    });
    if text.is_empty()
        || text.len() > 60
        || text.chars().any(|character| character.is_ascii_digit())
    {
        return false;
    }
    let words: Vec<_> = text.split_whitespace().collect();
    if words.len() > 5 {
        return false;
    }
    let wide = text
        .chars()
        .all(|character| (0x2e80..0xa000).contains(&(character as u32)) || character == ' ');
    if wide {
        return text.chars().count() <= 8;
    }
    words.iter().all(|word| {
        let word = word.trim_matches(|character: char| {
            matches!(character, ',' | '.' | '(' | ')' | '"' | '\'')
        });
        word.is_empty()
            || word.starts_with(char::is_uppercase)
                && word.chars().all(|character| {
                    character.is_alphabetic() || matches!(character, '.' | '-' | '\'' | '’')
                })
            || matches!(
                word,
                "de" | "von"
                    | "van"
                    | "der"
                    | "den"
                    | "da"
                    | "di"
                    | "la"
                    | "le"
                    | "el"
                    | "bin"
                    | "al"
                    | "zu"
                    | "dos"
                    | "and"
                    | "&"
                    | "und"
                    | "et"
                    | "i"
                    | "y"
            )
    })
}

/// Most filled lines from the sign-off to the end.
const LINES_MAX: usize = 14;

/// The sign-off that ends `lines`.
pub(super) fn find(lines: &[Line<'_>], content: &[bool]) -> Option<SignOff> {
    let last = previous_filled(lines, lines.len())?;
    let mut filled = 0;
    let mut found = None;
    let mut index = last + 1;
    while index > 0 {
        index -= 1;
        let line = &lines[index];
        if line.is_blank() {
            continue;
        }
        filled += 1;
        if filled > LINES_MAX || content[index] || line.depth > 0 {
            break;
        }
        if let Some((phrase, rest)) = phrase_and_rest(line.text)
            && (rest.is_empty() || is_name(&rest))
            && fits_below(lines, index, last, &rest, &phrase)
        {
            found = Some(index);
            // `Thanks,` above `Best regards,` belongs to it; look on for one line.
            continue;
        }
        if found.is_some() {
            break;
        }
    }
    if let Some(first) = found {
        return Some(SignOff {
            first,
            contact: contact_below(lines, first, last),
            reason: "sign_off",
        });
    }
    trailing_name(lines, last, content)
}

/// Whether the lines below a phrase are the end of a mail: names, contacts, no sentences.
fn fits_below(lines: &[Line<'_>], index: usize, last: usize, rest: &str, phrase: &str) -> bool {
    let below: Vec<_> = lines[index + 1..=last]
        .iter()
        .filter(|line| !line.is_blank())
        .collect();
    if below.is_empty() {
        return true;
    }
    let sentences = below
        .iter()
        .filter(|line| {
            let words = line.words();
            let wide = line
                .text
                .chars()
                .filter(|character| (*character as u32) >= 0x2e80)
                .count();
            (words > 9 || line.text.len() > 100 || wide > 25) && !has_contact(line.text)
                || words > 3 && line.text.ends_with(['?', '!']) && !has_contact(line.text)
        })
        .count();
    if sentences > 0 {
        return false;
    }
    // Short words that also begin sentences need a name at once.
    let common = matches!(
        phrase,
        "thanks"
            | "thank you"
            | "best"
            | "love"
            | "yours"
            | "later"
            | "ta"
            | "good luck"
            | "danke"
            | "merci"
            | "gracias"
            | "grazie"
            | "谢谢"
            | "bedankt"
            | "br"
            | "ciao"
            | "see you"
            | "greetings"
            | "much appreciated"
    );
    let first_below = below[0].text;
    if !rest.is_empty() {
        return below.len() <= 8;
    }
    if common {
        return is_name(first_below)
            || first_below.chars().count() <= 3
            || phrase_and_rest(first_below).is_some()
            || first_below.split_whitespace().count() <= 2
                && !first_below.ends_with(['.', '?', ':']);
    }
    below.len() <= 12
}

/// The first line of contacts below the name.
fn contact_below(lines: &[Line<'_>], first: usize, last: usize) -> Option<usize> {
    let mut names = 0;
    for (index, line) in lines.iter().enumerate().take(last + 1).skip(first + 1) {
        if line.is_blank() {
            continue;
        }
        if has_contact(line.text) || has_telephone(&line.text.to_lowercase()) {
            return Some(index);
        }
        if phrase_and_rest(line.text).is_none() {
            names += 1;
        }
        if names > 1 {
            return Some(index);
        }
    }
    None
}

/// A name alone on the last line, under a blank line and a finished sentence.
fn trailing_name(lines: &[Line<'_>], last: usize, content: &[bool]) -> Option<SignOff> {
    let line = &lines[last];
    if content[last]
        || line.depth > 0
        || last == 0
        || line.words() > 3
        || !is_name(line.text)
        || line.text.ends_with(['.', ':', '?', '!', ';'])
    {
        return None;
    }
    let dashed = line.text.starts_with(['-', '–', '—', '/', '~']);
    let above = previous_filled(lines, last)?;
    let separated = last - above > 1;
    let sentence_above = lines[above]
        .text
        .ends_with(['.', '!', '?', ')', '。', '！', '？'])
        && lines[above].words() > 3;
    let follows = sentence_above
        && (separated || dashed || line.words() <= 2 && lines[above].text.len() > 30);
    let bulleted = line.raw.starts_with("- ") && lines[above].text.starts_with('-');
    (follows && !bulleted || dashed && separated && !bulleted).then_some(SignOff {
        first: last,
        contact: None,
        reason: "name",
    })
}
