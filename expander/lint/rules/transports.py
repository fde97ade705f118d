"""Transports that cannot deliver, or not what is meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.text import SPACE
from expander.lint.beginnings import outcomes
from expander.lint.finding import ERROR, WARNING, Finding, Note
from expander.lint.naming import reaches
from expander.lint.routing import text_of
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText

_ROUTER = "begin routers\nall:\n  driver = accept\n  transport = out\nbegin transports\nout:\n"
_NO_HOSTS = ("accept", "redirect")
_PATHS = {"appendfile": ("file", "directory")}
_COMMANDS = {
    ("router", "queryprogram", "command"): "the command has no absolute path and is not found",
    ("transport", "lmtp", "command"): "the command has no absolute path and is not found",
    ("transport", "", "transport_filter"): "the filter's command has no absolute path and is not found",
}
_HOMES = ("home_directory", "current_directory")
_ROUTERS_HOMES = ("transport_home_directory", "transport_current_directory")
_SHELL_WORDS = frozenset((">", ">>", "<", "|", "||", "&&", "&", ";", "2>&1", "2>/dev/null", ">/dev/null"))
_ROOT = ("root", "0")


@rule(
    "EXR020",
    "transport-cannot-deliver",
    section="Generic options for transports",
    bad=_ROUTER + "  driver = appendfile\n  maildir_format\n",
    good=_ROUTER + "  driver = appendfile\n  directory = /var/mail/all\n  maildir_format\n",
)
def transport_cannot_deliver(survey: Survey) -> Iterator[Finding]:
    """A transport lacks what says where the mail goes, and a router names it for more than pipes and files.

    `appendfile` may go without `file` and `directory`, and `pipe` without `command`, only where the
    address itself is a file or a command, as those of alias files are. `smtp` without `hosts` needs a router
    that finds hosts.
    """
    called = reaches(survey)
    for transport in survey.config.transports:
        for router, option in called.get(transport.name, ()):
            message = _lacks(transport, router, option)
            if message is not None:
                note = Note(f"the router {router.name} names it as {option}", router.span)
                yield Finding("EXR020", message, transport.span, notes=(note,))
                break


def _lacks(transport: Instance, router: Instance, option: str) -> str | None:
    """What Exim says when a router hands an address to the transport by one of its options."""
    given = transport.options.is_set
    if transport.driver == "appendfile" and not given("file") and not given("directory"):
        itself = option in {"file_transport", "directory_transport"}
        message = f"Mandatory file or directory option missing from {transport.name} transport"
        return None if itself else message
    if transport.driver == "pipe" and not given("command"):
        return None if option == "pipe_transport" else f"no command specified for {transport.name} transport"
    finds_hosts = option == "transport" and router.driver not in _NO_HOSTS
    if transport.driver == "smtp" and not finds_hosts and not given("hosts"):
        return f"{transport.name} transport called with no hosts set"
    return None


@rule(
    "EXR021",
    "relative-path",
    section="Private options for appendfile",
    bad=_ROUTER + "  driver = appendfile\n  file = mail/$local_part_data\n",
    good=_ROUTER + "  driver = appendfile\n  file = /var/mail/all\n",
)
def relative_path(survey: Survey) -> Iterator[Finding]:
    """A file, a directory or a command is named by a path that does not begin with a slash.

    There is no folder that it could be meant in: deliveries are deferred. Commands are looked for in the
    folders of `path` by the `pipe` transport alone.
    """
    for text in survey.texts:
        message = _path_message(text)
        if message is None:
            continue
        for found in outcomes(survey, text.source):
            known = found.text.lstrip(SPACE) if text.section == "router" else found.text
            if known and not known.startswith("/") and not _is_found(text, known):
                shown = known if found.whole else f"{known}..."
                if text.name == "command" and text.instance is not None and text.instance.driver == "pipe":
                    shown = known.split(maxsplit=1)[0]
                yield Finding("EXR021", message.replace("PATH", shown), found.span)


def _is_found(text: ExpandedText, command: str) -> bool:
    """True for a command that the ``pipe`` transport looks for in the folders of ``path``."""
    instance = text.instance
    if instance is None or instance.driver != "pipe" or text.name != "command":
        return False
    word = command.lstrip('"').split(maxsplit=1)[0] if command.strip(SPACE + '"') else ""
    return "/" not in word or word.startswith(("/", ".", "|")) or instance.options.is_set("path")


def _path_message(text: ExpandedText) -> str | None:
    """Exim's complaint about a relative path in this option, None for options that take no path."""
    instance, name, holder = text.instance, text.name, text.holder
    if instance is None:
        return None
    if text.section == "transport" and name in _HOMES:
        word = name.partition("_")[0]
        return f'{word} directory path "PATH" is not absolute for {holder} transport'
    if text.section == "transport" and name in _PATHS.get(instance.driver, ()):
        return 'appendfile: file or directory name "PATH" is not absolute'
    if text.section == "router" and name in _ROUTERS_HOMES:
        word = name.split("_")[1]
        return f'{word} directory path "PATH" is not absolute'
    if text.section == "router" and instance.driver == "redirect" and name == "file":
        return '"PATH" is not an absolute path'
    if text.section == "transport" and instance.driver == "pipe" and name == "command":
        return f'"PATH" command not found for {holder} transport'
    command = _COMMANDS.get((text.section, instance.driver, name)) or _COMMANDS.get((text.section, "", name))
    return None if command is None else f"{command}: PATH"


@rule(
    "EXR022",
    "format-without-directory",
    section="Private options for appendfile",
    bad=_ROUTER + "  driver = appendfile\n  file = /var/mail/all\n  maildir_format\n",
    good=_ROUTER + "  driver = appendfile\n  directory = /var/mail/all\n  maildir_format\n",
)
def format_without_directory(survey: Survey) -> Iterator[Finding]:
    """A format of many files is chosen together with `file`: each delivery is deferred."""
    for transport in survey.config.transports:
        if transport.driver != "appendfile" or not transport.options.is_set("file"):
            continue
        for name in ("maildir_format", "mailstore_format"):
            if name in transport.options and transport[name] is True:
                message = f'{name} requires "directory" to be specified for the {transport.name} transport'
                setting = transport.setting("file")
                span = transport.span if setting is None else setting.span
                yield Finding("EXR022", message, span)


@rule(
    "EXR023",
    "autoreply-to-nobody",
    severity=WARNING,
    section="The autoreply transport",
    bad=_ROUTER + "  driver = autoreply\n  subject = I am away\n",
    good=_ROUTER + "  driver = autoreply\n  to = $sender_address\n  subject = I am away\n",
)
def autoreply_to_nobody(survey: Survey) -> Iterator[Finding]:
    """An automatic reply has no recipients: it is made, and then refused for that.

    Only where a filter asks for the reply does it say whom to.
    """
    called = reaches(survey)
    for transport in survey.config.transports:
        direct = [router for router, option in called.get(transport.name, ()) if option == "transport"]
        given = transport.options.is_set
        if transport.driver == "autoreply" and direct and not any(map(given, ("to", "cc", "bcc"))):
            message = f"the replies of the {transport.name} transport have no recipients"
            yield Finding("EXR023", message, transport.span, severity=WARNING)


@rule(
    "EXR024",
    "command-for-a-shell",
    severity=WARNING,
    section="How the command is run",
    bad=_ROUTER + "  driver = pipe\n  command = /usr/bin/logger -t mail > /dev/null\n",
    good=_ROUTER + "  driver = pipe\n  command = /usr/bin/logger -t mail\n",
)
def command_for_a_shell(survey: Survey) -> Iterator[Finding]:
    """A command has what only a shell understands, or begins with a pipe sign.

    Exim runs the command itself and hands the other words over as arguments. With `use_shell` a shell
    runs it, which needs care with what comes from the message.
    """
    for transport in survey.config.transports:
        command, setting = text_of(transport, "command"), transport.setting("command")
        if transport.driver not in {"pipe", "lmtp"} or command is None or setting is None:
            continue
        words = command.split()
        if words and words[0].startswith("|") and "use_shell" in transport.options:
            message = f'"{words[0]}" command not found for {transport.name} transport'
            yield Finding("EXR024", message, setting.span, severity=ERROR)
        elif "$" not in words[:1] and transport.driver == "pipe" and transport["use_shell"] is False:
            wrong = next((word for word in words if word in _SHELL_WORDS), None)
            if wrong is not None and "-c" not in words and "${" not in command:
                message = f"{wrong} is handed to the command as an argument"
                at = setting.span.text.find(wrong)
                span = setting.span.part(at, at + len(wrong)) if at >= 0 else setting.span
                yield Finding("EXR024", message, span, severity=WARNING)


@rule(
    "EXR025",
    "delivery-as-root",
    severity=WARNING,
    section="Uids and gids for local deliveries",
    bad=_ROUTER + "  driver = appendfile\n  file = /var/mail/all\n  user = root\n",
    good=_ROUTER + "  driver = appendfile\n  file = /var/mail/all\n  user = $local_part_data\n",
)
def delivery_as_root(survey: Survey) -> Iterator[Finding]:
    """A delivery is to run as root, which is on the list that Exim is usually built with.

    It is deferred each time: no configuration can take a user off that list.
    """
    reached = reaches(survey)
    owners = [(one, "transport") for one in survey.config.transports if one.name in reached]
    owners += [(one, "router") for one in survey.config.routers if one.driver == "accept"]
    for owner, family in owners:
        setting = owner.setting("user")
        if setting is not None and setting.text.strip(f'{SPACE}"') in _ROOT:
            message = f"User 0 set for {owner.name} {family} is on the never_users list"
            yield Finding("EXR025", message, setting.span, severity=WARNING)


@rule(
    "EXR026",
    "signing-incomplete",
    severity=WARNING,
    section="Signing outgoing messages",
    bad=_ROUTER + "  driver = smtp\n  hosts = mail.example.org\n  dkim_domain = example.org\n"
    "  dkim_selector = s1\n",
    good=_ROUTER + "  driver = smtp\n  hosts = mail.example.org\n  dkim_domain = example.org\n"
    "  dkim_selector = s1\n  dkim_private_key = /etc/exim4/dkim.key\n",
)
def signing_incomplete(survey: Survey) -> Iterator[Finding]:
    """Some of the three options that a DKIM signature needs are set, but not all.

    Mail goes out unsigned, and nothing tells so.
    """
    needed = ("dkim_domain", "dkim_selector", "dkim_private_key")
    for transport in survey.config.transports:
        if transport.driver != "smtp" or "dkim_domain" not in transport.options:
            continue
        missing = [name for name in needed if not transport.options.is_set(name)]
        if missing and len(missing) < len(needed):
            message = f"nothing is signed: {' and '.join(missing)} not set for {transport.name} transport"
            yield Finding("EXR026", message, transport.span, severity=WARNING)
