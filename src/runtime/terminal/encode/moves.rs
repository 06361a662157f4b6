//! From where the cursor stands to where it is wanted, in the fewest bytes.

use super::dialect::Dialect;

/// What is known of the cursor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cursor {
    #[default]
    Unknown,
    At(usize, usize),
    /// Behind the last column of a row: terminals differ in what a move means there, but for a return to its start.
    Behind(usize),
}

/// The shortest way.
pub(super) fn way(from: Cursor, (x, y): (usize, usize), dialect: Dialect) -> Vec<u8> {
    let mut best = absolute(x, y);
    let mut offer = |way: Option<Vec<u8>>| {
        if let Some(way) = way.filter(|w| w.len() < best.len()) {
            best = way;
        }
    };
    match from {
        Cursor::Unknown => {}
        Cursor::At(cx, cy) => {
            offer(vertical(cy, y).map(|down| [down, horizontal(cx, x, dialect)].concat()));
            offer(vertical(cy, y).map(|down| [b"\r".to_vec(), down, horizontal(0, x, dialect)].concat()));
        }
        Cursor::Behind(cy) => {
            offer(vertical(cy, y).map(|down| [b"\r".to_vec(), down, horizontal(0, x, dialect)].concat()));
        }
    }
    best
}

/// Rows and columns count from 1, and a 1 may be left out.
fn absolute(x: usize, y: usize) -> Vec<u8> {
    match (x, y) {
        (0, 0) => b"\x1b[H".to_vec(),
        (0, y) => format!("\x1b[{}H", y + 1).into_bytes(),
        (x, 0) => format!("\x1b[;{}H", x + 1).into_bytes(),
        (x, y) => format!("\x1b[{};{}H", y + 1, x + 1).into_bytes(),
    }
}

/// In the same column; a line feed never leaves the screen, as the wanted row is on it.
fn vertical(from: usize, to: usize) -> Option<Vec<u8>> {
    match to.checked_sub(from) {
        Some(n @ 0..=3) => Some(vec![b'\n'; n]),
        Some(n) => Some(step(n, 'B')),
        None => Some(step(from - to, 'A')),
    }
}

fn horizontal(from: usize, to: usize, dialect: Dialect) -> Vec<u8> {
    let way = match to.checked_sub(from) {
        Some(0) => Vec::new(),
        Some(n) => step(n, 'C'),
        None if from - to <= 3 => vec![0x08; from - to],
        None => step(from - to, 'D'),
    };
    let column = step(to + 1, 'G');
    if dialect.columns && column.len() < way.len() { column } else { way }
}

fn step(n: usize, letter: char) -> Vec<u8> {
    if n == 1 { format!("\x1b[{letter}") } else { format!("\x1b[{n}{letter}") }.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(from: Cursor, to: (usize, usize)) -> String {
        String::from_utf8(way(from, to, Dialect::XTERM)).unwrap()
    }

    #[test]
    fn the_shortest_way_is_taken() {
        for (from, to, wanted) in [
            (Cursor::Unknown, (0, 0), "\x1b[H"),
            (Cursor::Unknown, (4, 0), "\x1b[;5H"),
            (Cursor::Unknown, (0, 4), "\x1b[5H"),
            (Cursor::At(7, 3), (7, 3), ""),
            (Cursor::At(7, 3), (0, 4), "\r\n"),
            (Cursor::At(7, 3), (6, 4), "\n\x08"),
            (Cursor::At(7, 3), (8, 3), "\x1b[C"),
            (Cursor::At(150, 3), (4, 3), "\x1b[5G"),
            (Cursor::At(70, 3), (66, 9), "\x1b[10;67H"),
            (Cursor::Behind(3), (0, 4), "\r\n"),
            (Cursor::Behind(3), (0, 3), "\r"),
        ] {
            assert_eq!(words(from, to), wanted, "{from:?} -> {to:?}");
        }
    }

    #[test]
    fn a_terminal_without_columns_is_not_sent_to_one() {
        assert_eq!(way(Cursor::At(150, 3), (4, 3), Dialect::VT100), b"\r\x1b[4C");
    }
}
