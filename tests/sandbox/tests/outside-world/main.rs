//! The sandbox as its users see it: over real HTTP, on a free port, with a shop that listens for webhooks.

#[cfg(test)]
mod aliexpress;
#[cfg(test)]
mod aliexpress_trouble;
#[cfg(test)]
mod control;
#[cfg(test)]
mod dhl;
#[cfg(test)]
mod dhl_trouble;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod rates;
#[cfg(test)]
mod restart;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod stripe;
mod stripe_money;
#[cfg(test)]
mod stripe_webhooks;
#[cfg(test)]
mod world;
