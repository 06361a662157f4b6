//! The configuration while the cockpit runs, its profiles, its schema and its manual.

mod heart;
mod manual;
mod profiles;
mod schema;
mod stories;

use std::path::Path;

use watchfire::config::{self, Config, ConfigError, Request, request::Env};

/// The request of somebody whose environment says nothing.
fn request(file: &Path) -> Request {
    let mut request = Request { explicit: Some(file.to_owned()), ..Request::from_process() };
    request.env = Env::of(&[]);
    request.login = "ana".into();
    request.dirs.data = Some("/data".into());
    request.dirs.cache = Some("/cache".into());
    request
}

fn load(file: &Path, profile: Option<&str>) -> Result<Config, Vec<ConfigError>> {
    let mut request = request(file);
    request.flags.profile = profile.map(str::to_owned);
    config::load(&request)
}

/// An Alertmanager of this name at this port.
fn source(name: &str, port: u16) -> String {
    format!("[[source]]\nname = \"{name}\"\nkind = \"alertmanager\"\nurl = \"http://127.0.0.1:{port}\"\n")
}
