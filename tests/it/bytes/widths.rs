//! Terminals that are of another opinion on how wide a character is: the rows stay aligned all the same.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use unicode_width::UnicodeWidthChar;
use watchfire::{
    domain::text::SafeText,
    runtime::terminal::encode::{Encoder, dialect::Dialect},
};

use super::tokens::{Token, tokens};

/// What others write: variation selectors, a skin tone, a keycap, emoji of Unicode 16, flags, families, scripts whose letters
/// join, stack, or run from right to left.
const FOREIGN: [&str; 16] = [
    "plain text",
    "⚠️ disk ❤️ ✔️",
    "👍🏽 done",
    "1️⃣ first ⏱️",
    "🫩 tired 🪾",
    "🇩🇪 🇫🇷",
    "👨‍👩‍👧 family",
    "क्षि नमस्ते",
    "السلام لا",
    "שלום עולם",
    "ไทยที่นี่",
    "မြန်မာ",
    "支払い 漢字",
    "e\u{301}a\u{308}\u{323}",
    "한국어 ᄒ\u{1161}\u{11ab}",
    "αβγ ●▲ ж",
];

/// How wide a terminal takes a character to be; what all agree on is not asked.
type Opinion = fn(char) -> usize;

fn agreed(c: char) -> Option<usize> {
    let cjk = matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    (c.is_ascii()
        || cjk
        || matches!(c, '\u{300}'..='\u{36f}' | '\u{a0}'..='\u{2ff}' | '\u{370}'..='\u{4ff}' | '\u{2010}'..='\u{27ff}'))
    .then(|| c.width().unwrap_or(0))
}

const OPINIONS: [(&str, Opinion); 4] = [
    ("as the tables of this program", |c| c.width().unwrap_or(0)),
    ("everything else in one column", |_| 1),
    ("every other letter in two columns", |c| if c.width() == Some(0) { 0 } else { 2 }),
    ("what is new has no width", |c| if c >= '\u{1fa00}' { 0 } else { c.width().unwrap_or(0) }),
];

/// A terminal that knows our grammar and has an opinion.
struct Odd {
    rows: Vec<Vec<char>>,
    x: usize,
    y: usize,
    opinion: Opinion,
}

impl Odd {
    fn new((width, height): (usize, usize), opinion: Opinion) -> Self {
        Self { rows: vec![vec![' '; width]; height], x: 0, y: 0, opinion }
    }

    fn shows(&mut self, bytes: &[u8]) {
        for token in tokens(bytes).unwrap() {
            match token {
                Token::Text(c) => self.put(c),
                Token::Control(b'\r') => self.x = 0,
                Token::Control(b'\n') => self.y += 1,
                Token::Control(0x08) => self.x = self.x.min(self.rows[0].len()).saturating_sub(1),
                Token::Csi(body, last) => self.obeys(&body, last),
                other => panic!("{other:?}"),
            }
        }
    }

    fn put(&mut self, c: char) {
        let width = agreed(c).unwrap_or_else(|| (self.opinion)(c));
        if self.x + width > self.rows[0].len() {
            (self.x, self.y) = (0, self.y + 1);
        }
        for i in 0..width {
            self.rows[self.y][self.x + i] = if i == 0 { c } else { ' ' };
        }
        self.x += width;
    }

    fn obeys(&mut self, body: &str, last: char) {
        let numbers: Vec<usize> = body.split(';').map(|n| n.parse().unwrap_or(0)).collect();
        let n = numbers[0].max(1);
        match last {
            'H' => (self.y, self.x) = (n - 1, numbers.get(1).map_or(0, |x| x.max(&1) - 1)),
            'G' => self.x = n - 1,
            'A' => self.y -= n,
            'B' => self.y += n,
            'C' => self.x += n,
            'D' => self.x -= n,
            'K' => self.rows[self.y][self.x..].fill(' '),
            'X' => self.rows[self.y][self.x..self.x + n].fill(' '),
            'J' => self.rows.iter_mut().for_each(|row| row.fill(' ')),
            'm' | 'r' | 'h' | 'l' => {}
            other => panic!("CSI {body} {other}"),
        }
    }
}

const SIZE: (u16, u16) = (40, 17);
/// Where something of ours stands in each row: a border, and the end.
const BORDER: u16 = 24;

/// Each row a text of others, then something of ours; at the end, as much of the text as there is room for.
fn frame(turn: usize) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, SIZE.0, SIZE.1));
    for y in 0..SIZE.1 - 1 {
        let text = SafeText::new(FOREIGN[(usize::from(y) + turn) % FOREIGN.len()]);
        frame.set_stringn(1, y, text.line(), usize::from(BORDER) - 2, Style::default());
        frame.set_string(BORDER, y, format!("|row {y:02}|"), Style::default());
        frame.set_stringn(BORDER + 8, y, text.line(), usize::from(SIZE.0 - BORDER - 8), Style::default());
    }
    frame.set_string(0, SIZE.1 - 1, "the last row", Style::default());
    frame
}

#[test]
fn whatever_a_terminal_thinks_of_a_width_our_columns_stay_where_they_are() {
    for (name, opinion) in OPINIONS {
        for dialect in [Dialect::XTERM, Dialect::VT100] {
            let mut terminal = Odd::new((SIZE.0.into(), SIZE.1.into()), opinion);
            // No row moves: a region that scrolls is another test's.
            let mut encoder = Encoder::new(dialect);
            for turn in [0, 5, 3, 0] {
                encoder.forget();
                terminal.shows(&encoder.frame(&frame(turn), &[], None));
                for y in 0..usize::from(SIZE.1) - 1 {
                    let row: String = terminal.rows[y][BORDER.into()..].iter().take(8).collect();
                    assert_eq!(
                        row,
                        format!("|row {y:02}|"),
                        "{name}: {:?}",
                        terminal.rows[y].iter().collect::<String>()
                    );
                    assert_eq!(terminal.rows[y][0], ' ', "{name}: something ran over the end of row {y}");
                }
                let last: String = terminal.rows[usize::from(SIZE.1) - 1].iter().collect();
                assert_eq!(last.trim_end(), "the last row", "{name}");
            }
        }
    }
}

#[test]
fn a_text_that_changes_in_place_moves_nothing_beside_it() {
    for (name, opinion) in OPINIONS {
        let mut terminal = Odd::new((SIZE.0.into(), 3), opinion);
        let mut encoder = Encoder::new(Dialect::XTERM);
        for text in FOREIGN {
            let mut frame = Buffer::empty(Rect::new(0, 0, SIZE.0, 3));
            let text = SafeText::new(text);
            frame.set_stringn(2, 1, text.line(), 20, Style::default());
            frame.set_string(0, 1, ">", Style::default());
            frame.set_string(BORDER, 1, "|ours|", Style::default());
            terminal.shows(&encoder.frame(&frame, &[], None));
            let row: String = terminal.rows[1].iter().collect();
            assert!(row.starts_with('>') && row.contains("|ours|"), "{name}: {row:?}");
            let place = terminal.rows[1][BORDER.into()..].iter().take(6).collect::<String>();
            assert_eq!(place, "|ours|", "{name}: {row:?}");
        }
    }
}
