//! Which theme is worn: the configured one, the one that a person chose, or one of two by the terminal's background.
//!
//! A theme that is tried on is on the whole screen at once. Knows themes as data; reads no file and draws nothing.

use std::path::PathBuf;

use crate::{
    app::{
        App,
        effect::{Effect, Effects},
        msg::Trait,
    },
    config::{
        depth::Colours,
        keymap::Command,
        theme::Theme,
        themes::{AUTO, Ground, Shelved, Wardrobe},
    },
    domain::text::SafeText,
};

use super::{
    layer::Layer,
    strokes::{self, Stroke},
};

/// What is kept on when nothing is tried.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// As the screen began.
    AsBegun,
    /// By the terminal's background.
    Auto,
    Chosen(Box<Theme>),
}

/// The themes there are, and the one that is worn.
#[derive(Clone, Debug, PartialEq)]
pub struct Dress {
    wardrobe: Option<Wardrobe>,
    /// The theme that the screen began with, in all its colours.
    begun: Theme,
    /// There are more colours than the screen began with.
    more: bool,
    pub colours: Colours,
    /// What the terminal says lies behind its text; none where it has not told.
    pub ground: Option<Ground>,
    /// The file in which a choice can be kept.
    pub file: Option<PathBuf>,
    kept: Kept,
    worn: Option<Theme>,
}

impl Default for Dress {
    fn default() -> Self {
        Self {
            wardrobe: None,
            begun: Theme::default(),
            more: false,
            colours: Colours::default(),
            ground: None,
            file: None,
            kept: Kept::AsBegun,
            worn: None,
        }
    }
}

impl Dress {
    /// The themes of a configuration, in as many colours as there are; `begun` is the theme that the screen begins with.
    pub fn new(wardrobe: Wardrobe, begun: Theme, colours: Colours, file: Option<PathBuf>) -> Self {
        let kept = if wardrobe.auto && begun == Theme::default() { Kept::Auto } else { Kept::AsBegun };
        Self { wardrobe: Some(wardrobe), begun, colours, file, kept, ..Self::default() }
    }

    /// Other themes after a change of the configuration: what a person chose stays, and so does what the terminal told.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        self.ground = before.ground;
        if matches!(before.kept, Kept::Chosen(_)) {
            self.kept.clone_from(&before.kept);
        }
        self.put_on(None);
        self
    }

    /// The theme to draw with, in the colours there are; none where it is the one that the screen began with.
    pub fn worn(&self) -> Option<&Theme> {
        self.worn.as_ref()
    }

    /// What is tried on, else what is kept.
    fn put_on(&mut self, tried: Option<Kept>) {
        let theme = match tried.as_ref().unwrap_or(&self.kept) {
            Kept::AsBegun => self.more.then(|| self.begun.clone()),
            Kept::Chosen(theme) => Some((**theme).clone()),
            Kept::Auto => Some(self.by_ground()),
        };
        self.worn = theme.map(|theme| theme.at_depth(self.colours.depth));
    }

    /// Until the terminal tells, the theme that is readable on any background.
    fn by_ground(&self) -> Theme {
        match (self.ground, &self.wardrobe) {
            (Some(Ground::Light), Some(wardrobe)) => wardrobe.light.clone(),
            (Some(Ground::Dark), Some(wardrobe)) => wardrobe.dark.clone(),
            _ => Theme::default(),
        }
    }

    fn wardrobe(&mut self) -> &Wardrobe {
        self.wardrobe.get_or_insert_with(Wardrobe::default)
    }

    /// The name of what is kept on.
    pub fn name(&self) -> &str {
        match &self.kept {
            Kept::AsBegun => &self.begun.name,
            Kept::Auto => AUTO,
            Kept::Chosen(theme) => &theme.name,
        }
    }

    /// The two that `auto` chooses from: for a light background, and for a dark one.
    pub fn pair(&self) -> Option<(&str, &str)> {
        self.wardrobe.as_ref().map(|w| (w.light.name.as_str(), w.dark.name.as_str()))
    }
}

/// The list of themes: `auto` first, then the shelf.
#[derive(Clone, Debug)]
pub struct Trying {
    pub place: usize,
    pub shelf: Vec<Shelved>,
}

impl Trying {
    /// The name at the place.
    fn name(&self) -> &str {
        self.place.checked_sub(1).and_then(|i| self.shelf.get(i)).map_or(AUTO, |s| &s.name)
    }

    /// What the place would be kept as; the reason where its file is wrong.
    fn choice(&self) -> Result<Kept, String> {
        let Some(shelved) = self.place.checked_sub(1).and_then(|i| self.shelf.get(i)) else { return Ok(Kept::Auto) };
        match &shelved.theme {
            Ok(theme) => Ok(Kept::Chosen(Box::new(theme.clone()))),
            Err(errors) => Err(errors.first().map(ToString::to_string).unwrap_or_default()),
        }
    }
}

/// Opens the list on what is worn.
pub(crate) fn open(app: &mut App) -> Effects {
    let shelf = app.desk.dress.wardrobe().shelf.clone();
    let worn = app.desk.dress.name().to_owned();
    let place = shelf.iter().position(|s| s.name == worn).map_or(0, |i| i + 1);
    app.desk.layers.push(Layer::Themes(Trying { place, shelf }));
    Vec::new()
}

fn list(app: &App) -> Option<&Trying> {
    if let Some(Layer::Themes(list)) = app.desk.layers.last() { Some(list) } else { None }
}

/// A key of the list.
pub(crate) fn key(app: &mut App, stroke: Stroke) -> Effects {
    let Some((place, len)) = list(app).map(|l| (l.place, l.shelf.len() + 1)) else { return Vec::new() };
    let stroke = match stroke {
        Stroke::Asks(Command::PaneNext) => Stroke::Asks(Command::Down),
        Stroke::Asks(Command::PanePrevious) => Stroke::Asks(Command::Up),
        other => other,
    };
    if let Some(to) = strokes::step(stroke, place, len) {
        go(app, to);
        return Vec::new();
    }
    match stroke {
        Stroke::Asks(Command::Back | Command::Quit) => leave(app),
        Stroke::Asks(Command::Open) => keep(app),
        Stroke::Asks(Command::ThemeWrite) => return write(app),
        _ => {}
    }
    Vec::new()
}

fn go(app: &mut App, place: usize) {
    if let Some(Layer::Themes(list)) = app.desk.layers.last_mut() {
        list.place = place;
    }
    let choice = list(app).map(Trying::choice);
    match choice {
        Some(Ok(choice)) => app.desk.dress.put_on(Some(choice)),
        Some(Err(why)) => {
            app.desk.dress.put_on(None);
            app.desk.say_bad(app.now, why);
        }
        None => {}
    }
}

fn leave(app: &mut App) {
    app.desk.layers.pop();
    app.desk.dress.put_on(None);
}

/// For this run; and says how it stays.
fn keep(app: &mut App) {
    let Some((choice, name)) = list(app).map(|l| (l.choice(), l.name().to_owned())) else { return };
    match choice {
        Err(why) => app.desk.say_bad(app.now, why),
        Ok(choice) => {
            app.desk.dress.kept = choice;
            leave(app);
            let place = match &app.desk.dress.file {
                Some(file) => format!(" in {}", SafeText::new(&file.to_string_lossy()).line()),
                None => String::new(),
            };
            app.desk.say_good(app.now, format!("{name} for this run; to stay: [ui] theme = \"{name}\"{place}"));
        }
    }
}

/// Keeps it, and names it in the configuration.
fn write(app: &mut App) -> Effects {
    let Some((choice, theme)) = list(app).map(|l| (l.choice(), l.name().to_owned())) else { return Vec::new() };
    keep(app);
    if choice.is_err() {
        return Vec::new();
    }
    match app.desk.dress.file.clone() {
        Some(file) => vec![Effect::KeepTheme { file, theme }],
        None => {
            let text = "this run has no configuration file to write to; `watchfire config init` begins one";
            app.desk.say_bad(app.now, text);
            Vec::new()
        }
    }
}

/// The terminal has told something of itself.
pub(crate) fn told(app: &mut App, told: &Trait) -> Effects {
    let dress = &mut app.desk.dress;
    match told {
        Trait::Ground(ground) => dress.ground = Some(*ground),
        Trait::Name(name) => {
            let colours = dress.colours.heard(name.raw());
            dress.more |= colours.depth != dress.colours.depth;
            dress.colours = colours;
        }
    }
    match list(app).map(Trying::choice) {
        Some(Ok(choice)) => app.desk.dress.put_on(Some(choice)),
        _ => app.desk.dress.put_on(None),
    }
    Vec::new()
}
