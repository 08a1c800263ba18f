//! Which message of a thread is its answer, and how sure that is.

use jiff::Timestamp;

use super::cues::{self, BUILT_IN, is_han};
use crate::case::ResolutionCode;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Somebody of the desk.
    Desk,
    /// Who opened the ticket, or somebody with him.
    Submitter,
    /// Anybody else: a bystander, a robot.
    Other,
}

/// A message of a thread that the submitter could read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// When.
    pub at: Option<Timestamp>,
    /// Who wrote it.
    pub side: Side,
    /// True where the system says that nobody wrote it.
    pub automatic: bool,
    /// Newly written text, without quotes.
    pub text: String,
}

/// A proposed resolution.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Its text.
    pub text: String,
    /// When it was given.
    pub at: Option<Timestamp>,
    /// `fixed` where something was done or works now, else `guidance`.
    pub code: ResolutionCode,
    /// How likely it is the answer, 0 to 1, in steps of a hundredth.
    pub confidence: f64,
    /// What speaks for and against it: `confirmed`, `thanked`, `done`, `no_reaction`, `still_fails`, `answered_back`, `asks`,
    /// `short`, `submitter_says`.
    pub signals: Vec<&'static str>,
}

/// A last message of the desk that nothing speaks for or against.
const BASE: f64 = 0.5;
/// A question of the desk that the submitter answered himself.
const BASE_OF_QUESTION: f64 = 0.2;
/// What each signal adds.
const CONFIRMED: f64 = 0.35;
const THANKED: f64 = 0.2;
const DONE: f64 = 0.1;
const STILL_FAILS: f64 = -0.35;
const ANSWERED_BACK: f64 = -0.1;
const ASKS: f64 = -0.2;
const SHORT: f64 = -0.1;
/// Nothing is ever certain, and nothing impossible.
const LEAST: f64 = 0.05;
const MOST: f64 = 0.95;

/// Longest politeness that holds nothing else. Characters.
const COURTESY_CHARACTERS: usize = 160;
/// Longest acknowledgement or notice that holds nothing else. Characters.
const NOTICE_CHARACTERS: usize = 400;
/// A shorter answer says little. Characters; a Chinese one counts as three.
const SHORT_CHARACTERS: usize = 40;
/// A sentence with fewer words states nothing. A Chinese character counts as half a word.
const STATEMENT_WORDS: usize = 4;

/// The answer of a thread, its messages in the order of time: the last message of the desk that states something. Where the
/// desk only asked and the submitter then says that it works, both together.
#[must_use]
pub fn propose(messages: &[Message]) -> Option<Answer> {
    let answers = |message: &Message| message.side == Side::Desk && !message.automatic;
    let last = messages
        .iter()
        .enumerate()
        .rfind(|(_, message)| answers(message) && kind(&message.text) == Kind::Answer);
    if let Some((place, message)) = last {
        return Some(judged(message, &messages[place + 1..]));
    }
    // Only questions: the submitter's own words may tell what it was.
    let (place, question) = messages
        .iter()
        .enumerate()
        .rfind(|(_, message)| answers(message) && kind(&message.text) == Kind::Question)?;
    let (_, reaction) = messages[place + 1..]
        .iter()
        .enumerate()
        .filter(|(_, message)| message.side == Side::Submitter && !message.automatic)
        .find(|(_, message)| {
            let text = message.text.to_lowercase();
            cues::any(&BUILT_IN.works, &text) && !cues::any(&BUILT_IN.fails, &text)
        })?;
    Some(Answer {
        text: format!("{}\n\n{}", question.text.trim(), reaction.text.trim()),
        at: reaction.at,
        code: ResolutionCode::Fixed,
        confidence: rounded(BASE_OF_QUESTION),
        signals: vec!["asks", "submitter_says"],
    })
}

fn judged(answer: &Message, later: &[Message]) -> Answer {
    let mut confidence = BASE;
    let mut signals = Vec::new();
    let mut count = |signal: &'static str, weight: f64| {
        signals.push(signal);
        confidence += weight;
    };
    let text = answer.text.to_lowercase();
    let done = cues::any(&BUILT_IN.done, &text);
    let mut works = false;
    match reaction(later) {
        Some(Reaction::Works) => {
            works = true;
            count("confirmed", CONFIRMED);
        }
        Some(Reaction::Thanks) => count("thanked", THANKED),
        Some(Reaction::Fails) => count("still_fails", STILL_FAILS),
        Some(Reaction::Words) => count("answered_back", ANSWERED_BACK),
        None => count("no_reaction", 0.0),
    }
    if done {
        count("done", DONE);
    }
    if asks(&text) {
        count("asks", ASKS);
    }
    if size(&answer.text) < SHORT_CHARACTERS {
        count("short", SHORT);
    }
    Answer {
        text: answer.text.trim().to_owned(),
        at: answer.at,
        code: if done || works {
            ResolutionCode::Fixed
        } else {
            ResolutionCode::Guidance
        },
        confidence: rounded(confidence),
        signals,
    }
}

fn rounded(confidence: f64) -> f64 {
    (confidence.clamp(LEAST, MOST) * 100.0).round() / 100.0
}

/// What the submitter wrote after the answer; the last message that says something clear counts.
#[derive(Clone, Copy)]
enum Reaction {
    Works,
    Thanks,
    Fails,
    Words,
}

fn reaction(later: &[Message]) -> Option<Reaction> {
    let mut found = None;
    for message in later {
        if message.side != Side::Submitter || message.automatic || message.text.trim().is_empty() {
            continue;
        }
        let text = message.text.to_lowercase();
        let said = if cues::any(&BUILT_IN.fails, &text) {
            Reaction::Fails
        } else if cues::any(&BUILT_IN.works, &text) {
            Reaction::Works
        } else if cues::any(&BUILT_IN.thanks, &text) {
            Reaction::Thanks
        } else {
            Reaction::Words
        };
        found = match (found, said) {
            // A word of thanks or more words do not take back what was said clearly.
            (Some(Reaction::Works | Reaction::Fails), Reaction::Thanks | Reaction::Words)
            | (Some(Reaction::Thanks), Reaction::Words) => found,
            _ => Some(said),
        };
    }
    found
}

/// What a message of the desk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Answer,
    Question,
    Nothing,
}

fn kind(text: &str) -> Kind {
    let lower = text.to_lowercase();
    let characters = lower.chars().count();
    let only = |terms: &[String], most: usize| characters <= most && cues::any(terms, &lower);
    if only(&BUILT_IN.acknowledgement, NOTICE_CHARACTERS)
        || only(&BUILT_IN.notice, NOTICE_CHARACTERS)
        || only(&BUILT_IN.courtesy, COURTESY_CHARACTERS)
    {
        return Kind::Nothing;
    }
    let mut asked = false;
    let mut stated = false;
    for sentence in sentences(&lower) {
        if is_question(sentence) {
            asked = true;
        } else if words(sentence) >= STATEMENT_WORDS {
            stated = true;
        }
    }
    match (stated, asked) {
        (true, _) => Kind::Answer,
        (false, true) => Kind::Question,
        // A few words may be all that was needed: "rotate the key".
        (false, false) if words(&lower) >= 2 => Kind::Answer,
        (false, false) => Kind::Nothing,
    }
}

/// True when the text asks anything at all.
fn asks(text: &str) -> bool {
    sentences(text).any(is_question)
}

fn is_question(sentence: &str) -> bool {
    let sentence = sentence.trim();
    sentence.ends_with(['?', '？']) || cues::any(&BUILT_IN.asks, sentence)
}

/// Sentences with their closing sign; a line ends one too. The first line is none when it only greets, and a full stop in
/// a name or number ends nothing.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().enumerate().flat_map(|(place, line)| {
        let line = line.trim();
        let greets = place == 0 && line.ends_with([',', '!', '，', '！']) && words(line) < 6;
        let line = if greets { "" } else { line };
        let mut rest = line;
        std::iter::from_fn(move || {
            rest = rest.trim_start();
            if rest.is_empty() {
                return None;
            }
            let end = rest
                .char_indices()
                .map(|(at, character)| (at + character.len_utf8(), character))
                .find(|(end, character)| match character {
                    '。' | '？' | '！' => true,
                    '.' | '?' | '!' => rest[*end..].chars().next().is_none_or(char::is_whitespace),
                    _ => false,
                })
                .map_or(rest.len(), |(end, _)| end);
            let (sentence, more) = rest.split_at(end);
            rest = more;
            Some(sentence)
        })
    })
}

fn words(text: &str) -> usize {
    let han = text.chars().filter(|character| is_han(*character)).count();
    let others = text
        .split(|character: char| character.is_whitespace() || is_han(character))
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .count();
    others + han / 2
}

fn size(text: &str) -> usize {
    text.trim()
        .chars()
        .map(|character| if is_han(character) { 3 } else { 1 })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desk(text: &str) -> Message {
        message(Side::Desk, text)
    }

    fn customer(text: &str) -> Message {
        message(Side::Submitter, text)
    }

    fn message(side: Side, text: &str) -> Message {
        Message {
            at: None,
            side,
            automatic: false,
            text: text.to_owned(),
        }
    }

    const FIX: &str = "Hello,\n\nthe role was missing in the app. Add it under Developer Central and authorise again.";

    #[test]
    fn the_last_statement_of_the_desk_is_the_answer() {
        let thread = [
            customer("getOrders fails."),
            desk("Hi,\n\nwhich marketplace is it?"),
            customer("DE"),
            desk(FIX),
            customer("Thanks, it works now."),
            desk("You're welcome!"),
        ];
        let answer = propose(&thread).unwrap();
        assert_eq!(answer.text, FIX);
        assert_eq!(answer.signals, ["confirmed"]);
        assert_eq!(answer.code, ResolutionCode::Fixed);
        assert!(answer.confidence > 0.8);
    }

    #[test]
    fn what_the_submitter_says_afterwards_decides_how_sure_it_is() {
        let sure = |later: &str| {
            let mut thread = vec![customer("x"), desk(FIX)];
            if !later.is_empty() {
                thread.push(customer(later));
            }
            propose(&thread).unwrap().confidence
        };
        let in_order = [
            sure("It still fails with the same error."),
            sure("We use Java 17 by the way."),
            sure(""),
            sure("Vielen Dank."),
            sure("Merci, ça marche."),
        ];
        assert!(in_order.is_sorted(), "{in_order:?}");
        assert!(in_order[0] < in_order[1] && in_order[3] < in_order[4]);
        // Doubt is not taken back by politeness.
        let thread = [
            customer("x"),
            desk(FIX),
            customer("Es geht nicht."),
            customer("Trotzdem danke!"),
        ];
        assert!(propose(&thread).unwrap().signals.contains(&"still_fails"));
    }

    #[test]
    fn acknowledgements_questions_and_notices_answer_nothing() {
        for text in [
            "We have received your request. This is an automatic message.",
            "Hi,\n\nwe have not heard from you for a week and set this to solved. Just reply to open it again.",
            "Could you send us one request id?",
            "Können Sie uns den Zeitpunkt nennen?",
            "Duplicate of #224",
            "Asked how often they send.",
            "您好，请提供请求编号。",
            "ok",
        ] {
            assert_eq!(propose(&[customer("x"), desk(text)]), None, "{text}");
        }
        let mut robot = desk(FIX);
        robot.automatic = true;
        assert_eq!(propose(&[customer("x"), robot]), None);
        assert_eq!(propose(&[customer("x"), message(Side::Other, FIX)]), None);
    }

    #[test]
    fn a_question_that_the_submitter_answers_himself_is_proposed_with_his_words() {
        let thread = [
            customer("配送费金额不一致"),
            desk("Hello,\n\nis the Fee entity still the old one?"),
            customer("是的，更新之后没有再出现，可以关闭。"),
        ];
        let answer = propose(&thread).unwrap();
        assert!(answer.text.contains("Fee entity") && answer.text.contains("可以关闭"));
        assert!(answer.confidence < 0.5);
    }

    #[test]
    fn a_full_stop_in_a_name_ends_no_sentence() {
        let found: Vec<&str> = sentences("use v2.1 of x.y.z. done? yes").collect();
        assert_eq!(found, ["use v2.1 of x.y.z.", "done?", "yes"]);
    }
}
