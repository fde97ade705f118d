"""``-bV``: the version, what the build has, a check of the configuration. See this option in the manual."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.cli.console import STDOUT

if TYPE_CHECKING:
    from drivers.api.profile import Profile
    from expander.cli.start import Run


def print_version(profile: Profile) -> None:
    """Write what can be said without a configuration; Exim does so as soon as it meets the option."""
    from expander.config.version import version_text

    STDOUT.write(version_text(profile))


def run(run: Run) -> int:
    """Name the configuration file: it was read and found to be right."""
    from expander.cli.source import STANDARD
    from expander.config.version import configuration_text

    searched = STANDARD if run.options.config_files is None else run.options.config_files
    STDOUT.write(configuration_text(run.config, searched if ":" in searched else ""))
    return 0
