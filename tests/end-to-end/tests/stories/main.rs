//! What customers, staff and attackers live through, told as tests against the whole running shop: real gateway, real processes, real queues.

#[cfg(test)]
mod access;
#[cfg(test)]
mod audit;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod delivery;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kills;
#[cfg(test)]
mod lost_messages;
#[cfg(test)]
mod money_back;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod paying;
#[cfg(test)]
mod prices;
#[cfg(test)]
mod repeats;
#[cfg(test)]
mod same_message;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod scans;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod strangers;
#[cfg(test)]
mod tabs;
#[cfg(test)]
mod unclear_answers;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod wrong_money;
