//! Whatever follows whatever: a terminal that is sent our bytes shows the frame, and is sent nothing outside our grammar.

use proptest::{collection::vec, prelude::*};
use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Modifier, Style},
};
use watchfire::runtime::terminal::encode::{Encoder, dialect::Dialect};

use super::{glass::difference, tokens};

const TEXTS: [&str; 12] = [
    "x",
    "HighErrorRate checkout/eu-west-1",
    "                              ",
    "          ",
    "──────────────┬──────",
    "支払い",
    "漢",
    "e\u{301}te\u{301}",
    "▁▂▃▄▅▆▇█",
    "● ok",
    "ｶﾅ",
    "0123456789012345678901234567890123456789",
];

const COLOURS: [Color; 7] = [
    Color::Reset,
    Color::Red,
    Color::Gray,
    Color::LightBlue,
    Color::Indexed(3),
    Color::Indexed(200),
    Color::Rgb(10, 200, 30),
];

/// Not bold and dim at once: the terminal of the tests knows either alone.
const MODIFIERS: [Modifier; 5] = [
    Modifier::empty(),
    Modifier::BOLD,
    Modifier::DIM,
    Modifier::UNDERLINED.union(Modifier::ITALIC),
    Modifier::REVERSED,
];

/// What a frame does to the last one.
#[derive(Clone, Debug)]
enum Stroke {
    Text {
        at: (u16, u16),
        text: usize,
        style: (usize, usize, usize),
    },
    /// A region whose rows move.
    Scroll {
        top: u16,
        rows: u16,
        by: i16,
    },
    Fill {
        at: (u16, u16),
        size: (u16, u16),
        style: (usize, usize, usize),
    },
    Nothing,
}

fn style() -> impl Strategy<Value = (usize, usize, usize)> {
    (0..COLOURS.len(), prop_oneof![3 => Just(0), 1 => 0..COLOURS.len()], 0..MODIFIERS.len())
}

fn stroke() -> impl Strategy<Value = Stroke> {
    let text = (any::<(u16, u16)>(), 0..TEXTS.len(), style());
    let fill = (any::<(u16, u16)>(), (1..40_u16, 1..6_u16), style());
    prop_oneof![
        6 => text.prop_map(|(at, text, style)| Stroke::Text { at, text, style }),
        2 => (0..20_u16, 3..30_u16, -5..=5_i16).prop_map(|(top, rows, by)| Stroke::Scroll { top, rows, by }),
        1 => fill.prop_map(|(at, size, style)| Stroke::Fill { at, size, style }),
        1 => Just(Stroke::Nothing),
    ]
}

fn styled((fg, bg, modifier): (usize, usize, usize)) -> Style {
    Style::new().fg(COLOURS[fg]).bg(COLOURS[bg]).remove_modifier(Modifier::all()).add_modifier(MODIFIERS[modifier])
}

fn apply(frame: &mut Buffer, stroke: &Stroke) {
    let area = frame.area;
    match *stroke {
        Stroke::Text { at: (x, y), text, style } => {
            frame.set_string(x % area.width, y % area.height, TEXTS[text], styled(style));
        }
        Stroke::Fill { at: (x, y), size: (width, height), style } => {
            let rect = Rect::new(x % area.width, y % area.height, width, height).intersection(area);
            for at in rect.positions() {
                frame[at] = Cell::EMPTY;
                frame[at].set_style(styled(style));
            }
        }
        Stroke::Scroll { top, rows, by } => scroll(frame, top, rows, by),
        Stroke::Nothing => {}
    }
}

fn scroll(frame: &mut Buffer, top: u16, rows: u16, by: i16) {
    let before = frame.clone();
    let (top, bottom) = (top.min(frame.area.height), (top + rows).min(frame.area.height));
    for y in top..bottom {
        let from = i32::from(y) + i32::from(by);
        for x in 0..frame.area.width {
            let there = u16::try_from(from).ok().filter(|from| (top..bottom).contains(from));
            frame[(x, y)] = there.map_or(Cell::EMPTY, |from| before[(x, from)].clone());
        }
    }
}

fn dialect() -> impl Strategy<Value = Dialect> {
    let strange = Dialect { erase_in_colour: false, scroll: false, ..Dialect::XTERM };
    prop_oneof![Just(Dialect::XTERM), Just(Dialect::VT100), Just(strange)]
}

/// Sends frame after frame to one terminal, and looks at it after each.
fn show(size: (u16, u16), dialect: Dialect, frames: &[Vec<Stroke>]) -> Result<(), TestCaseError> {
    let mut terminal = vt100::Parser::new(size.1, size.0, 0);
    let mut encoder = Encoder::new(dialect);
    let mut frame = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    for (n, strokes) in frames.iter().enumerate() {
        strokes.iter().for_each(|s| apply(&mut frame, s));
        let caret = (n % 2 == 1).then_some((size.0 / 2, size.1 / 2));
        let bytes = encoder.frame(&frame, &[], caret);
        terminal.process(&bytes);
        let said = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert_eq!(difference(&frame, terminal.screen()), None, "frame {}, sent {:?}", n, said);
        prop_assert_eq!(tokens::check(&framed(&bytes)), Ok(()));
        if let Some((x, y)) = caret {
            prop_assert_eq!(terminal.screen().cursor_position(), (y, x));
        }
        prop_assert_eq!(terminal.screen().hide_cursor(), caret.is_none());
        prop_assert!(encoder.frame(&frame, &[], caret).is_empty(), "the same frame says something");
    }
    Ok(())
}

/// As the writer sends it.
fn framed(bytes: &[u8]) -> Vec<u8> {
    [b"\x1b[?1049h\x1b[?2026h".as_slice(), bytes, b"\x1b[?2026l"].concat()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, ..ProptestConfig::default() })]

    #[test]
    fn the_terminal_shows_the_frame_after_any_other(
        size in prop_oneof![Just((80_u16, 24_u16)), Just((2, 2)), Just((9, 5)), Just((131, 31))],
        dialect in dialect(),
        frames in vec(vec(stroke(), 1..14), 2..6),
    ) {
        show(size, dialect, &frames)?;
    }

    #[test]
    fn a_list_that_scrolls_is_shown(
        by in -4..=4_i16,
        top in 0..8_u16,
        dialect in dialect(),
        after in vec(stroke(), 0..3),
    ) {
        let row = |y: u16| Stroke::Text { at: (y % 7, y), text: usize::from(y) % TEXTS.len(), style: (usize::from(y) % 7, 0, 0) };
        let end = |y: u16| Stroke::Text { at: (40 + y, y), text: 11, style: (0, 0, 0) };
        let list = (0..24).flat_map(|y| [row(y), end(y)]).collect();
        let moved = std::iter::once(Stroke::Scroll { top, rows: 15, by }).chain(after).collect();
        show((90, 24), dialect, &[list, moved])?;
    }
}

#[test]
fn a_frame_of_another_size_is_painted_anew() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let frame = |width, height| {
        let mut frame = Buffer::empty(Rect::new(0, 0, width, height));
        frame.set_string(0, 0, "one", Style::new());
        frame
    };
    encoder.frame(&frame(20, 5), &[], None);
    let bytes = encoder.frame(&frame(10, 4), &[], None);
    assert!(bytes.windows(4).any(|w| w == b"\x1b[2J") && bytes.ends_with(b"one"), "{bytes:?}");
}

#[test]
fn what_was_forgotten_is_painted_anew() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let mut frame = Buffer::empty(Rect::new(0, 0, 20, 5));
    frame.set_string(3, 2, "fire", Style::new());
    let first = encoder.frame(&frame, &[], None);
    assert!(encoder.frame(&frame, &[], None).is_empty());
    encoder.forget();
    assert_eq!(encoder.frame(&frame, &[], None), first);
}

#[test]
fn after_a_character_of_doubtful_width_the_next_one_is_placed_anew() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let mut frame = Buffer::empty(Rect::new(0, 0, 20, 2));
    frame.set_string(0, 0, "\u{1f44d}\u{1f3fd}ab", Style::new());
    let bytes = String::from_utf8(encoder.frame(&frame, &[], None)).unwrap();
    assert!(bytes.ends_with("\u{1f44d}\u{1f3fd}\x1b[;3Hab"), "{bytes:?}");
}

#[test]
fn what_a_terminal_would_obey_is_not_in_a_frame() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let mut frame = Buffer::empty(Rect::new(0, 0, 20, 2));
    for (x, symbol) in (0..).step_by(2).zip(["\u{7}", "\u{9b}", "\u{85}", "a\u{8}"]) {
        // The widest door: what is drawn goes through a check of its own.
        if cfg!(debug_assertions) && symbol.len() == 1 {
            continue;
        }
        frame[(x, 0)].set_symbol(symbol);
    }
    let bytes = encoder.frame(&frame, &[], None);
    assert_eq!(tokens::check(&framed(&bytes)), Ok(()));
}

#[test]
fn a_cursor_that_is_shown_is_hidden_while_a_frame_is_drawn() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let mut frame = Buffer::empty(Rect::new(0, 0, 20, 2));
    drop(encoder.frame(&frame, &[], Some((3, 0))));
    frame.set_string(0, 1, "more", Style::new());
    let bytes = String::from_utf8(encoder.frame(&frame, &[], Some((4, 0)))).unwrap();
    assert!(bytes.starts_with("\x1b[?25l") && bytes.ends_with("\x1b[?25h") && bytes.contains("more"), "{bytes:?}");
    // One that moves over what stays need not go.
    let bytes = String::from_utf8(encoder.frame(&frame, &[], Some((5, 0)))).unwrap();
    assert!(!bytes.is_empty() && !bytes.contains("\x1b[?25"), "{bytes:?}");
}
