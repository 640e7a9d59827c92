"""Callbacks as Tencent sends them: real HTTP requests to the deployed API."""

import base64
import hashlib
import http.client
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
    """Sends to an API or a function URL, with the host name that the emulator expects."""

    def __init__(self, emulator_port, callback_url):
        self.port = emulator_port
        host = urllib.parse.urlsplit(callback_url).hostname
        self.host = f"{host.split('.')[0]}.execute-api.localhost:{emulator_port}" if ".execute-api." in host else host
        self.times = []

    @property
    def sent(self):
        """The number of sent requests."""
        return len(self.times)

    def send(self, query, body, method="POST", content_type="application/json"):
        """Sends a request, and returns what Tencent reads: status, ActionStatus, ErrorCode."""
        headers = {"Host": self.host} | ({"Content-Type": content_type} if content_type else {})
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, f"/?{query}", body=body, headers=headers)
            response = connection.getresponse()
            reply = json.loads(response.read())
        finally:
            connection.close()
        self.times.append(time.time())
        return response.status, reply.get("ActionStatus"), reply.get("ErrorCode")

    def send_sample(self, event, signature):
        query = event["rawQueryString"] + ("&" + urllib.parse.urlencode(signature) if signature else "")
        content_type = event["headers"].get("content-type")
        return self.send(query, sample_body(event), content_type=content_type)

    def send_callback(self, command, fields, signature):
        """Sends an invented callback in the shape of the captured ones."""
        query = urllib.parse.urlencode(
            {"CallbackCommand": command, "SdkAppid": SDK_APPID, "contenttype": "json"} | signature
        )
        body = json.dumps({"CallbackCommand": command} | fields, ensure_ascii=False, separators=(",", ":"))
        return self.send(query, body.encode())
