"""What all lookups say that cannot open what they search."""

from __future__ import annotations

import errno
import os

from drivers.api.errors import Failed


def open_failed(path: str, purpose: str, code: int) -> Failed:
    """The failure to open what is searched, in Exim's words; ``code`` is the system's error number."""
    who = f" (euid={os.geteuid()} egid={os.getegid()})" if code == errno.EACCES else ""
    return Failed(f"failed to open {path} for {purpose}: {os.strerror(code)}{who}")
