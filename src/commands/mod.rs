//! The command line: one file for each subcommand. Standard output carries data, standard error
//! everything else.

mod arguments;

use std::process::ExitCode;

use clap::Parser;

pub use arguments::{Arguments, Command};

/// Runs what the arguments say.
#[must_use]
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let _ = arguments;
    ExitCode::SUCCESS
}
