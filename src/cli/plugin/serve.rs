//! `watchfire plugin serve`: one source of the configuration at the plugin's end of the protocol.
//!
//! Standard output holds the protocol alone.

use std::os::fd::{AsFd, BorrowedFd};

use tokio::fs::File;

use crate::{runtime::clock::Clock, sources::plugin::serve::serve};

use super::super::{
    args::Global,
    exit::{self, Exit},
    start,
};

#[derive(clap::Args, Debug)]
pub struct Args {
    /// The source, by its name
    #[arg(long, value_name = "NAME")]
    source: String,
}

pub(super) async fn run(global: &Global, args: &Args) -> Result<Exit, Exit> {
    let config = start::config(global)?;
    start::log(global.log.as_ref())?;
    let sources = start::sources(&config).await;
    let names: Vec<&str> = sources.iter().map(|s| s.describe().name.as_str()).collect();
    let Some(source) = sources.iter().find(|s| s.describe().name.as_str() == args.source) else {
        let wanted = crate::domain::text::sanitise(&args.source);
        return Err(exit::misused(format_args!("no source is called `{wanted}`; there is {}", names.join(", "))));
    };
    let clock: Clock = start::clock(&config);
    let now = Box::new(move || clock.now());
    let (input, output) = pipes().map_err(|e| exit::failed(format_args!("standard input or output is closed: {e}")))?;
    let served = serve(source.clone(), now, input, output).await;
    source.leave().await;
    served.map_err(|e| exit::failed(format_args!("the one who asked has gone: {e}")))?;
    Ok(Exit::Done)
}

fn pipes() -> std::io::Result<(File, File)> {
    Ok((file(std::io::stdin().as_fd())?, file(std::io::stdout().as_fd())?))
}

fn file(pipe: BorrowedFd<'_>) -> std::io::Result<File> {
    Ok(File::from_std(std::fs::File::from(pipe.try_clone_to_owned()?)))
}
