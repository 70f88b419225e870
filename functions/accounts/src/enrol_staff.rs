//! Makes an account for a member of the staff. Whoever sets a shop up calls this; no route leads to it.

use domain::{
    Failure,
    id::StaffId,
    person::{Email, Holder, NewPassword, Person, PersonName, Preferences},
    session::Role,
};
use runtime::Ids;
use store::{People, Registered};

use crate::password;

/// Makes the account and gives its id. The person is called what stands before the `@`.
///
/// # Errors
/// `AccountExists` when the address has an account, whoever it belongs to; `Invalid` for what is no address or too short a password.
pub async fn run(people: &People, ids: &Ids, email: &str, password: &str, roles: &[Role]) -> Result<StaffId, Failure> {
    let wrong = |field| Failure::Invalid(vec![field]);
    let email = Email::new(email).map_err(wrong)?;
    let chosen = NewPassword::new(password).map_err(wrong)?;
    let name = email.as_str().split('@').next().unwrap_or_default();
    let name = PersonName::new(name)
        .or_else(|_| PersonName::new("Staff"))
        .map_err(wrong)?;
    let id: StaffId = ids.next()?;
    let person = Person {
        holder: Holder::Staff(id.clone(), roles.to_vec()),
        email: Some(email),
        phone: None,
        name,
        preferences: Preferences::default(),
    };
    let hash = password::hash(&chosen, ids)?;
    match people.register(&person, &hash).await? {
        Registered::Written => Ok(id),
        Registered::IdTaken => Err(Failure::Conflict),
    }
}
