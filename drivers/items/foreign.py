"""Items that call code in other languages: perl, dlfunc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drivers.api.errors import Failed, ForcedFail
from drivers.api.unit import Example, item
from drivers.items.counted import counted

if TYPE_CHECKING:
    from drivers.api.protocols import Context

SECTION = "Expansion items"
OK = 0
FAIL = 2
FAIL_FORCED = 4


@item(
    "perl",
    syntax="${perl{<subroutine>}{<arg>}{<arg>}...}",
    feature="perl",
    section=SECTION,
    shape=counted("perl", 1, 9),
    taint="removes",
    forbid="forbid_filter_perl",
    examples=(
        Example(
            "${perl{initials}{Alice}{Bob}}",
            "A.B.",
            config="perl_startup = sub initials { join '', map { substr($_, 0, 1) . '.' } @_ }\n",
        ),
    ),
)
def perl(ctx: Context, name: str, *arguments: str) -> str:
    """Call a subroutine of the Perl interpreter and yield what it returns in scalar context.

    The interpreter is the machine's ``perl``, run beside eximulate: it starts with the code of the
    main option ``perl_startup`` when it is needed first (``perl_at_start``: at once) and keeps its
    variables from one call to the next; ``perl_taintmode`` gives it the option -T. A sandbox
    refuses it as it refuses commands. ``Exim::expand_string``, ``Exim::log_write`` and
    ``Exim::debug_write`` work as in Exim, and what ``warn`` says goes to the log. Perl's standard
    input is empty. Where a subroutine calls
    exit(), the expansion fails and the next call starts a new interpreter, while Exim itself
    would end.

    undef forces a failure. Raises `Failed` with the message that the subroutine died with, without
    ``perl_startup``, and once if that cannot be compiled.
    """
    from drivers.items import interpreter

    if not ctx.options.get("perl_startup"):
        raise Failed("A setting of perl_startup is needed when using the Perl interpreter")
    value = interpreter.call(ctx, name, arguments)
    if value is None:
        raise ForcedFail(f'Perl subroutine "{name}" returned undef to force failure')
    return value.partition("\0")[0]


@item(
    "dlfunc",
    syntax="${dlfunc{<file>}{<function>}{<arg>}{<arg>}...}",
    since="4.51",
    feature="dlfunc",
    section=SECTION,
    shape=counted("dlfunc", 2, 10),
    taint="removes",
    forbid="forbid_filter_dlfunc",
    examples={"${if exists{/nosuch/c.so}{${dlfunc{/nosuch/c.so}{check}{x}}}{no module}}": "no module"},
)
def dlfunc(ctx: Context, path: str, function: str, *arguments: str) -> str:
    """Call a C function of a shared object: ``int f(uschar **yield, int argc, uschar *argv[])``.

    It returns 0 (OK) for success, 4 (FAIL_FORCED) for a forced failure, 2 (FAIL) for one that is
    not, and anything else for one that is logged; the text is what it stores behind ``yield``. A
    sandbox refuses it as it refuses commands. No symbol of Exim's is there: an object that needs one
    (``expand_string``, ``string_sprintf``, ``store_get``, ``log_write``, ``debug_printf``, the
    variables of local_scan.h) is not loaded, and the loader's complaint names it.

    Raises `Failed` if the object or the function is not there.
    """
    try:
        loaded = ctx.world.programs.load(path)
    except OSError as error:
        raise _logged(ctx, f'dlopen "{path}" failed: {error}') from error
    try:
        status, text = loaded.call(function, arguments)
    except OSError as error:
        raise _logged(ctx, f'dlsym "{function}" in "{path}" failed: {error}') from error
    if status == OK:
        return text or ""
    message = text or "(no message)"
    if status == FAIL_FORCED:
        raise ForcedFail(message)
    if status != FAIL:
        ctx.log(f"dlfunc{{{path}}}{{{function}}} failed ({status}): {message}")
    raise Failed(message)


def _logged(ctx: Context, message: str) -> Failed:
    ctx.log(message, panic=True)
    return Failed(message)
