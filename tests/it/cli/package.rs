//! The Debian package: built, installed into a root of its own with the dependencies of this machine, run, and removed
//! without a trace. Nothing of the machine is changed, and nobody need be root.

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use flate2::read::GzDecoder;
use tempfile::TempDir;

const BUILD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/package/deb");

/// Builds it of the program that is tested.
fn built(out: &Path) -> PathBuf {
    let mut build = Command::new(BUILD);
    build.args(["--binary", env!("CARGO_BIN_EXE_watchfire"), "--out"]).arg(out);
    // What it is packed with is not what is looked at here, and a debugging build is large.
    build.env("DPKG_DEB_COMPRESSOR_TYPE", "none");
    let built = said(build.output().unwrap());
    PathBuf::from(built.trim())
}

fn said(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// A root that knows the packages of this machine and has none of their files.
struct Root(TempDir);

impl Root {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for folder in ["root", "admin/updates", "admin/info", "admin/triggers"] {
            fs::create_dir_all(dir.path().join(folder)).unwrap();
        }
        fs::copy("/var/lib/dpkg/status", dir.path().join("admin/status")).unwrap();
        Self(dir)
    }

    fn path(&self, inside: &str) -> PathBuf {
        self.0.path().join("root").join(inside)
    }

    fn dpkg(&self, arguments: &[&str]) -> Output {
        let mut dpkg = Command::new("dpkg");
        dpkg.arg(format!("--instdir={}", self.0.path().join("root").display()));
        dpkg.arg(format!("--admindir={}", self.0.path().join("admin").display()));
        // Whoever is not root has no ldconfig on the path, and needs none.
        dpkg.args(["--force-not-root", "--force-bad-path", "--log=/dev/null"]).args(arguments).output().unwrap()
    }
}

fn text_of(path: &Path) -> String {
    let mut text = String::new();
    GzDecoder::new(fs::File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn the_debian_package_is_built_installed_run_and_removed() {
    let (out, root) = (tempfile::tempdir().unwrap(), Root::new());
    let package = built(out.path());
    assert!(package.ends_with(format!("watchfire_{}_{}.deb", env!("CARGO_PKG_VERSION"), architecture())));
    said(root.dpkg(&["--install", &package.to_string_lossy()]));
    let run = Command::new(root.path("usr/bin/watchfire")).arg("--version").output().unwrap();
    assert_eq!(said(run), format!("watchfire {}\n", env!("CARGO_PKG_VERSION")));
    let page = text_of(&root.path("usr/share/man/man1/watchfire.1.gz"));
    assert!(page.contains("cockpit") && page.contains(".TH"), "{page}");
    assert!(text_of(&root.path("usr/share/man/man1/watchfire-alerts.1.gz")).contains("alerts"));
    let completions = root.path("usr/share/bash-completion/completions/watchfire");
    said(Command::new("bash").arg("-n").arg(completions).output().unwrap());
    for file in ["zsh/vendor-completions/_watchfire", "fish/vendor_completions.d/watchfire.fish"] {
        assert!(fs::read_to_string(root.path("usr/share").join(file)).unwrap().contains("watchfire"), "{file}");
    }
    for file in ["copyright", "README.md", "manual/keys.md", "examples/watchfire.toml"] {
        assert!(root.path("usr/share/doc/watchfire").join(file).exists(), "{file}");
    }
    said(root.dpkg(&["--purge", "watchfire"]));
    assert!(!root.path("usr").exists(), "nothing is left");
}

fn architecture() -> String {
    said(Command::new("dpkg").arg("--print-architecture").output().unwrap()).trim().to_owned()
}

#[test]
fn a_program_that_is_none_is_not_packed() {
    let out = tempfile::tempdir().unwrap();
    let build = Command::new(BUILD).args(["--binary", "/nowhere/watchfire", "--out"]).arg(out.path()).output().unwrap();
    assert!(
        !build.status.success() && String::from_utf8_lossy(&build.stderr).contains("/nowhere/watchfire is no program")
    );
}
