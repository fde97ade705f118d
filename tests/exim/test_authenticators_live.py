"""Authenticators as servers, with the real Exim and with eximulate, and with a real Dovecot behind them."""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from base64 import b64encode
from hmac import digest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from both_sessions import CONFIG, both
from dovecot_server import HEARD, dovecot_server, scripted_server
from drivers.values import ntlm

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from both_sessions import Answer, Line
    from dovecot_server import DovecotServer

pytestmark = pytest.mark.exim


def coded(text: str) -> str:
    """Text in base64."""
    return b64encode(text.encode("latin-1")).decode()


def agree(config: str, lines: Sequence[Line], *arguments: str) -> tuple[str, str]:
    """Check that the real Exim and eximulate hold a session in the same way, and give what they do."""
    real, own = both(config, lines, *arguments)
    assert own == real
    return own


DOVECOT = """\
begin authenticators
one:
  driver = dovecot
  public_name = PLAIN
  server_socket = @SOCKET@
  server_set_id = $auth1
two:
  driver = dovecot
  public_name = LOGIN
  server_socket = @SOCKET@
  server_set_id = $auth1
  server_condition = ${if eq{$auth1}{tim}}
three:
  driver = dovecot
  public_name = CRAM-MD5
  server_socket = @SOCKET@
  server_set_id = $auth1
four:
  driver = dovecot
  public_name = NTLM
  server_socket = @SOCKET@
"""
OK, NO, LATER = "235 Authentication succeeded", "535 Incorrect authentication data", "435 Unable to"


def with_digest(user: str, password: str) -> Answer:
    """A client's answer to the challenge of CRAM-MD5."""
    return lambda challenge: f"{user} {digest(password.encode(), challenge, 'md5').hex()}".encode()


DIALOGUES: dict[str, tuple[list[Line], str]] = {
    "good": ([f"AUTH PLAIN {coded(chr(0) + 'tim' + chr(0) + 'sec ret')}"], OK),
    "asked": (["AUTH PLAIN", coded("\0tim\0sec ret")], OK),
    "bad password": ([f"AUTH PLAIN {coded(chr(0) + 'tim' + chr(0) + 'secret')}"], NO),
    "nobody": ([f"AUTH PLAIN {coded(chr(0) + 'bob' + chr(0) + 'secret')}"], NO),
    "told not to log in": ([f"AUTH PLAIN {coded(chr(0) + 'closed' + chr(0) + 'secret')}"], OK),
    "from elsewhere": ([f"AUTH PLAIN {coded(chr(0) + 'elsewhere' + chr(0) + 'secret')}"], NO),
    "temporary failure": ([f"AUTH PLAIN {coded(chr(0) + 'broken' + chr(0) + 'secret')}"], NO),
    "two questions": (["AUTH LOGIN", coded("tim"), coded("sec ret")], OK),
    "server_condition": (["AUTH LOGIN", coded("closed"), coded("secret")], NO),
    "cancelled": (["AUTH LOGIN", coded("tim"), "*"], "501 Authentication cancelled"),
    "no base64": (["AUTH LOGIN", "!!"], NO),
    "no base64 at once": (["AUTH PLAIN !!"], NO),
    "a tab": (["AUTH PLAIN a\tb"], NO),
    "CRAM-MD5": (["AUTH CRAM-MD5", with_digest("tim", "sec ret")], OK),
    "CRAM-MD5 that is wrong": (["AUTH CRAM-MD5", with_digest("tim", "secret")], NO),
    "a mechanism that Dovecot lacks": (["AUTH NTLM"], LATER),
    "a long line": (["AUTH PLAIN " + "a" * 1000], NO),
}


@pytest.fixture(scope="module")
def server() -> Iterator[DovecotServer]:
    """Dovecot, for all tests of this module."""
    with dovecot_server() as running:
        yield running


@pytest.mark.parametrize("kind", ["path", "port"])
@pytest.mark.parametrize("name", DIALOGUES)
def test_dovecot(server: DovecotServer, kind: str, name: str) -> None:
    place = server.path if kind == "path" else f"127.0.0.1 {server.port}"
    lines, expected = DIALOGUES[name]
    said, _ = agree(DOVECOT.replace("@SOCKET@", place), lines)
    assert expected in said


def test_a_client_on_this_machine_is_secure(server: DovecotServer) -> None:
    lines = DIALOGUES["good"][0]
    config = DOVECOT.replace("@SOCKET@", server.path)
    _, told = agree(config, lines, "-oMi", "192.0.2.9")
    assert "service=smtp\tsecured\trip=192.0.2.9\tlip=192.0.2.9\tnologin" in told
    _, told = agree(config, lines, "-oMi", "192.0.2.8")
    assert "service=smtp\trip=192.0.2.9\tlip=192.0.2.8\tnologin" in told


def test_the_wrong_socket_of_dovecot(server: DovecotServer) -> None:
    said, told = agree(DOVECOT.replace("@SOCKET@", server.master), ["AUTH PLAIN AGEAYg=="])
    assert LATER in said
    assert "connected to auth-master instead of auth-client" in told


GREETING = b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nSPID\t7\nCUID\t3\nCOOKIE\tab\nDONE\n"
DATA = ["AUTH PLAIN AGEAYg=="]
QUESTION = ["AUTH PLAIN", "abc"]
SCRIPTS: dict[str, tuple[list[bytes], Sequence[Line]]] = {
    "gone at once": ([], DATA),
    "gone before the answer": ([GREETING, HEARD], DATA),
    "gone between questions": ([GREETING, HEARD, b"CONT\t1\ta\n", HEARD], QUESTION),
    "an answer without its end": ([GREETING, HEARD, b"OK\t1\tuser=tim"], DATA),
    "a greeting without its end": ([b"VERSION\t1\t1\nMECH\tPLAIN\nDON"], DATA),
    "a line too long": ([b"MECH\tPLAIN\nX\t" + b"y" * 9000 + b"\nDONE\n", HEARD], DATA),
    "in pieces": ([b"MECH\tPLA", b"IN\nDONE\n", HEARD, b"OK\t1\tus", b"er=tim\n"], DATA),
    "another version": ([b"VERSION\t2\t0\nMECH\tPLAIN\nDONE\n", HEARD], DATA),
    "a version without its parts": ([b"VERSION\t1\nMECH\tPLAIN\nDONE\n", HEARD], DATA),
    "no mechanism": ([b"VERSION\t1\t0\nSPID\t1\nDONE\n", HEARD], DATA),
    "another number": ([GREETING, HEARD, b"OK\t2\tuser=tim\n"], DATA),
    "no user": ([GREETING, HEARD, b"OK\t1\tx=y\n"], DATA),
    "nothing but OK": ([GREETING, HEARD, b"OK\t1\n"], DATA),
    "an empty user": ([GREETING, HEARD, b"OK\t1\tuser=\n"], DATA),
    "two users": ([GREETING, HEARD, b"OK\t1\tuser=a\tuser=b\n"], DATA),
    "too many fields": ([GREETING, HEARD, b"OK\t1" + b"\tx" * 20 + b"\tuser=a\n"], DATA),
    "a zero": ([GREETING, HEARD, b"OK\t1\tuser=a\0b\n"], DATA),
    "small letters": ([GREETING, HEARD, b"ok\t1\tuser=tim\n"], DATA),
    "another word": ([GREETING, HEARD, b"OOPS\t1\tuser=tim\n"], DATA),
    "an unknown word": ([GREETING, HEARD, b"XX\t1\n"], DATA),
    "a question without words": ([GREETING, HEARD, b"CONT\t1\n", HEARD, b"OK\t1\tuser=a\n"], QUESTION),
    "a question of too many words": ([GREETING, HEARD, b"CONT\t1\ta\tb\n", HEARD], QUESTION),
    "a failure without a user": ([GREETING, HEARD, b"FAIL\t1\n"], DATA),
    "a failure with reasons": ([GREETING, HEARD, b"FAIL\t1\tuser=tim\treason=closed\ttemp\n"], DATA),
    "an answer and another": ([GREETING, HEARD, b"OK\t1\tuser=a\nFAIL\t1\n"], DATA),
    "an answer with a tab": ([GREETING, HEARD, b"CONT\t1\ta\n", HEARD], ["AUTH PLAIN", "a\tb"]),
    "a question, and no answer": ([GREETING, HEARD, b"CONT\t1\ta\n", HEARD], ["AUTH PLAIN", "*"]),
}


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_dovecot_may_say(name: str) -> None:
    script, lines = SCRIPTS[name]
    with scripted_server(script) as (path, heard):
        agree(DOVECOT.replace("@SOCKET@", path), lines)
    first, second = (re.sub(rb"CPID\t[0-9]+", b"CPID", one) for one in heard)
    assert first == second


@pytest.mark.parametrize(
    "place",
    [
        "/no/such/socket",
        "/no/such/" + "x" * 120,
        "relative",
        "127.0.0.1",
        "127.0.0.1 1",
        "127.0.0.1 1x",
        "[::1] 1",
        "127.0.0.1 0",
    ],
)
def test_places_where_there_is_no_dovecot(place: str) -> None:
    agree(DOVECOT.replace("@SOCKET@", place), DATA)


OTHERS = """\
acl_smtp_auth = answer
acl_smtp_mail = mail
begin acl
answer:
  deny condition = ${if match{$smtp_command_argument}{denied}}
  accept
mail:
  accept logwrite = $authenticated_fail_id;$authentication_failed;$authenticated_id;$received_protocol
begin authenticators
pl:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${if and{{eq{$auth2}{u}}{eq{$auth3}{p}}}{yes}{${if eq{$auth2}{w}{weird $auth1}{no}}}}
  server_set_id = $auth2
  server_debug_print = $auth1, $auth2
lo:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${if eq{$auth1}{x}{${if bool{false}{}fail}}{${if eq{$auth1}{u}}}}
  server_set_id = ${if eq{$auth2}{y}{${if bool{false}{}fail}}{$auth1}}
none:
  driver = plaintext
  public_name = NONE
  server_condition = true
  server_set_id = a${if eq{$auth1}{z}{${if bool{false}{}fail}}}
cr:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${if eq{$auth1}{z}{${if bool{false}{}fail}}{sec}}
  server_set_id = $auth1/$1
  server_condition = ${if !eq{$1}{no}}
  server_debug_print = $auth1
ext:
  driver = external
  public_name = EXTERNAL
  server_param2 = p2 $auth1
  server_param3 = p3
  server_condition = ${if eq{$auth1}{u}}
  server_set_id = $auth1/$auth2/$auth3
sp:
  driver = spa
  public_name = NTLM
  server_password = ${if eq{$auth1}{z}{${if bool{false}{}fail}}{se cret}}
  server_set_id = $auth1/$1/$2
  server_condition = ${if !eq{$1}{no}}
  server_debug_print = $auth1
tl:
  driver = tls
  server_param1 = x
  server_condition = yes
"""
VALUES = [
    "\0u\0p",
    "\0w\0p",
    "a\0u\0p",
    "\0u\0x",
    "u",
    "x",
    "\0",
    "u\0",
    "u\0\0",
    "y",
    "z",
    "u\0z",
    "u\ny\0u\0p",
]
VALUES += ["q abc", "u " + "a" * 32, "z " + "a" * 32, "\0".join("abcdefghijklmnopqrstuvwxyz"), "\xe9\0u\0p"]
TOKENS = ["", "=", "*", "a", "ab", "abc", "abcd", "a===", "YQ", "!", "a b", "YWI= ", " YWI=", "====", "\xe9"]
MECHANISMS = ["PLAIN", "LOGIN", "NONE", "CRAM-MD5", "EXTERNAL", "NTLM", "login", "FOO", "denied", "tl", "P*"]


@pytest.mark.parametrize("seed", range(16))
def test_exchanges_at_random(seed: int) -> None:
    chance = random.Random(seed)
    tokens = [*TOKENS, *map(coded, VALUES)]
    lines: list[Line] = []
    for _ in range(chance.randint(2, 9)):
        argument = chance.choice(tokens) if chance.random() < 0.7 else ""
        mechanism = chance.choice(MECHANISMS)
        lines.append(f"AUTH {mechanism}{chance.choice([' ', '  ', ''])}{argument}")
        lines += [chance.choice(tokens) for _ in range(chance.randint(0, 3))]
        if chance.random() < 0.3:
            lines += ["MAIL FROM:<a@b.test>", "RSET"]
    real, own = both(OTHERS, lines)
    hidden = [
        tuple("\n".join(map(_without_challenge, text.split("\n"))) for text in one) for one in (real, own)
    ]
    assert hidden[1] == hidden[0]


def _without_challenge(line: str) -> str:
    """A reply without what is made at random."""
    return "334 ..." if line.startswith(("334 PD", "334 TlRM")) else line


@pytest.mark.parametrize(
    "make",
    [
        lambda proof: b"u " + proof,
        lambda proof: b"u v " + proof,
        lambda proof: b"u\t" + proof,
        lambda proof: b"u " + proof + b" ",
        lambda proof: b"u " + proof[:-1],
        lambda proof: b" " + proof,
        lambda proof: b"z " + proof,
        lambda proof: b"no " + proof,
        lambda proof: b"u\0v " + proof,
        lambda proof: b"u\xe9 " + proof,
        lambda proof: b"\nu " + proof,
        lambda proof: proof,
        lambda _: b"",
    ],
)
def test_cram_md5(make: Answer) -> None:
    def answer(challenge: bytes) -> bytes:
        return make(digest(b"sec", challenge, "md5").hex().encode())

    agree(OTHERS, ["AUTH CRAM-MD5", answer])


def changed(seed: int) -> Answer:
    """An answer of a client of NTLM of which some bytes have been changed."""

    def answer(challenge: bytes) -> bytes:
        message = bytearray(ntlm.response(challenge, "user", "se cret"))
        chance = random.Random(seed)
        for _ in range(chance.randint(1, 3)):
            message[chance.randrange(8, 64)] = chance.choice([0, 1, 255, chance.randrange(256)])
        return bytes(message)

    return answer


ANSWERS: list[tuple[Answer, str]] = [
    (lambda asked: ntlm.response(asked, "u", "se cret"), OK),
    (lambda asked: ntlm.response(asked, "u@domain", "se cret"), OK),
    (lambda asked: ntlm.response(asked, "u\xe9", "se cret"), OK),
    (lambda asked: ntlm.response(asked, "u", "secret"), NO),
    (lambda asked: ntlm.response(asked, "z", "se cret"), NO),
    (lambda asked: ntlm.response(asked, "no", "se cret"), NO),
    (lambda asked: ntlm.response(asked, "u" * 300, "se cret"), NO),
    (lambda asked: ntlm.response(asked, "u", "se cret")[:60], NO),
    (lambda asked: ntlm.response(asked, "u", "se cret") + b"x" * 2000, NO),
]


@pytest.mark.parametrize(("answer", "expected"), ANSWERS)
def test_spa(answer: Answer, expected: str) -> None:
    said, _ = agree(OTHERS, [f"AUTH NTLM {b64encode(ntlm.request('u', '')).decode()}", answer])
    assert expected in said


@pytest.mark.parametrize("seed", range(8))
def test_spa_with_answers_that_are_spoiled(seed: int) -> None:
    agree(OTHERS, [f"AUTH NTLM {b64encode(ntlm.request('u', '')).decode()}", changed(seed)])


@pytest.mark.parametrize("length", [8000, 12_000, 16_300, 20_000])
@pytest.mark.parametrize("mechanism", ["PLAIN", "NTLM", "CRAM-MD5"])
def test_long_commands(mechanism: str, length: int) -> None:
    real, own = both(OTHERS, [f"AUTH {mechanism} {'a' * length}", "NOOP"])
    assert own[0] == real[0]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
@pytest.mark.parametrize("password", ["sec", "other"])
def test_swaks_as_a_client(tmp_path: Path, mechanism: str, password: str) -> None:
    program = shutil.which("swaks")
    if program is None:
        pytest.skip("swaks is not installed")
    config = tmp_path / "conf"
    texts = CONFIG + OTHERS.replace("{p}", "{sec}").replace(
        "${if eq{$auth1}{u}}", "${if and{{eq{$auth1}{u}}{eq{$auth2}{sec}}}}"
    )
    config.write_text(texts.replace("@DIR@", str(tmp_path)), encoding="latin-1")
    done = subprocess.run(
        [
            program,
            *("--pipe", f"{sys.executable} -m expander -C {config} -bh 192.0.2.9", "--quit-after", "AUTH"),
            *("--auth", mechanism, "--auth-user", "u", "--auth-password", password),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path(__file__).parents[2],
        env={"PATH": "/usr/bin:/bin", "EXIMULATE_PROFILE": "debian-12"},
        check=False,
    )
    assert (OK if password == "sec" else NO) in done.stdout
