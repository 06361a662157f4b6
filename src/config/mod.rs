//! Where settings come from and what each mistake is: TOML with line, column and the nearest name.
//!
//! Knows neither tokio nor drawing; secrets are named here and read by whoever needs them.

mod action;
pub mod advice;
pub mod alerts;
mod amtool;
mod auth;
pub mod change;
mod check;
mod command;
pub mod context;
mod correlation;
pub mod depth;
mod document;
pub mod exclusion;
mod explain;
pub mod fault;
pub mod glyphs;
mod incident;
pub mod key;
pub mod keymap;
pub mod kinds;
mod lab;
mod layers;
mod load;
mod looks;
mod notify;
mod place;
pub mod profile;
mod read;
pub mod request;
mod runbooks;
pub mod schema;
mod shift;
mod signals;
mod silence;
mod sim;
pub mod slo;
mod source;
mod starter;
pub mod terminfo;
pub mod theme;
mod theme_file;
pub mod themes;
pub mod tour;
pub mod types;
pub mod view;

pub use alerts::{AlertsConfig, Column, Sort, StormConfig};
pub use amtool::files as amtool_files;
pub use explain::{Origin, Setting, explain};
pub use fault::{At, ConfigError};
pub use layers::DEFAULT_TOML;
pub use load::{defaults, demo, load, looked_at, profiles};
pub use request::Request;
pub use starter::starter;
pub use types::*;
