"""Files of scenarios: found, read, and run one scenario after the other."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigError, EximError
from drivers.api.text import from_argument, to_display
from expander.config.profile import UnknownProfileError
from expander.configuration import load
from expander.expand.mode import covering
from expander.testing import filling
from expander.testing.asked import Grounds
from expander.testing.results import BROKEN, FAILED, SKIPPED, Fault, Result
from expander.testing.steps import Player
from expander.testing.world import Facts
from grammar.ast.scenarios import Given
from grammar.record import Record, State, made_by
from grammar.scenario_words import ScenarioError
from grammar.scenarios import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drivers.api.outside import World
    from expander.configuration import Configuration
    from grammar.ast.scenarios import Scenario, ScenarioFile, Setting

ENDING = ".exim-test"
LOADED_BY = frozenset({"file", "folder", "group", "host", "user"})
"""Facts that the loading of a configuration can hang on."""


class Wanted(State):
    """Which scenarios are run: those whose names have ``text`` and that bear one of the ``tags``.

    "" and no tags stand for all.
    """

    text: str = ""
    tags: frozenset[str] = frozenset()

    def __contains__(self, scenario: object) -> bool:
        """True if the scenario is wanted."""
        name, tags = getattr(scenario, "name", ""), getattr(scenario, "tags", ())
        return self.text.lower() in name.lower() and (not self.tags or not self.tags.isdisjoint(tags))


class Loaded(Record):
    """A configuration, or why it could not be loaded, and the facts on which that hung."""

    grounds: Grounds
    made: Configuration | ConfigError


class Source(State):
    """One file with all that its scenarios have in common; configurations are loaded once for all of them.

    ``covers`` says that what scenarios come to is counted.
    """

    path: Path
    tree: ScenarioFile
    machine: World
    covers: bool = False
    settings: list[Setting] = made_by(default_factory=list)
    givens: list[Given] = made_by(default_factory=list)
    loaded: list[Loaded] = made_by(default_factory=list)
    _known: dict[object, Loaded] = made_by(default_factory=dict)
    _cases: list[tuple[Scenario, int]] = made_by(default_factory=list)

    @property
    def cases(self) -> Sequence[tuple[Scenario, int]]:
        """The scenarios with the lines that they stand in, one for each row of a table."""
        if not self._cases:
            self._cases = [case for scenario in self.tree.scenarios for case in filling.cases(scenario)]
        return self._cases

    def facts(self) -> Facts:
        """What is given for all scenarios. Raises `ScenarioError`."""
        facts = Facts(self.path.parent)
        facts.beside = self._beside()
        for given in self.givens:
            facts.take(given)
        return facts

    def _beside(self) -> str:
        """The folder that the configuration is in."""
        files = [setting for setting in self.settings if setting.kind == "config" and setting.words]
        return from_argument(str(Path(_path(self.path.parent, files[-1])).parent)) if files else ""

    def configuration(self, scenario: Scenario) -> Configuration:
        """The configuration for a scenario. Raises `ScenarioError`, ``EximError`` and ``OSError``.

        One that was loaded is taken again wherever the facts are the same on which its loading hung.
        """
        first = [item for item in scenario.items if isinstance(item, Given) and item.kind in LOADED_BY]
        key = tuple((given.kind, given.words, given.block, given.absent) for given in first)
        if key not in self._known:
            facts = self.facts()
            for given in first:
                facts.take(given)
            self._known[key] = next((one for one in self.loaded if one.grounds.hold(facts)), None) or (
                self._loaded(facts)
            )
        made = self._known[key].made
        if isinstance(made, ConfigError):
            raise made
        return made

    def _loaded(self, facts: Facts) -> Loaded:
        grounds = Grounds(facts)
        try:
            made: Configuration | ConfigError = self._load(facts, grounds)
        except ConfigError as problem:
            made = problem
            if grounds.missing:
                made = ConfigError(
                    f"{problem.message.rstrip()} (the scenario gives it with: {grounds.missing})"
                )
        grounds.settle()
        self.loaded.append(Loaded(grounds, made))
        return self.loaded[-1]

    def _load(self, facts: Facts, grounds: Grounds) -> Configuration:
        profile, macros = None, {}
        for setting in self.settings:
            if setting.kind == "profile":
                profile = " ".join(setting.words)
            elif setting.kind == "macro":
                name, _, value = " ".join(setting.words).partition("=")
                macros[from_argument(name.strip())] = from_argument(value.strip())
        world = grounds.watched(facts.loading(self.machine))
        made = load(configuration_of(self), profile=profile, world=world, macros=macros)
        if self.covers:
            from expander.coverage.collector import Collector

            made.mode = covering(Collector())
        made.world = facts.loading(self.machine)
        return made


def configuration_of(source: Source) -> str | bytes:
    """The path of the configuration of a file, or its text. Raises `ScenarioError` if there is none."""
    given = [setting for setting in source.settings if setting.kind == "config"]
    if not given:
        raise ScenarioError('a configuration is missing: "config FILE"', 1)
    if given[-1].block:
        return "".join(f"{line}\n" for line in given[-1].block).encode()
    return _path(source.path.parent, given[-1])


def _path(folder: Path, setting: Setting) -> str:
    if not setting.words:
        raise ScenarioError('"config" wants a file, or lines below it', setting.line)
    return str((folder / setting.words[0]).absolute())


def files_in(paths: Sequence[str]) -> Iterator[Path]:
    """The files of scenarios among paths: folders are searched. Raises ``FileNotFoundError``."""
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(path.rglob(f"*{ENDING}"))
        elif path.exists():
            yield path
        else:
            raise FileNotFoundError(2, "No such file or directory", str(path))


def read(path: Path, machine: World, *, covers: bool = False) -> Source:
    """Read a file and those that it includes. Raises `ScenarioError` and ``OSError``."""
    source = Source(path, parse(_text(path)), machine, covers=covers)
    _include(source, source.tree, path, ())
    return source


def _text(path: Path) -> str:
    """The text of a file: UTF-8, in which other bytes are kept as surrogate escapes."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as file:
        return file.read()


def _include(source: Source, tree: ScenarioFile, path: Path, within: tuple[Path, ...]) -> None:
    for setting in tree.settings:
        if setting.kind != "include":
            source.settings.append(setting)
            continue
        for word in setting.words:
            other = (path.parent / word).resolve()
            if other in within or other == path.resolve():
                raise ScenarioError(f"{word} includes itself", setting.line)
            try:
                text = _text(other)
            except OSError as problem:
                raise ScenarioError(f"cannot read {word}: {problem.strerror}", setting.line) from None
            _include(source, parse(text), other, (*within, path.resolve()))
    source.givens.extend(tree.givens)


def run(source: Source, wanted: Wanted, tell: Callable[[Result], object]) -> None:
    """Run the scenarios of a file that are wanted; each result is told as soon as it is there."""
    for case, line in source.cases:
        if case in wanted:
            tell(result_of(source, case, line))


def result_of(source: Source, scenario: Scenario, line: int) -> Result:
    """Run one scenario, which stands in a line of the file."""
    result = Result(str(source.path), line, scenario.name, scenario.tags)
    if scenario.skip is not None:
        result.outcome, result.reason = SKIPPED, scenario.skip
        return result
    begun = time.perf_counter()
    try:
        config = source.configuration(scenario)
        Player(config, source.facts(), source.machine, result).play(scenario.items)
    except ScenarioError as problem:
        if result.faults:  # what went wrong before is why it cannot go on
            result.faults.append(Fault(problem.line or line, "a scenario that can go on", problem.message))
        else:
            _broken(result, problem.message, problem.line or line)
    except ConfigError as problem:
        _broken(result, f"the configuration cannot be loaded: {to_display(problem.message.strip())}", line)
    except EximError as problem:
        _broken(result, to_display(problem.message), line)
    except UnknownProfileError as problem:
        _broken(result, str(problem), line)
    except OSError as problem:
        _broken(result, f"{problem.filename}: {problem.strerror}", line)
    result.faults = [_near(fault) for fault in result.faults]
    result.told = [*map(shortened, result.told)]
    if result.faults and result.outcome != BROKEN:
        result.outcome = FAILED
    result.seconds = time.perf_counter() - begun
    return result


def _near(fault: Fault) -> Fault:
    """The fault with the names of files as they are seen from the current folder."""
    return Fault(fault.line, fault.wanted, shortened(fault.found), tuple(map(shortened, fault.why)))


def shortened(text: str) -> str:
    """The text with the names of files as they are seen from the current folder."""
    here = Path.cwd()
    return text.replace(f"{here}/", "") if here != here.parent else text


def _broken(result: Result, reason: str, line: int) -> None:
    result.outcome, result.reason = BROKEN, reason
    result.faults.append(Fault(line, "a scenario that can be run", reason))
