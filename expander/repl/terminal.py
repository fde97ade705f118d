"""A session at a terminal, with history, completion and several lines, or line by line from a pipe."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from drivers.api.text import from_argument, from_bytes
from expander.cli.output import input_lines, say
from expander.repl.completer import offers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import CompleteEvent, Completion
    from prompt_toolkit.document import Document

    from expander.repl.session import Session

PROMPT, MORE = "> ", ". "


def converse(session: Session) -> None:
    """Run a session until it is left: at a terminal if there is one and prompt_toolkit is installed."""
    prompts = line_editor(session) if _has_terminal() else None
    if prompts is None:
        _from_pipe(session)
    else:
        at_terminal(session, prompts)


def _has_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _from_pipe(session: Session) -> None:
    """Every line of standard input, without prompts."""
    for line in input_lines():
        say(*session.feed(from_bytes(line)))
        if session.over:
            return
    say(*session.end())


def at_terminal(session: Session, prompts: PromptSession[str]) -> None:
    """Ask with a line editor until the session is over.

    Ctrl-C drops the lines that wait, or stops an expansion; Ctrl-D ends the input.
    """
    profile = session.expander.profile
    say(f"eximulate as Exim {profile.release} ({profile.name}); :help for help")
    while not session.over:
        try:
            line = prompts.prompt(MORE if session.waiting else PROMPT)
        except KeyboardInterrupt:
            session.drop()
            continue
        except EOFError:
            say(*session.end())
            return
        try:
            for part in line.split("\n"):
                say(*session.feed(from_argument(part)))
        except KeyboardInterrupt:
            session.drop()
            say("interrupted")


def line_editor(session: Session) -> PromptSession[str] | None:
    """The line editor, or None where prompt_toolkit is not installed."""
    try:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.history import FileHistory, InMemoryHistory
    except ImportError:
        return None
    path = history_file()
    history = FileHistory(str(path)) if path is not None else InMemoryHistory()
    return PromptSession(history=history, completer=_completer(session), complete_while_typing=False)


def _completer(session: Session) -> Any:
    from prompt_toolkit.completion import Completer, Completion

    class UnitCompleter(Completer):
        """Hands prompt_toolkit the offers for the text before the cursor."""

        def get_completions(self, document: Document, _event: CompleteEvent) -> Iterable[Completion]:
            for offer in offers(document.text_before_cursor, session.expander.profile):
                yield Completion(offer.text, -offer.length, display=offer.shown, display_meta=offer.help)

    return UnitCompleter()


def history_file() -> Path | None:
    """Where the history is kept, in the user's folder for state; None if it cannot be written there."""
    base = os.environ.get("XDG_STATE_HOME") or (
        Path.home() / ".local/state" if os.environ.get("HOME") else None
    )
    if base is None:
        return None
    folder = Path(base) / "eximulate"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "history"
        path.touch(mode=0o600)
    except OSError:
        return None
    return path
