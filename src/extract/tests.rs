//! Values by mechanism: text, field, what is taken. One row a rule, none for one mail.

use super::*;
use crate::profile::Profile;

fn extraction(profile: &str, text: &str) -> Extraction {
    let extractor = Extractor::new(Profile::builtin(profile).unwrap()).unwrap();
    let message = crate::mail::parse_text(text, false);
    let context = ExtractContext {
        received: "2026-03-10T10:00:00Z".parse().unwrap(),
        fingerprint_key: &[7; 32],
    };
    extractor.extract(&message, &context)
}

fn check(profile: &str, rows: &[(&str, &str, &[&str])]) {
    let extractor = Extractor::new(Profile::builtin(profile).unwrap()).unwrap();
    let mut wrong = Vec::new();
    for (text, field, expected) in rows {
        let message = crate::mail::parse_text(text, false);
        let context = ExtractContext {
            received: "2026-03-10T10:00:00Z".parse().unwrap(),
            fingerprint_key: &[7; 32],
        };
        let found = extractor.extract(&message, &context);
        let values = found.fields.get(*field).map_or(&[][..], Vec::as_slice);
        let values: Vec<&str> = values.iter().map(|value| value.value.as_str()).collect();
        if values != *expected {
            wrong.push(format!("{text}: {field} {values:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
#[rustfmt::skip]
fn identifiers() {
    check("amazon-sp-api", &[
        ("Händlernummer lautet A3F9K2L7M1QZXB.", "seller_id", &["A3F9K2L7M1QZXB"]),
        ("卖家编号：AVIJCQDOWDTCML", "seller_id", &["AVIJCQDOWDTCML"]),
        ("ID sprzedawcy to A1Q2W3E4R5T6Y7", "seller_id", &["A1Q2W3E4R5T6Y7"]),
        ("A2SNBFWOFW4SWG est notre identifiant vendeur.", "seller_id", &["A2SNBFWOFW4SWG"]),
        ("Sellers: A2VQ7K3M9XPL0T and A1B8ZK3QW7RT5Y", "seller_id", &["A2VQ7K3M9XPL0T", "A1B8ZK3QW7RT5Y"]),
        ("Seller ID: A3XXXXXXXXXXXX", "seller_id", &[]),
        ("Seller ID: AXOT7QXXXOD1WL", "seller_id", &["AXOT7QXXXOD1WL"]),
        ("Seller ID: A1PA6795UKMFR9", "seller_id", &[]),
        ("Entwickler-Nr. 4821-0937-5564", "developer_id", &["4821-0937-5564"]),
        ("Tel. 4821-0937-5564", "developer_id", &[]),
        ("arn:aws:sqs:eu-west-1:418305527719:spapi-offers", "developer_id", &[]),
        ("arn:aws:sqs:eu-west-1:418305527719:spapi-offers for 437568002678", "aws_account", &["418305527719"]),
        ("The request id of the last failing call was 0a7e3f52-19c4-4d08-b6aa-5f3c9e21d4b7.", "request_id", &["0a7e3f52-19c4-4d08-b6aa-5f3c9e21d4b7"]),
        ("{\"name\":\"x-amzn-requestid\",\"value\":\"0a7e3f52-19c4-4d08-b6aa-5f3c9e21d4b7\"}", "request_id", &["0a7e3f52-19c4-4d08-b6aa-5f3c9e21d4b7"]),
        ("[x-amzn-RequestId] => Array\n(\n    [0] => 0a7e3f52-19c4-4d08-b6aa-5f3c9e21d4b7\n)", "request_id", &["0a7e3f52-19c4-4d08-b6aa-5f3c9e21d4b7"]),
        ("subscriptionId 7fcacc7e-727b-11e9-8848-1681be663d3e", "request_id", &[]),
        ("Case ID : 7451033802", "case_id", &["7451033802"]),
        ("Case ID : 7451033802", "report_id", &[]),
        ("GET /products/fees/v0/listings/LIN-BLANC-M/feesEstimate", "sku", &["LIN-BLANC-M"]),
        ("app id amzn1.sp.solution.xxxxxxxx-xxxx", "application_id", &[]),
        ("order 305-1234567-1234567 of 12 March fails", "order_id", &["305-1234567-1234567"]),
        ("zamówienie 305-1234567-1234567 z 12 marca", "order_id", &["305-1234567-1234567"]),
        ("Bestellung 305-1234567-1234567 von 14:05 fehlt", "order_id", &["305-1234567-1234567"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn operations_and_sections() {
    check("amazon-sp-api", &[
        ("get_order_items fails", "operation", &["getOrderItems"]),
        ("OrdersV0Api.getOrdersWithHttpInfo throws 403", "operation", &["getOrders"]),
        ("POST /orders/v0/orders/404-1234567-7654321/shipmentConfirmation gives 400", "operation", &["confirmShipment"]),
        ("getOrders works fine, but getOrderAddress returns 403.", "operation", &["getOrderAddress"]),
        ("patch_listings_item answers 200, but the status is INVALID", "operation", &["patchListingsItem"]),
        ("MWS ListOrders is throttled", "operation", &["ListOrders"]),
        ("MWS ListOrders is throttled", "api_type", &["MWS"]),
        ("getOrders returns 403", "api_type", &["SP-API"]),
        ("getOrders returns 403", "api_section", &["Orders"]),
        ("VendorOrdersApi.getPurchaseOrders fails", "api_section", &["Vendor Orders"]),
        ("{\"error\":\"invalid_grant\"}", "api_section", &["Login with Amazon"]),
        ("https://developer-docs.amazon.com/sp-api/docs/orders-api-v0-reference#getorders", "operation", &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn marketplaces() {
    check("amazon-sp-api", &[
        ("Marketplaces: DE, FR und Italien", "marketplace", &["DE", "FR", "IT"]),
        ("https://sellingpartnerapi-eu.amazon.com/x", "marketplace", &[]),
        ("marketplaceIds=A1F83G8C2ARO7P", "marketplace", &["GB"]),
        ("Rynki: Polska i Czechy nie, tylko Szwecja i Holandia.", "marketplace", &["SE", "NL"]),
        ("errors in France; Germany works fine.", "marketplace", &["FR"]),
        ("We are a company in Munich, Germany. Errors on amazon.fr", "marketplace", &["FR"]),
        ("日本站报错", "marketplace", &["JP"]),
        ("the German marketplace fails", "marketplace", &["DE"]),
        ("US only", "marketplace", &["US"]),
        ("let us know", "marketplace", &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn errors() {
    check("amazon-sp-api", &[
        ("{'errors': [{'code': 'NOT_FOUND', 'message': \"SKU 'X' not found\"}]}", "error_code", &["NOT_FOUND"]),
        ("{'errors': [{'code': 'NOT_FOUND', 'message': \"SKU 'X' not found\"}]}", "error_message", &["SKU 'X' not found"]),
        ("[code] => 99022\n[message] => The value is not sufficient.", "error_message", &["The value is not sufficient."]),
        ("[code] => 99022\n[message] => The value is not sufficient.", "error_code", &["99022"]),
        ("class Error {\n  code: Unauthorized\n  message: Access to requested resource is denied.\n}", "error_message", &["Access to requested resource is denied."]),
        ("<Error><Code>RequestThrottled</Code><Message>Request is throttled</Message></Error>", "error_code", &["RequestThrottled"]),
        ("错误：｛“code”：“InvalidInput”，“message”：“Invalid orderId.”｝", "error_message", &["Invalid orderId."]),
        ("Erreur : 400 InvalidInput « Invalid SKU or marketplace »", "error_message", &["Invalid SKU or marketplace"]),
        ("Error: 429 - QuotaExceeded. Still happening.", "error_message", &[]),
        ("The page returned \"Access denied for this seller\".", "error_message", &["Access denied for this seller"]),
        ("页面提示“无权访问该资源”。", "error_message", &["无权访问该资源"]),
        ("Your guide says \"rejected listings are shown in the report\".", "error_message", &[]),
        ("we get quotaexceeded", "error_code", &["QuotaExceeded"]),
        ("HTTP/1.1 403 Forbidden", "error_code", &[]),
        ("HTTP/1.1 403 Forbidden", "http_status", &["403"]),
        ("des erreurs 500 en continu", "http_status", &["500"]),
        ("返回403错误", "http_status", &["403"]),
        ("we have 500 orders a day", "http_status", &[]),
        ("404 products are affected", "http_status", &[]),
        ("the report ended FATAL", "error_code", &["FATAL"]),
    ]);
    check("google-ordering", &[
        ("{\"foodOrderErrors\":[{\"error\":\"PRICE_CHANGED\",\"id\":\"offer_2207\",\"description\":\"price differs from menu\"}]}", "error_code", &["PRICE_CHANGED"]),
        ("{\"foodOrderErrors\":[{\"error\":\"PRICE_CHANGED\",\"id\":\"offer_2207\",\"description\":\"price differs from menu\"}]}", "entity_id", &["offer_2207"]),
        ("{\"foodOrderErrors\":[{\"error\":\"PRICE_CHANGED\",\"id\":\"offer_2207\",\"description\":\"price differs from menu\"}]}", "error_message", &["price differs from menu"]),
        ("Integrations-ID: lieferfix_de_01, Restaurant-IDs: rest-0012, rest-0044", "integration_id", &["lieferfix_de_01"]),
        ("Integrations-ID: lieferfix_de_01, Restaurant-IDs: rest-0012, rest-0044", "merchant_id", &["rest-0012", "rest-0044"]),
    ]);
}

/// A verb of answering, in any form, makes the number behind it a status.
#[test]
#[rustfmt::skip]
fn statuses_behind_verbs() {
    check("amazon-sp-api", &[
        ("getOrders 今天一直报 400：", "http_status", &["400"]),
        ("checkout 昨天报过 500，今天还报。", "http_status", &["500"]),
        ("接口抛了 503，重试也一样", "http_status", &["503"]),
        ("getOrders s'est mis à répondre 404 (« not here »)", "http_status", &["404"]),
        ("L'appel nous répond maintenant 403 à chaque essai", "http_status", &["403"]),
        ("Endpoint getOrders sypie 503 od rana", "http_status", &["503"]),
        ("getOrders wywala 500 przy każdej próbie", "http_status", &["500"]),
        ("getOrders antwortete gestern 429 auf alles", "http_status", &["429"]),
        ("createFeed spuckt 400 aus", "http_status", &["400"]),
        ("getOrders failed: 403", "http_status", &["403"]),
        ("404 {\"errors\":[]}", "http_status", &["404"]),
        ("The status was 409.", "http_status", &["409"]),
        ("getOrders says 409", "http_status", &["409"]),
        ("Endpoint getOrders pokazuje 403 od rana", "http_status", &["403"]),
        ("getOrders ended in 503 today", "http_status", &["503"]),
        ("接口从今天起大量 429，已经重试", "http_status", &["429"]),
        ("getListingsItem liefert für die SKU AB-1 einen 404 (Marktplatz Italien)", "http_status", &["404"]),
        ("We failed 500 orders last week.", "http_status", &[]),
        ("mamy 500 zamówień dziennie", "http_status", &[]),
        ("The FBA dashboard shows 500.", "http_status", &[]),
        ("Na stanie mamy 500, a getInventorySummaries zwraca pustą listę.", "http_status", &[]),
        ("We received 500 (of 512) units.", "http_status", &[]),
        ("Beim Abruf bekommen wir 400 zurück.", "http_status", &["400"]),
        ("Nous recevons maintenant 503 à chaque appel", "http_status", &["503"]),
        ("getOrders started answering 403 this morning", "http_status", &["403"]),
        ("getOrders is spitting out 500s", "http_status", &["500"]),
        ("listOrders comes back 401 for amazon.de since noon", "http_status", &["401"]),
        ("createFeed gave us 403 this morning", "http_status", &["403"]),
        ("Our server handles 500.", "http_status", &[]),
        ("We got 200 reviews", "http_status", &[]),
        ("We sell 500 products and get 404 reviews", "http_status", &[]),
        ("getOrders liefert 404 bereits beim ersten Aufruf", "http_status", &["404"]),
        ("getOrders liefert 503 besonders abends", "http_status", &["503"]),
        ("getOrders renvoie 403 désormais", "http_status", &["403"]),
        ("getOrders renvoie 503 parfois", "http_status", &["503"]),
        ("Nous avons reçu 500 colis", "http_status", &[]),
        ("Otrzymaliśmy 404 zamówienia", "http_status", &[]),
        ("Wir haben 503 Bestellungen erhalten", "http_status", &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn messages_in_quotation_marks_in_prose() {
    check("amazon-sp-api", &[
        ("Der Aufruf wird mit \"Access to requested resource is denied\" abgelehnt.", "error_message", &["Access to requested resource is denied"]),
        ("Unser Menü \"Mittagskarte Nord West\" wurde mit „Menu has no section“ zurückgewiesen", "error_message", &["Menu has no section"]),
        ("Le flux est rejeté : « Unknown service type »", "error_message", &["Unknown service type"]),
        ("L'appel échoue sur « The request is not valid »", "error_message", &["The request is not valid"]),
        ("Żądanie jest odrzucane z „Invalid marketplace for seller”", "error_message", &["Invalid marketplace for seller"]),
        ("一直报错 \"Duplicate @id\"", "error_message", &["Duplicate @id"]),
        ("createFeed 失败，说是“无效的输入内容”", "error_message", &["无效的输入内容"]),
        ("It is rejected as \"Unknown menu item\".", "error_message", &["Unknown menu item"]),
        ("The call dies with \"Request has expired\"", "error_message", &["Request has expired"]),
        ("The feed history shows \"Stale Entity\" for it", "error_message", &["Stale Entity"]),
        ("In der Historie steht nur \"Recon Failure\"", "error_message", &["Recon Failure"]),
        ("W historii feedu: \"Feed processing failed\"", "error_message", &["Feed processing failed"]),
        ("The docs page fails with \"Request has expired\"", "error_message", &["Request has expired"]),
        ("Die Hilfeseite zeigt nur \"Zugriff verweigert für Sie\".", "error_message", &["Zugriff verweigert für Sie"]),
        ("Your guide on error handling says \"Retry the call with growing pauses\".", "error_message", &[]),
        ("您的文档里有报告说明：\"Reports are kept for ninety days\"", "error_message", &[]),
        ("Our app is called \"Order Sync Pro\" and it fails", "error_message", &[]),
        ("We rejected the offer \"two for one\" last week", "error_message", &[]),
        ("Das Produkt \"Rote Schuhe Gr 42\" fehlt", "error_message", &[]),
    ]);
}

/// The word behind a label is no value when it begins a sentence, a path or a count.
#[test]
#[rustfmt::skip]
fn what_follows_a_label_and_is_no_value() {
    check("amazon-sp-api", &[
        ("PHP Fatal error:  Uncaught GuzzleException in /app/x.php:12", "error_code", &["GuzzleException"]),
        ("ERROR: Something went wrong, please try again", "error_code", &[]),
        ("Error: Request failed with status code 403", "error_code", &[]),
        ("error: InvalidInput", "error_code", &["InvalidInput"]),
        ("Error code: Throttled_By_Gateway", "error_code", &["Throttled_By_Gateway"]),
        ("{\"status\": 403, \"statusText\": \"Forbidden\", \"code\": \"Unauthorized\"}", "error_code", &["Unauthorized"]),
    ]);
    check("google-ordering", &[
        ("Our integration (integration_id: supper_de_01, launched in 2021):\n\n> POST /v1alpha/feeds HTTP/1.1", "integration_id", &["supper_de_01"]),
        ("integration id:\n\nPOST /v1alpha/feeds HTTP/1.1", "integration_id", &[]),
        ("większość naszych restauracji (310 z 340) nie działa", "merchant_id", &[]),
        ("most of our restaurants (310 of 340) are affected", "merchant_id", &[]),
        ("Restaurants: 310 sur 340", "merchant_id", &[]),
    ]);
}

/// Who contrasts what works with what fails names the one that fails.
#[test]
#[rustfmt::skip]
fn contrasts_of_operations_and_marketplaces() {
    check("amazon-sp-api", &[
        ("Dotyczy tylko Holandii, w Niemczech i Francji to samo wywołanie działa.", "marketplace", &["NL"]),
        ("Das betrifft nur Italien, in Spanien läuft alles.", "marketplace", &["IT"]),
        ("C'est uniquement en Espagne, en France tout marche.", "marketplace", &["ES"]),
        ("It only hits Poland, in Germany it works.", "marketplace", &["PL"]),
        ("只有墨西哥站点报错，美国站正常。", "marketplace", &["MX"]),
        ("墨西哥站点报错,美国站正常。", "marketplace", &["MX"]),
        ("Fehler in den USA, nicht aber in Kanada.", "marketplace", &["US"]),
        ("Errors in the US but not in Canada.", "marketplace", &["US"]),
        ("中国法定节假日期间我们不上班。", "marketplace", &[]),
        ("日站和澳站都报错", "marketplace", &["JP", "AU"]),
        ("日本节点报错", "marketplace", &["JP"]),
        ("日本节假日我们不上班。", "marketplace", &[]),
        ("amazon.co.uk only", "marketplace", &["GB"]),
        ("Fehler auf amazon.be", "marketplace", &["BE"]),
        ("Contrairement à getOrders, getOrderItems plante.", "operation", &["getOrderItems"]),
        ("Anders als getOrders liefert getOrderItems 403.", "operation", &["getOrderItems"]),
        ("Unlike getOrders, getOrderItems returns 403.", "operation", &["getOrderItems"]),
        ("W przeciwieństwie do getOrders, getOrderItems zwraca 403.", "operation", &["getOrderItems"]),
        ("与 getOrders 不同，getOrderItems 返回 403。", "operation", &["getOrderItems"]),
        ("getOrders 没问题,getOrderItems 报错", "operation", &["getOrderItems"]),
        ("Operation \"Get Order Items\" fails with 403", "operation", &["getOrderItems"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn environment_and_pages() {
    check("amazon-sp-api", &[
        ("PHP 8.2 mit Guzzle", "environment", &["PHP 8.2", "Guzzle"]),
        ("at java.base/java.lang.Thread.run", "environment", &[]),
        ("biblioteka python-amazon-sp-api.", "environment", &["python-amazon-sp-api"]),
        ("see (https://developer-docs.amazon.com/sp-api/docs/x).", "tried_url", &["https://developer-docs.amazon.com/sp-api/docs/x"]),
        ("GET https://sellingpartnerapi-eu.amazon.com/orders/v0/orders", "tried_url", &[]),
    ]);
}

#[test]
fn a_form_is_read_with_certainty() {
    let found = extraction(
        "amazon-sp-api",
        "Danke.\n\n> --- precedent form abc ---\n> Operation {#operation}: getOrders\n> Marketplaces {#marketplace}: de, frankreich\n> Request-ID {#request_id}: ...\n> Zeit {#timestamp}: 9.3.2026 14:05 MEZ\n> --- end ---\n",
    );
    assert_eq!(found.answered, ["operation", "marketplace", "timestamp"]);
    let operation = &found.fields["operation"][0];
    assert_eq!(
        (operation.value.as_str(), operation.evidence.rule.as_str()),
        ("getOrders", "operation.form")
    );
    assert_eq!(found.fields["marketplace"].len(), 2);
    assert_eq!(
        found.times[0].utc.unwrap().to_string(),
        "2026-03-09T13:05:00Z"
    );
    assert!(!found.fields.contains_key("request_id"));
}

/// Choices were counted as answered and lost.
#[test]
fn choices_of_a_form_are_read_in_every_language() {
    let mut wrong = Vec::new();
    for (profile, requirement, answer, expected) in [
        (
            "google-ordering",
            "partner_status",
            "launched",
            Some("launched"),
        ),
        (
            "google-ordering",
            "partner_status",
            "Wir sind noch nicht live",
            Some("onboarding"),
        ),
        (
            "google-ordering",
            "partner_status",
            "lancée depuis mai",
            Some("launched"),
        ),
        (
            "google-ordering",
            "partner_status",
            "w trakcie integracji",
            Some("onboarding"),
        ),
        (
            "google-ordering",
            "partner_status",
            "已上线",
            Some("launched"),
        ),
        (
            "google-ordering",
            "partner_status",
            "尚未上线",
            Some("onboarding"),
        ),
        ("google-ordering", "partner_status", "purple", None),
        (
            "amazon-sp-api",
            "issue_type",
            "throttling",
            Some("throttling"),
        ),
        (
            "amazon-sp-api",
            "issue_type",
            "Drosselung",
            Some("throttling"),
        ),
        (
            "amazon-sp-api",
            "issue_type",
            "erreur d'API",
            Some("api_error"),
        ),
        (
            "amazon-sp-api",
            "issue_type",
            "migracja do SP-API",
            Some("sp_api_migration"),
        ),
        ("amazon-sp-api", "issue_type", "文档", Some("documentation")),
        ("amazon-sp-api", "persists", "fixed", Some("no")),
        (
            "amazon-sp-api",
            "persists",
            "Ja, bei jedem Aufruf",
            Some("yes"),
        ),
        ("amazon-sp-api", "persists", "plus maintenant", Some("no")),
        ("amazon-sp-api", "persists", "Tak, nadal", Some("yes")),
        ("amazon-sp-api", "persists", "已经好了", Some("no")),
        // Words for the end stood behind others that take them back.
        ("amazon-sp-api", "persists", "Still not fixed", Some("yes")),
        (
            "amazon-sp-api",
            "persists",
            "Yes, still not resolved",
            Some("yes"),
        ),
        ("amazon-sp-api", "persists", "not yet fixed", Some("yes")),
        (
            "amazon-sp-api",
            "persists",
            "Ja, leider noch nicht behoben",
            Some("yes"),
        ),
        (
            "amazon-sp-api",
            "persists",
            "noch nicht gelöst",
            Some("yes"),
        ),
        ("amazon-sp-api", "persists", "pas encore réglé", Some("yes")),
        ("amazon-sp-api", "persists", "Nadal nie działa", Some("yes")),
        ("amazon-sp-api", "persists", "nie działa", Some("yes")),
        ("amazon-sp-api", "persists", "Nie, już działa", Some("no")),
        ("amazon-sp-api", "persists", "还没有解决", Some("yes")),
        ("amazon-sp-api", "persists", "Nein.", Some("no")),
        ("amazon-sp-api", "persists", "non", Some("no")),
        (
            "google-ordering",
            "partner_status",
            "not yet launched",
            Some("onboarding"),
        ),
        (
            "google-ordering",
            "partner_status",
            "noch nicht in Produktion",
            Some("onboarding"),
        ),
    ] {
        let text = format!(
            "> --- precedent form abc ---\n> Name {{#{requirement}}}: {answer}\n> --- end ---\n"
        );
        let found = extraction(profile, &text);
        let chosen = found.chosen.get(requirement).map(String::as_str);
        if chosen != expected || found.answered.len() != usize::from(expected.is_some()) {
            wrong.push(format!(
                "{requirement} {answer}: {chosen:?} {:?}",
                found.answered
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn an_operation_may_be_answered_by_its_path() {
    let text = "> --- precedent form abc ---\n> API operation {#operation}: GET /orders/v0/orders\n> --- end ---\n";
    let found = extraction("amazon-sp-api", text);
    assert_eq!(found.fields["operation"][0].value, "getOrders");
}

#[test]
fn what_is_refused_says_why() {
    let found = extraction(
        "amazon-sp-api",
        "Seller ID: will follow. Händler: A3XXXXXXXXXXXX. getOrders works fine, getOrder returns 403.",
    );
    let reasons: Vec<&str> = found
        .refused
        .iter()
        .map(|refused| refused.reason.as_str())
        .collect();
    for reason in ["promised", "blanked", "named_as_working"] {
        assert!(reasons.contains(&reason), "{reasons:?}");
    }
}

mod apart;
mod beside;
