//! As much of Lambda and AWS as a function meets before its first event: it answers nothing useful and notes what was asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

const NEXT_EVENT: &str = "/2018-06-01/runtime/invocation/next";
const START_FAILED: &str = "/2018-06-01/runtime/init/error";
/// What a priming call may be told: the table is not there. A client does not repeat such a call.
const NOT_THERE: &str =
    r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"not there"}"#;

pub(crate) enum Heard {
    Ready,
    StartFailed(String),
    Nothing,
}

pub(crate) struct RuntimeApi {
    address: SocketAddr,
    heard: Receiver<Heard>,
}

impl RuntimeApi {
    /// Answers on a free port of this machine for as long as the process lives.
    pub(crate) fn listen() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").context("opening a local port")?;
        let address = listener.local_addr()?;
        let (tell, heard) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let tell = tell.clone();
                // A connection that breaks is the function's end, which is seen elsewhere.
                thread::spawn(move || drop(converse(stream, &tell)));
            }
        });
        Ok(Self { address, heard })
    }

    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits for the first request that tells how the start went.
    pub(crate) fn wait(&self, patience: Duration) -> Heard {
        self.heard.recv_timeout(patience).unwrap_or(Heard::Nothing)
    }
}

fn converse(mut stream: TcpStream, tell: &Sender<Heard>) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    while let Some((path, body)) = read_request(&mut reader)? {
        if path.starts_with(NEXT_EVENT) {
            tell.send(Heard::Ready)?;
            // There is no event: the function waits until it is stopped.
            reader.read_to_end(&mut Vec::new())?;
            return Ok(());
        }
        if path.starts_with(START_FAILED) {
            tell.send(Heard::StartFailed(body))?;
        }
        let head = "HTTP/1.1 400 Bad Request\r\nContent-Type: application/x-amz-json-1.0";
        write!(
            stream,
            "{head}\r\nContent-Length: {}\r\n\r\n{NOT_THERE}",
            NOT_THERE.len()
        )?;
    }
    Ok(())
}

/// Path and body of the next request; nothing when the other side has closed.
fn read_request(reader: &mut impl BufRead) -> Result<Option<(String, String)>> {
    let mut first = String::new();
    if reader.read_line(&mut first)? == 0 {
        return Ok(None);
    }
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().context("reading the length of a request")?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some((path, String::from_utf8_lossy(&body).into_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn ask(api: &RuntimeApi, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(api.address()).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    #[test]
    fn a_priming_call_is_answered_and_the_first_question_for_an_event_is_heard() {
        let api = RuntimeApi::listen().unwrap();
        let mut stream = ask(&api, "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}");
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 400");

        stream
            .write_all(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n")
            .unwrap();

        assert!(matches!(api.wait(PATIENCE), Heard::Ready));
    }

    #[test]
    fn a_start_that_failed_says_why() {
        let api = RuntimeApi::listen().unwrap();

        let _stream = ask(
            &api,
            "POST /2018-06-01/runtime/init/error HTTP/1.1\r\ncontent-length: 3\r\n\r\nwhy",
        );

        assert!(matches!(api.wait(PATIENCE), Heard::StartFailed(why) if why == "why"));
    }

    #[test]
    fn silence_is_heard_as_nothing() {
        let api = RuntimeApi::listen().unwrap();

        assert!(matches!(api.wait(Duration::from_millis(1)), Heard::Nothing));
    }
}
