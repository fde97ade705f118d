"""What the exit statuses of commands mean."""

from __future__ import annotations

import signal

NOT_EXECUTED = 127
SIGNALLED = 128

_MEANINGS = {
    64: "usage or syntax error",
    65: "error in input data",
    66: "cannot open input",
    67: "addressee unknown",
    68: "host name unknown",
    69: "service unavailable",
    70: "internal software error",
    71: "internal operating system error",
    72: "system file missing",
    73: "cannot create output file",
    74: "input/output error",
    75: "temporary error",
    76: "remote error in protocol",
    77: "permission denied",
    78: "configuration error",
}


def meaning(status: int) -> str:
    """What a status could mean, in Exim's words; "" for one that has no meaning."""
    if status == NOT_EXECUTED:
        return "could mean unable to exec or command does not exist"
    if status > SIGNALLED:
        number = status - SIGNALLED
        return f"could mean shell command ended by signal {number} ({signal_name(number)})"
    found = _MEANINGS.get(status)
    return f"could mean {found}" if found else ""


def signal_name(number: int) -> str:
    """What the system calls a signal."""
    try:
        return signal.strsignal(number) or f"Unknown signal {number}"
    except ValueError:
        return f"Unknown signal {number}"
