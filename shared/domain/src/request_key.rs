//! The idempotency key of a request that creates or moves something: same key, same request, one effect.

/// A key together with who sent it where, and a hash of what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestKey {
    /// Principal and route, for example `cus_… POST /orders`: keys of different people or routes never meet.
    pub scope: String,
    /// The caller's own key, 1 to 100 visible characters.
    pub key: String,
    /// SHA-256 of the request body, in hexadecimal.
    pub request_hash: String,
}
