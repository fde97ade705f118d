"""The copy of a message that scanners and patterns look through."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from drivers.api.errors import Refused
from drivers.api.text import to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from expander.expand.context import Context


def headed(ctx: Context, sender: str, recipients: str) -> str:
    """What stands in a copy before the body: the envelope, and the header lines as they are now."""
    head = f"From MAILER-DAEMON {ctx.expand('$tod_bsdinbox')}\nX-Envelope-From: <{sender}>\n"
    head += f"X-Envelope-To: {recipients}\n"
    return head + "".join(line for _, line in ctx.headers or ()) + "\n"


class MailboxCopy:
    """A message as in a mailbox, made for the first one who asks; what he sees all others see.

    ``make`` gives the text. A file with it is left where scanners look for it, if files may be written
    there. See "Content scanning at ACL time".
    """

    def __init__(self, ctx: Context, name: str, make: Callable[[], str]) -> None:
        self._ctx = ctx
        self._name = name
        self._make = make
        self._text: str | None = None
        self._has_file = False

    @property
    def _folder(self) -> str:
        return f"{self._ctx.options.get('spool_directory') or ''}/scan/{self._name}"

    def text(self) -> str:
        """The message."""
        if self._text is None:
            self._text = self._make()
            with suppress(OSError, Refused):
                self.file()
        return self._text

    def file(self) -> str:
        """The path of a file with the message, which is written if it is not there.

        Raises ``OSError`` or ``Refused`` where it cannot be written.
        """
        if self._text is None:
            self._text = self._make()
        files, path = self._ctx.world.files, f"{self._folder}/{self._name}.eml"
        if not self._has_file:
            files.make_folder(self._folder)
            files.write(path, to_bytes(self._text))
            self._has_file = True
        return path

    def remove(self, *, keeps_files: bool) -> None:
        """The copy is no longer wanted: it goes with all that was decoded of it, or its files are kept."""
        if self._text is None:
            return
        self._text = None
        files, names = self._ctx.world.files, [f"{self._name}.eml"]
        if self._has_file:
            self._has_file = False
            with suppress(OSError):
                names = list(files.names(self._folder))
        if keeps_files:
            return
        for name in names:
            self._ctx.debug(f"unspool_mbox(): unlinking '{self._folder}/{name}'")
            with suppress(OSError, Refused):
                files.remove(f"{self._folder}/{name}")
        with suppress(OSError, Refused):
            files.remove_folder(self._folder)
