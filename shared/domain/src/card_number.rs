//! Finds the number of a payment card in a text. Somebody who writes theirs beside their address means well; kept, it would be a danger to
//! them, and no page of ours asks for one.

use crate::text::digit_of;

/// Numbers of cards have 13 to 19 digits (ISO/IEC 7812-1, 2017), the first of those that pay in shops is 2 to 6.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// This many signs between two groups of digits still read as one number.
const GAP: usize = 3;

/// True when digits of the text, together or with blanks, dashes or dots between them, are the number of a card by their check digit.
#[must_use]
pub(crate) fn holds_card_number(text: &str) -> bool {
    runs(text).iter().any(|groups| is_card_in(groups))
}

/// The digits of a text: groups that stand together are one run.
fn runs(text: &str) -> Vec<Vec<Vec<u32>>> {
    let mut runs: Vec<Vec<Vec<u32>>> = Vec::new();
    // Before the first digit there is nothing that a digit could belong to.
    let mut gap = GAP + 1;
    for letter in text.chars() {
        match digit_of(letter) {
            Some(digit) => {
                let run = runs.last_mut().filter(|_| gap <= GAP);
                match (run, gap) {
                    (Some(run), 0) => run.last_mut().into_iter().for_each(|group| group.push(digit)),
                    (Some(run), _) => run.push(vec![digit]),
                    (None, _) => runs.push(vec![vec![digit]]),
                }
                gap = 0;
            }
            None if separates(letter) => gap += 1,
            None => gap = GAP + 1,
        }
    }
    runs
}

fn separates(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '-' | '.' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// Whether some groups that follow each other are a card number: before it may stand the number of a house, after it the year it ends.
fn is_card_in(groups: &[Vec<u32>]) -> bool {
    (0..groups.len()).any(|from| {
        let mut digits: Vec<u32> = Vec::new();
        groups.iter().skip(from).any(|group| {
            digits.extend(group);
            is_card(&digits)
        })
    })
}

fn is_card(digits: &[u32]) -> bool {
    let pays = digits.first().is_some_and(|first| (2..=6).contains(first));
    (SHORTEST..=LONGEST).contains(&digits.len()) && pays && check_digit_is_right(digits)
}

/// After ISO/IEC 7812-1, annex B: every second digit from the right counts twice.
fn check_digit_is_right(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { *digit } else { doubled(*digit) })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_found_however_its_digits_are_parted() {
        for text in [
            "4242424242424242",
            "my card is 4242 4242 4242 4242, thanks",
            "4242-4242-4242-4242",
            "4242\u{a0}4242\u{2011}4242 - 4242",
            "3782 822463 10005",
            "12 Ngong Road 5555 5555 5555 4444 12/27 123",
            "12 6011000990139424 123",
            "4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2",
            "٤٢٤٢ ٤٢٤٢ ٤٢٤٢ ٤٢٤٢",
            "４２４２４２４２４２４２４２４２",
            "4222222222222",
        ] {
            assert!(holds_card_number(text), "{text}");
        }
    }

    #[test]
    fn phones_house_numbers_and_wrong_check_digits_are_no_cards() {
        for text in [
            "",
            "Ngong Road 44, 00100 Nairobi",
            "4242424242424241",
            "call +254712345678 or 0712345678",
            "00000000000000000",
            "order 8203456789012345",
            "42424242a42424242",
            "4242 4242 4242",
            "424242424242424242424242",
        ] {
            assert!(!holds_card_number(text), "{text}");
        }
    }
}
