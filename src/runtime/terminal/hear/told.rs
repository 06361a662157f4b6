//! What a terminal says of itself when it is asked at the beginning, or by itself when its colours change.

use crate::config::themes::Ground;

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// What lies behind its text (OSC 11, or the notice of mode 2031).
    Ground(Ground),
    /// Who it is (XTVERSION).
    Name(String),
    /// Which terminal it is like (DA1): what was asked before and is not answered by now never is.
    Fence,
}

/// A name is cut here.
const NAME: usize = 64;

/// A string's text, without its beginning and its end.
pub(super) fn string(first: u8, text: &[u8]) -> Option<Told> {
    match (first, text) {
        (b']', [b'1', b'1', b';', colour @ ..]) => ground(colour).map(Told::Ground),
        (b'P', [b'>', b'|', name @ ..]) => {
            Some(Told::Name(String::from_utf8_lossy(&name[..name.len().min(NAME)]).into_owned()))
        }
        _ => None,
    }
}

/// A sequence by its parameters and its last letter.
pub(super) fn sequence(body: &[u8], last: u8) -> Option<Told> {
    match (body, last) {
        ([b'?', ..], b'c') => Some(Told::Fence),
        (b"?997;1", b'n') => Some(Told::Ground(Ground::Dark)),
        (b"?997;2", b'n') => Some(Told::Ground(Ground::Light)),
        _ => None,
    }
}

/// Whether bytes are the rest of such an answer whose Esc was taken for a key: no hand types its beginning so fast.
pub(super) fn is_rest(bytes: &[u8]) -> bool {
    [b"]11;".as_slice(), b"P>|", b"[?"].iter().any(|begin| bytes.starts_with(begin))
}

/// `rgb:rrrr/gggg/bbbb` with one to four digits each, `rgba:` alike, `#rrggbb`.
fn ground(text: &[u8]) -> Option<Ground> {
    let text = std::str::from_utf8(text).ok()?;
    if let Some(digits) = text.strip_prefix('#').filter(|d| d.len() == 6 && d.is_ascii()) {
        let part = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).ok();
        return Some(Ground::of(part(0)?, part(2)?, part(4)?));
    }
    let parts = text.strip_prefix("rgb:").or_else(|| text.strip_prefix("rgba:"))?;
    let mut parts = parts.split('/').map(channel);
    Some(Ground::of(parts.next()??, parts.next()??, parts.next()??))
}

/// A part of a colour, of its greatest value.
fn channel(digits: &str) -> Option<u8> {
    let greatest = match digits.len() {
        n @ 1..=4 => (1_u32 << (4 * n)) - 1,
        _ => return None,
    };
    let value = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from(value * 255 / greatest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_background_is_dark_or_light_in_every_spelling() {
        let of = |text: &str| string(b']', format!("11;{text}").as_bytes());
        for text in ["rgb:1e1e/1e1e/2e2e", "rgb:00/00/00", "rgba:0000/2b2b/3636/ffff", "#002b36", "rgb:4/0/0"] {
            assert_eq!(of(text), Some(Told::Ground(Ground::Dark)), "{text}");
        }
        for text in ["rgb:ffff/ffff/ffff", "rgb:fd/f6/e3", "#fbfaf7", "rgb:f/f/f"] {
            assert_eq!(of(text), Some(Told::Ground(Ground::Light)), "{text}");
        }
        for text in ["", "?", "rgb:", "rgb:1/2", "rgb:zz/zz/zz", "rgb:12345/1/1", "#12345é", "red"] {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_a_notice_and_the_fence_are_told_from_each_other() {
        assert_eq!(string(b'P', b">|tmux 3.3a"), Some(Told::Name("tmux 3.3a".into())));
        assert_eq!(string(b'P', b"1+r524742"), None);
        assert_eq!(string(b']', b"52;c;YQ=="), None);
        assert_eq!(sequence(b"?62;1;2", b'c'), Some(Told::Fence));
        assert_eq!(sequence(b">1;10;0", b'c'), None);
        assert_eq!(sequence(b"?997;2", b'n'), Some(Told::Ground(Ground::Light)));
        assert_eq!(sequence(b"?997;3", b'n'), None);
    }
}
