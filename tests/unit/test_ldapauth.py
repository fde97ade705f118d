"""The condition ldapauth, and a server that answers it."""

from __future__ import annotations

import ctypes
import datetime as dt
import random
import ssl
import sys
from pathlib import Path
from typing import Any

import pytest

from directory_server import DirectoryServer
from drivers.api.errors import Failed, Refused, Unsupported
from drivers.values import ldap_client, ldap_query, ldap_result, ldap_url
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld


def expander(world: object | None = None, **options: object) -> Expander:
    made = Expander(profile=PROFILES["debian-12"], world=world or RealWorld())  # type: ignore[arg-type]
    made.context.options = {**made.context.options, **options}
    return made


def ask(query: str, **options: object) -> str:
    return expander(**options).expand(f"${{if ldapauth{{{query}}}{{y}}{{n}}}}")


def failure(query: str, **options: object) -> str:
    with pytest.raises(Failed) as caught:
        ask(query, **options)
    return caught.value.message


def judge(user: bytes, password: bytes) -> int | bytes | None:
    if password.startswith(b"code"):
        return int(password[4:])
    if password == b"close":
        return None
    if password == b"garbage":
        return b"HTTP/1.0 400 Bad Request\r\n\r\n"
    return 0 if (user, password) == (b"cn=joe", b"se cret") else ldap_result.INVALID_CREDENTIALS


def test_the_server_says_yes_or_no() -> None:
    with DirectoryServer(judge) as server:
        url = f"ldap://127.0.0.1:{server.port}/"
        assert ask(f'user="cn=joe" pass="se cret" {url}') == "y"
        assert ask(f"user=cn%3Djoe pass=wrong {url}") == "n"
        assert ask(f"user= pass=x {url}") == "n"
        assert ask(f"user=\\xe9 pass=\\xff {url}") == "n"
        assert ask(f"user=cn=joe pass= {url}") == "n"
    assert server.seen == [
        (3, b"cn=joe", b"se cret"),
        (3, b"cn=joe", b"wrong"),
        (3, b"", b"x"),
        (3, b"\xe9", b"\xff"),
    ]


def test_the_version_is_an_option() -> None:
    with DirectoryServer(judge) as server:
        ask(f"user=x pass=y ldap://127.0.0.1:{server.port}/", ldap_version=2)
    assert server.seen == [(2, b"x", b"y")]


@pytest.mark.parametrize("code", [1, 2, 10, 14, 32, 34, 48, 53, 80, 101, 123])
def test_other_results_fail_with_the_words_of_the_library(code: int) -> None:
    with DirectoryServer(judge) as server:
        port = server.port
        message = failure(f"user=x pass=code{code} ldap://127.0.0.1:{port}/")
    where = f"failed to bind the LDAP connection to server 127.0.0.1:{port}"
    assert message == f"{where} - LDAP error {code}: {ldap_result.words(code)}"


@pytest.mark.parametrize("how", ["close", "garbage"])
def test_an_answer_that_is_none(how: str) -> None:
    with DirectoryServer(judge) as server:
        message = failure(f"user=x pass={how} connect=1 ldap://127.0.0.1:{server.port}/")
    assert " - LDAP error: " in message


def test_a_server_that_is_silent() -> None:
    with DirectoryServer(lambda _user, _password: b"") as server:
        message = failure(f"user=x pass=y connect=1 ldap://127.0.0.1:{server.port}/")
    assert message.endswith(" - LDAP error: timeout")


def test_a_socket_of_the_machine(tmp_path: Path) -> None:
    path = f"{tmp_path}/ldapi"
    with DirectoryServer(judge, path=path):
        assert ask(f'user=cn=joe pass="se cret" ldapi://{path.replace("/", "%2F")}/') == "y"
        assert ask(f'user=cn=joe pass="se cret" servers={path} ldap:///') == "y"


def test_servers_are_tried_in_order_until_one_answers() -> None:
    with DirectoryServer(judge) as server:
        servers = f"<; 127.0.0.1:1 ; 127.0.0.1:{server.port} ; 127.0.0.1:2"
        assert ask('user=cn=joe pass="se cret" ldap:///', ldap_default_servers=servers) == "y"
        assert ask("user=cn=joe pass=wrong ldap:///", ldap_default_servers=servers) == "n"
        last = failure("user=cn=joe pass=code53 ldap:///", ldap_default_servers=servers)
    assert last == "failed to bind the LDAP connection to server 127.0.0.1:2 - ldap_bind() returned -1"
    assert len(server.seen) == 3


def certificate(folder: Path) -> tuple[str, ssl.SSLContext]:
    """The path of a certificate that signs itself for localhost, and the context of a server with it."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    (folder / "key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, secret))
    (folder / "cert").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert", folder / "key")
    return str(folder / "cert"), context


@pytest.mark.parametrize("wrapped", [False, True])
def test_tls_verifies_the_server(tmp_path: Path, wrapped: bool) -> None:
    path, context = certificate(tmp_path)
    scheme = "ldaps" if wrapped else "ldap"
    with DirectoryServer(judge, tls=context, wrapped=wrapped) as server:
        port, options = server.port, {"ldap_start_tls": not wrapped}
        query = f'user=cn=joe pass="se cret" {scheme}://localhost:{port}/'
        assert ask(query, ldap_ca_cert_file=path, **options) == "y"
        assert ask(query, ldap_require_cert="never", **options) == "y"
        message = failure(query, **options)
        other = failure(query.replace("localhost", "127.0.0.1"), ldap_ca_cert_file=path, **options)
    if wrapped:
        assert message.endswith(f"localhost:{port} - ldap_bind() returned -1")
    else:
        assert message.endswith(" - ldap_start_tls_s() returned -11: Connect error")
    assert other.replace("127.0.0.1", "localhost") == message
    assert [user for _, user, _ in server.seen] == [b"cn=joe"] * 2


def test_a_server_that_does_not_start_tls() -> None:
    with DirectoryServer(judge) as server:
        message = failure(f"user=x pass=y ldap://127.0.0.1:{server.port}/", ldap_start_tls=True)
    assert message.startswith("failed to initiate TLS processing on an LDAP session to server 127.0.0.1:")
    assert message.endswith(" - ldap_start_tls_s() returned 2: Protocol error")


def test_the_sandbox_refuses_connections() -> None:
    made = expander(SandboxWorld(RealWorld()))
    with pytest.raises(Refused, match=r'connecting to "127\.0\.0\.1:1" refused'):
        made.expand('${if ldapauth{user=x pass=y servers="<; 127.0.0.1:1;127.0.0.1:2" ldap:///}{y}{n}}')
    assert made.expand("${if ldapauth{user=x pass= ldap://127.0.0.1/}{y}{n}}") == "n"


def test_a_world_of_its_own_has_no_servers() -> None:
    with pytest.raises(Failed, match=r"localhost:389 - ldap_bind\(\) returned -1"):
        expander(MemoryWorld()).expand("${if ldapauth{user=x pass=y ldap://localhost/}{y}{n}}")


def test_without_the_package_it_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ldap3", None)
    ldap_client.library.cache_clear()
    with pytest.raises(Unsupported, match=r'needs the Python package "ldap3" \(extra "ldap"'):
        ask("user=x pass=y ldap://127.0.0.1:1/")
    assert failure("user=x pass=y ldapx:").startswith("LDAP URL does not start")


def test_settings_have_values_of_their_own() -> None:
    query = ldap_query.parse(
        'size=5x time=-1 CONNECT=3 nettime=7 dereference=always referrals=NoFollow user="a%41%zz" ldap:'
    )
    assert (query.size, query.time, query.timeout, query.referrals) == (5, -1, 7, False)
    assert (query.user, query.dereference, query.url) == ("aA%zz", "always", "ldap:")


class UrlDescription(ctypes.Structure):
    _fields_ = (
        ("next", ctypes.c_void_p),
        ("scheme", ctypes.c_char_p),
        ("host", ctypes.c_char_p),
        ("port", ctypes.c_int),
        ("name", ctypes.c_char_p),
        ("attributes", ctypes.POINTER(ctypes.c_char_p)),
        ("scope", ctypes.c_int),
        ("filter", ctypes.c_char_p),
    )


def held(value: bytes | None) -> str:
    return (value or b"").decode("latin-1")


def texts(values: Any) -> tuple[str, ...]:
    """The texts of an array that a null pointer ends."""
    found = []
    while values and values[len(found)] is not None:
        found.append(held(values[len(found)]))
    return tuple(found)


def openldap() -> Any:
    for name in ("libldap-2.5.so.0", "libldap.so.2", "libldap-2.4.so.2"):
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    pytest.skip("the client library of OpenLDAP is not installed")


def test_urls_are_read_as_the_library_reads_them() -> None:
    library = openldap()
    pieces = (
        "a b.c / ? : [ ] ::1 389 %20 %41 %00 %3a x sub base one default Children ?? (x=y) ! foo=bar "
        ", %2c * -1 +5 = @ 99999999999"
    )
    beginnings = "ldap:// LDAPS:// ldapi:// ldap:///a? ldap://h/a?b?sub?".split()
    choose = random.Random(7)
    for _ in range(20_000):
        count = choose.randint(0, 9)
        url = choose.choice(beginnings) + "".join(choose.choice(pieces.split()) for _ in range(count))
        found = ctypes.POINTER(UrlDescription)()
        expected: object = library.ldap_url_parse(url.encode("latin-1"), ctypes.byref(found))
        if expected == 0:
            read = found.contents
            search = (held(read.name), texts(read.attributes), read.scope, held(read.filter))
            expected = (held(read.scheme), held(read.host), read.port, *search)
            library.ldap_free_urldesc(found)
        try:
            made = ldap_url.parse(url)
            port = made.port or ldap_url.PORTS[made.scheme]
            search = (made.base, made.attributes, made.scope or 0, made.filter)
            ours: object = (made.scheme, made.host, port, *search)
        except ldap_url.UrlError as error:
            ours = error.code
        assert (url, ours) == (url, expected)


def test_results_have_the_words_of_the_library() -> None:
    library = openldap()
    library.ldap_err2string.restype = ctypes.c_char_p
    for code in (-11, -1, *range(128), 4096, 4097):
        assert ldap_result.words(code) == library.ldap_err2string(code).decode()
