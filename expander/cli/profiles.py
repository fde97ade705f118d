"""``eximulate profiles``: the releases and features that can be imitated, and what differs between two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from expander.cli.arguments import CLEAN, CannotRunError, VerbParser, profile_from
from expander.cli.output import as_json_text, say
from expander.config.profile import DEFAULT, NEWEST, OLDEST, ONE_OF, PROFILES, RELEASE_DAYS, known_features

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from expander.config.release_changes import Change

WIDTH = 98


def run(argv: list[str]) -> int:
    """List what is known, or the differences between two profiles."""
    parser = VerbParser(
        "profiles",
        "List the releases and the features that can be imitated; with two profiles, tell in which names, "
        "types and defaults the one differs from the other.",
    )
    parser.add_argument("profiles", nargs="*", metavar="PROFILE", help="a release or a profile, twice")
    parser.add_argument(
        "--only", metavar="FAMILY", action="append", help="differences of this family alone, such as variable"
    )
    parser.add_argument("--macros", action="store_true", help="tell of the predefined macros too")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    args = parser.parse_args(argv)
    if not args.profiles:
        data = _known()
        say(*([as_json_text(data)] if args.json else _overview(data)))
        return CLEAN
    if len(args.profiles) != 2:
        raise CannotRunError("two profiles expected, or none")
    found = _differences(*args.profiles, only=args.only or (), macros=args.macros)
    if args.json:
        say(as_json_text([_as_data(change) for change in found]))
    else:
        say(*_lines(found))
    return CLEAN


def _known() -> dict[str, Any]:
    return {
        "default": DEFAULT,
        "profiles": {
            profile.name: {"release": profile.release, "features": len(profile.features)}
            for profile in PROFILES.values()
        },
        "releases": {"oldest": OLDEST, "newest": NEWEST, "dates": RELEASE_DAYS},
        "features": {
            feature: [profile.name for profile in PROFILES.values() if profile.built_with(feature)]
            for feature in sorted(known_features())
        },
        "one_of": [sorted(group) for group in ONE_OF],
    }


def _overview(data: dict[str, Any]) -> Iterator[str]:
    yield "profiles:"
    for name, facts in data["profiles"].items():
        note = ", the default" if name == data["default"] else ""
        yield f"  {name}: Exim {facts['release']} with {facts['features']} features{note}"
    releases = data["releases"]
    yield f"releases: any from {releases['oldest']} to {releases['newest']}; with a date:"
    yield from _wrapped([f"{name} ({day})" for name, day in releases["dates"].items()], ", ")
    yield "features (+NAME and -NAME after a comma put them in and leave them out):"
    for profiles, title in _groups(data["features"]):
        names = [feature for feature, those in data["features"].items() if those == profiles]
        yield f"  {title}:"
        yield from _wrapped(names, " ", indent=4)
    yield "of these a build has one:"
    yield from (f"  {', '.join(group)}" for group in data["one_of"])


def _groups(features: dict[str, list[str]]) -> Iterator[tuple[list[str], str]]:
    """The sets of profiles that share features, with what to say of them."""
    sets = sorted({tuple(those) for those in features.values()}, key=len, reverse=True)
    for those in sets:
        yield list(those), f"in {' and '.join(those)}" if those else "in neither"


def _wrapped(words: Sequence[str], between: str, indent: int = 2) -> Iterator[str]:
    line = ""
    for word in words:
        if line and indent + len(line) + len(between) + len(word) > WIDTH:
            yield f"{' ' * indent}{line}{between.rstrip()}"
            line = ""
        line = f"{line}{between}{word}" if line else word
    if line:
        yield f"{' ' * indent}{line}"


def _differences(old: str, new: str, *, only: Sequence[str], macros: bool) -> list[Change]:
    from expander.config.release_changes import MACRO, changes

    found = changes(profile_from(old), profile_from(new))
    known = {*_families(), MACRO}
    for family in only:
        if family not in known:
            raise CannotRunError(f"--only {family}: no such family (known: {', '.join(sorted(known))})")
    return [
        change for change in found if (change.family in only if only else macros or change.family != MACRO)
    ]


def _families() -> set[str]:
    from drivers.api.registry import families
    from expander.config.option_tables import FAMILIES

    return {*families(), *FAMILIES}


def _as_data(change: Change) -> dict[str, str]:
    data = {"family": change.family, "name": change.name, "change": change.kind}
    return data if change.kind in {"added", "removed"} else data | {"old": change.old, "new": change.new}


def _lines(changes: Sequence[Change]) -> Iterator[str]:
    """The changes by family: names that went, names that came, then what changed of the others."""
    for family in dict.fromkeys(change.family for change in changes):
        yield f"{family}:"
        of_family = [change for change in changes if change.family == family]
        for kind in ("removed", "added"):
            names = [change.name for change in of_family if change.kind == kind]
            if names:
                yield f"  {kind}:"
                yield from _wrapped(names, " ", indent=4)
        for change in of_family:
            if change.kind not in {"added", "removed"}:
                yield f"  {change.name}: {change.kind} {_shown(change.old)} -> {_shown(change.new)}"


def _shown(value: str) -> str:
    from drivers.api.text import printing, to_display

    return to_display(printing(value)) if value else "(nothing)"
