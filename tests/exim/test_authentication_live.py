"""The conditions that authenticate, put to the real Exim and to eximulate with the same services."""

from __future__ import annotations

import base64
import ctypes
import ctypes.util
import hashlib
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import namespace
import pam_module
from directory_server import DirectoryServer
from drivers.values import crypted
from real_exim import PROGRAM

pytestmark = pytest.mark.exim
ROOT = Path(__file__).parents[2]
RUN, SERVICES = "/var/run", "/etc/pam.d"
LDAP_SCHEMA = Path("/etc/ldap/schema/core.schema")


def answers(command: list[str], texts: list[str], config: Path, places: dict[Path, str]) -> list[str]:
    """What a program answers to texts, one line each."""
    argv = [*command, "-C", str(config), "-be"]
    environment = {**os.environ, "EXIMULATE_PROFILE": "debian-12"}
    done = subprocess.run(
        namespace.command(places, argv) if places else argv,
        input="".join(text + "\n" for text in texts).encode("latin-1"),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env=environment,
    )
    return done.stdout.decode("latin-1").split("\n> ")


def both(
    texts: list[str], directory: Path, places: dict[Path, str] | None = None, options: str = ""
) -> tuple[list[str], list[str]]:
    """The answers of the real Exim and of eximulate; ``> `` begins each."""
    assert PROGRAM is not None
    config = directory / "exim.conf"
    config.write_text(options, encoding="utf-8")
    ours = answers([sys.executable, "-m", "expander"], texts, config, places or {})
    return answers([PROGRAM], texts, config, places or {}), ours


def agree(
    texts: list[str], directory: Path, places: dict[Path, str] | None = None, options: str = ""
) -> None:
    real, ours = both(texts, directory, places, options)
    assert len(real) == len(texts) + 1
    assert dict(zip(texts, ours, strict=False)) == dict(zip(texts, real, strict=False))


def needs(place: str) -> None:
    if not namespace.possible(place):
        pytest.skip(f"a namespace with another {place} cannot be made")


def quoted(text: str) -> str:
    return "".join(f"\\{c}" if c in "\\${}" else c for c in text)


COUNTS = {b"": 0, b"_": 99, b"$1$": 0, b"$5$": 1000, b"$6$": 1000, b"$2b$": 4, b"$y$": 1, b"$gy$": 1}
"""The prefixes of the methods of crypt(), with a cost that is small."""


def encrypted() -> Iterator[tuple[str, str]]:
    """Passwords with what they are encrypted to, in every form, and with what they are not."""
    library = ctypes.CDLL(ctypes.util.find_library("crypt") or "libcrypt.so.1")
    library.crypt_gensalt.restype = ctypes.c_char_p
    choose = random.Random(11)
    for size in (0, 8, 9, 17, 100):
        plain = "".join(choose.choice("abXY09 ~\xe9\xff") for _ in range(size))
        data = plain.encode("latin-1")
        for prefix, count in COUNTS.items():
            setting = library.crypt_gensalt(prefix, ctypes.c_ulong(count), choose.randbytes(16), 16)
            made = crypted.system_crypt(plain, setting.decode()) if setting else None
            if made:
                yield from ((plain, text) for text in (made, "{crypt}" + made, "{CRYPT}" + made[:-1] + "."))
        sixteen = crypted.crypt16(plain, "a.")
        yield from ((plain, text) for text in (f"{{crypt16}}{sixteen}", f"{{Crypt16}}{(sixteen or '')[:13]}"))
        for name in ("md5", "sha1"):
            digest = hashlib.new(name, data)
            coded = base64.b64encode(digest.digest()).decode()
            for text in (digest.hexdigest(), digest.hexdigest().upper(), coded, coded.lower(), coded + " "):
                yield plain, f"{{{name}}}{text}"


def test_encrypted_passwords(tmp_path: Path) -> None:
    texts = [f"${{if crypteq{{{quoted(plain)}}}{{{quoted(text)}}}{{y}}{{n}}}}" for plain, text in encrypted()]
    assert len(texts) > 150
    agree(texts, tmp_path)


LISTS = (
    "joe:secret:b:c|joe|joe:|joe::x|joe:a::b| joe : a b |<; joe ; a:b |:x|  |jo::e:x|<, joe,,x,y|joe:   "
    r"|joe: :|joe:<;a;;b;c:d|joe:<;|joe:<x:y|<;joe;<; ;<; a;b|j\xe9:\xff"
).split("|")


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs(SERVICES)
    made = pam_module.build(tmp_path_factory.mktemp("module"))
    if made is None:
        pytest.skip("there is no C compiler")
    return made


@pytest.mark.parametrize(
    ("say", "auth", "acct"),
    [
        *((say, 0, 0) for say in ("nff", "n.f.f", "if.n", "nx.f", "x.nnn", "f.i.f")),
        *(("f", code, 0) for code in (4, 7, 13, -1)),
        *(("f", 0, code) for code in (10, 12)),
    ],
)
def test_pam(module: Path, tmp_path: Path, say: str, auth: int, acct: int) -> None:
    services, out = tmp_path / "services", tmp_path / "out"
    services.mkdir()
    (services / "exim").write_text(
        pam_module.service(module, out, say=say, auth=auth, acct=acct), encoding="utf-8"
    )
    texts = [f"${{if pam{{{text}}}{{y}}{{n}}}}" for text in LISTS]
    agree(texts, tmp_path, {services: SERVICES})
    written = out.read_bytes()
    assert written[: len(written) // 2] == written[len(written) // 2 :]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no service at all\n",
        "auth required pam_permit.so\naccount required pam_permit.so\n",
        "auth required pam_permit.so\n",
        "auth required pam_deny.so\n",
        "auth required pam_permit.so\naccount required pam_deny.so\n",
        "auth required pam_no_such_module.so\n",
    ],
)
def test_services_of_pam(tmp_path: Path, text: str) -> None:
    needs(SERVICES)
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "exim").write_text(text, encoding="utf-8")
    agree(["${if pam{joe:secret}{y}{n}}"], tmp_path, {tmp_path / "services": SERVICES})


def daemon(listener: socket.socket, seen: list[list[bytes]]) -> None:
    """Answers as saslauthd does: with the bytes that the password spells."""
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            with connection.makefile("rb") as stream:
                fields = [stream.read(int.from_bytes(stream.read(2), "big")) for _ in range(4)]
            seen.append(fields)
            connection.sendall(bytes.fromhex(fields[1].decode()))


def test_saslauthd(tmp_path: Path) -> None:
    needs(RUN)
    replies = (
        "00024f4b 00024e4f 00064f4b20796573 00054f4b 00054e4f20 0002 0005 00 - 00014f4b 00034e4f00 00045800 "
        "000458205958 00026f6b 00044f4b0a0a ffff4f4b 0003e9e9e9"
    ).split()
    replies += [size.to_bytes(2, "big").hex() + "58" * size for size in (100, 400)]
    listener = socket.socket(socket.AF_UNIX)
    (tmp_path / "run" / "saslauthd").mkdir(parents=True)
    listener.bind(f"{tmp_path}/run/saslauthd/mux")
    listener.listen()
    seen: list[list[bytes]] = []
    thread = threading.Thread(target=daemon, args=(listener, seen))
    thread.start()
    texts = [f"${{if saslauthd{{{{joe}}{{{reply.strip('-')}}}}}{{y}}{{n}}}}" for reply in replies]
    texts += [
        "${if saslauthd{{}{00024f4b}{smtp}{realm}}{y}{n}}",
        "${if saslauthd{ {a} {00024f4b} {s} }{y}{n}}",
    ]
    try:
        agree(texts, tmp_path, {tmp_path / "run": RUN})
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
    assert len(seen) == 2 * len(texts)
    assert seen[: len(texts)] == seen[len(texts) :]


def test_ldapauth_and_the_results_of_a_server(tmp_path: Path) -> None:
    codes = (0, 1, 2, 10, 14, 32, 34, 48, 49, 50, 53, 80, 101, 123)
    with DirectoryServer(lambda _user, password: int(password)) as server:
        url = f"ldap://127.0.0.1:{server.port}/"
        texts = [f"${{if ldapauth{{user=cn=u%4{n % 10}{n} pass={n} {url}}}{{y}}{{n}}}}" for n in codes]
        texts += [
            f'${{if ldapauth{{user="{user}" pass=49 {url}}}{{y}}{{n}}}}' for user in ("", "a%zz%4%", r"\xe9")
        ]
        texts += [
            f'${{if ldapauth{{user=x pass=0 servers="<;127.0.0.1:1;127.0.0.1:{server.port}" ldap:///}}{{y}}{{n}}}}'
        ]
        agree(texts, tmp_path)
        agree(texts[:1], tmp_path, options="ldap_start_tls\n")
        agree(texts[:1], tmp_path, options="ldap_version = 2\n")
    assert len(server.seen) == 2 * len(texts) + 2
    assert server.seen[: len(texts)] == server.seen[len(texts) : 2 * len(texts)]


@contextmanager
def slapd(directory: Path) -> Iterator[str]:
    """OpenLDAP's server with one person, on a socket: the path."""
    program = next((p for p in ("/usr/sbin/slapd", "/usr/lib/openldap/slapd") if os.access(p, os.X_OK)), None)
    if program is None or not LDAP_SCHEMA.exists():
        pytest.skip("slapd is not installed")
    (directory / "data").mkdir()
    config, path = directory / "slapd.conf", f"{directory}/ldapi"
    config.write_text(
        f"include {LDAP_SCHEMA}\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\npidfile {directory}/pid\n"
        'database mdb\nsuffix "dc=test"\nrootdn "cn=joe,dc=test"\nrootpw "se cret"\n'
        f"directory {directory}/data\n",
        encoding="utf-8",
    )
    place = "ldapi://" + path.replace("/", "%2F")
    process = subprocess.Popen(
        [program, "-f", str(config), "-h", place, "-d", "0"], stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(100):
            if Path(path).exists():
                break
            time.sleep(0.05)
        yield path
    finally:
        process.terminate()
        process.wait(20)


def test_ldapauth_and_openldap(tmp_path: Path) -> None:
    with slapd(tmp_path) as path:
        url = "ldapi://" + path.replace("/", "%2F") + "/"
        texts = [
            f"${{if ldapauth{{{settings} {url}}}{{y}}{{n}}}}"
            for settings in (
                'user="cn=joe,dc=test" pass="se cret"',
                'USER=CN=Joe,DC=Test Pass="se\\\\x20cret"',
                "user=cn%3Djoe%2cdc=test pass=wrong",
                'user=cn=bob,dc=test pass="se cret"',
                "user=cn=joe,dc=test pass=",
                "user= pass=x",
                "user=gibberish pass=x",
                "user=cn=joe,dc=elsewhere pass=x",
            )
        ]
        agree(texts, tmp_path)
