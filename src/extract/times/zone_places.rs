//! Zones told by a place, as people answer "in which time zone?".

use std::sync::LazyLock;

use super::combine::Composed;
use super::zones::Zone;
use crate::extract::characters::{is_han, line_end, line_start, stands_alone, word_starts};
use crate::lexicon::Lexicon;

/// Countries with one zone, and cities, in five languages, lower case.
#[rustfmt::skip]
const PLACES: &[(&str, &str)] = &[
    ("germany", "Europe/Berlin"), ("deutschland", "Europe/Berlin"), ("allemagne", "Europe/Berlin"), ("niemcy", "Europe/Berlin"), ("niemczech", "Europe/Berlin"), ("德国", "Europe/Berlin"), ("berlin", "Europe/Berlin"), ("柏林", "Europe/Berlin"), ("münchen", "Europe/Berlin"), ("munich", "Europe/Berlin"), ("hamburg", "Europe/Berlin"), ("frankfurt", "Europe/Berlin"), ("köln", "Europe/Berlin"),
    ("poland", "Europe/Warsaw"), ("polen", "Europe/Warsaw"), ("pologne", "Europe/Warsaw"), ("polska", "Europe/Warsaw"), ("polsce", "Europe/Warsaw"), ("波兰", "Europe/Warsaw"), ("warsaw", "Europe/Warsaw"), ("warschau", "Europe/Warsaw"), ("varsovie", "Europe/Warsaw"), ("warszawa", "Europe/Warsaw"), ("华沙", "Europe/Warsaw"), ("kraków", "Europe/Warsaw"), ("krakow", "Europe/Warsaw"),
    ("france", "Europe/Paris"), ("frankreich", "Europe/Paris"), ("francja", "Europe/Paris"), ("法国", "Europe/Paris"), ("paris", "Europe/Paris"), ("paryż", "Europe/Paris"), ("巴黎", "Europe/Paris"), ("lyon", "Europe/Paris"),
    ("italy", "Europe/Rome"), ("italien", "Europe/Rome"), ("italie", "Europe/Rome"), ("włochy", "Europe/Rome"), ("意大利", "Europe/Rome"), ("rome", "Europe/Rome"), ("rom", "Europe/Rome"), ("rzym", "Europe/Rome"), ("milan", "Europe/Rome"),
    ("austria", "Europe/Vienna"), ("österreich", "Europe/Vienna"), ("autriche", "Europe/Vienna"), ("奥地利", "Europe/Vienna"), ("vienna", "Europe/Vienna"), ("wien", "Europe/Vienna"), ("vienne", "Europe/Vienna"), ("wiedeń", "Europe/Vienna"),
    ("switzerland", "Europe/Zurich"), ("schweiz", "Europe/Zurich"), ("suisse", "Europe/Zurich"), ("szwajcaria", "Europe/Zurich"), ("瑞士", "Europe/Zurich"), ("zürich", "Europe/Zurich"), ("zurich", "Europe/Zurich"),
    ("uk", "Europe/London"), ("united kingdom", "Europe/London"), ("großbritannien", "Europe/London"), ("royaume-uni", "Europe/London"), ("wielka brytania", "Europe/London"), ("英国", "Europe/London"), ("london", "Europe/London"), ("londres", "Europe/London"), ("londyn", "Europe/London"), ("伦敦", "Europe/London"),
    ("netherlands", "Europe/Amsterdam"), ("niederlande", "Europe/Amsterdam"), ("pays-bas", "Europe/Amsterdam"), ("holandia", "Europe/Amsterdam"), ("荷兰", "Europe/Amsterdam"), ("amsterdam", "Europe/Amsterdam"), ("belgium", "Europe/Brussels"), ("belgien", "Europe/Brussels"), ("belgique", "Europe/Brussels"), ("belgia", "Europe/Brussels"), ("brussels", "Europe/Brussels"), ("bruxelles", "Europe/Brussels"),
    ("sweden", "Europe/Stockholm"), ("schweden", "Europe/Stockholm"), ("suède", "Europe/Stockholm"), ("szwecja", "Europe/Stockholm"), ("瑞典", "Europe/Stockholm"), ("stockholm", "Europe/Stockholm"), ("madrid", "Europe/Madrid"), ("madryt", "Europe/Madrid"), ("马德里", "Europe/Madrid"), ("turkey", "Europe/Istanbul"), ("türkei", "Europe/Istanbul"), ("turquie", "Europe/Istanbul"), ("turcja", "Europe/Istanbul"), ("istanbul", "Europe/Istanbul"),
    ("china", "Asia/Shanghai"), ("chine", "Asia/Shanghai"), ("chiny", "Asia/Shanghai"), ("中国", "Asia/Shanghai"), ("beijing", "Asia/Shanghai"), ("peking", "Asia/Shanghai"), ("pékin", "Asia/Shanghai"), ("pekin", "Asia/Shanghai"), ("北京", "Asia/Shanghai"), ("shanghai", "Asia/Shanghai"), ("上海", "Asia/Shanghai"), ("shenzhen", "Asia/Shanghai"), ("深圳", "Asia/Shanghai"),
    ("hong kong", "Asia/Hong_Kong"), ("香港", "Asia/Hong_Kong"), ("japan", "Asia/Tokyo"), ("japon", "Asia/Tokyo"), ("japonia", "Asia/Tokyo"), ("日本", "Asia/Tokyo"), ("tokyo", "Asia/Tokyo"), ("tokio", "Asia/Tokyo"), ("东京", "Asia/Tokyo"), ("india", "Asia/Kolkata"), ("indien", "Asia/Kolkata"), ("inde", "Asia/Kolkata"), ("indie", "Asia/Kolkata"), ("印度", "Asia/Kolkata"), ("singapore", "Asia/Singapore"), ("singapur", "Asia/Singapore"), ("singapour", "Asia/Singapore"), ("新加坡", "Asia/Singapore"), ("dubai", "Asia/Dubai"),
    ("new york", "America/New_York"), ("纽约", "America/New_York"), ("seattle", "America/Los_Angeles"), ("los angeles", "America/Los_Angeles"), ("san francisco", "America/Los_Angeles"), ("chicago", "America/Chicago"), ("toronto", "America/Toronto"), ("sydney", "Australia/Sydney"),
    ("eastern", "America/New_York"), ("pacific", "America/Los_Angeles"), ("polski", "Europe/Warsaw"), ("polskiego", "Europe/Warsaw"), ("deutsche", "Europe/Berlin"), ("french", "Europe/Paris"), ("polish", "Europe/Warsaw"), ("german", "Europe/Berlin"), ("française", "Europe/Paris"),
];

/// Words that introduce a zone.
const LABELS: [&str; 12] = [
    "time zone",
    "timezone",
    "zeitzone",
    "fuseau horaire",
    "fuseau",
    "strefa czasowa",
    "strefie czasowej",
    "strefa",
    "时区",
    "local time in",
    "ortszeit",
    "heure locale de",
];

static LABEL_TEXTS: LazyLock<Lexicon> = LazyLock::new(|| Lexicon::new(&LABELS));

/// A longer line is no answer to a question about a zone.
const LINE_BYTES: usize = 200;

/// The zone of the place that a short answer names.
pub(super) fn named(answer: &str) -> Option<Zone> {
    let lower = super::super::characters::window(answer, 0, 60).to_lowercase();
    PLACES
        .iter()
        .filter(|(place, _)| {
            lower.match_indices(place).any(|(at, _)| {
                place.starts_with(is_han) || stands_alone(&lower, at, at + place.len())
            })
        })
        .max_by_key(|(place, _)| place.len())
        .map(|(_, zone)| Zone::Named(zone))
}

/// True for a place and nothing else.
fn is_place(text: &str) -> bool {
    let lower = text.to_lowercase();
    PLACES.iter().any(|(place, _)| *place == lower)
}

/// The zone of a place right behind a clock time: "9:05 Uhr (Berlin)", "14:05 Warsaw time".
/// A bare place counts behind a clock only.
pub(super) fn behind(
    text: &str,
    end: usize,
    clock: bool,
) -> Option<(Zone, std::ops::Range<usize>)> {
    let mut start = super::super::characters::skip_blanks(text, end);
    // "13:05 today, Hamburg time"
    if text[start..].starts_with(", ") {
        start += 2;
    }
    let near = super::super::characters::window(text, start, 48);
    let (inner, from) = match near.chars().next()? {
        open @ ('(' | '（' | '[') => {
            let inner = &near[open.len_utf8()..];
            (inner.split([')', '）', ']', '\n']).next()?, open.len_utf8())
        }
        _ => {
            let lower = near.to_lowercase();
            let line = lower.split(['\n', ',', '.', ';']).next()?;
            let word = [" time", " zeit", "时间"]
                .iter()
                .filter_map(|word| {
                    let at = line.find(word)?;
                    is_place(&line[..at]).then_some(at + word.len())
                })
                .min()
                .filter(|_| lower.len() == near.len());
            match word {
                Some(word) => (&near[..word], 0),
                // "6:40pm Amsterdam": the place ends the phrase.
                None => {
                    let end = near.find(['\n', ',', '.', ';', ')']).unwrap_or(near.len());
                    let place = near[..end].trim_end();
                    if !clock || place.is_empty() || !is_place(place) {
                        return None;
                    }
                    (place, 0)
                }
            }
        }
    };
    let short = inner.split_whitespace().count() <= 3 && inner.len() <= 40;
    let digits = inner.bytes().any(|byte| byte.is_ascii_digit());
    let zone = (short && !digits).then(|| named(inner))??;
    let start = start + from;
    Some((zone, start..start + inner.len()))
}

/// A zone told in a mail's own words: by a label, or alone in a short text.
pub(super) fn told(
    text: &str,
    times: &[Composed],
    of_all: Option<Zone>,
    labelled: Option<(Zone, String)>,
) -> Option<(Zone, String)> {
    if let Some(zone) = of_all {
        return Some((zone, text.trim().to_owned()));
    }
    let clockless = times.iter().all(|time| time.clock.is_none());
    let short = text.trim().chars().count() <= 160;
    if short
        && clockless
        && let Some(time) = times.iter().find(|time| time.is_zone_only())
    {
        return Some((time.zone?, text[time.start..time.end].to_owned()));
    }
    labelled
}

/// A zone behind a word for it: "(Zeitzone Wien)", "Time zone: Poland".
pub(super) fn labelled(text: &str) -> Option<(Zone, String)> {
    for start in word_starts(text) {
        let mut label_end = None;
        LABEL_TEXTS.prefixes_in_any_case(&text.as_bytes()[start..], |length, _| {
            label_end.get_or_insert(start + length);
        });
        let Some(label_end) = label_end else {
            continue;
        };
        let line = line_start(text, start)..line_end(text, start);
        if label_end > line.end {
            continue;
        }
        let rest =
            text[label_end..line.end].trim_start_matches([' ', ':', '：', '=', '-', '是', '为']);
        let rest = rest
            .split(['.', ';', '。', ')', '）', ','])
            .next()
            .unwrap_or("");
        if rest.split_whitespace().count() <= 5
            && let Some(zone) = named(rest)
        {
            let told = super::super::characters::window(text, start, LINE_BYTES);
            let told = told.lines().next().unwrap_or("").trim();
            return Some((zone, told.to_owned()));
        }
    }
    None
}
