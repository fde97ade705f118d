"""Errors of deliveries by Exim's numbers, as retry rules name them."""

from __future__ import annotations

from expander.retry import AUTHENTICATION, QUOTA, REFUSED, TIMEOUT, RetryError

EXIM_QUOTA = -22
AUTH_FAILED, UNKNOWN_HOST, TLS_REQUIRED, CLOSED = -42, -32, -38, -18
REPLIES = {-44: "rcpt_4", -45: "mail_4", -46: "data_4"}
ETIMEDOUT, ECONNREFUSED = 110, 111
CONNECTING = 0x100
"""Added to ``more`` of a timeout if it is one of the connection; the rest tells how the host was found."""

_NAMES = {
    AUTH_FAILED: AUTHENTICATION,
    UNKNOWN_HOST: "lookup",
    TLS_REQUIRED: "tls_required",
    CLOSED: "lost_connection",
}
_FOUND_BY = {ord("A"): "A", ord("M"): "MX"}
OTHER = "other"


def error_of(number: int, more: int) -> RetryError:
    """The error of a number and what qualifies it: where the host was found, a reply's code, seconds."""
    if number == EXIM_QUOTA:
        return RetryError(QUOTA, unread=more)
    if number in REPLIES:
        return RetryError(REPLIES[number], digits=f"{more >> 8:02}")
    if number == ECONNREFUSED:
        return RetryError(REFUSED, host=_FOUND_BY.get(more & 0xFF, ""))
    if number == ETIMEDOUT:
        found = _FOUND_BY.get(more & 0xFF, "")
        return RetryError(TIMEOUT, host=found, connecting=bool(more & CONNECTING))
    return RetryError(_NAMES.get(number, OTHER))
