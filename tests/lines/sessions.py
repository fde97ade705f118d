"""Configurations with ACLs, and conversations of clients, made at random from a grammar of both."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from urllib.parse import unquote

FILES = {
    "dom": "x.test: dx\ny.test: dy\n*.wild.test: w\nlocal.test: loc\na: da\nUser: du\n",
    "doms": "x.test\n!y.test\n*.test\n# comment\n",
    "ips": '192.0.2.1: one\n192.0.2.0/24: net\n"2001:db8::1": six\n',
    "atat": "x.test: a : b\ny.test: !a : *\n*: postmaster\n",
    "wild": "*.test: wt\n^(.)@x: wr\na: wa\nx.test: wx\n*: any\n",
    "adr": "a@x.test: found\n*@y.test: star\nb: bee\nx.test: dom\n",
    "acl": "warn logwrite = in file $acl_arg1\ndeny message = file says no\n  local_parts = deny\naccept\n",
}
HEAD = """\
primary_hostname = mail.example.test
qualify_domain = example.test
spool_directory = @DIR@/spool
log_file_path = @DIR@/spool/log-%s
timezone = UTC
keep_environment =
tls_advertise_hosts =
smtp_banner = ready
domainlist dl = x.test : *.local.test : local.test
domainlist dl2 = +dl : ! fail.test : lsearch;@DIR@/dom
hostlist hl = 192.0.2.1 : 10.0.0.0/8
hostlist hl2 = !+hl : *
addresslist al = a@x.test : *@y.test
addresslist al2 = !+al : *@+dl
localpartlist ll = a : User : ^pre
"""
ROUTERS = """\
begin routers
fails:
  driver = redirect
  domains = fail.test
  allow_fail
  data = :fail: no such $local_part
defers:
  driver = redirect
  domains = defer.test
  allow_defer
  data = :defer: later $local_part
redirects:
  driver = redirect
  domains = redir.test
  data = <redirected>
hosts:
  driver = manualroute
  domains = y.test
  route_list = * 192.0.2.99
  transport = t
local:
  driver = accept
  domains = x.test : local.test : example.test
  transport = t
begin transports
t:
  driver = smtp
"""
_SHARES = "rcpt 0.95 data 0.6 vrfy 0.6 mail 0.5 etrn 0.5 expn 0.5 helo 0.3 predata 0.3 mime 0.3 quit 0.3 notquit 0.3"
PHASES = {
    name: float(share)
    for name, share in re.findall(r"(\w+) ([\d.]+)", f"{_SHARES} data_prdr 0.3 connect 0.2 mailauth 0.2")
}
"""How many of the configurations have an ACL for a phase."""

NAMES = ("a1", "a2", "a3", "a4")
LONG = {"nothing": ("",), "long": ("word " * 30,), "wide": ("x" * 1200, "d" * 260)}


def _grammar() -> dict[str, tuple[str, ...]]:
    """The sections of the file beside this one: the texts that a name may stand for."""
    sections: dict[str, list[str]] = {}
    lines = (Path(__file__).parent / "sessions.txt").read_text("ascii").splitlines()
    for line in lines:
        if line.startswith("["):
            within = sections.setdefault(line[1:-1], [])
        elif line and not line.startswith("#"):
            within.append(unquote(line, "latin-1"))
    return {**{name: tuple(texts) for name, texts in sections.items()}, **LONG}


GRAMMAR = _grammar()
_REFERENCE = re.compile(r"<<|>>|<([a-z-]+)>")
CLIENTS = ("192.0.2.1", "192.0.2.1", "192.0.2.9", "2001:db8::1")


class Maker:
    """Makes configurations and conversations, the same ones for a seed."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def text(self, name: str) -> str:
        """A text of the grammar: ``<name>`` stands for another one, doubled brackets for one."""
        return self.filled(self.random.choice(GRAMMAR[name]))

    def filled(self, text: str) -> str:
        return _REFERENCE.sub(lambda found: self.text(found[1]) if found[1] else found[0][0], text)

    def some(self, name: str, *counts: int) -> list[str]:
        return [self.text(name) for _ in range(self.random.choice(counts))]

    def config(self) -> str:
        """A whole configuration."""
        random = self.random
        phases = [phase for phase, share in PHASES.items() if random.random() < share]
        options = {option.partition(" ")[0]: option for option in self.some("options", 1, 2, 4, 6)}
        options |= {f"acl_smtp_{phase}": f"acl_smtp_{phase} = of_{phase}" for phase in phases}
        head = [line for line in HEAD.splitlines() if line.partition(" ")[0] not in options]
        lines = [*options.values(), "begin acl"]
        for name in (*NAMES, *(f"of_{phase}" for phase in phases)):
            lines.append(f"{name}:")
            for _ in range(random.choice((1, 2, 2, 3, 4))):
                lines += self.statement()
            lines += ["  accept"] * (random.random() < 0.75)
        return "\n".join([*head, *lines]) + "\n" + self.filled(ROUTERS)

    def statement(self) -> list[str]:
        verb = self.text("verb")
        words = [
            self.text(self.random.choice(("condition", "modifier")))
            for _ in range(self.random.choice((0, 1, 2, 3)))
        ]
        if verb in {"accept", "discard"} and self.random.random() < 0.15:
            words.insert(self.random.randrange(len(words) + 1), "endpass")
        if verb not in {"accept", "warn"} and self.random.random() < 0.5:
            words.insert(0, "senders = bad@*")
        return [f"  {verb}", *(f"    {word}" for word in words)]

    def conversation(self) -> bytes:
        """What a client says, with several messages."""
        random = self.random
        lines = self.some("hello", 1, 1, 1, 0)
        for _ in range(random.choice((2, 3, 4, 5))):
            lines += self.some("other", 0, 0, 1, 2)
            lines += self.some("mail", 1)
            lines += ["MAIL FROM:<a@x.test>"] * (random.random() < 0.3)
            lines += self.some("rcpt", 0, 1, 2, 3)
            lines += self.message()
        lines += random.choice((["QUIT"], ["QUIT"], []))
        return "".join(f"{line}\r\n" for line in lines).encode("latin-1")

    def message(self) -> list[str]:
        random = self.random
        lines = self.some("line", 0, 1, 2, 4)
        if random.random() < 0.3:
            lines += ["MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=bb", ""]
            lines += [f"--bb\r\n{part}" for part in self.some("part", 0, 1, 2)]
            lines += ["--bb--"]
        elif random.random() < 0.9:
            lines += ["", *self.some("body", 0, 1, 2)]
        if random.random() < 0.7:
            return ["DATA", *lines, "."]
        text = "".join(f"{line}\r\n" for line in lines)
        return [f"BDAT {len(text)} LAST\r\n{text}".removesuffix("\r\n")]
