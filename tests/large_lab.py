"""Large messages on all ways in and out: the most memory that each has taken.

    python tests/large_lab.py [MEGABYTES [WAY...]]

Run by itself it prints a line for each way. The programs run as processes of their own, and what counts is
the most that one of them has had at a time.
"""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from large_ways import CONFIG, HEAD, HELLO, LINE, SERVED, WAYS, Way
from signed import pem

PROFILE = "debian-12,+transport_queuefile"
MB = 1_000_000
MEASURED = """
import os, sys
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
os.write(int(sys.argv[1]), b"%d" % usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
"""A small process in between: what a child has had at most counts what its parent had when it was made."""


def body(megabytes: float, *, is_line: bool) -> Iterator[bytes]:
    """The lines of a message; or one that is as long."""
    piece = (b"x" * (MB - 2) + b"\r\n") if is_line else LINE * (MB // len(LINE))
    for _ in range(int(megabytes)):
        yield piece.rstrip(b"\r\n") if is_line else piece
    if is_line:
        yield b"\r\n"


def write(path: Path, form: str, megabytes: float, header: bytes = b"") -> None:
    """Write what comes on standard input."""
    is_line = form.endswith("line")
    with path.open("wb") as file:
        if form in {"plain", "line"}:
            for piece in (header + HEAD, *body(0, is_line=False)):
                file.write(piece.replace(b"\r\n", b"\n"))
            for piece in body(megabytes, is_line=is_line):
                file.write(piece.replace(b"\r\n", b"\n"))
            return
        file.write(HELLO)
        size = len(header + HEAD) + sum(map(len, body(megabytes, is_line=is_line)))
        file.write(b"BDAT %d LAST\r\n" % size if form.startswith("BDAT") else b"DATA\r\n")
        file.write(header + HEAD)
        for piece in body(megabytes, is_line=is_line):
            file.write(piece)
        file.write(b"QUIT\r\n" if form.startswith("BDAT") else b".\r\nQUIT\r\n")


class Sink:
    """Takes every message that SMTP brings, or LMTP, and drops it; ``taken`` counts bytes."""

    def __init__(self, listening: socket.socket) -> None:
        self.taken = self.messages = 0
        self._listening = listening
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self._converse(connection)

    def _converse(self, connection: socket.socket) -> None:
        stream = connection.makefile("rwb", buffering=1 << 16)

        def say(text: str) -> None:
            stream.write(text.encode() + b"\r\n")
            stream.flush()

        say("220 sink")
        while line := stream.readline():
            word = line[:4].upper()
            if word in {b"EHLO", b"LHLO"}:
                say("250-sink\r\n250-PIPELINING\r\n250 CHUNKING")
            elif word == b"DATA":
                say("354 go on")
                while (text := stream.readline(1 << 16)) != b".\r\n":
                    self.taken += len(text)
                self.messages += 1
                say("250 taken")
            elif word == b"BDAT":
                left = int(line.split()[1])
                while left:
                    left -= len(stream.read(min(left, 1 << 16)))
                self.taken += int(line.split()[1])
                self.messages += b"LAST" in line.upper()
                say("250 taken")
            else:
                say("221 bye" if word == b"QUIT" else "250 OK")
                if word == b"QUIT":
                    return


class Lab:
    """A folder in which all ways are gone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.chmod(0o755)
        self.conf = folder / "exim.conf"
        self.port = 0
        self.log = ""

    def megabytes(self, name: str, size: float) -> float:
        """The most memory in MB that a message of so many MB takes on a way."""
        return self._served(SERVED[name], size) if name in SERVED else self._gone(WAYS[name], size)

    def _gone(self, way: Way, size: float) -> float:
        self._clear()
        given = self.folder / "message"
        write(given, way.form, size, way.header)
        before = self._taken()
        with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as local:
            self.port = tcp.getsockname()[1]
            local.bind(str(self.folder / "lmtp"))
            (self.folder / "lmtp").chmod(0o777)
            local.listen()
            sinks = [Sink(tcp), Sink(local)]
            self._configure(way)
            command = [sys.executable, "-m", "expander", "-C", str(self.conf), *way.arguments]
            with given.open("rb") as file:
                peak, _said = self._measured(command, file.fileno())
            self.log = self._read_log()
            taken = self._taken() - before + sum(sink.taken for sink in sinks)
            for one in (tcp, local):
                one.shutdown(socket.SHUT_RDWR)
        if "Completed" not in self.log:
            raise AssertionError(f"not delivered: {self.log[-2000:]}{_said!r}")
        if way.transport.split("driver = ")[1].split()[0] in {"smtp", "lmtp", "appendfile"}:
            assert taken > size * MB * 0.9 or "/nowhere" in way.transport, f"{taken} bytes came: {self.log}"
        return peak

    def _taken(self) -> int:
        return sum(path.stat().st_size for path in (self.folder / "mail").glob("**/*") if path.is_file())

    def _served(self, form: str, size: float) -> float:
        self._clear()
        self._configure(Way())
        given = self.folder / "message"
        write(given, form, size)
        command = [sys.executable, "-m", "expander", "serve", str(self.conf), "--smtp", "127.0.0.1:0"]
        command += ["--sandbox", str(self.folder / "mail")]
        read, told = os.pipe()
        server = subprocess.Popen(
            [sys.executable, "-S", "-E", "-c", MEASURED, str(told), *command],
            stdout=subprocess.PIPE,
            env=self._environment,
            pass_fds=[told],
            start_new_session=True,
        )
        os.close(told)
        assert server.stdout is not None
        found = re.search(rb":(\d+),", server.stdout.readline())
        assert found is not None
        with socket.create_connection(("127.0.0.1", int(found[1]))) as client, given.open("rb") as file:
            stream = client.makefile("rb")
            stream.readline()
            for line in (*HELLO.splitlines(keepends=True), file.read(0)):
                if line:
                    client.sendall(line)
                    while stream.readline()[3:4] == b"-":
                        pass
            file.seek(len(HELLO))
            line = file.readline()
            client.sendall(line)
            if line.startswith(b"DATA"):
                stream.readline()
            client.sendfile(file, file.tell())
            said = stream.read()
        assert b"OK id=" in said, said
        self._stop(server)
        with os.fdopen(read, "rb") as file:
            return int(file.read()) / 1024

    @staticmethod
    def _stop(server: subprocess.Popen[bytes]) -> None:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGTERM)
        server.wait()
        assert server.stdout is not None
        server.stdout.close()

    def _measured(self, command: list[str], given: int) -> tuple[float, bytes]:
        read, told = os.pipe()
        done = subprocess.run(
            [sys.executable, "-S", "-E", "-c", MEASURED, str(told), *command],
            stdin=given,
            capture_output=True,
            env=self._environment,
            pass_fds=[told],
            check=False,
        )
        os.close(told)
        with os.fdopen(read, "rb") as file:
            peak = int(file.read()) / 1024
        if done.stderr and b"Traceback" in done.stderr:
            raise AssertionError(done.stderr.decode()[-3000:])
        return peak, done.stdout + done.stderr

    def _clear(self) -> None:
        for name in ("spool", "log", "mail"):
            subprocess.run(["rm", "-rf", str(self.folder / name)], check=True)
            (self.folder / name).mkdir()
            (self.folder / name).chmod(0o777)
        (self.folder / "lmtp").unlink(missing_ok=True)
        (self.folder / "key").write_text(pem("rsa2048"))

    def _configure(self, way: Way) -> None:
        text = CONFIG.replace("@TRANSPORT@", way.transport).replace("@MAIN@", way.main)
        text = text.replace("@ROUTER@", way.router)
        text = text.replace("@DIR@", str(self.folder)).replace("@PORT@", str(self.port))
        self.conf.write_text(text)

    def _read_log(self) -> str:
        path = self.folder / "log/mainlog"
        return path.read_text(encoding="latin-1") if path.exists() else ""

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "EXIMULATE_PROFILE": PROFILE}


def main() -> None:
    """Go all ways, or those that are named, and print."""
    size, *names = [*sys.argv[1:], "200"] if len(sys.argv) == 1 else sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="eximulate-") as folder:
        lab = Lab(Path(folder))
        for name in names or (*WAYS, *SERVED):
            started = time.perf_counter()
            try:
                peak = f"{lab.megabytes(name, float(size)):6.0f} MB"
            except AssertionError as problem:
                peak = f"FAILED {problem}"
            print(f"{name:30} {peak} {time.perf_counter() - started:6.1f} s", flush=True)


if __name__ == "__main__":
    main()
