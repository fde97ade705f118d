"""The appendfile transport: mailboxes that are files, and folders with a file for each message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError
from drivers.api.text import is_tainted
from drivers.api.transports import DEFER, NOT_ABSOLUTE, PANIC, UNKNOWN, Failure
from drivers.api.unit import transport
from drivers.transports.places import may_be_created

if TYPE_CHECKING:
    from drivers.api.transports import Job


@transport(
    "appendfile",
    syntax="driver = appendfile",
    section="The appendfile transport",
    feature="transport_appendfile",
)
def appendfile(job: Job) -> None:
    """Add the message to a file, or make a file of its own for it in a folder."""
    from drivers.transports import folder, mailbox_file

    path, is_folder = _path(job)
    if path == NOWHERE or job.is_trial:
        return
    if is_folder:
        folder.deliver(job, path)
    else:
        mailbox_file.deliver(job, path)


NOWHERE = "/dev/null"


def _path(job: Job) -> tuple[str, bool]:
    """Where the message goes, and whether that is a folder. Raises `Failure`."""
    first, chosen = job.addresses[0], job.transport
    if first.kind == "file":
        path, is_folder = first.text, first.text.endswith("/")
        given = chosen["file"] or chosen["directory"]
        if given:
            path, is_folder = _expanded(job, given), bool(chosen["directory"])
        elif chosen["maildir_format"] or chosen["mailstore_format"]:
            is_folder = True
    else:
        is_folder = bool(chosen["directory"])
        given = chosen["directory"] if is_folder else chosen["file"]
        if not given:
            words = f"Mandatory file or directory option missing from {chosen.name} transport"
            raise Failure(PANIC, UNKNOWN, words)
        path = _expanded(job, given)
    if is_tainted(path) and (chosen["create_file"] or "").startswith("/") and may_be_created(job, path):
        path = str(path)  # a folder is named that it cannot get out of
    if is_tainted(path):
        words = f"Tainted '{path}' (file or directory name for {chosen.name} transport) not permitted"
        raise Failure(PANIC, UNKNOWN, words)
    if not path.startswith("/"):
        what = f'appendfile: file or directory name "{path}" is not absolute'
        raise Failure(DEFER, NOT_ABSOLUTE, what)
    if first.kind == "file" and is_folder and not given:
        path = path.rstrip("/") or "/"
    if first.kind == "file" and given:
        for address in job.addresses:
            address.path = path
    return path, is_folder


def _expanded(job: Job, text: str) -> str:
    try:
        return job.ctx.expand(text)
    except ExpansionError as problem:
        what = f"file or directory name for {job.transport.name} transport"
        raise Failure(PANIC, UNKNOWN, f'Expansion of "{text}" ({what}) failed: {problem.message}') from None
