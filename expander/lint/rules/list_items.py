"""The items of lists, each by itself: what Exim makes of their form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api.errors import EximError
from drivers.api.text import lower
from drivers.values import ip
from expander.lint import itemforms
from expander.lint.finding import ERROR, REMARK, WARNING, Edit, Finding, Fix, Note
from expander.lint.listview import UNKNOWN
from expander.lint.rule import kind, rule
from expander.lint.separators import other_separator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.listview import ListItem, ListView
    from expander.lint.survey import Survey

DOMAINS, HOSTS = "Domain lists", "Host lists"

_ADDRESS_LIKE = re.compile(r"[0-9.]+(?:/[^;]*)?", re.ASCII)
_SHORTEST, _LONGEST = 7, 15
"""How long an IPv4 address is at least, and at most."""


def _items(survey: Survey, *kinds: str) -> Iterator[tuple[ListView, ListItem]]:
    """The constant items of all lists of some kinds, without those that stand for something else."""
    for view in survey.lists:
        if view.kind in kinds:
            for item in view.items:
                if item.constant and not itemforms.is_filled_in_later(item.text):
                    yield view, item


@rule(
    "EXL011",
    "malformed-address",
    severity=WARNING,
    section=HOSTS,
    bad="hostlist relay = 192.168.1 : 10.0.0.0/8\n",
    good="hostlist relay = 192.168.1.0/24 : 10.0.0.0/8\n",
)
def malformed_address(survey: Survey) -> Iterator[Finding]:
    """An item of a host list looks like an IP address and is none.

    Exim ends the list there without a match, for every host: what stands behind it is never looked
    at.
    """
    for view, item in _items(survey, "host"):
        if not _ADDRESS_LIKE.fullmatch(item.text) or ip.parse_network(item.text) is not None:
            continue
        if not item.text.strip("0123456789") or other_separator(view, item):
            continue  # a number; the colons of an IPv6 address are told of elsewhere
        message = f'malformed IPv4 address or address mask: "{item.text}"'
        yield Finding("EXL011", message, view.place(item), WARNING, _remedy(item.text))


def _remedy(text: str) -> tuple[Note, ...]:
    head, slash, mask = text.partition("/")
    parts = head.strip(".").split(".")
    bits = itemforms.bits_of_netmask(mask)
    if slash and bits is not None:
        return (Note(f'a mask is a number of bits: "{head}/{bits}"'),)
    if len(parts) < 4 and all(part.isdecimal() and int(part) < 256 for part in parts):
        whole = ".".join([*parts, *["0"] * (4 - len(parts))])
        return (Note(f'a network is written with four numbers: "{whole}/{mask or 8 * len(parts)}"'),)
    return ()


@rule(
    "EXL012",
    "mask-too-long",
    severity=WARNING,
    section=HOSTS,
    bad="hostlist relay = 192.0.2.0/42\n",
    good="hostlist relay = 192.0.2.0/24\n",
)
def mask_too_long(survey: Survey) -> Iterator[Finding]:
    """The mask behind an IP address has more bits than the address, or there is no number behind the slash.

    Exim takes a mask that is too long for one that covers the whole address, and no number for 0: the first
    matches one host, the second every host.
    """
    for view, item in _items(survey, "host"):
        network = ip.parse_network(item.text)
        if network is None:
            continue
        address, bits = network
        if bits is None:
            continue
        if bits > address.width:
            message = f"the mask {bits} is too long: an IPv{address.version} address has {address.width} bits"
            yield Finding("EXL012", message, view.place(item), WARNING)
        elif item.text.endswith("/"):
            message = "no number stands behind the slash: the item matches every host"
            yield Finding("EXL012", message, view.place(item), WARNING)


@rule(
    "EXL013",
    "bits-behind-mask",
    severity=REMARK,
    section=HOSTS,
    bad="hostlist relay = 192.0.2.77/24\n",
    good="hostlist relay = 192.0.2.0/24\n",
)
def bits_behind_mask(survey: Survey) -> Iterator[Finding]:
    """A network is written with bits that its mask does not cover.

    Exim ignores them. Either one host was meant, or the network's own address is clearer.
    """
    for view, item in _items(survey, "host"):
        network = ip.parse_network(item.text)
        if network is None:
            continue
        address, bits = network
        if bits is None or bits >= address.width:
            continue
        masked = address.masked(bits)
        if masked == address or item.text.endswith("/"):
            continue
        shown = masked.dotted() if address.version == ip.IPV4 else masked.normal()
        span = view.place(item)
        note = Note(f'the network is "{shown}/{bits}"')
        fix = None
        if address.version == ip.IPV4 and span.text == item.text:
            fix = Fix("write the network's own address", (Edit(span, f"{shown}/{bits}"),), safe=True)
        yield Finding("EXL013", f"{item.text} has bits that the mask ignores", span, REMARK, (note,), fix)


@rule(
    "EXL014",
    "literal-asterisk",
    severity=WARNING,
    section=DOMAINS,
    bad="domainlist relay = mail.example.*\n",
    good="domainlist relay = ^mail\\\\.example\\\\.[a-z]+\\$\n",
)
def literal_asterisk(survey: Survey) -> Iterator[Finding]:
    """An asterisk stands in an item where it means itself.

    It stands for any text only as the first character of an item (in address lists also at the
    beginning of the domain). Anywhere else the item matches only what has an asterisk there. Use a
    regular expression.
    """
    for view, item in _items(survey, "domain", "host", "address", "localpart"):
        if itemforms.has_literal_asterisk(view.kind, item.text):
            message = (
                f'the asterisk in "{item.text}" is an ordinary character: it is special only at the start'
            )
            note = _instead_of_asterisk(view.kind, item.text)
            yield Finding("EXL014", message, view.place(item), WARNING, (note,) if note else ())


def _instead_of_asterisk(list_kind: str, text: str) -> Note | None:
    if list_kind == "host" and re.fullmatch(r"(\d+\.)+\*(\.\*)*", text, re.ASCII):
        numbers = text.split(".*", maxsplit=1)[0].split(".")
        whole = ".".join([*numbers, *["0"] * (4 - len(numbers))])
        return Note(f'a network is written as "{whole}/{8 * len(numbers)}"')
    if list_kind == "address" and "@" not in text:
        return None
    pattern = "".join(".*" if char == "*" else char if char.isalnum() else f"\\{char}" for char in text)
    return Note(f"as a regular expression: \\N^{pattern}$\\N")


@rule(
    "EXL015",
    "unknown-at-form",
    severity=WARNING,
    section=DOMAINS,
    bad="domainlist relay = @mx_ayn\n",
    good="domainlist relay = @mx_any\n",
)
def unknown_at_form(survey: Survey) -> Iterator[Finding]:
    """An item begins with an at sign and is none of the special items.

    Domain lists know ``@``, ``@[]``, ``@mx_any``, ``@mx_primary`` and ``@mx_secondary``, host lists ``@`` and
    ``@[]``. Anything else is an ordinary text, which matches nothing.
    """
    for view, item in _items(survey, "domain", "host"):
        if not item.text.startswith("@"):
            continue
        message = itemforms.wrong_at_form(view.kind, item.text)
        if message:
            near = itemforms.nearest_at_form(view.kind, item.text)
            notes = (Note(f'did you mean "{near}"?'),) if near else ()
            yield Finding("EXL015", message, view.place(item), WARNING, notes)


@rule(
    "EXL016",
    "item-matches-nothing",
    severity=WARNING,
    section="Domain, host, address, and local part lists",
    bad="domainlist relay = .example.com\n",
    good="domainlist relay = *.example.com\n",
)
def item_matches_nothing(survey: Survey) -> Iterator[Finding]:
    """An item has a form that nothing of the list's kind can have.

    An address in a domain list, a dot in front of a domain, brackets around an address, a mask behind a name:
    the list is used without complaint, and the item never matches.
    """
    for view, item in _items(survey, "domain", "host", "address", "localpart"):
        if "@" in item.text and view.text.section == "router" and view.kind in {"domain", "localpart"}:
            continue  # the rule about preconditions of routers tells of these
        why = itemforms.matches_nothing(view.kind, item.text)
        if why is None and view.by_address and itemforms.is_host_name(item.text):
            why = ("only addresses are looked at here: the name of a host matches nothing", "")
        if why is not None and not (view.owner == "match_domain" and ip.parse(item.text)):
            message, remedy = why
            yield Finding("EXL016", message, view.place(item), WARNING, (Note(remedy),) if remedy else ())


@rule(
    "EXL017",
    "bad-lookup-in-list",
    section="File and database lookups",
    bad="domainlist relay = lserach;/etc/exim/relay\n",
    good="domainlist relay = lsearch;/etc/exim/relay\n",
)
def bad_lookup_in_list(survey: Survey) -> Iterator[Finding]:
    """A lookup in a list has a type that does not exist, or that does not permit what is asked of it.

    Exim cannot match the list: the client gets a temporary error, or the process ends with an entry in the
    panic log.
    """
    for view, item in _with_types(survey):
        found = itemforms.lookup_in(view.kind, item.text)
        if found is None or other_separator(view, item) == ";":
            continue
        try:
            parsed = itemforms.parse_lookup(survey.profile, found.kind)
        except EximError as error:
            yield Finding(
                "EXL017", error.message, view.place(item), ERROR, _lookup_notes(view, error.message)
            )
            continue
        for code, severity, message in itemforms.doubts(view.kind, found, parsed) if item.constant else ():
            yield Finding(code, message, view.place(item), severity)


def _with_types(survey: Survey) -> Iterator[tuple[ListView, ListItem]]:
    """The items that are constant as far as the first semicolon."""
    for view in survey.lists:
        for item in view.items if view.kind != "string" else ():
            head = item.text.partition(";")[0]
            if UNKNOWN not in head and not itemforms.is_filled_in_later(item.text):
                yield view, item


def _lookup_notes(view: ListView, message: str) -> tuple[Note, ...]:
    from expander.explain import hint

    meant = hint(message)
    if meant:
        return (Note(meant),)
    if view.separator == ":" and '"net' in message:
        return (Note('"net-" is for host lists'),)
    if "unknown lookup type" in message:
        return (Note("an item with a semicolon is a lookup; items are separated by colons"),)
    return ()


kind(
    "EXL018",
    "doubtful-lookup",
    severity=WARNING,
    section="File and database lookups",
    doc="A lookup in a list names a file by a path that is not absolute, or asks for something that Exim "
    "ignores for lists of this kind.",
    bad="domainlist relay = lsearch;relay.domains\n",
    good="domainlist relay = lsearch;/etc/exim/relay.domains\n",
)


@rule(
    "EXL019",
    "bad-pattern-in-list",
    section="Regular expressions",
    bad="domainlist relay = ^mail[0-9.example\n",
    good="domainlist relay = ^mail[0-9]\\\\.example\\$\n",
)
def bad_pattern_in_list(survey: Survey) -> Iterator[Finding]:
    """A regular expression in a list cannot be compiled.

    Exim compiles it when it gets to the item, and ends the process with an entry in the panic log.
    """
    from expander.expand import regex

    for view, item in _items(survey, "domain", "host", "address", "localpart"):
        if not item.text.startswith("^"):
            continue
        try:
            regex.pattern(item.text)
        except EximError as error:
            yield Finding("EXL019", error.message, view.place(item), ERROR)


@rule(
    "EXL020",
    "upper-case-local-part",
    severity=REMARK,
    section="Local part lists",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  accept local_parts = +caseful : Postmaster : POSTMASTER\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  accept local_parts = Postmaster\n",
)
def upper_case_local_part(survey: Survey) -> Iterator[Finding]:
    """Behind ``+caseful`` an item has capital letters.

    It matches a local part that is written so, and no other; mail for the same name in small letters is
    not matched.
    """
    for view in survey.lists:
        caseful = False
        for item in view.items if view.kind in {"localpart", "address"} else ():
            caseful = caseful or item.text == "+caseful"
            local = item.text.partition("@")[0]
            plain = item.constant and re.fullmatch(r"\*?[\w.+-]+", local, re.ASCII) is not None
            if caseful and plain and item.text != "+caseful" and lower(local) != local:
                message = f'"{local}" is matched with its capital letters only'
                yield Finding("EXL020", message, view.place(item), REMARK)
