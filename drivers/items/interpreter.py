"""The Perl interpreter: the machine's perl as a co-process that calls back for Exim's functions."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Failed, ForcedFail, Refused, Unsupported
from drivers.api.text import from_bytes, to_bytes

if TYPE_CHECKING:
    from drivers.api.outside import Conversation
    from drivers.api.protocols import Context

PROGRAM = "perl"
OTHER_END = Path(__file__).with_name("interpreter.pl")
"""What perl runs; the frames are described there."""

DEEPEST = 50
"""So many levels may Perl and expansions call each other."""

HEAD = struct.Struct(">cI")
LENGTH = struct.Struct(">I")


class EndedError(Exception):
    """The interpreter is gone; ``status`` is its exit status, or minus the number of the signal."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Interpreter:
    """A perl that runs. Its variables live from one call to the next."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._depth = 0

    def call(self, ctx: Context, kind: str, *texts: str) -> str | None:
        """Have perl do something, and meanwhile do what it asks for.

        ``kind`` is "C" to call a subroutine with arguments, "S" to run the code of
        ``perl_startup``. Gives None for undef. Raises `Failed` with the message that Perl died
        with, and `EndedError`.
        """
        if self._depth >= DEEPEST:
            raise Failed("Perl and expansions call each other too deeply")
        self._depth += 1
        try:
            self._send(kind, *texts)
            while True:
                told, *rest = self._receive()
                text = rest[0] if rest else ""
                if told == "V":
                    return text
                if told == "U":
                    return None
                if told == "E":
                    raise Failed(text)
                self._serve(ctx, told, text)
        finally:
            self._depth -= 1

    def _serve(self, ctx: Context, asked: str, text: str) -> None:
        if asked == "L":
            ctx.log(text)
        elif asked == "D":
            ctx.debug(text)
        else:
            try:
                value = ctx.expand(text)
            except ForcedFail:
                self._send("U")
            except ExpansionError as error:
                self._send("E", error.message)
            else:
                self._send("R", value)

    def _send(self, kind: str, *texts: str) -> None:
        parts = [to_bytes(text.partition("\0")[0]) for text in texts]
        rest = b"".join(LENGTH.pack(len(part)) + part for part in parts)
        try:
            self._conversation.send(HEAD.pack(kind.encode("ascii"), len(rest)) + rest)
        except OSError as error:
            raise EndedError(self._conversation.end()) from error

    def _receive(self) -> Iterator[str]:
        head = self._piece(HEAD.size)
        kind, size = HEAD.unpack(head)
        rest = self._piece(size)
        yield from_bytes(kind)
        at = 0
        while at < size:
            (length,) = LENGTH.unpack_from(rest, at)
            at += LENGTH.size
            yield from_bytes(rest[at : at + length])
            at += length

    def _piece(self, size: int) -> bytes:
        data = self._conversation.receive(size)
        if len(data) < size:
            raise EndedError(self._conversation.end())
        return data


def start(ctx: Context) -> Interpreter:
    """The interpreter of this context, which is started if none runs.

    Code in ``perl_startup`` that cannot be compiled is told once, as `Failed`; after that the
    interpreter runs without it. `Unsupported` is raised where there is no perl.
    """
    running: Interpreter | None = ctx.state.get("perl")
    if running is not None:
        return running
    taint_mode = ["-T"] if ctx.options.get("perl_taintmode") else []
    argv = [PROGRAM, *taint_mode, "-e", OTHER_END.read_text("ascii")]
    try:
        conversation = ctx.world.programs.start(argv, environment=ctx.world.environment)
    except OSError as error:
        raise Unsupported(f"without the program {PROGRAM} there is no Perl interpreter") from error
    made = ctx.state["perl"] = Interpreter(conversation)
    try:
        made.call(ctx, "S", ctx.options["perl_startup"])
    except Refused:
        raise
    except Failed as error:
        raise Failed(f"error in perl_startup code: {error.message}") from error
    except EndedError as error:
        raise _gone(ctx, error) from error
    return made


def call(ctx: Context, name: str, arguments: tuple[str, ...]) -> str | None:
    """What a subroutine gives in scalar context; None for undef.

    Raises `Failed` with the message that it died with, or if it ended the interpreter.
    """
    interpreter = start(ctx)
    try:
        return interpreter.call(ctx, "C", name, *arguments)
    except EndedError as error:
        raise _gone(ctx, error) from error
    except ExpansionError:
        raise
    except BaseException:
        ctx.state.pop("perl", None)  # in the middle of an exchange it is of no more use
        raise


def _gone(ctx: Context, error: EndedError) -> Failed:
    ctx.state.pop("perl", None)
    how = f"with exit status {error.status}" if error.status >= 0 else f"by signal {-error.status}"
    return Failed(f"the Perl interpreter was ended {how}")
