//! A device of the warehouse shows the code an admin gave it, and gets the token it works with from then on.

use domain::{
    Failure, Secret,
    audit::Hand,
    device::Device,
    order::Actor,
    session::{Session, Who},
    tries::Tries,
};
use serde::Deserialize;
use store::Opening;

use crate::{Deps, totp};

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeviceCode {
    #[serde(default)]
    code: String,
}

/// A device that works.
pub(crate) struct Working {
    pub(crate) device: Device,
    pub(crate) session: Session,
    pub(crate) token: Secret,
}

pub(crate) async fn run(deps: &Deps, source: String, typed: &DeviceCode) -> Result<Working, Failure> {
    let now = deps.clock.now();
    let tries = [Tries::of_source("device code", &source)];
    deps.credentials.count(&tries, now).await?;
    let hash = totp::code_hash(&typed.code);
    let mut device = deps.devices.of_code(&hash, now).await?;
    device.enrol(now)?;
    let (token, session) = (deps.ids.token()?, Session::begin(Who::Device(device.id.clone()), now));
    let hand = Hand {
        actor: Actor::Device(device.id.clone()),
        source,
    };
    let entry = deps.deed(&hand, now, "device.enrolled", device.id.as_str())?;
    let opening = Opening {
        token_hash: &web::token_hash(token.expose()),
        session: &session,
        device: &device.name,
        now,
    };
    deps.devices.enrol(&device, &hash, &entry, &opening).await?;
    tracing::info!(device.id = %device.id, "{} is enrolled", device.id);
    Ok(Working { device, session, token })
}
