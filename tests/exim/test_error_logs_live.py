"""Mistakes of clients are logged by the words of ``log_selector`` by which the real Exim logs them."""

from __future__ import annotations

import pytest

from exim.bh_sessions import Finding, outcomes

pytestmark = pytest.mark.exim

BEFORE_HELLO = ("EHLO", "EHLO @", "MAIL FROM:", "MAIL", "MAIL x")
MISTAKES = (
    *(
        "MAIL FROM:",
        "MAIL FROM: ",
        "MAIL FROM:<a@b> FOO=x",
        "MAIL FROM:<a@b> SIZE=x",
        "MAIL FROM:<a@b> BODY=x",
    ),
    *("MAIL FROM:<a@b> AUTH=+", "MAIL FROM:<a@b> RET=x", "MAIL FROM:<a@", "MAIL FROM:<a>"),
    *(
        "MAIL FROM:<a@b> SMTPUTF8",
        "MAIL FROM:<a@b>",
        "MAIL FROM:<a@b>",
        "RCPT TO:",
        "RCPT TO:<a@",
        "RCPT TO:<a>",
    ),
    *("RCPT TO:<a@b> FOO=x", "RCPT TO:<a@b> NOTIFY=x", "RCPT TO:<>", "RCPT", "RCPT a", "DATA x", "DATA"),
    *("RCPT TO:<a@b>", "RSET x", "NOOP x", "QUIT x", "HELP x", "VRFY", "VRFY <", "VRFY a", "EXPN", "EXPN a"),
    *(
        "ETRN",
        "ETRN a",
        "ETRN #",
        "ETRN @",
        "AUTH",
        "AUTH FOO",
        "AUTH PLAIN x",
        "AUTH PLAIN =",
        "AUTH LOGIN",
        "*",
    ),
    *("AUTH PLAIN AHUAcA==", "AUTH PLAIN AHUAcA==", "AUTH PLAIN AHUAcA==", "STARTTLS", "STARTTLS x", "BDAT"),
    *("BDAT x", "BDAT 0 LAST x", "FOO", "\0NOOP", "EHLO x", "DATA", "BDAT 0 LAST", "QUIT"),
)
OPTIONS = {
    "usual": "",
    "little offered": "chunking_advertise_hosts =\npipelining_advertise_hosts =\n"
    "smtputf8_advertise_hosts =\n",
    "much offered": "acl_smtp_auth = deny\nacl_smtp_vrfy = accept\nacl_smtp_expn = accept\n"
    "acl_smtp_etrn = accept\nsmtp_etrn_command = /bin/true\ndsn_advertise_hosts = *\n",
}
AUTHENTICATORS = (
    "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
    "  server_condition = ${if eq{$auth2}{u}}\n"
    "login:\n  driver = plaintext\n  public_name = LOGIN\n  server_prompts = a:b\n  server_condition = yes\n"
)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("selector", ["+smtp_syntax_error", "+smtp_protocol_error", "-all"])
@pytest.mark.parametrize("hello", ["EHLO x", "HELO x"])
def test_mistakes_are_logged_as_with_exim(options: str, selector: str, hello: str) -> None:
    config = (
        f"log_selector = {selector}\nacl_smtp_rcpt = accept\nsmtp_max_synprot_errors = 1000\n"
        f"smtp_max_unknown_commands = 1000\n{OPTIONS[options]}{AUTHENTICATORS}"
    )
    ours, real = outcomes(Finding(config, "\r\n".join([*BEFORE_HELLO, hello, *MISTAKES])))
    assert ours == real


LOST = (
    "EHLO x",
    "EHLO x\nMAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\nA: b",
    "EHLO x\nMAIL FROM:<a@b>\nRCPT TO:<c@d>\nDATA\n\nx",
)


@pytest.mark.parametrize("lines", LOST)
@pytest.mark.parametrize("selector", ["-all", "+all -pid -millisec", "-lost_incoming_connection"])
def test_clients_that_are_gone_are_logged_as_with_exim(lines: str, selector: str) -> None:
    ours, real = outcomes(Finding(f"log_selector = {selector}\nacl_smtp_rcpt = accept\n", lines))
    assert ours == real
