//! Tencent's list of files of an hour (`v4/open_msg_svc/get_history`, page 34885; 269/1650).

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::{ChatType, Hour};
use crate::{fault::Fault, tencent::Tencent};

/// There is no file: no message in that hour, or not ready yet (`Err_File_Not_Ready`).
const NO_FILE: i64 = 1004;

/// The file is deleted.
const EXPIRED: i64 = 1005;

/// Tencent allows ten calls a second.
const PAUSE: Duration = Duration::from_millis(110);

/// The files of an hour.
#[derive(Debug)]
pub(super) enum History {
    Files(Vec<HistoryFile>),
    None,
    Expired,
}

/// One file. `Gzip…` describes it as it is downloaded, `File…` as it is uncompressed.
#[derive(Debug, Deserialize)]
pub(super) struct HistoryFile {
    #[serde(rename = "URL")]
    pub(super) url: String,
    #[serde(rename = "FileSize")]
    pub(super) file_size: u64,
    #[serde(rename = "FileMD5")]
    pub(super) file_md5: String,
    #[serde(rename = "GzipSize")]
    pub(super) gzip_size: u64,
    #[serde(rename = "GzipMD5")]
    pub(super) gzip_md5: String,
}

#[derive(Debug, Deserialize)]
struct Answer {
    #[serde(rename = "File", default)]
    files: Vec<HistoryFile>,
}

/// Asks for the files of an hour.
pub(super) async fn history(tencent: &Tencent, hour: Hour, chat_type: ChatType) -> Result<History, Fault> {
    tokio::time::sleep(PAUSE).await;
    let body = json!({ "ChatType": chat_type.name(), "MsgTime": hour.msg_time() });
    match tencent.call::<Answer>("v4/open_msg_svc/get_history", &body).await {
        Ok(Answer { files }) if files.is_empty() => Ok(History::None),
        Ok(Answer { files }) => Ok(History::Files(files)),
        Err(error) if error.code == NO_FILE => Ok(History::None),
        Err(error) if error.code == EXPIRED => Ok(History::Expired),
        Err(error) => Err(error.into()),
    }
}
