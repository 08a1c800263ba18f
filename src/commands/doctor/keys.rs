//! Secrets, keys and tokens: whether they are there, and when they end.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{Finding, Level};
use crate::commands::context::Context;
use crate::config::OauthSettings;
use crate::deliver::dkim::Signer;

/// Days before its end at which a client secret is told of.
const SECRET_DAYS: i64 = 30;
/// A login that was not renewed for so long is told of. Days.
const RENEWAL_DAYS: i64 = 7;

/// What is wrong with the client secret of an account that logs in by OAuth: nothing to read, or an end that is near.
pub(in crate::commands) fn client_secret(
    oauth: &OauthSettings,
    now: Timestamp,
) -> Vec<(Level, String, &'static str)> {
    let mut wrong = Vec::new();
    if let Some(Err(error)) = oauth.client_secret().map(|secret| secret.read()) {
        wrong.push((
            Level::Failure,
            format!("the client secret: {error}"),
            "see client_secret_file, client_secret_environment or client_secret_credential; without it the login is \
             not renewed",
        ));
    }
    let today = now.to_zoned(TimeZone::UTC).date();
    let days = oauth
        .client_secret_expires
        .map(|last| i64::from((last - today).get_days()));
    if let Some(days) = days.filter(|days| *days < SECRET_DAYS) {
        let level = if days < 0 {
            Level::Failure
        } else {
            Level::Attention
        };
        wrong.push((
            level,
            ends_in(days),
            "make a new one with the provider, and write its last day into client_secret_expires",
        ));
    }
    wrong
}

/// When a client secret ends, in words.
fn ends_in(days: i64) -> String {
    match days {
        ..-1 => format!("the client secret ended {} days ago", -days),
        -1 => "the client secret ended yesterday".to_owned(),
        0 => "the client secret ends today".to_owned(),
        1 => "the client secret ends tomorrow".to_owned(),
        _ => format!("the client secret ends in {days} days"),
    }
}

pub(super) fn findings(context: &Context, now: Timestamp) -> Vec<Finding> {
    let settings = &context.settings;
    let mut findings = Vec::new();
    for account in &settings.accounts {
        let check = format!("account {}", account.name);
        if let Some(Err(error)) = account.secret().map(|secret| secret.read()) {
            findings.push(
                Finding::new(&*check, Level::Failure, format!("the password: {error}"))
                    .hint("see password_file, password_environment or password_credential"),
            );
        }
        let Some(oauth) = &account.oauth else {
            continue;
        };
        findings.extend(
            client_secret(oauth, now)
                .into_iter()
                .map(|(level, text, hint)| Finding::new(&*check, level, text).hint(hint)),
        );
        let login = format!("`precedent login {}` logs in", account.name);
        findings.push(match crate::oauth::Tokens::read(&oauth.token_file) {
            Err(error) => {
                Finding::new(&*check, Level::Failure, format!("the tokens: {error}")).hint(&login)
            }
            Ok(None) => Finding::new(&*check, Level::Failure, "nobody has logged in").hint(&login),
            Ok(Some(tokens)) => {
                let age = now.duration_since(tokens.renewed_at);
                let level = if age > SignedDuration::from_hours(24 * RENEWAL_DAYS) {
                    Level::Attention
                } else {
                    Level::Healthy
                };
                let mut finding = Finding::new(
                    &*check,
                    level,
                    format!("its login was renewed {} hours ago", age.as_hours()),
                )
                .hint("providers forget logins that nobody uses: is `precedent run` running?");
                finding.success_at = Some(tokens.renewed_at);
                finding
            }
        });
    }
    if let Some(smtp) = &settings.deliver.smtp
        && let Some(Err(error)) = smtp.secret().map(|secret| secret.read())
    {
        findings.push(
            Finding::new("smtp", Level::Failure, format!("the password: {error}"))
                .hint("see [deliver.smtp] in the configuration"),
        );
    }
    if settings.archive.seals() {
        findings.push(match settings.archive.keys().check(None) {
            Ok(()) => Finding::new("raw mails", Level::Healthy, "their keys can be read"),
            Err(error) => Finding::new("raw mails", Level::Failure, error.to_string())
                .hint("until then no mail can be kept; see [archive] in the configuration"),
        });
    }
    if let Some(dkim) = &settings.deliver.dkim {
        findings.push(match Signer::load(&dkim.signer()) {
            Ok(signer) => Finding::new(
                "dkim",
                Level::Healthy,
                format!("the key of {} can be read", signer.record().0),
            ),
            Err(error) => Finding::new("dkim", Level::Failure, error)
                .hint("until then mails wait; see [deliver.dkim] in the configuration"),
        });
    }
    findings
}
