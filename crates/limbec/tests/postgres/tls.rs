//! TLS to a server with a certificate of its own authority, in libpq's words.

use std::path::{Path, PathBuf};

use limbec::connection::{Connection as _, DatabaseError, connect_postgres};
use limbec::run::{Database, DatabaseUrl};
use limbec_testkit::TempProject;
use limbec_testkit::postgres::{Cluster, psql};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

/// An authority that signs certificates.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A server that speaks TLS as `localhost`, and the files of two authorities.
struct Secure {
    cluster: Cluster,
    folder: TempProject,
}

impl Secure {
    fn start() -> Self {
        let cluster = Cluster::start().unwrap();
        let folder = TempProject::new().unwrap();
        let (right, wrong) = (authority(), authority());
        folder.write("right.pem", &right.pem()).unwrap();
        folder.write("wrong.pem", &wrong.pem()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_string()]).unwrap();
        let certificate = params.signed_by(&key, &right).unwrap();
        // The server writes them itself, so that they are its user's.
        for (file, pem) in [
            ("server.crt", certificate.pem()),
            ("server.key", key.serialize_pem()),
        ] {
            let lines = format!("unnest(string_to_array('{}', E'\\n'))", pem.trim_end());
            let write = format!("COPY (SELECT {lines}) TO PROGRAM 'umask 077; cat > {file}'");
            psql(&cluster.url(), &write).unwrap();
        }
        psql(&cluster.url(), "ALTER SYSTEM SET ssl = on").unwrap();
        psql(&cluster.url(), "SELECT pg_reload_conf()").unwrap();
        Secure { cluster, folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The URL with another name of the host, and what it asks of TLS.
    fn url(&self, host: &str, mode: &str, roots: Option<&Path>) -> String {
        let url = self.cluster.url().replace("127.0.0.1", host);
        let roots = roots.map(|file| format!("&sslrootcert={}", file.display()));
        format!("{url}?sslmode={mode}{}", roots.unwrap_or_default())
    }
}

/// Whether the server says that the connection is encrypted.
async fn is_encrypted(url: &str) -> Result<bool, DatabaseError> {
    let mut client = connect_postgres(url).await?;
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    let answers = client.run(&[sql]).await.unwrap();
    Ok(answers[0].rows == [[Some("t".to_string())]])
}

#[tokio::test]
async fn each_mode_does_what_it_does_in_libpq() {
    let secure = Secure::start();
    // The server takes its new settings up a moment after it was told to.
    while !is_encrypted(&secure.cluster.url()).await.unwrap() {
        std::thread::yield_now();
    }
    let (right, wrong) = (secure.file("right.pem"), secure.file("wrong.pem"));
    let (right, wrong) = (Some(right.as_path()), Some(wrong.as_path()));

    let plain = secure.url("127.0.0.1", "disable", None);
    assert!(!is_encrypted(&plain).await.unwrap());
    for (host, mode, roots) in [
        ("127.0.0.1", "prefer", None),
        ("127.0.0.1", "prefer", wrong),
        ("127.0.0.1", "require", None),
        ("127.0.0.1", "require", right),
        ("127.0.0.1", "verify-ca", right),
        ("localhost", "verify-full", right),
    ] {
        let url = secure.url(host, mode, roots);
        assert!(is_encrypted(&url).await.unwrap(), "{url}");
    }

    for (host, mode, roots, advice) in [
        ("localhost", "require", wrong, "sslrootcert=FILE"),
        ("localhost", "verify-ca", wrong, "sslrootcert=FILE"),
        ("localhost", "verify-ca", None, "sslrootcert=FILE"),
        ("localhost", "verify-full", wrong, "sslrootcert=FILE"),
        ("127.0.0.1", "verify-full", right, "sslmode=verify-ca"),
    ] {
        let url = secure.url(host, mode, roots);
        let error = is_encrypted(&url).await.unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with(&format!("cannot reach `{host}:")),
            "{text}"
        );
        assert!(text.contains("certificate"), "{url}: {text}");
        assert!(error.hint.unwrap().contains(advice), "{url}");
    }
}

#[tokio::test]
async fn what_cannot_be_verified_is_told() {
    let folder = TempProject::new().unwrap();
    folder.write("empty.pem", "").unwrap();
    let url = limbec_testkit::postgres::test_database();
    let told = async |query: &str| {
        let url = format!("{}?{query}", url.url());
        let url = DatabaseUrl::parse(&url, Path::new("")).unwrap();
        let error = Database::connect(&url).await.err().unwrap();
        format!("{error}\n{}", error.hint().unwrap_or_default())
    };
    let missing = told("sslmode=verify-full&sslrootcert=/no/such.pem").await;
    assert!(missing.contains("`sslrootcert=/no/such.pem`"), "{missing}");
    let empty = folder.path().join("empty.pem");
    let empty = told(&format!(
        "sslmode=verify-ca&sslrootcert={}",
        empty.display()
    ))
    .await;
    assert!(empty.contains("it holds none"), "{empty}");
    assert!(empty.contains("in PEM format"), "{empty}");
    let unknown = told("sslmode=sometimes").await;
    assert!(
        unknown.contains("the `sslmode` in the database URL is not known"),
        "{unknown}"
    );
    assert!(unknown.contains("`verify-full`"), "{unknown}");
    // The servers of the other tests speak no TLS.
    let refused = told("sslmode=require").await;
    assert!(refused.contains("server does not support TLS"), "{refused}");
}
