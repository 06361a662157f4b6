//! Where settings come from and what each mistake is: TOML with line, column and the nearest name.
//!
//! Knows neither tokio nor drawing; secrets are named here and read by whoever needs them.

mod action;
pub mod alerts;
mod amtool;
mod auth;
mod check;
mod command;
mod correlation;
pub mod depth;
mod document;
pub mod exclusion;
mod explain;
pub mod fault;
mod incident;
pub mod key;
pub mod keymap;
mod layers;
mod load;
mod place;
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
pub mod theme;
mod theme_file;
pub mod tour;
pub mod types;
pub mod view;

pub use alerts::{AlertsConfig, Column, Sort, StormConfig};
pub use amtool::files as amtool_files;
pub use explain::{Origin, Setting, explain};
pub use fault::ConfigError;
pub use layers::DEFAULT_TOML;
pub use load::{defaults, demo, load};
pub use request::Request;
pub use starter::starter;
pub use types::*;
