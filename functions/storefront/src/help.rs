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

pub(crate) static TOPICS: &[Topic] = &[
    Topic {
        page: "fees",
        title: "What you pay",
        lead: "One final price before you pay, with every part of it on its own line.",
        sections: &[
            Section {
                heading: "What is in the price",
                paragraphs: &[
                    "The item at its store, the way to our warehouse, our service fee, the flight to you, insurance, and the duty, levies and taxes of your country.",
                    "Each part is a line of your quote. A line that rests on a rule or a rate names the one it used.",
                ],
            },
            Section {
                heading: "How long it holds",
                paragraphs: &[
                    "A quote shows the time until which it holds. If you pay before that, this is the price, even if the store or an exchange rate moves.",
                    "After that time the quote cannot be paid any more. Ask for a new one; your cart stays as it is.",
                ],
            },
            Section {
                heading: "At your door",
                paragraphs: &[
                    "Where your quote says that duty and taxes are paid, the courier collects nothing from you. If one asks you all the same, keep the receipt and write to us before you pay again.",
                ],
            },
        ],
    },
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
        page: "restricted-items",
        title: "What we cannot ship",
        lead: "Some things may not fly, and some may not enter a country. We tell you before you pay.",
        sections: &[
            Section {
                heading: "Never by air",
                paragraphs: &[
                    "Power banks and batteries on their own, gas, aerosols, fuel, paint, explosives and fireworks.",
                    "A battery inside a device, as in a phone or a laptop, is mostly possible within the limits of air transport.",
                ],
            },
            Section {
                heading: "Not through us",
                paragraphs: &[
                    "Weapons and their parts, drugs and prescription medicine, copies of brands, money and bearer papers, living things, and fresh food.",
                ],
            },
            Section {
                heading: "When we find it late",
                paragraphs: &[
                    "What is bought is checked again when it arrives at our warehouse. If our check before the purchase missed something, that is our cost and not yours.",
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
