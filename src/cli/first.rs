//! The first start: nothing is configured, and somebody is there to be asked what now.

use super::{
    args::{Demo, Global},
    begin, demo,
    exit::Exit,
};

/// Offers the demo and the questions of `config init`; without anybody to ask, `otherwise` is how it ends.
pub async fn offer(global: &Global, otherwise: Exit) -> Exit {
    match begin::first_choice() {
        Some("demo") => demo::run(global, &Demo::default()).await,
        Some("init") => match super::config::init(global).await {
            Ok(exit) | Err(exit) => exit,
        },
        _ => otherwise,
    }
}
