"""Exim's command line options as tables; see the chapter "The Exim command line" of the manual."""

from __future__ import annotations

import re

from grammar.patterns import late_pattern

SYNONYMS = {
    "--version": "-bV",
    "-oitrue": "-oi",
    "-ov": "-v",
    "-odi": "-odf",
}

LISTINGS = frozenset(["-bpra", "-bpru", "-bpr", "-bpa", "-bpc", "-bpu"])
"""How else than with ``-bp`` the queue is listed."""

IGNORED = frozenset("-Ac -Am -m -x -tls-on-connect -om -oo -oY -dropcr".split())
"""What has no effect on the modes that are imitated."""

IGNORED_WITH_ANYTHING = ("-B", "-E", "-U")
SWITCHES_WITH_ANYTHING = ("-G", "-n")

SWITCHES = {
    "-bnq": ("qualifies", False),
    "-G": ("suppress_local_fixups", True),
    "-i": ("dot_ends", False),
    "-oi": ("dot_ends", False),
    "-n": ("terse", True),
    "-t": ("recipients_from_headers", True),
    "-v": ("verbose", True),
    "-N": ("is_trial", True),
    "-odb": ("delivers", "background"),
    "-odd": ("delivers", "background"),
    "-odf": ("delivers", "now"),
    "-odq": ("delivers", "queue"),
    "-odqs": ("delivers", "queue-smtp"),
    **{
        f"{option}{letter}": ("errors_go", where)
        for option in ("-e", "-oe")
        for letter, where in (("e", "back"), ("m", "mail"), ("p", "print"), ("q", "nowhere"), ("w", "mail"))
    },
}

MODES: dict[str, str | None] = {
    "-be": None,
    "-bm": None,
    "-bP": None,
    "-bp": None,
    "-bs": None,
    "-bS": None,
    "-bt": None,
    "-bv": None,
    "-bvs": None,
    "-bd": None,
    "-bdf": None,
    "-bi": None,
    "-brt": None,
    "-brw": None,
    "-bpi": None,
    "-bpri": None,
    "-oPX": None,
    "-bem": "",
    "-bh": "",
    "-bhc": "",
    "-bmalware": "",
    "-bf": "exim: file name expected after {option}\n",
    "-bF": "exim: file name expected after {option}\n",
    "-atrn": "",
}
"""The options that say what is to be done. None stands for those without an argument; otherwise it is
what is said where the argument is missing, or "" for the general words."""

MODES_SINCE = {"-bpi": "4.97", "-bpri": "4.97", "-atrn": "4.99"}

WITH_VALUE: dict[str, tuple[str, str]] = {
    "-C": ("", "config_files"),
    "-F": ("", "full_name"),
    "-f": ("", ""),
    "-r": ("", ""),
    "-O": ("exim: string expected after {option}\n", ""),
    "-X": ("exim: string expected after {option}\n", ""),
    "-z": ("exim: file name expected after {option}\n", "log_text"),
    "-oA": ("exim: string expected after {option}\n", "alias_file"),
    "-oP": ("exim: string expected after {option}\n", ""),
    "-oX": ("exim: string expected after {option}\n", ""),
    "-bfd": ("exim: string expected after {option}\n", "filter_domain"),
    "-bfl": ("exim: string expected after {option}\n", "filter_local_part"),
    "-bfp": ("exim: string expected after {option}\n", "filter_prefix"),
    "-bfs": ("exim: string expected after {option}\n", "filter_suffix"),
}
"""Options with a value: what is said without one ("" for the general words), the attribute that keeps it."""

NEVER_ATTACHED = frozenset({"-oA", "-oP", "-oX", "-bfd", "-bfl", "-bfp", "-bfs"})

LIMITS = {
    "-F": 256,
    "-f": 1024,
    "-r": 1024,
    "-oX": 1024,
    "-z": 2048,
    "-bfd": 255,
    "-bfl": 256,
    "-bfp": 256,
    "-bfs": 256,
    "-bh": 45,
    "-bhc": 45,
}
"""How many bytes the value of an option may have."""

TOLD = {
    "-oMa": 45,
    "-oMaa": 64,
    "-oMai": 256,
    "-oMas": 256,
    "-oMi": 45,
    "-oMm": 256,
    "-oMr": 64,
    "-oMs": 255,
    "-oMt": 512,
}
"""The options that tell what is not known of a message, with the longest value."""

NULL_ADDRESS = late_pattern(r"[^<]*<[ \t]*>[ \t]*")
FINAL_DOT = late_pattern(r"@[^@<>()]*[A-Za-z0-9-]\.[ \t]*\Z", re.ASCII)
MESSAGE_ID = late_pattern(
    r"[0-9A-Za-z]{6}-(?:[0-9A-Za-z]{6}-[0-9A-Za-z]{2}|[0-9A-Za-z]{11}-[0-9A-Za-z]{4})", re.ASCII
)
MESSAGE_ACTIONS = frozenset(["", *"c G ar es f g mad md rm set t vb vc vh vl".split()])
OF_ONE_MESSAGE = frozenset({"ar", "es", "md", "set", "vb", "vc", "vh", "vl"})
"""Actions that take one message; what else they are given follows behind all options."""

CONTINUATIONS = frozenset("CA CD Cd CG CK CL CP Cp CQ Cq Cr CS Cs CT Ct".split())

MOST_MACROS = 10
MACRO_START = late_pattern(r"[ \t\n\v\f\r]*[A-Z]")
MACRO = late_pattern(
    r"[ \t\n\v\f\r]*([A-Z][A-Za-z0-9_]*)[ \t\n\v\f\r]*(?:=[ \t\n\v\f\r]*(.*))?", re.ASCII | re.DOTALL
)
LONGEST_TAG = 32

QUEUE_FLAGS = late_pattern(r"q?i?f{0,2}l?")
QUEUE_SELECTION = late_pattern(r"(r?)(f{0,2})")

NOT_WITH_ACTIONS = frozenset("be bem bt bv bvs bf bF bh bhc bmalware bi".split())
LAST = frozenset({"-brt", "-brw"})
"""All that follows these is data, whatever it begins with."""

TESTS = frozenset({"brt", "brw"})
NOT_WITH_SETTINGS = frozenset("be bem bt bv bvs bh bhc bd bdf bw bf bF bi bs bS bmalware".split())
ADDRESS_TESTS = frozenset({"bt", "bv", "bvs"})
NOT_WITH_ADDRESS_TESTS = frozenset({"bs", "bS", "bi", "bf", "bF"})
SMTP = frozenset({"bs", "bS"})
NOT_WITH_SMTP = frozenset({"bf", "bF", "bi", "brw", "brt"})
NOT_WITH_INTERVAL = frozenset("be bem bt bv bvs bh bhc bf bF bs bS bi bP bp M brt brw bmalware".split())
NOT_WITH_DAEMON = frozenset({"be", "bem", "bt", "bv", "bvs", "bh", "bhc", "bf", "bF", "bs", "bS", "bm", "bi"})
