//! One conversation with the outside as a value: what to send, what sending it may move, and how to read each answer.
//!
//! Adapters make exchanges, [`crate::http::Http`] performs them, and a simulator can hold, drop, double or reorder them without a network.

use crate::{
    error::{Error, Source},
    request::Request,
    response::Response,
};

/// A request and a pure reading of its answer, which is a value or the next exchange of a longer flow.
pub struct Exchange<T> {
    name: &'static str,
    effect: Effect,
    /// Set when an earlier exchange of this flow has already moved something.
    moved: Option<String>,
    request: Box<Request>,
    parse: Parse<T>,
}

/// Reads what came: a response, or the error that came in its place.
type Parse<T> = Box<dyn FnOnce(Result<&Response, Error>) -> Result<Step<T>, Error> + Send>;

/// What sending the request may do at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: it may be sent again at will.
    Reads,
    /// Goods, money or a promise: it may be sent once, and its outcome is looked up by our reference.
    Moves {
        /// Our reference, known to the provider.
        reference: String,
    },
}

/// Where a flow stands after an answer.
pub enum Step<T> {
    /// It ended with this value.
    Done(T),
    /// It goes on with this exchange.
    Next(Exchange<T>),
}

/// How the wire failed.
#[derive(Debug)]
pub enum Loss {
    /// No connection was opened: the request surely did not arrive.
    NotConnected(Source),
    /// The connection was there, the whole answer was not: cut, timed out, or larger than we accept.
    NoAnswer(Source),
}

impl<T: 'static> Exchange<T> {
    /// An exchange that changes nothing at the provider.
    pub fn reads(
        name: &'static str,
        request: Request,
        parse: impl FnOnce(&Response) -> Result<T, Error> + Send + 'static,
    ) -> Self {
        Self::new(name, Effect::Reads, request, parse)
    }

    /// An exchange that buys, charges, books or cancels something, which the provider knows by `reference`.
    pub fn moves(
        name: &'static str,
        reference: impl Into<String>,
        request: Request,
        parse: impl FnOnce(&Response) -> Result<T, Error> + Send + 'static,
    ) -> Self {
        Self::new(
            name,
            Effect::Moves {
                reference: reference.into(),
            },
            request,
            parse,
        )
    }

    fn new(
        name: &'static str,
        effect: Effect,
        request: Request,
        parse: impl FnOnce(&Response) -> Result<T, Error> + Send + 'static,
    ) -> Self {
        let parse = Box::new(move |answer: Result<&Response, Error>| parse(answer?).map(Step::Done));
        Self {
            name,
            effect,
            moved: None,
            request: Box::new(request),
            parse,
        }
    }

    /// The call's name, as in `aliexpress order.create`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What sending may do.
    #[must_use]
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// What is to be sent.
    #[must_use]
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The same conversation with its value turned into another.
    #[must_use]
    pub fn map<U: 'static>(self, turn: impl FnOnce(T) -> U + Send + 'static) -> Exchange<U> {
        self.and_then(|value| Ok(Step::Done(turn(value))))
    }

    /// The same conversation carried on: `next` says how from the value reached so far.
    #[must_use]
    pub fn and_then<U: 'static>(self, next: impl FnOnce(T) -> Result<Step<U>, Error> + Send + 'static) -> Exchange<U> {
        let Self {
            name,
            effect,
            moved,
            request,
            parse,
        } = self;
        let parse = Box::new(move |answer: Result<&Response, Error>| match parse(answer)? {
            Step::Done(value) => next(value),
            Step::Next(exchange) => Ok(Step::Next(exchange.and_then(next))),
        });
        Exchange {
            name,
            effect,
            moved,
            request,
            parse,
        }
    }

    /// The same question for something we can do without: without a usable answer to it the value is what was known before.
    #[must_use]
    pub fn or_known(self, known: T) -> Self
    where
        T: Send,
    {
        let Self {
            name,
            effect,
            moved,
            request,
            parse,
        } = self;
        let parse = Box::new(move |answer: Result<&Response, Error>| parse(answer).or_else(|_| Ok(Step::Done(known))));
        Self {
            name,
            effect,
            moved,
            request,
            parse,
        }
    }

    /// Reads an answer. A 429 and a 5xx never reach the adapter: the first did nothing, the second may have done anything.
    ///
    /// # Errors
    /// As the adapter says, except that an exchange that moves something never ends as merely unavailable or unreadable.
    pub fn receive(self, response: &Response) -> Result<Step<T>, Error> {
        let Self {
            name,
            effect,
            moved,
            parse,
            ..
        } = self;
        let answer = match response.status {
            429 => Err(Error::Throttled {
                call: name,
                retry_after: response.retry_after().unwrap_or(THROTTLE),
            }),
            status @ (408 | 500..) => Err(Error::Unavailable {
                call: name,
                source: format!("HTTP status {status}").into(),
            }),
            _ => Ok(response),
        };
        match parse(answer) {
            Ok(Step::Done(value)) => Ok(Step::Done(value)),
            Ok(Step::Next(mut next)) => {
                next.moved = moved.or(match effect {
                    Effect::Moves { reference } => Some(reference),
                    Effect::Reads => None,
                });
                Ok(Step::Next(next))
            }
            Err(error) => Err(judged(error, &effect, moved.as_deref())),
        }
    }

    /// The end of an exchange whose answer did not come.
    ///
    /// # Errors
    /// Always, except for [`Exchange::or_known`].
    pub fn lost(self, loss: Loss) -> Result<Step<T>, Error> {
        let call = self.name;
        let error = match loss {
            Loss::NotConnected(source) => Error::NotSent { call, source },
            Loss::NoAnswer(source) => Error::Unavailable { call, source },
        };
        (self.parse)(Err(error)).map_err(|error| judged(error, &self.effect, self.moved.as_deref()))
    }
}

/// The pause after a 429 that names none.
const THROTTLE: std::time::Duration = std::time::Duration::from_secs(2);

fn judged(error: Error, effect: &Effect, moved: Option<&str>) -> Error {
    let error = match effect {
        Effect::Reads => error,
        Effect::Moves { reference } => error.after_sending(reference),
    };
    match moved {
        Some(reference) => error.after_moving(reference),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request::get(url::Url::parse("https://provider.example/x").unwrap())
    }

    fn number(response: &Response) -> Result<u32, Error> {
        response.json("x call")
    }

    fn buys() -> Exchange<u32> {
        Exchange::moves("x buy", "sup_1", request(), number)
    }

    fn asks() -> Exchange<u32> {
        Exchange::reads("x ask", request(), number)
    }

    fn word<T>(ended: Result<Step<T>, Error>) -> &'static str {
        match ended {
            Ok(Step::Done(_)) => "done",
            Ok(Step::Next(_)) => "next",
            Err(error) => error.word(),
        }
    }

    #[test]
    fn whatever_leaves_the_effect_of_a_purchase_open_is_an_unknown_outcome() {
        for (status, body, read, bought) in [
            (200, "7", "done", "done"),
            (200, "<html>", "malformed", "outcome_unknown"),
            (302, "", "malformed", "outcome_unknown"),
            (408, "", "unavailable", "outcome_unknown"),
            (429, "", "throttled", "throttled"),
            (500, "7", "unavailable", "outcome_unknown"),
            (503, "", "unavailable", "outcome_unknown"),
        ] {
            let response = Response::new(status, body);
            assert_eq!(word(asks().receive(&response)), read, "reading {status}");
            assert_eq!(word(buys().receive(&response)), bought, "buying {status}");
        }
    }

    #[test]
    fn a_connection_that_never_opened_bought_nothing() {
        assert_eq!(word(buys().lost(Loss::NotConnected("refused".into()))), "not_sent");
        assert_eq!(word(buys().lost(Loss::NoAnswer("reset".into()))), "outcome_unknown");
        assert_eq!(word(asks().lost(Loss::NoAnswer("reset".into()))), "unavailable");
    }

    #[test]
    fn nothing_that_follows_a_purchase_can_end_as_if_nothing_was_bought() {
        let flow = || buys().and_then(|_| Ok(Step::Next(asks())));
        let second = || match flow().receive(&Response::new(200, "1")) {
            Ok(Step::Next(next)) => next,
            _ => panic!("the flow goes on"),
        };

        let Err(Error::OutcomeUnknown { reference, .. }) = second().receive(&Response::new(429, "")) else {
            panic!("the purchase stands")
        };
        assert_eq!(reference, "sup_1");
        assert_eq!(
            word(second().lost(Loss::NotConnected("refused".into()))),
            "outcome_unknown"
        );
        assert_eq!(word(second().receive(&Response::new(200, "2"))), "done");
    }

    #[test]
    fn what_is_known_outlives_an_answer_that_does_not_come() {
        let flow = || {
            asks()
                .and_then(|known| Ok(Step::Next(asks().or_known(known))))
                .map(|value| value * 10)
        };
        let second = || match flow().receive(&Response::new(200, "4")) {
            Ok(Step::Next(next)) => next,
            _ => panic!("the flow goes on"),
        };
        let value = |ended| match ended {
            Ok(Step::Done(value)) => value,
            _ => panic!("the flow ends well"),
        };

        assert_eq!(value(second().receive(&Response::new(200, "7"))), 70);
        for (status, body) in [(200, "<html>"), (429, ""), (503, ""), (400, "no")] {
            assert_eq!(
                value(second().receive(&Response::new(status, body))),
                40,
                "{status} {body}"
            );
        }
        assert_eq!(value(second().lost(Loss::NoAnswer("reset".into()))), 40);
        assert_eq!(
            word(flow().lost(Loss::NoAnswer("reset".into()))),
            "unavailable",
            "nothing is known yet"
        );
    }

    #[test]
    fn a_flow_carries_its_last_turn_through_every_step() {
        let flow = asks()
            .and_then(|first| Ok(Step::Next(asks().map(move |second| first + second))))
            .map(|sum| sum * 10);

        let Ok(Step::Next(next)) = flow.receive(&Response::new(200, "1")) else {
            panic!("the flow goes on")
        };
        let Ok(Step::Done(value)) = next.receive(&Response::new(200, "2")) else {
            panic!("the flow ends")
        };

        assert_eq!(value, 30);
    }
}
