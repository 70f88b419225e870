//! What is looked for on a page: anything wider than the window, and what axe finds wrong for people who cannot see it or use no mouse.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::Context;
use serde_json::Value;

use crate::chromium::{Chromium, Eyes, find_chromium};

/// The release whose rules our pages hold; a newer one may ask for more.
const AXE: &str = "axe-core@4.11.0";
const LIGHT: &str = "light";
/// The narrowest phone, the usual one, a desk, and somebody who needs text twice as large.
const EYES: [Eyes; 4] = [
    Eyes {
        width: 320,
        text: 16,
        scheme: LIGHT,
    },
    Eyes {
        width: 360,
        text: 32,
        scheme: LIGHT,
    },
    Eyes {
        width: 1280,
        text: 16,
        scheme: "dark",
    },
    Eyes {
        width: 360,
        text: 16,
        scheme: LIGHT,
    },
];

/// Which parts of the page reach beyond the window, the innermost first.
const TOO_WIDE: &str = r"(() => {
    const room = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    if (wide <= room) return null;
    const beyond = [...document.querySelectorAll('body *')].filter(
        (part) => part.getBoundingClientRect().right > room + 0.5);
    const inner = beyond.filter((part) => ![...part.children].some((child) => beyond.includes(child)));
    const name = (part) => part.tagName.toLowerCase() + (part.className ? '.' + part.className : '') + ' «'
        + part.textContent.trim().replace(/\s+/g, ' ').slice(0, 40) + '»';
    return wide + ' px: ' + inner.slice(0, 3).map(name).join(', ');
})()";

/// Controls that a thumb cannot hit, and texts that stand on top of each other.
const AXE_FINDS: &str = r"axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
    .then((found) => found.violations.map((rule) => rule.id + ' (' + rule.help + '): '
        + rule.nodes.slice(0, 3).map((node) => node.target.join(' ')
            + (node.any[0] ? ' [' + node.any[0].message + ']' : '')).join(', ')))";

/// A browser with what is needed to judge a page.
pub struct Sight {
    browser: Chromium,
    axe: Option<String>,
    pictures: Option<PathBuf>,
    wrong: Vec<String>,
    seen: usize,
}

impl Sight {
    /// Starts a browser, if there is one; says in one line what is missing.
    ///
    /// # Errors
    /// When there is one and it does not start.
    pub fn open(folder: &Path) -> anyhow::Result<Option<Self>> {
        let Some(program) = find_chromium() else {
            tell("SKIPPED: the pages are not looked at, because Chromium is not installed")?;
            return Ok(None);
        };
        let axe = axe();
        if axe.is_none() {
            tell("SKIPPED: the pages are not checked with axe, because npm does not give axe-core")?;
        }
        let pictures = pictures();
        if let Some(folder) = &pictures {
            std::fs::create_dir_all(folder)?;
        }
        let sight = Self {
            browser: Chromium::start(&program, folder)?,
            axe,
            pictures,
            wrong: Vec::new(),
            seen: 0,
        };
        Ok(Some(sight))
    }

    /// Looks from now on as whoever holds this token, or as nobody.
    ///
    /// # Errors
    /// When the browser refuses.
    pub fn enter(&mut self, token: Option<&str>) -> anyhow::Result<()> {
        self.browser.enter(token)
    }

    /// Opens a page, with this status, and judges it.
    ///
    /// # Errors
    /// When it does not load.
    pub fn visit(&mut self, name: &str, address: &str, status: u64) -> anyhow::Result<()> {
        let came = self.browser.open(address)?;
        if came != status {
            self.wrong.push(format!("{name}: {came} instead of {status}"));
        }
        self.judge(name)
    }

    /// Sends the form at this place of the page as it stands, without the browser's own checks, and judges what comes.
    ///
    /// # Errors
    /// When nothing comes.
    pub fn send(&mut self, name: &str, form: &str) -> anyhow::Result<()> {
        let script = format!(
            "HTMLFormElement.prototype.submit.call(document.querySelector({}))",
            Value::from(form)
        );
        self.browser.follow(&script)?;
        self.judge(name)
    }

    /// What is on the page now, by a script.
    ///
    /// # Errors
    /// When it throws.
    pub fn run(&mut self, script: &str) -> anyhow::Result<Value> {
        self.browser.run(script)
    }

    /// How many pages were judged, and what was wrong with them.
    #[must_use]
    pub fn verdict(&self) -> (usize, &[String]) {
        (self.seen, &self.wrong)
    }

    fn judge(&mut self, name: &str) -> anyhow::Result<()> {
        self.seen += 1;
        if let Some(axe) = &self.axe {
            self.browser.run(axe)?;
        }
        for eyes in EYES {
            self.browser.look(eyes)?;
            let place = format!("{name} at {} px, text {} px", eyes.width, eyes.text);
            if let Some(wide) = self.browser.run(TOO_WIDE)?.as_str() {
                self.wrong.push(format!("{place}: {wide}"));
            }
            if self.axe.is_some() && (eyes.scheme != LIGHT || eyes.width == 360) && eyes.text == 16 {
                let found = self.browser.run(AXE_FINDS)?;
                let found = found.as_array().context("axe gives a list")?;
                let texts = found.iter().filter_map(Value::as_str);
                self.wrong
                    .extend(texts.map(|text| format!("{place}, {}: {text}", eyes.scheme)));
            }
            self.keep_picture(name, eyes)?;
        }
        Ok(())
    }

    fn keep_picture(&mut self, name: &str, eyes: Eyes) -> anyhow::Result<()> {
        let Some(folder) = &self.pictures else { return Ok(()) };
        let word: String = name
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
            .collect();
        let path = folder.join(format!("{word}-{}-{}.png", eyes.width, eyes.text));
        std::fs::write(path, self.browser.picture()?)?;
        Ok(())
    }
}

/// Where pictures of all pages go, for somebody who wants to see them: the folder in `PAGE_PICTURES`.
#[expect(clippy::disallowed_methods, reason = "a test has no settings of its own")]
fn pictures() -> Option<PathBuf> {
    std::env::var_os("PAGE_PICTURES").map(PathBuf::from)
}

/// The checker's text, from its package, which npm keeps beside the other tools.
fn axe() -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tools/axe");
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.is_file() {
        std::fs::create_dir_all(&folder).ok()?;
        let mut npm = Command::new("npm");
        npm.args([
            "install",
            "--no-save",
            "--no-audit",
            "--no-fund",
            "--fetch-retries=1",
            "--fetch-timeout=20000",
        ])
        .arg("--prefix")
        .args([folder.as_path(), Path::new(AXE)])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
        if !npm.status().ok()?.success() {
            return None;
        }
    }
    // The answer of the script would be carried over the pipe, so it ends with nothing.
    std::fs::read_to_string(&file).ok().map(|text| format!("{text};null"))
}

/// Says it past the test harness, which keeps what good tests print to itself.
fn tell(line: &str) -> anyhow::Result<()> {
    writeln!(std::io::stderr(), "{line}")?;
    Ok(())
}
