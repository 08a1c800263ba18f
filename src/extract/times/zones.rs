//! Time zones by offset, abbreviation, city and phrase.

use std::sync::LazyLock;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};

/// The zone database that is part of the program: the machine's own is not read.
static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// A zone as named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Zone {
    /// Seconds east of UTC.
    Offset(i32),
    /// An entry of the zone database.
    Named(&'static str),
    /// An abbreviation that means several zones; the sender's country decides.
    Shared(Shared),
}

/// Abbreviations with several meanings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shared {
    /// China or US Central.
    Cst,
    /// India, Ireland or Israel.
    Ist,
    /// British Summer Time or Bangladesh.
    Bst,
    /// Australian or US Eastern.
    Est,
}

const HOUR: i32 = 3_600;

/// Abbreviations (upper case only) and phrases.
#[rustfmt::skip]
pub(super) const ZONE_WORDS: &[(&str, Zone)] = &[
    ("UTC", Zone::Offset(0)), ("GMT", Zone::Offset(0)), ("WET", Zone::Offset(0)), ("WEST", Zone::Offset(HOUR)), ("utc time", Zone::Offset(0)), ("coordinated universal time", Zone::Offset(0)), ("世界标准时间", Zone::Offset(0)), ("格林尼治时间", Zone::Offset(0)), ("协调世界时", Zone::Offset(0)), ("czasu utc", Zone::Offset(0)), ("TU", Zone::Offset(0)),
    ("CET", Zone::Offset(HOUR)), ("MEZ", Zone::Offset(HOUR)), ("HNEC", Zone::Offset(HOUR)), ("CEST", Zone::Offset(2 * HOUR)), ("MESZ", Zone::Offset(2 * HOUR)), ("HAEC", Zone::Offset(2 * HOUR)), ("EET", Zone::Offset(2 * HOUR)), ("EEST", Zone::Offset(3 * HOUR)), ("MSK", Zone::Offset(3 * HOUR)), ("TRT", Zone::Offset(3 * HOUR)), ("GST", Zone::Offset(4 * HOUR)), ("SAST", Zone::Offset(2 * HOUR)),
    ("mitteleuropäische zeit", Zone::Offset(HOUR)), ("mitteleuropäischer zeit", Zone::Offset(HOUR)), ("mitteleuropäische sommerzeit", Zone::Offset(2 * HOUR)), ("mitteleuropäischer sommerzeit", Zone::Offset(2 * HOUR)),
    ("PST", Zone::Offset(-8 * HOUR)), ("PDT", Zone::Offset(-7 * HOUR)), ("MST", Zone::Offset(-7 * HOUR)), ("MDT", Zone::Offset(-6 * HOUR)), ("CDT", Zone::Offset(-5 * HOUR)), ("EDT", Zone::Offset(-4 * HOUR)), ("AKST", Zone::Offset(-9 * HOUR)), ("HST", Zone::Offset(-10 * HOUR)), ("BRT", Zone::Offset(-3 * HOUR)), ("ART", Zone::Offset(-3 * HOUR)),
    ("EST", Zone::Shared(Shared::Est)), ("CST", Zone::Shared(Shared::Cst)), ("IST", Zone::Shared(Shared::Ist)), ("BST", Zone::Shared(Shared::Bst)),
    ("JST", Zone::Offset(9 * HOUR)), ("KST", Zone::Offset(9 * HOUR)), ("HKT", Zone::Offset(8 * HOUR)), ("SGT", Zone::Offset(8 * HOUR)), ("AWST", Zone::Offset(8 * HOUR)), ("PHT", Zone::Offset(8 * HOUR)), ("ICT", Zone::Offset(7 * HOUR)), ("PKT", Zone::Offset(5 * HOUR)), ("AEST", Zone::Offset(10 * HOUR)), ("AEDT", Zone::Offset(11 * HOUR)), ("NZST", Zone::Offset(12 * HOUR)), ("NZDT", Zone::Offset(13 * HOUR)),
    ("PT", Zone::Named("America/Los_Angeles")), ("MT", Zone::Named("America/Denver")), ("CT", Zone::Named("America/Chicago")), ("ET", Zone::Named("America/New_York")),
    ("eastern", Zone::Named("America/New_York")), ("central", Zone::Named("America/Chicago")), ("mountain", Zone::Named("America/Denver")), ("pacific", Zone::Named("America/Los_Angeles")), ("eastern standard time", Zone::Offset(-5 * HOUR)), ("eastern daylight time", Zone::Offset(-4 * HOUR)), ("central standard time", Zone::Offset(-6 * HOUR)), ("central daylight time", Zone::Offset(-5 * HOUR)), ("pacific standard time", Zone::Offset(-8 * HOUR)), ("pacific daylight time", Zone::Offset(-7 * HOUR)), ("us central", Zone::Named("America/Chicago")),
    ("pacific time", Zone::Named("America/Los_Angeles")), ("mountain time", Zone::Named("America/Denver")), ("central time", Zone::Named("America/Chicago")), ("eastern time", Zone::Named("America/New_York")), ("seattle time", Zone::Named("America/Los_Angeles")), ("new york time", Zone::Named("America/New_York")), ("us eastern", Zone::Named("America/New_York")), ("us pacific", Zone::Named("America/Los_Angeles")),
    ("uk time", Zone::Named("Europe/London")), ("london time", Zone::Named("Europe/London")), ("british time", Zone::Named("Europe/London")), ("dublin time", Zone::Named("Europe/Dublin")), ("irish time", Zone::Named("Europe/Dublin")), ("german time", Zone::Named("Europe/Berlin")), ("berlin time", Zone::Named("Europe/Berlin")), ("paris time", Zone::Named("Europe/Paris")), ("french time", Zone::Named("Europe/Paris")), ("polish time", Zone::Named("Europe/Warsaw")), ("warsaw time", Zone::Named("Europe/Warsaw")), ("madrid time", Zone::Named("Europe/Madrid")), ("spanish time", Zone::Named("Europe/Madrid")), ("rome time", Zone::Named("Europe/Rome")), ("italian time", Zone::Named("Europe/Rome")), ("amsterdam time", Zone::Named("Europe/Amsterdam")), ("dutch time", Zone::Named("Europe/Amsterdam")), ("stockholm time", Zone::Named("Europe/Stockholm")), ("central european time", Zone::Named("Europe/Berlin")),
    ("beijing time", Zone::Offset(8 * HOUR)), ("china time", Zone::Offset(8 * HOUR)), ("china standard time", Zone::Offset(8 * HOUR)), ("shanghai time", Zone::Offset(8 * HOUR)), ("shenzhen time", Zone::Offset(8 * HOUR)), ("hong kong time", Zone::Offset(8 * HOUR)), ("singapore time", Zone::Offset(8 * HOUR)), ("japan time", Zone::Offset(9 * HOUR)), ("japan standard time", Zone::Offset(9 * HOUR)), ("tokyo time", Zone::Offset(9 * HOUR)), ("india time", Zone::Offset(5 * HOUR + 1_800)), ("indian time", Zone::Offset(5 * HOUR + 1_800)), ("indian standard time", Zone::Offset(5 * HOUR + 1_800)), ("sydney time", Zone::Named("Australia/Sydney")), ("melbourne time", Zone::Named("Australia/Melbourne")), ("istanbul time", Zone::Offset(3 * HOUR)), ("dubai time", Zone::Offset(4 * HOUR)), ("sao paulo time", Zone::Offset(-3 * HOUR)), ("são paulo time", Zone::Offset(-3 * HOUR)), ("mexico city time", Zone::Offset(-6 * HOUR)),
    ("deutscher zeit", Zone::Named("Europe/Berlin")), ("deutsche zeit", Zone::Named("Europe/Berlin")), ("berliner zeit", Zone::Named("Europe/Berlin")), ("wiener zeit", Zone::Named("Europe/Vienna")), ("österreichischer zeit", Zone::Named("Europe/Vienna")), ("schweizer zeit", Zone::Named("Europe/Zurich")), ("zürcher zeit", Zone::Named("Europe/Zurich")), ("londoner zeit", Zone::Named("Europe/London")), ("britischer zeit", Zone::Named("Europe/London")), ("pariser zeit", Zone::Named("Europe/Paris")), ("unserer zeit (berlin)", Zone::Named("Europe/Berlin")), ("pekinger zeit", Zone::Offset(8 * HOUR)),
    ("heure de paris", Zone::Named("Europe/Paris")), ("heure française", Zone::Named("Europe/Paris")), ("heure de france", Zone::Named("Europe/Paris")), ("heure de lyon", Zone::Named("Europe/Paris")), ("heure de bruxelles", Zone::Named("Europe/Brussels")), ("heure belge", Zone::Named("Europe/Brussels")), ("heure suisse", Zone::Named("Europe/Zurich")), ("heure de genève", Zone::Named("Europe/Zurich")), ("heure de londres", Zone::Named("Europe/London")), ("heure de montréal", Zone::Named("America/Toronto")), ("heure de pékin", Zone::Offset(8 * HOUR)), ("heure de new york", Zone::Named("America/New_York")), ("heure d'europe centrale", Zone::Named("Europe/Paris")), ("heure de berlin", Zone::Named("Europe/Berlin")), ("heure utc", Zone::Offset(0)), ("temps universel", Zone::Offset(0)),
    ("czasu polskiego", Zone::Named("Europe/Warsaw")), ("czas polski", Zone::Named("Europe/Warsaw")), ("czasu warszawskiego", Zone::Named("Europe/Warsaw")), ("czas warszawski", Zone::Named("Europe/Warsaw")), ("czasu środkowoeuropejskiego", Zone::Named("Europe/Warsaw")), ("czas środkowoeuropejski", Zone::Named("Europe/Warsaw")), ("czasu lokalnego w polsce", Zone::Named("Europe/Warsaw")), ("czasu niemieckiego", Zone::Named("Europe/Berlin")), ("czasu londyńskiego", Zone::Named("Europe/London")), ("czasu pekińskiego", Zone::Offset(8 * HOUR)), ("czasu uniwersalnego", Zone::Offset(0)),
    ("北京时间", Zone::Offset(8 * HOUR)), ("中国时间", Zone::Offset(8 * HOUR)), ("中国标准时间", Zone::Offset(8 * HOUR)), ("上海时间", Zone::Offset(8 * HOUR)), ("香港时间", Zone::Offset(8 * HOUR)), ("东八区", Zone::Offset(8 * HOUR)), ("东八区时间", Zone::Offset(8 * HOUR)), ("日本时间", Zone::Offset(9 * HOUR)), ("东京时间", Zone::Offset(9 * HOUR)), ("美国东部时间", Zone::Named("America/New_York")), ("美东时间", Zone::Named("America/New_York")), ("美东", Zone::Named("America/New_York")), ("纽约时间", Zone::Named("America/New_York")), ("太平洋时间", Zone::Named("America/Los_Angeles")), ("美西时间", Zone::Named("America/Los_Angeles")), ("美国太平洋时间", Zone::Named("America/Los_Angeles")), ("美国西部时间", Zone::Named("America/Los_Angeles")), ("西雅图时间", Zone::Named("America/Los_Angeles")), ("伦敦时间", Zone::Named("Europe/London")), ("英国时间", Zone::Named("Europe/London")), ("柏林时间", Zone::Named("Europe/Berlin")), ("德国时间", Zone::Named("Europe/Berlin")), ("欧洲中部时间", Zone::Named("Europe/Berlin")), ("巴黎时间", Zone::Named("Europe/Paris")), ("法国时间", Zone::Named("Europe/Paris")), ("印度时间", Zone::Offset(5 * HOUR + 1_800)), ("新加坡时间", Zone::Offset(8 * HOUR)), ("悉尼时间", Zone::Named("Australia/Sydney")),
    ("Europe/Berlin", Zone::Named("Europe/Berlin")), ("Europe/Paris", Zone::Named("Europe/Paris")), ("Europe/Warsaw", Zone::Named("Europe/Warsaw")), ("Europe/London", Zone::Named("Europe/London")), ("Europe/Vienna", Zone::Named("Europe/Vienna")), ("Europe/Zurich", Zone::Named("Europe/Zurich")), ("Europe/Madrid", Zone::Named("Europe/Madrid")), ("Europe/Rome", Zone::Named("Europe/Rome")), ("Europe/Amsterdam", Zone::Named("Europe/Amsterdam")), ("Europe/Brussels", Zone::Named("Europe/Brussels")), ("Europe/Stockholm", Zone::Named("Europe/Stockholm")), ("Europe/Istanbul", Zone::Named("Europe/Istanbul")), ("America/New_York", Zone::Named("America/New_York")), ("America/Los_Angeles", Zone::Named("America/Los_Angeles")), ("America/Chicago", Zone::Named("America/Chicago")), ("America/Denver", Zone::Named("America/Denver")), ("America/Sao_Paulo", Zone::Named("America/Sao_Paulo")), ("America/Toronto", Zone::Named("America/Toronto")), ("Asia/Shanghai", Zone::Named("Asia/Shanghai")), ("Asia/Hong_Kong", Zone::Named("Asia/Hong_Kong")), ("Asia/Tokyo", Zone::Named("Asia/Tokyo")), ("Asia/Kolkata", Zone::Named("Asia/Kolkata")), ("Asia/Singapore", Zone::Named("Asia/Singapore")), ("Asia/Dubai", Zone::Named("Asia/Dubai")), ("Australia/Sydney", Zone::Named("Australia/Sydney")), ("Etc/UTC", Zone::Offset(0)),
];

/// A zone by its name in the database or by its offset, `+01:00`.
pub(super) fn time_zone(name: &str) -> Option<TimeZone> {
    match offset(name, 0) {
        Some((seconds, _)) => Some(TimeZone::fixed(Offset::from_seconds(seconds).ok()?)),
        None => DATABASE.get(name).ok(),
    }
}

/// What decides abbreviations with several meanings and the order of day and month.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sender<'a> {
    /// Language of the mail.
    pub(super) language: Option<&'a str>,
    /// Country, from the address or a language header, upper case.
    pub(super) country: Option<&'a str>,
    /// Offset of the Date header from UTC. Seconds.
    pub(super) offset_seconds: Option<i32>,
}

impl Zone {
    /// Seconds east of UTC of a zone that has always the same.
    pub(super) fn offset_seconds(self, sender: &Sender<'_>) -> Option<i32> {
        match self {
            Self::Offset(seconds) => Some(seconds),
            Self::Shared(shared) => Some(shared.offset(sender)),
            Self::Named(_) => None,
        }
    }

    /// The instant of a local time in this zone.
    pub(super) fn instant(self, local: DateTime, sender: &Sender<'_>) -> Option<Timestamp> {
        self.zone(sender)?
            .to_ambiguous_timestamp(local)
            .compatible()
            .ok()
    }

    /// Whether people who name this zone write the day before the month.
    pub(super) fn day_first(self) -> Option<bool> {
        match self {
            Self::Named(name) if name.starts_with("America/") && !name.contains("Sao_Paulo") => {
                Some(false)
            }
            Self::Named(name) if name.starts_with("Europe/") || name.starts_with("Australia/") => {
                Some(true)
            }
            Self::Offset(seconds) if (-8 * HOUR..=-4 * HOUR).contains(&seconds) => Some(false),
            Self::Shared(Shared::Est) => Some(false),
            Self::Shared(Shared::Ist | Shared::Bst) => Some(true),
            Self::Offset(HOUR..=7_200) => Some(true),
            _ => None,
        }
    }

    /// The local time of an instant in this zone.
    pub(super) fn local(self, instant: Timestamp, sender: &Sender<'_>) -> Option<DateTime> {
        Some(self.zone(sender)?.to_datetime(instant))
    }

    fn zone(self, sender: &Sender<'_>) -> Option<TimeZone> {
        match self {
            Self::Named(name) => DATABASE.get(name).ok(),
            Self::Offset(seconds) => Some(TimeZone::fixed(Offset::from_seconds(seconds).ok()?)),
            Self::Shared(shared) => Some(TimeZone::fixed(
                Offset::from_seconds(shared.offset(sender)).ok()?,
            )),
        }
    }
}

impl Shared {
    fn offset(self, sender: &Sender<'_>) -> i32 {
        let hours = sender.offset_seconds.unwrap_or(0) / HOUR;
        let country = sender.country.unwrap_or("");
        match self {
            Self::Cst
                if sender.language == Some("zh")
                    || hours == 8
                    || matches!(country, "CN" | "TW" | "HK") =>
            {
                8 * HOUR
            }
            Self::Cst => -6 * HOUR,
            Self::Ist
                if country == "IE"
                    || (country != "IN"
                        && (hours == 0 || hours == 1)
                        && sender.offset_seconds.is_some()) =>
            {
                HOUR
            }
            Self::Ist if country == "IL" || (country != "IN" && (hours == 2 || hours == 3)) => {
                2 * HOUR
            }
            Self::Ist => 5 * HOUR + 1_800,
            Self::Bst if country == "BD" || hours == 6 => 6 * HOUR,
            Self::Bst => HOUR,
            Self::Est if country == "AU" || hours == 10 || hours == 11 => 10 * HOUR,
            Self::Est => -5 * HOUR,
        }
    }
}

/// An offset written as digits: `+01:00`, `-0500`, `+8`. Returns seconds and the end.
pub(super) fn offset(text: &str, at: usize) -> Option<(i32, usize)> {
    let bytes = text.as_bytes();
    let (sign, mut place) = match bytes.get(at)? {
        b'+' => (1, at + 1),
        b'-' => (-1, at + 1),
        _ if text[at..].starts_with('−') => (-1, at + '−'.len_utf8()),
        _ => return None,
    };
    let start = place;
    while bytes.get(place).is_some_and(u8::is_ascii_digit) && place - start < 4 {
        place += 1;
    }
    let digits = &text[start..place];
    let (hours, mut minutes): (i32, i32) = match digits.len() {
        1 | 2 => (digits.parse().ok()?, 0),
        4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
        _ => return None,
    };
    if digits.len() <= 2
        && bytes.get(place) == Some(&b':')
        && bytes.get(place + 1).is_some_and(u8::is_ascii_digit)
        && bytes.get(place + 2).is_some_and(u8::is_ascii_digit)
    {
        minutes = text[place + 1..place + 3].parse().ok()?;
        place += 3;
    }
    let free = !bytes
        .get(place)
        .is_some_and(|next| next.is_ascii_alphanumeric());
    (hours <= 14 && minutes < 60 && free).then_some((sign * (hours * HOUR + minutes * 60), place))
}
