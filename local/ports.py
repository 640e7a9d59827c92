"""Checks that the two ports of `make run` are free, before minutes of compiling: `python3 local/ports.py`."""

import errno
import ipaddress
import os
import socket
import sys

PORTS = {
    "LOCAL_FUNCTION_ADDRESS": "127.0.0.1:9000",
    "LOCAL_DYNAMODB_ADDRESS": "127.0.0.1:8000",
}


def problem(name, address):
    """The reason why `make run` can't listen at an address, or None."""
    host, _, port = address.rpartition(":")
    try:
        ip, port = ipaddress.ip_address(host.strip("[]")), int(port)
        socket.htons(port)
    except (ValueError, OverflowError):
        return f"{name} is {address}; expected an address like {PORTS[name]}"
    if not ip.is_loopback:
        return f"{name} is {address}, which other machines can reach; unsigned callbacks are for loopback"
    if is_taken(ip, port):
        free = f"[{ip}]" if ip.version == 6 else ip
        return (f"{address} is taken; stop the program that listens there, or use another port in both terminals: "
                f"export {name}={free}:{port + 100 if port < 65_000 else port - 100}")
    return None


def is_taken(ip, port):
    family = socket.AF_INET6 if ip.version == 6 else socket.AF_INET
    with socket.socket(family) as client, socket.socket(family) as server:
        # Some systems let two programs listen at one address, so this also tries to connect.
        if client.connect_ex((str(ip), port)) == 0:
            return True
        # A port whose last connections have just ended is free.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((str(ip), port))
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def main():
    problems = [problem(name, os.environ.get(name) or default) for name, default in PORTS.items()]
    problems = [each for each in problems if each]
    print("".join(f"can't run: {each}\n" for each in problems), end="", file=sys.stderr)
    return 2 if problems else 0


sys.exit(main())
