//! Members of the staff: their roles, whether they may come in, and their second factor.

use std::collections::BTreeSet;

use crate::{
    failure::Failure, id::StaffId, person::Email, person::PersonName, refusal::Refusal, session::Role,
    timestamp::Timestamp,
};

/// Somebody who works here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub id: StaffId,
    /// What they are called.
    pub name: PersonName,
    /// Where they are written to.
    pub email: Email,
    /// What they may do.
    pub roles: BTreeSet<Role>,
    /// When they were shut out; nothing for whoever may come in.
    pub suspended_at: Option<Timestamp>,
    /// What they prove themselves with beside the password.
    pub second_factor: SecondFactor,
    /// Rises with every change.
    pub version: u64,
}

/// A second factor. Its secret is sealed; nobody opens it but the function that checks codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// None yet: they can only set one up.
    Missing,
    /// A secret was shown and not yet proved to have arrived in an app.
    Offered {
        /// The sealed secret.
        secret: String,
    },
    /// In use.
    Enrolled {
        /// The sealed secret.
        secret: String,
        /// The time step of the last code that was taken: neither it nor an earlier one is taken again.
        last_step: u64,
        /// Hashes of the recovery codes that are left.
        recovery: Vec<String>,
    },
}

impl Member {
    /// A new member, who has to set up a second factor first.
    #[must_use]
    pub fn new(id: StaffId, name: PersonName, email: Email, roles: BTreeSet<Role>) -> Self {
        Self {
            id,
            name,
            email,
            roles,
            suspended_at: None,
            second_factor: SecondFactor::Missing,
            version: 0,
        }
    }

    /// Refuses whoever was shut out.
    ///
    /// # Errors
    /// `Forbidden`.
    pub fn may_come_in(&self) -> Result<(), Failure> {
        if self.suspended_at.is_some() {
            Err(Failure::Forbidden)
        } else {
            Ok(())
        }
    }

    /// Offers a secret to set up a second factor with. Once one is in use, only an admin takes it away.
    ///
    /// # Errors
    /// `Refused(AlreadyApplied)` when one is in use.
    pub fn offer(&mut self, secret: String) -> Result<(), Failure> {
        match self.second_factor {
            SecondFactor::Missing | SecondFactor::Offered { .. } => {
                self.second_factor = SecondFactor::Offered { secret };
                Ok(())
            }
            SecondFactor::Enrolled { .. } => Err(Refusal::AlreadyApplied.into()),
        }
    }

    /// A first right code came for the secret that was offered: from now on it is asked for.
    ///
    /// # Errors
    /// `Refused(AlreadyApplied)` when nothing is on offer.
    pub fn enrol(&mut self, step: u64, recovery: Vec<String>) -> Result<(), Failure> {
        let SecondFactor::Offered { secret } = &self.second_factor else {
            return Err(Refusal::AlreadyApplied.into());
        };
        self.second_factor = SecondFactor::Enrolled {
            secret: secret.clone(),
            last_step: step,
            recovery,
        };
        Ok(())
    }

    /// Takes a right code of this time step, unless it or a later one was taken before.
    ///
    /// # Errors
    /// `Refused(WrongCode)`.
    pub fn take_code(&mut self, step: u64) -> Result<(), Failure> {
        match &mut self.second_factor {
            SecondFactor::Enrolled { last_step, .. } if step > *last_step => {
                *last_step = step;
                Ok(())
            }
            SecondFactor::Enrolled { .. } | SecondFactor::Missing | SecondFactor::Offered { .. } => {
                Err(Refusal::WrongCode.into())
            }
        }
    }

    /// Takes a recovery code, by its hash; it is gone then. Gives how many are left.
    ///
    /// # Errors
    /// `Refused(WrongCode)`.
    pub fn take_recovery(&mut self, hash: &str) -> Result<usize, Failure> {
        let SecondFactor::Enrolled { recovery, .. } = &mut self.second_factor else {
            return Err(Refusal::WrongCode.into());
        };
        let place = recovery
            .iter()
            .position(|known| known == hash)
            .ok_or(Refusal::WrongCode)?;
        recovery.remove(place);
        Ok(recovery.len())
    }

    /// Takes the second factor away: its owner lost it and sets up another.
    ///
    /// # Errors
    /// As [`Member::may_be_changed_by`].
    pub fn lose_second_factor(&mut self, by: &StaffId) -> Result<(), Failure> {
        self.may_be_changed_by(by)?;
        self.second_factor = SecondFactor::Missing;
        Ok(())
    }

    /// Gives other roles.
    ///
    /// # Errors
    /// As [`Member::may_be_changed_by`]; `Invalid` without any role.
    pub fn give_roles(&mut self, by: &StaffId, roles: BTreeSet<Role>) -> Result<(), Failure> {
        self.may_be_changed_by(by)?;
        if roles.is_empty() {
            return Err(no_roles());
        }
        self.roles = roles;
        Ok(())
    }

    /// Shuts somebody out.
    ///
    /// # Errors
    /// As [`Member::may_be_changed_by`]; `Refused(AlreadyApplied)` for somebody who is shut out.
    pub fn suspend(&mut self, by: &StaffId, now: Timestamp) -> Result<(), Failure> {
        self.may_be_changed_by(by)?;
        match self.suspended_at {
            Some(_) => Err(Refusal::AlreadyApplied.into()),
            None => {
                self.suspended_at = Some(now);
                Ok(())
            }
        }
    }

    /// Lets somebody in again.
    ///
    /// # Errors
    /// As [`Member::may_be_changed_by`]; `Refused(AlreadyApplied)` for somebody who is in.
    pub fn readmit(&mut self, by: &StaffId) -> Result<(), Failure> {
        self.may_be_changed_by(by)?;
        if self.suspended_at.take().is_none() {
            return Err(Refusal::AlreadyApplied.into());
        }
        Ok(())
    }

    /// Nobody changes what they themselves may do: a stolen session gains nothing by it, and there is always an admin left.
    ///
    /// # Errors
    /// `Refused(OwnAccount)`.
    pub fn may_be_changed_by(&self, by: &StaffId) -> Result<(), Failure> {
        if self.id == *by {
            Err(Refusal::OwnAccount.into())
        } else {
            Ok(())
        }
    }
}

/// What somebody without any role would be told.
#[must_use]
pub fn no_roles() -> Failure {
    Failure::field("roles", "missing", "Choose at least one role.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RootId;

    fn id(last: char) -> StaffId {
        StaffId::from_ulid(&format!("01JDB7M3N8Q4R5S6T7V8W9X0Y{last}")).unwrap()
    }

    fn member() -> Member {
        Member::new(
            id('Z'),
            PersonName::new("Asha Mwangi").unwrap(),
            Email::new("asha@example.com").unwrap(),
            BTreeSet::from([Role::Buyer]),
        )
    }

    fn enrolled() -> Member {
        let mut member = member();
        member.offer("sealed".into()).unwrap();
        member.enrol(100, vec!["one".into(), "two".into()]).unwrap();
        member
    }

    #[test]
    fn a_code_is_taken_once_and_no_earlier_one_after_it() {
        let mut member = enrolled();

        for (step, taken) in [
            (99, false),
            (100, false),
            (102, true),
            (102, false),
            (101, false),
            (103, true),
        ] {
            assert_eq!(member.take_code(step).is_ok(), taken, "{step}");
        }
    }

    #[test]
    fn a_recovery_code_is_taken_once() {
        let mut member = enrolled();

        assert_eq!(member.take_recovery("one").unwrap(), 1);
        assert!(member.take_recovery("one").is_err());
        assert!(member.take_recovery("three").is_err());
        assert_eq!(member.take_recovery("two").unwrap(), 0);
    }

    #[test]
    fn without_a_second_factor_no_code_is_right_and_one_in_use_is_not_replaced() {
        let mut fresh = member();
        assert!(fresh.take_code(1).is_err() && fresh.take_recovery("one").is_err());
        fresh.offer("first".into()).unwrap();
        fresh.offer("second".into()).unwrap();
        assert!(fresh.take_code(1).is_err());

        let mut enrolled = enrolled();

        assert!(enrolled.offer("planted".into()).is_err());
        assert!(enrolled.enrol(200, Vec::new()).is_err());
    }

    #[test]
    fn nobody_changes_their_own_account() {
        let (mut member, own) = (enrolled(), id('Z'));
        let now = Timestamp::from_seconds(0);

        assert!(member.give_roles(&own, BTreeSet::from([Role::Admin])).is_err());
        assert!(member.suspend(&own, now).is_err());
        assert!(member.lose_second_factor(&own).is_err());

        let admin = id('A');
        member.give_roles(&admin, BTreeSet::from([Role::Admin])).unwrap();
        assert!(member.give_roles(&admin, BTreeSet::new()).is_err());
        member.suspend(&admin, now).unwrap();
        assert!(member.suspend(&admin, now).is_err());
        assert!(member.may_come_in().is_err());
        member.readmit(&admin).unwrap();
        assert!(member.may_come_in().is_ok());
    }
}
