"""The manual page, made from the arguments of the verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.cli.parsers import Argument, Verb

NAME = "eximulate.1"

FIRST = """\
.TH EXIMULATE 1
.SH NAME
eximulate \\- read, check and test configurations of Exim
.SH SYNOPSIS
.B eximulate
.I verb
.RI [ argument ...]
.br
.B eximulate
.RI [ option " of Exim] ..."
.SH DESCRIPTION
Reads Exim configurations and expands Exim's strings as Exim would: the same values, the same words for what
fails. It needs no mail server and no privileges. Its verbs are sandboxed: without
.B \\-\\-allow
nothing that they evaluate can write a file, run a command or open a connection.
.PP
With Exim's own options it does as Exim does:
.BR \\-be ", " \\-bem ", " \\-bf ", " \\-bF ", " \\-bh ", " \\-bhc ", " \\-bm ", " \\-bp ", " \\-bP ", "
.BR \\-brt ", " \\-brw ", " \\-bs ", " \\-bS ", " \\-bt ", " \\-bv ", " \\-bV ", " \\-M... ", " \\-q ", " \\-t
and others; see Exim's manual. Before them may stand
.BR \\-\\-profile ,
.BR \\-\\-host ,
.B \\-\\-dns\\-zones
and
.BI \\-\\-sandbox " DIR" ,
which has all files written below a folder.
"""

LAST = """\
.SH EXIT STATUS
0: nothing to complain about; 1: it could not run; 2: warnings; 3: errors in what was looked at; 70: a fault
of eximulate itself.
.B eximulate test
gives 0 if all scenarios pass, 1 if it could not run, 2 if one fails.
.SH ENVIRONMENT
.TP
.B EXIMULATE_PROFILE
The Exim to imitate.
.TP
.B EXIMULATE_HOST
A file that describes the host to be taken for this one.
.TP
.B EXIMULATE_DNS_ZONES
A folder of zone files that answer all questions to the DNS.
.TP
.BR EXIMULATE_SANDBOX ", " EXIMULATE_ALLOW
As
.B \\-\\-sandbox
and
.BR \\-\\-allow .
.SH SEE ALSO
.BR exim (8)
"""


def page() -> str:
    """The page, as man reads it."""
    from expander.cli.parsers import verbs

    lines = [FIRST.rstrip("\n"), ".SH VERBS"]
    for verb in verbs():
        lines += _verb(verb)
    return "\n".join([*lines, LAST])


def _verb(verb: Verb) -> Iterator[str]:
    yield f".SS eximulate {verb.name}"
    yield _text(verb.purpose[:1].upper() + verb.purpose[1:] + ".")
    for argument in verb.arguments:
        if "--help" in argument.names:
            continue
        yield ".TP"
        yield _heading(argument)
        yield _text(argument.help)


def _heading(argument: Argument) -> str:
    value = f" \\fI{_text(argument.value)}\\fR" if argument.value else ""
    if not argument.names:
        return value.strip()
    return ", ".join(f"\\fB{_text(name)}\\fR" for name in argument.names) + value


def _text(text: str) -> str:
    made = text.replace("\\", "\\e").replace("-", "\\-").replace("%%", "%").replace("\n", " ")
    return f"\\&{made}" if made.startswith((".", "'")) else made
