//! Themes before a person: tried on, kept, taken back; and what is left where there is no colour.

use ratatui::{
    buffer::{Buffer, Cell},
    layout::Rect,
    style::{Color, Modifier},
};
use watchfire::{
    app::{
        App,
        desk::dress::Dress,
        effect::Effect,
        msg::{Msg, Trait},
    },
    config::{
        depth::{Colours, Depth, Why},
        keymap::Chord,
        theme::{Role, Theme},
        themes::{Ground, Shelved, Wardrobe},
    },
    domain::text::SafeText,
    ui::{
        self,
        look::{GlyphSet, Look},
        still,
    },
};

use crate::{screens::lived, support::cockpit::defaults};

/// The demo's outage with the themes of a terminal that has so many colours.
async fn outage(begun: &str, depth: Depth, why: Why) -> (App, Look) {
    let mut app = lived("payment-outage", "20m").await;
    let begun = defaults(begun).theme;
    let look = Look::new(begun.at_depth(depth), GlyphSet::Unicode);
    app.desk.dress = Dress::new(Wardrobe::default(), begun, Colours { depth, why }, Some("/etc/w.toml".into()));
    drop(app.update(app.now, Msg::Resized { width: 120, height: 40 }));
    (app, look)
}

fn press(app: &mut App, keys: &str) -> Vec<Effect> {
    let keys = keys.split(' ').flat_map(|k| Chord::parse(k).unwrap().0);
    keys.flat_map(|key| app.update(app.now, Msg::Key(key))).collect()
}

fn drawn(app: &App, look: &Look) -> Buffer {
    let mut buf = Buffer::empty(Rect::new(0, 0, app.desk.width, app.desk.height));
    ui::view(app, look, &mut buf);
    buf
}

/// What lies behind the text in the first corner: the ground of the theme that is worn.
fn ground(app: &App, look: &Look) -> Color {
    drawn(app, look)[(0, 0)].bg
}

const MIDNIGHT: Color = Color::Rgb(0x12, 0x16, 0x1e);
const DAYLIGHT: Color = Color::Rgb(0xfb, 0xfa, 0xf7);

#[tokio::test]
async fn moving_in_the_list_shows_the_whole_cockpit_in_a_theme_and_esc_takes_it_back() {
    let (mut app, look) = outage("terminal", Depth::True, Why::Colorterm).await;
    let before = drawn(&app, &look);
    press(&mut app, ", t");
    assert!(still::text(&drawn(&app, &look)).contains("● terminal"), "{}", still::text(&drawn(&app, &look)));
    press(&mut app, "j");
    assert_eq!(ground(&app, &look), MIDNIGHT);
    press(&mut app, "j");
    assert_eq!(ground(&app, &look), DAYLIGHT);
    press(&mut app, "esc");
    assert_eq!(drawn(&app, &look), before);
}

#[tokio::test]
async fn enter_keeps_a_theme_for_this_run_and_says_how_it_stays() {
    let (mut app, look) = outage("terminal", Depth::True, Why::Colorterm).await;
    press(&mut app, ", t j enter");
    assert_eq!(ground(&app, &look), MIDNIGHT);
    let said = still::text(&drawn(&app, &look));
    assert!(said.contains("midnight for this run; to stay: [ui] theme = \"midnight\" in /etc/w.toml"), "{said}");
    press(&mut app, ", t j esc");
    assert_eq!(ground(&app, &look), MIDNIGHT, "what was kept comes back");
}

#[tokio::test]
async fn w_asks_for_the_line_to_be_written_and_its_end_is_told() {
    let (mut app, look) = outage("terminal", Depth::True, Why::Colorterm).await;
    let effects = press(&mut app, ", t j w");
    assert_eq!(effects, [Effect::KeepTheme { file: "/etc/w.toml".into(), theme: "midnight".into() }]);
    drop(app.update(app.now, Msg::ThemeKept(Err(SafeText::new("/etc/w.toml cannot be written")))));
    assert!(still::text(&drawn(&app, &look)).contains("cannot be written"));
    app.desk.dress.file = None;
    assert_eq!(press(&mut app, ", t w"), []);
    assert!(still::text(&drawn(&app, &look)).contains("no configuration file"));
}

#[tokio::test]
async fn a_theme_whose_file_is_wrong_says_what_is_wrong_and_cannot_be_kept() {
    let (mut app, look) = outage("terminal", Depth::True, Why::Colorterm).await;
    let file = std::env::temp_dir().join("wrong-theme.toml");
    let error = watchfire::config::ConfigError {
        file,
        at: watchfire::config::fault::At { line: 3, col: 6 },
        what: "unknown colour `gren`".into(),
        hint: None,
    };
    let mut wardrobe = Wardrobe::default();
    wardrobe.shelf.push(Shelved { name: "mine".into(), theme: Err(vec![error]) });
    app.desk.dress = Dress::new(wardrobe, Theme::default(), Colours::default(), None);
    press(&mut app, ", t G");
    let said = still::text(&drawn(&app, &look));
    assert!(said.contains("wrong-theme.toml:3:6: unknown colour `gren`"), "{said}");
    press(&mut app, "enter");
    assert_eq!(ground(&app, &look), Color::Reset);
    assert_eq!(app.desk.dress.name(), "terminal");
}

#[tokio::test]
async fn auto_is_readable_before_the_terminal_tells_and_then_follows_it() {
    let (mut app, _) = outage("terminal", Depth::True, Why::Colorterm).await;
    let wardrobe = Wardrobe { auto: true, ..Wardrobe::default() };
    app.desk.dress = Dress::new(wardrobe, Theme::default(), Colours::default(), None);
    let look = Look::new(Theme::default(), GlyphSet::Unicode);
    assert_eq!(ground(&app, &look), Color::Reset);
    for (told, wanted) in [(Ground::Light, DAYLIGHT), (Ground::Dark, MIDNIGHT), (Ground::Light, DAYLIGHT)] {
        drop(app.update(app.now, Msg::Terminal(Trait::Ground(told))));
        assert_eq!(ground(&app, &look), wanted);
    }
    press(&mut app, ", t j j enter");
    drop(app.update(app.now, Msg::Terminal(Trait::Ground(Ground::Light))));
    assert_eq!(ground(&app, &look), MIDNIGHT, "what a person chose stays");
}

#[tokio::test]
async fn a_terminal_that_says_who_it_is_gets_the_colours_it_has() {
    let (mut app, look) = outage("midnight", Depth::TwoFiftySix, Why::Suffix).await;
    assert!(matches!(ground(&app, &look), Color::Indexed(_)));
    drop(app.update(app.now, Msg::Terminal(Trait::Name(SafeText::new("tmux 3.3a")))));
    assert!(matches!(ground(&app, &look), Color::Indexed(_)));
    drop(app.update(app.now, Msg::Terminal(Trait::Name(SafeText::new("foot(1.16.2)")))));
    assert_eq!(ground(&app, &look), MIDNIGHT);
}

#[tokio::test]
async fn what_the_terminal_tells_while_a_theme_is_tried_takes_nothing_off() {
    let (mut app, look) = outage("terminal", Depth::True, Why::Colorterm).await;
    press(&mut app, ", t j");
    drop(app.update(app.now, Msg::Terminal(Trait::Ground(Ground::Light))));
    assert_eq!(ground(&app, &look), MIDNIGHT);
}

fn cells(buf: &Buffer, row: u16) -> impl Iterator<Item = &Cell> {
    (0..buf.area.width).map(move |x| &buf[(x, row)])
}

#[tokio::test]
async fn without_colour_selection_severity_and_focus_are_still_seen() {
    let (mut app, _) = outage("mono", Depth::Mono, Why::NoColor).await;
    for glyphs in [GlyphSet::Unicode, GlyphSet::Ascii] {
        let look = Look::new(Theme::mono(), glyphs);
        drop(press(&mut app, "1"));
        let buf = drawn(&app, &look);
        assert!(buf.content.iter().all(|c| (c.fg, c.bg) == (Color::Reset, Color::Reset)), "a colour");
        let text = still::text(&buf);
        let row = |what: &str| u16::try_from(text.lines().position(|l| l.contains(what)).unwrap()).unwrap();
        let (title, first) = (row("1 alerts"), row("1 alerts") + 1);
        let reversed = |row| cells(&buf, row).filter(|c| c.modifier.contains(Modifier::REVERSED)).count();
        assert!(reversed(first) > 40 && reversed(first + 1) < 10, "the selection\n{text}");
        let line = |row: u16| text.lines().nth(usize::from(row)).unwrap();
        for (letter, word) in [("C", "critical"), ("E", "error"), ("W", "warning")] {
            assert!(text.contains(&format!("{letter} ")) && line(0).contains(word), "{text}");
        }
        // A thick rule over the pane that has the keys, and a thin one over the others.
        let (thick, thin) = if glyphs == GlyphSet::Unicode { ("━", "─") } else { ("=", "-") };
        assert!(line(title).starts_with(thick) && line(row("3 timeline")).starts_with(thin), "{text}");
        drop(press(&mut app, "3"));
        let text = still::text(&drawn(&app, &look));
        let title = text.lines().find(|l| l.contains("3 timeline")).unwrap();
        assert!(title.starts_with(thick), "{text}");
    }
}

/// The signs of the four severities differ with neither colour nor attribute.
#[test]
fn every_theme_tells_severities_apart_at_every_depth_or_their_signs_do() {
    for name in Theme::built_in_names() {
        for depth in [Depth::Mono, Depth::Sixteen, Depth::TwoFiftySix, Depth::True] {
            let theme = defaults(name).theme.at_depth(depth);
            assert_ne!(theme.style(Role::Critical), theme.style(Role::Text), "{name} at {depth:?}");
            let selection = theme.style(Role::Selection);
            assert!(selection.reverse || selection.bg.is_some(), "{name} at {depth:?}: no selection");
        }
    }
    use watchfire::domain::alert::Severity::{Critical, Error, Info, Unknown, Warning};
    for glyphs in [GlyphSet::Unicode, GlyphSet::Ascii] {
        let look = Look::new(Theme::mono(), glyphs);
        let mut marks: Vec<_> = [Critical, Error, Warning, Info, Unknown].map(|s| look.mark(s)).to_vec();
        marks.sort_unstable();
        marks.dedup();
        assert_eq!(marks.len(), 5);
    }
}

#[tokio::test]
async fn another_configuration_takes_off_nothing_that_a_person_chose_and_forgets_no_answer() {
    let (mut app, look) = outage("terminal", Depth::True, Why::Colorterm).await;
    drop(app.update(app.now, Msg::Terminal(Trait::Ground(Ground::Light))));
    let auto =
        || Dress::new(Wardrobe { auto: true, ..Wardrobe::default() }, Theme::default(), Colours::default(), None);
    app.desk.dress = auto().after(&app.desk.dress);
    assert_eq!(ground(&app, &look), DAYLIGHT, "the terminal had told");
    press(&mut app, ", t j j enter");
    app.desk.dress = auto().after(&app.desk.dress);
    assert_eq!(ground(&app, &look), MIDNIGHT);
}
