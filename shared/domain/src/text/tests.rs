//! What the one policy for typed text keeps, mends and refuses, in many scripts.

use proptest::prelude::*;

use super::*;

const NAME: TextRule = TextRule {
    field: "name",
    least: 2,
    most: 70,
    needs: Needs::Letter,
};

#[test]
fn what_can_be_seen_is_kept_and_what_cannot_is_left_out() {
    for (typed, kept) in [
        ("  Asha \t Mwangi\n", "Asha Mwangi"),
        ("Asha\u{a0}\u{2003}Mwangi", "Asha Mwangi"),
        ("e\u{301}cole", "école"),
        ("\u{feff}Asha\u{200b} Mwa\u{ad}ngi\u{200e}", "Asha Mwangi"),
        ("\u{202a}Asha\u{202c} \u{2066}Mwangi\u{2069}", "Asha Mwangi"),
        ("A\u{200d}sha", "Asha"),
        ("\u{200b}\u{200b}", ""),
        ("\u{3164}\u{115f}\u{2800}\u{fe0f}", ""),
        // Persian writes its plural with a non-joiner, Sinhala a name with a joiner, Hindi some of its letters.
        ("کتاب\u{200c}ها", "کتاب\u{200c}ها"),
        ("ශ\u{dca}\u{200d}ර\u{dd3}", "ශ\u{dca}\u{200d}ර\u{dd3}"),
        ("क\u{94d}\u{200d}ष", "क\u{94d}\u{200d}ष"),
        ("کتاب\u{200c}\u{200c}\u{200d}ها", "کتاب\u{200d}ها"),
        ("کتاب\u{200c}", "کتاب"),
        ("王小明", "王小明"),
        ("አበበ ቢቂላ", "አበበ ቢቂላ"),
    ] {
        assert_eq!(plain_line(typed).as_deref(), Ok(kept), "{typed:?}");
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for typed in [
        "Asha\u{7}",
        "Asha\u{0}",
        "Asha\u{9f}Mwangi",
        "Asha \u{202e}ignawM",
        "\u{202d}Asha",
        "Asha \u{e000}",
        "Asha \u{fffd}",
        "Asha \u{fff9}",
        "Asha \u{378}",
        "\u{301}Asha",
        "Asha \u{301}",
        &format!("A{}sha", "\u{35f}".repeat(9)),
    ] {
        assert_eq!(plain_line(typed), Err(WrongText::Characters), "{typed:?}");
    }
}

#[test]
fn a_name_is_said_in_letters() {
    for typed in [
        "..",
        "--",
        "12",
        "😀😀",
        "👩‍💻 👍",
        "., -",
        "\u{200b}\u{200b}",
        "\u{3164}\u{3164}",
    ] {
        assert!(NAME.line(typed).is_err(), "{typed:?}");
    }
    for typed in ["Bo", "李明", "O'Neil 2nd", "محمد"] {
        assert!(NAME.line(typed).is_ok(), "{typed:?}");
    }
    let street = TextRule {
        needs: Needs::LetterOrDigit,
        ..NAME
    };
    assert!(street.line("44").is_ok());
    assert!(street.line("..").is_err());
}

#[test]
fn what_is_wrong_is_said_at_the_field() {
    for (typed, code) in [
        ("", "length"),
        ("\u{200b}\u{200b}", "length"),
        ("A", "length"),
        ("..", "bad_text"),
        ("Asha\u{7}", "bad_characters"),
        ("4242 4242 4242 4242", "card_number"),
        (&"x".repeat(71), "length"),
    ] {
        let wrong = NAME.line(typed).unwrap_err();
        assert_eq!((wrong.pointer.as_str(), wrong.code), ("/name", code), "{typed:?}");
    }
}

#[test]
fn a_note_keeps_its_lines() {
    assert_eq!(
        plain_note(" one \r\n\r\n two  words\u{2028}three ").as_deref(),
        Ok("one\ntwo words\nthree")
    );
    assert_eq!(plain_note("4242 4242\n4242 4242"), Err(WrongText::CardNumber));
}

#[test]
fn what_others_write_is_made_readable_and_never_refused() {
    assert_eq!(readable("Acme\u{0} \u{202e}Shop\u{200b}  Ltd"), "Acme Shop Ltd");
}

#[test]
fn digits_of_every_script_have_their_value() {
    for digits in [
        "0123456789",
        "٠١٢٣٤٥٦٧٨٩",
        "०१२३४५६७८९",
        "０１２３４５６７８９",
        "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗𝟘𝟙",
    ] {
        let values: Vec<_> = digits.chars().filter_map(digit_of).collect();
        let expected: Vec<u32> = (0..10).chain(0..10).take(digits.chars().count()).collect();
        assert_eq!(values, expected, "{digits}");
    }
    assert_eq!(digit_of('½'), None);
}

/// Letters of many scripts with everything that is odd between them.
fn typed() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        '\u{200b}',
        '\u{200c}',
        '\u{200d}',
        '\u{200e}',
        '\u{202a}',
        '\u{202c}',
        '\u{2066}',
        '\u{fe0f}',
        '\u{ad}',
        '\u{feff}',
        '\u{3164}',
        '\u{2800}',
        '\u{301}',
        '\u{323}',
        '\u{94d}',
        '\u{a0}',
        '\u{2028}',
        '\t',
        ' ',
        '\u{e0101}',
        '\u{180b}',
        '\u{64b}',
        '\u{5b0}',
        '\u{1100}',
        '\u{1161}',
        '\u{11a8}',
        '\u{340}',
        '\u{37e}',
        '\u{212b}',
        '\u{f900}',
    ]);
    let scripts = prop::sample::select("aeÅßжλابیकषශර王한국አᠠ012٣😀👩'-.,/".chars().collect::<Vec<_>>());
    let letter = prop_oneof![4 => scripts, 3 => odd, 1 => any::<char>()];
    prop::collection::vec(letter, 0..24).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn an_accepted_text_is_normal_trimmed_visible_and_stays_as_it_is(typed in typed()) {
        for (read, again) in [
            (plain_line(&typed), plain_line as fn(&str) -> Result<String, WrongText>),
            (plain_note(&typed), plain_note),
            (Ok(readable(&typed)), |text| Ok(readable(text))),
        ] {
            let Ok(text) = read else { continue };
            prop_assert_eq!(normal(&text), text.clone());
            prop_assert_eq!(text.trim(), text.as_str());
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{:?}", text);
            let unseen = text.contains("  ") || text.contains(['\u{202d}', '\u{202e}', '\u{200b}', '\u{feff}']);
            prop_assert!(!unseen, "{:?}", text);
            prop_assert_eq!(again(&text), Ok(text));
        }
    }

    #[test]
    fn an_accepted_name_has_a_letter(typed in typed()) {
        if let Ok(name) = NAME.line(&typed) {
            prop_assert!(name.chars().any(|c| c.is_alphabetic()), "{:?}", name);
            prop_assert!(!holds_card_number(&name));
        }
    }
}
