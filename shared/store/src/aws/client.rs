//! Clients with explicit region, credentials and compiled-in roots: no profile files, no metadata service, no reading of the system's
//! certificates, which would cost more than everything else a function does at its start.

use std::time::Duration;

use aws_credential_types::Credentials;
#[cfg(feature = "memory")]
use aws_sdk_dynamodb::config::{AsyncSleep, SharedAsyncSleep};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::{retry::RetryConfig, timeout::TimeoutConfig};
use domain::{Secret, Settings};

use crate::{aws::Dynamo, db::Db, error::Error, files::Files, queue::Queues};

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

/// Where a function finds its tables, queues and files.
pub struct Clients {
    source: Source,
}

enum Source {
    Aws(Box<Aws>),
    #[cfg(feature = "memory")]
    InProcess(InProcess),
}

/// The clients of AWS; they share one connection pool.
struct Aws {
    settings: AwsSettings,
    http: SharedHttpClient,
    #[cfg(feature = "memory")]
    sleep: Option<SharedAsyncSleep>,
}

/// Storage without AWS, for a simulator.
#[cfg(feature = "memory")]
pub struct InProcess {
    /// The table of a name.
    pub table: Box<dyn Fn(&str) -> Db + Send + Sync>,
    /// Every queue.
    pub queues: Queues,
    /// The bucket.
    pub files: Files,
}

#[cfg(feature = "memory")]
impl From<InProcess> for Clients {
    fn from(parts: InProcess) -> Self {
        Self {
            source: Source::InProcess(parts),
        }
    }
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
        Ok(Self::over(settings, http))
    }

    /// The clients over another way to send requests.
    #[must_use]
    pub fn over(settings: AwsSettings, http: SharedHttpClient) -> Self {
        Self {
            source: Source::Aws(Box::new(Aws {
                settings,
                http,
                #[cfg(feature = "memory")]
                sleep: None,
            })),
        }
    }

    /// The same with another way to rest between two tries, for a simulator whose time is not the real one.
    #[cfg(feature = "memory")]
    #[must_use]
    pub fn resting_with(mut self, sleep: impl AsyncSleep + 'static) -> Self {
        if let Source::Aws(aws) = &mut self.source {
            aws.sleep = Some(SharedAsyncSleep::new(sleep));
        }
        self
    }

    /// A table by name.
    #[must_use]
    pub fn table(&self, name: &str) -> Db {
        match &self.source {
            Source::Aws(aws) => Db::Aws(Dynamo::new(aws.dynamodb(), name.to_owned())),
            #[cfg(feature = "memory")]
            Source::InProcess(parts) => (parts.table)(name),
        }
    }

    /// Queues by consumer and address.
    #[must_use]
    pub fn queues(&self, urls: impl IntoIterator<Item = (&'static str, String)>) -> Queues {
        match &self.source {
            Source::Aws(aws) => Queues::new(aws.sqs(), urls),
            #[cfg(feature = "memory")]
            Source::InProcess(parts) => parts.queues.clone(),
        }
    }

    /// The files of a bucket.
    #[must_use]
    pub fn files(&self, bucket: String) -> Files {
        match &self.source {
            Source::Aws(aws) => Files::new(aws.s3(), bucket),
            #[cfg(feature = "memory")]
            Source::InProcess(parts) => parts.files.clone(),
        }
    }
}

impl Aws {
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

    fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(aws_sdk_dynamodb::config::BehaviorVersion::latest())
            .region(aws_sdk_dynamodb::config::Region::new(self.settings.region.clone()))
            .credentials_provider(self.credentials())
            .http_client(self.http.clone())
            .retry_config(RetryConfig::standard())
            .timeout_config(Self::timeouts());
        config.set_endpoint_url(self.settings.dynamodb_endpoint.clone());
        #[cfg(feature = "memory")]
        if let Some(sleep) = self.sleep.clone() {
            config.set_sleep_impl(Some(sleep));
        }
        aws_sdk_dynamodb::Client::from_conf(config.build())
    }

    fn sqs(&self) -> aws_sdk_sqs::Client {
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

    /// Paths and not host names name the bucket, as every S3-like service understands.
    fn s3(&self) -> aws_sdk_s3::Client {
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
