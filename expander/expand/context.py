"""What one expansion sees and may change."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any

from drivers.api.answer import SEARCH_MESSAGE
from drivers.api.errors import Deferred, Failed, LimitReached, NotOpened, Unsupported
from drivers.api.limits import (
    CHARACTERS_A_STEP,
    Limits,
    too_large,
    too_many_steps,
    too_many_texts,
    too_slow,
)
from drivers.api.text import Tainted, is_plain, is_tainted
from drivers.values.log_selector import Selected, selects
from drivers.values.telling import tell_flat
from expander.expand import regex
from expander.expand.mode import TAINT, Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from drivers.api.protocols import Body, Narrator, Pattern
    from expander.config.model import Config
    from expander.expand.compiled import Compiled
    from expander.expand.trace import Tracer


NESTED = "expansion is nested too deeply"


class Context:
    """The state behind the variables while expansions run; see the protocol for the attributes.

    One context belongs to one thread and one transaction (a session, a message, a test). ``config``
    is the configuration that named lists and ACLs come from, or None. ``finds`` holds, by type and place,
    what finds keys in files that stay as they were when they were opened. ``expand_with`` expands any text;
    ``kept`` has what it has compiled, by text.
    """

    __slots__ = (
        "acl_c",
        "acl_m",
        "body",
        "captures",
        "config",
        "deadline",
        "debug_with",
        "depth",
        "expand_with",
        "facts",
        "finds",
        "headers",
        "item",
        "kept",
        "levels",
        "limits",
        "list_value",
        "literals",
        "log_selected_with",
        "log_with",
        "look_up_with",
        "match_list_with",
        "mode",
        "narrator",
        "options",
        "profile",
        "run_acl_with",
        "runrc",
        "state",
        "steps_left",
        "tell_checks",
        "trace",
        "value",
        "world",
    )

    def __init__(
        self,
        *,
        profile: Profile,
        world: World,
        options: Mapping[str, Any],
        expand_with: Callable[[str, Context], str],
        config: Config | None = None,
        mode: Mode = TAINT,
        limits: Limits | None = None,
        kept: Mapping[str, Compiled] | None = None,
    ) -> None:
        self.profile = profile
        self.world = world
        self.options = options
        self.config = config
        self.mode = mode
        self.limits = limits or Limits()
        self.steps_left = self.limits.steps
        self.deadline: float | None = None
        self.depth = 0
        self.levels = 0
        self.expand_with = expand_with
        self.kept: Mapping[str, Compiled] = {} if kept is None else kept
        self.match_list_with: Callable[[Context, str, str, str, str, str, str], str | None] | None = None
        self.look_up_with: Callable[[Context, str, str, str | None], str | None] | None = None
        self.run_acl_with: Callable[[Context, str, Sequence[str]], tuple[str, str]] | None = None
        self.log_with: Callable[[str, int], None] | None = None
        self.log_selected_with: Callable[[str, str, str], None] | None = None
        self.debug_with: Callable[[str], None] | None = None
        self.tell_checks: Callable[[str], None] | None = None
        self.facts: dict[str, str] = {}
        self.finds: dict[tuple[str, str], Callable[[str], str | None]] = {}
        self.state: dict[str, Any] = {}
        self.acl_c: dict[str, str] = {}
        self.acl_m: dict[str, str] = {}
        self.captures: list[str] = []
        self.list_value: str | None = None
        self.value: str | None = None
        self.item: str | None = None
        self.literals: Sequence[str] = ()
        self.runrc = 0
        self.headers: Sequence[tuple[str, str]] | None = None
        self.body: Body = b""
        self.trace: Tracer | None = None
        self.narrator: Narrator | None = None

    def fresh(self) -> Context:
        """A context of the same configuration and world in which nothing has happened yet."""
        made = type(self)(
            profile=self.profile,
            world=self.world,
            options=self.options,
            expand_with=self.expand_with,
            config=self.config,
            mode=self.mode,
            limits=self.limits,
            kept=self.kept,
        )
        made.match_list_with, made.look_up_with = self.match_list_with, self.look_up_with
        made.run_acl_with = self.run_acl_with
        return made

    def expand(self, text: str) -> str:
        """Expand text in this context. Raises ``ExpansionError``, as for text from outside."""
        made = self.kept.get(text) if type(text) is str else None
        left = self.steps_left - 1 - len(text) // CHARACTERS_A_STEP
        if made is None or left < 0 or self.deadline is not None:
            return self._expanded(text, made)
        self.steps_left = left
        value = made.constant
        if value is not None:
            return value
        if self.depth >= self.limits.texts:
            raise too_many_texts(self.limits)
        self.depth += 1
        try:
            return made.run(self)
        except RecursionError:
            raise LimitReached(NESTED) from None
        finally:
            self.depth -= 1

    def _expanded(self, text: str, made: Compiled | None) -> str:
        """The same for what was not compiled before, or where time and steps are short."""
        if made is None:
            is_constant = "$" not in text and "\\" not in text and "\0" not in text
            if is_constant and type(text) is str and self.narrator is None and self.trace is None:
                self.steps_left -= 1 + len(text) // CHARACTERS_A_STEP
                if self.steps_left < 0 or self.deadline is not None:
                    self.step(0)
                return text  # it is its own value, and nobody wants to be told
            if is_tainted(text):
                text = self._untainted(text)
                made = self.kept.get(text)
        self.depth += 1
        try:
            if self.depth > self.limits.texts:
                raise too_many_texts(self.limits)
            self.steps_left -= 1 + len(text) // CHARACTERS_A_STEP
            if self.steps_left < 0 or self.deadline is not None:
                self.step(0)
            if made is None:
                return self.expand_with(text, self)
            return made.run(self) if made.constant is None else made.constant
        except RecursionError:
            raise LimitReached(NESTED) from None
        finally:
            self.depth -= 1

    def _untainted(self, text: str) -> str:
        """A tainted text without its mark: what is compiled is kept for others as well.

        Raises `Failed` for one that is more than plain.
        """
        if not is_plain(text):
            message = f"attempt to expand tainted string '{text}'"
            self.log(message, panic=True)
            raise Failed(message)
        return str(text)

    def start_clock(self) -> None:
        """An expansion begins: the time that it may take counts from here."""
        if self.limits.seconds is not None:
            self.deadline = monotonic() + self.limits.seconds

    def step(self, weight: int = 1) -> None:
        """Count a round of a loop, or other work of that order. Raises ``LimitReached``."""
        self.steps_left -= weight
        if self.steps_left < 0:
            raise too_many_steps(self.limits)
        if self.deadline is not None and monotonic() > self.deadline:
            raise too_slow(self.limits)

    def grown(self, size: int) -> None:
        """Tell of a value that has grown to so many bytes. Raises ``LimitReached`` if it is too large."""
        if size > self.limits.size:
            raise too_large(self.limits)

    def log(self, text: str, *, panic: int = False) -> None:
        """Write a line to the main log (and the panic log, 2: there alone); without one it is dropped."""
        if self.log_with is not None:
            self.log_with(text, panic)

    def log_selected(self, text: str, selector: str, told: str = "") -> None:
        """Write a line to the main log if ``log_selector`` has a word; who looks on sees it in any case.

        ``told`` is what they see, if that is not all of it.
        """
        if self.log_selected_with is not None:
            self.log_selected_with(text, selector, told)
        elif not selector:
            self.log(text)
        elif selects(self, selector):
            self.log(Selected(text, selector))

    def debug(self, text: str) -> None:
        """Write debugging output, if that is wanted."""
        if self.debug_with is not None:
            self.debug_with(text)

    def debug_flat(self, text: str) -> None:
        """The same for what releases before 4.99 do not indent by the depth of ACLs and expansions."""
        tell = self.debug_with
        if tell is not None:
            tell_flat(self, tell, text)

    def pattern(self, text: str, *, caseless: bool = False) -> Pattern:
        """A compiled pattern, from the cache. Raises ``Failed`` in Exim's words."""
        return regex.pattern(text, caseless, self.limits.match_steps)

    def named_list(self, kind: str, name: str) -> str | None:
        """The text of a named list (kind: "domain", "host", "address", "localpart")."""
        found = None if self.config is None else self.config.lists.get((kind, name))
        return None if found is None else found.text

    def remembers_list(self, kind: str, name: str) -> bool:
        """True if what a named list matches may be remembered."""
        found = None if self.config is None else self.config.lists.get((kind, name))
        return found is not None and (found.cached or "$" not in found.text)

    def authenticator(self, name: str) -> tuple[str, str] | None:
        """The driver and the public name of a configured authenticator, or None."""
        found = None if self.config is None else self.config.instance("authenticator", name)
        return None if found is None else (found.driver, str(found["public_name"] or found.name))

    def match_list(
        self, kind: str, subject: str, list_text: str, *, option: str = "", scope: str = "", given: str = ""
    ) -> str | None:
        """Match a subject against a list of a kind: the value for ``$value``, None for no match.

        ``option`` is the option that holds the list, for what is told of the match. Under ``scope`` is
        remembered what named lists say; without it nothing is. ``given`` is the list before its expansion.
        """
        if self.match_list_with is None:
            message = f"{kind} lists"
            raise Unsupported(message)
        return self.match_list_with(self, kind, subject, list_text, option, scope, given)

    def look_up(self, kind: str, place: str, key: str | None) -> str | None:
        """Do a lookup of a type as it is written; ``key`` is None for a query.

        Raises ``Failed`` for a file name from outside, before anything is opened.
        """
        if key is not None:
            if type(place) is Tainted:
                raise self.refused_search(place)
            find = self.finds.get((kind, place))
            if find is not None and key:
                return self.ask(find, key)
        if self.look_up_with is None:
            message = f'lookup type "{kind}" is not supported by eximulate yet'
            raise Unsupported(message)
        return self.look_up_with(self, kind, place, key)

    def ask(self, find: Callable[[str], str | None], sought: str, *, keyed: bool = True) -> str | None:
        """What is found in something open; what it says of a problem is left for refusals without words.

        A query that opens its file itself, not ``keyed``, leaves all other words itself too.
        """
        if keyed:
            self.state[SEARCH_MESSAGE] = ""
        try:
            return find(sought)
        except (NotOpened, Deferred) as problem:
            self.state[SEARCH_MESSAGE] = problem.message
            raise

    def refused_search(self, place: str) -> Failed:
        """The failure of a lookup in a place whose name comes from outside."""
        self.log(f"Tainted filename for search: '{place}'", panic=True)
        # Exim has no words of its own for it: it shows what the last lookup left behind.
        return Failed(self.state.get(SEARCH_MESSAGE, "(null)"))

    def run_acl(self, name: str, arguments: Sequence[str]) -> tuple[str, str]:
        """Run an ACL by name, file or text: the verdict in Exim's words and the message."""
        if self.run_acl_with is None:
            from expander.expand import acl_text

            known = acl_text.verdict(self, name)
            if known is not None:
                return known
            message = f'running the ACL "{name}" is not supported by eximulate yet'
            raise Unsupported(message)
        if self.narrator is None:
            return self.run_acl_with(self, name, arguments)
        first = arguments[0] if arguments else "<none>"
        self.narrator.say(f"expanding: acl: {name}  arg: {first}{' +more' if arguments[1:] else ''}")
        self.narrator.level += 1
        try:
            return self.run_acl_with(self, name, arguments)
        finally:
            self.narrator.level -= 1
