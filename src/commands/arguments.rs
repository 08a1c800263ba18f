//! Flags as typed.

mod proposals;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

pub use proposals::ProposalsCommand;

/// Reads a support inbox, extracts checked facts, shows solved cases, and asks the sender for
/// exactly what is missing.
#[derive(Debug, Parser)]
#[command(
    name = "precedent",
    version,
    arg_required_else_help = true,
    propagate_version = true
)]
#[command(
    after_help = "Try `precedent demo` first. `precedent init` writes a commented configuration."
)]
pub struct Arguments {
    /// Configuration file; without one ./precedent.toml, and without that the built-in desks in
    /// mode `observe`.
    #[arg(long, global = true, value_name = "FILE", env = "PRECEDENT_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data folder; overrides the configuration.
    #[arg(long, global = true, value_name = "FOLDER", env = "PRECEDENT_DATA")]
    pub data: Option<PathBuf>,
    /// Print data as JSON, one object a line where there are many.
    #[arg(long, global = true)]
    pub json: bool,
    /// Say less on standard error; twice: errors only.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub quiet: u8,
    /// Say more on standard error; twice: everything.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Subcommands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the main job on built-in samples: nothing to set up, nothing leaves.
    Demo {
        /// Keep the data here instead of in ./precedent-demo.
        #[arg(long, value_name = "FOLDER")]
        folder: Option<PathBuf>,
    },
    /// Follow the configured sources and accounts until stopped.
    Run,
    /// Check the configuration: connect to each account, log in, show folders and what will be done.
    /// Sends and changes nothing.
    Check,
    /// Log in to an account with [account.oauth]: shows a page and a code for a browser anywhere.
    Login {
        /// Name of the account.
        account: String,
        /// Read a refresh token that was made elsewhere from standard input instead.
        #[arg(long)]
        refresh_token: bool,
    },
    /// Take in mails: Maildir, mbox, .eml file, folder of .eml files, or - for standard input.
    ///
    /// With -, the exit status is what a mail server's pipe expects: 0 stored, 75 try again later,
    /// 65 not a mail.
    Ingest {
        /// Where the mails are.
        #[arg(required_unless_present = "account", value_name = "SOURCE")]
        sources: Vec<PathBuf>,
        /// Read what is new in the folders of this account of the configuration, once.
        #[arg(long, value_name = "NAME")]
        account: Vec<String>,
        /// Keep watching a Maildir for new mail until stopped.
        #[arg(long, conflicts_with_all = ["account", "import"])]
        watch: bool,
        /// These are old mails of another system: file them, and answer none of them, ever.
        #[arg(long)]
        import: bool,
    },
    /// Take in the history of a desk. Never causes mail.
    ///
    /// Solved cases as JSON Lines; old mail (mbox, Maildir, .eml file, folder of .eml files, a folder of an account);
    /// an export of another ticket system with --map. Old mail and exports give proposed resolutions:
    /// `precedent proposals`. See docs/operations.md.
    Import {
        /// Files and folders; - for JSON Lines on standard input.
        #[arg(value_name = "SOURCE", required_unless_present = "account")]
        sources: Vec<PathBuf>,
        /// Read an export: zammad, zendesk, jira, github, or a TOML file like them.
        #[arg(long, value_name = "NAME|FILE", conflicts_with = "account")]
        map: Option<String>,
        /// Cases of an export go to this desk; the first one of the configuration where it is not given.
        #[arg(long, value_name = "NAME", requires = "map")]
        desk: Option<String>,
        /// Read old mail from folders of this account of the configuration.
        #[arg(long, value_name = "NAME", requires = "folder")]
        account: Option<String>,
        /// A folder of the account.
        #[arg(long, value_name = "FOLDER", requires = "account")]
        folder: Vec<String>,
        /// Mail from this address (or @domain) was written by the desk, besides its configured addresses.
        #[arg(long, value_name = "ADDRESS")]
        desk_address: Vec<String>,
    },
    /// Show what a mail yields, without touching any state.
    Inspect {
        /// .eml, .txt or .html files, or - for standard input.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Treat the files as one thread in time order and show the state after the last.
        #[arg(long)]
        thread: bool,
        /// Print the sender's new text alone.
        #[arg(long, conflicts_with = "thread")]
        text: bool,
        /// Use this profile instead of recognising it.
        #[arg(long, value_name = "NAME|FILE")]
        profile: Option<String>,
        /// Explain one field, requirement, flag or judgement by its reasons: `marketplace`,
        /// `steps_tried`, `issue_type`, `times`; `all` for everything.
        #[arg(long, value_name = "NAME", conflicts_with = "text")]
        why: Option<String>,
    },
    /// List cases, newest first.
    List {
        /// Only of this status.
        #[arg(long, value_name = "STATUS")]
        status: Option<String>,
        /// Only of this desk.
        #[arg(long, value_name = "DESK")]
        desk: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show a case: facts with evidence, what is missing, precedents, mails, replies.
    Show {
        /// Number of the case: SP-1042.
        case: String,
    },
    /// Search all cases; see docs/query-language.md.
    Search {
        /// Words, "phrases", -not, field:value. What looks like an option and is none of it comes
        /// after --.
        #[arg(required = true, value_name = "QUERY")]
        query: Vec<String>,
        /// At most so many.
        #[arg(long, default_value_t = 10)]
        limit: usize,
        /// Skip so many.
        #[arg(long, default_value_t = 0)]
        offset: usize,
        /// Order.
        #[arg(long, value_enum, default_value_t = SortOrder::Relevance)]
        sort: SortOrder,
        /// Count the values of these fields over all hits.
        #[arg(long, value_name = "FIELD")]
        facet: Vec<String>,
    },
    /// Find solved cases like a case or a mail.
    Similar {
        /// Number of a case, or a file.
        #[arg(value_name = "CASE|FILE")]
        what: String,
        /// At most so many.
        #[arg(long, default_value_t = 5)]
        limit: usize,
    },
    /// Close a case with what solved it.
    Resolve {
        /// Number of the case.
        case: String,
        /// fixed, workaround, guidance, duplicate, not_reproducible or declined.
        #[arg(long)]
        code: String,
        /// How it was solved, for whoever meets it next.
        #[arg(long)]
        resolution: String,
        /// The solved case whose resolution it was: marks it as `mark --solved` does.
        #[arg(long, value_name = "NUMBER")]
        precedent: Option<String>,
    },
    /// Say whether a solved case that was shown for a case helped: the next search knows.
    Mark {
        /// Number of the case.
        case: String,
        /// Number of the solved case that was shown for it.
        precedent: String,
        /// Its resolution solved the case.
        #[arg(
            long,
            required_unless_present = "not_related",
            conflicts_with = "not_related"
        )]
        solved: bool,
        /// It has nothing to do with the case, and is not shown for it again.
        #[arg(long)]
        not_related: bool,
        /// Why, for whoever reads it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        note: String,
        /// Who says so; whoever is logged in where it is not given.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Resolutions that an import of history proposes: list, confirm, reject.
    Proposals {
        /// What to do.
        #[command(subcommand)]
        command: ProposalsCommand,
    },
    /// Explain why a mail was answered or not.
    Explain {
        /// Number of a mail, beginning of its hash, or its Message-ID.
        mail: String,
    },
    /// Mails that wait, were sent or were withheld.
    Outbox {
        /// What to do.
        #[command(subcommand)]
        command: OutboxCommand,
    },
    /// Compare servers, archive, cases, quarantine, outbox and index. The exit status is 0 when nothing
    /// needs anybody, else 1.
    Doctor {
        /// Do what is safe: process what was archived, let the index follow. Sends nothing.
        #[arg(long)]
        fix: bool,
        /// Ask no server.
        #[arg(long)]
        offline: bool,
    },
    /// Stop all automatic mail at once, also of a running process. What waits goes on waiting.
    StopReplies {
        /// Why, for whoever finds it stopped.
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Let automatic mail leave again.
    ResumeReplies,
    /// Mails that could not be processed.
    Quarantine {
        /// What to do.
        #[command(subcommand)]
        command: QuarantineCommand,
    },
    /// Mails as they came, and who read them. With a key in the configuration they are kept sealed.
    Raw {
        /// What to do.
        #[command(subcommand)]
        command: RawCommand,
    },
    /// Copy the store into one file, also while `precedent run` works: raw mails, cases, outbox and the secret key.
    Backup {
        /// A file that is not there yet, or a folder, in which it is named by the time.
        #[arg(value_name = "FOLDER|FILE")]
        to: PathBuf,
    },
    /// Make the data folder out of a backup. Never replaces data; automatic mail is stopped until `resume-replies`.
    Restore {
        /// The backup.
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Forget a person: their mails, addresses, names, and what was written to them. What their cases were about and
    /// what solved them stays. Without --yes only says what would go.
    Erase {
        /// The person's address.
        address: String,
        /// Do it. It cannot be undone.
        #[arg(long)]
        yes: bool,
    },
    /// Remove what [retention] says is old enough, now; `precedent run` does so once a day.
    Retention {
        /// Only say what would go.
        #[arg(long)]
        dry_run: bool,
    },
    /// Build the search index again from the store.
    Reindex,
    /// Derive everything again from the raw mails, with this version and these profiles. Never
    /// causes mail.
    Reprocess {
        /// Only these cases.
        #[arg(value_name = "CASE")]
        cases: Vec<String>,
    },
    /// Profiles: check, list, show.
    Profile {
        /// What to do.
        #[command(subcommand)]
        command: ProfileCommand,
    },
    /// Measure against labelled data.
    Eval {
        /// What to measure.
        #[command(subcommand)]
        command: EvalCommand,
    },
    /// Write a commented configuration.
    Init {
        /// Where.
        #[arg(value_name = "FILE", default_value = "precedent.toml")]
        file: PathBuf,
    },
    /// Reads mails for another process, which lives on when it dies.
    #[command(hide = true)]
    Probe,
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

/// `outbox` subcommands.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// List, newest first.
    List {
        /// Only in this state: draft, waiting, approved, sending, sent, uncertain, failed, withheld, discarded.
        #[arg(long)]
        state: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Show one mail as its reader would see it.
    Show {
        /// Its number.
        id: i64,
        /// Print its bytes as they would leave.
        #[arg(long)]
        raw: bool,
    },
    /// Let drafts leave.
    Approve {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Say what became of mails of unknown fate: look into the Sent folder and the server's log
    /// first.
    Settle {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
        /// The server had them: nothing more is done.
        #[arg(long, required_unless_present = "resend", conflicts_with = "resend")]
        sent: bool,
        /// The server did not have them: they leave again.
        #[arg(long)]
        resend: bool,
    },
    /// Throw drafts away.
    Discard {
        /// Their numbers.
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}

/// `quarantine` subcommands.
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List, newest first.
    List,
    /// Show the reason and the raw mail.
    Show {
        /// Number of the mail.
        mail: i64,
    },
    /// Process again.
    Retry {
        /// Numbers of mails; all when none is given.
        mails: Vec<i64>,
    },
}

/// `raw` subcommands.
#[derive(Debug, Subcommand)]
pub enum RawCommand {
    /// Print a mail byte for byte. Who read it is written down.
    Show {
        /// Its number, its Message-ID, or the first digits of its hash.
        mail: String,
    },
    /// Who read raw mails, latest first.
    Log {
        /// Only of this mail.
        mail: Option<i64>,
        /// At most so many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// Seal what was kept before there was a key, or with a former one.
    Seal,
    /// Print a new key, for the file that [archive] names.
    Key,
}

/// `profile` subcommands.
#[derive(Debug, Subcommand)]
pub enum ProfileCommand {
    /// Check profiles; every error with line, column and the nearest right key.
    Check {
        /// TOML files, or names of built-in profiles.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
    },
    /// List the built-in profiles.
    List,
    /// Print a built-in profile, to begin an own one with.
    Show {
        /// Its name.
        name: String,
    },
}

/// `eval` subcommands.
#[derive(Debug, Subcommand)]
pub enum EvalCommand {
    /// Compare what mails yield with their labels (NAME.eml beside NAME.label.json).
    Triage {
        /// Folder.
        folder: PathBuf,
        /// Show every difference.
        #[arg(long)]
        diff: bool,
        /// Use this profile instead of the labels'.
        #[arg(long, value_name = "NAME|FILE")]
        profile: Option<String>,
        /// Score only this part of the mails; the others still begin their threads.
        #[arg(long, value_name = "PART")]
        part: Option<LabelPart>,
    },
    /// Measure the ranking of similar cases (corpus.jsonl, queries.jsonl, qrels.tsv).
    Similar {
        /// Folder.
        #[arg(required_unless_present = "own", conflicts_with = "own")]
        folder: Option<PathBuf>,
        /// Measure on the own cases: what was marked as the solution, and duplicates. A case sees its past only.
        #[arg(long)]
        own: bool,
        /// Folder of the sentence encoder; the one of the configuration by default.
        #[arg(long, value_name = "PATH")]
        model: Option<PathBuf>,
        /// Rank by words and facts alone.
        #[arg(long, conflicts_with = "model")]
        no_vectors: bool,
    },
    /// Write the own cases and what was marked on them as such a folder: without addresses, secrets replaced.
    Export {
        /// A folder that is not there yet, or is empty.
        folder: PathBuf,
    },
}

impl EvalCommand {
    /// The folder with labelled data, where it is not the own cases.
    pub(super) fn folder(&self) -> Option<&std::path::Path> {
        match self {
            Self::Triage { folder, .. } => Some(folder),
            Self::Similar { folder, .. } => folder.as_deref(),
            Self::Export { .. } => None,
        }
    }
}

/// Parts of a folder of labelled mails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LabelPart {
    /// Mails that rules may be written from.
    Tuned,
    /// Mails whose label says `"held_out": true`: they measure, and no rule is written from them.
    HeldOut,
}

/// Order of search results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SortOrder {
    /// Best first.
    Relevance,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

/// The arguments with the negations of a search (`-invoice`) marked by a space, so that they are not
/// taken for options. Options keep their meaning anywhere before `--`.
pub(super) fn with_negations(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let mut at = 1;
    while let Some(argument) = arguments.get(at).and_then(|argument| argument.to_str()) {
        match argument {
            "--config" | "--data" => at += 2,
            "search" => break,
            option if option.starts_with('-') => at += 1,
            _ => return arguments,
        }
    }
    for argument in arguments.iter_mut().skip(at + 1) {
        let Some(text) = argument.to_str() else {
            continue;
        };
        if text == "--" {
            break;
        }
        if let Some(word) = text.strip_prefix('-')
            && !word.is_empty()
            && !word.starts_with('-')
            && !word.chars().all(|letter| "qvhV".contains(letter))
        {
            *argument = format!(" {text}").into();
        }
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search(line: &[&str]) -> (String, usize, bool) {
        let line = line.iter().map(OsString::from).collect();
        let arguments = Arguments::try_parse_from(with_negations(line)).unwrap();
        let Command::Search { query, limit, .. } = arguments.command else {
            panic!("not a search");
        };
        (query.join(" ").trim().to_owned(), limit, arguments.json)
    }

    #[test]
    fn options_stand_anywhere_around_a_query_with_negations() {
        assert_eq!(
            search(&[
                "p",
                "search",
                "getOrders",
                "-invoice",
                "--limit",
                "1",
                "--json"
            ]),
            ("getOrders  -invoice".to_owned(), 1, true)
        );
        assert_eq!(
            search(&["p", "--json", "search", "-status:resolved", "error:429"]),
            ("-status:resolved error:429".to_owned(), 10, true)
        );
        assert_eq!(
            search(&["p", "search", "--limit=3", "--", "--json"]),
            ("--json".to_owned(), 3, false)
        );
    }
}
