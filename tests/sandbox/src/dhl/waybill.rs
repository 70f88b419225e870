//! A booked shipment: its numbers, its parcels and everything that was scanned.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::books::{Books, Record};

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Waybill {
    pub(crate) awb: String,
    pub(crate) booked_at: i64,
    pub(crate) planned_at: i64,
    pub(crate) account: String,
    pub(crate) product: String,
    pub(crate) description: String,
    /// The shop's own references of type CU.
    pub(crate) references: Vec<String>,
    pub(crate) from: String,
    pub(crate) to: String,
    /// The receiver's name, for the signature at the door.
    pub(crate) receiver: String,
    pub(crate) pieces: Vec<Piece>,
    pub(crate) pickup: Option<String>,
    /// When the courier has it if nobody hands it over before.
    pub(crate) hand_over_due: i64,
    pub(crate) events: Vec<Scan>,
    /// The request as it was booked, for inspection.
    pub(crate) request: Value,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Piece {
    pub(crate) id: String,
    pub(crate) weight_grams: i64,
    pub(crate) dimensions: Value,
}

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Scan {
    pub(crate) at: i64,
    pub(crate) code: String,
    pub(crate) text: String,
    /// The country whose gateway scanned it.
    pub(crate) country: String,
    pub(crate) signed_by: Option<String>,
}

impl Record for Waybill {
    const SHELF: &'static str = "dhl-shipments";
    fn key(&self) -> String {
        self.awb.clone()
    }
}

impl Waybill {
    pub(crate) fn weight_grams(&self) -> i64 {
        self.pieces.iter().map(|piece| piece.weight_grams).sum()
    }

    pub(crate) fn is_over(&self) -> bool {
        self.events
            .last()
            .is_some_and(|scan| matches!(scan.code.as_str(), "OK" | "RT" | "DS"))
    }
}

/// Ten digits, the last one the first nine modulo seven; books differ in where they start.
pub(super) fn next_awb(books: &mut Books) -> String {
    let start = books.seed() % 8_000;
    let number = books.next_number("dhl/awb");
    let nine = 100_000_000_u64
        .saturating_add(start.saturating_mul(100_000))
        .saturating_add(number.saturating_mul(7_919) % 100_000);
    format!("{nine}{}", nine % 7)
}

/// `JD` and eighteen digits.
pub(super) fn next_piece(books: &mut Books) -> String {
    let start = books.seed() % 1_000_000;
    let number = books.next_number("dhl/piece");
    format!("JD0146{start:06}{number:08}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waybill_numbers_check_and_never_repeat() {
        let folder = std::env::temp_dir().join(format!("sandbox-awb-{}", std::process::id()));
        let mut books = Books::open(&folder).unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..5000 {
            let awb = next_awb(&mut books);
            let nine: u64 = awb[..9].parse().unwrap();
            assert_eq!(awb.len(), 10);
            assert_eq!(awb[9..].parse::<u64>().unwrap(), nine % 7);
            assert!(seen.insert(awb));
        }
        let piece = next_piece(&mut books);
        assert!(piece.len() == 20 && piece.starts_with("JD") && piece[2..].bytes().all(|b| b.is_ascii_digit()));
        drop(books);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
