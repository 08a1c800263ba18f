//! For each rule, facts to which it objects.

use jiff::SignedDuration;

use super::{header, hours_ago, now};
use crate::case::CaseStatus;
use crate::mail::{Authentication, AuthenticationResult, MailKind};
use crate::reply::gate::settings::AuthenticationDemand;
use crate::reply::gate::{BounceRecord, GateFacts, Rule};
use crate::triage::OutgoingKind;

/// A change of clear facts.
pub(super) type Change = Box<dyn Fn(&mut GateFacts)>;

pub(super) fn with_header(name: &'static str, value: &'static str) -> Change {
    Box::new(move |facts| facts.mail.headers.push(header(name, value)))
}

pub(super) fn change(change: impl Fn(&mut GateFacts) + 'static) -> Change {
    Box::new(change)
}

/// For each rule, facts that it and nothing before it objects to.
pub(super) fn offences() -> Vec<(Rule, Change)> {
    let mut offences: Vec<(Rule, Change)> = vec![
        (
            Rule::Stopped,
            change(|facts| facts.counters.stopped = Some(true)),
        ),
        (Rule::Stopped, change(|facts| facts.counters.stopped = None)),
        (
            Rule::Imported,
            change(|facts| facts.occasion.imported = true),
        ),
        (
            Rule::OwnMail,
            change(|facts| facts.mail.from = vec!["HELP+abc@desk.example".to_owned()]),
        ),
        (
            Rule::OwnMail,
            change(|facts| facts.mail.from = vec!["other@desk.example".to_owned()]),
        ),
        (
            Rule::OwnMail,
            change(|facts| facts.mail.sender = Some("help@desk.example".to_owned())),
        ),
        (
            Rule::OwnMail,
            change(|facts| facts.mail.reply_to = vec!["help@desk.example".to_owned()]),
        ),
        (
            Rule::OwnMail,
            change(|facts| facts.occasion.recipient = "other+x@desk.example".to_owned()),
        ),
        (
            Rule::OwnMail,
            with_header("X-Precedent-Loop", "somebody@else.example"),
        ),
        (
            Rule::OwnMail,
            change(|facts| facts.mail.message_id = Some("7@DESK.example".to_owned())),
        ),
        (
            Rule::OwnMail,
            change(|facts| {
                facts.mail.message_id =
                    Some("precedent.aaaabbbbccccdddd.1@another.example".to_owned());
            }),
        ),
        (
            Rule::NullReturnPath,
            change(|facts| facts.mail.return_path = Some(String::new())),
        ),
        (
            Rule::NullReturnPath,
            change(|facts| facts.mail.return_path = Some("<>".to_owned())),
        ),
        (
            Rule::Report,
            change(|facts| facts.mail.media_types = vec!["message/delivery-status".to_owned()]),
        ),
        (
            Rule::Calendar,
            change(|facts| facts.mail.calendar_method = Some("REQUEST".to_owned())),
        ),
        (
            Rule::Calendar,
            change(|facts| facts.mail.calendar_method = Some(String::new())),
        ),
        (
            Rule::HeadersCut,
            change(|facts| facts.mail.headers_cut = true),
        ),
        (Rule::UnclearAuthor, change(|facts| facts.mail.from.clear())),
        (
            Rule::UnclearAuthor,
            change(|facts| facts.mail.from.push("ben@shop.example".to_owned())),
        ),
        (
            Rule::UnclearAuthor,
            change(|facts| facts.mail.from = vec!["ann at shop".to_owned()]),
        ),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.from = vec!["nicht-antworten@shop.example".to_owned()]),
        ),
        (
            Rule::RobotAddress,
            change(|facts| {
                facts.mail.from = vec!["prvs=0123abcd=ann@shop.example".to_owned()];
                facts.occasion.recipient = "prvs=0123abcd=ann@shop.example".to_owned();
            }),
        ),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.return_path = Some("bounces+7-a=b@mail.example".to_owned())),
        ),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.reply_to = vec!["no-reply@shop.example".to_owned()]),
        ),
        (
            Rule::RobotAddress,
            change(|facts| facts.mail.sender = Some("mailer-daemon@shop.example".to_owned())),
        ),
        (
            Rule::RecipientNotAuthor,
            change(|facts| facts.occasion.recipient = "victim@other.example".to_owned()),
        ),
        (
            Rule::RecipientNotAuthor,
            change(|facts| facts.occasion.recipient = "boss@shop.example".to_owned()),
        ),
        (
            Rule::RecipientNotAuthor,
            change(|facts| {
                facts.mail.reply_to = vec!["victim@other.example".to_owned()];
                facts.occasion.recipient = "victim@other.example".to_owned();
            }),
        ),
        (
            // Anybody can have a mailbox there.
            Rule::RecipientNotAuthor,
            change(|facts| {
                facts.mail.from = vec!["mallory@gmail.com".to_owned()];
                facts.mail.reply_to = vec!["victim@gmail.com".to_owned()];
                facts.occasion.recipient = "victim@gmail.com".to_owned();
            }),
        ),
        (
            Rule::RecipientNotAuthor,
            change(|facts| facts.occasion.recipient.clear()),
        ),
        (Rule::NotToUs, change(|facts| facts.mail.to.clear())),
        (
            Rule::NotToUs,
            change(|facts| facts.mail.to = vec!["all@shop.example".to_owned()]),
        ),
        // An address of ours that is not this desk's does not make the mail this desk's.
        (
            Rule::NotToUs,
            change(|facts| facts.mail.to = vec!["other@desk.example".to_owned()]),
        ),
        (
            Rule::Old,
            change(|facts| facts.mail.date = Some(hours_ago(25))),
        ),
        (
            Rule::Old,
            change(|facts| facts.occasion.received_at = Some(hours_ago(25))),
        ),
        (
            Rule::Old,
            change(|facts| {
                facts.mail.date = None;
                facts.occasion.received_at = None;
            }),
        ),
        (
            Rule::Ahead,
            change(|facts| {
                facts.mail.date = Some(now() + SignedDuration::from_hours(48));
                facts.occasion.received_at = None;
            }),
        ),
        (
            // A good time of arrival does not make up for it.
            Rule::Ahead,
            change(|facts| {
                facts.mail.date = Some(now() + SignedDuration::from_hours(72));
                facts.occasion.received_at = Some(now());
            }),
        ),
        (
            Rule::Old,
            change(|facts| {
                facts.occasion.read_at = hours_ago(25);
                facts.mail.date = Some(hours_ago(26));
                facts.occasion.received_at = None;
            }),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| facts.mail.authentication = Authentication::default()),
        ),
        (
            // Nobody whom we trust said it.
            Rule::NotAuthenticated,
            change(|facts| facts.mail.authentication.authserv_id = None),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| facts.mail.authentication.authenticated = false),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| {
                facts.mail.authentication.dmarc = AuthenticationResult::Fail;
                facts.mail.authentication.spf = AuthenticationResult::Pass;
            }),
        ),
        (
            Rule::NotAuthenticated,
            change(|facts| {
                facts.settings.authentication = AuthenticationDemand::IfPresent;
                facts.mail.authentication.dmarc = AuthenticationResult::Fail;
                facts.mail.authentication.authenticated = false;
            }),
        ),
        (
            Rule::Quarantined,
            change(|facts| facts.case.quarantined = Some("depth_limit".to_owned())),
        ),
        (
            Rule::NotWaiting,
            change(|facts| facts.case.status = CaseStatus::Complete),
        ),
        (
            Rule::NotWaiting,
            change(|facts| facts.case.status = CaseStatus::Resolved),
        ),
        (
            Rule::NotWaiting,
            change(|facts| facts.case.status = CaseStatus::Closed),
        ),
        (Rule::NotWaiting, change(|facts| facts.case.ask.clear())),
        (
            Rule::AskedEnough,
            change(|facts| facts.case.requests = Some(2)),
        ),
        (
            Rule::AskedEnough,
            change(|facts| facts.case.requests = None),
        ),
        (
            Rule::AskedEnough,
            change(|facts| {
                facts.occasion.kind = OutgoingKind::Reminder;
                facts.case.reminders = Some(2);
            }),
        ),
        (
            Rule::AskedBefore,
            change(|facts| facts.case.asked = vec!["operation".to_owned()]),
        ),
        (
            Rule::Bounced,
            change(|facts| facts.counters.bounce = BounceRecord::Unknown),
        ),
        (
            Rule::Bounced,
            change(|facts| facts.counters.bounce = BounceRecord::At(hours_ago(59 * 24))),
        ),
        (
            Rule::BudgetAddress,
            change(|facts| facts.counters.to_address = None),
        ),
        (
            Rule::BudgetAddress,
            change(|facts| facts.counters.to_address = Some(4)),
        ),
        (
            Rule::BudgetDomain,
            change(|facts| facts.counters.to_domain = None),
        ),
        (
            Rule::BudgetDomain,
            change(|facts| facts.counters.to_domain = Some(20)),
        ),
        (
            Rule::BudgetBody,
            change(|facts| facts.counters.same_body = None),
        ),
        (
            Rule::BudgetBody,
            change(|facts| facts.counters.same_body = Some(3)),
        ),
        (
            Rule::BudgetHour,
            change(|facts| facts.counters.last_hour = None),
        ),
        (
            Rule::BudgetHour,
            change(|facts| facts.counters.last_hour = Some(120)),
        ),
    ];
    for kind in [
        MailKind::AutoReply,
        MailKind::Bounce,
        MailKind::List,
        MailKind::Newsletter,
        MailKind::Notification,
        MailKind::FeedbackReport,
        MailKind::Challenge,
        MailKind::Receipt,
        MailKind::Calendar,
        MailKind::Own,
    ] {
        offences.push((Rule::NotHuman, change(move |facts| facts.mail.kind = kind)));
    }
    for (rule, name, value) in HEADER_OFFENCES {
        offences.push((rule, with_header(name, value)));
    }
    offences
}

pub(super) const HEADER_OFFENCES: [(Rule, &str, &str); 52] = [
    (Rule::AutomaticHeader, "X-OTRS-Loop", "yes"),
    (Rule::AutomaticHeader, "X-RT-Loop-Prevention", "rt.example"),
    (Rule::AutomaticHeader, "X-Zammad-Ticket-Id", "17"),
    (Rule::AutomaticHeader, "X-JIRA-FingerPrint", "0a1b"),
    (Rule::AutomaticHeader, "X-ServiceNow-Generated", "true"),
    (
        Rule::AutomaticHeader,
        "X-FreeScout-Mail-Type",
        "customer.auto.reply",
    ),
    (
        Rule::Report,
        "Content-Type",
        "multipart/report; report-type=delivery-status",
    ),
    (
        Rule::Report,
        "Content-Type",
        "Multipart/Report;report-type=disposition-notification",
    ),
    (Rule::Report, "Content-Type", "message/feedback-report"),
    (Rule::AutoSubmitted, "Auto-Submitted", "auto-replied"),
    (Rule::AutoSubmitted, "Auto-Submitted", "AUTO-GENERATED"),
    (
        Rule::AutoSubmitted,
        "Auto-Submitted",
        "auto-notified; owner-email=\"a@b.c\"",
    ),
    (
        Rule::AutoSubmitted,
        "Auto-Submitted",
        "(no) auto-replied (rejected)",
    ),
    (Rule::AutoSubmitted, "Auto-Submitted", "yes"),
    (Rule::AutoSubmitted, "Auto-Submitted", ""),
    (Rule::AutoSubmitted, "Auto-Submitted", "(no)"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "All"),
    (
        Rule::SuppressHeader,
        "X-Auto-Response-Suppress",
        "OOF, AutoReply",
    ),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "none; DR"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "rn"),
    (Rule::SuppressHeader, "X-Auto-Response-Suppress", "NRN,"),
    (Rule::AutomaticHeader, "X-Autoreply", "yes"),
    (Rule::AutomaticHeader, "X-Autorespond", ""),
    (Rule::AutomaticHeader, "X-Failed-Recipients", "a@b.example"),
    (
        Rule::AutomaticHeader,
        "X-POST-MessageClass",
        "9; Autoresponder",
    ),
    (Rule::AutomaticHeader, "X-FC-MachineGenerated", "true"),
    (Rule::AutomaticHeader, "X-Cron-Env", "<HOME=/root>"),
    (Rule::Precedence, "Precedence", "bulk"),
    (Rule::Precedence, "Precedence", "List"),
    (Rule::Precedence, "Precedence", "junk"),
    (Rule::Precedence, "Precedence", "auto_reply"),
    (Rule::Precedence, "X-Precedence", "bulk (newsletter)"),
    (Rule::List, "List-Id", "<users.lists.example>"),
    (Rule::List, "List-Unsubscribe", "<mailto:u@lists.example>"),
    (Rule::List, "List-Whatever", "x"),
    (Rule::List, "Feedback-ID", "1:2:3:sender"),
    (Rule::List, "X-Mailing-List", "users"),
    (Rule::List, "X-BeenThere", "users@lists.example"),
    (Rule::List, "X-MC-User", "abc"),
    (Rule::List, "X-SG-EID", "abc"),
    (Rule::List, "X-Campaign-ID", "7"),
    (
        Rule::Calendar,
        "Content-Class",
        "urn:content-classes:calendarmessage",
    ),
    (Rule::Spam, "X-Spam-Flag", "YES"),
    (Rule::Spam, "X-Spam-Flag", " yes"),
    (Rule::Spam, "X-Spam-Status", "Yes, score=9.1 required=5.0"),
    (Rule::Spam, "X-Rspamd-Action", "add header"),
    (Rule::Spam, "X-Rspamd-Action", "reject"),
    (Rule::Spam, "X-Spam", "Yes"),
    (Rule::Spam, "X-Spamd-Result", "default: True [15.2 / 15.0]"),
    (Rule::Spam, "X-MS-Exchange-Organization-SCL", "6"),
    (Rule::Spam, "X-Gm-Spam", "1"),
    (Rule::Spam, "X-Virus-Status", "Infected"),
];
