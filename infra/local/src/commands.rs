//! What `cargo run -- WORD` can do; each command is a file of its own.

mod admin;
mod code;
mod demo;
mod reset;
mod start;

use std::path::PathBuf;

use anyhow::bail;

use crate::stack::project;

const USAGE: &str = "\
cargo run                 starts the shop on this machine
cargo run -- demo         takes one order from search to door on a fresh copy and tells each step
cargo run -- admin EMAIL  makes the link with which somebody becomes an admin of the running shop
cargo run -- code         the second factor of this machine's staff account, as its app would show it now
cargo run -- reset        throws away everything it stored

  --port N        the shop's port; the other parts use the ports after it (8000)
  --data FOLDER   where everything is stored (target/local)
  --no-build      start what was built before
  --release       build and start with optimisation";

/// The options that every command understands.
#[derive(Debug)]
struct Line {
    words: Vec<String>,
    port: u16,
    data: PathBuf,
    build: bool,
    release: bool,
}

/// Runs the command line, without the program's name.
///
/// # Errors
/// When a word is unknown or the command fails.
pub async fn run(arguments: impl Iterator<Item = String>) -> anyhow::Result<()> {
    let line = Line::read(arguments)?;
    let words: Vec<&str> = line.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [] | ["start"] => start::run(&line).await,
        ["demo"] => demo::run(&line).await,
        ["admin", email] => admin::run(&line, email).await,
        ["code"] => code::run(&line),
        ["reset"] => reset::run(&line),
        ["help"] => start::show(USAGE),
        other => bail!("{} is not a command\n\n{USAGE}", other.join(" ")),
    }
}

impl Line {
    fn read(mut arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let data = project().join("target/local");
        let mut line = Self {
            words: vec![],
            port: 8000,
            data,
            build: true,
            release: false,
        };
        while let Some(word) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| anyhow::anyhow!("{word} needs a value"));
            match word.as_str() {
                "--port" => line.port = value()?.parse()?,
                "--data" => line.data = PathBuf::from(value()?),
                "--no-build" => line.build = false,
                "--release" => line.release = true,
                "--help" | "-h" => line.words = vec!["help".to_owned()],
                option if option.starts_with('-') => bail!("{option} is unknown\n\n{USAGE}"),
                _ => line.words.push(word),
            }
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> anyhow::Result<Line> {
        Line::read(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_may_stand_before_and_after_the_command() {
        let line = line("--port 8100 reset --data /tmp/x --no-build").unwrap();

        assert_eq!(
            (line.port, line.words, line.build),
            (8100, vec!["reset".to_owned()], false)
        );
        assert_eq!(line.data, PathBuf::from("/tmp/x"));
    }

    #[test]
    fn an_unknown_option_is_an_error_that_shows_the_usage() {
        assert!(line("--prot 1").unwrap_err().to_string().contains("--port N"));
        assert!(line("--port").unwrap_err().to_string().contains("needs a value"));
    }
}
