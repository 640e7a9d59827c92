"""Steps: your own receiver behind the deployed stack."""

import datetime
import http.server
import ipaddress
import json
import ssl
import threading

import metrics as counting
from callbacks import OK, signed
from checks import check, equal, wait_for
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from deploying import FIRST_TOKEN, SECOND_TOKEN, SECRET, parameters
from receiving import callback_lines

DENIED = b'{ "ActionStatus": "OK", "ErrorCode": 10100, "ErrorInfo": "No." }'
BEFORE, AFTER = "Group.CallbackBeforeSendMsg", "Group.CallbackAfterGroupFull"


def certify(folder):
    """Writes a self-signed certificate for this machine with its key, and a file with the certificate only. Returns the latter."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    shown = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "receiver.pem").write_bytes(shown + secret)
    trusted = folder / "trusted.pem"
    trusted.write_bytes(shown)
    return trusted


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    received = []
    is_down = False
    # A text in the body of a callback that it never takes.
    poison = None

    def do_POST(self):
        if self.is_down:
            # The function keeps its connection, which stays open although the server is closed.
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


def in_front_of_a_receiver(stack, surroundings, sender, folder):
    server = start(folder)
    url = f"https://localhost:{server.server_port}/im?key=planted"
    result = stack.deploy(**parameters(surroundings, FIRST_TOKEN, 5), CallbackTokensSecret=SECRET, ForwardUrl=url)
    check("deployed with the receiver", result.returncode == 0, result.stdout[-1500:])

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
    lines = wait_for(lambda: [line for line in callback_lines(stack) if "forward" in line],
                     lambda found: len(found) >= 3)
    equal("the log has the result of each forward", [line["forward"] for line in lines], ["200", "200", "connection"])
    equal("all are recorded", {line["outcome"] for line in lines}, {"recorded"})
    check("the log has no part of the receiver's URL", "planted" not in json.dumps(callback_lines(stack)))
    logs, cloudwatch = stack.client("logs"), stack.client("cloudwatch")
    counting.publish(cloudwatch, counting.deployed(logs, stack.outputs()["FunctionLogName"]), lines)
    equal("the alarm on failures counts one", counting.look(stack, "ForwardFailuresAlarm"), 1)
