//! A notification that the terminal shows: OSC 9, 99 or 777, whichever this one takes.

use super::{
    host::{Manners, Mux, Osc},
    mux,
};

/// Characters of a title and of a line: more than that no terminal shows.
const LONGEST: usize = 120;
/// What ends each of them: GNU screen would take `ESC \` for the end of its own envelope.
const END: u8 = 0x07;

/// The sequence; nothing where this terminal is not asked. Behind a multiplexer a bell goes with it, as it may drop the rest.
pub fn sequence(manners: &Manners, title: &str, body: &str) -> Vec<u8> {
    let Some(osc) = manners.notices else { return Vec::new() };
    let mut out: Vec<u8> =
        plain(osc, &harmless(title), &harmless(body)).iter().flat_map(|one| mux::through(manners.mux, one)).collect();
    if manners.bell && manners.mux != Mux::None {
        out.push(END);
    }
    out
}

fn plain(osc: Osc, title: &str, body: &str) -> Vec<Vec<u8>> {
    let of = |text: String| [text.as_bytes(), &[END]].concat();
    let both = if body.is_empty() { title.to_owned() } else { format!("{title} ({body})") };
    match osc {
        // A number first would be a command: `9;4` draws a progress bar, `9;1` sleeps.
        Osc::Nine if both.starts_with(|c: char| c.is_ascii_digit()) => vec![of(format!("\x1b]9;watchfire: {both}"))],
        Osc::Nine => vec![of(format!("\x1b]9;{both}"))],
        Osc::SevenSevenSeven => {
            let title = title.replace(';', ",");
            vec![of(format!("\x1b]777;notify;{title};{}", body.replace(';', ",")))]
        }
        Osc::NinetyNine if body.is_empty() => vec![of(format!("\x1b]99;i=watchfire;{title}"))],
        Osc::NinetyNine => {
            vec![of(format!("\x1b]99;i=watchfire:d=0;{title}")), of(format!("\x1b]99;i=watchfire:p=body;{body}"))]
        }
    }
}

/// Nothing in it that a terminal would obey.
fn harmless(text: &str) -> String {
    crate::domain::text::sanitise(text).chars().filter(|c| !c.is_control()).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(osc: Osc, mux: Mux, title: &str, body: &str) -> String {
        let manners = Manners { bell: true, notices: Some(osc), mux, ..Manners::NONE };
        String::from_utf8(sequence(&manners, title, body)).unwrap()
    }

    #[test]
    fn each_terminal_gets_its_own() {
        assert_eq!(sent(Osc::Nine, Mux::None, "critical: A", "shop"), "\x1b]9;critical: A (shop)\x07");
        assert_eq!(sent(Osc::SevenSevenSeven, Mux::None, "a;b", "c;d"), "\x1b]777;notify;a,b;c,d\x07");
        assert_eq!(
            sent(Osc::NinetyNine, Mux::None, "a", "b"),
            "\x1b]99;i=watchfire:d=0;a\x07\x1b]99;i=watchfire:p=body;b\x07"
        );
    }

    #[test]
    fn a_count_is_no_progress_bar() {
        assert_eq!(sent(Osc::Nine, Mux::None, "4 new alerts", ""), "\x1b]9;watchfire: 4 new alerts\x07");
    }

    #[test]
    fn behind_tmux_it_is_wrapped_and_a_bell_follows() {
        assert_eq!(sent(Osc::Nine, Mux::Tmux, "a", ""), "\x1bPtmux;\x1b\x1b]9;a\x07\x1b\\\x07");
    }

    #[test]
    fn nothing_in_it_acts() {
        let text = sent(Osc::Nine, Mux::None, "a\x07\x1b[31m\u{9b}2J\u{202e}", "");
        assert!(text[1..text.len() - 1].chars().all(|c| !c.is_control() && c != '\u{202e}'), "{text:?}");
    }
}
