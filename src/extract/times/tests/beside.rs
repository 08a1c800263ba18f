//! Times beside other times, names and remarks: what is the problem's, and of which day.

use super::*;

#[test]
fn the_day_on_which_it_still_worked_is_not_that_of_the_failure() {
    check(&[
        (
            "Yesterday the import ran fine. Since 09:20 UTC it breaks with 500.",
            "en",
            0,
            &["2026-03-10T09:20:00Z"],
        ),
        (
            "Der Abgleich lief gestern noch, seit 9:20 Uhr MEZ kommt 500.",
            "de",
            1,
            &["2026-03-10T08:20:00Z"],
        ),
        (
            "Hier l'import fonctionnait encore. Depuis 9 h 20, heure de Paris, erreur 500.",
            "fr",
            1,
            &["2026-03-10T08:20:00Z"],
        ),
        (
            "Wczoraj import jeszcze działał. Od 9:20 czasu polskiego błąd 500.",
            "pl",
            1,
            &["2026-03-10T08:20:00Z"],
        ),
        (
            "Bis gestern Abend ging alles. Seit 7:40 Uhr MEZ kommt 500.",
            "de",
            1,
            &["2026-03-10T06:40:00Z"],
        ),
        (
            "昨天同步还正常。北京时间9:20开始报500。",
            "zh",
            8,
            &["2026-03-10T01:20:00Z"],
        ),
        (
            "Yesterday it worked until 09:20 UTC",
            "en",
            0,
            &["2026-03-09T09:20:00Z"],
        ),
        (
            "Fehler 500 seit gestern, 8:20 Uhr MEZ. Besteht weiterhin (Stand 9:45 Uhr).",
            "de",
            1,
            &["2026-03-09T07:20:00Z", "2026-03-10T08:45:00Z"],
        ),
        (
            "500 errors since yesterday 08:20 UTC. It is still failing as of 9:45.",
            "en",
            0,
            &["2026-03-09T08:20:00Z", "2026-03-10T09:45:00Z"],
        ),
        (
            "Błąd 500 od wczoraj, 8:20 czasu polskiego (stan na 9:45 bez zmian).",
            "pl",
            1,
            &["2026-03-09T07:20:00Z", "2026-03-10T08:45:00Z"],
        ),
        (
            "Yesterday we got errors in the import. At 14:15 UTC it was worst with 500.",
            "en",
            0,
            &["2026-03-09T14:15:00Z"],
        ),
    ]);
}

#[test]
fn a_place_named_after_an_hour_is_no_time() {
    check(&[
        ("Bar Północ i Bistro Midi zwracają 503.", "pl", 1, &[]),
        ("The Midnight Diner and Cafe Noon return 503.", "en", 0, &[]),
        ("Le restaurant Midi Pile renvoie 503.", "fr", 1, &[]),
        ("午夜食堂返回 503", "zh", 8, &[]),
        (
            "It failed at midnight UTC with 503",
            "en",
            0,
            &["2026-03-10T00:00:00Z"],
        ),
        (
            "Seit Mitternacht MEZ kommt 503",
            "de",
            1,
            &["2026-03-09T23:00:00Z"],
        ),
        (
            "Wczoraj o północy czasu polskiego błąd 503",
            "pl",
            1,
            &["2026-03-08T23:00:00Z"],
        ),
        (
            "Erreur 503 hier à minuit, heure de Paris",
            "fr",
            1,
            &["2026-03-08T23:00:00Z"],
        ),
        (
            "Erreur 503 depuis hier, 8 h 30 heure de Paris, et c'est toujours le cas ce midi",
            "fr",
            4,
            &["2026-03-09T07:30:00Z", "2026-03-10T11:00:00Z"],
        ),
        (
            "昨天午夜（北京时间）开始报错",
            "zh",
            8,
            &["2026-03-08T16:00:00Z"],
        ),
    ]);
}

/// The opening hours were taken, or threw the real time away.
#[test]
fn opening_hours_stand_beside_the_time_of_the_failure() {
    check(&[
        (
            "checkout odpowiada CLOSED od 9.03.2026 8:40 czasu polskiego, choć restauracje są otwarte (11:00-23:00).",
            "pl",
            1,
            &["2026-03-09T07:40:00Z"],
        ),
        (
            "checkout meldet CLOSED seit 09.03.2026 8:40 MEZ, obwohl die Filialen geöffnet haben.",
            "de",
            1,
            &["2026-03-09T07:40:00Z"],
        ),
        (
            "checkout meldet CLOSED seit 09.03.2026 8:40 MEZ. Die Filialen haben von 11 bis 23 Uhr auf.",
            "de",
            1,
            &["2026-03-09T07:40:00Z"],
        ),
        (
            "checkout says CLOSED since 2026-03-09 08:40 CET, the branches are open daily (11am-11pm).",
            "en",
            1,
            &["2026-03-09T07:40:00Z"],
        ),
        (
            "checkout répond CLOSED depuis le 09/03/2026 à 8 h 40, heure de Paris, bien que les points de vente soient ouverts (11h-23h).",
            "fr",
            1,
            &["2026-03-09T07:40:00Z"],
        ),
        (
            "北京时间2026年3月9日15:40起 checkout 返回 CLOSED，虽然门店正在营业（10:00-22:00）。",
            "zh",
            8,
            &["2026-03-09T07:40:00Z"],
        ),
        ("Our shops open at 11:00 and close at 23:00.", "en", 0, &[]),
        ("Otwieramy o 11:00, zamykamy o 23:00.", "pl", 1, &[]),
        ("Unsere Filialen öffnen um 11 Uhr.", "de", 1, &[]),
    ]);
}

#[test]
fn an_hour_is_told_by_the_part_of_the_day() {
    check(&[
        (
            "błąd 500 od 9 marca 2026, ok. 7 rano czasu polskiego",
            "pl",
            1,
            &["2026-03-09T06:00:00Z"],
        ),
        (
            "błąd 500 wczoraj o siódmej wieczorem czasu polskiego",
            "pl",
            1,
            &["2026-03-09T18:00:00Z"],
        ),
        (
            "Fehler 500 gestern gegen 7 abends MEZ",
            "de",
            1,
            &["2026-03-09T18:00:00Z"],
        ),
        (
            "Fehler 500 gestern um sieben Uhr morgens MEZ",
            "de",
            1,
            &["2026-03-09T06:00:00Z"],
        ),
        (
            "Erreur 500 hier vers 7 heures du soir, heure de Paris",
            "fr",
            1,
            &["2026-03-09T18:00:00Z"],
        ),
        (
            "Erreur 500 hier à 7 heures, heure de Paris",
            "fr",
            1,
            &["2026-03-09T06:00:00Z"],
        ),
        ("Erreur 500 depuis 7 heures", "fr", 1, &[]),
        (
            "It failed yesterday at 7 in the evening UTC with 500",
            "en",
            0,
            &["2026-03-09T19:00:00Z"],
        ),
        ("We have 6 morning jobs that fail", "en", 0, &[]),
        (
            "昨天早上七点（北京时间）报错",
            "zh",
            8,
            &["2026-03-08T23:00:00Z"],
        ),
    ]);
}

#[test]
fn date_and_hour_are_one_time_across_small_words_and_line_ends() {
    check(&[
        (
            "- heure : hier, lundi 9 mars 2026, à partir de 8 h 30 heure de Paris",
            "fr",
            1,
            &["2026-03-09T07:30:00Z"],
        ),
        (
            "Fehler am 9. März 2026, beginnend etwa um 8:30 Uhr MEZ",
            "de",
            1,
            &["2026-03-09T07:30:00Z"],
        ),
        (
            "errors on 9 March 2026, starting around 8:30 am CET",
            "en",
            1,
            &["2026-03-09T07:30:00Z"],
        ),
        (
            "błędy od poniedziałku 9 marca 2026 mniej więcej od 8:30 czasu polskiego",
            "pl",
            1,
            &["2026-03-09T07:30:00Z"],
        ),
        (
            "the import of the second shop of the western region fails since 9 March 2026 at\naround 8:30 am CET with 500",
            "en",
            1,
            &["2026-03-09T07:30:00Z"],
        ),
        (
            "wywołanie zwraca pustą listę od poniedziałku (9 marca 2026, ok. 8 rano czasu\nwarszawskiego), choć oferty są",
            "pl",
            1,
            &["2026-03-09T07:00:00Z"],
        ),
        (
            "First failure 2026-03-09 08:30 CET, the second at 08:50.",
            "en",
            1,
            &["2026-03-09T07:30:00Z", "2026-03-09T07:50:00Z"],
        ),
    ]);
}

#[test]
fn windows_asked_for_and_remedies_are_no_occurrences() {
    check(&[
        (
            "We narrowed createdAfter/createdBefore (2026-02-01T00:00:00Z to 2026-02-28T23:59:59Z) to a week.",
            "en",
            0,
            &[],
        ),
        (
            "Versucht: LastUpdatedAfter von 2026-02-01T00:00:00Z auf 2026-02-20T00:00:00Z gesetzt.",
            "de",
            1,
            &[],
        ),
        (
            "dataEndTime ustawione na 2026-02-20T00:00:00Z",
            "pl",
            1,
            &[],
        ),
        ("把 dataStartTime 设为 2026-02-20T00:00:00Z", "zh", 8, &[]),
        (
            "Down since 2026-03-10 08:05 UTC. We restarted the gateway at 08:20, no improvement.",
            "en",
            0,
            &["2026-03-10T08:05:00Z"],
        ),
        (
            "Ausfall seit heute 8:05 Uhr MEZ. Um 8:20 Uhr haben wir den Dienst neu gestartet, ohne Besserung.",
            "de",
            1,
            &["2026-03-10T07:05:00Z"],
        ),
        (
            "Since the restart at 08:20 UTC every call fails with 500.",
            "en",
            0,
            &["2026-03-10T08:20:00Z"],
        ),
        (
            "We restarted the gateway at 08:20 UTC. Since then every call fails.",
            "en",
            0,
            &["2026-03-10T08:20:00Z"],
        ),
    ]);
}

#[test]
fn the_day_stands_within_the_words_of_the_failure() {
    check(&[
        (
            "wir erhielten bei getReport gestern einen 403",
            "de",
            1,
            &["2026-03-09"],
        ),
        (
            "the feed was rejected yesterday for Spain",
            "en",
            0,
            &["2026-03-09"],
        ),
        (
            "l'appel a échoué hier pour l'Espagne",
            "fr",
            1,
            &["2026-03-09"],
        ),
        (
            "raport zakończył się wczoraj błędem FATAL",
            "pl",
            1,
            &["2026-03-09"],
        ),
        ("这个 feed 昨天报错了", "zh", 8, &["2026-03-09"]),
        ("I wrote to you yesterday about the 403.", "en", 0, &[]),
        ("Den 403 haben wir gestern behoben.", "de", 1, &[]),
        ("The same 403 as yesterday.", "en", 0, &[]),
        ("Today it still fails.", "en", 0, &[]),
        ("Der Fehler 403 tritt hier auf.", "de", 1, &[]),
    ]);
}

/// In the sender's evening the next day had begun in the zone of the time, and the time was thrown away.
#[test]
fn today_is_that_of_the_sender() {
    let clock = Clock {
        reference: "2026-03-10T18:00:00Z".parse().unwrap(),
        ..clock("zh", 1)
    };
    let passage = Passage {
        part: PartId::Body,
        text: "今天早上7点40分（北京时间）开始报500",
        base: 0,
    };
    let (times, _) = read(&[passage], &[], &clock);
    let found: Vec<String> = times
        .iter()
        .filter_map(|time| time.utc)
        .map(|utc| utc.to_string())
        .collect();
    assert_eq!(found, ["2026-03-09T23:40:00Z"]);
}

#[test]
#[rustfmt::skip]
fn hours_of_kitchens_and_times_of_uploads_are_no_times_of_a_failure() {
    check(&[
        ("The kitchen runs from 11:00 to 22:30, on Saturdays until 23:00.", "en", 0, &[]),
        ("Unsere Küche läuft von 11 bis 22 Uhr, sonntags bis 20 Uhr.", "de", 1, &[]),
        ("La cuisine tourne de 11h à 22h.", "fr", 1, &[]),
        ("Kuchnia działa od 11:00 do 22:30, w soboty do 23:00.", "pl", 1, &[]),
        ("Cela ne marche pas, appelez-nous, nous travaillons du lundi au jeudi de 8h à 11h", "fr", 1, &[]),
        ("Die Datei haben wir um 10:15 Uhr noch einmal hochgeladen.", "de", 1, &[]),
        ("Nous avons renvoyé le fichier à 10h15.", "fr", 1, &[]),
        ("O 10:15 wysłaliśmy plik jeszcze raz.", "pl", 1, &[]),
        ("La période a été limitée à 24 heures.", "fr", 1, &[]),
        ("The kitchen screen fails since 09:20 UTC.", "en", 0, &["2026-03-10T09:20:00Z"]),
    ]);
}
