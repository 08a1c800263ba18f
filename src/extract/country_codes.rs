//! Countries by two-letter codes: after labels, before labels, in a row.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::Extractor;
use super::characters::{
    at, ends_word, is_blank, skip, skip_blanks, stands_alone, starts_word, window, window_before,
};
use super::clauses::standing_between_commas as standing;
use super::gather::Candidate;
use super::names::{NameHit, Sense};
use super::passage::Passage;
use super::places::FoundPlaces;
use crate::profile::Reader;

/// "the UK marketplace", "DE-Marktplatz", 德国站点.
pub(super) fn read_before_label(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    read_adjectives(extractor, passage, hit, field, found);
    let left = window_before(text, hit.start, 40);
    let mut end = hit.start
        - (left.len()
            - left
                .trim_end_matches(|character: char| is_blank(character) || character == '-')
                .len());
    loop {
        let head = window_before(text, end, 4);
        let letters = head.len()
            - head
                .trim_end_matches(|character: char| character.is_ascii_uppercase())
                .len();
        let start = end - letters;
        let Some(row) = extractor
            .country_of_code(field, &text[start..end])
            .filter(|_| starts_word(text, start))
        else {
            break;
        };
        let country = extractor.list_cell(field, row, 0).to_owned();
        let candidate =
            Candidate::new(passage, field, start..end, country, "before_label", 0.85).shared();
        found.push((candidate, standing(text, start, end)));
        // "the DE and FR marketplaces", "DE/FR".
        let rest = text[..start].trim_end_matches([' ', ',', '/', '&', '-', '+']);
        let rest = ["and", "und", "et", "i", "oraz"]
            .iter()
            .find_map(|word| rest.strip_suffix(word))
            .unwrap_or(rest);
        let next = rest.trim_end_matches([' ', ',', '/', '-']).len();
        if next >= start || start - next > 8 {
            break;
        }
        end = next;
    }
}

/// "the German and French marketplaces", "marketplace allemand", "na niemieckim rynku".
fn read_adjectives(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    let mut take = |start: usize, end: usize| -> bool {
        let Some(row) = country_of_adjective(extractor, field, &text[start..end]) else {
            return false;
        };
        let country = extractor.list_cell(field, row, 0).to_owned();
        let candidate =
            Candidate::new(passage, field, start..end, country, "adjective", 0.85).shared();
        found.push((candidate, standing(text, start, end)));
        true
    };
    let mut end = hit.start;
    for _ in 0..8 {
        let head = window_before(text, end, 40);
        let head = head.trim_end_matches([' ', ',', '-', '/']);
        let stop = end - (window_before(text, end, 40).len() - head.len());
        let start = stop - (head.len() - head.trim_end_matches(char::is_alphabetic).len());
        let word = &text[start..stop];
        if !take(start, stop)
            && (end == hit.start || !matches!(word, "and" | "und" | "et" | "i" | "oraz"))
        {
            break;
        }
        end = start;
    }
    let start = skip_blanks(text, hit.end);
    let end = skip(text, start, char::is_alphabetic);
    take(start, end);
}

/// What is offered, sold and run in one marketplace: an adjective before or behind it names the marketplace.
#[rustfmt::skip]
const OF_A_MARKETPLACE: &[&str] = &[
    "listing", "listings", "offer", "offers", "account", "accounts", "orders", "catalog", "catalogue", "storefront", "inventory", "asins", "skus",
    "angebot", "angebote", "angebots", "angeboten", "konto", "kontos", "konten", "verkäuferkonto", "bestellungen", "katalog", "katalogs", "bestände",
    "annonce", "annonces", "offre", "offres", "compte", "comptes", "commandes",
    "oferta", "oferty", "ofert", "ofercie", "ofertach", "konta", "koncie", "kontem", "zamówienia", "zamówień", "katalogu",
];
/// Words beside an account by which it is a person's, or a bank's.
#[rustfmt::skip]
const OTHER_ACCOUNTS: [&str; 14] = [
    "manager", "holder", "owner", "executive", "representative", "team", "betreuer", "inhaber", "verantwort", "titulaire", "gestionnaire", "bank", "banque", "opiekun",
];
/// How their nouns begin.
const ACCOUNTS: [&str; 4] = ["account", "kont", "verkäuferkonto", "compte"];

static NOUNS: LazyLock<AhoCorasick> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(OF_A_MARKETPLACE)
        .expect("the nouns are a small fixed table")
});

/// "our Irish listings", "das deutsche Konto", "annonces allemandes", "polskich ofert".
pub(super) fn read_beside_nouns(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    let of_nouns = extractor
        .list(field, false)
        .is_some_and(|list| list.column("adjectives").is_some());
    if !of_nouns {
        return;
    }
    for noun in NOUNS.find_iter(text) {
        if found.len() > 400 {
            return;
        }
        let end = noun.end();
        if !stands_alone(text, noun.start(), end) {
            continue;
        }
        let of_others = || is_account_of_others(&text[noun.start()..end], window(text, end, 40));
        let head = window_before(text, noun.start(), 24);
        let stop = noun.start() - (head.len() - head.trim_end_matches(' ').len());
        let head = head.trim_end_matches(' ');
        let before = stop - (head.len() - head.trim_end_matches(char::is_alphabetic).len());
        let behind = skip_blanks(text, end);
        for (start, end) in [
            (before, stop),
            (behind, skip(text, behind, char::is_alphabetic)),
        ] {
            let row = country_of_adjective(extractor, field, &text[start..end]);
            if let Some(row) = row.filter(|_| !of_others()) {
                let country = extractor.list_cell(field, row, 0).to_owned();
                let candidate =
                    Candidate::new(passage, field, start..end, country, "adjective", 0.7).shared();
                found.push((candidate, standing(text, start, end)));
            }
        }
    }
}

/// Whether a word for an account goes on as that of a person or a bank: "our German account manager". `beside`: what stands
/// behind it.
fn is_account_of_others(noun: &str, beside: &str) -> bool {
    let noun = noun.to_lowercase();
    ACCOUNTS.iter().any(|begins| noun.starts_with(begins))
        && beside
            .split([',', '.', ';', ':', '!', '?', '\n', '，', '。'])
            .next()
            .unwrap_or("")
            .to_lowercase()
            .split(|character: char| !character.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .take(4)
            .any(|word| word == "rep" || OTHER_ACCOUNTS.iter().any(|other| word.starts_with(other)))
}

/// The row of the country that an adjective belongs to: the list gives stems, a word may go on by an ending.
fn country_of_adjective(extractor: &Extractor, field: usize, word: &str) -> Option<usize> {
    if word.len() < 4 {
        return None;
    }
    let list = extractor.list(field, false)?;
    let column = list.column("adjectives")?;
    let word = word.to_lowercase();
    (0..list.rows.len()).find(|row| {
        list.cell(*row, column)
            .split('|')
            .filter(|stem| !stem.is_empty())
            .filter_map(|stem| word.strip_prefix(stem))
            .any(|ending| ending.chars().count() <= 4)
    })
}

/// All places in an answer: codes in any case, names, domains, ids.
pub(crate) fn all(
    extractor: &Extractor,
    text: &str,
    field: usize,
) -> Vec<(usize, std::ops::Range<usize>)> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some((row, start, end)) = next_code(extractor, text, field, from, text.len(), true) {
        places.push((row, start..end));
        from = end;
    }
    places
}

/// The next code, name, domain or id in a range.
pub(super) fn next_code(
    extractor: &Extractor,
    text: &str,
    field: usize,
    from: usize,
    to: usize,
    any_case: bool,
) -> Option<(usize, usize, usize)> {
    let by_name = extractor
        .names
        .find(&text[from..to])
        .into_iter()
        .find_map(|hit| {
            extractor
                .names
                .meanings(&hit)
                .iter()
                .find_map(|meaning| match meaning.sense {
                    Sense::Word(row) | Sense::Domain(row) | Sense::Identifier(row)
                        if usize::from(meaning.field) == field =>
                    {
                        Some((usize::from(row), from + hit.start, from + hit.end))
                    }
                    _ => None,
                })
        });
    let mut place = from;
    while place < to {
        let character = at(text, place)?;
        if !character.is_ascii_alphabetic() || !starts_word(text, place) {
            place += character.len_utf8();
            continue;
        }
        let end = skip(text, place, |character| character.is_ascii_alphabetic());
        let word = &text[place..end];
        let lower = word.bytes().all(|byte| byte.is_ascii_lowercase());
        let code = (2..=3).contains(&word.len()) && (!lower || any_case) && ends_word(text, end);
        // "de", "it", "in", "be", "se" are words of prose.
        let prose = lower && matches!(word, "de" | "it" | "in" | "be" | "se" | "es" | "us");
        let alone = skip_blanks(text, end) >= to
            || matches!(
                at(text, skip_blanks(text, end)),
                Some(',' | '/' | ';' | '\r' | '、' | '，')
            );
        if code
            && (!prose || alone)
            && let Some(row) = extractor.country_of_code(field, &word.to_ascii_uppercase())
            && by_name.is_none_or(|(_, start, _)| place < start)
        {
            return Some((row, place, end));
        }
        place = end;
    }
    by_name
}

/// Two or more codes in a row, or one after a preposition: "DE/FR/IT", "nur in DE".
pub(super) fn read_bare_codes(
    extractor: &Extractor,
    passage: &Passage<'_>,
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    let Some(field) = extractor.fields_reading(Reader::Place).next() else {
        return;
    };
    read_domain_endings(extractor, passage, field, found);
    let bytes = text.as_bytes();
    let mut run: Vec<(usize, usize, usize)> = Vec::new();
    let mut place = 0;
    while place + 1 < bytes.len() {
        if !bytes[place].is_ascii_uppercase()
            || (place > 0
                && (bytes[place - 1].is_ascii_alphanumeric()
                    || b"._-@'%=&?#\"".contains(&bytes[place - 1])
                    || bytes[place - 1] >= 0x80))
        {
            place += 1;
            continue;
        }
        let mut end = place;
        while end < bytes.len() && bytes[end].is_ascii_uppercase() {
            end += 1;
        }
        let alone = bytes.get(end).is_none_or(|next| {
            !next.is_ascii_alphanumeric() && !b"_-'.=:".contains(next)
                || *next == b':' && bytes.get(end + 1).is_none_or(u8::is_ascii_whitespace)
                || (*next == b'.'
                    && bytes
                        .get(end + 1)
                        .is_none_or(|after| !after.is_ascii_alphanumeric()))
        });
        if (2..=3).contains(&(end - place))
            && alone
            && let Some(row) = extractor.country_of_code(field, &text[place..end])
        {
            if let Some((_, _, last)) = run.last() {
                let between = text[*last..place].trim_matches([' ', ',', '/', '&', '+', '、']);
                if place - last > 8
                    || !matches!(between, "" | "and" | "und" | "et" | "i" | "oraz" | "和")
                {
                    flush(extractor, passage, field, &mut run, found);
                }
            }
            run.push((row, place, end));
        }
        place = end.max(place + 1);
    }
    flush(extractor, passage, field, &mut run, found);
}

/// ".co.uk and .de sites": the ends of Amazon's domains beside a word for a site.
pub(super) fn read_domain_endings(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    let Some(list) = extractor.list(field, false) else {
        return;
    };
    let Some(column) = list.column("domain") else {
        return;
    };
    for at in memchr::memmem::find_iter(text.as_bytes(), " .").take(200) {
        let start = at + 1;
        let end = skip(text, start + 1, |character| {
            character.is_ascii_lowercase() || character == '.'
        });
        let ending = text[start..end].trim_end_matches('.');
        let end = start + ending.len();
        if ending.len() < 3 || !ends_word(text, end) {
            continue;
        }
        let near = window(text, end, 40).to_lowercase();
        let near = near.split(['\n', '.']).next().unwrap_or("");
        let site = [
            "site",
            "shop",
            "store",
            "marktpl",
            "marketplace",
            "sklep",
            "boutique",
            "站",
        ]
        .iter()
        .any(|word| near.contains(word));
        let known = (0..list.rows.len()).find(|row| {
            list.cell(*row, column)
                .find('.')
                .is_some_and(|dot| &list.cell(*row, column)[dot..] == ending)
        });
        // ".com" and a second ending may stand between this one and the word.
        let site = site || near.contains(" .");
        if let Some(row) = known.filter(|_| site) {
            let country = extractor.list_cell(field, row, 0).to_owned();
            let candidate =
                Candidate::new(passage, field, start..end, country, "domain_ending", 0.78).shared();
            found.push((candidate, standing(text, start, end)));
        }
    }
}

fn flush(
    extractor: &Extractor,
    passage: &Passage<'_>,
    field: usize,
    run: &mut Vec<(usize, usize, usize)>,
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    let followers = [
        "only",
        "nur",
        "seulement",
        "uniquement",
        "tylko",
        "seller",
        "sellers",
        "account",
        "händler",
        "站",
        "站点",
    ];
    let followed = run.last().is_some_and(|(_, _, end)| {
        let right = window(text, *end, 14).to_lowercase();
        let right = right.trim_start_matches([' ', '-', ')']);
        // "DE + AT": a country without a marketplace of its own stands beside it.
        let beside = right.strip_prefix(['+', '/', '&']).is_some_and(|rest| {
            let rest = rest.trim_start();
            rest.len() >= 2
                && window(text, *end, 14)
                    .trim_start_matches([' ', '+', '/', '&'])
                    .bytes()
                    .take(2)
                    .all(|byte| byte.is_ascii_uppercase())
        });
        beside || followers.iter().any(|word| right.starts_with(word))
    });
    let prepositions = [
        "in", "for", "on", "only", "für", "nur", "bei", "auf", "pour", "sur", "dla", "na", "w",
        "tylko", "amazon", "not", "nicht", "pas", "nie", "also", "auch", "affects", "betrifft",
        "concerne", "dotyczy",
    ];
    let led = run.first().is_some_and(|(_, start, end)| {
        let left = window_before(text, *start, 14).to_lowercase();
        let left = left.trim_end_matches([' ', ':', '(']);
        let word = left
            .rsplit(|character: char| !character.is_alphanumeric())
            .next()
            .unwrap_or("");
        let ambiguous = matches!(
            &text[*start..*end],
            "IT" | "IN"
                | "BE"
                | "CA"
                | "SA"
                | "PL"
                | "SE"
                | "AE"
                | "TR"
                | "SG"
                | "EG"
                | "ZA"
                | "CN"
                | "IE"
                | "ES"
                | "FR"
                | "DE"
                | "NL"
                | "MX"
                | "BR"
        );
        let weak = matches!(&text[*start..*end], "IT" | "IN" | "BE" | "CA" | "SA");
        prepositions.contains(&word) && !(weak && ambiguous)
    });
    // "seller A2..., DE, app ..."; "Portland, CA" is an address.
    let listed = run.first().is_some_and(|(_, start, _)| {
        let left = text[..*start].trim_end_matches(' ');
        left.ends_with([',', '/', '|', ';', '('])
            && !matches!(&text[*start..*start + 2], "CA" | "IN")
    }) && run.last().is_some_and(|(_, _, end)| {
        matches!(at(text, *end), Some(',' | '/' | '|' | ';' | ')'))
            || text[*end..].starts_with(". ")
            || text[*end..].starts_with(".\n")
    });
    if (run.len() > 1 || led || followed || listed) && found.len() < 400 {
        for (row, start, end) in run.iter() {
            let country = extractor.list_cell(field, *row, 0).to_owned();
            let candidate =
                Candidate::new(passage, field, *start..*end, country, "code", 0.72).shared();
            found.push((candidate, standing(text, *start, *end)));
        }
    }
    run.clear();
}
