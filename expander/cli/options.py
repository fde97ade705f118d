"""Exim's own command line: every option recognised, with the words that Exim has for what is wrong.

See the chapter "The Exim command line" of the manual. Options stand before all other arguments; the
first argument that is no option, or what follows ``--``, begins the arguments of the mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli import optiontable as table
from expander.cli.errors import CommandLineError, too_long
from expander.cli.queue_options import QueueOptions
from expander.queue.wanted import Wanted
from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Callable

    from drivers.api.profile import Profile

USAGE = (
    "Exim is a Mail Transfer Agent. It is normally called by Mail User Agents,\n"
    "not directly from a shell command line. Options and/or arguments control\n"
    "what it does when called. For a list of options, see the Exim documentation.\n"
)
NAMES_ITSELF_SINCE = "4.99"
"""Since this release the program is named in what is said of a wrong ``-oMm``; none between was asked."""


class Options(State):
    """What a command line asks for.

    ``modes`` are the options that choose what is done, in order, with their own argument (``bem`` a
    file name, ``bI`` a topic, ``Mset`` a message) or ""; ``arguments`` what follows the options.
    ``config_files`` is the list given by ``-C`` or None. ``told`` holds the values of ``-oM...`` by
    option name. ``sender`` is the address of ``-f`` without what stands around it, None without ``-f``.
    ``selectors`` are the bits that ``-d`` chooses, 0 without it.
    ``perl_at_start`` is what ``-ps`` and ``-pd`` say, None without them. ``filter_domain`` and its
    neighbours make up the recipient of a filter's test (``-bfd``, ``-bfl``, ``-bfp``, ``-bfs``).
    ``delivers`` says when a message is delivered: "now", "background", "queue", "queue-smtp", "" if
    nothing is said; ``errors_go``
    where errors of a message are told: "mail", "print", "back" or "nowhere". ``messages`` are those that
    ``-M...`` names, with what follows them. ``patience`` and ``smtp_patience`` are
    the times of ``-or`` and ``-os``, None without them. ``listing`` has the letters behind ``-bp``.
    ``queue_run`` is what a run over the queue is to do, ``queue_interval`` the time between runs of a daemon;
    ``queue_name`` is the queue that is worked on, for ``-MG`` the one to which messages go ``from_queue``.
    """

    modes: dict[str, str] = made_by(default_factory=dict)
    arguments: list[str] = made_by(default_factory=list)
    config_files: str | None = None
    macros: dict[str, str] = made_by(default_factory=dict)
    told: dict[str, str] = made_by(default_factory=dict)
    sender: str | None = None
    full_name: str | None = None
    terse: bool = False
    verbose: bool = False
    selectors: int = 0
    recipients_from_headers: bool = False
    dot_ends: bool = True
    suppress_local_fixups: bool = False
    qualifies: bool = True
    is_trial: bool = False
    delivers: str = ""
    waits: bool = False
    errors_go: str = "mail"
    messages: list[str] = made_by(default_factory=list)
    patience: int | None = None
    smtp_patience: int | None = None
    listing: str = ""
    queue_run: Wanted = Wanted()
    queue_interval: str = ""
    queue_name: str = ""
    from_queue: str = ""
    log_text: str | None = None
    alias_file: str | None = None
    perl_at_start: bool | None = None
    filter_domain: str | None = None
    filter_local_part: str | None = None
    filter_prefix: str = ""
    filter_suffix: str = ""


def parse(argv: list[str], profile: Profile, on_version: Callable[[], None]) -> Options:
    """Read the options of a command line given as held text.

    ``on_version`` is called where ``-bV`` is met: Exim prints its version there, before it goes
    on to the next option. Raises `CommandLineError`.
    """
    reader = _Reader(argv, profile, on_version)
    reader.read()
    _refuse_incompatible(reader.options)
    return reader.options


class _Reader(QueueOptions):
    """Goes through the arguments one by one."""

    def __init__(self, argv: list[str], profile: Profile, on_version: Callable[[], None]) -> None:
        super().__init__(argv, Options())
        self.profile = profile
        self.on_version = on_version
        self.special: tuple[tuple[str, Callable[[str, str], None]], ...] = (
            ("-bI:", self._information),
            ("-bw", self._daemon_wait),
            ("-oM", self._told),
            ("-oB", self._most_messages),
            ("-or", self._time_option),
            ("-os", self._time_option),
            ("-M", self._messages),
            ("-q", self._queue_run),
            ("-R", self._selected_queue_run),
            ("-S", self._selected_queue_run),
            ("-D", self._macro),
            ("-d", self._debug),
            ("-L", self._tag),
            ("-p", self._protocol),
            ("-h", self._hops),
        )

    def read(self) -> None:
        argv = self.argv
        while self.at < len(argv) and argv[self.at].startswith("-"):
            option = argv[self.at]
            self.at += 1
            if option == "--":
                break
            self._one(option)
            if option in table.LAST:
                break
        self.options.arguments = argv[self.at :]

    def _one(self, option: str) -> None:
        name = option[:2] if option.startswith(table.SWITCHES_WITH_ANYTHING) else option
        name = table.SYNONYMS.get(name, name)
        if name in table.LISTINGS:
            name, self.options.listing = "-bp", name.removeprefix("-bp")
        if name in table.IGNORED or option.startswith(table.IGNORED_WITH_ANYTHING):
            return
        if name in table.SWITCHES:
            setattr(self.options, *table.SWITCHES[name])
            if name.startswith("-od"):
                how = self.options.delivers
                self.options.waits = how == "now" or (how == "queue-smtp" and self.options.waits)
        elif name == "-ti":
            self.options.recipients_from_headers, self.options.dot_ends = True, False
        elif name == "-bV":
            self.options.modes["bV"] = ""
            self.on_version()
        elif name in table.MODES and self._has_mode(name):
            self._mode(name)
        elif name == "--help":
            raise CommandLineError(USAGE)
        else:
            self._with_value(option)

    def _has_mode(self, name: str) -> bool:
        return self.profile.at_least(table.MODES_SINCE.get(name, "4.00"))

    def _mode(self, name: str) -> None:
        mode, wanted = name[1:], table.MODES[name]
        value = ""
        if wanted is not None:
            value = self._next(wanted.format(option=name) if wanted else self._incomplete(name))
            too_long(value, table.LIMITS.get(name, len(value)), name)
        self.options.modes[mode] = value

    def _with_value(self, option: str) -> None:
        for name, (what, keep) in table.WITH_VALUE.items():
            if option == name or (option.startswith(name) and name not in table.NEVER_ATTACHED):
                value = option[len(name) :]
                value = value or self._next(what.format(option=name) if what else self._incomplete(option))
                too_long(value, table.LIMITS.get(name, len(value)), name)
                if name in {"-f", "-r"}:
                    self._sender(value)
                elif keep:
                    setattr(self.options, keep, value)
                return
        for prefix, take in self.special:
            if option.startswith(prefix):
                take(option, option[len(prefix) :])
                return
        raise CommandLineError(self._incomplete(option))

    def _sender(self, text: str) -> None:
        from drivers.api.errors import Failed
        from drivers.values import mailbox

        rules = mailbox.Rules(null=True, final_dot=True, utf8=True)
        null = table.NULL_ADDRESS.match(text)
        fault = ""
        if null and null.end() < len(text) and text[null.end()] != "(":
            fault = f"malformed address: {text[null.end() :][:32]} may not follow {null[0]}"
        elif table.FINAL_DOT.search(text):
            fault = "domain is malformed (trailing dot not allowed)"
        parsed = None
        try:
            parsed = mailbox.parse(text, rules) if text else None
        except Failed as problem:
            fault = fault if null else problem.message
        if fault:
            raise CommandLineError(f'exim: bad -f address "{text}": {fault}\n')
        self.options.sender = parsed.address if parsed else ""

    def _told(self, option: str, _rest: str) -> None:
        value = self._next(f"exim: data expected after {option}\n")
        if option not in table.TOLD:
            raise CommandLineError(self._incomplete(option))
        if option == "-oMm" and not table.MESSAGE_ID.fullmatch(value):
            start = "exim: " if self.profile.at_least(NAMES_ITSELF_SINCE) else ""
            raise CommandLineError(f"{start}-oMm must be a valid message ID\n")
        # The message for -oMai names its neighbour.
        too_long(value, table.TOLD[option], "-oMas" if option == "-oMai" else option)
        if option == "-oMr":
            self._set_protocol(value)
        else:
            self.options.told[option[1:]] = value

    def _set_protocol(self, protocol: str) -> None:
        if "oMr" in self.options.told:
            raise CommandLineError("received_protocol is set already\n")
        self.options.told["oMr"] = protocol

    def _protocol(self, option: str, rest: str) -> None:
        if rest in {"s", "d"}:  # -ps, -pd
            self.options.perl_at_start = rest == "s"
            return
        protocol, colon, host = (rest or self._next(self._incomplete(option))).partition(":")
        self._set_protocol(too_long(protocol, table.TOLD["-oMr"], "-p<protocol>"))
        if colon:
            self.options.told["oMs"] = too_long(host, table.TOLD["-oMs"], "-p<protocol>:<host>")

    def _macro(self, option: str, rest: str) -> None:
        macros = self.options.macros
        found = table.MACRO.fullmatch(rest)
        if len(macros) >= table.MOST_MACROS:
            raise CommandLineError("exim: too many -D options on command line\n")
        if not table.MACRO_START.match(rest):
            raise CommandLineError("exim: macro name set by -D must start with an upper case letter\n")
        if found is None:
            raise CommandLineError(self._incomplete(option))
        name, value = found.groups()
        if name in macros:
            raise CommandLineError("exim: duplicated -D in command line\n")
        macros[name] = value or ""

    def _debug(self, option: str, rest: str) -> None:
        if rest == "ropcr":
            return
        from expander.cli.debugging import chosen

        bits = chosen(rest.removeprefix("d"))
        if bits:
            self.options.selectors = bits
            self.options.verbose = True

    def _tag(self, option: str, rest: str) -> None:
        tag = rest or self._next(self._incomplete(option))
        if len(tag) > table.LONGEST_TAG:
            raise CommandLineError(f'exim: the -L syslog name is too long: "{tag}"\n')
        if not tag:
            raise CommandLineError("exim: the -L syslog name is too short\n")

    def _hops(self, option: str, rest: str) -> None:
        if not (rest or self._next(self._incomplete(option)))[:1].isdigit():
            raise CommandLineError(self._incomplete(option))

    def _most_messages(self, option: str, rest: str) -> None:
        number = rest
        if not rest and self.at < len(self.argv) and not self.argv[self.at].startswith("-"):
            number = self._next("")
        if number and not number.isdigit():
            raise CommandLineError("exim: number expected after -oB\n")

    def _time_option(self, option: str, rest: str) -> None:
        from drivers.api.options import seconds

        text = rest or (self._next("") if self.at < len(self.argv) else "")
        self._check_time(text, option if rest or not text else text)
        setattr(self.options, "smtp_patience" if option.startswith("-os") else "patience", seconds(text))

    def _information(self, option: str, rest: str) -> None:
        from expander.cli.information import topic

        self.options.modes["bI"] = topic(rest, self.options.modes.get("bI"), self.profile)

    def _daemon_wait(self, option: str, rest: str) -> None:
        if rest:
            self._check_time(rest, option)
        self.options.modes["bw"] = rest


def _refuse_incompatible(options: Options) -> None:
    """Some modes exclude others, and the daemon takes no arguments."""
    modes = options.modes.keys()
    daemon = modes & {"bd", "bdf", "bw"}
    clash = (
        ("bP" in modes and (modes & table.NOT_WITH_SETTINGS or options.recipients_from_headers))
        or (daemon and (options.arguments or modes & table.NOT_WITH_DAEMON))
        or (modes & {"q", "R", "S", "bi"} and options.arguments and not modes & table.TESTS)
        or (modes & {"q", "R", "S", "bi"} and _takes_messages(options))
        or ("R" in modes and modes & table.TESTS)
        or (options.queue_interval and (options.arguments or modes & table.NOT_WITH_INTERVAL))
        or ("M" in modes and _is_no_action(options))
        or (modes & {"bf", "bF"} and options.arguments)
        or ("Mset" in modes and "be" not in modes)
        or (
            modes & table.ADDRESS_TESTS
            and (modes & table.NOT_WITH_ADDRESS_TESTS or options.recipients_from_headers)
        )
        or ("bt" in modes and modes & {"bv", "bvs"})
        or (modes & table.SMTP and _is_no_smtp(options))
    )
    if clash:
        raise CommandLineError("exim: incompatible command-line options or arguments\n")


def _takes_messages(options: Options) -> bool:
    return bool(options.modes.keys() & table.SMTP) or options.recipients_from_headers


def _is_no_action(options: Options) -> bool:
    """True for what does not go together with an action on messages of the queue."""
    modes = options.modes.keys()
    is_of_many = options.modes["M"].removeprefix("M") not in table.OF_ONE_MESSAGE
    is_clash = is_of_many and ("R" in modes or _takes_messages(options))
    return bool(is_clash or modes & table.NOT_WITH_ACTIONS)


def _is_no_smtp(options: Options) -> bool:
    """True for what says more of a message than SMTP lets the command line say, and for other work."""
    has_message = options.sender is not None or options.recipients_from_headers
    return has_message or bool(options.modes.keys() & table.NOT_WITH_SMTP)
