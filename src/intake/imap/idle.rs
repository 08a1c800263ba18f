//! Waiting for new mail: IDLE (RFC 2177) where the server offers it. What it says is a hint only; the
//! caller looks for new UIDs afterwards in any case.

use std::time::Duration;

use tokio::time::Instant;

use super::error::{ImapError, Status};
use super::session::Session;
use super::wire::Response;

/// Until the server must have begun to idle.
const BEGIN_TIME: Duration = Duration::from_secs(10);
/// Until it must have ended.
const END_TIME: Duration = Duration::from_secs(15);
const COMMAND: &str = "IDLE";

/// Why the waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waited {
    /// The server said that mails came.
    News,
    /// The time is over.
    TimeOver,
    /// The server does not want to idle; the connection is usable.
    Refused,
    /// The caller's future was done first. The connection is to be dropped.
    Stopped,
}

impl Session {
    /// Idles until mails come, the time is over, or `stop` is done.
    ///
    /// # Errors
    /// When the connection fails, or the server keeps silent where it must speak.
    pub async fn idle(
        &mut self,
        at_most: Duration,
        stop: impl Future<Output = ()>,
    ) -> Result<Waited, ImapError> {
        let wire = &mut self.wire;
        let until = Instant::now() + BEGIN_TIME;
        let tag = wire.send(COMMAND, &[], until).await?;
        loop {
            match wire.next(COMMAND, until).await? {
                Response::Continue(_) => break,
                Response::Tagged {
                    tag: answered,
                    status,
                } if answered == tag => {
                    return if status.status == Status::Ok {
                        Err(wire.protocol(COMMAND, "it is over before it began"))
                    } else {
                        Ok(Waited::Refused)
                    };
                }
                // EXISTS before the `+`: noted by the wire.
                _ => {}
            }
        }
        let over = Instant::now() + at_most;
        tokio::pin!(stop);
        let mut waited = Waited::TimeOver;
        loop {
            if wire.has_news() {
                waited = Waited::News;
                break;
            }
            let response = tokio::select! {
                () = &mut stop => return Ok(Waited::Stopped),
                response = wire.next_within(COMMAND, over) => response?,
            };
            match response {
                None => break,
                Some(Response::Tagged { .. }) => {
                    return Err(wire.protocol(COMMAND, "it ended unasked"));
                }
                Some(_) => {}
            }
        }
        let until = Instant::now() + END_TIME;
        wire.write(COMMAND, b"DONE\r\n", until).await?;
        wire.finish(COMMAND, &tag, until).await?;
        Ok(waited)
    }
}
