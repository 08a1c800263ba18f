//! Whom we trust: the certificate authorities of the machine, or those of one file.

use std::path::Path;
use std::sync::Arc;

use rustls_platform_verifier::BuilderVerifierExt;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Settings of a protected connection. With a file, only the authorities in it count.
///
/// # Errors
/// A sentence: the file cannot be read or holds no certificate, or the machine trusts nobody.
pub fn configuration(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let configuration = match ca_file {
        Some(path) => {
            let problem = |error: &dyn std::fmt::Display| {
                format!("ca_file {} cannot be used: {error}", path.display())
            };
            let mut roots = RootCertStore::empty();
            let certificates =
                CertificateDer::pem_file_iter(path).map_err(|error| problem(&error))?;
            for certificate in certificates {
                let certificate = certificate.map_err(|error| problem(&error))?;
                roots.add(certificate).map_err(|error| problem(&error))?;
            }
            if roots.is_empty() {
                return Err(problem(&"it holds no certificate"));
            }
            builder.with_root_certificates(roots).with_no_client_auth()
        }
        None => builder
            .with_platform_verifier()
            .map_err(|error| error.to_string())?
            .with_no_client_auth(),
    };
    Ok(Arc::new(configuration))
}

/// The name that the certificate must be made out to.
///
/// # Errors
/// When the host is neither a name nor an address.
pub fn server_name(host: &str) -> Result<ServerName<'static>, String> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| format!("{host:?} is not a name that a certificate can be made out to"))
}
