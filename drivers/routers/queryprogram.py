"""The queryprogram router: a command tells what becomes of an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import PANIC_ALONE, ExpansionError
from drivers.api.routing import DECLINE, DEFER, FAIL, OK, PASS, Address, Inherited, Refusal
from drivers.api.text import SPACE, is_tainted, lower
from drivers.api.unit import router
from drivers.routers import forward_list, hostlist
from drivers.routers.finding import USUAL
from drivers.routers.finishing import defer, group_of, prepare, queue, transport_named, user_of
from drivers.values import contents
from drivers.values.accounts import account
from drivers.values.commandline import cut
from drivers.values.fields import keyed

if TYPE_CHECKING:
    from drivers.api.routing import Transport, Work

WAYS = {"byname": hostlist.BY_NAME, "bydns": hostlist.BY_DNS}
NOT_RUN = 127
BAD_REDIRECTION = -17
_LONGEST = 4095

TAKES_TAINTED_SINCE = "4.97"
"""From this release on arguments may come from outside: no shell sees them."""


@router(
    "queryprogram",
    syntax="driver = queryprogram",
    section="The queryprogram router",
    feature="router_queryprogram",
)
def queryprogram(work: Work) -> str:
    """Ask a command, whose first word is the outcome, with data behind it."""
    prepare(work)
    word, _, rest = _answer(work).partition(" ")
    return _obeyed(work, word, rest.lstrip(SPACE))


def _arguments(work: Work) -> list[str]:
    """The arguments of the command, expanded one by one. Raises `Refusal`."""
    command = work.router["command"]
    expanded: list[str] = []
    for number, word in enumerate(cut(command)):
        try:
            value = work.ctx.expand(word)
        except ExpansionError as problem:
            where = f'Expansion of "{word}" from command "{command}" in queryprogram router failed'
            raise defer(work.address, f"{where}: {problem.message}") from None
        if is_tainted(value) and not work.ctx.profile.at_least(TAKES_TAINTED_SINCE):
            words = f"Tainted arg {number} for queryprogram router command: '{value}'"
            raise defer(work.address, words)
        expanded.append(value)
    return expanded


def _ids(work: Work) -> tuple[int, int] | None:
    """The user and the group that the command runs under, None if it cannot run. Raises `Refusal`."""
    chosen, name = work.router, work.router.name
    uid, gid = user_of(work, chosen["command_user"])
    group = chosen["command_group"]
    if isinstance(group, str) and group:
        try:
            group_of(work, group)
        except Refusal:
            fixed = None if isinstance(chosen["command_user"], str) else account(work.ctx, str(uid))
            gid = gid if fixed is None else fixed.gid
            return None if uid is None or gid is None else (uid, gid)
        raise Refusal(DEFER)  # Exim takes the one for the other
    gid = gid if group is None or isinstance(group, str) else group
    if uid is None or gid is None:
        raise defer(work.address, f"command_user set without command_group for {name} router")
    return uid, gid


def _answer(work: Work) -> str:
    """The first line that the command writes. Raises `Refusal`."""
    name, ids = work.router.name, _ids(work)
    argv = _arguments(work)
    status, output = NOT_RUN, ""
    if argv and argv[0].startswith("/") and ids is not None:
        try:
            done = work.ctx.world.programs.run(
                argv,
                timeout=float(work.router["timeout"]),
                environment={},
                merge_stderr=True,
                directory=work.router["current_directory"],
                ids=ids,
            )
            status, output = done.status, contents.held(done.output)
        except TimeoutError:
            raise defer(work.address, f"{name} router: command timed out") from None
        except OSError:
            status = NOT_RUN
    if status < 0:
        raise defer(work.address, f"{name} router: command killed by signal {-status}")
    if status:
        raise defer(work.address, f"{name} router: command returned non-zero code {status}")
    line = output[:_LONGEST].partition("\n")[0].lstrip(SPACE)
    if not output:
        raise defer(work.address, f"{name} router: command failed to return data")
    return line


def _obeyed(work: Work, word: str, rest: str) -> str:
    address, name = work.address, work.router.name
    outcome = lower(word)
    if outcome in {"decline", "pass"}:
        return DECLINE if outcome == "decline" else PASS
    if outcome in {"fail", "defer", "freeze"}:
        address.message, address.passes_message = rest, True
        address.user_message = rest if outcome == "fail" else None  # a delay that ends is told of by itself
        address.freezes = outcome == "freeze"
        return FAIL if outcome == "fail" else DEFER
    if outcome == "redirect":
        return _redirected(work, rest)
    if outcome != "accept":
        words = f"bad command yield: {word} {rest}"
        work.ctx.log(f"{name} router: {words}", panic=PANIC_ALONE)
        raise defer(address, words)
    data = keyed(rest, "data")
    if data:
        address.inherited.address_data = data
    address.transport = _transport(work, keyed(rest, "transport"))
    hosts = keyed(rest, "hosts")
    if hosts:
        way = keyed(rest, "lookup") or ""
        if way and way not in WAYS:
            words = f'bad lookup type "{way}" yielded by command'
            work.ctx.log(f"{name} router: {words}", panic=PANIC_ALONE)
            raise defer(address, words)
        built = hostlist.built(work, hosts, at_random=False)
        address.hosts = hostlist.look_up(work, built, WAYS.get(way, ""), USUAL, "defer")
    queue(work)
    return OK


def _transport(work: Work, name: str | None) -> Transport:
    if not name:
        return transport_named(work, work.address, work.router["transport"], "transport")
    found = work.transport(name)
    if found is None:
        words = f"unknown transport name {name} yielded by command"
        work.ctx.log(f"{work.router.name} router: {words}", panic=PANIC_ALONE)
        raise defer(work.address, words)
    return found


def _redirected(work: Work, text: str) -> str:
    """Send the address on to others, which the command names."""
    address = work.address
    reader = forward_list.Reader(
        forward_list.Rights(frozenset({"fail"}), domain=address.domain),
        work.ctx.world.files,
        lambda found: work.rewritten(found, by_rules=True),
    )
    try:
        found = reader.read(text)
    except forward_list.ListError as problem:
        address.number = BAD_REDIRECTION
        raise defer(address, f"error in redirect data: {problem.message}") from None
    if found.outcome == "fail":
        address.message = found.message or "forced rejection"
        return FAIL
    if not found.items:
        address.number = BAD_REDIRECTION
        raise defer(address, "error in redirect data: no addresses supplied")
    before = address.inherited
    kept = Inherited(**{name: getattr(before, name) for name in Inherited.record_fields})
    address.inherited = kept
    for item in reversed(found.items):
        child = Address(item.text, unique=item.text, kind=item.kind, parent=address)
        child.inherited = Inherited(**{name: getattr(kept, name) for name in Inherited.record_fields})
        child.start = work.router["redirect_router"]
        child.is_allowed = False
        work.go_on_with(child)
    address.inherited = before
    return OK
