//! An evidence file: a zip with a page for people, the whole events behind it, and a manifest with the digest of
//! everything in it. `verify` checks it on any machine.
//!
//! The model is [WACZ](https://specs.webrecorder.net/wacz/1.1.1/): a plain zip whose manifest names each file.

pub(crate) mod digest;
pub(crate) mod events;
pub(crate) mod manifest;
pub(crate) mod package;

/// The page for people.
pub(crate) const PAGE: &str = "page.html";
/// The whole items, one JSON object a line, in order of time.
pub(crate) const EVENTS: &str = "events.jsonl";
/// The folder of the files behind the URLs of messages.
pub(crate) const MEDIA: &str = "media";
/// The manifest, which is the last file in the zip.
pub(crate) const MANIFEST: &str = "manifest.json";
