//! A function that lacks settings says so at its start, all at once, instead of failing at its first customer.

use std::process::Command;

use end_to_end::{Played, play};

#[test]
fn a_function_without_its_settings_does_not_start_and_names_all_of_them() -> Played {
    play(async |stage| {
        let tests = std::env::current_exe()?;
        let binaries = tests.ancestors().nth(2).unwrap();
        for function in stage.stack()?.status().await?.functions.into_keys() {
            let output = Command::new(binaries.join(&function)).env_clear().output()?;
            let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success(), "{function}");
            for name in stage
                .stack()?
                .environment(&function)
                .unwrap()
                .keys()
                .filter(|name| is_own(name))
            {
                assert!(
                    said.contains(&format!("{name} is missing")),
                    "{function} does not name {name}: {said}"
                );
            }
        }
        Ok(())
    })
}

/// Whether the template gives it; the rest Lambda gives to every function.
fn is_own(name: &str) -> bool {
    !["AWS_", "RUST_", "PATH", "CLOCK_AHEAD_FILE"]
        .iter()
        .any(|around| name.starts_with(around))
}
