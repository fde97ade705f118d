"""What to do about text from outside: the usual way for each kind of text and place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.taint import sink, sources

if TYPE_CHECKING:
    from expander.lint.taint.sink import Flow
    from expander.lint.taint.trail import Trail


def remedy(flow: Flow, trail: Trail) -> str:
    """One sentence for a person."""
    code, name = flow.sink.code, trail.name.lstrip("$")
    if code == sink.QUERY:
        quoter = "quote_ldap" if flow.sink.quoter.startswith("ldap") else f"quote_{flow.sink.quoter}"
        return f"quote it where it stands in the query: ${{{quoter}:{trail.name}}}"
    if code == sink.EXPANSION:
        return "do not expand what others send: use the value itself, or look it up"
    if code == sink.ACL_NAME:
        return (
            "choose among constant names: ${if eq{"
            + trail.name
            + "}{x}{acl_x}{acl_other}}, or look the name up"
        )
    if code == sink.COMMAND:
        return _for_command(name)
    if code == sink.LISTED_FILE:
        return "put the lookup and the text from outside into lists of their own"
    return _untainted(name)


def _for_command(name: str) -> str:
    return f"{_untainted(name)}; or let the command read SENDER, LOCAL_PART and DOMAIN in its environment"


def _untainted(name: str) -> str:
    if name in sources.LOCAL_PARTS:
        return "use $local_part_data, which check_local_user or local_parts of the router sets"
    if name in sources.DOMAINS:
        return "use $domain_data, which domains of the router (or of the ACL) sets"
    if name in sources.AFFIXES:
        return f"compare ${name} with what is allowed, or look it up with ret=key"
    shown = f"${name}" if name.isidentifier() else "the value"
    return (
        f"look {shown} up in something of your own: dsearch in a folder, or a file with the option ret=key, "
        "gives text that is not tainted"
    )
