//! Patterns of parcel numbers: which lengths and beginnings belong to whom, and where in a longer code the number stands.
//! Sources: the public tracking-number data set (2026-08), GS1, UPU S10 and USPS rules, 2026-11.

use super::{Candidate, Check, check_digit};

/// Every number that a plain text may stand for.
pub(super) fn candidates(text: &str) -> Vec<Candidate> {
    let mut found = Vec::new();
    if !text.is_ascii() {
        return found;
    }
    if all_digits(text) {
        digits(text, &mut found);
    } else {
        letters(text, &mut found);
    }
    found
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn checked(fits: bool) -> Check {
    if fits { Check::Good } else { Check::Bad }
}

fn candidate(key: &str, looks_like: &'static str, check: Check) -> Candidate {
    Candidate {
        key: key.to_owned(),
        looks_like,
        check,
    }
}

/// The last characters of a text that is long enough.
fn tail(text: &str, count: usize) -> &str {
    text.get(text.len().saturating_sub(count)..).unwrap_or(text)
}

fn digits(text: &str, found: &mut Vec<Candidate>) {
    if text.starts_with("420") {
        behind_postcode(text, found);
    }
    if is_impb(text, &[20, 22, 26]) {
        found.push(impb(text));
    }
    match text.len() {
        10 | 11 => found.push(candidate(text, "DHL Express", checked(check_digit::dhl(text)))),
        12 => found.push(candidate(text, "FedEx", checked(check_digit::fedex(text)))),
        14 => fourteen(text, found),
        15 => found.push(candidate(text, "FedEx Ground", checked(check_digit::gs1(text)))),
        18 => found.push(candidate(text, "shipping unit (SSCC)", checked(check_digit::gs1(text)))),
        20 => twenty(text, found),
        22 if text.starts_with("96") => {
            let number = tail(text, 15);
            found.push(candidate(number, "FedEx Ground", checked(check_digit::gs1(number))));
        }
        32 if text.starts_with('3') => {
            let number = text.get(16..28).unwrap_or(text);
            found.push(candidate(number, "FedEx", checked(check_digit::fedex(number))));
        }
        34 => fedex_34(text, found),
        _ => {}
    }
}

/// `420` and a postcode of five or nine digits before the number. Both cuts are tried, and both kept when both fit: one postcode in ten
/// makes a false number whose check digit is right.
fn behind_postcode(text: &str, found: &mut Vec<Candidate>) {
    let five = text.get(8..).filter(|rest| is_impb(rest, &[20, 22, 26]));
    let nine = text.get(12..).filter(|rest| is_impb(rest, &[20, 22]));
    let cuts: Vec<Candidate> = five.into_iter().chain(nine).map(impb).collect();
    let is_good = |cut: &Candidate| cut.check == Check::Good;
    let any_good = cuts.iter().any(is_good);
    found.extend(cuts.into_iter().filter(|cut| !any_good || is_good(cut)));
}

fn is_impb(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len())
        && ["91", "92", "93", "94", "95"]
            .iter()
            .any(|start| text.starts_with(start))
}

fn impb(number: &str) -> Candidate {
    candidate(number, "USPS", checked(check_digit::gs1(number)))
}

/// FedEx prints its twelve digits with two zeros in front, too.
fn fourteen(text: &str, found: &mut Vec<Candidate>) {
    if text.starts_with("00") {
        let number = tail(text, 12);
        found.push(candidate(number, "FedEx", checked(check_digit::fedex(number))));
    }
    found.push(candidate(text, "DHL eCommerce", Check::Unchecked));
}

fn twenty(text: &str, found: &mut Vec<Candidate>) {
    if text.starts_with("00") {
        let number = tail(text, 18);
        found.push(candidate(
            number,
            "shipping unit (SSCC)",
            checked(check_digit::gs1(number)),
        ));
    } else if !is_impb(text, &[20]) {
        // Labels of the family `91` leave it out and count it in the check digit.
        let fits = check_digit::gs1(text) || check_digit::gs1(&format!("91{text}"));
        found.push(candidate(text, "USPS or FedEx", checked(fits)));
    }
}

fn fedex_34(text: &str, found: &mut Vec<Candidate>) {
    let is_label = text.starts_with("96") || !text.starts_with('9');
    let (long, number) = (tail(text, 14), tail(text, 12));
    let (fits, is_padded) = (check_digit::fedex(number), long.starts_with("00"));
    // A code of USPS with 34 digits is a FedEx one only by accident.
    if !is_label || (text.starts_with("420") && !(fits && is_padded)) {
        return;
    }
    if is_padded {
        found.push(candidate(number, "FedEx", checked(fits)));
    } else {
        found.push(candidate(long, "FedEx", Check::Unchecked));
    }
}

/// A kind of number by its beginning and how many digits follow; none of them has a check digit.
const BEGINNINGS: &[(&str, usize, usize, &str)] = &[
    ("TBA", 12, 12, "Amazon"),
    ("TBC", 12, 12, "Amazon"),
    ("TBM", 12, 12, "Amazon"),
    ("JD", 18, 18, "DHL piece"),
    ("YT", 16, 16, "YunExpress"),
    ("LP", 10, 18, "AliExpress (Cainiao)"),
    ("AP", 10, 18, "AliExpress"),
    ("GFUS", 14, 14, "GOFO"),
    ("1LS", 8, 30, "LaserShip"),
    ("LA", 8, 8, "LaserShip"),
    ("LI", 8, 8, "LaserShip"),
    ("LE", 8, 8, "LaserShip"),
    ("LH", 8, 8, "LaserShip"),
    ("LN", 8, 8, "LaserShip"),
    ("LX", 8, 8, "LaserShip"),
    ("GM", 10, 39, "DHL eCommerce"),
    ("LX", 10, 39, "DHL eCommerce"),
    ("RX", 10, 39, "DHL eCommerce"),
    ("UV", 10, 39, "DHL eCommerce"),
    ("CN", 10, 39, "DHL eCommerce"),
    ("SG", 10, 39, "DHL eCommerce"),
    ("TH", 10, 39, "DHL eCommerce"),
    ("IN", 10, 39, "DHL eCommerce"),
    ("HK", 10, 39, "DHL eCommerce"),
    ("MY", 10, 39, "DHL eCommerce"),
];

fn letters(text: &str, found: &mut Vec<Candidate>) {
    if let Some(rest) = text.strip_prefix("1Z").filter(|rest| is_ups(rest)) {
        found.push(candidate(text, "UPS", checked(check_digit::ups(rest))));
    }
    // The bar code of a DHL piece has a J in front of the number that stands below it.
    if let Some(piece) = text.strip_prefix('J').filter(|piece| piece.starts_with("JD")) {
        letters(piece, found);
    }
    for (start, fewest, most, looks_like) in BEGINNINGS {
        let rest = text.strip_prefix(start).unwrap_or_default();
        if all_digits(rest) && (*fewest..=*most).contains(&rest.len()) {
            found.push(candidate(text, looks_like, Check::Unchecked));
        }
    }
    s10(text, found);
    ontrac(text, found);
}

fn is_ups(rest: &str) -> bool {
    rest.len() == 16 && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()) && all_digits(tail(rest, 1))
}

/// Two letters, nine digits, two letters of the country: registered and express post of the whole world.
fn s10(text: &str, found: &mut Vec<Candidate>) {
    let is_word = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_uppercase()));
    let number = text.get(2..11).filter(|number| all_digits(number));
    if let (13, Some(number), true, true) = (text.len(), number, is_word(text.get(..2)), is_word(text.get(11..))) {
        found.push(candidate(text, "post (S10)", checked(check_digit::s10(number))));
    }
}

/// The letter counts as a digit in front, unless the number begins with that digit already.
fn ontrac(text: &str, found: &mut Vec<Candidate>) {
    for (letter, figure) in [('C', '4'), ('D', '5')] {
        let Some(rest) = text
            .strip_prefix(letter)
            .filter(|rest| rest.len() == 14 && all_digits(rest))
        else {
            continue;
        };
        let counted = if rest.starts_with(figure) {
            rest.to_owned()
        } else {
            format!("{figure}{rest}")
        };
        found.push(candidate(text, "OnTrac", checked(check_digit::ups(&counted))));
    }
}
