"""DATA and BDAT: the message itself, up to what is said of it at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.values import header_changes
from drivers.values.log_selector import selects
from expander.message import mime_acl
from expander.message.headers import read_message
from expander.message.identity import message_id
from expander.session import (
    arrival,
    chunks,
    controls,
    crowding,
    cutthrough,
    headerlimits,
    logline,
    mailbox_copy,
    prdr,
    signatures,
)
from expander.session.arrived import Arrived
from expander.session.contents import contents
from expander.session.envelope_lines import without_envelope_lines
from expander.session.header import arrive
from expander.session.judging import DISCARD, OK
from expander.session.reception import Reception
from expander.session.sizes import size_limit
from expander.session.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from expander.expand.context import Context
    from expander.message.headers import Header
    from expander.session.machine import Session

LONG_IDS_SINCE = "4.97"
TICK = 0.005
"""Identifications of one process differ where as many seconds lie between them."""

TOO_BIG = "552 Message size exceeds maximum permitted\r\n"


def begin_data(session: Session, _argument: str) -> None:
    """DATA: ask for the message if there is someone to get it."""
    if not _has_recipients(session, "DATA"):
        return
    _show_recipients(session)
    verdict = session.judge("predata")
    for name in ("recipients", "recipients_list"):
        session.ctx.facts.pop(name, None)
    if verdict.word != OK:
        session.refuse("predata", "", verdict)
        return
    cutthrough.begin_text(session, in_chunks=False)
    said = verdict.message or 'Enter message, ending with "." on a line by itself'
    session.reply(354, said)
    session.reception = Reception(Store(session.open_file), size_limit(session))
    session.reception.begun = session.ctx.world.clock.now()
    session.wants = "lines"


def begin_chunk(session: Session, argument: str) -> None:
    """BDAT: a chunk of the message follows."""
    if "CHUNKING" not in session.advertised:
        session.error(503, "BDAT command used when CHUNKING not advertised")
        return
    announced = chunks.announced(session, argument)
    if announced is None:
        return
    size, is_last = announced
    session.wants, session.wanted_bytes = ("chunk" if size else "command"), size
    if session.reception is None:
        session.reception = Reception(Store(session.open_file), chunks=True, chunk=size, left=size)
        session.reception.is_refused = True
        session.reception.begun = session.ctx.world.clock.now()
        refused = session.reception
        if not _has_recipients(session, "BDAT"):
            # The chunk is read all the same, where there is something to read.
            session.reception, session.wants = (refused, "chunk") if size else (None, "command")
            return
        cutthrough.begin_text(session, in_chunks=True)
        session.reception.is_refused = False  # no ACL is asked before the data here
        session.reception.limit = size_limit(session)
    reception = session.reception
    reception.chunk = reception.left = size
    reception.is_last = is_last
    if not size:
        _chunk_is_here(session)


def _has_recipients(session: Session, command: str) -> bool:
    state = session.mail
    session.can_pipe_connect = False
    if state.recipients or session.discards_some:
        if state.told_too_many and session.ctx.options.get("recipients_max_reject"):
            session.say("554 Too many recipients\r\n")
            state.sender = None  # all else stays until there is another sender
            session.ctx.facts["sender_address"] = ""
            return False
        return True
    if state.rcpt_reply is not None and state.rcpt_replies_same:
        session.say("503-All RCPT commands were rejected with this error:\r\n")
        session.say("".join(f"503-{line}\r\n" for line in state.rcpt_reply.split("\r\n")))
        state.rcpt_reply_told = True
    if "PIPELINING" in session.advertised and session.after_rcpt:
        session.say(f"503 Valid RCPT command must precede {command}\r\n")
    else:
        session.error(503, f"valid RCPT command must precede {command}")
    return False


def take(session: Session, piece: bytes) -> None:
    """Take a line, or bytes of a chunk."""
    reception = session.reception
    assert reception is not None, "no message is being received"
    if session.wants == "chunk":
        if not reception.is_refused:
            reception.take_of_chunk(piece)
        reception.left -= len(piece)
        session.wanted_bytes = reception.left
        if not reception.left:
            _chunk_is_here(session)
        return
    line = piece.removesuffix(b"\n").removesuffix(b"\r") + b"\n"
    if line == b".\n":
        complete(session)
        return
    reception.add(line.removeprefix(b"."))


def take_text(session: Session, data: bytes, *, is_whole: bool) -> bytes:
    """Take bytes of a message that ends with a dot: what follows the end, if it is among them.

    If it ``is_whole`` they are all of its lines, and there is neither a dot nor a CR to be taken away.
    """
    reception = session.reception
    assert reception is not None, "no message is being received"
    rest = reception.take_whole(data) if is_whole else reception.take_dotted(data)
    if rest is None:
        return b""
    reception.has_more = bool(rest)
    complete(session)
    return rest


def _chunk_is_here(session: Session) -> None:
    reception = session.reception
    assert reception is not None
    session.wants = "command"
    if reception.is_refused:
        session.reception = None
        return
    if not reception.is_last and not reception.is_overrun:
        arrival.ask_between_chunks(session, reception)
        session.say(f"250 {reception.chunk} byte chunk received\r\n")
        return
    reception.end_chunks()
    complete(session)


def complete(session: Session) -> None:
    """The message has come to its end: decide what becomes of it."""
    reception = session.reception
    assert reception is not None
    session.wants = "command"
    data = reception.lines.in_memory()
    name = identification(session)
    signatures.announce(session, data)
    arrival.ask_of_from_line(session, reception, data)
    if reception.ignores_from_line:
        data = without_envelope_lines(session, reception, data)
    session.message_id = name
    if not _decide(session, name, data) or not session.is_test or session.mail.discarded:
        session.message_id = ""  # in tests the log goes on with the name of the last message that was kept
    session.next_message()


def identification(session: Session) -> str:
    """A new identification for a message."""
    ctx = session.ctx
    given = ctx.options.get("localhost_number")
    number = int(given) if given and str(given).isdigit() else None
    is_long = ctx.profile.at_least(LONG_IDS_SINCE)
    name = message_id(ctx.world.clock.now(), ctx.world.pid, number, long=is_long)
    if name == session.last_id:
        ctx.world.clock.sleep(TICK)
        name = message_id(ctx.world.clock.now(), ctx.world.pid, number, long=is_long)
    session.last_id = name
    return name


def _decide(session: Session, name: str, data: bytes) -> bool:
    """True if the message is taken: log lines then bear its identification until the next one."""
    reception, ctx, state = session.reception, session.ctx, session.mail
    assert reception is not None
    if reception.bad_ends:
        return _ends_badly(session, data)
    if reception.problem is not None:
        return _not_kept(session, reception.problem)
    limit = size_limit(session)
    if reception.is_too_big:
        session.say(TOO_BIG)
        who = logline.client(session, labelled=True)
        numbers = f"read={reception.size} max={limit}"
        ctx.headers = read_message(data, dot_ends=False).headers
        words = f"rejected from <{state.sender}> {who}: message too big: {numbers}"
        logline.log_refusal(session, words, with_header=True, selector="size_reject")
        return False
    found = contents(reception, data)
    message, body = found.message, found.body
    ctx.body = body
    more = reception.size - len(data)
    size_before = ctx.facts.get("message_body_size", "0")  # which ``Received:`` is made with
    ctx.facts.update(found.facts)
    ctx.facts.update(message_exim_id=name, message_body_size=size_before)
    if headerlimits.exceeded(session, message.headers):
        return False
    ctx.headers = message.headers
    arrival.note(session, message.headers)
    state.given_sender, state.given = state.sender or "", [one for one in state.recipients if one]
    arrive(session, message.headers, name)
    ctx.facts["message_body_size"] = found.facts["message_body_size"]
    _change_header(ctx, ctx.headers or ())
    _show_recipients(session)
    kept = prdr.each(session) if prdr.applies(session) else ""
    if kept == prdr.NONE:
        prdr.summary(session, name, kept)
        return False
    said = _judged(session, data)
    if said is None:
        return False
    taken = _change_header(ctx, ctx.headers or ())
    if session.ahead_with is not None and not reception.has_more and session.ahead_with() is None:
        session.not_taken()
        return False
    if not _kept(session, name, taken, found.stray, len(data) - len(message.body)):
        return False
    more += arrival.more_on_spool(session, message.body)
    _log_arrival(session, sum([len(text) for _, text in taken]) + 1 + len(body) + more)
    if reception.is_last:
        # What Exim calls the total counts the bytes and the lines, the end of the header among them.
        total = int(found.facts["message_size"]) + int(found.facts["message_linecount"])
        session.say(f"250- {reception.chunk} byte chunk, total {total}\r\n")
    _answer(session, name, said, kept)
    return True


def _ends_badly(session: Session, data: bytes) -> bool:
    """Refuse chunks whose first header line does not end in CRLF; nothing is looked at behind it."""
    session.message_id, state = "", session.mail
    session.ctx.headers = read_message(data, dot_ends=False).headers[:1]
    who = f"rejected from <{state.sender}> {logline.client(session, labelled=True)}"
    words = f"{who}: Non-CRLF-terminated header, under CHUNKING: message abandoned"
    logline.log_refusal(session, words, with_header=True)
    session.say("552 Message header not CRLF terminated\r\n")
    return False


def _answer(session: Session, name: str, said: str, kept: str) -> None:
    """Tell the client that its message was taken, or what a control wants it to be told."""
    fake = controls.faked(session)
    if kept:
        prdr.summary(session, name, kept)
        return
    if fake is not None:
        session.reply(*fake)
    else:
        session.reply(250, said or f"OK id={name}")
    if session.is_test:
        session.say("\n**** SMTP testing: that is not a real message id!\n\n")


def _kept(session: Session, name: str, headers: Sequence[Header], stray: bytes, body_start: int) -> bool:
    """Hand the message to whoever keeps it; false if that was in vain, which a reply has told."""
    state, reception = session.mail, session.reception
    recipients = tuple(filter(None, state.recipients))
    if session.keep_with is None or state.discarded or not recipients:
        return True
    assert reception is not None
    arrived = Arrived(
        name, state.sender or "", recipients, tuple(headers), stray, body_start, reception.lines
    )
    if (onward := cutthrough.hand_on(session, arrived)) is not None:
        return onward
    try:
        session.keep_with(arrived)
    except OSError as problem:
        return _not_kept(session, problem)
    return True


def _not_kept(session: Session, problem: OSError) -> bool:
    session.ctx.log(f"spool file error: {problem.strerror}", panic=True)
    session.say("451 Error in writing spool file\r\n")
    return False


def _show_recipients(session: Session) -> None:
    """Let the variables name all recipients: in the ACLs before and after the text of the message."""
    facts, taken = session.ctx.facts, [*filter(None, session.mail.recipients)]
    facts["recipients"] = ", ".join(taken)
    facts["recipients_list"] = ":".join([text.replace(":", "::") for text in taken])


def _change_header(ctx: Context, headers: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    """Let the message have these header lines, changed as the ACLs so far want it: what it has then."""
    taken = header_changes.take_effect(header_changes.changes_of(ctx.state), headers)
    ctx.headers = taken
    ctx.facts.pop("headers_added", None)
    return taken


def _judged(session: Session, data: bytes) -> str | None:
    """What the ACLs for messages say to the client, None if one has refused the message."""
    state = session.mail
    if not any(state.recipients):
        return ""
    assert session.reception is not None
    verdict = signatures.judge(session, data, session.reception.lines)
    _change_header(session.ctx, session.ctx.headers or ())
    if verdict.word == DISCARD:
        state.discarded, state.discarded_why = "DKIM", verdict.log_message
        return ""
    if verdict.word != OK:
        session.refuse("dkim", "", verdict)
        return None
    if not _parts_pass(session):
        return None
    if state.discarded == "MIME":
        mailbox_copy.remove(session)
        return ""
    verdict = session.judge("data")
    mailbox_copy.remove(session)
    if verdict.word == DISCARD:
        state.discarded = "DATA"
        state.discarded_why = verdict.log_message
    elif verdict.word != OK:
        session.refuse("data", "", verdict)
        return None
    return verdict.message


def _parts_pass(session: Session) -> bool:
    """Ask the ACL for MIME parts; false if it has refused the message."""
    state, is_batch = session.mail, session.is_batch
    session.ctx.facts.update(mime_acl.NONE_YET)
    if not mime_acl.is_wanted(session.ctx, "acl_not_smtp_mime" if is_batch else "acl_smtp_mime"):
        return True
    verdict = mime_acl.check_parts(session.ctx, session.as_mailbox(), lambda: session.judge("mime"))
    if verdict.word == DISCARD:
        state.discarded = "MIME"
    elif verdict.word != OK:
        mailbox_copy.remove(session)
        session.refuse("mime", "", verdict)
        return False
    _change_header(session.ctx, session.ctx.headers or ())
    return True


def _log_arrival(session: Session, total_size: int) -> None:
    ctx, state, reception = session.ctx, session.mail, session.reception
    assert reception is not None
    arrival.log(session, total_size, chunks=reception.chunks)
    why = ""
    if "freeze" in state.controls:
        ctx.log("frozen by ACL")
    elif "queue" in state.controls:
        queue = ctx.facts.get("queue_name")
        why = f"queued{f' in {queue}' if queue else ''} by ACL"
    else:
        why = crowding.why_not_delivered(session)
    if why and selects(ctx, "delay_delivery"):
        ctx.log(f"no immediate delivery: {why}")
    cutthrough.log_end(session)
    if not state.discarded and session.discards_some and not any(state.recipients):
        state.discarded = "RCPT"
    arrival.log_discarded(session)
