"""Fuzzing the loader: configurations with a few lines, words or bytes changed, loaded in both modes.

    python tests/fuzz/loading.py PROFILE [COUNT] [SEED]

Needs nothing beyond the tests. Each configuration comes from the samples and the cases of the checker and of
loading. A line FINDING is a fault: an error that is none of the project's classes, an error that is lost
where all are collected, or one that takes longer than some seconds.
"""

from __future__ import annotations

import sys
import time
import traceback
from pathlib import Path
from random import Random

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from casefile import read_cases  # noqa: E402 - the path comes first
from expander.config.profile import chosen  # noqa: E402
from expander.world.memory import MemoryWorld  # noqa: E402
from fuzz.targets import loaded  # noqa: E402

LONGEST = 5.0
"""Seconds that one configuration may take."""

WORDS = (
    "hide no_ not_ begin acl routers transports authenticators retry rewrite driver accept deny require warn "
    "redirect smtp appendfile + ! : ; <; = == { } ${ $ \\ \\N # .ifdef .ifndef .else .elifdef .endif "
    ".include .include_if_exists _HAVE_TLS LONG_MACRO 0 -1 0777 10M 4G 1h 2d3x 99999999999999999999 * @ @[] "
    '" % \x00 \xff domainlist hostlist localpartlist addresslist set acl_m_x acl_c0 control verify condition '
    "endpass F,2h,15m G,1h,1h,1.5"
).split(" ")


def corpus() -> list[list[str]]:
    """The lines of each configuration that is changed."""
    texts = [path.read_text(encoding="latin-1") for path in sorted((ROOT / "samples").glob("*/exim.conf"))]
    for name in ("check", "loading", "config"):
        for path in sorted((ROOT / "tests/cases" / name).rglob("*.case")):
            try:
                texts += [case.text for case in read_cases(path)]
            except (ValueError, KeyError):
                texts += path.read_text(encoding="latin-1").split("\n== ")
    return [text.split("\n") for text in texts if text.strip()]


def changed(lines: list[str], others: list[list[str]], random: Random) -> str:
    """A configuration with one to four changes."""
    lines = list(lines)
    if len(lines) > 60:
        start = random.randrange(len(lines) - 40)
        lines = lines[start : start + 40]
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(lines)) if lines else 0
        kind = random.randrange(7)
        if kind == 0 and lines:
            del lines[at]
        elif kind == 1:
            lines.insert(at, random.choice(random.choice(others)))
        elif kind == 2 and lines:
            words = lines[at].split(" ")
            words.insert(random.randint(0, len(words)), random.choice(WORDS))
            lines[at] = " ".join(words)
        elif kind == 3 and lines and lines[at]:
            cut = random.randrange(len(lines[at]))
            lines[at] = lines[at][:cut] + random.choice(WORDS) + lines[at][cut + random.randint(0, 3) :]
        elif kind == 4 and len(lines) > 1:
            other = random.randrange(len(lines))
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == 5 and lines:
            lines[at] += "\\"
        elif lines and lines[at]:
            cut = random.randrange(len(lines[at]))
            lines[at] = lines[at][:cut]
    return "\n".join(lines)


def main() -> int:
    """Fuzz, and count."""
    profile = chosen(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    random = Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    texts, found, begin = corpus(), 0, time.monotonic()
    for number in range(count):
        text = changed(random.choice(texts), texts, random)
        started = time.monotonic()
        world = MemoryWorld(files={"/x": text.encode("latin-1", "replace")}, environment={"HOME": "/root"})
        try:
            loaded(world, profile)
        except Exception:  # noqa: BLE001 - each kind of fault is to be seen
            found += 1
            print(f"FINDING {text!r}\n{traceback.format_exc()}", flush=True)
        if time.monotonic() - started > LONGEST:
            found += 1
            print(f"FINDING too slow: {text!r}", flush=True)
        if number % 10_000 == 9_999:
            print(f"{number + 1} in {time.monotonic() - begin:.0f} s, {found} findings", flush=True)
    print(f"{count} configurations, {found} findings")
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main())
