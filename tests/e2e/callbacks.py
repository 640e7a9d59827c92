"""Callbacks as Tencent sends them: real HTTP requests to the deployed API."""

import base64
import hashlib
import json
import time
import urllib.parse

from stack import ROOT

SDK_APPID = "1400000001"
OK = (200, "OK", 0)


def refusal(status):
    return (status, "FAIL", status)


def samples():
    """The files of `events/` by name."""
    return {path.stem: json.loads(path.read_text()) for path in sorted((ROOT / "events").glob("*.json"))}


def sample_body(event):
    body = event.get("body") or ""
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


def signed(token, at=None):
    """`Sign` and `RequestTime`, as on page 34354."""
    seconds = int(time.time() if at is None else at)
    return {"Sign": hashlib.sha256(f"{token}{seconds}".encode()).hexdigest(), "RequestTime": str(seconds)}


class Sender:
    """Sends to an API or a function URL of a place."""

    def __init__(self, place, url):
        self.place, self.url = place, url
        # When each request was answered, and after how many seconds.
        self.times, self.seconds = [], []

    @property
    def sent(self):
        """The number of sent requests."""
        return len(self.times)

    def send(self, query, body, method="POST", content_type="application/json", through=None):
        """Sends a request, and returns what Tencent reads: status, ActionStatus, ErrorCode. It opens a connection unless it gets
        one with the headers of its host."""
        began = time.monotonic()
        connection, host = through or self.place.connection(self.url)
        headers = host | ({"Content-Type": content_type} if content_type else {})
        try:
            connection.request(method, f"/?{query}", body=body, headers=headers)
            response = connection.getresponse()
            reply = json.loads(response.read())
        finally:
            if not through:
                connection.close()
        self.times.append(time.time())
        self.seconds.append(time.monotonic() - began)
        return response.status, reply.get("ActionStatus"), reply.get("ErrorCode")

    def send_sample(self, event, signature):
        query = event["rawQueryString"] + ("&" + urllib.parse.urlencode(signature) if signature else "")
        content_type = event["headers"].get("content-type")
        return self.send(query, sample_body(event), content_type=content_type)

    def send_callback(self, command, fields, signature, through=None):
        """Sends an invented callback in the shape of the captured ones."""
        query = urllib.parse.urlencode(
            {"CallbackCommand": command, "SdkAppid": SDK_APPID, "contenttype": "json"} | signature
        )
        body = json.dumps({"CallbackCommand": command} | fields, ensure_ascii=False, separators=(",", ":"))
        return self.send(query, body.encode(), through=through)
