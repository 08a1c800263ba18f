//! Texts in the form in which terms are looked for.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use super::Facts;
use crate::lexicon::{Lexicon, words_of};
use crate::mail::subject::without_prefixes;

/// Bytes of the body that are searched: what a machine has to say it says early.
const BODY_BYTES: usize = 6_000;

/// Bytes of the end of the new text that are searched for ways out of a subscription.
const END_BYTES: usize = 2_000;

/// Lower-case views of a mail.
pub(super) struct Text {
    /// Subject without `Re:` and `Fwd:`.
    pub(super) subject: Searched,
    /// Subject with them.
    pub(super) full_subject: String,
    /// Beginning of the new text, white space folded.
    pub(super) body: Searched,
    /// Beginning of the whole text, where it differs from the new one.
    whole: Option<Searched>,
    /// The end of the new text, where it differs from the beginning: folded when first asked for.
    end: Option<(String, OnceCell<Searched>)>,
}

impl Text {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let full_subject = fold(facts.subject, 500);
        let different = |text: &str| text != facts.new_text;
        let end = last_bytes(facts.new_text, END_BYTES);
        Self {
            subject: Searched::new(without_prefixes(&full_subject).to_owned()),
            body: Searched::new(fold(facts.new_text, BODY_BYTES)),
            whole: different(facts.text).then(|| Searched::new(fold(facts.text, BODY_BYTES))),
            end: different(end).then(|| (end.to_owned(), OnceCell::new())),
            full_subject,
        }
    }

    /// Beginning of the whole text, white space folded.
    pub(super) fn whole(&self) -> &Searched {
        self.whole.as_ref().unwrap_or(&self.body)
    }

    /// The end of the new text, white space folded.
    pub(super) fn end(&self) -> &Searched {
        match &self.end {
            Some((end, searched)) => searched.get_or_init(|| Searched::new(fold(end, END_BYTES))),
            None => &self.body,
        }
    }

    /// Whether the end is another text than the beginning.
    pub(super) fn ends_beyond_body(&self) -> bool {
        self.end.is_some()
    }

    /// Whether the subject is that of a forward or an answer.
    pub(super) fn answers_or_forwards(&self) -> bool {
        self.subject.len() != self.full_subject.len()
    }
}

fn last_bytes(text: &str, count: usize) -> &str {
    let mut start = text.len().saturating_sub(count);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

/// Lower case, white space folded to single blanks, typographic apostrophes made plain.
pub(super) fn fold(text: &str, bytes: usize) -> String {
    let mut folded = String::with_capacity(text.len().min(bytes));
    let mut blank = true;
    let mut place = 0;
    while place < text.len() && folded.len() < bytes {
        // Most of a text is words of small letters that stand for themselves.
        let left = bytes - folded.len();
        let rest = &text.as_bytes()[place..];
        let same = words_of(&rest[..rest.len().min(left)], &STANDS_FOR_ITSELF);
        if same > 0 {
            folded.push_str(&text[place..place + same]);
            place += same;
            blank = false;
            continue;
        }
        let Some(character) = text[place..].chars().next() else {
            break;
        };
        place += character.len_utf8();
        match character {
            'A'..='Z' => folded.push(character.to_ascii_lowercase()),
            _ if character.is_whitespace() => {
                if !blank {
                    folded.push(' ');
                    blank = true;
                }
                continue;
            }
            '’' | '‘' | '`' | '´' => folded.push('\''),
            _ if character.is_ascii() => folded.push(character),
            _ => folded.extend(character.to_lowercase()),
        }
        blank = false;
    }
    folded
}

/// Bytes that folding leaves as they are: letters of ASCII in lower case, digits and most signs.
static STANDS_FOR_ITSELF: [bool; 256] = {
    let mut same = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        same[byte as usize] = byte.is_ascii_graphic() && !byte.is_ascii_uppercase() && byte != b'`';
        byte += 1;
    }
    same
};

/// The tables of terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    BounceSubject,
    Bounce,
    OutOfOfficeSubject,
    OutOfOffice,
    AcknowledgementSubject,
    Acknowledgement,
    Challenge,
    HeldMail,
    HeldWaiting,
    HeldRequest,
    HeldReason,
    AlertSubject,
    Service,
    Personal,
    Unsubscribe,
    Selling,
    Invitation,
    InvitationLabel,
    Receipt,
    ReceiptNote,
    AlertProgram,
    AlertState,
    AlertAction,
    AlertLabel,
    Parcel,
    ParcelState,
    ParcelTrack,
    WayOut,
    Promotion,
    /// What every announcement says; its terms stand in a file of their own.
    Announcement,
}

/// A table of terms. All tables are looked for in one pass over a text.
pub(super) struct Terms {
    table: Table,
    list: &'static [&'static str],
}

/// In the order of [`Table`].
static TABLES: [&Terms; 29] = [
    &super::delivery::SUBJECTS,
    &super::delivery::BODIES,
    &super::auto_reply::OUT_OF_OFFICE_SUBJECTS,
    &super::auto_reply::OUT_OF_OFFICE_BODIES,
    &super::auto_reply::ACKNOWLEDGEMENT_SUBJECTS,
    &super::auto_reply::ACKNOWLEDGEMENTS,
    &super::auto_reply::CHALLENGES,
    &super::auto_reply::HELD_BACK[0],
    &super::auto_reply::HELD_BACK[1],
    &super::auto_reply::HELD_BACK[2],
    &super::auto_reply::HELD_BACK[3],
    &super::notification::ALERTS,
    &super::notification::SERVICE,
    &super::notification::PERSONAL,
    &super::bulk::UNSUBSCRIBE,
    &super::bulk::SELLING,
    &super::invitation::INVITED,
    &super::invitation::LABELS,
    &super::report::RECEIPTS,
    &super::report::RECEIPT_NOTES,
    &super::alert::PROGRAMS,
    &super::alert::STATES,
    &super::alert::ACTIONS,
    &super::alert::LABELS,
    &super::parcel::PARCELS,
    &super::parcel::STATES,
    &super::parcel::TRACKING,
    &super::subscription::WAYS_OUT,
    &super::subscription::PROMOTION,
];

impl Terms {
    pub(super) const fn new(table: Table, list: &'static [&'static str]) -> Self {
        Self { table, list }
    }

    /// The terms themselves.
    pub(super) fn list(&self) -> &'static [&'static str] {
        self.list
    }

    /// The first term that stands in `text`.
    pub(super) fn first_in(&self, text: &Searched) -> Option<&'static str> {
        text.found().first[self.table as usize].map(|first| first.term)
    }

    /// The first term that ends within the first `bytes` of `text`.
    pub(super) fn first_within(&self, text: &Searched, bytes: usize) -> Option<&'static str> {
        text.found().first[self.table as usize]
            .filter(|first| first.end <= bytes)
            .map(|first| first.term)
    }

    /// How many different terms stand in `text`.
    pub(super) fn count_in(&self, text: &Searched) -> usize {
        text.found().count[self.table as usize]
    }
}

/// All tables together: each term once, with the tables that it stands in.
struct Vocabulary {
    lexicon: Lexicon,
    terms: Vec<(&'static str, Vec<Table>)>,
}

static VOCABULARY: LazyLock<Vocabulary> = LazyLock::new(|| {
    let mut tables: BTreeMap<&'static str, Vec<Table>> = BTreeMap::new();
    for terms in TABLES {
        for term in terms.list {
            tables.entry(term).or_default().push(terms.table);
        }
    }
    for term in super::note::announcing() {
        tables.entry(term).or_default().push(Table::Announcement);
    }
    let terms: Vec<(&'static str, Vec<Table>)> = tables.into_iter().collect();
    let texts: Vec<&str> = terms.iter().map(|(term, _)| *term).collect();
    Vocabulary {
        lexicon: Lexicon::new(&texts),
        terms,
    }
});

/// A folded text with the terms that stand in it, looked for when first asked.
pub(super) struct Searched {
    text: String,
    found: OnceCell<Found>,
}

#[derive(Default)]
struct Found {
    first: [Option<First>; TABLES.len() + 1],
    count: [usize; TABLES.len() + 1],
}

#[derive(Clone, Copy)]
struct First {
    term: &'static str,
    end: usize,
}

impl Searched {
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            found: OnceCell::new(),
        }
    }

    /// Whether a term stands in it that every announcement holds.
    pub(super) fn may_announce(&self) -> bool {
        self.found().first[Table::Announcement as usize].is_some()
    }

    fn found(&self) -> &Found {
        self.found.get_or_init(|| {
            let mut found = Found::default();
            let vocabulary = &*VOCABULARY;
            let mut seen = vec![false; vocabulary.terms.len()];
            // Within words too: `Einkaufsgutscheine`.
            vocabulary
                .lexicon
                .find_all(&self.text, |start, length, place| {
                    if !std::mem::replace(&mut seen[place], true) {
                        let (term, tables) = &vocabulary.terms[place];
                        for table in tables {
                            found.count[*table as usize] += 1;
                            found.first[*table as usize].get_or_insert(First {
                                term,
                                end: start + length,
                            });
                        }
                    }
                    ControlFlow::Continue(())
                });
            found
        })
    }
}

impl std::ops::Deref for Searched {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// The first of `terms` that `text` contains.
pub(super) fn first_of(text: &str, terms: &[&'static str]) -> Option<&'static str> {
    terms.iter().find(|term| text.contains(**term)).copied()
}

/// The first of `terms` that `text` begins with.
pub(super) fn first_start(text: &str, terms: &[&'static str]) -> Option<&'static str> {
    terms.iter().find(|term| text.starts_with(**term)).copied()
}

/// Whether somebody speaks of himself in a folded text: machines say "we" and "you".
pub(super) fn speaks_of_self(text: &str) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "i'm", "i've", "i'll", "i'd", "my", "me", "ich", "mir", "mich", "mein", "meine", "meinen", "meinem", "meiner", "meines", "moi", "mam", "mnie", "mi", "mój", "moja", "moje", "moją", "moim", "dostałem", "dostałam",
        "przeczytałem", "przeczytałam", "estoy", "tengo", "yo", "mío", "ho", "mio", "mia", "estou", "tenho", "meu", "minha", "ik", "mijn",
    ];
    // These are other words in other languages, which are known by theirs: Polish `and`, an Italian article; Dutch `you`.
    #[rustfmt::skip]
    const UNLESS: &[(&str, &[&str])] = &[
        ("i", &["nie", "jest", "się", "dla", "oraz", "il", "di", "che", "gli", "della"]), ("je", &["het", "een", "van", "voor", "niet"]),
    ];
    // `mia@partner.example` speaks of nobody, nor does the address of a page.
    let words = || {
        text.split(' ')
            .filter(|word| !word.contains('@') && !word.contains("://"))
            .flat_map(|word| {
                word.split(|character: char| !character.is_alphanumeric() && character != '\'')
            })
    };
    let holds = |any: &[&str]| words().any(|word| any.contains(&word));
    words().any(|word| WORDS.contains(&word) || word.starts_with("j'") || word.starts_with("m'"))
        || UNLESS
            .iter()
            .any(|(word, foreign)| holds(&[word]) && !holds(foreign))
        || text
            .match_indices('我')
            .any(|(at, _)| !text[at..].starts_with("我们"))
        || text.contains('私')
}

/// Words of folded texts with which people write about a program, and no program does.
#[rustfmt::skip]
const COMPLAINTS: &[&str] = &[
    "is not sent", "not being sent", "was not sent", "are not sent", "never came", "never arriv", "did not get", "didn't get", "do not get", "don't get", "does not come",
    "twice", "three times", "ten times", "several times", "many times", "each other", "every mail", "exclude us", "switch off", "switch it off", "turn off", "turn it off", "why ", "how do", "how can", "is wrong",
    "please stop", "please unblock", "since the update", "our auto", "your auto", "loop", "broken", "not working", "does not work", "doesn't work", "does nothing", "dead link", "leads nowhere", "wrong ",
    "richte ich", "ins leere", "geht nicht", "link ist tot", "abschalten", "ausschalten", "deaktivier", "abstellen", "warum ", "doppelt", "zweimal", "mehrmals", "jedes mal", "kommt nicht", "nicht angekommen", "nicht gesendet", "nicht verschickt", "nicht bekommen",
    "funktioniert nicht", "funktioniert auch nicht", "désactiver", "pourquoi", "deux fois", "trois fois", "dix fois", "plusieurs fois", "n'arrive", "ne s'affich", "ne mène", "lien mort",  "n'est pas envoy", "ne part pas", "part encore", "ne fonctionne",
    "wyłączyć", "włączyć", "dlaczego", "dwa razy", "kilka razy", "wiele razy", "nie przychodzi", "nie prowadzi", "nie dosta", "nie wysyła", "nie działa", "怎么", "请问", "关闭", "为什么", "没有收到", "没收到", "收不到", "不能用", "关不掉", "关不了", "停不下来", "打不开", "怎样", "stopped working",
    "两次", "desactivar", "por qué", "disattivare", "perché", "desativar", "uitschakelen", "waarom",
];

/// Whether a text asks something. The mark in an address of a page asks nothing.
pub(super) fn asks(text: &str) -> bool {
    text.contains('？')
        || text.match_indices('?').any(|(at, _)| {
            !text[at + 1..].starts_with(|after: char| after.is_ascii_alphanumeric() || after == '_')
        })
}

/// Whether somebody complains or asks how something is done.
pub(super) fn complains(text: &str) -> bool {
    COMPLAINTS.iter().any(|term| text.contains(term))
}

/// How many of `terms` stand in `text`.
pub(super) fn count(text: &str, terms: &[&str]) -> usize {
    terms.iter().filter(|term| text.contains(**term)).count()
}
