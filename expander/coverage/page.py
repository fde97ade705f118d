"""Coverage as a page: the lines of the configuration, coloured."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from drivers.api.text import to_display
from expander.coverage.place import Place, by_line, share
from expander.coverage.text import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 78rem; padding: 0 1rem;
       color: #1b1f24; background: #fff }
table.sum td, table.sum th { padding: .1rem .8rem; text-align: right }
table.sum td:first-child, table.sum th:first-child { text-align: left }
.bar { display: inline-block; width: 8rem; height: .7rem; background: #f3c4c4; vertical-align: baseline }
.bar i { display: block; height: 100%; background: #6abf7b }
pre { border: 1px solid #d0d7de; padding: 0; overflow-x: auto; line-height: 1.4 }
pre div { display: flex; padding: 0 .6rem; white-space: pre }
pre .n { color: #6a737d; min-width: 3.2rem; text-align: right; padding-right: .8rem; user-select: none }
pre .c { color: #6a737d; min-width: 3.2rem; text-align: right; padding-right: 1rem; user-select: none }
.full { background: #dcf5e1 } .part { background: #fff3c4 } .none { background: #fbdada }
.why { color: #8a2c2c; font-style: italic; padding-left: 2rem }
.key span { padding: .1rem .5rem; margin-right: .6rem }
@media (prefers-color-scheme: dark) {
  body { color: #e6edf3; background: #0d1117 } pre { border-color: #30363d }
  .full { background: #12351c } .part { background: #4a3d0a } .none { background: #4f1717 }
  .why { color: #ff9f9f } .bar { background: #5a2525 }
}
"""


def page(places: Sequence[Place], sources: Mapping[str, str]) -> str:
    """The page, complete in itself; ``sources`` are the texts of the files."""
    return "".join(_parts(places, sources))


def _parts(places: Sequence[Place], sources: Mapping[str, str]) -> Iterator[str]:
    part = share(places)
    title = f"Coverage: {part.percent:.1f} %"
    yield f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
    yield '<table class="sum"><tr><th>what</th><th>come to</th><th>of</th><th>%</th><th></th></tr>\n'
    for kind, found in kinds(places).items():
        yield _row(kind, found)
    yield _row("all", places)
    yield '</table>\n<p class="key"><span class="full">all ways</span><span class="part">some ways</span>'
    yield '<span class="none">never</span></p>\n'
    for number, (path, by_number) in enumerate(by_line(places).items(), 1):
        own = [place for found in by_number.values() for place in found]
        yield f'<h2 id="f{number}">{escape(to_display(path))} &mdash; {share(own).percent:.1f} %</h2>\n<pre>'
        for line, text in enumerate(sources.get(path, "").splitlines(), 1):
            yield _line(f"f{number}l{line}", line, text, by_number.get(line, []))
        yield "</pre>\n"
    yield "</body></html>\n"


def _row(kind: str, places: Sequence[Place]) -> str:
    part = share(places)
    bar = f'<span class="bar"><i style="width:{part.percent:.1f}%"></i></span>'
    cells = f"<td>{part.reached}</td><td>{part.total}</td><td>{part.percent:.1f}</td><td>{bar}</td>"
    return f"<tr><td>{kind}</td>{cells}</tr>\n"


def _line(anchor: str, number: int, text: str, places: Sequence[Place]) -> str:
    hits, told, colour, why = "", "", "", ""
    if places:
        part = share(places)
        colour = "full" if part.reached == part.total else "part" if part.reached else "none"
        hits = str(max(place.hits for place in places))
        told = "\n".join(
            f"{place.title}: {', '.join(f'{way} {count}' for way, count in place.counts)}" for place in places
        )
        lacks = [f"{place.title}: never {', '.join(place.missing)}" for place in places if place.missing]
        why = f'<span class="why">{escape(to_display("; ".join(lacks)))}</span>' if lacks else ""
    named = f' class="{colour}" title="{escape(to_display(told))}"' if colour else ""
    shown = escape(to_display(text))
    return (
        f'<div id="{anchor}"{named}><span class="n">{number}</span><span class="c">{hits}</span>'
        f"<code>{shown}</code>{why}</div>"
    )
