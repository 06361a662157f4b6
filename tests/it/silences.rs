//! Silences: what is previewed is what a real server then mutes, and an edit keeps what it can.

mod form;
mod list;
mod real;
mod series;
