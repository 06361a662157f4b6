//! What the screen says, as lines to be read aloud: no borders, no graphs, no signs, one fact after the other.
//!
//! The words are those of the panes and dialogs themselves: they are drawn where nobody looks, and read off. Knows neither
//! who reads nor what is typed.

pub mod board;
pub mod runbook;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::app::{
    App,
    desk::{
        layer::Layer,
        requests::AskMenu,
        running::{ActionMenu, Item},
    },
};

use super::{Canvas, action, cover, detail, incidents, look::Look, over, requests, sent, silencing, still};

/// As wide as sentences are drawn before they are read.
pub const COLUMNS: u16 = 100;
/// High enough for whatever is read whole.
pub const ROWS: u16 = 600;

/// What the topmost layer says; nothing where no layer is open.
pub fn layer(app: &App, look: &Look) -> Vec<String> {
    let Some(layer) = app.desk.top_layer() else { return Vec::new() };
    let area = Rect::new(0, 0, COLUMNS, ROWS);
    let mut buf = Buffer::empty(area);
    let mut canvas = Canvas::on(app, look, &mut buf);
    match layer {
        Layer::Silence(form) => return silencing::said(&canvas, form),
        Layer::Log(log) if !log.deeds.is_empty() => {
            return log.deeds.iter().flat_map(|deed| sent::said(app, deed)).collect();
        }
        Layer::Alert { id, .. } => detail::draw(&mut canvas, area, id, 0),
        Layer::Incident(opened) => incidents::opened(&mut canvas, area, opened),
        layer if layer.covers() => cover(&mut canvas, layer, area),
        layer => drop(over(&mut canvas, layer, app.desk.regions(&app.world))),
    }
    still::text(&buf).lines().map(words).filter(|line| !line.is_empty()).collect()
}

/// One way of a source.
pub fn way(menu: &AskMenu, place: usize) -> String {
    requests::said(menu, place)
}

/// One item of the menu of actions.
pub fn action(app: &App, look: &Look, menu: &ActionMenu, item: &Item) -> String {
    let mut nothing = Buffer::empty(Rect::ZERO);
    action::said(&Canvas::on(app, look, &mut nothing), menu, item)
}

/// The words of a drawn line: what is only drawn is left out, a gap between columns is a pause.
pub fn words(line: &str) -> String {
    let mut said = String::new();
    let mut gap = 0;
    for part in line.split(char::is_whitespace) {
        let word: String = part.chars().filter_map(spoken).collect();
        // What is left where a mark was.
        let word = if word.chars().all(|c| c == ':') { String::new() } else { word };
        let is_graph = word.len() > 3 && word.chars().all(|c| c == '?');
        if word.is_empty() || is_graph {
            gap += 1;
            continue;
        }
        if !said.is_empty() {
            let ends = said.ends_with([',', ':', ';', '.', '(']);
            said.push_str(if gap > 0 && !ends { ", " } else { " " });
        }
        said.push_str(&word.replace('…', "..."));
        gap = 0;
    }
    said.trim_end_matches(", Esc back").to_owned()
}

/// Lines, boxes, blocks, braille and other shapes are for eyes.
fn spoken(c: char) -> Option<char> {
    match c {
        '\u{2500}'..='\u{25ff}' | '\u{2800}'..='\u{28ff}' | '·' | '☐' | '‹' | '›' => None,
        '✓' => Some('x'),
        '✗' => Some('!'),
        '×' => Some('x'),
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawn_line_is_read_without_what_is_only_drawn() {
        assert_eq!(words("│ lasts: 1h                │"), "lasts: 1h");
        assert_eq!(words("━ ProbeFailing ━━━━━━━━━━━━━━━ Esc back"), "ProbeFailing");
        assert_eq!(words(" severity         critical"), "severity, critical");
        assert_eq!(words("◆C stockholm ····███"), "C stockholm");
        assert_eq!(words("  ⣿⣿⣀⡀ ▁▂▃ "), "");
        assert_eq!(words("cut here…"), "cut here...");
        assert_eq!(words(" ☐ 1 roll it back   severity ‹ sev2 ›"), "1 roll it back, severity, sev2");
        assert_eq!(words(" :"), "");
    }
}
