"""Variables of filter files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from drivers.api.errors import Failed
from drivers.api.unit import Example, variable
from drivers.variables.plain import CARRIED, SECTION, plain

if TYPE_CHECKING:
    from drivers.api.protocols import Context

plain(
    "thisaddress",
    "The address that the command `foranyaddress` of a filter is looking at.",
    example=("alice@example.org", "${domain:$thisaddress}", "example.org"),
    taint=CARRIED,
)


def _counter(name: str) -> Callable[[Context], str]:
    def read(ctx: Context) -> str:
        value = ctx.facts.get(name)
        if value is None:
            # Outside filters the counters do not exist, as Exim says.
            raise Failed(f'unknown variable name "{name}"')
        return value

    return read


for digit in range(10):
    variable(
        f"n{digit}",
        syntax=f"$n{digit}",
        doc=f"Counter {digit} of the filter that is running, changed by its command `add`.\n"
        "It begins at 0 for each message. Outside filters there is no such variable.",
        section=SECTION,
        kind="filter_int",
        taint="none",
        examples=(Example(f"${{eval:$n{digit}+1}}", "8", {f"n{digit}": "7"}),),
    )(_counter(f"n{digit}"))
    variable(
        f"sn{digit}",
        syntax=f"$sn{digit}",
        doc=f"What counter `$n{digit}` was at the end of the system filter, for users' filters to test.\n"
        "Outside filters there is no such variable.",
        section=SECTION,
        kind="filter_int",
        taint="none",
        examples=(Example(f"${{if >{{$sn{digit}}}{{5}}{{spam}}{{ham}}}}", "spam", {f"sn{digit}": "7"}),),
    )(_counter(f"sn{digit}"))
