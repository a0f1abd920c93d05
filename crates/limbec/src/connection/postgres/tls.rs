//! TLS to PostgreSQL, by `rustls`: what `sslmode` and `sslrootcert` ask for, as libpq has it.
//!
//! `prefer` and `require` encrypt and do not look who answers; `require` with a file of authorities
//! is `verify-ca`, which looks who signed the certificate; `verify-full` also looks whom it names.
//! Without a file the authorities are those of Mozilla.

use std::io;
use std::sync::Arc;

use limbec_core::text::one_line;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::config::{Mode, Tls};
use crate::connection::DatabaseError;

/// Makes what encrypts a connection.
pub(super) fn connector(wanted: &Tls) -> Result<MakeRustlsConnect, DatabaseError> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Verifier {
        chain: chain(wanted, &provider)?,
        name: wanted.mode == Mode::VerifyFull,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(&error))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

/// What judges who signed a certificate; nothing where nobody asks.
fn chain(
    wanted: &Tls,
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<WebPkiServerVerifier>>, DatabaseError> {
    let roots = match (&wanted.roots, wanted.mode) {
        (_, Mode::Disable | Mode::Prefer) | (None, Mode::Require) => return Ok(None),
        (Some(file), _) => roots_of(file)?,
        (None, _) => RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        },
    };
    let roots = Arc::new(roots);
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider));
    let verifier = verifier.build().map_err(|error| failed(&error))?;
    Ok(Some(verifier))
}

fn roots_of(file: &str) -> Result<RootCertStore, DatabaseError> {
    let unreadable = |why: String| DatabaseError {
        message: format!(
            "cannot read the certificates of `sslrootcert={}`: {why}",
            one_line(file)
        ),
        hint: Some("it is a file in PEM format, by its full path".into()),
        ..DatabaseError::default()
    };
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(file);
    for certificate in certificates.map_err(|error| unreadable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        let added = roots.add(certificate);
        added.map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unreadable("it holds none".into()));
    }
    Ok(roots)
}

fn failed(error: &dyn std::error::Error) -> DatabaseError {
    DatabaseError {
        message: format!("cannot set TLS up: {error}"),
        ..DatabaseError::default()
    }
}

/// What to do about a certificate that was refused.
pub(super) fn advice(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        // An I/O error gives the error inside it as no source.
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        if let Some(Error::InvalidCertificate(why)) = inner.and_then(|it| it.downcast_ref()) {
            return Some(match why {
                CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. } => {
                    "write the host as the certificate names it, or ask for less: \
                     `sslmode=verify-ca` looks only who signed it"
                }
                _ => {
                    "name the file of the authority that signed the server's certificate: \
                     `sslrootcert=FILE` in the URL"
                }
            });
        }
        next = error.source();
    }
    None
}

/// Judges the server's certificate as far as it is wanted; always that whoever answers has the
/// key to it.
#[derive(Debug)]
struct Verifier {
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Whether the certificate must name the host.
    name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else {
            return Ok(ServerCertVerified::assertion());
        };
        let judged =
            chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match judged {
            // The name is looked at last: all else is right.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.name => Ok(ServerCertVerified::assertion()),
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let supported = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, supported)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let supported = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, supported)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let supported = &self.provider.signature_verification_algorithms;
        supported.supported_schemes()
    }
}
