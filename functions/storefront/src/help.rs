//! Table: the help pages. Every sentence here must be true of the shop as it runs; numbers stand in quotes and rules, not here.

use serde::Serialize;

/// One help page.
pub(crate) struct Topic {
    /// The last part of its address.
    pub(crate) page: &'static str,
    pub(crate) title: &'static str,
    /// What the page says, in one sentence.
    pub(crate) lead: &'static str,
    pub(crate) sections: &'static [Section],
}

/// A part of a help page under its own heading.
#[derive(Serialize)]
pub(crate) struct Section {
    pub(crate) heading: &'static str,
    pub(crate) paragraphs: &'static [&'static str],
}

/// The page of this name.
pub(crate) fn topic(page: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.page == page)
}

/// Help that is made from the rules of the shop, by the function that reads them: address, title, lead.
pub(crate) static BY_RULES: &[(&str, &str, &str)] = &[
    (
        "/help/fees",
        "What you pay",
        "One final price before you pay, with every part of it on its own line.",
    ),
    (
        "/help/countries",
        "Where we deliver",
        "What each country takes at its border.",
    ),
    (
        "/help/restricted-items",
        "What we cannot ship",
        "Some things may not fly, and some may not enter a country. Ask before you buy.",
    ),
];

pub(crate) static TOPICS: &[Topic] = &[
    Topic {
        page: "delivery",
        title: "How your order travels",
        lead: "We buy it, receive it at our warehouse, and send it on to you.",
        sections: &[
            Section {
                heading: "The steps",
                paragraphs: &[
                    "Paid: we have your money and place the order at the store.",
                    "Ordered: the store has confirmed it.",
                    "Received: it is at our warehouse. We count it and weigh it.",
                    "Shipped: it is packed, and the carrier has it. From here on you have a tracking number.",
                    "Delivered: the carrier has handed it over.",
                ],
            },
            Section {
                heading: "Where is it now?",
                paragraphs: &[
                    "Open the order. Its timeline shows every step with its time, from the payment to the door.",
                    "When something takes longer than promised, our staff is told before you have to ask.",
                ],
            },
            Section {
                heading: "Changing your mind",
                paragraphs: &[
                    "As long as the store has not been paid, you can cancel on the page of the order and everything is paid back. After that we cannot stop the store from sending it.",
                ],
            },
        ],
    },
    Topic {
        page: "privacy",
        title: "What we know about you",
        lead: "Only what an order needs, and who else gets to see it.",
        sections: &[
            Section {
                heading: "What we keep",
                paragraphs: &[
                    "Your e-mail address, your delivery addresses, your orders with their payments, and what happened to them. Your password is kept only as a hash that cannot be turned back.",
                    "We never see your card. You enter it on the page of the payment provider.",
                ],
            },
            Section {
                heading: "Who gets what",
                paragraphs: &[
                    "The store gets the address of our warehouse, not yours. The carrier and customs get your name, address and phone number and what is in the parcel. The payment provider gets the amount and the number of your order.",
                ],
            },
            Section {
                heading: "Cookies",
                paragraphs: &[
                    "One, and only once you put something into the cart or log in: it says which session is yours. There is nothing on these pages that follows you.",
                ],
            },
        ],
    },
    Topic {
        page: "problems",
        title: "When a request is refused",
        lead: "For people who write programs against the shop: how it says no.",
        sections: &[
            Section {
                heading: "The form",
                paragraphs: &[
                    "Every refusal is application/problem+json (RFC 9457) with type, title, status, detail, instance, code, errors, trace_id and retryable. Decide by code; detail is for people. A field in errors is named by a JSON pointer.",
                    "Name trace_id when you write to us. You may choose it yourself with the header X-Request-Id.",
                ],
            },
            Section {
                heading: "JSON or a page",
                paragraphs: &[
                    "Most addresses answer both. Say Accept: application/json and you get JSON. Whoever says text/html, or nothing but */*, gets the page where there is one: browsers, and whoever makes the preview of a link.",
                    "A request that takes */* and carries a token in Authorization, JSON as its content, or a change that is no form, gets JSON too.",
                ],
            },
            Section {
                heading: "Trying again",
                paragraphs: &[
                    "Only when retryable is true, and not before the time in Retry-After. outcome_unknown is never to be repeated under a new key: look at the order instead.",
                    "Requests that create or move something need a header Idempotency-Key. Send the same key when you repeat one: it is done once, and a repeated answer carries Idempotency-Replayed. A key that comes with another request is refused as idempotency_key_reused.",
                ],
            },
        ],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_help_page_is_found_by_its_own_address() {
        for topic in TOPICS {
            assert!(std::ptr::eq(super::topic(topic.page).unwrap(), topic), "{}", topic.page);
        }
        assert!(super::topic("nothing").is_none());
    }
}
