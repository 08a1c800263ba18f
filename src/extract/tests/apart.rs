//! What is named apart from the matter, what is only supposed, and errors as programs write them in one line.

use super::*;

#[test]
#[rustfmt::skip]
fn what_a_matter_is_unrelated_to() {
    check("amazon-sp-api", &[
        ("This is unrelated to confirmShipment: getSubscriptionById returns 404.", "operation", &["getSubscriptionById"]),
        ("It has nothing to do with confirmShipment, now getSubscriptionById returns 404.", "operation", &["getSubscriptionById"]),
        ("Unlike our last case this is not about confirmShipment. getSubscriptionById returns 404.", "operation", &["getSubscriptionById"]),
        ("Not related to createFeed. getOrders fails with 403.", "operation", &["getOrders"]),
        ("A different problem from the one with createFeed: getOrders fails with 403.", "operation", &["getOrders"]),
        ("The two failures may be related: createFeed and getOrders both return 403.", "operation", &["createFeed", "getOrders"]),
        ("Unrelated to my other question, getOrders returns 403.", "operation", &["getOrders"]),
        ("The 403 of getOrders has nothing to do with our roles, we checked them.", "operation", &["getOrders"]),
        ("We think the failure of getOrders is unrelated to our deployment.", "operation", &["getOrders"]),
        ("Das hat mit confirmShipment nichts zu tun: getSubscriptionById liefert 404.", "operation", &["getSubscriptionById"]),
        ("Das hat nichts mit confirmShipment zu tun, getSubscriptionById liefert 404.", "operation", &["getSubscriptionById"]),
        ("Es geht diesmal nicht um createFeed, sondern um getOrders: 403.", "operation", &["getOrders"]),
        ("Neues Thema ohne Bezug zu createFeed: getOrders schlägt mit 403 fehl.", "operation", &["getOrders"]),
        ("getOrders liefert 403, das hat nichts mit unseren Rollen zu tun.", "operation", &["getOrders"]),
        ("Der Fehler bei getOrders hat mit unserem Update nichts zu tun.", "operation", &["getOrders"]),
        ("Un tout autre problème, sans rapport avec confirmShipment : getSubscriptionById renvoie 404.", "operation", &["getSubscriptionById"]),
        ("Rien à voir avec confirmShipment : getSubscriptionById renvoie 404.", "operation", &["getSubscriptionById"]),
        ("Cela n'a rien à voir avec confirmShipment. getSubscriptionById renvoie 404.", "operation", &["getSubscriptionById"]),
        ("Sans lien avec createFeed, getOrders renvoie 403.", "operation", &["getOrders"]),
        ("Il ne s'agit pas de createFeed : getOrders échoue avec 403.", "operation", &["getOrders"]),
        ("L'erreur 403 de getOrders est sans rapport avec nos rôles.", "operation", &["getOrders"]),
        ("Nie ma to związku z confirmShipment: getSubscriptionById zwraca 404.", "operation", &["getSubscriptionById"]),
        ("To nie ma nic wspólnego z confirmShipment, getSubscriptionById zwraca 404.", "operation", &["getSubscriptionById"]),
        ("Sprawa niezwiązana z confirmShipment: getSubscriptionById zwraca 404.", "operation", &["getSubscriptionById"]),
        ("Nie chodzi o createFeed, tylko o getOrders, które zwraca 403.", "operation", &["getOrders"]),
        ("Błąd 403 w getOrders nie ma związku z naszymi rolami.", "operation", &["getOrders"]),
        ("与confirmShipment无关：getSubscriptionById 返回404。", "operation", &["getSubscriptionById"]),
        ("这跟 confirmShipment 没有关系，getSubscriptionById 返回404。", "operation", &["getSubscriptionById"]),
        ("和confirmShipment不相关，getSubscriptionById返回404。", "operation", &["getSubscriptionById"]),
        ("这次不是createFeed的问题，是getOrders返回403。", "operation", &["getOrders"]),
        ("getOrders返回403，与我们的权限无关。", "operation", &["getOrders"]),
        ("getOrders报403，跟角色没有关系。", "operation", &["getOrders"]),
        ("My question about confirmShipment: is the quantity optional?", "operation", &["confirmShipment"]),
        ("We think this is unrelated to the outage: getOrders returns 403 since noon.", "operation", &["getOrders"]),
        ("The error has nothing to do with throttling. getOrders returns 403.", "operation", &["getOrders"]),
        ("Ohne Bezug zu einem früheren Fall: getOrders liefert 403.", "operation", &["getOrders"]),
        ("Not only confirmShipment in sandbox: it has to do with confirmShipment in production too, 400.", "operation", &["confirmShipment"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_request_that_failed_is_no_code() {
    check("amazon-sp-api", &[
        ("Client error: `GET https://sellingpartnerapi-eu.amazon.com/orders/v0/orders` resulted in a `403 Forbidden` response", "error_code", &[]),
        ("Server error: `POST https://sellingpartnerapi-eu.amazon.com/feeds/2021-06-30/feeds` resulted in a `500 Internal Server Error` response", "error_code", &[]),
        ("Error: POST /orders/v0/orders", "error_code", &[]),
        ("Error: DELETE /notifications/v1/destinations/x failed with 404", "error_code", &[]),
        ("error: HEAD /orders/v0/orders 403", "error_code", &[]),
        ("Error code: PATCH /listings/2021-08-01/items/A1/SKU 400", "error_code", &[]),
        ("ERROR: OPTIONS /orders/v0/orders 405", "error_code", &[]),
        ("Error: Get \"https://sellingpartnerapi-eu.amazon.com/orders/v0/orders\": context deadline exceeded", "error_code", &[]),
        ("Error: Request failed with status code 403", "error_code", &[]),
        ("requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: https://sellingpartnerapi-eu.amazon.com/orders/v0/orders", "error_code", &[]),
        ("Error: PUT https://sellingpartnerapi-eu.amazon.com/listings/2021-08-01/items/A1 returned 400", "error_code", &[]),
        ("Fehler: GET /orders/v0/orders liefert 403", "error_code", &[]),
        ("Fehlercode: POST /feeds/2021-06-30/feeds 400", "error_code", &[]),
        ("Erreur : GET /orders/v0/orders renvoie 403", "error_code", &[]),
        ("Code d'erreur : DELETE /notifications/v1/destinations/x 404", "error_code", &[]),
        ("Błąd: GET /orders/v0/orders 403", "error_code", &[]),
        ("错误：GET /orders/v0/orders 返回403", "error_code", &[]),
        ("错误代码：POST /feeds/2021-06-30/feeds", "error_code", &[]),
        ("Client error: `GET https://sellingpartnerapi-eu.amazon.com/orders/v0/orders` resulted in a `403 Forbidden` response", "operation", &["getOrders"]),
        ("Error code: InvalidInput on POST /feeds/2021-06-30/feeds", "error_code", &["InvalidInput"]),
        ("Error: QuotaExceeded for GET /orders/v0/orders", "error_code", &["QuotaExceeded"]),
        ("GET /orders/v0/orders error: Unauthorized", "error_code", &["Unauthorized"]),
        ("error: InvalidInput", "error_code", &["InvalidInput"]),
        ("Client error: `GET https://sellingpartnerapi-eu.amazon.com/orders/v0/orders` resulted in a `403 Forbidden` response", "http_status", &["403"]),
    ]);
    check("google-ordering", &[
        ("Error: NOT_FOUND", "error_code", &["NOT_FOUND"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn a_status_that_is_only_supposed() {
    check("amazon-sp-api", &[
        ("If we call getOrders with the new token, we get HTTP 403.", "http_status", &["403"]),
        ("If I send this request it returns HTTP 403 every time.", "http_status", &["403"]),
        ("It would help if you could tell us why we get HTTP 403.", "http_status", &["403"]),
        ("It would be nice if getOrders did not return HTTP 500.", "http_status", &["500"]),
        ("I would be grateful if someone looked into the HTTP 403.", "http_status", &["403"]),
        ("If the role were missing we would understand the HTTP 403.", "http_status", &["403"]),
        ("We get HTTP 429 even if we wait a minute.", "http_status", &["429"]),
        ("We would like to know if the HTTP 403 is caused by our role.", "http_status", &["403"]),
        ("Wenn wir getOrders aufrufen, kommt HTTP 403.", "http_status", &["403"]),
        ("Ich wäre dankbar, wenn Sie den HTTP 403 prüfen würden.", "http_status", &["403"]),
        ("Es wäre schön, wenn getOrders keinen HTTP 500 mehr liefern würde, denn HTTP 500 kommt ständig.", "http_status", &["500"]),
        ("Wenn die Rolle fehlen würde, wäre der HTTP 403 verständlich.", "http_status", &["403"]),
        ("Wir würden gern wissen, ob der HTTP 403 an uns liegt.", "http_status", &["403"]),
        ("Si nous appelons getOrders, nous recevons HTTP 403.", "http_status", &["403"]),
        ("Nous serions reconnaissants si vous pouviez expliquer le HTTP 403.", "http_status", &["403"]),
        ("Si le rôle manquait, nous comprendrions le HTTP 403.", "http_status", &["403"]),
        ("Nous recevons HTTP 429 même si nous attendons.", "http_status", &["429"]),
        ("Jeśli wywołujemy getOrders, dostajemy HTTP 403.", "http_status", &["403"]),
        ("Bylibyśmy wdzięczni, gdyby ktoś sprawdził HTTP 403.", "http_status", &["403"]),
        ("Gdyby brakowało roli, rozumielibyśmy HTTP 403.", "http_status", &["403"]),
        ("如果调用getOrders，就返回HTTP 403。", "http_status", &["403"]),
        ("如果您能解释HTTP 403的原因，我们会非常感谢。", "http_status", &["403"]),
        ("如果等一分钟再调用，还是返回HTTP 429。", "http_status", &["429"]),
        ("老师好，\n\n我是新手。用PHP 8.2请求沙箱返回403", "http_status", &["403"]),
    ]);
    check("google-ordering", &[
        ("The integration is up, and if orderfood.google.com were returning HTTP 500 for everybody I would have used the urgent category.", "http_status", &[]),
        ("If it were a 500 we would have called you.", "http_status", &[]),
        ("If we got a 503 on all calls, I would say it is down.", "http_status", &[]),
        ("We would use the urgent form if customers were getting HTTP 500.", "http_status", &[]),
        ("If users had seen an HTTP 500 I would have called at once.", "http_status", &[]),
        ("Wenn orderfood.google.com HTTP 500 liefern würde, hätte ich die dringende Kategorie gewählt.", "http_status", &[]),
        ("Falls es ein HTTP 500 gewesen wäre, hätten wir sofort angerufen.", "http_status", &[]),
        ("Wenn orderfood.google.com für alle HTTP 500 lieferte, würden wir anrufen.", "http_status", &[]),
        ("Wenn es ein HTTP 503 gäbe, würden wir es melden.", "http_status", &[]),
        ("Si orderfood.google.com renvoyait HTTP 500 pour tous, je l'aurais signalé en urgence.", "http_status", &[]),
        ("Si c'était une erreur 500, nous aurions appelé.", "http_status", &[]),
        ("S'il y avait eu un HTTP 500, j'aurais choisi la catégorie urgente.", "http_status", &[]),
        ("Si les clients recevaient un HTTP 500, nous passerions par l'urgence.", "http_status", &[]),
        ("Si le site avait répondu HTTP 503, nous vous aurions téléphoné.", "http_status", &[]),
        ("Nous utiliserions la catégorie urgente si orderfood.google.com renvoyait HTTP 500.", "http_status", &[]),
        ("Gdyby orderfood.google.com zwracało HTTP 500 wszystkim, zgłosiłbym to jako pilne.", "http_status", &[]),
        ("Gdyby to był błąd 500, zadzwonilibyśmy.", "http_status", &[]),
        ("Gdyby klienci dostawali HTTP 500, wybralibyśmy kategorię pilną.", "http_status", &[]),
        ("Zgłosilibyśmy to pilnie, gdyby strona zwracała HTTP 503.", "http_status", &[]),
        ("Gdybyśmy widzieli HTTP 500, dzwonilibyśmy od razu.", "http_status", &[]),
        ("Gdyby wszędzie było HTTP 500, byłoby to pilne.", "http_status", &[]),
        ("如果orderfood.google.com对所有人都返回HTTP 500，我会选紧急类别。", "http_status", &[]),
        ("要是返回500错误，我们早就打电话了。", "http_status", &[]),
        ("假如是HTTP 500，我们会直接打电话。", "http_status", &[]),
        ("若是返回HTTP 503，我就会选紧急了。", "http_status", &[]),
        ("如果真是HTTP 500的话，我早就选紧急了。", "http_status", &[]),
    ]);
}

#[test]
#[rustfmt::skip]
fn messages_behind_a_status_and_a_code() {
    check("amazon-sp-api", &[
        ("Réponse : HTTP 400 - InvalidInput - Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("HTTP 400 - InvalidInput - Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("getOrders gives 400 InvalidInput: Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("HTTP 400 / InvalidInput / Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("Fehler 400 InvalidInput (Package quantity exceeds the ordered quantity.)", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("Antwort: 400 InvalidInput – Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("Odpowiedź: HTTP 400 - InvalidInput - Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("报错：400 InvalidInput，Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("返回：HTTP 400 - InvalidInput - Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("HTTP 400（InvalidInput）：Package quantity exceeds the ordered quantity.", "error_message", &["Package quantity exceeds the ordered quantity."]),
        ("HTTP 400 - InvalidInput - on every call since noon.", "error_message", &[]),
        ("We get 400 InvalidInput: we tried three times without luck.", "error_message", &[]),
        ("400 InvalidInput - Amazon IT marketplace orders", "error_message", &[]),
        ("HTTP 400 / InvalidInput / confirmShipment for all orders.", "error_message", &[]),
        ("We get 400 InvalidInput. Package quantity is two for this order.", "error_message", &[]),
        ("400 InvalidInput (since this morning, for all orders).", "error_message", &[]),
        ("HTTP 400 - InvalidInput - Bitte helfen Sie uns schnell weiter.", "error_message", &[]),
        ("Fehler 400 InvalidInput (Das passiert bei jedem Aufruf.)", "error_message", &[]),
        ("HTTP 400 - InvalidInput - Merci de votre aide rapide.", "error_message", &[]),
        ("Erreur 400 InvalidInput (Toutes les commandes italiennes sont touchées.)", "error_message", &[]),
        ("HTTP 400 - InvalidInput - Proszę o szybką pomoc.", "error_message", &[]),
        ("HTTP 400 - InvalidInput - 请尽快帮忙处理一下。", "error_message", &[]),
        ("\"text\": \"{\\\"errors\\\":[{\\\"code\\\":\\\"Unauthorized\\\",\\\"message\\\":\\\"Access to requested resource is denied.\\\"}]}\"", "error_message", &["Access to requested resource is denied."]),
        ("\"text\": \"{\\\"errors\\\":[{\\\"code\\\":\\\"Unauthorized\\\",\\\"message\\\":\\\"Access to requested resource is denied.\\\"}]}\"", "error_code", &["Unauthorized"]),
    ]);
    check("google-ordering", &[
        ("{\"error\":\"upstream order gateway closed the connection\"}", "error_message", &["upstream order gateway closed the connection"]),
        ("HTTP 502 {\"error\":\"upstream order gateway closed the connection\"}", "error_message", &["upstream order gateway closed the connection"]),
        ("\"response\": {\"status\": 502, \"content\": {\"mimeType\": \"application/json\", \"text\": \"{\\\"error\\\":\\\"upstream order gateway closed the connection\\\"}\"}}", "error_message", &["upstream order gateway closed the connection"]),
        ("\"text\": \"{\\\"order\\\":\\\"soup and bread for two\\\"}\"", "error_message", &[]),
        ("\"body\": \"{\\\"error\\\": {\\\"code\\\": 400, \\\"message\\\": \\\"The menu could not be read\\\"}}\"", "error_message", &["The menu could not be read"]),
        ("502 Bad Gateway: {\"message\":\"order id is unknown\",\"code\":\"NOT_FOUND\"}", "error_message", &["order id is unknown"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn sections_called_so_in_a_sentence() {
    check("amazon-sp-api", &[
        ("Hier la SP-API a connu une panne sur la section Orders.", "api_section", &["Orders"]),
        ("La section Notifications ne répond plus.", "api_section", &["Notifications"]),
        ("Erreur 500 dans la section « Feeds » depuis midi.", "api_section", &["Feeds"]),
        ("La panne touche la section Reports de la SP-API.", "api_section", &["Reports"]),
        ("Dans la section Orders de Seller Central, tout est normal pour nous.", "api_section", &[]),
        ("J'ai lu la section Reports de la documentation.", "api_section", &[]),
        ("La section Orders renvoie 500, pouvez-vous vérifier ?", "api_section", &["Orders"]),
        ("What happened to the Orders section yesterday?", "api_section", &["Orders"]),
        ("The Feeds section answers with 500.", "api_section", &["Feeds"]),
        ("Our problem is in section Notifications.", "api_section", &["Notifications"]),
        ("There was an outage of the \"Reports\" section.", "api_section", &["Reports"]),
        ("In the Orders section of Seller Central we see the order.", "api_section", &[]),
        ("The Feeds section of your documentation does not say so.", "api_section", &[]),
        ("The Reports section of the guide is unclear.", "api_section", &[]),
        ("On the page there is an Orders section with a button.", "api_section", &[]),
        ("Der Abschnitt Orders antwortet nicht.", "api_section", &["Orders"]),
        ("Der Bereich Feeds ist gestört.", "api_section", &["Feeds"]),
        ("Gestern gab es eine Störung im Bereich Orders.", "api_section", &["Orders"]),
        ("Im Abschnitt Orders der Dokumentation fehlt das Feld.", "api_section", &[]),
        ("Im Bereich Orders auf der Seite steht nichts.", "api_section", &[]),
        ("Chodzi o sekcję Orders.", "api_section", &["Orders"]),
        ("Sekcja Notifications nie odpowiada.", "api_section", &["Notifications"]),
        ("Awaria w sekcji Reports.", "api_section", &["Reports"]),
        ("W sekcji Orders na stronie Seller Central wszystko widać.", "api_section", &[]),
        ("Sekcja Feeds w dokumentacji jest niejasna.", "api_section", &[]),
        ("Orders部分昨天出现故障。", "api_section", &["Orders"]),
        ("Feeds 模块一直报错。", "api_section", &["Feeds"]),
        ("文档的Orders部分没有说明。", "api_section", &[]),
        ("Seller Central后台的Orders模块显示正常。", "api_section", &[]),
        ("getOrders fails, and the Orders section of your status list is empty.", "api_section", &["Orders"]),
    ]);
}

#[test]
#[rustfmt::skip]
fn the_time_when_it_ceased_to_work() {
    for text in [
        "Heute um 08:15 Uhr hat der Abruf der Token aufgehört zu funktionieren.",
        "Um 08:15 Uhr hörte getOrders auf zu funktionieren.",
        "Seit 08:15 Uhr funktioniert getOrders nicht mehr.",
        "Ce matin à 8h15 getOrders a cessé de fonctionner.",
        "À 8h15 la connexion s'est arrêtée de fonctionner.",
        "At 08:15 CEST getOrders ceased to work.",
        "At 08:15 CEST getOrders quit working.",
        "getOrders ceased working at 08:15 CEST.",
        "O 8:15 getOrders przestało działać.",
        "8:15（北京时间）getOrders不能正常工作了。",
        "8:15（北京时间）起getOrders无法正常返回。",
        "今天8:15 getOrders没有正常工作。",
        "getOrders fails since 09:00 UTC. At 08:15 UTC it worked.",
        "getOrders scheitert seit 09:00 UTC. Um 08:15 UTC funktionierte es noch.",
        "getOrders échoue depuis 9h00 UTC. À 8h15 UTC tout fonctionnait.",
        "getOrders zwraca 403 od 9:00 UTC. O 8:15 UTC działało.",
        "getOrders从9:00（北京时间）开始报错，8:15还能正常工作。",
    ] {
        assert_eq!(extraction("amazon-sp-api", text).times.len(), 1, "{text}");
    }
}

#[test]
#[rustfmt::skip]
fn what_only_looks_apart() {
    check("amazon-sp-api", &[
        ("Our new role has nothing to do with confirmShipment, which still returns 400.", "operation", &["confirmShipment"]),
        ("We use getOrders independently of the region: it returns 403 everywhere.", "operation", &["getOrders"]),
        ("Es geht nicht um Geld, sondern um createFeed: 400.", "operation", &["createFeed"]),
        ("La panne ne concerne pas que la France : getOrders échoue partout avec 403.", "operation", &["getOrders"]),
        ("getOrders zwraca 403 niezależnie od kraju.", "operation", &["getOrders"]),
        ("无论哪个站点，getOrders都返回403。", "operation", &["getOrders"]),
        ("getOrders returns HTTP 403 if the role was removed, would that be expected?", "http_status", &["403"]),
        ("If we had waited longer, we would not have HTTP 429, but we need the data.", "http_status", &["429"]),
        ("Had we known about the maintenance we would not have called; anyway HTTP 500 is back today.", "http_status", &["500"]),
        ("Si le jeton était expiré, nous aurions compris ; or nous recevons HTTP 403.", "http_status", &["403"]),
        ("It was getOrders that returned HTTP 403, we would like to know why.", "http_status", &["403"]),
        ("Error: InvalidInput, the request was PUT /listings/2021-08-01/items/A1.", "error_code", &["InvalidInput"]),
        ("getOrders: 403 Unauthorized - Our seller in Italy is not able to see orders.", "error_message", &[]),
        ("400 InvalidInput (confirmShipment, all orders since Monday are affected.)", "error_message", &[]),
        ("429 QuotaExceeded: We are sending one request a second.", "error_message", &[]),
        ("400 InvalidInput: Wir senden nur ein Paket.", "error_message", &[]),
        ("{\"error\":\"invalid_grant\"}", "error_message", &[]),
        ("The first section of your answer was helpful.", "api_section", &[]),
    ]);
    check("google-ordering", &[
        ("\"error\":\"true\"", "error_message", &[]),
        ("{\"error\":\"INVALID_CART\"}", "error_message", &[]),
    ]);
}
