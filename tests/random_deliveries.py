"""Transports with options at random, and messages at random, for deliveries by both programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

USER = "  user = Debian-exim\n  group = mail\n"
HERE = "mail.example.test"
OUT = "@DIR@/mail/%s"

GENERIC = (
    "headers_add = X-Added: by transport",
    r"headers_add = X-One: 1\nX-Two: $local_part\n folded",
    "headers_add = ${if eq{1}{2}{X: y}fail}",
    "headers_add = X-Size: $message_size $body_linecount",
    "headers_add = X-Empty:",
    "headers_add = no colon here",
    r"headers_add = X-End: x\n",
    r"headers_add = X-A: b\n\nX-C: d",
    "headers_remove = subject",
    "headers_remove = X-* : to",
    "headers_remove = X-One:X-Two : received",
    "headers_remove = <; cc; ${if def:h_x-one: {from}{to}}",
    "headers_rewrite = *@example.test new@other.test",
    "headers_rewrite = *@* $local_part@rewritten.test ftbcrs",
    "headers_rewrite = a@example.test x@y.test f : b@* z@z.test t",
    "return_path = bounce-$local_part@example.test",
    "return_path = ${if eq{1}{2}{a}fail}",
    'return_path = ""',
    "delivery_date_add",
    "envelope_to_add",
    "return_path_add",
    "body_only",
    "headers_only",
    "message_size_limit = 100",
    "message_size_limit = 100K",
    "message_size_limit = 0",
    "message_size_limit = ${if >{$message_size}{400}{1}{0}}",
    "rcpt_include_affixes",
    "disable_logging",
    "transport_filter = /bin/cat",
    'transport_filter = /bin/sed -e "s/line/LINE/g"',
    "transport_filter = /usr/bin/head -n 3",
    'transport_filter = /bin/sh -c "cat; exit 3"',
    'transport_filter = /bin/sh -c "cat; printf end"',
    "transport_filter_timeout = 10s",
    "shadow_transport = shadow",
    "shadow_transport = shadow\n  shadow_condition = ${if eq{$local_part}{x}}",
    "shadow_transport = shadow\n  shadow_condition = true",
    "shadow_transport = badshadow",
    "retry_use_local_part = false",
    "retry_use_local_part",
    "current_directory = /tmp",
    "current_directory = /no/such/place",
    "home_directory = /var",
    "initgroups",
    "debug_print = hello",
    "event_action = ${if eq{$event_name}{msg:delivery}{${acl{note}{$event_data}}}}",
)  # fmt: skip
TEXTS = (
    "message_prefix = ",
    r'message_prefix = "From ${if def:return_path{$return_path}{MAILER-DAEMON}} now\n"',
    r'message_prefix = "a\r\nb\n"',
    "message_prefix = ${if eq{1}{2}{a}fail}",
    "message_prefix = one $message_exim_id /",
    "message_suffix = ",
    r'message_suffix = "\n\n"',
    "message_suffix = end $local_part",
    "message_suffix = ${if eq{1}{2}{a}fail}",
    'check_string = "From "\n  escape_string = ">From "',
    "check_string = .\n  escape_string = ..",
    'check_string = "o"\n  escape_string = "[o]"',
    "check_string = ",
    'check_string = "From "',
    "escape_string = >",
    'check_string = "a line\\n"\n  escape_string = "x"',
    "use_crlf",
    "use_bsmtp",
)  # fmt: skip
BATCH = (
    "batch_max = 10",
    "batch_max = 2",
    "batch_max = 10\n  batch_id = same",
    "batch_max = 10\n  batch_id = $local_part_prefix",
)
APPEND = (
    "mode = 0640",
    "mode = 0666",
    "mode = 0400",
    "directory_mode = 0755",
    "check_group",
    "check_owner = false",
    "create_directory = false",
    "create_file = belowhome",
    "create_file = inhome",
    "file_must_exist",
    "allow_symlink",
    "quota = 500",
    "quota = 1K",
    "quota = 2K\n  quota_is_inclusive = false",
    "quota = ${if eq{$local_part}{x}{1}{700}}",
    "quota = 600/no_check",
    "quota = bad",
    "quota = 1M\n  quota_warn_threshold = 300",
    "quota = 1K\n  quota_warn_threshold = 50%",
    r'quota = 1500\n  quota_warn_threshold = 10%\n  quota_warn_message = "To: sender@mail.example.test\n'
    r'Subject: full\n\nIt is $message_size or so."'.replace(r"\n  ", "\n  "),
    "mailbox_size = 450\n  quota = 600",
    "lock_retries = 2\n  lock_interval = 1s",
    "use_lockfile = false",
    "use_fcntl_lock = true\n  use_flock_lock = true",
    "lockfile_mode = 0644",
    "notify_comsat",
)  # fmt: skip
FOLDER = (
    "directory_file = $local_part_data-x",
    "mailbox_filecount = 3\n  quota_filecount = 4\n  quota = 1M",
    "quota_filecount = 1\n  quota = 1M",
    "quota_filecount = 2/no_check\n  quota = 1M",
    "quota_size_regex = S=(\\\\d+)\n  quota = 1500",
    "quota_directory = @DIR@/mail\n  quota = 100K",
)
MAILDIR = (
    "maildir_tag = ,S=$message_size",
    "maildir_tag = :2,S",
    "maildir_tag = a/b c",
    "maildir_use_size_file\n  quota = 2K",
    "maildir_use_size_file",
    "maildir_use_size_file = ${if eq{$local_part_prefix}{x-}}\n  quota = 2K",
    r"maildirfolder_create_regex = /t\\d+\$",
    "maildir_quota_directory_regex = ^(?:cur|new)\\$\n  quota = 900",
    "quota_size_regex = ,S=(\\\\d+)\n  maildir_tag = ,S=$message_size\n  quota = 1500",
    "maildir_retries = 3",
)
MAILSTORE = (
    r"mailstore_prefix = pre $local_part\nmore",
    "mailstore_suffix = suf $h_subject:",
    "mailstore_prefix = ${if eq{1}{2}{a}fail}",
    "mailstore_suffix = ${nothing}",
)
ENVIRONMENT = "env | grep -v -e ^PWD= -e ^_= -e SHLVL -e MESSAGE_ID | sort"
COMMANDS = (
    '/bin/sh -c "cat > {out}"',
    '/bin/sh -c "cat >> {out}; echo done"',
    '/bin/sh -c "cat > {out}; exit 75"',
    '/bin/sh -c "cat > {out}; exit 1"',
    '/bin/sh -c "cat > {out}; echo oops >&2; exit 2"',
    '/bin/sh -c "cat > /dev/null; kill -9 \\$\\$"',
    '/bin/sh -c "echo \\"\\$@\\" > {out}; cat >> {out}" x $pipe_addresses',
    '/bin/sh -c "for a; do echo \\"<\\$a>\\"; done > {out}; cat > /dev/null" x $sender_address "a b"',
    f'/bin/sh -c "{ENVIRONMENT} > {{out}}; pwd >> {{out}}; umask >> {{out}}; cat > /dev/null"',
    '/bin/sh -c "cat > {out}; printf none"',
    '/bin/sh -c "cat > {out}; printf \\"a\\\\\\\\n\\\\\\\\nb\\\\\\\\n  c\\\\\\\\n\\""',
    '/bin/sh -c "exec 0<&-; exit 0"',
    "/bin/cat",
    "/bin/false",
    "/bin/true",
    "/bin/no-such-thing",
    "nocommand a b",
    "cat",
    "/bin/echo $local_part_data $domain_data$address_data",
    "/bin/echo $address_pipe",
    '/bin/echo "unclosed',
    "/bin/echo ${if eq{1}{2}{a}fail}",
    "${if eq{1}{1}{/bin/echo yes}}",
)  # fmt: skip
PIPE = (
    "return_output",
    "return_fail_output",
    "log_output",
    "log_fail_output",
    "log_defer_output",
    "ignore_status",
    "temp_errors = *",
    "temp_errors = 1 : 2",
    "temp_errors = 75",
    'temp_errors = ""',
    "environment = A=b : C=d $local_part_data : E",
    "environment = HOME=/x:PATH=/y:LOCAL_PART=z",
    "path = /bin",
    "path = /usr/bin:/bin",
    "use_shell",
    "umask = 077",
    "allow_commands = /bin/sh : cat",
    "allow_commands = /bin/cat : /bin/echo",
    "restrict_to_path",
    "max_output = 10",
    "max_output = 3",
    "freeze_exec_fail",
    "freeze_signal",
    "timeout = 8s",
    "timeout_defer",
    "pipe_as_creator",
    "force_command",
)
REPLY = (
    "text = hello $local_part",
    r"text = one\ntwo\n",
    "subject = Re: $h_subject:",
    r"subject = a\nb",
    "subject = ${if eq{1}{2}{a}fail}",
    "from = Me <me@example.test>",
    "reply_to = list@example.test",
    "cc = sender@mail.example.test",
    "bcc = nobody@far.test",
    "headers = X-H: $return_path",
    r"headers = X-H: 1\nX-I: 2",
    "return_message",
    "file = @DIR@/text",
    "file = @DIR@/text\n  file_expand",
    "file = @DIR@/none\n  file_optional",
    "file = @DIR@/none",
    "log = @DIR@/mail/log-%s",
    "mode = 0644",
    "never_mail = *@far.test",
    "never_mail = sender@*",
    "to = sender@mail.example.test, other <nobody@far.test>",
    "to = broken <<a@b",
)  # fmt: skip
ROUTER = (
    "headers_add = X-Router: $local_part",
    r"headers_add = X-R1: a\nX-R2: b",
    "headers_add = Subject: second",
    "headers_remove = to",
    "headers_remove = x-one : x-added",
    "errors_to = other@mail.example.test",
    'errors_to = ""',
    "transport_home_directory = /usr",
    "transport_current_directory = /usr",
    "router_home_directory = /usr/bin",
    "address_data = data of it",
    "group = daemon",
    "initgroups",
    "unseen",
    "set = r_x = y",
)

HEADERS = (
    b"Subject: test\n",
    b"Subject: a\n b\n\tc  \n",
    b"From: a@example.test\n",
    b"From: Somebody <a@example.test>\n",
    b"To: b@example.test,\n c@example.test (two)\n",
    b"Cc: undisclosed:;\n",
    b"X-One: 1\n",
    b"X-two:2\n",
    b"X-Empty:\n",
    b"X-Space: \xe4\xf6 \n",
    b"Return-path: <old@path.test>\n",
    b"Envelope-to: x@y.test\n",
    b"Delivery-date: yesterday\n",
    b"Message-Id: <id@far.test>\n",
    b"Date: Thu, 01 Jan 2026 00:00:00 +0000\n",
    b"Reply-To: c@example.test\n",
    b"Sender: d@example.test\n",
    b"Precedence: bulk\n",
    b"References: <a@b> <c@d>\n",
    b"In-Reply-To: <e@f>\n",
    b"Resent-To: g@example.test\n",
    b"X-Long: " + b"word " * 60 + b"\n",
)
PIECES = (
    b"a line\n", b"From the start\n", b"From \n", b">From x\n", b".\n", b"..\n", b".dot\n", b"\n", b"\n\n",
    b"\r\n", b"\r", b"\0", b"\xe4\xff\n", b"open", b" From\n", b"crlf\r\n", b"\n.\n", b"\x01\x7f\t\n",
    b"x" * 1100 + b"\n",
    b"0123456789\n" * 40, b"o" * 80 + b"\n", b"tab\tend", b"From a\r\n", b"\r\r\n", b"\n\r",
)  # fmt: skip


@dataclass
class Case:
    """A transport with its router, and the messages that go to it."""

    name: str
    first: list[str]
    options: list[str]
    router: list[str]
    messages: list[tuple[tuple[str, ...], bytes]] = field(default_factory=list)


def message(random: Random) -> bytes:
    """A message: header lines of any kind, and a body put together from pieces."""
    head = random.sample(HEADERS, random.randint(0, 7))
    body = random.choices(PIECES, k=random.choice((0, 1, 1, 2, 4, 9)))
    text = b"".join(head)
    if body or random.random() < 0.7:
        text += b"\n" + b"".join(body)
    if random.random() < 0.12:
        text = text.replace(b"\n", b"\r\n")
    return text


def case(random: Random, name: str) -> Case:
    """One transport that is for local recipients."""
    kind = random.choice(("mbox", "mbox", "mbx", "maildir", "mailstore", "folder", "pipe", "pipe", "pipe",
                          "autoreply"))  # fmt: skip
    generic = random.sample(GENERIC, random.choice((0, 1, 2, 3, 4)))
    own: list[str] = []
    first = ["driver = appendfile"]
    texts = random.sample(TEXTS, random.choice((0, 0, 1, 2))) + random.sample(BATCH, random.choice((0, 0, 1)))
    if kind in {"mbox", "mbx"}:
        first.append("file = " + OUT % name)
        if kind == "mbx":
            own.append("mbx_format\n  use_fcntl_lock\n  use_lockfile")  # no lock in /tmp
        own += random.sample(APPEND, random.choice((0, 0, 1, 2))) + texts
    elif kind in {"maildir", "mailstore", "folder"}:
        first.append("directory = " + OUT % name)
        own += random.sample(APPEND, random.choice((0, 0, 1, 2))) + texts
        if kind == "folder":
            own += random.sample(FOLDER, random.choice((0, 1)))
        else:
            own.append(f"{kind}_format")
            more = MAILDIR if kind == "maildir" else MAILSTORE
            own += random.sample(more, random.choice((0, 1, 1, 2)))
    elif kind == "pipe":
        command = random.choice(COMMANDS).replace("{out}", OUT % name)
        first = ["driver = pipe", "command = " + command]
        own += random.sample(PIPE, random.choice((0, 1, 2, 3))) + texts
    else:
        first = ["driver = autoreply"]
        own += [each.replace("%s", name) for each in random.sample(REPLY, random.choice((1, 2, 3, 4)))]
        if not any(each.startswith("to =") for each in own):
            own.append("to = $sender_address")
    if kind == "pipe":  # a command begins before its input can fail
        own = [each for each in own if "fail}" not in each]
        generic = [each for each in generic if "exit 3" not in each and "fail}" not in each]
    if kind == "mbx":  # what is counted of the mailbox itself is not compared
        own = [each for each in own if "quota_warn" not in each]
    options = settable(own + generic)
    router = settable(random.sample(ROUTER, random.choice((0, 0, 1, 2))))
    made = Case(name, first, options, router)
    for _ in range(random.choice((1, 1, 2, 3))):
        count = random.choice((1, 1, 1, 2, 3))
        recipients = tuple(f"{prefix}{name}" for prefix in random.sample(("", "x-", "y-"), count))
        made.messages.append((recipients, message(random)))
    return made


def settable(options: list[str]) -> list[str]:
    """The options without those that are set already."""
    kept: list[str] = []
    names: set[str] = set()
    for option in options:
        own = {line.partition("=")[0].strip() for line in option.split("\n  ")}
        if not own & names:
            kept.append(option)
            names |= own
    return kept


def config(cases: list[Case]) -> str:
    """The configuration with the transports of all."""
    text = "never_users =\nacl_not_smtp = acl_any\nbegin acl\nacl_any:\n  accept\n"
    text += "note:\n  warn logwrite = event <$acl_arg1>\n  accept\nbegin routers\n"
    for one in cases:
        text += (
            f"r_{one.name}:\n  driver = accept\n  local_parts = {one.name}\n"
            f"  local_part_prefix = x- : y-\n  local_part_prefix_optional\n  transport = {one.name}\n"
        )
        text += "".join(f"  {line}\n" for line in one.router)
    text += "bounces:\n  driver = accept\n  local_parts = sender : other\n"
    text += f"  domains = {HERE}\n  transport = box\n"
    text += "begin transports\n"
    for one in cases:
        text += f"{one.name}:\n" + "".join(f"  {line}\n" for line in (*one.first, *one.options)) + USER
    text += f"box:\n  driver = appendfile\n  file = @DIR@/mail/box\n{USER}"
    text += f"shadow:\n  driver = appendfile\n  file = @DIR@/mail/shadow\n  envelope_to_add\n{USER}"
    text += f"badshadow:\n  driver = pipe\n  command = /bin/false\n{USER}"
    return text + "begin retry\n* * F,1h,1h\n"
