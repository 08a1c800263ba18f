//! The language to answer in, judged on the new text without code, logs and identifiers.

mod prose;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use lingua::{Language, LanguageDetector, LanguageDetectorBuilder};

use self::prose::{APOSTROPHE, LOWER, UPPER, kind, prose, without_form};
use super::LanguageGuess;
use super::characters::is_han;
use crate::lexicon::Lexicon;
use crate::mail::Message;

const GERMAN: usize = 1;
const FRENCH: usize = 2;
const POLISH: usize = 3;
const SPANISH: usize = 4;
const PORTUGUESE: usize = 6;
/// The last four are told so that they are not taken for one of the first, which desks answer in.
const CODES: [&str; LANGUAGES] = ["en", "de", "fr", "pl", "es", "it", "pt", "nl"];
const LANGUAGES: usize = 8;

/// Words that hardly any text of the language goes without. One that several languages have counts for each in part.
const FUNCTION_WORDS: [&str; LANGUAGES] = [
    "the and is are we you our your with for this that have has been not it of to be on from was were there what when which please can could would should will any all an as at by do does did how if into its know just like more no only or out so some than their them then they up us why since still get getting same every after before because about thanks thank hello hi dear regards anyone help need call here also these those but working issue error see",
    "der die das und ist sind wir sie unser unsere ihr ihre mit für dieser diese dieses dass haben hat nicht ein eine einen einem einer es von zu zum zur auf aus bei beim war waren wie was wann bitte kann können könnte würde sollte wird werden alle als auch aber am an durch immer im in ins ich uns ihnen kein keine mehr noch nur oder schon seit so über um unter vom wenn weil wieder hallo guten tag danke vielen dank grüße freundlichen liebe hier nach gibt bekommen seit heute gestern leider folgende fehler anbei jetzt dann sich den dem des",
    "le la les et est sont nous vous notre nos votre vos avec pour ce cette ces que qui ont pas un une des du de au aux dans sur par il elle on ne se sa son ses leur était être avoir fait mais ou où donc car plus très bien comme quand quoi peut pouvez pourriez merci bonjour cordialement depuis toujours encore aussi même tout toute tous toutes sans chez après avant voici voilà j'ai c'est l'erreur d'une d'un n'est qu'il s'il lors notre aucun aucune je y en",
    "i w z na do się nie jest są że to jak co czy dla od po o za przez przy ale oraz lub nasz nasza nasze naszego mamy mam proszę dziękuję dzień dobry pozdrawiam witam który która które jego jej ich był była było być może można już tylko także też więc gdy kiedy gdzie dlaczego błąd bardzo ten ta te tego tej tym nam nas wam was państwo państwa zawsze wciąż nadal jeszcze po pod przed bez od ma mają tak ze we bo",
    "el la los las de del que y en un una unos unas es son está están con por para no se su sus al lo como pero más este esta estos estas ha han hay muy también cuando donde desde hasta sin sobre nos nuestro nuestra nuestros nuestras le les me mi ya o si porque hola buenos días buenas tardes gracias saludos ayuda hoy ayer tenemos podemos puede pueden favor estamos todos todas ahora",
    "il lo la i gli le di del della dei delle dello che e è sono un uno una con per non si su nel nella nei al alla ai da dal dalla come ma più questo questa questi queste ha hanno abbiamo anche quando dove nostro nostra nostri nostre vi ci ma o se perché buongiorno salve grazie cordiali saluti aiuto oggi ieri possiamo può ancora sempre siamo tutti tutte adesso",
    "o a os as de do da dos das que e em um uma é são está estão com por para não se seu sua no na nos nas ao aos como mas mais este esta isto foi ser tem têm temos também quando onde desde até sem sobre nosso nossa nossos nossas nós você vocês já ou porque olá bom dia boa tarde obrigado obrigada cumprimentos ajuda hoje ontem podemos pode podem favor estamos todos todas agora ainda",
    "de het een en van ik je dat niet zijn wij we onze ons voor met op te bij naar ook maar geen wordt worden kunnen kunt graag bedankt groet groeten vriendelijke hallo als aan er om dan nog wel uit hebben heeft deze dit sinds gisteren vandaag waarom hoe wat kan zou moet goedemorgen goedendag u uw is in die over alle krijgen al meer",
];

/// Function words with a bit for each of their languages.
struct Words {
    texts: Lexicon,
    languages: Vec<u8>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut languages: BTreeMap<&'static str, u8> = BTreeMap::new();
    for (language, words) in FUNCTION_WORDS.iter().enumerate() {
        for word in words.split(' ') {
            *languages.entry(word).or_default() |= 1 << language;
        }
    }
    let texts: Vec<&str> = languages.keys().copied().collect();
    Words {
        texts: Lexicon::new(&texts),
        languages: languages.into_values().collect(),
    }
});

impl Words {
    fn languages(&self, word: &str) -> Option<u8> {
        let mut languages = None;
        let bytes = word.as_bytes();
        self.texts.prefixes_in_any_case(bytes, |length, place| {
            if length == word.len() {
                languages = Some(self.languages[place]);
            }
        });
        languages
    }
}

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(|| {
    LanguageDetectorBuilder::from_languages(&[
        Language::English,
        Language::German,
        Language::French,
        Language::Polish,
        Language::Chinese,
    ])
    .with_low_accuracy_mode()
    .build()
});

/// What a text shows of its languages.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    scores: [f32; LANGUAGES],
    /// Hiragana and katakana.
    kana: usize,
    hangul: usize,
    han: usize,
    words: usize,
}

/// The language of a mail's new text; headers and the sender's domain help where it is short.
pub(crate) fn guess(
    message: &Message,
    languages: &[String],
    ours: Option<&std::ops::Range<usize>>,
) -> Option<LanguageGuess> {
    let new = match ours {
        Some(_) => super::passage::without(super::passage::body_passages(message), ours)
            .iter()
            .map(|passage| passage.text)
            .collect::<Vec<_>>()
            .join("\n"),
        None => message.new_text(),
    };
    let text = prose(&without_form(&new));
    let mut tally = tally(&text);
    // The subject of an answer is the thread's, not this text's.
    let answers = message.header("In-Reply-To").is_some() || message.header("References").is_some();
    if tally.words + tally.han < 4 && !answers {
        let subject = self::tally(&prose(&message.subject));
        tally.kana += subject.kana;
        tally.hangul += subject.hangul;
        for (score, other) in tally.scores.iter_mut().zip(subject.scores) {
            *score += other;
        }
        tally.han += subject.han;
        tally.words += subject.words;
    }
    // No prose tells no language: the case's stays as it is.
    let told_by_script = tally.kana >= 4 || tally.hangul >= 2;
    let said = told_by_script || tally.scores.iter().any(|score| *score > 0.0);
    if !told_by_script && tally.han < 2 && (tally.words < 2 || tally.words < 5 && !said) {
        return None;
    }
    // Scripts that no other language here has. Chinese texts have a の here and there; a name is no text.
    let latin: f32 = tally.scores.iter().copied().fold(0.0, f32::max);
    let scripts = [(tally.kana, 4, "ja"), (tally.hangul, 2, "ko")];
    if let Some((_, _, language)) = scripts
        .into_iter()
        .find(|(count, least, _)| count >= least && count * 4 >= tally.han && small(*count) > latin)
    {
        return Some(LanguageGuess {
            language: language.to_owned(),
            confidence: 0.95,
            alternative: None,
        });
    }
    // A line of Chinese below an English mail is a signature that got away.
    if answers_in(languages, "zh")
        && (tally.han >= 10 || tally.han * 2 >= tally.words)
        && tally.han > 1
        && small(tally.han) > latin
    {
        let alternative = best(&tally.scores, languages, None).filter(|(_, score)| *score >= 8.0);
        let alternative = alternative.map(|(language, _)| CODES[language].to_owned());
        return Some(LanguageGuess {
            language: "zh".to_owned(),
            confidence: 0.98,
            alternative,
        });
    }
    if let Some(other) = foreign(&tally, languages) {
        return Some(other);
    }
    let Some((first, score)) = best(&tally.scores, languages, None) else {
        return undecided(message, &text, languages);
    };
    let (other, other_score) = best(&tally.scores, languages, Some(first)).unwrap_or((first, 0.0));
    if score >= 3.0 && score >= other_score * 1.6 {
        let near = other != first && other_score >= 4.0 && other_score * 2.5 > score;
        return Some(LanguageGuess {
            language: CODES[first].to_owned(),
            confidence: (0.7 + score / 60.0).min(0.99),
            alternative: near.then(|| CODES[other].to_owned()),
        });
    }
    // Few words, but of one language alone.
    if score >= 1.5 && score >= other_score * 3.0 {
        return Some(LanguageGuess {
            language: CODES[first].to_owned(),
            confidence: 0.6,
            alternative: None,
        });
    }
    undecided(message, &text, languages)
}

/// A language in which the desk does not answer, where its words are surely more than those of the others.
fn foreign(tally: &Tally, languages: &[String]) -> Option<LanguageGuess> {
    let of = |wanted: bool| {
        let scores = tally.scores.iter().copied().zip(CODES);
        scores
            .filter(|(_, code)| answers_in(languages, code) == wanted)
            .max_by(|left, right| left.0.total_cmp(&right.0))
    };
    let (score, language) = of(false)?;
    let answered = of(true).map_or(0.0, |(score, _)| score);
    (score >= 4.0 && score >= answered * 1.5).then(|| LanguageGuess {
        language: language.to_owned(),
        confidence: (0.7 + score / 60.0).min(0.99),
        alternative: None,
    })
}

/// True for a language in which the desk answers.
fn answers_in(languages: &[String], code: &str) -> bool {
    languages.iter().any(|language| language == code)
}

fn small(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

fn best(
    scores: &[f32; LANGUAGES],
    languages: &[String],
    without: Option<usize>,
) -> Option<(usize, f32)> {
    scores
        .iter()
        .copied()
        .enumerate()
        .filter(|(language, score)| {
            *score > 0.0 && Some(*language) != without && answers_in(languages, CODES[*language])
        })
        .max_by(|left, right| left.1.total_cmp(&right.1))
}

/// By statistics of letters, with the hints of the mail where even these are not sure.
fn undecided(message: &Message, text: &str, languages: &[String]) -> Option<LanguageGuess> {
    let hint = hinted(message, languages);
    let mut values: Vec<(String, f64)> = DETECTOR
        .compute_language_confidence_values(super::characters::window(text, 0, 600))
        .into_iter()
        .map(|(language, value)| (language.iso_code_639_1().to_string().to_lowercase(), value))
        .filter(|(language, _)| languages.contains(language))
        .collect();
    if let Some(hint) = &hint {
        for (language, value) in &mut values {
            *value += if language == hint { 0.3 } else { 0.0 };
        }
    }
    // The detector keeps its values in a hash map: equal ones need an order of their own.
    values.sort_by(|left, right| (right.1.total_cmp(&left.1)).then_with(|| left.0.cmp(&right.0)));
    let (language, value) = values.first().cloned()?;
    let second = values.get(1).map_or(0.0, |(_, value)| *value);
    if value - second < 0.08 {
        return None;
    }
    let alternative = values
        .get(1)
        .filter(|(_, other)| *other > 0.1 && other * 2.0 > value)
        .map(|(language, _)| language.clone());
    let confidence = if value > 0.9 { 0.8 } else { 0.5 };
    Some(LanguageGuess {
        language,
        confidence,
        alternative,
    })
}

/// What headers and the sender's country say.
fn hinted(message: &Message, languages: &[String]) -> Option<String> {
    let header = message
        .header("Content-Language")
        .or_else(|| message.header("Accept-Language"));
    let by_header = header.map(|value| {
        value
            .trim()
            .chars()
            .take(2)
            .collect::<String>()
            .to_lowercase()
    });
    let domain = message.author().rsplit('.').next().unwrap_or("").to_owned();
    let by_country = match domain.as_str() {
        "de" | "at" => Some("de"),
        "fr" => Some("fr"),
        "pl" => Some("pl"),
        "cn" | "tw" | "hk" => Some("zh"),
        "uk" | "us" | "ie" | "au" | "nz" => Some("en"),
        _ => None,
    };
    by_header
        .into_iter()
        .chain(by_country.map(str::to_owned))
        .find(|language| languages.contains(language))
}

/// Words and letters of prose by language.
fn tally(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut lower = String::with_capacity(24);
    let mut rest = text;
    while let Some((word, ascii)) = next_word(&mut rest) {
        if !ascii {
            let mut east = false;
            for character in word.chars() {
                let count = match character {
                    '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9d}' => &mut tally.kana,
                    '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' => &mut tally.hangul,
                    _ if is_han(character) => &mut tally.han,
                    _ => continue,
                };
                *count += 1;
                east = true;
            }
            if east {
                continue;
            }
        }
        tally.words += 1;
        if word.len() > 40 {
            continue;
        }
        let lower = if ascii {
            word
        } else {
            lower.clear();
            lower.extend(
                word.chars()
                    .flat_map(char::to_lowercase)
                    .map(|character| if character == '’' { '\'' } else { character }),
            );
            &lower
        };
        if let Some(languages) = WORDS.languages(lower) {
            // A word that several languages share says less.
            let share = 1.0 / f32::from(u16::try_from(languages.count_ones()).unwrap_or(1));
            for (language, score) in tally.scores.iter_mut().enumerate() {
                if languages & (1 << language) != 0 {
                    *score += share;
                }
            }
        } else if !lower.is_ascii() {
            letters(lower, &mut tally.scores);
        } else if let Some(mark) = memchr::memchr(b'\'', lower.as_bytes())
            && ["l", "d", "qu", "n", "j", "s", "c", "m"]
                .iter()
                .any(|elided| lower[..mark].eq_ignore_ascii_case(elided))
        {
            tally.scores[FRENCH] += 0.7;
        }
    }
    tally
}

/// The next run of letters and apostrophes, taken off the text, and whether it is ASCII.
fn next_word<'t>(text: &mut &'t str) -> Option<(&'t str, bool)> {
    let bytes = text.as_bytes();
    let beyond_ascii = |place: usize| {
        super::characters::at(text, place).map_or((false, 1), |character| {
            let in_word = character == '’' || character.is_alphabetic();
            (in_word, character.len_utf8())
        })
    };
    let mut start = 0;
    loop {
        let in_word = match kind(*bytes.get(start)?) {
            Some(kind) => (matches!(kind, LOWER | UPPER | APOSTROPHE), 1),
            None => beyond_ascii(start),
        };
        if in_word.0 {
            break;
        }
        start += in_word.1;
    }
    let mut end = start;
    let mut ascii = true;
    while let Some(byte) = bytes.get(end) {
        match kind(*byte) {
            Some(LOWER | UPPER | APOSTROPHE) => end += 1,
            Some(_) => break,
            None => {
                let (in_word, length) = beyond_ascii(end);
                if !in_word {
                    break;
                }
                ascii = false;
                end += length;
            }
        }
    }
    let word = &text[start..end];
    *text = &text[end..];
    Some((word, ascii))
}

/// Letters that only one of the languages has.
fn letters(word: &str, scores: &mut [f32; LANGUAGES]) {
    for character in word.chars() {
        match character {
            'ß' | 'ä' | 'ö' | 'ü' => scores[GERMAN] += 0.6,
            'ą' | 'ę' | 'ł' | 'ś' | 'ź' | 'ż' | 'ć' | 'ń' => scores[POLISH] += 0.6,
            'ñ' | '¿' | '¡' => scores[SPANISH] += 0.6,
            'ã' | 'õ' => scores[PORTUGUESE] += 0.6,
            'è' | 'ê' | 'à' | 'ç' | 'ù' | 'û' | 'î' | 'ë' | 'ï' | 'œ' | 'é' | 'â' | 'ô' => {
                scores[FRENCH] += 0.5
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
