//! Proves that a webhook comes from Stripe, over the bytes as they arrived, and reads which payment it is about.

use domain::{Secret, Timestamp};
use hmac::{Hmac, Mac};
use http::HeaderMap;
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use super::wire;
use crate::{
    error::Error,
    payments::{Rejected, Verified, WebhookEvent, WebhookKind},
};

const CALL: &str = "stripe webhook";
const HEADER: &str = "stripe-signature";

/// How far the signing time may lie from ours, either way, in seconds (Stripe's own default).
const TOLERANCE: u64 = 300;

struct Signature<'a> {
    /// The signing time as written, because it is part of what was signed.
    time: &'a str,
    seconds: i64,
    /// Every `v1`; while a secret is being changed there are two.
    versions: Vec<&'a str>,
}

pub(super) fn verify(
    raw: &[u8],
    headers: &HeaderMap,
    secrets: &[Secret],
    now: Timestamp,
) -> Result<Verified, Rejected> {
    let mut found = headers.get_all(HEADER).iter();
    let header = found.next().ok_or(Rejected::Unsigned)?;
    if found.next().is_some() {
        return Err(Rejected::Malformed);
    }
    let signature = read_header(header.to_str().map_err(|_| Rejected::Malformed)?)?;
    if !is_signed(raw, &signature, secrets) {
        return Err(Rejected::Forged);
    }
    if now.as_seconds().abs_diff(signature.seconds) > TOLERANCE {
        return Err(Rejected::OutOfTime);
    }
    Ok(Verified {
        signed_at: Timestamp::from_seconds(signature.seconds),
    })
}

fn read_header(text: &str) -> Result<Signature<'_>, Rejected> {
    let mut time = None;
    let mut versions = Vec::new();
    for pair in text.split(',') {
        let (key, value) = pair.trim().split_once('=').ok_or(Rejected::Malformed)?;
        match key {
            "t" if time.is_some() => return Err(Rejected::Malformed),
            "t" => time = Some(value),
            "v1" => versions.push(value),
            // `v0` comes in test mode, other versions may come one day; only v1 counts.
            _ => {}
        }
    }
    let time = time.ok_or(Rejected::Malformed)?;
    let digits = !time.is_empty() && time.bytes().all(|b| b.is_ascii_digit());
    let seconds = if digits {
        time.parse().map_err(|_| Rejected::Malformed)?
    } else {
        return Err(Rejected::Malformed);
    };
    if versions.is_empty() {
        return Err(Rejected::Malformed);
    }
    Ok(Signature {
        time,
        seconds,
        versions,
    })
}

fn is_signed(raw: &[u8], signature: &Signature<'_>, secrets: &[Secret]) -> bool {
    let mut matched = Choice::from(0);
    for secret in secrets.iter().filter(|secret| !secret.expose().is_empty()) {
        let Some(expected) = sign(secret, signature.time, raw) else {
            continue;
        };
        for version in &signature.versions {
            matched |= expected.as_bytes().ct_eq(version.as_bytes());
        }
    }
    matched.into()
}

/// The lower-case hexadecimal HMAC of `<time>.<body>`; the whole secret text is the key, `whsec_` included.
fn sign(secret: &Secret, time: &str, raw: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(raw);
    Some(format!("{:x}", mac.finalize().into_bytes()))
}

pub(super) fn parse(raw: &[u8]) -> Result<WebhookEvent, Error> {
    let event: wire::Event = serde_json::from_slice(raw).map_err(|error| Error::Malformed {
        call: CALL,
        source: Box::new(error),
    })?;
    let object = event.data.object;
    Ok(WebhookEvent {
        event_id: event.id,
        kind: kind(&event.name),
        name: event.name,
        payment: object.payment(),
        refund: object.refund(),
        provider_reference: object.id(),
        settlement_reference: object.money(),
    })
}

fn kind(name: &str) -> WebhookKind {
    match name.split('.').collect::<Vec<_>>().as_slice() {
        // Of the many that tell of a paid PaymentIntent none says more than its session; a declined card is told by nothing else.
        ["checkout", "session", _] | ["payment_intent", "payment_failed"] => WebhookKind::Payment,
        ["refund", _] | ["charge", "refunded"] | ["charge", "refund", _] => WebhookKind::Refund,
        ["charge", "dispute", _] | ["radar", "early_fraud_warning", _] => WebhookKind::Dispute,
        _ => WebhookKind::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time of the computed vectors.
    const T: i64 = 1_764_000_000;
    const BODY: &[u8] = include_bytes!("samples/webhook.vector.json");
    const SECRET: &str = "whsec_test_5f2c1e7a9b";
    const GOOD: &str = "1307e3eff44a27fc60471ac858c49fe9d588ba0e2892f25f55716bf55c118175";
    const BY_OLD_SECRET: &str = "808d539cd7bd1665dd1b8e376aab2e53f9b0e60d4453139ca7e77365536f4cc9";

    fn judge(body: &[u8], header: &str, secrets: &[&str], now: i64) -> Result<(), Rejected> {
        let mut headers = HeaderMap::new();
        headers.insert(HEADER, header.parse().unwrap());
        let secrets: Vec<_> = secrets.iter().map(|text| Secret::new(*text)).collect();
        verify(body, &headers, &secrets, Timestamp::from_seconds(now)).map(drop)
    }

    #[test]
    fn the_computed_vectors_are_accepted() {
        let rolling = format!("t={T},v1={BY_OLD_SECRET},v1={GOOD}");
        for (header, secrets) in [
            (format!("t={T},v1={GOOD}"), vec![SECRET]),
            (rolling.clone(), vec![SECRET]),
            (rolling.clone(), vec!["whsec_test_previous0"]),
            (rolling, vec!["whsec_test_previous0", SECRET]),
            (
                format!("t={T},v1={BY_OLD_SECRET}"),
                vec![SECRET, "whsec_test_previous0"],
            ),
            (format!("t={T}, v0=00, v1={GOOD}, v2=xyz"), vec![SECRET]),
        ] {
            assert_eq!(judge(BODY, &header, &secrets, T), Ok(()), "{header}");
        }
        let tiny = "t=1,v1=7318395d4aaca1dcc05b8514f79fad3e366e403c75307c6742e207c2c83c2a68";
        assert_eq!(judge(br#"{"a":1}"#, tiny, &["whsec_x"], 1), Ok(()));
    }

    #[test]
    fn any_change_to_body_time_or_signature_is_forgery() {
        let header = format!("t={T},v1={GOOD}");
        let mut longer = BODY.to_vec();
        longer.push(b' ');
        let cheaper = String::from_utf8_lossy(BODY).replace("7997", "7998");

        for (body, header, secrets) in [
            (longer.as_slice(), header.clone(), vec![SECRET]),
            (cheaper.as_bytes(), header.clone(), vec![SECRET]),
            (&BODY[1..], header.clone(), vec![SECRET]),
            (b"", header.clone(), vec![SECRET]),
            (BODY, format!("t={},v1={GOOD}", T + 1), vec![SECRET]),
            (BODY, format!("t=0{T},v1={GOOD}"), vec![SECRET]),
            (BODY, format!("t={T},v1={}", &GOOD[1..]), vec![SECRET]),
            (BODY, format!("t={T},v1={GOOD}0"), vec![SECRET]),
            (BODY, format!("t={T},v1={}", GOOD.replace('1', "2")), vec![SECRET]),
            (BODY, format!("t={T},v1="), vec![SECRET]),
            (BODY, header.clone(), vec!["test_5f2c1e7a9b"]),
            (BODY, header.clone(), vec![""]),
            (BODY, header, vec![]),
        ] {
            assert_eq!(judge(body, &header, &secrets, T), Err(Rejected::Forged), "{header}");
        }
    }

    #[test]
    fn every_single_bit_of_the_body_is_covered() {
        let header = format!("t={T},v1={GOOD}");
        for place in 0..BODY.len() {
            let mut changed = BODY.to_vec();
            changed[place] ^= 1;
            assert_eq!(
                judge(&changed, &header, &[SECRET], T),
                Err(Rejected::Forged),
                "byte {place}"
            );
        }
    }

    #[test]
    fn a_header_of_another_form_is_not_read_generously() {
        for header in [
            "",
            "nonsense",
            "t=",
            &format!("v1={GOOD}"),
            &format!("t={T}"),
            &format!("t={T},v0={GOOD}"),
            &format!("t=now,v1={GOOD}"),
            &format!("t=+{T},v1={GOOD}"),
            &format!("t={T},t={T},v1={GOOD}"),
            &format!("t=99999999999999999999,v1={GOOD}"),
        ] {
            assert_eq!(judge(BODY, header, &[SECRET], T), Err(Rejected::Malformed), "{header}");
        }
        assert_eq!(
            verify(BODY, &HeaderMap::new(), &[], Timestamp::from_seconds(T)),
            Err(Rejected::Unsigned)
        );
    }

    #[test]
    fn a_good_signature_counts_for_five_minutes_either_way() {
        let header = format!("t={T},v1={GOOD}");
        for (now, judged) in [
            (T + 300, Ok(())),
            (T - 300, Ok(())),
            (T + 301, Err(Rejected::OutOfTime)),
            (T - 301, Err(Rejected::OutOfTime)),
        ] {
            assert_eq!(judge(BODY, &header, &[SECRET], now), judged, "{now}");
        }
    }

    #[test]
    fn two_signature_headers_are_one_too_many() {
        let mut headers = HeaderMap::new();
        for _ in 0..2 {
            headers.append(HEADER, format!("t={T},v1={GOOD}").parse().unwrap());
        }

        let judged = verify(BODY, &headers, &[Secret::new(SECRET)], Timestamp::from_seconds(T));

        assert_eq!(judged, Err(Rejected::Malformed));
    }

    #[test]
    fn a_webhook_names_the_payment_to_ask_about() {
        let event = parse(include_bytes!("samples/webhook.session.json")).unwrap();

        assert_eq!(event.kind, WebhookKind::Payment);
        assert_eq!(event.event_id, "evt_1Session");
        assert_eq!(event.name, "checkout.session.completed");
        assert_eq!(event.payment.unwrap().as_str(), "pay_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1");
        assert_eq!(event.provider_reference.as_deref(), Some("cs_test_a1Sample"));
        assert_eq!(event.settlement_reference.as_deref(), Some("pi_1Sample"));
    }

    #[test]
    fn refunds_and_disputes_are_told_apart() {
        let refund = parse(include_bytes!("samples/webhook.refund.json")).unwrap();
        assert_eq!(refund.kind, WebhookKind::Refund);
        assert_eq!(refund.refund.unwrap().as_str(), "ref_01JDB7M3N8Q4R5S6T7V8W9X0YZ-1");

        let opened = include_str!("samples/webhook.dispute.json");
        for (name, intent, money) in [
            ("charge.dispute.created", "pi_1Sample", "pi_1Sample"),
            ("charge.dispute.funds_withdrawn", "pi_1Sample", "pi_1Sample"),
            ("radar.early_fraud_warning.created", "", "ch_1Sample"),
        ] {
            let told = opened.replace("charge.dispute.created", name);
            let told = match intent {
                "" => told.replace(r#""payment_intent":"pi_1Sample""#, r#""payment_intent":null"#),
                _ => told,
            };
            let dispute = parse(told.as_bytes()).unwrap();
            assert_eq!(dispute.kind, WebhookKind::Dispute, "{name}");
            assert_eq!(dispute.settlement_reference.as_deref(), Some(money), "{name}");
        }
    }

    #[test]
    fn an_event_of_an_unknown_kind_is_read_and_nonsense_is_not() {
        let unknown = parse(include_bytes!("samples/webhook.unknown.json")).unwrap();

        assert_eq!(
            (unknown.kind, unknown.payment, unknown.provider_reference),
            (WebhookKind::Other, None, None)
        );
        for nonsense in ["", "[]", "{\"id\":\"evt_1\"}", "\u{0}"] {
            assert!(
                matches!(parse(nonsense.as_bytes()), Err(Error::Malformed { .. })),
                "{nonsense}"
            );
        }
    }
}
