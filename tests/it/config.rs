//! The configuration from outside: files to values, files to mistakes, and where it is looked for.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret;
use watchfire::{
    config::{
        self, AckMode, Auth, Config, ConfigError, DEFAULT_TOML, Found, Glyphs, Origin, Request, Secret, SourceKind,
        keymap::{Chord, Command, Context, Match},
        request::{Dirs, Env, Flags, mode_of_file},
        schema::{self, Absent, Key, Kind},
        theme::{Color, Role},
    },
    domain::duration,
};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/config")
}

/// Files in a repository are readable by all; those named `open_` are meant to be.
fn mode(path: &Path, _: &File) -> Option<u32> {
    let open = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("open_"));
    Some(if open { 0o644 } else { 0o600 })
}

fn nowhere() -> Request {
    Request {
        explicit: None,
        env: Env::of(&[("AM_KEY", "key-of-the-environment")]),
        dirs: Dirs { data: Some("/data".into()), home: Some(fixtures().join("valid")), ..Dirs::default() },
        login: "login".to_owned(),
        flags: Flags::default(),
        mode_of: mode,
    }
}

fn load(path: &Path) -> Result<Config, Vec<ConfigError>> {
    config::load(&Request { explicit: Some(path.to_owned()), ..nowhere() })
}

fn valid(name: &str) -> Config {
    load(&fixtures().join("valid").join(name)).unwrap_or_else(|errors| panic!("{errors:#?}"))
}

fn toml_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|e| e.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "toml"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn lines(errors: &[ConfigError]) -> String {
    let root = format!("{}/", fixtures().join("invalid").display());
    let fixtures = format!("{}/", fixtures().display());
    errors.iter().map(|e| format!("{e}\n").replace(&root, "").replace(&fixtures, "")).collect()
}

#[test]
fn every_mistake_in_a_file_is_named_at_once_with_its_place() {
    for file in toml_files("invalid") {
        let said = lines(&load(&file).expect_err(&file.display().to_string()));
        let expected = file.with_extension("errors");
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&expected, &said).unwrap();
        }
        assert_eq!(said, fs::read_to_string(&expected).unwrap(), "{} (rewrite with UPDATE=1)", file.display());
    }
}

#[test]
fn every_valid_file_is_read() {
    for file in toml_files("valid") {
        let config = load(&file).unwrap_or_else(|errors| panic!("{errors:#?}"));
        assert_eq!(config.found, Found::File(file));
    }
}

#[test]
fn a_file_that_says_everything_is_taken_at_its_word() {
    let config = valid("everything.toml");
    let dir = fixtures().join("valid");
    assert_eq!((config.user.as_str(), config.read_only), ("Ana Ö", true));
    assert_eq!(config.ack.lasts, chrono::Duration::hours(4));
    assert_eq!(config.slo.files, [dir.join("slo/search.yaml"), dir.join("slo/checkout.yaml")]);
    assert_eq!(config.journal.path, dir.join("j/watchfire.db"));
    assert_eq!((config.notify.desktop, config.notify.bell), (true, false));
    let [mine, every] = &config.views[..] else { panic!("two views: {:?}", config.views) };
    assert_eq!((mine.name.shown(), mine.filter.to_string().as_str()), ("mine", "@owner=\"Ana Ö\" or team=\"web\""));
    let shown_as = (&mine.group_by[..], mine.sort.as_deref(), &mine.columns[..]);
    assert_eq!(
        shown_as,
        (&["cluster".to_owned()][..], Some("oldest"), &["name".to_owned(), "label:team".to_owned()][..])
    );
    assert!(every.filter.is_everything() && every.columns.is_empty() && config.notify.filter.is_everything());
    assert_eq!(config.ui.glyphs, Glyphs::Ascii);
    assert_eq!(config.theme.style(Role::Critical).fg, Some(Color::Ansi(208)));
    assert_eq!(config.keymap.chords(Command::Ack), ["F6 a", "F5"]);
    assert_eq!(config.keymap.chords(Command::Editor), Vec::<String>::new());
    assert_eq!(config.keymap.lookup(Context::Alerts, &Chord::parse("f6 A").unwrap().0), Match::Command(Command::Unack));
}

#[test]
fn queries_for_signals_are_taken_at_their_word() {
    let config = valid("everything.toml");
    let [recipe] = &config.signals[..] else { panic!("one: {:?}", config.signals) };
    let wanted: Vec<_> =
        recipe.wanted.iter().map(|w| (w.signal.as_str(), w.unit.as_str(), w.scale, w.full_at)).collect();
    assert_eq!(
        wanted,
        [("latency", "s", 1e-3, None), ("traffic", "/s", 1.0, None), ("saturation", "number", 1.0, Some(50.5)),]
    );
    assert_eq!(recipe.wanted[2].name.as_ref().map(|n| n.raw()), Some("pool"));
    let told = (recipe.service.as_ref().map(|s| s.raw()), recipe.matchers[0].to_string(), recipe.source.as_ref());
    assert_eq!(
        (told.0, told.1.as_str(), told.2.map(|s| s.as_str())),
        (Some("checkout"), "env=~\"prod.*\"", Some("home"))
    );
}

#[test]
fn a_source_that_says_everything_is_taken_at_its_word() {
    let config = valid("everything.toml");
    let dir = fixtures().join("valid");
    let ha = &config.sources[0];
    assert_eq!(ha.urls, ["https://am-1.example/am", "https://am-2.example/am"]);
    assert!(
        matches!(&ha.auth, Auth::Basic { user, password: Secret::Command(argv) } if user == "ana" && argv.len() == 3)
    );
    assert_eq!(ha.ca_file, Some(dir.join("ca.pem")));
    assert_eq!(ha.client_cert, Some((dir.join("ca.pem"), dir.join("ca.pem"))));
    let headers: Vec<_> = ha.headers.iter().map(|(n, v)| (n.as_str(), v.expose_secret())).collect();
    assert_eq!(headers, [("X-Scope-OrgID", "tenant"), ("X-Api-Key", "key-of-the-environment")]);
    assert_eq!(ha.proxy.as_deref(), Some("http://proxy.example:3128"));
    assert_eq!((ha.ack, ha.silences_writable), (AckMode::Journal, false));
    assert_eq!((ha.interval.num_seconds(), ha.timeout.num_milliseconds()), (90, 500));
    assert!(matches!(&config.sources[1].auth, Auth::Bearer(Secret::File(path)) if *path == dir.join("token")));
    assert!(matches!(&config.sources[2].auth, Auth::Bearer(Secret::File(path)) if *path == dir.join("token")));
}

#[test]
fn what_a_file_leaves_out_is_the_default_of_the_reference() {
    let config = valid("interface.toml");
    let (am, prometheus) = (&config.sources[0], &config.sources[1]);
    assert_eq!((am.name.as_str(), am.kind), ("prod-eu", SourceKind::Alertmanager));
    assert_eq!(am.urls, ["https://am.eu.example"]);
    let example = |key: &str| {
        let line = DEFAULT_TOML.lines().find_map(|l| l.strip_prefix(&format!("#{key} = "))).unwrap();
        duration::parse(line.trim_matches('"')).unwrap()
    };
    assert_eq!((am.interval, am.timeout), (example("interval"), example("timeout")));
    assert_eq!((am.ack, am.silences_writable), (AckMode::Silence, true));
    assert_eq!((prometheus.ack, prometheus.silences_writable), (AckMode::Journal, false));
    assert_eq!(config.journal.path, Path::new("/data/journal.db"));
    assert_eq!(config.ack.lasts, chrono::Duration::hours(1));
    assert_eq!(valid("empty.toml").user, "login");
}

#[test]
fn the_reference_holds_every_key_with_its_sentence_and_nothing_else() {
    let check = |table: &str, key: &Key| {
        let name = key.name;
        let forms = [
            format!("{name} = "),
            format!("#{name} = "),
            format!("[{table}{name}]\n"),
            format!("#[{table}{name}]\n"),
            format!("#[[{table}{name}]]\n"),
            // A table for each name.
            format!("#[{table}{name}.prod]\n"),
        ];
        let held = forms.iter().any(|f| DEFAULT_TOML.contains(&format!("# {}\n{f}", key.doc)));
        assert!(held, "config/default.toml lacks `{name}` under `# {}`", key.doc);
        let on = DEFAULT_TOML.contains(&format!("\n{name} = "));
        let named_twice = ["ack", "url", "name", "group_by", "sort", "columns", "severities"].contains(&name);
        let source = schema::SOURCE.iter().chain(schema::ACTION).any(|k| k.name == name);
        assert!(source || named_twice || on == (key.absent == Absent::Default && !source), "`{name}` on or off");
    };
    fn each(table: &str, keys: &[Key], check: &dyn Fn(&str, &Key)) {
        for key in keys {
            check(table, key);
            if let Kind::Table(inner) | Kind::Tables(inner) = key.kind {
                each(&format!("{table}{}.", key.name), inner, check);
            }
        }
    }
    each("", schema::ROOT, &check);
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("all.toml");
    let bare = |line: &str| line.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(line).to_owned();
    fs::write(&path, DEFAULT_TOML.lines().map(bare).collect::<Vec<_>>().join("\n")).unwrap();
    for error in load(&path).unwrap_err() {
        let together = [
            "two ways",
            "both `",
            "there is no file",
            "there is no directory",
            "no source is called",
            "says nothing of a source",
        ]
        .iter()
        .any(|w| error.what.contains(w));
        assert!(together, "with every example on: {error}");
    }
    fs::write(&path, DEFAULT_TOML).unwrap();
    assert!(load(&path).is_ok());
}

#[test]
fn the_text_to_begin_with_is_a_valid_configuration() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.toml");
    fs::write(&path, config::starter(Some("https://am.example/\"x"))).unwrap();
    assert_eq!(load(&path).unwrap().sources[0].urls, ["https://am.example/\"x"]);
    let text = config::starter(None);
    fs::write(&path, &text).unwrap();
    assert_eq!(load(&path).unwrap().sources[0].urls, ["http://localhost:9093"]);
    let bare = |line: &str| line.strip_prefix('#').filter(|l| !l.starts_with(' ')).unwrap_or(line).to_owned();
    fs::write(&path, text.lines().map(bare).collect::<Vec<_>>().join("\n")).unwrap();
    let errors = load(&path).unwrap_err();
    assert!(matches!(&errors[..], [only] if only.what.contains("slo/*.yaml")), "{errors:#?}");
}

/// A home with whatever files a test writes.
struct House {
    dir: tempfile::TempDir,
}

impl House {
    fn new(files: &[(&str, &str)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { dir }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn request(&self, env: &[(&str, &str)]) -> Request {
        let [config, data, home, system] = ["config", "data", "home", "etc"].map(|n| Some(self.path(n)));
        Request { env: Env::of(env), dirs: Dirs { config, data, home, system, ..Dirs::default() }, ..nowhere() }
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_usual_place() {
    let user = |name: &str| format!("[user]\nname = \"{name}\"\n");
    let house = House::new(&[("a.toml", &user("a")), ("b.toml", &user("b")), ("config/config.toml", &user("c"))]);
    let b = house.path("b.toml");
    let env = [("WATCHFIRE_CONFIG", b.to_str().unwrap())];
    let explicit = Some(house.path("a.toml"));
    assert_eq!(config::load(&Request { explicit, ..house.request(&env) }).unwrap().user, "a");
    assert_eq!(config::load(&house.request(&env)).unwrap().user, "b");
    let usual = config::load(&house.request(&[("WATCHFIRE_CONFIG", "")])).unwrap();
    assert_eq!((usual.user.as_str(), usual.path), ("c", Some(house.path("config/config.toml"))));
}

#[test]
fn without_a_file_amtools_server_is_taken_and_what_is_not_is_said() {
    let ours =
        "alertmanager.url: http://am.example:9093/\nhttp.config.file: /etc/amtool/http.yml\ncomment_required: true\n";
    let system = "author: ops\n\"alertmanager.url\": http://other.example\n";
    let house = House::new(&[("home/.config/amtool/config.yml", ours), ("etc/prometheus/amtool.yml", system)]);
    let config = config::load(&house.request(&[])).unwrap();
    assert_eq!(config.found, Found::Amtool(house.path("home/.config/amtool/config.yml")));
    assert_eq!((config.sources[0].name.as_str(), &config.sources[0].urls[0][..]), ("amtool", "http://am.example:9093"));
    assert_eq!(config.user, "ops");
    let origin = |key: &str| config::explain(&config).iter().find(|s| s.key == key).unwrap().origin.clone();
    assert_eq!(origin("user.name"), Origin::File { path: house.path("etc/prometheus/amtool.yml"), line: 1 });
    assert_eq!(
        origin("source.amtool.url"),
        Origin::File { path: house.path("home/.config/amtool/config.yml"), line: 1 }
    );
    assert!(
        matches!(&config.notes[..], [only] if only.contains("http.config.file is not taken over")),
        "{:?}",
        config.notes
    );
}

#[test]
fn without_any_file_it_says_where_it_looked() {
    let house = House::new(&[("etc/amtool/config.yml", "- not\n- a map\n")]);
    let config = config::load(&house.request(&[])).unwrap();
    let looked_at = [
        "config/config.toml",
        "home/.config/amtool/config.yml",
        "home/.config/prometheus/amtool.yml",
        "etc/amtool/config.yml",
        "etc/prometheus/amtool.yml",
    ];
    assert_eq!(config.found, Found::Nothing { looked_at: looked_at.map(|n| house.path(n)).to_vec() });
    assert_eq!((config.sources.len(), config.notes.len()), (0, 1));
    assert_eq!(config.journal.path, house.path("data/journal.db"));
}

#[test]
fn a_file_that_was_named_and_is_missing_is_an_error_that_says_who_named_it() {
    let house = House::new(&[]);
    let gone = house.path("gone.toml");
    let errors = config::load(&house.request(&[("WATCHFIRE_CONFIG", gone.to_str().unwrap())])).unwrap_err();
    let said = format!("{}: there is no such file; WATCHFIRE_CONFIG names it", gone.display());
    assert_eq!(errors.iter().map(ToString::to_string).collect::<Vec<_>>(), [said]);
}

#[test]
fn a_file_that_is_no_text_says_where() {
    let house = House::new(&[]);
    let path = house.path("latin1.toml");
    fs::write(&path, b"[user]\nname = \"J\xf6rg\"\n").unwrap();
    let errors = load(&path).unwrap_err();
    assert_eq!(errors[0].to_string(), format!("{}:2:10: this is not UTF-8", path.display()));
}

#[cfg(unix)]
#[test]
fn a_secret_in_the_file_is_accepted_only_while_nobody_else_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let text = fs::read_to_string(fixtures().join("valid/inline_secret.toml")).unwrap();
    let house = House::new(&[("config/config.toml", &text)]);
    let path = house.path("config/config.toml");
    let request = Request { mode_of: mode_of_file, ..house.request(&[]) };
    for (mode, fine) in [(0o600, true), (0o640, false), (0o604, false), (0o400, true)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let loaded = config::load(&request);
        assert_eq!(loaded.is_ok(), fine, "{mode:o}");
        if let Err(errors) = loaded {
            assert!(matches!(&errors[..], [only] if only.to_string().contains("chmod 600")), "{errors:#?}");
        }
    }
}

#[test]
fn every_value_says_where_it_came_from() {
    let file = fixtures().join("valid/everything.toml");
    let flags = Flags { theme: Some("mono".to_owned()), read_only: true, ..Flags::default() };
    let config = config::load(&Request { explicit: Some(file.clone()), flags, ..nowhere() }).unwrap();
    let find = |key: &str| {
        let setting = config::explain(&config).iter().find(|s| s.key == key).unwrap_or_else(|| panic!("{key}"));
        (setting.value.as_str(), setting.origin.clone())
    };
    let line = |line| Origin::File { path: file.clone(), line };
    assert_eq!(find("ack.lasts"), ("\"4h\"", line(7)));
    assert_eq!(find("ui.theme"), ("\"mono\"", Origin::Flag("--theme")));
    assert_eq!(find("read_only"), ("true", Origin::Flag("--read-only")));
    assert_eq!(find("source.ha.password_command").0, "[\"pass\", \"show\", \"am\"]");
    assert_eq!(find("view.mine.group_by").0, "[\"cluster\"]");
    assert_eq!(find("source.home.interval"), ("\"15s\"", Origin::Default));
    assert_eq!(find("keys.alerts.ack"), ("[\"f6 a\", \"f5\"]", line(25)));
    let moved = Request { env: Env::of(&[("WATCHFIRE_DATA_DIR", "/elsewhere")]), ..nowhere() };
    let config = config::load(&moved).unwrap();
    assert_eq!(config.journal.path, Path::new("/elsewhere/journal.db"));
    let journal = config::explain(&config).iter().find(|s| s.key == "journal.url").unwrap();
    assert_eq!(journal.origin, Origin::Env("WATCHFIRE_DATA_DIR"));
}

#[test]
fn no_secret_is_in_what_is_shown_or_logged() {
    let config = valid("inline_secret.toml");
    assert!(matches!(&config.sources[0].auth, Auth::Bearer(Secret::Inline(s)) if s.expose_secret() == "canary-token"));
    let shown: String =
        config::explain(&config).iter().map(|s| format!("{} = {} ({})\n", s.key, s.value, s.origin)).collect();
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("source.a.token = <redacted>"), "{shown}");
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    let text = lines(&load(&fixtures().join("invalid/urls.toml")).unwrap_err());
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn a_wrong_flag_is_named_as_one() {
    let flags = Flags { theme: Some("midnigth".to_owned()), ..Flags::default() };
    let errors = config::defaults(&Request { flags, ..nowhere() }).unwrap_err();
    assert_eq!(lines(&errors), "--theme: no theme is called `midnigth`; did you mean `midnight`?\n");
}

#[test]
fn a_demonstration_reads_no_file() {
    let house = House::new(&[("config/config.toml", "this is wrong")]);
    let config = config::defaults(&house.request(&[])).unwrap();
    assert_eq!((config.sources.len(), config.path), (0, None));
}
