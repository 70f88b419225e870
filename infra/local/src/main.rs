//! The whole shop on one machine: `cargo run`, and `cargo run -- WORD` for the rest. Commands: commands.rs.

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    match local::commands::run(std::env::args().skip(1)).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error:#}");
            ExitCode::FAILURE
        }
    }
}
