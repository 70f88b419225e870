//! Starts a function under callgrind, waits until it asks for its first event, stops it and reads the count.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};

use super::runtime_api::{Heard, RuntimeApi};
use crate::layout::template::Template;
use crate::program;
use crate::tree::Tree;

/// Between two looks whether the function still lives.
const LOOK: Duration = Duration::from_millis(200);
/// Two minutes: far above what a start takes, even under callgrind on a busy machine.
const LOOKS: u32 = 600;

/// Nothing where valgrind is not installed.
pub(crate) fn instructions_to_ready(
    tree: &Tree,
    name: &str,
    settings: &BTreeMap<String, String>,
) -> Result<Option<u64>> {
    let Some(valgrind) = program::find(tree, "valgrind") else {
        return Ok(None);
    };
    let counts = tree.path("target/budget");
    std::fs::create_dir_all(&counts).context("making target/budget")?;
    let counts = counts.join(format!("{name}.callgrind"));
    let api = RuntimeApi::listen()?;
    let mut command = Command::new(valgrind);
    command.args(["--quiet", "--tool=callgrind", "--dump-instr=no"]);
    command.arg(format!("--callgrind-out-file={}", counts.display()));
    command.arg(tree.path("target/ship").join(name));
    command
        .env_clear()
        .envs(environment(tree, name, settings, &api.address())?);
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .context("starting valgrind")?;
    count(name, child, &api, &counts).map(Some)
}

fn count(name: &str, mut child: Child, api: &RuntimeApi, counts: &Path) -> Result<u64> {
    let mut heard = Heard::Nothing;
    for _ in 0..LOOKS {
        heard = api.wait(LOOK);
        if !matches!(heard, Heard::Nothing) {
            break;
        }
        if let Some(end) = child.try_wait().with_context(|| format!("watching {name}"))? {
            anyhow::bail!("{name} ended ({end}) before it asked for an event; what it said stands above");
        }
    }
    // Asked to end, not killed: callgrind writes its count on the way out.
    let asked = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .context("starting kill")?;
    if !asked.success() {
        child.kill().with_context(|| format!("stopping {name}"))?;
    }
    child.wait().with_context(|| format!("waiting for {name}"))?;
    match heard {
        Heard::Ready => read_total(counts),
        Heard::StartFailed(why) => anyhow::bail!("{name} did not start: {why}"),
        Heard::Nothing => anyhow::bail!("{name} asked for no event in two minutes"),
    }
}

fn environment(
    tree: &Tree,
    name: &str,
    settings: &BTreeMap<String, String>,
    address: &str,
) -> Result<BTreeMap<String, String>> {
    let origin = format!("http://{address}");
    let mut values = BTreeMap::new();
    let template = Template::read(tree)?;
    for setting in template
        .function(name)
        .map(|function| function.settings.clone())
        .unwrap_or_default()
    {
        let value = match settings.get(&setting) {
            Some(value) => value.clone(),
            None if setting.ends_with("_URL") => origin.clone(),
            None => "budget".to_owned(),
        };
        values.insert(setting, value);
    }
    for service in ["DYNAMODB", "SQS", "S3"] {
        values.insert(format!("AWS_ENDPOINT_URL_{service}"), origin.clone());
    }
    for (name, value) in [
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "budget"),
        ("AWS_SECRET_ACCESS_KEY", "budget"),
        ("AWS_SESSION_TOKEN", "budget"),
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
    ] {
        values.insert(name.to_owned(), value.to_owned());
    }
    Ok(values)
}

fn read_total(counts: &Path) -> Result<u64> {
    let text = std::fs::read_to_string(counts).with_context(|| format!("reading {}", counts.display()))?;
    total(&text).with_context(|| format!("{} has no total", counts.display()))
}

/// A process that ends early has `totals:` in its file for each part, and one part.
fn total(text: &str) -> Option<u64> {
    text.lines()
        .find_map(|line| line.strip_prefix("totals:")?.trim().parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::sample::SampleTree;

    #[test]
    fn the_total_is_read_from_the_file_of_counts() {
        assert_eq!(
            total("version: 1\nevents: Ir\nfn=(1) main\n3 12\ntotals: 2345678\n"),
            Some(2_345_678)
        );
        assert_eq!(total("version: 1\n"), None);
    }

    #[test]
    fn a_function_is_started_with_the_settings_the_template_gives_it() {
        let template = "Resources:\n  ShippingFunction:\n    Type: AWS::Serverless::Function\n    Properties:\n      \
                        CodeUri: ../functions/shipping/\n      Environment: { Variables: { A_TABLE: x, A_QUEUE_URL: y, B: z } }\n";
        let tree = SampleTree::with(&[("infra/template.yaml", template)]);
        let settings = BTreeMap::from([("B".to_owned(), "KE".to_owned())]);

        let values = environment(&tree, "shipping", &settings, "127.0.0.1:1").unwrap();

        assert_eq!(values["A_TABLE"], "budget");
        assert_eq!(values["A_QUEUE_URL"], "http://127.0.0.1:1");
        assert_eq!(values["B"], "KE");
        assert_eq!(values["AWS_ENDPOINT_URL_DYNAMODB"], "http://127.0.0.1:1");
    }
}
