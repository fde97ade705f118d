"""A running ``eximulate serve``, and clients that talk to it."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 20


class Server:
    """The server: its port, its directory, and its log once it has stopped."""

    def __init__(self, folder: Path, config: str, *further: str) -> None:
        self.folder = folder
        path = folder / "exim.conf"
        path.write_text(config, encoding="latin-1")
        self._output = folder / "output"
        command = [sys.executable, "-m", "expander", "serve", str(path), "--smtp", "0"]
        command += ["--sandbox", str(folder / "sandbox"), "--profile", "debian-12", *further]
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, text=True, encoding="latin-1"
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+), messages", line)
        assert found is not None, line + self.process.stdout.read()
        self.port = int(found[1])

    def stop(self) -> str:
        """Stop it: the log that it has printed."""
        self.process.terminate()
        return self.process.communicate(timeout=PATIENCE)[0]

    def messages(self) -> list[tuple[bytes, dict[str, Any]]]:
        """The messages that were kept, each with its envelope."""
        kept = sorted((self.folder / "sandbox" / "messages").glob("*.json"))
        return [(path.with_suffix(".eml").read_bytes(), json.loads(path.read_text())) for path in kept]

    def client(self) -> Client:
        """A client that is connected."""
        return Client(self.port)


class Client:
    """A client that sends bytes and reads replies."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.stream = self.socket.makefile("rb")

    def reply(self) -> str:
        """The next reply, its lines with newlines between them; "" at the end."""
        lines = []
        while line := self.stream.readline():
            lines.append(line.decode("latin-1").rstrip("\r\n"))
            if lines[-1][3:4] != "-":
                break
        return "\n".join(lines)

    def send(self, data: bytes) -> None:
        """Send bytes."""
        self.socket.sendall(data)

    def ask(self, *lines: str) -> str:
        """Send commands, one after the other: the reply to the last one."""
        found = ""
        for line in lines:
            self.send(f"{line}\r\n".encode("latin-1"))
            found = self.reply()
        return found

    def secure(
        self, context: ssl.SSLContext | None = None, session: ssl.SSLSession | None = None
    ) -> ssl.SSLSocket:
        """The TLS handshake, with whatever certificate the server has."""
        self.stream.close()
        secured = (context or trusting()).wrap_socket(
            self.socket, server_hostname="mx.example.test", session=session
        )
        self.socket, self.stream = secured, secured.makefile("rb")
        return secured

    def close(self) -> None:
        """Hang up."""
        self.stream.close()
        self.socket.close()


def trusting() -> ssl.SSLContext:
    """What a client needs that takes any certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@contextmanager
def serving(folder: Path, config: str, *further: str) -> Iterator[Server]:
    """A server for a while."""
    server = Server(folder, config, *further)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()
