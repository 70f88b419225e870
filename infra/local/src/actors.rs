//! The people and powers around the shop, as the demo and the end-to-end tests play them: a shopper, the staff, and the outside world.
//! They use what everybody uses: the gateway over HTTP, and the sandbox's control page.

pub mod account;
mod browser;
mod shopper;
mod staff;
mod world;

pub use browser::{Browser, Said};
pub use shopper::{Basket, Shopper};
pub use staff::Staff;
pub use world::World;
