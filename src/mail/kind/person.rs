//! Signs of a person around words that machines use: a question about them, a name below them, something attached.

use super::Facts;
use super::auto_reply::{ACKNOWLEDGEMENTS, OUT_OF_OFFICE_BODIES, OUT_OF_OFFICE_SUBJECTS};
use super::delivery;
use super::notification::{is_machine, is_no_reply, is_role_address};
use super::said::is_wide;
use super::sentence::{self, Lines};
use super::terms::{Text, first_of, fold, speaks_of_self};
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
    if own().any(|sentence| sentence.ends_with(['?', '？']) || is_shown(sentence, term)) {
        return true;
    }
    let nobody_writes = is_no_reply(facts) || is_machine(facts);
    if !nobody_writes && is_below_colon(facts.new_text, term) {
        return true;
    }
    // What no other sentence of a machine stands in.
    let others: Vec<(usize, &String)> = sentences
        .iter()
        .enumerate()
        .filter(|(_, sentence)| first_of(sentence, ACKNOWLEDGEMENTS.list()).is_none())
        .collect();
    let place = sentences
        .iter()
        .position(|sentence| sentence.contains(term))
        .unwrap_or(0);
    if is_of_program(term)
        && !nobody_writes
        && others
            .iter()
            .any(|(at, sentence)| *at < place && is_own(sentence, true))
    {
        return true;
    }
    let away = OUT_OF_OFFICE_BODIES.first_in(&text.body).is_some()
        || OUT_OF_OFFICE_SUBJECTS.first_in(&text.subject).is_some()
        || super::note::names_absence(&text.body);
    let role = is_role_address(facts);
    if is_of_program(term) && !nobody_writes && !away {
        // A department's machine shows what it answers below its own words.
        let counts = !role || !super::note::announces(facts.own_words, &facts.author());
        if counts && others.iter().any(|(_, sentence)| is_own(sentence, false))
            || !role
                && (is_signed_within(facts.new_text, &facts.author())
                    || own().any(|sentence| names_colleague(sentence)))
        {
            return true;
        }
    }
    if away || role {
        return false;
    }
    if first_of(&text.body, REAL_PERSON).is_some() {
        return true;
    }
    // What speaks of a program or forbids an answer is no sentence that people use of their own.
    if is_of_program(term) {
        return false;
    }
    sentences.iter().any(|sentence| speaks_of_self(sentence))
        || others
            .iter()
            .any(|(_, sentence)| sentence.ends_with(['?', '？']))
        || first_of(&text.body, ATTACHED).is_some()
        || is_signed(facts.new_text)
}

/// Whether a folded sentence of a text with a machine's words in it is a person's: a question that no service asks its
/// customers, somebody who speaks of himself, or who got something that he does not understand. In the question above a
/// machine's words somebody who is away is not meant.
fn is_own(sentence: &str, above: bool) -> bool {
    // Questions of services, and first persons that are names of pages or of programs.
    #[rustfmt::skip]
    const OF_SERVICES: &[&str] = &[
        "need help", "need more help", "need assistance", "any questions", "have questions", "have a question", "questions?", "forgot your", "forgotten your", "was this helpful", "how did we do", "not you?", "wasn't you", "received this in error", "noch fragen", "haben sie fragen", "fragen?", "hilfe benötigt", "brauchen sie hilfe", "benötigen sie", "passwort vergessen", "waren sie zufrieden",
        "des questions", "une question ?", "besoin d'aide", "mot de passe oublié", "masz pytania", "mają państwo pytania", "pytania?", "potrzebujesz pomocy", "nie pamiętasz hasła", "有疑问", "有问题", "需要帮助", "忘记密码", "¿necesita", "bisogno di aiuto", "precisa de ajuda", "hulp nodig", "urgent?", "dringend?", "pilne?", "automat", "i am a bot", "ich bin ein bot", "no longer want", "want to receive", "unsubscribe", "subscription",
    ];
    #[rustfmt::skip]
    const PAGES: &[&str] = &[
        "my account", "my orders", "my order", "my profile", "my tickets", "my requests", "my subscriptions", "my settings", "mein konto", "meine bestellungen", "meine bestellung", "meine tickets", "meine anfragen", "mein profil", "mon compte", "mes commandes", "mon espace", "mon profil", "moje konto", "mojego konta", "moim koncie", "moje zamówienia", "moje zgłoszenia", "我的",
    ];
    #[rustfmt::skip]
    const GOT: &[&str] = &[
        "it says", "we get this", "we got this", "we keep getting", "we only get", "we receive this", "we received this", "we only receive", "keep receiving", "what is this", "what does this", "what does that", "don't understand", "do not understand", "wir bekommen", "wir erhalten immer", "wir erhalten nur", "was ist das", "was soll das", "was bedeutet", "was heißt das", "verstehen wir nicht", "nous recevons", "on reçoit", "qu'est-ce que c", "que signifie", "ne comprenons pas",
        "tylko to dosta", "dostajemy", "dostaję", "otrzymujemy", "otrzymuję", "otrzymałem", "otrzymałam", "co to jest", "co to znaczy", "co to oznacza", "nie rozumiem", "这是什么", "什么意思", "看不懂", "不明白", "收到这", "收到了这", "一直收到", "总是收到", "只收到",
    ];
    if first_of(sentence, GOT).is_some() {
        return true;
    }
    if first_of(sentence, OF_SERVICES).is_some() {
        return false;
    }
    if sentence.ends_with(['?', '？']) {
        return true;
    }
    let mut rest = sentence.to_owned();
    for page in PAGES {
        rest = rest.replace(page, " ");
    }
    speaks_of_self(&rest) && !(above && super::note::names_absence(sentence))
}

/// Whether a machine's `term` is shown in a folded sentence: behind a colon and a word for what is said or got.
fn is_shown(sentence: &str, term: &str) -> bool {
    #[rustfmt::skip]
    const SHOWN: &[&str] = &[
        "says:", "said:", "say:", "reads:", "read:", "wrote:", "got:", "get:", "gets:", "got this:", "get this:", "received:", "receive:", "received this:", "following:", "message:", "mail:", "email:", "answer:", "reply:", "text:", "steht:", "stand:", "schreibt:", "sagt:", "heißt es:", "bekomme:", "bekommen:", "erhalten:", "kommt:", "kam:", "meldung:", "antwort:", "nachricht:",
        "dit:", "indique:", "écrit:", "reçu:", "reçois:", "recevons:", "reçu ceci:", "suivant:", "message suivant:", "réponse:", "pisze:", "napisano:", "brzmi:", "dostaję:", "dostałem:", "dostałam:", "otrzymuję:", "otrzymałem:", "otrzymałam:", "odpowiedź:", "treść:", "说:", "写着:", "显示:", "写道:", "收到:", "内容是:", "回复是:", "提示:",
    ];
    // Labels that programs print are followed by what is not theirs.
    let Some(at) = sentence.find(term) else {
        return false;
    };
    let before = sentence[..at].replace('：', ":").replace(" :", ":");
    #[rustfmt::skip]
    const SAID: &[&str] = &[
        "it says", "they say", "it said", "is what ", "that is all", "steht da", "steht dort", "heißt es", "so fängt", "so beginnt", "schreiben sie", "est-il écrit", "c'est écrit", "est écrit", "taki dopisek", "ten dopisek", "と書いて", "jest napisane", "tak pisze", "tak jest napisane", "什么意思", "这句话",
    ];
    let behind = &sentence[at + term.len()..];
    SHOWN
        .iter()
        .any(|shown| before.contains(shown) && before.trim_start() != *shown)
        || first_of(behind, SAID).is_some()
        || first_of(&before, SAID).is_some()
}

/// Whether a machine's `term` begins a line below one that ends with a colon: somebody shows it. A greeting or a label of a
/// word or two (`Please note:`) shows nothing.
fn is_below_colon(text: &str, term: &str) -> bool {
    #[rustfmt::skip]
    const NO_SHOWING: &[&str] = &[
        "dear", "hello", "hi ", "sehr geehrt", "guten", "liebe", "hallo", "bonjour", "cher", "chère", "madame", "monsieur", "szanown", "drogi", "droga", "dzień dobry", "witam", "witaj", "尊敬", "亲爱", "您好", "你好", "note", "notice", "important", "hinweis", "wichtig", "remarque", "attention", "uwaga", "注意", "提示", "声明", "disclaimer", "details", "click", "klick", "cliqu", "klikn", "点击", "visit", "password", "code",
    ];
    let mut above = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if fold(line, LINE_BYTES).contains(term) && above.ends_with([':', '：']) {
            let above = fold(above, LINE_BYTES);
            let wide = above
                .chars()
                .filter(|character| is_wide_letter(*character))
                .count();
            return (above.split_whitespace().count() >= 3 || wide >= 6)
                && first_of(&above, NO_SHOWING).is_none();
        }
        above = line;
    }
    false
}

/// Bytes of a line that are looked at.
const LINE_BYTES: usize = 500;

/// Whether a folded sentence sends the reader to somebody whom its author works with.
fn names_colleague(sentence: &str) -> bool {
    #[rustfmt::skip]
    const COLLEAGUES: &[&str] = &[
        "my colleague", "my boss", "to me at", "my other", "my new", "my private", "mein", "an mich", "ma collègue", "mon collègue", "mon adresse", "mon autre", "mojego", "mojej", "mój", "na mój", "我的同事", "我同事", "我的邮箱", "我另",
    ];
    COLLEAGUES.iter().any(|term| {
        sentence
            .match_indices(term)
            .any(|(at, _)| is_wide(term) || !sentence[..at].ends_with(char::is_alphabetic))
    })
}

/// Whether a name stands below a line of farewell, whatever follows: a company, a footer; or the author's own in a line that
/// is not the first. `author`: the name and the local part of the address, lower case.
pub(super) fn is_signed_within(text: &str, author: &str) -> bool {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let is_author = |line: &str| {
        is_name(line)
            && line.to_lowercase().split_whitespace().all(|word| {
                word.chars().count() >= 2
                    && author
                        .split(|character: char| !character.is_alphanumeric())
                        .any(|name| name == word)
            })
    };
    lines.iter().skip(1).any(|line| is_author(line))
        || lines.windows(2).any(|pair| {
            let farewell = pair[0]
                .trim_end_matches([',', '.', '!', '，', '。', '！'])
                .to_lowercase();
            farewell.split_whitespace().count() <= 4
                && FAREWELLS.iter().any(|word| farewell.ends_with(word))
                && is_name(pair[1])
        })
}

/// Whether a mailbox is said to be unread at times only: `This mailbox is not monitored at weekends`.
pub(super) fn is_limited(text: &str, term: &str) -> bool {
    #[rustfmt::skip]
    const TIMES: &[&str] = &[
        " at weekend", " on weekend", " over the weekend", " during the weekend", " at night", " overnight", " outside ", " on public holiday", " on bank holiday", " on saturday", " on sunday", " after hours", " after office", " in the evening", " during holidays",
    ];
    term.ends_with("not monitored")
        && text
            .split(term)
            .nth(1)
            .is_some_and(|rest| TIMES.iter().any(|time| rest.starts_with(time)))
}

/// Whether a term says that a program writes, which nobody says of himself.
pub(super) fn names_program(term: &str) -> bool {
    #[rustfmt::skip]
    const PROGRAM: &[&str] = &["automat", "auto-", "autogen", "auto gen", "system", "系统", "自动", "自動"];
    first_of(term, PROGRAM).is_some()
}

/// Whether the author carries a person's name: of a word or two, in which the address agrees where it is one word.
pub(super) fn has_persons_name(facts: &Facts<'_>) -> bool {
    let Some(from) = facts.from.first() else {
        return false;
    };
    if is_role_address(facts) || !is_name(&from.name) {
        return false;
    }
    let name = from.name.to_lowercase();
    let local = from.local_part();
    let mut words = name.split_whitespace();
    let agrees = words.clone().any(|word| {
        word.chars().count() >= 3 && local.contains(word) && !from.domain().starts_with(word)
    });
    // Nobody writes Chinese names into addresses.
    agrees
        || is_wide(&name)
        || words.nth(1).is_some() && !local.is_empty() && is_initialled(&name, local)
}

/// Whether an address begins with the first letter of a name, and goes on with letters of it: `jdoe`, `j.doe`.
fn is_initialled(name: &str, local: &str) -> bool {
    name.split_whitespace()
        .any(|word| local.starts_with(|first| word.starts_with(first)))
        && local
            .chars()
            .all(|character| character.is_alphanumeric() || matches!(character, '.' | '-' | '_'))
}

/// Whether a person writes from an address that is a machine's by its name: asks or complains, speaks of himself or of
/// those he is one of, and carries a name, signs or answers.
pub(super) fn writes(facts: &Facts<'_>, text: &Text) -> bool {
    #[rustfmt::skip]
    const OWN: &[&str] = &[
        "we", "our", "us", "wir", "uns", "unser", "unsere", "unseren", "nous", "notre", "nos", "nasz", "nasza", "nasze", "nam", "nas", "mamy",
    ];
    #[rustfmt::skip]
    const HELP: &[&str] = &["please help", "bitte helfen", "bitte um hilfe", "aidez", "proszę o pomoc", "prosimy o pomoc", "请帮", "ayuda por favor"];
    let body: &str = &text.body;
    if body.len() > LETTER_BYTES
        || ACKNOWLEDGEMENTS.first_in(&text.body).is_some()
        || super::bulk::UNSUBSCRIBE.first_in(&text.body).is_some()
        || body.matches("://").count() > 1
    {
        return false;
    }
    let of_us = speaks_of_self(body)
        || body.contains("我们")
        || body
            .split(|character: char| !character.is_alphanumeric())
            .any(|word| OWN.contains(&word));
    let sentences = sentence::split(facts.own_words, Lines::Blank);
    let wants = || {
        first_of(body, HELP).is_some()
            || sentences
                .iter()
                .any(|sentence| sentence.ends_with(['?', '？']) && is_own(sentence, false))
    };
    let closes = || {
        is_signed(facts.new_text)
            || text.answers_or_forwards() && facts.has_header("In-Reply-To")
            || facts
                .from
                .first()
                .is_some_and(|from| is_name(&from.name) && from.name.contains(' '))
            || sentences
                .last()
                .is_some_and(|last| super::note_clause::takes_leave(last))
    };
    of_us && wants() && closes()
}

/// Longest letter of a person at a machine's address. Bytes.
const LETTER_BYTES: usize = 2_000;

/// Whether a term names a program, or says that an answer would not be read.
pub(super) fn is_of_program(term: &str) -> bool {
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

/// Words that end a letter.
#[rustfmt::skip]
pub(super) const FAREWELLS: &[&str] = &[
    "regards", "wishes", "thanks", "thank you", "cheers", "best", "sincerely", "yours", "grüßen", "grüße", "gruß", "gruss", "danke", "mfg", "vg", "lg", "cordialement", "salutations", "merci",
    "bien à vous", "pozdrawiam", "pozdrowienia", "pozdrowieniami", "poważaniem", "dziękuję", "dzięki", "此致", "敬礼", "谢谢", "祝好",
];

/// Words of names that are no person's.
#[rustfmt::skip]
const NOBODY: &[&str] = &[
    "team", "support", "service", "desk", "postmaster", "system", "administrator", "admin", "mail", "delivery", "subsystem", "daemon", "server", "help", "customer", "department", "kundenservice",
    "kundendienst", "équipe", "zespół", "客服", "团队", "系统", "gmbh", "ltd", "inc", "company", "office", "bot", "shop", "store", "bank", "online", "versand", "boutique", "sklep", "商城", "公司", "银行",
];

/// Whether a first name, or a first and a last one, ends a text below a line of its own or behind a word of farewell.
pub(super) fn is_signed(text: &str) -> bool {
    let Some(last) = text.lines().map(str::trim).rfind(|line| !line.is_empty()) else {
        return false;
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

/// Whether a line is a first name, or a first and a last one.
fn is_name(name: &str) -> bool {
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
}
