//! Links in messages: whoever has one sees how the order stands, without log-in and without anybody's name or address. Each message has one
//! of its own, kept as a hash with the news it told; the customer ends those of all messages so far at once.

use super::{draft::Draft, part::Part, parts::Order};

impl Order {
    /// True while the links of messages about this version of it may show it.
    #[must_use]
    pub fn shows_by_link(&self, version: u64) -> bool {
        !self.is_forgotten && self.links_from.is_none_or(|from| version >= from)
    }
}

impl Draft {
    /// Ends the links of all messages so far; those of later messages work.
    pub fn end_message_links(&mut self) {
        // The commit of this makes the next version, and has nothing to tell.
        let next = self.order.version.saturating_add(1);
        self.order.links_from = Some(next);
        self.touch(&Part::Order);
    }
}
