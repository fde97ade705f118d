"""What one expansion sees and may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drivers.api.errors import Unsupported
from expander.expand import regex
from expander.expand.mode import TAINT, Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drivers.api.profile import Profile
    from drivers.api.protocols import Pattern, World
    from expander.config.model import Config
    from expander.expand.trace import Tracer


class Context:
    """The state behind the variables while expansions run; see the protocol for the attributes.

    One context belongs to one thread and one transaction (a session, a message, a test). ``config``
    is the configuration that named lists and ACLs come from, or None.
    """

    __slots__ = (
        "acl_c",
        "acl_m",
        "body",
        "captures",
        "config",
        "debug_with",
        "expand_with",
        "facts",
        "headers",
        "item",
        "log_with",
        "look_up_with",
        "match_list_with",
        "mode",
        "options",
        "profile",
        "run_acl_with",
        "runrc",
        "state",
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
    ) -> None:
        self.profile = profile
        self.world = world
        self.options = options
        self.config = config
        self.mode = mode
        self.expand_with = expand_with
        self.match_list_with: Callable[[Context, str, str, str], str | None] | None = None
        self.look_up_with: Callable[[Context, str, str, str | None], str | None] | None = None
        self.run_acl_with: Callable[[Context, str, Sequence[str]], tuple[str, str]] | None = None
        self.log_with: Callable[[str], None] | None = None
        self.debug_with: Callable[[str], None] | None = None
        self.facts: dict[str, str] = {}
        self.state: dict[str, Any] = {}
        self.acl_c: dict[str, str] = {}
        self.acl_m: dict[str, str] = {}
        self.captures: list[str] = []
        self.value: str | None = None
        self.item: str | None = None
        self.runrc = 0
        self.headers: Sequence[tuple[str, str]] | None = None
        self.body = b""
        self.trace: Tracer | None = None

    def expand(self, text: str) -> str:
        """Expand text in this context. Raises ``ExpansionError``."""
        return self.expand_with(text, self)

    def log(self, text: str) -> None:
        """Write a line to the main log; without one it is dropped."""
        if self.log_with is not None:
            self.log_with(text)

    def debug(self, text: str) -> None:
        """Write debugging output, if that is wanted."""
        if self.debug_with is not None:
            self.debug_with(text)

    def pattern(self, text: str, *, caseless: bool = False) -> Pattern:
        """A compiled pattern, from the cache. Raises ``Failed`` in Exim's words."""
        return regex.pattern(text, caseless)

    def named_list(self, kind: str, name: str) -> str | None:
        """The text of a named list (kind: "domain", "host", "address", "localpart")."""
        return None if self.config is None else self.config.named_list(kind, name)

    def authenticator(self, name: str) -> tuple[str, str] | None:
        """The driver and the public name of a configured authenticator, or None."""
        found = None if self.config is None else self.config.instance("authenticator", name)
        return None if found is None else (found.driver, str(found["public_name"] or found.name))

    def match_list(self, kind: str, subject: str, list_text: str) -> str | None:
        """Match a subject against a list of a kind: the value for ``$value``, None for no match."""
        if self.match_list_with is None:
            message = f"{kind} lists"
            raise Unsupported(message)
        return self.match_list_with(self, kind, subject, list_text)

    def look_up(self, kind: str, place: str, key: str | None) -> str | None:
        """Do a lookup of a type as it is written; ``key`` is None for a query."""
        if self.look_up_with is None:
            message = f'lookup type "{kind}" is not supported by eximulate yet'
            raise Unsupported(message)
        return self.look_up_with(self, kind, place, key)

    def run_acl(self, name: str, arguments: Sequence[str]) -> tuple[str, str]:
        """Run an ACL by name, file or text: the verdict in Exim's words and the message."""
        if self.run_acl_with is None:
            from expander.expand import acl_text

            known = acl_text.verdict(self, name)
            if known is not None:
                return known
            message = f'running the ACL "{name}" is not supported by eximulate yet'
            raise Unsupported(message)
        return self.run_acl_with(self, name, arguments)
