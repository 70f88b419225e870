//! What a person types, made plain: one way of writing every letter (Unicode's normal form C), single blanks, nothing that cannot be seen
//! and nothing that makes a page or a label read otherwise than it is stored. Everything that a person types and that somebody reads
//! passes through here; numbers and codes have types of their own.

use icu_normalizer::ComposingNormalizerBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup, Script},
};

use crate::{card_number::holds_card_number, failure::FieldError};

/// No script puts more marks on one letter; more of them cover the lines above and below.
const MOST_MARKS: usize = 6;

/// What must be seen in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// A letter: a name or a town is said in letters.
    Letter,
    /// A letter or a digit: a street may be a number.
    LetterOrDigit,
}

/// What one field takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextRule {
    /// The field, as in the request.
    pub field: &'static str,
    /// The least characters; 0 where it may be left empty.
    pub least: usize,
    /// The most characters.
    pub most: usize,
    /// What must be seen in it.
    pub needs: Needs,
}

/// Why a member of the staff does something, as it stays in the timeline and the audit.
pub const REASON: TextRule = TextRule {
    field: "reason",
    least: 5,
    most: 500,
    needs: Needs::Letter,
};

/// Why a text is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongText {
    /// Control characters, signs that turn the direction of reading, letters that do not exist.
    Characters,
    /// The number of a payment card.
    CardNumber,
}

impl WrongText {
    /// The same, said of a field.
    #[must_use]
    pub fn at(self, field: &str) -> FieldError {
        match self {
            Self::Characters => {
                let message = "There are signs in this that cannot be printed. Please type it anew, as plain text.";
                FieldError::new(field, "bad_characters", message)
            }
            Self::CardNumber => {
                let message = "This looks like the number of a payment card. Please leave it out, for your own safety: you pay on the \
                               page of the payment provider, and we never ask for it here.";
                FieldError::new(field, "card_number", message)
            }
        }
    }
}

impl TextRule {
    /// A text on one line.
    ///
    /// # Errors
    /// The field with what is wrong with it.
    pub fn line(&self, typed: &str) -> Result<String, FieldError> {
        self.measured(plain_line(typed).map_err(|wrong| wrong.at(self.field))?)
    }

    /// A text that may have several lines.
    ///
    /// # Errors
    /// The field with what is wrong with it.
    pub fn note(&self, typed: &str) -> Result<String, FieldError> {
        self.measured(plain_note(typed).map_err(|wrong| wrong.at(self.field))?)
    }

    /// A text on one line that is looked for and not kept: it may hold any number.
    ///
    /// # Errors
    /// The field with what is wrong with it.
    pub fn unkept_line(&self, typed: &str) -> Result<String, FieldError> {
        self.measured(tidied(typed).map_err(|wrong| wrong.at(self.field))?)
    }

    fn measured(&self, text: String) -> Result<String, FieldError> {
        let length = text.chars().count();
        let wrong = |code, message: String| Err(FieldError::new(self.field, code, message));
        if length == 0 && self.least == 0 {
            return Ok(text);
        }
        if !(self.least..=self.most).contains(&length) {
            let message = match self.least {
                0 => format!("Please write at most {} characters.", self.most),
                least => format!("Please write {least} to {} characters.", self.most),
            };
            return wrong("length", message);
        }
        if !says(&text, self.needs) {
            let message = match self.needs {
                Needs::Letter => "Please write this in letters.",
                Needs::LetterOrDigit => "Please write this in letters or digits.",
            };
            return wrong("bad_text", message.into());
        }
        Ok(text)
    }
}

/// True when something is said in the text.
#[must_use]
pub fn says(text: &str, needs: Needs) -> bool {
    text.chars().any(|letter| match category(letter) {
        category if GeneralCategoryGroup::Letter.contains(category) => true,
        category => needs == Needs::LetterOrDigit && GeneralCategoryGroup::Number.contains(category),
    })
}

/// One line of plain text out of what was typed; empty when nothing in it can be seen.
///
/// # Errors
/// When something in it is no text, or the number of a card.
pub fn plain_line(typed: &str) -> Result<String, WrongText> {
    without_cards(tidied(typed)?)
}

/// Lines of plain text out of what was typed, empty ones left out.
///
/// # Errors
/// When something in it is no text, or the number of a card.
pub fn plain_note(typed: &str) -> Result<String, WrongText> {
    let lines = typed.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).map(tidied);
    let lines = lines.collect::<Result<Vec<_>, _>>()?;
    let lines: Vec<_> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    without_cards(lines.join("\n"))
}

/// What can be read of a text that nobody can be asked about again: what a store or a carrier writes. Signs that are no text are left out.
#[must_use]
pub fn readable(text: &str) -> String {
    let known: String = text.chars().filter(|letter| kind(*letter) != Kind::Refused).collect();
    single_blanks(&normal(&visible(&known)))
}

/// The value of a decimal digit of any script.
#[must_use]
pub fn digit_of(letter: char) -> Option<u32> {
    if letter.is_ascii() {
        return letter.to_digit(10);
    }
    let is_digit = |letter: char| category(letter) == GeneralCategory::DecimalNumber;
    if !is_digit(letter) {
        return None;
    }
    // The ten digits of a script follow each other, and several such rows stand one after the other (Unicode 16, 4.6).
    let before = |back: u32| {
        let earlier = u32::from(letter).checked_sub(back).and_then(char::from_u32);
        earlier.is_some_and(is_digit)
    };
    (1..).find(|back| !before(*back)).map(|row| (row - 1) % 10)
}

fn without_cards(text: String) -> Result<String, WrongText> {
    if holds_card_number(&text) {
        Err(WrongText::CardNumber)
    } else {
        Ok(text)
    }
}

/// One line of plain text, whatever numbers are in it: for what is looked for and not kept, and for fields that ask for a number.
///
/// # Errors
/// When something in it is no text.
pub fn tidied(typed: &str) -> Result<String, WrongText> {
    if typed.chars().any(|letter| kind(letter) == Kind::Refused) {
        return Err(WrongText::Characters);
    }
    let text = single_blanks(&normal(&visible(typed)));
    if marks_are_sound(&text) {
        Ok(text)
    } else {
        Err(WrongText::Characters)
    }
}

/// What is done with a character.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Kept,
    Blank,
    /// Cannot be seen and says nothing: copied along out of a page or a telephone book.
    Dropped,
    /// Cannot be seen, and changes how its neighbours are written in some scripts.
    Joiner,
    Refused,
}

fn kind(letter: char) -> Kind {
    match letter {
        // The blank of Braille is a sign by its category.
        '\u{2800}' => return Kind::Blank,
        '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{e0100}'..='\u{e01ef}' => {
            return Kind::Joiner;
        }
        // What follows these is read backwards.
        '\u{202d}' | '\u{202e}' => return Kind::Refused,
        // Stand for what could not be read or is not there.
        '\u{fffc}' | '\u{fffd}' => return Kind::Refused,
        _ if letter.is_whitespace() => return Kind::Blank,
        _ if letter.is_ascii_graphic() => return Kind::Kept,
        _ => {}
    }
    let category = category(letter);
    if category == GeneralCategory::Unassigned || category == GeneralCategory::PrivateUse {
        Kind::Refused
    } else if CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(letter) {
        Kind::Dropped
    } else if GeneralCategoryGroup::Other.contains(category) {
        Kind::Refused
    } else {
        Kind::Kept
    }
}

/// The text without what cannot be seen.
fn visible(text: &str) -> String {
    let letters: Vec<char> = text.chars().filter(|letter| kind(*letter) != Kind::Dropped).collect();
    let mut seen = String::with_capacity(text.len());
    let mut script = Script::Common;
    for (at, letter) in letters.iter().enumerate() {
        let next = letters.get(at + 1).copied();
        match kind(*letter) {
            Kind::Blank => {
                seen.push(' ');
                script = Script::Common;
            }
            Kind::Joiner if is_needed(*letter, script, next) => {
                seen.push(*letter);
                // Two of them say no more than one.
                script = Script::Common;
            }
            Kind::Joiner | Kind::Dropped | Kind::Refused => {}
            Kind::Kept => {
                seen.push(*letter);
                script = match script_of(*letter) {
                    Script::Inherited => script,
                    own => own,
                };
            }
        }
    }
    seen
}

/// Whether a joiner or a selector of a letter's form stands where its script uses one (after RFC 5892, appendix A).
fn is_needed(joiner: char, after: Script, before: Option<char>) -> bool {
    let joins = |script: Script| JOINING.contains(&script);
    match joiner {
        '\u{200c}' | '\u{200d}' => joins(after) && before.is_some_and(|next| joins(script_of(next))),
        '\u{e0100}'..='\u{e01ef}' => after == Script::Han,
        _ => after == Script::Mongolian,
    }
}

/// Scripts whose letters change beside each other.
const JOINING: &[Script] = &[
    Script::Arabic,
    Script::Syriac,
    Script::Nko,
    Script::Mongolian,
    Script::Devanagari,
    Script::Bengali,
    Script::Gurmukhi,
    Script::Gujarati,
    Script::Oriya,
    Script::Tamil,
    Script::Telugu,
    Script::Kannada,
    Script::Malayalam,
    Script::Sinhala,
    Script::Khmer,
    Script::Myanmar,
    Script::Tibetan,
];

fn normal(text: &str) -> String {
    ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

fn single_blanks(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A mark sits on a letter, and few sit on one.
fn marks_are_sound(text: &str) -> bool {
    let mut marks = None;
    text.chars().all(|letter| {
        if GeneralCategoryGroup::Mark.contains(category(letter)) {
            marks = marks.map(|so_far: usize| so_far + 1);
            marks.is_some_and(|so_far| so_far <= MOST_MARKS)
        } else {
            marks = (letter != ' ').then_some(0);
            true
        }
    })
}

fn category(letter: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(letter)
}

fn script_of(letter: char) -> Script {
    CodePointMapData::<Script>::new().get(letter)
}

#[cfg(test)]
mod tests;
