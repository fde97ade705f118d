"""``-bI:``: lists of what the program knows. See the options ``-bI:help``, ``-bI:dscp`` and ``-bI:sieve``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT, complain

if TYPE_CHECKING:
    from expander.cli.start import Run

HELP = (
    "The -bI: flag takes a string indicating which information to provide.\n"
    "If the string is not recognised, you'll get this help (on stderr).\n"
    "\n"
    "  exim -bI:help    this information\n"
    "  exim -bI:dscp    list of known dscp value keywords\n"
    "{modules}"
    "  exim -bI:sieve   list of supported sieve extensions\n"
)
MODULES_SINCE = "4.99"
MODULES_LINE = "  exim -bI:modules list of supported dynamic modules\n"
DSCP = (
    "af11 af12 af13 af21 af22 af23 af31 af32 af33 af41 af42 af43 "
    "ef lowcost lowdelay mincost reliability throughput"
).split()
SIEVE = (
    "comparator-i;ascii-numeric copy encoded-character enotify envelope fileinto subaddress vacation"
).split()


def run(run: Run) -> int:
    """Print the list that is asked for; an unknown topic gives the help and exit status 1."""
    topic = run.options.modes["bI"].lower()
    modules = run.profile.at_least(MODULES_SINCE)
    help_text = HELP.format(modules=MODULES_LINE if modules else "")
    lists = {"dscp": DSCP, "sieve": SIEVE, **({"modules": []} if modules else {})}
    if topic in lists:
        STDOUT.write("".join(f"{word}\n" for word in lists[topic]))
        return 0
    if topic == "help":
        STDOUT.write(help_text)
        return 0
    complain(help_text)
    return 1
