"""Commands with odd parameters, chunks and lines with NULs: what is said, told and logged, as with the real Exim."""

from __future__ import annotations

import pytest

from exim.bh_sessions import Finding, outcomes

pytestmark = pytest.mark.exim

PATIENT = "smtp_max_synprot_errors = 1000\nsmtp_max_unknown_commands = 1000\n"
TELLING = (
    f"{PATIENT}dsn_advertise_hosts = *\nprdr_enable\nacl_smtp_rcpt = r\nacl_smtp_mail = m\nacl_smtp_data = accept\n"
    "begin acl\nr:\n  accept logwrite = [$smtp_command_argument] [$recipients] $local_part\n"
    "m:\n  accept logwrite = [$smtp_command_argument] <$sender_address> $message_size\n"
)
MAILS = (
    *("SIZE=-1", "SIZE=", "ENVID=", "SIZE=10 ENVID=", "AUTH=", "RET=", "BODY=", "\tFOO", "\tFOO=x", "FOO="),
    *("\tFOO=\tSIZE=10", "\tSIZE", "\tBODY=BINARYMIME\t<x>", "SIZE=1\tSMTPUTF8=x", "SIZE=1\tPRDR=x"),
    *("SIZE=1\tSIZE=x", "=x", "\t=", "SIZE= 10", "1SIZE=10", "A1=x\tFOO=x", "SIZE=+10", "SIZE=0x10"),
    *("SIZE=18446744073709551616", "SIZE=-18446744073709551615", "RET", "ENVID", "AUTH", "SIZE=10 AUTH="),
)
RCPTS = (
    "NOTIFY=",
    "ORCPT=",
    "\tFOO",
    "\tFOO=x",
    "\tNOTIFY=NEVER\tFOO=x",
    "\tNOTIFY",
    "ORCPT",
    "\t=",
    "NOTIFY=x",
)
ADDRESSES = (
    *(
        "<<a@b>>",
        "<<a@b>> X",
        "<@x:<a@b>>",
        "<>>",
        "<> x",
        "x <>>",
        "a@[x]",
        "<a@[x]>",
        "<a@[1.2.3.4>",
        "<a@b>>",
    ),
    *("a@[]", "<a@h\xe9.test>", "<h\xe9@x.test>"),
)
ENVELOPE = "EHLO x\nMAIL FROM:<a@b>\nRCPT TO:<a@b>\n"
SMALL = f"{PATIENT}message_size_limit = 30\nacl_smtp_rcpt = accept\n"
CHUNKED = f"{PATIENT}acl_smtp_rcpt = accept\nacl_smtp_data = accept\n"
BETWEEN = (
    *("BDAT 3\na\nBDAT x\nNOOP", "BDAT 3\na\nBDAT\nNOOP\nRSET\n.\nNOOP", "BDAT 0 FOO\nBDAT 0 LAST x\nNOOP"),
    *(
        "BDAT 3\na\nFOO\nNOOP\nNOOP x\nRSET x\nRSET\nNOOP\n.\nNOOP",
        "BDAT 3\na\nVRFY a",
        "BDAT 6\na: b\nVRFY a",
    ),
    *(
        "BDAT 8\na: b\n\nVRFY a",
        "BDAT 6\na: b\nBDAT 5 x\nabc\nBDAT 0 LAST ",
        "BDAT 6\na: b\nRSET\nA: b\n\n.\nNOOP",
    ),
    *("BDAT 3LAST\na", "BDAT -1\na", "BDAT +3 LAST\na", "BDAT 3,LAST\na", "BDAT x"),
)
TOO_BIG = (
    *(
        "BDAT 40\na: b\n\n3456789012345678901234567890123456\nNOOP",
        "BDAT 24\na: b\n\n34567890123456\nBDAT 24 LAST\n3456789012345678901234",
    ),
    *(
        "BDAT 48 LAST\na: b\n\n34567890123456789\n12345678901234567\n",
        "BDAT 48\na: b\n\n34567890123456789012\n3\n5\n7\n9\n1\n3",
    ),
    *(
        "DATA\na: b\nc: 34567890123456789012345678901234567890\n.",
        "DATA\na: b\nc: 345678901234567890123456789012345\n\n.",
    ),
)

VERBS = ("accept", "discard", "warn", "deny", "defer")
CONDITIONS = (
    *(
        "acl = yes",
        "!acl = no",
        "!verify = recipient",
        "acl = around",
        "!acl = below",
        "acl = yes\n    log_message = own",
    ),
    "!acl = no\n    message = own <$acl_verify_message>",
)
PASSED_ON = [f"{verb} {condition}" for verb in VERBS for condition in CONDITIONS]
MESSAGES = ("\\n", "a\\n", "\\n\\n", "\\na\\n", "\\n\\na", "a\\n  b\\n\\n")

CODES = (
    "550 5.7.1  a",
    "550  5.7.1 a",
    "550 5.7.1  a\\nb",
    "550  a\\nb",
    "450  4.7.1  a",
    "550 5.7.1",
    "550 5.7.1\\n",
    "550\\n5.7.1 \\nx",
    "550 5.7.1\\tx",
    "550 5.7.1 \\nx",
)


def conversation(lines: str) -> str:
    """Lines of a client with both characters at their ends."""
    return f"{lines}\nQUIT".replace("\n", "\r\n")


FINDINGS = {
    "parameters of MAIL": Finding(
        f"{TELLING}",
        "EHLO x\n" + "\nRSET\n".join(f"MAIL FROM:<a@b>{'' if p[0] == chr(9) else ' '}{p}" for p in MAILS),
    ),
    "parameters of MAIL that are not offered": Finding(
        f"no_accept_8bitmime\n{TELLING.replace('dsn_advertise_hosts = *', 'dsn_advertise_hosts =')}",
        "EHLO x\n"
        + "\nRSET\n".join(
            f"MAIL FROM:<a@b> {p}" for p in ("BODY=x", "RET=x", "SMTPUTF8", "SMTPUTF8=x", "ENVID=x")
        ),
    ),
    "parameters of RCPT": Finding(
        TELLING,
        "EHLO x\nMAIL FROM:<a@b>\n"
        + "\n".join(f"RCPT TO:<a@b>{'' if p[0] == chr(9) else ' '}{p}" for p in RCPTS),
    ),
    "addresses": Finding(
        TELLING, "EHLO x\n" + "\nRSET\n".join(f"MAIL FROM:{address}" for address in ADDRESSES)
    ),
    "addresses with more brackets": Finding(
        f"strip_excess_angle_brackets\nallow_domain_literals\n{TELLING}",
        "EHLO x\nMAIL FROM:<<a@b>>\nRSET\nMAIL FROM:<a@[x]>\nRSET\nMAIL FROM:<a@[1.2.3.4]>",
    ),
    "UTF-8 in domains stays permitted": Finding(
        TELLING, "EHLO x\nMAIL FROM:<a@h\xe9.test> SMTPUTF8\nRSET\nMAIL FROM:<a@h\xe9.test>"
    ),
    "lines with NULs": Finding(
        f"log_selector = +smtp_syntax_error\n{CHUNKED}",
        f"EHLO x\nNOOP\0 x\n\0\nFOO\0\nQUIT\0\n{ENVELOPE}\0\nBDAT 3\na\nNOOP\0\nRSET",
    ),
    "lines with NULs are too many": Finding("smtp_max_synprot_errors = 0\n", "EHLO x\nNOOP\0x\nNOOP"),
    **{
        f"between chunks: {lines!r}": Finding(CHUNKED, conversation(f"{ENVELOPE}{lines}"))
        for lines in BETWEEN
    },
    "between chunks: too many mistakes": Finding(
        "acl_smtp_rcpt = accept\nacl_smtp_data = accept\n",
        conversation(f"{ENVELOPE}BDAT 6\na: b\nX\nX\nX\nX\nX"),
    ),
    **{f"too big: {lines!r}": Finding(SMALL, conversation(f"{ENVELOPE}{lines}")) for lines in TOO_BIG},
    "a session that is closed down": Finding(
        "message_size_limit = x\nsmtp_accept_max_nonmail = 0\n",
        "HELP\nRSET\nFOO\nNOOP\0\nMAIL FROM:<a@b>\nQUIT",
    ),
    "a session that is closed down and lost": Finding("message_size_limit = x\n", "HELP"),
    "commands that are offered": Finding(
        "acl_smtp_vrfy =\nacl_smtp_etrn = deny\n", "EHLO x\nHELP\nVRFY x\nEXPN x\nQUIT"
    ),
    "no limit of recipients": Finding(
        "recipients_max = -1\nacl_smtp_rcpt = accept\n", f"{ENVELOPE}RCPT TO:<b@b>\nQUIT"
    ),
    "subjects of the log": Finding(
        "log_selector = +subject\nacl_smtp_rcpt = accept\nacl_smtp_data = d\nbegin acl\nd:\n"
        "  warn condition = ${if eq{$h_x:}{1}}\n    add_header = Subject: new\n"
        "  warn condition = ${if eq{$h_x:}{2}}\n    remove_header = Subject\n  accept\n",
        "EHLO x\n"
        + "".join(
            f"MAIL FROM:<a@b>\nRCPT TO:<a@b>\nDATA\n{header}\n\nx\n.\n"
            for header in ("x: 1", "x: 2\nSubject: s", "x: 1\nSubject: s", "subject : s", "Subject:")
        )
        + "QUIT",
    ),
    "names of messages that are sent again": Finding(
        "acl_smtp_rcpt = accept\nacl_smtp_data = accept\n",
        f"{ENVELOPE}DATA\nResent-Sender: x\nMessage-ID: <a@b>\n.\nMAIL FROM:<a@b>\nRCPT TO:<a@b>\n"
        "DATA\nResent-Message-ID: <c@d>\nMessage-ID: <a@b>\n.\nQUIT",
    ),
    "a dropped connection ends without QUIT": Finding(
        "acl_smtp_connect = drop\nacl_smtp_notquit = accept logwrite = $smtp_notquit_reason\n", "NOOP"
    ),
    "ETRN without an argument": Finding(
        "acl_smtp_etrn = accept\nsmtp_etrn_command = /bin/echo $domain\n", "ETRN\nETRN #\nQUIT"
    ),
    "the log shows the argument of MAIL as it was left": Finding(
        "acl_smtp_mailauth = x\n",
        "EHLO x\nMAIL FROM:<a@b>\tSIZE=1\tAUTH=a\nMAIL FROM:<a@b>\tAUTH=a\tSIZE=10\nQUIT",
    ),
    "the log shows the first word of a name": Finding(
        "helo_accept_junk_hosts = *\nacl_smtp_helo = x\n", "HELO a b\nQUIT"
    ),
    "errors of the last ACLs": Finding(
        "acl_smtp_quit = q\nacl_smtp_notquit = n\nbegin acl\nq:\n  warn verify = helo/x\nn:\n  warn control = error\n",
        "NOOP\nQUIT",
    ),
    "an error without words": Finding(
        "acl_smtp_notquit = n\nbegin acl\nn:\n  warn control = error\n", "NOOP"
    ),
    "controls with more behind their names": Finding(
        f"{PATIENT}acl_smtp_rcpt = $local_part\nbegin acl\n"
        + "".join(
            f"r{number}:\n  accept control = {text}\n"
            for number, text in enumerate(
                "fakereject_x fakerejectx queue_only_x queue_x/only submission_x freeze_no_tell utf8_downconvert_x dscp_x debug_x".split()
            )
        ),
        "EHLO x\nMAIL FROM:<a@b>\n" + "".join(f"RCPT TO:<r{number}@b>\n" for number in range(9)) + "QUIT",
    ),
    "a sender after a refused one": Finding(
        "domainlist dl = x.test : *.local.test\naddresslist al = a@x.test : *@y.test\naddresslist no = !+al : *@+dl\n"
        "acl_smtp_mail = m\nbegin acl\nm:\n  warn senders = +no : !*@+dl\n  warn sender_domains = +dl\n  warn sender_domains = +dl\n",
        "HELO x\nMAIL FROM:<u@z.test>\nMAIL FROM:<a@x.test>\nMAIL FROM:<b@x.test>\nMAIL FROM:<b@x.test>\nQUIT",
    ),
    "what is known of a recipient is forgotten after its ACL": Finding(
        "acl_smtp_rcpt = accept\nacl_smtp_predata = d\nacl_smtp_data = d\nacl_smtp_quit = d\nbegin acl\n"
        "d:\n  accept logwrite = <$local_part@$domain> $acl_c0\n",
        f"{ENVELOPE}DATA\na: b\n.\nQUIT",
    ),
    "what an ACL has set for a message that it refused": Finding(
        "acl_smtp_mail = m\nbegin acl\nm:\n  deny logwrite = <$acl_m0>\n    set acl_m0 = $sender_address\n",
        "HELO x\nMAIL FROM:<a@b>\nMAIL FROM:<c@d>\nQUIT",
    ),
    "the header Received cannot be made": Finding(
        "acl_smtp_rcpt = accept\nacl_smtp_data = accept\nreceived_header_text = ${if eq{a}{b}{x}fail}\n",
        f"{ENVELOPE}DATA\na: b\n.\nQUIT",
    ),
    "DATA is refused twice": Finding(
        "", "EHLO x\nMAIL FROM:<a@b>\nRCPT TO:<a@b>\nDATA\nRCPT TO:<a@b>\nDATA\nQUIT"
    ),
    "waiting comes before the address is read": Finding(
        f"{PATIENT}smtp_ratelimit_mail = 1,0s,1.0,0s\nacl_smtp_mail = deny\n",
        "HELO x\nMAIL FROM:<a@b>\nMAIL FROM:<a@b>>\nMAIL FROM:<a@b>\nQUIT",
    ),
    "an address that is to be rewritten is shown as it is": Finding(
        'acl_smtp_rcpt = accept\nacl_smtp_data = accept\nbegin rewrite\n^<?(.*) "*" E\n',
        "HELO x\nMAIL FROM:<a@B>\nRCPT TO:<c@D>\nDATA\na: b\n.\nQUIT",
    ),
    **{
        f"too many commands: {command}": Finding(
            "acl_smtp_notquit = n\nsmtp_accept_max_nonmail = 2\nbegin acl\nn:\n"
            "  accept message = 550 5.1.1 nay $smtp_notquit_reason\\nx\n",
            f"{command}\n" * 5,
        )
        for command in ("FOO", "NOOP")
    },
    "an invalid name leaves none": Finding(
        "acl_smtp_mail = m\nbegin acl\nm:\n  deny logwrite = <$sender_helo_name>\n",
        "HELO a\nHELO @@\nMAIL FROM:<a@b>\nQUIT",
    ),
    "long arguments in the log": Finding(
        "acl_smtp_vrfy = deny\n",
        f"EXPN a@{'d' * 200}\nVRFY a@{'d' * 200}\nMAIL FROM:<a@b>\nRCPT TO:<a@{'d' * 200}>\nQUIT",
    ),
    "a recipient is shown as it came": Finding(
        "acl_smtp_rcpt = r\nbegin acl\nr:\n  warn recipients = a@ : *\n  deny\n",
        "HELO x\nMAIL FROM:<a@B>\nRCPT TO:<A@Local.Test>\nQUIT",
    ),
    "a named queue": Finding(
        "acl_smtp_rcpt = accept control = queue\\n queue = slow\nacl_smtp_data = accept\n",
        f"{ENVELOPE}DATA\na: b\n.\nQUIT",
    ),
    "a bad line of the body as a command": Finding("", "a\nb\nc\nd\n"),
    "recipients are discarded": Finding(
        "dsn_advertise_hosts = *\nacl_smtp_rcpt = discard\n",
        'EHLO x\nMAIL FROM:<a@b>\nRCPT TO:<c@d>\tNOTIFY=NEVER\nRCPT TO:"N" <c@d>\nQUIT',
    ),
    "a message is discarded": Finding(
        "acl_smtp_mail = discard\nacl_smtp_rcpt = accept\n",
        'EHLO x\nMAIL FROM:<a@b>\nRCPT TO:"N" <c@d>\nQUIT',
    ),
    "DATA is no place to discard": Finding(
        "acl_smtp_rcpt = accept\nacl_smtp_predata = discard\n", f"{ENVELOPE}DATA\nQUIT"
    ),
    "an error tells nothing of the sender": Finding(
        "acl_smtp_rcpt = r\nbegin acl\nr:\n  warn !verify = sender\n  accept condition = error\n",
        f"{ENVELOPE}QUIT",
    ),
    "which messages are passed on": Finding(
        f"{PATIENT}acl_smtp_rcpt = a$rcpt_count\nbegin acl\n"
        + "".join(f"a{number}:\n  {text}\n" for number, text in enumerate(PASSED_ON, 1))
        + "yes:\n  accept message = hi\n    log_message = said hi\nno:\n  deny message = no\n    log_message = said no\n"
        "around:\n  accept acl = yes\nbelow:\n  accept acl = no\n"
        "begin routers\nr:\n  driver = redirect\n  allow_fail\n  data = :fail: nobody\n",
        "HELO x\nMAIL FROM:<a@b>\n" + "RCPT TO:<c@d>\n" * len(PASSED_ON) + "QUIT",
    ),
    "lines of messages": Finding(
        "acl_smtp_rcpt = a$rcpt_count\nbegin acl\n"
        + "".join(f"a{number}:\n  deny message = {text}\n" for number, text in enumerate(MESSAGES, 1)),
        "HELO x\nMAIL FROM:<a@b>\n" + "RCPT TO:<c@d>\n" * len(MESSAGES) + "QUIT",
    ),
    "codes of messages": Finding(
        "acl_smtp_rcpt = a$rcpt_count\nbegin acl\n"
        + "".join(f"a{number}:\n  deny message = {text}\n" for number, text in enumerate(CODES, 1)),
        "HELO x\nMAIL FROM:<a@b>\n" + "RCPT TO:<c@d>\n" * len(CODES) + "QUIT",
    ),
    **{
        f"a greeting: {text}": Finding(
            f"acl_smtp_connect = c\nacl_smtp_helo = c\nbegin acl\nc:\n  accept message = {text}\n",
            "HELO x\nQUIT",
        )
        for text in ("550 5.7.1 ${lc:}", "220 2.2.0 ${lc:}", "220 ${lc:}", "221 x", "a\\n", "220 a\\nb")
    },
    "a command with an argument too many is not counted": Finding(
        "smtp_accept_max_nonmail = 0\n", "RSET x\nRSET\nSTARTTLS x\nQUIT"
    ),
    "a local part in an ACL of an expansion": Finding(
        "acl_smtp_rcpt = r\nbegin acl\nr:\n  warn condition = ${acl{x}{y}}\n  warn acl = x\n  deny\n"
        "x:\n  warn local_parts = bad : +caseful : User\n  warn recipients = User@Local.Test : +caseful : *@local.test\n"
        "  accept message = $local_part\n",
        "HELO x\nMAIL FROM:<a@b>\nRCPT TO:<User@Local.Test>\nQUIT",
    ),
    "the name of a log over two lines": Finding(
        "acl_smtp_helo = h\nbegin acl\nh:\n  accept logwrite = :ma${lc:X}\\nb\n", "HELO x\nQUIT"
    ),
}


@pytest.mark.parametrize("title", FINDINGS)
def test_the_session_is_as_with_exim(title: str) -> None:
    ours, real = outcomes(FINDINGS[title])
    assert ours == real
