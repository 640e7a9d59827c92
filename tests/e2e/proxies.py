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


def proxy(port, headers, change):
    """A proxy for a port of this machine. `headers` makes the forwarded headers of the received ones, and `change` the returned
    body of the server's. Returns the URL."""

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("POST", self.path, body, headers(self.headers))
            response = connection.getresponse()
            reply = change(response.read())
            self.send_response(response.status)
            self.send_header("Content-Type", response.headers.get("Content-Type", ""))
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    return serve(Proxy)


def deployed_api(sender):
    """A proxy for the deployed API, which the emulator finds only by its host name. Returns the URL."""
    connection, headers = sender.place.connection(sender.url)

    def count(reply):
        sender.times.append(time.time())
        return reply

    return f"{proxy(connection.port, lambda _: headers | {'Content-Type': 'application/json'}, count)}/"


def cloudformation(stack):
    """A proxy for CloudFormation. It replaces the stack's URL, which clients can't reach, with that of `deployed_api`. Returns the
    proxy's URL."""
    url, api = stack.outputs()["CallbackUrl"], deployed_api(stack.sender)
    # The forwarded headers include Host, which is signed.
    return proxy(stack.place.port, lambda headers: dict(headers.items()), lambda reply: reply.replace(url.encode(), api.encode()))
