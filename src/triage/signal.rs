//! Signals: cues and facts added up.

use super::clauses::words_between;
use super::condition::{Circumstances, Conditions};
use super::cues::{Class, Hit, ReadSentence, Reading, Vocabulary};
use super::types::Reason;
use crate::profile::{Cue, FactCue, Guarded, Signal, Within};

/// A signal with its classes resolved.
#[derive(Debug)]
pub(crate) struct CompiledSignal {
    pub(crate) name: String,
    cues: Vec<CompiledCue>,
    facts: Vec<FactCue>,
    only: Conditions,
    unless: Conditions,
    implied_by: Conditions,
}

/// A cue with its classes resolved.
#[derive(Debug)]
pub(crate) struct CompiledCue {
    /// Alternatives for each place.
    all: Vec<Vec<Class>>,
    none: Vec<Class>,
    never: Vec<Class>,
    none_beside: Vec<Class>,
    within: Within,
    ordered: bool,
    apart: Option<usize>,
    negated: Guarded,
    conditional: Guarded,
    wished: Guarded,
    question: Option<bool>,
    weight: f32,
}

impl CompiledSignal {
    pub(crate) fn new(signal: &Signal, vocabulary: &Vocabulary) -> Result<Self, String> {
        Ok(Self {
            name: signal.name.clone(),
            cues: compile_cues(&signal.cue, vocabulary)?,
            facts: signal.fact.clone(),
            only: Conditions::new(&signal.only),
            unless: Conditions::new(&signal.unless),
            implied_by: Conditions::new(&signal.implied_by),
        })
    }

    pub(crate) fn all(signals: &[Signal], vocabulary: &Vocabulary) -> Result<Vec<Self>, String> {
        signals
            .iter()
            .map(|signal| Self::new(signal, vocabulary))
            .collect()
    }

    /// True when the signal holds.
    pub(crate) fn holds(&self, reading: &Reading, circumstances: &Circumstances<'_>) -> bool {
        if !self.may_hold(circumstances) {
            return false;
        }
        self.implied_by.any(circumstances) || self.score(reading, circumstances) >= 1.0
    }

    /// False when the circumstances rule it out, whatever is said.
    pub(crate) fn may_hold(&self, circumstances: &Circumstances<'_>) -> bool {
        !self.unless.any(circumstances) && self.only.none_or_any(circumstances)
    }

    /// What speaks for it, conditions left aside.
    pub(crate) fn score(&self, reading: &Reading, circumstances: &Circumstances<'_>) -> f32 {
        facts_score(&self.facts, circumstances) + cues_score(&self.cues, reading)
    }

    /// What of the sender's words speaks for it.
    pub(crate) fn reasons(&self, kind: &str, reading: &Reading) -> Vec<Reason> {
        reasons(&format!("{kind}.{}", self.name), &self.cues, reading)
    }

    /// The last sentence that speaks for it, with the weight of its strongest cue and the place of that cue's hit.
    pub(crate) fn last_place(&self, reading: &Reading) -> Option<(usize, f32)> {
        self.cues
            .iter()
            .filter(|cue| cue.weight >= 1.0 && cue.may_hold(reading))
            .flat_map(|cue| {
                reading
                    .sentences
                    .iter()
                    .enumerate()
                    .filter_map(|(index, sentence)| {
                        Some((index, cue.weight, cue.matches(reading, sentence)?))
                    })
            })
            .max_by(|left, right| {
                left.0
                    .cmp(&right.0)
                    .then(left.1.total_cmp(&right.1))
                    .then(left.2.cmp(&right.2))
            })
            .map(|(_, weight, place)| (place, weight))
    }
}

/// The sentences that cues hold in, with the words that made them hold.
pub(crate) fn reasons(judgement: &str, cues: &[CompiledCue], reading: &Reading) -> Vec<Reason> {
    let mut found = Vec::new();
    for cue in cues.iter().filter(|cue| cue.holds(reading)) {
        for sentence in &reading.sentences {
            let in_part = cue.within == Within::Mail
                && cue.all.iter().flatten().any(|class| sentence.has(*class));
            if cue.matches(reading, sentence).is_none() && !in_part {
                continue;
            }
            let mut words: Vec<String> = sentence
                .hits
                .iter()
                .filter(|hit| cue.all.iter().flatten().any(|class| *class == hit.class))
                .map(|hit| reading.prose.text[hit.start..hit.end].to_owned())
                .collect();
            words.dedup();
            found.push(Reason {
                judgement: judgement.to_owned(),
                weight: cue.weight,
                sentence: reading.prose.text[sentence.sentence.range.clone()].to_owned(),
                words,
            });
        }
    }
    found
}

pub(crate) fn compile_cues(
    cues: &[Cue],
    vocabulary: &Vocabulary,
) -> Result<Vec<CompiledCue>, String> {
    let class = |name: &str| {
        vocabulary
            .class(name)
            .ok_or_else(|| format!("unknown class of words `{name}`"))
    };
    let classes = |entries: &[String]| {
        entries
            .iter()
            .flat_map(|entry| entry.split('|'))
            .map(class)
            .collect::<Result<Vec<Class>, String>>()
    };
    cues.iter()
        .map(|cue| {
            Ok(CompiledCue {
                all: cue
                    .all
                    .iter()
                    .map(|entry| entry.split('|').map(class).collect())
                    .collect::<Result<_, String>>()?,
                none: classes(&cue.none)?,
                never: classes(&cue.never)?,
                none_beside: classes(&cue.none_beside)?,
                within: cue.within,
                ordered: cue.ordered,
                apart: cue.apart,
                negated: cue.negated,
                conditional: cue.conditional,
                wished: cue.wished,
                question: cue.question,
                weight: cue.weight,
            })
        })
        .collect()
}

pub(crate) fn cues_score(cues: &[CompiledCue], reading: &Reading) -> f32 {
    cues.iter()
        .filter(|cue| cue.holds(reading))
        .map(|cue| cue.weight)
        .sum()
}

pub(crate) fn facts_score(facts: &[FactCue], circumstances: &Circumstances<'_>) -> f32 {
    facts
        .iter()
        .filter(|fact| {
            circumstances
                .values(&fact.field)
                .filter(|value| value_matches(value, &fact.values))
                .count()
                >= fact.at_least.max(1)
        })
        .map(|fact| fact.weight)
        .sum()
}

/// True when a value is among the wanted ones, compared without case; none wanted: any value.
pub(crate) fn value_matches(value: &str, wanted: &[String]) -> bool {
    wanted.is_empty()
        || wanted.iter().any(|wanted| match wanted.strip_suffix('*') {
            Some(start) => value
                .get(..start.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(start)),
            None => value.eq_ignore_ascii_case(wanted),
        })
}

impl CompiledCue {
    /// False when one of the cue's places has none of its classes anywhere: most cues of most mails.
    fn may_hold(&self, reading: &Reading) -> bool {
        self.all
            .iter()
            .all(|classes| classes.iter().any(|class| reading.has(*class)))
    }

    fn holds(&self, reading: &Reading) -> bool {
        if !self.may_hold(reading) {
            return false;
        }
        if self.within == Within::Mail {
            let usable = || {
                reading
                    .sentences
                    .iter()
                    .filter(|sentence| self.sentence_counts(sentence))
            };
            return self.all.iter().enumerate().all(|(place, classes)| {
                usable().any(|sentence| {
                    sentence.hits.iter().any(|hit| {
                        classes.contains(&hit.class) && (place > 0 || self.guards_agree(hit))
                    })
                })
            }) && !usable().any(|sentence| {
                self.none.iter().any(|class| sentence.says(*class))
                    || self.never.iter().any(|class| sentence.has(*class))
            });
        }
        reading
            .sentences
            .iter()
            .any(|sentence| self.matches(reading, sentence).is_some())
    }

    /// Where the cue's first class stands when the cue holds in this sentence.
    pub(crate) fn matches(&self, reading: &Reading, sentence: &ReadSentence) -> Option<usize> {
        if !self.sentence_counts(sentence)
            || self.none.iter().any(|class| sentence.says(*class))
            || self.never.iter().any(|class| sentence.has(*class))
            || !self
                .all
                .iter()
                .all(|classes| classes.iter().any(|class| sentence.has(*class)))
        {
            return None;
        }
        let first = self.all.first()?;
        sentence
            .hits
            .iter()
            .filter(|hit| {
                first.contains(&hit.class)
                    && self.guards_agree(hit)
                    && (self.question != Some(false)
                        || !sentence.question
                        || hit.clause < sentence.question_clause)
            })
            .filter(|hit| {
                self.none_beside.is_empty()
                    || !sentence.hits.iter().any(|other| {
                        other.clause == hit.clause
                            && !other.negated
                            && self.none_beside.contains(&other.class)
                    })
            })
            .find(|hit| self.goes_on(&reading.prose.text, sentence, hit))
            .map(|hit| hit.start)
    }

    /// True when the cue's other classes stand as they should beside the first.
    fn goes_on(&self, text: &str, sentence: &ReadSentence, first: &Hit) -> bool {
        let mut before = first;
        self.all[1..].iter().enumerate().all(|(place, classes)| {
            let most = self.apart.filter(|_| place == 0);
            let next = sentence.hits.iter().find(|other| {
                classes.contains(&other.class)
                    // One word does not count twice.
                    && (other.start, other.end) != (first.start, first.end)
                    && (self.within != Within::Clause || other.clause == first.clause)
                    && (!self.ordered || other.start >= before.end)
                    && most.is_none_or(|most| are_near(text, first, other, most))
            });
            if let Some(next) = next {
                before = next;
            }
            next.is_some()
        })
    }

    fn sentence_counts(&self, sentence: &ReadSentence) -> bool {
        !sentence.quotation
            && self.question.is_none_or(|wanted| {
                wanted == sentence.question || (!wanted && sentence.question_clause > 0)
            })
    }

    fn guards_agree(&self, hit: &Hit) -> bool {
        let agrees = |guarded: Guarded, there: bool| match guarded {
            Guarded::Refute => !there,
            Guarded::Ignore => true,
            Guarded::Require => there,
        };
        agrees(self.negated, hit.negated)
            && agrees(self.conditional, hit.conditional)
            && agrees(self.wished, hit.wished)
    }
}

/// True when at most so many words stand between two hits, whichever comes first.
fn are_near(text: &str, one: &Hit, other: &Hit, most: usize) -> bool {
    let (left, right) = if one.start <= other.start {
        (one, other)
    } else {
        (other, one)
    };
    words_between(text, left.end.min(right.start), right.start).is_some_and(|words| words <= most)
}
