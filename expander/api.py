"""The public face: expand text as Exim would, with or without a configuration."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import Failed, LimitReached
from expander.config import profile as profiles
from expander.expand.cache import Cache
from expander.expand.context import NESTED, Context
from expander.expand.mode import TAINT, Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from drivers.api.limits import Limits
    from drivers.api.outside import World
    from drivers.api.profile import Profile
    from expander.config.model import Config
    from expander.expand.compiled import Compiled
    from expander.expand.template import Template

NO_BYTES = "the text has characters above U+00FF: it must be bytes held as latin-1 text"


@lru_cache(maxsize=16)
def cache_for(profile: Profile, mode: Mode) -> Cache:
    """The cache of compiled expansions that everything of one profile and mode shares."""
    return Cache(profile, mode)


def expanding(cache: Cache) -> Callable[[str, Context], str]:
    """What expands a text in a context of the cache's profile and mode.

    It raises ``ExpansionError``, and ``Fatal`` where Exim ends.
    """
    compiled = cache.compiled

    def expand(text: str, ctx: Context) -> str:
        made = compiled(text)
        return made.run(ctx) if made.constant is None else made.constant

    return expand


class Expander:
    """Expands strings with one configuration, profile and world.

    ``config`` is a loaded configuration or None for Exim's defaults; ``profile`` the Exim to
    imitate (default: the one chosen by ``EXIMULATE_PROFILE``, else the newest); ``world`` what
    expansions can reach (default: this machine behind the sandbox, which lets them read files
    but run, connect and write nothing); ``limits`` how much work one expansion may be. One expander
    belongs to one thread.

    >>> Expander().expand("${uc:abc}")
    'ABC'
    """

    def __init__(
        self,
        *,
        config: Config | None = None,
        profile: Profile | None = None,
        world: World | None = None,
        mode: Mode = TAINT,
        limits: Limits | None = None,
    ) -> None:
        self.profile = profile or (config.profile if config else profiles.chosen())
        self.config = config
        self._cache = cache_for(self.profile, mode)
        self.context = Context(
            profile=self.profile,
            world=world or sandboxed(),
            options=_options(config, self.profile),
            expand_with=expanding(self._cache),
            kept=self._cache.kept,
            config=config,
            mode=mode,
            limits=limits,
        )
        self.context.match_list_with = _match_list
        self.context.look_up_with = _look_up
        self.context.run_acl_with = _run_acl
        self._steps = self.context.limits.steps
        self._is_timed = self.context.limits.seconds is not None

    def expand(self, text: str) -> str:
        """The value of an expansion text; both are bytes held as latin-1 ``str``.

        Raises ``Failed``, ``ForcedFail`` or ``Deferred`` with Exim's words in ``message``, ``Fatal``
        where Exim ends, and nothing else; ``LimitReached``, a kind of ``Failed``, has words of our own,
        and so has a text with characters that are no bytes. See "String expansions" in the manual.
        """
        context = self.context
        context.steps_left = self._steps
        if self._is_timed:
            context.start_clock()
        try:
            made = self._cache.compiled(text)
            return made.run(context) if made.constant is None else made.constant
        except RecursionError:
            raise LimitReached(NESTED) from None
        except UnicodeEncodeError:
            raise Failed(NO_BYTES) from None

    def compiled(self, text: str) -> Compiled:
        """The compiled form of a text, from the cache."""
        return self._cache.compiled(text)

    @property
    def last_template(self) -> Template | None:
        """What texts like one of the last are compiled to, for callers that have many of a kind."""
        return self._cache.last_template


def _options(config: Config | None, profile: Profile) -> Mapping[str, Any]:
    if config is not None:
        return config.options
    from expander.config.defaults import default_options

    return default_options(profile)


def sandboxed() -> World:
    """The machine itself, to be looked at but not changed."""
    from expander.world.real import RealWorld
    from expander.world.sandbox import SandboxWorld

    return SandboxWorld(RealWorld())


def _match_list(
    ctx: Context, kind: str, subject: str, list_text: str, option: str, scope: str, given: str
) -> str | None:
    return _matcher()(ctx, kind, subject, list_text, option=option, scope=scope, given=given)


@cache
def _matcher() -> Callable[..., str | None]:
    """What matches lists: imported when it is wanted, because even asking for it again costs something."""
    from expander.lists.match import match_list

    return match_list


def _look_up(ctx: Context, kind: str, place: str, key: str | None) -> str | None:
    ctx.look_up_with = _searcher()
    return ctx.look_up_with(ctx, kind, place, key)


@cache
def _searcher() -> Callable[[Context, str, str, str | None], str | None]:
    """What does lookups, imported when it is wanted."""
    from expander.lookup import look_up

    return look_up


def _run_acl(ctx: Context, name: str, arguments: Sequence[str]) -> tuple[str, str]:
    from expander.acl.engine import run_acl

    return run_acl(ctx, name, arguments)
