//! Files: labels, customs papers and photos. Bytes go in once under a key of their own; people get links that end after minutes.

use std::time::Duration;

use aws_sdk_s3::{Client, presigning::PresigningConfig, primitives::ByteStream};
use base64::{Engine, engine::general_purpose::STANDARD};
use domain::order::StoredFile;
use sha2::{Digest, Sha256};

use crate::{aws::unsaid, error::Error};
#[cfg(feature = "memory")]
use crate::{
    cost,
    watch::{Call, Watch},
};

/// How long a link to a file lives.
const LINK_LIFE: Duration = Duration::from_secs(5 * 60);

/// The file store.
#[derive(Clone)]
pub enum Files {
    /// S3.
    S3 {
        /// The client.
        client: Client,
        /// The bucket.
        bucket: String,
    },
    /// A map in this process, for tests.
    #[cfg(feature = "memory")]
    Memory(std::sync::Arc<std::sync::Mutex<std::collections::BTreeMap<String, Vec<u8>>>>),
    /// Files whose every call is seen, for tests.
    #[cfg(feature = "memory")]
    Watched(std::sync::Arc<(Self, std::sync::Arc<dyn Watch>)>),
}

impl Files {
    /// Files in a bucket.
    #[must_use]
    pub fn new(client: Client, bucket: String) -> Self {
        Self::S3 { client, bucket }
    }

    /// Stores bytes under a key; the same key again replaces them.
    ///
    /// # Errors
    /// When the bucket does not answer.
    pub async fn put(&self, kind: &str, key: &str, media_type: &str, bytes: Vec<u8>) -> Result<StoredFile, Error> {
        let digest = Sha256::digest(&bytes);
        let file = StoredFile {
            kind: kind.into(),
            key: key.into(),
            media_type: media_type.into(),
            sha256: format!("{digest:x}"),
        };
        match self {
            Self::S3 { client, bucket } => {
                let request = client
                    .put_object()
                    .bucket(bucket)
                    .key(key)
                    .content_type(media_type)
                    .checksum_sha256(STANDARD.encode(digest))
                    .body(ByteStream::from(bytes));
                request
                    .send()
                    .await
                    .map_err(|error| unavailable("store a file", unsaid::kind(&error)))?;
            }
            #[cfg(feature = "memory")]
            Self::Memory(files) => {
                files
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .insert(key.into(), bytes);
            }
            #[cfg(feature = "memory")]
            Self::Watched(inner) => {
                let (files, watch) = inner.as_ref();
                let (call, cost) = (file_call("PutObject", key, true), cost::of_file(bytes.len(), true));
                watch.before(&call).await?;
                Box::pin(files.put(kind, key, media_type, bytes)).await?;
                watch.after(&call, cost).await?;
            }
        }
        Ok(file)
    }

    /// The bytes under a key.
    ///
    /// # Errors
    /// When the bucket does not answer or has no such key.
    pub async fn get(&self, key: &str) -> Result<Vec<u8>, Error> {
        match self {
            Self::S3 { client, bucket } => {
                let answer = client.get_object().bucket(bucket).key(key).send().await;
                let answer = answer.map_err(|error| unavailable("read a file", unsaid::kind(&error)))?;
                let bytes = answer
                    .body
                    .collect()
                    .await
                    .map_err(|_| unavailable("read a file", "it broke off".to_owned()))?;
                Ok(bytes.into_bytes().to_vec())
            }
            #[cfg(feature = "memory")]
            Self::Memory(files) => {
                let files = files.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                files
                    .get(key)
                    .cloned()
                    .ok_or_else(|| Error::defect("read a file", format!("no file {key}")))
            }
            #[cfg(feature = "memory")]
            Self::Watched(inner) => {
                let (files, watch) = inner.as_ref();
                let call = file_call("GetObject", key, false);
                watch.before(&call).await?;
                let bytes = Box::pin(files.get(key)).await?;
                watch.after(&call, cost::of_file(bytes.len(), false)).await?;
                Ok(bytes)
            }
        }
    }

    /// A link under which anybody may read the file for five minutes.
    ///
    /// # Errors
    /// When the link cannot be signed.
    pub async fn read_link(&self, key: &str) -> Result<String, Error> {
        match self {
            Self::S3 { client, bucket } => {
                let request = client.get_object().bucket(bucket).key(key).presigned(life()?).await;
                Ok(request
                    .map_err(|error| unavailable("sign a link", unsaid::kind(&error)))?
                    .uri()
                    .to_owned())
            }
            #[cfg(feature = "memory")]
            Self::Memory(_) | Self::Watched(_) => Ok(format!("memory:{key}")),
        }
    }

    /// A link under which a device may put exactly these bytes for five minutes: media type, length and SHA-256 (base64) are signed.
    ///
    /// # Errors
    /// When the link cannot be signed.
    pub async fn write_link(&self, key: &str, media_type: &str, length: i64, sha256: &str) -> Result<String, Error> {
        match self {
            Self::S3 { client, bucket } => {
                let request = client
                    .put_object()
                    .bucket(bucket)
                    .key(key)
                    .content_type(media_type)
                    .content_length(length)
                    .checksum_sha256(sha256)
                    .presigned(life()?)
                    .await;
                Ok(request
                    .map_err(|error| unavailable("sign a link", unsaid::kind(&error)))?
                    .uri()
                    .to_owned())
            }
            #[cfg(feature = "memory")]
            Self::Memory(_) | Self::Watched(_) => Ok(format!("memory:{key}")),
        }
    }
}

#[cfg(feature = "memory")]
fn file_call(operation: &'static str, key: &str, writes: bool) -> Call {
    Call {
        operation,
        place: "files".to_owned(),
        about: key.to_owned(),
        writes,
    }
}

fn life() -> Result<PresigningConfig, Error> {
    PresigningConfig::expires_in(LINK_LIFE).map_err(|error| Error::defect("sign a link", error))
}

fn unavailable(doing: &'static str, why: String) -> Error {
    Error::Unavailable {
        doing,
        source: why.into(),
    }
}
