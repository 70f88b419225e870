//! An admin adds a device of the warehouse, or revokes one. The code that enrols it is shown once.

use domain::{Failure, audit::Hand, device::Device, id::DeviceId};
use serde::Deserialize;

use crate::{Deps, totp};

/// Sixty bits: nobody guesses it in its quarter of an hour.
const CODE_LENGTH: usize = 12;

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeviceForm {
    #[serde(default)]
    name: String,
}

/// A device and the code to type on it.
pub(crate) struct Added {
    pub(crate) device: Device,
    pub(crate) code: String,
}

pub(crate) async fn run(deps: &Deps, by: &Hand, typed: &DeviceForm) -> Result<Added, Failure> {
    let now = deps.clock.now();
    let device = Device::new(deps.ids.next()?, &typed.name, now)?;
    let code = totp::readable_code(&deps.ids, CODE_LENGTH)?;
    let entry = deps.deed(by, now, "device.added", device.id.as_str())?;
    let entry = entry.changing("", device.name.clone());
    deps.devices.add(&device, &totp::code_hash(&code), now, &entry).await?;
    Ok(Added { device, code })
}

pub(crate) async fn revoke(deps: &Deps, by: &Hand, id: &DeviceId) -> Result<Device, Failure> {
    let now = deps.clock.now();
    let mut device = deps.devices.device(id).await?;
    let before = device.state.word();
    device.revoke(now)?;
    let entry = deps.deed(by, now, "device.revoked", id.as_str())?;
    deps.devices
        .revoke(&device, &entry.changing(before, device.state.word()))
        .await?;
    Ok(device)
}
