//! What the terminal is sent: the picture that was drawn, in our grammar, and in few bytes.

mod costs;
mod frugal;
mod glass;
mod link;
mod linked;
mod pictures;
#[path = "../terminal/tokens.rs"]
#[allow(dead_code, reason = "of the grammar only the check is needed")]
mod tokens;
mod widths;
