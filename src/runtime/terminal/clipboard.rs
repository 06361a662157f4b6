//! A text for the clipboard of the terminal that a person sits at, however many machines away: OSC 52.
//!
//! Writes only; the terminal is never asked what its clipboard holds. tmux 3.3a drops it by default: with `set-clipboard on`
//! it takes the plain sequence, with `allow-passthrough on` it hands on the wrapped one, so it gets both.

use super::{host::Mux, mux};

/// The longest sequence that terminals take: xterm's and tmux's bound for one.
pub const LONGEST: usize = 74_994;

const BEGIN: &[u8] = b"\x1b]52;c;";
const END: u8 = 0x07;

/// A text from this size on is kept in a file as well: some terminals take no more.
pub const FILED: usize = 4_096;

/// What is sent for a text, through whatever stands between; none where it cannot be.
pub fn sequence(mux: Mux, text: &str) -> Option<Vec<u8>> {
    let plain = osc52(text)?;
    Some(match mux {
        Mux::None | Mux::Some => plain,
        Mux::Tmux => [plain.as_slice(), &mux::through(mux, &plain)].concat(),
        Mux::Screen => mux::through(mux, &plain),
    })
}

/// The text without what a paste must not press: no control characters, and no line break at its end.
pub fn clean(text: &str) -> String {
    let kept: String = text.chars().filter(|c| *c == '\n' || *c == '\t' || !c.is_control()).collect();
    kept.trim_end_matches('\n').to_owned()
}

/// The sequence; none where the text is empty, too long, or holds what a paste must not press.
pub fn osc52(text: &str) -> Option<Vec<u8>> {
    let harmless = text.chars().all(|c| c == '\n' || c == '\t' || !c.is_control());
    let length = BEGIN.len() + text.len().div_ceil(3) * 4 + 1;
    if text.is_empty() || !harmless || length > LONGEST {
        return None;
    }
    let mut out = Vec::with_capacity(length);
    out.extend_from_slice(BEGIN);
    text.as_bytes().chunks(3).for_each(|three| out.extend(base64(three)));
    out.push(END);
    Some(out)
}

/// RFC 4648, with padding.
fn base64(three: &[u8]) -> [u8; 4] {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let at = |i: usize| u32::from(three.get(i).copied().unwrap_or(0));
    let bits = at(0) << 16 | at(1) << 8 | at(2);
    let letter = |shift: u32| LETTERS[(bits >> shift & 63) as usize];
    let or_pad = |there: bool, shift: u32| if there { letter(shift) } else { b'=' };
    [letter(18), letter(12), or_pad(three.len() > 1, 6), or_pad(three.len() > 2, 0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_written_as_rfc_4648_has_it() {
        let of = |text: &str| String::from_utf8(osc52(text).unwrap()).unwrap();
        assert_eq!(of("foobar"), "\x1b]52;c;Zm9vYmFy\x07");
        assert_eq!(of("fooba"), "\x1b]52;c;Zm9vYmE=\x07");
        assert_eq!(of("foob"), "\x1b]52;c;Zm9vYg==\x07");
        assert_eq!(of("ü"), "\x1b]52;c;w7w=\x07");
    }

    #[test]
    fn what_a_paste_must_not_press_is_never_copied() {
        for bad in ["", "rm\r", "\x1b[A", "\x03", "\u{9b}1m"] {
            assert_eq!(osc52(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn what_is_cleaned_can_be_pasted_and_presses_nothing() {
        assert_eq!(clean("a\x1b[A\tb\r\n\n"), "a[A\tb");
        assert!(osc52(&clean("rm\r\u{9b}1m")).is_some());
    }

    #[test]
    fn tmux_gets_it_plain_and_wrapped() {
        let sent = String::from_utf8(sequence(Mux::Tmux, "foob").unwrap()).unwrap();
        assert_eq!(sent, "\x1b]52;c;Zm9vYg==\x07\x1bPtmux;\x1b\x1b]52;c;Zm9vYg==\x07\x1b\\");
    }

    #[test]
    fn a_text_that_terminals_would_cut_is_not_sent() {
        assert!(osc52(&"x".repeat(56_238)).is_some_and(|s| s.len() <= LONGEST));
        assert_eq!(osc52(&"x".repeat(56_300)), None);
    }
}
