//! Faults: the whole program ended at every point of its work, and everything around it failing.
//!
//! The points exist only in builds that are not for release, so these tests run the program that was built
//! with them. `PRECEDENT_FAULT_BINARY` names another such build.

mod campaign;
mod copies;
#[expect(dead_code, reason = "the scenarios use more of it")]
#[path = "../scenarios/house.rs"]
mod house;
#[expect(dead_code, reason = "the scenarios use more of it")]
#[path = "../scenarios/letter.rs"]
mod letter;
mod program;
#[expect(dead_code, reason = "the live tests use more of it")]
#[path = "../live/scripted.rs"]
mod scripted;
#[expect(dead_code, reason = "the tests of delivery use more of it")]
#[path = "../smtp/server.rs"]
mod server;
mod surroundings;
