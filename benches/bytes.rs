//! Bytes to the terminal for a table of 200x60, ours beside those of the stock backend in one run, and what our encoder costs
//! in time. The limits over the demonstration's own frames are tests: `tests/it/bytes/costs.rs`.
//!
//! `cargo bench --bench bytes`

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench measures time, prints, and ends where it cannot go on"
)]

mod tables;

use std::time::Instant;

use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::Buffer,
};
use watchfire::runtime::terminal::encode::{Encoder, dialect::Dialect};

/// What stands around a frame of either.
const AROUND: usize = 16;
const TURNS: u32 = 200;

fn main() {
    let steps = tables::steps();
    println!("{:<42} {:>8} {:>8} {:>8} {:>10}", "200x60", "ours", "stock", "ratio", "µs a frame");
    for (what, from, to) in &steps {
        let (ours, stock) = (ours(from, to).len(), stock(from, to));
        println!("{what:<42} {ours:>8} {stock:>8} {:>8.2} {:>10.0}", ours as f64 / stock as f64, micros(from, to));
    }
}

/// An encoder that has shown the first frame; none was shown before the first paint.
fn showing(from: &Buffer) -> Encoder {
    let mut encoder = Encoder::new(Dialect::XTERM);
    if from.content.iter().any(|c| c.symbol() != " ") {
        encoder.frame(from, &[], None);
    }
    encoder
}

fn ours(from: &Buffer, to: &Buffer) -> Vec<u8> {
    [showing(from).frame(to, &[], None), vec![0; AROUND]].concat()
}

fn stock(from: &Buffer, to: &Buffer) -> usize {
    let mut out = Vec::new();
    CrosstermBackend::new(&mut out).draw(from.diff(to).into_iter()).expect("a vector takes all");
    out.len() + AROUND
}

/// There and back, the mean of both.
fn micros(from: &Buffer, to: &Buffer) -> f64 {
    let mut encoder = showing(from);
    let began = Instant::now();
    for _ in 0..TURNS {
        std::hint::black_box(encoder.frame(to, &[], None));
        std::hint::black_box(encoder.frame(from, &[], None));
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(TURNS * 2)
}
