//! The request signature of the AliExpress open platform: HMAC-SHA256 over the sorted parameters, upper-case hex.

use std::collections::BTreeMap;

use crate::signing::hmac_hex;

/// Signs the parameters; `path` is given for system calls below `/rest` and goes in front.
pub(super) fn sign(secret: &str, path: Option<&str>, parameters: &BTreeMap<String, String>) -> String {
    let mut text = path.unwrap_or_default().to_owned();
    for (name, value) in parameters {
        if name != "sign" && !value.is_empty() {
            text.push_str(name);
            text.push_str(value);
        }
    }
    hmac_hex(secret.as_bytes(), text.as_bytes()).to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "helloworld-test-secret";
    const ORDER: &str = concat!(
        r#"{"out_order_id":"po-7f3a","logistics_address":{"contact_person":"Dock 4","full_name":"Dock 4","#,
        r#""phone_country":"+1","mobile_no":"3025550100","address":"100 Warehouse Rd","address2":"Suite 12","#,
        r#""city":"New Castle","province":"Delaware","country":"US","zip":"19720","locale":"en_US"},"#,
        r#""product_items":[{"product_id":1005006361450153,"sku_attr":"14:29#Bear;183:200007736","#,
        r#""product_count":1,"logistics_service_name":"CAINIAO_FULFILLMENT_STD"}]}"#
    );

    fn business(method: &str, more: &[(&str, &str)]) -> BTreeMap<String, String> {
        system(&[&[("method", method), ("session", "50000000a00testtoken")], more].concat())
    }

    fn system(more: &[(&str, &str)]) -> BTreeMap<String, String> {
        let common = [
            ("app_key", "500000"),
            ("timestamp", "1767225600000"),
            ("sign_method", "sha256"),
        ];
        common
            .iter()
            .chain(more)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn a_product_request_is_signed_like_the_published_example() {
        let parameters = business(
            "aliexpress.ds.product.get",
            &[
                ("format", "json"),
                ("simplify", "true"),
                ("product_id", "1005006361450153"),
                ("ship_to_country", "US"),
                ("target_currency", "USD"),
                ("target_language", "EN"),
                ("province_code", ""),
            ],
        );

        let sign = sign(SECRET, None, &parameters);

        assert_eq!(sign, "611A62F0AD21A524CFCA6ECCA9AB7557C9D158E51DB31F31901FE0661FD70A4E");
    }

    #[test]
    fn a_search_is_signed_over_utf_8_and_in_byte_order() {
        let parameters = business(
            "aliexpress.ds.text.search",
            &[
                ("countryCode", "US"),
                ("currency", "USD"),
                ("keyWord", "café mug"),
                ("local", "en_US"),
                ("pageIndex", "1"),
                ("pageSize", "20"),
            ],
        );

        let sign = sign(SECRET, None, &parameters);

        assert_eq!(sign, "30BD7960BDC677638BE6515F452692B89C2B4114A7720825400450E6E16B2800");
    }

    #[test]
    fn an_order_is_signed_with_its_json_as_sent() {
        let name = "param_place_order_request4_open_api_d_t_o";
        let parameters = business("aliexpress.ds.order.create", &[(name, ORDER)]);

        let sign = sign(SECRET, None, &parameters);

        assert_eq!(sign, "96890D9A7B85ADC03B3ECA08B02197D94A14C14A7C31355F3CA282DEDCEF6E6C");
    }

    #[test]
    fn system_calls_are_signed_with_their_path_in_front() {
        let create = system(&[("code", "0_2DL4DV3jcU1UOT7WGI1A4rY91")]);
        let refresh = system(&[("refresh_token", "50001000a00refresh")]);

        let create = sign(SECRET, Some("/auth/token/create"), &create);
        let refresh = sign(SECRET, Some("/auth/token/refresh"), &refresh);

        assert_eq!(
            create,
            "7E43A19F2FE322C8826A418AE2F6E8847B35EF1236CE999809A7EB3C17F794BD"
        );
        assert_eq!(
            refresh,
            "405AC420F9A74A5A52C1A135ACFAA5B915E3C21F0FD80BE95D50E5B2F63C6ED5"
        );
    }

    #[test]
    fn the_example_of_another_project_agrees() {
        let parameters = [
            ("app_key", "APPK"),
            ("method", "aliexpress.ds.text.search"),
            ("sign_method", "sha256"),
            ("timestamp", "1700000000000"),
            ("keyWord", "yoga mat"),
            ("countryCode", "FR"),
            ("session", "ATOK"),
            ("format", "json"),
        ];
        let parameters = parameters
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();

        let sign = sign("TEST_SECRET_123", None, &parameters);

        assert_eq!(sign, "22ACCEEA01395E49C9A1964220A7147F247086AC1619303DAD6A951DCCA54DD2");
    }
}
