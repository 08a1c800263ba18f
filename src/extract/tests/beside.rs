//! Values beside others: named without their label, second in a list, in a table, or a remark on another value.

use super::*;

#[test]
#[rustfmt::skip]
fn entities_without_the_word_entity() {
    check("google-ordering", &[
        ("Our files for Service are missing since Monday: no Service file arrives.", "feed_entity", &["Service"]),
        ("Wczoraj wysłaliśmy pliki Service i Fee, oba odrzucone.", "feed_entity", &["Service", "Fee"]),
        ("Le fichier Restaurant est refusé.", "feed_entity", &["Restaurant"]),
        ("Die Dateien Menu und Availability werden abgelehnt.", "feed_entity", &["Menu", "Availability"]),
        ("Service 文件没有更新", "feed_entity", &["Service"]),
        ("The Service feed passes validation, but for Menu we get INVALID.", "feed_entity", &["Menu"]),
        ("Der Feed Service geht durch, aber bei Fee kommt INVALID.", "feed_entity", &["Fee"]),
        ("Le flux Service passe la validation, mais pour Menu nous avons INVALID.", "feed_entity", &["Menu"]),
        ("Our Customer Service asks for a feed. Please see the Menu button.", "feed_entity", &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn operations_that_take_what_they_do_not_give() {
    check("amazon-sp-api", &[
        ("createReport accepted our request, but the document is empty.", "operation", &["createReport"]),
        ("createReport hat die Anfrage angenommen, aber das Ergebnis ist leer.", "operation", &["createReport"]),
        ("createReport accepted our request, but getReportDocument fails.", "operation", &["getReportDocument"]),
        ("It would be great if createFeed accepted two documents at once.", "operation", &["createFeed"]),
        ("Es wäre schön, wenn createFeed auch ZIP-Dateien akzeptieren würde.", "operation", &["createFeed"]),
        ("Byłoby dobrze, gdyby createFeed działało dla dwóch plików.", "operation", &["createFeed"]),
    ]);
    check("google-ordering", &[
        ("用户结账时报错 CLOSED", "operation", &["checkout"]),
        ("结账接口返回 INVALID", "operation", &["checkout"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn sections_by_what_belongs_to_them() {
    check("amazon-sp-api", &[
        ("What does the field version of ANY_OFFER_CHANGED mean?", "api_section", &["Notifications"]),
        ("Welche Spalten hat POST_PRODUCT_PRICING_DATA?", "api_section", &["Feeds"]),
        ("getItemOffers returns 400.\n\nAnother matter: our feed 523841190277 ended in FATAL.", "api_section", &["Product Pricing", "Feeds"]),
        ("1) feed 523841190277 kończy się błędem FATAL.\n2) getItemOffers zwraca 400.", "api_section", &["Feeds", "Product Pricing"]),
        ("getItemOffers returns 400. The feed 523841190277 was fine.", "api_section", &["Product Pricing"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn names_behind_the_first() {
    check("google-ordering", &[
        ("Integrations: pizza-north and pizza-south", "integration_id", &["pizza-north", "pizza-south"]),
        ("Integrations-IDs: pizza-nord und pizza-sued", "integration_id", &["pizza-nord", "pizza-sued"]),
        ("Identifiants d'intégration : pizza-nord et pizza-sud", "integration_id", &["pizza-nord", "pizza-sud"]),
        ("Integracje: pizza-pn oraz pizza-pd", "integration_id", &["pizza-pn", "pizza-pd"]),
        ("集成ID：pizza-bei、pizza-nan", "integration_id", &["pizza-bei", "pizza-nan"]),
        ("Integration IDs: tacotown, burgertown.", "integration_id", &["tacotown", "burgertown"]),
        ("Integration ID: pizza-nord und bitte um Antwort", "integration_id", &["pizza-nord"]),
    ]);
    check("amazon-sp-api", &[
        ("Wir haben es mit Firefox und Chrome versucht.", "environment", &["Firefox", "Chrome"]),
        ("试过 Safari 和 Edge 浏览器", "environment", &["Safari", "Edge"]),
        ("The page stays white in Firefox, another browser does the same.", "environment", &["Firefox"]),
        ("This is an Edge case.", "environment", &[]),
        ("reportId          reportType                processingStatus\n506376300792      GET_AFN_INVENTORY_DATA    CANCELLED\n534427901070      GET_AFN_INVENTORY_DATA    CANCELLED", "report_id", &["506376300792", "534427901070"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn remarks_on_codes_and_words_of_messages() {
    check("amazon-sp-api", &[
        ("{\"code\":\"InvalidInput\",\"message\":\"Unknown value for kind: GARDEN_CHAIR_SET\"}", "error_code", &["InvalidInput"]),
        ("{\"code\":\"InvalidInput\",\"message\":\"Unknown value for kind: GARDEN_CHAIR_SET\"}", "error_message", &["Unknown value for kind: GARDEN_CHAIR_SET"]),
        ("Error: InvalidInput, returned by putListingsItem", "error_message", &[]),
        ("Fehler: InvalidInput, kommt bei putListingsItem", "error_message", &[]),
        ("Erreur : InvalidInput, renvoyée par putListingsItem", "error_message", &[]),
        ("Błąd: InvalidInput, zwracany przez putListingsItem", "error_message", &[]),
        ("错误：InvalidInput，由 putListingsItem 返回的", "error_message", &[]),
        ("Erreur : 400 InvalidInput, weight is missing here", "error_message", &["weight is missing here"]),
    ]);
}
