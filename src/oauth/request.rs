//! Asking a provider: one form, one answer in JSON.

use std::time::Duration;

use serde_json::Value;

use super::OauthError;

const TIMEOUT: Duration = Duration::from_secs(30);
/// Longest answer.
const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// What came back.
pub(super) enum Answer {
    Good(Value),
    Refused { error: String, description: String },
}

/// Sends a form. Redirects are not followed: secrets go to the address that was configured.
pub(super) async fn post(url: &str, form: &[(&'static str, String)]) -> Result<Answer, OauthError> {
    // What reqwest says of an error names the address and never the form.
    let unreachable = |error: reqwest::Error| {
        let mut detail = error.to_string();
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(&error);
        while let Some(error) = cause {
            detail.push_str(": ");
            detail.push_str(&error.to_string());
            cause = error.source();
        }
        OauthError::Unreachable {
            url: url.to_owned(),
            detail,
        }
    };
    let tls = crate::intake::imap::tls_configuration(None).map_err(OauthError::Configuration)?;
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured((*tls).clone())
        .redirect(reqwest::redirect::Policy::none())
        .timeout(TIMEOUT)
        .build()
        .map_err(unreachable)?;
    let mut response = client
        .post(url)
        .header("Accept", "application/json")
        .form(form)
        .send()
        .await
        .map_err(unreachable)?;
    let status = response.status();
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > ANSWER_BYTES_MAX {
            break;
        }
    }
    let value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    if status.is_success() && value.is_object() {
        return Ok(Answer::Good(value));
    }
    let text = |key: &str| {
        value[key]
            .as_str()
            .unwrap_or_default()
            .chars()
            .filter(|letter| !letter.is_control())
            .take(300)
            .collect::<String>()
    };
    let error = text("error");
    if error.is_empty() || status.is_server_error() {
        return Err(OauthError::Unreachable {
            url: url.to_owned(),
            detail: format!("it answers {status}"),
        });
    }
    Ok(Answer::Refused {
        error,
        description: text("error_description"),
    })
}
