//! Which currencies Stripe takes, and how much of each at once.

use super::problem::Problem;

/// Every currency Stripe takes charges in (docs.stripe.com, supported currencies, read 2026-11).
pub(super) const TAKEN: [&str; 140] = [
    "usd", "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt", "bgn", "bhd",
    "bif", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf", "chf", "clp", "cny", "cop", "crc",
    "cve", "czk", "djf", "dkk", "dop", "dzd", "egp", "etb", "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gnf",
    "gtq", "gyd", "hkd", "hnl", "htg", "huf", "idr", "ils", "inr", "isk", "jmd", "jod", "jpy", "kes", "kgs", "khr",
    "kmf", "krw", "kwd", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mga", "mkd", "mmk", "mnt",
    "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok", "npr", "nzd", "omr", "pab", "pen",
    "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rub", "rwf", "sar", "sbd", "scr", "sek", "sgd", "shp",
    "sle", "sos", "srd", "std", "szl", "thb", "tjs", "tnd", "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "uyu",
    "uzs", "vnd", "vuv", "xaf", "xcd", "xcg", "xpf", "wst", "yer", "zar", "zmw", "xof",
];

/// Currencies without a minor unit. ISK and UGX have none either, but are still sent with two decimals, which must be 00.
pub(super) const WHOLE_UNITS: [&str; 15] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf",
];

pub(super) fn judge_total(total: i64, currency: &str) -> Result<(), Problem> {
    let three_decimals = ["bhd", "jod", "kwd", "omr", "tnd"].contains(&currency);
    if three_decimals && total % 10 != 0 {
        return Err(Problem::invalid(
            "line_items",
            "The last digit of an amount in this currency must be 0",
        ));
    }
    if ["isk", "ugx"].contains(&currency) && total % 100 != 0 {
        let message = format!(
            "Invalid amount. {} has become effectively zero-decimal; the amount must be divisible by 100.",
            currency.to_uppercase()
        );
        let code = "invalid_charge_amount_no_decimal_compatible";
        return Err(Problem::invalid("line_items", message).code(code));
    }
    let floor = floor(currency);
    if total < floor {
        let message = "The Checkout Session's total amount due must add up to at least the minimum charge";
        return Err(Problem::invalid("line_items", message).code("amount_too_small"));
    }
    if total > 99_999_999 {
        let message = "The total amount is above the maximum charge";
        return Err(Problem::invalid("line_items", message).code("amount_too_large"));
    }
    Ok(())
}

/// Half a dollar, or what stands in Stripe's list for a currency; what has no line there must be worth half a dollar, by rates of November
/// 2026 rounded down.
fn floor(currency: &str) -> i64 {
    match currency {
        "gbp" => 30,
        "dkk" => 250,
        "nok" | "sek" => 300,
        "aed" | "myr" | "pln" | "ron" => 200,
        "hkd" => 400,
        "mxn" | "thb" => 1_000,
        "czk" => 1_500,
        "huf" => 17_500,
        "kes" => 6_400,
        "ugx" => 180_000,
        "tzs" => 120_000,
        "ngn" => 70_000,
        "rwf" => 700,
        "zar" => 850,
        "etb" => 7_000,
        _ => 50,
    }
}
