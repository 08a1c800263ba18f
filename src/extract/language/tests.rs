use super::*;

#[test]
fn no_prose_tells_no_language() {
    let languages: Vec<String> = ["en", "de", "fr", "pl", "zh"].map(str::to_owned).to_vec();
    for text in [
        "",
        "getOrders",
        "Postman",
        "529af829-d726-4067-82d6-d16937d2ac52",
        "2026-11-21T09:13:55Z ERROR [pool-2] HTTP 403",
        "--- precedent form abc ---\nHändler-ID {#seller_id}: A2SNBFWOFW4SWG\nZeit {#timestamp}: heute 14 Uhr\n--- end ---\n",
    ] {
        let message = crate::mail::parse_text(text, false);
        assert_eq!(guess(&message, &languages, None), None, "{text}");
    }
}

#[test]
fn short_texts_are_told() {
    let languages: Vec<String> = ["en", "de", "fr", "pl", "zh"].map(str::to_owned).to_vec();
    for (text, language) in [
        ("Guten Tag, seit gestern geht nichts mehr.", "de"),
        (
            "Same here, US only, since yesterday. Any news on this?",
            "en",
        ),
        ("Bonjour, toujours la même erreur depuis ce matin.", "fr"),
        ("Dzień dobry, nadal nie działa.", "pl"),
        ("还是报错", "zh"),
        (
            "报错\n20-Mar-2026 18:20:11.918 ERROR [pool-2-thread-1] HTTP 415 the request is not of the type",
            "zh",
        ),
        ("Problem gelöst, danke!", "de"),
        ("Merci, c'est réglé.", "fr"),
    ] {
        let message = crate::mail::parse_text(text, false);
        assert_eq!(
            guess(&message, &languages, None)
                .map(|guess| guess.language)
                .as_deref(),
            Some(language),
            "{text}"
        );
    }
}
