//! Zips that readers could see in different ways.

use super::{planted::evidence, *};

/// The zip with its end once more, which states a comment that is not there: some readers take this end, and others the
/// one before.
fn with_another_zip(bytes: &[u8]) -> Vec<u8> {
    let (mut changed, end) = (bytes.to_vec(), bytes.len() - 22);
    changed.extend_from_slice(&bytes[end..]);
    let comment = changed.len() - 2;
    changed[comment] = 5;
    changed
}

/// The zip with bytes between its directory and its end.
fn with_more_before_its_end(bytes: &[u8]) -> Vec<u8> {
    let (files, end) = bytes.split_at(bytes.len() - 22);
    [files, b"PK\x06\x07", end].concat()
}

/// The zip with a mode that makes its first file a link.
fn with_link(bytes: &[u8]) -> Vec<u8> {
    let mut changed = bytes.to_vec();
    let entry = bytes.windows(4).position(|window| window == b"PK\x01\x02").expect("a directory");
    changed[entry + 38..entry + 42].copy_from_slice(&(0o120_777_u32 << 16).to_le_bytes());
    changed
}

#[tokio::test(flavor = "multi_thread")]
async fn file_that_is_no_plain_zip_is_found() {
    let evidence = evidence().await;
    let bytes = fs::read(&evidence.path).expect("it can be read");
    let path = evidence.folder.path().join("changed.zip");
    for (bytes, expected) in [
        ([b"#!/bin/sh\n".as_slice(), &bytes].concat(), "something before its first file"),
        ([&bytes, b"!".as_slice()].concat(), "after its last one"),
        (with_another_zip(&bytes), "after its last one"),
        (with_more_before_its_end(&bytes), "after its last one"),
        (with_link(&bytes), "page.html: its header makes it more than a plain file"),
        (bytes[..bytes.len() / 2].to_vec(), "is not an evidence file: "),
        (b"PK".to_vec(), "is not an evidence file: "),
    ] {
        fs::write(&path, bytes).expect("it is written");
        let verified = verify(&path, &[]);
        let said = verified.stdout + &verified.stderr;
        assert!(verified.code == Some(1) && said.contains(expected), "{expected}: {said}");
    }
    let nowhere = verify(&evidence.folder.path().join("nowhere.zip"), &[]);
    assert!(nowhere.code == Some(1) && nowhere.stderr.contains("can't read "), "{nowhere:?}");
}
