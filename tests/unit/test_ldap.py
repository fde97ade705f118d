"""The lookups ldap, ldapdn, ldapm and ldapauth, with a server that says what it is told to."""

from __future__ import annotations

import ctypes
import random
import sys
from collections.abc import Callable

import pytest

from directory_server import DONE, DirectoryServer, element, entry, reply
from drivers.api.errors import Deferred, Failed, LimitReached, Refused, Unsupported
from drivers.api.limits import Limits
from drivers.values import ldap_client, ldap_filter
from expander.api import Expander
from expander.config.profile import PROFILES
from expander.world.memory import MemoryWorld
from expander.world.real import RealWorld
from expander.world.sandbox import SandboxWorld

Search = Callable[[bytes, bytes], bytes | None]


def expander(world: object | None = None, profile: str = "debian-12", **options: object) -> Expander:
    made = Expander(profile=PROFILES[profile], world=world or RealWorld())  # type: ignore[arg-type]
    made.context.options = {**made.context.options, **options}
    return made


def judge(_user: bytes, password: bytes) -> int:
    return 49 if password == b"wrong" else 0


def serving(search: Search) -> DirectoryServer:
    return DirectoryServer(judge, search=search)


def people(number: bytes, base: bytes) -> bytes:
    """Alice, and Bob as well if the base asks for all."""
    found = entry(number, b"uid=alice", mail=[b"a@example.org", b"al,ice"], cn=[b'say "hi"\\\n'])
    if base == b"all":
        found += entry(number, b"uid=bob", mail=[b"b@example.org"])
    return found + reply(number, DONE, 32 if base == b"nowhere" else 0)


def test_forms_of_what_is_found() -> None:
    with serving(people) as server:
        made, url = expander(), f"ldap://127.0.0.1:{server.port}"
        for text, value in {
            f"ldap{{{url}/x?mail}}": 'a@example.org,al,,ice,say "hi"\\\n',
            f"ldap{{{url}/x}}": 'mail="a@example.org,al,,ice" cn="say \\"hi\\"\\\\\\n"',
            f"ldapdn{{{url}/x?mail}}": "uid=alice",
            f"ldapm{{{url}/all?mail}}": 'a@example.org,al,,ice,say "hi"\\\n\nb@example.org',
            f"ldap{{{url}/nowhere?mail}}": "",
            f"ldap,cache=no_rd{{user=x pass=y {url}/nowhere?mail}}{{yes}}{{no}}": "no",
        }.items():
            assert (text, made.expand(f"${{lookup {text}}}")) == (text, value)
        assert made.expand("$ldap_dn") == "uid=alice"
        with pytest.raises(Deferred, match=r"more than one entry \(2\) was returned"):
            made.expand(f"${{lookup ldap{{{url}/all?mail}}}}")
        assert made.expand("$ldap_dn") == "uid=bob"
    assert server.connections == 1


def test_lists_look_people_up() -> None:
    with serving(people) as server:
        context = expander(ldap_default_servers=f"127.0.0.1::{server.port}").context
        assert context.match_list("domain", "x", "<+ a.b + ldapdn;ldap:///x") == "uid=alice"
        assert context.match_list("domain", "x", "<+ a.b + ldap;ldap:///nowhere") is None
        with pytest.raises(Failed, match=r"unable to complete match .*more than one entry"):
            context.match_list("domain", "x", "<+ ldap;ldap:///all + x")


def test_a_password_is_tried_by_a_lookup() -> None:
    with serving(people) as server:
        made, url = expander(profile="4.99"), f"ldap://127.0.0.1:{server.port}/"
        for password in ("right", "wrong"):
            text = f"${{lookup ldapauth{{user=a pass={password} {url}}}{{yes}}{{no}}}}"
            assert made.expand(text) == "no"
        with pytest.raises(Deferred, match="must specify the username and password"):
            made.expand(f"${{lookup ldapauth{{{url}}}}}")
    assert server.seen == [(3, b"a", b"right"), (3, b"a", b"wrong")]


def deferral(made: Expander, query: str) -> str:
    with pytest.raises(Deferred) as caught:
        made.context.look_up("ldap", query, None)
    return caught.value.message


def test_servers_are_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ldap_client, "LONGEST_WAIT", 1)
    with serving(lambda _number, _base: b"") as server:
        assert deferral(expander(), f"ldap://127.0.0.1:{server.port}/") == "ldap_result timed out"


def test_referrals_come_to_an_end() -> None:
    asked: list[bytes] = []
    place = [0]

    def elsewhere(number: bytes, base: bytes) -> bytes:
        asked.append(base)
        return reply(number, DONE, 10, referrals=[f"ldap://127.0.0.1:{place[0]}/{len(asked)}".encode()])

    with serving(elsewhere) as server:
        place[0] = server.port
        made, url = expander(), f"ldap://127.0.0.1:{server.port}/0"
        assert deferral(made, url) == "ldap_result timed out"
        assert asked == [b"0", b"1", b"2", b"3", b"4", b"5"]
        assert deferral(made, f"referrals=nofollow {url}") == "LDAP search failed - error 10: Referral"


@pytest.mark.parametrize(
    "sent",
    [
        element(0x30, b"\x02\x01"),
        element(0x30, b""),
        element(0x30, element(2, b"\x7f\xff")),
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x80\x00\x00",
    ],
)
def test_what_is_no_message(sent: bytes) -> None:
    with serving(lambda _number, _base: sent) as server:
        message = deferral(expander(), f"connect=1 ldap://127.0.0.1:{server.port}/")
    assert message in {"ldap_result failed: -1, Can't contact LDAP server", "ldap_result timed out"}


@pytest.mark.parametrize(
    "content", [b"", b"\x04", element(4, b"x"), element(4, b"x") + element(0x30, b"\x30\x05")]
)
def test_entries_that_are_cut_off(content: bytes) -> None:
    def cut(number: bytes, _base: bytes) -> bytes:
        return element(0x30, element(2, number) + element(0x64, content)) + reply(number, DONE, 0)

    with serving(cut) as server:
        message = deferral(expander(), f"connect=1 ldap://127.0.0.1:{server.port}/")
    assert message == "ldap_result failed: -1, Can't contact LDAP server"


def test_entries_without_end_meet_the_limits() -> None:
    with serving(lambda number, _base: entry(number, b"x", mail=[b"y"]) * 2000) as server:
        made = expander()
        made.context.limits = Limits(steps=500)
        made.context.steps_left = 500
        with pytest.raises(LimitReached):
            made.context.look_up("ldapm", f"ldap://127.0.0.1:{server.port}/", None)


def test_the_sandbox_refuses_connections() -> None:
    with pytest.raises(Refused, match=r'connecting to "127\.0\.0\.1:1" refused'):
        expander(SandboxWorld(RealWorld())).expand("${lookup ldap{ldap://127.0.0.1:1/}}")
    with pytest.raises(Refused, match='connecting to "/ldap" refused'):
        expander(SandboxWorld(RealWorld())).expand("${lookup ldap{ldapi://%2Fldap/}}")
    with serving(people) as server:
        allowed = expander(SandboxWorld(RealWorld(), ["net"]))
        assert allowed.expand(f"${{lookup ldapdn{{ldap://127.0.0.1:{server.port}/x}}}}") == "uid=alice"


def test_a_world_of_its_own_has_no_servers() -> None:
    message = deferral(expander(MemoryWorld()), "ldap://localhost/")
    assert message == "failed to bind the LDAP connection to server localhost:389 - ldap_bind() returned -1"


def test_without_the_package_it_is_not_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ldap3", None)
    ldap_client.library.cache_clear()
    with pytest.raises(Unsupported, match=r'needs the Python package "ldap3" \(extra "ldap"'):
        expander().expand("${lookup ldap{ldap://127.0.0.1:1/}}")
    ldap_client.library.cache_clear()


class Value(ctypes.Structure):
    _fields_ = (("size", ctypes.c_ulong), ("data", ctypes.c_void_p))


PIECES = [
    *r"( ) ( ) (& (| (! = * \ \2a \28 \zz \* \( \\ a cn uid;x ; 1.2 . - _ : :dn :dn: := ~= >= <= ~".split(),
    *"< > x=y (a=b) (x=*y*z) (cn:2.4:=z) \xe9 & | !".split(),
    " ",
]


def some_filter(choose: random.Random, depth: int = 0) -> str:
    """A text that is a filter, or nearly one."""
    kind = choose.random()
    if kind < 0.25:
        return "".join(choose.choice(PIECES) for _ in range(choose.randint(0, 8)))
    if kind < 0.5 and depth < 3:
        parts = (some_filter(choose, depth + 1) for _ in range(choose.randint(0, 3)))
        return f"({choose.choice('&|! ')}{''.join(parts)})"
    if kind < 0.6:
        rule = choose.choice(["", ":dn", ":DN", ":x", ":1.2", ":dn:x", ":dn:dn", ":x:y", ":dn:", ":", "::"])
        return f"({choose.choice(['cn', '', '1.2', 'a;b', 'a.b', '1.', 'a;'])}{rule}:=x)"
    values = ["a", "*", "\\2a", "\\*", "**", " ", "\\", "\\\\", "=", "b"]
    value = "".join(choose.choice(values) for _ in range(choose.randint(0, 4)))
    name, mark = choose.choice(["cn", "uid", "o;x", "", " cn", "cn "]), choose.choice(["=", "~=", ">=", "<="])
    return f"({name}{mark}{value}{choose.choice([')', ')', ')', '', ' )'])}"


def test_filters_are_encoded_as_the_library_encodes_them() -> None:
    try:
        ldap, ber = ctypes.CDLL("libldap-2.5.so.0"), ctypes.CDLL("liblber-2.5.so.0")
    except OSError:
        pytest.skip("the client library of OpenLDAP (2.5) is not installed")
    ber.ber_alloc_t.restype = ctypes.c_void_p
    choose = random.Random(11)
    good = 0
    for _ in range(20_000):
        text = some_filter(choose)
        made = ctypes.c_void_p(ber.ber_alloc_t(1))
        expected = None
        if ldap.ldap_pvt_put_filter(made, text.encode("latin-1")) == 0:
            flat = ctypes.POINTER(Value)()
            assert ber.ber_flatten(made, ctypes.byref(flat)) == 0
            expected = ctypes.string_at(flat.contents.data, flat.contents.size)
            ber.ber_bvfree(flat)
        ber.ber_free(made, 1)
        try:
            ours = ldap_filter.encoded(text)
        except ldap_filter.FilterError:
            ours = None
        assert (text, ours) == (text, expected)
        good += bool(expected)
    assert good > 2000


def test_filters_nest_as_deep_as_is_sensible() -> None:
    deep = "(!" * ldap_filter.DEEPEST + "(a=b)" + ")" * ldap_filter.DEEPEST
    assert ldap_filter.encoded(deep).endswith(b"\x04\x01a\x04\x01b")
    with pytest.raises(ldap_filter.FilterError):
        ldap_filter.encoded(f"(!{deep})")
    with pytest.raises(ldap_filter.FilterError):
        ldap_filter.encoded("(" * 200_000)
