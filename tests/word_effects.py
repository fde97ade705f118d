"""For each word of an ACL a session that goes another way, or is logged in another way, for that word.

The statement of an `Effect` stands in the ACL of its phase, in the place of the other one.
"""

from __future__ import annotations

from dataclasses import dataclass, field

CONFIG = """\
acl_smtp_@PHASE@ = tested
@MORE@
begin acl
tested:
@STATEMENT@
  accept
no:
  deny
sets:
  accept set acl_m_seen = yes
rcpt:
  accept
after:
  accept logwrite = after: $acl_m_seen <$h_subject:> <$h_x-added:> <$sender_address> $queue_name
checks:
  accept logwrite = checks: <$h_from:> <$h_message-id:>
begin routers
r:
  driver = redirect
  domains = example.test
  data = ${if eq{$local_part}{good}{:blackhole:}{:fail: nobody}}
"""
ENVELOPE = ("MAIL FROM:<good@example.test>", "RCPT TO:<good@example.test>")
HEADER = ("Subject: words", "From: good@example.test", "To: good@example.test")
MESSAGE = ("DATA", *HEADER, "", "body", ".")
MIME = ("DATA", *HEADER, "MIME-Version: 1.0", "Content-Type: text/plain", "", "body", ".")


@dataclass(frozen=True)
class Effect:
    """A statement with a word, and one without it.

    ``other`` is what stands there otherwise; None for the first line of ``statement`` alone. ``more`` are
    lines of the main section, ``lines`` what the client says behind EHLO.
    """

    statement: str
    other: str | None = None
    phase: str = "rcpt"
    more: str = ""
    lines: tuple[str, ...] = ENVELOPE
    live: bool = True
    profile: str = "debian-12"
    files: dict[str, str] = field(default_factory=dict)

    def config(self, *, with_word: bool) -> str:
        """The configuration with the word or without it."""
        statement = self.statement
        if not with_word:
            statement = self.statement.split("\n")[0] if self.other is None else self.other
        statement = "\n".join(f"  {line}" for line in statement.split("\n"))
        config = CONFIG.replace("@STATEMENT@", statement).replace("@PHASE@", self.phase)
        rcpt = "" if self.phase == "rcpt" else "acl_smtp_rcpt = rcpt\n"
        return config.replace("@MORE@", rcpt + self.more)


def denies(condition: str, phase: str = "rcpt", **more: object) -> Effect:
    """The condition, which does not hold here, keeps a deny from refusing."""
    return Effect(f"deny message = hit\n  {condition}", phase=phase, **more)  # type: ignore[arg-type]


def in_data(statement: str, phase: str = "data", **more: object) -> Effect:
    """The statement is about a whole message."""
    return Effect(statement, phase=phase, lines=(*ENVELOPE, *MESSAGE), **more)  # type: ignore[arg-type]


AFTER = "acl_smtp_data = after\n"
WHOLE = (*ENVELOPE, *MESSAGE)
SIGNERS = "dkim_verify_signers = x.test\n"

CONDITIONS: dict[str, Effect] = {
    "acl": denies("acl = no"),
    "authenticated": denies("authenticated = *"),
    "condition": denies("condition = no"),
    "decode": Effect("deny message = hit\n  decode = /nowhere/x", phase="mime", lines=(*ENVELOPE, *MIME)),
    "dkim_signers": in_data("deny message = hit\n  dkim_signers = y.test", "dkim", more=SIGNERS),
    "dkim_status": in_data("deny message = hit\n  dkim_status = pass", "dkim", more=SIGNERS),
    "dnslists": denies("dnslists = bl.test", live=False),
    "domains": denies("domains = other.test"),
    "encrypted": denies("encrypted = *"),
    "hosts": denies("hosts = 10.0.0.1"),
    "local_parts": denies("local_parts = other"),
    "malware": in_data("deny message = hit\n  malware = *"),
    "mime_regex": Effect("deny message = hit\n  mime_regex = zzz", phase="mime", lines=(*ENVELOPE, *MIME)),
    "ratelimit": denies("ratelimit = 100/1h/strict"),
    "recipients": denies("recipients = other@example.test"),
    "regex": in_data("deny message = hit\n  regex = zzz"),
    "seen": denies("seen = -5m / key=words"),
    "sender_domains": denies("sender_domains = other.test"),
    "senders": denies("senders = other@example.test"),
    "spam": in_data("deny message = hit\n  spam = nobody", more="spamd_address = 127.0.0.1 9\n"),
    "spf": denies("spf = fail", live=False),
    "verify": denies("!verify = recipient"),
}
MODIFIERS: dict[str, Effect] = {
    "add_header": Effect("warn\n  add_header = X-Added: here", more=AFTER, lines=WHOLE),
    "continue": Effect("warn\n  continue = ${acl{sets}}", more=AFTER, lines=WHOLE),
    "control": Effect("warn\n  control = freeze", lines=WHOLE),
    "delay": Effect("warn\n  delay = 2s"),
    "endpass": Effect("accept\n  endpass\n  condition = no", "accept\n  condition = no"),
    "log_message": Effect("deny\n  log_message = told to the log"),
    "log_reject_target": Effect("deny\n  log_reject_target ="),
    "logwrite": Effect("warn\n  logwrite = written"),
    "message": Effect("deny\n  message = told"),
    "queue": Effect("warn\n  queue = slow", more=AFTER, lines=WHOLE),
    "remove_header": Effect("warn\n  remove_header = Subject", more=AFTER, lines=WHOLE),
    "set": Effect("warn\n  set acl_m_seen = set", more=AFTER, lines=WHOLE),
}
CONTROLS: dict[str, Effect] = {
    "allow_auth_unadvertised": Effect(
        "warn\n  control = allow_auth_unadvertised", phase="connect", lines=("AUTH PLAIN AGEAYg==",)
    ),
    "caseful_local_part": Effect(
        "warn\n  control = caseful_local_part\ndeny message = $local_part",
        "deny message = $local_part",
        lines=(ENVELOPE[0], "RCPT TO:<Good@example.test>"),
    ),
    "caselower_local_part": Effect(
        "warn control = caseful_local_part\nwarn control = caselower_local_part\ndeny message = $local_part",
        "warn control = caseful_local_part\ndeny message = $local_part",
        lines=(ENVELOPE[0], "RCPT TO:<Good@example.test>"),
    ),
    "dkim_disable_verify": Effect(
        "warn\n  control = dkim_disable_verify",
        more=f"{SIGNERS}acl_smtp_dkim = no\n",
        lines=WHOLE,
    ),
    "error": Effect("warn\n  control = error"),
    "fakedefer": Effect("warn\n  control = fakedefer/later", lines=WHOLE),
    "fakereject": Effect("warn\n  control = fakereject/not now", lines=WHOLE),
    "freeze": Effect("warn\n  control = freeze", lines=WHOLE),
    "no_multiline_responses": Effect("deny message = one\\ntwo\n  control = no_multiline_responses"),
    "no_pipelining": Effect("warn\n  control = no_pipelining", phase="connect"),
    "queue": Effect("warn\n  control = queue", lines=WHOLE, live=False),
    "submission": Effect(
        "warn\n  control = submission/sender_retain",
        more="acl_smtp_data = checks\n",
        lines=(*ENVELOPE, "DATA", "Subject: x", "", "body", "."),
    ),
}
KEYWORDS: dict[str, Effect] = {
    "certificate": denies("verify = certificate"),
    "csa": denies("verify = csa", live=False),
    "header_names_ascii": in_data(
        "deny message = hit\n  !verify = header_names_ascii",
    ),
    "header_sender": in_data("deny message = hit\n  !verify = header_sender"),
    "header_syntax": in_data("deny message = hit\n  !verify = header_syntax"),
    "helo": denies("verify = helo", live=False),
    "not_blind": in_data("deny message = hit\n  !verify = not_blind"),
    "recipient": denies("!verify = recipient"),
    "reverse_host_lookup": denies("verify = reverse_host_lookup", live=False),
    "sender": denies("!verify = sender"),
}
EFFECTS: dict[str, Effect] = {
    f"{kind} {name}": effect
    for kind, table in (
        ("acl-condition", CONDITIONS),
        ("acl-modifier", MODIFIERS),
        ("acl-control", CONTROLS),
        ("verify", KEYWORDS),
    )
    for name, effect in table.items()
}

ELSEWHERE: dict[str, str] = {
    "acl-condition atrn_domains": "test_atrn.py: a session with messages on the queue",
    "acl-condition dcc": "test_scanning.py: a session with a peer that speaks its protocol",
    "acl-condition dmarc_status": "test_dmarc.py: a session with zones and signatures",
    "acl-condition spf_guess": "test_acl_words_live.py and its cases: a session with zones",
    "acl-control bmi_run": "of a build that nobody has",
    "acl-control cutthrough_delivery": "unsupported by name or delivered, with a peer",
    "acl-control debug": "a file of its own for debugging",
    "acl-control dmarc_disable_verify": "test_dmarc.py",
    "acl-control dmarc_enable_forensic": "test_dmarc_reports.py",
    "acl-control dscp": "sets a bit of packets, which no session shows",
    "acl-control enforce_sync": "about what is sent before its time, which needs a socket",
    "acl-control no_callout_flush": "test_flushing.py: about when replies are sent",
    "acl-control no_delay_flush": "test_flushing.py: about when replies are sent",
    "acl-control no_enforce_sync": "about what is sent before its time, which needs a socket",
    "acl-control no_mbox_unspool": "keeps a file for scanners",
    "acl-control suppress_local_fixups": "about messages of users of the machine",
    "acl-control utf8_downconvert": "delivery_scenarios_5.py: addresses of deliveries",
    "acl-control wellknown": "test_new_commands.py: a session of a release that no Exim here is",
    "acl-modifier bmi_optin": "of a build that nobody has",
    "acl-modifier udpsend": "test_acl_words.py: what a socket gets",
    "verify arc": "test_arc.py: a session with chains and zones",
}
"""Where the effect of a word shows that no session of this kind can show, or why none does."""
