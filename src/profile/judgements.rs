//! Issue types, flags, statements, requirements, urgency and routes of a profile.
//!
//! Language knowledge is written as *words*: named classes of terms, by language. A [`Cue`] combines
//! classes within a sentence; a [`Signal`] adds up cues and facts. What follows from signals is
//! written as [`Condition`]s. The mechanism is in [`crate::triage`].

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Localised, Terms};
use crate::triage::Action;

/// The judgements that every desk shares, in the same format: words, statements and flags about
/// persistence, urgency, thanks and so on. A profile takes them over with `base = "common"`.
pub const COMMON_JUDGEMENTS: &str = include_str!("../../profiles/shared/judgements.toml");

/// What the desk's judgements rest on.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judgements {
    /// `common`: start from the shared judgements; what is named here again replaces the shared
    /// entry of that name, and terms of a class are added to the shared ones.
    #[serde(default)]
    pub base: Option<Base>,
    /// Classes that the mechanism itself needs.
    #[serde(default)]
    pub guards: Guards,
    /// Classes of terms by name. A term is matched without case and accents, as whole words;
    /// `*` at its end or start lets the word go on there.
    #[serde(default)]
    pub words: BTreeMap<String, Terms>,
    /// Issue types, most specific first.
    #[serde(default)]
    pub issue_type: Vec<IssueType>,
    /// Flags of the labels.
    #[serde(default)]
    pub flag: Vec<Signal>,
    /// Circumstances that conditions refer to and that are not shown as flags.
    #[serde(default)]
    pub situation: Vec<Signal>,
    /// What the sender says about the problem. Names: see [`STATEMENTS`].
    #[serde(default)]
    pub statement: Vec<Signal>,
    /// Urgency criteria.
    #[serde(default)]
    pub urgency: Vec<Signal>,
    /// Status of a partner.
    #[serde(default)]
    pub partner_status: Vec<Signal>,
    /// What must be known, in the order in which it is asked for.
    #[serde(default)]
    pub requirement: Vec<Requirement>,
    /// Nothing at all is required when one of these holds.
    #[serde(default)]
    pub nothing_required: Vec<Condition>,
    /// What may be asked for besides, when something required is missing.
    #[serde(default)]
    pub may_ask: Vec<MayAsk>,
    /// What to do: the first whose condition holds.
    #[serde(default)]
    pub action: Vec<ActionRule>,
    /// Queue or team by action; `default` for all others.
    #[serde(default)]
    pub routes: BTreeMap<String, String>,
    /// Fields of which a later mail adds values; in all others, and where the sender corrects
    /// himself, a later value replaces.
    #[serde(default)]
    pub accumulate: Vec<String>,
}

/// What a profile's judgements start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// [`COMMON_JUDGEMENTS`].
    Common,
}

/// Classes that the mechanism itself needs.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guards {
    /// Before a cue, in its clause, they refute it: `not`, `kein`, `nie`, `没有`.
    #[serde(default)]
    pub negation: Terms,
    /// Before a cue, in its clause, they make it a mere possibility: `if`, `falls`, `如果`.
    #[serde(default)]
    pub conditional: Terms,
    /// Between a conditional and a cue they restore the cue: `we`, `wir`, `nous`.
    #[serde(default)]
    pub speaker: Terms,
    /// Start a new clause: `but`, `aber`, `但是`.
    #[serde(default)]
    pub contrast: Terms,
    /// A sentence with one of these is not the sender's statement: guideline text, examples.
    #[serde(default)]
    pub quotation: Terms,
    /// Make a question without a question mark.
    #[serde(default)]
    pub indirect_question: Terms,
    /// Questions that only accompany another one: `any ideas?`.
    #[serde(default)]
    pub filler_question: Terms,
    /// Ask somebody to do something: `could you`, `könnten Sie`. In a question beside a verb of help they make a filler.
    #[serde(default)]
    pub polite_request: Terms,
    /// What a desk does for everybody who writes: `look into it`, `nachsehen`.
    #[serde(default)]
    pub help_verb: Terms,
    /// A question beside which these stand asks for a fact, however politely: `how`, `welche`, `quand`.
    #[serde(default)]
    pub asks_fact: Terms,
    /// What is wished or awaited, so that what follows is not there yet: `we need`, `erwartet`, `until`.
    #[serde(default)]
    pub wish: Terms,
    /// Between a wish and what follows, they make a report of it: `we would like to confirm`.
    #[serde(default)]
    pub report: Terms,
    /// Begin the clause that says what is wished: `that`, `dass`, `que`.
    #[serde(default)]
    pub that: Terms,
    /// Start a further question or problem of its own: `second question`, `on another topic`.
    #[serde(default)]
    pub further_question: Terms,
    /// Says that several questions do not belong together.
    #[serde(default)]
    pub unrelated: Terms,
    /// Announces a number of questions: `two questions` under 2.
    #[serde(default)]
    pub counted_questions: BTreeMap<String, Terms>,
    /// Numbers by their words: `two` under 2. Not far before a matter they announce as many.
    #[serde(default)]
    pub count_word: BTreeMap<String, Terms>,
    /// What is announced so: `problems`, `Anliegen`, `sprawach`.
    #[serde(default)]
    pub matter: Terms,
    /// Thanks for an answer. Under the subject of an answer they continue a talk, even where nothing is quoted.
    #[serde(default)]
    pub thanks_for_answer: Terms,
    /// Short answers under a question of ours.
    #[serde(default)]
    pub yes: Terms,
    /// Short answers under a question of ours.
    #[serde(default)]
    pub no: Terms,
    /// Says that an earlier value was wrong: `correction`, `richtig ist`.
    #[serde(default)]
    pub correction: Terms,
    /// What a desk counts: of `410 of 520 restaurants` the restaurants.
    #[serde(default)]
    pub countable: Terms,
    /// Between a part and its whole: `of`, `von`, `sur`.
    #[serde(default)]
    pub out_of: Terms,
    /// Asks whether the problem persists: the wording of our forms and mails.
    #[serde(default)]
    pub asks_persists: Terms,
    /// Asks what was tried.
    #[serde(default)]
    pub asks_steps: Terms,
    /// Before a colon they announce what was tried, like what asks for it: `already done`, `déjà fait`.
    #[serde(default)]
    pub steps_label: Terms,
}

/// Where the classes of a cue must stand together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// In one clause.
    Clause,
    /// In one sentence.
    #[default]
    Sentence,
    /// Anywhere in the sender's words.
    Mail,
}

/// What a guard does to a cue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guarded {
    /// The cue does not count.
    #[default]
    Refute,
    /// The guard changes nothing.
    Ignore,
    /// The cue counts only so.
    Require,
}

/// Classes of words that together say something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cue {
    /// Classes that must all be there; `a|b` is met by either. The guards look at the first.
    pub all: Vec<String>,
    /// Classes that must not be there; behind a negation they may.
    #[serde(default)]
    pub none: Vec<String>,
    /// Classes that must not be there, negated or not.
    #[serde(default)]
    pub never: Vec<String>,
    /// Where they must stand together.
    #[serde(default)]
    pub within: Within,
    /// Classes that must not be there in the clause of the first.
    #[serde(default)]
    pub none_beside: Vec<String>,
    /// The classes must stand in the order in which `all` names them.
    #[serde(default)]
    pub ordered: bool,
    /// Words between the first class and the second, at most; what stands in parentheses and names of things are not counted.
    #[serde(default)]
    pub apart: Option<usize>,
    /// What a negation before the first class does.
    #[serde(default)]
    pub negated: Guarded,
    /// What a conditional before the first class does.
    #[serde(default)]
    pub conditional: Guarded,
    /// What a wish before the first class in its sentence does.
    #[serde(default = "ignore")]
    pub wished: Guarded,
    /// True: only in questions. False: only elsewhere.
    #[serde(default)]
    pub question: Option<bool>,
    /// What it adds; a signal holds from 1.
    #[serde(default = "one")]
    pub weight: f32,
}

/// A value among the facts that says something.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactCue {
    /// The field.
    pub field: String,
    /// Values of which one must be there, compared without case; empty: any value. `*` at the end
    /// lets the value go on.
    #[serde(default)]
    pub values: Vec<String>,
    /// At least so many different values.
    #[serde(default = "one_value")]
    pub at_least: usize,
    /// What it adds.
    #[serde(default = "one")]
    pub weight: f32,
}

fn one() -> f32 {
    1.0
}

fn ignore() -> Guarded {
    Guarded::Ignore
}

fn one_value() -> usize {
    1
}

/// Something that holds or not: from words, facts and conditions that add up to 1.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Name.
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub title: Localised,
    /// Words.
    #[serde(default)]
    pub cue: Vec<Cue>,
    /// Values.
    #[serde(default)]
    pub fact: Vec<FactCue>,
    /// It counts only when one of these holds (none given: always).
    #[serde(default)]
    pub only: Vec<Condition>,
    /// It never holds when one of these does.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// It holds already when one of these does.
    #[serde(default)]
    pub implied_by: Vec<Condition>,
}

/// A kind of problem.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssueType {
    /// Name: `api_error`.
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub title: Localised,
    /// Values of the field `stated_issue_type` that name it outright.
    #[serde(default)]
    pub stated: Vec<String>,
    /// Words.
    #[serde(default)]
    pub cue: Vec<Cue>,
    /// Values.
    #[serde(default)]
    pub fact: Vec<FactCue>,
    /// It is this type when one of these holds, whatever the words say.
    #[serde(default)]
    pub implied_by: Vec<Condition>,
    /// It is not when one of these holds.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// Types that are not mentioned besides this one: an error that throttles is no further error.
    #[serde(default)]
    pub absorbs: Vec<String>,
}

/// Something that must be known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Name: `seller_or_developer_id`.
    pub name: String,
    /// Name for people.
    #[serde(default)]
    pub title: Localised,
    /// Met when one of these is known: fields, or one of [`KNOWN_FACTS`]. Empty: only its
    /// conditions decide.
    #[serde(default)]
    pub any_of: Vec<String>,
    /// Values of fields that do not meet it, `*` at the end lets the value go on.
    #[serde(default)]
    pub except: BTreeMap<String, Vec<String>>,
    /// Asked before the rest where not everything can be asked at once.
    #[serde(default)]
    pub essential: bool,
    /// Required when one of these holds; none given: always.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// Not required when one of these holds.
    #[serde(default)]
    pub unless: Vec<Condition>,
    /// What else meets it, in certain circumstances.
    #[serde(default)]
    pub stand_in: Vec<StandIn>,
}

/// Something that stands in for a requirement.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StandIn {
    /// Fields of which one must be known.
    pub any_of: Vec<String>,
    /// It counts only when one of these holds; none given: always.
    #[serde(default)]
    pub when: Vec<Condition>,
}

/// Something that may be asked for and is never insisted on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MayAsk {
    /// Name: `reproduction`.
    pub name: String,
    /// Not asked for when one of these is known.
    pub any_of: Vec<String>,
    /// Asked for only when one of these holds; none given: always.
    #[serde(default)]
    pub when: Vec<Condition>,
}

/// What to do in which circumstances.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionRule {
    /// The action.
    #[serde(rename = "do")]
    pub action: Action,
    /// One of these must hold; none given: always.
    #[serde(default)]
    pub when: Vec<Condition>,
}

/// Circumstances that hold together; of each list one entry must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The issue type is one of these; `unknown` for none.
    #[serde(default)]
    pub issue_type: Vec<String>,
    /// A field has one of these values.
    #[serde(default)]
    pub field: BTreeMap<String, Vec<String>>,
    /// One of these fields is known.
    #[serde(default)]
    pub present: Vec<String>,
    /// None of these fields is known.
    #[serde(default)]
    pub absent: Vec<String>,
    /// One of these flags is set.
    #[serde(default)]
    pub flag: Vec<String>,
    /// None of these flags is set.
    #[serde(default)]
    pub no_flag: Vec<String>,
    /// One of these situations holds.
    #[serde(default)]
    pub situation: Vec<String>,
    /// None of these situations holds.
    #[serde(default)]
    pub no_situation: Vec<String>,
    /// The partner's status is one of these; `unknown` for none.
    #[serde(default)]
    pub partner_status: Vec<String>,
    /// The urgency criterion is one of these.
    #[serde(default)]
    pub urgent_criterion: Vec<String>,
    /// At least so many questions.
    #[serde(default)]
    pub questions_at_least: Option<u32>,
    /// Something required is missing, or nothing is.
    #[serde(default)]
    pub missing: Option<bool>,
    /// The mail continues a case that is known.
    #[serde(default)]
    pub known_case: Option<bool>,
}

/// Names of statements: what the sender may say about the problem.
pub const STATEMENTS: [&str; 8] = [
    "persists",
    "over",
    "another_problem",
    "steps_tried",
    "reproduction",
    "goal",
    "logs_attached",
    "screenshot_attached",
];

/// What a requirement can ask for besides fields.
pub const KNOWN_FACTS: [&str; 10] = [
    "said.persists",
    "said.steps_tried",
    "said.reproduction",
    "said.goal",
    "said.logs_attached",
    "said.screenshot_attached",
    "times",
    "times.zone",
    "issue_type",
    "partner_status",
];

impl Judgements {
    /// These judgements with the shared ones below them, where `base` asks for it.
    ///
    /// # Errors
    /// When the shared judgements themselves cannot be read, which a test excludes.
    pub fn resolved(&self) -> Result<Self, toml::de::Error> {
        let Some(Base::Common) = self.base else {
            return Ok(self.clone());
        };
        let mut below: Self = toml::from_str(COMMON_JUDGEMENTS)?;
        let mut result = self.clone();
        result.base = None;
        for (name, terms) in below.words {
            add_terms(result.words.entry(name).or_default(), terms);
        }
        for (own, shared) in result
            .guards
            .all_mut()
            .into_iter()
            .zip(below.guards.all_mut())
        {
            add_terms(own, std::mem::take(shared));
        }
        for (count, terms) in below.guards.counted_questions {
            add_terms(
                result.guards.counted_questions.entry(count).or_default(),
                terms,
            );
        }
        for (count, terms) in below.guards.count_word {
            add_terms(result.guards.count_word.entry(count).or_default(), terms);
        }
        result.flag = over(below.flag, result.flag);
        result.situation = over(below.situation, result.situation);
        result.statement = over(below.statement, result.statement);
        result.urgency = over(below.urgency, result.urgency);
        result.partner_status = over(below.partner_status, result.partner_status);
        if result.action.is_empty() {
            result.action = below.action;
        }
        if result.nothing_required.is_empty() {
            result.nothing_required = below.nothing_required;
        }
        if result.may_ask.is_empty() {
            result.may_ask = below.may_ask;
        }
        if result.accumulate.is_empty() {
            result.accumulate = below.accumulate;
        }
        Ok(result)
    }
}

impl Guards {
    fn all_mut(&mut self) -> [&mut Terms; 25] {
        [
            &mut self.negation,
            &mut self.conditional,
            &mut self.speaker,
            &mut self.contrast,
            &mut self.quotation,
            &mut self.indirect_question,
            &mut self.filler_question,
            &mut self.polite_request,
            &mut self.help_verb,
            &mut self.asks_fact,
            &mut self.wish,
            &mut self.report,
            &mut self.that,
            &mut self.steps_label,
            &mut self.further_question,
            &mut self.unrelated,
            &mut self.yes,
            &mut self.no,
            &mut self.asks_persists,
            &mut self.correction,
            &mut self.countable,
            &mut self.out_of,
            &mut self.asks_steps,
            &mut self.matter,
            &mut self.thanks_for_answer,
        ]
    }
}

fn add_terms(own: &mut Terms, shared: Terms) {
    for (language, terms) in shared {
        let own = own.entry(language).or_default();
        for term in terms {
            if !own.contains(&term) {
                own.push(term);
            }
        }
    }
}

/// Shared signals, replaced by own ones of the same name; own further ones behind them.
fn over(shared: Vec<Signal>, own: Vec<Signal>) -> Vec<Signal> {
    let names: BTreeSet<String> = own.iter().map(|signal| signal.name.clone()).collect();
    shared
        .into_iter()
        .filter(|signal| !names.contains(&signal.name))
        .chain(own)
        .collect()
}
