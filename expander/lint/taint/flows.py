"""All text from outside that comes where it must not, in the whole of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.taint.memory import memory_of
from expander.lint.taint.options import flows_of

if TYPE_CHECKING:
    from expander.lint.survey import Survey
    from expander.lint.taint.sink import Flow


def flows(survey: Survey) -> tuple[Flow, ...]:
    """The flows in the order of the file; each has its sink, the trails that come to it, and the text."""
    memory = memory_of(survey)
    found = [flow for text in survey.texts if "$" in text.source.text for flow in flows_of(memory, text)]
    return tuple({_key(flow): flow for flow in found}.values())


def _key(flow: Flow) -> tuple[str, int, int, int]:
    span = flow.sink.span
    return flow.sink.code, id(span.source), span.start, span.end
