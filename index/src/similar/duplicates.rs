//! Cases that were closed as duplicates stand for the case that has the answer.

use std::collections::BTreeSet;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Term};

use super::score::each_document;
use crate::analyzer;
use crate::schema::{self, StoredCase};
use crate::view::View;

/// The code of a resolution that names another case.
const DUPLICATE: &str = "duplicate";
/// The status of a case that may serve as a precedent.
const RESOLVED: &str = "resolved";
/// A duplicate of a duplicate of a duplicate is followed no further.
const LONGEST_CHAIN: usize = 3;

/// Those of the documents that are cases whose resolution says that they are duplicates.
pub(super) fn closed_as_one(
    view: &View,
    mut addresses: Vec<DocAddress>,
) -> tantivy::Result<BTreeSet<DocAddress>> {
    let text = schema::exact_term("resolution_code", DUPLICATE);
    let term = Term::from_field_text(view.fields.exact, &text);
    // A list of cases can only be gone through forwards.
    addresses.sort_unstable();
    let mut closed = BTreeSet::new();
    for of_segment in addresses.chunk_by(|one, next| one.segment_ord == next.segment_ord) {
        let segment = view.searcher.segment_reader(of_segment[0].segment_ord);
        let inverted = segment.inverted_index(view.fields.exact)?;
        let Some(mut postings) = inverted.read_postings(&term, IndexRecordOption::Basic)? else {
            continue;
        };
        for address in of_segment {
            if postings.doc() < address.doc_id {
                postings.seek(address.doc_id);
            }
            if postings.doc() == address.doc_id {
                closed.insert(*address);
            }
        }
    }
    Ok(closed)
}

/// The case that a duplicate was closed in favour of: the first solved case of its desk that its resolution names. None for a
/// case that is no duplicate, or that names none.
pub(super) fn root(view: &View, case: &StoredCase) -> tantivy::Result<Option<StoredCase>> {
    let mut root: Option<StoredCase> = None;
    for _ in 0..LONGEST_CHAIN {
        let current = root.as_ref().unwrap_or(case);
        if current.resolution_code.as_deref() != Some(DUPLICATE) {
            break;
        }
        let Some(named) = named_case(view, current)?.filter(|named| named.id != case.id) else {
            break;
        };
        root = Some(named);
    }
    Ok(root)
}

fn named_case(view: &View, case: &StoredCase) -> tantivy::Result<Option<StoredCase>> {
    let mut names: Vec<String> = Vec::new();
    analyzer::identifiers(&case.resolution, |name, _, _| names.push(name.to_owned()));
    for name in names {
        let term = Term::from_field_text(view.fields.exact, &schema::exact_term("number", &name));
        for (ordinal, segment) in view.searcher.segment_readers().iter().enumerate() {
            let mut found = None;
            let inverted = segment.inverted_index(view.fields.exact)?;
            each_document(&inverted, &term, |document| {
                let document = document as u32;
                if segment
                    .alive_bitset()
                    .is_none_or(|alive| alive.is_alive(document))
                {
                    found.get_or_insert(document);
                }
            })?;
            let Some(document) = found else {
                continue;
            };
            let named = view.stored(DocAddress::new(ordinal as u32, document))?;
            if named.id != case.id
                && named.desk == case.desk
                && named.status == RESOLVED
                && !named.resolution.trim().is_empty()
            {
                return Ok(Some(named));
            }
        }
    }
    Ok(None)
}
