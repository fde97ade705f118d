"""Writing a configuration file anew."""

from __future__ import annotations

from expander.cli.arguments import CannotRunError


def reason_of(problem: Exception) -> str:
    """Why a file cannot be read or written."""
    return getattr(problem, "strerror", None) or "not a path"


def rewrite(name: str, text: str) -> None:
    """Replace a file as a whole, so that no reader finds half of it; links stay links.

    ``text`` is bytes held as latin-1 ``str``. Raises `CannotRunError` where that cannot be done.
    """
    import os
    import shutil
    import tempfile
    from pathlib import Path

    path = Path(name).resolve()
    try:
        handle, new = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("latin-1"))
            shutil.copymode(path, new)
            kept = path.stat()
            if (kept.st_uid, kept.st_gid) != (os.geteuid(), os.getegid()):
                os.chown(new, kept.st_uid, kept.st_gid)
            Path(new).replace(path)
        except BaseException:
            Path(new).unlink(missing_ok=True)
            raise
    except OSError as problem:
        raise CannotRunError(f"cannot write {name}: {reason_of(problem)}") from None
