//! What must be known, and what of it is missing.

use super::condition::{Circumstances, Conditions};
use super::signal::value_matches;
use crate::profile::{Judgements, MayAsk, Requirement, StandIn};

/// The requirements of a profile.
#[derive(Debug)]
pub(crate) struct Requirements {
    list: Vec<CompiledRequirement>,
    nothing_required: Conditions,
    may_ask: Vec<CompiledMayAsk>,
}

#[derive(Debug)]
struct CompiledRequirement {
    name: String,
    essential: bool,
    any_of: Vec<String>,
    except: std::collections::BTreeMap<String, Vec<String>>,
    when: Conditions,
    unless: Conditions,
    stand_ins: Vec<(Vec<String>, Conditions)>,
}

#[derive(Debug)]
struct CompiledMayAsk {
    name: String,
    any_of: Vec<String>,
    when: Conditions,
}

impl Requirements {
    pub(crate) fn new(judgements: &Judgements) -> Self {
        Self {
            list: judgements
                .requirement
                .iter()
                .map(CompiledRequirement::new)
                .collect(),
            nothing_required: Conditions::new(&judgements.nothing_required),
            may_ask: judgements
                .may_ask
                .iter()
                .map(|MayAsk { name, any_of, when }| CompiledMayAsk {
                    name: name.clone(),
                    any_of: any_of.clone(),
                    when: Conditions::new(when),
                })
                .collect(),
        }
    }

    /// The situations on which requirements depend.
    pub(crate) fn situations(&self) -> impl Iterator<Item = &String> {
        self.list.iter().flat_map(|one| {
            let stand_ins = one.stand_ins.iter().map(|(_, when)| when);
            [&one.when, &one.unless]
                .into_iter()
                .chain(stand_ins)
                .flat_map(Conditions::situations)
        })
    }

    /// Of these requirements, those that are asked before the rest.
    pub(crate) fn essential(&self, missing: &[String]) -> Vec<String> {
        self.list
            .iter()
            .filter(|one| one.essential && missing.contains(&one.name))
            .map(|one| one.name.clone())
            .collect()
    }

    /// Requirements not met, in the profile's order.
    pub(crate) fn missing(
        &self,
        circumstances: &Circumstances<'_>,
        answered: &std::collections::BTreeSet<String>,
    ) -> Vec<String> {
        if self.nothing_required.any(circumstances) {
            return Vec::new();
        }
        self.list
            .iter()
            .filter(|one| one.is_required(circumstances) && !one.is_met(circumstances))
            // What our own form answered is not asked again, even where no field came of it.
            .filter(|one| !answered.contains(&one.name))
            .map(|one| one.name.clone())
            .collect()
    }

    /// What may be asked for besides. Nothing when nothing required is missing.
    pub(crate) fn may_ask(&self, circumstances: &Circumstances<'_>) -> Vec<String> {
        if circumstances.missing != Some(true) {
            return Vec::new();
        }
        self.may_ask
            .iter()
            .filter(|one| {
                one.when.none_or_any(circumstances)
                    && !one.any_of.iter().any(|name| circumstances.knows(name))
            })
            .map(|one| one.name.clone())
            .collect()
    }
}

impl CompiledRequirement {
    fn new(requirement: &Requirement) -> Self {
        Self {
            name: requirement.name.clone(),
            essential: requirement.essential,
            any_of: requirement.any_of.clone(),
            except: requirement.except.clone(),
            when: Conditions::new(&requirement.when),
            unless: Conditions::new(&requirement.unless),
            stand_ins: requirement
                .stand_in
                .iter()
                .map(|StandIn { any_of, when }| (any_of.clone(), Conditions::new(when)))
                .collect(),
        }
    }

    fn is_required(&self, circumstances: &Circumstances<'_>) -> bool {
        self.when.none_or_any(circumstances) && !self.unless.any(circumstances)
    }

    fn is_met(&self, circumstances: &Circumstances<'_>) -> bool {
        self.any_of.iter().any(|name| match self.except.get(name) {
            Some(except) => circumstances
                .values(name)
                .any(|value| !value_matches(value, except)),
            None => circumstances.knows(name),
        }) || self.stand_ins.iter().any(|(any_of, when)| {
            when.none_or_any(circumstances) && any_of.iter().any(|name| circumstances.knows(name))
        })
    }
}
