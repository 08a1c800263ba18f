//! Texts that are nothing but an announcement: somebody is away, or a message has arrived. Judged by their shape: every
//! clause is of a kind that such announcements are made of, and none says anything else.

use super::note_clause::{
    self, Around, clauses, concludes_for_himself, is_known, is_request, is_usual_request,
    names_code,
};
use super::note_closing;
use super::note_words::{ANNOUNCING, BACK, REQUEST, Says, TABLES};
use super::said::{Said, is_wide};
use super::sentence::{self, Lines};
use super::terms::{asks, complains, fold};

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
    /// An answer is promised within a time in which services answer.
    pub(super) promises: bool,
    /// Nothing says that something has arrived: there are thanks and that promise.
    pub(super) promised_alone: bool,
    /// A sentence names what the reader sent, or thanks him for it.
    pub(super) addressed: bool,
    /// It names a day until which, or from which again.
    pub(super) dated: bool,
    /// It says that its author is away and nothing else, no day either.
    pub(super) lasting: bool,
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
    if text.len() > BYTES_MAX {
        return None;
    }
    // What stands in a signature or a footer announces nothing, and hides nothing but what such lines hold.
    let (body, closing) = note_closing::part(text, author);
    if names_code(body) || !note_closing::is_closing(closing, author) {
        return None;
    }
    let sentences = sentences(body);
    if sentences.is_empty()
        || sentences.len() > SENTENCES_MAX
        || sentences
            .iter()
            .any(|sentence| asks(sentence) && !note_clause::is_usual_question(sentence))
    {
        return None;
    }
    let read: Vec<Said> = sentences
        .iter()
        .map(|sentence| Said::of(sentence))
        .collect();
    if read.iter().any(|said| {
        said.has(Says::Past)
            && [Says::Away, Says::Back, Says::Shut]
                .iter()
                .any(|says| said.has(*says))
    }) {
        return None;
    }
    let announced: Vec<_> = sentences
        .iter()
        .zip(&read)
        .map(|(sentence, said)| announcement(sentence, said, author))
        .collect();
    let promises = read.iter().any(promises);
    let first = announced
        .iter()
        .take(SAID_WITHIN)
        .position(Option::is_some)
        .or_else(|| {
            // Thanks for a message, and a time within which it is answered.
            let thanks = read.iter().take(2).position(|said| said.has(Says::Thanks));
            thanks.filter(|_| promises)
        })?;
    let promised = || read.iter().find_map(|said| said.term(Says::Promise));
    let (about, term) = announced
        .iter()
        .flatten()
        .find(|(about, _)| *about == About::Absence)
        .or(announced[first].as_ref())
        .copied()
        .or_else(|| promised().map(|term| (About::Arrival, term)))?;
    let absence = about == About::Absence;
    let filed = !absence
        && sentences
            .iter()
            .zip(&read)
            .any(|(sentence, said)| is_filed(sentence, said));
    if !absence && complains(&fold(body, BYTES_MAX)) {
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
        let around = Around {
            absence,
            filed,
            delegates: note_clause::delegates(sentence, said),
        };
        if !note_clause::is_courtesy(sentence, author)
            && !clauses(sentence).all(|clause| is_known(clause, around))
        {
            if std::env::var_os("NOTE_DEBUG").is_some() {
                for c in clauses(sentence) {
                    if !is_known(c, around) {
                        eprintln!("      unknown {c:?} {:?}", Said::of(c).term(Says::Trouble));
                    }
                }
            } // DEBUG
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
        promises,
        promised_alone: announced.iter().all(Option::is_none),
        addressed: read
            .iter()
            .any(|said| said.has(Says::Request) || said.has(Says::Thanks)),
        dated: absence && parts[1],
        lasting: absence
            && sentences.iter().zip(&read).all(|(sentence, said)| {
                !said.names_day()
                    && (said.has(Says::Away) && said.has(Says::FirstPerson)
                        || note_clause::is_courtesy(sentence, author))
            }),
    })
}

/// Whether a sentence promises an answer within a time in which services answer, and nobody speaks of himself alone in it.
fn promises(said: &Said) -> bool {
    said.has(Says::Promise) && said.has(Says::Answer) && !said.has(Says::Myself)
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
        && !said.has(Says::Myself)
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
    // `When I am on vacation the pump stops.`
    #[rustfmt::skip]
    const SUBORDINATE: &[&str] = &["when ", "since i", "because ", "as i ", "as we ", "wenn ich", "weil ", "quand ", "lorsque ", "gdy ", "kiedy ", "因为", "因為"];
    if SUBORDINATE.iter().any(|word| sentence.starts_with(word)) {
        return None;
    }
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
    sentence::split(text, Lines::Short)
        .iter()
        .map(|sentence| {
            sentence
                .trim_end_matches(['.', '!', '。', '！', '；'])
                .to_owned()
        })
        .collect()
}

/// Whether a text asks for something that no announcement asks for.
pub(super) fn requests(text: &str) -> bool {
    sentences(text).iter().any(|sentence| {
        let around = Around {
            absence: true,
            filed: false,
            delegates: note_clause::delegates(sentence, &Said::of(sentence)),
        };
        clauses(sentence).any(|clause| {
            is_request(clause) && {
                let said = Said::of(clause);
                !is_usual_request(clause, &said, around)
                    && !said.has(Says::Urgent)
                    && !said.has(Says::Next)
            }
        })
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
