//! The screen over a slow link: no colours but the severities', no rules, no boxes, no graphs, at the two sizes that most
//! people have.

use ratatui::style::Color;
use watchfire::{
    config::theme::{Role, Theme},
    ui::look::GlyphSet,
};

use super::*;

fn frugal() -> Look {
    look().frugal(true)
}

fn at_two_sizes(name: &str, app: &mut App) {
    let frames = [(80, 24), (120, 40)].map(|size| written(&frame_in(app, size, &frugal())));
    insta::assert_snapshot!(name, frames.join("\n"));
}

#[tokio::test]
async fn the_board() {
    at_two_sizes("frugal", &mut demo_with("").await);
}

#[tokio::test]
async fn an_alert() {
    at_two_sizes("frugal_alert", &mut demo_with("j Enter").await);
}

#[tokio::test]
async fn a_budget() {
    at_two_sizes("frugal_budget", &mut demo_with("2 Enter h h h").await);
}

#[tokio::test]
async fn the_plan_of_an_ack() {
    at_two_sizes("frugal_ack", &mut demo_with("a").await);
}

#[tokio::test]
async fn over_a_slow_link_nothing_is_drawn_that_words_do_not_say_as_well() {
    let is_drawn =
        |c: char| matches!(c, '\u{2500}'..='\u{257f}' | '\u{2580}'..='\u{258a}' | '\u{2800}'..='\u{28ff}' | '·');
    for keys in ["", "Enter", "2 Enter", "2 z", "3 Enter", "a", "s", "f", "?", "I", "w", "@", ", t"] {
        let mut app = demo_with(keys).await;
        for size in SIZES {
            let buf = frame_in(&mut app, size, &frugal());
            for row in buf.content.chunks(usize::from(size.0)) {
                let text: String = row.iter().map(|cell| cell.symbol()).collect();
                // The sign of a title begins it, and so does that of a selected row; two panes may stand side by side.
                let drawn = text.chars().filter(|c| is_drawn(*c)).count();
                assert!(drawn <= 2, "{keys} {size:?}: {text}");
            }
        }
    }
}

#[test]
fn over_a_slow_link_severities_alone_have_a_colour_in_any_theme_and_none_has_one_without_colours() {
    let severities = [Role::Critical, Role::Error, Role::Warning, Role::Info, Role::Unknown];
    let is_colour = |colour: Option<Color>| colour.is_some_and(|c| c != Color::Reset);
    let own = Look::new(Theme::default(), GlyphSet::Unicode);
    for name in Theme::built_in_names() {
        let theme = defaults(name).theme;
        let look = Look::new(theme.clone(), GlyphSet::Unicode).frugal(true);
        for role in Role::ALL {
            let style = look.style(role);
            let coloured = is_colour(style.fg) || is_colour(style.bg);
            assert_eq!(coloured, severities.contains(&role) && theme.has_colours(), "{name} {role:?} {style:?}");
            assert!(!coloured || style == own.style(role), "{name} {role:?} {style:?}");
        }
        let worn = look.wearing(&Theme::mono());
        assert!(Role::ALL.iter().all(|role| !is_colour(worn.style(*role).fg)), "{name}");
    }
}

#[tokio::test]
async fn without_rules_the_focus_is_still_seen() {
    let mut app = demo_with("").await;
    let marks = |app: &mut App| {
        let text = still::text(&frame_in(app, (80, 24), &frugal()));
        ["1 alerts", "2 budgets", "3 timeline"].map(|title| {
            let line = text.lines().find(|l| l.contains(title)).unwrap_or_else(|| panic!("{title} in {text}"));
            line.chars().next().unwrap_or(' ')
        })
    };
    assert_eq!(marks(&mut app), ['━', '─', '─']);
    press(&mut app, "3");
    assert_eq!(marks(&mut app), ['─', '─', '━']);
}
