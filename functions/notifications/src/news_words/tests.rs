use domain::Currency;

use super::*;

const URL: &str = "https://shop.example/o/01JDB7M3N8Q4R5S6T7V8W9X0YZ.12.AAAAAAAAAAAAAAAAAAAAAA";

fn money() -> Money {
    Money::new(88_210, Currency::KES)
}

/// One of every line there is.
fn every_line() -> Vec<Line> {
    let items = || "Mug and 2 more".to_owned();
    let until = || "Tue 8 Dec, 14:05".to_owned();
    let (carrier, number) = (|| "DHL".to_owned(), || "1103733912".to_owned());
    let mut lines = vec![
        Line::Placed {
            total: money(),
            pay_by: until(),
        },
        Line::Placed {
            total: money(),
            pay_by: String::new(),
        },
        Line::PartPaid { due: money() },
        Line::Paid { total: money() },
        Line::PaidLate,
        Line::Expired,
        Line::Cancelled,
        Line::GoesOn,
        Line::Bought { items: items() },
        Line::Question {
            items: items(),
            until: until(),
        },
        Line::Reminder {
            items: items(),
            until: until(),
        },
        Line::ReminderToPay {
            due: money(),
            until: until(),
        },
        Line::Received { some: 1, all: 3 },
        Line::Shipped {
            carrier: carrier(),
            number: number(),
        },
        Line::Customs {
            carrier: carrier(),
            number: number(),
        },
        Line::SentBack { carrier: carrier() },
        Line::Delivered { some: 3, all: 3 },
        Line::Delivered { some: 1, all: 3 },
        Line::RefundDone { amount: money() },
    ];
    for why in [
        Why::Store,
        Why::Item,
        Why::NotArrived,
        Why::Warehouse,
        Why::Carrier,
        Why::Order,
    ] {
        lines.push(Line::Delayed { why });
    }
    for why in [Back::Cancelled, Back::NotDelivered, Back::TooMuch, Back::Late] {
        lines.push(Line::RefundOpened { amount: money(), why });
    }
    lines
}

#[test]
fn every_line_is_one_plain_sentence_or_two_in_both_languages() {
    for line in every_line() {
        let said = |language, of| written(language, &line, of).unwrap();
        for language in [Language::En, Language::Sw] {
            let (subject, sentence) = (said(language, Of::Subject), said(language, Of::Sentence));

            assert!((5..=60).contains(&subject.chars().count()), "{line:?}: {subject:?}");
            assert!(
                sentence.ends_with('.') && sentence.chars().count() < 330,
                "{line:?}: {sentence:?}"
            );
            assert!(
                !sentence.contains('\n') && !sentence.contains("  "),
                "{line:?}: {sentence:?}"
            );
        }
        assert_ne!(
            said(Language::En, Of::Sentence),
            said(Language::Sw, Of::Sentence),
            "{line:?}"
        );
    }
}

#[test]
fn what_a_line_knows_stands_in_its_sentence_in_both_languages() {
    for language in [Language::En, Language::Sw] {
        for (line, facts) in [
            (
                Line::Placed {
                    total: money(),
                    pay_by: "Tue 8 Dec, 14:05".into(),
                },
                vec!["KES 882.10", "Tue 8 Dec, 14:05"],
            ),
            (
                Line::Shipped {
                    carrier: "DHL".into(),
                    number: "1103733912".into(),
                },
                vec!["DHL", "1103733912"],
            ),
            (Line::Received { some: 2, all: 3 }, vec!["2", "3"]),
            (
                Line::Question {
                    items: "Mug".into(),
                    until: "Wed".into(),
                },
                vec!["Mug", "Wed"],
            ),
            (Line::RefundDone { amount: money() }, vec!["KES 882.10"]),
        ] {
            let sentence = written(language, &line, Of::Sentence).unwrap();
            for fact in facts {
                assert!(sentence.contains(fact), "{fact} in {sentence}");
            }
        }
    }
}

#[test]
fn a_title_cannot_write_into_the_page_of_a_mail_and_stands_on_one_line() {
    let title = cut(&format!("<b onclick=x>Mug\r\n{}", "very ".repeat(40)));

    assert!(
        title.chars().count() <= TITLE_LIMIT + 1 && !title.contains('\n'),
        "{title}"
    );
    let html = Html {
        subject: "s",
        sentences: &[format!("We bought {title}.")],
        url: URL,
        frame: &frame(Language::En),
    };
    assert!(!rendered(&html).unwrap().contains("<b onclick"));
}

#[test]
fn every_sentence_and_a_link_fit_a_text_message_of_three_parts() {
    let longest = every_line()
        .iter()
        .map(|line| written(Language::En, line, Of::Sentence).unwrap().chars().count())
        .max()
        .unwrap();

    assert!(longest + URL.len() + 10 <= 3 * 153, "{longest}");
}
