"""DMARC in sessions: records, alignment, policies, and what is told of the outcome."""

from __future__ import annotations

import pytest

from drivers.values import dmarc
from drivers.values.publicsuffix import PublicSuffixes
from receiving import received
from signed import public, sign, zone

SUFFIXES = PublicSuffixes(["test", "co.test", "example"])
TLD_FILE = "// suffixes\ntest\nco.test\n"
CHECK = (
    "  warn spf = none:pass:fail:softfail:neutral\n"
    "  warn dmarc_status = *\n"
    "       logwrite = $dmarc_status|$dmarc_status_text|$dmarc_used_domain|$dmarc_domain_policy\n"
    "  warn logwrite = ${authresults{mx}}\n"
)


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("v=DMARC1; p=none", "none"),
        (" v=DMARC1;p=Reject;", "reject"),
        ("v=DMARC1 ; p = quarantine ; pct=50", "quarantine"),
        ("p=none; v=DMARC1", None),
        ("v=DMARC2; p=none", None),
        ("v=DMARC1", None),
        ("v=DMARC1; p=maybe", None),
        ("", None),
        ("hello", None),
    ],
)
def test_records(text: str, policy: str | None) -> None:
    tags = dmarc.parse(text)
    assert (tags and dmarc.DmarcRecord("d.test", tags).published) == policy


def record(text: str, domain: str = "d.test", *, above: bool = False) -> dmarc.DmarcRecord:
    """A record for a domain, or for the one above it."""
    tags = dmarc.parse(text)
    assert tags is not None
    return dmarc.DmarcRecord(domain, tags, of_organisation=above)


@pytest.mark.parametrize(
    ("text", "spf", "signed", "status"),
    [
        ("v=DMARC1; p=reject", "d.test", [], "accept"),
        ("v=DMARC1; p=reject", "", ["D.Test"], "accept"),
        ("v=DMARC1; p=reject", "mail.d.test", [], "accept"),
        ("v=DMARC1; p=reject; aspf=s", "mail.d.test", [], "reject"),
        ("v=DMARC1; p=reject; adkim=s", "", ["mail.d.test"], "reject"),
        ("v=DMARC1; p=reject; adkim=s", "mail.d.test", ["x.d.test"], "accept"),
        ("v=DMARC1; p=quarantine", "e.test", ["f.test"], "quarantine"),
        ("v=DMARC1; p=none", "", [], "none"),
        ("v=DMARC1; p=reject; pct=0", "", [], "reject"),
    ],
)
def test_alignment(text: str, spf: str, signed: list[str], status: str) -> None:
    assert dmarc.evaluate("d.test", record(text), SUFFIXES, spf, signed).status == status


def test_domains_below_the_organisation() -> None:
    texts = {"_dmarc.d.co.test": ["other", "v=DMARC1; p=reject; sp=none"]}
    found = dmarc.find("a.b.d.co.test", SUFFIXES, lambda name: texts.get(name, []))
    assert found is not None
    assert (found.domain, found.policy, found.published) == ("d.co.test", "none", "reject")
    assert dmarc.find("d.co.test", SUFFIXES, lambda name: texts.get(name, [])).policy == "reject"  # type: ignore[union-attr]
    assert dmarc.find("co.test", SUFFIXES, lambda name: texts.get(name, [])) is None
    twice = {"_dmarc.d.test": ["v=DMARC1; p=none"] * 2}
    assert dmarc.find("d.test", SUFFIXES, lambda name: twice.get(name, [])) is None


def checked(
    message: bytes, policy: str = "v=DMARC1; p=reject", *, main: str = "", acl: str = CHECK
) -> list[str]:
    """The lines of the log about a message whose author's domain has this policy."""
    records = {"d.test": zone({"s1": f"v=DKIM1; p={public('rsa')}"}), "x.test": 'x.test. TXT "v=spf1 -all"\n'}
    if policy:
        kind_and_data = policy if policy.startswith("CNAME") else f'TXT "{policy}"'
        records["d.test"] += f"_dmarc {kind_and_data}\n"
    tlds = "" if "dmarc_tld_file" in main else "dmarc_tld_file = /tlds"
    main = f"{tlds}\nacl_smtp_data = received\n{main}"
    _, log = received(
        message, main=main, data_acl=acl, profile="4.99", records=records, files={"/tlds": TLD_FILE}
    )
    return log


AUTHOR = b"From: Joe <joe@d.test>\nTo: b@y.test\nSubject: hello\n\nbody\n"


def test_a_good_signature_of_the_author() -> None:
    log = checked(sign(AUTHOR))
    domains = "spf_domain=x.test dmarc_domain=d.test"
    assert f"DMARC results: {domains} spf_align=no dkim_align=yes enforcement='Accept'" in log
    assert "accept|Accept|d.test|reject" in log
    assert any("dmarc=pass header.from=d.test" in line for line in log)


@pytest.mark.parametrize(
    ("message", "policy", "told"),
    [
        (AUTHOR, "v=DMARC1; p=reject", "reject|Reject|d.test|reject"),
        (AUTHOR, "v=DMARC1; p=quarantine", "quarantine|Quarantine|d.test|quarantine"),
        (AUTHOR, "v=DMARC1; p=none", "none|None, Accept|d.test|none"),
        (AUTHOR, "", "norecord|No DMARC record|d.test|"),
        (AUTHOR, "nonsense", "norecord|No DMARC record|d.test|"),
        (b"To: b@y.test\n\nbody\n", "", "none|||"),
        (b"From: a@d.test, b@e.test\n\nbody\n", "v=DMARC1; p=reject", "reject|Reject|d.test|reject"),
        (b"From: us: a@d.test;\n\nbody\n", "v=DMARC1; p=reject", "reject|Reject|d.test|reject"),
        (b"From: <\n\nbody\n", "v=DMARC1; p=reject", "none|||"),
        (b"From: joe@sub.d.test\n\nbody\n", "v=DMARC1; p=none; sp=reject", "reject|Reject|d.test|none"),
    ],
)
def test_what_is_told(message: bytes, policy: str, told: str) -> None:
    assert told in checked(message, policy)


def test_the_dns_may_have_no_answer_for_now() -> None:
    assert "norecord|No DMARC record|d.test|" in checked(AUTHOR, "CNAME test.again.dns.")


def test_dmarc_may_be_off() -> None:
    rule = "acl_smtp_mail = silent"
    acl = CHECK + "  accept\nsilent:\n  warn control = dmarc_disable_verify\n"
    off = acl.replace("dmarc_status = *", "dmarc_status = off")
    log = checked(AUTHOR, main=rule, acl=off)
    assert "none|||" in log  # the condition alone knows of the control
    assert any(line.endswith("dmarc=skipped") for line in log)
    assert "none|||" in checked(AUTHOR, main="dmarc_tld_file =")
    missing = checked(AUTHOR, main="dmarc_tld_file = /nowhere")
    assert "DMARC failure to load tld list '/nowhere': No such file or directory" in missing


def test_the_condition_takes_a_list() -> None:
    acl = "  deny dmarc_status = quarantine : reject\n       message = no: $dmarc_status\n"
    assert any(line.endswith("rejected after DATA: no: reject") for line in checked(AUTHOR, acl=acl))
    acl = "  deny !dmarc_status = reject\n"
    assert not any("rejected" in line for line in checked(AUTHOR, acl=acl))


def test_without_a_record_nothing_is_told() -> None:
    assert not any(line.startswith("DMARC results") for line in checked(AUTHOR, ""))


def test_the_file_for_statistics() -> None:
    kept: dict[str, bytes] = {}
    records = {
        "d.test": zone({"s1": f"v=DKIM1; p={public('rsa')}"})
        + '_dmarc TXT "v=DMARC1; p=reject; rua=mailto:r@d.test"\n'
    }
    main = "dmarc_tld_file = /tlds\ndmarc_history_file = /history\nacl_smtp_data = received"
    received(
        sign(AUTHOR),
        main=main,
        data_acl=CHECK,
        profile="4.99",
        records=records,
        files={"/tlds": TLD_FILE, "/history": "job before\n"},
        kept=kept,
    )
    lines = kept["/history"].decode().splitlines()
    assert lines[0] == "job before"
    told = dict(line.partition(" ")[::2] for line in lines[1:])
    assert told["from"] == "d.test"
    assert told["mfrom"] == "x.test"
    assert told["dkim"] == "d.test 0"
    assert told["rua"] == "mailto:r@d.test"
    assert (told["policy"], told["p"], told["action"]) == ("15", "114", "2")
    assert list(told)[-11:] == (
        ["pdomain", "policy", "rua", "pct", "adkim", "aspf", "p", "sp", "align_dkim", "align_spf", "action"]
    )
