"""``-bI:``: lists of what the program knows. See the options ``-bI:help``, ``-bI:dscp`` and ``-bI:sieve``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import lower
from drivers.values import dscp
from expander.cli.console import STDOUT, complain

if TYPE_CHECKING:
    from drivers.api.profile import Profile
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
DSCP = list(dscp.NAMES)
SIEVE = (
    "comparator-i;ascii-numeric copy encoded-character enotify envelope fileinto subaddress vacation"
).split()


UNKNOWN = ""


def topic(word: str, before: str | None, profile: Profile) -> str:
    """The topic that a word asks for; ``before`` is that of an earlier option, None without one.

    An unknown word is `UNKNOWN`, which counts as a fault; behind a known one it asks for the help.
    """
    known = {"help", *_lists(profile)}
    word = lower(word)
    return word if word in known else "help" if before in known else UNKNOWN


def _lists(profile: Profile) -> dict[str, list[str]]:
    lists = {"dscp": DSCP, "sieve": SIEVE}
    return {**lists, "modules": []} if profile.at_least(MODULES_SINCE) else lists


def run(run: Run) -> int:
    """Print the list that is asked for; an unknown topic gives the help and exit status 1."""
    asked, lists = run.options.modes["bI"], _lists(run.profile)
    if asked in lists:
        STDOUT.write("".join(f"{word}\n" for word in lists[asked]))
        return 0
    help_text = HELP.format(modules=MODULES_LINE if "modules" in lists else "")
    if asked == UNKNOWN:
        complain(help_text)
        return 1
    STDOUT.write(help_text)
    return 0
