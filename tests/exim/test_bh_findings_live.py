"""Sessions that once went otherwise than with the real Exim: what is said, told and logged is the same."""

from __future__ import annotations

import pytest

from exim.bh_sessions import Finding, outcomes

pytestmark = pytest.mark.exim

FINDINGS = {
    "a line From of a client that is ignored": Finding(
        "acl_smtp_rcpt = accept\nacl_smtp_data = tells\nignore_fromline_hosts = *\nbegin acl\ntells:\n"
        "  warn logwrite = <$sender_address> <$h_subject:> <$message_size> <$message_body>\n  accept\n",
        "EHLO a\nMAIL FROM:<a@b.test>\nRCPT TO:<c@d.test>\nDATA\nFrom x Fri Jan  5 12:35 GMT 1996\n"
        "Subject: x\n\nbody\n.\nQUIT",
    ),
    "a name that does not verify leaves the earlier name and the message": Finding(
        "acl_smtp_rcpt = accept\nhelo_verify_hosts = *\n",
        "EHLO [192.0.2.1]\nMAIL FROM:<x@y>\nEHLO [9.9.9.9]\nRCPT TO:<a@b>\nHELO [192.0.2.1]\n"
        "EHLO foo.invalid\nEHLO @@\nRSET\nEHLO localhost\nMAIL FROM:<x@y>\nQUIT",
    ),
    "the log has a name that an ACL refuses in small letters": Finding(
        "acl_smtp_helo = h\nbegin acl\nh:\n  deny message = no $smtp_command_argument $sender_helo_name\n",
        "HELO Some.Example\nEHLO OTHER\nQUIT",
    ),
    "what is told of searches for hosts and of routing is not indented in ACLs": Finding(
        "acl_smtp_rcpt = top\nhosts_require_helo =\nbegin acl\ntop:\n  warn acl = k a\n"
        "  warn condition = ${acl{k}{yes}}\n  accept\n"
        "k:\n  warn hosts = *.foo.test\n  warn hosts = localhost\n  warn hosts = foo.invalid\n"
        "  warn !verify = reverse_host_lookup\n  warn !verify = helo\n  warn verify = recipient\n"
        "  warn verify = sender\n  warn dnslists = list.invalid/$sender_address_domain\n"
        "  warn condition = ${if match_domain{x}{y : ${if eq{1}{2}{}fail}}}\n"
        "  warn condition = ${if match_domain{X}{y : x}}\n"
        "  warn condition = ${if match_ip{1.2.3.4}{1.2.0.0/16}}\n"
        "begin routers\nr:\n  driver = redirect\n  domains = b\n  data = :fail: no\n  allow_fail\n"
        "s:\n  driver = accept\n  transport = t\nbegin transports\nt:\n  driver = appendfile\n",
        "EHLO there\nMAIL FROM:<x@y>\nRCPT TO:<a@b>\nRCPT TO:<a@c>\nQUIT",
    ),
    **{
        f"line ends: {body!r}": Finding(
            "acl_smtp_rcpt = accept\nacl_smtp_data = d\nbegin acl\nd:\n  deny\n"
            "    logwrite = [$rh_a:] [$rh_b:] [$rh_c:] [$message_body] $message_size $body_linecount\n",
            f"EHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n{body}.\r\nQUIT\r\n",
        )
        for body in (
            "A: b\rC: d\r\n\r\nx\r\n",
            "A: b\r\n\r\nx\ry\r\n\r\rz\r\n",
            "A: b\r\r\n\r\nx\r\r\n.\r\r\ny\r\n",
            "A: b\n\nx\n",
            "A: b\r\n\r\nx\r.\ry\r\n",
            "A: b\r\n\r\nx\n.\ny\r\n",
            "A: b\r\n\r\nx\r\n.\ny\r\n",
            "A: b\r\n\r\nx\n.\r\ny\r\n",
            "A: b\r\n\r\n\rx\r\n",
            "A: b\r\n\r\n.\rx\r\n..\ry\r\n.\r\rz\r\n",
            "A: b\n\r\nx\r\n",
            "A: b\r\n\nx\r\n",
            "A: b\nB: c\r\n\r\nx\r\n",
            "A: b\r\nB: c\nC: d\r\n\r\nx\r\n",
            "A:\r b\r\nB: c\n\nx\n",
        )
    },
    "a name that an ACL refuses leaves the client one that has said hello": Finding(
        "acl_smtp_helo = ${if match{$sender_helo_name}{bad}{deny}{accept}}\nhosts_require_helo = *\n",
        "HELO bad\nMAIL FROM:<>\nHELO ok\nMAIL FROM:<>\nRSET\nHELO bad\nMAIL FROM:<>\nRSET\n"
        "EHLO @@\nMAIL FROM:<>\nQUIT",
    ),
    "without any name that verifies there is no mail": Finding(
        "helo_verify_hosts = *\n", "EHLO [9.9.9.9]\nMAIL FROM:<x@y>\nEHLO @@\nEHLO @@\nEHLO @@\nEHLO @@\nQUIT"
    ),
    "a name may be tried": Finding(
        "helo_try_verify_hosts = *\nacl_smtp_mail = m\nbegin acl\nm:\n  warn verify = helo\n  accept\n",
        "MAIL FROM:<x@y>\nRSET\nHELO [9.9.9.9]\nMAIL FROM:<x@y>\nQUIT",
    ),
    "the client's address is no text from outside": Finding(
        "acl_smtp_connect = c${substr_-1_1:$sender_host_address}\nbegin acl\nc1:\n  deny\n", "QUIT"
    ),
    "an ACL cannot be named by what comes from outside": Finding(
        "acl_smtp_mail = m$sender_address_local_part\nacl_smtp_rcpt = r\nbegin acl\nmu:\n  accept\n"
        "r:\n  warn domains = a\n       acl = acl_$local_part\n"
        "  warn domains = b\n       acl = /x/$local_part\n  accept\n",
        "HELO x\nMAIL FROM:<u@v>\nMAIL FROM:<>\nQUIT",
    ),
    "a message behind endpass is for refusals": Finding(
        "acl_smtp_rcpt = r\nbegin acl\nr:\n  accept local_parts = a\n    endpass\n    message = must a\n"
        "    domains = y\n  accept local_parts = b\n    message = must b\n    endpass\n    domains = y\n"
        "  accept local_parts = c\n    message = must c\n    domains = y\n",
        "HELO x\nMAIL FROM:<u@v>\nRCPT TO:<a@y>\nRCPT TO:<a@z>\nRCPT TO:<b@y>\nRCPT TO:<b@z>\n"
        "RCPT TO:<c@y>\nRCPT TO:<c@z>\nQUIT",
    ),
    "the case of letters counts for domains as well": Finding(
        "domainlist dl = Y.Z\nacl_smtp_rcpt = r\nbegin acl\nr:\n  accept senders = +caseful : X@Y.Z\n"
        "  accept senders = +caseful : *@+dl\n  accept senders = +caseful : *@*.Z\n"
        "  accept senders = +caseful : X@y.z\n",
        "HELO x\nMAIL FROM:<X@y.z>\nRCPT TO:<a@y>\nRSET\nMAIL FROM:<X@Y.Z>\nRCPT TO:<a@y>\nQUIT",
    ),
    "percent signs in local parts": Finding(
        "domainlist ld = x.y\npercent_hack_domains = !test.ex : hack.ex : +ld : z\nacl_smtp_rcpt = r\n"
        "acl_smtp_vrfy = r\nbegin acl\nr:\n  accept logwrite = $local_part $domain\n",
        "HELO x\nMAIL FROM:<u@v>\nRCPT TO:<a@test.ex>\nRCPT TO:<a%b@test.ex>\nRCPT TO:<a%b@x.y>\n"
        'RCPT TO:<a%b%hack.ex@X.y>\nRCPT TO:<"A\\%a.B"@hack.ex>\nVRFY a%b@test.ex\nQUIT',
    ),
    "answers to VRFY": Finding(
        "acl_smtp_vrfy = accept\nbegin routers\n"
        "expan:\n  driver = redirect\n  local_parts = expan\n  data = ${if with syntax error\n"
        "def:\n  driver = redirect\n  local_parts = def\n  allow_defer\n  data = :defer: not now\n"
        "fa:\n  driver = redirect\n  local_parts = fa : fb\n  allow_fail\n"
        "  data = ${if eq{$local_part}{fa}{:fail: never}{:fail:}}\n"
        "ok:\n  driver = redirect\n  local_parts = ok\n  data = other@x\n",
        "HELO x\nVRFY expan\nVRFY def\nVRFY fa\nVRFY fb\nVRFY ok\nVRFY none\nVRFY ok\nQUIT",
    ),
    "refusals log addresses as they were given": Finding(
        "acl_smtp_mail = ${if eq{$sender_address}{u@v}{accept}{deny}}\nacl_smtp_rcpt = r\nbegin acl\nr:\n"
        "  discard domains = d\n  defer domains = e\n  deny\n",
        "EHLO x\nMAIL FROM:u@b\nMAIL FROM: Foo <u@B>  SIZE=100\nMAIL FROM: u@v SIZE=100\nRCPT TO:x@Y\n"
        'RCPT TO:<x@Y> \nRCPT TO:x@d\nRCPT TO: x@e \nRCPT TO: "a b"@d\nQUIT',
    ),
    "ETRN": Finding(
        "acl_smtp_etrn = accept\n",
        "EHLO x\nETRN #x.y\nETRN x.y\nMAIL FROM:<u@v>\nETRN #x.y\nRSET\nQUIT",
    ),
    "ETRN with a command": Finding(
        "acl_smtp_etrn = accept\nsmtp_etrn_command = /bin/echo $domain\nlog_selector = -etrn\n",
        "EHLO x\nETRN #x.y\nETRN #x.y #z\nQUIT",
    ),
    "a host without a name": Finding(
        "host_lookup_order = byaddr\nacl_smtp_rcpt = r\nbegin acl\nr:\n"
        "  accept verify = reverse_host_lookup\n",
        "HELO x\nMAIL FROM:<u@v>\nRCPT TO:<a@b>\nQUIT",
    ),
    "hosts that routers find by name": Finding(
        "acl_smtp_rcpt = r\nbegin acl\nr:\n  require verify = recipient\n  accept\nbegin routers\n"
        "m:\n  driver = manualroute\n  domains = m.n\n  route_list = m.n localhost\n  transport = t\n"
        "d:\n  driver = manualroute\n  domains = d.n\n  route_list = d.n nosuch.invalid byname\n"
        "  transport = t\n"
        "begin transports\nt:\n  driver = smtp\n",
        "HELO x\nMAIL FROM:<u@v>\nRCPT TO:<a@m.n>\nRCPT TO:<a@d.n>\nQUIT",
    ),
    "who has authenticated": Finding(
        "acl_smtp_mail = ${if eq{$sender_address}{u@v}{accept}{deny}}\nacl_smtp_rcpt = deny\n"
        "acl_smtp_vrfy = deny\nbegin authenticators\na:\n  driver = plaintext\n  public_name = PLAIN\n"
        "  server_condition = yes\n  server_set_id = ${if eq{$auth2}{q}{q}}\n",
        "EHLO x\nAUTH PLAIN AHEAcQ==\nMAIL FROM:<a@b>\nMAIL FROM:<u@v>\nRCPT TO:<a@b>\nVRFY x\nQUIT",
    ),
    "what a verification has said is seen by its statement": Finding(
        "acl_smtp_rcpt = r\nbegin acl\nr:\n  warn !verify = recipient\n"
        "  warn logwrite = x1 $acl_verify_message\n"
        "  warn !verify = recipient\n    logwrite = w $acl_verify_message\n    log_message = lm\n"
        "  warn message = X-y: $acl_verify_message\n    log_message = y: $acl_verify_message\n"
        "  deny !verify = recipient\n    log_message = dl $acl_verify_message\n"
        "    message = dm $acl_verify_message\n    logwrite = dw $acl_verify_message\n",
        "HELO x\nMAIL FROM:<u@v>\nRCPT TO:<a@b>\nQUIT",
    ),
    "what is wrong with header lines": Finding(
        "acl_smtp_rcpt = accept\nacl_smtp_data = d\nbegin acl\nd:\n  deny !verify = header_syntax\n"
        "    logwrite = D $acl_verify_message\n",
        f"HELO x\nMAIL FROM:<u@v>\nRCPT TO:<a@b>\nDATA\nFrom: a@b\nTo: <{'a' * 1100}@b\n\n.\nQUIT",
    ),
    "a configuration that is wrong": Finding("no_such_option\n", "QUIT"),
}


@pytest.mark.parametrize("title", FINDINGS)
def test_the_session_is_as_with_exim(title: str) -> None:
    ours, real = outcomes(FINDINGS[title])
    assert ours == real


@pytest.mark.parametrize("name", ["[IPv6:2001:db8::1]", "[2001:0DB8::1]", "[ipv6:2001:db8::2]", "x"])
def test_a_client_names_its_address_in_any_form(name: str) -> None:
    config = "acl_smtp_mail = m\nbegin acl\nm:\n  deny message = $sender_rcvhost | $sender_fullhost\n"
    ours, real = outcomes(Finding(config, f"EHLO {name}\nMAIL FROM:<a@b>\nQUIT", "2001:db8::1"))
    assert ours == real
