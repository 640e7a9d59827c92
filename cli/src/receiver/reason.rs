//! Why a receiver did not answer, and what the user can do, in one line.

use std::{error::Error, io};

use rustls::CertificateError::{
    Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
    UnknownIssuer,
};
use tencent_chat_webhook::https::chain;

use crate::fault::causes;

/// The reason, with the receiver's host and port.
pub(super) fn reason(error: &(dyn Error + 'static), server: &str, is_https: bool) -> String {
    let known = chain(error).find_map(|error| {
        let tls = error.downcast_ref().and_then(of_tls);
        tls.or_else(|| error.downcast_ref().and_then(of_connection))
    });
    match known {
        Some(known) => known.replace("{server}", server),
        None => of_text(&causes(error), server, is_https),
    }
}

fn of_tls(error: &rustls::Error) -> Option<&'static str> {
    Some(match error {
        rustls::Error::InvalidCertificate(UnknownIssuer) => {
            "this machine does not know the authority that signed the certificate of {server}; give the authority's certificate with --cacert FILE"
        }
        rustls::Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. }) => {
            "the certificate of {server} is for another name; use that name, or give this certificate with --cacert FILE"
        }
        rustls::Error::InvalidCertificate(Expired | ExpiredContext { .. }) => {
            "the certificate of {server} has expired; renew it"
        }
        rustls::Error::InvalidCertificate(NotValidYet | NotValidYetContext { .. }) => {
            "the certificate of {server} is not valid yet; check the clock of this machine"
        }
        // It has the constraints of an authority.
        rustls::Error::InvalidCertificate(other) if format!("{other:?}").contains("CaUsedAsEndEntity") => {
            "the certificate of {server} signed itself; give it with --cacert FILE"
        }
        rustls::Error::InvalidMessage(_) => "{server} does not speak TLS; use http://",
        _ => return None,
    })
}

fn of_connection(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            "nothing listens at {server}; start the receiver, or correct the address"
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            "{server} can't be reached from here; check the network, and the VPN if there is one"
        }
        _ => return None,
    })
}

/// These errors have no public type.
fn of_text(causes: &str, server: &str, is_https: bool) -> String {
    if causes.contains("dns error") {
        return format!("the name {server} is not known; correct the address");
    }
    if causes.contains("deadline has elapsed") {
        return format!(
            "no connection to {server} in time; check the address, the firewall, and the VPN if there is one"
        );
    }
    if causes.contains("connection closed") || causes.contains("Connection reset") {
        let advice = if is_https { "" } else { "; if it expects TLS, use https://" };
        return format!("{server} closed the connection without an answer{advice}");
    }
    if causes.contains("invalid HTTP version") {
        return format!("the answer of {server} is not HTTP; does it expect https://?");
    }
    causes.to_owned()
}
