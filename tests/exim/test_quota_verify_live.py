"""``verify = recipient/quota``: replies, what is told, and what becomes of mailboxes, as with Exim."""

from __future__ import annotations

import re
import shutil

import pytest
from installed import BUILT_IN, Installed, possible, root

pytestmark = [
    pytest.mark.exim,
    pytest.mark.skipif(not possible(), reason="Exim cannot be run as it was installed"),
]

CONFIG = """\
tls_advertise_hosts =
smtp_banner = ready
@MORE@
acl_smtp_rcpt = check
begin acl
check:
  deny ! verify = recipient/quota@OPTIONS@
    logwrite = failure=$recipient_verify_failure
    message = no: $acl_verify_message
  accept logwrite = failure=$recipient_verify_failure
begin routers
local:
  driver = accept
  local_parts = full:roomy:edge:over:fresh:maildir:plain:bad:other
  transport = $local_part_data
pipe:
  driver = accept
  local_parts = pipe
  transport = pipe
file:
  driver = redirect
  local_parts = file
  data = @DIR@/mail/full
  file_transport = full
  user = nobody
alias:
  driver = redirect
  local_parts = alias
  data = full@example.test
later:
  driver = redirect
  local_parts = later
  data = :defer: not now
  allow_defer
begin transports
"""
_FILE = "full quota=10 roomy quota=150 edge quota=100 over quota=99 bad quota=foo"
_TRANSPORT = "{}:\n  driver = appendfile\n  {}\n  user = nobody\n"
_CHANGING = re.compile(r"/tmp/eximulate-\w+/exim\.conf|" + re.escape(BUILT_IN))
RECIPIENTS = "full full roomy edge over fresh maildir plain bad other pipe file alias later nobody".split()


def _transports() -> str:
    words = _FILE.split()
    made = [
        _TRANSPORT.format(name, f"file = @DIR@/mail/full\n  {quota.replace('=', ' = ')}")
        for name, quota in zip(words[::2], words[1::2], strict=True)
    ]
    made.append(_TRANSPORT.format("fresh", "file = @DIR@/mail/new/box\n  quota = 10"))
    made.append(_TRANSPORT.format("maildir", "directory = @DIR@/mail/md\n  maildir_format\n  quota = 1K"))
    made.append(_TRANSPORT.format("plain", "directory = @DIR@/mail/folder\n  quota = 1K"))
    made.append(_TRANSPORT.format("other", "file = @DIR@/mail/full\n  quota = 1").replace("nobody", "daemon"))
    made.append("pipe:\n  driver = pipe\n  command = /bin/true\n  user = nobody\n")
    return "".join(made)


@pytest.fixture(params=["", "smtp_return_error_details"])
def both(request: pytest.FixtureRequest) -> str:
    details: str = request.param
    return details


def _answers(box: Installed, run: object, data: bytes) -> tuple[str, ...]:
    box.clear()
    shutil.rmtree(box.directory / "mail")
    (box.directory / "mail").mkdir()
    (box.directory / "mail").chmod(0o777)
    full = box.directory / "mail/full"
    full.write_text("x" * 100)
    shutil.chown(full, "nobody", "nogroup")
    full.chmod(0o600)
    done = run("-bh", "192.0.2.1", data=data)  # type: ignore[operator]
    told = _CHANGING.sub("#", done.stderr.decode("latin-1"))
    made = sorted(str(path.relative_to(box.directory)) for path in (box.directory / "mail").rglob("*"))
    return done.stdout.decode("latin-1"), told, *box.log(), *box.log("panic"), *made


@pytest.mark.parametrize("options", ["", "=cachepos=0s", "=cachepos=0s,cacheneg=0s", "/callout/defer_ok"])
@pytest.mark.parametrize("parameter", ["", " SIZE=0", " SIZE=60"])
def test_quotas(both: str, options: str, parameter: str) -> None:
    recipients = "".join(f"RCPT TO:<{name}@example.test>\r\n" for name in RECIPIENTS)
    once = f"MAIL FROM:<s@z.test>{parameter}\r\n{recipients}RCPT TO:<full@Example.TEST>\r\nRSET\r\n"
    data = f"EHLO c.test\r\n{once}QUIT\r\n".encode()
    with root(CONFIG.replace("@MORE@", both).replace("@OPTIONS@", options) + _transports()) as box:
        expected = _answers(box, box.exim, data)
        assert _answers(box, box.ours, data) == expected
