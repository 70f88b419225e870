//! A real Chromium without a window, steered through its own protocol (Chrome DevTools Protocol) over a pipe: no driver, no port, no package.

use std::{
    collections::VecDeque,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow, bail};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

/// What it is called on Debian, Ubuntu, Fedora and where Google's own was installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// A step of the browser that takes longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);
/// Commands come in at 3 and answers go out at 4; what it says beside them is of no use here.
const OVER_THE_PIPE: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null 2>&1"#;

/// Where Chromium is on this machine, if it is.
#[must_use]
pub(crate) fn find_chromium() -> Option<PathBuf> {
    let folders = ["/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome"];
    let places = folders
        .iter()
        .flat_map(|folder| NAMES.iter().map(move |name| Path::new(folder).join(name)));
    places.into_iter().find(|place| place.is_file())
}

/// One running browser with one page.
pub(crate) struct Chromium {
    child: Child,
    commands: ChildStdin,
    answers: Receiver<Value>,
    /// What happened on the page while an answer was waited for.
    events: VecDeque<Value>,
    page: String,
    sent: u64,
}

/// How somebody looks at a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Eyes {
    /// The width of the window.
    pub(crate) width: u32,
    /// The size of plain text, in pixels, as set in the browser; 16 unless somebody wants it larger.
    pub(crate) text: u32,
    /// `light` or `dark`.
    pub(crate) scheme: &'static str,
}

impl Chromium {
    /// Starts it with a profile of its own in `folder`.
    ///
    /// # Errors
    /// When it does not start or does not answer.
    #[expect(
        clippy::disallowed_methods,
        reason = "waits are measured on the machine's clock, not on the shop's"
    )]
    pub(crate) fn start(program: &Path, folder: &Path) -> anyhow::Result<Self> {
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(OVER_THE_PIPE)
            .arg(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
            ])
            .args(["--hide-scrollbars", "--no-first-run", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", folder.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("Chromium does not start")?;
        let commands = child.stdin.take().context("no way to Chromium")?;
        let output = child.stdout.take().context("no way from Chromium")?;
        let (sender, answers) = channel();
        std::thread::spawn(move || {
            for message in BufReader::new(output).split(0).map_while(Result::ok) {
                let Ok(message) = serde_json::from_slice(&message) else {
                    continue;
                };
                if sender.send(message).is_err() {
                    break;
                }
            }
        });
        let mut browser = Self {
            child,
            commands,
            answers,
            events: VecDeque::new(),
            page: String::new(),
            sent: 0,
        };
        let target = browser.call("Target.createTarget", &json!({ "url": "about:blank" }))?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", &attach)?;
        browser.page = text(&attached, "/sessionId")?;
        for domain in ["Page", "Network", "Runtime"] {
            browser.call(&format!("{domain}.enable"), &json!({}))?;
        }
        Ok(browser)
    }

    /// Looks with these eyes from now on.
    ///
    /// # Errors
    /// When the browser refuses.
    pub(crate) fn look(&mut self, eyes: Eyes) -> anyhow::Result<()> {
        let size = json!({ "width": eyes.width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", &size)?;
        // As a larger text in the settings of the browser does, which its protocol cannot set for a page that is open.
        self.run(&format!("document.documentElement.style.fontSize = '{}px'", eyes.text))?;
        let scheme = json!([{ "name": "prefers-color-scheme", "value": eyes.scheme }]);
        self.call("Emulation.setEmulatedMedia", &json!({ "features": scheme }))?;
        Ok(())
    }

    /// Is somebody else from now on: whoever holds this token, or nobody.
    ///
    /// # Errors
    /// When the browser refuses.
    pub(crate) fn enter(&mut self, token: Option<&str>) -> anyhow::Result<()> {
        let headers = match token {
            Some(token) => json!({ "Authorization": format!("Bearer {token}") }),
            None => json!({}),
        };
        self.call("Network.clearBrowserCookies", &json!({}))?;
        self.call("Network.setExtraHTTPHeaders", &json!({ "headers": headers }))?;
        Ok(())
    }

    /// Opens an address and waits until the page is there; gives the HTTP status.
    ///
    /// # Errors
    /// When it does not load.
    pub(crate) fn open(&mut self, address: &str) -> anyhow::Result<u64> {
        self.forget();
        let answer = self.call("Page.navigate", &json!({ "url": address }))?;
        if let Some(why) = answer["errorText"].as_str() {
            bail!("{address}: {why}");
        }
        self.loaded().with_context(|| format!("{address} does not load"))
    }

    /// What a script on the page gives; it may be a promise.
    ///
    /// # Errors
    /// When it throws.
    pub(crate) fn run(&mut self, script: &str) -> anyhow::Result<Value> {
        let ask = json!({ "expression": script, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.call("Runtime.evaluate", &ask)?;
        if let Some(thrown) = answer.pointer("/exceptionDetails/exception/description") {
            bail!("{thrown}");
        }
        Ok(answer["result"]["value"].take())
    }

    /// Runs a script that leads to another page, such as the sending of a form; gives the HTTP status of what comes.
    ///
    /// # Errors
    /// When no page comes.
    pub(crate) fn follow(&mut self, script: &str) -> anyhow::Result<u64> {
        self.forget();
        self.run(script)?;
        self.loaded().with_context(|| format!("nothing loads after {script}"))
    }

    /// The whole page as a PNG.
    ///
    /// # Errors
    /// When the browser refuses.
    pub(crate) fn picture(&mut self) -> anyhow::Result<Vec<u8>> {
        let shot = self.call("Page.captureScreenshot", &json!({ "captureBeyondViewport": true }))?;
        Ok(STANDARD.decode(text(&shot, "/data")?)?)
    }

    fn forget(&mut self) {
        self.events.clear();
        while self.answers.try_recv().is_ok() {}
    }

    /// Waits for the end of loading; the last document's status counts, because redirects come before it.
    #[expect(
        clippy::disallowed_methods,
        reason = "waits are measured on the machine's clock, not on the shop's"
    )]
    fn loaded(&mut self) -> anyhow::Result<u64> {
        let began = Instant::now();
        let mut status = None;
        while began.elapsed() < PATIENCE {
            let next = self
                .events
                .pop_front()
                .map_or_else(|| self.answers.recv_timeout(PATIENCE), Ok);
            let Ok(event) = next else { break };
            match event["method"].as_str() {
                Some("Network.responseReceived") if event["params"]["type"] == "Document" => {
                    status = event["params"]["response"]["status"].as_u64();
                }
                Some("Page.loadEventFired") if status.is_some() => break,
                Some(_) | None => {}
            }
        }
        status.context("the browser tells no status")
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "waits are measured on the machine's clock, not on the shop's"
    )]
    fn call(&mut self, method: &str, parameters: &Value) -> anyhow::Result<Value> {
        self.sent += 1;
        let mut command = json!({ "id": self.sent, "method": method, "params": parameters });
        if !self.page.is_empty() {
            command["sessionId"] = json!(self.page);
        }
        let mut bytes = serde_json::to_vec(&command)?;
        bytes.push(0);
        self.commands.write_all(&bytes)?;
        self.commands.flush()?;
        let began = Instant::now();
        let answer = loop {
            let left = PATIENCE.saturating_sub(began.elapsed());
            let message = self.answers.recv_timeout(left);
            let mut message = message.map_err(|_| anyhow!("{method} is not answered in {} s", PATIENCE.as_secs()))?;
            if message["id"] == json!(self.sent) {
                break message.take();
            }
            self.events.push_back(message);
        };
        if let Some(error) = answer.get("error") {
            bail!("{method}: {error}");
        }
        Ok(answer["result"].clone())
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It is being left; whether it was gone already does not matter.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn text(value: &Value, pointer: &str) -> anyhow::Result<String> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    Ok(found.with_context(|| format!("no {pointer} in {value}"))?.to_owned())
}
