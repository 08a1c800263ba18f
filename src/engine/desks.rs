//! The desks with their profiles compiled, and which of them a mail is for.

use std::sync::Arc;

use jiff::Timestamp;

use crate::extract::{ExtractContext, Extractor};
use crate::mail::Message;
use crate::profile::{Profile, Reader};
use crate::reply::{Composer, DeskGateSettings, GateSettings};
use crate::triage::{Assessor, Policy};

/// A desk, ready to work.
pub struct Desk {
    /// Name of the desk.
    pub name: String,
    /// Its addresses, lower case; the first one sends.
    pub addresses: Vec<String>,
    /// Display name of replies.
    pub display_name: String,
    /// What may happen by itself.
    pub policy: Policy,
    /// Its profile.
    pub profile: Arc<Profile>,
    /// Compiled fields.
    pub extractor: Extractor,
    /// Compiled judgements.
    pub assessor: Assessor,
    /// Compiled wording.
    pub composer: Composer,
}

/// All desks of an installation.
pub struct Desks {
    desks: Vec<Desk>,
    own_addresses: Vec<String>,
}

impl Desk {
    /// How many facts of a mail only this kind of desk asks for: members of closed lists, such as
    /// operations, speak louder than any word.
    fn own_facts(&self, message: &Message) -> f32 {
        if self.profile.lists.is_empty() {
            return 0.0;
        }
        let context = ExtractContext {
            received: Timestamp::UNIX_EPOCH,
            fingerprint_key: &[0; 32],
        };
        let extraction = self.extractor.extract(message, &context);
        let own = self.profile.fields.iter().filter(|field| {
            matches!(
                field.read,
                Reader::Operation | Reader::Section | Reader::Place | Reader::List
            ) && extraction.fields.contains_key(field.name())
        });
        own.map(|_| 1.0).sum()
    }
}

/// How a desk was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeskChoice {
    /// An address of the desk is among the recipients.
    Address,
    /// It answers in a case of the desk.
    Thread,
    /// By the words of the mail.
    Words,
    /// It is the only one, or the last resort.
    Default,
}

impl Desk {
    /// The desk's part of the gate's facts, under these addresses and limits of the installation.
    #[must_use]
    pub fn gate_settings(
        &self,
        own_addresses: &[String],
        own_message_id_domains: &[String],
        gate: &GateSettings,
    ) -> DeskGateSettings {
        DeskGateSettings {
            mode: self.policy.mode,
            desk_addresses: self.addresses.clone(),
            own_addresses: own_addresses.to_vec(),
            own_message_id_domains: own_message_id_domains.to_vec(),
            gate: GateSettings {
                requests_max: self.policy.requests_max,
                ..gate.clone()
            },
        }
    }
}

impl Desks {
    /// Puts desks together; there must be at least one.
    #[must_use]
    pub fn new(desks: Vec<Desk>) -> Self {
        assert!(!desks.is_empty(), "an installation has at least one desk");
        let own_addresses = desks
            .iter()
            .flat_map(|desk| desk.addresses.clone())
            .collect();
        Self {
            desks,
            own_addresses,
        }
    }

    /// All desks, in the order of the configuration.
    #[must_use]
    pub fn all(&self) -> &[Desk] {
        &self.desks
    }

    /// A desk by name.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&Desk> {
        self.desks.iter().find(|desk| desk.name == name)
    }

    /// Addresses of all desks, lower case.
    #[must_use]
    pub fn own_addresses(&self) -> &[String] {
        &self.own_addresses
    }

    /// The desk that a mail is for. A mail to several desks goes to the first one of To, then Cc,
    /// and still is one case. Where no address decides (Bcc, a redirect, a file), words do.
    #[must_use]
    pub fn choose(&self, message: &Message) -> (&Desk, DeskChoice) {
        let delivered = ["delivered-to", "x-original-to", "envelope-to"]
            .into_iter()
            .filter_map(|name| message.header(name))
            .map(|value| value.trim_matches(['<', '>', ' ']).to_ascii_lowercase());
        let recipients = message
            .to
            .iter()
            .chain(&message.cc)
            .map(|recipient| recipient.address.clone())
            .chain(delivered);
        for recipient in recipients {
            let plain = without_detail(&recipient);
            let found = self
                .desks
                .iter()
                .find(|desk| desk.addresses.contains(&plain));
            if let Some(desk) = found {
                return (desk, DeskChoice::Address);
            }
        }
        if let [desk] = &self.desks[..] {
            return (desk, DeskChoice::Default);
        }
        let text = recognisable_text(message);
        let best = self
            .desks
            .iter()
            .map(|desk| {
                (
                    recognition(&desk.profile, &text) + desk.own_facts(message),
                    desk,
                )
            })
            .fold(
                None,
                |best: Option<(f32, &Desk)>, (score, desk)| match best {
                    Some((best_score, _)) if best_score >= score => best,
                    _ => Some((score, desk)),
                },
            );
        match best {
            Some((score, desk)) if score > 0.0 => (desk, DeskChoice::Words),
            // A desk whose profile recognises nothing in particular takes what is left.
            _ => (
                self.desks
                    .iter()
                    .find(|desk| desk.profile.recognise.is_empty())
                    .unwrap_or(&self.desks[0]),
                DeskChoice::Default,
            ),
        }
    }
}

/// `desk+token@example.com` is `desk@example.com` (RFC 5233).
fn without_detail(address: &str) -> String {
    match (address.split_once('+'), address.rsplit_once('@')) {
        (Some((local, _)), Some((_, domain))) => format!("{local}@{domain}"),
        _ => address.to_owned(),
    }
}

/// Longest text by whose words a desk is recognised. Bytes.
const RECOGNISE_BYTES: usize = 8_000;

fn recognisable_text(message: &Message) -> String {
    let mut text = message.subject.to_lowercase();
    // An inbox is named after what it is for, also where the configuration does not know it.
    for recipient in message.to.iter().chain(&message.cc) {
        text.push('\n');
        text.push_str(&recipient.name.to_lowercase());
        text.push(' ');
        text.push_str(&recipient.address);
    }
    text.push('\n');
    let end = message.text.floor_char_boundary(RECOGNISE_BYTES);
    text.push_str(&message.text[..end].to_lowercase());
    for attachment in &message.attachments {
        if let Some(content) = &attachment.text {
            let end = content.floor_char_boundary(RECOGNISE_BYTES / 4);
            text.push('\n');
            text.push_str(&content[..end].to_lowercase());
        }
    }
    text
}

fn recognition(profile: &Profile, text: &str) -> f32 {
    profile
        .recognise
        .iter()
        .filter(|(term, _)| text.contains(term.to_lowercase().as_str()))
        .map(|(_, weight)| weight)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plus_address_is_the_address() {
        assert_eq!(without_detail("desk+ab12@example.com"), "desk@example.com");
        assert_eq!(without_detail("desk@example.com"), "desk@example.com");
    }
}
