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
