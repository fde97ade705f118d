"""Routers, the variables that they show, lists of addresses, and verification, in a world of its own."""

from __future__ import annotations

import pytest

from drivers.api.routing import DEFER, FAIL, OK, Address, Host
from drivers.api.text import Tainted
from drivers.routers import forward_list, hostlist
from expander.api import Expander
from expander.config.load import load
from expander.config.profile import chosen
from expander.routing import affixes
from expander.routing.engine import Tried
from expander.routing.splitting import unquoted
from expander.routing.tree import Shown
from expander.routing.verify import PLAINLY, Verification, Verified, VerifyOptions, verify_address
from expander.world.account import Account
from expander.world.memory import EXIM, ROOT, MemoryWorld

HEAD = """\
primary_hostname = mail.example.test
qualify_domain = example.test
percent_hack_domains = hack.test
begin routers
"""
TRANSPORTS = """\
begin transports
local:
  driver = appendfile
  file = /dev/null
smtp:
  driver = smtp
pipe:
  driver = pipe
"""
ZONES = {
    "example.org": (
        "example.org. MX 10 mx1\n MX 20 mx2\nmx1 A 192.0.2.1\nmx2 A 192.0.2.2\nmx2 AAAA 2001:db8::2\n"
        "plain A 192.0.2.9\nnull MX 0 .\ngone MX 5 nowhere\nself MX 1 mx1\nself MX 5 own\n"
        "own A 198.51.100.5\nfirst MX 1 own\n"
    )
}


def expander(routers: str, **files: str) -> Expander:
    world = MemoryWorld(
        files={"/conf": HEAD + routers + TRANSPORTS, **{f"/{name}": text for name, text in files.items()}},
        users=[ROOT, EXIM, Account("ann", 1001, 1001, "Ann", "/home/ann")],
        zones=ZONES,
        addresses=["198.51.100.5"],
    )
    profile = chosen("debian-12")
    return Expander(
        config=load("/conf", profile=profile, world=world, macros={}), profile=profile, world=world
    )


def shown(routers: str, *addresses: str, **files: str) -> str:
    """What ``-bt`` shows."""
    out: list[str] = []
    context = expander(routers, **files).context
    tree = Shown(out.append)
    for address in addresses:
        verification = Verification(
            context,
            is_recipient=True,
            options=VerifyOptions(qualifies=True),
            say=out.append,
            full=True,
            purpose="",
            is_test=True,
        )
        verification.verify(Tainted(address))
        tree.show(verification)
    return "".join(out)


def verified(
    routers: str, address: str, *, recipient: bool = True, options: VerifyOptions = PLAINLY
) -> Verified:
    context = expander(routers).context
    before = dict(context.facts)
    found = verify_address(context, address, is_recipient=recipient, options=options)
    if recipient:
        assert context.facts == before
    return found


ACCEPT = "last:\n  driver = accept\n  transport = local\n"


def test_children_come_in_their_order_and_duplicates_are_marked() -> None:
    routers = "a:\n  driver = redirect\n  local_parts = list\n  data = bob, ann, BOB, bob\n" + ACCEPT
    assert shown(routers, "list", "ann@example.test") == (
        "bob@example.test\n    <-- list@example.test\n  router = last, transport = local\n"
        "BOB@example.test\n    <-- list@example.test\n  router = last, transport = local\n"
        "ann@example.test\n    <-- list@example.test\n  router = last, transport = local\n"
        "bob@example.test   [duplicate, would not be delivered]\n    <-- list@example.test\n"
        "  router = last, transport = local\n"
        "ann@example.test   [duplicate, would not be delivered]\n  router = last, transport = local\n"
    )


def test_an_unqualified_address_is_no_duplicate_of_the_qualified_one() -> None:
    text = "  router = last, transport = local\n"
    assert shown(ACCEPT, "ann", "ann@example.test") == f"ann@example.test\n{text}ann@example.test\n{text}"


def test_the_percent_sign_stands_for_another_domain() -> None:
    assert shown(ACCEPT, "a%b%c.test@hack.test").splitlines()[:2] == [
        "a%b@c.test",
        "    <-- a%b%c.test@hack.test",
    ]


@pytest.mark.parametrize(
    ("options", "address", "seen"),
    [
        ("local_part_prefix = x-", "x-ann@b.test", "ann|x-||||x-ann|"),
        ("local_part_prefix = *-", "a-b-ann@b.test", "ann|a-b-|a-b|||a-b-ann|"),
        ("local_part_suffix = +*", "ann+x+y@b.test", "ann|||+x+y|x+y|ann+x+y|"),
        ("local_parts = ^a(.*)", "ann@b.test", "ann|||||ann|^a(.*)"),
        ("check_local_user", "Ann@b.test", "ann|||||ann|ann"),
        ("caseful_local_part\n  local_parts = Ann", "Ann@b.test", "Ann|||||Ann|Ann"),
    ],
)
def test_expansions_see_the_parts_of_the_address(options: str, address: str, seen: str) -> None:
    told = "$local_part|$local_part_prefix|$local_part_prefix_v|$local_part_suffix|$local_part_suffix_v"
    data = f"{told}|$original_local_part|$local_part_data"
    routers = f"a:\n  driver = accept\n  {options}\n  address_data = {data}\n  transport = local\n"
    assert verified(routers, address).address_data == seen


def test_a_child_knows_its_parents() -> None:
    routers = (
        "a:\n  driver = redirect\n  local_parts = one\n  data = two@b.test\n  address_data = first\n"
        "  set = r_x = 1\n"
        "b:\n  driver = redirect\n  local_parts = two\n  data = three@c.test\n"
        "c:\n  driver = accept\n  transport = local\n"
        "  address_data = $address_data $r_x $parent_local_part@$parent_domain "
        "$original_local_part@$original_domain\n"
    )
    assert verified(routers, "one@a.test").address_data == "first 1 two@b.test one@a.test"


@pytest.mark.parametrize(
    ("option", "outcome", "message"),
    [
        ("no_verify", FAIL, "Unrouteable address"),
        ("no_verify\n  cannot_route_message = no $local_part", FAIL, "no ann"),
        ("fail_verify_recipient", FAIL, "a router forced verify failure"),
        (
            "address_data = ${bogus}",
            DEFER,
            'expansion of "${bogus}" failed in a router: unknown variable in "${bogus}"',
        ),
        ("transport = none", DEFER, 'transport "none" not found in a router'),
        ("domains = +none", DEFER, "domains check lookup or other defer"),
        ("senders = x@y.test", FAIL, "Unrouteable address"),
        ("fail_verify_sender", OK, ""),
        ("no_address_test", OK, ""),
    ],
)
def test_verification_says_how_it_ended(option: str, outcome: str, message: str) -> None:
    transport = "" if "transport" in option else "  transport = local\n"
    found = verified(f"a:\n  driver = accept\n  {option}\n{transport}", "ann@b.test")
    assert (found.outcome, found.message, found.failure) == (
        outcome,
        message,
        "" if outcome == OK else "route",
    )


def test_an_address_without_a_domain_fails_unless_it_may_get_one() -> None:
    assert verified(ACCEPT, "ann").failure == "qualify"
    found = verified(ACCEPT, "ann", options=VerifyOptions(qualifies=True))
    assert (found.outcome, found.address) == (OK, "ann@example.test")


def test_the_sender_is_nobody_while_it_is_verified() -> None:
    routers = "a:\n  driver = accept\n  address_data = [$sender_address]\n  transport = local\n"
    assert verified(routers, "ann@b.test", recipient=False).address_data == "[]"


def test_a_callout_has_the_last_word() -> None:
    def callout(address: Address) -> str:
        address.message = f"asked {address.hosts[0].address}"
        return FAIL

    routers = "a:\n  driver = manualroute\n  route_list = * 192.0.2.1\n  transport = smtp\n"
    found = verified(routers, "ann@b.test", options=VerifyOptions(callout=callout))
    assert (found.outcome, found.reason, found.failed_routing) == (FAIL, "asked 192.0.2.1", False)


DNS = (
    "a:\n  driver = dnslookup\n  self = pass\n  transport = smtp\n  cannot_route_message = nothing\n" + ACCEPT
)


@pytest.mark.parametrize(
    ("domain", "lines"),
    [
        (
            "example.org",
            [
                "  host mx1.example.org [192.0.2.1]   MX=10",
                "  host mx2.example.org [2001:db8::2] MX=20",
                "  host mx2.example.org [192.0.2.2]   MX=20",
            ],
        ),
        ("plain.example.org", ["  host plain.example.org [192.0.2.9]"]),
        ("self.example.org", ["  host mx1.example.org [192.0.2.1] MX=1"]),
    ],
)
def test_hosts_are_looked_up(domain: str, lines: list[str]) -> None:
    assert shown(DNS, f"u@{domain}").splitlines()[2:] == lines


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ("null.example.org", "an MX or SRV record indicated no SMTP service"),
        ("gone.example.org", "all relevant MX records point to non-existent hosts"),
        ("none.example.org", "nothing"),
    ],
)
def test_domains_without_hosts(domain: str, message: str) -> None:
    routers = DNS.replace("self = pass", "self = pass\n  no_more").replace(ACCEPT, "")
    assert verified(routers, f"u@{domain}").message == message


def test_this_host_passes_on() -> None:
    routers = DNS.replace(
        ACCEPT, "b:\n  driver = accept\n  address_data = <$self_hostname>\n  transport = local\n"
    )
    assert verified(routers, "u@first.example.org").address_data == "<own.example.org>"


def test_watchers_are_told_what_stopped_a_router() -> None:
    told: list[Tried] = []
    context = expander("a:\n  driver = accept\n  domains = x.test\n  transport = local\n" + ACCEPT).context
    Verification(context, is_recipient=True, watch=lambda _address, tried: told.append(tried)).verify(
        "u@y.test"
    )
    assert [(t.router, t.stopped_by, t.value, t.outcome) for t in told] == [
        ("a", "domains", "x.test", ""),
        ("last", "", "", OK),
    ]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a, b\nc # d\n", None),
        ("a,b\n#c\n , d", ["a@q", "b@q", "d@q"]),
        ('"|x \\"y, z\\"", /tmp/x, \\me', ['|x "y, z"', "/tmp/x", "me@d"]),
        ("(only a comment), :unknown:", []),
        (":include:/inc, z", ["i@q", "z@q"]),
        ("/x=1/y=2/@gate", ["/x=1/y=2/@gate"]),
        ("A <a@b>, <c@d>", ["a@b", "c@d"]),
    ],
)
def test_lists_of_addresses(text: str, items: list[str] | None) -> None:
    world = MemoryWorld(files={"/inc": "# included\ni\n"})
    rights = forward_list.Rights(frozenset({"include"}), domain="d")
    reader = forward_list.Reader(rights, world.files, lambda a: a if "@" in a else f"{a}@q")
    if items is None:
        with pytest.raises(forward_list.ListError):
            reader.read(text)
    else:
        assert [item.text for item in reader.read(text).items] == items


def test_ports_stand_behind_names() -> None:
    for name, expected in (
        ("a:25", ("a", 25)),
        ("[::1]:26", ("::1", 26)),
        ("::1", ("::1", None)),
        ("a", ("a", None)),
    ):
        host = Host(name)
        hostlist.split_port(host)
        assert (host.name, host.port) == expected


def test_quotes_go_from_local_parts() -> None:
    assert unquoted('"a \\"b".c\\@d') == 'a "b.c@d'


def test_affixes() -> None:
    assert affixes.prefix_length("real-ann", "x- : REAL-") == (5, 0)
    assert affixes.suffix_length("ann", "ann") == (0, 0)
