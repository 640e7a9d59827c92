"""Proxies on this machine, through which clients reach the deployed API in the emulator."""

import http.client
import http.server
import threading
import time


def serve(handler):
    """Serves in the background until the tests end. Returns the URL."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def deployed_api(sender):
    """A proxy on this machine for the deployed API, which the emulator finds only by its host name. Returns the URL."""

    class Api(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection("127.0.0.1", sender.port, timeout=30)
            connection.request("POST", self.path, body, {"Host": sender.host, "Content-Type": "application/json"})
            response = connection.getresponse()
            reply = response.read()
            sender.times.append(time.time())
            self.send_response(response.status)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    return f"{serve(Api)}/"


def cloudformation(stack, sender):
    """A proxy for CloudFormation. It replaces the stack's URL, which clients can't reach, with that of `deployed_api`. Returns the
    proxy's URL."""
    url, api = stack.outputs()["CallbackUrl"], deployed_api(sender)
    port = int(stack.environment["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])

    class CloudFormation(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            # Includes the header Host, which is signed.
            connection.request("POST", self.path, body, dict(self.headers.items()))
            response = connection.getresponse()
            reply = response.read().replace(url.encode(), api.encode())
            self.send_response(response.status)
            self.send_header("Content-Type", response.headers["Content-Type"])
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    return serve(CloudFormation)
