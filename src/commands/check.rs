//! `precedent check`: looks at each Maildir, connects to each account, logs in, and shows what it finds and what it would do.
//! Changes nothing and sends nothing.

mod settings;

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use serde_json::{Value, json};

use super::context::Context;
use super::output;
use crate::config::{AccountSettings, AfterArchive, DkimSettings, SmtpSettings};
use crate::deliver::dkim::Signer;
use crate::engine::source_name;
use crate::intake::imap::{ImapError, Position, Session};
use crate::store::Store;

pub(super) async fn run(context: &Context) -> Result<ExitCode> {
    // Compiling the desks is a check too.
    context.desks()?;
    // Before the first run there is no store, and nothing was read.
    let store = context.read_store().await.ok();
    let accounts = &context.settings.accounts;
    let sources = &context.settings.sources;
    let mut all_well = settings::look(context);
    if all_well && accounts.is_empty() && sources.is_empty() {
        let deliver = &context.settings.deliver;
        if !context.json {
            output::line("the configuration is right; it names no [[account]] and no [[source]]");
        } else if deliver.smtp.is_none() && deliver.dkim.is_none() {
            output::object(&json!({"configuration": "right", "problems": []}));
        }
    }
    for source in sources {
        all_well &= maildir(context, &source.maildir);
    }
    for account in accounts {
        let head = format!(
            "{}: {}:{}, tls {}, user {}, auth {}",
            account.name,
            account.host,
            account.port(),
            account.tls.as_str(),
            account.user,
            account.auth.as_str(),
        );
        let checked = look(context, account, store.as_deref()).await;
        match checked {
            Ok(found) => {
                all_well &= found["problems"].as_array().is_none_or(Vec::is_empty);
                if context.json {
                    output::object(&found);
                } else {
                    output::line(&head);
                    show(&found);
                }
            }
            Err(error) => {
                all_well = false;
                if context.json {
                    output::object(&json!({
                        "account": account.name,
                        "problems": [error.to_string()],
                        "hint": error.hint(),
                    }));
                } else {
                    output::line(&head);
                    output::line(&format!("  failed: {error}"));
                    output::line(&format!("  hint: {}", error.hint()));
                }
            }
        }
    }
    if let Some(smtp) = &context.settings.deliver.smtp {
        all_well &= outgoing_server(context, smtp).await;
    }
    if let Some(dkim) = &context.settings.deliver.dkim {
        all_well &= signature(context, dkim);
    }
    Ok(if all_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Looks whether a Maildir can be read.
fn maildir(context: &Context, folder: &Path) -> bool {
    let mails = |name: &str| {
        let folder = folder.join(name);
        std::fs::read_dir(&folder)
            .map(Iterator::count)
            .map_err(|error| format!("{}: {error}", folder.display()))
    };
    let counted = mails("new").and_then(|new| Ok((new, mails("cur")?)));
    if context.json {
        let problems: Vec<&String> = counted.as_ref().err().into_iter().collect();
        let found = counted.as_ref().ok();
        output::object(&json!({
            "source": folder,
            "new": found.map(|found| found.0),
            "cur": found.map(|found| found.1),
            "problems": problems,
        }));
        return counted.is_ok();
    }
    output::line(&format!("Maildir {}", folder.display()));
    match &counted {
        Ok((new, current)) => {
            output::line(&format!(
                "  can be read: {new} mails in new, {current} in cur"
            ));
        }
        Err(problem) => {
            output::line(&format!("  failed: {problem}"));
            output::line(
                "  hint: name a folder with cur, new and tmp in it that this user may read",
            );
        }
    }
    counted.is_ok()
}

/// Reads the key that signs what leaves, and shows the record that makes others believe it.
fn signature(context: &Context, settings: &DkimSettings) -> bool {
    let signer = Signer::load(&settings.signer());
    let aside: Vec<&String> = context
        .settings
        .desks
        .iter()
        .filter_map(|desk| desk.addresses.first())
        .filter(|address| !is_aligned(address, &settings.domain))
        .collect();
    let mut problems: Vec<String> = signer.as_ref().err().cloned().into_iter().collect();
    problems.extend(aside.iter().map(|address| {
        format!(
            "{address} does not belong to {}: DMARC does not count the signature for it",
            settings.domain
        )
    }));
    let record = signer.as_ref().ok().map(Signer::record);
    if context.json {
        output::object(&json!({
            "dkim": settings.domain,
            "selector": settings.selector,
            "record_name": record.as_ref().map(|record| &record.0),
            "record": record.as_ref().map(|record| &record.1),
            "problems": problems,
        }));
    } else {
        output::line(&format!(
            "DKIM: domain {}, selector {}",
            settings.domain, settings.selector
        ));
        if let Some((name, text)) = &record {
            output::line(&format!("  {name} must have this TXT record: {text}"));
        }
        for problem in &problems {
            output::line(&format!("  failed: {problem}"));
        }
    }
    problems.is_empty()
}

/// True when the domain of an address is this one or below it.
fn is_aligned(address: &str, domain: &str) -> bool {
    let of = address.rsplit_once('@').map_or("", |(_, of)| of);
    of.eq_ignore_ascii_case(domain)
        || of
            .to_ascii_lowercase()
            .ends_with(&format!(".{}", domain.to_ascii_lowercase()))
}

/// Connects to the server that takes mails, logs in, and hangs up.
async fn outgoing_server(context: &Context, smtp: &SmtpSettings) -> bool {
    let place = format!(
        "{}:{}, tls {}, user {}",
        smtp.host,
        smtp.port(),
        smtp.tls.as_str(),
        smtp.user.as_deref().unwrap_or("none"),
    );
    let carrier = context.carrier();
    let ready = carrier.ready().await;
    carrier.finish().await;
    let problem = ready.as_ref().err();
    if context.json {
        output::object(
            &json!({"server": place, "problems": problem.into_iter().collect::<Vec<_>>()}),
        );
    } else {
        output::line(&format!("outgoing mail: {place}"));
        match problem {
            None => output::line("  would take mails"),
            Some(problem) => {
                output::line(&format!("  failed: {problem}"));
                output::line(
                    "  hint: see [deliver.smtp] in the configuration: host, port, tls, user, password",
                );
            }
        }
    }
    problem.is_none()
}

/// What there is to know of the account's tokens: how old, and what will end.
fn token(account: &AccountSettings, problems: &mut Vec<String>) -> Option<String> {
    let oauth = account.oauth.as_ref()?;
    let today = jiff::Timestamp::now();
    problems.extend(
        super::doctor::keys::client_secret(oauth, today)
            .into_iter()
            .map(|(_, text, hint)| format!("{text}: {hint}")),
    );
    let tokens = crate::oauth::Tokens::read(&oauth.token_file).ok()??;
    let age = today.duration_since(tokens.renewed_at).as_hours();
    Some(format!(
        "renewed {age} h ago, lives until {}",
        tokens.expires_at.strftime("%Y-%m-%d %H:%M UTC")
    ))
}

async fn look(
    context: &Context,
    account: &AccountSettings,
    store: Option<&dyn Store>,
) -> Result<Value, ImapError> {
    let mut session = Session::connect(account).await?;
    let capabilities: Vec<String> = session.capabilities().map(str::to_owned).collect();
    let folders = session.folders().await?;
    let mut problems: Vec<String> = Vec::new();
    let mut read = Vec::new();
    for name in &account.folders {
        // Looked at without the right to change anything, whatever the account does later.
        let selected = match session.examine(name).await {
            Ok(selected) => selected,
            Err(error) if error.connection_lives() => {
                problems.push(format!("folder {name:?}: {error}"));
                continue;
            }
            Err(error) => return Err(error),
        };
        let known = match store {
            Some(store) => store
                .cursor(&source_name(&account.name, name))
                .await
                .ok()
                .flatten()
                .as_deref()
                .and_then(Position::read),
            None => None,
        };
        let plan = match &known {
            None => format!(
                "first contact: the {} mails in it will be filed and judged, never answered automatically",
                selected.exists
            ),
            Some(position) if position.uid_validity != selected.uid_validity => {
                "numbered anew by the server: all of it will be compared with the archive"
                    .to_owned()
            }
            Some(position) => {
                let new = match position.uid.checked_add(1) {
                    Some(first) => session.uids_from(first).await?.len(),
                    None => 0,
                };
                format!("read up to UID {}, {new} new", position.uid)
            }
        };
        if account.after_archive == AfterArchive::Keyword
            && !selected
                .permanent_flags
                .iter()
                .any(|flag| flag == "\\*" || flag.eq_ignore_ascii_case(&account.keyword))
            && !selected.permanent_flags.is_empty()
        {
            problems.push(format!(
                "folder {name:?} takes no keyword {:?}: set after_archive = \"leave\" or \"move\"",
                account.keyword
            ));
        }
        read.push(json!({
            "folder": name,
            "mails": selected.exists,
            "uid_validity": selected.uid_validity,
            "uid_next": selected.uid_next,
            "missing": known.as_ref().map_or(0, |position| position.missing.len()),
            "plan": plan,
        }));
    }
    let target = account.move_to.as_deref().unwrap_or_default();
    let after_archive = match account.after_archive {
        AfterArchive::Leave => "leave: opened read-only, nothing changes".to_owned(),
        AfterArchive::Keyword => format!("keyword {}", account.keyword),
        AfterArchive::Move => {
            if !folders.iter().any(|folder| folder.name == target) {
                problems.push(format!(
                    "there is no folder {target:?}: make it, or set move_to to another"
                ));
            }
            if session.has("MOVE") {
                format!("move to {target:?} by MOVE")
            } else if session.has("UIDPLUS") {
                format!("move to {target:?} by COPY and UID EXPUNGE")
            } else {
                problems.push(
                    "the server has neither MOVE nor UIDPLUS: set after_archive = \"keyword\" or \"leave\""
                        .to_owned(),
                );
                "impossible".to_owned()
            }
        }
    };
    let deliver = &context.settings.deliver;
    for (key, filed) in [
        ("sent_folder", &deliver.sent_folder),
        ("drafts_folder", &deliver.drafts_folder),
    ] {
        let wanted = filed
            .as_ref()
            .filter(|filed| filed.account == account.name)
            .and_then(|filed| filed.folder.as_ref());
        if let Some(wanted) = wanted
            && !folders.iter().any(|folder| folder.name == *wanted)
        {
            problems.push(format!(
                "there is no folder {wanted:?} for {key}: make it, or name another, or leave `folder` out"
            ));
        }
    }
    let polled = format!("looked at every {} s", account.poll_seconds);
    let new_mail = if !account.idle {
        format!("{polled} (idle = false)")
    } else if session.has("IDLE") {
        "told by IDLE, and looked at every 5 minutes".to_owned()
    } else {
        format!("{polled} (no IDLE)")
    };
    let search = if session.has("ESEARCH") {
        "ESEARCH"
    } else {
        "SEARCH"
    };
    let compression = match (session.is_compressed(), session.has("COMPRESS=DEFLATE")) {
        (true, _) => "deflate",
        (false, true) if !account.compress => "offered, not used (compress = false)",
        (false, true) if account.is_loopback() => {
            "offered, not used: it costs more than it saves on this machine"
        }
        (false, true) => "offered, refused",
        (false, false) => "not offered",
    };
    let server: Vec<String> = session
        .server_id()
        .iter()
        .filter(|(key, _)| ["name", "vendor", "version"].contains(&key.as_str()))
        .map(|(_, value)| value.clone())
        .collect();
    let token = token(account, &mut problems);
    let found = json!({
        "account": account.name,
        "token": token,
        "server": if server.is_empty() { session.greeting().to_owned() } else { server.join(" ") },
        "capabilities": capabilities,
        "new_mail": new_mail,
        "after_archive": after_archive,
        "search": search,
        "compression": compression,
        "max_bytes": account.max_bytes,
        "read": read,
        "folders": folders
            .iter()
            .map(|folder| json!({"name": folder.name, "attributes": folder.attributes}))
            .collect::<Vec<_>>(),
        "problems": problems,
    });
    session.logout().await;
    Ok(found)
}

fn show(found: &Value) {
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let list = |key: &str, name: fn(&Value) -> String| -> Vec<String> {
        found[key]
            .as_array()
            .into_iter()
            .flatten()
            .map(name)
            .collect()
    };
    let plain = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    output::line("  login works");
    for (name, value) in [
        ("server", text("server")),
        ("capabilities", list("capabilities", plain).join(" ")),
        ("token", text("token")),
        ("new mail", text("new_mail")),
        ("after archive", text("after_archive")),
        ("search", text("search")),
        ("compression", text("compression")),
        (
            "largest mail",
            format!(
                "{} bytes; of a larger one the header is kept",
                found["max_bytes"]
            ),
        ),
        (
            "folders",
            list("folders", |folder| {
                folder["name"].as_str().unwrap_or_default().to_owned()
            })
            .join(", "),
        ),
    ] {
        if !value.is_empty() {
            output::line(&format!("  {name:<14} {value}"));
        }
    }
    for folder in found["read"].as_array().into_iter().flatten() {
        output::line(&format!(
            "  reads          {}: {} mails, epoch {}; {}",
            folder["folder"].as_str().unwrap_or_default(),
            folder["mails"],
            folder["uid_validity"],
            folder["plan"].as_str().unwrap_or_default(),
        ));
    }
    for problem in list("problems", plain) {
        output::line(&format!("  problem: {problem}"));
    }
}
