"""A configuration that has been read; each value knows its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from drivers.api.errors import ConfigError
from expander.config.option_tables import (
    ALIASES,
    GENERIC,
    default_value,
    driver_options,
    main_options,
)
from grammar.record import Record, State, made_by

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from drivers.api.unit import Unit
    from grammar.ast.config import Acl as AclNode
    from grammar.ast.config import Configuration, Statement
    from grammar.macros import MacroTable
    from grammar.source import Span

LIST_WORDS = {"domain": "domain", "host": "host", "address": "address", "localpart": "local part"}
"""The kinds of named lists, and what messages call them."""


class Stamp(Record):
    """What stands between the time and the text of a log line, as far as options say so."""

    zone: bool = False
    millisec: bool = False
    pid: bool = False


class Notice(Record):
    """What Exim logs while it loads, to go on; ``logs`` are named as ``LOG: <logs>`` shows them.

    ``cause`` names the kind of fault, as it does for errors; ``span`` is its place, if it has one.
    """

    text: str
    logs: str = "MAIN"
    stamp: Stamp = Stamp()
    span: Span | None = None
    cause: str = ""


class LoadError(ConfigError):
    """What stops a configuration from being loaded.

    ``message`` is the whole text that Exim prints after the time stamp. ``log`` names the logs
    that Exim writes it to, as ``LOG: <log>`` shows them; ``warnings`` are those given before.
    ``options`` are the main options as far as they were read.
    """

    def __init__(
        self,
        message: str,
        span: Span | None = None,
        *,
        log: str = "PANIC DIE",
        cause: str = "",
        subject: str = "",
    ) -> None:
        super().__init__(message, span, cause=cause, subject=subject)
        self.log = log
        self.warnings: tuple[Notice, ...] = ()
        self.stamp = Stamp()
        self.options: Options | None = None


class Setting(Record):
    """The value of an option that is set: typed, as text, and where it stands."""

    value: Any
    text: str
    span: Span
    hidden: bool = False


NOT_THERE: Any = object()
"""What is kept for an option that the profile has not."""


class Options(Mapping[str, Any]):
    """Typed values of options by name, defaults included.

    ``settings`` has those that are set, ``given`` the names under which they were set, ``expanded``
    the values of those texts that are expanded once, when they are read. ``hidden`` are the names
    before which ``hide`` stands.
    """

    def __init__(self, profile: Profile, *tables: Mapping[str, Unit]) -> None:
        self._profile = profile
        self._tables = tables
        self._defaults: dict[str, Any] = {}
        self.settings: dict[str, Setting] = {}
        self.given: set[str] = set()
        self.hidden: set[str] = set()
        self.expanded: dict[str, str] = {}
        self._final: dict[str, Any] = {}
        self._is_final = False
        self.made: dict[str, Any] | None = None

    def settle(self) -> None:
        """All is set that will be: from here on values are kept by the names that they are asked for.

        In ``made`` may be kept what is made of them.
        """
        self._is_final = True
        self.made = {}

    def unit(self, name: str) -> Unit | None:
        """The unit of an option, None if the profile has no such option."""
        return next((table[name] for table in self._tables if name in table), None)

    def __getitem__(self, name: str) -> Any:
        name = ALIASES.get(name, name)
        if name in self.expanded:
            return self.expanded[name]
        setting = self.settings.get(name)
        if setting is not None:
            return setting.value
        if name not in self._defaults:
            unit = self.unit(name)
            if unit is None:
                raise KeyError(name)
            self._defaults[name] = default_value(unit, self._profile)
        return self._defaults[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of an option, another one where the profile has no such option."""
        try:
            value = self._final[name]
        except KeyError:
            value = self._found(name)
        return default if value is NOT_THERE else value

    def _found(self, name: str) -> Any:
        try:
            value = self[name]
        except KeyError:
            value = NOT_THERE
        if self._is_final:
            self._final[name] = value
        return value

    def __iter__(self) -> Iterator[str]:
        for table in self._tables:
            yield from table

    def __len__(self) -> int:
        return sum(len(table) for table in self._tables)

    def default(self, name: str) -> Any:
        """What the option is worth where it is not set. Raises ``KeyError`` for one that is not known."""
        unit = self.unit(name)
        if unit is None:
            raise KeyError(name)
        return default_value(unit, self._profile)

    def is_set(self, name: str) -> bool:
        """True if the configuration sets the option."""
        return ALIASES.get(name, name) in self.settings

    def assume(self, name: str, value: Any) -> None:
        """Give an option a default that only the host or other options could tell."""
        self._defaults[name] = value
        self._forget()

    def add_table(self, table: Mapping[str, Unit]) -> None:
        """Let further options be known: the private ones, once the driver is."""
        self._tables = (*self._tables, table)
        self._forget()

    def _forget(self) -> None:
        self._final.clear()
        if self.made:
            self.made.clear()


class NamedList(Record):
    """A named list; ``list_kind`` is "domain", "host", "address" or "localpart".

    ``cached`` tells that what it matches may be remembered, though its text is expanded.
    """

    list_kind: str
    name: str
    text: str
    span: Span
    hidden: bool = False
    cached: bool = False


class Acl(Record):
    """An ACL; its statements are those of the tree, checked."""

    name: str
    statements: tuple[Statement, ...]
    span: Span
    node: AclNode | None = None


class Instance(State):
    """A router, transport or authenticator of the configuration.

    ``options`` has all generic options and the private ones of its driver.
    """

    family: str
    name: str
    span: Span
    options: Options
    driver: str = ""

    def __getitem__(self, name: str) -> Any:
        return self.options[name]

    def setting(self, name: str) -> Setting | None:
        """The setting of an option, None if it is not set."""
        return self.options.settings.get(name)


class Router(Instance):
    """A router."""


class Transport(Instance):
    """A transport."""


class Authenticator(Instance):
    """An authenticator."""


FAMILY = {"routers": "router", "transports": "transport", "authenticators": "authenticator"}
"""The sections that define instances of drivers, and of which family these are."""

INSTANCES: dict[str, type[Instance]] = {
    "router": Router,
    "transport": Transport,
    "authenticator": Authenticator,
}


def new_instance(family: str, name: str, span: Span, profile: Profile) -> Instance:
    """A driver of which only the name is known yet."""
    options = Options(profile, driver_options(profile, family, GENERIC))
    return INSTANCES[family](family, name, span, options)


class RetryStep(Record):
    """``letter`` is F, G or H; times in seconds; ``factor`` in thousandths, 0 for F."""

    letter: str
    cutoff: int
    interval: int
    factor: int = 0


class RetryRule(Record):
    """A retry rule; ``senders`` is None where the rule names none."""

    pattern: str
    error: str
    senders: str | None
    steps: tuple[RetryStep, ...]
    span: Span


class RewriteRule(Record):
    """A rewriting rule; ``flags`` is the text of its flags without white space."""

    pattern: str
    replacement: str
    flags: str
    span: Span


class Config(State):
    """A whole configuration, loaded for one profile.

    ``options`` are the main options, typed and with defaults; ``errors`` is only filled where
    loading was asked to collect them; ``warnings`` are what Exim logs while it loads, ``stamp`` is what
    later log lines have before their text; ``environment`` is what is left of the environment variables.
    ``ready`` keeps what was made of ACLs and options in order to run them; threads may share it.
    """

    path: str
    profile: Profile
    options: Options
    tree: Configuration
    macros: MacroTable
    lists: dict[tuple[str, str], NamedList] = made_by(default_factory=dict)
    acls: dict[str, Acl] = made_by(default_factory=dict)
    routers: list[Instance] = made_by(default_factory=list)
    transports: list[Instance] = made_by(default_factory=list)
    authenticators: list[Instance] = made_by(default_factory=list)
    retry: list[RetryRule] = made_by(default_factory=list)
    rewrite: list[RewriteRule] = made_by(default_factory=list)
    warnings: list[Notice] = made_by(default_factory=list)
    errors: list[LoadError] = made_by(default_factory=list)
    stamp: Stamp = Stamp()
    environment: dict[str, str] = made_by(default_factory=dict)
    ready: dict[str, Any] = made_by(default_factory=dict)

    def named_list(self, kind: str, name: str) -> str | None:
        """The text of a named list (kind: "domain", "host", "address", "localpart"), or None."""
        found = self.lists.get((kind, name))
        return None if found is None else found.text

    def instances(self, family: str) -> list[Instance]:
        """The routers, transports or authenticators."""
        return {"router": self.routers, "transport": self.transports}.get(family, self.authenticators)

    def instance(self, family: str, name: str) -> Instance | None:
        """The router, transport or authenticator of that name."""
        return next((i for i in self.instances(family) if i.name == name), None)

    @property
    def main_text(self) -> str:
        """The text of the main file."""
        return self.tree.files[0].text if self.tree.files else ""


def empty_options(profile: Profile) -> Options:
    """The main options, none of them set."""
    return Options(profile, main_options(profile))
