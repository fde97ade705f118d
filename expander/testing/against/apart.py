"""A namespace in which a real Exim asks the DNS that a scenario gives."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from drivers.api.outside import World

RESOLVER = "nameserver 127.0.0.1\noptions timeout:2 attempts:1\n"
SETUP = """\
PATH=/usr/sbin:/usr/bin:/sbin:/bin PYTHONPATH="$2"
export PATH PYTHONPATH
ip link set lo up && mount --bind "$1" /etc/resolv.conf && shift 2 && exec "$@"
"""
LONGEST = 64
ROOT = str(Path(__file__).resolve().parents[3])
"""Where Python finds this program."""


class Apart:
    """Programs that are run apart from the network, with a name server of their own.

    It takes ``unshare``, ``nsenter``, ``ip`` and the rights of root. Used as a context; ``works`` says if it
    could be had, and where not, programs are run as they are.
    """

    def __init__(self, machine: World) -> None:
        self._machine = machine
        self._folder = tempfile.TemporaryDirectory()
        self._prefix: tuple[str, ...] = ()

    @property
    def works(self) -> bool:
        """True if programs see the zones that are given."""
        return bool(self._prefix)

    def __enter__(self) -> Self:
        resolver = Path(self._folder.name) / "resolv.conf"
        resolver.write_text(RESOLVER)
        self.give({})
        server = [sys.executable, "-m", "expander.world.nameserver", str(self._zones)]
        command = ["unshare", "--net", "--mount", "sh", "-c", SETUP, "sh", str(resolver), ROOT, *server]
        if os.geteuid() == 0:
            try:
                self._server = self._machine.programs.connect(command)
                said = self._server.receive(LONGEST).decode().split()
            except OSError:
                said = []
            if said[:1] == ["ready"]:
                self._prefix = ("nsenter", "--target", said[1], "--net", "--mount")
        return self

    def __exit__(self, *_why: object) -> None:
        if self.works:
            self._server.close()
        self._folder.cleanup()

    @property
    def _zones(self) -> Path:
        return Path(self._folder.name) / "zones"

    def give(self, zones: Mapping[str, str]) -> None:
        """Let the DNS have these zones from now on: their texts by their names."""
        self._zones.write_text(json.dumps(dict(zones)), encoding="utf-8")

    def command(self, argv: Sequence[str]) -> list[str]:
        """The command that runs a program there."""
        return [*self._prefix, *argv]
