//! The sandbox as a process: `sandbox --port PORT --data FOLDER --shop ORIGIN`.
//! Settings and their environment names: settings.rs. Logic: lib.rs.

use std::process::ExitCode;

use sandbox::{Settings, StartError};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the environment is read here, once, and nowhere else"
)]
async fn run() -> Result<(), StartError> {
    let settings = Settings::read(std::env::args().skip(1), |name| std::env::var(name).ok())?;
    let running = sandbox::start(settings).await?;
    eprintln!("sandbox: {}", running.origin());
    tokio::signal::ctrl_c().await?;
    Ok(())
}
