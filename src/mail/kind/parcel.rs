//! Notices of carriers: where a parcel is, and how to follow it. Carriers alone send them: people who send something, or
//! work there, write so too.

use super::terms::{Table, Terms, Text};
use super::{Facts, Judgement};
use crate::mail::MailKind;

/// What is on its way.
#[rustfmt::skip]
pub(super) static PARCELS: Terms = Terms::new(Table::Parcel, &[
    "your parcel", "your package", "your shipment", "your delivery", "your consignment", "parcel for you", "package for you", "ihre sendung", "ihr paket", "ihre lieferung", "deine sendung", "dein paket", "paket für sie", "votre colis", "votre envoi", "votre livraison", "ton colis", "twoja przesyłka", "twoja paczka", "twoją przesyłkę",
    "twoją paczkę", "przesyłka nr", "przesyłka o numerze", "paczka nr", "paczka o numerze", "państwa przesyłka", "您的快递", "您的包裹", "您的快件", "您的货物", "您有快递", "您有一个包裹", "su paquete", "su envío", "tu paquete", "tu envío", "il tuo pacco", "la tua spedizione", "il suo pacco", "a sua encomenda", "seu pacote", "uw pakket", "je pakket", "お荷物",
]);

/// Where it is.
#[rustfmt::skip]
pub(super) static STATES: Terms = Terms::new(Table::ParcelState, &[
    "has been delivered", "was delivered", "is on its way", "is on the way", "has been shipped", "has been dispatched", "out for delivery", "will be delivered", "will arrive", "ready for pick", "ready for collection", "ready to be collected", "is arriving", "delivery attempt", "has been handed over", "has been picked up", "is in transit",
    "wurde zugestellt", "wird zugestellt", "wird heute", "wird morgen", "wird voraussichtlich", "wurde heute", "ist unterwegs", "wurde versendet", "wurde versandt", "wurde verschickt", "ist auf dem weg", "liegt zur abholung", "liegt bereit", "ist abholbereit", "wurde übergeben", "kommt heute", "kommt morgen", "a été livré", "a été expédié", "a été remis", "en cours de livraison",
    "est en route", "sera livré", "vous attend", "est disponible", "en cours d'acheminement", "doręczon", "została nadana", "została wysłana", "jest w drodze", "w drodze do", "czeka na", "czeka w", "wydana do doręczenia", "przekazana do doręczenia", "gotowa do odbioru", "została dostarczona", "已签收", "已送达", "派送中", "正在派送", "派件", "已发货", "已发出", "已揽收", "运输中",
    "待取", "取件码", "已到达", "已到", "ha sido entregado", "está en camino", "ha sido enviado", "en reparto", "è stato consegnato", "è in arrivo", "è stata consegnata", "in consegna", "foi entregue", "está a caminho", "saiu para entrega", "is bezorgd", "is onderweg", "wordt vandaag", "配達", "発送",
]);

/// How to follow it.
#[rustfmt::skip]
pub(super) static TRACKING: Terms = Terms::new(Table::ParcelTrack, &[
    "track your", "track it", "track the", "track this", "track shipment", "track parcel", "tracking number", "tracking id", "tracking code", "follow your", "sendung verfolgen", "sendungsverfolgung", "sendungsnummer", "paket verfolgen", "trackingnummer", "lieferung verfolgen", "paketnummer", "suivre votre", "suivre mon", "suivre le", "suivre l'", "suivez votre", "suivi de", "numéro de suivi",
    "numéro de colis", "śledź", "śledzenie", "śledzić", "numer przesyłki", "numer nadania", "numer paczki", "kod odbioru", "查看物流", "物流详情", "物流信息", "运单号", "快递单号", "单号", "查询快递", "跟踪包裹", "取件码", "seguimiento", "seguir su", "seguir tu", "sigue tu", "traccia", "tracciamento", "rastrear", "rastreio", "acompanhe", "volg je", "volg uw", "track & trace", "追跡", "お問い合わせ番号",
]);

/// Carriers, as they name themselves, lower case.
#[rustfmt::skip]
const CARRIERS: &[&str] = &[
    "dhl", "ups", "fedex", "dpd", "gls", "hermes", "evri", "inpost", "paczkomaty", "colissimo", "chronopost", "la poste", "mondial relay", "poczta polska", "pocztex", "orlen paczka", "usps", "royal mail", "parcelforce", "yodel", "tnt", "postnl", "bpost", "correos", "seur", "poste italiane", "brt", "ctt", "deutsche post", "österreichische post",
    "swiss post", "die post", "australia post", "canada post", "amazon logistics", "db schenker", "dachser", "顺丰", "顺丰速运", "中通", "中通快递", "圆通", "圆通速递", "申通", "申通快递", "韵达", "韵达快递", "极兔", "极兔速递", "菜鸟", "菜鸟驿站", "菜鸟裹裹", "京东物流", "京东快递", "中国邮政", "ems", "sf express", "yamato", "sagawa", "ヤマト運輸", "佐川急便", "日本郵便",
];

/// What carriers put behind their name, lower case.
#[rustfmt::skip]
const BEHIND: &[&str] = &[
    "paket", "parcel", "express", "delivery", "tracking", "my", "choice", "deutschland", "germany", "polska", "poland", "france", "uk", "österreich", "schweiz", "china", "international", "group", "zustellung", "sendungsverfolgung", "benachrichtigung", "notification", "notifications", "info", "service", "kundenservice", "versand", "ecommerce",
    "mail", "email", "ship", "manager", "connect", "predict", "kurier", "kuriér", "快递", "速运", "通知",
];

/// Local parts from which carriers write, lower case.
#[rustfmt::skip]
const LOCAL_PARTS: &[&str] = &[
    "sendung", "sendungen", "sendungsverfolgung", "sendungsstatus", "zustellung", "paket", "pakete", "paketankuendigung", "track", "tracking", "trackandtrace", "shipment", "shipments", "shipping", "parcel", "parcels", "colis", "suivi", "suivi-colis", "livraison", "przesylka", "przesylki", "paczka", "paczki", "sledzenie", "kurier", "kuaidi", "wuliu", "delivery",
    "deliveries", "auto-delivery", "shipment-tracking", "status",
];

/// Longest notice. Bytes.
const BYTES_MAX: usize = 3_000;

pub(super) fn judge(facts: &Facts<'_>, text: &Text) -> Judgement {
    let parcel = PARCELS.first_in(&text.body)?;
    let state = STATES.first_in(&text.body)?;
    (TRACKING.first_in(&text.body).is_some()
        && is_carrier(facts)
        && text.body.len() <= BYTES_MAX
        && !text.answers_or_forwards()
        && !facts.has_header("In-Reply-To")
        && !facts.has_quote
        && !super::terms::speaks_of_self(&text.body)
        && !super::terms::complains(&text.body)
        && !super::terms::asks(&text.body)
        && !super::report::BUTS
            .iter()
            .any(|but| text.body.contains(but))
        && !super::note::wants_more(&text.body)
        && !super::note::requests(facts.own_words)
        && !super::person::is_signed(facts.new_text))
    .then(|| {
        (
            MailKind::Notification,
            "parcel_text",
            format!("{parcel} {state}"),
        )
    })
}

/// Whether a carrier writes in its own name: nobody beside it, from an address of its programs.
fn is_carrier(facts: &Facts<'_>) -> bool {
    let Some(from) = facts.from.first() else {
        return false;
    };
    // Shops write from `shipping@` as well.
    let by_program = || {
        let domain = from
            .address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain);
        LOCAL_PARTS.contains(&facts.local_part())
            && domain.to_lowercase().split(['.', '-']).any(is_carrier_name)
    };
    is_carrier_name(&from.name.to_lowercase()) || by_program()
}

/// `DHL Paket`, `顺丰快递`, of a domain also `royalmail` and `dpdgroup`: a carrier's name, and nothing behind it but what they put there.
fn is_carrier_name(text: &str) -> bool {
    CARRIERS.iter().any(|carrier| {
        let rest = text
            .strip_prefix("my")
            .unwrap_or(text)
            .strip_prefix(carrier)
            .or_else(|| text.strip_prefix(&carrier.replace(' ', "")));
        rest.is_some_and(|rest| rest.split_whitespace().all(|word| BEHIND.contains(&word)))
    })
}
