"""Configurations and messages of which the sender is told: bounces, warnings, notifications; and events."""

from __future__ import annotations

from grammar.record import Record

BASE = """\
never_users =
acl_smtp_rcpt = accept
dsn_advertise_hosts = *
{main}
begin acl
event:
  warn logwrite = event $event_name data=<$event_data> $event_defer_errno T=$transport_name R=$router_name \
$local_part@$domain
  accept
begin routers
known:
  driver = accept
  domains = example.test
  local_parts = sender : errs : copy : admin
  transport = box
{routers}
begin transports
box:
  driver = appendfile
  file = @DIR@/spool/box
  user = Debian-exim
  {event}
{transports}
begin retry
* * F,1h,15m; G,16h,1h,1.5; F,4d,6h
"""
BAD = (
    "given:\n  driver = redirect\n  allow_fail\n  allow_defer\n"
    "  pipe_transport = piped\n  user = Debian-exim\n"
)
PIPED = "piped:\n  driver = pipe\n"
MESSAGE = b"Subject: x\nFrom: someone@else.test\n\nbody\n"


class Scenario(Record):
    """One configuration, what is sent, and to whom; ``smtp`` is a session in the place of arguments.

    ``waits`` lets the queue be run again after so many seconds; ``files`` are made in the spool directory.
    """

    main: str = ""
    routers: str = ""
    transports: str = PIPED
    to: str = "a"
    sender: str = "sender@example.test"
    data: bytes = MESSAGE
    smtp: str = ""
    waits: float = 0.0
    files: tuple[tuple[str, str], ...] = ()
    event: str = ""

    @property
    def config(self) -> str:
        """The configuration."""
        return BASE.format(main=self.main, routers=self.routers, transports=self.transports, event=self.event)


def fails(text: str = "bad", more: str = "") -> str:
    """A router that fails addresses."""
    return f"{BAD}  data = :fail: {text}\n  {more}\n"


def session(mail: str, *recipients: str) -> str:
    """A session that hands in one message."""
    text = f"EHLO me\nMAIL FROM:{mail}\n" + "".join(f"RCPT TO:{one}\n" for one in recipients)
    return f"{text}DATA\nSubject: hello\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n\nbody\n.\nQUIT\n"


CHAIN = (
    "${if eq{$local_part}{a}{b@example.test}"
    "{${if eq{$local_part}{b}{c@example.test,d@example.test}{:fail: no}}}}"
)
EVENTS = "event_action = ${acl{event}}"
SUCCESS = "<admin@example.test> NOTIFY=SUCCESS"
TEXTS = "Subject: Custom $bounce_recipient\n****\nYour message ($bounce_return_size_limit)\n****\nIt said:\n"
LATE = "Subject: Late $warn_message_delay\n****\nTo $warn_message_recipients\n****\nthe end\n"
DEFERS = f"{BAD}  data = :defer: not now\n"

SCENARIOS = {
    "one address": Scenario(routers=fails()),
    "several addresses": Scenario(routers=fails(), to="a b c"),
    "an address that nothing routes": Scenario(to="nobody other@elsewhere.test"),
    "a long text is folded": Scenario(
        routers=fails("go away: this text has many words and colons: it is long: so it is folded: at the end")
    ),
    "a text of two lines": Scenario(routers=fails("go away\\\\nsecond line")),
    "no text": Scenario(routers=f"{BAD}  data = :fail:\n"),
    "a chain of redirections": Scenario(routers=f"{BAD}  data = {CHAIN}\n"),
    "errors go elsewhere": Scenario(routers=fails(more="errors_to = errs@example.test"), to="a b"),
    "errors go to two": Scenario(
        routers=fails(more="errors_to = ${if eq{$local_part}{a}{errs@example.test}fail}"), to="a b"
    ),
    "errors go nowhere": Scenario(
        routers=f"{BAD}  data = ${{if eq{{$local_part}}{{a}}{{x@example.test}}{{:fail: bad}}}}\n"
        "  errors_to = ${if eq{$local_part}{a}{errs@example.test}{}}\n"
    ),
    "replies go elsewhere": Scenario(main="errors_reply_to = admin@example.test", routers=fails()),
    "copies": Scenario(main="errors_copy = sender@example.test copy@example.test", routers=fails()),
    "another sender of bounces": Scenario(main="dsn_from = Daemon <d@$qualify_domain>", routers=fails()),
    "a sender of bounces that cannot be expanded": Scenario(main="dsn_from = ${if", routers=fails()),
    "a text of one's own": Scenario(main="bounce_message_text = Hello $bounce_recipient", routers=fails()),
    "no body": Scenario(main="bounce_return_body = false", routers=fails()),
    "a large message": Scenario(
        main="bounce_return_size_limit = 10", routers=fails(), data=MESSAGE + b"text\n" * 4000
    ),
    "a message that is not that large": Scenario(
        main="bounce_return_size_limit = 10", routers=fails(), data=MESSAGE + b"text\n" * 400
    ),
    "long lines": Scenario(main="bounce_return_linesize_limit = 20", routers=fails()),
    "texts from a file": Scenario(
        main="bounce_message_file = @DIR@/spool/texts", routers=fails(), files=(("texts", TEXTS),)
    ),
    "a file that is not there": Scenario(main="bounce_message_file = @DIR@/spool/texts", routers=fails()),
    "a file that cannot be expanded": Scenario(
        main="bounce_message_file = @DIR@/spool/texts",
        routers=fails(),
        files=(("texts", "Subject: ${if\n****\n${bad\n"),),
    ),
    "a bounce of a bounce": Scenario(routers=fails(), sender="<>"),
    "a bounce of a bounce that is ignored": Scenario(
        main="ignore_bounce_errors_after = 0s", routers=fails(), sender="<>"
    ),
    "nobody takes the bounce": Scenario(routers=fails(), sender="nobody@elsewhere.test"),
    "freezing is told": Scenario(main="freeze_tell = admin@example.test", routers=fails(), sender="<>"),
    "a command that fails": Scenario(routers=f"{BAD}  data = |/bin/false\n"),
    "a command that says why": Scenario(
        routers=f"{BAD}  data = \"|/bin/sh -c 'echo why; exit 3'\"\n",
        transports=f"{PIPED}  return_fail_output\n",
    ),
    "a copy that is delivered": Scenario(
        routers=f"copied:\n  driver = accept\n  unseen\n  transport = box\n{fails()}", to="a b"
    ),
    "a redirection for once": Scenario(
        routers=f"{BAD}  one_time\n"
        "  data = ${if eq{$local_part}{a}{sender,d1,d2}{:defer: later}}\n",
        waits=0.1,
    ),
    "a warning": Scenario(main="delay_warning = 5s", routers=DEFERS, to="a b", waits=5.2),
    "a warning with texts of one's own": Scenario(
        main="delay_warning = 5s\nwarn_message_file = @DIR@/spool/texts",
        routers=DEFERS,
        files=(("texts", LATE),),
        waits=5.2,
    ),
    "no warning for bulk mail": Scenario(
        main="delay_warning = 5s", routers=DEFERS, data=b"Precedence: bulk\n\nx\n", waits=5.2
    ),
    "success": Scenario(smtp=session("<sender@example.test> RET=HDRS ENVID=abc", SUCCESS)),
    "success, with the address as it was": Scenario(
        smtp=session("<sender@example.test>", f"{SUCCESS} ORCPT=rfc822;Orig@else.test", "<copy@example.test>")
    ),
    "a failure of which nobody wants to know": Scenario(
        routers=fails(), smtp=session("<sender@example.test>", "<a@example.test> NOTIFY=NEVER")
    ),
    "a failure, and the header": Scenario(
        routers=fails(),
        smtp=session("<sender@example.test> RET=HDRS ENVID=e", "<a@example.test> NOTIFY=FAILURE"),
    ),
    "the last hop": Scenario(
        routers="last:\n  driver = accept\n  dsn_lasthop\n  transport = box\n",
        smtp=session("<sender@example.test>", "<x@example.test> NOTIFY=SUCCESS"),
    ),
    "an event of a delivery": Scenario(main=EVENTS, event=EVENTS, to="sender"),
    "an event of a failure": Scenario(main=EVENTS, event=EVENTS, routers=fails()),
    "events of commands": Scenario(
        main=EVENTS,
        event=EVENTS,
        routers=f"{BAD}  data = |/bin/${{if eq{{$local_part}}{{p}}{{true}}{{false}}}}\n",
        transports=f"{PIPED}  {EVENTS}\n",
        to="p q",
    ),
}
