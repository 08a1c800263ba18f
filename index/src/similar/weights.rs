//! Every number of the ranking, in one place.

/// Which words of the request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Words {
    Subject,
    Problem,
    All,
}

/// Which text of a case.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    Subject,
    Problem,
    Resolution,
}

/// Words of the request scored against one text of the cases.
pub(crate) struct ListWeight {
    pub(crate) words: Words,
    pub(crate) field: Part,
    /// Only the heaviest terms are scored.
    pub(crate) most_terms: usize,
    /// Share in the sum.
    pub(crate) weight: f32,
}

/// The lists. Subject and text are scored apart: a word in a subject weighs more, and lengths differ.
pub(crate) const LISTS: [ListWeight; 3] = [
    ListWeight {
        words: Words::All,
        field: Part::Subject,
        most_terms: 25,
        weight: 1.0,
    },
    ListWeight {
        words: Words::All,
        field: Part::Problem,
        most_terms: 25,
        weight: 1.0,
    },
    ListWeight {
        words: Words::All,
        field: Part::Resolution,
        most_terms: 15,
        weight: 0.3,
    },
];

/// Identifiers of the request scored against those of the cases.
pub(crate) const MOST_IDENTIFIERS: usize = 20;
/// Share of the identifier list in the sum.
pub(crate) const IDENTIFIER_WEIGHT: f32 = 0.3;

/// Share of the facts in the sum when the request has as many as [`FULL_IDENTITY`].
pub(crate) const IDENTITY_WEIGHT: f32 = 2.0;
/// Weight of facts from which on they count fully: about an operation with an error code.
pub(crate) const FULL_IDENTITY: f32 = 2.0;

/// BM25: how fast repetition stops counting, and how much length counts.
pub(crate) const K1: f32 = 1.2;
pub(crate) const B: f32 = 0.75;

/// What repetition of a word in the request counts.
pub(crate) fn request_frequency(count: u32) -> f32 {
    let count = count as f32;
    count * 2.0 / (count + 1.0)
}

/// The weight of a fact by its field name. Names and numbers of single things (request ids, order ids) count little: two
/// cases rarely share one, and when they do it is the same person writing again.
pub(crate) fn of_fact(key: &str) -> f32 {
    match key {
        "operation" => 1.0,
        "error_code" => 1.0,
        "issue_type" => 0.6,
        "http_status" => 0.5,
        "api_section" => 0.4,
        "environment" | "marketplace" | "api_type" => 0.15,
        "error_message" => 0.8,
        "report_type" | "feed_type" | "notification_type" | "token_type" | "scope"
        | "feed_entity" => 0.6,
        _ => 0.2,
    }
}

/// A solved case whose resolution nobody wrote down helps less.
pub(crate) const NO_RESOLUTION: f32 = 0.9;
