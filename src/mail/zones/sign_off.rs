//! Sign-offs: "Kind regards" and the name below it, in the languages of `PHRASES`.

use std::sync::LazyLock;

use super::contact::{has_contact, has_telephone};
use super::labelled::{self, Named};
use super::line::{Line, previous_filled};
use super::signature::is_of_signature;
use super::title::{has_title, has_title_first};
use crate::lexicon::Lexicon;
use crate::lower_case::LowerCase;
use crate::mail::text::is_wide_letter;

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
#[rustfmt::skip]
const PHRASES: &[&str] = &[
 // en
    "regards", "best regards", "kind regards", "warm regards", "warmest regards", "with regards",
    "with best regards", "with kind regards", "rgds", "brgds", "br", "best", "best wishes", "all the best",
    "cheers", "thanks", "thanks again", "many thanks", "thank you", "thank you very much", "thanks a lot",
    "thanks in advance", "thank you in advance", "thanks and regards", "thanks & regards", "thanks so much",
    "thank you so much", "thx", "tia", "thanx", "sincerely", "yours sincerely", "sincerely yours",
    "yours truly", "yours faithfully", "yours", "respectfully", "cordially", "take care", "have a nice day",
    "have a great day", "have a good day", "have a great weekend", "have a good weekend",
    "many thanks in advance", "warmly", "kindest regards", "best regards and thanks", "regards and thanks",
    "talk to you soon", "thank you and best regards", "thank you & regards", "thank you for your help",
    "thanks for your help", "thanks for all your help", "thank you for your assistance", "thanks much",
    "thank you for your time", "thanks for the help", "thank you again", "thks", "kind rgds", "best rgds", // de
    "mit freundlichen grüßen", "mit freundlichem gruß", "mit freundlichen gruessen", "freundliche grüße",
    "viele grüße", "liebe grüße", "beste grüße", "schöne grüße", "herzliche grüße", "mit besten grüßen",
    "grüße", "gruß", "gruss", "vg", "mfg", "lg", "danke", "vielen dank", "danke und gruß", "besten dank",
    "vielen dank im voraus", "danke im voraus", "hochachtungsvoll", "viele gruesse",
    "mit freundlichen grüssen", "freundliche grüsse", "beste grüsse", // fr
    "cordialement", "bien cordialement", "très cordialement", "bien à vous", "salutations",
    "meilleures salutations", "sincères salutations", "merci", "merci d'avance", "merci beaucoup", "cdlt",
    "cdt", "bonne journée", "bonne réception", "respectueusement", "amicalement", "merci par avance", // pl
    "pozdrawiam", "pozdrawiamy", "z poważaniem", "serdecznie pozdrawiam", "pozdrowienia",
    "z wyrazami szacunku", "dziękuję", "dziękuję i pozdrawiam", "pzdr", // zh ja
    "此致", "敬礼", "祝好", "谢谢", "此致敬礼", "顺颂商祺", "谢谢您", "感谢", "祝商祺", "よろしくお願いします", "以上、よろしくお願いいたします",
    "よろしくお願いいたします", "よろしくお願い致します", "以上です", "以上", "以上、よろしくお願いします", "以上、よろしくお願い致します", "以上よろしくお願いいたします", "ご確認のほどよろしくお願いいたします", "ご確認よろしくお願いいたします", "引き続きよろしくお願いいたします", // es it pt nl sv da
    "saludos", "un saludo", "saludos cordiales", "atentamente", "gracias", "cordiali saluti",
    "distinti saluti", "saluti", "grazie", "atenciosamente", "obrigado", "obrigada", "cumprimentos",
    "met vriendelijke groet", "med venlig hilsen", "mvh", "med vänliga hälsningar", "kh", "vh",
    "de bedste hilsner", "z powazaniem", "dziekuje", "love", "greetings", "au revoir", "à bientôt",
    "salutări", "cu stimă", "s pozdravem", "üdvözlettel", "saygılarımla", "з повагою",
];

#[rustfmt::skip]
const MORE_PHRASES: &[&str] = &[
    "met vriendelijke groeten", "vriendelijke groet", "groeten", "groet", "bedankt", "alvast bedankt",
    "hartelijke groet", "mit freundlichen grüßen / best regards", "venlig hilsen", "med vennlig hilsen",
    "vennlig hilsen", "hälsningar", "vänliga hälsningar", "terveisin", "ystävällisin terveisin", "abraços",
    "att", "un cordial saludo", "muchas gracias", "gracias de antemano", "cordialmente", "grazie mille",
    "pozdrawiam serdecznie", "łączę pozdrowienia", "z pozdrowieniami", "z góry dziękuję", "dziękuję z góry",
    "com os melhores cumprimentos", "melhores cumprimentos", "obrigado desde já", "abraço", "gracias y saludos",
    "reciba un cordial saludo", "un saluto", "grazie e saluti", "grazie in anticipo", "met hartelijke groet", "mvg",
    "mit lieben grüßen", "mit herzlichen grüßen", "viele liebe grüße", "mit vielen grüßen", "sonnige grüße",
    "顺祝商祺", "此致，敬礼", "致敬", "盼复", "多谢", "谢谢您的帮助", "敬具", "宜しくお願い致します", "宜しくお願いいたします",
    "何卒よろしくお願いいたします", "どうぞよろしくお願いいたします", "un cordiale saluto", "muito obrigado", "с уважением", "hilsen",
    "vriendelijke groeten", "groetjes", "hoogachtend", "bij voorbaat dank", "hartelijke groeten", "warme groet", "besten dank im voraus",
    "herzlichen dank", "herzlichen dank im voraus", "danke schön", "dankeschön", "atte", "atentamente le saluda", "quedo a la espera",
    "saludos y gracias", "mil gracias", "grata", "grato", "gratos", "atenciosas saudações", "saudações", "saudações cordiais", "buona giornata",
    "buona serata", "buon lavoro", "cari saluti", "bonne soirée", "bonne fin de journée", "belle journée", "bonne semaine", "mille mercis",
    "miłego dnia", "serdeczności", "serdeczne pozdrowienia", "z szacunkiem", "dziękuję bardzo", "bardzo dziękuję", "schönen tag", "schönen gruß", "schönes wochenende", "einen schönen tag",
    "祝工作顺利", "祝您工作顺利", "祝您生活愉快", "祝生活愉快", "祝您工作愉快", "祝工作愉快", "此致 敬礼", "谢谢啦", "麻烦了", "辛苦了", "どうぞよろしくお願い申し上げます", "よろしくお願い申し上げます",
    "何卒よろしくお願い申し上げます", "ありがとうございます", "以上、よろしくお願い申し上げます", "お手数ですがよろしくお願いいたします", "草々",
];

/// Phrases that are also openings of sentences; they need the name or the end right below.
fn is_phrase(lower: &str) -> bool {
    let mut whole = false;
    ALL_PHRASES.prefixes(lower.as_bytes(), |length, _| whole |= length == lower.len());
    whole
}

/// [`PHRASES`] and [`MORE_PHRASES`].
static ALL_PHRASES: LazyLock<Lexicon> =
    LazyLock::new(|| Lexicon::new(&[PHRASES, MORE_PHRASES].concat()));

/// The phrase at the beginning of the line, and what follows it on the line.
fn phrase_and_rest(text: &str) -> Option<(String, String)> {
    if is_courtesy(text) {
        return Some((text.lower_case(), String::new()));
    }
    if text.len() > 90 {
        return None;
    }
    let text = text.trim_matches(|character: char| matches!(character, '*' | '_' | ' '));
    let lower = text.lower_case();
    let whole = lower.trim_matches(|character: char| {
        !character.is_alphanumeric() && character != '&' && character != ')'
    });
    if is_phrase(whole) {
        return Some((whole.to_owned(), String::new()));
    }
    // `Mit besten Grüßen / Best regards`, `Viele Grüße aus Berlin`.
    if let Some((first, second)) = whole.split_once(['/', '|'])
        && is_phrase(first.trim())
        && is_phrase(second.trim())
    {
        return Some((whole.to_owned(), String::new()));
    }
    // `Gracias y un saludo`, `Danke und viele Grüße`.
    let joined = JOINTS
        .iter()
        .filter_map(|joint| whole.split_once(joint))
        .any(|(first, second)| is_phrase(first) && is_phrase(second));
    if joined {
        return Some((whole.to_owned(), String::new()));
    }
    if let Some((phrase, place)) = FROM_PLACE.iter().find_map(|word| whole.split_once(word))
        && is_phrase(phrase)
        && place.split_whitespace().count() <= 3
    {
        return Some((phrase.to_owned(), String::new()));
    }
    // `Thanks, Jane`, `Best regards - Jane Doe`, `Cheers Jane`.
    let mut longest = None;
    ALL_PHRASES.prefixes(lower.as_bytes(), |length, _| longest = Some(length));
    let length = longest?;
    let phrase = &lower[..length];
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

/// Whether a line is a phrase, or a phrase and a name.
pub(super) fn begins_with_phrase(text: &str) -> bool {
    let mut begins = !text.is_ascii() || text.starts_with(['*', '_']);
    ALL_PHRASES.prefixes_in_any_case(text.as_bytes(), |_, _| begins = true);
    begins && phrase_and_rest(text).is_some_and(|(_, rest)| rest.is_empty() || is_name(&rest))
}

/// Whether a line is a phrase and nothing else.
pub(super) fn is_bare_phrase(text: &str) -> bool {
    phrase_and_rest(text).is_some_and(|(_, rest)| rest.is_empty())
}

/// Whether a line names a company by its form.
pub(super) fn is_company(text: &str) -> bool {
    [
        "株式会社",
        "有限会社",
        "合同会社",
        "有限公司",
        "公司",
        "集团",
        "合資会社",
    ]
    .iter()
    .any(|form| text.contains(form))
        || text
            .split([' ', ',', '|'])
            .any(|word| COMPANY_FORMS.contains(&word.trim_matches('.')))
}

/// What joins two phrases.
const JOINTS: &[&str] = &[
    " und ", " and ", " & ", " et ", " y ", " e ", " i ", " en ", ", ", " + ",
];

/// What joins a phrase and the place it comes from.
const FROM_PLACE: &[&str] = &[" aus ", " from ", " desde ", " z ", " uit ", " de ", " da "];

/// The French way of ending a letter with a whole sentence.
fn is_courtesy(text: &str) -> bool {
    const BEGINNINGS: &[&str] = &[
        "veuillez agréer",
        "je vous prie d'agréer",
        "je vous prie d’agréer",
        "nous vous prions d'agréer",
        "nous vous prions d’agréer",
        "veuillez recevoir",
        "je vous prie de croire",
        "recevez,",
        "in attesa di",
        "in attesa d'",
        "nell'attesa",
        "resto in attesa",
        "restiamo in attesa",
    ];
    if text.len() > 220 || !text.starts_with(['V', 'v', 'J', 'j', 'N', 'n', 'R', 'r', 'I', 'i']) {
        return false;
    }
    let lower = text.lower_case();
    BEGINNINGS.iter().any(|start| lower.starts_with(start))
        && [
            "salutations",
            "sentiments",
            "considération",
            "respects",
            "saluti",
        ]
        .iter()
        .any(|word| lower.contains(word))
}

/// A person's name: a few capitalised words, initials, or Chinese or Japanese characters.
pub(super) fn is_name(text: &str) -> bool {
    let text = text.trim_matches(|character: char| {
        matches!(
            character,
            '*' | '_' | ' ' | '-' | '–' | '—' | '/' | '~' | ',' | '.' | '\t' | '(' | ')'
        )
    });
    // For whom somebody signs.
    let text = ["i.V. ", "i.A. ", "ppa. ", "p.p. "]
        .iter()
        .find_map(|order| text.strip_prefix(order))
        .unwrap_or(text);
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

/// Phrases of politeness that people also end a text with when they sign nothing.
#[rustfmt::skip]
const GRATITUDE: &[&str] = &[
    "thank", "thx", "thanx", "thks", "tia", "dank", "merci", "dzięk", "dziek", "谢", "感谢", "gracias", "grazie",
    "obrigad", "bedankt", "muchas", "muito", "alvast", "ありがとう", "bij voorbaat", "mil gracias", "mille", "herzlichen dank", "bardzo", "quedo",
];

/// The sign-off that ends `lines`: a phrase with a name at or below it. A phrase alone is left to the text.
pub(super) fn find(lines: &[Line<'_>], content: &[bool], author: &str) -> Option<SignOff> {
    let last = previous_filled(lines, lines.len())?;
    let mut filled = 0;
    let mut found: Option<usize> = None;
    for index in (0..=last).rev() {
        let line = &lines[index];
        if line.is_blank() {
            continue;
        }
        filled += 1;
        if filled > LINES_MAX || content[index] || line.depth > 0 {
            break;
        }
        let phrase = phrase_and_rest(line.text);
        if let Some(below) = found {
            // `Thanks,` right above `Best regards,` belongs to it, unless it ends the last paragraph.
            let of_its_own = index == 0 || lines[index - 1].is_blank();
            if phrase.is_some_and(|(_, rest)| rest.is_empty())
                && below - index <= 2
                && (line.words() <= 3 || of_its_own && below - index == 2)
                && (of_its_own || !line.text.ends_with(['.', '!']))
            {
                found = Some(index);
            }
            break;
        }
        if let Some((phrase, rest)) = phrase
            && (rest.is_empty()
                || is_name(&rest)
                || rest.chars().all(|character| !character.is_lowercase()) && is_initials(&rest))
            && is_signed(lines, index, last, &phrase, &rest, author)
            && !(author.is_empty() && is_left_number(&lines[index + 1..=last]))
        {
            found = Some(index);
        }
    }
    if let Some(first) = found {
        return Some(SignOff {
            first,
            contact: contact_below(lines, first, last),
            reason: "sign_off",
        });
    }
    author_name(lines, last, content, author)
}

/// Whether the lines below a phrase are a name and what belongs to it, up to the end.
fn is_signed(
    lines: &[Line<'_>],
    index: usize,
    last: usize,
    phrase: &str,
    rest: &str,
    author: &str,
) -> bool {
    let below: Vec<_> = lines[index + 1..=last]
        .iter()
        .filter(|line| !line.is_blank())
        .collect();
    // A rule was judged by itself: where it begins no signature, what stands below it is none either.
    if below.iter().any(|line| {
        !belongs_to_signature(line.text) || line.is_rule_of(&['_', '-', '=', '*', '~'], 3)
    }) || is_block_apart(&lines[index..=last])
    {
        return false;
    }
    let Some(first) = below.first() else {
        return !rest.is_empty()
            && (!GRATITUDE.iter().any(|word| phrase.starts_with(word))
                || rest.split_whitespace().count() <= 2);
    };
    !rest.is_empty()
        || is_name(first.text)
        || is_initials(first.text)
        || is_author(first.text, author)
        || has_contact(first.text)
}

/// Whether the lines below a phrase are a name and one or two bare numbers or places: a number to call back, as likely
/// as a signature. Only where no header names the author; with one, the name decides.
fn is_left_number(below: &[Line<'_>]) -> bool {
    let mut filled = below.iter().filter(|line| !line.is_blank());
    if !filled.next().is_some_and(|first| is_name(first.text)) {
        return false;
    }
    let rest: Vec<_> = filled.collect();
    (1..=2).contains(&rest.len())
        && rest.iter().all(|line| is_capitalised(line.text))
        && !rest.iter().any(|line| is_labelled(line.text))
}

/// Whether a line of a signature says itself what it is: a labelled number, an address of mail or web, a title, the
/// form of a company.
fn is_labelled(text: &str) -> bool {
    let lower = text.lower_case();
    text.contains('@')
        || lower.contains("www.")
        || lower.contains("http")
        || has_title(&lower)
        || has_telephone(&lower) && text.chars().any(char::is_alphabetic)
        || text.contains('+')
        || is_company(text)
        || labelled::named(text) == Named::Reach
}

/// Forms of companies, as they stand behind their names.
#[rustfmt::skip]
const COMPANY_FORMS: &[&str] = &[
    "GmbH", "AG", "KG", "UG", "SE", "Ltd", "Inc", "LLC", "Corp", "Co", "PLC", "plc", "SA", "SAS", "SARL", "S.A", "S.L",
    "SL", "o.o", "Srl", "S.r.l", "SRL", "SpA", "S.p.A", "BV", "B.V", "NV", "AB", "Oy", "A/S", "Lda", "Pty", "KK",
];

/// Whether a block below the name does not go on about the one who signed: an address to write down, a list of
/// numbers, a last remark. `lines` begin with the phrase.
fn is_block_apart(lines: &[Line<'_>]) -> bool {
    let filled = |from: usize| (from..lines.len()).find(|index| !lines[*index].is_blank());
    let end_of = |from: usize| {
        (from..lines.len())
            .find(|index| lines[*index].is_blank())
            .unwrap_or(lines.len())
    };
    // The phrase and the name stand in the first block or the first two.
    let Some(first_end) = filled(0).map(end_of) else {
        return false;
    };
    let mut end = if first_end > 1 {
        first_end
    } else {
        filled(first_end).map_or(first_end, end_of)
    };
    let name = lines[end - 1].text.lower_case();
    while let Some(first) = filled(end) {
        let distance = first - end;
        end = end_of(first);
        let block = &lines[first..end];
        let of_signature = block
            .iter()
            .any(|line| is_of_signature(line.text) || is_capitalised(line.text));
        let list = distance >= 2
            && lines[first..]
                .iter()
                .filter(|line| !line.is_blank())
                .count()
                > 2;
        if !is_about(block[0].text, &name) && (!of_signature || list) {
            return true;
        }
    }
    false
}

/// A few words that all begin with a capital, as companies and departments are written.
fn is_capitalised(text: &str) -> bool {
    text.split_whitespace().count() <= 6
        && text
            .split_whitespace()
            .all(|word| word.len() <= 3 || !word.starts_with(char::is_lowercase))
}

/// Whether a line names the one who signed as `name`, or spells out the initials.
fn is_about(text: &str, name: &str) -> bool {
    let lower = text.lower_case();
    let initials: Vec<char> = name
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .collect();
    lower
        .split(|character: char| !character.is_alphanumeric())
        .any(|word| word.len() > 1 && name.contains(word))
        || initials.len() <= 3
            && lower
                .split_whitespace()
                .filter_map(|word| word.chars().next())
                .collect::<Vec<_>>()
                .starts_with(&initials)
}

/// `BT`, `jd`, `//J`.
fn is_initials(text: &str) -> bool {
    let letters: Vec<char> = text
        .chars()
        .filter(|character| !matches!(character, '.' | ' ' | '/' | '-' | '~' | ','))
        .collect();
    !letters.is_empty() && letters.len() <= 4 && letters.iter().all(|letter| letter.is_alphabetic())
}

/// A line that a signature may hold: a name, a title, a company, contacts. No sentence, no code.
pub(super) fn belongs_to_signature(text: &str) -> bool {
    if text.len() > 200 {
        return false;
    }
    let words = text.split_whitespace().count();
    let wide = text
        .chars()
        .filter(|character| is_wide_letter(*character))
        .count();
    let lower = text.lower_case();
    if lower.starts_with("ps") && lower[2..].starts_with([':', '.', ' ', ',', '-'])
        || lower.starts_with("p.s")
        || lower.starts_with("p. s")
    {
        return false;
    }
    if has_contact(text) && text.len() <= 160 || has_telephone(&lower) {
        return words <= 10 || has_telephone(&lower) && words <= 16;
    }
    if text
        .chars()
        .any(|character| matches!(character, '{' | '}' | ';' | '=' | '\\'))
    {
        return false;
    }
    // Entries of registers, accounts and hours run long.
    if words <= 20 && text.len() <= 160 && labelled::named(text) == Named::Reach {
        return !text.ends_with(['?', '？']);
    }
    // `CEO @ Shop!`
    let title_first = words <= 6 && has_title_first(&lower);
    let sentence = words > 3
        && !title_first
        && text.ends_with(['.', '?', '!', ':', '。', '？', '！', ','])
        && !lower.ends_with("inc.")
        && !lower.ends_with("ltd.")
        && !lower.ends_with("co.")
        && !lower.ends_with("corp.")
        && !lower.ends_with("o.o.")
        && !lower.ends_with("s.a.");
    !sentence
        && words <= 9
        && text.len() <= 80
        && wide <= 25
        && !text.starts_with("- ")
        && !text.starts_with("* ")
        && !text.starts_with("• ")
}

/// The first line of contacts below the name.
fn contact_below(lines: &[Line<'_>], first: usize, last: usize) -> Option<usize> {
    let mut names = 0;
    for (index, line) in lines.iter().enumerate().take(last + 1).skip(first + 1) {
        if line.is_blank() {
            continue;
        }
        if has_contact(line.text) || has_telephone(&line.text.lower_case()) {
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

/// Whether a line holds nothing but words of the author's name or address.
fn is_author(text: &str, author: &str) -> bool {
    if author.is_empty() || text.len() > 60 {
        return false;
    }
    let known: Vec<String> = author
        .split(|character: char| !character.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() > 1)
        .collect();
    let words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric())
        .map(str::to_lowercase)
        .filter(|word| !word.is_empty())
        .collect();
    if words.is_empty() || known.is_empty() {
        return false;
    }
    if words
        .iter()
        .all(|word| known.contains(word) || word.chars().count() == 1)
        && words.iter().any(|word| known.contains(word))
    {
        return true;
    }
    let initials: String = known
        .iter()
        .filter_map(|word| word.chars().next())
        .collect();
    words.len() == 1 && words[0].chars().count() >= 2 && initials.starts_with(&words[0])
}

/// The author's name alone on the last line. Any other lone name may be content.
fn author_name(lines: &[Line<'_>], last: usize, content: &[bool], author: &str) -> Option<SignOff> {
    let line = &lines[last];
    if content[last]
        || line.depth > 0
        || last == 0
        || line.words() > 4
        || !is_author(line.text, author)
    {
        return None;
    }
    Some(SignOff {
        first: last,
        contact: None,
        reason: "author_name",
    })
}
