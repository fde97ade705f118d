"""The plugin for pytest: fixtures for configurations in made-up worlds, and scenario files as tests.

pytest loads it by itself where eximulate is installed; see "pytest" in the guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from os import PathLike
    from pathlib import Path

    from expander.session.talk import SmtpSession
    from expander.testing.results import Result
    from expander.testing.running import Source
    from expander.testing.virtual import VirtualConfiguration, VirtualWorld
    from grammar.ast.scenarios import Scenario

MARKER = "exim_config"
ENDING = ".exim-test"
SECTION = "what Exim did"
_TOLD = pytest.StashKey[list[Any]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """The settings of the plugin."""
    parser.addini("exim_config", "the Exim configuration of the fixture exim_config, from the root folder")
    parser.addini("exim_profile", "the Exim to imitate, such as debian-12")


def pytest_configure(config: pytest.Config) -> None:
    """Let the marker be known."""
    words = "exim_config(source, *, profile=None, macros=None): the configuration that exim_config loads"
    config.addinivalue_line("markers", words)


# -- fixtures


@pytest.fixture
def exim_world() -> VirtualWorld:
    """A world in which nothing is but what the test gives."""
    from expander.testing.virtual import VirtualWorld

    return VirtualWorld()


@pytest.fixture
def exim_config(request: pytest.FixtureRequest, exim_world: VirtualWorld) -> VirtualConfiguration:
    """The configuration of the marker or the setting ``exim_config``, in the world of ``exim_world``.

    Facts that loading hangs on, such as users, must be given by fixtures that come before it.
    """
    return _loaded(request, exim_world)


def _loaded(request: pytest.FixtureRequest, world: VirtualWorld) -> VirtualConfiguration:
    """Load what the marker or the setting names. Fails the test where nothing is named."""
    from expander.testing.told import TellingConfiguration

    marker = request.node.get_closest_marker(MARKER)
    profile = request.config.getini("exim_profile") or None
    macros: dict[str, str] | None = None
    source: str | bytes | PathLike[str]
    if marker is not None and marker.args:
        source = marker.args[0]
        profile, macros = marker.kwargs.get("profile", profile), marker.kwargs.get("macros")
        if isinstance(source, str) and "\n" not in source:
            source = request.path.parent / source
    else:
        named = request.config.getini("exim_config")
        if not named:
            pytest.fail(
                "no configuration: set exim_config in pytest's settings or use @pytest.mark.exim_config"
            )
        source = request.config.rootpath / named
    told = request.node.stash.setdefault(_TOLD, [])
    return TellingConfiguration(world.load(source, profile=profile, macros=macros), world, told)


@pytest.fixture
def exim_session(exim_config: VirtualConfiguration) -> Callable[..., SmtpSession]:
    """Begins sessions: the arguments are those of ``Configuration.session``."""
    return exim_config.session


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails tells what its sessions and routes have come to."""
    report = yield
    if call.when == "call" and report.failed:
        for made in item.stash.get(_TOLD, []):
            report.sections.append((SECTION, made.explain()))
    return report


# -- files of scenarios


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ScenarioFile | None:
    """Files of scenarios are files of tests."""
    if file_path.suffix != ENDING:
        return None
    return ScenarioFile.from_parent(parent, path=file_path)


class ScenarioFile(pytest.File):
    """A file of scenarios."""

    def collect(self) -> Iterator[ScenarioItem]:
        """Its scenarios, one for each row of a table."""
        from expander.api import sandboxed
        from expander.testing.running import read
        from grammar.scenario_words import ScenarioError

        try:
            source = read(self.path, sandboxed())
            cases = source.cases
        except ScenarioError as problem:
            where = f"{self.path}:{problem.line}:{problem.column}"
            raise self.CollectError(f"{where}: {problem.message}") from None
        for scenario, line in cases:
            yield ScenarioItem.from_parent(self, name=scenario.name, source=source, case=(scenario, line))


class ScenarioItem(pytest.Item):
    """One scenario; its tags are words for ``-k``."""

    def __init__(self, *, source: Source, case: tuple[Scenario, int], **more: Any) -> None:
        super().__init__(**more)
        self._source = source
        self._case = case
        self.extra_keyword_matches.update(case[0].tags)

    def runtest(self) -> None:
        """Run it: skipped, passed, or failed with what was found in the place of what was expected."""
        from expander.testing.results import SKIPPED
        from expander.testing.running import result_of

        result = result_of(self._source, *self._case)
        if result.outcome == SKIPPED:
            pytest.skip(result.reason)
        if not result.is_well:
            raise ScenarioFailed(result)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The faults in lines of text."""
        if not isinstance(excinfo.value, ScenarioFailed):
            return super().repr_failure(excinfo, style)
        from expander.testing.reports import text_lines

        return "\n".join(text_lines(excinfo.value.result, explain=True))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands; pytest counts lines from 0."""
        return self.path, self._case[1] - 1, f"scenario {self.name}"


class ScenarioFailed(Exception):
    """A scenario is not as it was expected to be."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.name)
        self.result = result
