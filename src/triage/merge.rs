//! Facts of a case after one more mail.

use std::collections::BTreeSet;

use crate::case::{Contradiction, Facts, FieldValue, Fields, Said};
use crate::extract::Extraction;

/// Puts what a mail gives on top of what was known. The newer value wins; where it contradicts, the
/// older one is reported. Values of `accumulate` fields add up. Quoted values are not given anew.
pub(crate) fn facts(
    prior: Option<&Facts>,
    extraction: &Extraction,
    accumulate: &[String],
) -> (Facts, Vec<Contradiction>) {
    let mut facts = prior.cloned().unwrap_or_default();
    let mut contradictions = Vec::new();
    for (field, found) in new_fields(&extraction.fields) {
        let known = facts.fields.entry(field.to_owned()).or_default();
        let older: BTreeSet<&str> = known.iter().map(|value| value.value.as_str()).collect();
        let newer: BTreeSet<&str> = found.iter().map(|value| value.value.as_str()).collect();
        let adds = accumulate.iter().any(|name| name == field)
            || older.is_subset(&newer)
            || newer.is_subset(&older);
        if !adds {
            contradictions.push(Contradiction {
                field: field.to_owned(),
                older: known.iter().map(|value| value.value.clone()).collect(),
                newer: found.iter().map(|value| value.value.clone()).collect(),
            });
            *known = found;
            continue;
        }
        let unknown: Vec<FieldValue> = found
            .into_iter()
            .filter(|value| !known.iter().any(|other| other.value == value.value))
            .collect();
        known.extend(unknown);
    }
    if let Some(zone) = &extraction.zone_answer {
        for time in facts.times.iter_mut().filter(|time| !time.zone_given) {
            time.zone_given = true;
            let instant = time.local.as_deref().and_then(|local| zone.instant(local));
            time.utc = time.utc.or(instant);
        }
    }
    for time in &extraction.times {
        if time.evidence.quoted {
            continue;
        }
        let same = facts.times.iter_mut().find(|known| {
            known.text == time.text
                || (known.local.is_some() && known.local == time.local && known.utc.is_none())
        });
        match same {
            // The same time again, now with its zone.
            Some(known) if known.utc.is_none() => *known = time.clone(),
            Some(_) => {}
            None => facts.times.push(time.clone()),
        }
    }
    facts.answered.extend(extraction.answered.iter().cloned());
    (facts, contradictions)
}

/// Statements of a case after one more mail.
pub(crate) fn said(prior: Option<&Said>, now: &Said) -> Said {
    let Some(prior) = prior else {
        return now.clone();
    };
    Said {
        persists: now.persists.or(prior.persists),
        steps_tried: now.steps_tried || prior.steps_tried,
        reproduction: now.reproduction || prior.reproduction,
        goal: now.goal || prior.goal,
        logs_attached: now.logs_attached || prior.logs_attached,
        screenshot_attached: now.screenshot_attached || prior.screenshot_attached,
    }
}

fn new_fields(fields: &Fields) -> impl Iterator<Item = (&str, Vec<FieldValue>)> {
    fields.iter().filter_map(|(field, values)| {
        let given: Vec<FieldValue> = values
            .iter()
            .filter(|value| !value.evidence.quoted)
            .cloned()
            .collect();
        (!given.is_empty()).then_some((field.as_str(), given))
    })
}
