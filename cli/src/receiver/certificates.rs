//! The certificates that a receiver may have: the machine's, or those of `--cacert`.

use std::{fs, path::Path, sync::Arc};

use rustls::{
    DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::ring,
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tencent_chat_webhook::https::system_roots;

use crate::fault::Fault;

/// Trusts servers with a certificate from one of these authorities, or with one of these certificates.
///
/// A tool for tests often makes a certificate that is both an authority's and the server's, for any name. By the usual
/// rules no server may have it. Nobody but its owner has its key, and the user named just this certificate.
#[derive(Debug)]
pub(super) struct Trusted {
    certificates: Vec<CertificateDer<'static>>,
    by_authority: Arc<WebPkiServerVerifier>,
}

impl Trusted {
    /// The authorities that the machine trusts.
    pub(super) fn machine() -> Result<Self, Fault> {
        let by_authority = by_authority(system_roots()).ok_or_else(|| {
            Fault::new("this machine trusts no certificates; install the package ca-certificates, or give --cacert FILE")
        })?;
        Ok(Self { certificates: Vec::new(), by_authority })
    }

    /// Reads a PEM file.
    pub(super) fn read(file: &Path) -> Result<Self, Fault> {
        let fault = |why: &str| Fault::Message(format!("can't use {} of --cacert: {why}", file.display()));
        let pem = fs::read(file).map_err(|error| fault(&error.to_string()))?;
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(&pem).flatten().collect();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates.iter().cloned());
        let by_authority = by_authority(roots).ok_or_else(|| fault("it has no certificate in PEM"))?;
        Ok(Self { certificates, by_authority })
    }
}

/// The usual rules. `None` without any root.
fn by_authority(roots: RootCertStore) -> Option<Arc<WebPkiServerVerifier>> {
    let provider = Arc::new(ring::default_provider());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().ok()
}

impl ServerCertVerifier for Trusted {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.certificates.contains(end_entity) {
            return Ok(ServerCertVerified::assertion());
        }
        self.by_authority.verify_server_cert(end_entity, intermediates, name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by_authority.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.by_authority.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.by_authority.supported_verify_schemes()
    }
}
