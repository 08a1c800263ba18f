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
