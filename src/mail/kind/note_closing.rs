//! Where an announcement ends and its closing begins: a word of farewell, the author's name, a company, a footer. In the
//! closing anything may stand that has the shape of a signature, and nothing that stands there announces anything.

use super::note_clause::{Around, clauses, delegates, is_greeting, is_known, words};
use super::note_words::Says;
use super::person::FAREWELLS;
use super::said::{Said, is_wide};
use super::sentence::{self, Lines};
use super::terms::{asks, complains, first_of, fold};

/// Bytes of a line that are looked at.
const LINE_BYTES: usize = 300;
/// Most words of a line of a signature, and of a sentence in one.
const LINE_WORDS: usize = 14;
const SENTENCE_WORDS: usize = 4;

/// Parts a text into what its author announces and its closing. The closing begins below the first line.
pub(super) fn part<'a>(text: &'a str, author: &str) -> (&'a str, &'a str) {
    let mut place = 0;
    let mut filled = 0;
    let mut below_blank = true;
    for line in text.split_inclusive('\n') {
        let bare = line.trim();
        if bare.is_empty() {
            below_blank = true;
        } else {
            if filled > 0 && closes(bare, author, below_blank) {
                return text.split_at(place);
            }
            filled += 1;
            below_blank = false;
        }
        place += line.len();
    }
    (text, "")
}

/// Whether a closing begins with a line.
fn closes(line: &str, author: &str, below_blank: bool) -> bool {
    if line.chars().all(|character| "-_=*~—–".contains(character)) {
        return line.chars().count() >= 2;
    }
    let lower = fold(line, LINE_BYTES);
    is_farewell(&lower)
        || is_author(&lower, author)
        || is_team(&lower) && (below_blank || starts_named(&lower))
        || below_blank && is_company(&lower)
}

/// A word of farewell with a few words around it, or behind it a name: `Kind regards`, `Viele Grüße aus Kiel`.
fn is_farewell(line: &str) -> bool {
    let line = line.trim_end_matches([',', '.', '!', '，', '。', '！']);
    #[rustfmt::skip]
    const WITH: &[&str] = &["with ", "mit ", "z ", "avec ", "un ", "con ", "cum "];
    words(line) <= 5
        && FAREWELLS.iter().any(|farewell| line.ends_with(farewell))
        && (is_greeting(line) || WITH.iter().any(|word| line.starts_with(word)))
}

/// The author's name, and behind it at most what a signature shows beside it.
fn is_author(line: &str, author: &str) -> bool {
    let end = line
        .find(['|', ',', '/', '，', '('])
        .or_else(|| line.find(" - "))
        .unwrap_or(line.len());
    let name = &line[..end];
    let mut any = false;
    name.split_whitespace().all(|word| {
        let word = word.trim_matches(|character: char| !character.is_alphanumeric());
        let least = if is_wide(word) { 1 } else { 2 };
        let named = word.chars().count() >= least
            && author
                .split(|character: char| !character.is_alphanumeric())
                .any(|other| other == word);
        any |= named;
        named || word.chars().count() <= 2 || TITLES.contains(&word)
    }) && any
}

/// Titles before names.
const TITLES: &[&str] = &["dr", "prof", "ing", "dipl", "mgr", "inż", "mme", "mlle"];

/// The name of a group: `Your Example Team`.
fn is_team(line: &str) -> bool {
    #[rustfmt::skip]
    const TEAMS: &[&str] = &[
        "team", "service", "desk", "équipe", "equipe", "equipo", "zespół", "kundenservice", "kundendienst", "support", "service client", "客服", "团队",
    ];
    words(line) <= 6
        && !line.ends_with(['.', '。'])
        && first_of(line, TEAMS).is_some()
        && !announces(line)
}

/// Whether a line begins as the names of groups do: `The`, `Your`.
fn starts_named(line: &str) -> bool {
    #[rustfmt::skip]
    const ARTICLES: &[&str] = &["the ", "your ", "ihr ", "dein ", "euer ", "das ", "votre ", "l'", "le ", "twój ", "państwa ", "su ", "el ", "il ", "o ", "uw ", "het ", "de "];
    ARTICLES.iter().any(|article| line.starts_with(article))
}

/// A company with the form of it: `Example Ltd, 4 Dock Road`.
fn is_company(line: &str) -> bool {
    #[rustfmt::skip]
    const FORMS: &[&str] = &[
        "gmbh", "mbh", "ag", "kg", "ohg", "gbr", "ug", "ltd", "limited", "inc", "llc", "llp", "plc", "corp", "sarl", "sas", "sasu", "eurl", "s.a", "s.a.s", "s.l", "s.r.l", "srl", "spa", "s.p.a", "sp", "z.o.o", "sp.j", "b.v", "bv", "n.v", "oy", "ab", "aps", "lda", "ltda",
    ];
    let sentence = line.ends_with(['.', '!', '。']) && words(line) > SENTENCE_WORDS;
    words(line) <= LINE_WORDS
        && !sentence
        && (line.contains("有限公司")
            || line.contains("株式会社")
            || line
                .split([' ', ',', '|', '/', '·', '•'])
                .map(|word| word.trim_end_matches('.'))
                .any(|word| FORMS.contains(&word)))
        && !announces(line)
}

/// Whether a line says something of what announcements say.
fn announces(line: &str) -> bool {
    let said = Said::of(line);
    [
        Says::FirstPerson,
        Says::Away,
        Says::Left,
        Says::Other,
        Says::Shut,
        Says::Arrived,
        Says::Thanks,
    ]
    .iter()
    .any(|says| said.has(*says))
}

/// Whether everything in a closing has the shape of a signature or a footer.
pub(super) fn is_closing(closing: &str, author: &str) -> bool {
    closing.is_empty()
        || sentence::split(closing, Lines::Short)
            .iter()
            .all(|piece| is_piece(piece, author))
}

fn is_piece(piece: &str, author: &str) -> bool {
    #[rustfmt::skip]
    const FOOTERS: &[&str] = &[
        "environment", "umwelt", "ausdrucken", "environnement", "imprimer", "środowisk", "drukow", "环保", "打印", "confidential", "vertraulich", "confidentiel", "poufn", "virus", "amtsgericht", "registergericht", "handelsregister", "geschäftsführer", "registered in", "registered office", "sitz der gesellschaft",
        "sent from my", "sent from", "gesendet mit", "von meinem", "envoyé de", "wysłane z", "发自我的", "office hours", "opening hours", "öffnungszeiten", "bürozeiten", "sprechzeiten", "heures d'ouverture", "horaires", "godziny pracy", "godziny otwarcia", "工作时间", "follow us", "folgen sie uns", "datenschutz", "privacy", "impressum", "intended for", "intended recipient", "{#hs:", "ref:msg",
    ];
    #[rustfmt::skip]
    const POSTSCRIPTS: &[&str] = &["ps:", "ps ", "p.s", "ps.", "pps", "p.p.s", "nb:", "n.b", "edit:", "update:", "btw", "又及", "另:", "另："];
    if asks(piece) || first_of(piece, POSTSCRIPTS).is_some_and(|term| piece.starts_with(term)) {
        return false;
    }
    if first_of(piece, FOOTERS).is_some() || is_author(piece, author) {
        return true;
    }
    let said = Said::of(piece);
    if said.has(Says::Trouble) || complains(piece) {
        return false;
    }
    let around = Around {
        absence: true,
        filed: true,
        delegates: delegates(piece, &said),
    };
    let shape = words(piece) <= LINE_WORDS
        && (!piece.ends_with(['.', '!', '。', '！']) || words(piece) <= SENTENCE_WORDS)
        && !is_wide_sentence(piece)
        && !said.has(Says::FirstPerson)
        && !is_fact(piece)
        && !is_identifier(piece);
    shape || clauses(piece).all(|clause| is_known(clause, around))
}

/// A Chinese or Japanese sentence: it ends as one, or is longer than a name, a title and a company.
fn is_wide_sentence(piece: &str) -> bool {
    is_wide(piece) && (piece.ends_with(['。', '！', '；']) || piece.chars().count() > 40)
}

/// A label that no signature holds, and its value: `Marketplace: DE`.
fn is_fact(piece: &str) -> bool {
    #[rustfmt::skip]
    const LABELS: &[&str] = &[
        "tel", "phone", "fon", "fax", "mob", "cell", "mail", "web", "www", "http", "site", "skype", "teams", "direct", "office", "address", "adresse", "adres", "ust", "vat", "tva", "nip", "regon", "krs", "hrb", "siret", "siren", "rcs", "iban", "bic", "p.iva", "c.f", "cif", "nif", "kvk", "btw", "linkedin", "twitter", "facebook", "instagram", "whatsapp", "wechat", "sitz", "gericht", "steuer", "register", "电话", "手机", "传真", "邮箱", "邮编", "地址", "网址", "微信", "電話", "住所", "direction", "kom", "betriebsferien",
    ];
    let Some((label, value)) = piece.split_once([':', '：']) else {
        return false;
    };
    let short = label.trim().chars().count() <= 2 && is_number(value);
    !value.trim().is_empty() && !short && first_of(label, LABELS).is_none() && !value.contains('@')
}

/// Whether a text is the number of a telephone.
fn is_number(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).count() >= 4
        && !text.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// An identifier alone: letters and digits in one long word, and nothing of an address.
fn is_identifier(piece: &str) -> bool {
    piece.split_whitespace().any(|word| {
        word.len() >= 10
            && !word.contains(['@', '.', '/', '|'])
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && word.bytes().any(|byte| byte.is_ascii_alphabetic())
    })
}
