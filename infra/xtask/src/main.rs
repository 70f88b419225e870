//! The project's own commands: `cargo xtask check` and its parts. `cargo xtask` alone lists them.

use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match xtask::run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            xtask::say(&format!("xtask: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
