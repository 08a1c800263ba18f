//! The rule over what trusted servers say of the author (RFC 8601).

use super::settings::AuthenticationDemand;
use super::{GateFacts, Objection};
use crate::mail::{Authentication, AuthenticationResult};

/// The results in one line, for the verdict.
fn summary(authentication: &Authentication) -> String {
    let word = |result: AuthenticationResult| match result {
        AuthenticationResult::Pass => "pass",
        AuthenticationResult::Fail => "fail",
        AuthenticationResult::Other => "other",
        AuthenticationResult::None => "none",
    };
    match &authentication.authserv_id {
        None => "no Authentication-Results of a trusted server".to_owned(),
        Some(id) => format!(
            "{id}: dmarc={} dkim={} spf={}",
            word(authentication.dmarc),
            word(authentication.dkim),
            word(authentication.spf)
        ),
    }
}

/// True when a trusted server vouches for the author: one aligned method passed and DMARC was not
/// refuted. A `pass` that nobody trusted said is worth nothing.
fn vouched(authentication: &Authentication) -> bool {
    let aligned = [
        authentication.dmarc,
        authentication.dkim,
        authentication.spf,
    ];
    authentication.authserv_id.is_some()
        && authentication.authenticated
        && authentication.dmarc != AuthenticationResult::Fail
        && aligned.contains(&AuthenticationResult::Pass)
}

pub(super) fn not_authenticated(facts: &GateFacts) -> Objection {
    let authentication = &facts.mail.authentication;
    let objects = match facts.settings.authentication {
        AuthenticationDemand::Required => !vouched(authentication),
        AuthenticationDemand::IfPresent => {
            let said = authentication.authserv_id.is_some()
                || authentication.dmarc == AuthenticationResult::Fail;
            said && !vouched(authentication)
        }
        AuthenticationDemand::Off => false,
    };
    objects.then(|| summary(authentication))
}
