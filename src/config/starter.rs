//! The text `config init` writes: a small configuration to begin with.

/// A commented configuration with one Alertmanager. Without a hint the address is an example to be changed.
pub fn starter(url: Option<&str>) -> String {
    let url = toml::Value::String(url.unwrap_or("http://localhost:9093").to_owned());
    include_str!("../../config/starter.toml").replace("\"@URL@\"", &url.to_string())
}
