//! `precedent search`.

use anyhow::{Result, anyhow};
use precedent_index::{SearchError, SearchRequest, SearchResponse, Sort};
use serde_json::json;

use super::arguments::SortOrder;
use super::context::Context;
use super::output;

/// What to search for and how to show it.
pub(super) struct Options {
    pub(super) query: String,
    pub(super) limit: usize,
    pub(super) offset: usize,
    pub(super) sort: SortOrder,
    pub(super) facets: Vec<String>,
}

/// Fields whose values can be counted.
const FACETS: [&str; 13] = [
    "status",
    "desk",
    "language",
    "resolution_code",
    "issue_type",
    "flag",
    "operation",
    "error_code",
    "http_status",
    "api_section",
    "api_type",
    "marketplace",
    "environment",
];

pub(super) async fn run(context: &Context, options: Options) -> Result<()> {
    if let Some(unknown) = options
        .facets
        .iter()
        .find(|facet| !FACETS.contains(&facet.as_str()))
    {
        return Err(anyhow!(
            "the values of {unknown:?} cannot be counted; there are {}",
            FACETS.join(", ")
        ));
    }
    let request = SearchRequest {
        query: options.query,
        limit: options.limit,
        offset: options.offset,
        sort: match options.sort {
            SortOrder::Relevance => Sort::Relevance,
            SortOrder::Newest => Sort::Newest,
            SortOrder::Oldest => Sort::Oldest,
        },
        facets: options.facets,
    };
    let store = context.read_store().await?;
    let response = super::reading::ask(context, &store, |index| index.search(&request))
        .await
        .map_err(|error| match error.downcast_ref::<SearchError>() {
            // The caret stands under the place in the query.
            Some(SearchError::Syntax(syntax)) => anyhow!(
                "{error}\n\n  {}\n  {}{}",
                request.query,
                " ".repeat(syntax.column.saturating_sub(1)),
                "^".repeat(syntax.length.max(1))
            ),
            _ => error,
        })?;
    for note in unknown_keys(context, &request.query) {
        output::note(context, &note);
    }
    if context.json {
        for hit in &response.hits {
            output::object(&json!({
                "case": hit.number,
                "score": hit.score,
                "desk": hit.desk,
                "status": hit.status,
                "language": hit.language,
                "subject": hit.subject,
                "opened_at": jiff::Timestamp::from_second(hit.opened_at).ok(),
                "snippet": hit.snippet.text,
                "highlights": hit.snippet.highlights,
                "resolution": hit.resolution,
                "resolution_code": hit.resolution_code,
                "total": response.total,
                "relaxed": response.relaxed,
            }));
        }
        for (field, counts) in &response.facets {
            output::object(&json!({"facet": field, "counts": counts}));
        }
        tell(context, &response);
        return Ok(());
    }
    for hit in &response.hits {
        let opened = jiff::Timestamp::from_second(hit.opened_at)
            .map(|time| time.strftime("%Y-%m-%d").to_string())
            .unwrap_or_default();
        output::line(&format!(
            "{}  {}  ({}, {}, {opened})",
            hit.number, hit.subject, hit.status, hit.language
        ));
        output::line(&format!(
            "    {}",
            marked(&hit.snippet.text, &hit.snippet.highlights)
        ));
        if !hit.resolution.is_empty() {
            let code = hit.resolution_code.as_deref().unwrap_or("resolved");
            output::line(&format!(
                "    → {code}: {}",
                output::shorten(&hit.resolution, 200)
            ));
        }
    }
    for (field, counts) in &response.facets {
        let counts: Vec<String> = counts
            .iter()
            .map(|(value, count)| format!("{value} {count}"))
            .collect();
        output::line(&format!("{field}: {}", counts.join(", ")));
    }
    tell(context, &response);
    Ok(())
}

/// How the answer came about.
fn tell(context: &Context, response: &SearchResponse) {
    if response.relaxed {
        output::note(
            context,
            "no case has all the words; these have some of them",
        );
    }
    for note in &response.notes {
        output::note(context, note);
    }
    output::note(
        context,
        &format!("{} of {} cases", response.hits.len(), response.total),
    );
}

/// What looks like a field of a case and is none is searched as text: said, with the nearest right key.
fn unknown_keys(context: &Context, query: &str) -> Vec<String> {
    let keys: Vec<&str> = query
        .split_whitespace()
        .filter_map(|word| {
            let (key, value) = word.trim_start_matches(['-', '(']).split_once(':')?;
            let is_name = key.len() >= 3
                && key
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            (is_name && !value.is_empty() && !value.starts_with("//")).then_some(key)
        })
        .filter(|key| !precedent_index::query_keys().any(|known| known == *key))
        .collect();
    if keys.is_empty() {
        return Vec::new();
    }
    // Profiles are read only for a query that needs them.
    let mut known: Vec<String> = precedent_index::query_keys().map(str::to_owned).collect();
    for desk in &context.settings.desks {
        if let Ok(profile) = super::context::load_profile(&desk.profile) {
            known.extend(profile.fields.iter().map(|field| field.name().to_owned()));
        }
    }
    keys.into_iter()
        .filter(|key| !known.iter().any(|name| name == key))
        .map(|key| {
            let near = crate::profile::nearest(key, known.iter().map(String::as_str))
                .map_or_else(String::new, |near| format!("; did you mean `{near}:`?"));
            format!("no case has a field `{key}`: it is searched as text{near}")
        })
        .collect()
}

/// Matched words in bold; without colour they stay plain.
fn marked(text: &str, highlights: &[std::ops::Range<usize>]) -> String {
    let bold = anstyle::Style::new().bold();
    let mut out = String::new();
    let mut at = 0;
    for range in highlights {
        if range.start < at || range.end > text.len() {
            continue;
        }
        out.push_str(&text[at..range.start]);
        out.push_str(&format!("{bold}{}{bold:#}", &text[range.clone()]));
        at = range.end;
    }
    out.push_str(&text[at..]);
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}
