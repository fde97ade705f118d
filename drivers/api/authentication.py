"""AUTH as a client's transport sees it: what is to be said to a server, and how it ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from grammar.record import Record

GO_ON, REFUSED, FAULTY = "go on", "refused", "faulty"
"""How attempts to authenticate end.

`GO_ON`: the message may be sent, authenticated or not. `REFUSED`: the server cannot say now, so its reply
counts as an error of the host. `FAULTY`: the options of an authenticator are wrong; the delivery is deferred.
"""

NOT_ADVERTISED = "server did not advertise AUTH support"
NOTHING_IN_COMMON = "no common mechanisms were found"
NOT_ACCEPTED = "authentication attempt(s) failed"
"""Why a client is not authenticated; Exim says it behind "authentication required but "."""


class Authentication(Record):
    """How a client stands behind AUTH.

    ``authenticator`` is the name of the one that the server has accepted, "" if none, and ``identity`` what
    its ``client_set_id`` came to. ``words`` are the server's last reply for `REFUSED`, else the message for
    `FAULTY`, else why the client is not authenticated.
    """

    outcome: str
    words: str = ""
    authenticator: str = ""
    identity: str = ""


Converse = Callable[[str], str]
"""Sends a line (without its end; what `concealed` says of it is for others to see) and gives the reply.

A reply is given with all its lines, with newlines between and none at the end. What it raises goes through.
"""

Event = Callable[[str, str], str]
"""Raises an event of the transport, with its data: what the configuration answers, "" for nothing."""

Authenticate = Callable[[str, str, Sequence[str], Converse], Authentication]
"""Authenticates a client: host name, IP address, mechanisms that the server offers, and the conversation.

The client authenticators are tried in their order. Logs what Exim logs, and sets ``$auth1`` and its like.
See "Authentication by an Exim client".
"""


_OFFER = re.compile(r"\n250[ \t-]AUTH[ \t]+([A-Za-z0-9_ \t-]+)(?:\n|\Z)", re.ASCII | re.IGNORECASE)


def mechanisms(reply: str) -> Sequence[str]:
    """What a server offers behind AUTH in its reply to EHLO; nothing where it has no such line.

    The first line does not count, and a line with a name that is none does not either.
    """
    found = _OFFER.search(reply.replace("\r\n", "\n"))
    return found[1].split() if found else ()


def concealed(line: str) -> str:
    """A line of an exchange as messages may show it: without what is secret."""
    command, name, data = (*line.split(" ", 2), "", "")[:3]
    if command != "AUTH":
        return "*" * len(line)
    return f"{command} {name}{' ' if data else ''}{'*' * len(data)}"
