//! `cargo run -- code`: the code that the authenticator app of this machine's staff account would show now.

use anyhow::Context;

use super::{Line, start::show};
use crate::{clock::Clock, seed};

pub(super) fn run(line: &Line) -> anyhow::Result<()> {
    let kept = line.data.join("staff.json");
    let text =
        std::fs::read_to_string(&kept).context("there is no staff account yet: start the shop with `cargo run`")?;
    let login: seed::Login = serde_json::from_str(&text)?;
    let now = seed::now(Clock::in_folder(&line.data).ahead());
    show(&login.code(now)?)
}
