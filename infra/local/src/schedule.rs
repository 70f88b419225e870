//! EventBridge schedules: a timer per `Schedule` event of the template, and a way to run them all at once.

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::sleep;
use ulid::Ulid;

use crate::clock::Clock;
use crate::invoker::{Failure, Invoker};
use crate::progress::Progress;
use template::{Schedule, Template};

/// All schedules of the template; clones share the way to their functions.
#[derive(Clone)]
pub(crate) struct Schedules {
    entries: Vec<(String, Schedule)>,
    invoker: Invoker,
    clock: Clock,
}

impl Schedules {
    /// Starts the timers; each rings first after one whole period.
    pub(crate) fn start(
        tasks: &mut JoinSet<()>,
        template: &Template,
        invoker: &Invoker,
        clock: &Clock,
        progress: &Progress,
    ) -> Self {
        let all = template.functions.iter().flat_map(|function| {
            function
                .schedules
                .iter()
                .map(|schedule| (function.name.clone(), schedule.clone()))
        });
        let schedules = Self {
            entries: all.collect(),
            invoker: invoker.clone(),
            clock: clock.clone(),
        };
        for (function, schedule) in schedules.entries.clone() {
            let (own, progress) = (schedules.clone(), progress.clone());
            tasks.spawn(async move {
                loop {
                    sleep(schedule.every).await;
                    if let Err(failure) = own.run(&function, &schedule).await {
                        progress.warn(&format!("{function} on schedule: {failure}"));
                    }
                }
            });
        }
        schedules
    }

    /// Runs every schedule now and waits for all of them.
    pub(crate) async fn tick(&self) -> Result<(), (String, Failure)> {
        for (function, schedule) in &self.entries {
            self.run(function, schedule)
                .await
                .map_err(|failure| (function.clone(), failure))?;
        }
        Ok(())
    }

    async fn run(&self, function: &str, schedule: &Schedule) -> Result<(), Failure> {
        let event = event(&schedule.name, self.clock.now());
        self.invoker
            .invoke(function, Bytes::from(event.to_string()))
            .await
            .map(drop)
    }
}

fn event(name: &str, now: Timestamp) -> Value {
    json!({
        "version": "0",
        "id": Ulid::new().to_string(),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": crate::ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": crate::REGION,
        "resources": [format!("arn:aws:events:{}:{}:rule/{name}", crate::REGION, crate::ACCOUNT)],
        "detail": {},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scheduled_event_tells_the_time_in_whole_seconds() {
        let now = "2026-11-23T10:20:30.999Z".parse().unwrap();

        let event = event("Tick", now);

        assert_eq!(event["time"], "2026-11-23T10:20:30Z");
        assert_eq!(event["detail-type"], "Scheduled Event");
    }
}
