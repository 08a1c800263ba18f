//! The command line: one file for each subcommand. Standard output carries data, standard error
//! everything else.

mod arguments;
mod backup;
mod check;
mod context;
mod demo;
mod doctor;
mod erase;
mod eval;
mod eval_own;
mod explain;
mod import;
mod ingest;
mod init;
mod inspect;
mod list;
mod login;
mod mark;
mod marked;
mod outbox;
mod output;
mod probe;
mod profile;
mod proposals;
mod quarantine;
mod raw;
mod reading;
mod reindex;
mod replies;
mod resolve;
mod retention;
mod run;
mod search;
mod show;
mod signals;
mod similar;
mod why;
mod words;

use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser};

use crate::store::MarkVerdict;
use arguments::{Arguments, Command};
use context::{Context, ProfileInFile};

/// Runs what the arguments say.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse_from(arguments::with_negations(std::env::args_os().collect()));
    log_to_standard_error(&arguments);
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => {
            report_error(&error);
            // A mail server returns the mail to its sender on any other status.
            if is_pipe(&arguments.command) {
                ExitCode::from(ingest::TRY_AGAIN)
            } else {
                ExitCode::from(2)
            }
        }
    }
}

/// True for a mail server's pipe.
fn is_pipe(command: &Command) -> bool {
    matches!(command, Command::Ingest { sources, .. } if ingest::has_pipe(sources))
}

fn run(arguments: &Arguments) -> Result<ExitCode> {
    // Commands that need no configuration do not fail because of one.
    match &arguments.command {
        Command::Init { file } => {
            init::run(file)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Completions { shell } => {
            let mut command = Arguments::command();
            // Into memory first: the generator panics when its reader has gone (`| head`).
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut command, "precedent", &mut script);
            output::bytes(&script);
            return Ok(ExitCode::SUCCESS);
        }
        Command::Demo { folder } => {
            let context = Context::plain(arguments);
            if let Some(data) = &arguments.data {
                output::note(
                    &context,
                    &format!(
                        "the demonstration leaves {} alone and keeps its data in a folder of its own; --folder names it",
                        data.display()
                    ),
                );
            }
            runtime()?.block_on(demo::run(&context, folder.as_deref()))?;
            return Ok(ExitCode::SUCCESS);
        }
        _ => {}
    }
    let context = match &arguments.command {
        Command::Eval { command } => match command.folder() {
            Some(folder) => Context::for_folder(arguments, folder)?,
            None => Context::new(arguments)?,
        },
        _ => Context::new(arguments)?,
    };
    match &arguments.command {
        Command::Inspect {
            files,
            thread,
            text,
            profile,
            why,
        } => {
            let how = inspect::How {
                thread: *thread,
                text: *text,
                profile: profile.as_deref(),
                why: why.as_deref(),
            };
            inspect::run(&context, files, how)
        }
        Command::Probe => probe::run(&context).map(|()| ExitCode::SUCCESS),
        Command::Profile { command } => profile::run(&context, command),
        Command::Eval { command } if eval_own::needs_store(command) => {
            runtime()?.block_on(eval_own::run(&context, command))
        }
        Command::Eval { command } => eval::run(&context, command),
        other => runtime()?.block_on(with_store(&context, other)),
    }
}

async fn with_store(context: &Context, command: &Command) -> Result<ExitCode> {
    match command {
        Command::Run => return run::run(context).await,
        Command::Check => return check::run(context).await,
        Command::Login {
            account,
            refresh_token,
        } => login::run(context, account, *refresh_token).await?,
        Command::Ingest {
            sources,
            account,
            watch,
            import,
        } => return ingest::run(context, sources, account, *watch, *import).await,
        Command::Doctor { fix, offline } => {
            let healthy = doctor::run(context, *fix, *offline).await?;
            return Ok(ExitCode::from(u8::from(!healthy)));
        }
        Command::Import {
            sources,
            map,
            desk,
            account,
            folder,
            desk_address,
        } => {
            let what = import::What {
                sources,
                map: map.as_deref(),
                desk: desk.as_deref(),
                account: account.as_deref(),
                folders: folder,
                desk_addresses: desk_address,
            };
            return import::run(context, &what).await;
        }
        Command::Mark {
            case,
            precedent,
            solved,
            not_related: _,
            note,
            by,
        } => {
            let word = mark::Word {
                case,
                precedent,
                verdict: if *solved {
                    MarkVerdict::Solved
                } else {
                    MarkVerdict::NotRelated
                },
                note,
                by: by.as_deref(),
            };
            mark::run(context, &word).await?;
        }
        Command::Proposals { command } => return proposals::run(context, command).await,
        Command::List {
            status,
            desk,
            limit,
        } => {
            list::run(context, status.as_deref(), desk.clone(), *limit).await?;
        }
        Command::Search {
            query,
            limit,
            offset,
            sort,
            facet,
        } => {
            let options = search::Options {
                query: query.join(" "),
                limit: *limit,
                offset: *offset,
                sort: *sort,
                facets: facet.clone(),
            };
            search::run(context, options).await?;
        }
        Command::Show { case } => show::run(context, case).await?,
        Command::Similar { what, limit } => similar::run(context, what, *limit).await?,
        Command::Resolve {
            case,
            code,
            resolution,
            precedent,
        } => {
            resolve::run(context, case, code, resolution, precedent.as_deref()).await?;
        }
        Command::Explain { mail } => explain::run(context, mail).await?,
        Command::Outbox { command } => outbox::run(context, command).await?,
        Command::StopReplies { reason } => replies::stop(context, reason).await?,
        Command::ResumeReplies => replies::resume(context).await?,
        Command::Quarantine { command } => quarantine::run(context, command).await?,
        Command::Raw { command } => return raw::run(context, command).await,
        Command::Backup { to } => backup::backup(context, to).await?,
        Command::Restore { file } => backup::restore(context, file).await?,
        Command::Erase { address, yes } => {
            let done = erase::run(context, address, *yes).await?;
            return Ok(ExitCode::from(u8::from(!done)));
        }
        Command::Retention { dry_run } => retention::run(context, *dry_run).await?,
        Command::Reindex => reindex::run(context).await?,
        Command::Reprocess { cases } => reindex::reprocess(context, cases).await?,
        Command::Demo { .. }
        | Command::Inspect { .. }
        | Command::Probe
        | Command::Profile { .. }
        | Command::Eval { .. }
        | Command::Init { .. }
        | Command::Completions { .. } => unreachable!("these run without a store"),
    }
    Ok(ExitCode::SUCCESS)
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?)
}

fn log_to_standard_error(arguments: &Arguments) {
    let level = match i16::from(arguments.verbose) - i16::from(arguments.quiet) {
        ..=-1 => "error",
        // What libraries have to say of their own work is nothing that an operator can act on.
        0 => "warn,rustls=error,tantivy=error",
        1 => "info,rustls=error,tantivy=warn",
        _ => "debug",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("PRECEDENT_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .init();
}

/// Says on standard error what went wrong, where, and what to do.
fn report_error(error: &anyhow::Error) {
    // Errors that know their place in a file show it.
    let report = if let Some(error) = error.downcast_ref::<crate::config::ConfigError>() {
        Some(render(error))
    } else {
        error
            .downcast_ref::<ProfileInFile>()
            .map(|error| render(error))
    };
    if let Some(report) = report {
        anstream::eprintln!("{report}");
        return;
    }
    anstream::eprintln!("error: {error:#}");
    if let Some(hint) = error.chain().find_map(hint) {
        anstream::eprintln!("hint: {hint}");
    }
}

/// What a person can do about an error.
fn hint(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    use crate::engine::FollowError;
    use precedent_index::{IndexError, SearchError};

    // Errors that pass another one on as it is do not show it as their cause.
    let (store, index) = match error.downcast_ref::<FollowError>() {
        Some(FollowError::Store(error)) => (Some(error), None),
        Some(FollowError::Index(error)) => (None, Some(error)),
        _ => (None, None),
    };
    let store = store.or_else(|| error.downcast_ref());
    let index = index
        .or_else(|| error.downcast_ref())
        .or_else(|| match error.downcast_ref() {
            Some(SearchError::Index(error)) => Some(error),
            _ => None,
        });
    match index {
        Some(IndexError::Missing { .. } | IndexError::Unreadable { .. }) => Some(
            "`precedent reindex` builds it from the store, and so does the next `precedent ingest`",
        ),
        Some(IndexError::Locked { .. }) => Some("stop the other `precedent`, then try again"),
        _ => store.and_then(crate::store::StoreError::hint),
    }
}

fn render(diagnostic: &dyn miette::Diagnostic) -> String {
    let mut out = String::new();
    let handler = miette::GraphicalReportHandler::new();
    if handler.render_report(&mut out, diagnostic).is_err() {
        out = diagnostic.to_string();
    }
    out
}
