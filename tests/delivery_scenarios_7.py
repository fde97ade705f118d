"""Sessions under TLS that are resumed, by eximulate and the real Exim: messages in one run of the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from delivery_lab import Scenario
from delivery_peer import Answer
from delivery_scenarios import OWN
from delivery_scenarios_4 import BUSY, SECOND, THIRD, waiting

RESUMES = "tls_resumption_hosts = *"
MARKED = "log_selector = +tls_resumption +tls_peerdn +tls_sni\nqueue_run_in_order"
TOLD = (
    "X: res=$tls_out_resumption c=$tls_out_cipher b=$tls_out_bits std=$tls_out_cipher_std dn=$tls_out_peerdn "
    "cv=$tls_out_certificate_verified o=$tls_out_ocsp pc=${certextract{subject}{$tls_out_peercert}}"
)
EVENTS = "event_action = ${acl{says}{$event_name}{$event_data}{$tls_out_resumption}}"
NAMED = "${acl{says}{$host}{$host_address}{$item}}"
SAYS = "begin acl\nsays:\n  accept logwrite = says <$acl_arg1> <$acl_arg2> <$acl_arg3>\n"
CLEAR, SECURED = "250-peer\n250 STARTTLS", "250-peer\n250-SIZE\n250 HELP"
OFFERS: Mapping[str, Answer] = {"EHLO": [CLEAR, SECURED] * 4}
EMPTY = "${if eq{1}{2}{x}}"


def queued(name: str) -> Sequence[str]:
    return "-odq", "-f", "sender@example.test", "--", f"{name}@far.test"


def resuming(
    transport: str = RESUMES, answers: Mapping[str, Answer] = OFFERS, version: str = "1.3", **more: object
) -> Scenario:
    """Three messages, one after the other, of which the first two are delivered in one run of the queue."""
    settings: dict[str, object] = {"main": MARKED, "tls": version, **more}
    made = Scenario(
        transport=f"headers_add = {TOLD}\n  {transport}",
        answers=answers,
        first=queued("user"),
        then=(queued("second"), queued("third"), ("-q",)),
        **settings,  # type: ignore[arg-type]
    )
    made.config = made.config.replace("begin routers", f"{SAYS}begin routers")
    return made


VERIFIES = f"tls_verify_hosts = *\n  {OWN}\n  tls_verify_cert_hostnames =\n  "
TRIES = VERIFIES.replace("verify_hosts", "try_verify_hosts", 1)
NOBODY = "tls_verify_hosts = :\n  tls_try_verify_hosts = :\n  "
NO_WORDS, FORCED = "${if", "${if eq{1}{2}{x}fail}"


def one(transport: str, version: str = "1.3") -> Scenario:
    """One message."""
    return Scenario(
        transport=f"headers_add = {TOLD}\n  {transport}",
        answers={"EHLO": [CLEAR, SECURED]},
        main="log_selector = +tls_peerdn",
        tls=version,
    )


SCENARIOS: dict[str, Scenario] = {
    "nothing is resumed unless that is wanted": resuming(""),
    "a session is resumed": resuming(),
    "a session of TLS 1.2 is resumed": resuming(version="1.2"),
    "a session is resumed, and no line is marked": resuming(main="queue_run_in_order"),
    "events of a session that is resumed": resuming(f"{RESUMES}\n  {EVENTS}"),
    "events of a session of TLS 1.2 that is resumed": resuming(f"{RESUMES}\n  {EVENTS}", version="1.2"),
    "a session that is verified is resumed": resuming(
        f"{RESUMES}\n  tls_verify_hosts = *\n  {OWN}\n  tls_verify_cert_hostnames ="
    ),
    "sessions of which some are verified": resuming(
        f"{RESUMES}\n  tls_verify_certificates = ${{if eq{{$local_part}}{{second}}{{@DIR@/own.pem}}}}\n"
        "  tls_verify_cert_hostnames ="
    ),
    "another name is asked for": resuming(f"{RESUMES}\n  tls_sni = ${{local_part}}.test"),
    "another name is extracted": resuming(f"{RESUMES}\n  host_name_extract = $local_part"),
    "the name is extracted": resuming(f"{RESUMES}\n  host_name_extract = {NAMED}"),
    "the name is extracted for nothing": resuming(f"host_name_extract = {NAMED}\n  {EVENTS}"),
    "the name is extracted in clear": resuming(
        f"host_name_extract = {NAMED}", answers={"EHLO": "250-peer\n250 SIZE"}, version=""
    ),
    "a name that cannot be extracted": resuming(f"{RESUMES}\n  host_name_extract = ${{if"),
    "a name that is not to be extracted": resuming(
        f"{RESUMES}\n  host_name_extract = ${{if eq{{1}}{{2}}{{x}}fail}}"
    ),
    "the host is told of twice": resuming(
        f"host_name_extract = {NAMED}\n  tls_resumption_hosts = ${{acl{{says}}{{list}}{{$host}}}}"
    ),
    "one session is not to be resumed": resuming("tls_resumption_hosts = ${if eq{$local_part}{third}{}{*}}"),
    "nothing is resumed where TLS comes first": resuming(
        f"{RESUMES}\n  protocol = smtps\n  host_name_extract = {NAMED}",
        answers={"EHLO": SECURED},
        peer={"at_once": True},
    ),
    "a host by its name": resuming(route="* localhost byname"),
    "a certificate for another host": resuming(
        f"{RESUMES}\n  tls_verify_hosts = *\n  {OWN}\n"
        "  tls_verify_cert_hostnames = ${if eq{$local_part}{user}{}{*}}"
    ),
    **{
        f"authorities that are nobody, {name}": resuming(options)
        for name, options in {
            "verified": f"tls_verify_hosts = *\n  tls_verify_certificates = {EMPTY}",
            "tried": f"tls_verify_certificates = {EMPTY}\n  tls_verify_cert_hostnames =",
            "unset": "tls_verify_certificates =",
            "required": f"tls_verify_hosts = *\n  hosts_require_tls = *\n  tls_verify_certificates = {EMPTY}",
        }.items()
    },
    **{
        f"a session that is resumed goes on with other messages, TLS {version}": waiting(
            *further,
            answers={**OFFERS, **BUSY},
            tls=version,
            main="log_selector = +tls_resumption +tls_peerdn",
            transport=f"headers_add = {TOLD}\n  {RESUMES}",
            then=(("-odi", "-f", "a@example.test", "fourth@far.test"),),
        )
        for version, further in {"1.2": (SECOND,), "1.3": (SECOND, THIRD)}.items()
    },
    **{
        f"withdrawn certificates, {name}, {way}": one(f"{begins}tls_crl = {place}")
        for way, begins in {"verified": VERIFIES, "tried": TRIES, "not verified": NOBODY}.items()
        for name, place in {
            "this one": "@DIR@/revoked.crl",
            "others": "@DIR@/none.crl",
            "an old list": "@DIR@/old.crl",
            "no file": "/nonexistent",
            "no list": "/etc/passwd",
            "nothing": EMPTY,
            "not to be": FORCED,
            "a text that fails": NO_WORDS,
        }.items()
    },
    **{
        f"ALPN, {name}": one(options, version)
        for name, (options, version) in {
            "required and not offered": ("hosts_require_alpn = *", "1.3"),
            "required by one side": ("hosts_require_alpn = *\n  tls_alpn = smtp", "1.3"),
            "agreed on": ("hosts_require_alpn = *\n  tls_alpn = smtp", "1.3 smtp"),
            "agreed on of two": ("hosts_require_alpn = *\n  tls_alpn = foo : smtp", "1.3 smtp"),
            "required, and another one": ("hosts_require_alpn = *\n  tls_alpn = foo", "1.3 smtp"),
            "another one": ("tls_alpn = foo", "1.3 smtp"),
            "required with TLS": (
                "hosts_require_tls = *\n  hosts_require_alpn = *\n  tls_alpn = foo",
                "1.3 smtp",
            ),
        }.items()
    },
    "a group of the server's own": one("tls_dh_min_bits = 2048", "DHE"),
    "any group of the server's own": one("tls_dh_min_bits = 0", "DHE"),
}
