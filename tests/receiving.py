"""Handing a message to a session, to see what its ACLs make of the signatures."""

from __future__ import annotations

from dkim_cases import zones
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import PROFILES
from expander.session.machine import Session
from expander.world.memory import MemoryWorld

CONFIG = """\
primary_hostname = mx.test
acl_smtp_rcpt = accept
log_selector = +dkim_verbose
@MAIN@
begin acl
signed:
@DKIM@
  accept logwrite = reason <$dkim_verify_reason> for $dkim_cur_signer
received:
@DATA@
  accept
"""


def received(
    message: bytes,
    *,
    main: str = "acl_smtp_dkim = signed",
    dkim_acl: str = "",
    data_acl: str = "",
    profile: str = "debian-12",
    records: dict[str, str] | None = None,
    files: dict[str, str] | None = None,
    kept: dict[str, bytes] | None = None,
) -> tuple[str, list[str]]:
    """The reply to a message, and the lines of the log, without its identification.

    ``kept`` gets what is in the ``files`` afterwards.
    """
    text = CONFIG.replace("@MAIN@", main).replace("@DKIM@\n", dkim_acl).replace("@DATA@\n", data_acl)
    world = MemoryWorld({"/conf": text, **(files or {})}, zones=zones() if records is None else records)
    config = load("/conf", profile=PROFILES[profile], world=world)
    context = Expander(profile=PROFILES[profile], config=config, world=world).context
    log: list[str] = []
    context.log_with = lambda line, _panic: log.append(line)
    context.facts["sender_host_address"] = "192.0.2.1"
    session = Session(context, lambda _: None)
    session.start()
    for line in (b"HELO c.test", b"MAIL FROM:<a@x.test>", b"RCPT TO:<b@y.test>", b"DATA"):
        session.command(line + b"\r\n")
    replies = []
    for line in message.splitlines(keepends=True):
        dot = b"." if line.startswith(b".") else b""
        replies = session.data(dot + line.removesuffix(b"\n") + b"\r\n")
    replies = session.data(b".\r\n")
    if kept is not None:
        kept |= {path: world.files.read(path) for path in files or ()}
    name = replies[0].partition("id=")[2].strip()
    return "".join(replies), [line.removeprefix(f"{name} ") for line in log]
