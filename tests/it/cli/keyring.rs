//! Secrets in a real keyring on a session bus of their own; and where there is no bus, no keyring, no answer, no key.

use std::{
    io::Write,
    os::unix::net::UnixListener,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{Home, Ran, ran};
use crate::support::server::{Reply, Server};

/// A bus without any service but those that a test starts.
const BUS: &str = "<busconfig><type>session</type><listen>unix:path=@PATH@</listen><auth>EXTERNAL</auth>\
    <policy context='default'><allow send_destination='*' eavesdrop='true'/><allow eavesdrop='true'/>\
    <allow own='*'/></policy></busconfig>";

struct Bus {
    home: Home,
    daemon: Child,
    keyring: Option<Child>,
}

impl Bus {
    async fn alone() -> Self {
        let home = Home::with("");
        std::fs::create_dir(home.path("run")).unwrap();
        let config = home.path("bus.conf");
        std::fs::write(&config, BUS.replace("@PATH@", &home.path("bus").to_string_lossy())).unwrap();
        let mut command = Command::new("dbus-daemon");
        command.arg(format!("--config-file={}", config.display())).args(["--nofork", "--nopidfile"]);
        let daemon = command.stderr(Stdio::null()).spawn().expect("dbus-daemon (Debian: dbus) must be installed");
        let bus = Self { home, daemon, keyring: None };
        bus.until("the bus answers", || async { bus.socket().exists() }).await;
        bus
    }

    /// With gnome-keyring on it; unlocked by a password, or as it comes after a login without one.
    async fn with_keyring(mut self, password: Option<&str>) -> Self {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]).args(password.map(|_| "--unlock"));
        command.env("HOME", self.home.path("")).env("XDG_RUNTIME_DIR", self.home.path("run"));
        command.env("DBUS_SESSION_BUS_ADDRESS", self.address()).env_remove("XDG_DATA_HOME");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().expect("gnome-keyring-daemon (Debian: gnome-keyring) must be installed");
        child.stdin.take().unwrap().write_all(password.unwrap_or_default().as_bytes()).unwrap();
        self.keyring = Some(child);
        self.until("the keyring answers", || async {
            !self.run(&["check", "watchfire/none"]).await.err.contains("no keyring")
        })
        .await;
        self
    }

    async fn until<F: Future<Output = bool>>(&self, what: &str, holds: impl Fn() -> F) {
        let mut look = tokio::time::interval(Duration::from_millis(50));
        for _ in 0..400 {
            look.tick().await;
            if holds().await {
                return;
            }
        }
        panic!("waited in vain until {what}");
    }

    fn socket(&self) -> PathBuf {
        self.home.path("bus")
    }

    fn address(&self) -> String {
        format!("unix:path={}", self.socket().display())
    }

    fn command(&self, arguments: &[&str]) -> tokio::process::Command {
        let mut command = self.home.command(arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", self.address());
        command
    }

    async fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(&[&["config", "secret"], arguments].concat())).await
    }

    async fn sets(&self, name: &str, secret: &str) -> Ran {
        let mut command = self.command(&["config", "secret", "set", name]);
        let file = self.home.path("typed");
        std::fs::write(&file, secret).unwrap();
        command.stdin(std::fs::File::open(&file).unwrap());
        ran(command).await
    }

    fn ends_keyring(&mut self) {
        if let Some(mut child) = self.keyring.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        self.ends_keyring();
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

#[tokio::test]
async fn a_secret_is_kept_in_a_real_keyring_read_at_every_start_and_removed() {
    let bus = Bus::alone().await.with_keyring(Some("pw")).await;
    let ran = bus.run(&["check", "watchfire/prod"]).await.ends_with(1);
    assert!(ran.err.contains("config secret set watchfire/prod"), "{}", ran.err);
    bus.sets("watchfire/prod", "old\n").await.ends_with(0);
    let ran = bus.sets("watchfire/prod", "hunter2\n").await.ends_with(0);
    assert!(ran.err.contains("token_keyring = \"watchfire/prod\"") && !ran.err.contains("hunter2"), "{}", ran.err);
    let ran = bus.run(&["check", "watchfire/prod"]).await.ends_with(0);
    assert!(!format!("{}{}", ran.out, ran.err).contains("hunter2"));

    let server = Server::start(|r| match r.headers.get("authorization").map(String::as_str) {
        Some("Bearer hunter2") => Reply::status(503, "you are known"),
        _ => Reply::status(401, "who are you"),
    })
    .await;
    let config = bus.home.path("config.toml");
    let text = format!(
        "[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"{}\"\ntoken_keyring = \"watchfire/prod\"\n",
        server.url()
    );
    std::fs::write(&config, text).unwrap();
    let ran = super::ran(bus.command(&["alerts"])).await;
    assert!(ran.err.contains("you are known"), "{}{}", ran.out, ran.err);

    bus.run(&["remove", "watchfire/prod"]).await.ends_with(0);
    bus.run(&["check", "watchfire/prod"]).await.ends_with(1);
}

#[tokio::test]
async fn a_locked_keyring_is_told_and_never_asks_to_be_unlocked() {
    let mut bus = Bus::alone().await.with_keyring(Some("pw")).await;
    bus.sets("watchfire/prod", "hunter2").await.ends_with(0);
    bus.ends_keyring();
    let bus = bus.with_keyring(None).await;
    for arguments in [["check", "watchfire/prod"], ["remove", "watchfire/prod"]] {
        let ran = bus.run(&arguments).await.ends_with(1);
        assert!(ran.err.contains("is locked") && ran.err.contains("token_file"), "{}", ran.err);
    }
}

#[tokio::test]
async fn without_a_bus_a_keyring_or_an_answer_the_way_out_is_told() {
    let home = Home::with("");
    let ran = home.run(&["config", "secret", "check", "watchfire/prod"]).await.ends_with(1);
    assert!(ran.err.contains("no session bus") && ran.err.contains("token_command"), "{}", ran.err);

    let bus = Bus::alone().await;
    let ran = bus.run(&["check", "watchfire/prod"]).await.ends_with(1);
    assert!(ran.err.contains("no keyring answers on the session bus"), "{}", ran.err);

    let path = home.path("mute");
    let _mute = UnixListener::bind(&path).unwrap();
    let mut command = home.command(&["config", "secret", "check", "watchfire/prod"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", path.display()));
    let ran = super::ran(command).await.ends_with(1);
    assert!(ran.err.contains("did not answer within 3s"), "{}", ran.err);
}

#[tokio::test]
async fn a_name_that_is_none_is_refused_in_the_file_and_on_the_command_line() {
    let home = Home::with(
        "[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:1\"\ntoken_keyring = \"prod\"\n",
    );
    let ran = home.run(&["config", "check"]).await.ends_with(2);
    assert!(ran.err.contains("SERVICE/USERNAME") && ran.err.contains("config.toml:7"), "{}", ran.err);
    home.run(&["config", "secret", "set", "prod"]).await.ends_with(2);
    home.run_reading(&["config", "secret", "set", "watchfire/prod"], "\n").await.ends_with(2);
}
