//! `precedent raw`: mails as they came. Who reads one is written down first.

use std::process::ExitCode;

use anyhow::{Result, anyhow, bail};
use base64::Engine as _;
use jiff::Timestamp;
use ring::rand::SecureRandom as _;
use serde_json::json;

use super::arguments::RawCommand;
use super::context::Context;
use super::output;
use crate::store::{KEY_BYTES, MailId, MailKey, MailState, RawAccess, Store};

/// Mails written anew in one transaction.
const PAGE: usize = 200;

pub(super) async fn run(context: &Context, command: &RawCommand) -> Result<ExitCode> {
    match command {
        RawCommand::Show { mail } => show(context, mail).await?,
        RawCommand::Log { mail, limit } => log(context, *mail, *limit).await?,
        RawCommand::Seal => seal(context).await?,
        RawCommand::Key => key()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The raw bytes of a mail for a person, after it was written down who reads them. What cannot be written down is not
/// shown.
pub(super) async fn read(
    context: &Context,
    store: &dyn Store,
    mail: MailId,
    purpose: &str,
) -> Result<Vec<u8>> {
    let access = RawAccess {
        mail,
        at: Timestamp::now(),
        person: person(),
        purpose: purpose.to_owned(),
    };
    store.note_raw_access(&access).await?;
    tracing::info!(%mail, person = %access.person, purpose, data = %context.settings.data.display(), "a raw mail is read");
    store
        .raw(mail)
        .await?
        .ok_or_else(|| anyhow!("the raw bytes of mail {mail} are not kept any more"))
}

/// Who runs the program, and as which user of the system.
fn person() -> String {
    let name = super::words::person();
    #[cfg(unix)]
    let name = format!("{name} (uid {})", rustix::process::getuid().as_raw());
    name
}

async fn show(context: &Context, mail: &str) -> Result<()> {
    let store = context.open_store_beside().await?;
    let found = store.mails(&MailKey::parse(mail)).await?;
    let record = match found.as_slice() {
        [] => bail!("there is no mail {mail:?}; `precedent show CASE` lists the mails of a case"),
        [record] => record,
        several => bail!(
            "{mail:?} names {} mails: {}",
            several.len(),
            several
                .iter()
                .map(|record| record.mail.to_string())
                .collect::<Vec<_>>()
                .join(", ")
        ),
    };
    let raw = read(context, &*store, record.mail, "raw show").await?;
    store.close().await?;
    if context.json {
        let state = match &record.state {
            MailState::Processed(_) => "processed",
            MailState::Pending { .. } => "pending",
            MailState::Quarantined(_) => "quarantined",
            MailState::Erased => "erased",
        };
        // Bytes that are no UTF-8 cannot stand in JSON; without --json they come as they are.
        output::object(&json!({
            "mail": record.mail, "state": state, "size": record.size, "raw": output::raw(&raw),
        }));
    } else {
        output::bytes(&raw);
    }
    Ok(())
}

async fn log(context: &Context, mail: Option<i64>, limit: usize) -> Result<()> {
    let store = context.read_store().await?;
    let accesses = store.raw_accesses(mail.map(MailId), limit).await?;
    if context.json {
        for access in &accesses {
            output::object(&json!({
                "mail": access.mail, "at": access.at, "person": access.person, "purpose": access.purpose,
            }));
        }
        return Ok(());
    }
    let mut table = output::table(&["at", "mail", "person", "command"]);
    for access in &accesses {
        table.add_row([
            access.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            access.mail.to_string(),
            access.person.clone(),
            access.purpose.clone(),
        ]);
    }
    if !accesses.is_empty() {
        output::line(&table.trim_fmt());
    }
    output::note(
        context,
        &format!(
            "{} of raw mails by people",
            output::counted(accesses.len() as u64, "reading")
        ),
    );
    Ok(())
}

async fn seal(context: &Context) -> Result<()> {
    if !context.settings.archive.seals() {
        bail!("no key is configured: add [archive] with key_file to the configuration");
    }
    let store = context.open_store_beside().await?;
    let mails = store.stats().await?.mails;
    let bar = output::Bar::new(context, Some(mails), None);
    let mut after = None;
    let mut sealed = 0;
    loop {
        let (more, last) = store.seal_raw(after, PAGE).await?;
        sealed += more;
        if last.is_none() {
            break;
        }
        after = last;
        crate::engine::Progress::advance(&*bar, PAGE as u64, 0);
    }
    bar.clear();
    store.close().await?;
    if context.json {
        output::object(&json!({"sealed": sealed, "mails": mails}));
    } else {
        output::line(&format!(
            "{} sealed with the key of today, of {mails} that are kept",
            output::counted(sealed, "raw mail")
        ));
    }
    Ok(())
}

fn key() -> Result<()> {
    let mut key = [0; KEY_BYTES];
    ring::rand::SystemRandom::new()
        .fill(&mut key)
        .map_err(|_| anyhow!("the system gives no random bytes"))?;
    output::line(&base64::engine::general_purpose::STANDARD.encode(key));
    Ok(())
}
