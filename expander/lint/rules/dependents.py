"""Options of drivers that do nothing unless another one is set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from expander.lint.finding import WARNING, Finding, Note
from expander.lint.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from expander.config.model import Instance
    from expander.lint.survey import Survey

Needs = dict[str, tuple[str, ...]]

_ROUTER: Needs = {
    "local_part_prefix_optional": ("local_part_prefix",),
    "local_part_suffix_optional": ("local_part_suffix",),
}
_BY_DRIVER: Mapping[tuple[str, str], Needs] = {
    ("router", "redirect"): {
        "syntax_errors_text": ("skip_syntax_errors",),
        "syntax_errors_to": ("skip_syntax_errors",),
    },
    ("transport", "appendfile"): {
        "maildir_quota_directory_regex": ("maildir_format",),
        "maildir_retries": ("maildir_format",),
        "maildir_tag": ("maildir_format",),
        "maildir_use_size_file": ("maildir_format",),
        "maildirfolder_create_regex": ("maildir_format",),
        "mailstore_prefix": ("mailstore_format",),
        "mailstore_suffix": ("mailstore_format",),
        "quota_directory": ("quota",),
        "quota_size_regex": ("quota",),
        "quota_warn_message": ("quota_warn_threshold",),
    },
    ("transport", "autoreply"): {
        "file_expand": ("file",),
        "once_file_size": ("once",),
        "once_repeat": ("once",),
    },
    ("transport", "smtp"): {
        "dkim_canon": ("dkim_domain",),
        "dkim_identity": ("dkim_domain",),
        "dkim_sign_headers": ("dkim_domain",),
        "dkim_strict": ("dkim_domain",),
        "dkim_timestamps": ("dkim_domain",),
        "hosts_override": ("hosts",),
        "tls_privatekey": ("tls_certificate",),
    },
}
"""For each option those of which one must be set for it to do anything."""


@rule(
    "EXR038",
    "option-without-effect",
    severity=WARNING,
    section="Generic options for routers",
    bad="begin routers\nusers:\n  driver = accept\n  local_part_suffix_optional\n  verify_only\n",
    good="begin routers\nusers:\n  driver = accept\n  local_part_suffix = +*\n"
    "  local_part_suffix_optional\n  verify_only\n",
)
def option_without_effect(survey: Survey) -> Iterator[Finding]:
    """An option says how another one works, and that one is not set.

    It does nothing: the other option is missing, or was deleted and this one forgotten.
    """
    for instance in (*survey.config.routers, *survey.config.transports):
        needs = dict(_ROUTER) if instance.family == "router" else {}
        needs |= _BY_DRIVER.get((instance.family, instance.driver), {})
        for name, setting in instance.options.settings.items():
            masters = needs.get(name, ())
            if masters and setting.value is not False and not any(_is_on(instance, one) for one in masters):
                message = f"{name} does nothing without {' or '.join(masters)}"
                note = Note(f"{instance.name} is the {instance.family}", instance.span)
                yield Finding("EXR038", message, setting.span, severity=WARNING, notes=(note,))


def _is_on(instance: Instance, name: str) -> bool:
    """True for an option that is set, and to something else than false."""
    return instance.options.is_set(name) and instance[name] is not False
