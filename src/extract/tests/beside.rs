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
        ("Die Bestell-API antwortet nicht.", "api_section", &["Orders"]),
        ("L'API de commandes ne répond plus.", "api_section", &["Orders"]),
        ("API zamówień zwraca błąd.", "api_section", &["Orders"]),
        ("Die API für Berichte hängt.", "api_section", &["Reports"]),
        ("订单接口一直报错", "api_section", &["Orders"]),
        ("The API reports an error, the orders are fine.", "api_section", &[]),
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

#[test]
#[rustfmt::skip]
fn values_some_words_behind_their_label() {
    check("google-ordering", &[
        ("Integration ID, as always: 61200345.", "integration_id", &["61200345"]),
        ("Our integration id is unchanged 61200345", "integration_id", &["61200345"]),
        ("Integrations-ID nach wie vor 61200345, live.", "integration_id", &["61200345"]),
        ("Unsere Integrations-ID (61200345)", "integration_id", &["61200345"]),
        ("Die Integrations-ID unseres Kontos lautet 61200345", "integration_id", &["61200345"]),
        ("L'identifiant d'intégration, 61200345, est en production.", "integration_id", &["61200345"]),
        ("identyfikator integracji jak zwykle 61200345", "integration_id", &["61200345"]),
        ("集成ID仍是 61200345，另一个集成ID分别为 7, 8", "integration_id", &["61200345"]),
        ("The order id of one example is GX-99120-7.", "order_id", &["GX-99120-7"]),
        ("The integration still breaks 500 times a day.", "integration_id", &[]),
        ("The integration, 2026-04-02, was renewed.", "integration_id", &[]),
        ("Order no. 4711 was rejected.", "order_id", &["4711"]),
        ("Bestellung Nr. 4711 wurde abgelehnt.", "order_id", &["4711"]),
        ("Orders of yesterday: 15230 orders were rejected.", "order_id", &[]),
        ("Order for the customer at this address: 10115 Berlin", "order_id", &[]),
        ("Example cart: cart_id = waw-118", "cart_id", &["waw-118"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn adjectives_of_what_is_sold_and_countries_of_people() {
    check("amazon-sp-api", &[
        ("getListingsItem returns 404 for our Swedish listings.", "marketplace", &["SE"]),
        ("Nur unser spanisches Angebot fehlt.", "marketplace", &["ES"]),
        ("Les commandes belges ne remontent pas.", "marketplace", &["BE"]),
        ("Na włoskim koncie mamy 403.", "marketplace", &["IT"]),
        ("Our Swedish account manager says getOrders returns 403.", "marketplace", &[]),
        ("Our Swedish account holder called.", "marketplace", &[]),
        ("Our Swedish account repeatedly gets 403 from getOrders.", "marketplace", &["SE"]),
        ("Our Polish listings: the team sees 404 from getListingsItem.", "marketplace", &["PL"]),
        ("Our engineers in India see 403 on amazon.fr.", "marketplace", &["FR"]),
        ("Notre entrepôt en Italie expédie, erreur 403 pour la France.", "marketplace", &["FR"]),
        ("我们的仓库在德国，日本站报 403", "marketplace", &["JP"]),
        ("Sellers in Germany get 403 from getOrders.", "marketplace", &["DE"]),
        ("Unser deutscher Kontakt bei Amazon rät dazu.", "marketplace", &[]),
        ("Our Polish accountant found it, our Italian Account Manager too.", "marketplace", &[]),
        ("C'est le compte allemand de notre banque.", "marketplace", &[]),
        ("我们的客户在日本站下单时 getOrders 报 403", "marketplace", &["JP"]),
        ("Der Lagerbestand in Deutschland fehlt in getInventorySummaries.", "marketplace", &["DE"]),
        ("Stany magazynowe w Niemczech są puste.", "marketplace", &["DE"]),
        ("Nasi programiści w Indiach widzą 403 na amazon.fr.", "marketplace", &["FR"]),
        ("Werktags in Polen kommt 403 bei getOrders.", "marketplace", &["PL"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn operations_of_steps_and_corrections_are_not_the_failing_one() {
    check("amazon-sp-api", &[
        ("createFeed hangs. Cancelled it with cancelFeed and sent another one, also stuck.", "operation", &["createFeed"]),
        ("createSubscription 报 409，用 sendTestNotification 试过，能收到", "operation", &["createSubscription"]),
        ("403 from listOrderItems? Sorry, getOrderItems.", "operation", &["getOrderItems"]),
        ("We checked it with getOrder and it returns 404.", "operation", &["getOrder"]),
        ("403 from getOrders, normalizeAddress is our own.", "operation", &["getOrders"]),
        ("createInboundPlan: getInboundOperationStatus says FAILED for the operation.", "operation", &["createInboundPlan"]),
        ("createInboundPlan works, getInboundOperationStatus returns 404.", "operation", &["getInboundOperationStatus"]),
        ("After createInboundPlan we poll getInboundOperationStatus, which returns 404.", "operation", &["createInboundPlan", "getInboundOperationStatus"]),
        ("We get 403 from getOrders. Sorry for the short mail.", "operation", &["getOrders"]),
        ("Funktioniert getOrders? Nein, es kommt 403 zurück.", "operation", &["getOrders"]),
        ("报 403 的是 getOrders，应该是权限问题。", "operation", &["getOrders"]),
        ("We checked the roles and get 403 with getOrders.", "operation", &["getOrders"]),
        ("The buyer cancelled the order, and with cancelFulfillmentOrder we see 400.", "operation", &["cancelFulfillmentOrder"]),
        ("L'offre n'est pas supprimée par deleteListingsItem.", "operation", &["deleteListingsItem"]),
        ("createReport works, but the report GET_MERCHANT_LISTINGS_ALL_DATA is empty.", "operation", &["createReport"]),
    ]);
    check("google-ordering", &[
        ("submitOrder passes all tests, checkout fails with INVALID.", "operation", &["checkout"]),
        ("提交订单测试通过了，结账接口报错", "operation", &["checkout"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn unquoted_messages_end_and_codes_of_prose_are_none() {
    check("google-ordering", &[
        ("Error: Unknown field in offer. Integration id 61200345, since noon.", "error_message", &["Unknown field in offer"]),
        ("错误信息：Unknown field in offer。集成ID 61200345", "error_message", &["Unknown field in offer"]),
        ("Error: Unknown field in offer. Remove it. Try again.", "error_message", &["Unknown field in offer. Remove it. Try again."]),
        ("Error: Invalid price list", "error_code", &[]),
        ("Error: Access denied by us. The integration ID is not known here.", "error_message", &["Access denied by us. The integration ID is not known here."]),
        ("Fehlermeldung: \"Approval required\"", "error_message", &["Approval required"]),
        ("submitOrder fails for what we call: \"Long tail customers in Italy\".", "error_message", &[]),
        ("Der Import lehnte die Datei mit allen Preisen ab: \"offer without parent\"", "error_message", &["offer without parent"]),
        ("The log says\n\n  MenuItem: \"currency is missing for it\"", "error_message", &["currency is missing for it"]),
        ("Le flux se termine par « Upload Failure »", "error_message", &["Upload Failure"]),
        ("Our account shows \"Under review\".", "error_message", &[]),
    ]);
}
