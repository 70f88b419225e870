//! The request signature of the AliExpress open platform: HMAC-SHA256 over the sorted parameters as they are before URL-encoding.

use std::fmt::Write as _;

use domain::Secret;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Signs a call, in upper-case hexadecimal. `path` stands in front for system calls (`/auth/token/refresh`) and is empty for business calls.
/// Empty values do not count; order is that of the bytes, so `pageIndex` stands before `page_index` whatever the locale.
pub(super) fn sign<'a>(
    secret: &Secret,
    path: &str,
    parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut sorted: Vec<(&str, &str)> = parameters
        .into_iter()
        .filter(|(name, value)| *name != "sign" && !value.is_empty())
        .collect();
    sorted.sort_unstable();
    let mut text = path.to_owned();
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes())
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
        .chain_update(text);
    mac.finalize().into_bytes().iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02X}").ok();
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMON: [(&str, &str); 3] = [
        ("app_key", "500000"),
        ("sign_method", "sha256"),
        ("timestamp", "1767225600000"),
    ];

    fn signed(path: &str, parameters: &[(&str, &str)]) -> String {
        let all = COMMON.iter().chain(parameters).copied();
        sign(&Secret::new("helloworld-test-secret"), path, all)
    }

    fn business(method: &str, parameters: &[(&str, &str)]) -> String {
        let mut all = vec![("method", method), ("session", "50000000a00testtoken")];
        all.extend_from_slice(parameters);
        signed("", &all)
    }

    #[test]
    fn a_product_call_is_signed_without_its_empty_parameters_and_without_an_old_signature() {
        let signature = business(
            "aliexpress.ds.product.get",
            &[
                ("simplify", "true"),
                ("format", "json"),
                ("product_id", "1005006361450153"),
                ("ship_to_country", "US"),
                ("target_currency", "USD"),
                ("target_language", "EN"),
                ("province_code", ""),
                ("sign", "OLD"),
            ],
        );

        assert_eq!(
            signature,
            "611A62F0AD21A524CFCA6ECCA9AB7557C9D158E51DB31F31901FE0661FD70A4E"
        );
    }

    #[test]
    fn words_beyond_ascii_are_signed_as_utf_8_before_encoding() {
        let signature = business(
            "aliexpress.ds.text.search",
            &[
                ("keyWord", "café mug"),
                ("local", "en_US"),
                ("countryCode", "US"),
                ("currency", "USD"),
                ("pageIndex", "1"),
                ("pageSize", "20"),
            ],
        );

        assert_eq!(
            signature,
            "30BD7960BDC677638BE6515F452692B89C2B4114A7720825400450E6E16B2800"
        );
    }

    #[test]
    fn a_json_parameter_is_signed_as_the_exact_text_that_is_sent() {
        let order = concat!(
            r#"{"out_order_id":"po-7f3a","logistics_address":{"contact_person":"Dock 4","full_name":"Dock 4","#,
            r#""phone_country":"+1","mobile_no":"3025550100","address":"100 Warehouse Rd","address2":"Suite 12","#,
            r#""city":"New Castle","province":"Delaware","country":"US","zip":"19720","locale":"en_US"},"#,
            r#""product_items":[{"product_id":1005006361450153,"sku_attr":"14:29#Bear;183:200007736","#,
            r#""product_count":1,"logistics_service_name":"CAINIAO_FULFILLMENT_STD"}]}"#,
        );

        let signature = business(
            "aliexpress.ds.order.create",
            &[("param_place_order_request4_open_api_d_t_o", order)],
        );

        assert_eq!(
            signature,
            "96890D9A7B85ADC03B3ECA08B02197D94A14C14A7C31355F3CA282DEDCEF6E6C"
        );
    }

    #[test]
    fn a_system_call_is_signed_with_its_path_in_front() {
        let create = signed("/auth/token/create", &[("code", "0_2DL4DV3jcU1UOT7WGI1A4rY91")]);
        let refresh = signed("/auth/token/refresh", &[("refresh_token", "50001000a00refresh")]);

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
    fn another_project_s_published_signature_comes_out_too() {
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

        let signature = sign(&Secret::new("TEST_SECRET_123"), "", parameters);

        assert_eq!(
            signature,
            "22ACCEEA01395E49C9A1964220A7147F247086AC1619303DAD6A951DCCA54DD2"
        );
    }
}
