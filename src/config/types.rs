//! The configuration once it has been read: plain values, every default filled in.

use std::path::PathBuf;

use chrono::Duration;
use secrecy::SecretString;

use super::{alerts::AlertsConfig, depth::Depth, explain::Setting, keymap::Keymap, theme::Theme, themes::Wardrobe};
use crate::domain::{
    Time, action::Action, contract::AckRules, correlation::Correlation, filter::Filter, silence::rules::Rules,
    source::SourceName, text::SafeText,
};

/// Everything Watchfire can be told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it was read from; none = defaults only.
    pub path: Option<PathBuf>,
    /// Which part of it is in force.
    pub profile: Option<super::profile::Profile>,
    pub user: String,
    /// Other names under which sources know the user.
    pub user_aliases: Vec<String>,
    pub sources: Vec<SourceConfig>,
    /// A simulated day beside them.
    pub sim: Option<SimConfig>,
    pub ack: AckRules,
    /// The most exact silences that one plan makes on a source; above it, fewer cover more.
    pub silences_max: usize,
    /// `[silence]` and every `[[silence_template]]`.
    pub silence: Rules,
    pub slo: SloConfig,
    /// Every `[[signals]]`.
    pub signals: Vec<crate::domain::signals::Recipe>,
    pub journal: JournalConfig,
    pub notify: NotifyConfig,
    pub views: Vec<ViewConfig>,
    /// Which sources tell the same alerts.
    pub correlations: Vec<Correlation>,
    pub actions: Vec<Action>,
    /// Environment variables that hold secrets of sources.
    pub secret_env: Vec<String>,
    pub runbooks: RunbooksConfig,
    /// How bad an incident may be, in this installation's words, the worst first.
    pub incident_levels: Vec<crate::domain::incident::Level>,
    /// When shifts begin and when people work; in the machine's zone where none is named.
    pub shift: crate::domain::shift::Rota,
    /// Templates of its own, where the installation has any.
    pub templates: Templates,
    pub ui: UiConfig,
    pub alerts: AlertsConfig,
    pub read_only: bool,
    /// What the values above were read from, and where else was looked.
    pub found: Found,
    /// What a reader should know and that is no mistake.
    pub notes: Vec<String>,
    /// What is strange in the file and stops nobody; `config check` says it.
    pub warnings: Vec<super::ConfigError>,
    pub keymap: Keymap,
    /// The one to begin with; where it follows the terminal's background, the one that is readable on any.
    pub theme: Theme,
    pub themes: Wardrobe,
    /// Where each value came from; see [`super::explain()`].
    pub settings: Vec<Setting>,
}

impl Config {
    /// Whether there is anything to ask.
    pub fn has_sources(&self) -> bool {
        !self.sources.is_empty() || self.sim.is_some()
    }

    /// Every file that was read for it at the start, and the directories in which others may come to be. Templates and
    /// runbooks are read when they are asked for.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> =
            self.path.iter().chain(&self.ui.theme_file).chain(&self.slo.files).cloned().collect();
        all.extend(self.slo.patterns.iter().filter_map(|p| Some(p.parent()?.to_owned())));
        all.extend(self.sources.iter().flat_map(SourceConfig::inputs));
        match &self.found {
            Found::Amtool(path) => all.push(path.clone()),
            Found::Nothing { looked_at } => all.extend(looked_at.iter().cloned()),
            Found::File(_) => {}
        }
        all
    }
}

/// `[sim]`: a simulated day, and where its clock stands.
#[derive(Clone, Debug, PartialEq)]
pub struct SimConfig {
    /// A built-in one by its name, or a file.
    pub scenario: String,
    /// The first moment of its day, on its own clock.
    pub began: Time,
    /// What its clock showed, and when that was on the clock of this machine; none: it shows what the machine's does.
    pub clock: Option<(Time, Time)>,
    /// How many times as fast as the machine's its clock runs since; above zero.
    pub speed: f64,
    /// The file of the silences that people write on that day.
    pub silences: PathBuf,
}

/// Files that take the place of the templates that are built in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    pub postmortem: Option<PathBuf>,
    pub handoff: Option<PathBuf>,
}

/// What a configuration was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    File(PathBuf),
    /// No file of ours; amtool's names a server.
    Amtool(PathBuf),
    /// Defaults only.
    Nothing {
        looked_at: Vec<PathBuf>,
    },
}

/// One `[[source]]`.
#[derive(Clone, Debug)]
pub struct SourceConfig {
    pub name: SourceName,
    pub kind: SourceKind,
    /// At least one where its kind needs an address; several are the members of one HA cluster. No trailing slash.
    pub urls: Vec<String>,
    pub auth: Auth,
    pub ca_file: Option<PathBuf>,
    /// PEM files: certificate chain and key.
    pub client_cert: Option<(PathBuf, PathBuf)>,
    pub headers: Vec<(String, SecretString)>,
    pub proxy: Option<String>,
    pub ack: AckMode,
    pub silences_writable: bool,
    /// Between polls; at least 1 s.
    pub interval: Duration,
    /// Total deadline of one request.
    pub timeout: Duration,
    /// The most requests in any minute; none = as many as the server allows.
    pub requests_per_minute: Option<u32>,
    /// Whether it is asked for the SLOs that its rules record.
    pub discover: bool,
    /// A directory of its own for what it must remember; none where the platform has none.
    pub kept_in: Option<PathBuf>,
    /// What only its kind has.
    pub own: super::kinds::Own,
}

impl SourceConfig {
    /// The files that it is made of: secrets and certificates.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let secret = match &self.auth {
            Auth::Bearer(Secret::File(path)) | Auth::Basic { password: Secret::File(path), .. } => Some(path.clone()),
            _ => None,
        };
        let pair = self.client_cert.iter().flat_map(|(cert, key)| [cert.clone(), key.clone()]);
        secret.into_iter().chain(self.ca_file.clone()).chain(pair).collect()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    Alertmanager,
    Prometheus,
    Pagerduty,
    Grafana,
    Kubernetes,
    Cloudwatch,
    Cloudfoundry,
    Concourse,
    Bosh,
    Icinga2,
    Statuspage,
    Check,
    Plugin,
}

impl SourceKind {
    pub fn as_str(self) -> &'static str {
        super::kinds::about(self).word
    }
}

/// Where the credentials of a source are. Read anew at every start; never logged.
#[derive(Clone, Debug, Default)]
pub enum Auth {
    #[default]
    None,
    Bearer(Secret),
    Basic {
        user: String,
        password: Secret,
    },
}

#[derive(Clone, Debug)]
pub enum Secret {
    /// In the file itself, which nobody else may read.
    Inline(SecretString),
    Env(String),
    File(PathBuf),
    /// argv, no shell; its first line of output.
    Command(Vec<String>),
    /// In the keyring of the person's desktop.
    Keyring(KeyringEntry),
}

/// An entry of a keyring, written `SERVICE/USERNAME`: the attributes that other programs give theirs, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringEntry {
    pub service: String,
    pub username: String,
}

impl KeyringEntry {
    /// None where a half is missing or holds control characters.
    pub fn parse(text: &str) -> Option<Self> {
        let (service, username) = text.split_once('/')?;
        let whole = |half: &str| !half.trim().is_empty() && !half.contains(char::is_control);
        (whole(service) && whole(username)).then(|| Self { service: service.to_owned(), username: username.to_owned() })
    }
}

impl std::fmt::Display for KeyringEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.service, self.username)
    }
}

/// How an ack is carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum AckMode {
    #[default]
    Silence,
    Journal,
    /// The backend keeps acks itself.
    Native,
}

#[derive(Clone, Debug)]
pub struct SloConfig {
    /// Existing files, in the order of the patterns, already expanded relative to the configuration file.
    pub files: Vec<PathBuf>,
    /// The patterns themselves, as paths.
    pub patterns: Vec<PathBuf>,
    /// The period of Sloth's objectives, which their files do not say.
    pub sloth_period: Duration,
    /// Samples a minute that counting may read on top of the newest buckets; 0 = unlimited.
    pub samples_a_minute: u64,
    /// The directory of kept counts; none where the platform has none.
    pub cache: Option<PathBuf>,
    /// What follows from a budget that is spent.
    pub policy: crate::domain::slo::policy::Policy,
    /// Maintenance whose events are left out of the adjusted numbers.
    pub planned: Vec<crate::domain::slo::planned::Planned>,
}

#[derive(Clone, Debug)]
pub struct JournalConfig {
    /// The SQLite file.
    pub path: PathBuf,
}

#[derive(Clone, Debug)]
pub struct NotifyConfig {
    pub rules: crate::domain::notify::Rules,
    pub bell: bool,
    pub terminal: TerminalNotice,
    pub desktop: bool,
    /// A program and its arguments; empty where there is none.
    pub command: Vec<String>,
    pub command_timeout: Duration,
    /// Which new alerts are told; every one by default.
    pub filter: Filter,
}

/// How a terminal is asked to show a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TerminalNotice {
    /// By what is known of the terminal.
    Auto,
    Osc9,
    Osc99,
    Osc777,
    Off,
}

/// Whether something is done that not every terminal takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Where the terminal is known to.
    Auto,
    Always,
    Never,
}

/// One `[[view]]`: a part of the alerts under a name, and how it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ViewConfig {
    pub name: SafeText,
    pub filter: Filter,
    /// Labels; empty where it does not say.
    pub group_by: Vec<String>,
    pub sort: Option<String>,
    /// Empty where it does not say.
    pub columns: Vec<String>,
}

/// `[runbooks]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunbooksConfig {
    pub dir: Option<PathBuf>,
    /// Files below `dir` by the names of alerts.
    pub by_alert: Vec<(String, PathBuf)>,
    /// Whether anything is read over the network.
    pub fetch: bool,
    /// Address and text of those that are built in: the demonstration's.
    pub built_in: Vec<(&'static str, &'static str)>,
}

#[derive(Clone, Debug)]
pub struct UiConfig {
    pub theme: String,
    /// The file it is read from; none for a built-in one.
    pub theme_file: Option<PathBuf>,
    pub glyphs: Glyphs,
    /// How many colours there are; none = as many as the terminal has.
    pub colours: Option<Depth>,
    /// Columns that a terminal gives to characters whose width Unicode leaves open: 1 or 2.
    pub ambiguous_width: u8,
    /// Few frames, and ages by the minute.
    pub low_bandwidth: bool,
    pub synchronized: bool,
    /// Between two polls while somebody looks elsewhere; at least 1 s.
    pub unfocused_interval: Duration,
    /// Whether the terminal tells of the mouse from the start.
    pub mouse: bool,
    /// How long an Esc waits for the rest of a sequence; none: as the link needs it.
    pub escape_delay: Option<chrono::Duration>,
    /// Links that the terminal opens by itself.
    pub links: Wanted,
    /// The terminal's title.
    pub title: Wanted,
    /// What ticks is drawn anew once a minute.
    pub reduced_motion: bool,
    /// The terminal's cursor is seen on the selected row.
    pub show_cursor: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Glyphs {
    /// ASCII where the locale is not UTF-8, on the Linux console and on a VT100.
    #[default]
    Auto,
    Unicode,
    /// Graphs in blocks, where the font has no braille.
    Block,
    Ascii,
}
