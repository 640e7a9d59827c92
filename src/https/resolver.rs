//! Name resolution with a check of every address.

use std::{
    net::{IpAddr, SocketAddr},
    task::{Context, Poll},
};

use futures_util::future::BoxFuture;
use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use lambda_http::http::Uri;
use lambda_runtime::{Error as BoxError, Service};

use super::AddressFilter;

/// The system's resolver, without the addresses that the filter refuses. The connection goes to a checked address: a
/// name can't get another address between check and connection.
#[derive(Clone)]
pub(super) struct Resolver {
    system: GaiResolver,
    filter: AddressFilter,
}

impl Resolver {
    pub(super) fn new(filter: AddressFilter) -> Self {
        Self { system: GaiResolver::new(), filter }
    }

    /// Checks a host that is an address. hyper does not resolve such a host.
    pub(super) fn check(&self, server: &Uri) -> Result<(), BoxError> {
        let host = server.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        match host.parse() {
            Ok(address) if !(self.filter)(address) => Err(refused(address)),
            _ => Ok(()),
        }
    }
}

impl Service<Name> for Resolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Self::Response, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.system.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let (resolving, filter) = (self.system.call(name), self.filter);
        Box::pin(async move {
            let (taken, left): (Vec<_>, Vec<_>) = resolving.await?.partition(|address| filter(address.ip()));
            match left.first() {
                Some(address) if taken.is_empty() => Err(refused(address.ip())),
                _ => Ok(taken.into_iter()),
            }
        })
    }
}

fn refused(address: IpAddr) -> BoxError {
    format!("the address {address} is not allowed").into()
}

#[cfg(test)]
mod tests {
    use std::{net::Ipv4Addr, time::Duration};

    use lambda_http::http::Request;
    use rustls::RootCertStore;
    use tokio::net::TcpListener;

    use crate::https::{Https, Timeouts};

    #[tokio::test]
    async fn refused_address_is_never_connected_to_by_name_or_number() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("a listener has an address").port();
        let timeouts = Timeouts { connect: Duration::from_secs(5), idle: Duration::from_secs(5) };
        let client = Https::with_filtered_addresses(RootCertStore::empty(), timeouts, |address| {
            !address.is_loopback()
        });
        for host in ["localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"] {
            let request = Request::get(format!("http://{host}:{port}/")).body("".into()).expect("a request");
            let refused = tokio::select! {
                response = client.send(request) => response.is_err_and(|error| error.is_connect()),
                _ = listener.accept() => false,
            };
            // The filter of this test does not look into mapped addresses.
            assert_eq!(refused, host != "[::ffff:127.0.0.1]", "{host}");
        }
    }
}
