"""What variables may hold that the configuration itself sets: in ACLs, routers and authenticators."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from expander.lint.taint import lists, sources
from expander.lint.taint.trail import NONE, Step, Trail, Trails, joined, unsure
from expander.lint.taint.values import Evaluator
from expander.lint.taint.words import arguments
from expander.lint.texts import ACL
from grammar.ast.expansion import Condition, Item
from grammar.source import Source, Span

if TYPE_CHECKING:
    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

MOST_ROUNDS = 12
LOGIN = "authenticated_id"
"""It is also set to the login of a local caller, which is not from outside."""

OWN_TRANSPORT = "transport"
TRANSPORTS = (OWN_TRANSPORT, "file_transport", "directory_transport", "pipe_transport", "reply_transport")


class Setter(NamedTuple):
    """A text whose value a variable gets; ``source`` is the part of it that is expanded."""

    name: str
    text: ExpandedText
    source: Source
    what: str


class Memory:
    """The variables of a configuration with the trails that they may hold."""

    def __init__(self, survey: Survey) -> None:
        self.survey = survey
        self._held: dict[int, Trails] = {}
        self._arguments: dict[tuple[str, int], Trails] = {}
        self._answers: dict[str, Trails] = {}
        self._working: set[tuple[str, str, str]] = set()
        self._settle()

    @cached_property
    def setters(self) -> dict[str, list[Setter]]:
        """Whatever sets a variable, by its name, in the order of the file."""
        found: dict[str, list[Setter]] = {}
        for text in self.survey.texts:
            setter = _setter(text)
            if setter is not None:
                found.setdefault(setter.name, []).append(setter)
        return found

    @cached_property
    def users(self) -> dict[str, list[Instance]]:
        """The routers that name a transport, by its name."""
        found: dict[str, list[Instance]] = {}
        for router in self.survey.config.routers:
            for option in TRANSPORTS:
                setting = router.setting(option) or router.setting(f"redirect.{option}")
                if setting is not None and router not in found.setdefault(setting.text, []):
                    found[setting.text].append(router)
        return found

    def _settle(self) -> None:
        """Go through all that sets something until nothing new comes of it."""
        calling = [text for text in self.survey.texts if self._calls(text)]
        messages = [
            text
            for text in self.survey.texts
            if text.section == "acl" and text.name in {"message", "log_message"}
        ]
        for _ in range(MOST_ROUNDS):
            before = self._state()
            for setters in self.setters.values():
                for setter in setters:
                    self._held[id(setter.source)] = self._of_setter(setter)
            for text in calling:
                self._call(text)
            for text in messages:
                known = self._answers.get(text.holder, NONE)
                self._answers[text.holder] = joined([known, Evaluator(self.survey, self, text).whole()])
            if self._state() == before:
                return

    def _state(self) -> tuple[object, ...]:
        kinds = (self._held, self._arguments, self._answers)
        return tuple({key: [t.key for t in trails] for key, trails in kind.items()} for kind in kinds)

    def _of_setter(self, setter: Setter) -> Trails:
        found = Evaluator(self.survey, self, setter.text._replace(source=setter.source)).whole()
        step = Step(setter.what, Span(setter.source, 0, len(setter.source.text)))
        return tuple(_kept(trail, step) for trail in found)

    def _calls(self, text: ExpandedText) -> bool:
        if text.kind == ACL:
            return len(text.source.text.split()) > 1
        return "acl" in text.source.text and any(
            isinstance(node, Item | Condition) and node.name == "acl" for node in self.survey.nodes(text)
        )

    def _call(self, text: ExpandedText) -> None:
        if text.kind != ACL:
            Evaluator(self.survey, self, text).whole()
            return
        name, *given = arguments(text.source, 0, len(text.source.text))
        values = tuple(Evaluator(self.survey, self, text._replace(source=source)).whole() for source in given)
        self.called(name.text, values)

    def called(self, acl: str, arguments: tuple[Trails, ...]) -> Trails:
        """Note the arguments of a call; what the ACL may answer."""
        for number, trails in enumerate(arguments, 1):
            key = (acl, number)
            step = Step(f"given to ACL {acl} as $acl_arg{number}", trails[0].span) if trails else None
            new = tuple(_kept(trail, step) for trail in trails) if step else NONE
            self._arguments[key] = joined([self._arguments.get(key, NONE), new])
        return self._answers.get(acl, NONE)

    # -- reading

    def read(self, name: str, text: ExpandedText) -> Trails:
        """What a variable may hold where a text is expanded."""
        if name.startswith("acl_arg") and name[7:].isdigit():
            return self._arguments.get((text.holder, int(name[7:])), NONE)
        if name in sources.LIST_DATA:
            return self._once(name, text, self._list_data)
        if name in sources.AFFIXES:
            return lists.affix(self, name, text)
        if name == "home":
            return self._once(name, text, self._home)
        if name in {"dkim_domain", "dkim_selector"} and text.section == "transport":
            return self._once(name, text, lambda name, text: self.of_option(text.holder, name))
        return self._kept_in(name, text) if sources.KEPT.fullmatch(name) else NONE

    def captures(self, text: ExpandedText) -> Trails:
        """What the numeric variables may hold when a text begins to be expanded."""
        return self._once("1", text, lambda _name, text: lists.captured(self, text))

    def _once(self, name: str, text: ExpandedText, find: object) -> Trails:
        """The trails of a variable that others may need that need it in turn."""
        key = (name, text.section, text.holder)
        if key in self._working:
            return NONE
        self._working.add(key)
        try:
            return find(name, text)  # type: ignore[operator,no-any-return]
        finally:
            self._working.discard(key)

    def _kept_in(self, name: str, text: ExpandedText) -> Trails:
        setters = self.setters.get(name, [])
        nearest = [s for s in setters if _stands_before(s.text, text)]
        if nearest:
            return self._held.get(id(nearest[-1].source), NONE)
        held = [self._held.get(id(setter.source), NONE) for setter in setters]
        found = joined(held)
        clean = any(not trails and setter.source.text for trails, setter in zip(held, setters, strict=True))
        return unsure(found) if clean or name == LOGIN else found

    def _list_data(self, name: str, text: ExpandedText) -> Trails:
        if text.section == "acl":
            return lists.in_acl(self, name, text)
        routers = self.routers_of(text)
        found = [lists.in_router(self, name, router) for router in routers]
        trails = joined(found)
        return trails if all(found) else unsure(trails)

    def _home(self, _name: str, text: ExpandedText) -> Trails:
        if text.section == "transport":
            own = self.texts("transport", text.holder, "home_directory")
            if own:
                return joined(self.of(one) for one in own if one.source is not text.source)
            given = [self._given_home(router) for router in self.routers_of(text)]
            trails = joined(given)
            return trails if all(given) else unsure(trails)
        own = self.texts("router", text.holder, "router_home_directory")
        return joined(self.of(one) for one in own if one.source is not text.source)

    def _given_home(self, router: Instance) -> Trails:
        """The home directory that a router hands to its transport; that of a local user goes first."""
        given = self.texts("router", router.name, "transport_home_directory")
        if not given and router.setting("check_local_user") is None:
            given = self.texts("router", router.name, "router_home_directory")
        return joined(self.of(one) for one in given)

    def routers_of(self, text: ExpandedText) -> list[Instance]:
        """The routers whose variables a text of a router or a transport sees."""
        if text.section == "router":
            return [text.instance] if text.instance is not None else []
        return self.users.get(text.holder, []) if text.section == "transport" else []

    def texts(self, section: str, holder: str, name: str) -> list[ExpandedText]:
        """The texts of an option of a driver's instance."""
        return [text for text in self.survey.texts_of(section, holder) if text.name == name]

    def of_option(self, transport: str, name: str) -> Trails:
        """The trails of an option of a transport."""
        return joined(self.of(text) for text in self.texts("transport", transport, name))

    def of(self, text: ExpandedText) -> Trails:
        """The trails of a text."""
        return Evaluator(self.survey, self, text).whole()


@lru_cache(maxsize=1)
def memory_of(survey: Survey) -> Memory:
    """The memory of a survey, worked out once."""
    return Memory(survey)


def _kept(trail: Trail, step: Step) -> Trail:
    """A trail that something keeps; where it went through it before, it stays as it was."""
    return trail if step in trail.steps else trail._replace(steps=(*trail.steps, step))


def _stands_before(setter: ExpandedText, text: ExpandedText) -> bool:
    """True for a ``set`` of the same ACL statement that has run before the text is expanded."""
    if text.statement is None or setter.statement is not text.statement:
        return False
    for clause in text.statement.clauses:
        if clause is text.clause:
            return False
        if clause is setter.clause:
            return True
    return False


def _setter(text: ExpandedText) -> Setter | None:
    if text.section == "acl" and text.name == "set" and text.clause is not None and text.clause.argument:
        name = text.clause.argument.text
        return Setter(name, text, text.source, f"kept in ${name} by ACL {text.holder}")
    if text.section == "router" and text.name == "address_data":
        return Setter("address_data", text, text.source, f"kept in $address_data by router {text.holder}")
    if text.section == "router" and text.name == "set":
        name = text.owner.split()[1]
        return Setter(name, text, text.source, f"kept in ${name} by router {text.holder}")
    if text.section == "authenticator" and text.name == "server_set_id":
        what = f"kept in $authenticated_id by authenticator {text.holder}"
        return Setter(LOGIN, text, text.source, what)
    return None
