//! Searching by a query that people write.
//!
//! | written | finds cases |
//! |---|---|
//! | `throttled orders` | with both words, in any language's inflection; if there are none, the closest |
//! | `"rate limit"` | with the words in this order |
//! | `-invoice` | without the word |
//! | `token OR signature` | with either of the two neighbours |
//! | `(a OR b) -c` | grouped |
//! | `throttl*` | with a word that begins so |
//! | `operation:getOrders` | with exactly this fact; `a,b` or `"a b","c d"` for either, `get*` for a beginning |
//! | `error:429` | with this error code or HTTP status |
//! | `status:resolved` `lang:pl` `code:workaround` `type:throttling` `desk:…` `number:SP-1042` | with this property |
//! | `from:@example.com` | from this domain; `from:ann@example.com`, `from:ann` |
//! | `has:resolution` | that have one; any field name works |
//! | `after:2024-05 before:2024-06-15` | opened from the beginning of May up to the 14th of June, in UTC |
//!
//! `docs/query-language.md` tells the rest: pasted text, mistakes and how they are helped with.

mod collect;
mod compile;
mod corrections;
mod date;
mod groups;
mod keys;
mod lexer;
mod parser;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::analyzer::Language;
use crate::error::SearchError;
use crate::index::Index;
use crate::integrity::{Opening, guarded};
use crate::schema::{self, KEY_SEPARATOR};
use crate::snippet::{self, Snippet};
use crate::view::View;
use collect::{Best, Found};
pub use keys::query_keys;

/// Most hits in one answer.
const MOST_HITS: usize = 1_000;
/// Farthest place that can be reached by paging.
const FARTHEST_OFFSET: usize = 100_000;
/// Most values listed for one facet.
const MOST_FACET_VALUES: usize = 50;
/// Length of the resolution in a hit, in bytes.
const SHORT_RESOLUTION_BYTES: usize = 300;

/// Order of the hits. Equal ones are ordered by id, so that paging is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sort {
    /// Best match first; newest first where the query has only filters.
    #[default]
    Relevance,
    /// Last opened first.
    Newest,
    /// First opened first.
    Oldest,
}

/// A search.
#[derive(Debug, Clone, Default)]
pub struct SearchRequest {
    /// The query; see the module. Empty finds everything.
    pub query: String,
    /// Most hits to return, up to 1,000.
    pub limit: usize,
    /// Hits to skip, for paging.
    pub offset: usize,
    /// Order of the hits.
    pub sort: Sort,
    /// Properties to count: `status`, `desk`, `language`, `resolution_code`, `issue_type`, `flag`, `operation`, `error_code`,
    /// `http_status`, `api_section`, `api_type`, `marketplace`, `environment`.
    pub facets: Vec<String>,
}

/// The answer to a search.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SearchResponse {
    /// All matches, not only those returned.
    pub total: u64,
    /// The hits in the order asked for.
    pub hits: Vec<SearchHit>,
    /// For each property asked for, its values with the number of matching cases, most frequent first.
    pub facets: BTreeMap<String, Vec<(String, u64)>>,
    /// No case has all the words; these have some of them.
    pub relaxed: bool,
    /// What the author of the query should know, such as a corrected word.
    pub notes: Vec<String>,
}

/// One case found.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// The case id.
    pub id: u64,
    /// Its number.
    pub number: String,
    /// How well it matches; comparable only within one answer. 0 where the order is by time.
    pub score: f32,
    /// Its desk.
    pub desk: String,
    /// Its status.
    pub status: String,
    /// Language of its text.
    pub language: String,
    /// Its subject.
    pub subject: String,
    /// When it was opened, in seconds since 1970-01-01 UTC.
    pub opened_at: i64,
    /// The place that matches best.
    pub snippet: Snippet,
    /// The resolution, cut to some 300 bytes.
    pub resolution: String,
    /// The code of the resolution.
    pub resolution_code: Option<String>,
}

impl Index {
    /// Finds cases by a query.
    ///
    /// # Errors
    /// [`SearchError::Syntax`] with the column of the mistake; [`SearchError::Index`] where the index cannot be read.
    pub fn search(&self, request: &SearchRequest) -> Result<SearchResponse, SearchError> {
        guarded(
            || self.find(request),
            |reason| SearchError::Index(Opening::Damaged(reason).explain(self.directory())),
        )
    }

    fn find(&self, request: &SearchRequest) -> Result<SearchResponse, SearchError> {
        let view = self.view();
        let parsed = parser::parse(&request.query, &|key| is_field(&view, key))?;
        let mut analyzer = self.analyzers.take();
        let compiled = compile::Compiler::new(&view, &mut analyzer).compile(&parsed)?;
        let offset = request.offset.min(FARTHEST_OFFSET);
        let sort = match request.sort {
            Sort::Relevance if compiled.only_filters => Sort::Newest,
            sort => sort,
        };
        let best = Best {
            most: offset + request.limit.min(MOST_HITS),
            sort,
            facets: request.facets.clone(),
            segments: Arc::clone(&view.segments),
        };
        let run = |query: &dyn tantivy::query::Query| {
            view.searcher
                .search_with_statistics_provider(query, &best, &*view)
        };
        let mut found = Found::default();
        let mut relaxed = false;
        if let Some(strict) = &compiled.strict {
            found = run(strict.as_ref())?;
        }
        for query in &compiled.relaxed {
            if found.total > 0 {
                break;
            }
            found = run(query.as_ref())?;
            relaxed = true;
        }
        let mut hits = Vec::new();
        for place in found.matches.iter().skip(offset) {
            let case = view.stored(place.address)?;
            let snippet = snippet::best(
                &mut analyzer,
                &[&case.problem, &case.resolution],
                Language::from_code(&case.language),
                &compiled.matched,
            );
            hits.push(SearchHit {
                id: case.id,
                number: case.number,
                score: place.score,
                desk: case.desk,
                status: case.status,
                language: case.language,
                subject: case.subject,
                opened_at: case.opened_at,
                snippet,
                resolution: snippet::shortened(&case.resolution, SHORT_RESOLUTION_BYTES),
                resolution_code: case.resolution_code,
            });
        }
        self.analyzers.give_back(analyzer);
        Ok(SearchResponse {
            total: found.total,
            hits,
            facets: facets(&request.facets, found.facets),
            relaxed: relaxed && found.total > 0,
            notes: compiled.notes,
        })
    }
}

/// Whether some case has a field of this name.
fn is_field(view: &View, key: &str) -> bool {
    let term = tantivy::Term::from_field_text(view.fields.exact, &schema::exact_term("has", key));
    view.searcher.doc_freq(&term).unwrap_or_default() > 0
}

fn facets(keys: &[String], counts: BTreeMap<String, u64>) -> BTreeMap<String, Vec<(String, u64)>> {
    let mut facets: BTreeMap<String, Vec<(String, u64)>> =
        keys.iter().map(|key| (key.clone(), Vec::new())).collect();
    for (facet, count) in counts {
        if let Some((key, value)) = facet.split_once(KEY_SEPARATOR) {
            facets
                .entry(key.to_owned())
                .or_default()
                .push((value.to_owned(), count));
        }
    }
    for values in facets.values_mut() {
        values.sort_by(|left, right| right.1.cmp(&left.1).then_with(|| left.0.cmp(&right.0)));
        values.truncate(MOST_FACET_VALUES);
    }
    facets
}
