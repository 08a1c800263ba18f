//! Mails as customers write them, dated now: the gate lets nothing answer an old one.

use std::fmt::Write;

use jiff::fmt::rfc2822;
use jiff::{SignedDuration, Timestamp};

/// Address of the desk that most letters go to.
pub const DESK: &str = "sp-api-support@desk.example";

/// A mail to be written.
#[derive(Clone)]
pub struct Letter {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub message_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub headers: Vec<(&'static str, String)>,
    pub date: Timestamp,
    pub body: String,
}

impl Letter {
    /// A letter of this person about this, authenticated by our own server.
    pub fn new(from: &str, subject: &str, body: &str) -> Self {
        let id: String = subject
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        Self {
            from: from.to_owned(),
            to: DESK.to_owned(),
            subject: subject.to_owned(),
            message_id: Some(format!("{id}.{from}")),
            in_reply_to: None,
            headers: Vec::new(),
            date: Timestamp::now() - SignedDuration::from_mins(5),
            body: body.to_owned(),
        }
    }

    pub fn message_id(mut self, id: &str) -> Self {
        self.message_id = Some(id.to_owned());
        self
    }

    pub fn answering(mut self, id: &str) -> Self {
        self.in_reply_to = Some(id.to_owned());
        self
    }

    pub fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub fn to(mut self, to: &str) -> Self {
        self.to = to.to_owned();
        self
    }

    /// The mail as the desk's server stores it.
    pub fn bytes(&self) -> Vec<u8> {
        let domain = self.from.rsplit_once('@').unwrap().1;
        let mut mail = format!(
            "Return-Path: <{from}>\r\nAuthentication-Results: mx.desk.example; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}\r\nFrom: <{from}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n",
            from = self.from,
            to = self.to,
            subject = self.subject,
            date = rfc2822::DateTimePrinter::new()
                .timestamp_to_string(&self.date)
                .unwrap(),
        );
        if let Some(id) = &self.message_id {
            let _ = write!(mail, "Message-ID: <{id}>\r\n");
        }
        if let Some(id) = &self.in_reply_to {
            let _ = write!(mail, "In-Reply-To: <{id}>\r\nReferences: <{id}>\r\n");
        }
        for (name, value) in &self.headers {
            let _ = write!(mail, "{name}: {value}\r\n");
        }
        let _ = write!(
            mail,
            "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{}",
            self.body.replace('\n', "\r\n")
        );
        mail.into_bytes()
    }
}

/// A problem that lacks most of what the desk needs.
pub fn vague(from: &str, subject: &str) -> Letter {
    Letter::new(
        from,
        subject,
        &format!(
            "Hello,\n\nour call of getOrders has been answered with 403 Unauthorized since this morning and still is. We changed nothing. This is about {subject}.\n\nCould you please look into it?\n\nKind regards\nJane\n"
        ),
    )
}
