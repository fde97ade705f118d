"""HELO and EHLO: the client's name, and what is offered to it."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from drivers.api.errors import ExpansionError, Fatal, LimitReached, Unsupported
from drivers.api.text import Tainted, logged, lower
from drivers.values import ip
from drivers.variables.host_name import look_up
from expander.session import authentication, crowding, ending, logline
from expander.session.hostcheck import client_in, name_in, setting_of
from expander.session.judging import OK
from expander.session.replies import OWN_CODE
from expander.session.sizes import size_limit
from expander.session.verified_name import is_deferred, is_verified, new_name

if TYPE_CHECKING:
    from expander.session.machine import Session


def helo(session: Session, argument: str) -> None:
    """HELO: say hello."""
    _hello(session, argument, "HELO")


def ehlo(session: Session, argument: str) -> None:
    """EHLO: say hello, and what is on offer."""
    _hello(session, argument, "EHLO")


def _is_name(session: Session, name: str) -> bool:
    """True for a name, or an address in brackets, in which all characters are permitted."""
    if name.startswith("["):
        inside = name[1:-1]
        if not name.endswith("]"):
            return False
        if lower(inside[:5]) == "ipv6:":
            return ":" in inside[5:] and ip.version(inside[5:]) != 0
        if lower(inside[:5]) == "ipv4:":
            return ip.version(inside[5:]) == ip.IPV4
        return ip.version(inside) != 0
    return _allowed(str(session.ctx.options.get("helo_allow_chars") or "")).fullmatch(name) is not None


@lru_cache(maxsize=16)
def _allowed(further: str) -> re.Pattern[str]:
    """Names of which all characters are permitted: ``further`` are those of the main option."""
    return re.compile(rf"[A-Za-z0-9.\-{re.escape(further)}]+", re.ASCII)


def _hello(session: Session, name: str, command: str) -> None:
    ctx, facts = session.ctx, session.ctx.facts
    session.esmtp = command == "EHLO" and not session.is_batch  # even if it is refused
    if not session.helo_junk and not _is_name(session, name):
        session.say(f"501 Syntactically invalid {command} argument(s)\r\n")
        shown = logged(name, top_bit_prints=bool(ctx.options.get("print_topbitchars")))
        words = f"syntactically invalid argument(s): {shown or '(no argument given)'}"
        logline.log_refusal(session, f"rejected {command} from {logline.client(session)}: {words}")
        facts["sender_helo_name"] = ""  # log lines have the earlier one all the same
        session.errors += 1
        if session.errors > session.number("smtp_max_synprot_errors"):
            ending.too_many_errors(session)
            session.end()
        return
    facts["sender_helo_name"] = Tainted(name)
    new_name(ctx)
    logline.set_client(session)
    if not facts.get("sender_host_name") and name_in(ctx, name, "helo_lookup_domains"):
        look_up(ctx, facts.get("sender_host_address", ""))  # even if that was in vain before
        logline.set_client(session)
    if session.helo_verify and not is_verified(session.ctx):
        if session.helo_required:
            _unverified(session, command, name)
            return
        ctx.debug(f"{command} verification failed but host is in helo_try_verify_hosts")
    _prepare_spf(session)
    verdict = session.judge("helo")
    if verdict.word != OK:
        facts["sender_helo_name"] = Tainted(name)
        session.refuse("helo", (lower(name).split() or [""])[0], verdict)  # the log has it so
        facts.pop("sender_helo_name", None)
        logline.set_client(session)
        return
    session.reset()
    session.authenticators = []
    session.hello_seen = True
    protocol = ("esmtp" if session.esmtp else "smtp") + ("s" if session.has_tls else "")
    if not facts.get("sender_host_address"):
        protocol = "local-bsmtp" if session.is_batch else f"local-{protocol}"
    authenticated = session.esmtp and facts.get("sender_host_authenticated")
    facts["received_protocol"] = f"{protocol}a" if authenticated else protocol
    session.advertised &= {"CHUNKING"}  # HELO does not take it back
    code, text = _with_code(session, verdict.message)
    text = _one_line(session, code, text)
    lines = [text if verdict.message else _greeting(session, name)]
    if session.esmtp:
        lines += _offers(session)
    session.say("".join(f"{code}-{line}\r\n" for line in lines[:-1]) + f"{code} {lines[-1]}\r\n")


def _with_code(session: Session, message: str) -> tuple[str, str]:
    """The code of the reply, which a message can bring itself, and what is left of the message."""
    text = session.with_right_code(250, message)
    own = OWN_CODE.match(text)
    if own is None:
        return "250", text
    return own[1], text[len(own[1]) :].removeprefix(" ")  # an extended code stays


def _one_line(session: Session, code: str, message: str) -> str:
    """The first line of a message of the ACL; there must be no other. The log has it with its code."""
    if "\n" in message:
        words = "EHLO/HELO response must not contain newlines: message truncated"
        session.ctx.log(f"{words}: {code} {logged(message)}", panic=True)
    return message.partition("\n")[0]


@cache
def _of_spf() -> str:
    """The name of what SPF tells clients; imported when there is some, because that costs something."""
    from drivers.values.spfcomment import TEMPLATE

    return TEMPLATE


def _prepare_spf(session: Session) -> None:
    """Expand what SPF tells clients. Raises `Fatal` where that fails: Exim ends there."""
    ctx = session.ctx
    template = ctx.options.get("spf_smtp_comment_template")
    if template is None or not ctx.profile.built_with("spf") or not ctx.facts.get("sender_host_address"):
        return
    try:
        ctx.state[_of_spf()] = ctx.expand(str(template))
    except (Unsupported, LimitReached):
        raise
    except ExpansionError as problem:
        message = "expansion of spf_smtp_comment_template failed"
        raise Fatal(message) from problem


def _greeting(session: Session, name: str) -> str:
    facts = session.ctx.facts
    ident = f"{facts['sender_ident']} at " if facts.get("sender_ident") else ""
    shown = facts.get("sender_host_name") or name
    host = session.ctx.expand("$smtp_active_hostname")
    if not facts.get("sender_host_address"):
        return f"{host} Hello {facts.get('sender_ident', '')}{f' at {name}' if name else ''}"
    return f"{host} Hello {ident}{shown} [{facts.get('sender_host_address', '')}]"


def _unverified(session: Session, command: str, name: str) -> None:
    """Refuse the name. What the client has said before remains: another name, and a message that it began."""
    code, what = (451, "temporarily rejected") if is_deferred(session.ctx) else (550, "rejected")
    session.say(f"{code} {command} argument does not match calling host\r\n")
    logline.log_refusal(session, f'{what} "{command} {name}" from {logline.client(session)}')


def _offers(session: Session) -> list[str]:
    """What EHLO offers, in Exim's order."""
    ctx = session.ctx
    has = ctx.options.get
    offers = [f"SIZE {limit}" if (limit := size_limit(session)) else "SIZE"]
    if ctx.profile.at_least("4.97") and client_in(ctx, "limits_advertise_hosts"):
        offers += _limits(session)
    if has("accept_8bitmime"):
        offers.append("8BITMIME")
    if client_in(ctx, "dsn_advertise_hosts", if_open=True):
        offers.append("DSN")
    if setting_of(ctx, "acl_smtp_atrn") is not None:
        from expander.session import atrn

        offers += ["ATRN"] if atrn.is_offered(ctx) else []
    offers += [
        word for word in ("ETRN", "VRFY", "EXPN") if setting_of(ctx, f"acl_smtp_{word.lower()}") is not None
    ]
    if "no_pipelining" not in session.controls and client_in(ctx, "pipelining_advertise_hosts"):
        offers.append("PIPELINING")
        if session.can_pipe_connect:
            offers.append("PIPECONNECT")
    names = authentication.offered(session)
    if names:
        offers.append(f"AUTH {' '.join(names)}")
    if client_in(ctx, "chunking_advertise_hosts", if_open=True):
        offers.append("CHUNKING")
    if not session.has_tls and client_in(ctx, "tls_advertise_hosts", if_open=True):
        offers.append("STARTTLS")
    if has("prdr_enable"):
        offers.append("PRDR")
    if has("accept_8bitmime") and client_in(ctx, "smtputf8_advertise_hosts", if_open=True):
        offers.append("SMTPUTF8")
    if has("acl_smtp_wellknown") and client_in(ctx, "wellknown_advertise_hosts"):
        offers.append("WELLKNOWN")
    if has("hosts_xclient"):
        from expander.session import xclient

        offers += [f"XCLIENT {' '.join(xclient.ATTRIBUTES)}"] if xclient.is_offered(ctx) else []
    session.advertised = {offer.partition(" ")[0] for offer in offers}
    return [*offers, "HELP"]


def _limits(session: Session) -> list[str]:
    limits = []
    if most := crowding.most_messages(session):
        limits.append(f"MAILMAX={most}")
    if (most := session.number("recipients_max")) > 0:
        limits.append(f"RCPTMAX={most}")
    return [f"LIMITS {' '.join(limits)}"] if limits else []
