//! What one order's life costs: the simulator counts calls, units and bytes of every use case, `infra/prices.toml` has the prices.

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::{only_known, program::cargo, say, table, tree::Tree};

const PRICES: &str = "infra/prices.toml";
/// Receiving a message and deleting it are requests too; Lambda makes them for its queues.
const REQUESTS_OF_A_DELIVERY: u64 = 2;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prices {
    read: String,
    http_request: f64,
    invocation: f64,
    gigabyte_second: f64,
    write_unit: f64,
    read_unit: f64,
    queue_request: f64,
    file_put: f64,
    file_get: f64,
    log_byte: f64,
    assumed: Assumed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assumed {
    seconds: f64,
    gigabytes: f64,
    log_bytes: f64,
}

#[derive(Deserialize)]
struct Metered {
    orders: u64,
    uses: Vec<Use>,
}

/// One use case over all metered orders.
#[derive(Clone, Default, Deserialize)]
struct Use {
    work: String,
    runs: u64,
    calls: u64,
    half_reads: u64,
    writes: u64,
    queue_requests: u64,
    file_puts: u64,
    file_gets: u64,
    bytes: u64,
}

/// Prints the table.
pub(crate) fn run(tree: &Tree, options: &[String]) -> Result<bool> {
    only_known(options, &[])?;
    let prices = std::fs::read_to_string(tree.path(PRICES)).with_context(|| format!("reading {PRICES}"))?;
    let prices: Prices = toml::from_str(&prices).with_context(|| format!("understanding {PRICES}"))?;
    let metered = meter(tree)?;
    say(&told(&metered, &prices));
    Ok(true)
}

fn meter(tree: &Tree) -> Result<Metered> {
    let words = ["run", "--quiet", "--package", "simulation", "--", "--meter"];
    let output = cargo(tree, &words).output().context("starting the simulator")?;
    if !output.status.success() {
        bail!("the simulator failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metered: Metered =
        serde_json::from_slice(&output.stdout).context("understanding what the simulator counted")?;
    if metered.orders == 0 {
        bail!("the simulator placed no order");
    }
    Ok(metered)
}

fn told(metered: &Metered, prices: &Prices) -> String {
    let head = [
        "use case",
        "runs",
        "calls",
        "read units",
        "write units",
        "SQS requests",
        "S3",
        "KB",
        "$ / 1,000 orders",
    ];
    let mut whole = Use {
        work: "one order".to_owned(),
        ..Use::default()
    };
    let mut dollars = 0.0;
    let mut rows = Vec::new();
    for used in &metered.uses {
        let used = with_deliveries(used);
        let price = price_of(&used, prices);
        whole.add(&used);
        dollars += price;
        rows.push(row(&used, price, metered.orders));
    }
    rows.push(row(&whole, dollars, metered.orders));
    format!(
        "Means of {} orders in which nothing goes wrong; prices of {}, {} ms of {} GB and {} bytes of log assumed for each run.\n\n{}",
        metered.orders,
        prices.read,
        prices.assumed.seconds * 1000.0,
        prices.assumed.gigabytes,
        prices.assumed.log_bytes,
        table::write(&head, &rows)
    )
}

impl Use {
    fn is_http(&self) -> bool {
        [" GET ", " POST ", " PUT ", " DELETE "]
            .iter()
            .any(|method| self.work.contains(method))
    }

    fn is_scheduled(&self) -> bool {
        self.work.ends_with(" tick")
    }

    fn add(&mut self, other: &Self) {
        self.runs = self.runs.saturating_add(other.runs);
        self.calls = self.calls.saturating_add(other.calls);
        self.half_reads = self.half_reads.saturating_add(other.half_reads);
        self.writes = self.writes.saturating_add(other.writes);
        self.queue_requests = self.queue_requests.saturating_add(other.queue_requests);
        self.file_puts = self.file_puts.saturating_add(other.file_puts);
        self.file_gets = self.file_gets.saturating_add(other.file_gets);
        self.bytes = self.bytes.saturating_add(other.bytes);
    }
}

fn with_deliveries(used: &Use) -> Use {
    let mut used = used.clone();
    if !used.is_http() && !used.is_scheduled() {
        let deliveries = used.runs.saturating_mul(REQUESTS_OF_A_DELIVERY);
        used.queue_requests = used.queue_requests.saturating_add(deliveries);
    }
    used
}

/// In dollars, over all runs.
fn price_of(used: &Use, prices: &Prices) -> f64 {
    let runs = as_f64(used.runs);
    let requests = if used.is_http() { runs } else { 0.0 };
    requests * prices.http_request
        + runs * prices.invocation
        + runs * prices.assumed.seconds * prices.assumed.gigabytes * prices.gigabyte_second
        + runs * prices.assumed.log_bytes * prices.log_byte
        + as_f64(used.writes) * prices.write_unit
        + as_f64(used.half_reads) / 2.0 * prices.read_unit
        + as_f64(used.queue_requests) * prices.queue_request
        + as_f64(used.file_puts) * prices.file_put
        + as_f64(used.file_gets) * prices.file_get
}

fn row(used: &Use, dollars: f64, orders: u64) -> Vec<String> {
    let each = |count: u64| format!("{:.1}", as_f64(count) / as_f64(orders));
    vec![
        used.work.clone(),
        each(used.runs),
        each(used.calls),
        format!("{:.1}", as_f64(used.half_reads) / 2.0 / as_f64(orders)),
        each(used.writes),
        each(used.queue_requests),
        each(used.file_puts.saturating_add(used.file_gets)),
        format!("{:.1}", as_f64(used.bytes) / 1000.0 / as_f64(orders)),
        format!("{:.4}", dollars / as_f64(orders) * 1000.0),
    ]
}

fn as_f64(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(work: &str) -> Use {
        Use {
            work: work.to_owned(),
            runs: 20,
            calls: 40,
            half_reads: 20,
            writes: 30,
            queue_requests: 10,
            ..Use::default()
        }
    }

    fn prices() -> Prices {
        let text = "read = \"2026-11\"\nhttp_request = 1.0\ninvocation = 0.5\ngigabyte_second = 0.0\nwrite_unit = 0.1\nread_unit = 1.0\n\
                    queue_request = 0.01\nfile_put = 0.0\nfile_get = 0.0\nlog_byte = 0.0\n\
                    [assumed]\nseconds = 0.03\ngigabytes = 0.25\nlog_bytes = 1000\n";
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_request_pays_the_gateway_and_a_message_its_deliveries() {
        let price = |work| price_of(&with_deliveries(&used(work)), &prices());

        // 20 runs at 0.5, 30 write units at 0.1, 10 read units at 1, 10 requests at 0.01.
        assert!((price("deadlines tick") - 23.1).abs() < 1e-9);
        assert!((price("cart POST cart/lines") - 43.1).abs() < 1e-9);
        assert!((price("shipping buy_label") - 23.5).abs() < 1e-9);
    }

    #[test]
    fn the_last_row_is_the_sum() {
        let metered = Metered {
            orders: 10,
            uses: vec![used("deadlines tick"), used("shipping buy_label")],
        };

        let told = told(&metered, &prices());
        let last = told.lines().last().unwrap();

        assert_eq!(
            table::cells(last).unwrap(),
            [
                "one order",
                "4.0",
                "8.0",
                "2.0",
                "6.0",
                "6.0",
                "0.0",
                "0.0",
                "4660.0000"
            ]
        );
    }
}
