"""The plugin for pytest, loaded into runs of pytest of its own."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """\
primary_hostname = mx.example
acl_smtp_rcpt = rcpt
begin acl
rcpt:
  deny message = no relaying
       domains = !example
       hosts = !192.0.2.0/24
  accept
begin routers
known:
  driver = accept
  domains = example
  local_parts = lsearch;/etc/names
  transport = box
begin transports
box:
  driver = appendfile
  file = /var/mail/x
  user = mail
"""
SETTINGS = "[pytest]\nexim_config = exim.conf\nexim_profile = debian-12\n"


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A folder with a configuration and settings; nothing but the plugin itself is loaded."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (pytester.path / "exim.conf").write_text(CONFIG)
    (pytester.path / "pytest.ini").write_text(SETTINGS)
    given = '@pytest.fixture\ndef exim_world(exim_world):\n    return exim_world.user("mail", uid=8)'
    (pytester.path / "conftest.py").write_text(f"import pytest\n\n{given}.file('/etc/names', 'ann: 1')\n")
    return pytester


def outcome(folder: pytest.Pytester, *options: str) -> pytest.RunResult:
    """A run of pytest with the plugin."""
    return folder.runpytest_subprocess("-p", "expander.testing.plugin", "-W", "error", *options)


def test_pytest_finds_it_by_itself() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"eximulate": "expander.testing.plugin"}


def test_fixtures(folder: pytest.Pytester) -> None:
    folder.makepyfile(
        """
        import pytest

        def test_route(exim_config, exim_world):
            assert exim_config.route("ann@example").transport == "box"
            exim_world.file("/etc/names", "otto: 1")
            assert exim_config.verify("ann@example").outcome == "FAIL"

        def test_session(exim_session):
            session = exim_session("192.0.2.5")
            for line in ("HELO c", "MAIL FROM:<>", "RCPT TO:<x@y.example>"):
                reply = session.command(line)
            assert reply.code == 250

        @pytest.mark.exim_config(b"qualify_domain = q.example", profile="4.99", macros={"A": "b"})
        def test_marker(exim_config):
            assert exim_config.expand("$qualify_domain") == "q.example"
            assert exim_config.profile.name == "4.99"
        """
    )
    outcome(folder, "--strict-markers").assert_outcomes(passed=3)


def test_a_failure_tells_who_decided(folder: pytest.Pytester) -> None:
    folder.makepyfile(
        """
        def test_route(exim_config):
            assert exim_config.route("otto@example").outcome == "OK"

        def test_session(exim_session):
            session = exim_session("198.51.100.7")
            for line in ("HELO c", "MAIL FROM:<>", "RCPT TO:<x@y.example>"):
                reply = session.command(line)
            assert reply.code == 250

        def test_expansion(exim_config):
            exim_config.expand("${nothing}")
        """
    )
    told = outcome(folder)
    told.assert_outcomes(failed=3)
    told.stdout.fnmatch_lines(["*what Exim did*", "otto@example"])
    told.stdout.fnmatch_lines(["  known: skipped by local_parts = lsearch;/etc/names (passed: domains)"])
    told.stdout.fnmatch_lines(
        ["rcpt x@y.example: denied by rcpt at */exim.conf:5 (deny): domains = !example; hosts = *"]
    )
    told.stdout.fnmatch_lines(["*Failed: unknown variable in*nothing*"])


def test_a_configuration_is_needed(folder: pytest.Pytester) -> None:
    (folder.path / "pytest.ini").write_text("[pytest]\n")
    folder.makepyfile("def test_x(exim_config):\n    pass")
    told = outcome(folder)
    told.assert_outcomes(errors=1)
    told.stdout.fnmatch_lines(["*no configuration: set exim_config*"])


SCENARIOS = """\
config exim.conf
profile debian-12
given user mail uid 8
scenario "<<who>> is here" #quick
    each who
        | ann
        | otto
    given file /etc/names "ann: 1"
    route <<who>>@example
    expect transport box
scenario "later"
    skip "not yet"
    expand a
"""


def test_files_of_scenarios_are_tests(folder: pytest.Pytester) -> None:
    (folder.path / "a.exim-test").write_text(SCENARIOS)
    told = outcome(folder, "-v")
    told.assert_outcomes(passed=1, failed=1, skipped=1)
    told.stdout.fnmatch_lines(
        [
            "a.exim-test::ann is here PASSED*",
            "a.exim-test::otto is here FAILED*",
            "*::later SKIPPED (not yet)*",
        ]
    )
    told.stdout.fnmatch_lines(["*a.exim-test:10: expected transport box", "*known: skipped by local_parts*"])
    assert "Traceback" not in told.stdout.str()
    outcome(folder, "-k", "quick and ann").assert_outcomes(passed=1, deselected=2)


def test_a_file_that_is_none_is_told(folder: pytest.Pytester) -> None:
    (folder.path / "a.exim-test").write_text("scenario x\n    expect nonsense\n")
    told = outcome(folder)
    told.assert_outcomes(errors=1)
    told.stdout.fnmatch_lines(['*a.exim-test:2:*"nonsense" cannot stand behind "expect"*'])
