//! What the answers show.

use askama::Template;
use serde::Serialize;

use crate::help::{BY_RULES, Section, Topic};

/// The home page: a search box and what the shop promises.
#[derive(Serialize, Template)]
#[template(path = "home.html")]
pub(crate) struct Home {
    title: &'static str,
    search: &'static str,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self {
            title: "Bandari",
            search: "/search",
        }
    }
}

/// All help pages.
#[derive(Serialize, Template)]
#[template(path = "help.html")]
pub(crate) struct HelpIndex {
    pages: Vec<HelpLink>,
}

#[derive(Serialize)]
struct HelpLink {
    title: &'static str,
    lead: &'static str,
    path: String,
}

impl HelpIndex {
    pub(crate) fn of(topics: &[Topic]) -> Self {
        let by_rules = BY_RULES.iter().map(|(path, title, lead)| HelpLink {
            title,
            lead,
            path: (*path).to_owned(),
        });
        let link = |topic: &Topic| HelpLink {
            title: topic.title,
            lead: topic.lead,
            path: format!("/help/{}", topic.page),
        };
        Self {
            pages: by_rules.chain(topics.iter().map(link)).collect(),
        }
    }
}

/// One help page.
#[derive(Serialize, Template)]
#[template(path = "help_page.html")]
pub(crate) struct HelpPage {
    title: &'static str,
    lead: &'static str,
    sections: &'static [Section],
}

impl HelpPage {
    pub(crate) fn of(topic: &Topic) -> Self {
        Self {
            title: topic.title,
            lead: topic.lead,
            sections: topic.sections,
        }
    }
}

/// That the function runs.
#[derive(Serialize)]
pub(crate) struct Health {
    pub(crate) status: &'static str,
}
