//! Two tabs of one shopper: what one changed, the other is told before it changes anything itself.

use end_to_end::{Played, play};
use http::Method;
use serde_json::json;

#[test]
fn the_second_of_two_tabs_is_told_that_the_cart_has_changed_and_goes_on_from_there() -> Played {
    play(async |stage| {
        let (shopper, _) = stage.shopper_with_cart().await?;
        let browser = &shopper.browser;
        let opened = browser.get("/cart").await?.good("opening both tabs")?;
        let seen = opened.json["version"].to_string();
        let line = format!("/cart/lines/{}", opened.json["stores"][0]["lines"][0]["id"]);
        let change = |version: String, quantity: u32| {
            let line = &line;
            async move {
                let body = json!({ "quantity": quantity });
                browser.send_at(Method::PUT, line, (None, Some(&version)), &body).await
            }
        };

        let first = change(seen.clone(), 3).await?.good("changing it in one tab")?;
        let second = change(seen.clone(), 1).await?;
        let removal = browser
            .send_at(Method::DELETE, &line, (None, Some(&seen)), &json!(null))
            .await?;

        for refused in [second, removal] {
            assert_eq!(
                (refused.status, refused.text_at("/code")?.as_str()),
                (412, "version_stale")
            );
        }
        let looked = browser.get("/cart").await?.good("looking again")?;
        assert_eq!(
            (&looked.json["pieces"], &looked.json["version"]),
            (&json!(3), &first.json["version"])
        );
        let changed = change(looked.json["version"].to_string(), 1)
            .await?
            .good("changing it then")?;
        assert_eq!(changed.json["pieces"], 1);
        Ok(())
    })
}
