//! The page behind a link or code that serves once, when it has served or ended: it says so at once, and where a new one comes from.

use askama::Template;
use domain::Refusal;
use serde::Serialize;
use web::Problem;

/// What stands there instead of a form that could not be sent any more.
#[derive(Serialize, Template)]
#[template(path = "used-link.html")]
pub(crate) struct UsedLink {
    title: &'static str,
    detail: &'static str,
    href: &'static str,
    label: &'static str,
    #[serde(skip)]
    is_of_staff: bool,
}

/// A link to a new password.
pub(crate) const RESET: UsedLink = UsedLink {
    title: "This link was used already",
    detail: "It sets a password once, and only for a short while; any change of the password ends it too. If the new password is \
             yours, log in. Otherwise ask for a new link.",
    href: "/reset",
    label: "Send me a new link",
    is_of_staff: false,
};

/// A code that makes an account.
pub(crate) const REGISTRATION: UsedLink = UsedLink {
    title: "This code was used already",
    detail: "A code makes one account and holds for 30 minutes. If you have your account, log in. Otherwise ask for a new code.",
    href: "/register",
    label: "Send me a new code",
    is_of_staff: false,
};

/// An invitation to the staff.
pub(crate) const INVITATION: UsedLink = UsedLink {
    title: "This invitation was used already",
    detail: "It lets one person in once, for three days. If that was you, log in. Otherwise ask an admin for a new link.",
    href: "/login",
    label: "Log in",
    is_of_staff: true,
};

impl UsedLink {
    /// The refusal that is shown as this page.
    pub(crate) fn refusal(self) -> Problem {
        Problem::from(Refusal::NotValidAnyMore).with_page(self)
    }
}
