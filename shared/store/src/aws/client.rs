//! Clients with explicit region, credentials and compiled-in roots: no profile files, no metadata service, no reading of the system's
//! certificates, which would cost more than everything else a function does at its start.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use domain::{Secret, Settings};

use crate::error::Error;

/// The roots that sign AWS endpoints (Amazon Trust Services repository, read 2026-11). A test says when one is about to end.
const ROOTS: &[&str] = &[
    include_str!("../roots/amazon_root_ca_1.pem"),
    include_str!("../roots/amazon_root_ca_2.pem"),
    include_str!("../roots/amazon_root_ca_3.pem"),
    include_str!("../roots/amazon_root_ca_4.pem"),
    include_str!("../roots/starfield_services_root_g2.pem"),
];

/// What Lambda tells every function about AWS.
#[derive(Clone)]
pub struct AwsSettings {
    region: String,
    access_key_id: String,
    secret_access_key: Secret,
    session_token: Option<String>,
    dynamodb_endpoint: Option<String>,
    sqs_endpoint: Option<String>,
    s3_endpoint: Option<String>,
}

impl AwsSettings {
    /// None: Lambda sets all of these by itself, so they do not stand in the template.
    pub const NAMES: &[&str] = &[];

    /// Reads them.
    pub fn read(settings: &mut Settings) -> Self {
        Self {
            region: settings.text("AWS_REGION"),
            access_key_id: settings.text("AWS_ACCESS_KEY_ID"),
            secret_access_key: settings.secret("AWS_SECRET_ACCESS_KEY"),
            session_token: settings.optional("AWS_SESSION_TOKEN"),
            dynamodb_endpoint: settings.optional("AWS_ENDPOINT_URL_DYNAMODB"),
            sqs_endpoint: settings.optional("AWS_ENDPOINT_URL_SQS"),
            s3_endpoint: settings.optional("AWS_ENDPOINT_URL_S3"),
        }
    }
}

/// Makes the clients a function asks for; they share one connection pool.
pub struct Clients {
    settings: AwsSettings,
    http: SharedHttpClient,
}

impl Clients {
    /// Prepares TLS once.
    ///
    /// # Errors
    /// When the compiled-in roots cannot be read.
    pub fn new(settings: AwsSettings) -> Result<Self, Error> {
        let store = ROOTS
            .iter()
            .fold(TrustStore::empty(), |store, pem| store.with_pem_certificate(*pem));
        let context = TlsContext::builder().with_trust_store(store).build();
        let context = context.map_err(|error| Error::defect("read the compiled-in roots", error))?;
        let http = Builder::new()
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context)
            .build_https();
        Ok(Self { settings, http })
    }

    fn credentials(&self) -> Credentials {
        let AwsSettings {
            access_key_id,
            secret_access_key,
            session_token,
            ..
        } = &self.settings;
        Credentials::new(
            access_key_id,
            secret_access_key.expose(),
            session_token.clone(),
            None,
            "lambda environment",
        )
    }

    fn timeouts() -> TimeoutConfig {
        TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(1000))
            .operation_attempt_timeout(Duration::from_secs(3))
            .operation_timeout(Duration::from_secs(8))
            .build()
    }

    /// A DynamoDB client.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodb::config::Region::new(self.settings.region.clone()))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard())
            .timeout_config(Self::timeouts());
        config.set_endpoint_url(self.settings.dynamodb_endpoint.clone());
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    /// An SQS client.
    #[must_use]
    pub fn sqs(&self) -> aws_sdk_sqs::Client {
        let mut config = aws_sdk_sqs::Config::builder()
            .behavior_version(aws_sdk_sqs::config::BehaviorVersion::latest())
            .region(aws_sdk_sqs::config::Region::new(self.settings.region.clone()))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard())
            .timeout_config(Self::timeouts());
        config.set_endpoint_url(self.settings.sqs_endpoint.clone());
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// An S3 client. Paths and not host names name the bucket, as every S3-like service understands.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(aws_sdk_s3::config::BehaviorVersion::latest())
            .region(aws_sdk_s3::config::Region::new(self.settings.region.clone()))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard())
            .timeout_config(Self::timeouts())
            .force_path_style(true);
        config.set_endpoint_url(self.settings.s3_endpoint.clone());
        aws_sdk_s3::Client::from_conf(config.build())
    }
}
