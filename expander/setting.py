"""Giving variables, header lines and the message values by hand, for tests and trials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from drivers.api import registry
from drivers.api.errors import ExpansionError, Failed
from drivers.api.text import Tainted, from_bytes, lower
from drivers.values import pem

if TYPE_CHECKING:
    from expander.expand.context import Context

_HEADER = re.compile(r"(?:[rbl]?h|[rbl]?header)_([!-9;-~]+?):?", re.ASCII)
_ACL = re.compile(r"acl_([cm])([0-9_][A-Za-z0-9_]*)", re.ASCII)
_CAPTURE = re.compile(r"[0-9]{1,2}", re.ASCII)


def assign(ctx: Context, name: str, value: str) -> None:
    """Let ``$name`` have a value from now on; ``h_subject`` and the like add a header line.

    What would come from outside on a live server is marked as tainted. A certificate is given as
    PEM text or as the name of a file with it. Raises `Failed` for a name that the profile does not
    have, for a variable that is worked out from other values and for what is no certificate.
    """
    name = name.removeprefix("$")
    header = _HEADER.fullmatch(name)
    acl = _ACL.fullmatch(name)
    if header:
        ctx.headers = [*(ctx.headers or ()), (header[1], f"{header[1]}: {value}\n")]
    elif acl:
        (ctx.acl_c if acl[1] == "c" else ctx.acl_m)[acl[2]] = value
    elif _CAPTURE.fullmatch(name):
        number = int(name)
        ctx.captures = [*ctx.captures, *[""] * (number + 1 - len(ctx.captures))]
        ctx.captures[number] = value
    elif name == "value":
        ctx.value = value
    elif name == "item":
        ctx.item = value
    else:
        _assign_fact(ctx, name, value)


def unassign(ctx: Context, name: str) -> None:
    """Take back what `assign` gave ``$name``; of a header line, all of that name.

    Raises `Failed` for a name that has no value of its own.
    """
    name = name.removeprefix("$")
    header = _HEADER.fullmatch(name)
    acl = _ACL.fullmatch(name)
    if header:
        wanted = lower(header[1])
        kept = [line for line in ctx.headers or () if lower(line[0].rstrip()) != wanted]
        if len(kept) == len(ctx.headers or ()):
            raise Failed(f'there is no header line "{header[1]}"')
        ctx.headers = kept
    elif name == "value" and ctx.value is not None:
        ctx.value = None
    elif name == "item" and ctx.item is not None:
        ctx.item = None
    elif _CAPTURE.fullmatch(name) and int(name) < len(ctx.captures):
        ctx.captures = [*ctx.captures]
        ctx.captures[int(name)] = ""
    else:
        values = ctx.facts if not acl else ctx.acl_c if acl[1] == "c" else ctx.acl_m
        if values.pop(acl[2] if acl else name, None) is None:
            raise Failed(f"${name} was not set")


def take_message(ctx: Context, data: bytes) -> int:
    """Let ``$h_...``, ``$message_body`` and their like come from a message; the number of header lines.

    The header lines stay as they are in ``data``: nothing is added or qualified.
    """
    from expander.message.headers import read_message

    message = read_message(data, is_envelope_line=lambda line: line.startswith("From "), dot_ends=False)
    ctx.headers = message.headers
    ctx.body = message.body
    ctx.facts.update(message.facts)
    return len(message.headers)


def _assign_fact(ctx: Context, name: str, value: str) -> None:
    unit = registry.find("variable", name)
    family = registry.find("variable", "r_*") if name.startswith("r_") else None
    if (unit is None or not ctx.profile.has(unit)) and family is None:
        raise Failed(f'unknown variable name "{name}"')
    if unit is not None and unit.facts.get("kind") == "certificate":
        ctx.facts[name] = _certificate(ctx, value)
        return
    before = ctx.facts.get(name)
    known = unit or family
    from_outside = known is not None and known.facts.get("taint") == "carries"
    ctx.facts[name] = Tainted(value) if from_outside else value
    shown = "<cert>" if known is not None and known.facts.get("kind") == "certificate" and value else value
    if _read_back(ctx, name) != shown:
        if before is None:
            del ctx.facts[name]
        else:
            ctx.facts[name] = before
        raise Failed(f"${name} is worked out from other values and cannot be set")


def _certificate(ctx: Context, value: str) -> str:
    """The PEM text of the first certificate in a text, or in the file of that name; "" for none."""
    if value and pem.BEGIN not in value:
        try:
            value = from_bytes(ctx.world.files.read(value))
        except OSError as error:
            raise Failed(f"cannot read the certificate {value}: {error.strerror}") from error
    if value:
        pem.der(value)
    return value


def _read_back(ctx: Context, name: str) -> str | None:
    try:
        return str(ctx.expand(f"${{{name}}}"))
    except ExpansionError:
        return None
