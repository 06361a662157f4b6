//! Tables of 200x60 as a board of alerts looks, and the steps between them that are measured.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Modifier, Style},
};

const SIZE: (u16, u16) = (200, 60);
/// Rows of the table, between a header and a footer.
const ROWS: u16 = SIZE.1 - 3;

/// What happens, the picture before it and the one after.
pub fn steps() -> Vec<(&'static str, Buffer, Buffer)> {
    let first = table(0, 3, 0);
    vec![
        ("a first paint", Buffer::empty(first.area), first.clone()),
        ("the clock", first.clone(), table(0, 3, 1)),
        ("the selection one row down", first.clone(), table(0, 4, 0)),
        ("one line scrolled", first.clone(), table(1, 2, 0)),
        ("one line scrolled, the selection stays", first.clone(), table(1, 3, 0)),
        ("a page down", first.clone(), table(u32::from(ROWS), 3, 0)),
        ("one row of a hundred changed", first.clone(), changed(&first)),
    ]
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
