//! The staff as API Gateway sees it.
