"""Deliveries that are only tried (``-N``), and what drivers have printed (``debug_print``)."""

from __future__ import annotations

from delivery_findings import Finding, sent

WRONG = {
    "badfile": "driver = appendfile\n  file = ${if bad",
    "rel": "driver = appendfile\n  file = rel/x",
    "nodir": "driver = appendfile\n  directory = /no/such/dir\n  no_create_directory",
    "quota": "driver = appendfile\n  file = /root/x\n  quota = bad",
    "taint": "driver = appendfile\n  file = /tmp/$local_part",
    "badcmd": "driver = pipe\n  command = /bin/cat ${if bad",
    "gonecmd": "driver = pipe\n  command = gone",
    "anycmd": "driver = pipe\n  command = /no/such",
    "reply": "driver = autoreply\n  to = ${if bad",
    "lmtp": "driver = lmtp\n  command = ${if bad",
    "anylmtp": "driver = lmtp\n  command = /no/such",
}
ROUTERS = "".join(
    f"r_{name}:\n  driver = accept\n  local_parts = {name}\n  transport = {name}\n" for name in WRONG
)
FILED = """\
filed:
  driver = redirect
  local_parts = filed
  data = /tmp/some
  file_transport = nowhere
  user = @USER@
"""
PRINTS = """\
r:
  driver = redirect
  local_parts = a
  debug_print = router $local_part
  data = b, |/bin/cat, c@far.test
  pipe_transport = p
  user = @USER@
far:
  driver = manualroute
  domains = far.test
  debug_print = far ${if bad
  route_list = * 127.0.0.1
  self = send
  transport = far
all:
  driver = accept
  debug_print = all <$local_part>
  transport = nowhere
"""
PRINTING = """\
nowhere:
  driver = appendfile
  file = /dev/null
  user = @USER@
  debug_print = nowhere $local_part
p:
  driver = pipe
  debug_print = pipe ${if bad
  user = @USER@
far:
  driver = smtp
  debug_print = far <$host> <$host_address> $local_part
"""
TRIALS = {
    "what is wrong with transports": Finding(
        routers=ROUTERS,
        transports="".join(f"{name}:\n  {lines}\n  user = @USER@\n" for name, lines in WRONG.items()),
        sent=sent(*(("-N", name) for name in WRONG)),
    ),
    "a file of a list": Finding(
        routers=FILED,
        transports="nowhere:\n  driver = appendfile\n  file = /dev/null\n",
        sent=sent(("-N", "filed"), ("-N", "filed", "nobody")),
    ),
    "what drivers have printed": Finding(
        routers=PRINTS, transports=PRINTING, sent=sent(("-N", "a"), ("-v", "b"), ("b",))
    ),
}
