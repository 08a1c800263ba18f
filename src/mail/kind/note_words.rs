//! What the sentences of announcements are made of, by what they say, lower case. A term begins where a word begins;
//! it may end within one, so that endings need not be listed; that of a day ends where a word ends (`mai`, `mail`).

/// What a term says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    /// Somebody speaks of himself.
    FirstPerson,
    /// Where somebody is who does not answer.
    Away,
    /// Back at work: an absence where the day is named.
    Back,
    /// An office or a company of ours.
    Place,
    /// Not open.
    Shut,
    /// The author has left.
    Left,
    /// Somebody has left or is away; the author where it is his name that stands beside it.
    Other,
    /// Names the one whose mailbox this is.
    Owner,
    /// A message has arrived.
    Arrived,
    /// What the reader wants, or wrote.
    Request,
    /// Made into a ticket: where a request and its number stand beside it.
    Filed,
    Thanks,
    Return,
    /// Until; where a day stands beside it.
    Until,
    /// A day or a month.
    Day,
    /// In which cases somebody else is asked.
    Urgent,
    Delegate,
    Access,
    Next,
    Number,
    /// Says that a program wrote it.
    Machine,
    /// Within what time services answer.
    Promise,
    /// Tells of what is over.
    Past,
    /// Somebody speaks of himself alone.
    Myself,
    /// Answers, and what is done with a request.
    Answer,
    /// What is polite and says nothing else.
    Polite,
    /// Ordinary words of Chinese and Japanese.
    Plain,
    /// What somebody writes who wants something else as well.
    Trouble,
    /// A matter by which people call what they write about; a note that files one names it as well.
    Ticket,
}

/// The tables.
pub(super) const TABLES: &[(Says, &[&str])] = &[
    (Says::FirstPerson, FIRST_PERSON),
    (Says::Away, AWAY),
    (Says::Back, BACK),
    (Says::Place, PLACE),
    (Says::Shut, SHUT),
    (Says::Left, LEFT),
    (Says::Other, OTHER),
    (Says::Owner, OWNER),
    (Says::Arrived, ARRIVED),
    (Says::Request, REQUEST),
    (Says::Filed, FILED),
    (Says::Thanks, THANKS),
    (Says::Return, RETURN),
    (Says::Until, UNTIL),
    (Says::Day, DAY),
    (Says::Urgent, URGENT),
    (Says::Delegate, DELEGATE),
    (Says::Access, ACCESS),
    (Says::Next, NEXT),
    (Says::Number, NUMBER),
    (Says::Machine, MACHINE),
    (Says::Promise, PROMISE),
    (Says::Past, PAST),
    (Says::Myself, MYSELF),
    (Says::Answer, ANSWER),
    (Says::Polite, POLITE),
    (Says::Plain, PLAIN_WIDE),
    (Says::Trouble, TROUBLE),
    (Says::Ticket, TICKET),
];

/// Tables of which one term at least stands in every announcement.
pub(super) const ANNOUNCING: &[Says] = &[
    Says::Away,
    Says::Back,
    Says::Shut,
    Says::Left,
    Says::Other,
    Says::Arrived,
    Says::Filed,
    Says::Promise,
];

#[rustfmt::skip]
const FIRST_PERSON: &[&str] = &[
    "i am ", "i'm ", "i will be ", "i'll be ", "i have ", "i shall be ", "we are ", "we're ", "we will be ",
    "ich bin ", "bin ich ", "ich habe ", "habe ich ", "befinde ich mich", "ich befinde", "bin derzeit ", "bin aktuell ", "bin momentan ", "bin zurzeit ", "bin bis ",
    "je suis ", "je serai ", "j'ai ", "je me trouve", "je ne suis ", "je ne serai ", "je n'ai ", "suis-je ", "jestem ", "przebywam ", "będę ", "nie ma mnie", "mam ",
    "estoy ", "estaré ", "me encuentro", "me encontraré", "sono ", "sarò ", "mi trovo", "mi troverò", "estou ", "estarei ", "encontro-me", "me encontro",
    "ik ben ", "ben ik ", "ik zal ", "ik heb ", "我", "本人",
    "i work", "i only", "i do ", "i don't", "i took", "ich arbeite", "bin auf", "bin im", "bin nicht", "wir haben", "haben wir", "wir sind ", "sind wir ", "nous sommes", "nous avons", "je travaille", "je participe", "pracuję", "jesteśmy", "mnie", "estamos", "siamo", "estaremos", "saremo", "wij zijn", "we zijn", "ik werk", "we have ", "弊社",
];

#[rustfmt::skip]
const AWAY: &[&str] = &[
    "請假", "年假", "不在辦公室", "外出",
    "out of the office", "out of office", "out of my office", "away from the office", "away from my desk", "away from work", "not in the office", "not at work",
    "on vacation", "on holiday", "on annual leave", "on leave", "on parental leave", "on maternity leave", "on paternity leave", "on sick leave", "off sick", "unwell", "ill and",
    "on medical leave", "on bereavement leave", "on sabbatical", "on a sabbatical", "on a business trip", "on business trip", "travelling", "traveling", "currently away", "away until", "away from", "away on", "away this", "away next", "away for",
    "unavailable", "not available", "not reachable", "attending a conference", "at a conference", "in training",
    "im urlaub", "in urlaub", "auf urlaub", "nicht im büro", "nicht im buero", "nicht im haus", "außer haus", "ausser haus", "abwesend", "in elternzeit", "im mutterschutz", "auf dienstreise", "auf geschäftsreise",
    "nicht an meinem arbeitsplatz", "nicht am arbeitsplatz", "nicht erreichbar", "nicht zu erreichen", "nicht im dienst", "krankgeschrieben", "erkrankt", "krankheitsbedingt", "krank ",
    "absent", "en congé", "en congés", "en vacances", "en déplacement", "pas au bureau", "hors du bureau", "en arrêt maladie", "en arrêt", "en formation", "souffrant", "pas joignable", "indisponible", "en télétravail",
    "na urlopie", "poza biurem", "nieobecn", "nie ma mnie w biurze", "nie ma mnie w pracy", "w delegacji", "na zwolnieniu", "w podróży służbowej", "na urlop", "niedostępn", "na macierzyńskim", "na szkoleniu",
    "休假", "放假", "请假", "病假", "不在办公室", "出差", "外出中", "正在外出", "産休", "产假", "婚假", "生病",
    "fuera de la oficina", "fuera de oficina", "de vacaciones", "ausente", "de baja", "de viaje", "de permiso",
    "fuori ufficio", "fuori sede", "in ferie", "assente", "in vacanza", "in malattia", "in trasferta", "in maternità",
    "fora do escritório", "de férias", "em férias", "em viagem", "de licença", "de baixa", "de atestado",
    "afwezig", "op vakantie", "met vakantie", "met verlof", "niet op kantoor", "niet aanwezig", "op reis", "ziek",
    "不在にして", "不在と", "不在の", "休暇をいただ", "休暇を頂", "休暇中", "休暇を取", "出張中", "出張して", "休業", "お休みをいただ", "お休みを頂", "病気", "体調不良",
    "off today", "away today", "out sick", "out today", "out until", "out this week", "ooo", "at a fair", "on training", "on a course", "on secondment", "on jury duty", "taking some time off", "on my honeymoon", "attending training", "i work monday", "i work tuesday", "i work wednesday", "i work thursday", "i work from", "i work part", "i do not work on", "i don't work on", "not working on", "my working days", "currently out", "bin krank", "derzeit krank", "zurzeit krank", "momentan krank", "aktuell krank", "leider krank", "auf fortbildung", "auf schulung", "freien tag", "ich arbeite nur", "nicht im hause", "in den ferien", "auf reisen", "unterwegs und", "nicht an bord", "nicht am platz", "nicht da ", "im krankenstand", "in kur", "auf einer konferenz", "bis auf weiteres nicht", "absente", "en rtt", "au salon", "à un salon", "un salon", "en congé maternité", "congé parental", "je ne travaille pas", "à temps partiel", "en séminaire", "hors bureau", "en mission", "mnie nie ma", "wychowawcz", "macierzyńsk", "rodzicielsk", "na targach", "na konferencji", "na wyjeździe", "w podróży", "pracuję tylko", "nie pracuję w", "na l4", "na chorobowym", "陪产假", "在培训", "有培训", "展会", "参展", "广交会", "培训中", "开会期间", "不办公", "在外出差", "出差在外", "年休假", "en una feria", "de baja médica", "alla fiera", "in fiera", "in congedo", "em recesso", "de folga", "em uma feira", "ouderschapsverlof", "zwangerschapsverlof", "op een beurs", "niet op het werk", "休みを取",
];

#[rustfmt::skip]
pub(super) const BACK: &[&str] = &[
    "wieder zurück", "zurück im büro", "zurück am",
    "回到辦公室", "返回辦公室", "恢復辦公",
    "back in the office", "back at my desk", "back at work", "wieder im büro", "wieder im haus", "wieder erreichbar", "wieder da", "wieder für sie da", "de retour", "z powrotem", "wracam do pracy", "wracam do biura",
    "de vuelta", "de regreso", "di nuovo in ufficio", "di ritorno", "de volta", "weer op kantoor", "weer aanwezig", "weer bereikbaar", "回到办公室", "返回办公室",
    "wieder meine mails",
];

#[rustfmt::skip]
const PLACE: &[&str] = &[
    "辦公室",
    "office", "our company", "our business", "company is", "büro", "betrieb", "unternehmen", "unsere firma", "bureau", "notre société", "notre entreprise", "nos locaux", "l'entreprise",
    "biuro", "biura", "nasza firma", "firma jest", "firma będzie", "oficina", "nuestra empresa", "ufficio", "uffici", "la nostra azienda", "azienda",
    "escritório", "nossa empresa", "a empresa", "kantoor", "ons bedrijf", "公司", "办公室", "弊社", "当社", "会社", "オフィス",
    "zamknięte", "我司", "本公司", "warehouse is", "our team is", "nos bureaux", "notre service", "notre équipe", "our service desk", "unser service",
];

#[rustfmt::skip]
const SHUT: &[&str] = &[
    "closed", "geschlossen", "betriebsferien", "betriebsurlaub", "betriebsruhe", "fermé", "fermeture annuelle", "nieczynn", "zamknięt", "cerrad", "chius", "fechad", "gesloten", "放假", "休业", "关闭", "休業", "休みとさせて",
    "recess",
];

#[rustfmt::skip]
const LEFT: &[&str] = &[
    "我已離職", "本人已離職",
    "i have left", "i've left", "i no longer work", "i am no longer with", "i'm no longer with", "i am no longer working", "i am no longer employed", "i do not work for", "i don't work for", "i am leaving the company", "i am leaving the firm", "my last day at", "my last day with", "my last working day",
    "ich arbeite nicht mehr", "ich bin nicht mehr", "ich habe das unternehmen verlassen", "ich habe die firma verlassen", "ich bin aus dem unternehmen", "bin ich nicht mehr", "arbeite ich nicht mehr",
    "je ne fais plus partie", "je ne travaille plus", "j'ai quitté", "je n'exerce plus", "nie pracuję już", "już nie pracuję", "zakończyłem pracę", "zakończyłam pracę", "odszedłem z", "odeszłam z",
    "我已离职", "本人已离职", "我已经离职", "我已离开公司", "ya no trabajo", "he dejado la empresa", "ya no formo parte", "non lavoro più", "ho lasciato l'azienda", "non faccio più parte", "já não trabalho", "não trabalho mais", "deixei a empresa",
    "ik werk niet meer", "ik ben niet meer werkzaam", "退職いたしました", "退職しました", "異動いたしました", "異動しました",
    "i am retired", "moved to a new role", "changed roles", "moved to another role", "i am no longer responsible", "nicht mehr zuständig", "habe das unternehmen", "habe die firma", "ich bin im ruhestand", "ich bin in rente", "ich bin ausgeschieden", "je suis à la retraite", "przeszedłem na emeryturę", "przeszłam na emeryturę", "zakończyłem współpracę", "zakończyłam współpracę", "ich bin nicht länger",
];

#[rustfmt::skip]
const OTHER: &[&str] = &[
    "nicht mehr gelesen", "nicht mehr abgerufen", "nicht mehr betreut", "nicht mehr überwacht", "nicht mehr genutzt", "no longer read", "no longer checked", "no longer used", "is not read", "not monitored", "n'est plus lue", "n'est plus consultée", "n'est plus relevée", "n'est plus surveillée", "n'est plus utilisé", "nie jest czytana", "nie jest monitorowana", "nie będzie już", "不再查看", "不再维护", "已停止使用", "无人查看", "无人值守", "ya no se lee", "ya no se utiliza", "ya no se usa", "non viene più", "non è più let", "já não é lid", "não é mais lid", "não é mais utilizad", "niet meer gelezen", "niet meer gebruikt",
    "已離職", "已停用",
    "no longer with", "no longer works", "no longer work", "no longer employed", "no longer part of", "no longer in use", "no longer monitored", "no longer active", "no longer valid", "has left", "is out of the office", "is currently out of", "will be out of the office", "is on leave", "is away until", "is currently away",
    "nicht mehr für", "nicht mehr im unternehmen", "nicht mehr in unserem", "nicht mehr bei uns", "nicht mehr in gebrauch", "nicht mehr aktiv", "nicht mehr verwendet", "hat das unternehmen verlassen", "hat die firma verlassen", "nicht mehr tätig",
    "ne fait plus partie", "ne travaille plus", "a quitté", "n'est plus utilisée", "n'est plus active", "n'est plus valide", "nie pracuje już", "już nie pracuje", "nie jest już", "已离职", "已经离职", "已离开公司", "不再使用",
    "ya no trabaja", "ya no forma parte", "ha dejado la empresa", "ya no está en uso", "non lavora più", "non fa più parte", "ha lasciato l'azienda", "non è più attiv", "já não trabalha", "não trabalha mais", "deixou a empresa",
    "werkt niet meer", "niet meer werkzaam", "niet meer in gebruik", "退職いたし", "退職し",
    "no longer here", "is not being read", "not being read", "not being monitored", "has retired", "has moved on", "ist ausgeschieden", "ist nicht mehr", "arbeitet nicht mehr", "est parti à la retraite", "n'est plus dans", "odszedł z", "odeszła z", "nie jest pracownikiem", "离职", "ha dejado", "退職",
];

#[rustfmt::skip]
const OWNER: &[&str] = &[
    "this inbox", "diese mailbox", "diese e-mail adresse", "cette messagerie", "ten adres e-mail", "本邮箱", "此信箱", "このメールボックス",
    "此郵箱", "該員工",
    "this employee", "this person", "the person you", "the employee you", "this mailbox", "this email address", "this e-mail address", "this account", "the recipient", "this address", "the mailbox", "the user",
    "dieser mitarbeiter", "diese mitarbeiterin", "der mitarbeiter", "die mitarbeiterin", "der empfänger", "dieses postfach", "diese e-mail-adresse", "diese adresse", "diese mailadresse",
    "ce collaborateur", "cette collaboratrice", "le destinataire", "cette adresse", "cette boîte", "cet employé", "ten pracownik", "ta osoba", "ten adres", "ta skrzynka", "adresat", "该员工", "此员工", "该同事", "此邮箱", "该邮箱", "该用户",
    "esta persona", "este buzón", "esta dirección", "este empleado", "questa persona", "questo indirizzo", "questa casella", "esta pessoa", "este endereço", "esta caixa", "este colaborador",
    "deze medewerker", "deze persoon", "dit e-mailadres", "dit adres", "この者は", "担当者は", "このアドレス", "このメールアドレス",
];

#[rustfmt::skip]
const ARRIVED: &[&str] = &[
    "we have got your", "we've got your", "we got your", "we acknowledge receipt", "acknowledge that we have received",
    "您的郵件已收到", "我們已收到", "已收到您的來信", "您的工單", "您的問題已",
    "support case has been", "case has been opened", "ticket has been opened", "zostało zarejestrowane", "została zarejestrowana", "potwierdzamy otrzymanie", "potwierdzamy przyjęcie", "wiadomość dotarła do nas",
    "we have received your", "we've received your", "we received your", "i have received your", "your message has been received", "your email has been received", "your e-mail has been received", "your mail has been received", "have successfully received your", "this is to confirm that we",
    "your request has been received", "your enquiry has been received", "your inquiry has been received", "your query has been received", "has been received and", "a ticket has been", "a case has been", "your ticket has been", "your case has been", "ticket number is", "case number is", "your reference number", "has been logged", "has been registered",
    "wir haben ihre", "ihre nachricht ist bei uns eingegangen", "ihre anfrage ist bei uns", "ihre e-mail ist bei uns", "ihre mail ist bei uns", "ihre anfrage wurde", "ihr anliegen wurde", "ihr ticket wurde", "ihre nachricht wurde", "ihre e-mail wurde", "ihre anfrage ist eingegangen", "ihre nachricht ist eingegangen",
    "eingang ihrer", "ticketnummer lautet", "vorgangsnummer lautet", "unter der ticketnummer", "unter der vorgangsnummer", "unter der nummer",
    "nous avons bien reçu", "nous avons reçu", "votre message a bien été", "votre demande a bien été", "votre demande a été", "votre message a été", "votre courriel a bien été", "accusons réception", "numéro de dossier", "numéro de ticket", "votre ticket",
    "otrzymaliśmy", "twoja wiadomość została", "twoje zgłoszenie zostało", "twoje zgłoszenie otrzymało", "państwa zgłoszenie zostało", "państwa zgłoszenie otrzymało", "państwa wiadomość została", "zgłoszenie zostało zarejestrowane", "zgłoszenie zostało przyjęte", "zgłoszenie otrzymało numer", "numer zgłoszenia", "zarejestrowaliśmy",
    "您的邮件已收到", "已经收到", "已收到", "您的邮件我已收到", "您的来信已收到", "您的来信我们已", "您的邮件我们已", "已收到您的", "我们收到了您的", "我们已收到", "您的工单", "您的问题已提交", "您的请求已", "您的咨询已", "工单号", "已成功提交",
    "hemos recibido su", "hemos recibido tu", "su mensaje ha sido recibido", "su solicitud ha sido", "su consulta ha sido", "número de caso", "se ha creado",
    "abbiamo ricevuto", "la sua richiesta è stata", "il suo messaggio è stato", "la tua richiesta è stata", "recebemos a sua", "recebemos o seu", "recebemos sua", "recebemos seu", "sua solicitação foi", "o seu pedido foi",
    "wij hebben uw", "we hebben uw", "uw bericht is ontvangen", "uw aanvraag is", "uw vraag is", "uw e-mail is",
    "受け付けました", "受付けました", "受付いたしました", "受け付けいたしました", "受信しました", "受信いたしました", "受付番号",
    "got your request", "got your message", "got your mail", "got your email", "received your message", "received your email", "received your e-mail", "received your request", "received your inquiry", "received your enquiry", "opened on your behalf", "created on your behalf", "ist bei uns eingegangen", "ist bei der", "eingangsbestätigung", "empfangsbestätigung", "prise en compte", "bien été reçu", "accuse réception", "hebben je", "wordt in behandeling", "otrzymanie wiadomości", "otrzymanie państwa", "has reached us", "have reached us", "a new ticket has been", "您的问题我们", "收到您的来信", "presa in carico", "recibido su", "recebemos",
];

#[rustfmt::skip]
pub(super) const REQUEST: &[&str] = &[
    "your ticket", "your request", "your case", "your incident", "your inquiry", "your enquiry", "your query", "your report", "your issue", "your email", "your e-mail", "your mail", "your message", "a request for support",
    "ihr ticket", "ihre anfrage", "ihr anliegen", "ihre nachricht", "ihre e-mail", "ihre mail", "ihr vorgang", "ihre meldung", "ihr fall", "deine anfrage", "dein ticket", "votre ticket", "votre demande", "votre dossier", "votre incident", "votre message", "votre courriel", "votre e-mail", "votre requête",
    "twoje zgłoszenie", "twoja wiadomość", "twoja sprawa", "twojego zgłoszenia", "twój ticket", "państwa zgłoszenie", "państwa wiadomość", "państwa sprawa", "państwa zgłoszenia", "您的工单", "您的请求", "您的问题", "您的邮件", "您的咨询", "您的报障", "您的申请", "您的反馈",
    "su solicitud", "su ticket", "su caso", "su consulta", "tu solicitud", "la sua richiesta", "il suo ticket", "la tua richiesta", "a sua solicitação", "sua solicitação", "o seu pedido", "o seu chamado", "seu chamado", "uw aanvraag", "uw ticket", "uw melding", "uw verzoek",
];

#[rustfmt::skip]
const FILED: &[&str] = &[
    "has been logged", "was logged", "is logged", "has been registered", "was registered", "has been created", "was created", "has been opened", "was opened", "has been recorded", "has been assigned", "was received under", "has been received under", "have created", "have opened", "have logged", "have registered",
    "logged under", "registered under", "filed under", "recorded under", "erfasst unter", "registriert unter", "aufgenommen unter", "enregistrée sous", "enregistré sous", "ouvert sous", "zarejestrowane pod", "zapisane pod", "wurde unter", "wurde erfasst", "wurde angelegt", "wurde eröffnet", "wurde erstellt", "wurde registriert", "wurde aufgenommen", "haben ein ticket", "wird unter", "wurde mit der", "ist unter", "a été créé", "a été enregistré", "a été ouvert", "a bien été enregistré", "a bien été créé", "est enregistré", "avons ouvert", "avons créé",
    "zostało zarejestrowane", "została zarejestrowana", "zostało utworzone", "została utworzona", "zostało założone", "zostało zapisane", "otrzymało numer", "otrzymała numer", "utworzyliśmy", "zarejestrowaliśmy", "utworzono", "zarejestrowano", "założono", "nadano", "已创建", "已生成", "已提交", "已受理", "已登记", "已建立", "已录入", "已转为", "提交成功", "创建成功",
    "ha sido registrad", "ha sido cread", "se ha creado", "se ha registrado", "è stata registrata", "è stato creato", "è stato aperto", "è stata creata", "foi registad", "foi registrad", "foi criad", "foi abert", "is aangemaakt", "is geregistreerd", "is ontvangen onder",
];

#[rustfmt::skip]
const THANKS: &[&str] = &[
    "感謝您", "謝謝您的", "感謝來信",
    "thank you for your", "thanks for your", "thank you for contacting", "thanks for contacting", "thank you for reaching", "thanks for reaching", "thank you for getting in touch", "thank you for writing", "thank you for the", "thanks for the mail", "thanks for the message", "many thanks for your",
    "vielen dank für", "danke für ihre", "danke für deine", "besten dank für ihre", "herzlichen dank für", "vielen dank, dass sie",
    "merci pour votre", "merci de votre", "merci pour ton", "nous vous remercions", "je vous remercie", "merci de nous avoir", "dziękuję za", "dziękujemy za", "感谢您", "谢谢您的", "感谢来信", "感谢你的",
    "gracias por su", "gracias por tu", "gracias por contactar", "gracias por escribir", "grazie per", "obrigado pel", "obrigada pel", "obrigado por", "obrigada por", "agradecemos", "agradeço", "bedankt voor", "dank voor uw", "dank u voor", "dank je voor",
    "ありがとうございます", "ありがとうございました", "お世話になっております", "御礼申し上げます",
    "お問い合わせいただ", "お問い合わせありがとう", "thanks for getting in", "thank you for being", "danke für", "danke, dass", "besten dank", "merci d'avoir", "merci pour", "dziękujemy", "dziękuję", "谢谢来信", "感谢来", "感谢联系", "bedankt", "obrigado pelo", "gracias por",
];

#[rustfmt::skip]
const RETURN: &[&str] = &[
    "返岗", "复工", "返工", "retour le", "retour prévu", "retour au bureau", "powrót w", "rückkehr am",
    "回到", "回辦公室", "恢復辦公", "返回",
    "i will be back", "i'll be back", "will be back", "be back on", "back on", "back in the office", "when i am back", "when i'm back", "once i am back", "upon my return", "zurück", "ab dem", "rückkehr", "wieder im büro", "wieder im haus", "wieder erreichbar", "wieder da", "wieder für sie",
    "de retour", "mon retour", "notre retour", "dès mon retour", "wracam", "wrócę", "po powrocie", "powrocie", "powrót", "będę z powrotem", "wznawiamy",
    "回来", "恢复办公", "恢复上班", "假期后", "休假后", "regreso", "regresaré", "volveré", "vuelta", "rientro", "rientrerò", "sarò di ritorno", "ritorno", "regresso", "retorno", "regressarei", "voltarei", "retornarei",
    "terug", "weer op kantoor", "戻り", "戻ります", "より出社", "から出社", "出社予定", "再開",
    "reopen", "re-open", "resume", "réouverture", "恢复正常", "恢复", "wieder zurück", "not return", "return until", "retornaremos", "when i return", "next working day", "upon return", "back later", "am nächsten", "kehre", "lees ik", "lese ich wieder", "lese ich am", "odpiszę", "odczytam", "przeczytam",
    "my return", "i return", "we return", "will return", "return on", "return to the office", "returning", "on return",
];

#[rustfmt::skip]
const UNTIL: &[&str] = &[
    "until ", "till ", "through ", "from ", "between ", "bis ", "vom ", "ab ", "jusqu'au", "jusqu'à", "du ", "à partir du", "dès le", "do ", "od ", "hasta ", "desde ", "del ", "a partir del", "fino al", "dal ", "até ", "de ", "a partir de", "tot en met", "tot ", "van ", "vanaf ",
    "直到", "至", "到", "起", "まで", "から", "より",
];

#[rustfmt::skip]
const DAY: &[&str] = &[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "tomorrow", "next week", "this week", "end of the week", "today",
    "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag", "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "morgen", "nächste woche", "nächster woche", "diese woche", "heute",
    "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche", "janvier", "février", "mars", "avril", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre", "demain", "semaine prochaine", "cette semaine",
    "poniedziałek", "poniedziałku", "poniedziałkiem", "wtorek", "wtorku", "środa", "środę", "środy", "czwartek", "czwartku", "piątek", "piątku", "sobota", "sobotę", "soboty", "niedziela", "niedzielę", "niedzieli",
    "stycznia", "styczniu", "luty", "lutego", "lutym", "marca", "marcu", "kwietnia", "kwietniu", "maja", "maju", "czerwca", "czerwcu", "lipca", "lipcu", "sierpnia", "sierpniu", "września", "wrześniu", "października", "październiku",
    "listopada", "listopadzie", "grudnia", "grudniu", "jutro", "jutra", "przyszłego tygodnia", "przyszłym tygodniu",
    "周", "星期", "下周", "明天", "下个月", "月底", "元旦", "春节", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo", "enero", "febrero", "marzo", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre", "próxima semana", "mañana",
    "lunedì", "martedì", "mercoledì", "giovedì", "venerdì", "sabato", "domenica", "gennaio", "febbraio", "aprile", "maggio", "giugno", "luglio", "settembre", "ottobre", "dicembre", "prossima settimana", "domani",
    "segunda", "terça", "quarta", "quinta", "sexta", "janeiro", "fevereiro", "março", "maio", "junho", "julho", "setembro", "outubro", "novembro", "dezembro", "amanhã", "maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag", "januari", "februari", "maart", "mei", "augustus", "volgende week",
    "月曜", "火曜", "水曜", "木曜", "金曜", "来週", "明日", "年始",
    "ce jour", "dziś", "dzisiaj", "montags", "dienstags", "mittwochs", "donnerstags", "freitags", "weekend", "week-end", "夏休み", "今天", "本周", "国庆", "当日",
];

#[rustfmt::skip]
const URGENT: &[&str] = &[
    "緊急", "急事", "如有急",
    "urgent", "emergency", "emergencies", "immediate", "can't wait", "cannot wait", "in my absence", "during my absence", "in my place", "in the meantime", "meanwhile", "dringend", "in eiligen", "eilige", "notfall", "notfälle", "während meiner abwesenheit", "in meiner abwesenheit", "in der zwischenzeit",
    "urgence", "mon absence", "entre-temps", "pilnych", "pilne", "pilna", "nagłych", "mojej nieobecności", "w międzyczasie", "紧急", "有急", "如需", "如有", "urgente", "emergencia", "mi ausencia", "urgenz", "mia assenza", "emergência", "minha ausência", "urgência", "dringende", "spoed", "mijn afwezigheid",
    "お急ぎ", "急ぎ", "不在中",
];

#[rustfmt::skip]
const DELEGATE: &[&str] = &[
    "請聯絡", "請聯繫", "請與", "請致電", "可聯絡",
    "please contact", "kindly contact", "contact my", "you can contact", "you may contact", "you can reach", "please reach out", "please get in touch", "get in touch with", "please call", "please write to", "please email", "please e-mail", "please send an email", "please direct", "please address", "direct all", "please send your", "please forward your", "resend your", "please refer to", "please speak to", "contact ", "covering for me", "is covering", "will cover", "standing in for me", "my deputy", "my substitute", "will be happy to help", "will be glad to help", "will assist you", "will help you",
    "wenden sie sich", "wende dich", "kontaktieren sie", "richten sie", "schreiben sie", "senden sie ihre", "rufen sie", "vertret", "stellvertret", "meine vertretung", "hilft ihnen", "helfen ihnen", "steht ihnen", "stehen ihnen", "übernimmt meine", "übernimmt die vertretung", "ist ansprechpartner", "erreichen sie",
    "veuillez contacter", "veuillez vous adresser", "merci de contacter", "merci de vous adresser", "merci d'adresser", "adresser vos", "contactez", "vous pouvez contacter", "vous pouvez joindre", "pouvez joindre", "adressez", "vous aidera", "s'adresser", "me remplace",
    "proszę o kontakt", "prosimy o kontakt", "proszę kontaktować", "prosimy kontaktować", "proszę pisać", "proszę zwracać", "zastępuje", "zastępstw", "kontakt pod", "kontakt z", "państwu pomoże",
    "请联系", "请与", "请致电", "可联系", "可以联系", "请发邮件", "请电", "contacte", "contactar", "contacta con", "póngase en contacto", "diríjase", "puede dirigirse", "escriba a",
    "contattare", "contattate", "rivolgersi", "rivolgetevi", "scrivere a", "contatar", "contacto com", "contate", "entre em contato", "entre em contacto", "contato com", "neem contact", "contact op", "contact opnemen", "kunt u terecht", "neemt waar",
    "ご連絡ください", "ご連絡下さい", "までご連絡", "連絡をお願い", "お問い合わせください", "宛にお願い", "代わりに",
    "reach out to", "direct your", "directed to", "sent to", "take care of", "takes care of", "taking care of", "look after", "looks after", "looking after", "takes over", "taken over", "will handle", "is handling", "is responsible", "in charge", "write to", "email me", "please resend", "resend it", "open a ticket", "submit a ticket", "raise a ticket", "create a ticket", "call reception", "call the", "call our", "call my", "ping ", "i can be reached", "ansprechpartner", "kümmert sich", "zuständig", "meine aufgaben", "öffnen sie ein ticket", "erstellen sie ein ticket", "unter der nummer", "anrufen", "ruf bitte", "rufen sie bitte", "veuillez écrire", "d'écrire", "écrire à", "écrivez", "appelez", "vous adresser", "s'occupe", "prend le relais", "reprend mes", "joindre", "est à votre disposition", "ouvrir un ticket", "przejęła", "przejął", "przejmuje", "o kierowanie", "kierować", "zajmuje się", "proszę dzwonić", "prosimy dzwonić", "kontaktować się", "proszę zgłaszać", "moje obowiązki", "负责", "接手", "代理人", "请拨打", "请发送", "請發送", "联系", "聯繫", "聯絡", "atenderá", "escriba", "escribir a", "llame", "scriva", "scrivere", "si occupa", "rivolga", "contatti", "chamar", "fale com", "ligue", "escreva", "neem", "bel ", "schrijf", "までお願い", "ご連絡をお願い", "まで連絡",
];

#[rustfmt::skip]
const ACCESS: &[&str] = &[
    "nie został przekazan", "nie została przekazan", "nie zostanie przekazan", "nie są przekazywane", "nie jest przekierow", "nie będzie przekierow", "n'est pas transféré", "ne sera pas transféré", "不会被转发", "不会转发",
    "無法查看", "無法及時", "無法立即", "無法回覆",
    "limited access", "no access", "without access", "not have access", "won't have access", "intermittent access", "not be checking", "won't be checking", "not checking", "not be reading", "not reading", "will not be read", "not be able to read", "not be able to answer", "not be able to respond", "not be able to reply", "unable to respond", "unable to reply", "not be forwarded", "not forwarded", "not be monitored", "patchy connect", "limited connect", "may be delayed", "may be delay", "might be delayed", "slow to respond", "delays in my", "delay in my", "response may", "reply may",
    "keinen zugriff", "keinen zugang", "eingeschränkt", "nicht weitergeleitet", "nicht automatisch weitergeleitet", "nicht gelesen", "nicht bearbeitet", "keine e-mails", "keine mails", "unregelmäßig", "verzögert", "nur sporadisch",
    "pas accès", "accès limité", "accès restreint", "ne sera pas transmis", "ne consulterai", "ne consulte pas", "ne lirai pas", "ne lis pas", "nie czytam", "nie będę odczyty", "nie będę sprawdzać", "non leggerò", "no leeré", "não vou ler", "lees mijn", "lese keine", "lese ich keine", "rufe keine", "ne seront pas", "pas lu", "pas consulter", "bez dostępu", "nie mam dostępu", "nie będę mieć dostępu", "nie będę miał dostępu", "nie będę miała dostępu", "ograniczony dostęp", "nie odczytuję", "nie jest przekazywana", "nie będzie przekazana", "z opóźnieniem",
    "无法查看", "无法及时", "不能及时", "无法立即", "不便查看", "无法回复", "不能回复", "sin acceso", "no tengo acceso", "no tendré acceso", "acceso limitado", "no podré", "no será reenviado", "non ho accesso", "non avrò accesso", "accesso limitato", "non potrò", "non verrà inoltrat", "sem acesso", "não tenho acesso", "não terei acesso", "acesso limitado", "não poderei",
    "geen toegang", "beperkt toegang", "beperkte toegang", "niet gelezen", "niet doorgestuurd", "確認できません", "確認できない", "返信できません", "返信が遅れ", "返信が遅く", "ご返信できません", "対応できません",
    "checking email", "checking e-mail", "checking mail", "check email", "check my", "check mail", "reading mail", "reading email", "read my mail", "sporadic", "occasional", "now and then", "once a day", "from time to time", "slow to", "delay", "be deleted", "cannot be reached", "can't be reached", "not be answered", "not be read", "not read", "less often", "rarely", "gelöscht", "nicht beantwort", "nicht antworten", "nicht lesen", "nur selten", "nur eingeschränkt", "nur gelegentlich", "hin und wieder", "kann ihre", "kann ich ihre", "weder gelesen", "erst danach", "erst nach", "supprimé", "ne pourrai", "ne pourrons", "ne traite", "ne sont pas", "n'ai pas accès", "accès intermittent", "de temps en temps", "connaissance de", "usunięt", "sporadyczn", "rzadko", "nie odpowiadam", "nie mogę odpowied", "utrudniony", "延迟", "不能回", "暂时无法", "不便", "较慢", "可能会晚", "retraso", "con demora", "in ritardo", "rallentat", "atraso", "demora", "vertraging", "niet beantwoord", "遅れます", "遅くなります",
];

#[rustfmt::skip]
const NUMBER: &[&str] = &[
    "工單號", "單號", "編號",
    "assigned #", "assigned number", "assigned the number", "ticket number", "case number", "reference number", "your reference", "ticket id", "case id", "ticketnummer", "vorgangsnummer", "aktenzeichen", "fallnummer", "numéro de dossier", "numéro de ticket", "sous le numéro", "sous la référence", "votre référence",
    "numer zgłoszenia", "numer sprawy", "pod numerem", "otrzymało numer", "nadaliśmy numer", "工单号", "工单编号", "单号", "编号", "número de caso", "número de ticket", "número de referencia", "con el número", "numero di ticket", "con il numero", "número do chamado", "número do ticket", "zaaknummer", "onder nummer", "受付番号", "お問い合わせ番号",
];

#[rustfmt::skip]
const NEXT: &[&str] = &[
    "track it", "track your", "track its", "track the", "follow the progress", "follow its progress", "view the status", "check the status", "view your ticket", "view this ticket", "you can view", "online at", "will follow-up", "will follow up", "will be reviewing", "send you a personal response", "den status ihre", "status einsehen", "status ihres", "status ihrer", "verfolgen unter", "können sie verfolgen", "suivre votre", "suivre l'avancement", "suivre son", "suivez votre", "suivez l'avancement", "consulter l'état", "vous répond", "traitera votre", "śledzić", "śledź", "sprawdzić status", "sprawdź status", "status zgłoszenia", "查看进度", "查询进度", "跟踪进度", "查看工单",
    "盡快", "儘快", "回覆您", "會回覆", "處理", "與您聯絡", "與您聯繫",
    "i will reply", "i will respond", "i will answer", "i'll reply", "i'll respond", "i'll answer", "i'll get back", "i will get back", "i will be in touch", "i'll be in touch", "respond to your", "respond to emails", "reply to your", "reply to emails", "answer your", "attend to your", "deal with your", "read your", "as soon as possible", "as soon as i can", "as soon as we can", "at my earliest", "at our earliest", "will get back to you", "get back to you", "will be in touch", "will reply", "will respond", "will answer", "be answered", "be processed", "be handled", "looking into", "business hours", "business day", "working day", "working hours", "within 24", "within 48", "one of our", "a member of our", "our team will", "shortly", "is being reviewed", "is important to us",
    "werde ich ihre", "werde ich ihnen", "werde ihre", "antworte ich", "ich antworte", "melde ich mich", "melde mich", "ich melde mich", "melden uns", "melden wir uns", "so schnell wie möglich", "so bald wie möglich", "sobald wie möglich", "schnellstmöglich", "umgehend", "in kürze", "werden uns", "wird bearbeitet", "rückkehr bearbeitet", "bearbeiten ihre", "bearbeite ich", "bearbeitet", "beantwort", "baldmöglichst", "geschäftszeiten", "werktag", "arbeitstag",
    "je vous répondrai", "je répondrai", "répondrai", "je traiterai", "je reviendrai vers", "dans les plus brefs délais", "dans les meilleurs délais", "dès que possible", "sera traité", "seront traité", "reviendrons vers", "reviendra vers", "vous répondrons", "nous vous répond", "vous répondra", "prendrons contact", "prendra contact", "vous contactera", "vous recontacte", "traiterons votre", "meldet sich bei ihnen", "wird sich bei ihnen melden", "kümmert sich um", "zajmie się", "jours ouvrés", "heures ouvrées", "en cours de traitement",
    "odpowiem", "odpowiemy", "odpiszę", "odpowiedzi udzielimy", "udzielimy odpowiedzi", "skontaktuję się", "skontaktujemy się", "skontaktuje się", "tak szybko", "najszybciej", "niezwłocznie", "zostanie rozpatrzon", "rozpatrzymy", "zajmiemy się", "dni robocz", "godzinach pracy", "wkrótce",
    "尽快", "及时回复", "会回复", "将回复", "给您回复", "回复您", "与您联系", "处理", "工作日", "小时内", "第一时间", "responderé", "responderemos", "le contestar", "contestaré", "lo antes posible", "a la mayor brevedad", "en breve", "será atendid", "días hábiles", "días laborables", "nos pondremos en contacto", "risponderò", "risponderemo", "il prima possibile", "al più presto", "quanto prima", "giorni lavorativi", "la contatteremo",
    "responderei", "assim que possível", "logo que possível", "o mais breve", "brevemente", "dias úteis", "entraremos em contato", "entraremos em contacto", "zo spoedig mogelijk", "zo snel mogelijk", "beantwoord", "nemen contact", "werkdagen", "ik reageer", "reageren", "ご返信いたします", "返信いたします", "ご返信させて", "ご連絡いたします", "ご連絡差し上げ", "回答いたします", "回答させて", "対応いたします", "対応させて", "折り返し", "営業日",
    "respond within", "reply within", "answer within", "answer all", "respond to all", "replies in", "be responding", "be in touch", "be notified", "on it", "contact you", "beantworten", "beantworte", "antworten ihnen", "wird weitergeleitet", "eingegangen und", "wird an", "vous sera", "sera apporté", "sera adressé", "zostanie udzielon", "udzielon", "le rispond", "view request", "view your request", "add comments", "reply to this email", "shared with", "powered by", "länger dauern", "te antwoord", "prenderemo", "examine",
];

#[rustfmt::skip]
const MACHINE: &[&str] = &[
    "請勿回覆", "請勿直接回覆", "自動回覆", "自動",
    "do not reply", "please do not respond", "don't reply", "no need to reply", "antworten sie nicht", "nicht auf diese", "ne pas répondre", "nie odpowiadać", "nie odpowiadaj", "请勿回复", "请勿直接回复", "no responda", "non rispondere", "não responda", "niet te beantwoorden", "返信しないで", "返信はご遠慮", "送信専用",
    "automatic", "automated", "auto-generated", "autoreply", "auto-reply", "automatisch", "automatisiert", "automatique", "automatyczn", "wygenerowan", "自动", "automátic", "automática", "system generated",
    "par un automate", "由系统", "系统发", "por un sistema", "do not respond", "don't respond", "don't answer", "system-generated", "przez system",
];

/// What is polite and says nothing else, wherever it stands in a clause.
#[rustfmt::skip]
const POLITE: &[&str] = &[
    "i apologi", "we apologi", "apologies", "for any inconvenience", "for your understanding", "for your patience", "for your cooperation", "bear with", "happy holidays", "happy new year", "happy thanksgiving", "happy easter", "merry christmas", "wish you", "season's greetings", "have a great", "have a nice", "have a good", "have a wonderful", "have a lovely", "enjoy your", "talk soon", "pleasure working", "pleasure to work", "see below", "english version", "english below", "deutsche version", "please allow", "sorry for the delay", "sorry for any",
    "verständnis", "geduld", "frohe weihnacht", "frohes fest", "frohe feiertage", "frohe ostern", "schöne feiertage", "guten rutsch", "wir wünschen", "ich wünsche", "schönen tag", "schöne woche", "schönes wochenende", "aufgrund des hohen", "aufgrund der hohen",
    "compréhension", "votre patience", "joyeuses fêtes", "bonne année", "meilleurs vœux", "bonne journée", "bonne semaine", "bonne fin de", "bon week-end", "excuser", "agréer",
    "za zrozumienie", "wyrozumia", "cierpliw", "wesołych świąt", "szczęśliwego nowego", "miłego dnia", "dobrego dnia", "za utrudnienia", "jak to możliwe", "jak to tylko", "jak tylko będ", "breve possível",
    "敬请谅解", "请谅解", "谅解", "諒解", "敬請見諒", "见谅", "给您带来", "祝您", "新年快乐", "敬请期待", "抱歉",
    "disculpe las molestias", "felices fiestas", "buen día", "comprensión", "buone feste", "buona giornata", "comprensione", "mi scuso", "boas festas", "compreensão", "bom trabalho", "fijne feestdagen", "fijne dag", "uw begrip", "je begrip", "excuses",
    "ご迷惑", "ご不便", "ご了承", "恐れ入りますが", "申し訳", "誠に勝手ながら", "何卒", "よろしくお願い", "お願いいたします",
];

/// Beginnings that announce what is said behind them.
#[rustfmt::skip]
pub(super) const NOTICES: &[&str] = &[
    "please note", "please be advised", "please be informed", "be aware", "please be aware", "we would like to inform you", "this is to let you know", "this is to inform you", "just a quick note to let you know", "just a note to let you know", "just letting you know", "just confirming", "this is to confirm",
    "bitte beachten sie", "bitte beachten", "bitte nehmen sie zur kenntnis", "hiermit bestätigen wir", "wir bestätigen", "veuillez noter", "merci de noter", "nous vous informons", "je vous informe", "informuję", "informujemy", "uprzejmie informuję", "uprzejmie informujemy", "proszę pamiętać", "prosimy pamiętać", "tenga en cuenta", "le informamos", "la informiamo", "si informa", "informamos",
];

/// Beginnings of clauses that say in which case somebody else is asked, or about what.
#[rustfmt::skip]
pub(super) const CONDITIONS: &[&str] = &[
    "if you", "if there", "if it", "if your", "if this", "if something", "should you", "should there", "in case", "in urgent", "in the event", "for any", "for all", "for other", "for further", "for urgent", "for anything", "for immediate", "for questions", "for help", "for assistance", "for general", "for orders", "for invoices", "for technical", "for issues", "issues with", "questions about", "regarding", "need help", "during this", "until then", "in my absence", "during my absence", "in the meantime", "meanwhile", "going forward", "from now on", "as of",
    "sollten sie", "falls ", "wenn sie", "wenn es", "bei fragen", "bei problemen", "bei dringenden", "bei rückfragen", "für rückfragen", "für dringende", "für alle", "für fragen", "in dringenden", "in eiligen", "im notfall", "in dieser zeit", "in diesem zeitraum", "während ", "in meiner", "bis dahin", "künftig", "neue ansprechpartner", "neuer ansprechpartner",
    "pour toute", "pour toutes", "pour tout", "en cas", "si vous", "si votre", "pendant ", "durant ", "en mon absence", "d'ici là", "dorénavant", "désormais",
    "w razie", "w przypadku", "w pilnych", "w nagłych", "w sprawach", "w tym czasie", "w tym okresie", "jeśli", "jeżeli", "podczas mojej", "w trakcie", "od teraz", "z dniem",
    "如果", "如有", "如需", "若", "有急", "紧急", "緊急", "急事", "期间", "在此期间", "期間", "后续", "今后", "以后",
    "para ", "en caso", "si necesita", "durante ", "per ", "in caso", "em caso", "se precisar", "voor ", "in geval", "in dringende", "gedurende", "bij vragen", "お急ぎ", "急ぎ", "不在中", "今後", "ご用",
];

/// Words that say nothing of themselves, alone or in a row.
#[rustfmt::skip]
pub(super) const UNWEIGHTED: &[&str] = &[
    "by email", "by phone", "per e-mail", "wird", "werden", "unfortunately", "currently", "at the moment", "at this time", "please", "sorry", "then", "too", "also", "and", "inclusive", "included",
    "leider", "derzeit", "zurzeit", "momentan", "aktuell", "dann", "bitte", "auch", "einschließlich", "inklusive", "malheureusement", "actuellement", "inclus", "compris", "svp", "s'il vous plaît", "donc",
    "niestety", "obecnie", "aktualnie", "przepraszam", "włącznie", "目前", "不便", "lamentablemente", "actualmente", "inclusive", "incluido", "purtroppo", "attualmente", "compreso", "infelizmente", "atualmente", "de momento", "helaas", "momenteel",
    "on our holidays", "public holiday", "public holidays", "bank holiday", "bank holidays", "feiertags", "thanksgiving", "christmas", "easter",
];

/// Requests about the mail itself, which services make.
#[rustfmt::skip]
pub(super) const KEEPS: &[&str] = &[
    "please do not change", "please quote", "please include", "please keep this", "please keep the subject", "please allow", "please mention", "please reply to this e-mail", "please reply to this email", "please reply to this message", "to reopen this request", "reply to this email", "simply reply", "please rate", "bitte haben sie", "bitte geben sie diese", "bitte geben sie die", "bitte geben sie bei", "bitte geben sie ihre", "bitte halten sie", "bitte nennen sie bei", "bitte sehen sie von",
    "merci de ne pas modifier", "veuillez ne pas modifier", "veuillez rappeler ce", "veuillez rappeler le num", "veuillez rappeler la réf", "veuillez rappeler votre", "merci de rappeler ce", "merci de rappeler le num", "merci de rappeler la réf", "merci de rappeler votre", "veuillez mentionner",
    "prosimy o cierpliwość", "prosimy nie zmieniać", "prosimy o podanie", "prosimy podać", "请勿修改", "请注明", "请在后续", "请耐心", "por favor indique",
];

/// What machines call the mail they send.
#[rustfmt::skip]
pub(super) const WORDS_OF_MAILS: &[&str] = &[
    "mail", "message", "reply", "response", "acknowledg", "notification", "confirmation", "nachricht", "antwort", "bestätigung", "rückmeldung", "courriel", "réponse", "accusé", "wiadomość", "wiadomości", "odpowiedź", "odpowiada", "potwierdzenie", "邮件", "郵件", "回复", "回覆", "答复", "信件", "メール", "返信", "correo", "mensaje", "respuesta", "messaggio", "risposta", "mensagem", "resposta", "bericht", "antwoord", "nią", "diese adresse", "this address", "cette adresse", "ten adres",
];

/// Speaks of himself alone.
#[rustfmt::skip]
const MYSELF: &[&str] = &[
    "i", "i'm", "i'll", "i've", "i'd", "my", "me", "ich", "mein", "meine", "meinem", "mir", "mich", "je", "j'ai", "mon", "ma", "mes", "moi", "moja", "mój", "odpiszę", "odpowiem", "skontaktuję", "我会", "我将", "我明", "我今", "我的", "yo", "responderé", "risponderò", "responderei", "ik", "mijn",
];

/// Tells of what is over.
#[rustfmt::skip]
const PAST: &[&str] = &[
    "was not", "were not", "i was", "we were", "was away", "was out", "was on", "i have been", "i've been", "we have been", "ich war", "wir waren", "war ich", "waren wir", "war bis", "war krank", "war im", "j'étais", "j'ai été", "nous étions", "étais", "byłem", "byłam", "byliśmy", "wróciłem", "wróciłam", "estuve", "estaba", "estuvimos", "ero", "eravamo", "sono stato", "sono stata", "estive", "estava", "estivemos", "ik was", "was ik", "wij waren",
    "上周", "上个月", "上週", "昨天", "前几天", "刚休完", "休假回来了", "先週", "昨日", "おりました", "いました",
];

/// What answers are called, and what is done with a request.
#[rustfmt::skip]
const ANSWER: &[&str] = &[
    "respond", "response", "reply", "replies", "replied", "replying", "answer", "get back", "contact you", "be in touch", "follow up", "follow-up", "processed", "handled", "dealt with", "attend to", "reviewed", "reviewing", "look into", "looking into", "reviewing your", "notified",
    "beantwoord", "melde", "antwort", "beantwort", "bearbeit", "kontaktier", "rückmeld", "kümmer", "in verbindung", "répon", "recontact", "prendra contact", "prendrons contact", "reviendr", "traité", "traiter", "contacter", "odpowie", "odpisz", "odpowiedź", "skontakt", "rozpatrz", "zajmi", "udziel",
    "回复", "答复", "回覆", "联系", "聯繫", "聯絡", "处理", "處理", "responder", "contestar", "atender", "atendid", "contacto", "rispond", "contatter", "ricontatter", "retornar", "contato", "reager", "reageren", "antwoord", "contact op", "返信", "連絡", "回答", "対応",
];

/// Ordinary words of every clause.
#[rustfmt::skip]
pub(super) const PLAIN: &[&str] = &[
    "a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "by", "for", "with", "from", "up", "out", "as", "if", "so", "that", "this", "these", "those", "it", "its", "is", "are", "be", "been", "was", "were", "am", "will", "would", "shall", "can", "cannot", "could", "may", "might", "do", "does", "not", "no", "any", "all", "some", "my", "your", "our", "their", "his", "her", "me", "you", "us", "we", "i", "i'm", "i'll", "he", "she", "they", "them", "when", "while", "until", "till", "after", "before", "during", "since", "then", "here", "there", "only", "also", "still", "very", "more", "back", "have", "has", "had", "having", "able", "time", "times", "day", "days", "week", "weeks", "hour", "hours", "date", "first", "next", "than", "about", "under", "within", "please", "usual", "usually", "regularly", "immediately", "always", "possible", "regular", "again", "once", "twice", "today", "late", "later", "soon", "however", "therefore", "receive", "received", "let", "know",
    "email", "emails", "e-mail", "e-mails", "mail", "mails", "message", "messages", "inbox", "mailbox", "request", "requests", "enquiry", "enquiries", "inquiry", "inquiries", "query", "queries", "ticket", "case", "call", "calls", "phone", "office", "company", "work", "working", "holiday", "vacation", "leave", "absence", "interest", "trust", "support", "service", "customer", "customers", "team", "staff", "associate", "agent", "agents", "representative", "specialist", "engineer", "technician", "advisor", "adviser", "colleague", "colleagues", "person", "someone", "somebody", "member", "information", "details", "questions", "note", "volume", "high", "feedback", "progress", "status", "online", "link", "view", "track", "see", "find", "number", "wish", "wishes", "happy", "merry", "new", "year", "christmas", "thanksgiving", "season", "great", "nice", "good", "looking", "forward",
    "der", "die", "das", "den", "dem", "des", "ein", "eine", "einen", "einem", "einer", "und", "oder", "aber", "von", "vom", "zu", "zum", "zur", "im", "ins", "am", "an", "auf", "aus", "bei", "beim", "mit", "nach", "für", "über", "um", "bis", "ab", "ist", "sind", "bin", "war", "wird", "werden", "werde", "wurde", "kann", "können", "haben", "habe", "hat", "nicht", "kein", "keine", "keinen", "nur", "auch", "wieder", "so", "wie", "als", "dass", "ich", "wir", "sie", "ihr", "ihre", "ihren", "ihrem", "ihrer", "ihnen", "mein", "meine", "meinen", "meiner", "mich", "mir", "uns", "unser", "unsere", "unserem", "unseren", "es", "er", "sich", "hier", "dort", "dann", "sobald", "gerne", "schnell", "möglich", "ende", "zeit", "tag", "tage", "tagen", "stunden", "woche", "uhr", "mails", "e-mails", "nachrichten", "nachricht", "anfrage", "anfragen", "anliegen", "anruf", "postfach", "büro", "urlaub", "interesse", "vertrauen", "mitarbeiter", "sachbearbeiter", "techniker", "kollegen", "kollegin", "kollege", "neue", "neuer", "frau", "herr", "herrn", "status", "finden", "einsehen", "hier", "unter", "meldung", "meldungen", "antwort", "etwas", "länger", "allen", "ihnen", "wünscht", "wünschen", "danach", "bearbeitung", "dauert", "regel", "nachfragen", "rückfragen", "dir", "dich", "dein", "deine", "deiner", "deinen", "wegen", "deshalb", "daher", "erhalten", "heute", "morgen", "kunden", "liebe", "anschließend", "neues", "jahr", "leider", "vielen", "dank",
    "le", "la", "les", "un", "une", "du", "de", "d'une", "et", "ou", "à", "au", "aux", "en", "dans", "par", "pour", "sur", "avec", "sans", "sous", "ce", "cet", "cette", "ces", "mon", "ma", "mes", "votre", "vos", "notre", "nos", "je", "nous", "vous", "il", "elle", "est", "sont", "sera", "seront", "serai", "suis", "ai", "avons", "ne", "pas", "plus", "que", "qu'à", "qui", "très", "bien", "dès", "lors", "jour", "jours", "heures", "semaine", "mail", "mails", "courriel", "courriels", "message", "messages", "messagerie", "demande", "demandes", "réponse", "retour", "absence", "intérêt", "confiance", "conseiller", "technicien", "équipe", "service", "ici", "avancement", "suivre", "souhaite", "souhaitons", "année",
    "i", "w", "we", "z", "ze", "na", "do", "od", "po", "o", "za", "przez", "dla", "się", "jest", "są", "będę", "będzie", "nie", "ma", "mnie", "mam", "mój", "moja", "moje", "pan", "pani", "państwa", "państwu", "państwem", "twoja", "twoje", "nasz", "nasza", "nasze", "nam", "ten", "ta", "to", "tę", "tego", "że", "jak", "tylko", "już", "dni", "godzin", "godziny", "wiadomość", "wiadomości", "zgłoszenie", "zgłoszenia", "poczta", "poczty", "maile", "maili", "pracy", "biurze", "urlopie", "nieobecności", "pracownik", "konsultant", "następnego", "następny", "dnia", "dniu", "dzień", "roboczego", "roboczy", "zespół", "zainteresowanie",
    "el", "los", "las", "del", "al", "y", "con", "su", "sus", "mi", "mis", "le", "que", "en", "no", "se", "correo", "correos", "mensaje", "consulta", "día", "días", "horas", "il", "lo", "gli", "i", "della", "dei", "al", "alla", "e", "con", "sua", "suo", "miei", "mia", "non", "posta", "messaggio", "giorni", "ore", "da", "os", "as", "ao", "à", "com", "seu", "sua", "meu", "não", "mensagem", "dias", "het", "een", "van", "op", "te", "uw", "je", "jouw", "mijn", "ik", "wij", "we", "met", "bericht", "vraag", "mail", "dagen", "uur", "weer", "worden", "wordt", "daarna", "dan", "na", "en", "dat", "deze", "op", "binnen", "is", "niet", "kan", "zal",
];

/// The same in Chinese and Japanese, where no blank parts them.
#[rustfmt::skip]
const PLAIN_WIDE: &[&str] = &[
    "我们", "我", "您", "你", "的", "会", "將", "将", "在", "于", "於", "后", "後", "前", "内", "內", "与", "與", "和", "及", "请", "請", "了", "为", "為", "并", "给", "對", "对", "本", "此", "该", "如", "有", "无", "無", "能", "不", "可", "以", "是", "到", "也", "都", "再", "已", "将于", "时", "時", "点", "日", "月", "号", "天", "个", "年", "两", "二", "三", "一", "到时", "届时", "邮件", "郵件", "来信", "信件", "回来", "工作", "恢复", "正常", "客户", "客服", "人员", "工程师", "专员", "同事", "收到", "尽快", "儘快", "期间", "办公室", "公司", "电话", "手机", "预计", "约", "等", "明年", "下周", "岗位", "上班", "感谢", "谢谢", "尊敬", "原因", "带来", "诸多", "我司", "正在", "这", "那", "之", "期", "节", "敬请", "回到", "返回", "休假", "答复", "其他", "其它", "问题", "事宜", "事项", "需要", "如果", "查看", "查收", "无法", "及时", "可能", "延迟", "稍后", "暂时", "立即", "发送", "自动", "系统", "由", "中", "上", "下", "里", "来", "去", "出差", "外出", "查询", "进度", "通过", "统一", "理解", "今天", "节后", "元旦", "春节", "国庆",
    "は", "が", "を", "に", "で", "と", "の", "も", "へ", "より", "まで", "から", "ので", "ため", "ご", "お", "させて", "いただき", "いただいて", "ます", "ました", "ください", "メール", "担当", "者", "この度", "誠に", "お問い合わせ", "問い合わせ", "いただき", "以内", "以降", "ありがとうございます", "ございます", "申し上げます", "後", "日", "次第", "方",
];

/// Within what time services answer.
#[rustfmt::skip]
const PROMISE: &[&str] = &[
    "within 24", "within 48", "within 72", "within one", "within two", "within three", "within 1", "within 2", "within 3", "in under", "business day", "business days", "working day", "working days", "business hours", "as soon as possible", "as soon as we can", "at our earliest", "shortly", "will be in touch", "typically replies", "usually replies", "usually answers", "typically answers", "aim to answer", "aim to respond", "aim to reply", "one of our",
    "innerhalb von", "binnen", "werktag", "werktagen", "werktage", "arbeitstag", "schnellstmöglich", "so schnell wie möglich", "so bald wie möglich", "baldmöglichst", "umgehend", "in kürze", "länger dauern", "sous 24", "sous 48", "sous 72", "jours ouvrés", "jour ouvré", "dans les meilleurs délais", "dans les plus brefs délais", "dès que possible", "w ciągu", "w terminie", "dni robocz", "tak szybko", "najszybciej", "niezwłocznie", "wkrótce",
    "工作日", "小时内", "小時內", "lo antes posible", "a la mayor brevedad", "en un plazo", "días hábiles", "días laborables", "il prima possibile", "al più presto", "quanto prima", "giorni lavorativi", "assim que possível", "o mais breve", "dias úteis", "horas úteis", "zo spoedig mogelijk", "zo snel mogelijk", "werkdagen", "werkdag", "営業日",
];

/// Beginnings of requests.
#[rustfmt::skip]
pub(super) const REQUESTS: &[&str] = &[
    "please ", "kindly ", "bitte ", "merci de ", "merci d'", "veuillez ", "proszę ", "prosimy ", "请", "請", "por favor", "per favore", "si prega", "alstublieft", "gelieve ", "graag ",
];

#[rustfmt::skip]
const TICKET: &[&str] = &[
    "this ticket", "this case", "dieses ticket", "diesem ticket", "ce ticket", "tego zgłoszenia", "此工单",
];

#[rustfmt::skip]
const TROUBLE: &[&str] = &[
    "we need", "we expect", "we await", "i need", "i expect", "wir brauchen", "wir erwarten", "ich brauche", "ich erwarte", "nous attendons", "j'attends", "czekamy na", "czekam na", "potrzebujemy", "necesitamos", "esperamos", "aspettiamo", "等您", "期待您",
    "schaue nach", "schau nach", "sehe nach", "will look at", "will look into", "i'll look", "je regarderai", "zajrzę", "看一下",
    "錯誤", "失敗", "仍然", "附件", "請檢查", "請幫", "發給您", "能否", "是否", "stuur u", "stuur je", "een log",
    "will test", "will try", "will check", "to test", "teste ", "testen", "probiere", "prüfe ", "je testerai", "j'essaierai", "je vérifierai",
    "przetestuję", "sprawdzę", "spróbuję", "测试", "probaré", "proverò", "testarei", "verificherò", "verificaré", "verificarei",
    "error", "fail", "does not work", "doesn't work", "not working", "attached", "still ", "could you", "can you", "would you", "broken",
    "please check", "please send me", "please send us", "please send the", "please send a", "please look", "please fix", "please reopen", "please close", "please keep", "please wait", "please tell", "please give", "please confirm", "i will send", "i'll send", "i will provide", "i'll provide", "before then", "before that", "by then", "answer before", "reply before",
    "this issue", "this problem", "please answer", "please reply", "reply by", "bitte antworten", "um antwort bis", "bitte um antwort", "diesen fall", "diesem fall", "dieses problem", "proszę o odpowiedź", "proszę odpowiedzieć", "tym zgłoszeniu", "tej sprawie",
    "it says", "what it says", "all that comes", "all we get", "steht dort", "steht nur", "es kommt nur", "il est écrit", "jest napisane", "写着",
    "auto reply says", "automatic reply says", "your out of office", "your auto", "an automatic reply", "your automatic",
    "fehler", "funktioniert nicht", "weiterhin", "anbei", "bitte prüfen", "bitte senden sie mir", "bitte schicken", "bitte warten", "können sie", "kannst du",
    "könnten sie", "melden sie sich vorher", "davor", "schicke ich", "sende ich", "liefere ich", "reiche ich", "teile ich", "schaue ich", "teste ich", "nachreichen",
    "erreur", "ne fonctionne", "toujours", "ci-joint", "pouvez-vous", "pourriez-vous", "merci de vérifier", "merci de répondre", "merci de m'envoyer", "enverrai", "transmettrai", "communiquerai", "cette demande", "ce problème",
    "błąd", "błęd", "nie działa", "nadal", "w załączeniu", "w załączniku", "proszę sprawdzić", "proszę przesłać", "czy mog", "prześlę", "wyślę", "podam ", "dostarczę",
    "错误", "失败", "报错", "仍未", "请检查", "请帮", "请发我", "请在", "怎么", "无法使用", "发给您", "发给你", "提供给", "这个问题", "该问题", "前几天", "回复晚", "晚回复", "刚休完", "いたため", "遅くなりました", "遅れました",
    "no funciona", "adjunto", "por favor revise", "podría", "puede usted", "enviaré", "mandaré", "errore", "non funziona", "in allegato", "potrebbe", "potete verificare", "invierò", "manderò",
    "erro ", "não funciona", "em anexo", "poderia", "enviarei", "mandarei", "fout", "werkt niet", "bijgevoegd", "kunt u mij", "kunt u het", "kunt u dit", "kunt u nog", "stuur ik", "zal ik u", "エラー", "添付", "動きません", "お送りします", "送付します",
];
