"""The emulator in its own process, with IAM enforced."""

import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

from certificate import certify

REGION = "us-east-1"


class Emulator:
    """Runs during a `with` block."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def client_environment(self):
        """The environment for AWS clients of the emulator, without the user's AWS settings."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "SAM_"))}
        return environment | {
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_PAGER": "",
            "SAM_CLI_TELEMETRY": "0",
        }

    def __enter__(self):
        self.log = open(self.folder / "emulator.log", "wb")
        self.process = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).with_name("serve_emulator.py")],
            env=self.client_environment()
            | {
                "AUTH": "true",
                "BIND_HOST": "127.0.0.1",
                "GATEWAY_PORT": str(self.port),
                "IOT_MTLS_ENABLED": "0",
                # The archive's state machine need not wait for its exports and queries.
                "SFN_WAIT_SCALE": "0.001",
                # The functions inherit this variable, so they trust the receiver of the tests.
                "SSL_CERT_FILE": str(certify(self.folder)),
                "STATE_DIR": str(self.folder / "state"),
                "TMPDIR": str(self.folder),
            },
            cwd=self.folder,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            # Ctrl-C ends the steps. The emulator is still needed: what they made is removed.
            start_new_session=True,
        )
        try:
            self._wait_until_it_answers()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _wait_until_it_answers(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2):
                    return
            except OSError:
                time.sleep(0.3)
        raise RuntimeError(f"The emulator did not start:\n{self.output()}")

    def output(self):
        return (self.folder / "emulator.log").read_text(errors="replace")[-4000:]

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
