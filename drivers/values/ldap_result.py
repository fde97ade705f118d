"""The result codes of LDAP in the words of the client library of OpenLDAP."""

from __future__ import annotations

OPERATIONS_ERROR = 1
SIZE_LIMIT = 4
INVALID_CREDENTIALS = 49
SERVER_DOWN = -1
LOCAL_ERROR = -2
CONNECT_ERROR = -11

_TEXTS = {
    -11: "Connect error",
    -2: "Local error",
    -1: "Can't contact LDAP server",
    0: "Success",
    1: "Operations error",
    2: "Protocol error",
    3: "Time limit exceeded",
    4: "Size limit exceeded",
    5: "Compare False",
    6: "Compare True",
    7: "Authentication method not supported",
    8: "Strong(er) authentication required",
    9: "Partial results and referral received",
    10: "Referral",
    11: "Administrative limit exceeded",
    12: "Critical extension is unavailable",
    13: "Confidentiality required",
    14: "SASL bind in progress",
    16: "No such attribute",
    17: "Undefined attribute type",
    18: "Inappropriate matching",
    19: "Constraint violation",
    20: "Type or value exists",
    21: "Invalid syntax",
    32: "No such object",
    33: "Alias problem",
    34: "Invalid DN syntax",
    35: "Entry is a leaf",
    36: "Alias dereferencing problem",
    47: "Proxy Authorization Failure (X)",
    48: "Inappropriate authentication",
    49: "Invalid credentials",
    50: "Insufficient access",
    51: "Server is busy",
    52: "Server is unavailable",
    53: "Server is unwilling to perform",
    54: "Loop detected",
    64: "Naming violation",
    65: "Object class violation",
    66: "Operation not allowed on non-leaf",
    67: "Operation not allowed on RDN",
    68: "Already exists",
    69: "Cannot modify object class",
    70: "Results too large",
    71: "Operation affects multiple DSAs",
    76: "Virtual List View error",
    80: "Other (e.g., implementation specific) error",
    113: "LCUP Resources Exhausted",
    114: "LCUP Security Violation",
    115: "LCUP Invalid Data",
    116: "LCUP Unsupported Scheme",
    117: "LCUP Reload Required",
    118: "Cancelled",
    119: "No Operation to Cancel",
    120: "Too Late to Cancel",
    121: "Cannot Cancel",
    122: "Assertion Failed",
    123: "Proxied Authorization Denied",
    4096: "Content Sync Refresh Required",
}


def words(code: int) -> str:
    """What the library says of a result code."""
    if code in _TEXTS:
        return _TEXTS[code]
    if code < 0:
        return "Unknown API error"
    return "Unknown (extension) error" if code > 4096 else "Unknown error"
