//! Who may call what. `table.rs` lists every route of the product; `app` lets nobody through who is not in its row, and a route without a
//! row lets nobody through at all. What belongs to one person is the handler's to tell: somebody else's is not found.

mod table;

use axum::http::Method;
use domain::{
    Failure,
    session::{Role, Session, Who},
};

use crate::problem::Problem;

pub use table::ROUTES;

/// A kind of caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// Somebody without a session.
    Nobody,
    /// A shopper without an account; their token is all they have.
    Guest,
    /// A shopper with an account.
    Customer,
    /// Staff who answer customers.
    Support,
    /// Staff who buy.
    Buyer,
    /// Staff at the bench.
    Warehouse,
    /// Staff who move money.
    Finance,
    /// Staff who may do everything.
    Admin,
    /// Staff who have shown their password and not yet their second factor.
    Unproven,
    /// A scanner of the warehouse.
    Device,
    /// A program of another company, which signs what it sends.
    Webhook,
}

impl Caller {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Nobody,
        Self::Guest,
        Self::Customer,
        Self::Support,
        Self::Buyer,
        Self::Warehouse,
        Self::Finance,
        Self::Admin,
        Self::Unproven,
        Self::Device,
        Self::Webhook,
    ];

    /// A member of the staff is as many callers as they have roles.
    fn of(session: Option<&Session>) -> Vec<Self> {
        match session.map(|session| &session.who) {
            None => vec![Self::Nobody],
            Some(Who::Guest(_)) => vec![Self::Guest],
            Some(Who::Customer(_)) => vec![Self::Customer],
            Some(Who::Staff(_, roles)) => roles.iter().copied().map(Self::from).collect(),
            Some(Who::Unproven(_)) => vec![Self::Unproven],
            Some(Who::Device(_)) => vec![Self::Device],
        }
    }
}

impl From<Role> for Caller {
    fn from(role: Role) -> Self {
        match role {
            Role::Support => Self::Support,
            Role::Buyer => Self::Buyer,
            Role::Warehouse => Self::Warehouse,
            Role::Finance => Self::Finance,
            Role::Admin => Self::Admin,
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route {
    /// The method, as in the template.
    pub method: &'static str,
    /// The path, as in the template.
    pub path: &'static str,
    /// Who may call it.
    pub callers: &'static [Caller],
}

/// What the table says about a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// This is its row.
    Row(Route),
    /// The path is there, for these methods only.
    OtherMethods(Vec<&'static str>),
    /// Nobody may call what is not listed.
    Unlisted,
}

impl Route {
    /// True when this kind of caller may come in.
    #[must_use]
    pub fn admits(&self, caller: Caller) -> bool {
        self.callers.contains(&caller)
    }

    /// True when it does not matter who comes, so that nobody is looked up.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let everybody = Caller::ALL.into_iter().filter(|caller| *caller != Caller::Webhook);
        self.admits(Caller::Webhook) || everybody.into_iter().all(|caller| self.admits(caller))
    }

    /// Lets the owner of a session in, or says why not. Whoever could log in as somebody who may is asked to.
    pub(crate) fn let_in(&self, session: Option<&Session>) -> Result<(), Problem> {
        if self.is_open() || Caller::of(session).into_iter().any(|caller| self.admits(caller)) {
            return Ok(());
        }
        match session.map(|session| &session.who) {
            None => Err(Failure::Unauthenticated.into()),
            Some(Who::Guest(_)) if self.admits(Caller::Customer) => Err(Failure::Unauthenticated.into()),
            Some(Who::Unproven(_)) if self.admits(Caller::Admin) => Err(Problem::second_factor()),
            Some(Who::Guest(_) | Who::Customer(_) | Who::Staff(..) | Who::Unproven(_) | Who::Device(_)) => {
                Err(Failure::Forbidden.into())
            }
        }
    }
}

/// Looks a request up in a table. `path` is the route as it is declared.
pub(crate) fn entry(table: &[Route], method: &Method, path: &str) -> Entry {
    // Whoever may read a page may also ask for its headers alone.
    let method = if *method == Method::HEAD {
        "GET"
    } else {
        method.as_str()
    };
    let at_path = || table.iter().filter(|route| route.path == path);
    match at_path().find(|route| route.method == method) {
        Some(row) => Entry::Row(*row),
        None if at_path().next().is_some() => {
            Entry::OtherMethods(at_path().flat_map(|route| methods(route.method)).collect())
        }
        None => Entry::Unlisted,
    }
}

/// A page that can be read can also be asked for its headers alone.
fn methods(listed: &'static str) -> Vec<&'static str> {
    if listed == "GET" {
        vec!["GET", "HEAD"]
    } else {
        vec![listed]
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        Timestamp,
        id::{CustomerId, RootId, StaffId},
    };

    use super::*;

    const ULID: &str = "01JDB7M3N8Q4R5S6T7V8W9X0YZ";

    fn session(who: Who) -> Session {
        Session {
            who,
            epoch: 0,
            ends_at: Timestamp::from_seconds(0),
        }
    }

    fn row(callers: &'static [Caller]) -> Route {
        Route {
            method: "GET",
            path: "/it",
            callers,
        }
    }

    #[test]
    fn no_route_is_listed_twice_and_none_lets_nobody_in_or_everybody_but_one() {
        for (place, route) in ROUTES.iter().enumerate() {
            let twice = ROUTES
                .iter()
                .skip(place + 1)
                .any(|other| (other.method, other.path) == (route.method, route.path));
            assert!(!twice, "{} {}", route.method, route.path);
            assert!(!route.callers.is_empty(), "{} {}", route.method, route.path);
            let staff_only = Caller::ALL[3..8].iter().any(|role| route.admits(*role));
            assert!(
                !staff_only || route.admits(Caller::Admin),
                "{} {}: an admin may do what other staff may",
                route.method,
                route.path
            );
        }
    }

    #[test]
    fn whoever_is_not_in_the_row_is_asked_to_log_in_or_refused() {
        let guest = session(Who::Guest(CustomerId::from_ulid(ULID).unwrap()));
        let customer = session(Who::Customer(CustomerId::from_ulid(ULID).unwrap()));
        let staff = |roles: &[Role]| session(Who::Staff(StaffId::from_ulid(ULID).unwrap(), roles.to_vec()));
        let desk = row(&[Caller::Buyer, Caller::Admin]);
        let account = row(&[Caller::Customer]);

        let code = |row: &Route, session: Option<&Session>| row.let_in(session).err().map(|problem| problem.code());

        assert_eq!(code(&desk, None), Some("unauthenticated"));
        for refused in [&guest, &customer, &staff(&[Role::Finance, Role::Support]), &staff(&[])] {
            assert_eq!(code(&desk, Some(refused)), Some("forbidden"), "{refused:?}");
        }
        for let_in in [&staff(&[Role::Finance, Role::Buyer]), &staff(&[Role::Admin])] {
            assert_eq!(code(&desk, Some(let_in)), None, "{let_in:?}");
        }
        assert_eq!(code(&account, Some(&guest)), Some("unauthenticated"));
        assert_eq!(code(&account, Some(&staff(&[Role::Admin]))), Some("forbidden"));
        let unproven = session(Who::Unproven(StaffId::from_ulid(ULID).unwrap()));
        assert_eq!(code(&desk, Some(&unproven)), Some("second_factor_needed"));
        assert_eq!(code(&account, Some(&unproven)), Some("forbidden"));
        assert_eq!(code(&row(&[Caller::Nobody]), None), None);
        assert_eq!(
            code(&row(&[Caller::Nobody, Caller::Guest]), Some(&staff(&[Role::Admin]))),
            Some("forbidden")
        );
    }

    #[test]
    fn what_is_not_listed_is_for_nobody() {
        let table = [row(&[Caller::Nobody])];

        for (method, path, found) in [
            (Method::GET, "/it", Entry::Row(table[0])),
            (Method::HEAD, "/it", Entry::Row(table[0])),
            (Method::POST, "/it", Entry::OtherMethods(vec!["GET", "HEAD"])),
            (Method::OPTIONS, "/it", Entry::OtherMethods(vec!["GET", "HEAD"])),
            (Method::GET, "/it/{id}", Entry::Unlisted),
        ] {
            assert_eq!(entry(&table, &method, path), found, "{method} {path}");
        }
    }
}
