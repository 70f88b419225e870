//! The whole edge, as a caller sees it: what goes in over HTTP, and the status, headers and content that come out.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod caller;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod sessions;
