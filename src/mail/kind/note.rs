//! Texts that are nothing but an announcement: somebody is away, or a message has arrived. Judged by their shape: every
//! clause is of a kind that such announcements are made of, and none says anything else.

use super::note_words::{ANNOUNCING, BACK, FILLER, REQUEST, REQUESTS, Says, TABLES};
use super::said::{Said, is_wide};
use super::sentence::{self, Lines};
use super::terms::asks;
use crate::mail::text::is_wide_letter;

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
    /// One sentence tells the reader under which number his request was filed.
    pub(super) filed: bool,
}

/// The two announcements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Somebody is away or has left, or an office is closed.
    Absence,
    /// A message has arrived and will be looked at.
    Arrival,
}

/// Longest announcement in bytes, and most sentences of it.
const BYTES_MAX: usize = 1_200;
const SENTENCES_MAX: usize = 14;
/// What is announced is said by the third sentence: behind a greeting and thanks.
const SAID_WITHIN: usize = 3;

/// Reads a text as an announcement of `author`: the name and the local part of the address, lower case.
pub(super) fn of(text: &str, author: &str) -> Option<Note> {
    if text.len() > BYTES_MAX || asks(text) || names_code(text) {
        return None;
    }
    let sentences = sentences(text);
    if sentences.is_empty() || sentences.len() > SENTENCES_MAX {
        return None;
    }
    let read: Vec<Said> = sentences
        .iter()
        .map(|sentence| Said::of(sentence))
        .collect();
    let announced: Vec<_> = sentences
        .iter()
        .zip(&read)
        .map(|(sentence, said)| announcement(sentence, said, author))
        .collect();
    let first = announced
        .iter()
        .take(SAID_WITHIN)
        .position(Option::is_some)?;
    let (about, term) = *announced
        .iter()
        .flatten()
        .find(|(about, _)| *about == About::Absence)
        .or(announced[first].as_ref())?;
    let absence = about == About::Absence;
    let filed = !absence
        && sentences
            .iter()
            .zip(&read)
            .any(|(sentence, said)| is_filed(sentence, said));
    if read
        .iter()
        .any(|said| said.has(Says::Trouble) || !filed && said.has(Says::Ticket))
    {
        return None;
    }
    let mut parts = [false; PARTS.len()];
    for (index, sentence) in sentences.iter().enumerate() {
        let said = &read[index];
        let mut dated = said.has(Says::Return) || said.names_day() && said.has(Says::Until);
        // Who names somebody to ask before he says why speaks to the other one.
        if absence
            && said.has(Says::Delegate)
            && !said.has(Says::Urgent)
            && (index < first || index == first && delegates_first(sentence, said))
        {
            return None;
        }
        if !absence {
            dated = false;
        }
        for (part, says) in parts.iter_mut().zip(PARTS) {
            *part |= match says {
                Says::Return => dated,
                Says::Delegate => absence && (said.has(Says::Delegate) || said.has(Says::Urgent)),
                Says::Access => absence && said.has(Says::Access),
                Says::Number => said.has(Says::Number) || filed,
                says => said.has(says),
            };
        }
        if absence && concludes_for_himself(sentence, said) {
            return None;
        }
        if !is_courtesy(sentence, said)
            && !clauses(sentence).all(|clause| is_known(clause, absence))
        {
            return None;
        }
    }
    // Who only says when he is back may be anybody.
    let only_back = absence && BACK.contains(&term);
    let counted = parts.iter().filter(|part| **part).count();
    Some(Note {
        about,
        term,
        wide: is_wide(term),
        parts: if only_back && counted == 1 {
            0
        } else {
            counted
        },
        filed,
    })
}

/// Whether a sentence says that a request of the reader has got a number: `Your request has been logged as INC0048213`.
fn is_filed(sentence: &str, said: &Said) -> bool {
    let Some(number) = sentence
        .split(|character: char| !character.is_ascii_alphanumeric())
        .find(|word| word.bytes().filter(u8::is_ascii_digit).count() >= 4)
    else {
        return false;
    };
    // "An incident was created: 4711. Thank you for your message" is of somebody else's desk.
    let before = sentence.find(number).map_or(sentence, |at| &sentence[..at]);
    let behind = &sentence[before.len()..];
    let named = |text: &str| REQUEST.iter().any(|request| text.contains(request));
    let behind = behind.split(['.', '!', '。']).next().unwrap_or(behind);
    said.has(Says::Filed)
        && said.has(Says::Request)
        && !said.has(Says::FirstPerson)
        && (named(before) || named(behind))
}

/// The other sentences: thanks, when somebody is back, whom to ask meanwhile, what is or is not read, what comes next,
/// the number it was filed under, and that a program says so.
const PARTS: [Says; 7] = [
    Says::Thanks,
    Says::Return,
    Says::Delegate,
    Says::Access,
    Says::Next,
    Says::Number,
    Says::Machine,
];

/// Whether a folded text speaks of trouble, or asks or promises something.
pub(super) fn wants_more(text: &str) -> bool {
    let said = Said::of(text);
    said.has(Says::Trouble) || said.has(Says::Ticket)
}

/// Whether a folded text names an absence, of whomever.
pub(super) fn names_absence(text: &str) -> bool {
    let said = Said::of(text);
    said.has(Says::Away) || said.has(Says::Back)
}

/// Whether one sentence of a text at least announces something.
pub(super) fn announces(text: &str, author: &str) -> bool {
    sentences(text)
        .iter()
        .any(|sentence| announcement(sentence, &Said::of(sentence), author).is_some())
}

/// Terms of which every announcement holds one.
pub(super) fn announcing() -> impl Iterator<Item = &'static str> {
    TABLES
        .iter()
        .filter(|(says, _)| ANNOUNCING.contains(says))
        .flat_map(|(_, terms)| terms.iter().copied())
}

fn announcement(sentence: &str, said: &Said, author: &str) -> Option<(About, &'static str)> {
    let absence = |says: Says| said.term(says).map(|term| (About::Absence, term));
    if let Some(found) = absence(Says::Left) {
        return Some(found);
    }
    if said.has(Says::Other) && (said.has(Says::Owner) || names_author(sentence, author)) {
        return absence(Says::Other);
    }
    // `Absent du 4 au 12 mars`: a note needs no verb.
    let elliptic = |term: &str| sentence.starts_with(term) && said.names_day();
    let personal = |term: &str| said.has(Says::FirstPerson) || is_wide(term) || elliptic(term);
    if let Some(found) = absence(Says::Away).filter(|(_, term)| personal(term)) {
        return Some(found);
    }
    if said.has(Says::Shut) && (said.has(Says::Place) || said.has(Says::FirstPerson)) {
        return absence(Says::Shut);
    }
    if said.has(Says::FirstPerson) && said.names_day() && said.has(Says::Back) {
        return absence(Says::Back);
    }
    if is_filed(sentence, said) {
        return said.term(Says::Filed).map(|term| (About::Arrival, term));
    }
    said.term(Says::Arrived).map(|term| (About::Arrival, term))
}

/// Whether a word of the author's name stands in a folded sentence.
fn names_author(sentence: &str, author: &str) -> bool {
    author
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| word.chars().count() >= 3 || is_wide(word))
        .any(|word| {
            sentence
                .split(|character: char| !character.is_alphanumeric())
                .any(|other| other == word || is_wide(word) && other.starts_with(word))
        })
}

/// Whether somebody to ask is named before the announcement in the same sentence.
fn delegates_first(sentence: &str, said: &Said) -> bool {
    let announced = [Says::Away, Says::Back, Says::Left, Says::Shut]
        .iter()
        .filter_map(|says| said.term(*says))
        .filter_map(|term| sentence.find(term))
        .min();
    let delegated = said
        .term(Says::Delegate)
        .and_then(|term| sentence.find(term));
    announced
        .zip(delegated)
        .is_some_and(|(announced, delegated)| {
            delegated < announced && sentence[delegated..announced].contains(',')
        })
}

/// The sentences, folded, without the marks at their ends.
fn sentences(text: &str) -> Vec<String> {
    sentence::split(text, Lines::Blank)
        .iter()
        .map(|sentence| {
            sentence
                .trim_end_matches(['.', '!', '。', '！', '；'])
                .to_owned()
        })
        .collect()
}

/// Words between which a sentence can be parted: what stands behind them may be something else altogether.
#[rustfmt::skip]
const JOINTS: &[&str] = &[
    " and ", " but ", " so ", " und ", " aber ", " et ", " mais ", " oraz ", " ale ", " dlatego ", " y ", " pero ", " e ", " mas ", " maar ",
];

/// The clauses of a folded sentence.
fn clauses(sentence: &str) -> impl Iterator<Item = &str> {
    sentence
        .split([
            ',', ';', ':', '(', ')', '–', '—', '，', '：', '、', '（', '）',
        ])
        .flat_map(|clause| {
            let mut pieces = Vec::new();
            let mut rest = clause;
            while let Some((at, joint)) = JOINTS
                .iter()
                .filter_map(|joint| rest.find(joint).map(|at| (at, *joint)))
                .min()
            {
                pieces.push(&rest[..at]);
                rest = &rest[at + joint.len() - 1..];
            }
            pieces.push(rest);
            pieces
        })
        .map(str::trim)
        .filter(|clause| !clause.is_empty())
}

/// Whether a clause is of a kind that announcements are made of.
fn is_known(clause: &str, absence: bool) -> bool {
    let said = Said::of(clause);
    if is_request(clause) {
        return is_usual_request(clause, &said);
    }
    let always = [
        Says::Arrived,
        Says::Thanks,
        Says::Next,
        Says::Machine,
        Says::Filler,
        Says::Urgent,
        Says::Delegate,
    ];
    let of_absence = [
        Says::Away,
        Says::Back,
        Says::Shut,
        Says::Left,
        Says::Other,
        Says::Return,
        Says::Access,
    ];
    always.iter().any(|says| said.has(*says))
        || !absence && said.has(Says::Number)
        || absence && of_absence.iter().any(|says| said.has(*says))
        || !absence && (is_number(clause) || is_link(clause) || said.has(Says::Filed))
        || absence && is_date(clause, &said)
        || is_contact(clause)
        || is_fragment(clause)
        || starts_with_greeting(clause)
}

/// Whether a clause asks the other one to do something: `please`, or the French `merci de` before a verb.
fn is_request(clause: &str) -> bool {
    let clause = ["so ", "and ", "und ", "et ", "oraz ", "i "]
        .iter()
        .find_map(|joint| clause.strip_prefix(joint))
        .unwrap_or(clause);
    REQUESTS.iter().any(|word| clause.starts_with(word))
        && ![
            "merci de votre",
            "merci de ta",
            "merci de ton",
            "merci de m'avoir",
            "merci de nous avoir",
        ]
        .iter()
        .any(|thanks| clause.starts_with(thanks))
}

/// Whether a request is one of those that announcements make: ask somebody else, do not answer, bear with us.
fn is_usual_request(clause: &str, said: &Said) -> bool {
    let patience = [
        "verständnis",
        "geduld",
        "compréhension",
        "patience",
        "excuser",
        "agréer",
        "wyrozumia",
        "cierpliw",
        "understanding",
        "apolog",
        "谅解",
        "諒解",
    ];
    said.has(Says::Delegate)
        || said.has(Says::Machine)
        || FILLER.iter().any(|term| clause.starts_with(term))
        || patience.iter().any(|term| clause.contains(term))
        || is_contact(clause)
}

/// Whether a text asks for something that no announcement asks for.
pub(super) fn requests(text: &str) -> bool {
    sentences(text)
        .iter()
        .flat_map(|sentence| clauses(sentence))
        .any(|clause| {
            is_request(clause) && {
                let said = Said::of(clause);
                !is_usual_request(clause, &said) && !said.has(Says::Urgent) && !said.has(Says::Next)
            }
        })
}

/// Whether a sentence draws a conclusion for its author: `I am away, so please call on my mobile`.
fn concludes_for_himself(sentence: &str, said: &Said) -> bool {
    #[rustfmt::skip]
    const CONCLUSIONS: &[&str] = &[
        "so please", "so call", "therefore please", "daher bitte", "deshalb bitte", "also bitte", "bitte daher", "bitte deshalb", "donc merci", "donc veuillez", "dlatego proszę", "więc proszę", "所以请", "所以請", "因此请",
    ];
    #[rustfmt::skip]
    const SELF: &[&str] = &[
        "call me", "write to me", "on my ", "to my ", "at my ", "mich ", "meine ", "meinem ", "m'appeler", "me joindre", "mon portable", "mon adresse", "do mnie", "mój ", "moją ", "我",
    ];
    !said.has(Says::Urgent)
        && CONCLUSIONS.iter().any(|conclusion| {
            sentence
                .find(conclusion)
                .is_some_and(|at| SELF.iter().any(|word| sentence[at..].contains(word)))
        })
}

/// Whether a text says something of what announcements are made of, below a subject that promises one.
pub(super) fn sounds_like_one(text: &str) -> bool {
    let said = Said::of(text);
    [
        Says::Return,
        Says::Delegate,
        Says::Urgent,
        Says::Access,
        Says::Next,
    ]
    .iter()
    .any(|says| said.has(*says))
}

/// The number of a ticket alone: `A-4711`.
fn is_number(clause: &str) -> bool {
    words(clause) == 1
        && clause.len() <= 24
        && clause.bytes().any(|byte| byte.is_ascii_digit())
        && clause
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"#-_/[].".contains(&byte))
}

/// What is left of an address of a page behind its scheme.
fn is_link(clause: &str) -> bool {
    clause.starts_with("//") && words(clause) == 1
}

/// A date or a span of dates, and nothing else.
fn is_date(clause: &str, said: &Said) -> bool {
    let begins = clause.starts_with(|character: char| character.is_ascii_digit())
        || [Says::Until, Says::Day]
            .iter()
            .filter_map(|says| said.term(*says))
            .any(|term| clause.starts_with(term));
    let longest = clause
        .split(|character: char| !character.is_ascii_digit())
        .map(str::len)
        .max()
        .unwrap_or_default();
    begins && said.names_day() && longest <= 4 && words(clause) <= 8 && !said.has(Says::FirstPerson)
}

/// A name, or what is left over between two commas.
fn is_fragment(clause: &str) -> bool {
    !clause.contains(|character: char| character.is_ascii_digit())
        && if is_wide(clause) {
            clause
                .chars()
                .filter(|character| character.is_alphanumeric())
                .count()
                <= 5
        } else {
            words(clause) <= 2
        }
}

fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Whether a word is written as in programs: `getOrders`, `HTTP_403`, `a.b()`.
fn names_code(text: &str) -> bool {
    text.split_whitespace()
        .filter(|word| !word.contains(['@', '/']))
        .any(|word| {
            let word = word.trim_matches(|character: char| !character.is_alphanumeric());
            if COMPANY_FORMS.contains(&word) || word.starts_with("Mc") {
                return false;
            }
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

/// Forms of companies with a capital inside.
const COMPANY_FORMS: &[&str] = &[
    "GmbH", "mbH", "gGmbH", "AöR", "eG", "eV", "KGaA", "SpA", "LtdA",
];

/// Beginnings of greetings and sign-offs.
#[rustfmt::skip]
const GREETINGS: &[&str] = &[
    "hello", "hi ", "hi", "hey", "dear ", "good morning", "good afternoon", "good day", "greetings", "regards", "best ", "kind ", "warm ", "many thanks", "thank", "cheers", "sincerely", "yours ", "to whom it may",
    "guten ", "hallo", "sehr geehrte", "liebe", "moin", "grüß", "mit freundlich", "mit besten", "viele grüße", "freundliche", "beste grüße", "herzliche", "schöne grüße", "danke", "vielen dank", "mfg",
    "bonjour", "bonsoir", "cher ", "chère ", "cordialement", "bien cordialement", "bien à vous", "salutations", "merci", "madame", "monsieur", "dzień dobry", "witam", "szanown", "cześć", "pozdrawiam", "z poważaniem", "dziękuj", "serdecznie",
    "您好", "你好", "尊敬的", "謝謝", "順祝", "祝好", "谢谢", "此致", "敬礼", "顺祝", "祝", "hola", "buenos días", "buenas tardes", "estimad", "saludos", "un saludo", "atentamente", "gracias",
    "buongiorno", "buonasera", "salve", "gentile", "cordiali saluti", "saluti", "distinti", "un saluto", "grazie", "olá", "bom dia", "boa tarde", "caro ", "cara ", "prezad", "atenciosamente", "cumprimentos", "obrigad",
    "beste", "geachte", "goedemorgen", "goedemiddag", "goedendag", "met vriendelijke", "groet", "vriendelijke", "bedankt", "お世話に", "拝啓", "敬具", "よろしく", "以上", "こんにちは",
];

fn starts_with_greeting(clause: &str) -> bool {
    words(clause) <= 7
        && !is_request(clause)
        && GREETINGS
            .iter()
            .any(|greeting| clause.starts_with(greeting))
}

/// A greeting, a sign-off, a name: a few words without a digit.
fn is_courtesy(sentence: &str, said: &Said) -> bool {
    let wide = sentence
        .chars()
        .filter(|character| is_wide_letter(*character))
        .count();
    wide <= 8
        && words(sentence) <= 6
        && !said.has(Says::FirstPerson)
        && !sentence.contains(|character: char| character.is_ascii_digit())
        && (starts_with_greeting(sentence)
            || words(sentence) <= 3
                && !said.has(Says::Day)
                && !is_request(sentence)
                && is_fragment_of_name(sentence))
}

/// Words without any that says something: a name, a company.
fn is_fragment_of_name(sentence: &str) -> bool {
    if is_wide(sentence) {
        sentence.chars().count() <= 8
    } else {
        true
    }
}

/// An address or a telephone number with a few words around it.
fn is_contact(clause: &str) -> bool {
    let digits = clause.bytes().filter(u8::is_ascii_digit).count();
    words(clause) <= 12
        && (clause.contains('@') && clause.contains('.') || digits >= 6 && has_dial(clause))
}

/// Whether digits stand as in a telephone number: grouped, or so many that it is no date.
fn has_dial(clause: &str) -> bool {
    let groups = clause
        .split_whitespace()
        .filter(|word| word.bytes().any(|byte| byte.is_ascii_digit()))
        .count();
    let longest = clause
        .split(|character: char| !character.is_ascii_digit())
        .map(str::len)
        .max()
        .unwrap_or_default();
    let labelled = [
        "tel", "phone", "mobil", "+", "电话", "手机", "fon", "call", "kom", "appel", "au 0", "電話",
    ]
    .iter()
    .any(|label| clause.contains(label));
    labelled || groups >= 3 && longest <= 4 || longest >= 10
}
