"""Text from outside where Exim refuses it, or where it does harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import ERROR, REMARK, WARNING, Finding, Note
from expander.lint.rule import kind, rule
from expander.lint.taint import sink
from expander.lint.taint.flows import flows
from expander.lint.taint.memory import memory_of
from expander.lint.taint.proposals import proposal
from expander.lint.taint.remedies import remedy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from expander.lint.survey import Survey
    from expander.lint.taint.sink import Flow
    from expander.lint.taint.trail import Trail

SECTION = "File and database lookups"
MOST_TOLD = 3
LOWERED_UNTIL = "4.96"
LOWERING = "allow_insecure_tainted_data"
_TRANSPORTS = "begin transports\n"


@rule(
    sink.FILE,
    "tainted-file",
    section="The appendfile transport",
    bad=f"{_TRANSPORTS}t:\n  driver = appendfile\n  file = /var/mail/$local_part\n",
    good=f"{_TRANSPORTS}t:\n  driver = appendfile\n  file = /var/mail/$local_part_data\n",
)
def tainted_file(survey: Survey) -> Iterator[Finding]:
    """The name of a file comes from outside: Exim refuses to open it.

    Since 4.94 a delivery to such a file is deferred and logged as "Tainted ... not permitted". Use text that
    something of your own has found: `$local_part_data`, `$domain_data`, or a lookup with dsearch.
    """
    for flow in flows(survey):
        yield _finding(survey, flow)


kind(
    sink.COMMAND,
    "tainted-command",
    section="The pipe transport",
    doc="A command, or an argument that must not be, comes from outside: since 4.96 Exim does not run it.",
    bad=f"{_TRANSPORTS}t:\n  driver = pipe\n  command = /usr/bin/deliver $local_part\n",
    good=f"{_TRANSPORTS}t:\n  driver = pipe\n  command = /usr/bin/deliver $local_part_data\n",
)
kind(
    sink.SEARCH,
    "tainted-search-file",
    section=SECTION,
    doc="The file of a lookup has a name from outside: since 4.94 Exim does not search it and the expansion "
    "fails.",
    bad="begin routers\nr:\n  driver = redirect\n"
    "  data = ${lookup{$local_part}lsearch{/etc/aliases.d/$domain}}\n",
    good="begin routers\nr:\n  driver = redirect\n  domains = dsearch;/etc/aliases.d\n"
    "  data = ${lookup{$local_part}lsearch{/etc/aliases.d/$domain_data}}\n",
)
kind(
    sink.QUERY,
    "unquoted-query",
    severity=WARNING,
    section="Quoting lookup data",
    doc="A query has text from outside that no operator quotes: whoever sends it can change the query. Since "
    "4.96 Exim logs it.",
    bad="hide mysql_servers = localhost/mail/exim/secret\nbegin routers\nr:\n  driver = redirect\n"
    "  data = ${lookup mysql{SELECT goto FROM alias WHERE address='$local_part'}}\n",
    good="hide mysql_servers = localhost/mail/exim/secret\nbegin routers\nr:\n  driver = redirect\n"
    "  data = ${lookup mysql{SELECT goto FROM alias WHERE address='${quote_mysql:$local_part}'}}\n",
)
kind(
    sink.ACL_NAME,
    "tainted-acl",
    section="Access control lists",
    doc="The name of an ACL comes from outside: Exim refuses it, the client gets a temporary error.",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  require acl = acl_$domain\n  accept\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  require acl = ${lookup{$domain}lsearch{/etc/acls}}\n  accept\n",
)
kind(
    sink.EXPANSION,
    "tainted-expansion",
    section="Expansion operators",
    doc="Text from outside is expanded: whoever sends it could run what he likes. Exim refuses since 4.93.",
    bad="begin routers\nr:\n  driver = redirect\n  data = ${expand:$local_part}\n",
    good="begin routers\nr:\n  driver = redirect\n"
    "  data = ${expand:${lookup{$local_part}lsearch{/etc/aliases}}}\n",
)
kind(
    sink.NAME,
    "tainted-name",
    section="Generic options for routers",
    doc="The name of a transport, a queue or an interface comes from outside: Exim refuses it.",
    bad="begin routers\nr:\n  driver = accept\n  transport = to_$domain\n",
    good="begin routers\nr:\n  driver = accept\n"
    "  transport = ${lookup{$domain}lsearch{/etc/exim/transports}}\n",
)
kind(
    sink.LISTED_FILE,
    "tainted-list",
    section="Expansion of lists",
    doc="A list with a file to be searched has text from outside: a list is expanded as a whole, so Exim "
    "takes the name of the file for tainted as well and does not search it.",
    bad="acl_smtp_rcpt = a\nbegin acl\na:\n  deny domains = $sender_helo_name : lsearch;/etc/bad\n  accept\n",
    good="acl_smtp_rcpt = a\nbegin acl\na:\n  deny domains = lsearch;/etc/bad\n"
    "  deny domains = $sender_helo_name\n  accept\n",
)
kind(
    sink.DIRECTORY,
    "tainted-directory",
    severity=REMARK,
    section="The environment for running local transports",
    doc="A directory that Exim changes to is made of text from outside. Exim does that, but a name with "
    "dots and slashes leads elsewhere, and $home then is tainted.",
    bad=f"{_TRANSPORTS}t:\n  driver = pipe\n  command = /bin/cat\n  current_directory = /srv/$domain\n",
    good=f"{_TRANSPORTS}t:\n  driver = pipe\n  command = /bin/cat\n  current_directory = /srv/$domain_data\n",
)


def _finding(survey: Survey, flow: Flow) -> Finding:
    trails = flow.trails[:MOST_TOLD]
    severity, remark = _severity(survey, flow)
    notes = [note for trail in trails for note in _way(trail)]
    told = dict.fromkeys(remedy(flow, trail) for trail in trails)
    notes += [Note(text) for text in (remark, *told) if text]
    fix = proposal(memory_of(survey), flow)
    return Finding(flow.sink.code, flow.sink.message, flow.sink.span, severity, tuple(notes), fix)


def _severity(survey: Survey, flow: Flow) -> tuple[str, str]:
    """How bad it is with the profile's release, and what there is to say of that."""
    since, profile = flow.sink.since, survey.profile
    if not since:
        return (WARNING if flow.sink.code == sink.QUERY else REMARK), ""
    if not profile.at_least(since):
        return REMARK, f"Exim refuses this since {since}"
    if not profile.at_least(LOWERED_UNTIL) and _lowered(survey):
        return WARNING, f"{LOWERING} lets it pass, until {LOWERED_UNTIL}, which does not have the option"
    sure = any(trail.sure for trail in flow.trails)
    return (ERROR, "") if sure else (WARNING, "the value may also be one that is not from outside")


def _lowered(survey: Survey) -> bool:
    return bool(survey.config.options.settings) and LOWERING in survey.config.options.settings


def _way(trail: Trail) -> Iterator[Note]:
    yield Note(f"{trail.name} is tainted: {trail.what}", trail.span)
    for step in trail.steps:
        yield Note(step.text, step.span)
