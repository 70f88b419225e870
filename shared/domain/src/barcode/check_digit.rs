//! Check digits of parcel numbers. Each says whether the last digit of a number fits the rest; a text with something else than digits
//! where digits belong never fits.

/// GS1 (SSCC, GTIN, USPS, FedEx Ground): weights 3, 1, 3, … from the right of the body, modulo 10.
pub(super) fn gs1(number: &str) -> bool {
    let Some((body, check)) = parted(number) else {
        return false;
    };
    let weights = [3, 1].into_iter().cycle();
    sum(body.into_iter().rev(), weights).is_some_and(|sum| (10 - sum % 10) % 10 == check)
}

/// UPS behind `1Z`, and OnTrac: weights 1, 2, 1, … from the left, modulo 10. A letter counts as its place in the alphabet with A = 2, modulo 10.
pub(super) fn ups(number: &str) -> bool {
    let Some((body, check)) = parted(number) else {
        return false;
    };
    let weights = [1, 2].into_iter().cycle();
    sum(body.into_iter(), weights).is_some_and(|sum| (10 - sum % 10) % 10 == check)
}

/// FedEx Express with twelve digits: weights 3, 1, 7, modulo 11; a rest of ten counts as zero.
pub(super) fn fedex(number: &str) -> bool {
    let Some((body, check)) = parted(number) else {
        return false;
    };
    let weights = [3, 1, 7].into_iter().cycle();
    sum(body.into_iter(), weights).is_some_and(|sum| sum % 11 % 10 == check)
}

/// DHL Express: the number without its last digit modulo 7.
pub(super) fn dhl(number: &str) -> bool {
    let Some((body, check)) = parted(number) else {
        return false;
    };
    let rest = body
        .into_iter()
        .try_fold(0, |rest, letter| Some((rest * 10 + digit(letter)?) % 7));
    rest == Some(check)
}

/// UPU S10, the eight digits and their check: weights 8, 6, 4, 2, 3, 5, 9, 7, modulo 11.
pub(super) fn s10(number: &str) -> bool {
    let Some((body, check)) = parted(number) else {
        return false;
    };
    let weights = [8, 6, 4, 2, 3, 5, 9, 7].into_iter();
    let expected = sum(body.into_iter(), weights).map(|sum| match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    });
    expected == Some(check)
}

/// The body and the check digit.
fn parted(number: &str) -> Option<(Vec<char>, u32)> {
    let mut body: Vec<char> = number.chars().collect();
    let check = digit(body.pop()?)?;
    Some((body, check))
}

fn sum(letters: impl Iterator<Item = char>, weights: impl Iterator<Item = u32>) -> Option<u32> {
    letters
        .zip(weights)
        .try_fold(0_u32, |sum, (letter, weight)| sum.checked_add(value(letter)? * weight))
}

fn digit(letter: char) -> Option<u32> {
    letter.to_digit(10)
}

fn value(letter: char) -> Option<u32> {
    match letter {
        '0'..='9' => digit(letter),
        // A is 65 in ASCII: 65 - 63 = 2.
        'A'..='Z' => Some((u32::from(letter) - 63) % 10),
        _ => None,
    }
}
