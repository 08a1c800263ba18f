//! The judgement over all that is known of a case after a mail.

use std::collections::BTreeSet;

use super::action::ActionRules;
use super::condition::Circumstances;
use super::cues::{Reading, Vocabulary};
use super::fold::fold;
use super::issue_type::{CompiledIssueType, Judged, judge};
use super::requirements::Requirements;
use super::signal::CompiledSignal;
use super::types::{Action, Assessment, Reason};
use super::{flags, merge, questions, sentence, statements, urgency};
use crate::case::{CaseState, CaseStatus, Evidence, Facts, FieldValue, PartId, Said};
use crate::extract::Extraction;
use crate::mail::{MailKind, Message};
use crate::profile::Profile;

/// A guess below does not change the language of a case.
const SURE_OF_LANGUAGE: f32 = 0.7;

/// Name under which a partner's status is kept among the facts of a case.
pub const PARTNER_STATUS: &str = "partner_status";

/// A profile whose judgements cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the judgements of profile `{profile}` cannot be used: {reason}")]
pub struct AssessorError {
    /// Name of the profile.
    pub profile: String,
    /// What is wrong.
    pub reason: String,
}

/// The judgements of a profile, compiled once.
#[derive(Debug)]
pub struct Assessor {
    vocabulary: Vocabulary,
    issue_types: Vec<CompiledIssueType>,
    flags: Vec<CompiledSignal>,
    situations: Vec<CompiledSignal>,
    statements: Vec<CompiledSignal>,
    urgency: Vec<CompiledSignal>,
    partner_statuses: Vec<CompiledSignal>,
    requirements: Requirements,
    actions: ActionRules,
    routes: std::collections::BTreeMap<String, String>,
    accumulate: Vec<String>,
    default_language: String,
}

impl Assessor {
    /// Compiles a profile's judgements.
    ///
    /// # Errors
    /// When they name a class of words that does not exist, or are too large.
    /// [`crate::profile::Judgements::problems`] finds all such mistakes with their places.
    pub fn new(profile: &Profile) -> Result<Self, AssessorError> {
        Self::compile(profile).map_err(|reason| AssessorError {
            profile: profile.name.clone(),
            reason,
        })
    }

    fn compile(profile: &Profile) -> Result<Self, String> {
        let judgements = profile
            .judgements
            .resolved()
            .map_err(|error| error.to_string())?;
        let vocabulary = Vocabulary::new(&judgements)?;
        let signals = |list: &[crate::profile::Signal]| CompiledSignal::all(list, &vocabulary);
        Ok(Self {
            issue_types: CompiledIssueType::all(&judgements.issue_type, &vocabulary)?,
            flags: signals(&judgements.flag)?,
            situations: signals(&judgements.situation)?,
            statements: signals(&judgements.statement)?,
            urgency: signals(&judgements.urgency)?,
            partner_statuses: signals(&judgements.partner_status)?,
            requirements: Requirements::new(&judgements),
            actions: ActionRules::new(&judgements.action),
            routes: judgements.routes.clone(),
            accumulate: judgements.accumulate.clone(),
            default_language: profile.default_language.clone(),
            vocabulary,
        })
    }

    /// Judges a mail on top of what is known of its case. `prior` is that case, none for a first
    /// mail.
    #[must_use]
    pub fn assess(
        &self,
        message: &Message,
        extraction: &Extraction,
        prior: Option<&CaseState>,
    ) -> Assessment {
        if message.kind != MailKind::Human {
            return self.automatic(extraction, prior);
        }
        let reading = self
            .vocabulary
            .read(sentence::prose(message), &names(extraction));
        let other_problem = self.is_other_problem(message, extraction, prior, &reading);
        let follow_up = self.is_follow_up(message, prior, &reading) && !other_problem;
        let prior = prior.filter(|_| !other_problem);
        let prior_facts = prior.map(|case| &case.facts);
        let corrects = reading
            .sentences
            .iter()
            .any(|sentence| sentence.has(self.vocabulary.guards.correction));
        let accumulate = if corrects { &[][..] } else { &self.accumulate };
        let (mut facts, contradictions) = merge::facts(prior_facts, extraction, accumulate);

        let mut circumstances = Circumstances::new(&facts, prior.is_some());
        if urgency::counts_majority(&self.vocabulary, &reading) {
            circumstances
                .situations
                .insert("majority_of_count".to_owned());
        }
        flags::from_signals_into_situations(&self.situations, &reading, &mut circumstances);
        let before = prior_facts.map(|facts| facts.situations.iter().cloned());
        circumstances
            .situations
            .extend(before.into_iter().flatten());
        let mut said = self.said(
            message,
            extraction,
            &reading,
            &mut circumstances,
            prior_facts,
        );
        self.raise_flags(
            message,
            &reading,
            &mut circumstances,
            follow_up,
            other_problem,
        );
        let chosen = |requirement: &str| extraction.chosen.get(requirement).cloned();
        circumstances.partner_status = chosen(PARTNER_STATUS)
            .or_else(|| urgency::first(&self.partner_statuses, &reading, &circumstances))
            .or_else(|| {
                circumstances
                    .values(PARTNER_STATUS)
                    .last()
                    .map(str::to_owned)
            });
        circumstances.urgent_criterion = urgency::first(&self.urgency, &reading, &circumstances);
        if circumstances.urgent_criterion.is_some() {
            circumstances.flags.insert("urgent_genuine".to_owned());
        }
        let resolved = circumstances.flags.contains("resolved_by_sender");
        let problems = questions::count(&self.vocabulary, &reading, &said, resolved);
        circumstances.questions = problems.count;
        if problems.unrelated {
            circumstances.flags.insert("suggest_split".to_owned());
        }
        let known_type = prior.and_then(|case| case.issue_type.as_deref());
        let mut issue_type = judge(&self.issue_types, &reading, &circumstances, known_type);
        if let Some(chosen) = chosen("issue_type") {
            issue_type.name = Some(chosen);
            issue_type.confidence = 1.0;
        }
        circumstances.issue_type.clone_from(&issue_type.name);
        said.goal |= self
            .statements
            .iter()
            .any(|signal| signal.name == "goal" && signal.holds(&reading, &circumstances));
        circumstances.said.goal |= said.goal;
        let declined = declined(&circumstances);
        let answered = facts.answered.iter().chain(&declined).cloned().collect();
        let missing = self.requirements.missing(&circumstances, &answered);
        circumstances.missing = Some(!missing.is_empty());
        let may_ask = self.requirements.may_ask(&circumstances);
        let action = self.actions.choose(&circumstances);

        let flags = flags::sorted(&circumstances.flags);
        let lasting = self.requirements.situations();
        let situations = lasting
            .filter(|name| circumstances.situations.contains(*name))
            .cloned()
            .collect();
        let Circumstances {
            said: merged_said,
            urgent_criterion,
            partner_status,
            questions,
            ..
        } = circumstances;
        facts.said = merged_said;
        facts.situations = situations;
        facts.answered = answered;
        keep_partner_status(&mut facts, partner_status.as_deref());
        let Judged {
            name,
            also,
            confidence,
        } = issue_type;
        Assessment {
            language: self.language(extraction, prior),
            issue_type: name,
            issue_type_also: also,
            issue_type_confidence: confidence,
            said,
            flags,
            questions,
            urgent_criterion,
            partner_status,
            essential: self.requirements.essential(&missing),
            missing,
            declined,
            may_ask,
            action,
            route: self.route(action),
            facts,
            contradictions,
        }
    }

    /// The words of a mail that speak for its judgements, to explain them to a person. Facts speak as
    /// well; they carry evidence of their own.
    #[must_use]
    pub fn reasons(&self, message: &Message, extraction: &Extraction) -> Vec<Reason> {
        let reading = self
            .vocabulary
            .read(sentence::prose(message), &names(extraction));
        let signals = [
            ("flag", &self.flags),
            ("situation", &self.situations),
            ("said", &self.statements),
            ("urgent_criterion", &self.urgency),
            ("partner_status", &self.partner_statuses),
        ];
        signals
            .into_iter()
            .flat_map(|(kind, list)| list.iter().map(move |signal| (kind, signal)))
            .flat_map(|(kind, signal)| signal.reasons(kind, &reading))
            .chain(
                self.issue_types
                    .iter()
                    .flat_map(|one| one.reasons(&reading)),
            )
            .collect()
    }

    /// Automatic mail says nothing about a case and changes nothing.
    fn automatic(&self, extraction: &Extraction, prior: Option<&CaseState>) -> Assessment {
        Assessment {
            language: self.language(extraction, prior),
            issue_type: None,
            issue_type_also: Vec::new(),
            issue_type_confidence: 0.0,
            said: Said::default(),
            flags: Vec::new(),
            questions: 0,
            urgent_criterion: None,
            partner_status: None,
            missing: Vec::new(),
            essential: Vec::new(),
            declined: Vec::new(),
            may_ask: Vec::new(),
            action: Action::None,
            route: None,
            facts: prior.map(|case| case.facts.clone()).unwrap_or_default(),
            contradictions: Vec::new(),
        }
    }

    /// The statements of this mail; those of the whole case go to the circumstances.
    fn said(
        &self,
        message: &Message,
        extraction: &Extraction,
        reading: &Reading,
        circumstances: &mut Circumstances<'_>,
        prior: Option<&Facts>,
    ) -> Said {
        let said = statements::said(
            &self.statements,
            &self.vocabulary,
            message,
            extraction,
            reading,
            circumstances,
        );
        match said.persists {
            Some(true) => circumstances.situations.insert("says_persists".to_owned()),
            Some(false) => circumstances.situations.insert("says_over".to_owned()),
            None => false,
        };
        circumstances.said = merge::said(prior.map(|facts| &facts.said), &said);
        said
    }

    fn raise_flags(
        &self,
        message: &Message,
        reading: &Reading,
        circumstances: &mut Circumstances<'_>,
        follow_up: bool,
        other_problem: bool,
    ) {
        for (flag, raised) in [
            ("follow_up", follow_up),
            ("new_case_in_old_thread", other_problem),
            ("forwarded", flags::is_forwarded(message)),
        ] {
            if raised {
                circumstances.flags.insert(flag.to_owned());
            }
        }
        let others = self.flags.iter().filter(|signal| signal.name != NEW_CASE);
        flags::from_signals(others, reading, circumstances);
    }

    fn is_follow_up(
        &self,
        message: &Message,
        prior: Option<&CaseState>,
        reading: &Reading,
    ) -> bool {
        let thanks = reading.has(self.vocabulary.guards.thanks_for_answer);
        flags::is_follow_up(message, prior, thanks)
    }

    /// True when an answer into an old thread is about something else: the sender says so, or the
    /// old case is over and the operation is another one.
    fn is_other_problem(
        &self,
        message: &Message,
        extraction: &Extraction,
        prior: Option<&CaseState>,
        reading: &Reading,
    ) -> bool {
        if !self.is_follow_up(message, prior, reading) {
            return false;
        }
        let alone = Facts::default();
        let circumstances = Circumstances::new(&alone, prior.is_some());
        let said_so = self
            .flags
            .iter()
            .any(|signal| signal.name == NEW_CASE && signal.holds(reading, &circumstances));
        said_so || prior.is_some_and(|case| is_over(case) && differs(case, extraction))
    }

    /// The language of the mail; of the case where the mail says too little to tell. What the desk does not answer in is
    /// kept as it is: the reply takes the desk's default then.
    fn language(&self, extraction: &Extraction, prior: Option<&CaseState>) -> String {
        let surely = |confidence: f32| prior.is_none() || confidence >= SURE_OF_LANGUAGE;
        extraction
            .language
            .as_ref()
            .filter(|guess| surely(guess.confidence))
            .map(|guess| guess.language.as_str())
            .or_else(|| prior.map(|case| case.language.as_str()))
            .unwrap_or(&self.default_language)
            .to_owned()
    }

    fn route(&self, action: Action) -> Option<String> {
        self.routes
            .get(action.as_str())
            .or_else(|| self.routes.get("default"))
            .cloned()
    }
}

/// Identifiers that were read in a mail, folded as its words are. Words of people have neither digits nor dashes within.
fn names(extraction: &Extraction) -> BTreeSet<String> {
    let is_name = |value: &&str| {
        value.len() >= NAME_BYTES
            && !value.contains(char::is_whitespace)
            && value.contains(|mark: char| mark.is_ascii_digit() || "-_.:".contains(mark))
    };
    extraction
        .fields
        .values()
        .flatten()
        .map(|value| value.value.as_str())
        .filter(is_name)
        .map(fold)
        .collect()
}

/// A shorter value is no name that words could stand in.
const NAME_BYTES: usize = 6;

/// Before the name of a requirement: situation in which the sender cannot give it.
const DECLINED_SITUATION: &str = "declined.";

/// Requirements that the sender of this mail cannot give. The case's facts keep them among what was answered.
fn declined(circumstances: &Circumstances<'_>) -> Vec<String> {
    let names: std::collections::BTreeSet<&str> = circumstances
        .situations
        .iter()
        .filter_map(|name| name.strip_prefix(DECLINED_SITUATION))
        .collect();
    names.into_iter().map(str::to_owned).collect()
}

const NEW_CASE: &str = "new_case_in_old_thread";

fn is_over(case: &CaseState) -> bool {
    matches!(case.status, CaseStatus::Resolved | CaseStatus::Closed)
}

/// Another operation, or another error code where no operation is named.
fn differs(case: &CaseState, extraction: &Extraction) -> bool {
    for field in ["operation", "error_code", "http_status"] {
        let newer: Vec<&str> = extraction
            .fields
            .get(field)
            .into_iter()
            .flatten()
            .filter(|value| !value.evidence.quoted)
            .map(|value| value.value.as_str())
            .collect();
        let older = case.facts.fields.get(field).map_or(&[][..], Vec::as_slice);
        if !newer.is_empty() && !older.is_empty() {
            return !older
                .iter()
                .any(|value| newer.contains(&value.value.as_str()));
        }
    }
    false
}

/// A later mail rarely repeats the status, so that it stays with the facts.
fn keep_partner_status(facts: &mut Facts, status: Option<&str>) {
    let Some(status) = status else {
        return;
    };
    let evidence = Evidence {
        part: PartId::Derived,
        start: 0,
        end: 0,
        rule: "partner_status.words".to_owned(),
        confidence: 0.8,
        quoted: false,
    };
    facts.fields.insert(
        PARTNER_STATUS.to_owned(),
        vec![FieldValue {
            value: status.to_owned(),
            evidence,
        }],
    );
}
