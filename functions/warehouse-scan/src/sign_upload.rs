//! A link under which a device may put one photo of a scan, exactly the bytes it announced, for five minutes.

use domain::{
    Failure,
    audit::Hand,
    id::{OrderId, ScanId},
};
use serde::{Deserialize, Serialize};

use crate::{Deps, scan_id};

/// Devices shrink their photos; more is no photo of a parcel.
const MOST_BYTES: i64 = 5 * 1024 * 1024;

/// The photo that is to come.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UploadForm {
    pub(crate) order: OrderId,
    #[serde(deserialize_with = "scan_id::read")]
    pub(crate) scan_id: ScanId,
    /// SHA-256 of the bytes, in base64.
    pub(crate) sha256: String,
    pub(crate) bytes: i64,
    pub(crate) media_type: String,
}

/// Where and how to put it.
#[derive(Debug, Serialize)]
pub(crate) struct Upload {
    method: &'static str,
    url: String,
    key: String,
    headers: UploadHeaders,
}

/// The headers that are signed and must be sent as they stand here; the length is sent by every client by itself.
#[derive(Debug, Serialize)]
struct UploadHeaders {
    #[serde(rename = "content-type")]
    content_type: String,
    #[serde(rename = "x-amz-checksum-sha256")]
    checksum: String,
}

pub(crate) async fn run(deps: &Deps, by: &Hand, typed: UploadForm) -> Result<Upload, Failure> {
    let ending = match typed.media_type.as_str() {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        _ => {
            return Err(Failure::field(
                "media_type",
                "unknown",
                "Send a photo as JPEG, PNG or WebP.",
            ));
        }
    };
    if !(1..=MOST_BYTES).contains(&typed.bytes) {
        return Err(Failure::field("bytes", "out_of_range", "A photo has at most 5 MB."));
    }
    if !is_sha256(&typed.sha256) {
        return Err(Failure::field(
            "sha256",
            "invalid",
            "Send the SHA-256 of the photo in base64.",
        ));
    }
    let order = deps.orders.load(&typed.order).await?;
    // One scan, one photo: sent again it takes the place of itself.
    let key = format!("photos/{}/{}.{ending}", order.id, typed.scan_id);
    let url = deps
        .files
        .write_link(&key, &typed.media_type, typed.bytes, &typed.sha256)
        .await?;
    let entry = by.did(
        deps.ids.form_key()?,
        deps.clock.now(),
        "photo.announced",
        order.id.as_str(),
    );
    deps.orders.note(&entry.changing("", key.clone())).await?;
    tracing::info!(order.id = %order.id, bytes = typed.bytes, "A photo of {} is coming", order.id);
    let headers = UploadHeaders {
        content_type: typed.media_type,
        checksum: typed.sha256,
    };
    Ok(Upload {
        method: "PUT",
        url,
        key,
        headers,
    })
}

/// 32 bytes in base64: 43 letters and one sign that fills up.
fn is_sha256(text: &str) -> bool {
    let letters = text.strip_suffix('=').unwrap_or_default();
    letters.len() == 43
        && letters
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{OTHER, Shop, ULID, scan};

    fn form() -> UploadForm {
        UploadForm {
            order: format!("ord_{ULID}").parse().unwrap(),
            scan_id: scan(1),
            sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=".into(),
            bytes: MOST_BYTES,
            media_type: "image/jpeg".into(),
        }
    }

    #[tokio::test]
    async fn a_photo_gets_a_place_of_its_own_under_its_order_and_scan() {
        let shop = Shop::with_bought().await;

        let upload = run(&shop.deps, &shop.staff, form()).await.unwrap();

        assert_eq!(upload.key, format!("photos/ord_{ULID}/{}.jpg", scan(1)));
        assert_eq!(upload.url, format!("memory:{}", upload.key));
        assert_eq!(upload.headers.content_type, "image/jpeg");
    }

    #[tokio::test]
    async fn other_kinds_sizes_and_sums_are_refused() {
        let shop = Shop::with_bought().await;
        for wrong in [
            UploadForm {
                media_type: "image/svg+xml".into(),
                ..form()
            },
            UploadForm {
                media_type: "text/html".into(),
                ..form()
            },
            UploadForm {
                bytes: MOST_BYTES + 1,
                ..form()
            },
            UploadForm { bytes: 0, ..form() },
            UploadForm { bytes: -1, ..form() },
            UploadForm {
                sha256: "abc=".into(),
                ..form()
            },
            UploadForm {
                sha256: "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n".into(),
                ..form()
            },
        ] {
            assert!(
                matches!(
                    run(&shop.deps, &shop.staff, wrong.clone()).await,
                    Err(Failure::Invalid(_))
                ),
                "{wrong:?}"
            );
        }
        let nobodys = UploadForm {
            order: format!("ord_{OTHER}").parse().unwrap(),
            ..form()
        };
        assert!(matches!(
            run(&shop.deps, &shop.staff, nobodys).await,
            Err(Failure::NotFound(_))
        ));
    }
}
