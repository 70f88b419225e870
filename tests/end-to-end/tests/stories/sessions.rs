//! Getting in and staying in: guesses end soon, a letter serves once, every way in makes a new token, and whoever leaves is out everywhere.

use std::time::Duration;

use anyhow::Context;
use end_to_end::{Exchange, Played, Stage, play, raw};
use http::Method;
use local::actors::{Browser, Said, account};
use serde_json::{Value, json};

const FRESH: &str = "a pass phrase nobody had before";

async fn registered(stage: &Stage, contact: &str) -> anyhow::Result<Browser> {
    let browser = Browser::new(stage.shop()?);
    account::register(&browser, &stage.world()?, contact).await?;
    Ok(browser)
}

/// Somebody logs in on a device of their own.
async fn log_in(stage: &Stage, contact: &str, password: &str) -> anyhow::Result<(Browser, Said)> {
    let browser = Browser::new(stage.shop()?);
    let typed = json!({ "contact": contact, "password": password });
    let said = browser.post("/sessions", &typed).await?;
    Ok((browser, said))
}

fn cookie(browser: &Browser) -> anyhow::Result<String> {
    browser.cookie().context("a browser without a session")
}

/// What a cookie opens, sent as it is.
async fn opens(stage: &Stage, cookie: &str) -> anyhow::Result<u16> {
    let address = format!("{}/me/addresses", stage.shop()?);
    let headers = [("accept", "application/json"), ("cookie", cookie)];
    Ok(raw("GET", &address, &headers, "").await?.status)
}

/// The newest six digits somebody was sent with these words.
async fn code(stage: &Stage, contact: &str, words: &str) -> anyhow::Result<String> {
    let text = stage.world()?.message_to(contact, words).await?;
    let digits = text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6);
    Ok(digits.context("the message holds no code")?.to_owned())
}

#[test]
fn five_wrong_passwords_close_an_account_for_a_while_known_or_not() -> Played {
    play(async |stage| {
        registered(stage, "guessed@example.com").await?;
        for contact in ["guessed@example.com", "nobody-at-all@example.com"] {
            for _ in 0..5 {
                let (_, said) = log_in(stage, contact, "not the right one").await?;
                assert_eq!(
                    (said.status, said.text_at("/code")?.as_str()),
                    (401, "wrong_credentials")
                );
            }

            let (_, sixth) = log_in(stage, contact, account::PASSWORD).await?;

            assert_eq!(
                (sixth.status, sixth.text_at("/code")?.as_str()),
                (429, "too_many_tries"),
                "{contact}"
            );
        }

        stage.pass(Duration::from_secs(61))?;

        let (_, later) = log_in(stage, "guessed@example.com", account::PASSWORD).await?;
        assert_eq!(later.status, 201, "{}", later.text);
        Ok(())
    })
}

#[test]
fn a_letter_sets_one_password_and_ends_every_session() -> Played {
    play(async |stage| {
        let contact = "forgot@example.com";
        let before = registered(stage, contact).await?;
        Browser::new(stage.shop()?)
            .post("/resets", &json!({ "contact": contact }))
            .await?
            .good("asking for a letter")?;
        let letter = stage
            .world()?
            .message_to(contact, "Choose a new Bandari password")
            .await?;
        let token = letter.split("/reset/").nth(1).and_then(|rest| rest.split(' ').next());
        let choice = json!({ "token": token.context("the letter holds no link")?, "password": FRESH });
        let reader = Browser::new(stage.shop()?);

        let set = reader.post("/passwords", &choice).await?;
        let again = reader.post("/passwords", &choice).await?;

        assert_eq!(set.status, 204, "{}", set.text);
        assert_eq!(
            (again.status, again.text_at("/code")?.as_str()),
            (410, "not_valid_any_more")
        );
        assert_eq!(opens(stage, &cookie(&before)?).await?, 401);
        assert_eq!(log_in(stage, contact, account::PASSWORD).await?.1.status, 401);
        assert_eq!(log_in(stage, contact, FRESH).await?.1.status, 201);
        Ok(())
    })
}

#[test]
fn every_way_in_makes_a_new_token_and_the_one_from_before_is_dead() -> Played {
    play(async |stage| {
        let (visitor, _) = stage.shopper_with_cart().await?;
        let as_visitor = cookie(&visitor.browser)?;
        account::register(&visitor.browser, &stage.world()?, "rotating@example.com").await?;
        let registered = cookie(&visitor.browser)?;
        let typed = json!({ "contact": "rotating@example.com", "password": account::PASSWORD });
        visitor
            .browser
            .post("/sessions", &typed)
            .await?
            .good("logging in again")?;
        let now = cookie(&visitor.browser)?;

        assert!(as_visitor != registered && registered != now);
        for (cookie, status) in [(&as_visitor, 401), (&registered, 401), (&now, 200)] {
            assert_eq!(opens(stage, cookie).await?, status);
        }
        let cart = visitor.browser.get("/cart").await?.good("the cart")?;
        assert_eq!(cart.json["pieces"], 2, "{}", cart.text);
        Ok(())
    })
}

#[test]
fn a_cookie_that_was_tampered_with_or_has_another_name_opens_nothing() -> Played {
    play(async |stage| {
        let browser = registered(stage, "tampered@example.com").await?;
        let good = cookie(&browser)?;
        let (name, token) = good.split_once('=').context("a cookie without a value")?;
        let other = if token.ends_with('A') { 'B' } else { 'A' };
        let cut = &token[..token.len() - 1];

        for bad in [
            format!("{name}={cut}{other}"),
            format!("{name}={cut}"),
            format!("{name}={token}A"),
            format!("{name}={}", token.to_uppercase()),
            format!("{name}="),
            format!("sid={token}"),
            format!("{name}={}", web::token_hash(token)),
        ] {
            assert_eq!(opens(stage, &bad).await?, 401, "{bad}");
        }
        assert_eq!(opens(stage, &good).await?, 200);
        Ok(())
    })
}

#[test]
fn a_form_of_another_site_is_refused_and_does_nothing() -> Played {
    play(async |stage| {
        let browser = registered(stage, "tricked@example.com").await?;
        let good = cookie(&browser)?;
        let post = async |path: &str, origin: &str, form: &str| -> anyhow::Result<Exchange> {
            let headers = [
                ("accept", "text/html"),
                ("content-type", "application/x-www-form-urlencoded"),
                ("origin", origin),
                ("cookie", good.as_str()),
            ];
            raw("POST", &format!("{}{path}", stage.shop()?), &headers, form).await
        };
        for (path, form) in [
            ("/sessions/deletion", ""),
            ("/me/deletion", "is_sure=true"),
            ("/me/contact-changes", "contact=thief%40example.com"),
            ("/sessions", "contact=tricked%40example.com&password=x"),
        ] {
            let answer = post(path, "https://evil.example", form).await?;
            assert_eq!(answer.status, 403, "{path}");
            assert_eq!(opens(stage, &good).await?, 200, "{path}");
        }

        let own = post("/sessions/deletion", stage.shop()?, "").await?;
        assert_eq!((own.status, opens(stage, &good).await?), (303, 401));
        Ok(())
    })
}

#[test]
fn who_logs_out_everywhere_is_out_on_every_device_and_no_old_token_comes_back() -> Played {
    play(async |stage| {
        let contact = "everywhere@example.com";
        let here = registered(stage, contact).await?;
        let (phone, _) = log_in(stage, contact, account::PASSWORD).await?;
        let cookies = [cookie(&here)?, cookie(&phone)?];
        for cookie in &cookies {
            assert_eq!(opens(stage, cookie).await?, 200);
        }

        here.send(Method::DELETE, "/sessions", None, &Value::Null)
            .await?
            .good("logging out everywhere")?;

        for cookie in &cookies {
            assert_eq!(opens(stage, cookie).await?, 401);
        }
        let (again, _) = log_in(stage, contact, account::PASSWORD).await?;
        assert_eq!(opens(stage, &cookie(&again)?).await?, 200);
        for cookie in &cookies {
            assert_eq!(opens(stage, cookie).await?, 401, "a new session revives no old one");
        }
        Ok(())
    })
}

#[test]
fn an_address_is_changed_with_the_codes_of_both_and_the_other_devices_are_out() -> Played {
    play(async |stage| {
        let (old, new) = ("moving@example.com", "moved@example.com");
        let here = registered(stage, old).await?;
        let (elsewhere, _) = log_in(stage, old, account::PASSWORD).await?;
        let before = cookie(&here)?;
        let asked = here
            .post("/me/contact-changes", &json!({ "contact": new }))
            .await?
            .good("asking for the change")?;
        let path = format!("/me/contact-changes/{}", asked.text_at("/ticket")?);
        let typed = json!({
            "old_code": code(stage, old, "to change how you log in").await?,
            "new_code": code(stage, new, "to use this at Bandari").await?,
        });

        here.post(&path, &typed).await?.good("typing both codes")?;

        assert_eq!(opens(stage, &cookie(&here)?).await?, 200);
        for dead in [before, cookie(&elsewhere)?] {
            assert_eq!(opens(stage, &dead).await?, 401);
        }
        stage.world()?.message_to(old, "was changed").await?;
        assert_eq!(log_in(stage, old, account::PASSWORD).await?.1.status, 401);
        assert_eq!(log_in(stage, new, account::PASSWORD).await?.1.status, 201);
        assert_eq!(here.post(&path, &typed).await?.status, 404, "a ticket serves once");
        Ok(())
    })
}

#[test]
fn the_owner_of_an_address_is_told_that_somebody_else_wants_it_and_nobody_else_is() -> Played {
    play(async |stage| {
        let (taken, phone) = ("taken@example.com", "+254712000077");
        registered(stage, taken).await?;
        let browser = registered(stage, "wanting@example.com").await?;
        let mut answers = Vec::new();
        for contact in [taken, phone] {
            let said = browser
                .post("/me/contact-changes", &json!({ "contact": contact }))
                .await?
                .good("asking for a change")?;
            let keys: Vec<String> = said
                .json
                .as_object()
                .into_iter()
                .flatten()
                .map(|(key, _)| key.clone())
                .collect();
            answers.push((said.status, keys));
        }

        assert_eq!(answers[0], answers[1]);
        stage.world()?.message_to(taken, "in use for one already").await?;
        code(stage, phone, "to use this at Bandari").await?;
        Ok(())
    })
}
