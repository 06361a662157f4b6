//! Links beside the cells: which text is part of which, in few bytes, and none left open.

use std::sync::Arc;

use ratatui::{buffer::Buffer, layout::Rect, style::Style};
use watchfire::{
    runtime::terminal::encode::{Encoder, dialect::Dialect},
    ui::link::Link,
};

use super::tokens::{self, Token};

fn link(row: u16, from: u16, to: u16, url: &str) -> Link {
    Link { row, from, to, url: Arc::from(url) }
}

fn frame(rows: &[&str]) -> Buffer {
    let mut frame = Buffer::empty(Rect::new(0, 0, 40, u16::try_from(rows.len()).unwrap()));
    (0..).zip(rows).for_each(|(y, row)| frame.set_string(0, y, row, Style::new()));
    frame
}

/// The text of each link that a frame writes.
fn linked(bytes: &[u8]) -> Vec<(String, String)> {
    let framed = [b"\x1b[?1049h\x1b[?2026h".as_slice(), bytes, b"\x1b[?2026l"].concat();
    assert_eq!(tokens::check(&framed), Ok(()));
    let mut all: Vec<(String, String)> = Vec::new();
    let mut open = None;
    for token in tokens::tokens(bytes).unwrap() {
        match token {
            Token::Link(url) => {
                all.extend(url.clone().map(|url| (url, String::new())));
                open = url;
            }
            Token::Text(c) if open.is_some() => all.last_mut().unwrap().1.push(c),
            _ => {}
        }
    }
    all
}

#[test]
fn a_link_that_is_wrapped_is_one_and_what_stands_around_it_is_no_part() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let picture = frame(&["see https://run.ex", "    ample/x now"]);
    let url = "https://run.example/x";
    let links = [link(0, 4, 18, url), link(1, 4, 11, url)];
    let bytes = encoder.frame(&picture, &links, None);
    let told = linked(&bytes);
    assert!(told.iter().all(|(to, _)| to == url));
    assert_eq!(told.iter().map(|(_, text)| text.trim()).collect::<String>(), "https://run.example/x");
    assert!(encoder.frame(&picture, &links, None).is_empty(), "nothing has changed");
}

#[test]
fn a_link_that_comes_changes_or_goes_is_told_and_nothing_else_is() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let picture = frame(&["runbook here", "and more of it"]);
    assert!(linked(&encoder.frame(&picture, &[], None)).is_empty());
    let one = [link(0, 8, 12, "https://a.example")];
    let bytes = encoder.frame(&picture, &one, None);
    assert_eq!(linked(&bytes), [("https://a.example".to_owned(), "here".to_owned())]);
    let other = [link(0, 8, 12, "https://b.example")];
    assert_eq!(linked(&encoder.frame(&picture, &other, None)), [("https://b.example".to_owned(), "here".to_owned())]);
    let gone = encoder.frame(&picture, &[], None);
    assert!(linked(&gone).is_empty() && gone.ends_with(b"here") && gone.len() < 30, "{gone:?}");
}

#[test]
fn more_links_than_can_be_told_apart_leave_the_picture_as_it_is() {
    let mut encoder = Encoder::new(Dialect::XTERM);
    let picture = frame(&["a link"]);
    for n in 0..300 {
        let bytes = encoder.frame(&picture, &[link(0, 2, 6, &format!("https://{n}.example"))], None);
        assert!(linked(&bytes).iter().all(|(url, _)| *url == format!("https://{n}.example")), "{n}");
    }
}
