"""Coverage in lines of text, as lcov's tracefile, and as Cobertura's XML."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from drivers.api.text import to_display
from expander.coverage.place import Place, by_line, share

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


def kinds(places: Iterable[Place]) -> dict[str, list[Place]]:
    """The places by their kinds."""
    found: dict[str, list[Place]] = {}
    for place in places:
        found.setdefault(place.kind, []).append(place)
    return found


def lines(places: Sequence[Place]) -> Iterator[str]:
    """For people: what was never come to, file by file, then how much was."""
    for path, by_number in by_line(places).items():
        own = [place for found in by_number.values() for place in found]
        yield f"{path}: {share(own).percent:.1f} % covered"
        for place in own:
            if place.missing:
                yield f"    {place.line}: {to_display(place.title)}: never {', '.join(place.missing)}"
    for kind, found in kinds(places).items():
        part = share(found)
        yield f"{kind + ':':<16} {part.reached:>4} of {part.total:>4}  {part.percent:5.1f} %"
    part = share(places)
    yield f"{'covered:':<16} {part.reached:>4} of {part.total:>4}  {part.percent:5.1f} %"


def lcov(places: Sequence[Place]) -> str:
    """A tracefile as lcov's ``genhtml`` and the services that read coverage take it."""
    out = []
    for path, by_number in by_line(places).items():
        out += ["TN:", f"SF:{path}"]
        named = [one for found in by_number.values() for one in found if one.kind in {"router", "transport"}]
        out += [f"FN:{one.line},{one.title.replace(' ', ':')}" for one in named]
        out += [f"FNDA:{_taken(one)},{one.title.replace(' ', ':')}" for one in named]
        out += [f"FNF:{len(named)}", f"FNH:{sum(_taken(one) > 0 for one in named)}"]
        ways, reached = 0, 0
        for line, found in by_number.items():
            for block, place in enumerate(one for one in found if len(one.counts) > 1):
                for branch, (_, count) in enumerate(place.counts):
                    out.append(f"BRDA:{line},{block},{branch},{count if place.hits else '-'}")
                    ways, reached = ways + 1, reached + (count > 0)
        out += [f"BRF:{ways}", f"BRH:{reached}"]
        out += [f"DA:{line},{_hits(found)}" for line, found in by_number.items()]
        out += [f"LF:{len(by_number)}", f"LH:{sum(_hits(found) > 0 for found in by_number.values())}"]
        out.append("end_of_record")
    return "".join(f"{line}\n" for line in out)


def _taken(place: Place) -> int:
    return place.counts[0][1]


def _hits(places: Sequence[Place]) -> int:
    return max(place.hits for place in places)


def cobertura(places: Sequence[Place], now: float) -> str:
    """Cobertura's XML as GitLab and Jenkins read it; ``now`` is the time in seconds."""
    root = ET.Element("coverage", version="1", timestamp=str(int(now * 1000)), complexity="0")
    _rates(root, places, totals=True)
    ET.SubElement(ET.SubElement(root, "sources"), "source").text = "."
    package = ET.SubElement(ET.SubElement(root, "packages"), "package", name="exim", complexity="0")
    _rates(package, places)
    classes = ET.SubElement(package, "classes")
    for path, by_number in by_line(places).items():
        own = [place for found in by_number.values() for place in found]
        name = path.rpartition("/")[2]
        node = ET.SubElement(classes, "class", name=name, filename=path, complexity="0")
        _rates(node, own)
        ET.SubElement(node, "methods")
        listed = ET.SubElement(node, "lines")
        for line, found in by_number.items():
            _cobertura_line(listed, line, found)
    ET.indent(root)
    doctype = '<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">\n'
    return f'<?xml version="1.0" ?>\n{doctype}{ET.tostring(root, encoding="unicode")}\n'


def _cobertura_line(listed: ET.Element, line: int, found: Sequence[Place]) -> None:
    node = ET.SubElement(listed, "line", number=str(line), hits=str(_hits(found)))
    decisions = share(place for place in found if len(place.counts) > 1)
    node.set("branch", "true" if decisions.total else "false")
    if decisions.total:
        rate = f"{int(decisions.percent)}% ({decisions.reached}/{decisions.total})"
        node.set("condition-coverage", rate)


def _rates(node: ET.Element, places: Sequence[Place], *, totals: bool = False) -> None:
    by_number = [found for numbers in by_line(places).values() for found in numbers.values()]
    covered = sum(_hits(found) > 0 for found in by_number)
    decisions = share(place for place in places if len(place.counts) > 1)
    node.set("line-rate", f"{covered / len(by_number) if by_number else 1:.4f}")
    node.set("branch-rate", f"{decisions.percent / 100:.4f}")
    if totals:
        node.set("lines-covered", str(covered))
        node.set("lines-valid", str(len(by_number)))
        node.set("branches-covered", str(decisions.reached))
        node.set("branches-valid", str(decisions.total))
