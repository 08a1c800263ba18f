//! All terms of a profile, found in one pass over the sender's words.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{ControlFlow, Range};

use super::clauses::{clause_at, clause_starts};
use super::fold::{fold, is_unspaced, is_word_character};
use super::sentence::{Prose, Sentence};
use crate::extract::characters::{WORD, is, pass};
use crate::lexicon::Lexicon;
use crate::profile::{Judgements, Terms};

/// Number of a class of terms.
pub(crate) type Class = u16;

/// One class that a term belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Use {
    class: Class,
    /// The word may not go on to the left.
    left: bool,
    /// The word may not go on to the right.
    right: bool,
}

/// The compiled terms of a profile.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    /// Terms that begin with a word.
    words: Uses,
    /// Terms that may stand behind other letters: parts of words, and writing without blanks.
    parts: Uses,
    classes: BTreeMap<String, Class>,
    pub(crate) guards: GuardClasses,
}

/// Terms with what each is used for.
#[derive(Debug)]
struct Uses {
    terms: Lexicon,
    uses: Vec<Vec<Use>>,
}

impl Uses {
    fn new(terms: Vec<(String, Vec<Use>)>) -> Self {
        let (terms, uses): (Vec<String>, Vec<Vec<Use>>) = terms.into_iter().unzip();
        Self {
            terms: Lexicon::new(&terms),
            uses,
        }
    }

    /// Tells the uses of each term where a word begins, and where the term ends.
    fn at(&self, text: &str, start: usize, mut tell: impl FnMut(Use, usize)) {
        self.terms
            .prefixes(&text.as_bytes()[start..], |length, term| {
                self.tell(text, start..start + length, term, &mut |one, range| {
                    tell(one, range.end);
                });
            });
    }

    /// Tells the uses of each term wherever it stands.
    fn anywhere(&self, text: &str, mut tell: impl FnMut(Use, Range<usize>)) {
        self.terms.find_all(text, |start, length, term| {
            self.tell(text, start..start + length, term, &mut tell);
            ControlFlow::Continue(())
        });
    }

    /// Tells the uses of a term that agree with what stands around it.
    fn tell(
        &self,
        text: &str,
        range: Range<usize>,
        term: usize,
        tell: &mut impl FnMut(Use, Range<usize>),
    ) {
        let mut goes_left = None;
        let mut goes_right = None;
        for one in &self.uses[term] {
            let left = one.left
                && *goes_left.get_or_insert_with(|| {
                    let mut before = text[..range.start].chars();
                    before.next_back().is_some_and(is_word_character)
                });
            let right = one.right
                && *goes_right.get_or_insert_with(|| {
                    let mut after = text[range.end..].chars();
                    after.next().is_some_and(is_word_character)
                });
            if !left && !right {
                tell(*one, range.clone());
            }
        }
    }
}

/// Classes that the mechanism itself needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct GuardClasses {
    pub(crate) negation: Class,
    pub(crate) conditional: Class,
    pub(crate) speaker: Class,
    pub(crate) contrast: Class,
    pub(crate) quotation: Class,
    pub(crate) indirect_question: Class,
    pub(crate) filler_question: Class,
    pub(crate) polite_request: Class,
    pub(crate) help_verb: Class,
    pub(crate) asks_fact: Class,
    pub(crate) wish: Class,
    pub(crate) report: Class,
    pub(crate) that: Class,
    pub(crate) further_question: Class,
    pub(crate) yes: Class,
    pub(crate) no: Class,
    pub(crate) asks_persists: Class,
    pub(crate) asks_steps: Class,
    pub(crate) steps_label: Class,
    pub(crate) correction: Class,
    pub(crate) countable: Class,
    pub(crate) out_of: Class,
    pub(crate) unrelated: Class,
    /// Numbers of questions with the classes that announce them.
    pub(crate) counted_questions: Vec<(u32, Class)>,
    /// Numbers with the classes of their words.
    pub(crate) count_words: Vec<(u32, Class)>,
    pub(crate) matter: Class,
    pub(crate) thanks_for_answer: Class,
}

/// A term found in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) class: Class,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Number of the clause within its sentence.
    pub(crate) clause: u16,
    /// A negation stands before it in its clause.
    pub(crate) negated: bool,
    /// A conditional stands before it in its clause.
    pub(crate) conditional: bool,
    /// A wish stands before it in its sentence.
    pub(crate) wished: bool,
}

/// A sentence with what was found in it.
#[derive(Clone, Debug)]
pub(crate) struct ReadSentence {
    pub(crate) sentence: Sentence,
    /// In order of their start.
    pub(crate) hits: Vec<Hit>,
    /// One bit for each class found.
    classes: [u64; CLASS_WORDS],
    /// Guideline text or an example, not a statement of the sender.
    pub(crate) quotation: bool,
    /// A question, with or without its mark.
    pub(crate) question: bool,
    /// Clauses before this one say something even where the sentence ends as a question: writing without blanks joins
    /// statements and a question with commas, and who would like to know something may say something before.
    pub(crate) question_clause: u16,
}

const CLASS_WORDS: usize = 8;
/// Most classes of one profile, the guards included.
pub(crate) const CLASSES_MAX: usize = CLASS_WORDS * 64;

impl ReadSentence {
    pub(crate) fn has(&self, class: Class) -> bool {
        self.classes[usize::from(class) / 64] & (1 << (class % 64)) != 0
    }

    /// True when a class is said, and not with a negation before it.
    pub(crate) fn says(&self, class: Class) -> bool {
        self.has(class) && self.hits_of(class).any(|hit| !hit.negated)
    }

    pub(crate) fn hits_of(&self, class: Class) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.class == class)
    }
}

/// The sender's words, read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reading {
    pub(crate) prose: Prose,
    pub(crate) sentences: Vec<ReadSentence>,
    /// One bit for each class found in any of them.
    classes: [u64; CLASS_WORDS],
}

impl Reading {
    /// True when a class is found anywhere.
    pub(crate) fn has(&self, class: Class) -> bool {
        self.classes[usize::from(class) / 64] & (1 << (class % 64)) != 0
    }
}

/// Most hits of a sentence.
const HITS_MAX: usize = 300;

impl Vocabulary {
    /// Compiles all classes. Fails with a message when there are too many.
    pub(crate) fn new(judgements: &Judgements) -> Result<Self, String> {
        let mut builder = Builder::default();
        let guards = &judgements.guards;
        let guards = GuardClasses {
            negation: builder.class("guards.negation", &guards.negation),
            conditional: builder.class("guards.conditional", &guards.conditional),
            speaker: builder.class("guards.speaker", &guards.speaker),
            contrast: builder.class("guards.contrast", &guards.contrast),
            quotation: builder.class("guards.quotation", &guards.quotation),
            indirect_question: builder.class("guards.indirect_question", &guards.indirect_question),
            filler_question: builder.class("guards.filler_question", &guards.filler_question),
            polite_request: builder.class("guards.polite_request", &guards.polite_request),
            help_verb: builder.class("guards.help_verb", &guards.help_verb),
            asks_fact: builder.class("guards.asks_fact", &guards.asks_fact),
            wish: builder.class("guards.wish", &guards.wish),
            report: builder.class("guards.report", &guards.report),
            that: builder.class("guards.that", &guards.that),
            further_question: builder.class("guards.further_question", &guards.further_question),
            yes: builder.class("guards.yes", &guards.yes),
            no: builder.class("guards.no", &guards.no),
            asks_persists: builder.class("guards.asks_persists", &guards.asks_persists),
            asks_steps: builder.class("guards.asks_steps", &guards.asks_steps),
            steps_label: builder.class("guards.steps_label", &guards.steps_label),
            correction: builder.class("guards.correction", &guards.correction),
            countable: builder.class("guards.countable", &guards.countable),
            out_of: builder.class("guards.out_of", &guards.out_of),
            unrelated: builder.class("guards.unrelated", &guards.unrelated),
            counted_questions: guards
                .counted_questions
                .iter()
                .filter_map(|(count, terms)| {
                    let class = builder.class(&format!("guards.counted_questions.{count}"), terms);
                    Some((count.parse().ok()?, class))
                })
                .collect(),
            count_words: guards
                .count_word
                .iter()
                .filter_map(|(count, terms)| {
                    let class = builder.class(&format!("guards.count_word.{count}"), terms);
                    Some((count.parse().ok()?, class))
                })
                .collect(),
            matter: builder.class("guards.matter", &guards.matter),
            thanks_for_answer: builder.class("guards.thanks_for_answer", &guards.thanks_for_answer),
        };
        for (name, terms) in &judgements.words {
            builder.class(name, terms);
        }
        if builder.classes.len() > CLASSES_MAX {
            return Err(format!("more than {CLASSES_MAX} classes of words"));
        }
        let (words, parts) = builder
            .patterns
            .into_iter()
            .partition(|(_, uses)| uses.iter().all(|one| one.left));
        Ok(Self {
            words: Uses::new(words),
            parts: Uses::new(parts),
            classes: builder.classes,
            guards,
        })
    }

    /// The number of a class.
    pub(crate) fn class(&self, name: &str) -> Option<Class> {
        self.classes.get(name).copied()
    }

    /// True when a text outside of the sender's words has a term of a class.
    pub(crate) fn mentions(&self, folded: &str, class: Class) -> bool {
        let mut found = false;
        self.find(folded, |one, _, _| found |= one.class == class);
        found
    }

    /// Tells the uses of all terms of a folded text with where they begin and end, in no order.
    fn find(&self, text: &str, mut tell: impl FnMut(Use, usize, usize)) {
        let bytes = text.as_bytes();
        let mut goes_left = false;
        let mut place = 0;
        loop {
            if goes_left {
                place = pass(bytes, place, WORD);
            }
            let Some(&byte) = bytes.get(place) else {
                break;
            };
            let start = place;
            let in_word = if byte.is_ascii() {
                place += 1;
                is(byte, WORD)
            } else {
                let character = text[start..].chars().next().unwrap_or_default();
                place += character.len_utf8();
                is_word_character(character)
            };
            if in_word && !goes_left {
                self.words.at(text, start, |one, end| tell(one, start, end));
            }
            goes_left = in_word;
        }
        self.parts
            .anywhere(text, |one, range| tell(one, range.start, range.end));
    }

    /// Finds all terms. Of `names`, folded identifiers of the mail, no part is a word: `shop-live-01` says nothing about
    /// what is live.
    pub(crate) fn read(&self, prose: Prose, names: &BTreeSet<String>) -> Reading {
        let text = prose.text.as_str();
        let named = places_of(text, names);
        let mut hits: Vec<Hit> = Vec::with_capacity(64);
        self.find(text, |one, start, end| {
            hits.push(Hit {
                class: one.class,
                start,
                end,
                clause: 0,
                negated: false,
                conditional: false,
                wished: false,
            });
        });
        hits.sort_unstable_by_key(|hit| (hit.start, hit.end, hit.class));
        hits.dedup();
        hits.retain(|hit| {
            !named
                .iter()
                .any(|name| is_part(hit, name) || is_label(text, hit, name))
        });
        let mut sentences: Vec<ReadSentence> = Vec::with_capacity(prose.sentences.len());
        let mut classes = [0; CLASS_WORDS];
        let mut rest = hits.as_slice();
        for sentence in &prose.sentences {
            let skipped = rest.partition_point(|hit| hit.start < sentence.range.start);
            rest = &rest[skipped..];
            let count = rest.partition_point(|hit| hit.start < sentence.range.end);
            let read = self.sentence(text, sentence, &rest[..count]);
            for (all, of_one) in classes.iter_mut().zip(read.classes) {
                *all |= of_one;
            }
            sentences.push(read);
            rest = &rest[count..];
        }
        Reading {
            sentences,
            prose,
            classes,
        }
    }

    fn sentence(&self, text: &str, sentence: &Sentence, found: &[Hit]) -> ReadSentence {
        // What is said in more is no sentence; guards are looked for beside each hit.
        let found = &found[..found.len().min(HITS_MAX)];
        let words = &text[sentence.range.clone()];
        let base = sentence.range.start;
        let quoted = quoted_spans(words);
        let contrasts = found
            .iter()
            .filter(|hit| hit.class == self.guards.contrast)
            .map(|hit| hit.start);
        let bounds = clause_starts(words, base, contrasts);
        let mut hits: Vec<Hit> = found
            .iter()
            .filter(|hit| {
                quoted.is_empty()
                    || !quoted
                        .iter()
                        .any(|(start, end)| hit.start - base >= *start && hit.end - base <= *end)
            })
            .map(|hit| Hit {
                clause: clause_at(&bounds, hit.start),
                ..*hit
            })
            .collect();
        let guards: Vec<Hit> = hits
            .iter()
            .filter(|hit| {
                [
                    self.guards.negation,
                    self.guards.conditional,
                    self.guards.speaker,
                    self.guards.wish,
                    self.guards.report,
                    self.guards.that,
                ]
                .contains(&hit.class)
            })
            .copied()
            .collect();
        for hit in &mut hits {
            hit.negated = guards
                .iter()
                .any(|guard| guard.class == self.guards.negation && negates(text, guard, hit));
            hit.conditional = guards.iter().any(|guard| {
                guard.class == self.guards.conditional
                    && guard.clause == hit.clause
                    && guard.end <= hit.start
                    && !guards.iter().any(|speaker| {
                        speaker.class == self.guards.speaker
                            && speaker.start >= guard.end
                            && speaker.end <= hit.start
                    })
            });
            hit.wished = guards.iter().any(|guard| {
                guard.class == self.guards.wish && self.is_wished(text, guard, hit, &guards)
            });
        }
        let asks = |hit: &Hit| hit.class == self.guards.indirect_question;
        if (sentence.question || hits.iter().any(asks))
            && let Some(request) = self.polite_request(&hits)
        {
            hits.push(request);
            hits.sort_unstable_by_key(|hit| (hit.start, hit.end, hit.class));
        }
        let mut classes = [0_u64; CLASS_WORDS];
        for hit in &hits {
            classes[usize::from(hit.class) / 64] |= 1 << (hit.class % 64);
        }
        let mut read = ReadSentence {
            sentence: sentence.clone(),
            hits,
            classes,
            quotation: false,
            question: sentence.question,
            question_clause: if !words.is_ascii() && words.chars().any(is_unspaced) {
                clause_at(&bounds, sentence.range.end)
            } else {
                0
            },
        };
        read.quotation = read.has(self.guards.quotation);
        let indirect = read.hits_of(self.guards.indirect_question).next().copied();
        if let Some(hit) = indirect {
            if !read.question && read.question_clause == 0 {
                // "The error is gone, but we would like to know why."
                read.question_clause = hit.clause;
            }
            read.question = true;
        }
        read
    }

    /// A question that asks for help with what was said before it, and for nothing else, as a hit of a filler.
    fn polite_request(&self, hits: &[Hit]) -> Option<Hit> {
        let of = |class: Class| hits.iter().find(move |hit| hit.class == class);
        let request = of(self.guards.polite_request)?;
        of(self.guards.help_verb)?;
        of(self.guards.asks_fact).is_none().then_some(Hit {
            class: self.guards.filler_question,
            negated: false,
            ..*request
        })
    }

    /// True when a wish reaches a word: in its clause, behind its colon, or in the clause that says what is wished.
    fn is_wished(&self, text: &str, wish: &Hit, hit: &Hit, guards: &[Hit]) -> bool {
        if wish.end > hit.start || self.is_denied(text, wish, guards) {
            return false;
        }
        let between = |class: Class| {
            guards.iter().any(move |guard| {
                guard.class == class && guard.start >= wish.start && guard.end <= hit.start
            })
        };
        let told = text[wish.start..hit.start].contains(':')
            || guards.iter().any(|guard| {
                guard.class == self.guards.that
                    && guard.clause == hit.clause
                    && guard.start >= wish.start
                    && guard.end <= hit.start
            });
        // Writing without blanks sets commas between what belongs together.
        let unspaced = text[wish.start..wish.end].chars().all(is_unspaced);
        let near =
            hit.clause == wish.clause || unspaced && hit.clause == wish.clause.saturating_add(1);
        (near || told) && !between(self.guards.report)
    }

    /// "We need no help any more": the negation stands right behind the wish.
    fn is_denied(&self, text: &str, wish: &Hit, guards: &[Hit]) -> bool {
        guards.iter().any(|guard| {
            guard.class == self.guards.negation
                && (negates(text, guard, wish)
                    || guard.start >= wish.end && text[wish.end..guard.start].trim().is_empty())
        })
    }
}

/// Where names stand in a text.
fn places_of(text: &str, names: &BTreeSet<String>) -> Vec<Range<usize>> {
    names
        .iter()
        .flat_map(|name| {
            text.match_indices(name.as_str())
                .map(|(start, found)| start..start + found.len())
        })
        .collect()
}

/// True when a term is a part of a name and not the whole of it.
fn is_part(hit: &Hit, name: &Range<usize>) -> bool {
    name.start <= hit.start && hit.end <= name.end && (hit.start, hit.end) != (name.start, name.end)
}

/// True when a term that ends with a colon only names the identifier behind it: "Request: 0a7e3f52-...".
fn is_label(text: &str, hit: &Hit, name: &Range<usize>) -> bool {
    hit.end <= name.start
        && text[..hit.end].ends_with(':')
        && text[hit.end..name.start].trim().is_empty()
}

/// Words between a negation and what it negates, at most.
const NEGATION_WORDS: usize = 4;

fn negates(text: &str, guard: &Hit, hit: &Hit) -> bool {
    if guard.clause != hit.clause || guard.end > hit.start {
        return false;
    }
    // 能不能 and 有没有 ask, they do not negate.
    let mut marks = text[guard.start..].chars();
    marks.next();
    if let (Some(before), Some(after)) = (text[..guard.start].chars().next_back(), marks.next())
        && before == after
        && is_unspaced(before)
    {
        return false;
    }
    let between = &text[guard.end..hit.start];
    if text[guard.start..guard.end].chars().all(is_unspaced) {
        return between.chars().count() <= 2;
    }
    between.split_whitespace().count() <= NEGATION_WORDS
}

/// Spans between quotation marks that hold more than a name.
fn quoted_spans(words: &str) -> Vec<(usize, usize)> {
    let marks: Vec<usize> = memchr::memchr_iter(b'"', words.as_bytes()).collect();
    marks
        .chunks_exact(2)
        .map(|pair| (pair[0], pair[1]))
        .filter(|(start, end)| {
            let inside = &words[*start..*end];
            inside.split_whitespace().count() > 2
                || inside
                    .chars()
                    .filter(|character| is_unspaced(*character))
                    .count()
                    > 5
        })
        .collect()
}

#[derive(Default)]
struct Builder {
    classes: BTreeMap<String, Class>,
    patterns: BTreeMap<String, Vec<Use>>,
}

impl Builder {
    fn class(&mut self, name: &str, terms: &Terms) -> Class {
        let class = Class::try_from(self.classes.len()).unwrap_or(Class::MAX);
        self.classes.insert(name.to_owned(), class);
        for (language, terms) in terms {
            for term in terms {
                self.term(term, class);
                if language == "de" && term.contains(['ä', 'ö', 'ü', 'Ä', 'Ö', 'Ü']) {
                    let spelled = term
                        .replace(['ä', 'Ä'], "ae")
                        .replace(['ö', 'Ö'], "oe")
                        .replace(['ü', 'Ü'], "ue");
                    self.term(&spelled, class);
                }
            }
        }
        class
    }

    fn term(&mut self, term: &str, class: Class) {
        let goes_left = term.starts_with('*');
        let goes_right = term.ends_with('*');
        let folded = fold(term.trim_matches('*').trim());
        let Some(first) = folded.chars().next() else {
            return;
        };
        let left = !goes_left && is_word_character(first);
        let right = !goes_right && folded.chars().next_back().is_some_and(is_word_character);
        let uses = self.patterns.entry(folded).or_default();
        let one = Use { class, left, right };
        if !uses.contains(&one) {
            uses.push(one);
        }
    }
}
