"""The command ``eximulate``: Exim's own options, or a verb of ours."""

from __future__ import annotations

import gc
import os
import sys

INTERRUPTED = 130
SHARED = {
    "--profile": "EXIMULATE_PROFILE",
    "--host": "EXIMULATE_HOST",
    "--dns-zones": "EXIMULATE_DNS_ZONES",
    "--sandbox": "EXIMULATE_SANDBOX",
    "--allow": "EXIMULATE_ALLOW",
}
"""Options of ours that stand before everything else, and the variables that say the same."""

USAGE = """\
usage: eximulate VERB [ARGUMENT...]         check, expand, explain, parse, repl: see "eximulate help"
       eximulate [--profile NAME] [--host FILE] OPTION...   Exim's own options, for example
           eximulate -C FILE -bV            check a configuration file
           eximulate -C FILE -bP [NAME...]  print settings
           eximulate -be TEXT...            expand strings (without TEXT: lines of standard input)
           eximulate -bem FILE TEXT...      the same with a message
           eximulate --sandbox DIR -C FILE -odi ADDRESS...   deliver a message, into a folder

--host FILE or the variable EXIMULATE_HOST names a file that describes the host to be taken for this one.
--sandbox DIR or the variable EXIMULATE_SANDBOX names a folder that stands for the root of the host: files
are written there, commands of transports and talks with other hosts are put on record. --allow WORDS or
EXIMULATE_ALLOW permits more in it: run (commands), net (sockets).
--profile NAME or the variable EXIMULATE_PROFILE says which Exim is imitated. After the name of a
profile or a release come features, lookups and drivers that are put in or left out, as in
4.99,-perl,+dmarc. Profiles: """


def entry() -> int:
    """Run the command line of the process; its exit status.

    After one of Exim's own modes the process ends here, without taking the interpreter apart: that
    would cost a sixth of a short run.
    """
    argv = [os.fsencode(argument).decode("latin-1") for argument in sys.argv[1:]]
    try:
        status = run(argv)
    except KeyboardInterrupt:
        status = INTERRUPTED
    except BrokenPipeError:
        status = 0
    if argv and argv[0].startswith("-"):
        _flush()
        os._exit(status)
    return status


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue


def run(argv: list[str]) -> int:
    """Run a command line given as held text; the exit status."""
    while argv and (option := argv[0].partition("=")[0]) in SHARED:
        taken = 1 if "=" in argv[0] else 2
        value = "".join(argv[:taken]).removeprefix(option).removeprefix("=")
        os.environ[SHARED[option]] = os.fsdecode(value.encode("latin-1"))
        argv = argv[taken:]
    if not argv or argv[0] == "--help":
        from expander.config.profile import PROFILES

        print(USAGE + ", ".join(PROFILES))
        return 0
    if argv[0].startswith("-"):
        # What is made while starting stays to the end: to search it for garbage costs a tenth of a short run.
        gc.disable()
        from expander.cli import exim

        return exim.run(argv)
    from expander.cli import verbs

    return verbs.run([os.fsdecode(argument.encode("latin-1")) for argument in argv])
