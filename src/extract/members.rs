//! Members of a closed list whose names are words of prose too: the entities `Menu`, `Service` of a feed.

use super::Extractor;
use super::characters::{before, is_han, window, window_before};
use super::clauses::{Standing, clause, standing_between_commas};
use super::gather::{Candidate, Gathered};
use super::passage::Passage;
use super::tokens::TokenHit;
use crate::profile::Reader;

/// A member with its place.
#[derive(Clone, Copy, Debug)]
struct Mention {
    field: usize,
    row: usize,
    start: usize,
    end: usize,
    named: bool,
}

/// Reads the members that are named as such; one that works gives way to others that do not.
pub(super) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    tokens: &[TokenHit<'_>],
    gathered: &mut Gathered,
) {
    let text = passage.text;
    let mut mentions: Vec<Mention> = Vec::new();
    for token in tokens {
        for member in token.members {
            let field = usize::from(member.field);
            let row = usize::from(member.row);
            if extractor.fields[field].read == Reader::List
                && text[token.start..token.end] == *extractor.list_value(field, row)
            {
                mentions.push(Mention {
                    field,
                    row,
                    start: token.start,
                    end: token.end,
                    named: is_named(text, token.start, token.end),
                });
            }
        }
    }
    spread(text, &mut mentions);
    mentions.retain(|mention| mention.named);
    let works: Vec<bool> = mentions
        .iter()
        .map(|mention| {
            standing_between_commas(text, mention.start, mention.end) == Standing::Working
        })
        .collect();
    let working: Vec<bool> = mentions
        .iter()
        .map(|one| {
            let mut of_row = mentions.iter().zip(&works);
            of_row.all(|(other, works)| other.row != one.row || other.field != one.field || *works)
        })
        .collect();
    let others_fail = working.iter().any(|works| !works);
    for (mention, works) in mentions.iter().zip(&working) {
        let value = extractor.list_value(mention.field, mention.row).to_owned();
        let range = mention.start..mention.end;
        let candidate = Candidate::new(passage, mention.field, range, value, "list", 0.8).shared();
        gathered.add(if *works && others_fail {
            candidate.refuse("named_as_working")
        } else {
            candidate
        });
    }
}

/// What stands beside a named member in a list is one too, as is what a preposition leads to in a sentence
/// about feeds: "the Menu feed passes, but for Availability we get INVALID".
fn spread(text: &str, mentions: &mut [Mention]) {
    let joined = |left: &Mention, right: &Mention| {
        left.end <= right.start && {
            let gap = text[left.end..right.start].to_lowercase();
            let gap =
                gap.trim_matches(|sign: char| sign.is_whitespace() || "\"'`”“„«»*".contains(sign));
            matches!(
                gap,
                "," | "/"
                    | "&"
                    | "+"
                    | "and"
                    | "or"
                    | ", and"
                    | "und"
                    | "oder"
                    | "et"
                    | "ou"
                    | "i"
                    | "oraz"
                    | "lub"
                    | "、"
                    | "和"
                    | "与"
                    | "及"
            )
        }
    };
    for index in 1..mentions.len() {
        mentions[index].named |=
            mentions[index - 1].named && joined(&mentions[index - 1], &mentions[index]);
    }
    for index in (1..mentions.len()).rev() {
        mentions[index - 1].named |=
            mentions[index].named && joined(&mentions[index - 1], &mentions[index]);
    }
    let named: Vec<(usize, usize)> = mentions
        .iter()
        .filter(|mention| mention.named)
        .map(|mention| (mention.start, mention.end))
        .collect();
    for mention in mentions.iter_mut().filter(|mention| !mention.named) {
        let sentence = sentence(text, mention.start, mention.end);
        let of_feeds = named
            .iter()
            .any(|(start, end)| sentence.0 <= *start && *end <= sentence.1)
            || FEED_WORDS
                .iter()
                .any(|word| text[sentence.0..sentence.1].to_lowercase().contains(word));
        mention.named = of_feeds && is_led(text, mention.start, mention.end);
    }
}

/// The sentence around a place: its clause, and those that a contrast divides from it.
fn sentence(text: &str, start: usize, end: usize) -> (usize, usize) {
    let (mut from, mut to) = clause(text, start, end);
    for _ in 0..3 {
        let left = text[..from].trim_end();
        if left.is_empty()
            || left.ends_with(['.', '!', '?', '。', '\n', ':'])
            || text[left.len()..from].contains('\n')
        {
            break;
        }
        from = clause(text, left.len(), left.len()).0.min(from);
    }
    for _ in 0..3 {
        let rest = &text[to..];
        if rest.is_empty() || rest.starts_with(['.', '!', '?', '。', '\n']) {
            break;
        }
        let next = to + rest.chars().next().map_or(0, char::len_utf8);
        to = clause(text, next, next).1.max(to);
    }
    (from, to)
}

/// Words for what entities are fed with.
const FEED_WORDS: [&str; 7] = [
    "feed",
    "flux",
    "@type",
    "sftp",
    "inventory",
    "entit",
    "实体",
];

/// Prepositions before an entity without an article.
#[rustfmt::skip]
const LEADS: [&str; 17] = [
    "for", "in", "of", "with", "on", "für", "bei", "von", "mit", "pour", "dans", "sur", "dla", "przy", "w", "z", "do",
];

/// "for Availability", "dla Service", 对 Menu: led by a preposition, and followed by nothing that it would name.
fn is_led(text: &str, start: usize, end: usize) -> bool {
    let left = window_before(text, start, 16);
    let trimmed = left.trim_end_matches(' ');
    let after = window(text, end, 12).trim_start_matches(' ');
    // "Service Provider", "Customer Service": a name of several words.
    if after.starts_with(|next: char| next.is_uppercase() || next == '-') {
        return false;
    }
    if trimmed.ends_with(['对', '在', '为', '的', '给', '把', '将']) {
        return true;
    }
    let word = trimmed
        .rsplit(|character: char| !character.is_alphanumeric())
        .next()
        .unwrap_or_default();
    trimmed.len() < left.len() && LEADS.contains(&word)
}

/// Words for feeds and their files beside an entity.
#[rustfmt::skip]
const FED: &[&str] = &[
    "feed", "feeds", "feeda", "feedu", "feedem", "feedzie", "feedy", "feedów", "flux", "file", "files", "json", "upload", "uploads", "snapshot", "records",
    "datei", "dateien", "feed-datei", "datensätze", "fichier", "fichiers", "plik", "pliku", "pliki", "plików", "plikiem", "rekordy", "rekordów", "wpisy",
];
const FED_HAN: [&str; 7] = ["文件", "数据源", "数据文件", "上传", "记录", "实体", "类型"];

/// A member of one word is one only in quotation marks or beside a word for its kind.
fn is_named(text: &str, start: usize, end: usize) -> bool {
    if text[start + 1..end]
        .contains(|character: char| character.is_ascii_uppercase() || character == '_')
    {
        return true;
    }
    if matches!(
        before(text, start),
        Some('"' | '\'' | '`' | '“' | '„' | '«')
    ) {
        return true;
    }
    let left = window_before(text, start, 24).to_lowercase();
    let right = window(text, end, 16).to_lowercase();
    // "Service srv-lyon-3": the identifier of one follows.
    let identified = right.strip_prefix(' ').is_some_and(|rest| {
        let word = rest.split_whitespace().next().unwrap_or("");
        let word = word.trim_end_matches(['.', ',', ')', ';', ':']);
        word.contains(['-', '_'])
            && word.bytes().any(|byte| byte.is_ascii_digit())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    });
    if identified {
        return true;
    }
    // "the Menu feed", "le flux Menu", "plik Service": what is fed.
    let word_right = right
        .trim_start_matches([' ', '-'])
        .split(|character: char| !character.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let left_words = left.trim_end_matches([' ', '-']);
    let word_left = left_words
        .rsplit(|character: char| !character.is_alphanumeric())
        .next()
        .unwrap_or_default();
    let apart = left_words.len() < left.len();
    if FED.contains(&word_right) || apart && FED.contains(&word_left) {
        return true;
    }
    if word_right.starts_with(is_han) && FED_HAN.iter().any(|word| word_right.starts_with(word))
        || FED_HAN.iter().any(|word| left_words.ends_with(word))
    {
        return true;
    }
    let kinds = ["entit", "encj", "@type", "type", "typ ", "实体"];
    !right.starts_with('-')
        && kinds
            .iter()
            .any(|kind| left.contains(kind) || right.contains(kind))
}
