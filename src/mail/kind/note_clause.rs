//! The clauses that announcements are made of. What may be unknown in a clause is decided by where it stands: a name behind
//! a greeting or beside somebody to ask, nothing else.

use super::note_words::{
    CONDITIONS, KEEPS, NOTICES, POLITE, REQUESTS, Says, UNWEIGHTED, WORDS_OF_MAILS,
};
use super::said::{Said, foreign_words, is_wide};
use crate::mail::text::is_wide_letter;

/// What stands around a clause.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around {
    /// The text announces an absence.
    pub(super) absence: bool,
    /// It tells the reader under which number his request was filed.
    pub(super) filed: bool,
    /// The sentence sends the reader to somebody, or names an address or a telephone.
    pub(super) delegates: bool,
}

/// Words between which a sentence can be parted: what stands behind them may be something else altogether.
#[rustfmt::skip]
const JOINTS: &[&str] = &[
    " and ", " but ", " so ", " und ", " aber ", " et ", " mais ", " oraz ", " ale ", " dlatego ", " y ", " pero ", " e ", " mas ", " maar ",
];

/// The clauses of a folded sentence.
pub(super) fn clauses(sentence: &str) -> impl Iterator<Item = &str> {
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

/// A clause without the word that joins it to the one before.
fn without_joint(clause: &str) -> &str {
    [
        "so ", "and ", "und ", "et ", "oraz ", "but ", "aber ", "mais ", "or ", "oder ", "ou ",
        "lub ",
    ]
    .iter()
    .find_map(|joint| clause.strip_prefix(joint))
    .unwrap_or(clause)
    .trim_start()
}

/// Whether a sentence names somebody to ask, or an address.
pub(super) fn delegates(sentence: &str, said: &Said) -> bool {
    said.has(Says::Delegate)
        || clauses(sentence)
            .any(|clause| is_contact(clause) || KEEPS.iter().any(|term| clause.contains(term)))
}

/// Whether a clause is of a kind that announcements are made of.
pub(super) fn is_known(clause: &str, around: Around) -> bool {
    let clause = without_joint(clause);
    if clause.is_empty() {
        return true;
    }
    // What may go wrong is no trouble where somebody is named who helps then.
    if is_usual_question(clause) && clause.ends_with(['?', '？']) {
        return true;
    }
    let conditional = CONDITIONS.iter().any(|term| clause.starts_with(term));
    if conditional && around.delegates {
        return foreign_words(clause) <= 5;
    }
    if !around.absence && KEEPS.iter().any(|term| clause.starts_with(term)) {
        return true;
    }
    let said = Said::of(clause);
    if said.has(Says::Trouble) || said.has(Says::Ticket) && !around.filed {
        return false;
    }
    if let Some(rest) = NOTICES.iter().find_map(|term| clause.strip_prefix(term)) {
        let rest = ["that ", "dass ", "que ", "że "]
            .iter()
            .find_map(|word| rest.trim_start().strip_prefix(word))
            .unwrap_or(rest)
            .trim_start();
        return words(rest) <= 1 && !is_wide(rest) || is_known(rest, around);
    }
    // Who wants to be called himself speaks to somebody.
    #[rustfmt::skip]
    const SELF: &[&str] = &["call me", "ring me", "contact me", "write to me", "rufen sie mich", "ruf mich", "appelez-moi", "m'appeler", "zadzwoń do mnie", "do mnie", "给我打电话", "联系我"];
    if SELF.iter().any(|term| clause.contains(term))
        && !said.has(Says::Urgent)
        && !clause.bytes().any(|byte| byte.is_ascii_digit())
    {
        return false;
    }
    if is_request(clause) {
        return is_usual_request(clause, &said, around) && foreign_words(clause) <= 7;
    }
    let Around { absence, .. } = around;
    // What announces may say so at length. What only stands beside it may say nothing else.
    let announces = [Says::Away, Says::Back, Says::Shut, Says::Left, Says::Other];
    let of_absence = [Says::Return, Says::Access];
    if said.has(Says::Arrived) || absence && announces.iter().any(|says| said.has(*says)) {
        return foreign_words(clause) <= 6;
    }
    let beside = if said.has(Says::Delegate) {
        Some(5)
    } else if said.has(Says::Thanks) {
        let contact = THANKS_FOR_CONTACT.iter().any(|term| clause.contains(term));
        Some(if contact { 3 } else { 0 })
    } else if (said.has(Says::Next) || said.has(Says::Promise)) && said.has(Says::Answer) {
        Some(1)
    } else if said.has(Says::Next) || said.has(Says::Promise) || said.has(Says::Urgent) {
        Some(0)
    } else if absence && of_absence.iter().any(|says| said.has(*says))
        || said.has(Says::Machine) && speaks_of_mail(clause)
        || POLITE.iter().any(|term| clause.contains(term))
        || !absence && (said.has(Says::Number) || said.has(Says::Filed))
    {
        Some(1)
    } else {
        None
    };
    beside.is_some_and(|most| foreign_words(clause) <= most)
        || is_unweighted(clause)
        || conditional && words(clause) <= 4 && !is_wide(clause)
        || absence && is_date(clause, &said)
        || !absence && is_number(clause)
        || is_link(clause) && (around.delegates || !absence)
        || is_contact(clause)
        || around.delegates && is_bare_number(clause)
        || is_greeting(clause)
        || around.delegates && is_name(clause, &said)
}

/// Thanks for a mail, however its receiver calls himself.
#[rustfmt::skip]
const THANKS_FOR_CONTACT: &[&str] = &[
    "contacting", "reaching", "in touch", "writing to", "getting in", "your email", "your mail", "your message", "your inquiry", "your enquiry", "kontakt", "an uns", "ihre nachricht", "ihre anfrage", "ihre e-mail", "contact", "message", "écrit", "wiadomość", "来信", "联系", "咨询",
];

/// Digits alone, as many as a telephone has.
fn is_bare_number(clause: &str) -> bool {
    !clause.contains(char::is_alphabetic) && clause.bytes().filter(u8::is_ascii_digit).count() >= 6
}

/// Whether what a clause says of a program is said of mail: `this is an automatic reply`, not `the automatic door`.
fn speaks_of_mail(clause: &str) -> bool {
    WORDS_OF_MAILS.iter().any(|term| clause.contains(term))
}

/// Whether a clause is made of words that say nothing of themselves: `unfortunately`, `at the moment`.
fn is_unweighted(clause: &str) -> bool {
    let mut rest = clause;
    while let Some(term) = UNWEIGHTED.iter().find(|term| {
        rest.starts_with(**term)
            && (is_wide(term) || !rest[term.len()..].starts_with(char::is_alphabetic))
    }) {
        rest = rest[term.len()..].trim_start();
    }
    rest.is_empty()
}

/// A name or a title beside somebody to ask: up to three words without a digit that announce nothing.
fn is_name(clause: &str, said: &Said) -> bool {
    #[rustfmt::skip]
    const NO_NAMES: &[&str] = &[
        "she", "he", "it", "this", "that", "they", "is", "was", "has", "are", "sie", "er", "es", "ist", "hat", "sind", "elle", "il", "ils", "est", "ona", "on", "jest", "yes", "no", "ja", "nein", "oui", "non", "tak", "nie", "now", "works", "fixed", "done", "ok", "okay",
    ];
    !clause
        .split(|character: char| !character.is_alphanumeric())
        .any(|word| NO_NAMES.contains(&word))
        && !clause.contains(|character: char| character.is_ascii_digit())
        && !said.has(Says::FirstPerson)
        && if is_wide(clause) {
            clause
                .chars()
                .filter(|character| character.is_alphanumeric())
                .count()
                <= 5
        } else {
            words(clause) <= 3
        }
}

/// Verbs with which English sentences ask for something without a `please`.
#[rustfmt::skip]
const IMPERATIVES: &[&str] = &[
    "use", "go", "start", "keep", "wait", "let", "tell", "send", "try", "close", "open", "delete", "check", "take", "give", "ask", "don't", "continue", "leave", "hold", "stop", "ring", "move", "bring", "ship", "deliver", "proceed", "look", "see", "read", "put",
];

/// German verbs before `Sie` that ask nothing: `Sollten Sie ...`.
const NO_IMPERATIVES: &[&str] = &[
    "sollten",
    "möchten",
    "haben",
    "können",
    "benötigen",
    "brauchen",
    "wollen",
    "würden",
    "müssen",
    "erhalten",
    "bekommen",
    "erreichen",
    "hatten",
];

/// Whether a clause asks the other one to do something: `please`, the French `merci de` before a verb, or an imperative.
pub(super) fn is_request(clause: &str) -> bool {
    let clause = without_joint(clause);
    if REQUESTS.iter().any(|word| clause.starts_with(word)) {
        return ![
            "merci de votre",
            "merci de ta",
            "merci de ton",
            "merci de m'avoir",
            "merci de nous avoir",
        ]
        .iter()
        .any(|thanks| clause.starts_with(thanks));
    }
    let mut parts = clause.split_whitespace();
    let (Some(first), second) = (parts.next(), parts.next().unwrap_or_default()) else {
        return false;
    };
    let french = |word: &str| {
        word.len() >= 5 && word.ends_with("ez") && !["assez", "rendez"].contains(&word)
    };
    IMPERATIVES.contains(&first)
        || first == "do" && second == "not"
        || french(first)
        || matches!(first, "ne" | "n'y") && french(second)
        || second == "sie" && first.ends_with("en") && !NO_IMPERATIVES.contains(&first)
}

/// Whether a request is one of those that announcements make: ask somebody else, do not answer, bear with us.
pub(super) fn is_usual_request(clause: &str, said: &Said, around: Around) -> bool {
    let refuses = said.has(Says::Machine)
        && (speaks_of_mail(clause) || words(clause) <= 4)
        && !REDIRECTS.iter().any(|term| clause.contains(term));
    said.has(Says::Delegate)
        || refuses
        || KEEPS.iter().any(|term| clause.starts_with(term))
        || NOTICES.iter().any(|term| clause.starts_with(term))
        || POLITE.iter().any(|term| clause.contains(term))
        || is_contact(clause)
        || around.delegates && words(clause) <= 1
}

/// Words with which a sentence that forbids an answer goes on to say where to write instead.
#[rustfmt::skip]
const REDIRECTS: &[&str] = &[
    " but ", " instead", " sondern ", " mais ", " tylko ", " sino ", " ma ", " mas ", " maar ", "请回复到", "请发到",
];

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
    matches!(clause, "https" | "http") || clause.starts_with("//") && words(clause) == 1
}

/// A date or a span of dates, and nothing else.
fn is_date(clause: &str, said: &Said) -> bool {
    let clause = [
        "den ", "le ", "the ", "dem ", "am ", "on ", "dnia ", "el ", "op ",
    ]
    .iter()
    .find_map(|article| clause.strip_prefix(article))
    .unwrap_or(clause);
    let begins = clause.starts_with(|character: char| character.is_ascii_digit())
        || [Says::Until, Says::Day]
            .iter()
            .filter_map(|says| said.term(*says))
            .any(|term| clause.starts_with(term));
    begins
        && said.names_day()
        && words(clause) <= 8
        && !said.has(Says::FirstPerson)
        && clause
            .split_whitespace()
            .all(|word| is_wide(word) || is_of_date(word))
}

/// A word or a number that may stand in a date: `1st`, `24.12.`, `10h30`, a year.
fn is_of_date(word: &str) -> bool {
    let letters = word.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return true;
    }
    let bare = word.trim_matches(|character: char| !character.is_ascii_digit());
    let number = bare.parse::<u32>();
    letters <= 2
        && number.map_or(digits <= 8, |number| {
            number <= 31 || (1990..2100).contains(&number)
        })
}

/// Words of a text; a Chinese or Japanese clause is one.
pub(super) fn words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// Whether a word is written as in programs: `getOrders`, `HTTP_403`, `a.b()`.
pub(super) fn names_code(text: &str) -> bool {
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
    "thanks", "lieber ", "sehr geehrter", "gruß", "gruss", "lg", "vg", "hello", "hi ", "hi", "hey", "dear ", "good morning", "good afternoon", "good day", "greetings", "regards", "best ", "kind ", "warm ", "many thanks", "thank", "cheers", "sincerely", "yours ", "to whom it may",
    "guten ", "hallo", "sehr geehrte", "liebe", "moin", "grüß", "mit freundlich", "mit besten", "viele grüße", "freundliche", "beste grüße", "herzliche", "schöne grüße", "danke", "vielen dank", "mfg",
    "bonjour", "bonsoir", "cher ", "chère ", "cordialement", "bien cordialement", "bien à vous", "salutations", "merci", "madame", "monsieur", "dzień dobry", "witam", "szanown", "cześć", "pozdrawiam", "z poważaniem", "dziękuj", "serdecznie",
    "您好", "你好", "尊敬的", "謝謝", "順祝", "祝好", "谢谢", "此致", "敬礼", "顺祝", "祝", "hola", "buenos días", "buenas tardes", "estimad", "saludos", "un saludo", "atentamente", "gracias",
    "buongiorno", "buonasera", "salve", "gentile", "cordiali saluti", "saluti", "distinti", "un saluto", "grazie", "olá", "bom dia", "boa tarde", "caro ", "cara ", "prezad", "atenciosamente", "cumprimentos", "obrigad",
    "beste", "geachte", "goedemorgen", "goedemiddag", "goedendag", "met vriendelijke", "groet", "vriendelijke", "bedankt", "お世話に", "拝啓", "敬具", "よろしく", "以上", "こんにちは",
];

/// Words behind a salutation that stand for whom it may concern.
#[rustfmt::skip]
const ANYBODY: &[&str] = &[
    "herren", "kollegen", "kolleginnen", "kunden", "kundinnen", "partner", "madam", "sir", "monsieur", "madame", "państwo", "panowie", "herr", "frau",
];

/// Whether a sentence is one of the short questions with which announcements begin what to do then: `Is it urgent?`
pub(super) fn is_usual_question(sentence: &str) -> bool {
    #[rustfmt::skip]
    const QUESTIONS: &[&str] = &[
        "urgent", "is it urgent", "is this urgent", "need help", "need help now", "need immediate help", "can't wait", "dringend", "ist es dringend", "eilig", "notfall", "c'est urgent", "urgent", "une urgence", "pilne", "czy to pilne", "pilna sprawa", "紧急吗", "紧急", "急事", "¿es urgente", "è urgente", "é urgente", "spoed",
    ];
    let bare = sentence.trim_end_matches(['?', '？', '!', ' ']);
    QUESTIONS.contains(&bare)
}

/// Whether a clause greets or takes leave: the word for it, and a name.
pub(super) fn is_greeting(clause: &str) -> bool {
    let wide = clause
        .chars()
        .filter(|character| is_wide_letter(*character))
        .count();
    if is_request(clause) {
        return false;
    }
    if ANYBODY.contains(&clause) || clause.ends_with("您好") && wide <= 8 {
        return true;
    }
    let Some(greeting) = GREETINGS
        .iter()
        .filter(|greeting| {
            clause == greeting.trim_end()
                || clause.starts_with(**greeting)
                    && (greeting.len() > 5
                        || greeting.ends_with(' ')
                        || is_wide(greeting)
                        || !clause[greeting.len()..].starts_with(char::is_alphabetic))
        })
        .max_by_key(|greeting| greeting.len())
    else {
        return false;
    };
    let rest = words(clause.get(greeting.len()..).unwrap_or_default());
    let most = match *greeting {
        // `Best option is ...`
        "best " | "kind " | "warm " | "beste" | "yours " => {
            let named = [
                "regards",
                "wishes",
                "greetings",
                "groet",
                "grüße",
                "truly",
                "faithfully",
                "sincerely",
            ];
            if named.iter().any(|word| clause.contains(word)) {
                4
            } else {
                2
            }
        }
        "thank" | "thanks" | "many thanks" | "danke" | "merci" | "dziękuj" | "gracias"
        | "grazie" | "obrigad" | "bedankt" | "vielen dank" => {
            return rest <= 3 && !THANKS_FOR.iter().any(|term| clause.contains(term));
        }
        _ => 4,
    };
    rest <= most && wide <= 10 && !clause.contains(|character: char| character.is_ascii_digit())
}

/// Whether a sentence takes leave by a word and a comma: `best, susan from example`.
pub(super) fn takes_leave(sentence: &str) -> bool {
    words(sentence) <= 8
        && sentence
            .split_once(',')
            .is_some_and(|(leave, name)| is_greeting(leave) && !name.trim().is_empty())
}

/// Words behind thanks that say what for.
const THANKS_FOR: &[&str] = &[
    " for ", " für ", " pour ", " za ", " por ", " per ", " pel", " voor ",
];

/// A sentence that is nothing but greetings and names of the author.
pub(super) fn is_courtesy(sentence: &str, author: &str) -> bool {
    sentence
        .split([',', '，', '、'])
        .map(str::trim)
        .all(|piece| {
            piece.is_empty()
                || is_greeting(piece)
                || is_greeting_of_two(piece)
                || piece.split_whitespace().all(|word| {
                    let word = word.trim_matches(|character: char| !character.is_alphanumeric());
                    word.chars().count() >= if is_wide(word) { 1 } else { 2 }
                        && author.contains(word)
                })
        })
}

/// `Sehr geehrte Damen und Herren`: a salutation whose end stands behind a joint.
fn is_greeting_of_two(piece: &str) -> bool {
    words(piece) <= 7
        && !is_request(piece)
        && JOINTS.iter().any(|joint| {
            piece.split_once(joint).is_some_and(|(first, second)| {
                is_greeting(first) && (ANYBODY.contains(&second.trim()) || words(second) <= 2)
            })
        })
}

/// Whether a sentence draws a conclusion for its author: `I am away, so please call on my mobile`.
pub(super) fn concludes_for_himself(sentence: &str, said: &Said) -> bool {
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

/// An address or a telephone number with a few words around it.
pub(super) fn is_contact(clause: &str) -> bool {
    let digits = clause.bytes().filter(u8::is_ascii_digit).count();
    words(clause) <= 9
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
