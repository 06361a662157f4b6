//! What a program writes to a terminal, taken apart by a grammar of our own: whatever it does not know is a fault.

/// One thing that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Text(char),
    /// BEL, BS, CR, LF.
    Control(u8),
    /// `ESC M`: up, and a region scrolls at its edge.
    ReverseIndex,
    /// `ESC [`, the parameters, the final letter.
    Csi(String, char),
    /// A text for the clipboard, in base64.
    Copy(String),
    /// What lies behind its text, who it is, or which terminal it is like: asked.
    Ask(&'static str),
    /// The title of the terminal.
    Title(String),
    /// A link begins, or ends.
    Link(Option<String>),
    /// A notification that the terminal shows, with what asks for it.
    Notice(String),
    /// One of these for the terminal behind tmux.
    Wrapped(Box<Token>),
}

/// Takes bytes apart. What is cut off at the very end is left out: a process may be killed in the middle of a frame.
///
/// # Errors
/// The first thing that the grammar does not know, with what stands around it.
pub fn tokens(bytes: &[u8]) -> Result<Vec<Token>, String> {
    let mut all = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match token(&bytes[at..]) {
            Some(Ok((token, length))) => {
                all.push(token);
                at += length;
            }
            Some(Err(what)) => return Err(format!("{what} in {}", around(bytes, at))),
            None => break,
        }
    }
    Ok(all)
}

fn around(bytes: &[u8], at: usize) -> String {
    let (from, to) = (at.saturating_sub(40), bytes.len().min(at + 40));
    format!("{:?}", String::from_utf8_lossy(&bytes[from..to]))
}

/// The first token and its length; none where it is cut off.
fn token(bytes: &[u8]) -> Option<Result<(Token, usize), String>> {
    match bytes[0] {
        0x1b => escape(bytes),
        b @ (b'\x07' | b'\x08' | b'\r' | b'\n') => Some(Ok((Token::Control(b), 1))),
        b @ (0..=0x1f | 0x7f) => Some(Err(format!("the control byte {b:#04x}"))),
        _ => text(bytes),
    }
}

fn escape(bytes: &[u8]) -> Option<Result<(Token, usize), String>> {
    for question in QUESTIONS {
        if bytes.starts_with(question.as_bytes()) {
            return Some(Ok((Token::Ask(question), question.len())));
        }
        if question.as_bytes().starts_with(bytes) {
            return None;
        }
    }
    match bytes.get(1)? {
        b']' => return command(bytes),
        b'P' => return wrapped(bytes),
        _ => {}
    }
    if *bytes.get(1)? == b'M' {
        return Some(Ok((Token::ReverseIndex, 2)));
    }
    if bytes[1] != b'[' {
        return Some(Err("an escape that is no CSI".into()));
    }
    let length = 2 + bytes[2..].iter().position(|b| !matches!(b, 0x20..=0x3f))?;
    let (body, last) = (String::from_utf8_lossy(&bytes[2..length]).into_owned(), char::from(bytes[length]));
    Some(if known(&body, last) {
        Ok((Token::Csi(body, last), length + 1))
    } else {
        Err(format!("the sequence CSI {body} {last}, which is not ours (or asks the terminal something)"))
    })
}

/// OSC 11, XTVERSION, DA1: asked once, after a frame.
const QUESTIONS: [&str; 3] = ["\x1b]11;?\x1b\\", "\x1b[>q", "\x1b[c"];
/// An OSC of ours.
fn command(bytes: &[u8]) -> Option<Result<(Token, usize), String>> {
    if bytes.starts_with(b"\x1b]5") {
        return clipboard(bytes);
    }
    let length = 2 + bytes[2..].iter().position(|b| *b < 0x20)?;
    let end = match bytes[length] {
        0x07 => 1,
        0x1b if *bytes.get(length + 1)? == b'\\' => 2,
        _ => return Some(Err("an OSC that does not end".into())),
    };
    let Ok(text) = std::str::from_utf8(&bytes[2..length]) else { return Some(Err("an OSC that is no UTF-8".into())) };
    if text.chars().any(hidden) || text.len() > 2_100 {
        return Some(Err("an OSC that is too long, or hides something".into()));
    }
    Some(osc(text, end == 2).map(|token| (token, length + end)).ok_or_else(|| "an OSC that is not ours".into()))
}

fn osc(text: &str, by_st: bool) -> Option<Token> {
    let (number, rest) = text.split_once(';')?;
    match (number, by_st) {
        ("2", false) if rest.ends_with("watchfire") => Some(Token::Title(rest.to_owned())),
        ("8", true) if rest == ";" => Some(Token::Link(None)),
        ("8", true) => {
            let (id, url) = rest.strip_prefix("id=")?.split_once(';')?;
            let plain = id.parse::<u8>().is_ok() && url.chars().all(|c| c.is_ascii_graphic());
            let web = url.starts_with("https://") || url.starts_with("http://");
            (plain && web).then(|| Token::Link(Some(url.to_owned())))
        }
        // A number first is a command of another kind: `9;4` draws a progress bar.
        ("9", false) if !rest.starts_with(|c: char| c.is_ascii_digit()) => Some(Token::Notice(text.to_owned())),
        ("99", false) if rest.starts_with("i=watchfire") => Some(Token::Notice(text.to_owned())),
        ("777", false) if rest.starts_with("notify;") && rest.matches(';').count() == 2 => {
            Some(Token::Notice(text.to_owned()))
        }
        _ => None,
    }
}

/// For the terminal behind tmux: one sequence with every escape doubled, and nothing else.
fn wrapped(bytes: &[u8]) -> Option<Result<(Token, usize), String>> {
    const BEGIN: &[u8] = b"\x1bPtmux;";
    if bytes.len() < BEGIN.len() && BEGIN.starts_with(bytes) {
        return None;
    }
    let Some(rest) = bytes.strip_prefix(BEGIN) else { return Some(Err("a DCS that is not ours".into())) };
    let (mut inner, mut at) = (Vec::new(), 0);
    loop {
        match (*rest.get(at)?, rest.get(at + 1)) {
            (0x1b, None) => return None,
            (0x1b, Some(0x1b)) => (inner, at) = ([inner.as_slice(), b"\x1b"].concat(), at + 2),
            (0x1b, Some(b'\\')) => break,
            (0x1b, _) => return Some(Err("an escape inside tmux's envelope".into())),
            (byte, _) => {
                inner.push(byte);
                at += 1;
            }
        }
    }
    Some(match token(&inner) {
        Some(Ok((token @ (Token::Copy(_) | Token::Notice(_)), length))) if length == inner.len() => {
            Ok((Token::Wrapped(Box::new(token)), BEGIN.len() + at + 2))
        }
        _ => Err("what is not ours in tmux's envelope".into()),
    })
}

/// Gives the clipboard a text, and never asks what it holds (`?` is no base64).
fn clipboard(bytes: &[u8]) -> Option<Result<(Token, usize), String>> {
    const BEGIN: &[u8] = b"\x1b]52;c;";
    if bytes.len() < BEGIN.len() && BEGIN.starts_with(bytes) {
        return None;
    }
    let Some(rest) = bytes.strip_prefix(BEGIN) else { return Some(Err("an OSC that is not ours".into())) };
    let length = rest.iter().position(|b| !b.is_ascii_alphanumeric() && !b"+/=".contains(b))?;
    if rest[length] != 0x07 || length == 0 || BEGIN.len() + length + 1 > 74_994 {
        return Some(Err("a clipboard's text that is no base64, or too long".into()));
    }
    let text = String::from_utf8_lossy(&rest[..length]).into_owned();
    Some(Ok((Token::Copy(text), BEGIN.len() + length + 1)))
}

/// Place, style, erase, scroll, eight modes, the title kept and given back, and one question: whether the terminal is well.
/// No other is among them.
fn known(body: &str, last: char) -> bool {
    match (body.strip_prefix('?'), last) {
        (Some(mode), 'h' | 'l') => ["25", "1002", "1004", "1006", "1049", "2004", "2026", "2031"].contains(&mode),
        (None, 'A'..='D' | 'G' | 'H' | 'm' | 'J' | 'K' | 'X' | 'r' | 'S' | 'T') => {
            body.chars().all(|c| c.is_ascii_digit() || c == ';')
        }
        (None, 'n') => body == "5",
        (None, 't') => ["22;2", "23;2"].contains(&body),
        _ => false,
    }
}

fn text(bytes: &[u8]) -> Option<Result<(Token, usize), String>> {
    let length = match bytes[0] {
        0..0x80 => 1,
        0xc0..0xe0 => 2,
        0xe0..0xf0 => 3,
        _ => 4,
    };
    let Ok(text) = std::str::from_utf8(bytes.get(..length)?) else { return Some(Err("what is no UTF-8".into())) };
    let c = text.chars().next()?;
    Some(if hidden(c) { Err(format!("U+{:04X}, which nobody sees", c as u32)) } else { Ok((Token::Text(c), length)) })
}

/// C1 controls, bidi controls, zero-width characters, variation selectors, fillers and tags.
fn hidden(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// What a terminal was set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes {
    pub alternate_screen: bool,
    pub cursor_shown: bool,
    pub bracketed_paste: bool,
    pub focus_told: bool,
    /// Presses, drags and the wheel are told of, and in which numbers.
    pub mouse: (bool, bool),
    pub synchronised: bool,
    /// The terminal tells when its colours change.
    pub colours_told: bool,
    /// How many titles the terminal keeps for us.
    pub titles: u8,
    /// Colours and attributes are the terminal's own.
    pub plain: bool,
}

impl Modes {
    /// As a shell leaves it.
    pub const SHELL: Self = Self {
        alternate_screen: false,
        cursor_shown: true,
        bracketed_paste: false,
        focus_told: false,
        mouse: (false, false),
        synchronised: false,
        colours_told: false,
        titles: 0,
        plain: true,
    };

    fn take(&mut self, token: &Token) {
        let Token::Csi(body, last) = token else { return };
        let on = *last == 'h';
        match (body.as_str(), last) {
            ("?1049", _) => self.alternate_screen = on,
            ("?25", _) => self.cursor_shown = on,
            ("?1002", _) => self.mouse.0 = on,
            ("?1006", _) => self.mouse.1 = on,
            ("?1004", _) => self.focus_told = on,
            ("?2004", _) => self.bracketed_paste = on,
            ("?2026", _) => self.synchronised = on,
            ("?2031", _) => self.colours_told = on,
            ("22;2", 't') => self.titles += 1,
            ("23;2", 't') => self.titles = self.titles.saturating_sub(1),
            (sgr, 'm') => self.plain = matches!(sgr, "" | "0"),
            _ => {}
        }
    }
}

/// The modes after all of it.
pub fn modes(bytes: &[u8]) -> Modes {
    let mut modes = Modes::SHELL;
    tokens(bytes).unwrap().iter().for_each(|t| modes.take(t));
    modes
}

/// How often the terminal was asked whether it is well.
pub fn questions(bytes: &[u8]) -> usize {
    bytes.windows(4).filter(|w| w == b"\x1b[5n").count()
}

/// The last of the other questions.
pub const FENCE: &[u8] = b"\x1b[?2031h\x1b[c";

/// How often the terminal was asked the others.
pub fn fences(bytes: &[u8]) -> usize {
    bytes.windows(FENCE.len()).filter(|w| *w == FENCE).count()
}

/// Whether a synchronised update has begun and not ended.
pub fn is_inside_frame(bytes: &[u8]) -> bool {
    const MARK: &[u8] = b"\x1b[?2026";
    bytes.windows(MARK.len()).rposition(|w| w == MARK).is_some_and(|at| bytes.get(at + MARK.len()) != Some(&b'l'))
}

/// The oracle that runs over everything a test saw: the grammar, on the alternate screen no move of the cursor outside a
/// frame (somebody printed there), no frame that leaves a region behind that scrolls, and no question before the first frame
/// or for the second time.
pub fn check(bytes: &[u8]) -> Result<(), String> {
    let mut modes = Modes::SHELL;
    let (mut region, mut linked) = (false, false);
    let (mut frames, mut asked) = (0, Vec::new());
    for token in tokens(bytes)? {
        modes.take(&token);
        match &token {
            Token::Link(link) => linked = link.is_some(),
            Token::Csi(body, 'l') if body == "?2026" && linked => return Err("a link that is left open".into()),
            Token::Csi(body, 'r') => region = !body.is_empty(),
            Token::Csi(body, 'l') if body == "?2026" && region => return Err("a region that is left behind".into()),
            Token::Csi(body, 'l') if body == "?2026" => frames += 1,
            Token::Csi(body, 'h') if body == "?1049" => (frames, asked) = (0, Vec::new()),
            Token::Ask(question) if frames == 0 || modes.synchronised || asked.contains(question) => {
                return Err(format!("{question:?} before a frame, in one, or once more"));
            }
            Token::Ask(question) => asked.push(*question),
            Token::Control(b'\r' | b'\n' | 0x08) | Token::ReverseIndex
                if modes.alternate_screen && !modes.synchronised =>
            {
                return Err("a line break on the alternate screen".into());
            }
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn the_oracle_knows_a_query_and_a_foreign_byte() {
    for bad in [
        "\x1b[6n",
        "\x1b[c",
        "\x1b[0c",
        "\x1b[>c",
        "\x1b[?5n",
        "\x1b]11;?\x07",
        "\x1b]11;?\x1b\\",
        "\x1b]10;?\x1b\\",
        "\x1b[?2026h\x1b[c\x1b[?2026l",
        "\x1b[?2026h\x1b[?2026l\x1b[c\x1b[c",
        "\x1b]52;c;?\x07",
        "\x1b]52;c;YQ==\x1b\\",
        "\x1b]9;4;1;50\x07",
        "\x1b]9;a\x1b[31m\x07",
        "\x1b]2;pwned\x07",
        "\x1b]8;;javascript:x\x1b\\",
        "\x1b]8;id=1;file:///x\x1b\\",
        "\x1bPtmux;\x1b\x1b[6n\x1b\\",
        "\x1b[21t",
        "\x1bP+q\x1b\\",
        "\x1b[?2026$p",
        "a\x0b",
        "\x1bc",
        "\x1b[3b",
        "\u{202e}",
    ] {
        assert!(check(bad.as_bytes()).is_err(), "{bad:?}");
    }
    assert!(check(b"\x1b[?1049h\n").is_err());
    assert!(check(b"\x1b[?1049h\x1b[?2026h\x1b[2;9r\x1b[S\x1b[?2026l").is_err());
    assert!(check(b"\x1b[?1049h\x1b[?2026h\x1b[2;9r\x1b[S\x1b[r\r\n\x1b[?2026l").is_ok());
    assert!(check(b"\x1b]52;c;YQ==\x07").is_ok());
    assert!(check(b"\x1b[?2026h\x1b[?2026l\x1b]11;?\x1b\\\x1b[>q\x1b[?2031h\x1b[c").is_ok());
    for good in [
        "\x1bPtmux;\x1b\x1b]52;c;YQ==\x07\x1b\\",
        "\x1b]777;notify;a;b\x07\x1b]9;a (b)\x07\x1b]99;i=watchfire:d=0;a\x07",
        "\x1b[22;2t\x1b]2;(3) critical - watchfire\x07\x1b[23;2t",
        "\x1b]8;id=3;https://x.example/\x1b\\x\x1b]8;;\x1b\\",
    ] {
        assert_eq!(check(good.as_bytes()), Ok(()), "{good:?}");
    }
    assert!(check(b"\x1b[?2026h\x1b]8;id=3;https://x/\x1b\\x\x1b[?2026l").is_err(), "a link is left open");
    assert!(check("\x1b[?2026h\x1b[1;1H\x1b[38;5;1m\u{256d}x\x1b[0m\x1b[?2026l\x07".as_bytes()).is_ok());
}
