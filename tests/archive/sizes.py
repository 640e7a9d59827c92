"""The size of an event in an export: a message with the fields of Tencent's page 34365, and other ids, text and time in each line."""

import base64
import gzip
import json
import random

from bucket import line

LINES = 5_000


def words(source, count):
    return " ".join("".join(source.choice("etaoinshrdlu") for _ in range(source.randint(2, 9))) for _ in range(count))


def message(source, moment):
    """An item of a message, with every id and the text drawn anew."""
    users = [f"user-{source.randrange(10_000):05}" for _ in range(2)]
    body = {"CallbackCommand": "C2C.CallbackAfterSendMsg", "From_Account": users[0], "To_Account": users[1],
            "MsgSeq": source.randrange(2**31), "MsgRandom": source.randrange(2**31), "MsgTime": int(moment.timestamp()),
            "MsgKey": f"{source.randrange(2**31)}_{source.randrange(2**31)}_{int(moment.timestamp())}", "OnlineOnlyFlag": 0,
            "MsgBody": [{"MsgType": "TIMTextElem", "MsgContent": {"Text": words(source, source.randint(2, 20))}}],
            "CloudCustomData": "", "SendMsgResult": 0, "ErrorInfo": "send msg succeed", "UnreadMsgNum": source.randrange(20)}
    millis, digest = int(moment.timestamp() * 1000) + source.randrange(1000), f"{source.getrandbits(64):016x}"
    command = body["CallbackCommand"]
    scalars = {name: {"S": value} if isinstance(value, str) else {"N": str(value)} for name, value in body.items()
               if isinstance(value, (str, int))}
    return scalars | {
        "pk": {"S": f"1400000001#{users[0]}"}, "sk": {"S": f"{millis}#{command}#{digest}"},
        "CommandDay": {"S": f"1400000001#{command}#{moment:%Y-%m-%d}"}, "SdkAppid": {"S": "1400000001"},
        "CallbackCommand": {"S": command}, "ClientIP": {"S": f"203.0.113.{source.randrange(256)}"},
        "OptPlatform": {"S": source.choice(["iOS", "Android", "Web", "RESTAPI"])}, "ReceivedAt": {"N": str(millis + source.randrange(300))},
        "RequestId": {"S": base64.b64encode(source.randbytes(11)).decode()}, "Body": {"S": json.dumps(body, ensure_ascii=False)}}


def exported_bytes(moment, day):
    """Bytes of a compressed line of an export."""
    source = random.Random(38)
    lines = [line(moment, message(source, moment + day * source.random())) for _ in range(LINES)]
    # An export has the items of a partition of keys, in no order of time.
    text = "".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in lines)
    return len(gzip.compress(text.encode())) / LINES, len(text) / LINES
