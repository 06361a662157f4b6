//! A theme: one style for each role. Plain types; drawing turns them into its own.
//!
//! Knows colours, not what is drawn with them.

macro_rules! roles {
    ($($variant:ident = $name:literal,)*) => {
        /// What a style is for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Role { $($variant,)* }

        impl Role {
            pub const ALL: [Role; ROLES] = [$(Role::$variant,)*];

            /// As a theme file writes it.
            pub const fn name(self) -> &'static str {
                match self { $(Role::$variant => $name,)* }
            }
        }

        const ROLES: usize = [$($name,)*].len();
    };
}

roles! {
    Text = "text",
    Dim = "dim",
    Title = "title",
    Border = "border",
    BorderFocus = "border_focus",
    Selection = "selection",
    Header = "header",
    FooterKey = "footer_key",
    FooterText = "footer_text",
    Critical = "critical",
    Error = "error",
    Warning = "warning",
    Info = "info",
    Unknown = "unknown",
    Resolved = "resolved",
    Acked = "acked",
    Suppressed = "suppressed",
    Ok = "ok",
    Bad = "bad",
    Accent = "accent",
    BarFull = "bar_full",
    BarEmpty = "bar_empty",
    Graph = "graph",
    GraphAlt = "graph_alt",
    Marker = "marker",
    Hint = "hint",
    ErrorText = "error_text",
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Color {
    /// The terminal's own.
    Default,
    /// 0-15 are the terminal's palette, 16-255 the fixed cube and greys.
    Ansi(u8),
    Rgb(u8, u8, u8),
}

impl Color {
    /// Whether it is the terminal's own.
    pub fn is_default(self) -> bool {
        self == Self::Default
    }
}

/// How text looks. `None` leaves what is there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    pub fg: Option<Color>,
    pub bg: Option<Color>,
    pub bold: bool,
    pub dim: bool,
    pub reverse: bool,
    pub underline: bool,
}

/// A style for every role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    pub name: String,
    /// One sentence for the list of themes.
    pub about: String,
    pub(super) styles: [Style; ROLES],
}

impl Default for Theme {
    /// The terminal's own sixteen colours.
    fn default() -> Self {
        super::themes::built_in("terminal").unwrap_or_else(|| Self::blank("terminal"))
    }
}

impl Theme {
    /// No colour at all: what `NO_COLOR` asks for.
    pub fn mono() -> Self {
        super::themes::built_in("mono").unwrap_or_else(|| Self::blank("mono"))
    }

    pub(super) fn blank(name: &str) -> Self {
        Self { name: name.to_owned(), about: String::new(), styles: [Style::default(); ROLES] }
    }

    pub fn style(&self, role: Role) -> Style {
        self.styles[role as usize]
    }

    /// Whether there is any colour in it.
    pub fn has_colours(&self) -> bool {
        self.styles.iter().any(|s| [s.fg, s.bg].into_iter().flatten().any(|colour| !colour.is_default()))
    }

    /// Few bytes: severities alone keep a colour, one of the terminal's own, and nothing does where this theme has none; nothing
    /// is dimmed, which takes two sequences each time.
    #[must_use]
    pub fn pared(&self) -> Self {
        const SEVERITIES: [Role; 5] = [Role::Critical, Role::Error, Role::Warning, Role::Info, Role::Unknown];
        let mut pared = Self { name: self.name.clone(), about: self.about.clone(), ..Self::mono() };
        pared.styles.iter_mut().for_each(|style| style.dim = false);
        let own = self.has_colours().then(Self::default);
        for role in SEVERITIES.into_iter().filter(|_| own.is_some()) {
            let own = own.as_ref().map_or_else(Style::default, |own| own.style(role));
            pared.styles[role as usize] = Style { dim: false, ..own };
        }
        pared
    }

    /// The names of the themes that are built in, the default first.
    pub fn built_in_names() -> Vec<&'static str> {
        super::themes::built_in_names()
    }
}
