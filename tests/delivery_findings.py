"""Deliveries in which details matter: a configuration, and what is handed in one after the other."""

from __future__ import annotations

from grammar.record import Record

HERE = """\
  driver = appendfile
  file = @DIR@/mail/box
  user = @USER@
"""
TEXT = b"From: root@example.test\nSubject: hello\n\nbody\n"


class Finding(Record):
    """Main options, routers and transports; each has a transport ``box``, which ``root`` goes to."""

    main: str = ""
    routers: str = ""
    transports: str = ""
    sent: tuple[tuple[tuple[str, ...], bytes], ...] = ((("-odi", "a"), TEXT),)

    @property
    def config(self) -> str:
        """The configuration, in which ``@DIR@`` and ``@USER@`` stand for a folder and who delivers."""
        return (
            f"trusted_users = root\n{self.main}begin routers\nhome:\n  driver = accept\n"
            f"  local_parts = root\n  transport = box\n{self.routers}begin transports\nbox:\n{HERE}"
            f"{self.transports}"
        )


def header(length: int, more: str = "") -> bytes:
    """A message with a header line of that length, its newline counted."""
    line = "X-A: ".ljust(length - 1, "a")
    return f"From: root@example.test\n{line}\n{more}\nbody\n".encode()


def sent(*messages: tuple[str, ...], data: bytes = TEXT) -> tuple[tuple[tuple[str, ...], bytes], ...]:
    """The same message for several command lines."""
    return tuple((("-odi", *words), data) for words in messages)


ASKED = "asked:\n  driver = queryprogram\n  command_user = nobody\n  transport = box\n"
ROUND = """\
there:
  driver = redirect
  domains = dom2
  data = $local_part@dom1
back:
  driver = redirect
  domains = dom1
  data = x@dom2
  unseen
end:
  driver = accept
  domains = dom1
  transport = box
"""
COPIES = (
    'errors_copy = xx@yy root : "^(?x)  abcd"  root@example.test : lone : "two\\x40*"  root@example.test :'
    " three@* ${if bad} : four@* ${if eq{1}{2}{a}fail} : !\\N^five\\N root@example.test\n"
)
PLAIN = """\
  driver = pipe
  user = @USER@
"""
PIPES = f"{PLAIN}  return_output\n"
PIPED = 'words:\n  driver = redirect\n  data = "|/bin/cat a \\"b c\\""\n  pipe_transport = words\n'
WORDS = "/bin/echo A $address_pipe B ${address_pipe} C x$address_pipe D ${pipe_addresses}"
SAVED = 'words:\n  driver = redirect\n  data = "#Exim filter\\npipe xxxx"\n  allow_filter\n'
FILTER = 'saved:\n  driver = redirect\n  data = "#Exim filter\\n{}"\n  allow_filter\n  user = @USER@\n'
LISTED = """\
list:
  driver = redirect
  local_parts = list
  file = /etc/shadow
  user = @USER@
"""
TAINTED = "words:\n  driver = accept\n  local_parts = a\n  transport = words\n"
ETRN = (("-bs", "-oMa", "127.0.0.1"), b"etrn #some.where\nquit\n")
RUNS_LONG = "acl_smtp_etrn = accept\nlog_selector = +etrn\nsmtp_etrn_command = /bin/sleep 1\n"


def etrns(main: str, *wanted: str) -> Finding:
    """A session with these commands."""
    text = "".join(f"etrn {each}\r\n" for each in wanted)
    return Finding(main=main, sent=((("-bs", "-oMa", "127.0.0.1"), f"{text}quit\r\n".encode()),))


PROD = "acl_smtp_etrn = accept\nlog_selector = +etrn\nno_smtp_etrn_serialize\n"

POSTMARK = b"From x@y.test Fri Jan  5 12:35 GMT 1996\n"
TAKES = (
    "acl_smtp_rcpt = accept\nacl_smtp_data = tells\n{}begin acl\ntells:\n"
    "  warn logwrite = <$sender_address> <$h_subject:> <$message_headers_raw> <$message_size>\n  accept\n"
)


def postmarked(option: str, *lines: bytes, words: tuple[str, ...] = ("-bs",)) -> Finding:
    """A message in a session that begins with such lines."""
    data = b"".join(lines) + b"Subject: x\n\nbody\n"
    text = b"EHLO a\nMAIL FROM:<a@b.test>\nRCPT TO:<root@d.test>\nDATA\n" + data + b".\nQUIT\n"
    return Finding(main=TAKES.format(option), sent=((("-odi", *words), text.replace(b"\n", b"\r\n")),))


HIDES = "c:\n  driver = redirect\n  local_parts = a\n  data = {}\n  {}\n  hide_child_in_errmsg\n{}"
AGAIN = "d:\n  driver = redirect\n  local_parts = b\n  data = {}\n"


def hides(data: str, more: str = "user = @USER@", further: str = "", transports: str = "") -> Finding:
    """Addresses of a list that senders do not get to see."""
    return Finding(routers=HIDES.format(data, more, further), transports=transports, sent=sent(("a", "q")))


FROM_HERE, FROM_THERE = "ignore_fromline_local\n", ("-bs", "-oMa", "192.0.2.1")
IN_CHUNKS = b"EHLO a\nMAIL FROM:<a@b.test>\nRCPT TO:<root@d.test>\nBDAT 61 LAST\n" + POSTMARK
FINDINGS = {
    "a hidden address": hides("x@example.test"),
    "hidden addresses": hides("x@example.test, y@example.test"),
    "what comes of a hidden address": hides("b@example.test", further=AGAIN.format("z@example.test")),
    "the same address is hidden": hides("a@example.test"),
    "a hidden pipe": hides(
        "|/bin/false",
        "user = @USER@\n  pipe_transport = p",
        transports="p:\n  driver = pipe\n  return_output\n",
    ),
    "a hidden pipe that says something": hides(
        "|/bin/echo",
        "user = @USER@\n  pipe_transport = p",
        transports="p:\n  driver = pipe\n  return_output\n",
    ),
    "a hidden address that waits": hides(
        "b@example.test", further=f"{AGAIN.format(':defer: no')}  allow_defer\n"
    ),
    "a path of a filter that is not absolute": Finding(
        routers=FILTER.format("save a/b")
        + "  no_filter_prepend_home\n  file_transport = f\n  router_home_directory = /tmp\n",
        transports="f:\n  driver = appendfile\n",
    ),
    "a path of a filter that a transport has a folder for": Finding(
        routers=FILTER.format("save a/b") + "  no_filter_prepend_home\n  file_transport = f\n",
        transports="f:\n  driver = appendfile\n  maildir_format\n  directory = @DIR@/mail/a\n",
    ),
    "a path of a filter that a transport completes": Finding(
        routers=FILTER.format("save a/b")
        + "  no_filter_prepend_home\n  file_transport = f\n  router_home_directory = /tmp\n",
        transports="f:\n  driver = appendfile\n  file = @DIR@/mail/${tr{$address_file}{/}{_}}\n",
    ),
    "a line From ends the header": postmarked("", POSTMARK),
    "a line From is ignored": postmarked(FROM_HERE, POSTMARK),
    "lines From are ignored": postmarked(FROM_HERE, POSTMARK, b"From <z> Fri, 7 Jan 97 14:00:00 GMT\n"),
    "a line From in a batch is ignored": postmarked(FROM_HERE, POSTMARK, words=("-bS",)),
    "a line From that is none": postmarked(FROM_HERE, b"From what\n"),
    "a line From without a sender": postmarked(
        f"{FROM_HERE}uucp_from_pattern = ^From what\n", b"From what\n"
    ),
    "a line From after others": postmarked(FROM_HERE, b"X: y\n", POSTMARK),
    "a line From of another host": postmarked(FROM_HERE, POSTMARK, words=FROM_THERE),
    "a line From of a host is ignored": postmarked(
        "ignore_fromline_hosts = 192.0.2.0/24\n", POSTMARK, words=FROM_THERE
    ),
    "a line From in chunks": Finding(
        main=TAKES.format(f"{FROM_HERE}chunking_advertise_hosts = *\n"),
        sent=((("-odi", "-bs"), (IN_CHUNKS + b"Subject: x\n\nbody\nQUIT\n").replace(b"\n", b"\r\n")),),
    ),
    "senders of mailboxes": Finding(
        main="log_selector = +received_sender\n",
        sent=(
            (("-odi", "root"), b"From x@y Mon Jan  1 00:00:00 2024\nSubject: x\n\nhi\n"),
            (("-odi", "-f", "a@b.test", "root"), b"From x@y Mon Jan  1 00:00:00 2024\nSubject: x\n\nhi\n"),
            (("-odi", "bad@@x"), b"Subject: x\n\nline\n.\nafter\n"),
        ),
    ),
    "long lines in what goes back": Finding(
        main="bounce_return_linesize_limit = 100\n",
        sent=tuple(
            (("-odi", "bad@@x"), b"Subject: x\n\n" + text)
            for text in (b"y" * 99 + b"\n" + b"z" * 101 + b"\nlast\n", b"a\0b\n\0\nlast\n", b"w" * 300)
        ),
    ),
    "lines of messages": Finding(
        main="acl_not_smtp = count\nbegin acl\ncount:\n  accept logwrite = $body_linecount "
        "$message_linecount $message_body_size $message_size\n",
        sent=tuple(
            ((*words, "root"), text)
            for words in (("-odi",), ("-odi", "-i"))
            for text in (
                b"x: y\n\na\n\n\nb\n",
                b"x: y\n\n\n",
                b"x: y\n\nhi",
                b"bad\nx: y\n\nhi",
                b"x: y\nbad\n\n\nhi\n",
                b"x: y\nbad\r\nhi\r\n\r\nx\r\n",
                b"x: y\n\n.\n",
                b"x: y\n.\n",
                b"x: y\n\na\rb\r\n\n\rx",
                b"bad\n",
            )
        ),
    ),
    "arguments that are no recipients": Finding(
        sent=tuple(
            (("-odi", *words), TEXT)
            for words in (
                ("bad@@x",),
                ("bad@@x", "root"),
                ("-oep", "bad@@x"),
                ("-oee", "bad@@x"),
                ("-oeq", "bad@@x"),
                ("-f", "", "bad@@x"),
                ("-t", "bad@@x"),
                ("-bm", "<>"),
                ("root,bad@",),
                ("-oew", "bad@@x"),
            )
        ),
    ),
    "no recipients, and what goes back": Finding(
        sent=(
            (("-odi", "-t", "a@b.test"), b"\nhi\n"),
            (("-odi", "-t", "a@b.test"), b"To: a@b.test\n\nhi\n"),
            (("-odi", "-bm", "-t"), b"Reply-To: x\nFrom: x@y.test\n\n"),
            (("-odi", "-t"), b"Delivery-date: x\nEnvelope-to: x\nSubject: y\n\nhi\n"),
        ),
    ),
    "a command with an answer that is none": Finding(routers=f"{ASKED}  command = /bin/echo FOO x\n"),
    "a command that names no transport": Finding(
        routers=f"{ASKED}  command = /bin/echo ACCEPT transport=x\n"
    ),
    "a command that sends on to nobody": Finding(routers=f"{ASKED}  command = /bin/echo REDIRECT\n"),
    "a transport whose name comes from outside": Finding(
        routers="all:\n  driver = accept\n  transport = $local_part\n", sent=sent(("box",))
    ),
    "a transport that is not there": Finding(
        routers="all:\n  driver = accept\n  transport = ${if eq{1}{1}{gone}}\n"
    ),
    "a user by number, without a group": Finding(
        routers="all:\n  driver = accept\n  transport = plain\n  user = 8\n",
        transports="plain:\n  driver = pipe\n  command = /bin/true\n",
    ),
    "a user by name, without a group": Finding(
        routers="all:\n  driver = accept\n  transport = plain\n  user = nobody\n",
        transports="plain:\n  driver = pipe\n  command = /bin/true\n",
    ),
    "one address on several ways": Finding(routers=ROUND, sent=sent(("x@dom1", "x@dom2"))),
    "a copy goes on by itself": Finding(
        routers="both:\n  driver = redirect\n  local_parts = a\n  data = b@example.test\n  unseen\n"
        "last:\n  driver = accept\n  transport = box\n",
        sent=sent(("a",), ("a", "b"), ("b", "a")),
    ),
    "patterns of copies": Finding(
        main=COPIES,
        sent=sent(*(("-f", f"{name}@test.ex", "x") for name in "abcd lone two three four five".split())),
    ),
    "long header lines are returned": Finding(
        main="bounce_return_linesize_limit = 99999\n",
        sent=tuple((("-odi", "x"), header(length, "X-B: b\n")) for length in (997, 998, 999, 1000, 10001)),
    ),
    "no line is short enough": Finding(main="bounce_return_linesize_limit = 0\n"),
    "a pipe has its bar": Finding(
        routers=PIPED, transports=f"words:\n{PIPES}  force_command\n  command = {WORDS}\n"
    ),
    "a file for a pipe": Finding(
        routers=f"{SAVED}  user = @USER@\n  pipe_transport = saved\n",
        transports="saved:\n  driver = appendfile\n  file = @DIR@/mail/${substr_1:$address_pipe}\n",
    ),
    "words are tainted before later ones are wrong": Finding(
        routers=TAINTED, transports=f"words:\n{PIPES}  command = /bin/echo $local_part ${{if bad}}\n"
    ),
    "a batch has said something": Finding(
        routers="say:\n  driver = accept\n  local_parts = !d\n  transport = say\nwords:\n  driver = accept\n"
        "  transport = words\n",
        transports=f"say:\n{PIPES}  batch_max = 3\n  command = /bin/echo said\n"
        f"words:\n{PLAIN}  return_fail_output\n  batch_max = 9\n"
        "  command = /bin/sh -c 'echo said; exit 99'\n",
        sent=sent(("a", "b"), tuple("abcefgh"), ("d", "a", "d@x.test", "b", "c"), ("d",)),
    ),
    "a batch says nothing": Finding(
        routers="say:\n  driver = accept\n  transport = ${if inlist{$local_part}{b:c:x}{say}{no}}\n",
        transports=f"say:\n{PIPES}  batch_max = 3\n  command = /bin/echo said\n"
        f"no:\n{PLAIN}  batch_max = 9\n  command = /bin/false\n",
        sent=sent(tuple("abcdxyz")),
    ),
    "a command ends by a signal": Finding(
        routers=TAINTED,
        transports=f"words:\n{PLAIN}  command = /bin/sh -c 'kill -9 $$'\n",
    ),
    "the environment of commands": Finding(
        routers="p:\n  driver = redirect\n  local_parts = x\n  data = Pre-YY+s@Some.test\n"
        "q:\n  driver = redirect\n  local_part_prefix = pre-\n  local_part_suffix = +*\n"
        "  data = |/usr/bin/env\n  pipe_transport = p\n"
        "r:\n  driver = accept\n  caseful_local_part\n  local_part_suffix = +*\n"
        "  local_part_suffix_optional\n  transport = words\n",
        transports=f"p:\n{PIPES}words:\n{PIPES}  command = /usr/bin/env\n  batch_max = 9\n",
        sent=sent(("X",), ("Ab+c@X.test",), ("a", "b+c"), ("a@b.test", "a@c.test"), ('"a b"',)),
    ),
    "deliveries without rights": Finding(
        main="deliver_drop_privilege\n",
        routers="list:\n  driver = redirect\n  local_parts = list\n  file = @DIR@/conf\n  user = games\n"
        "own:\n  driver = accept\n  local_parts = own\n  transport = own\n"
        "file:\n  driver = redirect\n  local_parts = file\n  data = /no/file\n  file_transport = gone\n"
        "gone:\n  driver = accept\n  transport = gone\n",
        transports="gone:\n  driver = appendfile\n  file = @DIR@/mail/x\n  user = games\n  batch_max = 9\n"
        "own:\n  driver = appendfile\n  file = @DIR@/mail/own\nbegin retry\n*  *  F,2h,15m\n",
        sent=(*sent(("a", "own", "b", "a@x.test"), ("file",), ("list",)), (("-bt", "list", "own"), b"")),
    ),
    "a command takes too long": Finding(
        routers=TAINTED, transports=f"words:\n{PIPES}  timeout = 1s\n  command = /bin/sleep 3\n"
    ),
    "a transport filter takes too long": Finding(
        routers=TAINTED,
        transports=f"words:\n{PLAIN}  timeout = 5s\n  command = /bin/cat\n"
        "  transport_filter = /bin/sleep 3\n  transport_filter_timeout = 1s\n",
    ),
    "mail that comes back waits": Finding(
        routers="back:\n  driver = manualroute\n  route_list = * localhost byname\n  transport = far\n",
        transports="far:\n  driver = smtp\n",
        sent=sent(("x@far.test",)),
    ),
    "no greeting can be thrown away": Finding(
        main="acl_smtp_helo = discard\n", sent=((("-bs",), b"helo x\nquit\n"),)
    ),
    "a log file that a filter cannot open": Finding(
        routers=FILTER.format("logfile /no/such/x\\nlogwrite a\\nsave /dev/null")
    ),
    "a log file that the user may not write to": Finding(
        routers=FILTER.format("logfile /root/x\\nlogwrite a\\nsave /dev/null")
    ),
    "a file of a list that the user may not read": Finding(routers=LISTED, sent=sent(("list",))),
    "a bounce that was tried for long enough": Finding(
        routers="later:\n  driver = redirect\n  local_parts = later\n  allow_defer\n  data = :defer: no\n",
        sent=sent(("-f", "<>", "later"), ("-f", "<>", "later", "nobody")),
    ),
    "what was tried for long enough": Finding(
        routers="later:\n  driver = redirect\n  local_parts = later\n  allow_defer\n  data = :defer: no way\n"
        "full:\n  driver = accept\n  local_parts = full\n  transport = full\n",
        transports=f"full:\n{HERE}  quota = 5\n",
        sent=sent(("later",), ("full",)),
    ),
    "a folder that cannot be made": Finding(
        routers="full:\n  driver = accept\n  local_parts = full\n  transport = full\n",
        transports="full:\n  driver = appendfile\n  file = /root/no/such\n  user = @USER@\n",
        sent=sent(("full",)),
    ),
    "what selectors tell": Finding(
        main="log_selector = +return_path_on_delivery +received_recipients +receive_time +delivery_size\n",
        routers=TAINTED.replace("local_parts = a", "local_parts = a : full")
        + "big:\n  driver = accept\n  local_parts = big\n  transport = big\n",
        transports=f"words:\n{PLAIN}  command = /bin/false\n  return_path = x$return_path\n"
        f"big:\n{HERE}  message_size_limit = 5\n",
        sent=((("-odi", "-t"), b"To: a, Root <root>\n\n"), *sent(("big",))),
    ),
    "a reply to nobody": Finding(
        routers="words:\n  driver = accept\n  local_parts = a\n  transport = words\n",
        transports="words:\n  driver = autoreply\n  to = x\n  user = @USER@\n",
    ),
    "a system filter that is not there": Finding(main="system_filter = /no/such/file\n"),
    "a system filter without a path": Finding(main="system_filter = ${if eq{1}{2}{a}fail}\n"),
    "a system filter with a wrong path": Finding(main="system_filter = ${if eq{1}{1}{${eval:1/0}}}\n"),
    "a mailbox with too much of everything": Finding(
        routers="full:\n  driver = accept\n  local_parts = full\n  transport = full\n",
        transports="full:\n  driver = appendfile\n  directory = @DIR@/mail/full\n  maildir_format\n"
        "  user = @USER@\n  quota = 1\n  quota_filecount = 1\n  quota_is_inclusive = false\n",
        sent=sent(("full",), ("full",)),
    ),
    "ETRN with a command that is not there": Finding(
        main=f'{PROD}smtp_etrn_command = /no/file a "b c"\n', sent=(ETRN,)
    ),
    "ETRN with a command that is wrong": Finding(
        main=f"{PROD}smtp_etrn_command = /bin/echo a ${{if bad}}\n", sent=(ETRN,)
    ),
    "ETRN with a tainted command": Finding(
        main=f"{PROD}smtp_etrn_command = /bin/echo a $domain\n", sent=(ETRN,)
    ),
    "ETRN that runs the queue": Finding(
        main=PROD, sent=((("-odq", "root"), TEXT), (ETRN[0], b"etrn #example\nquit\n"))
    ),
}

ETRNS = {
    "the same command": etrns(RUNS_LONG, "#some", "some", "#Some", "#some"),
    "the same command each time": etrns(f"{RUNS_LONG}no_smtp_etrn_serialize\n", "#some", "#some"),
    "the same command later": Finding(
        main=RUNS_LONG,
        sent=etrns("", "#some").sent * 2,  # the first has ended by then, as its output has
    ),
}
"""Sessions of which the replies count."""
