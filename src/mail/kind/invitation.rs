//! Invitations and answers to them whose calendar part was lost on the way, or that a calendar program wrote as a text.

use super::Facts;
use super::terms::{Table, Terms, Text, asks, speaks_of_self};

/// The subject, where the mail is one of them.
pub(super) fn subject<'a>(facts: &Facts<'a>, text: &Text) -> Option<&'a str> {
    answer(facts, text).or_else(|| invitation(facts, text))
}

/// Subjects of answers to invitations, lower case.
#[rustfmt::skip]
const CALENDAR_SUBJECTS: &[&str] = &[
    "accepted:", "declined:", "tentative:", "tentatively accepted:", "zugesagt:", "abgelehnt:", "mit vorbehalt:", "vorläufig:", "mit vorbehalt zugesagt:", "accepté :", "accepté:", "refusé :", "refusé:", "provisoire :", "provisoire:",
    "zaakceptowano:", "zaakceptowane:", "odrzucono:", "odrzucone:", "wstępnie:", "wstępna akceptacja:", "已接受:", "已接受：", "已拒绝:", "已拒绝：", "已谢绝:", "已谢绝：", "暂定:", "暂定：", "aceptado:", "aceptada:", "rechazado:", "rechazada:",
    "accettato:", "rifiutato:", "aceite:", "aceito:", "recusado:", "geaccepteerd:", "geweigerd:", "承諾:", "辞退:",
];

/// What they say, lower case.
#[rustfmt::skip]
const CALENDAR_WORDS: &[&str] = &[
    "accepted this invitation", "accepted the invitation", "accepted your invitation", "declined this invitation", "declined the invitation", "declined your invitation", "tentatively accepted", "replied \"maybe\"",
    "has accepted this meeting", "has declined this meeting", "accepted your meeting", "declined your meeting", "einladung angenommen", "einladung abgelehnt", "einladung mit vorbehalt", "einladung vorläufig", "einladung zugesagt", "besprechung angenommen", "besprechung abgelehnt",
    "accepté cette invitation", "accepté l'invitation", "accepté votre invitation", "refusé cette invitation", "refusé l'invitation", "refusé votre invitation", "zaakceptował to zaproszenie", "zaakceptowała to zaproszenie", "zaakceptował(a) to zaproszenie", "przyjął zaproszenie", "przyjęła zaproszenie",
    "zaakceptował zaproszenie", "zaakceptowała zaproszenie", "odrzucił zaproszenie", "odrzuciła zaproszenie", "odrzucił to zaproszenie", "odrzuciła to zaproszenie", "接受了此邀请", "接受此邀请", "接受了邀请", "接受了您的邀请", "拒绝了此邀请", "拒绝了邀请", "谢绝了此邀请",
    "ha aceptado esta invitación", "ha rechazado esta invitación", "ha accettato questo invito", "ha accettato l'invito", "ha rifiutato", "aceitou este convite", "recusou este convite", "uitnodiging geaccepteerd", "uitnodiging geweigerd",
];

/// An answer to an invitation whose calendar part was lost on the way: its subject and the sentence of the calendar program,
/// which speaks of the guest by name.
fn answer<'a>(facts: &Facts<'a>, text: &Text) -> Option<&'a str> {
    CALENDAR_SUBJECTS
        .iter()
        .any(|prefix| text.full_subject.starts_with(prefix))
        .then_some(())?;
    let body = text.whole();
    (body.len() <= 1_000
        && CALENDAR_WORDS.iter().any(|term| body.contains(term))
        && !super::terms::asks(body)
        && !speaks_of_self(body))
    .then_some(facts.subject)
}

/// Subjects of invitations, their changes and their ends, lower case.
#[rustfmt::skip]
const SUBJECTS: &[&str] = &[
    "invitation:", "invitation :", "updated invitation", "invitation from", "cancelled event", "canceled event", "cancelled:", "canceled:", "einladung:", "aktualisierte einladung", "abgesagter termin", "termin abgesagt", "abgesagt:", "invitation mise à jour", "événement annulé", "annulé :", "annulé:", "zaproszenie:",
    "zaktualizowane zaproszenie", "anulowane wydarzenie", "wydarzenie anulowane", "odwołane wydarzenie", "邀请:", "邀请：", "更新的邀请", "更新后的邀请", "已更新的邀请", "已取消的活动", "活动已取消", "取消的活动", "invitación:", "invitación actualizada", "evento cancelado", "invito:", "invito aggiornato", "evento annullato",
    "convite:", "convite atualizado", "uitnodiging:", "bijgewerkte uitnodiging", "geannuleerde afspraak", "geannuleerd:", "招待:", "招待：", "招待状",
];

/// What calendar programs say above the lines of an event.
#[rustfmt::skip]
pub(super) static INVITED: Terms = Terms::new(Table::Invitation, &[
    "invited to the following event", "invited you to the following event", "invited to the event below", "this event has been updated", "this event has been changed", "this event has been canceled", "this event has been cancelled", "this event was canceled", "invitation from google calendar",
    "zu folgendem termin eingeladen", "zum folgenden termin eingeladen", "zu folgendem ereignis eingeladen", "zu folgender veranstaltung eingeladen", "zu der folgenden veranstaltung eingeladen", "dieser termin wurde geändert", "dieser termin wurde aktualisiert", "dieser termin wurde abgesagt", "einladung von google kalender", "einladung aus google kalender",
    "à l'événement suivant", "à participer à l'événement", "cet événement a été modifié", "cet événement a été mis à jour", "cet événement a été annulé", "invitation de google agenda", "invitation provenant de google agenda", "na następujące wydarzenie", "do udziału w następującym wydarzeniu", "do następującego wydarzenia", "to wydarzenie zostało",
    "zaproszenie z kalendarza google", "参加以下活动", "参加下列活动", "此活动已更改", "此活动已更新", "此活动已取消", "该活动已取消", "该活动已更改", "google 日历的邀请", "google 日历发出的邀请", "al siguiente evento", "este evento se ha", "invitación de google calendar", "al seguente evento", "questo evento è stato", "invito da google calendar",
    "para o seguinte evento", "este evento foi", "convite do google agenda", "voor de volgende afspraak", "voor het volgende evenement", "deze afspraak is", "uitnodiging van google agenda", "次の予定に招待", "以下の予定に招待", "この予定は",
]);

/// The lines of an event.
#[rustfmt::skip]
pub(super) static LABELS: Terms = Terms::new(Table::InvitationLabel, &[
    "when:", "where:", "who:", "calendar:", "organizer", "organiser", "joining info", "wann:", "wann ", "wo:", "wer:", "kalender:", "organisator", "gäste", "quand :", "quand:", "où :", "où:", "qui :", "qui:", "agenda :", "agenda:", "organisateur", "invités",
    "kiedy:", "gdzie:", "kto:", "kalendarz:", "organizator", "goście", "时间", "地点", "参与者", "参加者", "日历", "组织者", "发起人", "cuándo", "dónde", "quién", "calendario", "organizador", "quando", "dove", "organizzatore", "onde", "wanneer", "waar", "wie:", "日時", "場所", "カレンダー", "主催者",
]);

/// The answers that an invitation offers, as groups of which one line names two.
#[rustfmt::skip]
const CHOICES: &[&[&str]] = &[
    &["yes", "ja", "oui", "tak", "是", "sí", "sì", "sim", "はい"], &["no", "nein", "non", "nie", "否", "não", "nee", "いいえ"],
    &["maybe", "vielleicht", "peut-être", "może", "不确定", "也许", "quizás", "forse", "talvez", "misschien", "未定"],
];

/// An invitation: its subject, the sentence of the program and the lines of the event; all that it asks is whether one comes.
fn invitation<'a>(facts: &Facts<'a>, text: &Text) -> Option<&'a str> {
    let body = text.whole();
    let term = INVITED.first_in(body)?;
    let titled = SUBJECTS
        .iter()
        .any(|prefix| text.full_subject.starts_with(prefix));
    // The event itself is attached.
    let attached = facts
        .part_types
        .iter()
        .any(|part| matches!(*part, "text/calendar" | "application/ics"));
    (titled
        && LABELS.count_in(body) >= if attached { 1 } else { 2 }
        && !super::auto_reply::is_cited(body, term)
        && !speaks_of_self(body)
        && !super::terms::complains(body)
        && !facts
            .text
            .lines()
            .any(|line| asks(line) && !offers_choice(line)))
    .then_some(facts.subject)
}

/// `Going? Yes - Maybe - No`
fn offers_choice(line: &str) -> bool {
    let lower = line.to_lowercase();
    let words = || lower.split(|character: char| !character.is_alphanumeric() && character != '-');
    CHOICES
        .iter()
        .filter(|choice| words().any(|word| choice.contains(&word)))
        .count()
        >= 2
}
