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
        ("It still fails.", "en"),
        ("Thank you!", "en"),
        ("Merci beaucoup !", "fr"),
        ("Vielen Dank!", "de"),
        ("Dziękuję bardzo!", "pl"),
        ("Any update on this?", "en"),
        ("Gibt es etwas Neues?", "de"),
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

/// Five languages were all that a text could be in: Spanish was French, and Japanese Chinese.
#[test]
fn languages_that_no_desk_answers_in_are_told_apart() {
    let languages: Vec<String> = ["en", "de", "fr", "pl", "zh"].map(str::to_owned).to_vec();
    for (text, language) in [
        (
            "Hola, desde ayer la operación getOrders nos devuelve un error 403 y no sabemos por qué. ¿Pueden ayudarnos? Gracias y saludos",
            "es",
        ),
        (
            "Buongiorno, da ieri la chiamata getOrders restituisce errore 403 e non sappiamo perché. Potete aiutarci? Grazie, cordiali saluti",
            "it",
        ),
        (
            "Olá, desde ontem a chamada getOrders retorna erro 403 e não sabemos o motivo. Vocês podem ajudar? Obrigado",
            "pt",
        ),
        (
            "Goedemorgen, sinds gisteren geeft getOrders een fout 403 en we weten niet waarom. Kunt u ons helpen? Met vriendelijke groet",
            "nl",
        ),
        (
            "昨日から getOrders が 403 エラーを返します。原因が分かりません。ご確認をお願いします。",
            "ja",
        ),
        (
            "어제부터 getOrders 호출이 403 오류를 반환합니다. 확인 부탁드립니다.",
            "ko",
        ),
        (
            "Bonjour, depuis hier l'appel getOrders renvoie une erreur 403 et nous ne savons pas pourquoi. Pouvez-vous nous aider ? Merci",
            "fr",
        ),
        (
            "Guten Tag, seit gestern liefert getOrders 403 und wir wissen nicht warum. Können Sie uns helfen? Danke",
            "de",
        ),
        (
            "Hello, since yesterday getOrders returns 403 and we do not know why. Can you help us? Thanks",
            "en",
        ),
        (
            "Hello, since yesterday getOrders returns 403 for our seller 山田さくらストア and we do not know why. Thanks",
            "en",
        ),
        (
            "Guten Tag, seit gestern liefert getOrders 403 für den Händler 서울 und wir wissen nicht warum. Danke",
            "de",
        ),
        (
            "Dzień dobry, od wczoraj getOrders zwraca błąd 403 i nie wiemy dlaczego. Czy możecie pomóc? Dziękuję",
            "pl",
        ),
        (
            "您好，从昨天开始 getOrders 返回 403，不知道为什么，请帮忙看一下。谢谢",
            "zh",
        ),
    ] {
        let message = crate::mail::parse_text(text, false);
        let guess = guess(&message, &languages, None);
        assert_eq!(
            guess.map(|guess| guess.language).as_deref(),
            Some(language),
            "{text}"
        );
    }
}
