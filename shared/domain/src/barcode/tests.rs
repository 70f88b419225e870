//! Numbers whose check digits are known, and the codes in which they are printed.

use super::*;

fn check_of(raw: &str, key: &str) -> Option<Check> {
    let scan = Scan::read(raw);
    scan.candidates
        .iter()
        .find(|candidate| candidate.key == key)
        .map(|candidate| candidate.check)
}

fn good(raw: &str) -> Vec<String> {
    let scan = Scan::read(raw);
    let good = scan
        .candidates
        .into_iter()
        .filter(|candidate| candidate.check == Check::Good);
    good.map(|candidate| candidate.key).collect()
}

#[test]
fn reader_prefix_control_characters_blanks_dashes_and_small_letters_do_not_matter() {
    for raw in [
        "1Z5R89390357567127",
        "1z5r89390357567127",
        "]C11Z5R89390357567127",
        "]A01Z5R89390357567127",
        "]d21Z5R89390357567127",
        "1Z 5R8 939 03 5756 712 7",
        "1Z-5R8939-03-57567127\r\n",
        "\u{1d}1Z5R89390357567127\u{4}",
    ] {
        let scan = Scan::read(raw);
        assert_eq!(scan.text, "1Z5R89390357567127", "{raw:?}");
        assert_eq!(scan.keys(), ["1Z5R89390357567127"], "{raw:?}");
        assert_eq!(check_of(raw, &scan.text), Some(Check::Good), "{raw:?}");
    }
    assert!(Scan::read(" \t\u{1d}-").keys().is_empty());
    assert_eq!(Scan::read("]").text, "]");
}

#[test]
fn ups_numbers_have_a_check_digit() {
    for number in [
        "1Z5R89390357567127",
        "1Z999AA10123456784",
        "1Z879E930346834440",
        "1ZXX3150YW44070023",
        "1ZA100012345678906",
    ] {
        assert_eq!(check_of(number, number), Some(Check::Good), "{number}");
    }
    for number in ["1Z1111111111111111", "1Z5R89390357567128"] {
        assert_eq!(check_of(number, number), Some(Check::Bad), "{number}");
        assert!(Scan::read(number).is_doubtful(), "{number}");
    }
}

#[test]
fn postal_ground_and_pallet_numbers_have_the_check_digit_of_gs1() {
    for number in [
        "9400111206206406260787",
        "9261290113185417468510",
        "9200190132607600833457",
        "92748931507708513018050063",
        "71969010756003077385",
        "106141411234567897",
        "987654312345672",
        "041441760228964",
        "568283610012734",
    ] {
        assert_eq!(check_of(number, number), Some(Check::Good), "{number}");
    }
    for number in [
        "9400111206206406260788",
        "71969010756003077386",
        "106141411234567898",
        "987654312345673",
    ] {
        assert_eq!(check_of(number, number), Some(Check::Bad), "{number}");
    }
    assert_eq!(good("00106141411234567897"), ["106141411234567897"]);
    assert_eq!(good("]C100106141411234567897"), ["106141411234567897"]);
}

#[test]
fn a_postcode_in_front_is_cut_off_both_ways_and_both_are_kept_when_both_fit() {
    for (raw, keys) in [
        ("4201002334249200190132607600833457", &["9200190132607600833457"][..]),
        ("4202215392748931507708513018050063", &["92748931507708513018050063"]),
        ("4201234592009400111206206406260787", &["9400111206206406260787"]),
        (
            "4201234592019400111206206406260787",
            &["92019400111206206406260787", "9400111206206406260787"],
        ),
    ] {
        assert_eq!(good(raw), keys, "{raw}");
        assert_eq!(Scan::read(raw).keys(), [keys, &[raw]].concat(), "{raw}");
    }
    assert_eq!(
        good("420100233424\u{1d}9200190132607600833457"),
        ["9200190132607600833457"; 2]
    );
}

#[test]
fn when_no_cut_fits_both_are_kept_as_misread() {
    let scan = Scan::read("4201234592009400111206206406260789");

    assert_eq!(check_of(&scan.text, "92009400111206206406260789"), Some(Check::Bad));
    assert_eq!(check_of(&scan.text, "9400111206206406260789"), Some(Check::Bad));
    assert!(scan.is_doubtful());
}

#[test]
fn fedex_numbers_are_found_in_their_long_codes() {
    for number in [
        "986578788855",
        "477179081230",
        "799531274483",
        "612999988779",
        "790000000020",
    ] {
        assert_eq!(good(number), [number], "{number}");
        assert_eq!(good(&format!("00{number}")), [number], "{number}");
    }
    for (raw, number) in [
        ("1001921334250001000300779017972697", "779017972697"),
        ("9622001560000000000000794808390594", "794808390594"),
        ("32971514560102447849175802862014", "784917580286"),
        ("9611020987654312345672", "987654312345672"),
    ] {
        assert_eq!(good(raw), [number], "{raw}");
    }
    assert_eq!(check_of("986578788856", "986578788856"), Some(Check::Bad));
}

#[test]
fn dhl_numbers_and_pieces_are_known() {
    for number in ["3318810025", "1103733912", "73891051146"] {
        assert_eq!(good(number), [number], "{number}");
    }
    assert_eq!(check_of("3318810026", "3318810026"), Some(Check::Bad));
    assert!(
        Scan::read("JJD000390007882913652")
            .keys()
            .contains(&"JD000390007882913652")
    );
    assert_eq!(
        check_of("JD000390007882913652", "JD000390007882913652"),
        Some(Check::Unchecked)
    );
    assert_eq!(
        check_of("GM60511234500000001", "GM60511234500000001"),
        Some(Check::Unchecked)
    );
}

#[test]
fn post_of_the_world_has_a_check_digit_of_its_own() {
    for number in ["RB123456785GB", "RR473124829CN"] {
        assert_eq!(good(number), [number], "{number}");
    }
    assert_eq!(check_of("RB123456784GB", "RB123456784GB"), Some(Check::Bad));
}

#[test]
fn ontrac_counts_its_letter_as_a_digit() {
    for number in ["C11031500001879", "D10011354453707"] {
        assert_eq!(good(number), [number], "{number}");
    }
    for number in ["C10000000000000", "C11031500001889", "D10011345983012"] {
        assert_eq!(check_of(number, number), Some(Check::Bad), "{number}");
    }
}

#[test]
fn numbers_without_check_digit_are_named_and_never_doubted() {
    for (number, looks_like) in [
        ("YT2123456789012345", "YunExpress"),
        ("LP00123456789012", "AliExpress (Cainiao)"),
        ("AP00123456789012", "AliExpress"),
        ("TBA123456789012", "Amazon"),
        ("GFUS01234567890123", "GOFO"),
        ("LX12345678", "LaserShip"),
    ] {
        let scan = Scan::read(number);
        assert_eq!(scan.candidates[0].looks_like, looks_like, "{number}");
        assert_eq!(scan.keys(), [number]);
        assert!(!scan.is_doubtful(), "{number}");
    }
}

#[test]
fn our_own_ids_lead_to_their_order_in_small_letters_and_in_capitals() {
    let order: OrderId = "ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ".parse().unwrap();
    for raw in [
        "ord_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
        "ORD_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
        "unit_01JDB7M3N8Q4R5S6T7V8W9X0YZ-3",
        "]Q3shp_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1\r",
        "SUP_01JDB7M3N8Q4R5S6T7V8W9X0YZ-12",
    ] {
        assert_eq!(Scan::read(raw).order.as_ref(), Some(&order), "{raw}");
    }
    for raw in [
        "ord_01JD",
        "cus_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
        "unit_01JDB7M3N8Q4R5S6T7V8W9X0YZ",
        "_",
    ] {
        assert_eq!(Scan::read(raw).order, None, "{raw}");
    }
}

#[test]
fn the_code_of_an_article_is_told_apart_from_a_parcel_number() {
    for code in ["036000291452", "4006381333931"] {
        assert!(Scan::read(code).is_article_code(), "{code}");
    }
    for code in ["036000291453", "1Z5R89390357567127", "9400111206206406260787", ""] {
        assert!(!Scan::read(code).is_article_code(), "{code}");
    }
}

#[test]
fn nonsense_is_looked_up_as_it_is_and_never_more_than_its_beginning() {
    assert_eq!(Scan::read("Große Kiste 7").keys(), ["GROßEKISTE7"]);
    assert_eq!(Scan::read(&"9".repeat(5000)).text.len(), LONGEST);
}

proptest::proptest! {
    #[test]
    fn no_scan_makes_the_reader_stumble(raw in "\\PC{0,60}", digits in "[0-9]{0,40}") {
        for text in [raw, digits.clone(), format!("420{digits}")] {
            let scan = Scan::read(&text);
            assert!(scan.text.is_empty() || scan.keys().contains(&scan.text.as_str()) , "{text:?}");
        }
    }
}
