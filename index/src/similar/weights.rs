//! Every number of the ranking, in one place.

use crate::vectors::Agreement;

/// Which words of the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    Subject,
    All,
}

/// Which text of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Subject,
    Problem,
    Resolution,
}

/// Words of the request scored against one text of the cases.
pub(crate) struct ListWeight {
    pub(crate) words: Words,
    pub(crate) part: Part,
    /// Share in the sum, each list being divided by its spread.
    pub(crate) weight: f32,
}

/// The lists. Subject and text are scored apart: a word in a subject says more, and their lengths differ. Subject against
/// subject counts once more, because both were written to say the whole in a line.
pub(crate) const LISTS: [ListWeight; 4] = [
    ListWeight {
        words: Words::All,
        part: Part::Subject,
        weight: 1.0,
    },
    ListWeight {
        words: Words::Subject,
        part: Part::Subject,
        weight: 1.0,
    },
    ListWeight {
        words: Words::All,
        part: Part::Problem,
        weight: 1.0,
    },
    ListWeight {
        words: Words::All,
        part: Part::Resolution,
        weight: 0.3,
    },
];

/// Only the rarest terms are scored: 25 rank as well as 60 and cost a third.
pub(crate) const MOST_TERMS: usize = 25;
/// Identifiers of the request that are scored against those of the cases.
pub(crate) const MOST_IDENTIFIERS: usize = 20;
/// An identifier that weighs less stands in nearly every case, as the address of the one server does: it tells nothing.
pub(crate) const NEGLIGIBLE: f32 = 0.01;
/// Share of the identifier list in the sum, divided by its spread like the others.
pub(crate) const IDENTIFIER_WEIGHT: f32 = 0.3;

/// Share of the facts in the score of a request with at least [`FULL_IDENTITY`]; the texts have the rest.
pub(crate) const IDENTITY_SHARE: f32 = 0.5;
/// Weight of facts from which on they count fully: about an operation with an error code.
pub(crate) const FULL_IDENTITY: f32 = 2.0;

/// BM25: how fast repetition stops counting, and how much length counts.
pub(crate) const K1: f32 = 1.2;
pub(crate) const B: f32 = 0.75;

/// The part of a word's weight that one occurrence in a text of this length brings, and so on for more.
pub(crate) fn saturation(frequency: f32, length: f32, average_length: f32) -> f32 {
    damped(frequency, damping(length, average_length))
}

/// How far the length of a text takes away from what its words bring.
pub(crate) fn damping(length: f32, average_length: f32) -> f32 {
    K1 * (1.0 - B + B * length / average_length)
}

/// [`saturation`] in a text whose [`damping`] is known.
pub(crate) fn damped(frequency: f32, damping: f32) -> f32 {
    frequency / (frequency + damping)
}

/// What repetition of a word in the request counts.
pub(crate) fn request_frequency(count: u32) -> f32 {
    let count = count as f32;
    count * 2.0 / (count + 1.0)
}

/// What a field says of a case.
struct FactWeight {
    /// Its share in what is known of the case.
    weight: f32,
    /// Another value makes it another problem, where both have one.
    tells_apart: bool,
    /// It says what the case is about.
    is_subject: bool,
}

const fn fact(weight: f32) -> FactWeight {
    FactWeight {
        weight,
        tells_apart: false,
        is_subject: false,
    }
}

const fn subject(weight: f32) -> FactWeight {
    FactWeight {
        is_subject: true,
        ..fact(weight)
    }
}

/// Of names and numbers of single things (request ids, order ids): two cases rarely share one, and when they do it is the same
/// person writing again.
const OTHER_FACT: FactWeight = fact(0.2);

/// Facts by field name.
const FACTS: [(&str, FactWeight); 15] = [
    (
        "operation",
        FactWeight {
            tells_apart: true,
            ..subject(1.0)
        },
    ),
    (
        "error_code",
        FactWeight {
            tells_apart: true,
            ..fact(1.0)
        },
    ),
    ("error_message", fact(0.8)),
    ("issue_type", fact(0.6)),
    ("report_type", subject(0.6)),
    ("feed_type", subject(0.6)),
    ("notification_type", subject(0.6)),
    ("feed_entity", subject(0.6)),
    ("token_type", fact(0.6)),
    ("scope", fact(0.6)),
    ("http_status", fact(0.5)),
    ("api_section", subject(0.4)),
    ("environment", fact(0.15)),
    ("marketplace", fact(0.15)),
    ("api_type", fact(0.15)),
];

fn known(key: &str) -> &'static FactWeight {
    FACTS
        .iter()
        .find(|(name, _)| *name == key)
        .map_or(&OTHER_FACT, |(_, fact)| fact)
}

/// The weight of a fact by its field name.
pub(crate) fn of_fact(key: &str) -> f32 {
    known(key).weight
}

/// Fields in which another value makes it another problem, where both have one.
pub(crate) fn tells_apart(key: &str) -> bool {
    known(key).tells_apart
}

/// Fields that say what a request is about.
pub(crate) fn is_subject(key: &str) -> bool {
    known(key).is_subject
}

/// What another value in such a field costs, as a share of what the same would bring.
pub(crate) const OTHER_VALUE: f32 = 0.4;

/// A solved case whose resolution nobody wrote down helps less.
pub(crate) const NO_RESOLUTION: f32 = 0.9;

/// A precedent that scores less has nothing in common with the request but everyday words.
pub(crate) const PRECEDENT_FLOOR: f32 = 0.01;

/// A case that shares this part of the request's facts is a precedent however little its words fit.
pub(crate) const PRECEDENT_FACTS: f32 = 0.5;

/// Share of the sentence vectors in the sum, divided by their spread like the word lists.
pub(crate) const MEANING_WEIGHT: f32 = 6.0;

/// Share of the [`agreement`] in the score of the best, where there are sentence vectors; words and facts have the rest. Where it
/// is known [what the request is about](is_subject), what is left to tell is the cause, which sentences say best; where it is
/// not, the words of one language are the better witness.
pub(crate) fn agreement_share(foreign: bool, known: bool) -> f32 {
    if foreign || known {
        AGREEMENT_SHARE
    } else {
        0.0
    }
}
const AGREEMENT_SHARE: f32 = 0.8;

/// How far two texts agree: as wholes, and sentence by sentence. What the case says besides counts less than what the request
/// says and the case does not.
pub(crate) fn agreement(cosine: f32, sentences: Option<Agreement>) -> f32 {
    let (of_request, of_case) = sentences.map_or((cosine, cosine), |sentences| {
        (sentences.of_request, sentences.of_case)
    });
    let sum = 0.5 * cosine + 0.33 * of_request + 0.17 * of_case;
    sum.clamp(0.0, 1.0)
}

/// What words count in cases of another language than the request's, where vectors say what they mean: languages share names
/// and borrowed words only.
pub(crate) const FOREIGN_WORDS: f32 = 0.5;
/// What another word of the same concept counts.
pub(crate) const CONCEPT: f32 = 0.5;
/// A resolution that tells little: not reproducible, declined, or next to no text.
pub(crate) const TELLS_LITTLE: f32 = 0.93;
/// The factor of age: what solved a problem long ago may have been overtaken since.
pub(crate) fn of_age(seconds: i64) -> f32 {
    let years = seconds.max(0) as f32 / (365.25 * 86_400.0);
    1.0 - OLDEST * (years / OLD_YEARS).min(1.0)
}
/// What age costs at most, and after how many years.
const OLDEST: f32 = 0.04;
const OLD_YEARS: f32 = 4.0;
/// How sure a precedent is depends on so many of the best.
pub(crate) const COMPARED: usize = 10;
/// So many of the best are compared by all bits of their vectors.
pub(crate) const RESCORED: usize = 64;
