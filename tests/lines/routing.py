"""Makes configurations of routers at random, with addresses for them."""

from __future__ import annotations

from random import Random

LOCAL_PARTS = (
    "ann",
    "bob",
    "carl",
    "list",
    "x-ann",
    "ann+tag",
    "Ann",
    "postmaster",
    "root",
    "nobody",
    "daemon",
)
DOMAINS = (
    "example.test",
    "lists.test",
    "far.test",
    "sub.far.test",
    "[198.51.100.7]",
    "[127.0.0.1]",
    "LISTS.TEST",
)
TRANSPORTS = ("local", "smtp", "lmtp", "apipe", "afile", "areply")
HOSTS = ("198.51.100.1", "198.51.100.2", "127.0.0.1", "2001:db8::1", "host.invalid", "192.0.2.9")
CONDITIONS = (
    "${if eq{$local_part}{ann}}",
    "${if def:parent_domain}",
    "${if match{$local_part}{^b}}",
    "yes",
    "0",
    "${if bogus}",
    "${if eq{1}{2}{x}fail}",
    "$address_data",
    "${if eq{$r_seen}{1}{no}{yes}}",
    "${if eq{$original_local_part}{list}}",
)
TEXTS = (
    "$local_part",
    "$domain/$local_part",
    "${bogus}",
    "${if eq{1}{2}{x}fail}",
    "<$address_data>",
    "$parent_local_part@$parent_domain",
    "$original_local_part@$original_domain",
    "$local_part_prefix|$local_part_suffix|$local_part_prefix_v|$local_part_suffix_v",
    "$local_part_data:$domain_data",
    "$r_seen",
    "$home",
    "$self_hostname$router_name",
    "",
)
LISTS = {
    "domains": (
        "example.test",
        "*.far.test : lists.test",
        "! far.test",
        "lsearch;@DIR@/domains",
        "+some",
        "^l.*$",
        "${bogus}",
        "${if eq{1}{2}{x}fail}",
        "+nosuch",
        "",
        "!+some : *",
    ),
    "local_parts": (
        "ann : bob",
        "! list",
        "lsearch;@DIR@/users",
        "^[a-c]",
        "+caseful : Ann",
        "*n",
        "dsearch;@DIR@/files",
        "$domain",
    ),
    "senders": ("", "boss@x.test", "*@far.test : :", "! boss@x.test", "lsearch;@DIR@/users"),
}
ITEMS = (
    "ann",
    "bob",
    "Carl@example.test",
    "list",
    "someone@far.test",
    "u@sub.far.test",
    "\\ann",
    "ann@LISTS.TEST",
    "/var/mail/x",
    "/var/mail/dir/",
    "|/bin/prog a",
    '"|/bin/prog \\"a, b\\" c"',
    ":blackhole:",
    ":unknown:",
    ":fail: gone away",
    ":defer: come later",
    ":include:@DIR@/more",
    ":include:@DIR@/nosuch",
    "bad@@address",
    "Full Name <bob@lists.test>",
    "(comment)",
    "# comment",
    "x-ann",
    "ann+tag",
    "$local_part",
    "$local_part@$domain",
    "$local_part@lists.test",
    "bob, ann",
    "<>",
    "root",
    "group: ann;",
    '"quoted part"@example.test',
    "a%b@lists.test",
    "u@[198.51.100.7]",
)
FILES = {
    "domains": "lists.test: data of lists\nfar.test: far\n",
    "users": "ann: ann's data\nroot\nboss@x.test: b\nlist: l\n",
    "files/ann": "",
    "files/bob": "bob@lists.test\n",
    "more": "# more\nbob\nann, root\n",
    "forward": "bob\n\\ann\n# x\n",
    "empty": "\n# nothing\n",
    "aliases": "ann: bob\nbob: :fail: no bob\nlist: ann, bob, carl\nroot: /dev/null\ncarl: carl\n",
}
DATA = (
    "${lookup{$local_part}lsearch{@DIR@/aliases}}",
    "${lookup{$local_part}lsearch{@DIR@/aliases}{$value}fail}",
    "${bogus}",
    "${if eq{1}{2}{x}fail}",
)
FLAGS = (
    "unseen", "no_more", "no_verify", "verify_only", "no_address_test", "no_expn", "fail_verify", "no_verify_sender",
    "fail_verify_recipient", "caseful_local_part", "check_local_user", "unseen = $address_data",
    "more = ${if eq{$local_part}{ann}}", "unseen = ${if eq{$local_part}{bob}{yes}{no}}", "disable_logging",
    "more = ${if eq{1}{2}{x}fail}", "local_part_prefix_optional", "local_part_suffix_optional",
)  # fmt: skip
TRANSPORT_TEXTS = (*TRANSPORTS, *TRANSPORTS, "nosuch", "${if eq{1}{1}{local}}", "$local_part", "${bogus}", "")


def configuration(random: Random) -> str:
    """The text of a configuration from its routers on."""
    count = random.randint(1, 6)
    names = [f"r{number}" for number in range(count)]
    lines = ["domainlist some = lists.test : far.test", "begin routers"]
    for at, name in enumerate(names):
        lines += [f"{name}:", *(f"  {line}" for line in router(random, names, at))]
    if random.random() < 0.6:
        lines += ["last:", "  driver = accept", f"  transport = {random.choice(TRANSPORTS)}"]
    lines += ["begin transports"]
    for name, driver, more in (
        ("local", "appendfile", "file = /dev/null"),
        ("smtp", "smtp", ""),
        ("lmtp", "lmtp", "socket = /nosuch"),
        ("afile", "appendfile", ""),
        ("apipe", "pipe", ""),
        ("areply", "autoreply", ""),
    ):
        lines += [f"{name}:", f"  driver = {driver}", *([f"  {more}"] if more else [])]
    return "\n".join(lines) + "\n"


def router(random: Random, names: list[str], at: int) -> list[str]:
    """The lines of one router."""
    driver = random.choice(
        ("accept", "accept", "redirect", "redirect", "redirect", "manualroute", "ipliteral")
    )
    lines = [f"driver = {driver}", *_generic(random, names, at)]
    if driver == "redirect":
        lines += _redirect(random)
    else:
        text = random.choice(TRANSPORT_TEXTS)
        lines.append(f"transport = {text}" if text else "verify_only")
    if driver == "manualroute":
        lines += _manualroute(random)
    return list(dict.fromkeys(lines))


def _generic(random: Random, names: list[str], at: int) -> list[str]:
    lines = []
    for option, texts in LISTS.items():
        if random.random() < (0.15 if option == "senders" else 0.4):
            lines.append(f"{option} = {random.choice(texts)}")
    if random.random() < 0.25:
        lines.append(f"condition = {random.choice(CONDITIONS)}")
    if random.random() < 0.2:
        lines.append(f"address_data = {random.choice(TEXTS)}")
    if random.random() < 0.15:
        lines.append(f"set = r_seen = {random.choice((*TEXTS, '1'))}")
    for option, texts in (
        ("local_part_prefix", ("x-", "*-", "x- : y-")),
        ("local_part_suffix", ("+*", "-list : +tag", "*")),
        ("cannot_route_message", TEXTS),
        ("errors_to", ("bob", "nobody@far.test", "", "bad@@x", *TEXTS)),
        ("headers_add", ("X-A: b", *TEXTS)),
        ("headers_remove", ("x-b : $local_part", *TEXTS)),
        ("user", ("daemon", "${if eq{1}{1}{daemon}}", "${bogus}", "$local_part", "12")),
        ("group", ("daemon", "${if eq{1}{1}{nosuchgroup}}")),
        (
            "require_files",
            ("@DIR@/users", "!@DIR@/nosuch", "@DIR@/files/$local_part", "daemon:/etc/passwd", "rel"),
        ),
        ("debug_print", TEXTS),
        ("self", ("send", "pass", "fail", "defer", "reroute: lists.test", "freeze")),
        ("ignore_target_hosts", ("198.51.100.1", "198.51.100.0/24 : 127.0.0.1", "*")),
        ("router_home_directory", ("/home/x", *TEXTS)),
    ):
        if random.random() < 0.08:
            lines.append(f"{option} = {random.choice(texts)}")
    lines += [flag for flag in FLAGS if random.random() < 0.03]
    if at + 1 < len(names) and random.random() < 0.1:
        lines.append(f"pass_router = {random.choice(names[at + 1 :])}")
    return lines


def _redirect(random: Random) -> list[str]:
    lines = []
    if random.random() < 0.2:
        name = random.choice(
            ("forward", "empty", "nosuch", "nosuch/x", "files", "files/$local_part_data", "$local_part")
        )
        lines.append(f"file = @DIR@/{name}")
    elif random.random() < 0.4:
        lines.append(f"data = {random.choice(DATA)}")
    else:
        items = random.choices(ITEMS, k=random.randint(0, 4))
        mark = random.choice((", ", "\\n", " , "))
        text = mark.join(item.replace("\\", "\\\\").replace('"', '\\"') for item in items)
        lines.append(f'data = "{text}"')
    for option in (
        "allow_fail", "allow_defer", "forbid_file", "forbid_pipe", "forbid_blackhole", "forbid_include",
        "skip_syntax_errors", "check_ancestor", "no_repeat_use", "qualify_preserve_domain", "no_rewrite",
        "file_transport = afile", "pipe_transport = apipe", "directory_transport = afile",
        "qualify_domain = lists.test", "ignore_enotdir", "include_directory = @DIR@",
        "one_time", "forbid_smtp_code",
    ):  # fmt: skip
        chance = 0.4 if "transport" in option or "allow" in option else 0.08
        lines += [option] * (random.random() < chance)
    if "qualify_preserve_domain" in lines and "qualify_domain = lists.test" in lines:
        lines.remove("qualify_preserve_domain")
    return lines


def _manualroute(random: Random) -> list[str]:
    def hosts() -> str:
        count = random.randint(0, 3)
        chosen = [random.choice(HOSTS) + random.choice(("", "", "", "::587")) for _ in range(count)]
        text = " : ".join(host for host in chosen if ":" not in host.replace("::587", ""))
        return f'"{text}"' if random.random() < 0.8 or " " in text else text

    options = random.choice(
        ("", "", " byname", " bydns", " lmtp", " local", " nosuch", " byname smtp", " by l")
    )
    lines = [f"host_find_failed = {random.choice(('decline', 'pass', 'fail', 'defer', 'ignore', 'freeze'))}"]
    lines.append(f"host_all_ignored = {random.choice(('decline', 'pass', 'fail', 'defer', 'freeze'))}")
    if random.random() < 0.3:
        lines.append(
            f"route_data = {random.choice((hosts() + options, '${bogus}', '${lookup{$domain}lsearch{@DIR@/domains}}', ''))}"
        )
        return lines
    rules = []
    for _ in range(random.randint(1, 3)):
        pattern = random.choice(
            ("*", "*", "example.test", "+some", "lsearch;@DIR@/domains", "^(.).*test\\$", "! far.test")
        )
        target = random.choice((hosts(), hosts(), "$value", "$1.invalid", "${bogus}", "$local_part"))
        rules.append(f"{pattern} {target}{options}")
    lines.append(f"route_list = {' ; '.join(rules)}")
    return lines


def addresses(random: Random) -> list[str]:
    """Some addresses to test."""
    found = []
    for _ in range(random.randint(2, 6)):
        local_part = random.choice(LOCAL_PARTS)
        found.append(local_part if random.random() < 0.4 else f"{local_part}@{random.choice(DOMAINS)}")
    return found
