//! Downloads from URLs that strangers choose.

use std::{io, time::Duration};

use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use http::{
    Request, Response, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, USER_AGENT},
};
use tencent_chat_webhook::https::{Https, Timeouts, system_roots};
use tokio::time::timeout;
use url::Url;

use crate::{fault::causes, receiver::AGENT};

mod address;
mod hosts;
use hosts::Reach;
pub(crate) use hosts::{Hosts, NamedHost};

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(10), idle: Duration::from_secs(20) };

/// The time limit for the head of a response, and for each piece of its body.
const PIECE_TIMEOUT: Duration = Duration::from_secs(30);

/// The time limit for a whole file.
const FILE_TIMEOUT: Duration = Duration::from_mins(15);

/// The most redirects that are followed.
const MAX_REDIRECTS: usize = 3;

/// The part of a server's texts that is shown.
const MAX_SHOWN: usize = 100;

/// A client that downloads only from allowed hosts, and from private addresses only if the user named the host.
#[derive(Debug)]
pub(crate) struct Web {
    hosts: Hosts,
    public: Https,
    named: Https,
}

/// The description of a downloaded file.
#[derive(Debug)]
pub(crate) struct Downloaded {
    pub(crate) bytes: u64,
    /// The server's claim.
    pub(crate) content_type: Option<String>,
}

/// Why a file could not be downloaded.
#[derive(Debug)]
pub(crate) enum DownloadError {
    /// The URL, the server or the file.
    Refused(String),
    /// The local file.
    Local(io::Error),
}

impl From<String> for DownloadError {
    fn from(reason: String) -> Self {
        Self::Refused(reason)
    }
}

impl Web {
    pub(crate) fn new(hosts: Hosts) -> Self {
        let roots = system_roots();
        Self {
            hosts,
            public: Https::with_filtered_addresses(roots.clone(), TIMEOUTS, address::is_public),
            named: Https::with_filtered_addresses(roots, TIMEOUTS, address::may_be_named),
        }
    }

    /// Downloads a file of at most `max` bytes, and passes it on in pieces.
    pub(crate) async fn download(
        &self,
        url: &str,
        max: u64,
        piece: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Downloaded, DownloadError> {
        let download = timeout(FILE_TIMEOUT, self.follow(url, max, piece)).await;
        download.map_err(|_| format!("not complete after {} minutes", FILE_TIMEOUT.as_secs() / 60))?
    }

    /// Follows redirects. Each target is checked like the first URL.
    async fn follow(
        &self,
        url: &str,
        max: u64,
        piece: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<Downloaded, DownloadError> {
        let mut url = Url::parse(url).map_err(|error| format!("not a URL: {error}"))?;
        for _ in 0..=MAX_REDIRECTS {
            let response = self.get(&url).await?;
            if !response.status().is_redirection() {
                return read(response, max, piece).await;
            }
            let location = response.headers().get(LOCATION).and_then(|value| value.to_str().ok());
            let location = location.ok_or_else(|| "a redirect without a URL".to_owned())?;
            url =
                url.join(location).map_err(|error| format!("a redirect to something not a URL: {error}"))?;
        }
        Err(format!("more than {MAX_REDIRECTS} redirects").into())
    }

    async fn get(&self, url: &Url) -> Result<Response<SdkBody>, String> {
        let client = match self.hosts.reach(url)? {
            Reach::Public => &self.public,
            Reach::Named => &self.named,
        };
        // The fragment stays here.
        let mut target = url.clone();
        target.set_fragment(None);
        let request = Request::get(target.as_str()).header(USER_AGENT, AGENT).body(SdkBody::empty());
        let request = request.map_err(|error| format!("not a URL: {error}"))?;
        let response = timeout(PIECE_TIMEOUT, client.send(request)).await;
        let response = response.map_err(|_| format!("no response in {} s", PIECE_TIMEOUT.as_secs()))?;
        response.map_err(|error| causes(&error))
    }
}

/// Reads a body, and stops after `max` bytes.
async fn read(
    response: Response<SdkBody>,
    max: u64,
    mut piece: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<Downloaded, DownloadError> {
    if response.status() != StatusCode::OK {
        return Err(format!("status {}", response.status().as_u16()).into());
    }
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let content_type = header(CONTENT_TYPE).map(|text| text.chars().take(MAX_SHOWN).collect());
    let too_large = || DownloadError::Refused(format!("larger than {max} bytes"));
    if header(CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok()).is_some_and(|bytes| bytes > max) {
        return Err(too_large());
    }
    let (mut body, mut bytes) = (ByteStream::new(response.into_body()), 0);
    loop {
        let next = timeout(PIECE_TIMEOUT, body.try_next()).await;
        let next = next.map_err(|_| format!("no more bytes for {} s", PIECE_TIMEOUT.as_secs()))?;
        let Some(chunk) = next.map_err(|error| causes(&error))? else {
            return Ok(Downloaded { bytes, content_type });
        };
        bytes += chunk.len() as u64;
        if bytes > max {
            return Err(too_large());
        }
        piece(&chunk).map_err(DownloadError::Local)?;
    }
}
