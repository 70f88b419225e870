//! S3 on this machine: s3s in this process, files under the data folder, buckets from the template.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpError};
use s3s_fs::FileSystem;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use template::Template;

/// Makes the buckets' folders and serves the S3 protocol.
pub(crate) fn start(
    tasks: &mut JoinSet<()>,
    listener: TcpListener,
    folder: &Path,
    template: &Template,
) -> anyhow::Result<()> {
    let buckets = &template.buckets;
    let places = buckets.iter().map(|bucket| folder.join(&bucket.name));
    for place in std::iter::once(folder.to_owned()).chain(places) {
        std::fs::create_dir_all(&place).with_context(|| format!("cannot make {}", place.display()))?;
    }
    let files = FileSystem::new(folder).map_err(|error| anyhow!("cannot use {}: {error:?}", folder.display()))?;
    let mut builder = S3ServiceBuilder::new(files);
    let mut keys = SimpleAuth::from_single(crate::KEY, crate::KEY);
    for function in &template.functions {
        keys.register(function.name.clone(), crate::KEY.into());
    }
    builder.set_auth(keys);
    let origins = buckets
        .iter()
        .flat_map(|bucket| bucket.upload_origins.clone())
        .collect();
    tasks.spawn(serve(listener, builder.build(), Arc::new(origins)));
    Ok(())
}

async fn serve(listener: TcpListener, service: S3Service, origins: Arc<Vec<String>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => if let Ok((stream, _)) = accepted {
                stream.set_nodelay(true).ok();
                let (service, origins) = (service.clone(), Arc::clone(&origins));
                let each = service_fn(move |request| answer(service.clone(), Arc::clone(&origins), request));
                let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), each);
                // A broken connection is the caller's to notice.
                connections.spawn(async move { connection.await.ok(); });
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// Adds what the bucket's `CorsConfiguration` does on AWS: the shop's pages may put files here.
async fn answer(
    service: S3Service,
    origins: Arc<Vec<String>>,
    request: Request<Incoming>,
) -> Result<Response<Body>, HttpError> {
    let origin = request.headers().get(ORIGIN).cloned();
    let allowed = origin.filter(|origin| origins.iter().any(|one| one.as_bytes() == origin.as_bytes()));
    let asks_first =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if asks_first {
        let mut response = Response::new(Body::empty());
        if allowed.is_none() {
            *response.status_mut() = StatusCode::FORBIDDEN;
        }
        response
    } else {
        service.call(request.map(Body::from)).await?
    };
    if let Some(origin) = allowed {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("PUT"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("*"));
    }
    Ok(response)
}
