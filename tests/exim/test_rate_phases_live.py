"""Which rates can be updated in which phase, as with the real Exim."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from exim.bh_sessions import Finding, talk
from real_exim import PROGRAM

pytestmark = pytest.mark.exim

WHAT = ("", "per_rcpt", "per_addr", "per_mail", "per_byte", "per_cmd", "per_conn", "count=2/per_rcpt")
HOW = ("", "/strict", "/leaky", "/readonly", "/strict/readonly", "/noupdate", "/strict/noupdate")
RATES = [f"{what}{how}".strip("/") for what in WHAT for how in HOW]
NAMES = " ".join(f"k{number}=a{number}" for number in range(len(RATES)))
REFUSED = 'error in arguments to "ratelimit"'
PHASES = {
    "helo": "$sender_helo_name",
    "mail": "$sender_address_local_part",
    "rcpt": "$local_part",
    "vrfy": "$smtp_command_argument",
    "expn": "$smtp_command_argument",
    "predata": "$sender_address_local_part",
}


@pytest.mark.parametrize("way", ["each alone", "one after the other"])
def test_rates_are_refused_as_with_exim(way: str) -> None:
    acls = "".join(f"a{at}:\n  accept ratelimit = 1/1h/{rate}\n  accept\n" for at, rate in enumerate(RATES))
    options = "".join(
        f"acl_smtp_{phase} = ${{extract{{{name}}}{{{NAMES}}}{{$value}}{{accept}}}}\n"
        for phase, name in PHASES.items()
    )
    lines = ["EHLO x"]
    for number in range(len(RATES)):
        lines += [f"VRFY k{number}", f"EXPN k{number}", f"HELO k{number}"]
        lines += ["RSET"] * (way == "each alone")
        lines += [f"MAIL FROM:<k{number}@x>", f"RCPT TO:<k{number}@y>", "RSET", "MAIL FROM:<a@x>"]
        lines += [f"RCPT TO:<k{number}@y>", "RSET"]
    config = f"smtp_max_synprot_errors = 10000\n{options}begin acl\n{acls}"
    finding = Finding(config, "\n".join([*lines, "QUIT"]))
    outcomes = []
    for command in ([sys.executable, "-m", "expander"], [str(PROGRAM)]):
        with tempfile.TemporaryDirectory(prefix="rates-", dir="/tmp") as name:  # each with hints of its own
            Path(name).chmod(0o777)
            said, told = talk(command, Path(name), finding)
            outcomes.append((said, told.replace(name, "")))
    assert outcomes[0] == outcomes[1]
    assert outcomes[1][1].count(REFUSED) > len(RATES)
