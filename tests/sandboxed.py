"""A small site whose mail is delivered in a sandbox."""

from __future__ import annotations

from expander.configuration import Configuration, load
from expander.world.memory import MemoryWorld

CONFIG = b"""\
primary_hostname = mail.example.com
qualify_domain = example.com
spool_directory = /var/spool/exim
exim_user = 93
exim_group = 93
never_users =
begin routers
aliases:
  driver = redirect
  domains = example.com
  data = ${lookup{$local_part}lsearch{/etc/aliases}}
  pipe_transport = pipes
  file_transport = files
users:
  driver = accept
  domains = example.com
  local_parts = alice : bob
  transport = box
unknown:
  driver = redirect
  domains = example.com
  data = :fail: nobody here
  allow_fail
begin transports
box:
  driver = appendfile
  file = /var/mail/$local_part_data
  user = 1001
  group = 8
  mode = 0660
pipes:
  driver = pipe
  user = 1002
  group = 8
files:
  driver = appendfile
  user = 1003
  group = 8
begin retry
* * F,2h,10m
"""
ALIASES = "list: alice, bob\nprog: |/usr/bin/prog -x\nfile: /srv/mail/archive\n"
MESSAGE = b"Subject: hello\nFrom: x@far.example\n\nbody\n"


def sandbox_world(files: dict[str, str | bytes] | None = None, **parts: object) -> MemoryWorld:
    given: dict[str, str | bytes] = {
        "/etc/aliases": ALIASES,
        "/var/mail/": "",
        "/var/spool/": "",
        "/srv/": "",
    }
    return MemoryWorld({**given, **(files or {})}, **parts)  # type: ignore[arg-type]


def sandbox_config(**parts: object) -> Configuration:
    return load(CONFIG, world=sandbox_world(**parts), profile="debian-12")  # type: ignore[arg-type]
