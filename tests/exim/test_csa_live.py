"""Client SMTP authorization: the real Exim asks BIND, eximulate reads the same zones; both say the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import bind_server
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

ZONES = {
    "test.ex": """\
$TTL 300
@    SOA  ns admin 1 2 3 4 60
@    NS   ns
ns   A    192.0.2.53
yes  A    192.0.2.1
     AAAA 2001:db8::1
no   A    192.0.2.2
     AAAA 2001:db8::2
_client._smtp.yes     SRV 1 2 0 yes
_client._smtp.no      SRV 1 1 0 no
_client._smtp.zero    SRV 1 0 0 yes
_client._smtp.three   SRV 1 3 0 yes
_client._smtp.six     SRV 1 6 0 yes
_client._smtp.old     SRV 2 2 0 yes
_client._smtp.two     SRV 1 3 0 yes
                      SRV 1 2 0 yes
_client._smtp.other   SRV 1 2 0 no
_client._smtp.gone    SRV 1 2 0 missing
_client._smtp.dot     SRV 1 2 0 .
_client._smtp.dotno   SRV 1 1 0 .
_client._smtp.unsure  SRV 1 2 0 test.again.dns.
_client._smtp.parent  SRV 1 2 1 yes
_client._smtp.alias   CNAME _client._smtp.yes
_client._smtp.toalias SRV 1 2 0 calias
calias CNAME yes
""",
    "ip4.2.0.192": """\
$TTL 300
@   SOA ns.test.ex. admin.test.ex. 1 2 3 4 60
@   NS  ns.test.ex.
_client._smtp.1 SRV 1 2 0 yes.test.ex.
_client._smtp.2 SRV 1 1 0 yes.test.ex.
""",
}
NAMES = [
    *(f"{name}.test.ex" for name in (
        "yes YES no zero three six old two other gone dot dotno unsure parent x.parent alias toalias nothing"
    ).split()),
    "test.again.dns", "ex", "x..test.ex", "localhost",
    "192.0.2.1", "[192.0.2.1]", "[192.0.2.2]", "[IPv6:2001:db8::1]", "2001:db8::1",
]  # fmt: skip
CONFIG = """\
primary_hostname = me.test.ex
spool_directory = @DIR@
log_file_path = @DIR@/%slog
keep_environment =
tls_advertise_hosts =
hosts_require_helo =
helo_accept_junk_hosts = *
smtp_accept_max_nonmail = 1000
smtp_banner = ready
.ifdef PLAINLY
dns_csa_use_reverse = false
.endif
acl_smtp_helo = h
acl_smtp_mail = m
begin acl
h:
  deny !verify = csa/$sender_helo_name
    message = no $csa_status [$acl_verify_message]
  accept message = status $csa_status
m:
  warn logwrite = before <$csa_status>
  deny !verify = csa
  accept logwrite = after <$csa_status>
"""
RUNS = [(peer, macro) for peer in ("192.0.2.1", "192.0.2.7", "2001:db8::1") for macro in ("", "-DPLAINLY")]


def _held(argv: list[str], environment: dict[str, str]) -> list[str]:
    lines = "MAIL FROM:<>\nRSET\n" + "".join(f"HELO {name}\nMAIL FROM:<>\nRSET\n" for name in NAMES)
    done = subprocess.run(argv, input=lines.encode(), capture_output=True, check=False, timeout=120,
                          env=environment)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return re.sub(r" D=\S+", "", (done.stdout + done.stderr).decode("latin-1")).splitlines()


@pytest.fixture
def folder() -> Iterator[Path]:
    if PROGRAM is None or not bind_server.possible():
        pytest.skip("no Exim, no BIND, or no right to make namespaces")
    with TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name)


def test_clients_are_authorized_as_by_exim(folder: Path) -> None:
    assert PROGRAM is not None
    zones = folder / "zones"
    zones.mkdir()
    for zone, text in ZONES.items():
        (zones / f"db.{zone}").write_text(text)
    config = folder / "config"
    config.write_text(CONFIG.replace("@DIR@", str(folder)))
    environment = {
        "PATH": os.environ["PATH"],
        "EXIMULATE_PROFILE": "debian-12",
        "EXIMULATE_DNS_ZONES": str(zones),
        "EXIMULATE_INTERFACES": "127.0.0.1 127.0.0.2 ::1",
    }
    for peer, macro in RUNS:
        arguments = ["-C", str(config), *filter(None, [macro]), "-bh", peer]
        theirs = _held(bind_server.command(zones, [PROGRAM, *arguments]), environment)
        ours = _held([sys.executable, "-m", "expander", *arguments], environment)
        assert ours == theirs, (peer, macro)
        assert any("csa" in line for line in theirs)
