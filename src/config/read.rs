//! Layers to a [`Config`]: each setting is read by its meaning.
//!
//! Shapes were checked before; sources are `source`'s, keys `keymap`'s, themes `looks`'s.

use std::path::{Path, PathBuf};

use super::{
    action, alerts, correlation,
    depth::Depth,
    document::Node,
    exclusion, explain,
    fault::{At, ConfigError, Report},
    incident,
    keymap::Keymap,
    layers::Layers,
    notify,
    place::Place,
    profile::Laid,
    request::Request,
    runbooks, shift, signals, silence, sim,
    source::{self, Surroundings},
    types::{Config, Found, Glyphs, JournalConfig, SloConfig, Templates, UiConfig, Wanted},
    view,
};
use crate::domain::{
    contract::{self, AckRules, BreakOn},
    duration,
    slo::policy::Policy,
};

pub(super) struct Reader<'a> {
    pub(super) request: &'a Request,
    pub(super) path: &'a Path,
    pub(super) place: &'a Place<'a>,
    pub(super) layers: Layers<'a>,
    pub(super) source_base: &'a super::document::Table,
    /// Which profile is laid over the file, and where it stands.
    pub(super) laid: &'a Laid,
}

impl Reader<'_> {
    /// Reads every part before it gives up on any. Mistakes in other files, as a theme's, go `elsewhere`.
    pub(super) fn config(&self, found: Found, report: &mut Report, elsewhere: &mut Vec<ConfigError>) -> Option<Config> {
        let discover = self.bool(&["slo", "discover"]).unwrap_or_default();
        let data = self.own(self.request.data_dir());
        let around = Surroundings { base: self.source_base, place: self.place, env: &self.request.env, data, discover };
        let sources = source::sources(self.layers.file, &around, report);
        let slo = self.slo(report);
        let journal = self.journal(report);
        let ack = self.ack(report);
        let keymap = Keymap::read(self.layers.file.get("keys").and_then(|e| e.node.table()), report);
        let looks = super::looks::read(self, &found, report, elsewhere);
        alerts::judge(self.layers, report);
        silence::judge(self.layers, report);
        let shift = shift::rota(self.layers, report);
        Some(Config {
            path: if let Found::File(path) = &found { Some(path.clone()) } else { None },
            profile: self.laid.profile.clone(),
            found,
            notes: Vec::new(),
            warnings: Vec::new(),
            user_aliases: self.aliases(),
            user: self.text(&["user", "name"]).unwrap_or_else(|| self.request.login.clone()),

            correlations: correlation::correlations(self.layers.file, &sources, report),
            incident_levels: incident::levels(self.layers, report)?,
            shift: shift?,
            templates: self.templates(),
            signals: signals::recipes(self.layers.file, &sources, report),
            sources,
            sim: sim::read(self.layers, self.place, report),
            ack: ack?,
            silences_max: self.layers.read(&["ack", "silences_max"], |n| usize::try_from(n.integer()?).ok())?,
            silence: silence::read(self.layers)?,
            slo: slo?,
            journal: journal?,
            alerts: alerts::read(self.layers)?,
            notify: notify::read(self.layers, report)?,
            views: view::views(self.layers.file, report),
            actions: action::actions(self.layers.file, self.place, report),
            secret_env: action::secret_env(self.layers.file),
            runbooks: runbooks::read(self.layers, self.place, report)?,
            ui: self.ui()?,
            read_only: self.request.flags.read_only || self.bool(&["read_only"])?,
            keymap,
            theme: looks.as_ref()?.0.clone(),
            themes: looks?.1,
            settings: explain::settings(self),
        })
    }

    pub(super) fn file(&self) -> &Path {
        self.path
    }

    pub(super) fn text(&self, path: &[&str]) -> Option<String> {
        self.layers.read(path, |n| n.text().filter(|t| !t.trim().is_empty()).map(str::to_owned))
    }

    fn aliases(&self) -> Vec<String> {
        let texts = |n: &super::document::Node| Some(n.texts().into_iter().map(|(_, t)| t.to_owned()).collect());
        self.layers.read(&["user", "aliases"], texts).unwrap_or_default()
    }

    fn templates(&self) -> Templates {
        let file = |path: &[&str]| self.text(path).map(|text| self.place.path(&text));
        Templates { postmortem: file(&["incident", "template"]), handoff: file(&["shift", "handoff_template"]) }
    }

    fn bool(&self, path: &[&str]) -> Option<bool> {
        self.layers.read(path, Node::bool)
    }

    fn ack(&self, report: &mut Report) -> Option<AckRules> {
        let length = |name| self.layers.read(&["ack", name], |n| duration::parse(n.text()?).ok());
        let words = |name| {
            let found = self.layers.get(&["ack", name]).and_then(|(n, _)| n.list()).unwrap_or_default();
            found.iter().flat_map(Node::texts)
        };
        let mut breaks_on = Vec::new();
        for (at, word) in words("breaks_on") {
            match BreakOn::read(word) {
                Ok(condition) => breaks_on.push(condition),
                Err(why) => report.add(at, why),
            }
        }
        Some(AckRules {
            lasts: length("lasts")?,
            breaks_on: contract::condition::sorted(breaks_on),
            group_by: Some(words("group_by").map(|(_, name)| name.to_owned()).collect())
                .filter(|g: &Vec<_>| !g.is_empty()),
            grace: length("grace")?,
        })
    }

    fn slo(&self, report: &mut Report) -> Option<SloConfig> {
        let patterns = self.layers.get(&["slo", "files"]).and_then(|(n, _)| n.list()).unwrap_or_default();
        let mut files: Vec<PathBuf> = Vec::new();
        for (at, pattern) in patterns.iter().flat_map(Node::texts).filter(|(_, p)| !p.trim().is_empty()) {
            match self.place.files(pattern) {
                Ok(found) => found.into_iter().for_each(|f| {
                    if !files.contains(&f) {
                        files.push(f)
                    }
                }),
                Err(why) => report.add(at, why),
            }
        }
        let sloth_period = self.layers.read(&["slo", "sloth_period"], |n| duration::parse(n.text()?).ok())?;
        let samples_a_minute =
            self.layers.read(&["slo", "samples_per_minute"], |n| u64::try_from(n.integer()?).ok())?;
        let cache = self.own(self.request.cache_dir()).map(|dir| dir.join("counts"));
        let share = |name: &str| self.layers.read(&["slo", "policy", name], Node::share);
        let (freeze_at, warn_at) = (share("freeze_at")?, share("warn_at")?);
        let adjusted = self.bool(&["slo", "policy", "adjusted"])?;
        let policy = Policy { freeze_at, warn_at, postmortem_over: share("postmortem_over")?, adjusted };
        let planned = exclusion::planned(self.layers.file, report);
        let texts = patterns.iter().flat_map(Node::texts);
        let patterns = texts.map(|(_, p)| self.place.path(p)).collect();
        Some(SloConfig { files, patterns, sloth_period, samples_a_minute, cache, policy, planned })
    }

    fn journal(&self, report: &mut Report) -> Option<JournalConfig> {
        let (node, _) = self.layers.get(&["journal", "url"])?;
        let text = node.text().unwrap_or("sqlite");
        let path = match text.split_once(':') {
            None if text == "sqlite" => self.journal_at_home(node.at, report)?,
            Some(("sqlite", path)) if !path.is_empty() => self.place.path(path),
            Some(("postgres" | "postgresql", _)) => {
                report.hint(node.at, "a PostgreSQL journal is not supported by this version", "use `sqlite`");
                return None;
            }
            _ => {
                report.hint(node.at, "`url` of the journal is none that is known", "`sqlite` or `sqlite:PATH`");
                return None;
            }
        };
        Some(JournalConfig { path })
    }

    /// A directory of the profile's own below this one.
    pub(super) fn own(&self, dir: Option<PathBuf>) -> Option<PathBuf> {
        let dir = dir?;
        Some(match &self.laid.profile {
            Some(profile) => dir.join("profiles").join(profile.name.raw()),
            None => dir,
        })
    }

    fn journal_at_home(&self, at: At, report: &mut Report) -> Option<PathBuf> {
        let dir = self.own(self.request.data_dir());
        if dir.is_none() {
            report.hint(at, "there is no data directory for the journal", "set WATCHFIRE_DATA_DIR");
        }
        Some(dir?.join("journal.db"))
    }

    fn ui(&self) -> Option<UiConfig> {
        let flags = &self.request.flags;
        let colours = flags.colors.clone().or_else(|| self.text(&["ui", "colors"]))?;
        Some(UiConfig {
            theme: super::looks::name(self)?,
            glyphs: self.glyphs()?,
            theme_file: self.theme_file(),
            colours: Depth::from_name(&colours),
            ambiguous_width: self.layers.read(&["ui", "ambiguous_width"], |n| {
                u8::try_from(n.integer()?).ok().filter(|n| (1..=2).contains(n))
            })?,
            synchronized: self.bool(&["ui", "synchronized"])?,
            unfocused_interval: self.layers.read(&["ui", "unfocused_interval"], |n| duration::parse(n.text()?).ok())?,
            low_bandwidth: flags.low_bandwidth || self.bool(&["ui", "low_bandwidth"])?,
            reduced_motion: self.bool(&["ui", "reduced_motion"])?,
            show_cursor: self.bool(&["ui", "show_cursor"])?,
            escape_delay: self.layers.read(&["ui", "escape_delay"], |n| duration::parse(n.text()?).ok()),
            links: self.wanted(&["ui", "links"])?,
            title: self.wanted(&["ui", "title"])?,
            mouse: flags.mouse || self.bool(&["ui", "mouse"])?,
        })
    }

    fn wanted(&self, path: &[&str]) -> Option<Wanted> {
        self.text(path).map(|word| match word.as_str() {
            "always" => Wanted::Always,
            "never" => Wanted::Never,
            _ => Wanted::Auto,
        })
    }

    /// The file that the theme is read from; none where it is built in.
    fn theme_file(&self) -> Option<PathBuf> {
        let name = super::looks::name(self)
            .filter(|name| name != "auto" && !super::theme::Theme::built_in_names().contains(&name.as_str()))?;
        let named = if self.request.flags.theme.is_some() { PathBuf::from(&name) } else { self.place.path(&name) };
        let shelved = self.place.path(&format!("{}/{name}.toml", super::themes::FOLDER));
        Some(if shelved.exists() { shelved } else { named })
    }

    fn glyphs(&self) -> Option<Glyphs> {
        self.text(&["ui", "glyphs"]).map(|word| match word.as_str() {
            "unicode" => Glyphs::Unicode,
            "block" => Glyphs::Block,
            "ascii" => Glyphs::Ascii,
            _ => Glyphs::Auto,
        })
    }
}
