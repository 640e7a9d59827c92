"""An invented conversation of two users, as Tencent would report it."""

import json
import time

ONE, OTHER = "amy", "ben"
# Of each user: the platform, and an address that is for documents only.
DEVICES = {ONE: ("iOS", "203.0.113.7"), OTHER: ("Android", "198.51.100.23")}
PAUSE = 2


def words(content):
    return {"MsgType": "TIMTextElem", "MsgContent": {"Text": content}}


def photo(name, width, height, size):
    url = f"https://files.example.com/{name}"
    return {"MsgType": "TIMImageElem", "MsgContent": {"UUID": name, "ImageFormat": 1, "ImageInfoArray": [
        {"Type": 1, "Size": size, "Width": width, "Height": height, "URL": url}]}}


class Conversation:
    """Sends each callback with `send`, which takes the command, platform, address and body."""

    def __init__(self, send):
        self.send, self.count = send, 0

    def report(self, command, by, fields):
        body = {"CallbackCommand": command, **fields, "EventTime": time.time_ns() // 1_000_000}
        self.send(command, *DEVICES[by], json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())
        time.sleep(PAUSE)

    def say(self, by, *elements):
        """Returns what identifies the message."""
        self.count += 1
        now, number = int(time.time()), 48_370 + self.count
        message = {"From_Account": by, "To_Account": OTHER if by == ONE else ONE, "MsgSeq": number, "MsgRandom": 7 * number,
                   "MsgTime": now, "MsgKey": f"{number}_{7 * number}_{now}"}
        self.report("C2C.CallbackAfterSendMsg", by, message | {"OnlineOnlyFlag": 0, "SendMsgResult": 0,
                    "ErrorInfo": "send msg succeed", "UnreadMsgNum": 1, "MsgBody": list(elements)})
        return message

    def edit(self, message, *elements):
        by = message["From_Account"]
        self.report("C2C.CallbackAfterModifyMsg", by, message | {"Operator_Account": by, "MsgBody": list(elements)})

    def recall(self, message):
        fields = {name: message[name] for name in ("From_Account", "To_Account", "MsgKey")}
        self.report("C2C.CallbackAfterMsgWithDraw", message["From_Account"], fields | {"UnreadMsgNum": 0})

    def read(self, by):
        """`by` reads all messages."""
        self.report("C2C.CallbackAfterMsgReport", by, {
            "Report_Account": by, "Peer_Account": OTHER if by == ONE else ONE, "LastReadTime": int(time.time()),
            "UnreadMsgNum": 0})


def hold(send):
    chat = Conversation(send)
    chat.say(ONE, words("Hello! Is the blue bicycle still for sale?"))
    chat.say(OTHER, words("Yes, for 240 euros. This is it:"), photo("bicycle.jpg", 1600, 1200, 184_320))
    number = chat.say(ONE, words("Call me: 555 0134"))
    chat.recall(number)
    day = chat.say(ONE, words("I'll take it. Is Friday at 5 all right?"))
    chat.edit(day, words("I'll take it. Is Saturday at 5 all right?"))
    chat.read(OTHER)
    chat.say(OTHER, words("Saturday is fine. See you then!"))
