//! Over a real sshd on loopback, with a configuration, keys and a directory of its own; the connection is cut.
//!
//! Each connection gets an sshd that is handed its socket, as inetd did it: no port is guessed, and cutting the connection is
//! closing that socket under both ends.

use std::{
    net::{Shutdown, TcpListener, TcpStream},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{Arc, Mutex},
};

use tempfile::TempDir;
use watchfire::{domain::entry::Kind, journal::Journal};

use super::harness::{PATIENCE, SOON, Start, Terminal, lives, within};

/// A server, and the home of what runs on it.
struct Server {
    dir: TempDir,
    sockets: Arc<Mutex<Vec<TcpStream>>>,
}

impl Server {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { dir, sockets: Arc::default() };
        ["host", "client"].iter().for_each(|name| server.makes_key(name));
        server.writes_configurations(port);
        is_separated();
        let (sockets, conf, log) = (server.sockets.clone(), server.file("sshd_config"), server.file("log"));
        std::thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                serves(&socket, &conf, &log);
                sockets.lock().unwrap().push(socket);
            }
        });
        server
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn makes_key(&self, name: &str) {
        let mut keygen = Command::new("ssh-keygen");
        keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"]).arg(self.file(name));
        assert!(keygen.status().unwrap().success());
    }

    fn writes_configurations(&self, port: u16) {
        let at = |name: &str| self.file(name).display().to_string();
        let server = format!(
            "HostKey {}\nAuthorizedKeysFile {}\nPidFile none\nUsePAM no\nStrictModes no\nPasswordAuthentication no\n\
             KbdInteractiveAuthentication no\nPermitRootLogin yes\nPermitUserRC no\nPrintMotd no\nPrintLastLog no\n",
            at("host"),
            at("client.pub")
        );
        std::fs::write(self.file("sshd_config"), server).unwrap();
        let host = std::fs::read_to_string(self.file("host.pub")).unwrap();
        std::fs::write(self.file("known"), format!("[127.0.0.1]:{port} {host}")).unwrap();
        let client = format!(
            "Host bastion\nHostName 127.0.0.1\nPort {port}\nUser {}\nIdentityFile {}\nIdentitiesOnly yes\n\
             UserKnownHostsFile {}\nGlobalKnownHostsFile /dev/null\nStrictHostKeyChecking yes\nBatchMode yes\n\
             LogLevel QUIET\nEscapeChar none\nControlPath none\n",
            whoami::username().unwrap(),
            at("client"),
            at("known")
        );
        std::fs::write(self.file("ssh_config"), client).unwrap();
    }

    /// The cockpit at the other end of a new connection.
    fn opens(&self) -> Terminal {
        let home = self.dir.path().display();
        let source = "[[source]]\nname = \"prod\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:1\"\n";
        std::fs::write(self.file("config.toml"), source).unwrap();
        let program = env!("CARGO_BIN_EXE_watchfire");
        let env = format!(
            "HOME={home} TMPDIR={home} WATCHFIRE_DATA_DIR={home} WATCHFIRE_CONFIG={home}/config.toml LANG=C.UTF-8 USER=ana"
        );
        let remote = format!("echo $$ > {home}/pid; echo $SSH_CONNECTION > {home}/far; exec env {env} {program}");
        let conf = self.file("ssh_config");
        let terminal = Start::watchfire(&[])
            .command(&["ssh", "-F", conf.to_str().unwrap(), "-tt", "bastion", &remote])
            .size(100, 30)
            .open();
        terminal.sees_or("never read", || std::fs::read_to_string(self.file("log")).unwrap_or_default());
        terminal
    }

    fn pid(&self) -> u32 {
        std::fs::read_to_string(self.file("pid")).unwrap().trim().parse().unwrap()
    }

    /// The cable is pulled: both ends see it.
    fn cuts(&self) {
        for socket in self.sockets.lock().unwrap().drain(..) {
            // It may be closed already.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.cuts();
    }
}

/// Where root runs it sshd wants a directory that its package makes at every start of the machine.
fn is_separated() {
    let run = Path::new("/run/sshd");
    if whoami::username().unwrap() == "root" && !run.exists() {
        std::fs::create_dir(run).unwrap();
    }
}

fn serves(socket: &TcpStream, conf: &Path, log: &Path) {
    let end = || Stdio::from(OwnedFd::from(socket.try_clone().unwrap()));
    let mut sshd = Command::new("/usr/sbin/sshd");
    sshd.arg("-i").arg("-f").arg(conf).arg("-E").arg(log).stdin(end()).stdout(end()).stderr(Stdio::null());
    let mut sshd = sshd.spawn().unwrap();
    std::thread::spawn(move || sshd.wait());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_connection_that_is_cut_mid_note_ends_it_and_loses_nothing() {
    let server = Server::start();
    let mut terminal = server.opens();
    assert!(std::fs::read_to_string(server.file("far")).unwrap().contains("127.0.0.1"));
    terminal.type_keys("n");
    terminal.sees("note on");
    terminal.write("kept before the cut".as_bytes());
    terminal.type_keys("enter");
    terminal.shows("the note on the timeline", |s| !s.contains("note on") && s.contains("kept before the cut"));
    terminal.type_keys("n");
    terminal.sees("note on");
    terminal.write("half a thought about the déploy".as_bytes());
    terminal.sees("half a thought about the déploy");
    let pid = server.pid();
    // The client says in what it is left that the connection is closed.
    terminal.is_shared();
    server.cuts();
    assert!(within(SOON, || !lives(pid)), "it runs on behind a connection that is cut");
    terminal.ends(PATIENCE);

    let mut terminal = server.opens();
    terminal.sees("kept before the cut");
    terminal.type_keys("n");
    terminal.sees("half a thought about the déploy");
    terminal.type_keys("enter");
    terminal
        .shows("both notes", |s| !s.contains("note on") && s.contains("kept before") && s.contains("half a thought"));
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
    terminal.is_given_back();
    let journal = Journal::open(&server.file("journal.db")).await.unwrap();
    journal.verify().await.unwrap().unwrap();
    let entries = journal.recent(100).await.unwrap();
    assert_eq!(entries.iter().filter(|e| e.kind == Kind::NoteAdded).count(), 2);
}

#[test]
fn an_arrow_that_a_network_tears_moves_and_presses_nothing_else() {
    let server = Server::start();
    let mut terminal = server.opens();
    terminal.type_keys("?");
    terminal.sees("Leave Watchfire.");
    let before = terminal.screen();
    terminal.write(b"\x1b");
    terminal.write(b"[B");
    terminal.shows("the selection one line down", |s| s != before && s.contains("Leave Watchfire."));
    terminal.type_keys("esc");
    terminal.sees_not("Leave Watchfire.");
    terminal.type_keys("q");
    assert_eq!(terminal.ends(PATIENCE), 0);
}
