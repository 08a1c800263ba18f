//! `precedent login`: gets the first tokens of an account by OAuth2.

use std::io::BufRead as _;

use anyhow::{Context as _, Result};

use super::context::Context;
use super::ingest::named_account;
use super::output;
use crate::config::Secret;

pub(super) async fn run(context: &Context, name: &str, refresh_token: bool) -> Result<()> {
    let account = named_account(context, name)?;
    let settings = account.oauth.as_ref().with_context(|| {
        format!(
            "account {name:?} has no oauth: it logs in with the password that the configuration names"
        )
    })?;
    if refresh_token {
        output::note(context, "reading the refresh token from standard input");
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let token = line.trim();
        anyhow::ensure!(!token.is_empty(), "standard input has no refresh token");
        crate::oauth::adopt(settings, name, &Secret::new(token)).await?;
    } else {
        let code = crate::oauth::begin_login(settings).await?;
        output::line(&format!(
            "Open {} and type the code {} within {} minutes, logged in as {}.",
            code.verification_uri,
            code.user_code,
            code.expires_in.as_secs() / 60,
            account.user,
        ));
        crate::oauth::finish_login(settings, name, &code).await?;
    }
    output::line(&format!(
        "Logged in. `precedent check` shows whether the mail server agrees; `precedent run` renews the token of {name} by itself."
    ));
    Ok(())
}
