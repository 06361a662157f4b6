//! Parse, run, report; the only exit codes.

fn main() -> std::process::ExitCode {
    watchfire::cli::run().code().into()
}
