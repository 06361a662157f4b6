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

use std::time::Instant;

use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};
use watchfire::runtime::terminal::encode::{Encoder, dialect::Dialect};

const SIZE: (u16, u16) = (200, 60);
/// Rows of the table, between a header and a footer.
const ROWS: u16 = SIZE.1 - 3;
/// What stands around a frame of either.
const AROUND: usize = 16;
const TURNS: u32 = 200;

fn main() {
    let first = table(0, 3, 0);
    let steps = [
        ("a first paint", Buffer::empty(first.area), first.clone()),
        ("the clock", first.clone(), table(0, 3, 1)),
        ("the selection one row down", first.clone(), table(0, 4, 0)),
        ("one line scrolled", first.clone(), table(1, 2, 0)),
        ("one line scrolled, the selection stays", first.clone(), table(1, 3, 0)),
        ("a page down", first.clone(), table(u32::from(ROWS), 3, 0)),
        ("one row of a hundred changed", first.clone(), changed(&first)),
    ];
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
        encoder.frame(from, None);
    }
    encoder
}

fn ours(from: &Buffer, to: &Buffer) -> Vec<u8> {
    [showing(from).frame(to, None), vec![0; AROUND]].concat()
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
        std::hint::black_box(encoder.frame(to, None));
        std::hint::black_box(encoder.frame(from, None));
    }
    began.elapsed().as_secs_f64() * 1e6 / f64::from(TURNS * 2)
}

fn table(from: u32, selected: u16, minute: u32) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    frame.set_string(1, 0, "BURNING  5 critical  13 error  7 warning", Style::new().fg(Color::Red));
    frame.set_string(190, 0, format!("20:{:02} UTC", 20 + minute), Style::new().fg(Color::DarkGray));
    frame.set_string(0, 1, "─".repeat(usize::from(SIZE.0)), Style::new().fg(Color::DarkGray));
    for y in 0..ROWS {
        row(&mut frame, y + 2, from + u32::from(y), y == selected);
    }
    frame.set_string(1, SIZE.1 - 1, "? help  Enter open  a ack  s silence  / filter", Style::new());
    frame
}

fn row(frame: &mut Buffer, y: u16, alert: u32, selected: bool) {
    let bar = if selected { Modifier::REVERSED } else { Modifier::empty() };
    let (letter, colour) = [("C", Color::Red), ("E", Color::LightRed), ("W", Color::Yellow)][alert as usize % 3];
    let base = Style::new().add_modifier(bar);
    frame.set_style(Rect::new(0, y, SIZE.0, 1), base);
    frame.set_string(1, y, format!("● {letter}"), base.fg(colour).add_modifier(Modifier::BOLD));
    frame.set_string(6, y, "firing", base.fg(colour));
    frame.set_string(14, y, format!("{:>4}m", alert % 90), base.fg(Color::DarkGray));
    frame.set_string(21, y, format!("HighErrorRate{:05}", alert * 7_919 % 100_000), base);
    let place = format!("checkout-{:08x} in eu-west-{}", alert.wrapping_mul(2_654_435_761), alert % 4);
    frame.set_string(60, y, place, base.fg(Color::Cyan));
    frame.set_string(110, y, format!("{} % of requests fail for {alert} users", alert % 100), base);
}

fn changed(frame: &Buffer) -> Buffer {
    let mut next = frame.clone();
    next.set_string(6, 30, "acked ", Style::new().fg(Color::Green));
    next
}
