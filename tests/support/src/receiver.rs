//! A receiver of callbacks, over HTTP/1.1 or HTTP/2.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{Router, body::Bytes, extract::DefaultBodyLimit, http::StatusCode};
use tokio::{net::TcpListener, task::AbortHandle};

/// A receiver, until it is dropped.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Arc<AtomicUsize>,
    task: AbortHandle,
}

impl Receiver {
    /// Starts a receiver that always sends the same answer.
    pub async fn answering(answer: &'static str) -> Self {
        Self::start(|_, _| Some(200), answer).await
    }

    /// Starts a receiver that decides on each request, by its number from 0 and its body. Without a status it never
    /// answers.
    pub async fn deciding(decide: impl Fn(usize, &[u8]) -> Option<u16> + Send + Sync + 'static) -> Self {
        Self::start(decide, r#"{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}"#).await
    }

    async fn start(
        decide: impl Fn(usize, &[u8]) -> Option<u16> + Send + Sync + 'static,
        answer: &'static str,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("a listener has an address");
        let requests = Arc::<AtomicUsize>::default();
        let (counted, decide) = (Arc::clone(&requests), Arc::new(decide));
        let router = Router::new().fallback(move |body: Bytes| async move {
            match decide(counted.fetch_add(1, Ordering::SeqCst), &body) {
                Some(status) => (StatusCode::from_u16(status).expect("a status"), answer),
                None => std::future::pending().await,
            }
        });
        let router = router.layer(DefaultBodyLimit::disable());
        let task = tokio::spawn(axum::serve(listener, router).into_future()).abort_handle();
        Self { address, requests, task }
    }

    /// The number of requests answered so far.
    #[must_use]
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}
