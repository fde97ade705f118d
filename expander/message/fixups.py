"""What makes the header of a message complete and honest that a user hands in over SMTP.

See "Submission mode for non-local messages" and "The Sender: header line" in "Message processing".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.operators.quote import quote_local_part
from drivers.values import listtext, mailbox
from expander.message.submission import plain_name
from grammar.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from expander.message.headers import Header


class SubmissionMode(Record):
    """The options of ``control = submission``.

    ``domain`` is None where none is given; ``name`` is the full name of the sender, as it was given.
    """

    retains_sender: bool = False
    domain: str | None = None
    name: str = ""


def mode_of(options: str) -> SubmissionMode:
    """The mode that the options ask for, which stand between slashes; the name goes on to the end."""
    retains, domain, name = False, None, ""
    left = options
    while left:
        if left.startswith("name="):
            name, left = left.removeprefix("name="), ""
            continue
        option, _, left = left.partition("/")
        if option == "sender_retain":
            retains = True
        elif option.startswith("domain="):
            domain = option.removeprefix("domain=")
    return SubmissionMode(retains, domain, name)


def trusted_address(mode: SubmissionMode, authenticated_id: str, qualify_domain: str) -> str:
    """The address that the client has shown to be its own.

    ``authenticated_id`` is the local part, quoted where it must be, or the whole address where the mode has
    an empty domain.
    """
    if mode.domain == "":
        return authenticated_id
    domain = qualify_domain if mode.domain is None else mode.domain
    return f"{authenticated_id and quote_local_part(authenticated_id)}@{domain}"


def is_from(
    headers: Iterable[Header], address: str, options: Mapping[str, Any], rules: mailbox.Rules, *, resent: bool
) -> bool:
    """True if a line ``From:`` has this address and no other, whatever the case of its letters.

    What the options ``local_from_prefix`` and ``local_from_suffix`` permit may stand around the local part.
    """
    wanted = "resent-from" if resent else "from"
    for header in headers:
        if plain_name(header) != wanted:
            continue
        members = list(mailbox.members(header[1].partition(":")[2], rules, past_space=True))
        found = members[0].outcome if len(members) == 1 else None
        if isinstance(found, mailbox.Mailbox):
            local_part = without_affixes(found.local_part, options)
            shown = f"{local_part}@{found.domain}" if found.domain else local_part
            if lower(shown) == lower(address):
                return True
    return False


def without_affixes(local_part: str, options: Mapping[str, Any]) -> str:
    """The local part without a prefix and a suffix that the options permit."""
    prefixes, suffixes = (str(options.get(f"local_from_{kind}") or "") for kind in ("prefix", "suffix"))
    start = next(filter(None, (_covered(local_part, prefix) for prefix in listtext.elements(prefixes))), 0)
    rest = local_part[start:]
    turned = (_covered(rest[::-1], suffix[::-1]) for suffix in listtext.elements(suffixes))
    return rest[: len(rest) - next(filter(None, turned), 0)]


def _covered(text: str, prefix: str) -> int:
    """How much of the text a prefix covers; an asterisk before it stands for anything."""
    if not prefix.startswith("*"):
        return len(prefix) if lower(text).startswith(lower(prefix)) else 0
    at = lower(text).rfind(lower(prefix[1:]))
    return 0 if at < 0 else at + len(prefix) - 1
