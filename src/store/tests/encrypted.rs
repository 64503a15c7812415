//! TLS to the server: whose certificate is believed, and what is refused.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::support::Server;
use super::*;

const SETTINGS: &str = "
ssl = on
ssl_cert_file = 'FOLDER/server.crt'
ssl_key_file = 'FOLDER/server.key'
";

/// A server that speaks TLS only where it is asked to, as `localhost`, and the files of its authority and of another one.
struct Encrypted {
    server: Server,
    folder: tempfile::TempDir,
}

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

impl Encrypted {
    fn start() -> Option<Self> {
        let (ours, other, key) = (authority(), authority(), KeyPair::generate().unwrap());
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &ours).unwrap().pem();
        let files = [
            ("server.crt", certificate.as_str()),
            ("server.key", &key.serialize_pem()),
        ];
        let server = Server::start(SETTINGS, &files)?;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ours.crt"), ours.pem()).unwrap();
        std::fs::write(folder.path().join("other.crt"), other.pem()).unwrap();
        Some(Self { server, folder })
    }

    async fn open(&self, host: &str, mode: &str) -> Result<Store, StoreError> {
        let url = self.server.url("postgres").replace("127.0.0.1", host);
        let folder = self.folder.path().display().to_string();
        let mode = mode.replace("FOLDER", &folder);
        Store::open(&url.replace("disable", &mode)).await
    }
}

#[tokio::test]
async fn a_certificate_counts_for_its_name_and_its_authority_alone() {
    let Some(encrypted) = Encrypted::start() else {
        return;
    };
    let full = "verify-full&sslrootcert=FOLDER/ours.crt";

    encrypted.open("localhost", full).await.unwrap();
    encrypted.open("127.0.0.1", "require").await.unwrap();
    for (host, mode) in [
        ("127.0.0.1", full),
        ("localhost", "verify-full&sslrootcert=FOLDER/other.crt"),
        ("localhost", "verify-full"),
        ("localhost", "verify-full&sslrootcert=FOLDER/missing.crt"),
    ] {
        let error = encrypted.open(host, mode).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Denied { .. }),
            "{mode}: {error:?}"
        );
    }
}

#[tokio::test]
async fn encryption_that_is_asked_for_is_never_left_out() {
    let Some(server) = support::shared() else {
        return;
    };
    let url = server.database().replace("disable", "require");

    let error = Store::open(&url).await.unwrap_err();

    assert!(matches!(error, StoreError::Denied { .. }), "{error:?}");
}
