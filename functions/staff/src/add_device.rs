//! An admin adds a device of the warehouse, or revokes one. The code that enrols it is shown to whoever added it, and again only to a repeat
//! of the same request.

use domain::{Failure, RequestKey, audit::Hand, device::Device, id::DeviceId};
use serde::Deserialize;

use crate::{
    Deps,
    one_answer::{self, Answered},
    totp,
};

/// Sixty bits: nobody guesses it in its quarter of an hour.
const CODE_LENGTH: usize = 12;

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeviceForm {
    #[serde(default)]
    name: String,
}

/// What a new device is called and the code to type on it.
pub(crate) struct Added {
    pub(crate) name: String,
    pub(crate) code: String,
}

pub(crate) async fn run(
    deps: &Deps,
    by: &Hand,
    request: &RequestKey,
    typed: &DeviceForm,
) -> Result<Answered<Added>, Failure> {
    let now = deps.clock.now();
    let device = Device::new(deps.ids.next()?, &typed.name, now)?;
    let code = totp::readable_code(&deps.ids, CODE_LENGTH)?;
    let entry = deps.deed(by, now, "device.added", device.id.as_str())?;
    let entry = entry.changing("", device.name.clone());
    let answer = one_answer::sealed(deps, request, &code)?;
    let once = deps
        .devices
        .add(&device, &totp::code_hash(&code), &entry, (request, answer))
        .await?;
    let told = one_answer::open(deps, request, once)?;
    // The same request names the same device.
    let name = device.name;
    Ok(told.map(|code| Added { name, code }))
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
