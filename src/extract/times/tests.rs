//! Times by kind: text, language, offset of the Date header, what is understood.

use super::*;

const DATE: &str = "2026-03-10T10:00:00Z";

fn clock(language: &str, offset_hours: i32) -> Clock {
    Clock {
        reference: DATE.parse().unwrap(),
        offset_seconds: Some(offset_hours * 3_600),
        language: Some(language.to_owned()),
        country: None,
        day_first: day_first(Some(language), None, Some(offset_hours * 3_600)),
    }
}

fn found(text: &str, language: &str, offset_hours: i32) -> Vec<String> {
    let passage = Passage {
        part: PartId::Body,
        text,
        base: 0,
    };
    read(&[passage], &[], &clock(language, offset_hours))
        .0
        .iter()
        .map(|time| match (time.utc, &time.local) {
            (Some(utc), _) => utc.to_string(),
            (None, Some(local)) => local.clone(),
            (None, None) => format!("? {}", time.text),
        })
        .collect()
}

fn check(rows: &[(&str, &str, i32, &[&str])]) {
    let mut wrong = Vec::new();
    for (text, language, offset, expected) in rows {
        let found = found(text, language, *offset);
        if found != *expected {
            wrong.push(format!("{text}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn times_in_words() {
    check(&[
        (
            "seit dem 2. März 2026 gegen 08:40 Uhr kommt 403",
            "de",
            1,
            &["2026-03-02T08:40"],
        ),
        (
            "seit 2. März 2026, 07:50 Uhr MEZ Fehler",
            "de",
            1,
            &["2026-03-02T06:50:00Z"],
        ),
        (
            "Aufgetreten gestern um 17:30 Uhr MEZ",
            "de",
            1,
            &["2026-03-09T16:30:00Z"],
        ),
        (
            "15:02 Uhr (MEZ, 9. März 2026) Fehler 500",
            "de",
            1,
            &["2026-03-09T14:02:00Z"],
        ),
        (
            "Le 2 mars 2026 à 14 h 05 (heure de Paris), erreur 400",
            "fr",
            1,
            &["2026-03-02T13:05:00Z"],
        ),
        (
            "Mercredi 4 mars, entre 10h40 et 11h25 (heure de Paris), erreurs 500",
            "fr",
            1,
            &["2026-03-04T09:40:00Z", "2026-03-04T10:25:00Z"],
        ),
        (
            "C'était hier, lundi 9 mars 2026, à 17 h 30. erreur",
            "fr",
            1,
            &["2026-03-09T17:30"],
        ),
        (
            "2 marca 2026 o 16:20 czasu polskiego zakończył się statusem FATAL",
            "pl",
            1,
            &["2026-03-02T15:20:00Z"],
        ),
        (
            "Data i godzina: 09.03.2026, godz. 8:10 (CET)",
            "pl",
            1,
            &["2026-03-09T07:10:00Z"],
        ),
        ("dziś o 9:05 już nie działa", "pl", 1, &["2026-03-10T09:05"]),
        (
            "时间是2026年3月2日 下午2点05分（北京时间），报错",
            "zh",
            8,
            &["2026-03-02T06:05:00Z"],
        ),
        (
            "从北京时间2026年3月9日下午3点20分开始，全部返回 400",
            "zh",
            8,
            &["2026-03-09T07:20:00Z"],
        ),
        (
            "3月8日晚上9点到10点（北京时间）之间全部返回 503",
            "zh",
            8,
            &["2026-03-08T13:00:00Z", "2026-03-08T14:00:00Z"],
        ),
        ("从昨晚10点半开始都返回 503", "zh", 8, &["2026-03-09T22:30"]),
        (
            "最近一次：2026-03-04 15:32:10 CST。报错",
            "zh",
            8,
            &["2026-03-04T07:32:10Z"],
        ),
        (
            "since 3/9/2026 3:15 PM ET it times out",
            "en",
            -4,
            &["2026-03-09T19:15:00Z"],
        ),
        (
            "it failed on 02/03/2026 10:15 UTC",
            "en",
            1,
            &["? 02/03/2026 10:15 UTC"],
        ),
        (
            "error on 10 March 2026, around 1:20 am EST",
            "en",
            -3,
            &["2026-03-10T06:20:00Z"],
        ),
        (
            "Still failing as of 20 minutes ago",
            "en",
            0,
            &["2026-03-10T09:40:00Z"],
        ),
        (
            "24 February between 13:10 and 14:00 UTC getFeed failed",
            "en",
            0,
            &["2026-02-24T13:10:00Z", "2026-02-24T14:00:00Z"],
        ),
        ("errors since Feb 27", "en", 0, &["2026-02-27"]),
        (
            "It failed at 09:10 CET and again at 09:25.",
            "en",
            1,
            &["2026-03-10T08:10:00Z", "2026-03-10T08:25:00Z"],
        ),
        (
            "failed at 2026-03-09 11:26 (UTC+01:00)",
            "en",
            1,
            &["2026-03-09T10:26:00Z"],
        ),
        // As people write them: no year, units at the end of a range, zones by place, Chinese numerals.
        (
            "Od poniedziałku 9.03 o godz. 8:15 (czas polski) błąd 500",
            "pl",
            1,
            &["2026-03-09T07:15:00Z"],
        ),
        (
            "Freitag, 06.03., 16:00 Uhr MEZ: Fehler",
            "de",
            1,
            &["2026-03-06T15:00:00Z"],
        ),
        (
            "9.03 między 18:00 a 19:30 CET wszystko odrzucane",
            "pl",
            1,
            &["2026-03-09T17:00:00Z", "2026-03-09T18:30:00Z"],
        ),
        (
            "calls failed between 2 and 4am UTC today",
            "en",
            0,
            &["2026-03-10T02:00:00Z", "2026-03-10T04:00:00Z"],
        ),
        (
            "am 9. März zwischen 9 und 11 Uhr MEZ Fehler 503",
            "de",
            1,
            &["2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z"],
        ),
        (
            "erreur hier entre 9 et 11h (heure de Paris)",
            "fr",
            1,
            &["2026-03-09T08:00:00Z", "2026-03-09T10:00:00Z"],
        ),
        (
            "failing since 8am Eastern today",
            "en",
            -4,
            &["2026-03-10T12:00:00Z"],
        ),
        (
            "it fails since Monday 9:15 pm Central",
            "en",
            -5,
            &["2026-03-10T02:15:00Z"],
        ),
        (
            "seit heute 9:05 Uhr (Berlin) Fehler",
            "de",
            1,
            &["2026-03-10T08:05:00Z"],
        ),
        (
            "errors since about 7.30 this morning GMT",
            "en",
            0,
            &["2026-03-10T07:30:00Z"],
        ),
        (
            "it began last Friday, 6 March, a little after 6:30 pm Eastern",
            "en",
            -5,
            &["2026-03-06T23:30:00Z"],
        ),
        (
            "2026年3月9日上午十点半（北京时间）报错",
            "zh",
            8,
            &["2026-03-09T02:30:00Z"],
        ),
        (
            "昨天下午三点二十分（北京时间）开始报错",
            "zh",
            8,
            &["2026-03-09T07:20:00Z"],
        ),
        (
            "上周五下午3点起报错（北京时间）",
            "zh",
            8,
            &["2026-03-06T07:00:00Z"],
        ),
    ]);
}

#[test]
fn times_of_machines() {
    for (text, expected) in [
        (
            "< date: Mon, 02 Mar 2026 11:02:47 GMT",
            "2026-03-02T11:02:47Z",
        ),
        (
            "2026-03-03T08:17:44.301Z ERROR import failed",
            "2026-03-03T08:17:44Z",
        ),
        ("X-Amz-Date: 20260305T131512Z", "2026-03-05T13:15:12Z"),
        (
            "10.0.0.1 - - [02/Mar/2026:11:02:47 +0100] \"GET /x\" 403",
            "2026-03-02T10:02:47Z",
        ),
        (
            "\"timestamp\": 1772445767000, \"status\": 403",
            "2026-03-02T10:02:47Z",
        ),
        (
            "{\"startedDateTime\":\"2026-03-02T08:12:44.905Z\",\"time\":213}",
            "2026-03-02T08:12:44Z",
        ),
        ("[1772445767] ERROR orders failed", "2026-03-02T10:02:47Z"),
        (
            "[2026-03-02T11:20:05.640+08:00] ERROR <-- 400",
            "2026-03-02T03:20:05Z",
        ),
    ] {
        let found = found(text, "en", 0);
        let found: Vec<&str> = found
            .iter()
            .map(|time| time.split('.').next().unwrap().trim_end_matches('Z'))
            .collect();
        assert_eq!(found, [expected.trim_end_matches('Z')], "{text}");
    }
}

#[test]
fn other_times_are_left_alone() {
    let mut wrong = Vec::new();
    for (text, language) in [
        (
            "GET /orders/v0/orders?CreatedAfter=2026-03-01T00:00:00Z",
            "en",
        ),
        ("{\"dataStartTime\": \"2026-03-01T00:00:00Z\"}", "en"),
        ("/catalog/2022-04-01/items fails", "en"),
        ("Wir sind seit 2023 live.", "de"),
        ("You can reach me between 9:00 and 17:00 CET.", "en"),
        (
            "tomorrow between 01:00 and 04:30 we move our database",
            "en",
        ),
        ("Wczoraj o 21:15 jeszcze działało", "pl"),
        ("On Tue, 3 Mar 2026 at 09:03, Tom wrote:", "en"),
        (
            "Von: a@b.example\nGesendet: Freitag, 6. März 2026 11:25\nAn: c@d.example",
            "de",
        ),
        ("heute Morgen unverändert", "de"),
        ("We need it by Friday.", "en"),
        ("Der Preis stieg von 4.05 auf 4.95 Euro.", "de"),
        ("这个接口有一点问题", "zh"),
        ("Central and Eastern Europe are affected", "en"),
        ("between 2 and 4 sellers see it", "en"),
    ] {
        let found = found(text, language, 1);
        if !found.is_empty() {
            wrong.push(format!("{text}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The number of days was ignored, and a wrong instant given for certain.
#[test]
fn days_ago_have_their_clock_time() {
    check(&[
        (
            "It failed three days ago at 4:40 pm CET with 403",
            "en",
            1,
            &["2026-03-07T15:40:00Z"],
        ),
        (
            "It first failed at 09:05 UTC, 2 days ago",
            "en",
            0,
            &["2026-03-08T09:05:00Z"],
        ),
        (
            "Vor zwei Tagen um 16:40 Uhr MEZ kam 403",
            "de",
            1,
            &["2026-03-08T15:40:00Z"],
        ),
        (
            "Il y a trois jours, à 9 h 05 (heure de Paris), erreur 500",
            "fr",
            1,
            &["2026-03-07T08:05:00Z"],
        ),
        (
            "Trzy dni temu o 8:05 czasu polskiego błąd 500",
            "pl",
            1,
            &["2026-03-07T07:05:00Z"],
        ),
        (
            "三天前上午9点05分（北京时间）报错",
            "zh",
            8,
            &["2026-03-07T01:05:00Z"],
        ),
        (
            "A week ago at 10:00 UTC it failed",
            "en",
            0,
            &["2026-03-03T10:00:00Z"],
        ),
        (
            "Between 2 and 4am UTC last night all calls failed with 500",
            "en",
            0,
            &["2026-03-10T02:00:00Z", "2026-03-10T04:00:00Z"],
        ),
        (
            "Last night at 10:30 pm UTC it failed",
            "en",
            0,
            &["2026-03-09T22:30:00Z"],
        ),
        (
            "昨晚2点（北京时间）报错",
            "zh",
            8,
            &["2026-03-09T18:00:00Z"],
        ),
        (
            "Last night at 10:30 pm UTC it failed",
            "en",
            0,
            &["2026-03-09T22:30:00Z"],
        ),
        (
            "昨晚2点（北京时间）报错",
            "zh",
            8,
            &["2026-03-09T18:00:00Z"],
        ),
        ("Since 3 days we get 403", "en", 0, &["2026-03-07"]),
        (
            "The errors began 2 hours ago",
            "en",
            0,
            &["2026-03-10T08:00:00Z"],
        ),
    ]);
}

#[test]
fn clock_times_in_words() {
    check(&[
        (
            "Heute um halb neun MEZ kam der Fehler 403",
            "de",
            1,
            &["2026-03-10T07:30:00Z"],
        ),
        (
            "Gestern gegen Viertel nach zwei nachmittags Fehler 500",
            "de",
            1,
            &["2026-03-09T14:15"],
        ),
        (
            "Gestern um dreiviertel acht kam ein Fehler",
            "de",
            1,
            &["2026-03-09T07:45"],
        ),
        (
            "Hier vers midi et demi, heure de Paris, erreur 500",
            "fr",
            1,
            &["2026-03-09T11:30:00Z"],
        ),
        (
            "Hier à huit heures et demie, erreur 500",
            "fr",
            1,
            &["2026-03-09T08:30"],
        ),
        ("Depuis deux heures et demie, erreur 500", "fr", 1, &[]),
        (
            "Yesterday at half past eight in the evening it failed",
            "en",
            0,
            &["2026-03-09T20:30"],
        ),
        (
            "Yesterday at half past eight pm CET it failed",
            "en",
            1,
            &["2026-03-09T19:30:00Z"],
        ),
        (
            "It failed yesterday at quarter to ten UTC",
            "en",
            0,
            &["2026-03-09T09:45:00Z"],
        ),
        (
            "Wczoraj o wpół do dziewiątej błąd 403",
            "pl",
            1,
            &["2026-03-09T08:30"],
        ),
        (
            "Wczoraj kwadrans po dziesiątej błąd 403",
            "pl",
            1,
            &["2026-03-09T10:15"],
        ),
    ]);
}

/// Opening hours, office hours, announced work and nightly jobs.
#[test]
fn what_is_so_every_day_is_no_occurrence() {
    let mut wrong = Vec::new();
    for (text, language, expected) in [
        (
            "Our office is open weekdays from 8:30 am to 5 pm.",
            "en",
            &[][..],
        ),
        ("Our sync runs every night at 4:00.", "en", &[]),
        ("You can reach us between 9 am and 5 pm.", "en", &[]),
        (
            "It fails every night at 3:00 UTC with 503.",
            "en",
            &["2026-03-10T03:00:00Z"],
        ),
        (
            "Wir sind Mo–Fr von 8:00 bis 16:30 Uhr erreichbar.",
            "de",
            &[],
        ),
        ("Sie erreichen uns werktags von 9 bis 17 Uhr.", "de", &[]),
        (
            "Unsere Filialen haben täglich 11:00–23:00 Uhr geöffnet.",
            "de",
            &[],
        ),
        (
            "Am 11.10.2026 zwischen 3:00 und 6:00 Uhr führen wir Wartungsarbeiten am Kassensystem durch.",
            "de",
            &[],
        ),
        (
            "Täglich um 3:00 Uhr UTC kommt Fehler 503.",
            "de",
            &["2026-03-10T03:00:00Z"],
        ),
        (
            "Die API ist seit 8:00 Uhr UTC nicht erreichbar.",
            "de",
            &["2026-03-10T08:00:00Z"],
        ),
        (
            "Die Bestellungen sind über die API am 4. März um 14:05 UTC kaum erreichbar.",
            "de",
            &["2026-03-04T14:05:00Z"],
        ),
        (
            "We are reaching the limit at 14:05 UTC.",
            "en",
            &["2026-03-09T14:05:00Z"],
        ),
        ("We can be reached from 9:00 to 17:00.", "en", &[]),
        (
            "Our sync runs every night at 3:00 UTC and is slow.",
            "en",
            &["2026-03-10T03:00:00Z"],
        ),
        (
            "Our sync runs every night at 3:00 UTC and fetches 1500 orders silently.",
            "en",
            &[],
        ),
        ("Nos restaurants servent de 11h30 à 14h.", "fr", &[]),
        (
            "La boutique est ouverte du mardi au dimanche de 7h à 19h.",
            "fr",
            &[],
        ),
        (
            "Notre traitement tourne tous les jours à 4 h 00.",
            "fr",
            &[],
        ),
        ("Pracujemy codziennie 10:00-22:00.", "pl", &[]),
        ("Lokal czynny codziennie od 12:00 do 22:00.", "pl", &[]),
        (
            "checkout zwraca błąd CLOSED, chociaż lokal jest otwarty (pracujemy codziennie 10:00-22:00).",
            "pl",
            &[],
        ),
        ("门店每天10:00到22:00营业。", "zh", &[]),
        (
            "We re-uploaded the last good feed from yesterday.",
            "en",
            &[],
        ),
    ] {
        let times = found(text, language, 0);
        if times != expected {
            wrong.push(format!("{text}: {times:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

mod beside;
