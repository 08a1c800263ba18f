//! Search over solved cases.
