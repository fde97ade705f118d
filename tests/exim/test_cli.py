"""Command lines given to both programs: both outputs and the exit status are the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from real_exim import PROGRAM

pytestmark = pytest.mark.exim

BASE = """\
primary_hostname = mail.example.test
qualify_domain = example.test
keep_environment =
spool_directory = @DIR@/spool
log_file_path = @DIR@/log/%slog
timezone = UTC
"""
FILES = {
    "ok.conf": BASE,
    "literals.conf": BASE + "allow_domain_literals\n",
    "spool/note": "in the spool\n",
    "zone.conf": BASE.replace("UTC", "Europe/Paris"),
    "macros.conf": BASE + "AA = one\nBB = two AA\nhide domainlist hd = x\nhostlist h1 = 1.2.3.4\n",
    "warns.conf": "primary_hostname = a.b\n",
    "bad.conf": "no_such_option = 1\n",
    "section.conf": BASE + "begin nosuch\n",
    "driver.conf": BASE + "begin routers\nr:\n  driver = nosuch\n",
    "empty.conf": "",
    "number.config": BASE + "exim_user = 4711\nexim_group = 4711\n",
    "end.conf": BASE + "smtp_banner = no newline",
    "crlf.conf": BASE.replace("\n", "\r\n"),
    "nul.conf": BASE + "smtp_banner = a\0b\n",
    "binary.conf": "\x7fELF\x02\x01\x01\0\0" * 100,
    "loop.conf": ".include @DIR@/loop.conf\n",
    "writable.conf": BASE,
    "mail": "From: Ann <ann@a.test>\nTo: b@b.test, c\nBcc: d@d.test\nSubject: hi\n\nbody\n",
    "from-line": "From a@b.test  Fri Jan  5 12:35 GMT 1996\nSubject: x\n\nbody\n",
    "login": "Return-path: a <b>\nFrom: root\nSubject: x\nTo: g: a, b; , c,\n d\n\n.\n",
    "resent": "Resent-Bcc: x . y\nReturn-Path: < a > \nFrom: root\nResent-From: ROOT\n\nb\n",
    "no-header": "just text\nmore\n",
}
CALLER = "$sender_address $sender_ident $authenticated_id $authenticated_sender $originator_uid $caller_gid"
PEER = "$sender_host_address $sender_host_port $received_ip_address $received_port $received_protocol"
OK = ["-C", "@DIR@/ok.conf"]
OUTSIDE = ("readfile", "run", "readsocket")

NUMBER = ["-C", "@DIR@/number.config"]

COMMANDS: dict[str, list[list[str]]] = {
    "a user without an account": [
        [*NUMBER, *rest]
        for rest in (
            ["-bV"],
            ["-v", "-bV"],
            ["-bv", "a@b"],
            ["-bvs", "a@b"],
            ["-bh", "1.2.3.4"],
            ["-be", "a"],
            ["-bt", "a@b"],
        )
    ],
    "arguments": [
        ["-be", "a", "", "  b  ", "a\nb", "${bogus}", "\\"],
        [
            "-be",
            "AA=1",
            "[AA]",
            "AA=2",
            "AA==2",
            "[AA]",
            "Nothing",
            "BB==1",
            "A-B=1",
            "_HAVE_TLS",
            "x_HAVE_TLS",
        ],
        *(["-be", *texts] for texts in (["--", "-x"], ["a", "-f", "x@y"], ["x" * 256], ["a", "x" * 257])),
        ["-be", "set acl_m0 = x", "[$acl_m0]"],
        ["-be", "$config_file", "$config_dir"],
        ["-be", "${readfile{note}}${readfile{../mail}{|}}", "${run{/bin/pwd}}${run{./note}{y}{$runrc}}"],
        ["-C", "@DIR@/zone.conf", "-be", "${env{TZ}}", "${run{/usr/bin/env}}"],
        ["-f", "a@b", "-be", *(f"${{{name}{{/x/$sender_address}}{{x}}}}" for name in OUTSIDE)],
    ],
    "sender": [
        *(
            [*option, "-be", CALLER]
            for option in (
                [],
                ["-f", "a@b"],
                ["-f", ""],
                ["-f", "<>"],
                ["-f", "<a@b>"],
                ["-f", "a"],
                ["-fa@b"],
                ["-r", "a@b"],
                ["-f", '"x y"@z'],
                ["-f", "Name <a@b>"],
                ["-f", "a b@c"],
                ["-f", "a@"],
                ["-f", "@b"],
                ["-f", " "],
                ["-f", "a@b.c."],
                ["-f", "<a@b.>"],
                ["-f", "<>x"],
                ["-f", "<> (c)"],
                ["-f", "a@[1.2.3.4]"],
                ["-f", "-x"],
                ["-f", "a", "-f", "c@d"],
                ["-F", "Full"],
            )
        ),
        ["-be", "${expand:$sender_address}", "-f"],
    ],
    "peer": [
        *(
            [*option, "-be", PEER, CALLER, "$sender_host_authenticated"]
            for option in (
                ["-oMa", "1.2.3.4"],
                ["-oMa", "1.2.3.4.25"],
                ["-oMa", "[::1]:9"],
                ["-oMa", "::1.25"],
                ["-oMa", "1.2.3"],
                ["-oMa", ""],
                ["-oMa", "1.2.3.4:25"],
                ["-oMi", "5.6.7.8.99"],
                ["-oMi", "x"],
                ["-oMr", "esmtp"],
                ["-oMr", "x", "-oMr", "y"],
                ["-oMt", "id"],
                ["-oMai", "x"],
                ["-oMas", "a@b"],
                ["-oMaa", "LOGIN"],
                ["-oMs", "h.test"],
                ["-p", "x:y"],
                ["-pproto"],
                ["-p", "x", "-oMr", "y"],
                ["-oMm", "x"],
                ["-oMx", "y"],
                ["-oMt", "x" * 513],
                ["-oMr", "x" * 65],
            )
        ),
    ],
    "macros": [
        *(
            [*option, "-be", "[X] [XY]"]
            for option in (
                ["-DX"],
                ["-DX="],
                ["-DX=1 2"],
                ["-D X = 1 "],
                ["-DX==1"],
                ["-DX=1", "-DX=2"],
                ["-DXY=1", "-DX=2"],
                ["-DX=2", "-DXY=1"],
                ["-Dx=1"],
                ["-D"],
                ["-DX-1=2"],
                ["-D_X=1"],
                ["-DX 1"],
            )
        ),
        ["-DX=9", "-be", "X=1", "[X]", "X==2", "[X]"],
    ],
    "unknown": [
        [option, "-be", "x"]
        for option in (
            "-y",
            "-b",
            "-bZ",
            "-o",
            "-oZ",
            "-oe",
            "-oix",
            "-vx",
            "-vv",
            "-ix",
            "-hx",
            "-h3",
            "-Mx",
            "-M",
            "-tx",
            "-odx",
            "-xx",
            "-nx",
            "-Gx",
            "-Ux",
            "-Ex",
            "-Bx",
            "-Ac",
            "-Ax",
            "--x",
            "-bVx",
            "-bex",
            "-d+nosuch",
            "-dnosuch",
            "-qx",
            "-orx",
            "-or5m",
            "-osx",
            "-oB5",
            "-oBx",
            "-Lx",
            "-ee",
            "-eq",
            "-ex",
            "-m",
            "-mx",
            "-i",
            "-N",
            "-ti",
        )
    ],
    "filter files": [
        ["-bf", "spool/note"],
        ["-bf", "no-such"],
        ["-C", "@DIR@/no-such", "-bf", "no-such"],
        ["-bf", "no-such", "-bF", "not-this-either"],
    ],
    "incomplete": [
        [option]
        for option in (
            "-f",
            "-C",
            "-F",
            "-r",
            "-p",
            "-h",
            "-bem",
            "-bf",
            "-bF",
            "-bh",
            "-oMa",
            "-oM",
            "-oA",
            "-R",
            "-S",
            "-X",
            "-O",
            "-z",
            "-L",
            "-M",
            "-Mrm",
            "-MC",
            "-bI",
            "-bfd",
            "-e",
            "-D",
            "-",
            "--",
            "-n",
            "-G",
            "-bnq",
            "-t5",
        )
    ],
    "settings": [
        *(
            ["-bP", *names]
            for names in (
                ["qualify_domain"],
                ["nosuch"],
                ["qualify_domain", "nosuch"],
                ["+nosuch"],
                ["router", "no"],
                ["router"],
                ["macro", "NO"],
                ["local_scan"],
                ["accept_8bitmime"],
                ["x" * 65],
                [""],
                ["config_file"],
                ["router_list"],
            )
        ),
        ["-n", "-bP", "qualify_domain"],
        ["-bP", "-n", "qualify_domain"],
        ["-bP", "-be"],
        ["-bP", "-bt", "x"],
        ["-bI:sieve"],
        ["-bI:DSCP"],
        ["-bI:help"],
        ["-bI:x"],
    ],
    "version": [
        ["-bV"],
        ["--version"],
        ["-bV", "-n"],
        ["-bV", "-f", "@"],
        ["-bV", "-oMa", "x"],
        ["-bV", "-y"],
    ],
    "message": [
        *(
            [
                "-bem",
                f"@DIR@/{name}",
                *more,
                "$message_headers_raw",
                "$recipients",
                "$sender_address",
                "[$message_body]",
            ]
            for name in ("mail", "from-line", "no-header", "empty.conf", "missing", ".")
            for more in ([], ["-t"], ["-f", "x@y"], ["-G", "-bnq"], ["-F", "Full"])
        ),
        *(
            ["-bem", f"@DIR@/{name}", "-F", 'A. (b) "c"', *more, "$message_headers_raw[$return_path]"]
            for name in ("login", "resent")
            for more in ([], ["-t"], ["-f", "x@y"])
        ),
        ["-bem", "mail", "x"],
        ["-bem", "", "x"],
    ],
    "configurations": [
        ["-C", names, *mode]
        for names in (
            *(f"@DIR@/{name}" for name in FILES if name.endswith(".conf")),
            "@DIR@",
            "@DIR@/missing",
            "@DIR@/missing:@DIR@/ok.conf",
            "@DIR@/ok.conf/x",
            "",
            ":",
            "ok.conf",
            "./ok.conf",
            "<; @DIR@/missing ; @DIR@/ok.conf",
            "x" * 300,
            "/dev/null",
        )
        for mode in (["-bV"], ["-bP", "qualify_domain"])
    ],
}

INPUTS = {
    "plain": b"a\nb",
    "nothing": b"",
    "blank": b"\n  \n\n",
    "continued": b"a\\\n   b\n\\\n\\\n x\na  \\  \n b\na\\\\\n b\na\\",
    "Windows": b"a\r\nb\\\r\n c\r\n",
    "zero bytes": b"a\0b\n\0\nc\\\0\nd\n",
    "long": b"x" * 1022 + b"\n" + b"y" * 1023 + b"\n" + b"z" * 5000 + b"\n",
    "long and continued": (b"x" * 1000 + b"\\\n") * 40 + b"y\nz\n",
    "deep": b"\\\n".join([b"${uc:" * 150] * 20) + b"\n",
    "braces": b"${if eq{a\n}}}}\n${\n$\n{{{{\n",
    "macros": b"AA=1\nAA\nAA==2\n AA\nAB = x AA\n[AB]\nAAA=1\nNot a macro\nB=_HAVE_TLS\nB\n[A_HAVE_TLS]\n",
    "bytes": bytes(set(range(1, 256)) - {0x0A, 0x24}) + b"\n",
    "no configuration": b".include /etc/passwd\n.ifdef X\nbegin acl\n#x\n",
}


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli")
    for name in ("spool", "log"):
        (path / name).mkdir()
        (path / name).chmod(0o777)
    for name, text in FILES.items():
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_bytes(text.replace("@DIR@", str(path)).encode("latin-1"))
        (path / name).chmod(0o644)
    (path / "writable.conf").chmod(0o666)
    return path


def uniform(text: str, directory: Path) -> str:
    """The text without what differs from run to run."""
    text = text.replace(str(directory), "@DIR@")
    text = re.sub(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ", "@TIME@ ", text)
    text = re.sub(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "@DATE@", text)
    text = re.sub(r"E[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}@", "@ID@", text)
    if (
        "could not open panic log" in text
    ):  # the directory is closed to the Exim user, so it says things again
        text = text.partition("\n@TIME@ ")[0] + "\n"
    return re.sub(r"Exim version .*", "@VERSION@", text)


def answers(
    command: list[str], arguments: list[str], directory: Path, data: bytes = b""
) -> tuple[int, str, str]:
    """The exit status and both outputs of one run."""
    filled = [argument.replace("@DIR@", str(directory)).encode("latin-1") for argument in arguments]
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [*command, *filled],
        input=data,
        capture_output=True,
        check=False,
        cwd=directory,
        env={"PATH": os.environ["PATH"], "TZ": "UTC", "EXIMULATE_PROFILE": "debian-12", "PYTHONPATH": root},
        timeout=60,
    )
    out, err = (uniform(text.decode("latin-1"), directory) for text in (done.stdout, done.stderr))
    return done.returncode, out, err


def both(arguments: list[str], directory: Path, data: bytes = b"") -> None:
    """Ask both programs and compare."""
    assert PROGRAM is not None
    if arguments[:1] != ["-C"]:
        arguments = [*OK, *arguments]
    ours = answers([sys.executable, "-m", "expander"], arguments, directory, data)
    assert ours == answers([PROGRAM], arguments, directory, data), arguments


@pytest.mark.parametrize("subject", COMMANDS)
def test_command_lines(subject: str, directory: Path) -> None:
    wrong = []
    for arguments in COMMANDS[subject]:
        try:
            both(arguments, directory)
        except AssertionError as difference:
            wrong.append(str(difference))
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", INPUTS)
def test_standard_input(name: str, directory: Path) -> None:
    both(["-be"], directory, INPUTS[name])
