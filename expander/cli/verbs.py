"""Eximulate's own verbs: ``eximulate check FILE``, ``eximulate expand TEXT`` and the others."""

from __future__ import annotations

import errno
import os
import sys
from importlib import import_module

from expander.cli.arguments import CANNOT_RUN, CannotRunError
from expander.cli.output import complain, say

VERBS = {
    "auth": ("expander.cli.auth", "try one authenticator with a user and a password"),
    "check": ("expander.cli.check", "look for faults in configuration files"),
    "completion": ("expander.cli.completion", "print what a shell reads to complete the command line"),
    "deliver": ("expander.cli.deliver", "deliver a message in a sandbox, and tell who got it where"),
    "diff": ("expander.cli.diff", "tell in what two configurations differ"),
    "dumpdb": ("expander.cli.dumpdb", "print what a DBM file holds"),
    "expand": ("expander.cli.expand", "expand strings, with or without a configuration"),
    "explain": ("expander.cli.explain", "show the steps of an expansion, or what a name means"),
    "fmt": ("expander.cli.fmt", "lay configuration files out evenly"),
    "graph": ("expander.cli.graph", "draw the routers, transports and ACLs of a configuration"),
    "parse": ("expander.cli.parse", "print the tree of a configuration or of an expansion"),
    "profiles": ("expander.cli.profiles", "list the releases and features known, or compare two"),
    "record": ("expander.cli.record", "make a file of scenarios of a dialogue or a log"),
    "repl": ("expander.cli.repl", "expand strings interactively"),
    "route": ("expander.cli.route", "show the way of addresses through the routers"),
    "serve": ("expander.cli.serve", "answer SMTP clients on a socket as a configuration says"),
    "session": ("expander.cli.session", "hold an SMTP session, and tell which ACL lines decide"),
    "test": ("expander.cli.test", "run the scenarios of test files"),
    "upgrade": ("expander.cli.upgrade", "tell what another release of Exim changes"),
}
INTERRUPTED = 130
INTERNAL = 70
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What the system says when a disk or a user's share of it is full."""


def run(argv: list[str]) -> int:
    """Run the verb that ``argv`` starts with; the exit status.

    Status 0: nothing to complain about; 1: it could not run; 2: warnings; 3: errors in what was
    looked at; 70: a fault of eximulate itself.
    """
    verb, *rest = argv or ["help"]
    if verb == "help":
        say(*_overview())
        return 0
    if verb not in VERBS:
        return _unknown(verb)
    try:
        status: int = import_module(VERBS[verb][0]).run(rest)
    except CannotRunError as problem:
        complain(f"eximulate {verb}: {problem.text}", *problem.lines)
        return CANNOT_RUN
    except SystemExit as end:  # argparse has printed the help that was asked for
        return end.code if isinstance(end.code, int) else CANNOT_RUN
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CANNOT_RUN
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as fault:
        if isinstance(fault, OSError) and fault.errno in NO_ROOM:
            complain(f"eximulate {verb}: cannot write: {fault.strerror}")
            return CANNOT_RUN
        if os.environ.get("EXIMULATE_TRACEBACK"):
            raise
        complain(
            f"eximulate {verb}: internal error, {type(fault).__name__}: {fault}",
            "    note: this is a fault of eximulate itself; please report it, with what",
            "    EXIMULATE_TRACEBACK=1 in the environment makes it print",
        )
        return INTERNAL
    return status


def _overview() -> list[str]:
    lines = ["usage: eximulate VERB [ARGUMENT...]", "", "verbs:"]
    lines += [f"  {verb:<10} {what}" for verb, (_, what) in VERBS.items()]
    return [
        *lines,
        "",
        "Arguments that start with a hyphen are Exim's own: eximulate -be '$primary_hostname'",
    ]


def _unknown(verb: str) -> int:
    from difflib import get_close_matches

    near = get_close_matches(verb, VERBS, n=1)
    meant = f'; did you mean "{near[0]}"?' if near else f" (known: {', '.join(VERBS)})"
    complain(f'eximulate: unknown verb "{verb}"{meant}')
    return CANNOT_RUN
