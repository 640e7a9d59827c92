"""Steps: your own receiver behind the deployed stack."""

import http.server
import json
import ssl
import threading

import metrics as counting
from callbacks import OK, signed
from checks import check, equal, wait_for
from deploying import FIRST_TOKEN, SECOND_TOKEN, deployed, parameters
from logs import outcomes

DENIED = b'{ "ActionStatus": "OK", "ErrorCode": 10100, "ErrorInfo": "No." }'
BEFORE, AFTER = "Group.CallbackBeforeSendMsg", "Group.CallbackAfterGroupFull"


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    received = []
    is_down = False
    # A text in the body of a callback that it never takes.
    poison = None

    def do_POST(self):
        if self.is_down:
            # The function gets no response on this connection.
            self.close_connection = True
            return
        body = self.rfile.read(int(self.headers["content-length"]))
        self.received.append((self.path, body))
        self.send_response(500 if self.poison and self.poison.encode() in body else 200)
        self.send_header("content-length", str(len(DENIED)))
        self.end_headers()
        self.wfile.write(DENIED)

    def log_message(self, *_):
        pass


def start(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "receiver.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def in_front_of_a_receiver(stack):
    sender, server = stack.sender, start(stack.folder)
    url = f"https://localhost:{server.server_port}/im?key=planted"
    deployed(stack, "deployed with the receiver", **parameters(stack, FIRST_TOKEN, 5),
             CallbackTokensSecret=stack.secret, ForwardUrl=url)

    fields = {"GroupId": "@TGS#forwarded", "EventTime": 1670574800123}
    asked = sender.send_callback(BEFORE, fields, signed(SECOND_TOKEN))
    equal("a before-callback gets the receiver's answer", asked, (200, "OK", 10100))
    equal("an after-callback gets the function's answer", sender.send_callback(AFTER, fields, signed(SECOND_TOKEN)), OK)
    equal("a wrong signature is refused", sender.send_callback(AFTER, fields, signed(FIRST_TOKEN))[0], 401)
    equal("the receiver got the two admitted callbacks", len(Receiver.received), 2)
    path, body = Receiver.received[0]
    check("the URL has the receiver's query and Tencent's", path.startswith("/im?key=planted&") and "Sign=" in path, path)
    equal("the body is unchanged", json.loads(body), {"CallbackCommand": BEFORE} | fields)

    Receiver.is_down = True
    fields["EventTime"] += 1
    equal("while the receiver is down, the chat goes on", sender.send_callback(BEFORE, fields, signed(SECOND_TOKEN)), OK)
    lines = wait_for(lambda: [line for line in outcomes(stack) if "forward" in line],
                     lambda found: len(found) >= 3)
    equal("the log has the result of each forward", [line["forward"] for line in lines], ["200", "200", "connection"])
    equal("all are recorded", {line["outcome"] for line in lines}, {"recorded"})
    check("the log has no part of the receiver's URL", "planted" not in json.dumps(outcomes(stack)))
    stack.place.count(stack, "FunctionLogName", lines)
    equal("the alarm on failures counts one", counting.wait_to_see(stack, "ForwardFailuresAlarm", 1), 1)
