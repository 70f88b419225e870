//! What goes out over the wire, as a value: a simulator or a test can read it, and no secret in it can be printed.

use std::{borrow::Cow, fmt, str::FromStr, time::Duration};

use bytes::Bytes;
use domain::Secret;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use crate::error::Error;

/// How long a call may take when its adapter says nothing else.
pub const USUAL_TIMEOUT: Duration = Duration::from_secs(10);

/// A complete request.
#[derive(Clone)]
pub struct Request {
    /// The HTTP method.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// The headers; secret ones are marked sensitive.
    pub headers: HeaderMap,
    /// The body.
    pub body: Body,
    /// The longest this call may take, from the first connection to the last byte.
    pub timeout: Duration,
}

/// The body of a request.
#[derive(Clone)]
pub enum Body {
    /// None.
    Empty,
    /// A form; its fields are encoded when it is sent.
    Form(Vec<(Cow<'static, str>, Field)>),
    /// Bytes as they are.
    Raw {
        /// Their media type.
        content_type: &'static str,
        /// The bytes.
        bytes: Bytes,
    },
}

/// The value of one form field.
#[derive(Clone)]
pub enum Field {
    /// May be seen in a recorded sample.
    Plain(String),
    /// May not.
    Hidden(Secret),
}

impl Field {
    /// The value itself, for encoding and signing.
    #[must_use]
    pub fn expose(&self) -> &str {
        match self {
            Self::Plain(text) => text,
            Self::Hidden(secret) => secret.expose(),
        }
    }
}

const HIDDEN: &str = "***";

impl Body {
    /// A JSON body.
    ///
    /// # Errors
    /// When the value has no JSON form.
    pub fn json(call: &'static str, value: &impl Serialize) -> Result<Self, Error> {
        let bytes = serde_json::to_vec(value).map_err(|_| Error::Invalid {
            call,
            problem: "the body has no JSON form",
        })?;
        Ok(Self::Raw {
            content_type: "application/json",
            bytes: bytes.into(),
        })
    }

    /// The media type, if there is a body.
    #[must_use]
    pub fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::Empty => None,
            Self::Form(_) => Some("application/x-www-form-urlencoded;charset=utf-8"),
            Self::Raw { content_type, .. } => Some(content_type),
        }
    }

    /// The bytes that go out.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        match self {
            Self::Empty => Bytes::new(),
            Self::Form(fields) => encoded(fields, Field::expose).into(),
            Self::Raw { bytes, .. } => bytes.clone(),
        }
    }
}

fn encoded<'a>(fields: &'a [(Cow<'static, str>, Field)], show: impl Fn(&'a Field) -> &'a str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (name, field) in fields {
        form.append_pair(name, show(field));
    }
    form.finish()
}

impl Request {
    /// A GET without headers.
    #[must_use]
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url, Body::Empty)
    }

    /// A POST without headers.
    #[must_use]
    pub fn post(url: Url, body: Body) -> Self {
        Self::new(Method::POST, url, body)
    }

    /// A request of any method without headers.
    #[must_use]
    pub fn new(method: Method, url: Url, body: Body) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body,
            timeout: USUAL_TIMEOUT,
        }
    }

    /// With another time limit.
    #[must_use]
    pub fn within(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// With a header that anybody may see.
    ///
    /// # Errors
    /// When the text cannot stand in a header.
    pub fn header(mut self, call: &'static str, name: HeaderName, text: &str) -> Result<Self, Error> {
        self.headers.insert(name, header_value(call, text)?);
        Ok(self)
    }

    /// With a header that no log and no recorded sample may show.
    ///
    /// # Errors
    /// When the text cannot stand in a header.
    pub fn secret_header(mut self, call: &'static str, name: HeaderName, secret: &Secret) -> Result<Self, Error> {
        let mut value = header_value(call, secret.expose())?;
        value.set_sensitive(true);
        self.headers.insert(name, value);
        Ok(self)
    }

    /// The request as text without its secrets: what a recorded sample holds.
    #[must_use]
    pub fn redacted(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            let shown = if value.is_sensitive() {
                HIDDEN
            } else {
                value.to_str().unwrap_or_default()
            };
            text.push_str(&format!("{name}: {shown}\n"));
        }
        let body = match &self.body {
            Body::Empty => String::new(),
            Body::Form(fields) => encoded(fields, |field| match field {
                Field::Plain(text) => text,
                Field::Hidden(_) => HIDDEN,
            }),
            Body::Raw { bytes, .. } => String::from_utf8_lossy(bytes).into_owned(),
        };
        format!("{text}\n{body}")
    }
}

fn header_value(call: &'static str, text: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text).map_err(|_| Error::Invalid {
        call,
        problem: "a header holds characters that cannot be sent",
    })
}

impl fmt::Debug for Request {
    /// Method, host and path only: query and body may hold names and addresses.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "{} {}{}",
            self.method,
            self.url.host_str().unwrap_or_default(),
            self.url.path()
        )
    }
}

/// The address under which a provider (or the sandbox in its place) is reached. Plain HTTP is accepted only on this machine, so that
/// no setting can send keys unencrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// The text is not a usable base address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an https address")]
pub struct NotABaseUrl;

/// What a base address must look like, for [`domain::Settings::parsed`].
pub const BASE_URL_FORM: &str = "must be an https address without query (http only on this machine)";

impl BaseUrl {
    /// The address of `path`, which starts with a slash, below this one.
    #[must_use]
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let below = self.0.path().trim_end_matches('/');
        url.set_path(&format!("{below}{path}"));
        url
    }
}

impl Default for BaseUrl {
    /// An address that leads nowhere (RFC 6761): it stands in while a start that will fail collects its missing settings.
    fn default() -> Self {
        Self(
            Url::from_str("https://unset.invalid").unwrap_or_else(|_| unreachable!("a constant address is an address")),
        )
    }
}

impl FromStr for BaseUrl {
    type Err = NotABaseUrl;

    fn from_str(text: &str) -> Result<Self, NotABaseUrl> {
        let url = Url::parse(text).map_err(|_| NotABaseUrl)?;
        let here = match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost",
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
        let bare =
            url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
        if safe && bare && url.has_host() {
            Ok(Self(url))
        } else {
            Err(NotABaseUrl)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_request_shows_no_secret() {
        let form = Body::Form(vec![
            ("q".into(), Field::Plain("two words".into())),
            ("session".into(), Field::Hidden(Secret::new("s3cret"))),
        ]);
        let url = Url::parse("https://shop.example/sync").unwrap();

        let request = Request::post(url, form)
            .secret_header("x", http::header::AUTHORIZATION, &Secret::new("Bearer s3cret"))
            .unwrap()
            .header("x", http::header::ACCEPT, "text/plain")
            .unwrap();

        let shown = request.redacted();
        assert_eq!(
            shown,
            "POST https://shop.example/sync\nauthorization: ***\naccept: text/plain\n\nq=two+words&session=***"
        );
        assert!(!format!("{request:?}{:?}", request.headers).contains("s3cret"));
        assert_eq!(request.body.bytes(), "q=two+words&session=s3cret");
    }

    #[test]
    fn a_path_is_joined_below_whatever_the_base_holds() {
        for base in ["https://api.example/aliexpress", "https://api.example/aliexpress/"] {
            let base: BaseUrl = base.parse().unwrap();
            assert_eq!(base.join("/sync").as_str(), "https://api.example/aliexpress/sync");
        }
        assert_eq!(
            "http://127.0.0.1:9000"
                .parse::<BaseUrl>()
                .unwrap()
                .join("/v1/x")
                .as_str(),
            "http://127.0.0.1:9000/v1/x"
        );
    }

    #[test]
    fn keys_never_travel_unencrypted_to_another_machine() {
        for text in [
            "http://api.example",
            "ftp://localhost",
            "api.example",
            "",
            "https://a.example/?x=1",
            "https://u:p@a.example",
        ] {
            assert_eq!(text.parse::<BaseUrl>(), Err(NotABaseUrl), "{text}");
        }
        assert_eq!(BaseUrl::default().join("/x").as_str(), "https://unset.invalid/x");
    }
}
