"""For each option of ``verify`` a session that goes another way for it, or that asks a host otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CONFIG = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/log-%s
timezone = UTC
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
acl_smtp_rcpt = rcpt
acl_smtp_data = data
begin acl
rcpt:
  require verify = @RCPT@
  accept
data:
  require verify = @DATA@
  accept
begin routers
waits:
  driver = redirect
  local_parts = waits
  data = :defer: later
  allow_defer
alias:
  driver = redirect
  local_parts = alias
  data = nobody@q.test
there:
  driver = manualroute
  domains = z.test
  route_data = ${if eq{$local_part}{two}{127.0.0.1:127.0.0.2}{127.0.0.1}}
  self = send
  transport = there
here:
  driver = accept
  domains = y.test
  transport = here
begin transports
there:
  driver = smtp
  port = @PORT@
  connect_timeout = 10s
  hosts_try_fastopen =
here:
  driver = appendfile
  file = /dev/null
"""
NO, LATER, SILENT = "550 no such user\r\n", "450 later\r\n", "..."
POSTMASTER, RANDOM = "RCPT TO:<postmaster", "RCPT TO:<mail.example.test"
MESSAGE = ("DATA", "From: f@z.test", "To: A@Y.test", "", "body", ".")


@dataclass(frozen=True)
class OptionEffect:
    """``value`` of the condition has the option, ``other`` lacks it; ``replies`` are those of the other host.

    With ``in_data`` the condition is asked behind the message. ``is_full`` lets no connection come about.
    """

    value: str
    other: str
    recipient: str = "a@z.test"
    sender: str = "s@z.test"
    replies: Mapping[str, str] = field(default_factory=dict)
    in_data: bool = False
    is_full: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """What the client says; recipients are given twice."""
        envelope = f"MAIL FROM:<{self.sender}>", f"RCPT TO:<{self.recipient}>"
        return ("EHLO c.test", *envelope, *(MESSAGE if self.in_data else ("RSET", *envelope)), "QUIT")

    def config(self, *, with_option: bool) -> str:
        """The configuration with the option or without it."""
        value = self.value if with_option else self.other
        places = (CONFIG.replace("@DATA@", value), "sender") if self.in_data else (CONFIG, value)
        return places[0].replace("@RCPT@", places[1]).replace("@DATA@", "header_syntax")


def calls(option: str, other: str = "", *, keyword: str = "recipient", **further: object) -> OptionEffect:
    """An option of callouts."""
    own, without = (f"{keyword}/callout{f'={each}' if each else ''}" for each in (option, other))
    if keyword == "sender":
        further = {"recipient": "a@y.test", **further}
    return OptionEffect(own, without, **further)  # type: ignore[arg-type]


REFUSES_POSTMASTER = {POSTMASTER: NO}
OPTIONS: dict[str, OptionEffect] = {
    "callout": OptionEffect("recipient/callout", "recipient", replies={"RCPT": NO}),
    "callout_defer_ok": OptionEffect(
        "recipient/callout/callout_defer_ok", "recipient/callout", replies={"RCPT": LATER}
    ),
    "case_insensitive": OptionEffect(
        "not_blind/case_insensitive", "not_blind", recipient="a@y.test", in_data=True
    ),
    "check_postmaster": OptionEffect(
        "sender/callout/check_postmaster", "sender/callout", "a@y.test", replies=REFUSES_POSTMASTER
    ),
    "defer_ok": OptionEffect("recipient/defer_ok", "recipient", "waits@y.test"),
    "no_details": OptionEffect("sender/no_details", "sender", "a@y.test", "nobody@q.test"),
    "success_on_redirect": OptionEffect("recipient/success_on_redirect", "recipient", "alias@y.test"),
    "sender=": OptionEffect("sender=nobody@q.test", "sender", "a@y.test"),
    "callout=TIME": calls("1s", "2s", replies={"RCPT": SILENT}),
    "callout=connect": calls("connect=1s", "1s,connect=2s", is_full=True),
    "callout=defer_ok": calls("defer_ok", replies={"RCPT": LATER}),
    "callout=fullpostmaster": calls(
        "fullpostmaster", "postmaster", keyword="sender", replies=REFUSES_POSTMASTER
    ),
    "callout=mailfrom": calls(
        "mailfrom=m@q.test", keyword="header_sender", recipient="a@y.test", in_data=True
    ),
    "callout=maxwait": calls("2s,maxwait=1s", "2s", recipient="two@z.test", replies={"CONNECT": SILENT}),
    "callout=no_cache": calls("no_cache"),
    "callout=postmaster": calls("postmaster", keyword="sender", replies=REFUSES_POSTMASTER),
    "callout=postmaster_mailfrom": calls("postmaster_mailfrom=p@q.test", "postmaster", keyword="sender"),
    "callout=random": calls("random"),
    "callout=use_postmaster": calls("use_postmaster"),
    "callout=use_sender": calls("use_sender"),
}
ELSEWHERE = {
    "callout=hold": "holds no connection open here",
    "callout=use_tptsender": "test_tptsender.py, as no Exim here has it",
    "quota": "test_quota_verify_live.py: mailboxes with quotas",
    "quota=cachepos": "test_quota_verify_live.py",
    "quota=cacheneg": "test_quota_verify_live.py",
}
"""Where other options have their effect, or why they have none."""
