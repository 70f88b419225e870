//! The devices of the warehouse, and the page on which a device shows its code.

use askama::Template;
use domain::{Failure, device::Device};
use serde::Serialize;
use web::Draft;

use crate::{Deps, add_device::Added, audit_view::moment};

/// The devices.
#[derive(Serialize, Template)]
#[template(path = "devices.html")]
pub(crate) struct DevicesPage {
    devices: Vec<DevicePage>,
    /// The code of a device that was just added; nobody else is shown it.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// Names the device that the form will add.
    #[serde(skip)]
    form_key: String,
    #[serde(skip)]
    draft: Draft,
}

/// One device.
#[derive(Serialize)]
pub(crate) struct DevicePage {
    id: String,
    name: String,
    status: &'static str,
    since: String,
    #[serde(skip)]
    since_text: String,
    #[serde(skip)]
    tone: &'static str,
}

impl DevicesPage {
    pub(crate) async fn load(deps: &Deps) -> Result<Self, Failure> {
        let devices = deps.devices.all().await?;
        Ok(Self {
            devices: devices.iter().rev().map(DevicePage::of).collect(),
            code: None,
            form_key: deps.ids.form_key()?,
            draft: Draft::empty(),
        })
    }

    pub(crate) fn with_code(self, added: Added) -> Self {
        Self {
            code: Some(added.code),
            draft: Draft::empty().with("added", added.name),
            ..self
        }
    }

    /// The form as it was typed, with what is wrong.
    pub(crate) fn again(self, draft: Draft) -> Self {
        Self { draft, ..self }
    }
}

impl DevicePage {
    pub(crate) fn of(device: &Device) -> Self {
        let status = device.state.word();
        Self {
            id: device.id.to_string(),
            name: device.name.clone(),
            status,
            since: device.since.to_string(),
            since_text: moment(device.since),
            tone: match status {
                "enrolled" => "good",
                "waiting" => "busy",
                _ => "quiet",
            },
        }
    }
}

/// The form on the device itself.
#[derive(Serialize, Template)]
#[template(path = "scanner.html")]
pub(crate) struct ScannerPage {
    action: &'static str,
    #[serde(skip)]
    draft: Draft,
}

impl ScannerPage {
    pub(crate) fn of(draft: Draft) -> Self {
        Self {
            action: "/scanner",
            draft,
        }
    }
}
