//! Words of times in five languages.

use std::sync::LazyLock;

use super::zones::{ZONE_WORDS, Zone};
use crate::extract::characters::{ends_word, is_han, word_starts};
use crate::lexicon::Lexicon;

/// Part of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DayPart {
    Night,
    Morning,
    Noon,
    Afternoon,
    Evening,
}

/// What a word says about a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Word {
    /// 1 to 12.
    Month(i8),
    /// 1 (Monday) to 7.
    Weekday(i8),
    /// Days from today.
    Day(i32),
    /// "last week": a span without a day.
    Vague,
    /// Part of the day.
    Part(DayPart),
    /// Day and part: "tonight", 昨晚.
    DayAndPart(i32, DayPart),
    /// "noon", "half past eight": hour and minute.
    Clock(i8, i8),
    /// An hour in Chinese numerals: 十点.
    ChineseHour(i8),
    /// A day of the week before this one.
    LastWeek(i8),
    /// Zone.
    Zone(Zone),
    /// Seconds of a unit, for "3 hours ago".
    Unit(i64),
    /// "now".
    Now,
}

#[rustfmt::skip]
const WORDS: &[(&str, Word)] = &[
    // Months.
    ("january", Word::Month(1)), ("jan", Word::Month(1)), ("januar", Word::Month(1)), ("jänner", Word::Month(1)), ("janvier", Word::Month(1)), ("janv", Word::Month(1)), ("stycznia", Word::Month(1)), ("styczeń", Word::Month(1)), ("sty", Word::Month(1)),
    ("february", Word::Month(2)), ("feb", Word::Month(2)), ("februar", Word::Month(2)), ("février", Word::Month(2)), ("fevrier", Word::Month(2)), ("févr", Word::Month(2)), ("lutego", Word::Month(2)), ("luty", Word::Month(2)), ("lut", Word::Month(2)),
    ("march", Word::Month(3)), ("mar", Word::Month(3)), ("märz", Word::Month(3)), ("maerz", Word::Month(3)), ("mrz", Word::Month(3)), ("mars", Word::Month(3)), ("marca", Word::Month(3)), ("marzec", Word::Month(3)),
    ("april", Word::Month(4)), ("apr", Word::Month(4)), ("avril", Word::Month(4)), ("avr", Word::Month(4)), ("kwietnia", Word::Month(4)), ("kwiecień", Word::Month(4)), ("kwi", Word::Month(4)),
    ("may", Word::Month(5)), ("mai", Word::Month(5)), ("maja", Word::Month(5)), ("maj", Word::Month(5)),
    ("june", Word::Month(6)), ("jun", Word::Month(6)), ("juni", Word::Month(6)), ("juin", Word::Month(6)), ("czerwca", Word::Month(6)), ("czerwiec", Word::Month(6)), ("cze", Word::Month(6)),
    ("july", Word::Month(7)), ("jul", Word::Month(7)), ("juli", Word::Month(7)), ("juillet", Word::Month(7)), ("juil", Word::Month(7)), ("lipca", Word::Month(7)), ("lipiec", Word::Month(7)), ("lip", Word::Month(7)),
    ("august", Word::Month(8)), ("aug", Word::Month(8)), ("août", Word::Month(8)), ("aout", Word::Month(8)), ("sierpnia", Word::Month(8)), ("sierpień", Word::Month(8)), ("sie", Word::Month(8)),
    ("september", Word::Month(9)), ("sept", Word::Month(9)), ("sep", Word::Month(9)), ("septembre", Word::Month(9)), ("września", Word::Month(9)), ("wrzesień", Word::Month(9)), ("wrz", Word::Month(9)),
    ("october", Word::Month(10)), ("oct", Word::Month(10)), ("oktober", Word::Month(10)), ("okt", Word::Month(10)), ("octobre", Word::Month(10)), ("października", Word::Month(10)), ("październik", Word::Month(10)), ("paź", Word::Month(10)),
    ("november", Word::Month(11)), ("nov", Word::Month(11)), ("novembre", Word::Month(11)), ("listopada", Word::Month(11)), ("listopad", Word::Month(11)), ("lis", Word::Month(11)),
    ("december", Word::Month(12)), ("dec", Word::Month(12)), ("dezember", Word::Month(12)), ("dez", Word::Month(12)), ("décembre", Word::Month(12)), ("decembre", Word::Month(12)), ("déc", Word::Month(12)), ("grudnia", Word::Month(12)), ("grudzień", Word::Month(12)), ("gru", Word::Month(12)),
    // Days of the week.
    ("monday", Word::Weekday(1)), ("mon", Word::Weekday(1)), ("montag", Word::Weekday(1)), ("lundi", Word::Weekday(1)), ("poniedziałek", Word::Weekday(1)), ("poniedziałku", Word::Weekday(1)), ("pon", Word::Weekday(1)), ("星期一", Word::Weekday(1)), ("周一", Word::Weekday(1)), ("礼拜一", Word::Weekday(1)),
    ("tuesday", Word::Weekday(2)), ("tue", Word::Weekday(2)), ("tues", Word::Weekday(2)), ("dienstag", Word::Weekday(2)), ("mardi", Word::Weekday(2)), ("wtorek", Word::Weekday(2)), ("wtorku", Word::Weekday(2)), ("星期二", Word::Weekday(2)), ("周二", Word::Weekday(2)),
    ("wednesday", Word::Weekday(3)), ("wed", Word::Weekday(3)), ("mittwoch", Word::Weekday(3)), ("mercredi", Word::Weekday(3)), ("środa", Word::Weekday(3)), ("środę", Word::Weekday(3)), ("środy", Word::Weekday(3)), ("星期三", Word::Weekday(3)), ("周三", Word::Weekday(3)),
    ("thursday", Word::Weekday(4)), ("thu", Word::Weekday(4)), ("thurs", Word::Weekday(4)), ("donnerstag", Word::Weekday(4)), ("jeudi", Word::Weekday(4)), ("czwartek", Word::Weekday(4)), ("czwartku", Word::Weekday(4)), ("星期四", Word::Weekday(4)), ("周四", Word::Weekday(4)),
    ("friday", Word::Weekday(5)), ("fri", Word::Weekday(5)), ("freitag", Word::Weekday(5)), ("vendredi", Word::Weekday(5)), ("piątek", Word::Weekday(5)), ("piątku", Word::Weekday(5)), ("星期五", Word::Weekday(5)), ("周五", Word::Weekday(5)),
    ("saturday", Word::Weekday(6)), ("samstag", Word::Weekday(6)), ("sonnabend", Word::Weekday(6)), ("samedi", Word::Weekday(6)), ("sobota", Word::Weekday(6)), ("sobotę", Word::Weekday(6)), ("soboty", Word::Weekday(6)), ("星期六", Word::Weekday(6)), ("周六", Word::Weekday(6)),
    ("sunday", Word::Weekday(7)), ("sonntag", Word::Weekday(7)), ("dimanche", Word::Weekday(7)), ("niedziela", Word::Weekday(7)), ("niedzielę", Word::Weekday(7)), ("niedzieli", Word::Weekday(7)), ("星期日", Word::Weekday(7)), ("星期天", Word::Weekday(7)), ("周日", Word::Weekday(7)),
    // Days from today.
    ("today", Word::Day(0)), ("heute", Word::Day(0)), ("aujourd'hui", Word::Day(0)), ("aujourd’hui", Word::Day(0)), ("dzisiaj", Word::Day(0)), ("dziś", Word::Day(0)), ("dzis", Word::Day(0)), ("dzisiejszego", Word::Day(0)), ("今天", Word::Day(0)), ("今日", Word::Day(0)),
    ("yesterday", Word::Day(-1)), ("gestern", Word::Day(-1)), ("hier", Word::Day(-1)), ("wczoraj", Word::Day(-1)), ("昨天", Word::Day(-1)), ("昨日", Word::Day(-1)),
    ("day before yesterday", Word::Day(-2)), ("vorgestern", Word::Day(-2)), ("avant-hier", Word::Day(-2)), ("przedwczoraj", Word::Day(-2)), ("前天", Word::Day(-2)), ("大前天", Word::Day(-3)),
    ("tomorrow", Word::Day(1)), ("demain", Word::Day(1)), ("jutro", Word::Day(1)), ("明天", Word::Day(1)), ("übermorgen", Word::Day(2)), ("après-demain", Word::Day(2)), ("pojutrze", Word::Day(2)), ("后天", Word::Day(2)),
    // Spans without a day.
    ("last week", Word::Vague), ("last month", Word::Vague), ("last weekend", Word::Vague), ("the weekend", Word::Vague), ("a few days ago", Word::Vague), ("some days ago", Word::Vague), ("several days ago", Word::Vague), ("recently", Word::Vague),
    ("letzter woche", Word::Vague), ("letzte woche", Word::Vague), ("vergangener woche", Word::Vague), ("vergangene woche", Word::Vague), ("letztem monat", Word::Vague), ("letzten monat", Word::Vague), ("ein paar tagen", Word::Vague), ("einigen tagen", Word::Vague), ("dem wochenende", Word::Vague), ("diesem wochenende", Word::Vague), ("anfang der woche", Word::Vague),
    ("la semaine dernière", Word::Vague), ("semaine dernière", Word::Vague), ("le mois dernier", Word::Vague), ("quelques jours", Word::Vague), ("le week-end", Word::Vague), ("ce week-end", Word::Vague), ("début de semaine", Word::Vague),
    ("zeszłego tygodnia", Word::Vague), ("ubiegłego tygodnia", Word::Vague), ("zeszłym tygodniu", Word::Vague), ("ubiegłym tygodniu", Word::Vague), ("kilku dni", Word::Vague), ("paru dni", Word::Vague), ("weekendu", Word::Vague), ("zeszłego miesiąca", Word::Vague),
    ("上周", Word::Vague), ("上星期", Word::Vague), ("上个月", Word::Vague), ("前几天", Word::Vague), ("几天前", Word::Vague), ("最近几天", Word::Vague), ("周末", Word::Vague),
    // Parts of the day.
    ("in the morning", Word::Part(DayPart::Morning)), ("morning", Word::Part(DayPart::Morning)), ("in the afternoon", Word::Part(DayPart::Afternoon)), ("afternoon", Word::Part(DayPart::Afternoon)), ("in the evening", Word::Part(DayPart::Evening)), ("evening", Word::Part(DayPart::Evening)), ("at night", Word::Part(DayPart::Evening)), ("night", Word::Part(DayPart::Evening)),
    ("früh", Word::Part(DayPart::Morning)), ("morgens", Word::Part(DayPart::Morning)), ("vormittag", Word::Part(DayPart::Morning)), ("vormittags", Word::Part(DayPart::Morning)), ("mittags", Word::Part(DayPart::Noon)), ("nachmittag", Word::Part(DayPart::Afternoon)), ("nachmittags", Word::Part(DayPart::Afternoon)), ("abend", Word::Part(DayPart::Evening)), ("abends", Word::Part(DayPart::Evening)), ("nacht", Word::Part(DayPart::Night)), ("nachts", Word::Part(DayPart::Night)),
    ("matin", Word::Part(DayPart::Morning)), ("du matin", Word::Part(DayPart::Morning)), ("matinée", Word::Part(DayPart::Morning)), ("après-midi", Word::Part(DayPart::Afternoon)), ("de l'après-midi", Word::Part(DayPart::Afternoon)), ("soir", Word::Part(DayPart::Evening)), ("du soir", Word::Part(DayPart::Evening)), ("soirée", Word::Part(DayPart::Evening)), ("nuit", Word::Part(DayPart::Night)),
    ("rano", Word::Part(DayPart::Morning)), ("nad ranem", Word::Part(DayPart::Morning)), ("rana", Word::Part(DayPart::Morning)), ("po południu", Word::Part(DayPart::Afternoon)), ("popołudniu", Word::Part(DayPart::Afternoon)), ("wieczorem", Word::Part(DayPart::Evening)), ("wieczora", Word::Part(DayPart::Evening)), ("w nocy", Word::Part(DayPart::Night)), ("nocy", Word::Part(DayPart::Night)), ("przed południem", Word::Part(DayPart::Morning)),
    ("凌晨", Word::Part(DayPart::Night)), ("清晨", Word::Part(DayPart::Morning)), ("早上", Word::Part(DayPart::Morning)), ("早晨", Word::Part(DayPart::Morning)), ("上午", Word::Part(DayPart::Morning)), ("中午", Word::Part(DayPart::Noon)), ("下午", Word::Part(DayPart::Afternoon)), ("傍晚", Word::Part(DayPart::Evening)), ("晚上", Word::Part(DayPart::Evening)), ("晚间", Word::Part(DayPart::Evening)), ("夜里", Word::Part(DayPart::Evening)), ("深夜", Word::Part(DayPart::Evening)),
    // Both.
    ("this morning", Word::DayAndPart(0, DayPart::Morning)), ("early this morning", Word::DayAndPart(0, DayPart::Morning)), ("this afternoon", Word::DayAndPart(0, DayPart::Afternoon)), ("this evening", Word::DayAndPart(0, DayPart::Evening)), ("tonight", Word::DayAndPart(0, DayPart::Evening)), ("last night", Word::DayAndPart(-1, DayPart::Evening)),
    ("heute morgen", Word::DayAndPart(0, DayPart::Morning)), ("heute früh", Word::DayAndPart(0, DayPart::Morning)), ("heute vormittag", Word::DayAndPart(0, DayPart::Morning)), ("heute mittag", Word::DayAndPart(0, DayPart::Noon)), ("heute nachmittag", Word::DayAndPart(0, DayPart::Afternoon)), ("heute nacht", Word::DayAndPart(0, DayPart::Night)), ("gestern abend", Word::DayAndPart(-1, DayPart::Evening)), ("gestern nachmittag", Word::DayAndPart(-1, DayPart::Afternoon)), ("gestern morgen", Word::DayAndPart(-1, DayPart::Morning)), ("gestern früh", Word::DayAndPart(-1, DayPart::Morning)), ("gestern mittag", Word::DayAndPart(-1, DayPart::Noon)),
    ("ce matin", Word::DayAndPart(0, DayPart::Morning)), ("cet après-midi", Word::DayAndPart(0, DayPart::Afternoon)), ("ce soir", Word::DayAndPart(0, DayPart::Evening)), ("cette nuit", Word::DayAndPart(0, DayPart::Night)), ("hier soir", Word::DayAndPart(-1, DayPart::Evening)), ("hier matin", Word::DayAndPart(-1, DayPart::Morning)), ("hier après-midi", Word::DayAndPart(-1, DayPart::Afternoon)),
    ("dziś rano", Word::DayAndPart(0, DayPart::Morning)), ("dzisiaj rano", Word::DayAndPart(0, DayPart::Morning)), ("dzisiejszego ranka", Word::DayAndPart(0, DayPart::Morning)), ("dziś po południu", Word::DayAndPart(0, DayPart::Afternoon)), ("wczoraj wieczorem", Word::DayAndPart(-1, DayPart::Evening)), ("wczoraj rano", Word::DayAndPart(-1, DayPart::Morning)), ("wczoraj po południu", Word::DayAndPart(-1, DayPart::Afternoon)),
    ("今早", Word::DayAndPart(0, DayPart::Morning)), ("今天早上", Word::DayAndPart(0, DayPart::Morning)), ("今晨", Word::DayAndPart(0, DayPart::Morning)), ("今天上午", Word::DayAndPart(0, DayPart::Morning)), ("今天下午", Word::DayAndPart(0, DayPart::Afternoon)), ("今天中午", Word::DayAndPart(0, DayPart::Noon)), ("今晚", Word::DayAndPart(0, DayPart::Evening)), ("昨晚", Word::DayAndPart(-1, DayPart::Evening)), ("昨夜", Word::DayAndPart(-1, DayPart::Evening)), ("昨天晚上", Word::DayAndPart(-1, DayPart::Evening)), ("昨天下午", Word::DayAndPart(-1, DayPart::Afternoon)), ("昨天上午", Word::DayAndPart(-1, DayPart::Morning)), ("昨天早上", Word::DayAndPart(-1, DayPart::Morning)), ("昨天凌晨", Word::DayAndPart(-1, DayPart::Night)), ("今天凌晨", Word::DayAndPart(0, DayPart::Night)), ("前天晚上", Word::DayAndPart(-2, DayPart::Evening)), ("前天下午", Word::DayAndPart(-2, DayPart::Afternoon)),
    // Hours with names.
    ("noon", Word::Clock(12, 0)), ("midday", Word::Clock(12, 0)), ("midnight", Word::Clock(0, 0)), ("mitternacht", Word::Clock(0, 0)), ("midi", Word::Clock(12, 0)), ("minuit", Word::Clock(0, 0)), ("północy", Word::Clock(0, 0)), ("północ", Word::Clock(0, 0)), ("północą", Word::Clock(0, 0)), ("w południe", Word::Clock(12, 0)), ("午夜", Word::Clock(0, 0)), ("正午", Word::Clock(12, 0)),
    // Units.
    ("second", Word::Unit(1)), ("seconds", Word::Unit(1)), ("sekunden", Word::Unit(1)), ("secondes", Word::Unit(1)), ("sekund", Word::Unit(1)),
    ("minute", Word::Unit(60)), ("minutes", Word::Unit(60)), ("mins", Word::Unit(60)), ("minuten", Word::Unit(60)), ("minut", Word::Unit(60)), ("minuty", Word::Unit(60)), ("分钟", Word::Unit(60)),
    ("hour", Word::Unit(3_600)), ("hours", Word::Unit(3_600)), ("stunde", Word::Unit(3_600)), ("stunden", Word::Unit(3_600)), ("heure", Word::Unit(3_600)), ("heures", Word::Unit(3_600)), ("godzina", Word::Unit(3_600)), ("godziny", Word::Unit(3_600)), ("godzinę", Word::Unit(3_600)), ("godzin", Word::Unit(3_600)), ("小时", Word::Unit(3_600)), ("个小时", Word::Unit(3_600)),
    ("day", Word::Unit(86_400)), ("days", Word::Unit(86_400)), ("tag", Word::Unit(86_400)), ("tage", Word::Unit(86_400)), ("tagen", Word::Unit(86_400)), ("jour", Word::Unit(86_400)), ("jours", Word::Unit(86_400)), ("dzień", Word::Unit(86_400)), ("dni", Word::Unit(86_400)), ("天", Word::Unit(86_400)),
    ("week", Word::Unit(604_800)), ("weeks", Word::Unit(604_800)), ("woche", Word::Unit(604_800)), ("wochen", Word::Unit(604_800)), ("semaine", Word::Unit(604_800)), ("semaines", Word::Unit(604_800)), ("tydzień", Word::Unit(604_800)), ("tygodnie", Word::Unit(604_800)), ("tygodni", Word::Unit(604_800)), ("周", Word::Unit(604_800)), ("个星期", Word::Unit(604_800)),
    // Now.
    ("right now", Word::Now), ("just now", Word::Now), ("刚才", Word::Now), ("刚刚", Word::Now),
];

/// "Montagmorgen", "Freitagabend".
const GERMAN_DAYS: [&str; 7] = [
    "montag",
    "dienstag",
    "mittwoch",
    "donnerstag",
    "freitag",
    "samstag",
    "sonntag",
];
const GERMAN_PARTS: [&str; 6] = [
    "morgen",
    "früh",
    "vormittag",
    "mittag",
    "nachmittag",
    "abend",
];

/// 1 to 12.
pub(super) const CHINESE_NUMERALS: [&str; 12] = [
    "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二",
];

/// A word found in a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct WordHit {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) word: Word,
}

struct Table {
    texts: Lexicon,
    words: Vec<(Word, bool)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut texts: Vec<String> = Vec::new();
    let mut words = Vec::new();
    let compounds = GERMAN_DAYS.iter().zip(1..).flat_map(|(day, number)| {
        GERMAN_PARTS
            .iter()
            .map(move |part| (format!("{day}{part}"), Word::Weekday(number)))
    });
    for (text, word) in compounds {
        texts.push(text);
        words.push((word, false));
    }
    for (hour, numeral) in (1..).zip(CHINESE_NUMERALS) {
        for unit in ["点", "點", "时"] {
            texts.push(format!("{numeral}{unit}"));
            words.push((Word::ChineseHour(hour), false));
        }
    }
    texts.push("两点".to_owned());
    words.push((Word::ChineseHour(2), false));
    for (day, number) in ["一", "二", "三", "四", "五", "六", "日"]
        .into_iter()
        .zip(1..)
    {
        for week in ["周", "星期", "礼拜"] {
            texts.push(format!("上{week}{day}"));
            words.push((Word::LastWeek(number), false));
            for this in ["本", "这"] {
                texts.push(format!("{this}{week}{day}"));
                words.push((Word::Weekday(number), false));
            }
        }
    }
    for (text, (hour, minute)) in super::spoken::phrases() {
        texts.push(text);
        words.push((Word::Clock(hour, minute), false));
    }
    let zones = ZONE_WORDS
        .iter()
        .map(|(text, zone)| (*text, Word::Zone(*zone)));
    for (text, word) in WORDS.iter().copied().chain(zones) {
        texts.push(text.to_ascii_lowercase());
        // Abbreviations such as EST and IST are words in other languages unless they are upper case.
        let upper_only = text.chars().all(|character| character.is_ascii_uppercase());
        words.push((word, upper_only));
        if !text.is_ascii() && !text.chars().next().is_some_and(is_han) {
            for form in [capitalised(text), text.to_uppercase()] {
                texts.push(form);
                words.push((word, false));
            }
        }
    }
    Table {
        texts: Lexicon::new(&texts),
        words,
    }
});

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(characters).collect()
    })
}

/// All words of the text, the longest at each place, in order.
pub(super) fn find(text: &str) -> Vec<WordHit> {
    let mut hits: Vec<WordHit> = Vec::new();
    let mut free_from = 0;
    for start in word_starts(text) {
        if start < free_from {
            continue;
        }
        let mut longest = None;
        TABLE
            .texts
            .prefixes_in_any_case(&text.as_bytes()[start..], |length, place| {
                let end = start + length;
                let (word, upper_only) = TABLE.words[place];
                let capitals = || {
                    !text.as_bytes()[start..end]
                        .iter()
                        .any(u8::is_ascii_lowercase)
                };
                if ends_word(text, end) && (!upper_only || capitals()) {
                    longest = Some(WordHit { start, end, word });
                }
            });
        if let Some(hit) = longest {
            free_from = hit.end;
            hits.push(hit);
        }
    }
    hits
}

/// Small numbers written as words.
#[rustfmt::skip]
pub(super) const NUMBERS: &[(&str, i64)] = &[
    ("a couple of", 2), ("one", 1), ("an", 1), ("a", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6), ("seven", 7), ("eight", 8), ("ten", 10), ("half an", 0), ("einer halben", 0), ("une demi", 0), ("pół", 0),
    ("einer", 1), ("einem", 1), ("eine", 1), ("einen", 1), ("zwei", 2), ("drei", 3), ("vier", 4), ("fünf", 5), ("sechs", 6), ("sieben", 7), ("acht", 8), ("zehn", 10),
    ("une", 1), ("un", 1), ("deux", 2), ("trois", 3), ("quatre", 4), ("cinq", 5), ("sept", 7), ("huit", 8), ("dix", 10),
    ("jedną", 1), ("jeden", 1), ("dwie", 2), ("dwa", 2), ("dwóch", 2), ("trzy", 3), ("trzech", 3), ("cztery", 4), ("pięć", 5), ("pięciu", 5),
    ("一", 1), ("两", 2), ("二", 2), ("三", 3), ("四", 4), ("五", 5), ("六", 6), ("七", 7), ("十", 10), ("半", 0),
];
