//! Devices of the warehouse: enrolled once with a code that an admin shows, then known by a token, until they are revoked.

use crate::{
    failure::Failure,
    id::DeviceId,
    refusal::Refusal,
    text::{Needs, TextRule},
    timestamp::Timestamp,
};

/// A device is called as on its sticker.
const NAME: TextRule = TextRule {
    field: "name",
    least: 2,
    most: 40,
    needs: Needs::LetterOrDigit,
};

/// A scanner or another device at the bench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Which.
    pub id: DeviceId,
    /// What it is called at the bench.
    pub name: String,
    /// How it stands.
    pub state: DeviceState,
    /// Since when.
    pub since: Timestamp,
    /// Rises with every change.
    pub version: u64,
}

/// How a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    /// Its code was shown and not yet typed.
    Waiting,
    /// It works.
    Enrolled,
    /// It does not work any more.
    Revoked,
}

impl DeviceState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Enrolled, Self::Revoked];

    /// Its stable word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Enrolled => "enrolled",
            Self::Revoked => "revoked",
        }
    }
}

impl Device {
    /// A device that waits for its code to be typed.
    ///
    /// # Errors
    /// The field `name` when it is no name.
    pub fn new(id: DeviceId, name: &str, now: Timestamp) -> Result<Self, Failure> {
        let name = NAME.line(name).map_err(|wrong| Failure::Invalid(vec![wrong]))?;
        Ok(Self {
            id,
            name,
            state: DeviceState::Waiting,
            since: now,
            version: 0,
        })
    }

    /// Its code was typed.
    ///
    /// # Errors
    /// `Refused(NotValidAnyMore)` when it does not wait for that.
    pub fn enrol(&mut self, now: Timestamp) -> Result<(), Failure> {
        match self.state {
            DeviceState::Waiting => {
                self.become_now(DeviceState::Enrolled, now);
                Ok(())
            }
            DeviceState::Enrolled | DeviceState::Revoked => Err(Refusal::NotValidAnyMore.into()),
        }
    }

    /// It is lost, broken or given away.
    ///
    /// # Errors
    /// `Refused(AlreadyApplied)` when that was said before.
    pub fn revoke(&mut self, now: Timestamp) -> Result<(), Failure> {
        match self.state {
            DeviceState::Waiting | DeviceState::Enrolled => {
                self.become_now(DeviceState::Revoked, now);
                Ok(())
            }
            DeviceState::Revoked => Err(Refusal::AlreadyApplied.into()),
        }
    }

    fn become_now(&mut self, state: DeviceState, now: Timestamp) {
        self.state = state;
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RootId;

    #[test]
    fn a_device_is_enrolled_once_and_never_after_it_was_revoked() {
        let id = DeviceId::from_ulid("01JDB7M3N8Q4R5S6T7V8W9X0YZ").unwrap();
        let now = Timestamp::from_seconds(0);
        let mut device = Device::new(id.clone(), " Bench  1 ", now).unwrap();
        assert_eq!(device.name, "Bench 1");

        device.enrol(now).unwrap();
        assert!(device.enrol(now).is_err());
        device.revoke(now).unwrap();
        assert!(device.revoke(now).is_err() && device.enrol(now).is_err());

        for name in ["", "x", "a\u{7}b", &"x".repeat(41)] {
            assert!(Device::new(id.clone(), name, now).is_err(), "{name:?}");
        }
    }
}
