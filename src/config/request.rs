//! What is asked of the loader: which file, which environment, which directories.
//!
//! The only door to the process: tests bring their own environment, directories and file modes.

use std::{
    fmt,
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
};

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Environment variables. An empty one counts as unset.
#[derive(Clone)]
pub struct Env(Arc<Lookup>);

impl Env {
    pub fn from_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    pub fn new(lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(lookup))
    }

    /// A fixed set, for tests and for a run that must not depend on where it is started.
    pub fn of(pairs: &[(&str, &str)]) -> Self {
        let pairs: std::collections::BTreeMap<String, String> =
            pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Self::new(move |name| pairs.get(name).cloned())
    }

    /// Whether a network lies between here and the person.
    pub fn is_over_ssh(&self) -> bool {
        ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"].iter().any(|name| self.get(name).is_some())
    }

    /// As if one of them were unset.
    #[must_use]
    pub fn without(&self, unset: &'static str) -> Self {
        let all = self.clone();
        Self::new(move |name| if name == unset { None } else { all.get(name) })
    }

    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for Env {
    /// Values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Env(..)")
    }
}

/// Where files are looked for. `None` where the platform cannot say, as for a user without a home.
#[derive(Clone, Debug, Default)]
pub struct Dirs {
    /// Ours: holds `config.toml`.
    pub config: Option<PathBuf>,
    /// Ours: holds `journal.db`.
    pub data: Option<PathBuf>,
    /// Ours: holds what can be had again.
    pub cache: Option<PathBuf>,
    pub home: Option<PathBuf>,
    /// System-wide files, `/etc`.
    pub system: Option<PathBuf>,
}

impl Dirs {
    pub fn from_process() -> Self {
        let ours = directories::ProjectDirs::from("", "", "watchfire");
        Self {
            config: ours.as_ref().map(|d| d.config_dir().to_owned()),
            data: ours.as_ref().map(|d| d.data_dir().to_owned()),
            cache: ours.as_ref().map(|d| d.cache_dir().to_owned()),
            home: directories::BaseDirs::new().map(|d| d.home_dir().to_owned()),
            system: Some(PathBuf::from("/etc")),
        }
    }
}

/// Settings given on the command line; they win over every file.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub theme: Option<String>,
    /// How many colours, as `ui.colors` spells it.
    pub colors: Option<String>,
    pub read_only: bool,
    pub low_bandwidth: bool,
    pub mouse: bool,
    /// `--profile`.
    pub profile: Option<String>,
}

/// A profile by its name, and who asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub name: String,
    pub by: &'static str,
}

/// The permission bits of an open file; `None` where the platform has none.
pub type ModeOf = fn(&Path, &File) -> Option<u32>;

/// Everything [`super::load`] depends on.
#[derive(Clone, Debug)]
pub struct Request {
    /// `--config`.
    pub explicit: Option<PathBuf>,
    pub env: Env,
    pub dirs: Dirs,
    /// Who is logged in: the user's name unless the file says another.
    pub login: String,
    pub flags: Flags,
    pub mode_of: ModeOf,
}

impl Request {
    /// The real process, without flags.
    pub fn from_process() -> Self {
        Self {
            explicit: None,
            env: Env::from_process(),
            dirs: Dirs::from_process(),
            login: whoami::username().unwrap_or_else(|_| "unknown".to_owned()),
            flags: Flags::default(),
            mode_of: mode_of_file,
        }
    }

    /// `--profile`, else `$WATCHFIRE_PROFILE`.
    pub fn profile(&self) -> Option<Asked> {
        let flag = self.flags.profile.clone().map(|name| Asked { name, by: "--profile" });
        let env = || self.env.get("WATCHFIRE_PROFILE").map(|name| Asked { name, by: "WATCHFIRE_PROFILE" });
        flag.or_else(env)
    }

    /// `$WATCHFIRE_DATA_DIR`, else the platform's directory.
    pub fn data_dir(&self) -> Option<PathBuf> {
        self.env.get("WATCHFIRE_DATA_DIR").map(PathBuf::from).or_else(|| self.dirs.data.clone())
    }

    /// `$WATCHFIRE_CACHE_DIR`, else the platform's directory.
    pub fn cache_dir(&self) -> Option<PathBuf> {
        self.env.get("WATCHFIRE_CACHE_DIR").map(PathBuf::from).or_else(|| self.dirs.cache.clone())
    }

    /// Where a configuration file is looked for, in order, up to the first that was named on purpose.
    pub fn config_file(&self) -> Wanted {
        let env = || self.env.get("WATCHFIRE_CONFIG").map(PathBuf::from);
        match (&self.explicit, env(), &self.dirs.config) {
            (Some(path), _, _) => Wanted::Named { path: path.clone(), by: "--config" },
            (None, Some(path), _) => Wanted::Named { path, by: "WATCHFIRE_CONFIG" },
            (None, None, Some(dir)) => Wanted::Usual(dir.join("config.toml")),
            (None, None, None) => Wanted::Nowhere,
        }
    }
}

/// Which file is wanted, and how badly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// It must be there.
    Named {
        path: PathBuf,
        by: &'static str,
    },
    /// It may be missing.
    Usual(PathBuf),
    Nowhere,
}

/// Asked of the open file, so that what is judged is what is read.
#[cfg(unix)]
pub fn mode_of_file(_path: &Path, file: &File) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().ok().map(|m| m.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
pub fn mode_of_file(_path: &Path, _file: &File) -> Option<u32> {
    None
}
