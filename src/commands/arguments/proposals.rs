//! Flags of `proposals`.

use clap::Subcommand;

/// `proposals` subcommands.
#[derive(Debug, Subcommand)]
pub enum ProposalsCommand {
    /// List what waits for a word, most likely first.
    List {
        /// Another state: open, nothing, confirmed, rejected.
        #[arg(long, value_name = "STATE", default_value = "open")]
        state: String,
        /// Only of this confidence and above, 0 to 1.
        #[arg(long, value_name = "CONFIDENCE")]
        above: Option<f64>,
        /// Only of this desk.
        #[arg(long, value_name = "DESK")]
        desk: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Show a proposed resolution beside its problem.
    Show {
        /// Number of the case.
        case: String,
    },
    /// Make precedents of them.
    Confirm {
        /// Numbers of cases.
        #[arg(required_unless_present = "above", value_name = "CASE")]
        cases: Vec<String>,
        /// All of this confidence and above, 0 to 1.
        #[arg(long, value_name = "CONFIDENCE", conflicts_with = "cases")]
        above: Option<f64>,
        /// Only of this desk.
        #[arg(long, value_name = "DESK", requires = "above")]
        desk: Option<String>,
        /// Another code than the proposed one: fixed, workaround, guidance, duplicate, not_reproducible, declined.
        #[arg(long)]
        code: Option<String>,
        /// Another text than the proposed one, for one case.
        #[arg(long, value_name = "TEXT", conflicts_with = "above")]
        resolution: Option<String>,
        /// Who says so; whoever is logged in where it is not given.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Say that they are no resolutions; importing again does not bring them back.
    Reject {
        /// Numbers of cases.
        #[arg(required = true, value_name = "CASE")]
        cases: Vec<String>,
        /// Who says so; whoever is logged in where it is not given.
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
}
