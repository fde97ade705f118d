"""ARC: chains of seals in sessions, made by us and by dkimpy, whole and broken."""

from __future__ import annotations

from collections.abc import Callable

import dkim
import pytest

from drivers.values import arcsign, dkimkeys
from drivers.values.arcsign import Sealing
from receiving import received
from signed import MESSAGE, key, pem, public, sign, zone

ZONES = {
    f"h{at}.test": zone({"s": f"v=DKIM1; p={public(kind)}"})
    for at, kind in enumerate(("rsa", "rsa", "rsa2048"))
} | {"d.test": zone({"s1": f"v=DKIM1; p={public('rsa')}"})}
DATA = "acl_smtp_data = received"
SHOW = (
    "  warn logwrite = $arc_state <$arc_state_reason> $arc_domains $arc_oldest_pass\n"
    "  warn logwrite = ${authresults{mx.test}}\n"
)
VERIFY = "  warn verify = arc/none:fail:pass\n" + SHOW


def sealed(message: bytes, at: int, outcome: str, kind: str = "rsa", **times: int) -> bytes:
    """The message passed on by one more host: its results, then its seal."""
    results = f"Authentication-Results: h{at}.test; arc={outcome}\n".encode()
    message = results + message
    text = message.replace(b"\n", b"\r\n")
    head, _, body = text.partition(b"\r\n\r\n")
    lines = [line + b"\r\n" for line in _unfolded(head)]
    how = Sealing(
        f"h{at}.test", "s", dkimkeys.private_key(pem(kind)), times.get("created"), times.get("expires")
    )
    return b"".join(arcsign.seal(lines, body, how)).replace(b"\r\n", b"\n") + message


def _unfolded(head: bytes) -> list[bytes]:
    lines: list[bytes] = []
    for line in head.split(b"\r\n"):
        if line[:1] in {b" ", b"\t"}:
            lines[-1] += b"\r\n" + line
        else:
            lines.append(line)
    return lines


def chain(count: int = 3) -> bytes:
    """A message that so many hosts have sealed."""
    message = sign()
    for at in range(count):
        number = at % 3
        message = sealed(message, number, "pass" if at else "none", "rsa2048" if number == 2 else "rsa")
    return message


def outcome(message: bytes, profile: str = "4.99") -> tuple[str, str]:
    """What the ACL sees of the chain, and what the results tell of it."""
    _, log = received(message, main=DATA, data_acl=VERIFY, profile=profile, records=ZONES)
    results = next((line for line in log if line.startswith("Authentication-Results")), "")
    state = next(line for line in log if line.startswith(("none", "pass", "fail")))
    return state, results.partition("arc=")[2].partition(";")[0]


def test_three_good_sets() -> None:
    assert outcome(chain()) == (
        "pass <> h0.test:h1.test:h2.test 1",
        "pass (i=3) header.s=s arc.oldest-pass=1 smtp.remote-ip=192.0.2.1",
    )


def test_no_chain() -> None:
    assert outcome(sign()) == ("none <>  0", "none")


def _without(message: bytes, name: bytes, instance: int) -> bytes:
    start = message.index(name + b": i=%d;" % instance)
    end = message.index(b"\n", start)
    while message[end + 1 : end + 2] in {b" ", b"\t"}:
        end = message.index(b"\n", end + 1)
    return message[:start] + message[end + 1 :]


@pytest.mark.parametrize(
    ("change", "state"),
    [
        (
            lambda m: m.replace(b"i=2; cv=pass; a=rsa-sha256", b"i=2; cv=pass; a=rsa-sha512"),
            "seal sigverify error",
        ),
        (lambda m: m.replace(b"second", b"third"), "AMS body hash miscompare"),
        (lambda m: m.replace(b"hello", b"hullo"), "AMS sig nonverify"),
        (lambda m: m.replace(b"i=3; cv=pass", b"i=3; cv=none"), "seal cv state"),
        (lambda m: m.replace(b"i=2; cv=pass", b"i=2; cv=fail"), "i=2 (cv)"),
        (lambda m: m.replace(b"ARC-Seal: i=2;", b"X-Seal: i=2;"), "i=2 (missing header)"),
        (lambda m: m.replace(b"ARC-Seal: i=2;", b"ARC-Seal: i=x;"), "collecting headers: instance find"),
        (lambda m: m.replace(b"ARC-Seal: i=2;", b"ARC-Seal: i=3;"), "collecting headers: dup hdr"),
        (lambda m: m.replace(b": i=2;", b": i=4;"), "i=3 (sequence; expected 3)"),
        (lambda m: m.replace(b": i=1;", b": i=4;"), "(sequence; expected i=1)"),
        (lambda m: m.replace(b"s=s;", b"s=t;"), "pubkey problem"),
        (lambda m: m.replace(b"; a=rsa-sha256", b"; a=rsa-md5"), "internal hash setup error"),
        (lambda m: m.replace(b"bh=", b"xx="), "required tag missing"),
    ],
)
def test_broken_chains(change: Callable[[bytes], bytes], state: str) -> None:
    said, results = outcome(change(chain()))
    assert said.startswith("fail <")
    if "sequence" not in state:
        assert f"<{state}>" in said
        assert state in results
    else:
        assert "(sequence; expected" in said


def test_a_chain_whose_beginning_is_missing() -> None:
    message = chain()
    for name in (b"ARC-Seal", b"ARC-Message-Signature", b"ARC-Authentication-Results"):
        message = _without(message, name, 1)
    assert outcome(message)[0].startswith("fail <(sequence; expected i=1)>")


def test_a_chain_has_fifty_sets_at_most() -> None:
    fifty = chain(50)
    assert outcome(fifty)[0].startswith("pass <>")
    with pytest.raises(arcsign.NotSealed):
        sealed(fifty, 1, "pass")
    one_more = b"ARC-Authentication-Results: i=51; x; arc=pass\n" + fifty
    assert outcome(one_more)[0].startswith("fail <collecting headers: ")


def test_the_oldest_signature_that_holds() -> None:
    message = sealed(sign(), 0, "none").replace(b"second", b"third")
    assert outcome(sealed(message, 1, "pass"))[0] == "pass <> h0.test:h1.test 2"


def test_a_chain_that_failed_is_sealed_alone() -> None:
    message = chain(2).replace(b"second", b"third")
    added = sealed(message, 2, "fail", "rsa2048")
    assert b"cv=fail" in added
    assert outcome(added)[0].startswith("fail <i=3 (cv)>")


def test_times() -> None:
    message = sealed(sign(), 0, "none", created=5, expires=9)
    assert b"t=5;" in message.partition(b"ARC-Message-Signature")[0]
    assert b"t=5; x=9;" in message.partition(b"ARC-Message-Signature")[2].replace(b"\n\t", b" ")
    assert outcome(message)[0].startswith("pass")


def test_dkimpy_agrees() -> None:
    records = {
        f"s._domainkey.h{at}.test.": f"v=DKIM1; p={public(kind)}"
        for at, kind in enumerate(("rsa", "rsa", "rsa2048"))
    }

    def ask(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        return records[name.decode()].encode()

    status, results, reason = dkim.arc_verify(chain().replace(b"\n", b"\r\n"), dnsfunc=ask)
    assert (status, len(results)) == (b"pass", 3), reason
    text = (b"Authentication-Results: h0.test; arc=none\n" + MESSAGE).replace(b"\n", b"\r\n")
    made = dkim.arc_sign(text, b"s", b"h0.test", pem("rsa").encode(), b"h0.test")
    assert outcome((b"".join(made) + text).replace(b"\r\n", b"\n"))[0] == "pass <> h0.test 1"
    again = b"Authentication-Results: h1.test; arc=pass\r\n" + b"".join(made) + text
    made = dkim.arc_sign(again, b"s", b"h1.test", pem("rsa").encode(), b"h1.test")
    assert outcome((b"".join(made) + again).replace(b"\r\n", b"\n"))[0] == "pass <> h0.test:h1.test 1"


def test_the_log_example() -> None:
    rule = (
        "  warn verify = arc/none:fail:pass\n"
        "       logwrite = oldest-p-ams: <${reduce {$lh_ARC-Authentication-Results:} {}"
        " {${if = {$arc_oldest_pass} {${extract {i}{${extract {1}{;}{$item}}}}} {$item} {$value}}}}>\n"
    )
    _, log = received(chain(), main=DATA, data_acl=rule, profile="4.99", records=ZONES)
    assert "oldest-p-ams: <i=1; h0.test; arc=none>" in log
    assert log[-1].endswith(" DKIM=d.test ARC")


def test_verification_turned_off_leaves_the_chain_undecided() -> None:
    main = f"{DATA}\nacl_smtp_mail = unverified"
    rule = "  accept\nunverified:\n  warn control = dkim_disable_verify\n"
    reply, _ = received(
        chain(1), main=main, dkim_acl=rule, data_acl="  require verify = arc\n", profile="4.99", records=ZONES
    )
    assert reply.startswith("451")


def test_keys_are_made_once() -> None:
    assert key("rsa") is key("rsa")
