//! The audit of the staff, the newest first.

use askama::Template;
use domain::{Failure, Timestamp, audit::Entry};
use serde::Serialize;

use crate::Deps;

const AT_ONCE: usize = 50;

/// A page of the audit.
#[derive(Serialize, Template)]
#[template(path = "audit.html")]
pub(crate) struct AuditPage {
    entries: Vec<EntryView>,
    /// Where to go on.
    next: Option<String>,
    #[serde(skip)]
    next_link: String,
}

#[derive(Serialize)]
struct EntryView {
    id: String,
    at: String,
    actor: String,
    source: String,
    action: String,
    about: String,
    before: String,
    after: String,
    reason: String,
    #[serde(skip)]
    at_text: String,
    #[serde(skip)]
    href: String,
}

pub(crate) async fn load(deps: &Deps, cursor: Option<&str>) -> Result<AuditPage, Failure> {
    let page = deps.audit.page(cursor, AT_ONCE, deps.clock.now()).await?;
    let next_link = page
        .next
        .as_deref()
        .map(|next| next.replace('#', "%23").replace(':', "%3A"));
    Ok(AuditPage {
        entries: page.entries.into_iter().map(EntryView::of).collect(),
        next: page.next,
        next_link: next_link.unwrap_or_default(),
    })
}

impl EntryView {
    fn of(entry: Entry) -> Self {
        let is_order = entry.about.starts_with("ord_");
        Self {
            at: entry.at.to_string(),
            at_text: moment(entry.at),
            actor: entry.actor.to_string(),
            href: if is_order {
                format!("/desk/orders/{}", entry.about)
            } else {
                String::new()
            },
            id: entry.id,
            source: entry.source,
            action: entry.action,
            about: entry.about,
            before: entry.before,
            after: entry.after,
            reason: entry.reason,
        }
    }
}

/// `2026-11-23 09:00`.
pub(crate) fn moment(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..16).unwrap_or(&text).replace('T', " ")
}
