//! Parse, run, report; the only exit codes.

fn main() {}
