//! Limits on what a purchase costs in calls to storage: real functions over a counted table and the played outside world. The limits stand
//! beside the tests.
