"""Asking the real Exim in an SMTP session, where it has a client, TLS and certificates."""

from __future__ import annotations

import base64
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import tempfile
from pathlib import Path

from real_exim import PROGRAM

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
keep_environment =
tls_advertise_hosts = *
tls_certificate = @DIR@/certificate.pem
acl_smtp_mail = accept
acl_smtp_rcpt = answer
@OPTIONS@
begin acl
answer:
@ANSWERS@
"""
_ANSWER = """\
  deny local_parts = t{number}
       message = :${{str2b64:{text}}}
"""
OWNER = "Debian-exim"


class Session:
    """A conversation with an Exim that was started for it, under TLS; answers expansions.

    ``certificate`` is the PEM text of the server's certificate and key, ``options`` are lines of the
    main section.
    """

    def __init__(self, texts: list[str], certificate: bytes, options: str = "") -> None:
        self._texts = texts
        self.directory = Path(tempfile.mkdtemp(prefix="session"))
        self._prepare(certificate, options)

    def _prepare(self, certificate: bytes, options: str) -> None:
        answers = "".join(_ANSWER.format(number=n, text=text) for n, text in enumerate(self._texts))
        config = CONFIG.replace("@OPTIONS@", options).replace("@ANSWERS@", answers)
        (self.directory / "conf").write_text(config.replace("@DIR@", str(self.directory)), encoding="latin-1")
        (self.directory / "certificate.pem").write_bytes(certificate)
        for name in ("spool", "log"):
            (self.directory / name).mkdir()
        if os.geteuid() == 0:  # the server goes on without the superuser's rights
            owner = pwd.getpwnam(OWNER)
            self.directory.chmod(0o755)
            for name in ("spool", "log", "certificate.pem"):
                os.chown(self.directory / name, owner.pw_uid, owner.pw_gid)

    def answers(self) -> list[str | None]:
        """The values of the texts; None for one whose expansion failed."""
        assert PROGRAM is not None
        with socket.create_server(("127.0.0.1", 0)) as listener:
            client = socket.create_connection(listener.getsockname())
            client.settimeout(10)
            server, _ = listener.accept()
        with server:
            program = subprocess.Popen(
                [PROGRAM, "-C", str(self.directory / "conf"), "-bs"],
                stdin=server,
                stdout=server,
                stderr=subprocess.DEVNULL,
                env={"TZ": "UTC"},
            )
        try:
            return self._talk(client)
        finally:
            client.close()
            program.wait(10)
            shutil.rmtree(self.directory)

    def _talk(self, client: socket.socket) -> list[str | None]:
        with client.makefile("rb") as plain:
            reply(plain)
            for command in (b"EHLO client.test", b"STARTTLS"):
                client.sendall(command + b"\r\n")
                reply(plain)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        found: list[str | None] = []
        with context.wrap_socket(client) as secure, secure.makefile("rb") as stream:
            for command in ("EHLO client.test", "MAIL FROM:<>"):
                secure.sendall(f"{command}\r\n".encode())
                reply(stream)
            for number in range(len(self._texts)):
                secure.sendall(f"RCPT TO:<t{number}@example.test>\r\n".encode())
                code, text = reply(stream)
                failed = code != "550" or not text.startswith(":")  # else it has words of its own
                found.append(None if failed else base64.b64decode(text[1:]).decode("latin-1"))
            secure.sendall(b"QUIT\r\n")
            reply(stream)
        return found


def reply(stream: object) -> tuple[str, str]:
    """A reply of the server: its code and its text, all lines of it."""
    lines = []
    while True:
        line = stream.readline().decode("ascii").rstrip()  # type: ignore[attr-defined] # a file of bytes
        assert line, "the server has hung up"
        lines.append(line[4:])
        if line[3:4] != "-":
            return line[:3], "".join(lines)
