//! As much of HTTP as asks a service something and prints the answer.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use crate::run::Failure;

/// Asks, and prints the question with its answer.
pub(crate) fn request(
    address: &str,
    method: &str,
    path: &str,
    body: Option<&str>,
) -> Result<String, Failure> {
    let answer = ask(address, method, path, body)?;
    println!("{method} {path} {}\n  {answer}", body.unwrap_or_default());
    Ok(answer)
}

/// Asks; gives the body of an answer with the code 200.
pub(crate) fn ask(
    address: &str,
    method: &str,
    path: &str,
    body: Option<&str>,
) -> Result<String, Failure> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let body = body.unwrap_or_default();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.starts_with("HTTP/1.1 200") => Ok(body.to_string()),
        _ => Err(Failure::new(format!("{method} {path}: {answer}"))),
    }
}
