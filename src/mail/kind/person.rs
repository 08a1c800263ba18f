//! Signs of a person around words that machines use: a question about them, a name below them, something attached.

use super::Facts;
use super::auto_reply::{ACKNOWLEDGEMENTS, OUT_OF_OFFICE_BODIES, OUT_OF_OFFICE_SUBJECTS};
use super::delivery;
use super::notification::is_role_address;
use super::sentence::{self, Lines};
use super::terms::{Text, complains, first_of, speaks_of_self};
use crate::mail::text::is_wide_letter;

/// What a person hands over.
#[rustfmt::skip]
const ATTACHED: &[&str] = &[
    "attached", "attachment", "enclosed", "anbei", "im anhang", "beigefügt", "angehängt", "anliegend", "ci-joint", "en pièce jointe", "ci-annexé", "w załączeniu", "w załączniku",
    "załączam", "przesyłam", "见附件", "附件", "附上", "随信", "附有",
];

/// Who is asked for instead of a machine.
#[rustfmt::skip]
const REAL_PERSON: &[&str] = &[
    "let a person", "let a human", "let somebody", "let someone", "a real person", "a human being", "to a human", "to a person", "a person answer", "a human answer", "with a person", "with a human",
    "ein mensch ", "einen menschen", "einem menschen", "echte person", "echter mensch", "jemanden sprechen", "jemandem sprechen", "une vraie personne", "un humain", "un être humain", "à quelqu'un", "une personne réelle",
    "człowiek", "z kimś", "prawdziwa osoba", "żywą osobą", "żywej osoby", "真人", "人工客服", "人工回复", "转人工",
];

/// Whether a person says a machine's `term` in the new text of a mail: asks about it, speaks of himself beside it, wants a
/// person instead, hands something over or signs. An absence is announced by a program in somebody's name.
pub(super) fn says(facts: &Facts<'_>, text: &Text, term: &str) -> bool {
    let sentences = sentence::split(facts.new_text, Lines::Capital);
    let own = || sentences.iter().filter(|sentence| sentence.contains(term));
    if own().any(|sentence| sentence.ends_with(['?', '？'])) {
        return true;
    }
    let away = OUT_OF_OFFICE_BODIES.first_in(&text.body).is_some()
        || OUT_OF_OFFICE_SUBJECTS.first_in(&text.subject).is_some()
        || super::note::names_absence(&text.body);
    if away || is_role_address(facts) {
        return false;
    }
    // What no other sentence of a machine stands in.
    let others = || {
        sentences
            .iter()
            .filter(|sentence| first_of(sentence, ACKNOWLEDGEMENTS.list()).is_none())
    };
    if first_of(&text.body, REAL_PERSON).is_some() {
        return true;
    }
    // What speaks of a program or forbids an answer is no sentence that people use of their own.
    if is_of_program(term) {
        return others().any(|sentence| speaks_of_self(sentence) && complains(sentence))
            || others()
                .any(|sentence| sentence.ends_with(['?', '？']) && speaks_of_self(sentence));
    }
    sentences.iter().any(|sentence| speaks_of_self(sentence))
        || others().any(|sentence| sentence.ends_with(['?', '？']))
        || first_of(&text.body, ATTACHED).is_some()
        || is_signed(facts.new_text)
}

/// Whether a term names a program, or says that an answer would not be read.
fn is_of_program(term: &str) -> bool {
    #[rustfmt::skip]
    const PROGRAM: &[&str] = &[
        "automat", "auto-", "autogen", "auto gen", "system", "系统", "自动", "自動", "reply", "respond", "not monitored", "above this line", "antworten", "répond", "odpowiadać", "回复", "返信",
    ];
    first_of(term, PROGRAM).is_some()
}

/// Whether a person pasted a bounce into a text without any system's envelope: none of its sentences says in words what became
/// of a mail, or somebody asks, points at what he pasted, or signs.
pub(super) fn pastes_bounce(facts: &Facts<'_>) -> bool {
    #[rustfmt::skip]
    const POINTS: &[&str] = &[
        "see below", "see above", "what i got", "came back", "comes back", "siehe unten", "siehe oben", "kam zurück", "kommt zurück", "voir ci-dessous", "voir plus bas", "ci-dessous", "m'est revenu", "est revenu",
        "patrz poniżej", "zobacz poniżej", "jak niżej", "wróciła do", "见下", "如下", "请看", "被退",
    ];
    let sentences = sentence::split(facts.text, Lines::Capital);
    let said = |sentence: &String| first_of(sentence, delivery::BODIES.list()).is_some();
    !sentences
        .iter()
        .any(|sentence| said(sentence) && !is_protocol(sentence))
        || is_signed(facts.new_text)
        || sentences.iter().any(|sentence| {
            sentence.ends_with(['?', '？'])
                || !said(sentence)
                    && (first_of(sentence, POINTS).is_some() || speaks_of_self(sentence))
        })
}

/// An answer of a mail server: `550 5.1.1 <x@y.example>: Recipient address rejected`.
fn is_protocol(sentence: &str) -> bool {
    sentence
        .split(|character: char| !character.is_ascii_digit() && character != '.')
        .any(|number| {
            let code = number.len() == 3 && number.starts_with(['4', '5']);
            let enhanced = number.len() >= 5
                && number.starts_with(['4', '5'])
                && number[1..].starts_with('.')
                && number.split('.').count() == 3;
            code || enhanced
        })
}

/// Whether a first name, or a first and a last one, ends a text below a line of its own or behind a word of farewell.
pub(super) fn is_signed(text: &str) -> bool {
    #[rustfmt::skip]
    const FAREWELLS: &[&str] = &[
        "regards", "wishes", "thanks", "thank you", "cheers", "best", "sincerely", "yours", "grüßen", "grüße", "gruß", "gruss", "danke", "mfg", "vg", "lg", "cordialement", "salutations", "merci",
        "bien à vous", "pozdrawiam", "pozdrowienia", "pozdrowieniami", "poważaniem", "dziękuję", "dzięki", "此致", "敬礼", "谢谢", "祝好",
    ];
    #[rustfmt::skip]
    const NOBODY: &[&str] = &[
        "team", "support", "service", "desk", "postmaster", "system", "administrator", "admin", "mail", "delivery", "subsystem", "daemon", "server", "help", "customer", "department", "kundenservice",
        "kundendienst", "équipe", "zespół", "客服", "团队", "系统", "gmbh", "ltd", "inc", "company", "office", "bot",
    ];
    let Some(last) = text.lines().map(str::trim).rfind(|line| !line.is_empty()) else {
        return false;
    };
    let is_name = |name: &str| {
        let name = name.trim_matches(|character: char| !character.is_alphabetic());
        let lower = name.to_lowercase();
        let words = name.split_whitespace().count();
        (1..=2).contains(&words)
            && name.chars().count() <= if name.contains(is_wide_letter) { 4 } else { 30 }
            && name.chars().all(|character| {
                character.is_alphabetic() || matches!(character, ' ' | '-' | '\'' | '.')
            })
            && name
                .split_whitespace()
                .all(|word| word.starts_with(|first: char| !first.is_lowercase()))
            && !name.chars().skip(1).any(char::is_uppercase) | (words == 2)
            && !lower
                .split_whitespace()
                .any(|word| NOBODY.contains(&word) || FAREWELLS.contains(&word))
            && !NOBODY
                .iter()
                .any(|word| !word.is_ascii() && lower.contains(word))
    };
    // `Regards, Tom` at the end of a line.
    let lower = last.to_lowercase();
    let behind = FAREWELLS.iter().any(|farewell| {
        lower.rfind(farewell).is_some_and(|at| {
            let end = at + farewell.len();
            last.len() == lower.len()
                && last.is_char_boundary(end)
                && (farewell.chars().all(crate::mail::text::is_wide_letter)
                    || last[end..].starts_with([',', '.', '!', ' ', '，']))
                && !lower[..at].ends_with(char::is_alphanumeric)
                && is_name(&last[end..])
        })
    });
    behind || text.trim().contains('\n') && is_name(last)
}
