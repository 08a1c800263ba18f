//! Composes the automatic mails of a desk.

use std::collections::BTreeMap;

use jiff::fmt::rfc2822::DateTimePrinter;
use jiff::tz::TimeZone;

use super::layout::{self, Asked, Block};
use super::types::{ComposeError, Composed, Outgoing};
use super::{form, mime, recipient, subject, token};
use crate::case::Facts;
use crate::limits::{REPLY_GIVEN_CHARACTERS_MAX, REPLY_MESSAGE_ID_BYTES_MAX, REPLY_REFERENCES_MAX};
use crate::mail::Message;
use crate::profile::{
    LanguageWording, Profile, Question, TIME_ZONE, TemplateError, Templates, Variables, Wording,
};
use crate::triage::OutgoingKind;

/// Name of the header field that marks our own mail, so that another copy of us knows it.
pub const LOOP_HEADER: &str = "X-Precedent-Loop";

/// Composes mails in the words of one profile. Pure: the same [`Outgoing`] gives the same bytes.
#[derive(Debug)]
pub struct Composer {
    languages: BTreeMap<String, LanguageWording>,
    default_language: String,
    templates: Templates,
}

impl Composer {
    /// A composer for a profile's languages.
    ///
    /// # Errors
    /// When the default language has no wording. Everything else a profile's wording may lack is
    /// said by [`Wording::problems`].
    pub fn new(profile: &Profile) -> Result<Self, ComposeError> {
        Self::with_wording(
            &profile.wording,
            &profile.languages,
            &profile.default_language,
        )
    }

    /// A composer for wording apart from a profile.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn with_wording(
        wording: &Wording,
        languages: &[String],
        default_language: &str,
    ) -> Result<Self, ComposeError> {
        let languages: BTreeMap<String, LanguageWording> = languages
            .iter()
            .map(|language| (language.clone(), wording.resolve(language)))
            .filter(|(_, texts)| *texts != LanguageWording::default())
            .collect();
        if !languages.contains_key(default_language) {
            return Err(ComposeError::NoWording {
                path: format!("wording.{default_language}"),
            });
        }
        Ok(Self {
            languages,
            default_language: default_language.to_owned(),
            templates: Templates::new(),
        })
    }

    /// Composes one mail.
    ///
    /// The body is `multipart/alternative` with plain text first; nothing of the sender's text is in
    /// it but the subject, cleaned, and values that a question is about. The mail carries the fields
    /// of RFC 3834 section 5, so that no other robot answers it.
    ///
    /// # Errors
    /// When there is nobody to answer, nothing to say, or the wording lacks a text.
    pub fn compose(&self, outgoing: &Outgoing<'_>) -> Result<Composed, ComposeError> {
        let recipient = outgoing.recipient;
        if !recipient::is_plain(recipient) {
            return Err(ComposeError::NoRecipient);
        }
        if !recipient::is_plain(outgoing.desk_address) || !token::is_token(outgoing.token) {
            return Err(ComposeError::Sender(format!(
                "{} {}",
                outgoing.desk_address, outgoing.token
            )));
        }
        let draft = self.draft(outgoing)?;
        let subject = draft.subject()?;
        let blocks = draft.blocks()?;
        let text = layout::plain(&blocks);
        let html = layout::html(&blocks, draft.language);
        let domain = outgoing
            .desk_address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain);
        let message_id = token::message_id(outgoing.token, outgoing.ordinal, domain);
        let parts = [
            mime::text_part("text/plain", draft.language, &text),
            mime::text_part("text/html", draft.language, &html),
        ];
        let seed = format!("{}_{}", outgoing.token, outgoing.ordinal);
        let (content_type, body) = mime::alternative(&parts, &seed);

        let mut headers = mime::Headers::default();
        headers.mailbox("From", outgoing.desk_name, outgoing.desk_address);
        // No display name: it is the sender's unchecked text.
        headers.mailbox("To", "", recipient);
        headers.mailbox(
            "Reply-To",
            "",
            &token::plus_address(outgoing.desk_address, outgoing.token),
        );
        headers.text("Subject", &subject);
        headers.tokens("Date", &[date(outgoing.date)]);
        headers.tokens("Message-ID", &[format!("<{message_id}>")]);
        let references = references(outgoing.answered);
        if let Some(answered) = usable_id(outgoing.answered.message_id.as_deref()) {
            headers.tokens("In-Reply-To", &[format!("<{answered}>")]);
        }
        if !references.is_empty() {
            headers.tokens("References", &references);
        }
        headers.tokens("Auto-Submitted", &["auto-replied".to_owned()]);
        headers.tokens("X-Auto-Response-Suppress", &["All".to_owned()]);
        headers.tokens(LOOP_HEADER, &[outgoing.desk_address.to_owned()]);
        headers.tokens("Content-Language", &[draft.language.to_owned()]);
        headers.tokens("MIME-Version", &["1.0".to_owned()]);
        headers.tokens("Content-Type", &content_type);
        Ok(Composed {
            message_id,
            recipient: recipient.to_owned(),
            subject,
            text,
            bytes: format!("{}\r\n{body}", headers.as_str()).into_bytes(),
        })
    }

    /// The mail's words, not yet laid out.
    fn draft<'a>(&'a self, outgoing: &'a Outgoing<'a>) -> Result<Draft<'a>, ComposeError> {
        let (language, texts) = self
            .languages
            .get_key_value(outgoing.language)
            .or_else(|| self.languages.get_key_value(&self.default_language))
            .ok_or_else(|| ComposeError::NoWording {
                path: format!("wording.{}", self.default_language),
            })?;
        let mut ask: Vec<&str> = Vec::new();
        for requirement in outgoing.ask {
            if !ask.contains(&requirement.as_str()) {
                ask.push(requirement);
            }
        }
        let topic = match (outgoing.kind, outgoing.topic) {
            (_, Some(topic)) => Some(topic),
            (OutgoingKind::RequestForInformation, None) => None,
            (OutgoingKind::Reminder, None) => Some("reminder"),
            (OutgoingKind::Acknowledgement, None) => Some("acknowledgement"),
            (OutgoingKind::CloseNotice, None) => Some("close_resolved"),
            (OutgoingKind::Referral, None) => {
                return Err(ComposeError::NoTopic(outgoing.kind.as_str()));
            }
        };
        let asks = matches!(
            outgoing.kind,
            OutgoingKind::RequestForInformation | OutgoingKind::Reminder
        );
        if asks && ask.is_empty() {
            return Err(ComposeError::NothingToAsk);
        }
        let mut draft = Draft {
            language,
            texts,
            templates: &self.templates,
            outgoing,
            ask,
            topic,
            variables: Variables::default(),
        };
        draft.variables = draft.variables();
        Ok(draft)
    }
}

/// One mail while it is being written.
struct Draft<'a> {
    language: &'a str,
    texts: &'a LanguageWording,
    templates: &'a Templates,
    outgoing: &'a Outgoing<'a>,
    ask: Vec<&'a str>,
    topic: Option<&'a str>,
    variables: Variables,
}

impl<'a> Draft<'a> {
    fn variables(&self) -> Variables {
        Variables {
            case_number: self.outgoing.case_number.to_owned(),
            desk_name: self.outgoing.desk_name.to_owned(),
            subject: subject::clean(&self.outgoing.answered.subject, self.outgoing.case_number),
            count: self.ask.len(),
            given: String::new(),
            secrets: self.secrets(),
        }
    }

    /// Names of the kinds of secrets found, each once.
    fn secrets(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for kind in self.outgoing.secret_kinds {
            let name = self
                .texts
                .secrets
                .get(kind)
                .or_else(|| self.texts.secrets.get("other"));
            if let Some(name) = name
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names.join(if self.language == "zh" { "、" } else { ", " })
    }

    fn path(&self, key: &str) -> String {
        format!("wording.{}.{key}", self.language)
    }

    fn failed(&self, key: &str, error: &TemplateError) -> ComposeError {
        ComposeError::Template {
            path: self.path(key),
            error: error.to_string(),
        }
    }

    /// A text that must be there.
    fn text(&self, key: &str, source: &str) -> Result<String, ComposeError> {
        if source.is_empty() {
            return Err(ComposeError::NoWording {
                path: self.path(key),
            });
        }
        self.templates
            .text(source, &self.variables)
            .map_err(|error| self.failed(key, &error))
    }

    fn subject(&self) -> Result<String, ComposeError> {
        if self.texts.subject.is_empty() {
            return Err(ComposeError::NoWording {
                path: self.path("subject"),
            });
        }
        self.templates
            .header(&self.texts.subject, &self.variables)
            .map_err(|error| self.failed("subject", &error))
    }

    fn blocks(&self) -> Result<Vec<Block>, ComposeError> {
        let texts = self.texts;
        let mut blocks = vec![Block::Paragraphs(self.text("greeting", &texts.greeting)?)];
        if let Some(topic) = self.topic {
            let key = format!("topics.{topic}");
            let source = texts.topics.get(topic).map_or("", String::as_str);
            blocks.push(Block::Paragraphs(self.text(&key, source)?));
        }
        if !self.ask.is_empty() {
            self.questions(&mut blocks)?;
        }
        // Hints belong to questions: a referral says all it has to say.
        let flags = if self.ask.is_empty() {
            &[]
        } else {
            self.outgoing.flags
        };
        for flag in flags {
            if let Some(source) = texts.hints.get(flag) {
                let hint = self.text(&format!("hints.{flag}"), source)?;
                blocks.push(Block::Paragraphs(hint));
            }
        }
        if !self.variables.secrets.is_empty() {
            let warning = self.text("secret_warning", &texts.secret_warning)?;
            blocks.push(Block::Paragraphs(warning));
        }
        let closing = self.text("closing", &texts.closing)?;
        blocks.push(Block::Lines(vec![
            closing,
            one_line(self.outgoing.desk_name),
        ]));
        Ok(blocks)
    }

    /// Opening, questions, how to answer, form.
    fn questions(&self, blocks: &mut Vec<Block>) -> Result<(), ComposeError> {
        let texts = self.texts;
        // A reminder says by itself why it asks; so does any text above the questions.
        let opening = match (self.outgoing.kind, self.topic, self.ask.len()) {
            (OutgoingKind::Reminder, ..) => None,
            (_, Some(_), _) => Some(("also", &texts.also)),
            (_, None, 1) => Some(("opening_one", &texts.opening_one)),
            (_, None, _) => Some(("opening", &texts.opening)),
        };
        if let Some((key, source)) = opening {
            blocks.push(Block::Paragraphs(self.text(key, source)?));
        }
        let mut asked = Vec::with_capacity(self.ask.len());
        let mut lines = Vec::with_capacity(self.ask.len());
        for requirement in &self.ask {
            let question = texts
                .ask
                .get(*requirement)
                .ok_or_else(|| ComposeError::NoWording {
                    path: self.path(&format!("ask.{requirement}")),
                })?;
            asked.push(self.asked(requirement, question)?);
            lines.push(form::Line {
                label: &question.label,
                requirement,
            });
        }
        blocks.push(Block::Questions(asked));
        let how_to_answer = self.text("how_to_answer", &texts.how_to_answer)?;
        blocks.push(Block::Paragraphs(how_to_answer));
        blocks.push(Block::Lines(form::lines(self.outgoing.token, &lines)));
        Ok(())
    }

    fn asked(&self, requirement: &str, question: &Question) -> Result<Asked, ComposeError> {
        let given = given(requirement, self.outgoing.facts);
        let variables = Variables {
            given,
            ..self.variables.clone()
        };
        let render = |key: &str, source: &str| {
            let key = format!("ask.{requirement}.{key}");
            self.templates
                .text(source, &variables)
                .map_err(|error| self.failed(&key, &error))
        };
        let text = if variables.given.is_empty() || question.given.is_empty() {
            render("question", &question.question)?
        } else {
            render("given", &question.given)?
        };
        let mut help = Vec::new();
        for (key, introduction, source) in [
            ("where", &self.texts.place, &question.place),
            ("example", &self.texts.example, &question.example),
        ] {
            if !source.is_empty() {
                help.push((self.text(key, introduction)?, render(key, source)?));
            }
        }
        Ok(Asked {
            question: text,
            help,
        })
    }
}

/// What the sender said of the thing that is asked about, as it may be repeated.
fn given(requirement: &str, facts: &Facts) -> String {
    if requirement != TIME_ZONE {
        return String::new();
    }
    let mut times: Vec<String> = Vec::new();
    for time in facts.times.iter().filter(|time| !time.zone_given) {
        let text = repeatable(&time.text);
        if !text.is_empty() && !times.contains(&text) {
            times.push(text);
        }
    }
    // Two are enough to say which ones are meant.
    times.truncate(2);
    times.join(", ")
}

/// A sender's value on one line without anything that could be taken for markup or an address of a
/// page; empty when it is too long to be a value.
fn repeatable(value: &str) -> String {
    let line = one_line(value);
    let unsafe_text = line.contains(['{', '}', '<', '>', '\\']) || line.contains("://");
    if unsafe_text || line.chars().count() > REPLY_GIVEN_CHARACTERS_MAX {
        String::new()
    } else {
        line
    }
}

/// Text on one line, without controls.
fn one_line(text: &str) -> String {
    let spaced: String = text
        .chars()
        .map(|character| {
            if character.is_control() {
                ' '
            } else {
                character
            }
        })
        .collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The date in the form of RFC 5322 section 3.3.
fn date(timestamp: jiff::Timestamp) -> String {
    let zoned = timestamp.to_zoned(TimeZone::UTC);
    DateTimePrinter::new()
        .zoned_to_string(&zoned)
        // Years that the format cannot write do not come from a clock.
        .unwrap_or_else(|_| "Thu, 01 Jan 1970 00:00:00 +0000".to_owned())
}

/// A Message-ID that may stand in a header of ours.
fn usable_id(id: Option<&str>) -> Option<&str> {
    let id = id?;
    let usable = !id.is_empty()
        && id.len() <= REPLY_MESSAGE_ID_BYTES_MAX
        && id
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>".contains(&byte));
    usable.then_some(id)
}

/// References (RFC 5322 section 3.6.4): those of the answered mail and its own Message-ID. Of a long
/// list the first, which names the thread, and the last ones stay.
fn references(answered: &Message) -> Vec<String> {
    let parents = if answered.references.is_empty() {
        &answered.in_reply_to
    } else {
        &answered.references
    };
    let mut ids: Vec<&str> = Vec::new();
    for id in parents
        .iter()
        .map(String::as_str)
        .chain(answered.message_id.as_deref())
    {
        if let Some(id) = usable_id(Some(id)) {
            ids.retain(|known| *known != id);
            ids.push(id);
        }
    }
    if ids.len() > REPLY_REFERENCES_MAX {
        let surplus = ids.len() - REPLY_REFERENCES_MAX;
        ids.drain(1..=surplus);
    }
    ids.into_iter().map(|id| format!("<{id}>")).collect()
}

#[cfg(test)]
mod tests;
