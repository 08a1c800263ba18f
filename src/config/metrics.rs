//! Numbers, health and readiness over HTTP.

use std::net::SocketAddr;

use serde::Deserialize;

/// `[metrics]`: a door for whoever watches, open while `precedent run` runs.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MetricsSettings {
    /// `127.0.0.1:9464`.
    pub listen: String,
    /// Allows an address that others can reach. There is no password, and no text of a mail behind it.
    #[serde(default)]
    pub allow_remote: bool,
}

impl MetricsSettings {
    /// The address, where it is one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.listen.parse().ok()
    }

    /// What is wrong with it: the value that is wrong, what, and what to do.
    pub(super) fn problems(&self) -> Vec<(String, String, String)> {
        let listen = &self.listen;
        match self.address() {
            None => vec![(
                listen.clone(),
                format!("{listen:?} is nothing to listen on"),
                "write \"127.0.0.1:9464\"".to_owned(),
            )],
            Some(address) if !address.ip().is_loopback() && !self.allow_remote => vec![(
                listen.clone(),
                format!("anybody who reaches {listen} could read the numbers"),
                "listen on 127.0.0.1; or set allow_remote = true if the network is really yours"
                    .to_owned(),
            )],
            Some(_) => Vec::new(),
        }
    }
}
