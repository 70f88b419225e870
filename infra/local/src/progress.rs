//! What the person at the terminal reads: one calm line per step. The same lines go to `logs/stack.log`.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;

/// Tells what happens; clones speak to the same place.
#[derive(Debug, Clone)]
pub(crate) struct Progress {
    spoken: bool,
    log: Arc<File>,
}

impl Progress {
    pub(crate) fn open(logs: &Path, spoken: bool) -> anyhow::Result<Self> {
        let path = logs.join("stack.log");
        let log = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self {
            spoken,
            log: Arc::new(log),
        })
    }

    /// A step that is done or about to take time.
    pub(crate) fn say(&self, line: &str) {
        // Neither a closed terminal nor a full disk is a reason to stop the shop.
        writeln!(&*self.log, "{line}").ok();
        if self.spoken {
            writeln!(std::io::stdout().lock(), "{line}").ok();
        }
    }

    /// Whether a person reads along.
    pub(crate) fn is_spoken(&self) -> bool {
        self.spoken
    }

    /// Something the person should look at.
    pub(crate) fn warn(&self, line: &str) {
        self.say(&format!("  ! {line}"));
    }
}
