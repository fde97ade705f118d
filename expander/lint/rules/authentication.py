"""Authentication that lets in too many, or shows passwords on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.constant import constant
from expander.lint.finding import ERROR, REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from grammar.ast.expansion import Capture, Condition, Item, Sequence, Variable
from grammar.source import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.config.model import Instance
    from expander.lint.survey import Survey
    from expander.lint.texts import ExpandedText
    from grammar.ast.expansion import Node

SECTION = "The plaintext authenticator"
YES, NO = frozenset(("1", "yes", "true")), frozenset(("", "0", "no", "false"))
CLEAR = frozenset(("PLAIN", "LOGIN"))
_CODE = frozenset(("perl", "dlfunc", "acl", "run"))
"""Items that may look at the password by themselves."""

TLS_WORDS = ("tls_", "encrypted", "def:tls")
"""What a condition has in it that asks for encryption."""

_PLAIN = "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n  server_prompts = :\n"
_ASKED = "  server_advertise_condition = ${if def:tls_in_cipher}\n"
_CHECK = "  server_condition = ${if crypteq{$auth3}{${lookup{$auth2}lsearch{/etc/pw}{$value}{*:*}}}}\n"


@rule(
    "EXS010",
    "anybody-authenticates",
    severity=ERROR,
    section=SECTION,
    bad=f"{_PLAIN}{_ASKED}  server_condition = yes\n",
    good=f"{_PLAIN}{_ASKED}{_CHECK}",
)
def server_conditions(survey: Survey) -> Iterator[Finding]:
    """The condition of a plaintext server is always true: every name with every password is accepted.

    Who has authenticated may usually relay, so the host is an open relay.
    """
    for text in _conditions(survey):
        value = text.source.text.strip()
        span = Span(text.source, 0, len(text.source.text))
        if "$" not in value:
            yield from _of_constant(value.lower(), text, span)
        else:
            yield from _of_expansion(survey, text, span)


kind(
    "EXS011",
    "condition-no-truth",
    severity=WARNING,
    section=SECTION,
    doc="The condition of a plaintext server comes to a text that is neither true nor false: every attempt "
    'is put off with "435 Unable to authenticate at present".',
    bad=f"{_PLAIN}{_ASKED}  server_condition = later\n",
    good=f"{_PLAIN}{_ASKED}  server_condition = no\n",
)
kind(
    "EXS012",
    "password-not-checked",
    severity=WARNING,
    section=SECTION,
    doc="The condition of a plaintext server does not look at the password that the client has sent, which "
    "is $auth3 for PLAIN and $auth2 for LOGIN.",
    bad=f"{_PLAIN}{_ASKED}  server_condition = ${{lookup{{$auth2}}lsearch{{/etc/users}}{{yes}}{{no}}}}\n",
    good=f"{_PLAIN}{_ASKED}{_CHECK}",
)
kind(
    "EXS013",
    "empty-password",
    severity=WARNING,
    section=SECTION,
    doc="A password is compared with what a lookup finds. For an unknown user that is nothing, and a client "
    "that sends an empty password is let in. Give the lookup a string for "
    "failure that is no password, or "
    "fail.",
    bad=f"{_PLAIN}{_ASKED}"
    "  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/etc/exim/pw}}}}\n",
    good=f"{_PLAIN}{_ASKED}"
    "  server_condition = ${if eq{$auth3}{${lookup{$auth2}lsearch{/etc/exim/pw}{$value}fail}}}\n",
)


def _conditions(survey: Survey) -> Iterator[ExpandedText]:
    for text in survey.texts:
        of_plaintext = text.instance is not None and text.instance.driver == "plaintext"
        if of_plaintext and text.section == "authenticator" and text.name == "server_condition":
            yield text


def _of_constant(value: str, text: ExpandedText, span: Span) -> Iterator[Finding]:
    if value in YES:
        message = f"authenticator {text.holder} accepts every name and every password"
        yield Finding("EXS010", message, span, ERROR, (Note("who has authenticated may usually relay"),))
    elif value not in NO:
        message = f'invalid "server_condition" value "{value}": nobody can authenticate'
        yield Finding("EXS011", message, span, WARNING)


def _of_expansion(survey: Survey, text: ExpandedText, span: Span) -> Iterator[Finding]:
    nodes = survey.nodes(text)
    number = _password(text.instance)
    used = {node.name for node in nodes if isinstance(node, Variable)}
    used |= {f"auth{node.number}" for node in nodes if isinstance(node, Capture)}
    raw = text.source.text
    code = any(isinstance(node, Item) and node.name in _CODE for node in nodes)
    if (
        number
        and not code
        and f"auth{number}" not in used
        and f"${number}" not in raw
        and f"auth{number}" not in raw
    ):
        message = f"the condition does not look at the password, which is $auth{number}"
        yield Finding("EXS012", message, span, WARNING)
    conditions = [node for node in nodes if isinstance(node, Condition)]
    only = conditions[0] if len(conditions) == 1 and conditions[0].name in {"eq", "eqi"} else None
    if only is not None and all(map(_is_client_text, only.arguments)):
        message = "what the client sends is compared with itself: who repeats the name gets in"
        yield Finding("EXS012", message, span, WARNING)
    guarded = any(isinstance(node, Condition) and node.name == "def" for node in nodes) or "{}" in raw
    for node in nodes:
        if isinstance(node, Condition) and node.name in {"eq", "eqi"} and not guarded:
            found = next((a for a in node.arguments if _may_find_nothing(a)), None)
            others = [a for a in node.arguments if a is not found]
            if found is not None and others and _is_client_text(others[0]):
                message = "an unknown user gets in with an empty password"
                place = Span(text.source, node.start, node.end)
                yield Finding("EXS013", message, place, WARNING)


def _password(instance: Instance | None) -> int:
    """The number of the string that is the password; 0 where it is not known."""
    if instance is None:
        return 0
    name = str(instance["public_name"] or instance.name).upper()
    return {"PLAIN": 3, "LOGIN": 2}.get(name, 0)


def _only(node: Node) -> Node:
    while isinstance(node, Sequence) and len(node.parts) == 1:
        node = node.parts[0]
    return node


def _may_find_nothing(node: Node) -> bool:
    """True for a lookup alone that gives nothing where the key is not found."""
    inner = _only(node)
    if not isinstance(inner, Item) or inner.name != "lookup":
        return False
    return inner.no is None or constant(inner.no) == ""


def _is_client_text(node: Node) -> bool:
    inner = _only(node)
    return isinstance(inner, Capture) or (isinstance(inner, Variable) and inner.name.startswith("auth"))


@rule(
    "EXS017",
    "server-not-offered",
    severity=WARNING,
    section=SECTION,
    bad=f"{_PLAIN}  server_set_id = $auth2\n",
    good=f"{_PLAIN}{_ASKED}{_CHECK}",
)
def server_not_offered(survey: Survey) -> Iterator[Finding]:
    """A plaintext server has no condition, so Exim does not offer it: nobody can authenticate with it."""
    for authenticator in survey.config.authenticators:
        settings = authenticator.options.settings
        meant = settings.get("server_set_id") or settings.get("server_prompts")
        if authenticator.driver == "plaintext" and meant is not None and "server_condition" not in settings:
            message = "without server_condition the authenticator is not offered to clients"
            yield Finding("EXS017", message, authenticator.span, WARNING)


@rule(
    "EXS014",
    "auth-without-tls",
    severity=WARNING,
    section="Authentication on an Exim server",
    bad=f"{_PLAIN}{_CHECK}",
    good=f"{_PLAIN}{_ASKED}{_CHECK}",
)
def auth_without_tls(survey: Survey) -> Iterator[Finding]:
    """PLAIN or LOGIN is offered on connections that are not encrypted: passwords can be read on the way.

    Offer them behind `server_advertise_condition = ${if def:tls_in_cipher}`, or set `auth_advertise_hosts`
    to a list that is empty without TLS.
    """
    if _asked_before(survey):
        return
    for authenticator in survey.config.authenticators:
        name = str(authenticator["public_name"] or authenticator.name).upper()
        if name not in CLEAR or authenticator.driver not in {"plaintext", "dovecot", "cyrus_sasl"}:
            continue
        if not _is_server(authenticator):
            continue
        asked = authenticator.setting("server_advertise_condition")
        if asked is None or not any(word in asked.text for word in TLS_WORDS):
            message = f"{name} is offered without encryption"
            span = asked.span if asked is not None and not _says(asked.text) else authenticator.span
            note = Note("server_advertise_condition = ${if def:tls_in_cipher}")
            yield Finding("EXS014", message, span, WARNING, (note,))


def _says(text: str) -> bool:
    """True for a condition that asks for something; what that is cannot be told."""
    return "$" in text


def _is_server(authenticator: Instance) -> bool:
    if authenticator.driver == "plaintext":
        condition = authenticator.setting("server_condition")
        return condition is not None and condition.text.strip().lower() not in NO
    return any(name.startswith("server_") for name in authenticator.options.settings)


def _asked_before(survey: Survey) -> bool:
    """True if authentication is offered or allowed with TLS alone."""
    hosts = survey.config.options.settings.get("auth_advertise_hosts")
    if hosts is not None and (not hosts.text.strip() or any(word in hosts.text for word in TLS_WORDS)):
        return True
    if hosts is not None and hosts.text.strip() in {"localhost", "127.0.0.1"}:
        return True
    acl = survey.config.options.settings.get("acl_smtp_auth")
    if acl is None:
        return False
    return any(
        "encrypted" in text.name or "tls" in text.source.text for text in survey.texts_of("acl", acl.text)
    )


@rule(
    "EXS015",
    "password-sent-in-clear",
    severity=WARNING,
    section="Authentication by an Exim client",
    bad="begin transports\nt:\n  driver = smtp\n  hosts_require_auth = *\n"
    "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
    "  hide client_send = ^user^secret\n",
    good="begin transports\nt:\n  driver = smtp\n  hosts_require_auth = *\n  hosts_require_tls = *\n"
    "begin authenticators\nplain:\n  driver = plaintext\n  public_name = PLAIN\n"
    "  hide client_send = ^user^secret\n",
)
def password_sent_in_clear(survey: Survey) -> Iterator[Finding]:
    """A client authenticates by PLAIN or LOGIN over connections that need not be encrypted.

    Whoever can change the traffic takes STARTTLS out and reads the password. Set `hosts_require_tls` on the
    transport, or let `client_send` fail without `$tls_out_cipher`.
    """
    clear = [a for a in survey.config.authenticators if _sends_clear(a)]
    if not clear:
        return
    for transport in survey.config.transports:
        settings = transport.options.settings
        if transport.driver != "smtp" or not {"hosts_require_auth", "hosts_try_auth"} & settings.keys():
            continue
        encrypted = "hosts_require_tls" in settings or str(transport["protocol"]) == "smtps"
        if not encrypted:
            name = "hosts_require_auth" if "hosts_require_auth" in settings else "hosts_try_auth"
            notes = tuple(Note(f"authenticator {a.name} sends it", a.span) for a in clear)
            message = "the password may be sent without encryption: hosts_require_tls is not set"
            yield Finding("EXS015", message, settings[name].span, WARNING, notes)


def _sends_clear(authenticator: Instance) -> bool:
    send = authenticator.setting("client_send")
    condition = authenticator.setting("client_condition")
    texts = (send.text if send else "", condition.text if condition else "")
    return (
        authenticator.driver == "plaintext" and send is not None and not any("tls" in text for text in texts)
    )


@rule(
    "EXS016",
    "weak-mechanism",
    severity=REMARK,
    section="The cram_md5 authenticator",
    bad="begin authenticators\nc:\n  driver = cram_md5\n  public_name = CRAM-MD5\n"
    "  server_secret = ${lookup{$auth1}lsearch{/etc/exim/pw}{$value}fail}\n",
    good=f"{_PLAIN}{_ASKED}{_CHECK}",
)
def weak_mechanism(survey: Survey) -> Iterator[Finding]:
    """A server offers a mechanism for which it must keep the passwords themselves.

    CRAM-MD5 and SPA were meant for connections without encryption. With TLS, PLAIN needs only hashes.
    """
    for authenticator in survey.config.authenticators:
        option = {"cram_md5": "server_secret", "spa": "server_password"}.get(authenticator.driver, "")
        if authenticator.setting(option) is not None:
            message = (
                f"{authenticator.driver} needs the passwords themselves; PLAIN over TLS needs only hashes"
            )
            yield Finding("EXS016", message, authenticator.span, REMARK)
