//! What the terminfo of a terminal says of its colours, where the machine has one: how many, and whether 24 bits.
//!
//! Reads the compiled form (term(5)) and no more of it than that; a file that is not as it should be says nothing.

use std::path::PathBuf;

use super::{depth::Depth, request::Env};

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terminfo {
    /// `colors`; none where it has no such number.
    pub colours: Option<u32>,
    /// The names of its extended capabilities.
    pub names: Vec<String>,
}

/// Capabilities that say 24 bits: ncurses', tmux's, and those of neither.
const TRUE_COLOR: [&str; 3] = ["RGB", "Tc", "setrgbf"];
/// A file is not larger.
const LONGEST: u64 = 64 * 1024;
/// The place of `colors` among the numbers.
const COLOURS: usize = 13;

impl Terminfo {
    /// Of the terminal that `TERM` names, where ncurses would look for it.
    pub fn find(env: &Env) -> Option<Self> {
        let term = env.get("TERM").filter(|t| !t.contains(['/', '\\']) && !t.starts_with('.'))?;
        let letter = term.chars().next()?;
        let folders = [letter.to_string(), format!("{:x}", u32::from(letter))];
        let files = places(env).into_iter().flat_map(|p| folders.clone().map(|f| p.join(f).join(&term)));
        files.filter_map(|file| read(&file)).find_map(|bytes| parse(&bytes))
    }

    /// What it says beyond what the name of the terminal does: that it shows 24 bits, or none at all.
    pub(super) fn depth(&self) -> Option<Depth> {
        if self.names.iter().any(|n| TRUE_COLOR.contains(&n.as_str())) {
            return Some(Depth::True);
        }
        match self.colours {
            None | Some(0..8) => Some(Depth::Mono),
            Some(n) if n > 256 => Some(Depth::True),
            Some(_) => None,
        }
    }
}

fn places(env: &Env) -> Vec<PathBuf> {
    let mut places: Vec<PathBuf> = env.get("TERMINFO").into_iter().map(PathBuf::from).collect();
    places.extend(env.get("HOME").map(|home| PathBuf::from(home).join(".terminfo")));
    let listed = env.get("TERMINFO_DIRS").unwrap_or_default();
    places.extend(listed.split(':').filter(|d| !d.is_empty()).map(PathBuf::from));
    let usual = ["/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo"];
    places.extend(usual.map(PathBuf::from));
    places
}

fn read(file: &std::path::Path) -> Option<Vec<u8>> {
    let about = std::fs::metadata(file).ok().filter(|m| m.is_file() && m.len() <= LONGEST)?;
    let bytes = std::fs::read(file).ok()?;
    (bytes.len() as u64 <= about.len().max(LONGEST)).then_some(bytes)
}

fn parse(bytes: &[u8]) -> Option<Terminfo> {
    let short = |at: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    // The numbers have 16 bits, or in newer files 32.
    let wide = match short(0)? {
        0o432 => 2,
        0o1036 => 4,
        _ => return None,
    };
    let (names, flags, numbers, strings, table) = (short(2)?, short(4)?, short(6)?, short(8)?, short(10)?);
    let at = (12 + names + flags).next_multiple_of(2);
    let colours = bytes.get(at + COLOURS * wide..at + (COLOURS + 1) * wide).filter(|_| numbers > COLOURS)?;
    let mut whole = [0; 4];
    whole[..wide].copy_from_slice(colours);
    let colours = u32::from_le_bytes(whole);
    let absent = if wide == 2 { 0xfffe } else { 0xffff_fffe };
    let extended = bytes.get(at + numbers * wide + strings * 2 + table..).unwrap_or_default();
    let is_name = |n: &&[u8]| !n.is_empty() && n.len() < 32 && n.iter().all(u8::is_ascii_graphic);
    let names = extended.split(|b| *b == 0).filter(is_name);
    let names = names.map(|n| String::from_utf8_lossy(n).into_owned()).collect();
    Some(Terminfo { colours: (colours < absent).then_some(colours), names })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with so many colours, in numbers so wide, and these extended capabilities.
    fn compiled(colours: u32, wide: usize, names: &str) -> Vec<u8> {
        let magic: u16 = if wide == 2 { 0o432 } else { 0o1036 };
        let mut bytes = Vec::new();
        for n in [magic, 5, 2, 14, 1, 4] {
            bytes.extend(n.to_le_bytes());
        }
        bytes.extend(b"term\0\x01\x00");
        bytes.push(0);
        for i in 0..14 {
            let number = if i == 13 { colours } else { u32::MAX };
            bytes.extend(&number.to_le_bytes()[..wide]);
        }
        bytes.extend([0, 0]);
        bytes.extend(b"abc\0");
        bytes.extend(names.replace(' ', "\0").bytes());
        bytes.push(0);
        bytes
    }

    #[test]
    fn colours_and_the_names_of_what_is_beyond_are_read_in_both_forms() {
        for wide in [2, 4] {
            let info = parse(&compiled(256, wide, "AX RGB")).unwrap();
            assert_eq!((info.colours, info.depth()), (Some(256), Some(Depth::True)));
            let none = parse(&compiled(u32::MAX, wide, "AX")).unwrap();
            assert_eq!((none.colours, none.depth()), (None, Some(Depth::Mono)));
            assert_eq!(parse(&compiled(256, wide, "AX")).unwrap().depth(), None);
        }
    }

    #[test]
    fn a_file_that_is_cut_off_or_something_else_says_nothing_or_less() {
        let whole = compiled(256, 2, "RGB");
        for at in 0..whole.len() {
            let _ = parse(&whole[..at]);
        }
        assert_eq!(parse(&whole[..20]), None);
        assert_eq!(parse(b"#!/bin/sh\nexit 1 and more than that"), None);
    }

    #[test]
    fn a_terminal_is_found_where_terminfo_names_it_and_never_outside() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("m")).unwrap();
        std::fs::write(folder.path().join("m/mine"), compiled(0x0100_0000, 4, "AX")).unwrap();
        let place = folder.path().display().to_string();
        let of = |term: &str| Terminfo::find(&Env::of(&[("TERMINFO", &place), ("TERM", term)]));
        assert_eq!(of("mine").unwrap().depth(), Some(Depth::True));
        assert_eq!(of("../m/mine"), None);
        assert_eq!(of("no-such-terminal-at-all"), None);
    }
}
