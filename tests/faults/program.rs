//! The program with its points of failure.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use crate::house::{House, Running};

/// The same command on the program that has points of failure, with these variables.
pub fn faulty(house: &House, arguments: &[&str], faults: &[(&str, String)]) -> Command {
    let plain = house.command(arguments);
    let binary = std::env::var_os("PRECEDENT_FAULT_BINARY")
        .map_or_else(|| env!("CARGO_BIN_EXE_precedent").into(), PathBuf::from);
    let mut command = Command::new(binary);
    command.args(plain.get_args());
    command.current_dir(plain.get_current_dir().unwrap_or_else(|| ".".as_ref()));
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    for (name, value) in faults {
        command.env(name, OsStr::new(value));
    }
    command
}

/// Starts it in the background.
pub fn start(house: &House, arguments: &[&str], faults: &[(&str, String)]) -> Running {
    Running::start(faulty(house, arguments, faults), &house.path("running.err"))
}

/// The variable that ends the program when it passes a point for this time.
pub fn killed_at(point: &str, count: u64) -> (&'static str, String) {
    ("PRECEDENT_FAULT_KILL", format!("{point}:{count}"))
}
