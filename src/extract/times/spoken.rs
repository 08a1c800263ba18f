//! Clock times in words: "half past eight", "halb neun", "Viertel vor zwei", "huit heures et demie", "wpół do dziewiątej".

/// Phrases with the hour and minute that they name; on a dial, so that a part of the day may add twelve hours.
pub(super) fn phrases() -> Vec<(String, (i8, i8))> {
    let mut found = Vec::new();
    for hour in 1..=12_i8 {
        let at = |table: &[&'static str; 12]| table[usize::try_from(hour - 1).unwrap_or(0)];
        let previous = if hour == 1 { 12 } else { hour - 1 };
        let mut add = |text: String, hour: i8, minute: i8| found.push((text, (hour, minute)));
        let english = at(&ENGLISH);
        for name in [english.to_owned(), hour.to_string()] {
            add(format!("half past {name}"), hour, 30);
            add(format!("quarter past {name}"), hour, 15);
            add(format!("quarter to {name}"), previous, 45);
            add(format!("{name} o'clock"), hour, 0);
            add(format!("{name} o’clock"), hour, 0);
        }
        let german = at(&GERMAN);
        for name in [german.to_owned(), hour.to_string()] {
            add(format!("halb {name}"), previous, 30);
            add(format!("viertel nach {name}"), hour, 15);
            add(format!("viertel vor {name}"), previous, 45);
            add(format!("dreiviertel {name}"), previous, 45);
        }
        add(
            format!("{} uhr", if hour == 1 { "ein" } else { german }),
            hour,
            0,
        );
        // "Depuis deux heures et demie" is a duration: a preposition of a place in time must stand before it.
        for name in [at(&FRENCH).to_owned(), hour.to_string()] {
            let unit = if hour == 1 { "heure" } else { "heures" };
            for lead in ["à", "vers", "dès"] {
                add(format!("{lead} {name} {unit} et demie"), hour, 30);
                add(format!("{lead} {name} {unit} et quart"), hour, 15);
                add(format!("{lead} {name} {unit} moins le quart"), previous, 45);
            }
        }
        let genitive = at(&POLISH_GENITIVE);
        add(format!("wpół do {genitive}"), previous, 30);
        add(format!("kwadrans po {genitive}"), hour, 15);
        add(format!("godzinie {genitive}"), hour, 0);
        add(format!("za kwadrans {}", at(&POLISH)), previous, 45);
        // "O szóstej" alone may be the sixth of anything.
        for (part, of_day) in PARTS {
            let hour_of_day = of_day.hour(hour);
            match part.0 {
                "en" if hour > 1 => add(format!("{english} {}", part.1), hour_of_day, 0),
                "de" if hour > 1 => add(format!("{german} {}", part.1), hour_of_day, 0),
                "pl" => add(format!("{genitive} {}", part.1), hour_of_day, 0),
                "fr" => {
                    let unit = if hour == 1 { "heure" } else { "heures" };
                    add(format!("{} {unit} {}", at(&FRENCH), part.1), hour_of_day, 0);
                }
                _ => {}
            }
        }
    }
    for (text, time) in [
        ("midi et demi", (12, 30)),
        ("midi et demie", (12, 30)),
        ("midi et quart", (12, 15)),
        ("midi moins le quart", (11, 45)),
        ("minuit et demi", (0, 30)),
        ("minuit et demie", (0, 30)),
        ("minuit et quart", (0, 15)),
    ] {
        found.push((text.to_owned(), time));
    }
    found
}

/// Which half of the day.
#[derive(Clone, Copy)]
enum Half {
    Morning,
    Afternoon,
    Evening,
    Night,
}

impl Half {
    fn hour(self, hour: i8) -> i8 {
        match self {
            Self::Morning if hour == 12 => 0,
            Self::Afternoon if hour < 12 => hour + 12,
            Self::Evening if (4..12).contains(&hour) => hour + 12,
            Self::Evening | Self::Night if hour == 12 => 0,
            Self::Night if hour >= 9 => hour + 12,
            _ => hour,
        }
    }
}

/// Language and words of a part of the day behind an hour in words.
const PARTS: [((&str, &str), Half); 20] = [
    (("en", "in the morning"), Half::Morning),
    (("en", "this morning"), Half::Morning),
    (("en", "in the afternoon"), Half::Afternoon),
    (("en", "this afternoon"), Half::Afternoon),
    (("en", "in the evening"), Half::Evening),
    (("en", "this evening"), Half::Evening),
    (("en", "at night"), Half::Night),
    (("de", "morgens"), Half::Morning),
    (("de", "früh"), Half::Morning),
    (("de", "nachmittags"), Half::Afternoon),
    (("de", "abends"), Half::Evening),
    (("de", "nachts"), Half::Night),
    (("fr", "du matin"), Half::Morning),
    (("fr", "de l'après-midi"), Half::Afternoon),
    (("fr", "du soir"), Half::Evening),
    (("pl", "rano"), Half::Morning),
    (("pl", "nad ranem"), Half::Morning),
    (("pl", "po południu"), Half::Afternoon),
    (("pl", "wieczorem"), Half::Evening),
    (("pl", "w nocy"), Half::Night),
];

#[rustfmt::skip]
const ENGLISH: [&str; 12] = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
#[rustfmt::skip]
const GERMAN: [&str; 12] = ["eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"];
#[rustfmt::skip]
const FRENCH: [&str; 12] = ["une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"];
#[rustfmt::skip]
const POLISH: [&str; 12] = ["pierwsza", "druga", "trzecia", "czwarta", "piąta", "szósta", "siódma", "ósma", "dziewiąta", "dziesiąta", "jedenasta", "dwunasta"];
#[rustfmt::skip]
const POLISH_GENITIVE: [&str; 12] = ["pierwszej", "drugiej", "trzeciej", "czwartej", "piątej", "szóstej", "siódmej", "ósmej", "dziewiątej", "dziesiątej", "jedenastej", "dwunastej"];
