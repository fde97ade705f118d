"""Configurations with drivers whose options go together or do not."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from expander.config.option_tables import FAMILIES, GENERIC, driver_names, driver_options
from loading.options import HEAD, PROFILE, SECTIONS, Case
from loading.values import GOOD

TELLING = {
    "transport": ("t", "smtp", "nosuch"),
    "self": (
        "freeze",
        "send",
        "reroute: a",
        "reroute: rewrite: a",
        "reroute:",
        "pass",
        "x",
        "fail",
        "fail_soft",
        "fail_hard",
    ),
    "pass_router": ("x", "y", "z", "nosuch"),
    "redirect_router": ("x", "y", "z", "nosuch"),
    "host_find_failed": ("freeze", "ignore", "decline", "pass", "x", "default", "fail", "fail_soft", "defer"),
    "host_all_ignored": ("freeze", "ignore", "decline", "pass", "x", "default", "fail", "defer"),
    "shadow_transport": ("x", "t", "nosuch"),
    "create_file": ("anywhere", "inhome", "belowhome", "x", "/x", ""),
    "protocol": ("smtp", "lmtp", "smtps", "udp", "tcp", "x", ""),
    "public_name": ("PLAIN", "plain", "LOGIN", "CRAM-MD5", "X Y", ""),
    "command_user": ("mail", "0", "$x", ""),
    "command_group": ("mail", "0", "$x"),
    "user": ("mail", "0", "1", "$x", "root"),
    "group": ("mail", "0", "1", "$x"),
    "temp_errors": ("*", "1:2", "x", "", "75 : 73", "1,2", "-1"),
    "command_timeout": ("0s", "1m"),
    "final_timeout": ("0s", "1m"),
    "data_timeout": ("0s", "1m"),
    "connect_timeout": ("0s", "1m"),
    "timeout": ("0s", "1m"),
    "port": ("0", "-1", "70000", "25"),
    "batch_max": ("0", "1", "-1", "10"),
    "connection_max_messages": ("0", "-1"),
    "max_parallel": ("0", "-1"),
    "quota": ("1M", "x", "0", "-1", "$x", "1M:2", "10x"),
    "quota_filecount": ("1", "x", "0", "$x", ""),
    "quota_warn_threshold": ("1", "75%", "x", "101%", "$x", "0"),
    "quota_directory": ("/x", "x", ""),
    "quota_size_regex": ("S=(\\d+)", "(", "a", "\\N^(\\d+)\\N"),
    "maildir_quota_directory_regex": ("^x", "(", "^(?:cur|new|\\..*)$"),
    "check_ancestor": ("true", "false"),
    "check_string": ("a", "", '""'),
    "file_format": ('"From : x"', "x", '"From : x : y"', ""),
    "mailbox_size": ("1", "x", "$x"),
    "headers_rewrite": (
        "*@a b@c",
        "*@a b@c z",
        "*@a",
        "*@a b@c S",
        "*@a b@c E",
        "*@a b@c Ff : x",
        "",
        "*@a b@c w",
    ),
    "path": ("/x", "/usr/bin:/bin", ""),
    "environment": ("A=B", "A", ""),
    "hosts": ("127.0.0.1", "a", ""),
    "interface": ("127.0.0.1", "x", ""),
    "route_list": ("* a", "x", "a b c", "* a byname; b", "* a b c d", ""),
    "address_retry_include_sender": ("true", "false"),
    "set": ("r_a=b", "r_a", "x=y", "r_1", ""),
    "condition": ("a", "${if", ""),
    "cannot_route_message": ("a", ""),
    "server_socket": ("/x", "h 1", "", "inet:x"),
    "server_mech": ("PLAIN", "x", ""),
    "server_hostname": ("a", "$x", ""),
    "server_realm": ("a", ""),
    "server_prompts": ("a", ":", ""),
    "client_send": ("a", ": b", ""),
    "server_condition": ("yes", "${if", ""),
    "once": ("/x", "x"),
    "once_repeat": ("1d", "x", "$x", ""),
    "once_file_size": ("1M", "0"),
    "mode": ("0600", "0666", "0"),
    "umask": ("022", "0"),
    "max_output": ("20K", "0", "-1"),
    "directory_mode": ("0700", "0"),
    "owners": ("mail", ""),
    "owngroups": ("mail", ""),
    "modemask": ("022", "0"),
    "driver": ("accept", "smtp", "plaintext", "x", ""),
    "verify": ("true", "false"),
    "rcpt_include_affixes": ("true", "false"),
    "address_data": ("a", "${if"),
    "escape_string": ("a", ""),
    "more": ("false", "$x", "true"),
    "unseen": ("true", "$x", "false"),
    "translate_ip_address": ("a", ""),
    "reroute": ("a", ""),
    "timeout_frozen_after": ("1d",),
    "tls_verify_certificates": ("system", "/x", ""),
    "tls_verify_cert_hostnames": ("*", ""),
    "dscp": ("af11", "x", "$x", "0x10"),
    "lookup_open_max": ("0", "1"),
    "retry_use_local_part": ("true", "false"),
    "hosts_max_try": ("0", "5"),
    "mail_from": ("a",),
}
"""Values that matter where options are checked together; other options get a good one."""


def option_line(random: Random, name: str, type_: str) -> str:
    """A line that sets an option in one way or another."""
    if type_ in {"bool", "late_bool"}:
        return random.choice(
            (name, name, name, f"no_{name}", f"{name} = $x" if type_ == "late_bool" else name)
        )
    values = TELLING.get(name)
    return f"{name} = {random.choice(values) if values else GOOD[type_]}"


def random_drivers() -> Iterator[Case]:
    """Drivers with a few options each, in sections of one to three."""
    for number in range(20_000):
        random = Random(f"drivers {number}")
        family = random.choice(FAMILIES)
        parts = []
        for name in ("x", "y", "z")[: random.choice((1, 1, 1, 1, 2, 3))]:
            parts += [f"{random.choice((name, name, name, name, 'x'))}:", *driver_lines(random, family)]
        heads = {"router": "begin transports\nt:\n  driver = smtp\n", "transport": "", "authenticator": ""}
        body = "\n".join(parts)
        yield f"{family} {number}", f"{HEAD}{heads[family]}begin {SECTIONS[family]}\n{body}\n"


def driver_lines(random: Random, family: str) -> list[str]:
    """The lines of one driver: the driver itself and options that it has, most of them its own."""
    driver = random.choice(driver_names(PROFILE, family))
    own = list(driver_options(PROFILE, family, driver).items())
    general = list(driver_options(PROFILE, family, GENERIC).items())
    pool = [(name, unit) for name, unit in own + general if not name.startswith("*")]
    weights = [4 if name in TELLING else 1 for name, _ in pool]
    chosen = random.choices(pool, weights, k=random.choice((0, 1, 2, 2, 3, 4, 6)))
    lines = [f"  {option_line(random, name, str(unit.facts['type']))}" for name, unit in dict(chosen).items()]
    if random.random() < 0.97:
        lines.insert(0 if random.random() < 0.9 else random.randrange(len(lines) + 1), f"  driver = {driver}")
    return lines


def pairs() -> Iterator[Case]:
    """Each driver with nothing, each one of its telling options, and each pair of them."""
    for family in FAMILIES:
        for driver in driver_names(PROFILE, family):
            own = driver_options(PROFILE, family, driver)
            general = driver_options(PROFILE, family, GENERIC)
            lines = []
            for name, unit in {**own, **general}.items():
                type_ = str(unit.facts["type"])
                if name.startswith("*"):
                    continue
                if type_ in {"bool", "late_bool"}:
                    lines.append(name)
                elif name in own or name in TELLING:
                    lines.append(f"{name} = {TELLING.get(name, (GOOD[type_],))[0]}")
            for at, first in enumerate(lines):
                for second in lines[at:]:
                    body = f"  {first}\n" + (f"  {second}\n" if second != first else "")
                    yield (
                        f"{family} {driver} {first} {second}",
                        f"{HEAD}begin {SECTIONS[family]}\nx:\n  driver = {driver}\n{body}",
                    )
