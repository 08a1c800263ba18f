//! `precedent init`: a commented configuration.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, anyhow};

use super::output;

pub(super) fn run(file: &Path) -> Result<()> {
    // An existing configuration is somebody's work.
    let mut opened = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(file)
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                anyhow!(
                    "{} is there already; name another file, or move it away",
                    file.display()
                )
            }
            _ => anyhow!("{} cannot be written: {error}", file.display()),
        })?;
    opened.write_all(crate::config::EXAMPLE.as_bytes())?;
    output::line(&format!(
        "wrote {}; set the addresses of your desk and its maildir, then: precedent run",
        file.display()
    ));
    Ok(())
}
