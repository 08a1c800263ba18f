//! Countries of affected marketplaces: by id, domain, code after a label, or name.

use super::Extractor;
use super::characters::{at, before, ends_with_word, is_blank, line_end, window, window_before};
use super::clauses::{Standing, standing_between_commas as standing};
use super::country_codes::{next_code, read_bare_codes, read_before_label, read_beside_nouns};
use super::gather::{Candidate, Gathered};
use super::lead::{Form, lead, value_end};
use super::names::{NameHit, Sense};
use super::passage::Passage;
use crate::profile::Reader;

/// Places that were found, with what their clauses say.
pub(crate) type FoundPlaces = Vec<(Candidate, Standing)>;

/// Collects candidates; those named in passing give way to those given after a label or by id.
pub(crate) fn read(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hits: &[NameHit],
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    let known = found.len();
    let is_country = |word: &str| {
        extractor.names.cell(word).iter().any(|meaning| {
            matches!(meaning.sense, Sense::Word(_))
                && extractor.fields[usize::from(meaning.field)].read == Reader::Place
        })
    };
    for hit in hits {
        for meaning in extractor.names.meanings(hit) {
            let field = usize::from(meaning.field);
            if extractor.fields[field].read != Reader::Place || found.len() > 400 {
                continue;
            }
            let place = match meaning.sense {
                Sense::Identifier(row) => Some((row, "id", 0.95)),
                Sense::Domain(row) if is_site(text, hit) => Some((row, "domain", 0.8)),
                Sense::Word(row) if is_affected_country(text, hit, &is_country) => {
                    Some((row, "name", 0.7))
                }
                Sense::Label | Sense::Key | Sense::Parameter => {
                    read_labelled(extractor, passage, hit, field, meaning.sense, found);
                    None
                }
                _ => None,
            };
            if let Some((row, rule, confidence)) = place {
                let country = extractor.list_cell(field, usize::from(row), 0).to_owned();
                let standing = standing(text, hit.start, hit.end);
                let candidate = Candidate::new(
                    passage,
                    field,
                    hit.start..hit.end,
                    country,
                    rule,
                    confidence,
                );
                found.push((candidate.shared(), standing));
            }
        }
    }
    read_bare_codes(extractor, passage, found);
    for field in extractor.fields_reading(Reader::Place) {
        read_beside_nouns(extractor, passage, field, found);
    }
    for (candidate, standing) in &mut found[known..] {
        if is_excepted(text, candidate.start - passage.base) {
            *standing = Standing::Working;
            *candidate = candidate.clone().refuse("excepted");
        }
    }
}

/// "all except France", "sauf l'Espagne", "not the US": what follows is not affected.
fn is_excepted(text: &str, place: usize) -> bool {
    let left = window_before(text, place, 120);
    let left = left
        .rsplit(['\n', '.', ';', ':'])
        .next()
        .unwrap_or("")
        .to_lowercase();
    // "Geht nicht (DE)" denies what stands before the bracket.
    let bracketed = left.trim_end_matches(['"', ' ']).ends_with('(');
    let left = left.trim_end_matches(['(', '"', ' ']);
    let strip = |head: &str, words: &[&str]| -> usize {
        words
            .iter()
            .find_map(|word| {
                let rest = head.strip_suffix(word)?;
                (rest.is_empty() || rest.ends_with([' ', '\'', '’'])).then(|| rest.trim_end().len())
            })
            .unwrap_or(head.len())
    };
    let ends = |head: &str, words: &[&str]| words.iter().any(|word| ends_with_word(head, word));
    let bare = &left[..strip(left, &["the", "la", "le", "les", "l'", "l’", "die", "den"])];
    let inner = &bare[..strip(
        bare,
        &[
            "in", "for", "en", "au", "aux", "w", "we", "na", "dla", "für", "auf",
        ],
    )];
    // "works for DE but not ES": what follows is what fails.
    let contrasted = [
        "but not",
        "nicht aber",
        "aber nicht",
        "mais pas",
        "ale nie",
        "但不",
        "jedoch nicht",
        "only not",
    ]
    .into_iter()
    .find(|phrase| bare.ends_with(phrase) || inner.ends_with(phrase));
    // "fails in the US but not in Canada": what follows is well then.
    if let Some(phrase) = contrasted {
        let clause = &inner[..inner.rfind(phrase).unwrap_or(0)];
        return super::clauses::judge(clause) == Standing::Failing;
    }
    ends(inner, EXCEPT) || !bracketed && ends(bare, &["not", "nicht", "pas", "nie", "不是"])
}

/// Words that take a place out.
#[rustfmt::skip]
const EXCEPT: &[&str] = &[
    "except", "except for", "excluding", "apart from", "other than", "sauf", "hormis", "hors", "excepté", "à l'exception de",
    "außer", "ausgenommen", "mit ausnahme von", "oprócz", "poza", "z wyjątkiem", "除", "除了",
];

/// Decides which places are affected.
pub(crate) fn decide(found: FoundPlaces, gathered: &mut Gathered) {
    let best = |country: &str| {
        found
            .iter()
            .filter(|(candidate, _)| candidate.value == country)
            .map(|(_, standing)| *standing)
            .max()
    };
    let surest = found
        .iter()
        .filter(|(candidate, _)| {
            candidate.refused.is_none() && best(&candidate.value) != Some(Standing::Working)
        })
        .map(|(candidate, _)| candidate.confidence)
        .fold(0.0, f32::max);
    for (candidate, standing) in &found {
        let candidate = candidate.clone();
        let sure = candidate.confidence >= 0.9;
        let working = best(&candidate.value) == Some(Standing::Working);
        if candidate.refused.is_some() {
            gathered.add(candidate);
            continue;
        }
        gathered.add(if working && (!sure || *standing == Standing::Working) {
            candidate.refuse("named_as_working")
        } else if candidate.confidence < 0.75 && surest >= 0.9 && *standing != Standing::Failing {
            candidate.refuse("named_in_passing")
        } else {
            candidate
        });
    }
}

/// `amazon.de` as a site, not `sellingpartnerapi-eu.amazon.com` or an address.
fn is_site(text: &str, hit: &NameHit) -> bool {
    let left = window_before(text, hit.start, 12);
    let host = match before(text, hit.start) {
        Some('.') => left.ends_with("www."),
        Some('-' | '@' | '_') => false,
        _ => true,
    };
    let after = at(text, hit.end);
    host && !(after == Some('.')
        && text[hit.end + 1..].starts_with(|next: char| next.is_alphanumeric()))
        && after != Some('-')
}

/// What stands before a place on its line.
fn left_as_written(text: &str, place: usize) -> &str {
    text[super::characters::line_start(text, place)..place].trim_end_matches(is_blank)
}

/// A country in a sentence about selling there, not an address, a company or a time zone.
fn is_affected_country(text: &str, hit: &NameHit, is_country: &dyn Fn(&str) -> bool) -> bool {
    let written = &text[hit.start..hit.end];
    let lower = |character: char| character.is_ascii_lowercase();
    if written.starts_with(lower) || (written.len() <= 3 && written.contains(lower)) {
        return false;
    }
    let left = window_before(text, hit.start, 40).to_lowercase();
    let right = window(text, hit.end, 24).to_lowercase();
    let left =
        left.trim_end_matches(|character: char| is_blank(character) || "(\"“*".contains(character));
    let right = right
        .trim_start_matches(|character: char| is_blank(character) || ")\"”*".contains(character));
    let elsewhere = [
        "based in",
        "located in",
        "office in",
        "company in",
        "team in",
        "from",
        "live in",
        "hosted in",
        "server in",
        "servers in",
        "sits in",
        "headquartered in",
        "incorporated in",
        "sitz in",
        "sitzt in",
        "se trouve en",
        "mieści się w",
        "ma siedzibę w",
        "总部在",
        "总部位于",
        "ansässig in",
        "büro in",
        "aus",
        "server stehen in",
        "basés en",
        "basée en",
        "basé en",
        "siège en",
        "située en",
        "z siedzibą w",
        "biuro w",
        "siedziba w",
        "located",
        "in der nähe von",
        "公司在",
        "位于",
        "来自",
        "aws",
        "registered in",
        "national bank of",
        "mitten in",
        "equipe en",
        "équipe en",
    ];
    if elsewhere.iter().any(|phrase| ends_with_word(left, phrase))
        || is_where_people_are(left)
            && !right.starts_with('站')
            && !right.starts_with("marketplace")
    {
        return false;
    }
    let other = [
        "time",
        "zeit",
        "时间",
        "gmbh",
        "ltd",
        "s.a",
        "sarl",
        "sp. z",
        "inc",
        "llc",
        "co.",
        "有限公司",
        "公司",
        "标准时间",
        "法定",
        "国庆",
        "节日",
        "节假日",
        "假期",
        "春节",
        "银行",
        "holiday",
        "post",
        "eastern",
        "pacific",
        "dollar",
        "phone",
        "office",
        "team",
        "vat",
        "bank",
    ];
    if other.iter().any(|phrase| right.starts_with(phrase)) {
        return false;
    }
    // "Munich, Germany" tells where somebody is.
    if let Some(before_comma) = left_as_written(text, hit.start).strip_suffix(',') {
        let city = before_comma.rsplit([' ', '(', '\n']).next().unwrap_or("");
        let closed = at(text, hit.end).is_none_or(|next| matches!(next, ')' | '.' | '\n' | '\r'));
        let is_name = city.chars().next().is_some_and(char::is_uppercase) && city.len() > 3;
        if closed && is_name && !is_country(city) {
            return false;
        }
    }
    // An address: "60311 Frankfurt, Germany" on a line of its own.
    let line = super::characters::line_start(text, hit.start);
    let line = text[line..line_end(text, hit.end)].trim();
    !(line.len() > written.len()
        && line.ends_with(written)
        && line.bytes().take(80).filter(u8::is_ascii_digit).count() >= 4
        && line.contains(','))
}

/// "Our developers in India", "notre entrepôt en France": where people work and goods lie, not where is sold. The text is
/// that before the country, in lower case.
fn is_where_people_are(left: &str) -> bool {
    let Some(noun) = PREPOSITIONS.iter().find_map(|word| {
        let noun = left.strip_suffix(word)?;
        noun.strip_suffix(' ')
            .or(word.starts_with(super::characters::is_han).then_some(noun))
    }) else {
        return false;
    };
    let last = noun.rsplit(' ').next().unwrap_or("");
    PEOPLE_AND_PLACES.iter().any(|stem| {
        if stem.starts_with(super::characters::is_han) {
            noun.ends_with(stem)
        } else {
            // An ending, and no other noun: "Lagerbestand", "stany magazynowe".
            last.strip_prefix(stem)
                .is_some_and(|ending| ending.chars().count() <= ENDING_LETTERS)
        }
    })
}

/// Longest ending of such a noun.
const ENDING_LETTERS: usize = 2;
const PREPOSITIONS: [&str; 7] = ["in", "en", "au", "aux", "w", "we", "在"];
#[rustfmt::skip]
const PEOPLE_AND_PLACES: &[&str] = &[
    "developer", "engineer", "colleague", "staff", "warehouse", "agency", "supplier", "factory", "contractor",
    "entwickler", "kolleg", "lager", "mitarbeiter", "agentur", "lieferant", "programmierer",
    "développeur", "ingénieur", "collègue", "entrepôt", "agence", "fournisseur", "usine", "prestataire",
    "programist", "programiści", "deweloper", "koleg", "koledz", "magazyn", "agencj", "dostawc", "fabryk", "pracownic", "pracownik",
    "开发者", "开发人员", "工程师", "同事", "仓库", "团队", "工厂", "供应商", "员工",
];

/// Codes, names and ids after a label: "Marketplaces: DE, FR and Italy".
fn read_labelled(
    extractor: &Extractor,
    passage: &Passage<'_>,
    hit: &NameHit,
    field: usize,
    sense: Sense,
    found: &mut FoundPlaces,
) {
    let text = passage.text;
    if sense == Sense::Label {
        read_before_label(extractor, passage, hit, field, found);
    }
    let Some(lead) = lead(text, hit.start, hit.end) else {
        return;
    };
    if sense != Sense::Label && matches!(lead.form, Form::Copula | Form::Adjacent) {
        return;
    }
    let end =
        value_end(text, &lead).min(text.floor_char_boundary((lead.value + 240).min(text.len())));
    let end =
        if lead.form == Form::Quoted && text[lead.value..].trim_start().starts_with(['"', '\'']) {
            text[lead.value..]
                .find(']')
                .map_or(end, |close| lead.value + close)
        } else {
            end
        };
    let any_case = matches!(
        lead.form,
        Form::Colon | Form::Cell | Form::NextLine | Form::Quoted | Form::Assigned | Form::Element
    );
    let mut place = lead.value;
    let mut first = true;
    let mut given = 0;
    // Members as long as nothing else stands between them than separators and a few words.
    while place < end {
        let Some((row, start, stop)) = next_code(extractor, text, field, place, end, any_case)
        else {
            break;
        };
        let gap = &text[place..start];
        let separators = |gap: &str| {
            gap.split(|character: char| !character.is_alphanumeric())
                .filter(|word| !word.is_empty())
                .all(|word| {
                    matches!(
                        word.to_lowercase().as_str(),
                        "and"
                            | "und"
                            | "et"
                            | "i"
                            | "oraz"
                            | "amazon"
                            | "the"
                            | "die"
                            | "les"
                            | "also"
                            | "auch"
                            | "only"
                            | "nur"
                            | "sowie"
                            | "marketplace"
                            | "s"
                            | "in"
                            | "für"
                            | "for"
                            | "all"
                            | "w"
                            | "na"
                            | "pour"
                            | "dla"
                            | "和"
                            | "及"
                            | "与"
                            | "以及"
                    )
                })
        };
        let near = if first && matches!(lead.form, Form::Adjacent | Form::Copula) {
            gap.len() <= 12
        } else {
            true
        };
        // A negation takes back what stands before it: "Poland no, only Sweden".
        let negated = gap
            .split(|character: char| !character.is_alphanumeric())
            .any(|word| {
                matches!(
                    word,
                    "nie" | "nicht" | "not" | "no" | "non" | "nein" | "pas"
                )
            });
        if negated && !first && gap.len() < 40 {
            for (candidate, standing) in found.iter_mut().rev().take(given) {
                *standing = Standing::Working;
                candidate.confidence = 0.7;
            }
            given = 0;
        } else if gap.contains(". ") || gap.contains("\n\n") {
            break;
        } else {
            // A country without a marketplace may stand among the others.
            let unknown = any_case && gap.contains([',', '/', '、', '，']) && gap.len() < 32;
            let joined = separators(gap) || unknown || (first && any_case && gap.len() < 30);
            if !near || !joined {
                break;
            }
        }
        first = false;
        let country = extractor.list_cell(field, row, 0).to_owned();
        let rule = super::values::rule(sense, lead.form);
        let confidence = if matches!(lead.form, Form::Adjacent | Form::Copula) {
            0.85
        } else {
            0.95
        };
        let judged = if confidence > 0.9 {
            Standing::Failing
        } else {
            standing(text, start, stop)
        };
        found.push((
            Candidate::new(passage, field, start..stop, country, rule, confidence).shared(),
            judged,
        ));
        given += 1;
        place = stop;
    }
}
