//! A recording out of a file that anybody may have written: every number is held to a measure, every mistake has its line.

use chrono::Duration;

use crate::domain::text::sanitise;

use super::{Came, End, Head, Line, Move, NAME, Recording, VERSION, keys};

/// Bytes of a file that are read; a day at the keyboard is a tenth of it.
pub const LARGEST: u64 = 16 * 1024 * 1024;
/// The largest side of a screen.
const SIDE: u16 = 500;
/// The longest recording.
const LONGEST: f64 = 7.0 * 86_400.0;

/// Reads a whole recording; `origin` names it in errors. A last line that was cut off is one that was never written.
///
/// # Errors
/// `origin:line: what is wrong`, harmless to show.
pub fn read(origin: &str, text: &str) -> Result<Recording, String> {
    let mut lines = text.lines().enumerate().map(|(i, line)| (i + 1, line)).filter(|(_, l)| !l.trim().is_empty());
    let wrong = |line: usize, why: String| sanitise(&format!("{origin}:{line}: {why}")).into_owned();
    let (at, first) = lines.next().ok_or_else(|| wrong(1, "it is empty; a recording begins with its head".into()))?;
    let head = head(first).map_err(|why| wrong(at, why))?;
    let mut recording = Recording { head, moves: Vec::new(), end: None };
    let whole = text.ends_with('\n');
    let last = text.lines().count();
    let mut before = Duration::zero();
    for (at, line) in lines {
        let read = match serde_json::from_str::<Line>(line) {
            Err(_) if at == last && !whole => break,
            Err(e) => Err(format!("no line of a recording: {e}")),
            Ok(_) if recording.end.is_some() => Err("something after the end".to_owned()),
            Ok(line) => take(&mut recording, line, before),
        };
        before = read.map_err(|why| wrong(at, why))?;
    }
    Ok(recording)
}

fn head(line: &str) -> Result<Head, String> {
    let value: serde_json::Value =
        serde_json::from_str(line).map_err(|e| format!("no head of a recording, which is JSON: {e}"))?;
    if value.get("watchfire").and_then(|w| w.as_str()) != Some(NAME) {
        return Err("no head of a recording: it has no \"watchfire\":\"recording\"".into());
    }
    match value.get("version").and_then(serde_json::Value::as_u64) {
        Some(version) if version <= u64::from(VERSION) => {}
        Some(version) => {
            return Err(format!("a newer watchfire wrote it (format {version}, this one reads {VERSION})"));
        }
        None => return Err("its head has no version".into()),
    }
    let head: Head = serde_json::from_value(value).map_err(|e| format!("the head: {e}"))?;
    size(head.size)?;
    if !(head.speed.is_finite() && (0.01..=10_000.0).contains(&head.speed)) {
        return Err("the speed must lie between 0.01 and 10000".into());
    }
    Ok(head)
}

fn size((columns, rows): (u16, u16)) -> Result<(), String> {
    let side = |n: u16| (1..=SIDE).contains(&n);
    if side(columns) && side(rows) { Ok(()) } else { Err(format!("{columns}x{rows} is no size; 1x1 to {SIDE}x{SIDE}")) }
}

fn on_screen(column: u16, row: u16) -> Result<(), String> {
    let fits = column < SIDE && row < SIDE;
    if fits { Ok(()) } else { Err(format!("column {column}, row {row} is on no screen of {SIDE}x{SIDE}")) }
}

/// Takes a line in, and answers its moment.
fn take(recording: &mut Recording, line: Line, before: Duration) -> Result<Duration, String> {
    let at = moment(line.at)?;
    if at < before {
        return Err(format!("{}s lies before the line above it", line.at));
    }
    let came = match (line.key, line.paste, line.size, line.mouse, line.end) {
        (Some(key), None, None, None, None) => Came::Key(keys::read(&key)?),
        (None, Some(text), None, None, None) => Came::Paste(text),
        (None, None, Some(sides), None, None) => {
            size(sides)?;
            Came::Size(sides.0, sides.1)
        }
        (None, None, None, Some((hand, column, row)), None) => {
            on_screen(column, row)?;
            Came::Mouse(hand, column, row)
        }
        (None, None, None, None, Some(end)) => return Ok(end_at(recording, at, end)),
        _ => return Err("a line has one of key, paste, size, mouse and end".into()),
    };
    recording.moves.push(Move { at, what: came });
    Ok(at)
}

fn end_at(recording: &mut Recording, at: Duration, end: End) -> Duration {
    recording.end = Some((at, end));
    at
}

#[allow(clippy::cast_possible_truncation, reason = "held to a week of milliseconds")]
fn moment(seconds: f64) -> Result<Duration, String> {
    if seconds.is_finite() && (0.0..=LONGEST).contains(&seconds) {
        return Ok(Duration::milliseconds((seconds * 1_000.0).round() as i64));
    }
    Err(format!("`at` is {seconds}; it is seconds since the beginning, at most a week"))
}
