"""A mail server that takes everything, or what it is told to refuse: hosts that are not asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.record import State, made_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GREETING = "220 recorded.invalid ESMTP"
OFFERED = ("PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "AUTH PLAIN LOGIN", "STARTTLS", "SIZE 0")
PROMPTS = {"PLAIN": ["334 "], "LOGIN": ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"]}
ANSWERS = {
    "HELO": "250 recorded.invalid",
    "MAIL": "250 OK",
    "RCPT": "250 Accepted",
    "AUTH": "235 Authentication succeeded",
    "STARTTLS": "220 TLS go ahead",
    "DATA": "354 Go on",
    "MESSAGE": "250 OK id=recorded",
    "RSET": "250 Reset OK",
    "NOOP": "250 OK",
    "QUIT": "221 recorded.invalid closing connection",
}
NO_RECIPIENT = "503 Valid RCPT command must precede DATA"
ANSWERED = ("CONNECT", "EHLO", "LHLO", *ANSWERS)
"""What answers can be given for: the greeting, commands, and the end of the message."""


class Sent(State):
    """What a transport said to another host.

    ``port`` is 0 for a command or a path, which ``host`` names then. ``dialogue`` has the lines of both
    sides, ``>`` before those that were sent and ``<`` before answers; ``messages`` the bytes of each
    message, without the dots that lines were given on the way.
    """

    host: str
    port: int = 0
    sender: str = ""
    recipients: list[str] = made_by(default_factory=list)
    dialogue: list[str] = made_by(default_factory=list)
    messages: list[bytes] = made_by(default_factory=list)


class AcceptingServer:
    """Answers piece by piece: call it with what was sent; b"" gives the greeting."""

    def __init__(self, sent: Sent, answers: Mapping[str, str] | None = None) -> None:
        self.sent = sent
        self._answers = {word.upper(): text for word, text in (answers or {}).items()}
        self._waiting = b""
        self._taken: list[str] = []
        self._in_message = False
        self._prompts: list[str] = []
        self.is_secure = False
        self._is_lmtp = False
        self._is_greeted = False

    def __call__(self, data: bytes) -> bytes:
        """What it says to some bytes."""
        said = []
        if not self._is_greeted:
            self._is_greeted = True
            said.append(self._say(self._answers.get("CONNECT", GREETING)))
        self._waiting += data
        while answers := self._message() if self._in_message else self._line():
            said += map(self._say, answers)
        return "".join(said).encode("latin-1")

    def _say(self, text: str) -> str:
        self.sent.dialogue += [f"< {line}" for line in text.split("\r\n")]
        return f"{text}\r\n"

    def _line(self) -> list[str]:
        """The answer to the next line, nothing if that is not here yet."""
        line, newline, rest = self._waiting.partition(b"\n")
        if not newline:
            return []
        self._waiting = rest
        return [self._command(line.rstrip(b"\r").decode("latin-1"))]

    def _command(self, line: str) -> str:
        if self._prompts:
            return self._prompted("*")
        word = line.partition(" ")[0].upper()
        if word == "AUTH":
            return self._auth(line)
        self.sent.dialogue.append(f"> {line}")
        answer = self._answers.get(f"{word} {_address(line)}".upper(), self._answers.get(word, ""))
        if not answer and word == "DATA" and not self._taken:
            answer = NO_RECIPIENT
        if not answer:
            answer = self._hello(word) if word in {"EHLO", "LHLO"} else ANSWERS.get(word, "500 unknown")
        if answer.startswith("2"):
            self._note(word, line)
        if word == "DATA" and answer.startswith("3"):
            self._in_message = True
        return answer

    def _auth(self, line: str) -> str:
        """Whoever it is may send; what proves who it is does not go on record."""
        _, mechanism, *data = line.split(" ")
        self._prompts = [*PROMPTS.get(mechanism.upper(), []), self._answers.get("AUTH", ANSWERS["AUTH"])]
        if data:
            del self._prompts[0]
        return self._prompted(f"AUTH {mechanism}{' *' if data else ''}")

    def _prompted(self, shown: str) -> str:
        self.sent.dialogue.append(f"> {shown}")
        return self._prompts.pop(0)

    def _hello(self, word: str) -> str:
        self._is_lmtp = word == "LHLO"
        words = ["recorded.invalid", *OFFERED]
        if self.is_secure:
            words.remove("STARTTLS")
        return "\r\n".join(
            f"250{' ' if place == len(words) - 1 else '-'}{text}" for place, text in enumerate(words)
        )

    def _note(self, word: str, line: str) -> None:
        if word == "MAIL":
            self.sent.sender = _address(line)
            self._taken = []
        elif word == "RCPT":
            self._taken.append(_address(line))
            self.sent.recipients.append(_address(line))

    def _message(self) -> list[str]:
        """The answers to the message, one for each recipient in LMTP; nothing if its end is not here yet."""
        before, dot, rest = (b"\r\n" + self._waiting).partition(b"\r\n.\r\n")
        if not dot:
            return []
        self._waiting, self._in_message = rest, False
        message = before.replace(b"\r\n.", b"\r\n").removeprefix(b"\r\n")
        self.sent.messages.append(message)
        self.sent.dialogue.append(f"> ({len(message)} bytes)")
        answer = self._answers.get("MESSAGE", ANSWERS["MESSAGE"])
        return [answer] * (max(len(self._taken), 1) if self._is_lmtp else 1)


class WatchedServer:
    """Another server, what is said to it and what it says put on record."""

    def __init__(self, sent: Sent, server: Callable[[bytes], bytes]) -> None:
        self.sent = sent
        self.is_secure = False
        self._server = server

    def __call__(self, data: bytes) -> bytes:
        """What the server says to some bytes."""
        said = self._server(data)
        for line in data.decode("latin-1").splitlines():
            self.sent.dialogue.append(f"> {line}")
            if line.upper().startswith("MAIL FROM:"):
                self.sent.sender = _address(line)
            elif line.upper().startswith("RCPT TO:"):
                self.sent.recipients.append(_address(line))
        self.sent.dialogue += [f"< {line}" for line in said.decode("latin-1").splitlines()]
        return said


def _address(line: str) -> str:
    """What stands between angle brackets."""
    return line.partition("<")[2].partition(">")[0]
